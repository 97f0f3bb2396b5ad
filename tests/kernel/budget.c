// Budgets of running time: rows S4 (shares) and S5 (a watchdog on execution).
#define TINYRTOS_BUDGETS 1
#define TINYRTOS_STOP_PROTECTION 1
#define TINYRTOS_BUDGET_HOOK(task) note_over(task)
static void note_over(const void *task);
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

static const void *over;

static void note_over(const void *task) {
    over = task;
    note('!');
}

// Computes for ever, a tick at a time.
static void compute(void *letter) {
    for (;;) {
        note(LETTER(letter));
        ticks_pass(1);
    }
}

static void spawn_with_budget(unsigned i, uint8_t priority, trt_task_fn_t fn, char letter,
                              trt_budget_t budget, uint16_t ticks) {
    CHECK_EQ(
        trt_task_create(&helper[i], NULL, fn, priority, helper_stack[i], sizeof helper_stack[i]),
        TRT_OK);
    CHECK_EQ(trt_task_set_budget(&helper[i], budget, ticks), TRT_OK);
    CHECK_EQ(trt_task_start(&helper[i], ARG(letter)), TRT_OK);
}

static void stop_both(void) {
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    CHECK_EQ(trt_task_stop(&helper[1]), TRT_OK);
}

KTEST(budget, S4_least_urgent_of_those_with_shares_gets_its_share) {
    spawn_with_budget(0, 5, compute, 'a', TRT_BUDGET_SHARE, 3);
    spawn_with_budget(1, 6, compute, 'b', TRT_BUDGET_SHARE, 2);
    CHECK_EQ(trt_delay(9), TRT_OK);
    stop_both();
    CHECK_LOG("aaabbaaabb");
}

KTEST(budget, S4_without_shares_the_less_urgent_starves) {
    spawn_with_budget(0, 5, compute, 'a', TRT_BUDGET_NONE, 0);
    spawn_with_budget(1, 6, compute, 'b', TRT_BUDGET_SHARE, 2);
    CHECK_EQ(trt_delay(4), TRT_OK);
    stop_both();
    CHECK_LOG("aaaaa");
}

KTEST(budget, S4_task_without_a_budget_runs_before_those_who_have_used_up_theirs) {
    spawn_with_budget(0, 5, compute, 'a', TRT_BUDGET_SHARE, 2);
    CHECK_EQ(trt_delay(2), TRT_OK);
    CHECK_LOG("aaa"); // it is in its second turn
    CHECK_EQ(trt_delay(2), TRT_OK);
    CHECK_LOG("aaa"); // alone it goes on
    spawn(1, 7, noter, 'z');
    CHECK_EQ(trt_delay(2), TRT_OK);
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    CHECK_LOG("aaza");
}

static trt_mutex_t mutex;

static void hold(void *letter) {
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_FOREVER), TRT_OK);
    ticks_pass(4);
    note(LETTER(letter));
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
}

KTEST(budget, S4_share_that_is_over_does_not_hold_up_who_waits_for_a_mutex) {
    CHECK_EQ(trt_mutex_init(&mutex, TRT_INHERIT), TRT_OK);
    spawn_with_budget(0, 6, hold, 'h', TRT_BUDGET_SHARE, 1);
    spawn_with_budget(1, 5, compute, 'c', TRT_BUDGET_NONE, 0);
    CHECK_EQ(trt_task_suspend(&helper[1]), TRT_OK);
    CHECK_EQ(trt_delay(1), TRT_OK); // the mutex is taken, the share is over
    CHECK_EQ(trt_task_resume(&helper[1]), TRT_OK);
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_FOREVER), TRT_OK);
    CHECK_EQ(trt_task_stop(&helper[1]), TRT_OK);
    CHECK_LOG("h");
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
}

KTEST(budget, S5_task_that_runs_longer_is_stopped_and_the_hook_is_told) {
    over = NULL;
    spawn_with_budget(0, 5, compute, 'a', TRT_BUDGET_WATCHDOG, 3);
    CHECK_EQ(trt_delay(8), TRT_OK);
    CHECK_LOG("aaa!");
    CHECK(over == &helper[0]);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_ENDED);
}

KTEST(budget, S5_stopped_task_can_be_restarted_and_has_a_whole_budget) {
    spawn_with_budget(0, 5, compute, 'a', TRT_BUDGET_WATCHDOG, 2);
    CHECK_EQ(trt_delay(5), TRT_OK);
    CHECK_EQ(trt_task_restart(&helper[0], ARG('b')), TRT_OK);
    CHECK_EQ(trt_delay(5), TRT_OK);
    CHECK_LOG("aa!bb!");
}

KTEST(budget, S5_new_life_begins_with_a_whole_budget) {
    spawn_with_budget(0, 5, compute, 'a', TRT_BUDGET_WATCHDOG, 4);
    CHECK_EQ(trt_delay(2), TRT_OK);
    CHECK_EQ(trt_task_restart(&helper[0], ARG('b')), TRT_OK);
    CHECK_EQ(trt_delay(8), TRT_OK);
    CHECK_LOG("aaabbbb!");
}

static void compute_and_reset(void *letter) {
    for (uint8_t i = 0; i < 4; i++) {
        ticks_pass(2);
        CHECK_EQ(trt_task_reset_budget(), TRT_OK);
    }
    note(LETTER(letter));
}

KTEST(budget, S5_reset_gives_a_whole_budget) {
    spawn_with_budget(0, 3, compute_and_reset, 'r', TRT_BUDGET_WATCHDOG, 3);
    CHECK_LOG("r");
}

static void wait_often(void *letter) {
    for (uint8_t i = 0; i < 4; i++) CHECK_EQ(trt_delay(3), TRT_OK);
    note(LETTER(letter));
}

KTEST(budget, S5_waiting_does_not_count) {
    spawn_with_budget(0, 3, wait_often, 'w', TRT_BUDGET_WATCHDOG, 2);
    CHECK_EQ(trt_delay(20), TRT_OK);
    CHECK_LOG("w");
}

static void compute_protected(void *letter) {
    CHECK_EQ(trt_task_protect(), TRT_OK);
    ticks_pass(5);
    note(LETTER(letter));
    CHECK_EQ(trt_task_unprotect(), TRT_OK);
    note('?');
}

KTEST(budget, S5_protection_puts_the_stop_off) {
    spawn_with_budget(0, 3, compute_protected, 'p', TRT_BUDGET_WATCHDOG, 3);
    CHECK_LOG("!p");
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_ENDED);
}

KTEST(budget, S4_bad_budgets_are_refused) {
    CHECK_EQ(trt_task_set_budget(&runner, TRT_BUDGET_SHARE, 0), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_task_set_budget", &runner, TRT_ERR_PARAM);
    CHECK_EQ(trt_task_set_budget(&runner, (trt_budget_t)3, 1), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_task_set_budget", &runner, TRT_ERR_PARAM);
    CHECK_EQ(trt_task_set_budget(NULL, TRT_BUDGET_SHARE, 1), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_task_set_budget", NULL, TRT_ERR_OBJECT);
}
