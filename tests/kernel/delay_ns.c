// Delays in nanoseconds: row C6. The counter here has 1000 counts a tick, and one more for each
// look at it: whoever looks sees it move.
#define TINYRTOS_COUNTER() ((uint32_t)counter())
#define TINYRTOS_COUNTER_HZ 1000000ul
static unsigned long counter(void);
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

enum { COUNTS = 1000, LATE = 8 }; // looks that a delay may take more

static uint32_t looks;

static unsigned long counter(void) {
    return trtk.time.now * COUNTS + looks++;
}

static uint64_t ns(uint32_t counts) {
    return (uint64_t)counts * 1000u;
}

static void check_delay(uint32_t counts) {
    uint32_t before = TINYRTOS_COUNTER();
    CHECK_EQ(trt_delay_ns(ns(counts)), TRT_OK);
    uint32_t passed = TINYRTOS_COUNTER() - before;
    CHECK(passed >= counts);
    CHECK(passed <= counts + LATE);
}

KTEST(delay_ns, C6_is_exact_to_the_count_for_every_length_and_phase) {
    for (uint32_t phase = 0; phase < COUNTS; phase += 173) {
        for (uint32_t counts = 1; counts < 20 * COUNTS; counts += 1 + counts / 5) {
            looks += phase;
            check_delay(counts);
        }
    }
}

KTEST(delay_ns, C6_a_part_of_a_count_is_rounded_up) {
    uint32_t before = TINYRTOS_COUNTER();
    CHECK_EQ(trt_delay_ns(20001), TRT_OK);
    CHECK(TINYRTOS_COUNTER() - before > 20);
}

KTEST(delay_ns, C6_counter_may_wrap_meanwhile) {
    looks = (uint32_t)-500;
    check_delay(300);
    check_delay(400);
    looks = (uint32_t)-500;
    check_delay(3000);
}

KTEST(delay_ns, C6_less_than_a_tick_does_not_wait_for_one) {
    trt_tick_t start = trt_now();
    check_delay(COUNTS - 2);
    CHECK_EQ(trt_now(), start);
    check_delay(3 * COUNTS);
    CHECK(trt_now() != start);
}

static void delay_and_note(void *counts) {
    CHECK_EQ(trt_delay_ns(ns(INDEX(counts))), TRT_OK);
    note('d');
}

KTEST(delay_ns, C6_nothing_yields) {
    spawn(0, RUNNER_PRIORITY, noter, 'a');
    uint32_t before = TINYRTOS_COUNTER();
    CHECK_EQ(trt_delay_ns(0), TRT_OK);
    CHECK_LOG("a");
    CHECK(TINYRTOS_COUNTER() - before <= LATE);
}

static void note_twice(void *letter) {
    note(LETTER(letter));
    (void)trt_yield();
    note(LETTER(letter));
}

KTEST(delay_ns, C6_equals_run_meanwhile_less_urgent_tasks_do_not) {
    spawn(0, RUNNER_PRIORITY, note_twice, 'a');
    spawn(1, RUNNER_PRIORITY + 1, noter, 'z');
    check_delay(COUNTS / 2);
    CHECK_LOG("aa");
}

KTEST(delay_ns, C6_less_urgent_tasks_run_while_it_waits_for_ticks) {
    spawn(1, RUNNER_PRIORITY + 1, noter, 'z');
    check_delay(3 * COUNTS);
    CHECK_LOG("z");
}

// Who is made late by others does not wait for more.
static void take_long(void *unused) {
    (void)unused;
    looks += 5 * COUNTS;
    note('i');
}

static void interrupt(void *unused) {
    (void)unused;
    irq_raise(0);
}

KTEST(delay_ns, C6_time_that_others_take_counts) {
    irq_install(0, take_long, NULL);
    spawn(0, RUNNER_PRIORITY, interrupt, 0);
    uint32_t before = TINYRTOS_COUNTER();
    CHECK_EQ(trt_delay_ns(ns(COUNTS - 10)), TRT_OK);
    CHECK_LOG("i");
    CHECK(TINYRTOS_COUNTER() - before <= 5 * COUNTS + LATE);
}

static trt_status_t result;

static void delay_for_ages(void *unused) {
    (void)unused;
    result = trt_delay_ns(UINT64_MAX);
    note('d');
}

KTEST(delay_ns, C6_huge_values_last) {
    spawn(0, 3, delay_for_ages, 0);
    spawn(1, 3, delay_and_note, 2000u * COUNTS);
    CHECK_EQ(trt_delay(2500), TRT_OK);
    CHECK_LOG("d");
    looks += UINT32_MAX / 2u; // of the counter's range
    CHECK_EQ(trt_delay(2500), TRT_OK);
    CHECK_LOG("");
    CHECK_EQ(trt_task_abort_delay(&helper[0]), TRT_OK);
    CHECK_LOG("d");
    CHECK_EQ(result, TRT_ERR_ABORTED);
}

KTEST(delay_ns, C6_is_refused_where_a_task_may_not_wait) {
    irq_install(0, delay_for_ages, NULL);
    irq_raise(0);
    CHECK_EQ(result, TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_delay_ns", NULL, TRT_ERR_CONTEXT);
    CHECK_LOG("d");
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    CHECK_EQ(trt_delay_ns(1), TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_delay_ns", NULL, TRT_ERR_CONTEXT);
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
}

static void delay_in_main(void) {
    result = trt_delay_ns(1);
}

KTEST_FROM_MAIN(delay_ns, C6_is_refused_before_the_start, delay_in_main) {
    CHECK_EQ(result, TRT_ERR_NOT_STARTED);
    CHECK_MISUSE("trt_delay_ns", NULL, TRT_ERR_NOT_STARTED);
}
