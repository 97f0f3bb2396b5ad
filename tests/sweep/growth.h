// Tasks that are switched in every way while interrupts keep coming: they wait, yield, are
// preempted by an interrupt and by a task, resumed by a call and by an interrupt. Their stacks must
// not grow. How interrupts come, and what is looked at, is the target's affair (target/growth.c,
// avr/growth.c), which has included tinyrtos.h and defines, before it includes this
//
//     CHECK      a fault is the end
//     STACK      bytes of a task's stack
//
// and afterwards the functions that are only declared here.
#ifndef SWEEP_GROWTH_H
#define SWEEP_GROWTH_H

enum { TASKS = 5, TURNS = 1000 }; // of a task, at least

static trt_task_t pool[TASKS];
static TRT_STACK_DEFINE(pool_stack[TASKS], STACK);
static trt_sem_t urgent, first, second, third; // interrupts give the first two
static volatile uint32_t turns[TASKS];

// The least urgent task calls these: before its first turn, after each.
static void let_interrupts_come(void);
static void look(void);

static void give(trt_sem_t *sem) {
    if (trt_sem_count(sem) != 0) return;
    trt_status_t status = trt_sem_give(sem);
    CHECK(status == TRT_OK || status == TRT_ERR_OVERFLOW); // another interrupt may have come
}

static void take(trt_sem_t *sem, unsigned task) {
    CHECK(trt_sem_take(sem, TRT_FOREVER) == TRT_OK);
    turns[task]++;
}

static void most_urgent(void *unused) {
    (void)unused;
    for (;;) take(&urgent, 0);
}

static void one_of_equals(void *unused) {
    (void)unused;
    for (;;) {
        take(&first, 1);
        give(&second);
        (void)trt_yield();
    }
}

static void other_of_equals(void *unused) {
    (void)unused;
    for (;;) {
        take(&second, 2);
        (void)trt_yield();
    }
}

static void urgent_helper(void *unused) {
    (void)unused;
    for (;;) take(&third, 3);
}

// Never waits: it is preempted, and preempts itself by what it gives.
static void least_urgent(void *unused) {
    (void)unused;
    let_interrupts_come();
    for (;;) {
        turns[4]++;
        give(&third);
        (void)trt_yield();
        look();
    }
}

static void start(unsigned i, trt_task_fn_t fn, uint8_t priority) {
    CHECK(trt_task_create(&pool[i], "p", fn, priority, pool_stack[i], sizeof pool_stack[i]) ==
          TRT_OK);
    CHECK(trt_task_start(&pool[i], NULL) == TRT_OK);
}

static void start_tasks(void) {
    CHECK(trt_sem_init(&urgent, 0, 1) == TRT_OK);
    CHECK(trt_sem_init(&first, 0, 1) == TRT_OK);
    CHECK(trt_sem_init(&second, 0, 1) == TRT_OK);
    CHECK(trt_sem_init(&third, 0, 1) == TRT_OK);
    start(0, most_urgent, 1);
    start(1, one_of_equals, 3);
    start(2, other_of_equals, 3);
    start(3, urgent_helper, 4);
    start(4, least_urgent, 5);
}

#endif // SWEEP_GROWTH_H
