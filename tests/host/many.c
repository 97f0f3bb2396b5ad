// A thousand tasks.
#define TINYRTOS_HOST_STACK 16384
#define TINYRTOS_HOST_CALLS_PER_TICK 0
#include "host.h"

#define TASKS 1000

static trt_task_t tasks[TASKS];
static trt_stack_t stacks[TASKS][8];
static trt_sem_t sem;
static trt_mutex_t mutex;
static unsigned woken, last_woken;

static void start_all(trt_task_fn_t fn) {
    for (unsigned i = 0; i < TASKS; i++) {
        uint8_t priority = (uint8_t)(1 + i % (TINYRTOS_PRIORITIES - 1));
        cr_assert_eq(trt_task_create(&tasks[i], NULL, fn, priority, stacks[i], sizeof stacks[i]),
                     TRT_OK);
        cr_assert_eq(trt_task_start(&tasks[i], ARG(i)), TRT_OK);
    }
}

static void take(void *number) {
    cr_assert_eq(trt_sem_take(&sem, TRT_FOREVER), TRT_OK);
    woken++;
    last_woken = NUMBER(number);
}

static void sleep_by_number(void *number) {
    trt_tick_t ticks = (trt_tick_t)(1 + NUMBER(number) * 37 % TASKS);
    trt_tick_t start = trt_now();
    cr_assert_eq(trt_delay(ticks), TRT_OK);
    cr_assert_eq((trt_tick_t)(trt_now() - start), ticks + 1);
    woken++;
}

static void lock_and_count(void *number) {
    (void)number;
    cr_assert_eq(trt_mutex_lock(&mutex, TRT_FOREVER), TRT_OK);
    unsigned before = woken;
    (void)trt_yield();
    woken = before + 1; // a second owner at once would lose counts
    cr_assert_eq(trt_mutex_unlock(&mutex), TRT_OK);
}

Test(many, bug36_thousand_waiters_are_served_by_priority_then_age) {
    cr_assert_eq(trt_sem_init(&sem, 0, 1), TRT_OK);
    start_all(take);
    cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
    CHECK_KERNEL();
    unsigned wanted = 0;
    for (unsigned priority = 0; priority < TINYRTOS_PRIORITIES - 1; priority++) {
        for (unsigned i = priority; i < TASKS; i += TINYRTOS_PRIORITIES - 1) {
            cr_assert_eq(trt_sem_give(&sem), TRT_OK);
            cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
            cr_assert_eq(last_woken, i);
            cr_assert_eq(woken, ++wanted);
        }
    }
    CHECK_KERNEL();
}

Test(many, T4_thousand_sleepers_wake_at_their_ticks) {
    start_all(sleep_by_number);
    cr_assert_eq(trt_start(), TRT_OK);
    cr_assert_eq(woken, TASKS);
    CHECK_KERNEL();
}

Test(many, Y3_thousand_tasks_want_one_mutex) {
    cr_assert_eq(trt_mutex_init(&mutex, TRT_INHERIT), TRT_OK);
    start_all(lock_and_count);
    cr_assert_eq(trt_start(), TRT_OK);
    cr_assert_eq(woken, TASKS);
    cr_assert_null(trt_mutex_owner(&mutex));
    CHECK_KERNEL();
}
