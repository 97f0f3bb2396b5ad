// Operations among few tasks or timers, and among many: what the programs of both ports that
// measure them (avr_growth.c, cortex_m3.c) share. Who includes this has included tinyrtos.h and
// defines before
//
//     CROWD, STACK             the most tasks or timers there are; bytes of a task's stack
//     URGENT, MIDDLE, OWN      priorities; the last is that of who measures
//     TICKS_LONG               later than all others
//     BEGIN(), END()           what is measured; of several ends the first counts
//     require(right)           a fault is the end
#ifndef CROWD_H
#define CROWD_H

static trt_task_t high, crowd[CROWD];
static TRT_STACK_DEFINE(high_stack, STACK);
static TRT_STACK_DEFINE(crowd_stack[CROWD], STACK);
static trt_timer_t timer, timers[CROWD];
static uint32_t buffer[4], item;
static unsigned how_many = 1; // what the # in the operation's name stands for

TRT_SEM_DEFINE(sem, 0, 1000);
TRT_SEM_DEFINE(start, 0, 1);
static trt_queue_t queue;

#define OK(call) require((call) == TRT_OK)

static void task(trt_task_t *which, trt_task_fn_t fn, uint8_t priority, trt_stack_t *stack) {
    OK(trt_task_create(which, "task", fn, priority, stack, STACK));
    OK(trt_task_start(which, NULL));
}

static void crowd_of(unsigned tasks, trt_task_fn_t fn, uint8_t priority) {
    for (unsigned i = 0; i < tasks; i++) task(&crowd[i], fn, priority, crowd_stack[i]);
}

// --- a task that waits where it is told to, measured until the one that tells it goes on

#define BEGIN_AND(wait)                              \
    static void begin_and_##wait(void *unused) {     \
        (void)unused;                                \
        for (;;) {                                   \
            (void)trt_sem_take(&start, TRT_FOREVER); \
            BEGIN();                                 \
            wait();                                  \
        }                                            \
    }

static void until_it_waits(trt_task_fn_t fn, uint8_t priority) {
    task(&high, fn, priority, high_stack);
    (void)trt_sem_give(&start);
    END();
}

// --- yield

static void yield_and_end(void *unused) {
    (void)unused;
    for (;;) {
        (void)trt_yield();
        END();
    }
}

static void yield_among(void) {
    crowd_of(how_many - 1u, yield_and_end, OWN);
    (void)trt_yield();
    (void)trt_yield();
    BEGIN();
    (void)trt_yield();
    END();
}

// --- semaphores

static void take_and_end(void *unused) {
    (void)unused;
    for (;;) {
        (void)trt_sem_take(&sem, TRT_FOREVER);
        END();
    }
}

static void take(void *unused) {
    (void)unused;
    for (;;) (void)trt_sem_take(&sem, TRT_FOREVER);
}

static inline void wait_for_sem(void) {
    (void)trt_sem_take(&sem, TRT_FOREVER);
}

BEGIN_AND(wait_for_sem)

static void take_behind(void) {
    crowd_of(how_many, take, MIDDLE);
    until_it_waits(begin_and_wait_for_sem, MIDDLE);
}

// --- queues

static void receive_and_end(void *unused) {
    uint32_t received;
    (void)unused;
    for (;;) {
        (void)trt_queue_receive(&queue, &received, TRT_FOREVER);
        END();
    }
}

static void receive_again(void *unused) {
    uint32_t received;
    (void)unused;
    for (;;) (void)trt_queue_receive(&queue, &received, TRT_FOREVER);
}

static inline void wait_for_item(void) {
    (void)trt_queue_receive(&queue, &item, TRT_FOREVER);
}

BEGIN_AND(wait_for_item)

static void receive_behind(void) {
    crowd_of(how_many, receive_again, MIDDLE);
    until_it_waits(begin_and_wait_for_item, MIDDLE);
}

// --- time

// Each waits for another moment, the one that is measured for the farthest.
static void sleep_in_turn(void *unused) {
    (void)unused;
    for (;;) (void)trt_delay(1000u + (trt_tick_t)(trt_task_self() - crowd));
}

static inline void sleep_longest(void) {
    (void)trt_delay(TICKS_LONG);
}

BEGIN_AND(sleep_longest)

static void sleep_farthest(void) {
    crowd_of(how_many, sleep_in_turn, MIDDLE);
    until_it_waits(begin_and_sleep_longest, URGENT);
}

static void on_timer(void *unused) {
    (void)unused;
}

static void timers_armed(void) {
    for (unsigned i = 0; i < how_many; i++) {
        OK(trt_timer_init(&timers[i], "timer", on_timer, NULL, 1000u + i, TRT_PERIODIC));
        OK(trt_timer_start(&timers[i]));
    }
    OK(trt_timer_init(&timer, "timer", on_timer, NULL, TICKS_LONG, TRT_PERIODIC));
}

static void timer_start(void) {
    timers_armed();
    BEGIN();
    (void)trt_timer_start(&timer);
    END();
}

static void timer_stop(void) {
    timers_armed();
    OK(trt_timer_start(&timer));
    BEGIN();
    (void)trt_timer_stop(&timer);
    END();
}

#endif // CROWD_H
