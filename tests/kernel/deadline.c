// Passive timers: row C3. A time of n ticks is over when the clock has moved by n + 1.
#include "harness.h"

static trt_deadline_t deadline;

KTEST(deadline, C3_size_is_one_tick_counter) {
    CHECK_EQ(sizeof(trt_deadline_t), sizeof(trt_tick_t));
}

KTEST(deadline, C3_new_one_is_stopped) {
    TRT_DEADLINE_DEFINE(fresh);
    CHECK_EQ(trt_deadline_status(&fresh), TRT_STOPPED);
}

KTEST(deadline, C3_expired_is_reported_exactly_once) {
    CHECK_EQ(trt_deadline_start(&deadline, 5), TRT_OK);
    CHECK_EQ(trt_deadline_status(&deadline), TRT_RUNNING);
    ticks_pass(5);
    CHECK_EQ(trt_deadline_status(&deadline), TRT_RUNNING);
    ticks_pass(1);
    CHECK_EQ(trt_deadline_status(&deadline), TRT_EXPIRED);
    CHECK_EQ(trt_deadline_status(&deadline), TRT_STOPPED);
    ticks_pass(10);
    CHECK_EQ(trt_deadline_status(&deadline), TRT_STOPPED);
}

KTEST(deadline, C3_expired_is_reported_however_late_one_asks) {
    CHECK_EQ(trt_deadline_start(&deadline, 5), TRT_OK);
    ticks_pass(500);
    CHECK_EQ(trt_deadline_status(&deadline), TRT_EXPIRED);
    CHECK_EQ(trt_deadline_status(&deadline), TRT_STOPPED);
}

KTEST(deadline, C3_stopped_one_does_not_expire) {
    CHECK_EQ(trt_deadline_start(&deadline, 5), TRT_OK);
    CHECK_EQ(trt_deadline_stop(&deadline), TRT_OK);
    CHECK_EQ(trt_deadline_status(&deadline), TRT_STOPPED);
    ticks_pass(10);
    CHECK_EQ(trt_deadline_status(&deadline), TRT_STOPPED);
}

KTEST(deadline, C3_start_begins_anew) {
    CHECK_EQ(trt_deadline_start(&deadline, 5), TRT_OK);
    ticks_pass(4);
    CHECK_EQ(trt_deadline_start(&deadline, 5), TRT_OK);
    ticks_pass(4);
    CHECK_EQ(trt_deadline_status(&deadline), TRT_RUNNING);
    ticks_pass(2);
    CHECK_EQ(trt_deadline_status(&deadline), TRT_EXPIRED);
}

// The tick at which it is seen to expire, asked at every tick.
static trt_tick_t wait_for_expiry(void) {
    while (trt_deadline_status(&deadline) != TRT_EXPIRED) {
        ticks_pass(1);
    }
    return trt_now();
}

KTEST(deadline, C3_restart_counts_from_the_expiry_without_drift) {
    CHECK_EQ(trt_deadline_start(&deadline, 5), TRT_OK);
    trt_tick_t first = wait_for_expiry();
    for (trt_tick_t i = 1; i <= 5; i++) {
        ticks_pass((trt_tick_t)(i % 4)); // late by that much
        CHECK_EQ(trt_deadline_restart(&deadline, 5), TRT_OK);
        CHECK_EQ((trt_tick_t)(wait_for_expiry() - first), 5 * i);
    }
}

KTEST(deadline, C3_restart_after_a_stop_counts_from_the_last_expiry) {
    CHECK_EQ(trt_deadline_start(&deadline, 5), TRT_OK);
    trt_tick_t first = wait_for_expiry();
    CHECK_EQ(trt_deadline_stop(&deadline), TRT_OK);
    ticks_pass(3);
    CHECK_EQ(trt_deadline_restart(&deadline, 10), TRT_OK);
    CHECK_EQ((trt_tick_t)(wait_for_expiry() - first), 10);
}

KTEST(deadline, C3_longest_time) {
    CHECK_EQ(trt_deadline_start(&deadline, TRT_DEADLINE_MAX), TRT_OK);
    CHECK_EQ(trt_deadline_status(&deadline), TRT_RUNNING);
    ticks_pass(100);
    CHECK_EQ(trt_deadline_status(&deadline), TRT_RUNNING);
}

KTEST_AT(deadline, bug18_across_the_wrap, (trt_tick_t)-8) {
    CHECK_EQ(trt_deadline_start(&deadline, 5), TRT_OK);
    trt_tick_t first = wait_for_expiry();
    for (trt_tick_t i = 1; i <= 4; i++) {
        CHECK_EQ(trt_deadline_restart(&deadline, 5), TRT_OK);
        CHECK_EQ(trt_deadline_status(&deadline), TRT_RUNNING);
        CHECK_EQ((trt_tick_t)(wait_for_expiry() - first), 5 * i);
    }
}

KTEST_AT(deadline, bug18_across_the_middle, (trt_tick_t)(((trt_tick_t)-1) / 2 - 3)) {
    CHECK_EQ(trt_deadline_start(&deadline, 5), TRT_OK);
    trt_tick_t first = wait_for_expiry();
    CHECK_EQ(trt_deadline_restart(&deadline, 9), TRT_OK);
    CHECK_EQ((trt_tick_t)(wait_for_expiry() - first), 9);
}

static trt_deadline_state_t seen;

static void ask(void *unused) {
    (void)unused;
    seen = trt_deadline_status(&deadline);
}

KTEST(deadline, C3_interrupt_may_ask) {
    irq_install(0, ask, NULL);
    CHECK_EQ(trt_deadline_start(&deadline, 2), TRT_OK);
    irq_raise(0);
    CHECK_EQ(seen, TRT_RUNNING);
    ticks_pass(4);
    irq_raise(0);
    CHECK_EQ(seen, TRT_EXPIRED);
}
