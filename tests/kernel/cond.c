// Condition variables: row Y6.
#define TINYRTOS_COND_OWNERS 1
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

TRT_COND_DEFINE(defined);

static trt_cond_t cond;
static trt_mutex_t mutex, other;
static trt_status_t result[HELPERS];

static void make(void) {
    CHECK_EQ(trt_cond_init(&cond), TRT_OK);
    CHECK_EQ(trt_mutex_init(&mutex, TRT_INHERIT), TRT_OK);
    CHECK_EQ(trt_mutex_init(&other, TRT_INHERIT), TRT_OK);
}

static void lock(trt_mutex_t *which) {
    CHECK_EQ(trt_mutex_lock(which, TRT_FOREVER), TRT_OK);
}

static void unlock(trt_mutex_t *which) {
    CHECK_EQ(trt_mutex_unlock(which), TRT_OK);
}

static void wake_first(void) {
    CHECK_EQ(trt_cond_signal(&cond), TRT_OK);
}

// Helper `i` waits so long, and keeps what its wait returned.
static void wait_for(unsigned i, trt_tick_t timeout) {
    lock(&mutex);
    result[i] = trt_cond_wait(&cond, &mutex, timeout);
    CHECK(trt_mutex_owner(&mutex) == &helper[i]);
    note((char)('a' + i));
    unlock(&mutex);
}

static void wait_for_ever(void *i) {
    wait_for(INDEX(i), TRT_FOREVER);
}

static void wait_three(void *i) {
    wait_for(INDEX(i), 3);
}

KTEST(cond, Y6_wait_lets_go_of_the_mutex_and_has_it_again_when_it_returns) {
    make();
    spawn(0, 3, wait_for_ever, 0);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_WAITING);
    lock(&mutex);
    wake_first();
    CHECK_LOG(""); // it waits for the mutex now
    unlock(&mutex);
    CHECK_LOG("a");
    CHECK_EQ(result[0], TRT_OK);
    CHECK(trt_mutex_owner(&mutex) == NULL);
}

KTEST(cond, Y6_mutex_that_is_let_go_of_passes_to_who_waits_for_it) {
    make();
    lock(&mutex);
    spawn(0, 3, wait_for_ever, 0);
    CHECK_EQ(trt_task_priority(&runner), 3);
    CHECK_EQ(trt_cond_wait(&cond, &mutex, 2), TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_task_priority(&runner), RUNNER_PRIORITY);
    CHECK(trt_mutex_owner(&mutex) == &runner);
    wake_first();
    unlock(&mutex);
    CHECK_LOG("a");
}

KTEST(cond, Y6_mutex_is_locked_as_often_as_it_was) {
    make();
    lock(&mutex);
    lock(&mutex);
    lock(&mutex);
    spawn(0, 3, wait_for_ever, 0);
    CHECK_EQ(trt_cond_wait(&cond, &mutex, 2), TRT_ERR_TIMEOUT);
    for (unsigned i = 0; i < 3; i++) {
        CHECK(trt_mutex_owner(&mutex) == &runner);
        unlock(&mutex);
    }
    CHECK(trt_mutex_owner(&mutex) == NULL);
}

KTEST(cond, Y6_signal_wakes_the_most_urgent_and_broadcast_all) {
    make();
    spawn(0, 3, wait_for_ever, 0);
    spawn(1, 2, wait_for_ever, 1);
    spawn(2, 3, wait_for_ever, 2);
    wake_first();
    CHECK_LOG("b");
    CHECK_EQ(trt_cond_broadcast(&cond), TRT_OK);
    CHECK_LOG("ac");
    wake_first();
    CHECK_EQ(trt_cond_broadcast(&cond), TRT_OK);
    CHECK_LOG("");
}

KTEST(cond, Y6_signal_that_nobody_waits_for_is_not_kept) {
    make();
    wake_first();
    lock(&mutex);
    CHECK_EQ(trt_cond_wait(&cond, &mutex, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_cond_wait(&cond, &mutex, 1), TRT_ERR_TIMEOUT);
    unlock(&mutex);
}

KTEST(cond, Y6_who_times_out_has_the_mutex_again) {
    make();
    spawn(0, 3, wait_three, 0);
    lock(&mutex);
    CHECK_EQ(trt_delay(5), TRT_OK);
    CHECK_LOG("");
    unlock(&mutex);
    CHECK_LOG("a");
    CHECK_EQ(result[0], TRT_ERR_TIMEOUT);
}

static void signal_in_interrupt(void *unused) {
    (void)unused;
    wake_first();
}

KTEST(cond, Y6_interrupt_signals) {
    make();
    irq_install(0, signal_in_interrupt, NULL);
    spawn(0, 3, wait_for_ever, 0);
    irq_raise(0);
    CHECK_LOG("a");
}

static void lock_and_end(void *unused) {
    (void)unused;
    lock(&mutex);
}

KTEST(cond, Y6_mutex_abandoned_meanwhile_is_told) {
    make();
    spawn(0, 3, wait_for_ever, 0);
    spawn(1, 3, lock_and_end, 0);
    wake_first();
    CHECK_EQ(result[0], TRT_ABANDONED);
    CHECK_LOG("a");
}

static void wait_without_mutex(void *unused) {
    (void)unused;
    lock(&mutex);
    result[0] = trt_cond_wait(&cond, &mutex, TRT_FOREVER);
    CHECK(trt_mutex_owner(&mutex) == NULL);
    note('d');
}

KTEST(cond, Y6_mutex_deleted_meanwhile_is_not_locked) {
    make();
    spawn(0, 3, wait_without_mutex, 0);
    CHECK_EQ(trt_mutex_delete(&mutex), TRT_OK);
    CHECK_LOG("");
    wake_first();
    CHECK_LOG("d");
    CHECK_EQ(result[0], TRT_ERR_DELETED);
}

KTEST(cond, Y6_delete_wakes_the_waiters_who_have_the_mutex_again) {
    make();
    spawn(0, 3, wait_for_ever, 0);
    CHECK_EQ(trt_cond_delete(&cond), TRT_OK);
    CHECK_EQ(result[0], TRT_ERR_DELETED);
    CHECK_LOG("a");
}

KTEST(cond, Y6_waiter_that_is_stopped_takes_no_signal) {
    make();
    spawn(0, 2, wait_for_ever, 0);
    spawn(1, 3, wait_for_ever, 1);
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    wake_first();
    CHECK_LOG("b");
    CHECK(trt_mutex_owner(&mutex) == NULL);
}

KTEST(cond, Y6_mutex_must_be_the_callers_and_that_of_who_waits) {
    make();
    CHECK_EQ(trt_cond_wait(&cond, &mutex, TRT_FOREVER), TRT_ERR_OWNER);
    CHECK_MISUSE("trt_cond_wait", &cond, TRT_ERR_OWNER);
    spawn(0, 3, wait_for_ever, 0);
    lock(&other);
    CHECK_EQ(trt_cond_wait(&cond, &other, TRT_FOREVER), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_cond_wait", &cond, TRT_ERR_PARAM);
    CHECK(trt_mutex_owner(&other) == &runner);
    wake_first();
    CHECK_EQ(trt_cond_wait(&cond, &other, 1), TRT_ERR_TIMEOUT);
    unlock(&other);
}

static void signal_as_a_stranger(void *unused) {
    (void)unused;
    CHECK_EQ(trt_cond_signal(&defined), TRT_ERR_OWNER);
    CHECK_MISUSE("trt_cond_signal", &defined, TRT_ERR_OWNER);
    CHECK_EQ(trt_cond_broadcast(&defined), TRT_ERR_OWNER);
    CHECK_MISUSE("trt_cond_broadcast", &defined, TRT_ERR_OWNER);
    note('s');
}

KTEST(cond, Y6_only_the_owner_signals_if_there_is_one) {
    irq_install(0, signal_as_a_stranger, NULL);
    CHECK_EQ(trt_cond_set_owner(&defined, &runner), TRT_OK);
    CHECK_EQ(trt_cond_signal(&defined), TRT_OK);
    spawn(0, 3, signal_as_a_stranger, 0);
    irq_raise(0);
    CHECK_LOG("ss");
    CHECK_EQ(trt_cond_set_owner(&defined, NULL), TRT_OK);
    CHECK_EQ(trt_cond_broadcast(&defined), TRT_OK);
    CHECK_EQ(trt_cond_set_owner(&defined, (trt_task_t *)(void *)&mutex), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_cond_set_owner", &defined, TRT_ERR_OBJECT);
}

#if TRTK_PORT_HOST
// An interrupt at every step of the wait: from the moment the mutex is another's, or free, its
// signal ends the wait.
static bool has_signalled;

static void signal_once_the_mutex_is_free(void *unused) {
    (void)unused;
    if (trt_task_state(&runner) != TRT_TASK_WAITING || trt_mutex_owner(&mutex) == &runner) return;
    has_signalled = true;
    wake_first();
}

static void lock_and_unlock(void *unused) {
    (void)unused;
    lock(&mutex);
    unlock(&mutex);
}

KTEST(cond, bug14_signal_is_not_lost_once_the_mutex_is_free) {
    unsigned signals = 0;
    make();
    irq_install(0, signal_once_the_mutex_is_free, NULL);
    for (uint32_t calls = 1; calls < 60; calls++) {
        lock(&mutex);
        if (calls % 2 == 0) spawn(0, 3, lock_and_unlock, 0);
        spawn(1, 5, wait_three, 1);
        has_signalled = false;
        CHECK_EQ(trt_host_raise_after(0, calls / 2 + 1), TRT_OK);
        trt_status_t status = trt_cond_wait(&cond, &mutex, 9);
        CHECK_EQ(status, has_signalled ? TRT_OK : TRT_ERR_TIMEOUT);
        signals += has_signalled;
        unlock(&mutex);
        CHECK_EQ(trt_delay(20), TRT_OK);
    }
    CHECK(signals > 10 && signals < 59);
}
#endif
