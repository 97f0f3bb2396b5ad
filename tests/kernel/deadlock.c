// A deadlock is found by the call that would close it, and its members are named: row Y8.
#define TINYRTOS_DEADLOCK_HOOK(task, object) name_member(task, object)
static void name_member(const void *task, const void *object);
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

static trt_mutex_t a, b, c;
static trt_status_t status;

static void name_member(const void *task, const void *object) {
    note(task == &runner ? 'r' : (char)('0' + ((const trt_task_t *)task - helper)));
    note(object == &a ? 'a' : object == &b ? 'b' : object == &c ? 'c' : 't');
}

static void make(void) {
    CHECK_EQ(trt_mutex_init(&a, TRT_INHERIT), TRT_OK);
    CHECK_EQ(trt_mutex_init(&b, TRT_INHERIT), TRT_OK);
    CHECK_EQ(trt_mutex_init(&c, TRT_NO_PROTOCOL), TRT_OK);
}

static void lock_b_then_a(void *timeout) {
    CHECK_EQ(trt_mutex_lock(&b, TRT_FOREVER), TRT_OK);
    status = trt_mutex_lock(&a, timeout == NULL ? TRT_FOREVER : (trt_tick_t)INDEX(timeout));
    if (status == TRT_OK) CHECK_EQ(trt_mutex_unlock(&a), TRT_OK);
    CHECK_EQ(trt_mutex_unlock(&b), TRT_OK);
}

KTEST(deadlock, Y8_call_that_would_close_the_circle_is_refused_and_names_it) {
    make();
    CHECK_EQ(trt_mutex_lock(&a, TRT_FOREVER), TRT_OK);
    spawn(0, 3, lock_b_then_a, 0);
    CHECK_EQ(trt_mutex_lock(&b, TRT_FOREVER), TRT_ERR_DEADLOCK);
    CHECK_MISUSE("trt_mutex_lock", &b, TRT_ERR_DEADLOCK);
    CHECK_LOG("rb0a");
    CHECK_EQ(trt_task_priority(&runner), 3); // the helper waits for it; nothing else has changed
    CHECK_EQ(trt_mutex_unlock(&a), TRT_OK);
    CHECK_EQ(status, TRT_OK);
}

KTEST(deadlock, Y8_also_with_a_timeout_on_either_side) {
    make();
    CHECK_EQ(trt_mutex_lock(&a, TRT_FOREVER), TRT_OK);
    spawn(0, 3, lock_b_then_a, 5);
    CHECK_EQ(trt_mutex_lock(&b, 3), TRT_ERR_DEADLOCK);
    CHECK_MISUSE("trt_mutex_lock", &b, TRT_ERR_DEADLOCK);
    CHECK_LOG("rb0a");
    CHECK_EQ(trt_mutex_lock(&b, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK); // does not wait: no circle
    CHECK_EQ(trt_delay(8), TRT_OK);
    CHECK_EQ(status, TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_mutex_unlock(&a), TRT_OK);
}

static void lock_c_then_b(void *unused) {
    (void)unused;
    CHECK_EQ(trt_mutex_lock(&c, TRT_FOREVER), TRT_OK);
    CHECK_EQ(trt_mutex_lock(&b, TRT_FOREVER), TRT_OK);
    CHECK_EQ(trt_mutex_unlock(&b), TRT_OK);
    CHECK_EQ(trt_mutex_unlock(&c), TRT_OK);
}

KTEST(deadlock, Y8_circle_of_three_also_without_inheritance) {
    make();
    CHECK_EQ(trt_mutex_lock(&a, TRT_FOREVER), TRT_OK);
    spawn(0, 3, lock_b_then_a, 0);
    spawn(1, 2, lock_c_then_b, 0);
    CHECK_EQ(trt_mutex_lock(&c, TRT_FOREVER), TRT_ERR_DEADLOCK);
    CHECK_MISUSE("trt_mutex_lock", &c, TRT_ERR_DEADLOCK);
    CHECK_LOG("rc1b0a");
    CHECK_EQ(trt_mutex_unlock(&a), TRT_OK);
}

KTEST(deadlock, Y8_chain_that_ends_elsewhere_is_none) {
    make();
    CHECK_EQ(trt_mutex_lock(&b, TRT_FOREVER), TRT_OK);
    spawn(0, 3, lock_c_then_b, 0); // has c, waits for b
    CHECK_EQ(trt_mutex_lock(&a, TRT_FOREVER), TRT_OK);
    spawn(1, 2, lock_b_then_a, 0); // waits for b
    CHECK_EQ(trt_mutex_unlock(&b), TRT_OK);
    CHECK_EQ(trt_mutex_unlock(&a), TRT_OK);
    CHECK_LOG("");
}

static void lock_a(void *unused) {
    (void)unused;
    CHECK_EQ(trt_mutex_lock(&a, TRT_FOREVER), TRT_OK);
    CHECK_EQ(trt_mutex_unlock(&a), TRT_OK);
}

KTEST(deadlock, Y8_end_of_a_task_that_waits_for_the_callers_mutex) {
    make();
    CHECK_EQ(trt_mutex_lock(&a, TRT_FOREVER), TRT_OK);
    spawn(0, 3, lock_a, 0);
    CHECK_EQ(trt_task_join(&helper[0], TRT_FOREVER), TRT_ERR_DEADLOCK);
    CHECK_MISUSE("trt_task_join", &helper[0], TRT_ERR_DEADLOCK);
    CHECK_LOG("rt0a");
    CHECK_EQ(trt_mutex_unlock(&a), TRT_OK);
    CHECK_EQ(trt_task_join(&helper[0], TRT_FOREVER), TRT_OK);
}

static trt_wait_t things[2];
static trt_sem_t sem;

static void wait_for_a_or_two_ticks(void *unused) {
    (void)unused;
    CHECK_EQ(trt_mutex_lock(&b, TRT_FOREVER), TRT_OK);
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    CHECK_EQ(trt_wait_lock(&things[0], &a), TRT_OK);
    CHECK_EQ(trt_wait_sem(&things[1], &sem), TRT_OK);
    CHECK_EQ(trt_wait_any(things, 2, NULL, 2), TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_mutex_unlock(&b), TRT_OK);
}

KTEST(deadlock, Y8_one_who_waits_for_something_else_too_is_not_stuck) {
    make();
    CHECK_EQ(trt_mutex_lock(&a, TRT_FOREVER), TRT_OK);
    spawn(0, 3, wait_for_a_or_two_ticks, 0);
    CHECK_EQ(trt_mutex_lock(&b, TRT_FOREVER), TRT_OK);
    CHECK_LOG("");
    CHECK_EQ(trt_mutex_unlock(&b), TRT_OK);
    CHECK_EQ(trt_mutex_unlock(&a), TRT_OK);
}
