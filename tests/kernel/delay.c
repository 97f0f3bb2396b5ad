// Delays: row T4. A delay of n ticks ends when the clock has moved by n + 1: n full ticks, as the
// present one is under way.
#include "harness.h"

static trt_status_t result;

static void sleep_and_note(void *ticks) {
    result = trt_delay((trt_tick_t)INDEX(ticks));
    note((char)('0' + INDEX(ticks)));
}

static trt_tick_t elapsed_since(trt_tick_t start) {
    return (trt_tick_t)(trt_now() - start);
}

KTEST(delay, T4_delay_lasts_n_full_ticks) {
    for (trt_tick_t ticks = 1; ticks <= 40; ticks++) {
        trt_tick_t start = trt_now();
        CHECK_EQ(trt_delay(ticks), TRT_OK);
        CHECK_EQ(elapsed_since(start), ticks + 1);
    }
}

KTEST(delay, T4_delay_is_exact_for_every_length_and_phase) {
    for (trt_tick_t phase = 0; phase < 5; phase++) {
        for (trt_tick_t ticks = 1; ticks <= 1024; ticks = (trt_tick_t)(2 * ticks)) {
            ticks_pass(phase);
            trt_tick_t start = trt_now();
            CHECK_EQ(trt_delay(ticks), TRT_OK);
            CHECK_EQ(elapsed_since(start), ticks + 1);
        }
    }
}

KTEST(delay, T4_delay_of_nothing_yields) {
    trt_tick_t start = trt_now();
    spawn(0, RUNNER_PRIORITY, noter, 'a');
    CHECK_EQ(trt_delay(TRT_NO_WAIT), TRT_OK);
    CHECK_LOG("a");
    CHECK_EQ(elapsed_since(start), 0);
}

KTEST(delay, T4_sleepers_wake_in_the_order_of_their_times) {
    spawn(0, 3, sleep_and_note, 7);
    spawn(1, 3, sleep_and_note, 2);
    spawn(2, 3, sleep_and_note, 9);
    spawn(3, 3, sleep_and_note, 1);
    spawn(4, 3, sleep_and_note, 4);
    CHECK_EQ(trt_delay(20), TRT_OK);
    CHECK_LOG("12479");
}

KTEST(delay, T4_sleepers_of_one_moment_run_by_priority) {
    spawn(0, 3, sleep_and_note, 5);
    ticks_pass(1);
    spawn(1, 2, sleep_and_note, 4);
    ticks_pass(1);
    spawn(2, 1, sleep_and_note, 3);
    CHECK_EQ(trt_delay(20), TRT_OK);
    CHECK_LOG("345");
}

KTEST(delay, T4_abort_ends_a_delay) {
    trt_tick_t start = trt_now();
    spawn(0, 3, sleep_and_note, 9);
    CHECK_EQ(trt_task_abort_delay(&helper[0]), TRT_OK);
    CHECK_LOG("9");
    CHECK_EQ(result, TRT_ERR_ABORTED);
    CHECK_EQ(elapsed_since(start), 0);
    CHECK_EQ(trt_delay(20), TRT_OK);
    CHECK_LOG("");
}

static void sleep_for_ever(void *letter) {
    result = trt_delay(TRT_FOREVER);
    note(LETTER(letter));
}

static void sleep_again(void *unused) {
    (void)unused;
    CHECK_EQ(trt_delay(5), TRT_ERR_ABORTED);
    sleep_and_note(ARG(2));
}

KTEST(delay, T4_delay_after_an_aborted_one_lasts_to_its_end) {
    spawn(0, 3, sleep_again, 0);
    CHECK_EQ(trt_task_abort_delay(&helper[0]), TRT_OK);
    CHECK_EQ(trt_delay(5), TRT_OK);
    CHECK_LOG("2");
    CHECK_EQ(result, TRT_OK);
}

KTEST(delay, T4_delay_for_ever_ends_by_abort_only) {
    spawn(0, 3, sleep_for_ever, 'a');
    CHECK_EQ(trt_delay(1000), TRT_OK);
    CHECK_LOG("");
    CHECK_EQ(trt_task_abort_delay(&helper[0]), TRT_OK);
    CHECK_LOG("a");
    CHECK_EQ(result, TRT_ERR_ABORTED);
}

static trt_sem_t sem;

static void take_for_ever(void *unused) {
    (void)unused;
    result = trt_sem_take(&sem, TRT_FOREVER);
}

KTEST(delay, T4_abort_ends_nothing_but_a_delay) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    spawn(0, 3, take_for_ever, 0);
    spawn(1, 5, noter, 'a');
    spawn(2, 3, noter, 'e');
    CHECK_EQ(trt_task_abort_delay(&helper[0]), TRT_ERR_STATE);
    CHECK_EQ(trt_task_abort_delay(&helper[1]), TRT_ERR_STATE);
    CHECK_EQ(trt_task_abort_delay(&helper[2]), TRT_ERR_STATE);
    CHECK_EQ(trt_task_abort_delay(&runner), TRT_ERR_STATE);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_WAITING);
}

KTEST(delay, T4_aborted_delay_of_a_suspended_task_leaves_it_suspended) {
    spawn(0, 3, sleep_and_note, 9);
    CHECK_EQ(trt_task_suspend(&helper[0]), TRT_OK);
    CHECK_EQ(trt_task_abort_delay(&helper[0]), TRT_OK);
    CHECK_LOG("");
    CHECK_EQ(trt_task_resume(&helper[0]), TRT_OK);
    CHECK_LOG("9");
    CHECK_EQ(result, TRT_ERR_ABORTED);
}

static void abort_first(void *unused) {
    (void)unused;
    CHECK_EQ(trt_task_abort_delay(&helper[0]), TRT_OK);
}

KTEST(delay, T4_abort_from_an_interrupt) {
    irq_install(0, abort_first, NULL);
    spawn(0, 3, sleep_and_note, 9);
    irq_raise(0);
    CHECK_LOG("9");
    CHECK_EQ(result, TRT_ERR_ABORTED);
}

// --- delay_until

KTEST(delay, T4_delay_until_has_no_drift) {
    trt_tick_t last = trt_now();
    trt_tick_t start = last;
    for (unsigned i = 1; i <= 20; i++) {
        trt_tick_t missed = 99;
        ticks_pass((trt_tick_t)(i % 5));
        CHECK_EQ(trt_delay_until(&last, 10, &missed), TRT_OK);
        CHECK_EQ(elapsed_since(start), 10 * i);
        CHECK(last == trt_now());
        CHECK_EQ(missed, 0);
    }
}

KTEST(delay, T4_delay_until_a_moment_that_has_passed_returns_at_once) {
    trt_tick_t last = trt_now();
    trt_tick_t start = last;
    trt_tick_t missed = 99;
    ticks_pass(14);
    CHECK_EQ(trt_delay_until(&last, 10, &missed), TRT_OK);
    CHECK_EQ(elapsed_since(start), 14);
    CHECK_EQ((trt_tick_t)(last - start), 10);
    CHECK_EQ(missed, 0);
    CHECK_EQ(trt_delay_until(&last, 10, &missed), TRT_OK);
    CHECK_EQ(elapsed_since(start), 20);
}

KTEST(delay, T4_delay_until_reports_missed_periods_and_stays_on_the_grid) {
    trt_tick_t last = trt_now();
    trt_tick_t start = last;
    trt_tick_t missed = 99;
    ticks_pass(35);
    CHECK_EQ(trt_delay_until(&last, 10, &missed), TRT_OK);
    CHECK_EQ(elapsed_since(start), 35);
    CHECK_EQ((trt_tick_t)(last - start), 30);
    CHECK_EQ(missed, 2);
    CHECK_EQ(trt_delay_until(&last, 10, NULL), TRT_OK);
    CHECK_EQ(elapsed_since(start), 40);
}

KTEST(delay, T4_delay_until_exactly_now_returns_at_once) {
    trt_tick_t last = trt_now();
    trt_tick_t start = last;
    trt_tick_t missed = 99;
    ticks_pass(10);
    CHECK_EQ(trt_delay_until(&last, 10, &missed), TRT_OK);
    CHECK_EQ(elapsed_since(start), 10);
    CHECK(last == trt_now());
    CHECK_EQ(missed, 0);
}

static void until_ten(void *unused) {
    (void)unused;
    trt_tick_t last = trt_now();
    result = trt_delay_until(&last, 10, NULL);
    note('u');
}

KTEST(delay, T4_abort_ends_a_delay_until) {
    spawn(0, 3, until_ten, 0);
    CHECK_EQ(trt_task_abort_delay(&helper[0]), TRT_OK);
    CHECK_LOG("u");
    CHECK_EQ(result, TRT_ERR_ABORTED);
}

// --- across the wrap

KTEST_AT(delay, bug18_delay_across_the_wrap, (trt_tick_t)-3) {
    trt_tick_t start = trt_now();
    CHECK(start == (trt_tick_t)-3);
    CHECK_EQ(trt_delay(5), TRT_OK);
    CHECK_EQ(elapsed_since(start), 6);
    CHECK_EQ(trt_now(), 3);
}

KTEST_AT(delay, bug18_sleepers_on_both_sides_of_the_wrap_wake_in_order, (trt_tick_t)-4) {
    spawn(0, 3, sleep_and_note, 7);
    spawn(1, 3, sleep_and_note, 2);
    spawn(2, 3, sleep_and_note, 3);
    spawn(3, 3, sleep_and_note, 1);
    spawn(4, 3, sleep_and_note, 4);
    CHECK_EQ(trt_delay(20), TRT_OK);
    CHECK_LOG("12347");
}

KTEST_AT(delay, bug18_delay_until_across_the_wrap, (trt_tick_t)-15) {
    trt_tick_t last = trt_now();
    trt_tick_t start = last;
    for (unsigned i = 1; i <= 4; i++) {
        CHECK_EQ(trt_delay_until(&last, 10, NULL), TRT_OK);
        CHECK_EQ(elapsed_since(start), 10 * i);
    }
}

KTEST_AT(delay, bug18_delay_until_in_the_past_across_the_wrap, (trt_tick_t)-15) {
    trt_tick_t last = trt_now();
    trt_tick_t start = last;
    trt_tick_t missed = 99;
    ticks_pass(37);
    CHECK_EQ(trt_delay_until(&last, 10, &missed), TRT_OK);
    CHECK_EQ(elapsed_since(start), 37);
    CHECK_EQ((trt_tick_t)(last - start), 30);
    CHECK_EQ(missed, 2);
}

KTEST_AT(delay, bug18_end_on_the_wrap_itself, (trt_tick_t)-5) {
    CHECK_EQ(trt_delay(4), TRT_OK);
    CHECK_EQ(trt_now(), 0);
    CHECK_EQ(trt_delay(4), TRT_OK);
    CHECK_EQ(trt_now(), 5);
}

KTEST(delay, C5_intervals_do_not_drift) {
    trt_tick_t last, begin;
    TRT_INTERVAL_BEGIN(last);
    begin = last;
    for (uint8_t i = 1; i <= 3; i++) {
        ticks_pass(i); // some work, each time of another length
        CHECK_EQ(TRT_INTERVAL_WAIT(last, 5), TRT_OK);
        CHECK_EQ((trt_tick_t)(trt_now() - begin), 5u * i);
    }
}

KTEST(delay, C5_interval_can_be_asked_for_without_waiting) {
    trt_tick_t last;
    TRT_INTERVAL_BEGIN(last);
    TRT_INTERVAL_NEXT(last, 3);
    CHECK(!TRT_INTERVAL_IS_OVER(last));
    ticks_pass(2);
    CHECK(!TRT_INTERVAL_IS_OVER(last));
    ticks_pass(1);
    CHECK(TRT_INTERVAL_IS_OVER(last));
}
