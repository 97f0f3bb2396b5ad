// The objects of most programs of a sweep, and calls that are counted: semaphores, mutexes, flags,
// queues.
#ifndef SWEEP_PLAIN_H
#define SWEEP_PLAIN_H

enum { TOKENS, ITEMS, THINGS };

#include "frame.h"

static trt_sem_t sem;
static trt_mutex_t mutex[2];
static trt_flags_t flags;
static trt_queue_t queue;
static uint8_t buffer[2];
static const trt_task_t *inside[2]; // between lock and unlock

static void give_by(unsigned who) {
    account_t *account = &accounts[who][TOKENS];
    account->tried++;
    if (known(trt_sem_give(&sem)) == TRT_OK) account->in++;
}

static void give(void) {
    give_by(caller());
}

static void count_taken(void) {
    count_out(TOKENS, 0);
}

static void take(trt_tick_t timeout) {
    if (known(trt_sem_take(&sem, timeout)) == TRT_OK) count_taken();
}

static void send(uint8_t value, trt_tick_t timeout) {
    count_try(ITEMS);
    if (known(trt_queue_send(&queue, &value, timeout)) == TRT_OK) count_in(ITEMS, value);
}

static void receive(trt_tick_t timeout) {
    uint8_t value = 0;
    if (known(trt_queue_receive(&queue, &value, timeout)) == TRT_OK) count_out(ITEMS, value);
}

// Lock, be alone inside for a while, unlock.
static void visit(unsigned m, trt_tick_t timeout) {
    if (known(trt_mutex_lock(&mutex[m], timeout)) < TRT_OK) return;
    CHECK(trt_mutex_owner(&mutex[m]) == trt_task_self());
    CHECK(run.stops || inside[m] == NULL);
    inside[m] = trt_task_self();
    (void)trt_yield();
    CHECK(run.stops || inside[m] == trt_task_self());
    inside[m] = NULL;
    CHECK(trt_mutex_unlock(&mutex[m]) == TRT_OK);
}

// --- actions

static void act_take(void) {
    take(TRT_NO_WAIT);
}
static void act_send(void) {
    send(100, TRT_NO_WAIT);
}
static void act_receive(void) {
    receive(TRT_NO_WAIT);
}
static void act_set(void) {
    CHECK(trt_flags_set(&flags, 7) == TRT_OK);
}
static void act_set_one(void) {
    CHECK(trt_flags_set(&flags, 1) == TRT_OK);
}

// clang-format off
#define PLAIN_ACTIONS               \
    {"give", give, false},          \
    {"take", act_take, false},      \
    {"send", act_send, false},      \
    {"receive", act_receive, false},\
    {"set", act_set, false},        \
    {"set one", act_set_one, false}
// clang-format on

// --- the objects

static void make_plain_objects(void) {
    CHECK(trt_sem_init(&sem, 0, 100) == TRT_OK);
    for (unsigned m = 0; m < 2; m++) CHECK(trt_mutex_init(&mutex[m], TRT_INHERIT) == TRT_OK);
    memset(inside, 0, sizeof inside);
    CHECK(trt_flags_init(&flags) == TRT_OK);
    CHECK(trt_queue_init(&queue, buffer, 1, 2) == TRT_OK);
}

static void set_plain_free(void) {
    give();
    act_send();
    act_receive();
    act_set();
}

static void check_objects(void) {
    for (unsigned m = 0; m < 2; m++) CHECK(trt_mutex_owner(&mutex[m]) == NULL);
    while (trt_sem_count(&sem) > 0) take(TRT_NO_WAIT);
    while (trt_queue_count(&queue) > 0) receive(TRT_NO_WAIT);
    check_account(TOKENS);
    check_account(ITEMS);
}

#endif // SWEEP_PLAIN_H
