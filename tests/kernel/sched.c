// Priorities, equals, yield and the locked scheduler: rows S1, S3 (slicing off), S11, S12.
#include "harness.h"

static trt_sem_t sem[3];

static void make_sems(void) {
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(trt_sem_init(&sem[i], 0, 1), TRT_OK);
    }
}

// Waits for the semaphore whose number is its letter's, then notes the letter.
static void wait_and_note(void *letter) {
    CHECK_EQ(trt_sem_take(&sem[LETTER(letter) - 'a'], TRT_FOREVER), TRT_OK);
    note(LETTER(letter));
}

static void note_three_times(void *letter) {
    for (unsigned i = 0; i < 3; i++) {
        note(LETTER(letter));
        (void)trt_yield();
    }
}

static void note_over_ticks(void *letter) {
    for (unsigned i = 0; i < 4; i++) {
        note(LETTER(letter));
        ticks_pass(3);
    }
}

static void give_from_interrupt(void *number) {
    CHECK_EQ(trt_sem_give(&sem[INDEX(number)]), TRT_OK);
}

KTEST(sched, S1_more_urgent_task_runs_when_started) {
    spawn(0, 3, noter, 'a');
    note('r');
    CHECK_LOG("ar");
}

KTEST(sched, S1_less_urgent_task_runs_when_the_others_wait) {
    spawn(0, 5, noter, 'a');
    note('r');
    let_run();
    CHECK_LOG("ra");
}

KTEST(sched, S1_equal_task_does_not_preempt) {
    spawn(0, RUNNER_PRIORITY, noter, 'a');
    note('r');
    let_run();
    CHECK_LOG("ra");
}

KTEST(sched, S1_task_woken_by_a_less_urgent_one_runs_at_once) {
    make_sems();
    spawn(0, 2, wait_and_note, 'a');
    note('1');
    CHECK_EQ(trt_sem_give(&sem[0]), TRT_OK);
    note('2');
    CHECK_LOG("1a2");
}

KTEST(sched, S1_task_woken_by_a_more_urgent_one_waits) {
    make_sems();
    spawn(0, 6, wait_and_note, 'a');
    let_run();
    CHECK_EQ(trt_sem_give(&sem[0]), TRT_OK);
    note('r');
    let_run();
    CHECK_LOG("ra");
}

KTEST(sched, S1_task_woken_by_an_equal_waits_its_turn) {
    make_sems();
    spawn(0, RUNNER_PRIORITY, wait_and_note, 'a');
    CHECK(trt_yield());
    CHECK_EQ(trt_sem_give(&sem[0]), TRT_OK);
    note('r');
    CHECK(trt_yield());
    CHECK_LOG("ra");
}

KTEST(sched, S1_most_urgent_of_many_runs_first) {
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    spawn(0, 3, noter, 'd');
    spawn(1, 0, noter, 'a');
    spawn(2, 2, noter, 'c');
    spawn(3, 1, noter, 'b');
    spawn(4, TINYRTOS_PRIORITIES - 1, noter, 'z');
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    note('r');
    let_run();
    CHECK_LOG("abcdrz");
}

KTEST(sched, S1_equals_run_in_the_order_in_which_they_started) {
    spawn(2, 5, noter, 'a');
    spawn(0, 5, noter, 'b');
    spawn(1, 5, noter, 'c');
    let_run();
    CHECK_LOG("abc");
}

KTEST(sched, S1_equals_run_in_the_order_in_which_they_became_ready) {
    make_sems();
    for (unsigned i = 0; i < 3; i++) {
        spawn(i, 5, wait_and_note, 'a' + i);
    }
    let_run();
    CHECK_EQ(trt_sem_give(&sem[1]), TRT_OK);
    CHECK_EQ(trt_sem_give(&sem[0]), TRT_OK);
    CHECK_EQ(trt_sem_give(&sem[2]), TRT_OK);
    let_run();
    CHECK_LOG("bac");
}

static void interrupted_once(void *unused) {
    (void)unused;
    note('1');
    irq_raise(0);
    note('2');
}

KTEST(sched, S1_preempted_task_keeps_its_place_before_its_equals) {
    make_sems();
    irq_install(0, give_from_interrupt, ARG(0));
    spawn(0, 3, wait_and_note, 'a');
    spawn(1, 5, interrupted_once, 0);
    spawn(2, 5, noter, 'x');
    let_run();
    CHECK_LOG("1a2x");
}

KTEST(sched, S1_preempted_task_goes_on_before_others_of_less_priority) {
    make_sems();
    irq_install(0, give_from_interrupt, ARG(0));
    spawn(0, 3, wait_and_note, 'a');
    spawn(1, 5, interrupted_once, 0);
    spawn(2, 6, noter, 'x');
    let_run();
    CHECK_LOG("1a2x");
}

#if !TINYRTOS_TIME_SLICE
KTEST(sched, S3_running_task_keeps_the_processor_without_slicing) {
    spawn(0, 5, note_over_ticks, 'a');
    spawn(1, 5, note_over_ticks, 'b');
    CHECK_EQ(trt_delay(40), TRT_OK);
    CHECK_LOG("aaaabbbb");
}
#endif

KTEST(sched, S3_yield_rotates_among_equals) {
    spawn(0, 5, note_three_times, 'a');
    spawn(1, 5, note_three_times, 'b');
    spawn(2, 5, note_three_times, 'c');
    let_run();
    CHECK_LOG("abcabcabc");
}

KTEST(sched, S3_yield_does_not_let_less_urgent_tasks_run) {
    spawn(0, 5, note_three_times, 'a');
    spawn(1, 6, note_three_times, 'b');
    let_run();
    CHECK_LOG("aaabbb");
}

KTEST(sched, S12_yield_says_false_when_nobody_else_is_ready) {
    make_sems();
    CHECK(!trt_yield());
    spawn(0, 5, wait_and_note, 'a');
    let_run();
    CHECK(!trt_yield());
}

KTEST(sched, S12_yield_says_true_when_an_equal_has_run) {
    spawn(0, RUNNER_PRIORITY, noter, 'a');
    CHECK(trt_yield());
    CHECK_LOG("a");
    CHECK(!trt_yield());
}

KTEST(sched, S12_yield_says_true_when_a_less_urgent_task_is_ready) {
    spawn(0, 6, noter, 'a');
    CHECK(trt_yield());
    CHECK_LOG("");
}

KTEST(sched, S11_locked_scheduler_keeps_more_urgent_tasks_out) {
    make_sems();
    spawn(0, 2, wait_and_note, 'a');
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    CHECK_EQ(trt_sem_give(&sem[0]), TRT_OK);
    note('r');
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    note('s');
    CHECK_LOG("ras");
}

KTEST(sched, S11_lock_nests) {
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    spawn(0, 2, noter, 'a');
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    note('r');
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    CHECK_LOG("ra");
}

KTEST(sched, S11_interrupts_run_while_locked) {
    make_sems();
    irq_install(0, give_from_interrupt, ARG(0));
    spawn(0, 2, wait_and_note, 'a');
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    irq_raise(0);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_READY);
    note('r');
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    CHECK_LOG("ra");
}

KTEST(sched, S11_unlock_too_many_is_refused) {
    CHECK_EQ(trt_sched_unlock(), TRT_ERR_STATE);
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
}

KTEST(sched, S11_lock_nests_127_deep_and_no_deeper) {
    for (unsigned i = 0; i < 127; i++) {
        CHECK_EQ(trt_sched_lock(), TRT_OK);
    }
    CHECK_EQ(trt_sched_lock(), TRT_ERR_OVERFLOW);
    CHECK_MISUSE("trt_sched_lock", NULL, TRT_ERR_OVERFLOW);
    spawn(0, 2, noter, 'a');
    for (unsigned i = 0; i < 126; i++) {
        CHECK_EQ(trt_sched_unlock(), TRT_OK);
    }
    CHECK_LOG("");
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    CHECK_LOG("a");
}

static void delay_and_note(void *letter) {
    CHECK_EQ(trt_delay(3), TRT_OK);
    note(LETTER(letter));
}

KTEST(sched, bug16_ticks_and_wakes_in_a_locked_scheduler_are_not_lost) {
    spawn(0, 2, delay_and_note, 'a');
    trt_tick_t start = trt_now();
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    ticks_pass(10);
    CHECK_EQ((trt_tick_t)(trt_now() - start), 10);
    CHECK_LOG("");
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    CHECK_LOG("a");
}

KTEST(sched, bug16_yield_in_a_locked_scheduler_is_made_up_for_at_its_end) {
    spawn(0, RUNNER_PRIORITY, noter, 'a');
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    CHECK(trt_yield());
    note('r');
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    CHECK_LOG("ra");
}

KTEST(sched, bug16_yield_twice_in_a_locked_scheduler_keeps_the_order_of_the_others) {
    spawn(0, RUNNER_PRIORITY, noter, 'a');
    spawn(1, RUNNER_PRIORITY, noter, 'b');
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    CHECK(trt_yield());
    spawn(2, RUNNER_PRIORITY, noter, 'c');
    CHECK(trt_yield());
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    let_run();
    CHECK_LOG("abc");
}

static void suspend_second(void *unused) {
    (void)unused;
    CHECK_EQ(trt_task_suspend(&helper[1]), TRT_OK);
    note('a');
}

KTEST(sched, bug08_removing_a_ready_task_that_is_not_the_head) {
    spawn(0, 5, suspend_second, 0);
    spawn(1, 5, noter, 'b');
    spawn(2, 5, noter, 'c');
    let_run();
    CHECK_LOG("ac");
    CHECK_EQ(trt_task_resume(&helper[1]), TRT_OK);
    let_run();
    CHECK_LOG("b");
}
