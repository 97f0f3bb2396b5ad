// The host's counter: 1000 counts a tick, moved by calls and by ticks; never back. Row C6 on it.
#include "host.h"

static trt_task_t task;
static TRT_STACK_DEFINE(stack, 1024);
static uint32_t last;

static uint32_t count(void) {
    trt_critical_t found = trt_critical_enter();
    uint32_t counter = TRTP_COUNTER();
    trt_critical_exit(found);
    cr_assert(counter - last < UINT32_MAX / 2u, "the counter goes back: %u, %u", last, counter);
    last = counter;
    return counter;
}

static void compute_and_wait(void *unused) {
    (void)unused;
    last = TRTP_COUNTER();
    for (unsigned i = 0; i < 3000; i++) {
        (void)count();
        if (i % 700 == 0) cr_assert_eq(trt_delay((trt_tick_t)(i % 3)), TRT_OK);
    }
}

static void delay_finely(void *unused) {
    (void)unused;
    last = TRTP_COUNTER();
    for (uint64_t us = 0; us < 5000; us += 37) {
        uint32_t before = count();
        cr_assert_eq(trt_delay_ns(us * 1000u), TRT_OK);
        uint32_t passed = count() - before;
        cr_assert(passed >= us && passed <= us + 10u, "%u counts for %lu us", passed,
                  (unsigned long)us);
    }
}

static void run(trt_task_fn_t fn) {
    cr_assert_eq(trt_task_create(&task, "task", fn, 1, stack, sizeof stack), TRT_OK);
    cr_assert_eq(trt_task_start(&task, NULL), TRT_OK);
    cr_assert_eq(trt_start(), TRT_OK);
}

Test(counter, never_goes_back) {
    run(compute_and_wait);
}

Test(counter, C6_delays_are_as_exact_as_it) {
    run(delay_finely);
}
