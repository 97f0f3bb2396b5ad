// Rendezvous: row M5. A client waits until the server has answered; the server inherits.
#include "harness.h"

static TRT_CHANNEL_DEFINE(channel);
static char letters[3] = {'a', 'b', 'c'};

// Serves: each client's letter becomes a capital.
static void serve(void *unused) {
    (void)unused;
    CHECK_EQ(trt_channel_serve(&channel), TRT_OK);
    for (;;) {
        trt_call_t call = {NULL, NULL};
        CHECK_EQ(trt_channel_accept(&channel, &call, TRT_FOREVER), TRT_OK);
        char *letter = (char *)call.message;
        note(*letter);
        *letter = (char)(*letter - 'a' + 'A');
        CHECK_EQ(trt_channel_answer(&channel, TRT_OK), TRT_OK);
    }
}

static void client(void *index) {
    char *letter = &letters[INDEX(index)];
    *letter = (char)('a' + INDEX(index));
    CHECK_EQ(trt_channel_call(&channel, letter, TRT_FOREVER), TRT_OK);
    note(*letter);
}

KTEST(channel, M5_call_returns_with_the_answer) {
    spawn(0, 3, serve, 0);
    client(ARG(1));
    CHECK_LOG("bB");
}

KTEST(channel, M5_clients_are_served_by_priority) {
    CHECK_EQ(trt_channel_serve(&channel), TRT_OK);
    spawn(0, 3, client, 0);
    spawn(1, 1, client, 1);
    spawn(2, 2, client, 2);
    for (uint8_t i = 0; i < 3; i++) {
        trt_call_t call = {NULL, NULL};
        CHECK_EQ(trt_channel_accept(&channel, &call, TRT_NO_WAIT), TRT_OK);
        note(*(const char *)call.message);
        CHECK_EQ(trt_channel_answer(&channel, TRT_OK), TRT_OK);
    }
    CHECK_LOG("bbccaa");
    CHECK_EQ(trt_channel_leave(&channel), TRT_OK);
}

KTEST(channel, M5_server_has_the_priority_of_its_most_urgent_client) {
    trt_call_t call = {NULL, NULL};
    CHECK_EQ(trt_channel_serve(&channel), TRT_OK);
    spawn(0, 3, client, 0);
    CHECK_EQ(trt_task_priority(&runner), 3);
    CHECK_EQ(trt_channel_accept(&channel, &call, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_task_priority(&runner), 3); // until it has answered
    spawn(1, 1, client, 1);
    CHECK_EQ(trt_task_priority(&runner), 1);
    CHECK_EQ(trt_channel_answer(&channel, TRT_OK), TRT_OK);
    CHECK_EQ(trt_task_priority(&runner), 1); // the other still waits
    CHECK_EQ(trt_task_stop(&helper[1]), TRT_OK);
    CHECK_LOG("a");
    CHECK_EQ(trt_task_priority(&runner), RUNNER_PRIORITY);
    CHECK_EQ(trt_channel_leave(&channel), TRT_OK);
}

KTEST(channel, M5_closed_accept_takes_only_that_client) {
    trt_call_t call = {&helper[1], NULL};
    CHECK_EQ(trt_channel_serve(&channel), TRT_OK);
    spawn(0, 3, client, 0);
    CHECK_EQ(trt_channel_accept(&channel, &call, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    spawn(1, 2, client, 1);
    CHECK_EQ(trt_channel_accept(&channel, &call, TRT_NO_WAIT), TRT_OK);
    CHECK(call.client == &helper[1] && call.message == &letters[1]);
    CHECK_EQ(trt_channel_answer(&channel, TRT_OK), TRT_OK);
    CHECK_LOG("b");
    call.client = &helper[1];
    CHECK_EQ(trt_channel_accept(&channel, &call, 2), TRT_ERR_TIMEOUT);
    call.client = NULL;
    CHECK_EQ(trt_channel_accept(&channel, &call, 2), TRT_OK);
    CHECK(call.client == &helper[0]);
    CHECK_EQ(trt_channel_answer(&channel, TRT_OK), TRT_OK);
    CHECK_LOG("a");
    CHECK_EQ(trt_channel_leave(&channel), TRT_OK);
}

static void call_with_timeout(void *ticks) {
    note((char)('0' - trt_channel_call(&channel, letters, (trt_tick_t)INDEX(ticks))));
}

KTEST(channel, M5_time_is_limited_until_the_call_is_accepted) {
    trt_call_t call = {NULL, NULL};
    CHECK_EQ(trt_channel_serve(&channel), TRT_OK);
    spawn(0, 3, call_with_timeout, 2);
    CHECK_EQ(trt_delay(5), TRT_OK);
    CHECK_LOG("2"); // TRT_ERR_TIMEOUT
    spawn(0, 3, call_with_timeout, 2);
    CHECK_EQ(trt_channel_accept(&channel, &call, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_delay(5), TRT_OK);
    CHECK_LOG("");
    CHECK_EQ(trt_channel_answer(&channel, TRT_ERR_NOT_FOUND), TRT_OK);
    CHECK_LOG("6"); // what the server answered
    CHECK_EQ(trt_channel_leave(&channel), TRT_OK);
}

KTEST(channel, M5_without_a_server_the_call_fails) {
    CHECK_EQ(trt_channel_call(&channel, letters, TRT_FOREVER), TRT_ERR_STATE);
    CHECK_EQ(trt_channel_serve(&channel), TRT_OK);
    CHECK_EQ(trt_channel_call(&channel, letters, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    spawn(0, 3, call_with_timeout, 100);
    CHECK_EQ(trt_channel_leave(&channel), TRT_OK);
    CHECK_LOG("5"); // TRT_ERR_STATE
    CHECK_EQ(trt_task_priority(&runner), RUNNER_PRIORITY);
}

KTEST(channel, M5_end_of_the_server_ends_the_calls) {
    spawn(0, 3, serve, 0);
    CHECK_EQ(trt_task_suspend(&helper[0]), TRT_OK);
    spawn(1, 2, call_with_timeout, 100);
    CHECK_LOG("");
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    CHECK_LOG("5");
    CHECK_EQ(trt_channel_serve(&channel), TRT_OK); // it is free
    CHECK_EQ(trt_channel_leave(&channel), TRT_OK);
}

KTEST(channel, M5_answer_to_a_client_that_was_stopped) {
    trt_call_t call = {NULL, NULL};
    CHECK_EQ(trt_channel_serve(&channel), TRT_OK);
    spawn(0, 3, client, 0);
    CHECK_EQ(trt_channel_accept(&channel, &call, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    CHECK_EQ(trt_channel_answer(&channel, TRT_OK), TRT_ERR_STATE);
    spawn(0, 3, client, 0);
    CHECK_EQ(trt_channel_answer(&channel, TRT_OK), TRT_ERR_STATE); // not accepted
    CHECK_EQ(trt_channel_accept(&channel, &call, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_channel_accept(&channel, &call, TRT_NO_WAIT), TRT_ERR_STATE); // one at a time
    CHECK_EQ(trt_channel_answer(&channel, TRT_OK), TRT_OK);
    CHECK_LOG("a");
    CHECK_EQ(trt_channel_leave(&channel), TRT_OK);
}

static trt_mutex_t mutex;

static void lock_and_call(void *unused) {
    (void)unused;
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_FOREVER), TRT_OK);
    CHECK_EQ(trt_channel_call(&channel, letters, TRT_FOREVER), TRT_OK);
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
}

KTEST(channel, M5_deadlock_between_a_call_and_a_mutex_is_found) {
    trt_call_t call = {NULL, NULL};
    CHECK_EQ(trt_mutex_init(&mutex, TRT_INHERIT), TRT_OK);
    CHECK_EQ(trt_channel_serve(&channel), TRT_OK);
    spawn(0, 3, lock_and_call, 0);
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_FOREVER), TRT_ERR_DEADLOCK);
    CHECK_MISUSE("trt_mutex_lock", &mutex, TRT_ERR_DEADLOCK);
    CHECK_EQ(trt_channel_call(&channel, letters, TRT_FOREVER), TRT_ERR_DEADLOCK);
    CHECK_MISUSE("trt_channel_call", &channel, TRT_ERR_DEADLOCK);
    CHECK_EQ(trt_channel_accept(&channel, &call, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_channel_answer(&channel, TRT_OK), TRT_OK);
    CHECK_EQ(trt_channel_leave(&channel), TRT_OK);
}

KTEST(channel, M5_deleted_channel) {
    spawn(0, 3, serve, 0);
    CHECK_EQ(trt_task_suspend(&helper[0]), TRT_OK);
    spawn(1, 2, call_with_timeout, 100);
    CHECK_EQ(trt_channel_delete(&channel), TRT_OK);
    CHECK_LOG("3"); // TRT_ERR_DELETED
    CHECK_EQ(trt_channel_call(&channel, letters, TRT_FOREVER), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_channel_call", &channel, TRT_ERR_OBJECT);
    CHECK_EQ(trt_channel_init(&channel), TRT_OK);
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
}

KTEST(channel, M5_only_the_server_accepts_and_answers) {
    trt_call_t call = {NULL, NULL};
    CHECK_EQ(trt_channel_accept(&channel, &call, TRT_NO_WAIT), TRT_ERR_OWNER);
    CHECK_MISUSE("trt_channel_accept", &channel, TRT_ERR_OWNER);
    CHECK_EQ(trt_channel_answer(&channel, TRT_OK), TRT_ERR_OWNER);
    CHECK_MISUSE("trt_channel_answer", &channel, TRT_ERR_OWNER);
    CHECK_EQ(trt_channel_leave(&channel), TRT_ERR_OWNER);
    CHECK_MISUSE("trt_channel_leave", &channel, TRT_ERR_OWNER);
    CHECK_EQ(trt_channel_serve(&channel), TRT_OK);
    CHECK_EQ(trt_channel_serve(&channel), TRT_ERR_STATE);
    CHECK_EQ(trt_channel_accept(&channel, NULL, TRT_NO_WAIT), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_channel_accept", &channel, TRT_ERR_PARAM);
    CHECK_EQ(trt_channel_leave(&channel), TRT_OK);
}

KTEST(channel, E4_call_as_one_of_several_things) {
    trt_wait_t things[2];
    trt_call_t call = {NULL, NULL};
    trt_sem_t sem;
    uint8_t which = 9;
    memset(&sem, 0, sizeof sem);
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    CHECK_EQ(trt_channel_serve(&channel), TRT_OK);
    CHECK_EQ(trt_wait_sem(&things[0], &sem), TRT_OK);
    CHECK_EQ(trt_wait_accept(&things[1], &channel, &call), TRT_OK);
    spawn(0, 5, client, 2);
    CHECK_EQ(trt_wait_any(things, 2, &which, TRT_FOREVER), TRT_OK);
    CHECK_EQ(which, 1);
    CHECK(call.client == &helper[0]);
    CHECK_EQ(trt_channel_answer(&channel, TRT_OK), TRT_OK);
    let_run();
    CHECK_LOG("c");
    CHECK_EQ(trt_channel_leave(&channel), TRT_OK);
}
