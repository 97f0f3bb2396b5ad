// Thousands of timers at random, with a clock of 16 bits that wraps again and again: each fires
// exactly at its tick. The reference is a plain list of moments on a clock that does not wrap. Rows
// C1, C4; bug classes 18, 22.
#ifndef TINYRTOS_TICK_BITS
#define TINYRTOS_TICK_BITS 16
#endif
#define TINYRTOS_HOST_CALLS_PER_TICK 0
#include "host.h"

#define TIMERS 2000

static trt_timer_t timers[TIMERS];
static struct {
    uint64_t due; // 0: does not run
    uint32_t period;
    bool periodic;
} model[TIMERS];
static unsigned fired;
static uint32_t seed = 1;

static uint32_t random_below(uint32_t limit) {
    return next_random(&seed) % limit;
}

static void on_timer(void *number) {
    unsigned i = NUMBER(number);
    cr_assert_eq(model[i].due, trtp.time, "timer %u fires at %lu instead of %lu", i,
                 (unsigned long)trtp.time, (unsigned long)model[i].due);
    model[i].due = model[i].periodic ? trtp.time + model[i].period : 0;
    fired++;
}

// Mostly short, sometimes up to the longest there is, sometimes about a power of two.
static uint32_t random_period(void) {
    switch (random_below(4)) {
    case 0:
        return 1 + random_below(65534);
    case 1:
        return (1u << (1 + random_below(15))) + random_below(3) - 1;
    default:
        return 1 + random_below(300);
    }
}

static void make_timer(unsigned i) {
    uint32_t period = random_period();
    model[i].periodic = random_below(2) == 0;
    model[i].period = period;
    model[i].due = 0;
    cr_assert_eq(trt_timer_init(&timers[i], "t", on_timer, ARG(i), (trt_tick_t)period,
                                model[i].periodic ? TRT_PERIODIC : TRT_ONE_SHOT),
                 TRT_OK);
}

static void start_timer(unsigned i) {
    model[i].due = trtp.time + model[i].period + 1;
    cr_assert_eq(trt_timer_start(&timers[i]), TRT_OK);
}

static void change_some_timer(void) {
    unsigned i = random_below(TIMERS);
    switch (random_below(5)) {
    case 0:
        cr_assert_eq(trt_timer_stop(&timers[i]), model[i].due != 0 ? TRT_OK : TRT_ERR_STATE);
        model[i].due = 0;
        break;
    case 1:
        make_timer(i);
        break;
    case 2:
        model[i].period = random_period();
        if (model[i].due != 0) model[i].due = trtp.time + model[i].period + 1;
        cr_assert_eq(trt_timer_set_period(&timers[i], (trt_tick_t)model[i].period), TRT_OK);
        break;
    default:
        start_timer(i);
    }
}

static void check_some_timer(void) {
    unsigned i = random_below(TIMERS);
    cr_assert_eq(trt_timer_is_running(&timers[i]), model[i].due != 0);
    cr_assert_eq(trt_timer_remaining(&timers[i]), model[i].due != 0 ? model[i].due - trtp.time : 0);
}

static void check_nothing_is_overdue(void) {
    for (unsigned i = 0; i < TIMERS; i++) {
        cr_assert(model[i].due == 0 || model[i].due > trtp.time, "timer %u has been missed", i);
    }
    CHECK_KERNEL();
}

static void run_timers(uint32_t start, unsigned steps) {
    seed = start;
    fired = 0;
    cr_assert_eq(trt_host_reset(), TRT_OK);
    trtk.time.now = (trt_tick_t)-1000;
    for (unsigned i = 0; i < TIMERS; i++) make_timer(i);
    cr_assert_eq(trt_host_run(1), TRT_OK);
    for (unsigned step = 0; step < steps; step++) {
        for (unsigned i = random_below(12); i > 0; i--) change_some_timer();
        check_some_timer();
        trt_tick_t ticks = (trt_tick_t)random_below(random_below(8) == 0 ? 500 : 20);
        cr_assert_eq(random_below(2) == 0 ? trt_host_run(ticks) : trt_host_advance(ticks), TRT_OK);
        if (step % 50 == 0) check_nothing_is_overdue();
    }
    check_nothing_is_overdue();
}

Test(timeouts, C4_random_timers_fire_exactly_at_their_ticks) {
    run_timers(1, 8000);
    cr_assert_gt(fired, 30000);
    cr_assert_gt(trtp.time, 200000); // three wraps of 16 bits
}

Test(timeouts, C4_other_random_timers_fire_exactly_at_their_ticks) {
    for (uint32_t start = 2; start < 6; start++) run_timers(start * 7919, 1500);
}

// --- delays

static uint64_t wakes[POOL];

static void sleep_at_random(void *number) {
    uint32_t own_seed = 77 + (uint32_t)NUMBER(number);
    for (;;) {
        trt_tick_t ticks =
            (trt_tick_t)(1 + next_random(&own_seed) % (NUMBER(number) == 0 ? 65534 : 700));
        uint64_t start = trtp.time;
        cr_assert_eq(trt_delay(ticks), TRT_OK);
        cr_assert_eq(trtp.time - start, ticks + (uint64_t)1);
        wakes[NUMBER(number)]++;
    }
}

Test(timeouts, T4_random_delays_are_exact_across_many_wraps) {
    trtk.time.now = (trt_tick_t)-50;
    for (unsigned i = 0; i < POOL; i++) spawn(i, (uint8_t)i, sleep_at_random, i);
    for (unsigned i = 0; i < 20; i++) {
        cr_assert_eq(trt_host_run(40000), TRT_OK);
        CHECK_KERNEL();
    }
    cr_assert_gt(wakes[0], 10);
    for (unsigned i = 1; i < POOL; i++) cr_assert_gt(wakes[i], 2000);
}

// Every length, from places around every power of two.
Test(timeouts, C1_every_length_from_every_kind_of_place) {
    static const uint32_t places[] = {0,   1,    2,     127,   128,   255,
                                      256, 4095, 32767, 32768, 65000, 65535};
    for (unsigned p = 0; p < sizeof places / sizeof places[0]; p++) {
        cr_assert_eq(trt_host_reset(), TRT_OK);
        trtk.time.now = (trt_tick_t)places[p];
        for (unsigned i = 0; i < TIMERS; i++) {
            make_timer(i);
            model[i].period = i < 1000 ? 1 + i : 65534 - (i - 1000) * 37;
            model[i].periodic = false;
            cr_assert_eq(trt_timer_init(&timers[i], "t", on_timer, ARG(i),
                                        (trt_tick_t)model[i].period, TRT_ONE_SHOT),
                         TRT_OK);
            start_timer(i);
        }
        fired = 0;
        cr_assert_eq(trt_host_run(65000), TRT_OK);
        cr_assert_eq(trt_host_run(1000), TRT_OK);
        cr_assert_eq(fired, TIMERS);
        CHECK_KERNEL();
    }
}
