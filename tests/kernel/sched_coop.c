// The cooperative scheduler: row S2. A switch happens only in a call that yields or blocks.
#define TINYRTOS_PREEMPTION 0
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

static trt_sem_t sem;
static trt_mutex_t mutex;

static void take_and_note(void *letter) {
    CHECK_EQ(trt_sem_take(&sem, TRT_FOREVER), TRT_OK);
    note(LETTER(letter));
}

static void give(void *unused) {
    (void)unused;
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
}

// A more urgent task that waits for `sem`.
static void make_waiter(void) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    spawn(0, 2, take_and_note, 'a');
    let_run();
}

KTEST(sched_coop, S2_starting_a_more_urgent_task_does_not_switch) {
    spawn(0, 2, noter, 'a');
    note('r');
    let_run();
    CHECK_LOG("ra");
}

KTEST(sched_coop, S2_waking_a_more_urgent_task_does_not_switch) {
    make_waiter();
    give(NULL);
    note('r');
    CHECK_LOG("r");
    let_run();
    CHECK_LOG("a");
}

KTEST(sched_coop, S2_interrupt_does_not_switch) {
    make_waiter();
    irq_install(0, give, NULL);
    irq_raise(0);
    note('r');
    CHECK_LOG("r");
    let_run();
    CHECK_LOG("a");
}

KTEST(sched_coop, S2_tick_does_not_switch) {
    spawn(0, 2, noter, 'a');
    ticks_pass(5);
    CHECK_LOG("");
    let_run();
    CHECK_LOG("a");
}

KTEST(sched_coop, S2_yield_lets_a_more_urgent_task_run) {
    make_waiter();
    give(NULL);
    CHECK(trt_yield());
    CHECK_LOG("a");
}

KTEST(sched_coop, S2_yield_rotates_among_equals) {
    spawn(0, RUNNER_PRIORITY, noter, 'a');
    note('r');
    CHECK(trt_yield());
    note('s');
    CHECK_LOG("ras");
}

KTEST(sched_coop, S2_blocking_lets_the_most_urgent_run) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    spawn(0, 3, noter, 'b');
    spawn(1, 1, noter, 'a');
    CHECK_EQ(trt_sem_take(&sem, 1), TRT_ERR_TIMEOUT);
    CHECK_LOG("ab");
}

static void lock_and_note(void *letter) {
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_FOREVER), TRT_OK);
    note(LETTER(letter));
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
}

KTEST(sched_coop, S2_unlock_hands_over_without_a_switch) {
    CHECK_EQ(trt_mutex_init(&mutex, TRT_INHERIT), TRT_OK);
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_NO_WAIT), TRT_OK);
    spawn(0, 2, lock_and_note, 'a');
    let_run();
    CHECK_EQ(trt_task_priority(&runner), 2);
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
    CHECK(trt_mutex_owner(&mutex) == &helper[0]);
    note('r');
    let_run();
    CHECK_LOG("ra");
}

KTEST(sched_coop, S2_end_of_a_locked_scheduler_does_not_switch) {
    make_waiter();
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    give(NULL);
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    CHECK_LOG("");
    let_run();
    CHECK_LOG("a");
}

KTEST(sched_coop, S2_lowering_oneself_does_not_switch) {
    spawn(0, 5, noter, 'a');
    CHECK_EQ(trt_task_set_priority(&runner, 6), TRT_OK);
    note('r');
    CHECK_EQ(trt_task_set_priority(&runner, RUNNER_PRIORITY), TRT_OK);
    let_run();
    CHECK_LOG("ra");
}
