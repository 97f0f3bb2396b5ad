// Waiting for any of several things: row E4.
#include "harness.h"

static trt_sem_t sem[3];
static trt_mutex_t mutex;
static trt_flags_t flags;
static trt_queue_t queue;
static uint8_t buffer[2];

static trt_wait_t things[TINYRTOS_WAIT_ANY_MAX + 1];
static uint8_t which;
static uint8_t item;
static trt_bits_t got;
static trt_status_t result;

static void make(void) {
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(trt_sem_init(&sem[i], 0, 5), TRT_OK);
    }
    CHECK_EQ(trt_mutex_init(&mutex, TRT_INHERIT), TRT_OK);
    CHECK_EQ(trt_flags_init(&flags), TRT_OK);
    CHECK_EQ(trt_queue_init(&queue, buffer, 1, 2), TRT_OK);
    which = 99;
    item = '?';
    got = 0;
    result = 99;
}

static void want_sems(unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        CHECK_EQ(trt_wait_sem(&things[i], &sem[i]), TRT_OK);
    }
}

static void give(unsigned i) {
    CHECK_EQ(trt_sem_give(&sem[i]), TRT_OK);
}

static void check_counts(unsigned first, unsigned second, unsigned third) {
    CHECK_EQ(trt_sem_count(&sem[0]), first);
    CHECK_EQ(trt_sem_count(&sem[1]), second);
    CHECK_EQ(trt_sem_count(&sem[2]), third);
}

// Helpers: wait for the first `count` of `things`, for ever or for five ticks.
static void wait_for_ever(void *count) {
    result = trt_wait_any(things, (uint8_t)INDEX(count), &which, TRT_FOREVER);
    note('w');
}

static void wait_within_five(void *count) {
    result = trt_wait_any(things, (uint8_t)INDEX(count), &which, 5);
    note('w');
}

static void take_and_note(void *i) {
    CHECK_EQ(trt_sem_take(&sem[INDEX(i)], TRT_FOREVER), TRT_OK);
    note((char)('a' + INDEX(i)));
}

// --- at the call

KTEST(wait_any, E4_lowest_index_that_is_ready_wins_at_the_call) {
    make();
    want_sems(3);
    give(1);
    give(2);
    CHECK_EQ(trt_wait_any(things, 3, &which, TRT_FOREVER), TRT_OK);
    CHECK_EQ(which, 1);
    check_counts(0, 0, 1);
}

KTEST(wait_any, E4_exactly_one_is_taken) {
    make();
    want_sems(3);
    give(0);
    give(1);
    give(2);
    for (uint8_t i = 0; i < 3; i++) {
        CHECK_EQ(trt_wait_any(things, 3, &which, TRT_NO_WAIT), TRT_OK);
        CHECK_EQ(which, i);
    }
    CHECK_EQ(trt_wait_any(things, 3, &which, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
}

KTEST(wait_any, E4_waiting_for_one_is_waiting_for_any_of_one) {
    make();
    want_sems(1);
    spawn(0, 3, wait_for_ever, 1);
    give(0);
    CHECK_EQ(result, TRT_OK);
    CHECK_EQ(which, 0);
    check_counts(0, 0, 0);
}

KTEST(wait_any, E4_who_does_not_care_which_passes_null) {
    make();
    want_sems(2);
    give(1);
    CHECK_EQ(trt_wait_any(things, 2, NULL, TRT_NO_WAIT), TRT_OK);
    check_counts(0, 0, 0);
    CHECK_EQ(trt_wait_any(things, 2, NULL, 2), TRT_ERR_TIMEOUT);
}

// --- later

KTEST(wait_any, E4_first_to_become_ready_wins_later_and_the_others_are_untouched) {
    for (unsigned i = 0; i < 3; i++) {
        make();
        want_sems(3);
        spawn(0, 3, wait_for_ever, 3);
        CHECK_LOG("");
        give(i);
        CHECK_LOG("w");
        CHECK_EQ(result, TRT_OK);
        CHECK_EQ(which, i);
        check_counts(0, 0, 0);
        give((i + 1) % 3);
        CHECK_EQ(trt_sem_count(&sem[(i + 1) % 3]), 1);
    }
}

KTEST(wait_any, E4_what_comes_before_the_task_runs_is_not_taken_as_well) {
    make();
    want_sems(3);
    spawn(0, 6, wait_for_ever, 3);
    let_run();
    give(2);
    give(0);
    give(1);
    let_run();
    CHECK_EQ(which, 2);
    check_counts(1, 1, 0);
}

KTEST(wait_any, E4_array_serves_again_without_setting_it_up) {
    make();
    want_sems(2);
    for (unsigned i = 0; i < 4; i++) {
        spawn(0, 3, wait_for_ever, 2);
        give(i % 2);
        CHECK_EQ(which, i % 2);
    }
    CHECK_LOG("wwww");
}

KTEST(wait_any, E4_one_thing_twice_is_taken_once) {
    make();
    CHECK_EQ(trt_wait_sem(&things[0], &sem[0]), TRT_OK);
    CHECK_EQ(trt_wait_sem(&things[1], &sem[0]), TRT_OK);
    spawn(0, 3, wait_for_ever, 2);
    give(0);
    CHECK_EQ(which, 0);
    check_counts(0, 0, 0);
    give(0);
    check_counts(1, 0, 0);
}

// --- the order among waiters

KTEST(wait_any, E4_several_and_single_waiters_are_served_by_priority) {
    make();
    want_sems(2);
    spawn(0, 5, take_and_note, 0);
    spawn(1, 3, wait_for_ever, 2);
    let_run();
    give(0);
    CHECK_LOG("w");
    give(0);
    let_run();
    CHECK_LOG("a");
}

KTEST(wait_any, E4_several_and_single_waiters_of_one_priority_are_served_by_age) {
    make();
    want_sems(2);
    spawn(0, 3, take_and_note, 0);
    spawn(1, 3, wait_for_ever, 2);
    give(0);
    CHECK_LOG("a");
    spawn(0, 3, take_and_note, 0);
    give(0);
    CHECK_LOG("w");
    give(0);
    CHECK_LOG("a");
}

KTEST(wait_any, bug07_change_of_priority_moves_every_leg) {
    make();
    want_sems(2);
    spawn(0, 3, take_and_note, 0);
    spawn(1, 3, take_and_note, 1);
    spawn(2, 5, wait_for_ever, 2);
    let_run();
    CHECK_EQ(trt_task_set_priority(&helper[2], 2), TRT_OK);
    give(1);
    CHECK_LOG("w");
    give(1);
    give(0);
    CHECK_LOG("ba");
}

KTEST(wait_any, E4_two_tasks_that_wait_for_several_are_served_in_turn) {
    static trt_wait_t others[2];
    make();
    want_sems(2);
    CHECK_EQ(trt_wait_sem(&others[0], &sem[1]), TRT_OK);
    CHECK_EQ(trt_wait_sem(&others[1], &sem[0]), TRT_OK);
    spawn(0, 3, wait_for_ever, 2);
    uint8_t mine = 99;
    give(1);
    CHECK_LOG("w");
    CHECK_EQ(which, 1);
    CHECK_EQ(trt_wait_any(others, 2, &mine, 3), TRT_ERR_TIMEOUT);
    give(0);
    CHECK_EQ(trt_wait_any(others, 2, &mine, 3), TRT_OK);
    CHECK_EQ(mine, 1);
}

// --- every kind of thing

KTEST(wait_any, E4_queue_receive_wins) {
    make();
    want_sems(1);
    CHECK_EQ(trt_wait_receive(&things[1], &queue, &item), TRT_OK);
    spawn(0, 3, wait_for_ever, 2);
    CHECK_EQ(trt_queue_send(&queue, "x", TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(which, 1);
    CHECK_EQ(item, 'x');
    CHECK_EQ(trt_queue_count(&queue), 0);
}

KTEST(wait_any, E4_queue_send_wins) {
    make();
    CHECK_EQ(trt_queue_send(&queue, "x", TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_queue_send(&queue, "y", TRT_NO_WAIT), TRT_OK);
    want_sems(1);
    CHECK_EQ(trt_wait_send(&things[1], &queue, "z"), TRT_OK);
    spawn(0, 3, wait_for_ever, 2);
    char value = '?';
    CHECK_EQ(trt_queue_receive(&queue, &value, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(value, 'x');
    CHECK_EQ(which, 1);
    CHECK_EQ(trt_queue_count(&queue), 2);
}

KTEST(wait_any, E4_queue_send_that_does_not_win_sends_nothing) {
    make();
    CHECK_EQ(trt_queue_send(&queue, "x", TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_queue_send(&queue, "y", TRT_NO_WAIT), TRT_OK);
    want_sems(1);
    CHECK_EQ(trt_wait_send(&things[1], &queue, "z"), TRT_OK);
    spawn(0, 3, wait_for_ever, 2);
    give(0);
    CHECK_EQ(which, 0);
    char value = '?';
    CHECK_EQ(trt_queue_receive(&queue, &value, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_queue_count(&queue), 1);
}

KTEST(wait_any, E4_flags_win) {
    make();
    want_sems(1);
    CHECK_EQ(trt_wait_flags(&things[1], &flags, 0x06, TRT_ALL | TRT_CLEAR, &got), TRT_OK);
    spawn(0, 3, wait_for_ever, 2);
    CHECK_EQ(trt_flags_set(&flags, 0x03), TRT_OK);
    CHECK_LOG("");
    CHECK_EQ(trt_flags_set(&flags, 0x04), TRT_OK);
    CHECK_LOG("w");
    CHECK_EQ(which, 1);
    CHECK_EQ(got, 0x07);
    CHECK_EQ(trt_flags_get(&flags), 0x01);
}

static void hold_mutex(void *ticks) {
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_FOREVER), TRT_OK);
    CHECK_EQ(trt_delay((trt_tick_t)INDEX(ticks)), TRT_OK);
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
}

static void wait_and_unlock(void *count) {
    wait_for_ever(count);
    if (which == 0) {
        CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
    }
}

KTEST(wait_any, E4_free_mutex_is_locked_at_the_call) {
    make();
    CHECK_EQ(trt_wait_lock(&things[0], &mutex), TRT_OK);
    CHECK_EQ(trt_wait_sem(&things[1], &sem[1]), TRT_OK);
    CHECK_EQ(trt_wait_any(things, 2, &which, TRT_FOREVER), TRT_OK);
    CHECK_EQ(which, 0);
    CHECK(trt_mutex_owner(&mutex) == &runner);
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
}

KTEST(wait_any, E4_mutex_is_handed_over_and_its_owner_inherits_meanwhile) {
    make();
    spawn(0, 6, hold_mutex, 3);
    let_run();
    CHECK_EQ(trt_wait_lock(&things[0], &mutex), TRT_OK);
    CHECK_EQ(trt_wait_sem(&things[1], &sem[1]), TRT_OK);
    spawn(1, 2, wait_and_unlock, 2);
    CHECK_EQ(trt_task_priority(&helper[0]), 2);
    CHECK_EQ(trt_delay(10), TRT_OK);
    CHECK_EQ(result, TRT_OK);
    CHECK_EQ(which, 0);
    CHECK_EQ(trt_task_priority(&helper[0]), 6);
    CHECK(trt_mutex_owner(&mutex) == NULL);
}

KTEST(wait_any, bug02_inherited_priority_goes_when_another_thing_wins) {
    make();
    spawn(0, 6, hold_mutex, 20);
    let_run();
    CHECK_EQ(trt_wait_lock(&things[0], &mutex), TRT_OK);
    CHECK_EQ(trt_wait_sem(&things[1], &sem[1]), TRT_OK);
    spawn(1, 2, wait_for_ever, 2);
    CHECK_EQ(trt_task_priority(&helper[0]), 2);
    give(1);
    CHECK_EQ(which, 1);
    CHECK_EQ(trt_task_priority(&helper[0]), 6);
    CHECK(trt_mutex_owner(&mutex) == &helper[0]);
}

KTEST(wait_any, bug02_inherited_priority_goes_with_the_timeout) {
    make();
    spawn(0, 6, hold_mutex, 20);
    let_run();
    CHECK_EQ(trt_wait_lock(&things[0], &mutex), TRT_OK);
    CHECK_EQ(trt_wait_sem(&things[1], &sem[1]), TRT_OK);
    spawn(1, 2, wait_within_five, 2);
    CHECK_EQ(trt_task_priority(&helper[0]), 2);
    CHECK_EQ(trt_delay(10), TRT_OK);
    CHECK_EQ(result, TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_task_priority(&helper[0]), 6);
}

KTEST(wait_any, E4_stopped_owner_is_told_of) {
    make();
    spawn(0, 6, hold_mutex, 20);
    let_run();
    CHECK_EQ(trt_wait_lock(&things[0], &mutex), TRT_OK);
    CHECK_EQ(trt_wait_sem(&things[1], &sem[1]), TRT_OK);
    spawn(1, 2, wait_and_unlock, 2);
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    CHECK_EQ(result, TRT_ABANDONED);
    CHECK_EQ(which, 0);
}

static void sleep_three(void *unused) {
    (void)unused;
    CHECK_EQ(trt_delay(3), TRT_OK);
}

KTEST(wait_any, E4_end_of_a_task_wins) {
    make();
    spawn(1, 5, sleep_three, 0);
    want_sems(1);
    CHECK_EQ(trt_wait_join(&things[1], &helper[1]), TRT_OK);
    CHECK_EQ(trt_wait_any(things, 2, &which, 50), TRT_OK);
    CHECK_EQ(which, 1);
    CHECK_EQ(trt_wait_any(things, 2, &which, TRT_NO_WAIT), TRT_OK); // it has ended still
    CHECK_EQ(which, 1);
}

// --- how a wait ends otherwise

KTEST(wait_any, E4_times_out_and_leaves_nothing_behind) {
    make();
    want_sems(3);
    trt_tick_t start = trt_now();
    spawn(0, 3, wait_within_five, 3);
    CHECK_EQ(trt_task_join(&helper[0], TRT_FOREVER), TRT_OK);
    CHECK_EQ((trt_tick_t)(trt_now() - start), 6);
    CHECK_EQ(result, TRT_ERR_TIMEOUT);
    give(0);
    give(1);
    give(2);
    check_counts(1, 1, 1);
}

KTEST(wait_any, E4_deleted_thing_ends_the_wait_and_is_named) {
    make();
    want_sems(3);
    spawn(0, 3, wait_for_ever, 3);
    CHECK_EQ(trt_sem_delete(&sem[1]), TRT_OK);
    CHECK_EQ(result, TRT_ERR_DELETED);
    CHECK_EQ(which, 1);
    give(0);
    give(2);
    CHECK_EQ(trt_sem_count(&sem[0]), 1);
    CHECK_EQ(trt_sem_count(&sem[2]), 1);
}

KTEST(wait_any, bug09_stopped_waiter_leaves_every_thing_usable) {
    make();
    want_sems(3);
    spawn(0, 3, wait_for_ever, 3);
    spawn(1, 3, take_and_note, 1);
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    give(0);
    give(1);
    give(2);
    check_counts(1, 0, 1);
    CHECK_LOG("b");
}

KTEST(wait_any, E4_suspended_waiter_is_given_one_thing) {
    make();
    want_sems(3);
    spawn(0, 3, wait_for_ever, 3);
    CHECK_EQ(trt_task_suspend(&helper[0]), TRT_OK);
    give(2);
    give(1);
    CHECK_EQ(trt_task_resume(&helper[0]), TRT_OK);
    CHECK_EQ(which, 2);
    check_counts(0, 1, 0);
}

static void give_one(void *i) {
    CHECK_EQ(trt_sem_give(&sem[INDEX(i)]), TRT_OK);
}

static trt_timer_t timer;

KTEST(wait_any, bug11_timeout_meets_a_give_and_the_token_is_neither_lost_nor_doubled) {
    for (trt_tick_t at = 3; at <= 7; at++) {
        make();
        want_sems(3);
        CHECK_EQ(trt_timer_init(&timer, "give", give_one, ARG(1), at, TRT_ONE_SHOT), TRT_OK);
        CHECK_EQ(trt_timer_start(&timer), TRT_OK);
        trt_status_t status = trt_wait_any(things, 3, &which, 5);
        CHECK(status == TRT_OK || status == TRT_ERR_TIMEOUT);
        CHECK_EQ(trt_delay(10), TRT_OK);
        check_counts(0, status == TRT_OK ? 0 : 1, 0);
    }
}

KTEST(wait_any, E4_two_interrupts_at_once_give_one_thing_each_is_accounted_for) {
    make();
    want_sems(3);
    irq_install(0, give_one, ARG(2));
    irq_install(1, give_one, ARG(0));
    spawn(0, 3, wait_for_ever, 3);
    trt_critical_t found = trt_critical_enter();
    irq_raise(1);
    irq_raise(0);
    trt_critical_exit(found);
    CHECK_LOG("w");
    CHECK_EQ(trt_sem_count(&sem[0]) + trt_sem_count(&sem[2]), 1);
    CHECK_EQ(trt_sem_count(&sem[which]), 0);
}

// --- refused

KTEST(wait_any, E4_wrong_arrays_are_refused) {
    make();
    want_sems(3);
    CHECK_EQ(trt_wait_any(NULL, 1, &which, TRT_NO_WAIT), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_wait_any", NULL, TRT_ERR_PARAM);
    CHECK_EQ(trt_wait_any(things, 0, &which, TRT_NO_WAIT), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_wait_any", things, TRT_ERR_PARAM);
    CHECK_EQ(trt_wait_any(things, TINYRTOS_WAIT_ANY_MAX + 1, &which, TRT_NO_WAIT), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_wait_any", things, TRT_ERR_PARAM);
}

KTEST(wait_any, E4_two_mutexes_are_refused) {
    static trt_mutex_t other;
    make();
    CHECK_EQ(trt_mutex_init(&other, TRT_INHERIT), TRT_OK);
    CHECK_EQ(trt_wait_lock(&things[0], &mutex), TRT_OK);
    CHECK_EQ(trt_wait_lock(&things[1], &other), TRT_OK);
    CHECK_EQ(trt_wait_any(things, 2, &which, TRT_NO_WAIT), TRT_ERR_PARAM);
    CHECK(trt_mutex_owner(&mutex) == NULL);
    CHECK_EQ(harness.misuses, 1);
    harness.misuses = 0;
}

KTEST(wait_any, E4_things_that_are_none_are_refused) {
    static trt_sem_t nothing;
    make();
    CHECK_EQ(trt_wait_sem(&things[0], &nothing), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_wait_sem", &nothing, TRT_ERR_OBJECT);
    CHECK_EQ(trt_wait_sem(&things[0], NULL), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_wait_sem", NULL, TRT_ERR_OBJECT);
    CHECK_EQ(trt_wait_sem(NULL, &sem[0]), TRT_ERR_PARAM);
    CHECK_EQ(harness.misuses, 1);
    harness.misuses = 0;
    CHECK_EQ(trt_wait_flags(&things[0], &flags, 0, TRT_ANY, NULL), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_wait_flags", &flags, TRT_ERR_PARAM);
    CHECK_EQ(trt_wait_receive(&things[0], &queue, NULL), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_wait_receive", &queue, TRT_ERR_PARAM);
}

static void wait_in_interrupt(void *timeout) {
    result = trt_wait_any(things, 3, &which, (trt_tick_t)INDEX(timeout));
}

KTEST(wait_any, E4_interrupt_may_try_but_not_wait) {
    make();
    want_sems(3);
    irq_install(0, wait_in_interrupt, ARG(0));
    irq_install(1, wait_in_interrupt, ARG(3));
    irq_raise(0);
    CHECK_EQ(result, TRT_ERR_WOULD_BLOCK);
    irq_raise(1);
    CHECK_EQ(result, TRT_ERR_CONTEXT);
    CHECK_EQ(harness.misuses, 1);
    harness.misuses = 0;
    give(1);
    irq_raise(0);
    CHECK_EQ(result, TRT_OK);
    CHECK_EQ(which, 1);
    check_counts(0, 0, 0);
}
