// Starting afresh in one process: row H3.
#include "host.h"

#include <stdio.h>

static trt_sem_t sem;
static trt_mutex_t mutex;
static trt_queue_t queue;
static uint8_t buffer[2];
static trt_timer_t timer;
static unsigned fired;

static void wait_for_sem(void *unused) {
    (void)unused;
    (void)trt_mutex_lock(&mutex, TRT_FOREVER);
    (void)trt_sem_take(&sem, TRT_FOREVER);
}

static void wait_for_mutex(void *unused) {
    (void)unused;
    (void)trt_mutex_lock(&mutex, 100);
}

static void wait_for_item(void *unused) {
    (void)unused;
    uint8_t item;
    (void)trt_queue_receive(&queue, &item, TRT_FOREVER);
}

static void sleep_long(void *unused) {
    (void)unused;
    (void)trt_delay(1000);
}

static void fire(void *unused) {
    (void)unused;
    fired++;
}

// Tasks that wait for everything, a timer that runs, and time that has passed.
static void run_something(void) {
    cr_assert_eq(trt_sem_init(&sem, 0, 1), TRT_OK);
    cr_assert_eq(trt_mutex_init(&mutex, TRT_INHERIT), TRT_OK);
    cr_assert_eq(trt_queue_init(&queue, buffer, 1, 2), TRT_OK);
    cr_assert_eq(trt_timer_init(&timer, "timer", fire, NULL, 5, TRT_PERIODIC), TRT_OK);
    cr_assert_eq(trt_timer_start(&timer), TRT_OK);
    spawn(0, 4, wait_for_sem, 0);
    spawn(1, 5, wait_for_mutex, 0);
    spawn(2, 3, wait_for_item, 0);
    spawn(3, 6, sleep_long, 0);
    cr_assert_eq(trt_host_handler(0, fire, NULL), TRT_OK);
    cr_assert_eq(trt_host_raise_at(0, 50), TRT_OK);
    cr_assert_eq(trt_host_run(20), TRT_OK);
    CHECK_KERNEL();
}

static unsigned mappings(void) {
    FILE *maps = fopen("/proc/self/maps", "r");
    cr_assert_not_null(maps);
    unsigned lines = 0;
    for (int c = getc(maps); c != EOF; c = getc(maps)) lines += c == '\n' ? 1u : 0u;
    fclose(maps);
    return lines;
}

Test(reset, H3_thousand_restarts_leak_no_mapping) {
    run_something();
    cr_assert_eq(trt_host_reset(), TRT_OK);
    unsigned before = mappings();
    for (unsigned i = 0; i < 1000; i++) {
        fired = 0;
        run_something();
        cr_assert_eq(fired, 3); // at 6, 11, 16: neither more nor less than the first time
        cr_assert_eq(trt_host_reset(), TRT_OK);
    }
    cr_assert_eq(mappings(), before);
}

Test(reset, H3_reset_forgets_tasks_time_timers_and_interrupts) {
    run_something();
    cr_assert_eq(trt_host_reset(), TRT_OK);
    cr_assert_eq(trt_now(), 0);
    cr_assert_eq(trt_host_calls(), 0);
    cr_assert_null(trt_task_next(NULL));
    for (unsigned i = 0; i < 4; i++) cr_assert_eq(trt_task_state(&pool[i]), TRT_TASK_ENDED);
    cr_assert_not(trt_timer_is_running(&timer));
    fired = 0;
    cr_assert_eq(trt_host_run(100), TRT_OK);
    cr_assert_eq(fired, 0);
    cr_assert_eq(trt_host_raise(0), TRT_ERR_PARAM);
    CHECK_KERNEL();
}

Test(reset, H3_reset_leaves_objects_without_waiters_and_owners) {
    run_something();
    cr_assert_eq(trt_task_priority(&pool[0]), 4);
    cr_assert_eq(trt_host_reset(), TRT_OK);
    cr_assert_null(trt_mutex_owner(&mutex));
    cr_assert_eq(trt_sem_give(&sem), TRT_OK);
    cr_assert_eq(trt_sem_count(&sem), 1);
    cr_assert_eq(trt_queue_send(&queue, "x", TRT_NO_WAIT), TRT_OK);
    cr_assert_eq(trt_queue_count(&queue), 1);
}

Test(reset, H3_reset_keeps_what_objects_hold) {
    cr_assert_eq(trt_sem_init(&sem, 3, 5), TRT_OK);
    cr_assert_eq(trt_queue_init(&queue, buffer, 1, 2), TRT_OK);
    cr_assert_eq(trt_queue_send(&queue, "x", TRT_NO_WAIT), TRT_OK);
    cr_assert_eq(trt_host_reset(), TRT_OK);
    cr_assert_eq(trt_sem_count(&sem), 3);
    cr_assert_eq(trt_queue_count(&queue), 1);
}

Test(reset, H3_program_runs_the_same_after_a_reset) {
    for (unsigned i = 0; i < 3; i++) {
        spawn(0, 3, sleep_long, 0);
        cr_assert_eq(trt_start(), TRT_OK);
        cr_assert_eq(trt_now(), 1001);
        cr_assert_eq(trt_host_reset(), TRT_OK);
    }
}

Test(reset, H3_reset_before_anything_is_harmless) {
    cr_assert_eq(trt_host_reset(), TRT_OK);
    cr_assert_eq(trt_host_reset(), TRT_OK);
    CHECK_KERNEL();
}
