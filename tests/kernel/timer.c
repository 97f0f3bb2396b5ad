// Callback timers: row C4. The first expiry comes after a full period: when the clock has moved by
// period + 1.
#include "harness.h"

static trt_timer_t timer[3];
static trt_sem_t sem;
static trt_tick_t start;
static bool was_interrupt;
static trt_status_t result;

static trt_tick_t elapsed(void) {
    return (trt_tick_t)(trt_now() - start);
}

// Notes a letter.
static void on_expiry(void *letter) {
    was_interrupt = trt_in_interrupt();
    note(LETTER(letter));
}

static void make(unsigned i, trt_timer_fn_t fn, trt_tick_t period, trt_timer_mode_t mode) {
    static const char names[3][3] = {"t0", "t1", "t2"};
    CHECK_EQ(trt_timer_init(&timer[i], names[i], fn, ARG('a' + i), period, mode), TRT_OK);
    start = trt_now();
}

// What a test leaves running is stopped, for the next.
static void end(void) {
    for (unsigned i = 0; i < 3; i++) {
        if (trt_timer_is_running(&timer[i])) {
            CHECK_EQ(trt_timer_stop(&timer[i]), TRT_OK);
        }
    }
    harness.misuses = 0; // asking a timer that was never made
}

static void run_to(trt_tick_t moment) {
    while (elapsed() < moment) {
        ticks_pass(1);
    }
}

KTEST(timer, C4_one_shot_fires_once_after_a_full_period) {
    make(0, on_expiry, 5, TRT_ONE_SHOT);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    run_to(5);
    CHECK_LOG("");
    run_to(6);
    CHECK_LOG("a");
    CHECK(was_interrupt);
    CHECK(!trt_timer_is_running(&timer[0]));
    run_to(30);
    CHECK_LOG("");
}

KTEST(timer, C4_periodic_fires_without_drift) {
    make(0, on_expiry, 5, TRT_PERIODIC);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    for (trt_tick_t i = 0; i < 10; i++) {
        run_to((trt_tick_t)(5 + 5 * i));
        CHECK_LOG("");
        run_to((trt_tick_t)(6 + 5 * i));
        CHECK_LOG("a");
    }
    end();
}

KTEST(timer, C4_period_of_one_fires_at_every_tick) {
    make(0, on_expiry, 1, TRT_PERIODIC);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    run_to(6);
    CHECK_LOG("aaaaa");
    end();
}

TRT_TIMER_DEFINE(defined_timer, on_expiry, ARG('d'), 2, TRT_ONE_SHOT);

KTEST(timer, C4_defined_timer_works) {
    CHECK_EQ(trt_timer_start(&defined_timer), TRT_OK);
    ticks_pass(5);
    CHECK_LOG("d");
}

static void start_before_the_kernel(void) {
    make(0, on_expiry, 3, TRT_ONE_SHOT);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
}

KTEST_FROM_MAIN(timer, C4_timer_started_before_the_kernel_fires, start_before_the_kernel) {
    ticks_pass(3);
    CHECK(trt_now() != 3 || harness.log_length == 0);
    ticks_pass(1);
    CHECK_LOG("a");
}

KTEST(timer, C4_stopped_timer_does_not_fire) {
    make(0, on_expiry, 5, TRT_PERIODIC);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    run_to(8);
    CHECK_LOG("a");
    CHECK_EQ(trt_timer_stop(&timer[0]), TRT_OK);
    CHECK(!trt_timer_is_running(&timer[0]));
    run_to(30);
    CHECK_LOG("");
    CHECK_EQ(trt_timer_stop(&timer[0]), TRT_ERR_STATE);
}

KTEST(timer, C4_start_of_a_running_timer_begins_a_full_period) {
    make(0, on_expiry, 5, TRT_ONE_SHOT);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    run_to(4);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    run_to(9);
    CHECK_LOG("");
    run_to(10);
    CHECK_LOG("a");
    run_to(20);
    CHECK_LOG("");
}

KTEST(timer, C4_one_shot_starts_again) {
    make(0, on_expiry, 2, TRT_ONE_SHOT);
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
        ticks_pass(10);
    }
    CHECK_LOG("aaa");
}

KTEST(timer, C4_new_period_of_a_running_timer_begins_now) {
    make(0, on_expiry, 5, TRT_PERIODIC);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    run_to(3);
    CHECK_EQ(trt_timer_set_period(&timer[0], 8), TRT_OK);
    CHECK_EQ(trt_timer_period(&timer[0]), 8);
    run_to(11);
    CHECK_LOG("");
    run_to(12);
    CHECK_LOG("a");
    run_to(20);
    CHECK_LOG("a");
    end();
}

KTEST(timer, C4_new_period_of_a_stopped_timer_does_not_start_it) {
    make(0, on_expiry, 5, TRT_ONE_SHOT);
    CHECK_EQ(trt_timer_set_period(&timer[0], 2), TRT_OK);
    run_to(20);
    CHECK_LOG("");
    start = trt_now();
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    run_to(3);
    CHECK_LOG("a");
}

KTEST(timer, C4_queries) {
    make(0, on_expiry, 5, TRT_PERIODIC);
    CHECK(!trt_timer_is_running(&timer[0]));
    CHECK_EQ(trt_timer_remaining(&timer[0]), 0);
    CHECK_EQ(trt_timer_period(&timer[0]), 5);
    CHECK(trt_timer_arg(&timer[0]) == ARG('a'));
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    CHECK(trt_timer_is_running(&timer[0]));
    CHECK_EQ(trt_timer_remaining(&timer[0]), 6);
    ticks_pass(4);
    CHECK_EQ(trt_timer_remaining(&timer[0]), 2);
    ticks_pass(2);
    CHECK_EQ(trt_timer_remaining(&timer[0]), 5);
    CHECK_LOG("a");
    end();
}

#if TINYRTOS_NAMES
KTEST(timer, C4_name) {
    make(1, on_expiry, 5, TRT_PERIODIC);
    CHECK(strcmp(trt_timer_name(&timer[1]), "t1") == 0);
    CHECK(strcmp(trt_timer_name(&defined_timer), "defined_timer") == 0);
}
#endif

KTEST(timer, C4_init_of_a_running_timer_stops_it) {
    make(0, on_expiry, 5, TRT_PERIODIC);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    make(0, on_expiry, 3, TRT_ONE_SHOT);
    CHECK(!trt_timer_is_running(&timer[0]));
    run_to(20);
    CHECK_LOG("");
}

KTEST(timer, C4_timers_of_one_moment_all_fire) {
    for (unsigned i = 0; i < 3; i++) {
        make(i, on_expiry, 4, TRT_ONE_SHOT);
        CHECK_EQ(trt_timer_start(&timer[i]), TRT_OK);
    }
    run_to(5);
    CHECK_EQ(harness.log_length, 3);
    CHECK(strchr(harness.log, 'a') != NULL);
    CHECK(strchr(harness.log, 'b') != NULL);
    CHECK(strchr(harness.log, 'c') != NULL);
}

KTEST(timer, C4_timers_fire_in_the_order_of_their_times) {
    make(0, on_expiry, 9, TRT_ONE_SHOT);
    make(1, on_expiry, 2, TRT_ONE_SHOT);
    make(2, on_expiry, 6, TRT_ONE_SHOT);
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(trt_timer_start(&timer[i]), TRT_OK);
    }
    CHECK_EQ(trt_delay(20), TRT_OK);
    CHECK_LOG("bca");
}

KTEST_AT(timer, bug18_timers_across_the_wrap, (trt_tick_t)-7) {
    make(0, on_expiry, 4, TRT_PERIODIC);
    make(1, on_expiry, 9, TRT_ONE_SHOT);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    CHECK_EQ(trt_timer_start(&timer[1]), TRT_OK);
    run_to(9);
    CHECK_LOG("aa");
    run_to(12);
    CHECK_LOG("b");
    run_to(13);
    CHECK_LOG("a");
    end();
}

// --- what a callback does

static void give(void *unused) {
    (void)unused;
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
}

KTEST(timer, C4_callback_wakes_a_task) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    make(0, give, 5, TRT_ONE_SHOT);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    CHECK_EQ(trt_sem_take(&sem, 100), TRT_OK);
    CHECK_EQ(elapsed(), 6);
}

static void try_to_wait(void *unused) {
    (void)unused;
    result = trt_sem_take(&sem, 3);
}

KTEST(timer, C4_callback_may_not_wait) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    make(0, try_to_wait, 1, TRT_ONE_SHOT);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    run_to(3);
    CHECK_EQ(result, TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_sem_take", &sem, TRT_ERR_CONTEXT);
}

static void stop_itself(void *unused) {
    (void)unused;
    note('s');
    result = trt_timer_stop(&timer[0]);
}

KTEST(timer, bug22_periodic_timer_stops_itself) {
    make(0, stop_itself, 3, TRT_PERIODIC);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    run_to(20);
    CHECK_LOG("s");
    CHECK_EQ(result, TRT_OK);
    CHECK(!trt_timer_is_running(&timer[0]));
}

static void start_itself(void *unused) {
    (void)unused;
    note('s');
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
}

KTEST(timer, bug22_one_shot_starts_itself) {
    make(0, start_itself, 3, TRT_ONE_SHOT);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    run_to(4);
    CHECK_LOG("s");
    run_to(7);
    CHECK_LOG("");
    run_to(8);
    CHECK_LOG("s");
    run_to(12);
    CHECK_LOG("s");
    end();
}

KTEST(timer, bug22_periodic_timer_starts_itself_and_fires_once_a_period) {
    make(0, start_itself, 3, TRT_PERIODIC);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    run_to(12);
    CHECK_LOG("sss");
    end();
}

static void slow_itself_down(void *unused) {
    (void)unused;
    note('s');
    CHECK_EQ(trt_timer_set_period(&timer[0], 7), TRT_OK);
}

KTEST(timer, bug22_periodic_timer_changes_its_own_period) {
    make(0, slow_itself_down, 3, TRT_PERIODIC);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    run_to(4);
    CHECK_LOG("s");
    run_to(11);
    CHECK_LOG("");
    run_to(12);
    CHECK_LOG("s");
    end();
}

static void become_another(void *unused) {
    (void)unused;
    note('s');
    CHECK_EQ(trt_timer_init(&timer[0], "new", on_expiry, ARG('n'), 2, TRT_ONE_SHOT), TRT_OK);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
}

KTEST(timer, bug22_timer_is_made_anew_in_its_own_callback) {
    make(0, become_another, 3, TRT_PERIODIC);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    run_to(30);
    CHECK_LOG("sn");
}

static void stop_the_others(void *letter) {
    note(LETTER(letter));
    for (unsigned i = 0; i < 3; i++) {
        if (LETTER(letter) != (char)('a' + i)) {
            (void)trt_timer_stop(&timer[i]);
        }
    }
}

KTEST(timer, bug22_timer_stopped_in_the_tick_at_which_it_is_due_does_not_fire) {
    for (unsigned i = 0; i < 3; i++) {
        make(i, stop_the_others, 4, TRT_PERIODIC);
        CHECK_EQ(trt_timer_start(&timer[i]), TRT_OK);
    }
    run_to(5);
    CHECK_EQ(harness.log_length, 1);
    end();
}

static void stop_first(void *unused) {
    (void)unused;
    result = trt_timer_stop(&timer[0]);
}

KTEST(timer, bug22_timer_stopped_by_an_interrupt_does_not_revive) {
    irq_install(0, stop_first, NULL);
    make(0, on_expiry, 4, TRT_PERIODIC);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    run_to(5);
    CHECK_LOG("a");
    irq_raise(0);
    CHECK_EQ(result, TRT_OK);
    run_to(30);
    CHECK_LOG("");
}

static void stop_in_a_nested_interrupt(void *letter) {
    irq_raise(0);
    note(LETTER(letter));
}

KTEST(timer, bug22_periodic_timer_stopped_by_an_interrupt_in_its_callback_does_not_revive) {
    irq_install(0, stop_first, NULL);
    make(0, stop_in_a_nested_interrupt, 4, TRT_PERIODIC);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    run_to(30);
    CHECK_LOG("a");
    CHECK_EQ(result, TRT_OK);
}

static void delete_and_give(void *unused) {
    (void)unused;
    CHECK_EQ(trt_sem_delete(&sem), TRT_OK);
    note('d');
}

KTEST(timer, bug39_callback_deletes_what_a_task_waits_for) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    make(0, delete_and_give, 2, TRT_ONE_SHOT);
    CHECK_EQ(trt_timer_start(&timer[0]), TRT_OK);
    CHECK_EQ(trt_sem_take(&sem, TRT_FOREVER), TRT_ERR_DELETED);
    CHECK_LOG("d");
}
