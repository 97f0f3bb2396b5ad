// Tasks: creation, names, end, join, restart, suspend, stop, priorities, queries, stacks: rows T1
// T2 T3 T5 T7 T9 T10 T11.
#include "harness.h"

static trt_sem_t sem;
static trt_mutex_t mutex;
static trt_status_t result; // what a helper's call returned

static void make_sem(void) {
    CHECK_EQ(trt_sem_init(&sem, 0, 5), TRT_OK);
}

static void take_and_note(void *letter) {
    CHECK_EQ(trt_sem_take(&sem, TRT_FOREVER), TRT_OK);
    note(LETTER(letter));
}

static void take_within_five(void *letter) {
    result = trt_sem_take(&sem, 5);
    note(LETTER(letter));
}

static void sleep_ten(void *letter) {
    result = trt_delay(10);
    note(LETTER(letter));
}

static void sleep_forever(void *unused) {
    (void)unused;
    (void)trt_delay(TRT_FOREVER);
}

// --- T1: creation

static char defined_letter;

static void defined_fn(void *letter) {
    defined_letter = LETTER(letter);
}

TRT_TASK_DEFINE(defined, defined_fn, 3, HARNESS_STACK);

KTEST(task, T1_defined_task_runs_when_started) {
    defined_letter = '-';
    CHECK_EQ(trt_task_state(&defined), TRT_TASK_ENDED);
    CHECK_EQ(trt_task_start(&defined, ARG('d')), TRT_OK);
    CHECK_EQ(defined_letter, 'd');
    CHECK_EQ(trt_task_state(&defined), TRT_TASK_ENDED);
}

KTEST(task, T1_created_task_does_not_run_before_it_is_started) {
    CHECK_EQ(trt_task_create(&helper[0], "h0", noter, 3, helper_stack[0], sizeof helper_stack[0]),
             TRT_OK);
    let_run();
    CHECK_LOG("");
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_ENDED);
    CHECK_EQ(trt_task_start(&helper[0], ARG('a')), TRT_OK);
    CHECK_LOG("a");
}

KTEST(task, T1_create_of_a_live_task_is_refused) {
    spawn(0, 5, noter, 'a');
    CHECK_EQ(trt_task_create(&helper[0], "h0", noter, 3, helper_stack[0], sizeof helper_stack[0]),
             TRT_ERR_STATE);
    let_run();
    CHECK_LOG("a");
}

KTEST(task, T1_start_of_a_live_task_is_refused) {
    spawn(0, 5, noter, 'a');
    CHECK_EQ(trt_task_start(&helper[0], ARG('b')), TRT_ERR_STATE);
    let_run();
    CHECK_LOG("a");
}

static char main_letter;

static void main_noter(void *letter) {
    main_letter = LETTER(letter);
}

static void start_before_the_kernel(void) {
    main_letter = '-';
    CHECK_EQ(
        trt_task_create(&helper[0], "h0", main_noter, 3, helper_stack[0], sizeof helper_stack[0]),
        TRT_OK);
    CHECK_EQ(trt_task_start(&helper[0], ARG('m')), TRT_OK);
    CHECK_EQ(main_letter, '-');
}

KTEST_FROM_MAIN(task, T1_task_started_before_trt_start_runs_after_it, start_before_the_kernel) {
    CHECK_EQ(main_letter, 'm');
}

// --- T2: argument, name

KTEST(task, T2_argument_reaches_the_task) {
    spawn(0, 3, noter, 'q');
    CHECK_LOG("q");
}

#if TINYRTOS_NAMES
KTEST(task, T2_name_is_kept_and_found) {
    spawn(0, 3, noter, 'a');
    CHECK(strcmp(trt_task_name(&helper[0]), "h0") == 0);
    CHECK(trt_task_find("h0") == &helper[0]);
    CHECK(trt_task_find("runner") == &runner);
    CHECK(trt_task_find("nobody") == NULL);
}

KTEST(task, T2_newest_of_two_with_one_name_is_found) {
    CHECK_EQ(trt_task_create(&helper[0], "twin", noter, 5, helper_stack[0], sizeof helper_stack[0]),
             TRT_OK);
    CHECK_EQ(trt_task_create(&helper[1], "twin", noter, 5, helper_stack[1], sizeof helper_stack[1]),
             TRT_OK);
    CHECK_EQ(trt_task_start(&helper[0], NULL), TRT_OK);
    CHECK(trt_task_find("twin") == &helper[0]);
    CHECK_EQ(trt_task_start(&helper[1], NULL), TRT_OK);
    CHECK(trt_task_find("twin") == &helper[1]);
}

KTEST(task, T2_task_without_a_name_has_an_empty_one) {
    CHECK_EQ(trt_task_create(&helper[0], NULL, noter, 3, helper_stack[0], sizeof helper_stack[0]),
             TRT_OK);
    CHECK_EQ(trt_task_start(&helper[0], ARG('a')), TRT_OK);
    CHECK(strcmp(trt_task_name(&helper[0]), "") == 0);
    CHECK(trt_task_find("nobody") == NULL);
}
#endif

// --- T3: end, join, restart

KTEST(task, T3_returning_ends_the_task) {
    spawn(0, 3, noter, 'a');
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_ENDED);
    let_run();
    CHECK_LOG("a");
}

KTEST(task, T3_ended_task_starts_again_with_a_new_argument) {
    spawn(0, 3, noter, 'a');
    CHECK_EQ(trt_task_start(&helper[0], ARG('b')), TRT_OK);
    CHECK_EQ(trt_task_restart(&helper[0], ARG('c')), TRT_OK);
    CHECK_LOG("abc");
}

KTEST(task, T3_join_of_an_ended_task_does_not_wait) {
    spawn(0, 3, noter, 'a');
    CHECK_EQ(trt_task_join(&helper[0], TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_task_join(&helper[0], TRT_FOREVER), TRT_OK);
}

KTEST(task, T3_join_waits_for_the_end) {
    spawn(0, 5, sleep_ten, 'a');
    CHECK_EQ(trt_task_join(&helper[0], TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_task_join(&helper[0], TRT_FOREVER), TRT_OK);
    CHECK_LOG("a");
}

KTEST(task, T3_join_times_out) {
    trt_tick_t start = trt_now();
    spawn(0, 5, sleep_forever, 0);
    CHECK_EQ(trt_task_join(&helper[0], 4), TRT_ERR_TIMEOUT);
    CHECK_EQ((trt_tick_t)(trt_now() - start), 5);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_DELAYED);
}

static void join_first(void *letter) {
    CHECK_EQ(trt_task_join(&helper[0], TRT_FOREVER), TRT_OK);
    note(LETTER(letter));
}

KTEST(task, T3_all_joiners_wake_the_most_urgent_first) {
    spawn(0, 6, sleep_ten, 'x');
    spawn(1, 5, join_first, 'c');
    spawn(2, 2, join_first, 'a');
    spawn(3, 3, join_first, 'b');
    CHECK_EQ(trt_delay(20), TRT_OK);
    CHECK_LOG("xabc");
}

KTEST(task, T3_join_of_a_stopped_task_returns) {
    spawn(0, 5, sleep_forever, 0);
    spawn(1, 3, join_first, 'j');
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    CHECK_LOG("j");
}

KTEST(task, T3_join_of_a_restarted_task_returns) {
    spawn(0, 5, sleep_forever, 0);
    spawn(1, 3, join_first, 'j');
    CHECK_EQ(trt_task_restart(&helper[0], NULL), TRT_OK);
    CHECK_LOG("j");
}

KTEST(task, T3_restart_of_a_ready_task) {
    spawn(0, 5, noter, 'a');
    CHECK_EQ(trt_task_restart(&helper[0], ARG('b')), TRT_OK);
    let_run();
    CHECK_LOG("b");
}

KTEST(task, T3_restart_of_a_waiting_task_gives_up_its_wait) {
    make_sem();
    spawn(0, 3, take_and_note, 'a');
    CHECK_EQ(trt_task_restart(&helper[0], ARG('b')), TRT_OK);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_LOG("b");
    CHECK_EQ(trt_sem_count(&sem), 0);
}

KTEST(task, T3_restart_of_a_suspended_task_runs_it) {
    spawn(0, 5, noter, 'a');
    CHECK_EQ(trt_task_suspend(&helper[0]), TRT_OK);
    CHECK_EQ(trt_task_restart(&helper[0], ARG('b')), TRT_OK);
    let_run();
    CHECK_LOG("b");
}

KTEST(task, bug23_timeout_of_a_stopped_task_is_gone) {
    make_sem();
    spawn(0, 3, take_within_five, 'a');
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    CHECK_EQ(trt_delay(10), TRT_OK);
    CHECK_LOG("");
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_ENDED);
}

KTEST(task, bug23_timeout_of_the_life_before_does_not_wake_a_restarted_task) {
    make_sem();
    spawn(0, 3, take_within_five, 'a');
    CHECK_EQ(trt_delay(2), TRT_OK);
    trt_tick_t start = trt_now();
    CHECK_EQ(trt_task_restart(&helper[0], ARG('b')), TRT_OK);
    CHECK_EQ(trt_delay(4), TRT_OK);
    CHECK_LOG("");
    CHECK_EQ(trt_task_join(&helper[0], TRT_FOREVER), TRT_OK);
    CHECK_LOG("b");
    CHECK_EQ((trt_tick_t)(trt_now() - start), 6);
    CHECK_EQ(result, TRT_ERR_TIMEOUT);
}

// --- T5: suspend and resume, in every state

static void suspend_oneself(void *letter) {
    note(LETTER(letter));
    CHECK_EQ(trt_task_suspend(trt_task_self()), TRT_OK);
    note('s');
}

KTEST(task, T5_running_task_suspends_itself) {
    spawn(0, 3, suspend_oneself, 'a');
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_SUSPENDED);
    CHECK_LOG("a");
    CHECK_EQ(trt_task_resume(&helper[0]), TRT_OK);
    CHECK_LOG("s");
}

static void suspend_after_a_delay(void *letter) {
    CHECK_EQ(trt_delay(1), TRT_OK);
    suspend_oneself(letter);
}

KTEST(task, T5_suspend_tells_nothing_of_an_earlier_wait) {
    spawn(0, 3, suspend_after_a_delay, 'a');
    ticks_pass(2);
    CHECK_LOG("a");
    CHECK_EQ(trt_task_resume(&helper[0]), TRT_OK);
    CHECK_LOG("s");
}

KTEST(task, T5_ready_task_is_suspended) {
    spawn(0, 5, noter, 'a');
    CHECK_EQ(trt_task_suspend(&helper[0]), TRT_OK);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_SUSPENDED);
    let_run();
    CHECK_LOG("");
    CHECK_EQ(trt_task_resume(&helper[0]), TRT_OK);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_READY);
    let_run();
    CHECK_LOG("a");
}

KTEST(task, T5_resumed_task_goes_behind_its_equals) {
    spawn(0, 5, noter, 'a');
    spawn(1, 5, noter, 'b');
    CHECK_EQ(trt_task_suspend(&helper[0]), TRT_OK);
    CHECK_EQ(trt_task_resume(&helper[0]), TRT_OK);
    let_run();
    CHECK_LOG("ba");
}

KTEST(task, T5_resume_of_a_more_urgent_task_preempts) {
    spawn(0, 3, suspend_oneself, 'a');
    note('1');
    CHECK_EQ(trt_task_resume(&helper[0]), TRT_OK);
    note('2');
    CHECK_LOG("a1s2");
}

KTEST(task, T5_suspended_waiter_is_given_what_it_waits_for_and_stays_suspended) {
    make_sem();
    spawn(0, 3, take_and_note, 'a');
    CHECK_EQ(trt_task_suspend(&helper[0]), TRT_OK);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_EQ(trt_sem_count(&sem), 0);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_SUSPENDED);
    CHECK_LOG("");
    CHECK_EQ(trt_task_resume(&helper[0]), TRT_OK);
    CHECK_LOG("a");
}

KTEST(task, T5_suspended_waiter_times_out_and_stays_suspended) {
    make_sem();
    spawn(0, 3, take_within_five, 'a');
    CHECK_EQ(trt_task_suspend(&helper[0]), TRT_OK);
    CHECK_EQ(trt_delay(10), TRT_OK);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_SUSPENDED);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_EQ(trt_task_resume(&helper[0]), TRT_OK);
    CHECK_LOG("a");
    CHECK_EQ(result, TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_sem_count(&sem), 1);
}

KTEST(task, T5_waiter_resumed_before_its_wait_ends_goes_on_waiting) {
    make_sem();
    spawn(0, 3, take_and_note, 'a');
    CHECK_EQ(trt_task_suspend(&helper[0]), TRT_OK);
    CHECK_EQ(trt_task_resume(&helper[0]), TRT_OK);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_WAITING);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_LOG("a");
}

KTEST(task, T5_suspended_delay_ends_and_the_task_stays_suspended) {
    spawn(0, 3, sleep_ten, 'a');
    CHECK_EQ(trt_task_suspend(&helper[0]), TRT_OK);
    CHECK_EQ(trt_delay(20), TRT_OK);
    CHECK_LOG("");
    CHECK_EQ(trt_task_resume(&helper[0]), TRT_OK);
    CHECK_LOG("a");
    CHECK_EQ(result, TRT_OK);
}

KTEST(task, T5_delay_resumed_early_is_not_shortened) {
    spawn(0, 3, sleep_ten, 'a');
    CHECK_EQ(trt_task_suspend(&helper[0]), TRT_OK);
    CHECK_EQ(trt_delay(3), TRT_OK);
    CHECK_EQ(trt_task_resume(&helper[0]), TRT_OK);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_DELAYED);
    CHECK_EQ(trt_delay(4), TRT_OK);
    CHECK_LOG("");
    CHECK_EQ(trt_delay(4), TRT_OK);
    CHECK_LOG("a");
}

KTEST(task, T5_suspend_does_not_nest) {
    spawn(0, 5, noter, 'a');
    CHECK_EQ(trt_task_suspend(&helper[0]), TRT_OK);
    CHECK_EQ(trt_task_suspend(&helper[0]), TRT_ERR_STATE);
    CHECK_EQ(trt_task_resume(&helper[0]), TRT_OK);
    let_run();
    CHECK_LOG("a");
}

KTEST(task, T5_ended_task_is_neither_suspended_nor_resumed) {
    spawn(0, 3, noter, 'a');
    CHECK_EQ(trt_task_suspend(&helper[0]), TRT_ERR_STATE);
    CHECK_EQ(trt_task_resume(&helper[0]), TRT_ERR_STATE);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_ENDED);
}

KTEST(task, T5_resume_of_a_task_that_is_not_suspended_is_refused) {
    make_sem();
    spawn(0, 5, noter, 'a');
    spawn(1, 3, take_and_note, 'b');
    CHECK_EQ(trt_task_resume(&helper[0]), TRT_ERR_STATE);
    CHECK_EQ(trt_task_resume(&helper[1]), TRT_ERR_STATE);
    CHECK_EQ(trt_task_resume(&runner), TRT_ERR_STATE);
    CHECK_LOG("");
}

static void suspend_runner(void *unused) {
    (void)unused;
    CHECK_EQ(trt_task_suspend(&runner), TRT_OK);
}

static void resume_runner(void *unused) {
    (void)unused;
    note('l');
    CHECK_EQ(trt_task_resume(&runner), TRT_OK);
}

KTEST(task, T5_interrupt_suspends_the_running_task) {
    irq_install(0, suspend_runner, NULL);
    spawn(0, 6, resume_runner, 0);
    irq_raise(0);
    note('r');
    CHECK_LOG("lr");
}

// --- stop: in every state

KTEST(task, stop_of_a_ready_task) {
    spawn(0, 5, noter, 'a');
    spawn(1, 5, noter, 'b');
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_ENDED);
    let_run();
    CHECK_LOG("b");
}

KTEST(task, stop_of_a_waiting_task_leaves_the_object_usable) {
    make_sem();
    spawn(0, 3, take_and_note, 'a');
    spawn(1, 3, take_and_note, 'b');
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_LOG("b");
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_EQ(trt_sem_count(&sem), 1);
}

KTEST(task, stop_of_a_delayed_task) {
    spawn(0, 3, sleep_ten, 'a');
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    CHECK_EQ(trt_delay(20), TRT_OK);
    CHECK_LOG("");
}

KTEST(task, stop_of_a_suspended_task) {
    make_sem();
    spawn(0, 5, noter, 'a');
    spawn(1, 3, take_and_note, 'b');
    CHECK_EQ(trt_task_suspend(&helper[0]), TRT_OK);
    CHECK_EQ(trt_task_suspend(&helper[1]), TRT_OK);
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    CHECK_EQ(trt_task_stop(&helper[1]), TRT_OK);
    CHECK_EQ(trt_task_resume(&helper[0]), TRT_ERR_STATE);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_EQ(trt_sem_count(&sem), 1);
    CHECK_LOG("");
}

KTEST(task, stop_of_an_ended_task_is_refused) {
    spawn(0, 3, noter, 'a');
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_ERR_STATE);
}

static void stop_oneself(void *letter) {
    note(LETTER(letter));
    (void)trt_task_stop(trt_task_self());
    note('!');
}

KTEST(task, stop_of_oneself_does_not_return) {
    spawn(0, 3, stop_oneself, 'a');
    CHECK_LOG("a");
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_ENDED);
}

static void stop_first(void *unused) {
    (void)unused;
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
}

static void raise_between_notes(void *unused) {
    (void)unused;
    note('1');
    irq_raise(0);
    note('2');
}

KTEST(task, stop_of_the_running_task_from_an_interrupt) {
    irq_install(0, stop_first, NULL);
    spawn(0, 3, raise_between_notes, 0);
    CHECK_LOG("1");
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_ENDED);
}

static void raise_while_locked(void *unused) {
    (void)unused;
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    irq_raise(0);
    note('1');
    (void)trt_sched_unlock();
    note('2');
}

KTEST(task, stop_of_the_running_task_waits_for_the_end_of_a_locked_scheduler) {
    irq_install(0, stop_first, NULL);
    spawn(0, 3, raise_while_locked, 0);
    CHECK_LOG("1");
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_ENDED);
    spawn(1, 3, noter, 'b'); // the scheduler is not locked any more
    CHECK_LOG("b");
}

static void stop_oneself_while_locked(void *unused) {
    (void)unused;
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    result = trt_task_stop(trt_task_self());
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    note('a');
}

KTEST(task, stop_of_oneself_with_the_scheduler_locked_is_refused) {
    spawn(0, 3, stop_oneself_while_locked, 0);
    CHECK_EQ(result, TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_task_stop", &helper[0], TRT_ERR_CONTEXT);
    CHECK_LOG("a");
}

static void lock_and_wait(void *letter) {
    result = trt_mutex_lock(&mutex, TRT_FOREVER);
    note(LETTER(letter));
    (void)trt_sem_take(&sem, TRT_FOREVER);
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
}

KTEST(task, bug09_mutex_of_a_stopped_owner_passes_to_the_next) {
    make_sem();
    CHECK_EQ(trt_mutex_init(&mutex, TRT_INHERIT), TRT_OK);
    spawn(0, 5, lock_and_wait, 'a');
    let_run();
    CHECK_EQ(result, TRT_OK);
    spawn(1, 3, lock_and_wait, 'b');
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    CHECK_EQ(result, TRT_ABANDONED);
    CHECK(trt_mutex_owner(&mutex) == &helper[1]);
    CHECK_LOG("ab");
}

KTEST(task, bug09_mutex_of_an_owner_that_ended_alone_tells_the_next_once) {
    make_sem();
    CHECK_EQ(trt_mutex_init(&mutex, TRT_INHERIT), TRT_OK);
    spawn(0, 3, lock_and_wait, 'a');
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    CHECK(trt_mutex_owner(&mutex) == NULL);
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_NO_WAIT), TRT_ABANDONED);
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
}

static void lock_and_return(void *unused) {
    (void)unused;
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_FOREVER), TRT_OK);
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_FOREVER), TRT_OK);
}

KTEST(task, bug09_mutex_of_a_task_that_returned_is_free) {
    CHECK_EQ(trt_mutex_init(&mutex, TRT_INHERIT), TRT_OK);
    spawn(0, 3, lock_and_return, 0);
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_NO_WAIT), TRT_ABANDONED);
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
    CHECK(trt_mutex_owner(&mutex) == NULL);
}

KTEST(task, bug09_restarted_owner_has_neither_its_mutex_nor_the_inherited_priority) {
    make_sem();
    CHECK_EQ(trt_mutex_init(&mutex, TRT_INHERIT), TRT_OK);
    spawn(0, 6, lock_and_wait, 'a');
    let_run();
    spawn(1, 3, lock_and_wait, 'b');
    CHECK_EQ(trt_task_priority(&helper[0]), 3);
    CHECK_EQ(trt_task_restart(&helper[0], ARG('c')), TRT_OK);
    CHECK_EQ(trt_task_priority(&helper[0]), 6);
    CHECK(trt_mutex_owner(&mutex) == &helper[1]);
    CHECK_LOG("ab");
}

KTEST(task, bug09_stopped_waiter_lets_go_of_the_owners_priority) {
    make_sem();
    CHECK_EQ(trt_mutex_init(&mutex, TRT_INHERIT), TRT_OK);
    spawn(0, 6, lock_and_wait, 'a');
    let_run();
    spawn(1, 2, lock_and_wait, 'b');
    CHECK_EQ(trt_task_priority(&helper[0]), 2);
    CHECK_EQ(trt_task_stop(&helper[1]), TRT_OK);
    CHECK_EQ(trt_task_priority(&helper[0]), 6);
    CHECK_LOG("a");
}

static void stop_second(void *unused) {
    (void)unused;
    CHECK_EQ(trt_task_stop(&helper[1]), TRT_OK);
}

KTEST(task, bug09_stop_of_a_waiter_from_an_interrupt) {
    make_sem();
    CHECK_EQ(trt_mutex_init(&mutex, TRT_INHERIT), TRT_OK);
    irq_install(0, stop_second, NULL);
    spawn(0, 6, lock_and_wait, 'a');
    let_run();
    spawn(1, 2, lock_and_wait, 'b');
    irq_raise(0);
    CHECK_EQ(trt_task_priority(&helper[0]), 6);
    CHECK_EQ(trt_task_state(&helper[1]), TRT_TASK_ENDED);
}

KTEST(task, stop_of_a_joiner_leaves_the_joined_task_alone) {
    spawn(0, 5, sleep_ten, 'a');
    spawn(1, 3, join_first, 'j');
    CHECK_EQ(trt_task_stop(&helper[1]), TRT_OK);
    CHECK_EQ(trt_delay(20), TRT_OK);
    CHECK_LOG("a");
}

// --- T7: priorities

KTEST(task, T7_priority_and_base_priority_follow_a_change) {
    spawn(0, 5, noter, 'a');
    CHECK_EQ(trt_task_set_priority(&helper[0], 6), TRT_OK);
    CHECK_EQ(trt_task_priority(&helper[0]), 6);
    CHECK_EQ(trt_task_base_priority(&helper[0]), 6);
}

KTEST(task, T7_raised_ready_task_preempts) {
    spawn(0, 5, noter, 'a');
    note('1');
    CHECK_EQ(trt_task_set_priority(&helper[0], 3), TRT_OK);
    note('2');
    CHECK_LOG("1a2");
}

KTEST(task, T7_lowering_oneself_lets_the_more_urgent_run) {
    spawn(0, 5, noter, 'a');
    note('1');
    CHECK_EQ(trt_task_set_priority(&runner, 6), TRT_OK);
    note('2');
    CHECK_EQ(trt_task_set_priority(&runner, RUNNER_PRIORITY), TRT_OK);
    CHECK_LOG("1a2");
}

KTEST(task, T7_raised_ready_task_goes_behind_its_new_equals) {
    spawn(0, 6, noter, 'a');
    spawn(1, 5, noter, 'b');
    CHECK_EQ(trt_task_set_priority(&helper[0], 5), TRT_OK);
    let_run();
    CHECK_LOG("ba");
}

KTEST(task, T7_lowered_ready_task_goes_before_its_new_equals) {
    spawn(0, 6, noter, 'a');
    spawn(1, 5, noter, 'b');
    CHECK_EQ(trt_task_set_priority(&helper[1], 6), TRT_OK);
    let_run();
    CHECK_LOG("ba");
}

KTEST(task, T7_lowered_running_task_stays_before_its_new_equals) {
    spawn(0, 5, noter, 'a');
    CHECK_EQ(trt_task_set_priority(&runner, 5), TRT_OK);
    note('r');
    CHECK_EQ(trt_task_set_priority(&runner, RUNNER_PRIORITY), TRT_OK);
    let_run();
    CHECK_LOG("ra");
}

KTEST(task, T7_running_task_raised_in_a_locked_scheduler_keeps_the_processor) {
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    spawn(0, 3, noter, 'a');
    CHECK_EQ(trt_task_set_priority(&runner, 3), TRT_OK);
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    note('r');
    CHECK_EQ(trt_task_set_priority(&runner, RUNNER_PRIORITY), TRT_OK);
    CHECK_LOG("ra");
}

KTEST(task, T7_suspended_task_keeps_its_new_priority) {
    spawn(0, 5, noter, 'a');
    CHECK_EQ(trt_task_suspend(&helper[0]), TRT_OK);
    CHECK_EQ(trt_task_set_priority(&helper[0], 3), TRT_OK);
    CHECK_LOG("");
    CHECK_EQ(trt_task_resume(&helper[0]), TRT_OK);
    CHECK_LOG("a");
}

KTEST(task, T7_delayed_task_keeps_its_new_priority) {
    spawn(0, 5, sleep_ten, 'a');
    spawn(1, 5, sleep_ten, 'b');
    let_run();
    CHECK_EQ(trt_task_set_priority(&helper[1], 3), TRT_OK);
    CHECK_EQ(trt_delay(20), TRT_OK);
    CHECK_LOG("ba");
}

static void raise_first(void *unused) {
    (void)unused;
    CHECK_EQ(trt_task_set_priority(&helper[0], 0), TRT_OK);
}

KTEST(task, T7_interrupt_changes_priorities) {
    irq_install(0, raise_first, NULL);
    spawn(0, 5, noter, 'a');
    note('1');
    irq_raise(0);
    note('2');
    CHECK_LOG("1a2");
}

// --- T9: idle

static unsigned idled;

static void count_idle(void) {
    idled++;
}

KTEST(task, T9_idle_hook_runs_when_every_task_waits) {
    idled = 0;
    harness.idle = count_idle;
    (void)trt_yield();
    CHECK_EQ(idled, 0);
    CHECK_EQ(trt_delay(3), TRT_OK);
    harness.idle = NULL;
    CHECK(idled > 0);
}

static trt_task_t *self_in_idle;

static void look_in_idle(void) {
    self_in_idle = trt_task_self();
    (void)trt_sem_give(&sem);
}

KTEST(task, T9_idle_hook_may_wake_a_task) {
    make_sem();
    self_in_idle = &runner;
    harness.idle = look_in_idle;
    CHECK_EQ(trt_sem_take(&sem, 50), TRT_OK);
    harness.idle = NULL;
    CHECK(self_in_idle == NULL);
}

// --- T10: local pointer, iteration, state

#if TINYRTOS_TASK_LOCAL
KTEST(task, T10_each_task_has_its_local_pointer) {
    static int mine, other;
    spawn(0, 5, noter, 'a');
    CHECK(trt_task_local(&helper[0]) == NULL);
    CHECK_EQ(trt_task_set_local(trt_task_self(), &mine), TRT_OK);
    CHECK_EQ(trt_task_set_local(&helper[0], &other), TRT_OK);
    CHECK(trt_task_local(&runner) == &mine);
    CHECK(trt_task_local(&helper[0]) == &other);
    CHECK_EQ(trt_task_set_local(trt_task_self(), NULL), TRT_OK);
}
#endif

// How often the walk over all tasks meets `task`.
static unsigned times_met(const trt_task_t *task) {
    unsigned times = 0;
    for (trt_task_t *each = trt_task_next(NULL); each != NULL; each = trt_task_next(each)) {
        times += each == task ? 1u : 0u;
    }
    return times;
}

KTEST(task, T10_iteration_meets_every_task_once) {
    spawn(0, 5, noter, 'a');
    spawn(1, 3, noter, 'b');
    CHECK_EQ(times_met(&runner), 1);
    CHECK_EQ(times_met(&helper[0]), 1);
    CHECK_EQ(times_met(&helper[1]), 1);
}

KTEST(task, T10_iteration_meets_a_restarted_task_once) {
    spawn(0, 3, noter, 'a');
    spawn(0, 3, noter, 'b');
    CHECK_EQ(trt_task_restart(&helper[0], ARG('c')), TRT_OK);
    CHECK_EQ(times_met(&helper[0]), 1);
}

KTEST(task, T10_newest_task_comes_first) {
    static trt_task_t newest;
    static trt_stack_t stack[HARNESS_STACK / sizeof(trt_stack_t)];
    memset(&newest, 0, sizeof newest);
    CHECK_EQ(trt_task_create(&newest, "new", noter, 3, stack, sizeof stack), TRT_OK);
    CHECK_EQ(trt_task_start(&newest, ARG('a')), TRT_OK);
    CHECK(trt_task_next(NULL) == &newest);
}

#if TRTK_PORT_HOST
enum { NEW = 4 };
static trt_task_t new_task[NEW];
static trt_stack_t new_stack[NEW][HARNESS_STACK / sizeof(trt_stack_t)];

static trt_status_t create_new(unsigned i) {
    return trt_task_create(&new_task[i], "new", noter, 3, new_stack[i], sizeof new_stack[i]);
}

static trt_status_t created_in_interrupt;

static void create_and_start(void *index) {
    created_in_interrupt = create_new((unsigned)(uintptr_t)index);
    if (created_in_interrupt == TRT_OK) (void)trt_task_start(&new_task[(uintptr_t)index], ARG('i'));
}

// At every step: while its memory is made zero he is refused, and harms nothing.
KTEST(task, T1_interrupt_creates_the_task_that_is_being_created) {
    unsigned refused = 0;
    memset(new_task, 0, sizeof new_task);
    for (unsigned i = 0; i < NEW; i++) {
        irq_install(0, create_and_start, ARG(i));
        created_in_interrupt = TRT_OK;
        CHECK_EQ(trt_host_raise_after(0, i + 1u), TRT_OK);
        trt_status_t status = create_new(i);
        CHECK(status == TRT_OK || (created_in_interrupt == TRT_OK && status == TRT_ERR_STATE));
        refused += created_in_interrupt == TRT_ERR_STATE;
        CHECK_EQ(trt_delay(2), TRT_OK); // it comes at last
        CHECK_EQ(times_met(&new_task[i]), created_in_interrupt == TRT_OK);
    }
    CHECK(refused > 0);
}
#endif

KTEST(task, T10_state_of_every_kind) {
    static trt_task_t nothing;
    make_sem();
    spawn(0, 5, noter, 'a');
    spawn(1, 3, take_and_note, 'b');
    spawn(2, 3, sleep_ten, 'c');
    spawn(3, 3, suspend_oneself, 'd');
    spawn(4, 3, noter, 'e');
    CHECK_EQ(trt_task_state(trt_task_self()), TRT_TASK_RUNNING);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_READY);
    CHECK_EQ(trt_task_state(&helper[1]), TRT_TASK_WAITING);
    CHECK_EQ(trt_task_state(&helper[2]), TRT_TASK_DELAYED);
    CHECK_EQ(trt_task_state(&helper[3]), TRT_TASK_SUSPENDED);
    CHECK_EQ(trt_task_state(&helper[4]), TRT_TASK_ENDED);
    CHECK_EQ(trt_task_state(&nothing), TRT_TASK_INVALID);
    CHECK_EQ(trt_task_state(NULL), TRT_TASK_INVALID);
    harness.misuses = 0;
}

static trt_task_state_t seen_state;
static trt_task_t *seen_self;

static void look_at_runner(void *unused) {
    (void)unused;
    seen_state = trt_task_state(&runner);
    seen_self = trt_task_self();
}

KTEST(task, T10_preempted_task_is_ready) {
    spawn(0, 3, look_at_runner, 0);
    CHECK_EQ(seen_state, TRT_TASK_READY);
    CHECK(seen_self == &helper[0]);
}

KTEST(task, T10_interrupted_task_is_running_and_self) {
    irq_install(0, look_at_runner, NULL);
    irq_raise(0);
    CHECK_EQ(seen_state, TRT_TASK_RUNNING);
    CHECK(seen_self == &runner);
}

// --- T11: stacks

static void use_stack(void *bytes) {
    volatile uint8_t deep[HARNESS_STACK / 2];
    for (unsigned i = 0; i < sizeof deep; i++) {
        deep[i] = 0x5A; // no port fills a stack with it
    }
    note((char)(deep[INDEX(bytes)] == 0x5A ? 'a' : 'x'));
}

KTEST(task, T11_stack_size_is_at_least_what_was_given) {
    spawn(0, 3, noter, 'a');
    CHECK(trt_task_stack_size(&helper[0]) >= sizeof helper_stack[0]);
}

KTEST(task, T11_untouched_bytes_shrink_with_use) {
    spawn(0, 3, noter, 'a');
    size_t before = trt_task_stack_unused(&helper[0]);
    CHECK(before > 0 && before < trt_task_stack_size(&helper[0]));
    spawn(0, 3, use_stack, 1);
    CHECK(trt_task_stack_unused(&helper[0]) + HARNESS_STACK / 4 <= before);
}

KTEST(task, T11_high_water_mark_starts_afresh_with_the_task) {
    spawn(0, 3, use_stack, 1);
    size_t deep = trt_task_stack_unused(&helper[0]);
    spawn(0, 5, noter, 'a');
    CHECK(trt_task_stack_unused(&helper[0]) > deep);
    let_run();
}
