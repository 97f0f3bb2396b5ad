// Notifications: rows E1 (of a task, each with a state and a value) and E2 (waiting for a state,
// also another task's).
#define TINYRTOS_NOTES 3
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

static void wait_for_one(void *unused) {
    int32_t value = 0;
    (void)unused;
    CHECK_EQ(trt_note_wait(trt_task_self(), 1, 1, TRT_CLEAR, &value, TRT_FOREVER), TRT_OK);
    note((char)('a' + value));
}

KTEST(note, E1_sets_state_and_value) {
    CHECK_EQ(trt_note_set(&runner, 0, 1, -70000), TRT_OK);
    CHECK_EQ(trt_note_state(&runner, 0), 1);
    CHECK_EQ(trt_note_value(&runner, 0), -70000);
    CHECK_EQ(trt_note_add(&runner, 0, -128, 70001), TRT_OK);
    CHECK_EQ(trt_note_state(&runner, 0), -128);
    CHECK_EQ(trt_note_value(&runner, 0), 1);
    CHECK_EQ(trt_note_set_state(&runner, 0, 5), TRT_OK);
    CHECK_EQ(trt_note_add_state(&runner, 0, -7), TRT_OK);
    CHECK_EQ(trt_note_state(&runner, 0), -2);
    CHECK_EQ(trt_note_value(&runner, 0), 1);
    CHECK_EQ(trt_note_state(&runner, 1), 0); // each for itself
}

KTEST(note, E1_sent_before_the_wait_is_not_lost) {
    CHECK_EQ(trt_note_set(&runner, 2, 1, 27), TRT_OK);
    int32_t value = 0;
    CHECK_EQ(trt_note_wait(&runner, 2, 1, TRT_CLEAR, &value, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(value, 27);
    CHECK_EQ(trt_note_state(&runner, 2), 0);
    CHECK_EQ(trt_note_wait(&runner, 2, 1, TRT_CLEAR, &value, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
}

KTEST(note, E1_task_wakes_with_the_value) {
    spawn(0, 3, wait_for_one, 0);
    CHECK_EQ(trt_note_set(&helper[0], 0, 1, 4), TRT_OK); // another one
    CHECK_EQ(trt_note_set(&helper[0], 1, 2, 4), TRT_OK); // another state
    CHECK_LOG("");
    CHECK_EQ(trt_note_set(&helper[0], 1, 1, 5), TRT_OK);
    CHECK_LOG("f");
}

static void notify(void *unused) {
    (void)unused;
    CHECK_EQ(trt_note_add(&helper[0], 1, 1, 1), TRT_OK);
}

KTEST(note, E1_interrupt_notifies) {
    irq_install(0, notify, NULL);
    spawn(0, 3, wait_for_one, 0);
    irq_raise(0);
    CHECK_LOG("b");
}

KTEST(note, E1_sum_without_room_is_refused_and_changes_nothing) {
    CHECK_EQ(trt_note_set(&runner, 0, 127, INT32_MAX), TRT_OK);
    CHECK_EQ(trt_note_add(&runner, 0, 1, 1), TRT_ERR_OVERFLOW);
    CHECK_MISUSE("trt_note_add", &runner, TRT_ERR_OVERFLOW);
    CHECK_EQ(trt_note_add_state(&runner, 0, 1), TRT_ERR_OVERFLOW);
    CHECK_MISUSE("trt_note_add_state", &runner, TRT_ERR_OVERFLOW);
    CHECK_EQ(trt_note_state(&runner, 0), 127);
    CHECK_EQ(trt_note_value(&runner, 0), INT32_MAX);
    CHECK_EQ(trt_note_set(&runner, 0, -128, INT32_MIN), TRT_OK);
    CHECK_EQ(trt_note_add(&runner, 0, 1, -1), TRT_ERR_OVERFLOW);
    CHECK_MISUSE("trt_note_add", &runner, TRT_ERR_OVERFLOW);
    CHECK_EQ(trt_note_add_state(&runner, 0, -1), TRT_ERR_OVERFLOW);
    CHECK_MISUSE("trt_note_add_state", &runner, TRT_ERR_OVERFLOW);
}

static void wait_until_inactive(void *letter) {
    CHECK_EQ(trt_note_wait(&runner, 0, 0, 0, NULL, TRT_FOREVER), TRT_OK);
    note(LETTER(letter));
}

KTEST(note, E2_other_tasks_wait_for_a_state_of_it) {
    CHECK_EQ(trt_note_set_state(&runner, 0, 1), TRT_OK);
    spawn(0, 3, wait_until_inactive, 'x');
    spawn(1, 2, wait_until_inactive, 'y');
    CHECK_LOG("");
    CHECK_EQ(trt_note_set_state(&runner, 0, 0), TRT_OK);
    CHECK_LOG("yx"); // all who wait for that
}

static void end_after(void *letter) {
    CHECK_EQ(trt_delay(3), TRT_OK);
    note(LETTER(letter));
}

static void wait_for_helper(void *letter) {
    CHECK_EQ(trt_note_wait(&helper[0], 0, 1, 0, NULL, TRT_FOREVER), TRT_ERR_STATE);
    note(LETTER(letter));
}

static void join_helper(void *letter) {
    CHECK_EQ(trt_task_join(&helper[0], TRT_FOREVER), TRT_OK);
    note(LETTER(letter));
}

KTEST(note, E2_wait_ends_with_the_task_that_has_it) {
    spawn(0, 3, end_after, 'e');
    spawn(1, 3, wait_for_helper, 'w');
    spawn(2, 3, join_helper, 'j');
    CHECK_EQ(trt_delay(5), TRT_OK);
    CHECK_LOG("ewj");
    CHECK_EQ(trt_note_set(&helper[0], 0, 1, 0), TRT_ERR_STATE);
    CHECK_EQ(trt_note_wait(&helper[0], 0, 1, 0, NULL, TRT_FOREVER), TRT_ERR_STATE);
}

KTEST(note, E2_notification_does_not_end_a_join) {
    spawn(0, 3, end_after, 'e');
    spawn(1, 3, join_helper, 'j');
    CHECK_EQ(trt_note_set(&helper[0], 0, 1, 0), TRT_OK);
    CHECK_LOG("");
    CHECK_EQ(trt_delay(5), TRT_OK);
    CHECK_LOG("ej");
}

KTEST(note, E1_begin_at_zero_with_each_life) {
    spawn(0, 3, end_after, 'e');
    CHECK_EQ(trt_note_set(&helper[0], 0, 1, 7), TRT_OK);
    CHECK_EQ(trt_task_restart(&helper[0], ARG('r')), TRT_OK);
    CHECK_EQ(trt_note_state(&helper[0], 0), 0);
    CHECK_EQ(trt_note_value(&helper[0], 0), 0);
    CHECK_LOG("");
}

KTEST(note, E4_notification_as_one_of_several_things) {
    trt_wait_t things[2];
    trt_sem_t sem;
    uint8_t which = 9;
    int32_t value = 0;
    memset(&sem, 0, sizeof sem);
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    CHECK_EQ(trt_wait_sem(&things[0], &sem), TRT_OK);
    CHECK_EQ(trt_wait_note(&things[1], &runner, 0, 1, TRT_CLEAR, &value), TRT_OK);
    CHECK_EQ(trt_wait_any(things, 2, &which, 1), TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_note_set(&runner, 0, 1, 3), TRT_OK);
    CHECK_EQ(trt_wait_any(things, 2, &which, 1), TRT_OK);
    CHECK_EQ(which, 1);
    CHECK_EQ(value, 3);
}

KTEST(note, E1_misuse_is_refused) {
    CHECK_EQ(trt_note_set(&runner, 3, 1, 0), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_note_set", &runner, TRT_ERR_PARAM);
    CHECK_EQ(trt_note_set(NULL, 0, 1, 0), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_note_set", NULL, TRT_ERR_OBJECT);
    CHECK_EQ(trt_note_wait(&runner, 0, 1, TRT_ALL, NULL, 0), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_note_wait", &runner, TRT_ERR_PARAM);
    CHECK_EQ(trt_note_state(&runner, 3), 0);
    CHECK_EQ(trt_note_value(NULL, 0), 0);
}
