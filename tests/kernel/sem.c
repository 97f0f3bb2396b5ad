// Semaphores and timeouts: rows Y1, Y2.
#include "harness.h"

static trt_sem_t sem;
static trt_timer_t timer;
static trt_status_t result[HELPERS];

static void make(uint16_t initial, uint16_t limit) {
    CHECK_EQ(trt_sem_init(&sem, initial, limit), TRT_OK);
}

static void take_and_note(void *letter) {
    CHECK_EQ(trt_sem_take(&sem, TRT_FOREVER), TRT_OK);
    note(LETTER(letter));
}

// Helper `i` keeps what its take returned in result[i].
static void take_for_ever(void *i) {
    result[INDEX(i)] = trt_sem_take(&sem, TRT_FOREVER);
    note((char)('a' + INDEX(i)));
}

static void take_within_five(void *i) {
    result[INDEX(i)] = trt_sem_take(&sem, 5);
    note((char)('a' + INDEX(i)));
}

static void give(void *unused) {
    (void)unused;
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
}

// --- Y2: tokens

TRT_SEM_DEFINE(defined, 2, 3);
TRT_SEM_DEFINE_FIFO(defined_fifo, 1, 1);

KTEST(sem, Y2_defined_semaphores_are_ready) {
    CHECK_EQ(trt_sem_count(&defined), 2);
    CHECK_EQ(trt_sem_take(&defined, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_sem_give(&defined), TRT_OK);
    CHECK_EQ(trt_sem_take(&defined_fifo, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_sem_take(&defined_fifo, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_sem_give(&defined_fifo), TRT_OK);
}

KTEST(sem, Y2_counts) {
    make(2, 5);
    CHECK_EQ(trt_sem_count(&sem), 2);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_EQ(trt_sem_count(&sem), 3);
    for (uint16_t left = 2; left < 3; left--) {
        CHECK_EQ(trt_sem_take(&sem, TRT_NO_WAIT), TRT_OK);
        CHECK_EQ(trt_sem_count(&sem), left);
    }
    CHECK_EQ(trt_sem_take(&sem, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
}

KTEST(sem, Y2_binary_holds_one_token) {
    make(0, 1);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_EQ(trt_sem_give(&sem), TRT_ERR_OVERFLOW);
    CHECK_MISUSE("trt_sem_give", &sem, TRT_ERR_OVERFLOW);
    CHECK_EQ(trt_sem_count(&sem), 1);
}

KTEST(sem, bug28_counts_beyond_eight_bits_up_to_the_limit) {
    make(65534u, 65535u);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_EQ(trt_sem_count(&sem), 65535u);
    CHECK_EQ(trt_sem_give(&sem), TRT_ERR_OVERFLOW);
    CHECK_MISUSE("trt_sem_give", &sem, TRT_ERR_OVERFLOW);
    CHECK_EQ(trt_sem_count(&sem), 65535u);
    make(255, 300);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_EQ(trt_sem_count(&sem), 256);
    CHECK_EQ(trt_sem_take(&sem, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_sem_count(&sem), 255);
}

KTEST(sem, bug40_token_given_before_the_wait_is_not_lost) {
    make(0, 1);
    give(NULL);
    CHECK_EQ(trt_sem_take(&sem, TRT_FOREVER), TRT_OK);
}

KTEST(sem, Y2_woken_task_has_its_token_and_nobody_takes_it_in_between) {
    make(0, 1);
    spawn(0, 6, take_for_ever, 0);
    let_run();
    give(NULL);
    CHECK_EQ(trt_sem_count(&sem), 0);
    CHECK_EQ(trt_sem_take(&sem, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_sem_take(&sem, 3), TRT_ERR_TIMEOUT);
    CHECK_EQ(result[0], TRT_OK);
    CHECK_LOG("a");
}

KTEST(sem, Y2_each_token_wakes_one_task) {
    make(0, 1);
    spawn(0, 3, take_and_note, 'a');
    spawn(1, 3, take_and_note, 'b');
    give(NULL);
    CHECK_LOG("a");
    give(NULL);
    CHECK_LOG("b");
    CHECK_EQ(trt_sem_count(&sem), 0);
}

KTEST(sem, bug36_most_urgent_waiter_is_served_first) {
    make(0, 1);
    spawn(0, 6, take_and_note, 'd');
    spawn(1, 2, take_and_note, 'a');
    spawn(2, 5, take_and_note, 'c');
    spawn(3, 3, take_and_note, 'b');
    let_run();
    for (unsigned i = 0; i < 4; i++) {
        give(NULL);
        let_run();
    }
    CHECK_LOG("abcd");
}

KTEST(sem, Y2_equal_waiters_are_served_in_order_of_arrival) {
    make(0, 1);
    spawn(3, 3, take_and_note, 'a');
    spawn(1, 3, take_and_note, 'b');
    spawn(2, 3, take_and_note, 'c');
    for (unsigned i = 0; i < 3; i++) {
        give(NULL);
    }
    CHECK_LOG("abc");
}

KTEST(sem, Y2_order_of_arrival_holds_within_each_priority) {
    make(0, 5);
    spawn(0, 3, take_and_note, 'c');
    spawn(1, 2, take_and_note, 'a');
    spawn(2, 3, take_and_note, 'd');
    spawn(3, 2, take_and_note, 'b');
    spawn(4, 3, take_and_note, 'e');
    for (unsigned i = 0; i < 5; i++) {
        give(NULL);
    }
    CHECK_LOG("abcde");
}

KTEST(sem, Y2_fifo_serves_by_arrival_alone) {
    CHECK_EQ(trt_sem_init_fifo(&sem, 0, 1), TRT_OK);
    spawn(0, 3, take_and_note, 'a');
    spawn(1, 1, take_and_note, 'b');
    spawn(2, 2, take_and_note, 'c');
    for (unsigned i = 0; i < 3; i++) {
        give(NULL);
    }
    CHECK_LOG("abc");
}

KTEST(sem, Y2_fifo_keeps_its_order_when_a_priority_changes) {
    CHECK_EQ(trt_sem_init_fifo(&sem, 0, 1), TRT_OK);
    spawn(0, 3, take_and_note, 'a');
    spawn(1, 3, take_and_note, 'b');
    CHECK_EQ(trt_task_set_priority(&helper[1], 0), TRT_OK);
    give(NULL);
    CHECK_LOG("a");
    give(NULL);
    CHECK_LOG("b");
}

KTEST(sem, bug07_waiter_that_is_raised_moves_forward) {
    make(0, 1);
    spawn(0, 3, take_and_note, 'b');
    spawn(1, 5, take_and_note, 'a');
    let_run();
    CHECK_EQ(trt_task_set_priority(&helper[1], 2), TRT_OK);
    give(NULL);
    CHECK_LOG("a");
    give(NULL);
    CHECK_LOG("b");
}

KTEST(sem, bug07_waiter_that_is_lowered_moves_back) {
    make(0, 1);
    spawn(0, 1, take_and_note, 'c');
    spawn(1, 2, take_and_note, 'a');
    spawn(2, 3, take_and_note, 'b');
    CHECK_EQ(trt_task_set_priority(&helper[0], 3), TRT_OK);
    CHECK_EQ(trt_task_set_priority(&helper[2], 2), TRT_OK);
    give(NULL);
    give(NULL);
    give(NULL);
    CHECK_LOG("abc");
}

KTEST(sem, Y2_delete_wakes_the_waiters_with_a_status) {
    make(0, 1);
    spawn(0, 3, take_for_ever, 0);
    spawn(1, 2, take_within_five, 1);
    CHECK_EQ(trt_sem_delete(&sem), TRT_OK);
    CHECK_EQ(result[0], TRT_ERR_DELETED);
    CHECK_EQ(result[1], TRT_ERR_DELETED);
    CHECK_EQ(trt_sem_give(&sem), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_sem_give", &sem, TRT_ERR_OBJECT);
    CHECK_EQ(trt_sem_take(&sem, TRT_NO_WAIT), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_sem_take", &sem, TRT_ERR_OBJECT);
    CHECK_EQ(trt_delay(10), TRT_OK); // the timeout of the second is gone
    CHECK_EQ(harness.log_length, 2);
}

KTEST(sem, Y2_init_anew_wakes_the_waiters_with_a_status) {
    make(0, 1);
    spawn(0, 3, take_for_ever, 0);
    make(1, 1);
    CHECK_EQ(result[0], TRT_ERR_DELETED);
    CHECK_EQ(trt_sem_count(&sem), 1);
}

// --- Y1: timeouts

KTEST(sem, Y1_no_wait_returns_at_once) {
    trt_tick_t start = trt_now();
    make(0, 1);
    spawn(0, 6, noter, 'a');
    CHECK_EQ(trt_sem_take(&sem, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_LOG("");
    CHECK(trt_now() == start);
}

KTEST(sem, Y1_timeout_comes_after_n_full_ticks) {
    make(0, 1);
    for (trt_tick_t ticks = 1; ticks < 40; ticks++) {
        trt_tick_t start = trt_now();
        CHECK_EQ(trt_sem_take(&sem, ticks), TRT_ERR_TIMEOUT);
        CHECK_EQ((trt_tick_t)(trt_now() - start), ticks + 1);
    }
}

KTEST(sem, Y1_token_in_time_ends_the_wait) {
    make(0, 1);
    spawn(0, 3, take_within_five, 0);
    CHECK_EQ(trt_delay(3), TRT_OK);
    give(NULL);
    CHECK_EQ(result[0], TRT_OK);
    CHECK_EQ(trt_delay(10), TRT_OK);
    CHECK_LOG("a");
}

KTEST(sem, Y1_forever_waits_without_end) {
    make(0, 1);
    spawn(0, 3, take_for_ever, 0);
    CHECK_EQ(trt_delay(5000), TRT_OK);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_WAITING);
    give(NULL);
    CHECK_EQ(result[0], TRT_OK);
}

KTEST(sem, Y1_waiter_that_timed_out_takes_no_token) {
    make(0, 1);
    spawn(0, 3, take_within_five, 0);
    CHECK_EQ(trt_delay(10), TRT_OK);
    CHECK_EQ(result[0], TRT_ERR_TIMEOUT);
    give(NULL);
    CHECK_EQ(trt_sem_count(&sem), 1);
}

KTEST(sem, Y1_timeout_of_one_waiter_leaves_the_others) {
    make(0, 1);
    spawn(0, 3, take_for_ever, 0);
    spawn(1, 3, take_within_five, 1);
    spawn(2, 3, take_for_ever, 2);
    CHECK_EQ(trt_delay(10), TRT_OK);
    CHECK_LOG("b");
    give(NULL);
    give(NULL);
    CHECK_LOG("ac");
}

KTEST(sem, bug12_status_is_that_of_the_last_wait) {
    make(0, 1);
    CHECK_EQ(trt_sem_take(&sem, 2), TRT_ERR_TIMEOUT);
    give(NULL);
    CHECK_EQ(trt_sem_take(&sem, 2), TRT_OK);
    CHECK_EQ(trt_sem_take(&sem, 2), TRT_ERR_TIMEOUT);
    spawn(0, 5, give, 0);
    CHECK_EQ(trt_sem_take(&sem, 2), TRT_OK);
    CHECK_EQ(trt_delay(1), TRT_OK);
    CHECK_EQ(trt_sem_take(&sem, 2), TRT_ERR_TIMEOUT);
}

// --- a timeout meets a wake

// A give by a timer at tick `at` after the runner began to wait for `ticks`: the token is taken, or
// it is there still.
static void race(trt_tick_t at, trt_tick_t ticks) {
    make(0, 1);
    CHECK_EQ(trt_timer_init(&timer, "give", give, NULL, at, TRT_ONE_SHOT), TRT_OK);
    CHECK_EQ(trt_timer_start(&timer), TRT_OK);
    trt_tick_t start = trt_now();
    trt_status_t status = trt_sem_take(&sem, ticks);
    trt_tick_t took = (trt_tick_t)(trt_now() - start);
    CHECK(status == TRT_OK || status == TRT_ERR_TIMEOUT);
    CHECK(status == TRT_OK ? took == at + 1u : took == ticks + 1u);
    CHECK_EQ(trt_delay(10), TRT_OK);
    CHECK_EQ(trt_sem_count(&sem), status == TRT_OK ? 0 : 1);
}

KTEST(sem, bug11_timeout_meets_a_give_in_the_same_tick) {
    for (trt_tick_t at = 3; at <= 7; at++) {
        race(at, 5);
    }
}

static void give_from_interrupt_then_time_out(void *unused) {
    (void)unused;
    CHECK_EQ(trt_sched_lock(), TRT_OK); // the waiter cannot run before its timeout is due as well
    irq_raise(0);
    ticks_pass(20);
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
}

KTEST(sem, bug11_token_given_before_the_timeout_is_not_lost_when_the_task_runs_late) {
    make(0, 1);
    irq_install(0, give, NULL);
    spawn(0, 2, take_within_five, 0);
    spawn(1, 3, give_from_interrupt_then_time_out, 0);
    CHECK_EQ(result[0], TRT_OK);
    CHECK_EQ(trt_sem_count(&sem), 0);
    CHECK_LOG("a");
}

static void time_out_then_give_from_interrupt(void *unused) {
    (void)unused;
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    ticks_pass(20);
    irq_raise(0);
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
}

KTEST(sem, bug11_token_given_after_the_timeout_stays_when_the_task_runs_late) {
    make(0, 1);
    irq_install(0, give, NULL);
    spawn(0, 2, take_within_five, 0);
    spawn(1, 3, time_out_then_give_from_interrupt, 0);
    CHECK_EQ(result[0], TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_sem_count(&sem), 1);
    CHECK_LOG("a");
}

KTEST(sem, bug35_token_given_by_a_less_urgent_task_ends_a_wait_with_nothing_else_to_run) {
    make(0, 1);
    spawn(0, 7, give, 0);
    CHECK_EQ(trt_sem_take(&sem, TRT_FOREVER), TRT_OK);
}

// --- before trt_start

static void use_before_start(void) {
    make(1, 2);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_EQ(trt_sem_take(&sem, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_sem_take(&sem, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_sem_take(&sem, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_sem_take(&sem, 5), TRT_ERR_NOT_STARTED);
    CHECK_MISUSE("trt_sem_take", &sem, TRT_ERR_NOT_STARTED);
    CHECK_EQ(trt_sem_take(&sem, TRT_FOREVER), TRT_ERR_NOT_STARTED);
    CHECK_MISUSE("trt_sem_take", &sem, TRT_ERR_NOT_STARTED);
    CHECK_EQ(trt_delay(5), TRT_ERR_NOT_STARTED);
    CHECK_MISUSE("trt_delay", NULL, TRT_ERR_NOT_STARTED);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
}

KTEST_FROM_MAIN(sem, bug34_objects_are_used_before_the_start_and_waits_refused, use_before_start) {
    CHECK_EQ(trt_sem_count(&sem), 1);
    CHECK_EQ(trt_sem_take(&sem, 5), TRT_OK);
    CHECK_EQ(trt_sem_take(&sem, 5), TRT_ERR_TIMEOUT);
}
