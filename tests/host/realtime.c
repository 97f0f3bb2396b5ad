// Real time: row H2. Idle sleeps; here each sleep is written down instead, so that no wall clock
// decides.
static void keep_sleep(unsigned long long ns);
#define TINYRTOS_HOST_SLEEP(ns) keep_sleep(ns)
#include "host.h"

#define TICK_NS (1000000000u / TINYRTOS_TICK_HZ)

static unsigned sleeps;
static uint64_t slept_ns;
static uint64_t longest_ns;

static void keep_sleep(unsigned long long ns) {
    sleeps++;
    slept_ns += ns;
    if (ns > longest_ns) longest_ns = ns;
}

static void forget(void) {
    sleeps = 0;
    slept_ns = longest_ns = 0;
}

TestSuite(realtime, .init = forget);

static void delay_and_end(void *ticks) {
    cr_assert_eq(trt_delay((trt_tick_t)NUMBER(ticks)), TRT_OK);
}

static void compute_and_end(void *ticks) {
    cr_assert_eq(trt_host_advance((trt_tick_t)NUMBER(ticks)), TRT_OK);
}

Test(realtime, H2_virtual_time_does_not_sleep) {
    spawn(0, 3, delay_and_end, 100);
    cr_assert_eq(trt_start(), TRT_OK);
    cr_assert_eq(sleeps, 0);
}

Test(realtime, H2_idle_sleeps_until_the_next_event) {
    trt_host_real_time(true);
    spawn(0, 3, delay_and_end, 100);
    cr_assert_eq(trt_start(), TRT_OK);
    cr_assert_eq(slept_ns, 101 * (uint64_t)TICK_NS);
    cr_assert_eq(trt_now(), 101);
}

Test(realtime, H2_each_event_ends_a_sleep) {
    trt_host_real_time(true);
    spawn(0, 3, delay_and_end, 15);
    spawn(1, 3, delay_and_end, 3);
    spawn(2, 3, delay_and_end, 40);
    cr_assert_eq(trt_start(), TRT_OK);
    cr_assert_geq(sleeps, 3);
    cr_assert_leq(longest_ns, 25 * (uint64_t)TICK_NS);
    cr_assert_eq(slept_ns, 41 * (uint64_t)TICK_NS);
}

Test(realtime, H2_what_a_task_computes_is_not_slept) {
    trt_host_real_time(true);
    spawn(0, 3, delay_and_end, 9);
    spawn(1, 4, compute_and_end, 6);
    cr_assert_eq(trt_start(), TRT_OK);
    cr_assert_eq(slept_ns, 4 * (uint64_t)TICK_NS);
}

Test(realtime, H2_switched_off_it_sleeps_no_more) {
    trt_host_real_time(true);
    cr_assert_eq(trt_host_run(10), TRT_OK);
    cr_assert_eq(slept_ns, 10 * (uint64_t)TICK_NS);
    trt_host_real_time(false);
    cr_assert_eq(trt_host_run(10), TRT_OK);
    cr_assert_eq(slept_ns, 10 * (uint64_t)TICK_NS);
}

Test(realtime, H2_program_does_the_same_as_in_virtual_time) {
    trt_tick_t ends[2];
    for (unsigned i = 0; i < 2; i++) {
        cr_assert_eq(trt_host_reset(), TRT_OK);
        trt_host_real_time(i == 1);
        spawn(0, 3, delay_and_end, 15);
        spawn(1, 4, compute_and_end, 6);
        spawn(2, 2, delay_and_end, 4);
        cr_assert_eq(trt_start(), TRT_OK);
        ends[i] = trt_now();
    }
    cr_assert_eq(ends[0], ends[1]);
    cr_assert_gt(sleeps, 0);
}
