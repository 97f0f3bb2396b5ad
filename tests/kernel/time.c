// Ticks and the time macros: rows C1, C2 (at 1000 ticks a second; time_hz.c has others).
#include "harness.h"

// --- C1: the tick

KTEST(time, C1_clock_moves_with_the_ticks_only) {
    trt_tick_t start = trt_now();
    (void)trt_yield();
    CHECK(trt_now() == start);
    ticks_pass(1);
    CHECK(trt_now() == (trt_tick_t)(start + 1));
    ticks_pass(25);
    CHECK(trt_now() == (trt_tick_t)(start + 26));
}

KTEST_AT(time, C1_clock_wraps_to_zero, (trt_tick_t)-2) {
    CHECK(trt_now() == (trt_tick_t)-2);
    ticks_pass(1);
    CHECK(trt_now() == (trt_tick_t)-1);
    ticks_pass(1);
    CHECK(trt_now() == 0);
}

static trt_sem_t sem;

KTEST_AT(time, C1_timeout_across_the_wrap_is_exact, (trt_tick_t)-6) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    CHECK_EQ(trt_sem_take(&sem, 9), TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_now(), 4);
}

KTEST_AT(time, C1_every_length_across_the_wrap, (trt_tick_t)-20) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    for (trt_tick_t ticks = 1; ticks < 12; ticks++) {
        trt_tick_t start = trt_now();
        CHECK_EQ(trt_sem_take(&sem, ticks), TRT_ERR_TIMEOUT);
        CHECK_EQ((trt_tick_t)(trt_now() - start), ticks + 1);
    }
}

static trt_status_t longest_result;

static void take_longest(void *unused) {
    (void)unused;
    longest_result = trt_sem_take(&sem, TRT_TICKS_MAX);
}

// The longest timeout ends just before the clock is back where it began: it must be taken for
// neither "now" nor the past.
KTEST_AT(time, C1_longest_timeout_does_not_end_early, (trt_tick_t)7) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    longest_result = TRT_OK;
    spawn(0, 3, take_longest, 0);
    CHECK_EQ(trt_delay(2000), TRT_OK);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_WAITING);
    CHECK_EQ(longest_result, TRT_OK);
}

static trt_tick_t interrupted_now;

static void look_at_clock(void *unused) {
    (void)unused;
    interrupted_now = trt_now();
}

KTEST_AT(time, bug19_interrupt_reads_the_clock_whole, 0xFF) {
    irq_install(0, look_at_clock, NULL);
    irq_raise(0);
    CHECK_EQ(interrupted_now, 0xFF);
    ticks_pass(1);
    irq_raise(0);
    CHECK_EQ(interrupted_now, 0x100);
}

// --- C2: the macros

KTEST(time, C2_zero_stays_zero) {
    CHECK(TRT_SECONDS(0) == 0);
    CHECK(TRT_MS(0) == 0);
    CHECK(TRT_US(0) == 0);
}

KTEST(time, C2_whole_ticks_are_exact) {
    CHECK(TRT_SECONDS(1) == 1000);
    CHECK(TRT_SECONDS(60) == 60000u);
    CHECK(TRT_MS(1) == 1);
    CHECK(TRT_MS(1500) == 1500);
    CHECK(TRT_US(2000) == 2);
}

KTEST(time, bug18_time_that_is_not_zero_never_becomes_zero) {
    CHECK(TRT_US(1) == 1);
    CHECK(TRT_US(999) == 1);
}

KTEST(time, C2_parts_of_a_tick_round_up) {
    CHECK(TRT_US(1001) == 2);
    CHECK(TRT_US(1999) == 2);
    CHECK(TRT_US(2001) == 3);
}

KTEST(time, C2_too_long_saturates_and_is_not_forever) {
    CHECK(TRT_SECONDS(UINT64_MAX) == TRT_TICKS_MAX);
    CHECK(TRT_MS(UINT64_MAX) == TRT_TICKS_MAX || sizeof(trt_tick_t) == 8);
    CHECK(TRT_MS(UINT64_MAX) != TRT_FOREVER || sizeof(trt_tick_t) == 8);
    CHECK(TRT_TICKS_MAX != TRT_FOREVER);
    CHECK(TRT_TICKS_MAX + 1u == TRT_FOREVER);
}

KTEST(time, bug18_milliseconds_do_not_overflow_on_the_way) {
#if TINYRTOS_TICK_BITS == 16
    CHECK(TRT_MS(65534) == 65534u);
    CHECK(TRT_MS(65535) == TRT_TICKS_MAX);
    CHECK(TRT_SECONDS(66) == TRT_TICKS_MAX);
#else
    CHECK(TRT_MS(4294967294u) == 4294967294u);
    CHECK(TRT_SECONDS(4294967) == 4294967000u);
    CHECK(TRT_SECONDS(4294968) ==
          (TINYRTOS_TICK_BITS == 32 ? TRT_TICKS_MAX : (trt_tick_t)4294968000u));
#endif
}

KTEST(time, C2_variables_do_as_constants) {
    for (uint16_t ms = 0; ms < 300; ms++) {
        CHECK(TRT_MS(ms) == ms);
        CHECK(TRT_US(ms) == (ms == 0 ? 0 : 1));
    }
}

KTEST(time, C2_ticks_to_milliseconds) {
    CHECK(TRT_TICKS_TO_MS(0) == 0);
    CHECK(TRT_TICKS_TO_MS(1) == 1);
    CHECK(TRT_TICKS_TO_MS(60000u) == 60000u);
}
