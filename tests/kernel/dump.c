// Why is it stuck: row D5. The dump says of every task what it waits for, who has that, and since
// when.
#define TINYRTOS_DUMP 1
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

static trt_sem_t sem;
static trt_mutex_t mutex;
static trt_name_t sem_name, mutex_name;

// What is written is compared as it comes.
static struct {
    const char *wanted;
    bool differs;
} written;

static void put(char c) {
    if (*written.wanted != c) written.differs = true;
    if (*written.wanted != '\0') written.wanted++;
}

static void check_dump(const char *wanted, int line) {
    written.wanted = wanted;
    written.differs = false;
    trt_dump(put);
    harness_check(!written.differs && *written.wanted == '\0', line, written.wanted);
}

#define CHECK_DUMP(wanted) check_dump(wanted, __LINE__)

static void take(void *unused) {
    (void)unused;
    CHECK_EQ(trt_sem_take(&sem, TRT_FOREVER), TRT_OK);
}

static void lock(void *unused) {
    (void)unused;
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_FOREVER), TRT_OK);
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
}

static void sleep_long(void *unused) {
    (void)unused;
    (void)trt_delay(100);
}

static void join(void *unused) {
    (void)unused;
    CHECK_EQ(trt_task_join(&helper[0], TRT_FOREVER), TRT_OK);
}

static void take_or_lock(void *unused) {
    static trt_wait_t things[2];
    (void)unused;
    CHECK_EQ(trt_wait_sem(&things[0], &sem), TRT_OK);
    CHECK_EQ(trt_wait_lock(&things[1], &mutex), TRT_OK);
    (void)trt_wait_any(things, 2, NULL, TRT_FOREVER);
}

static void make(void) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    CHECK_EQ(trt_mutex_init(&mutex, TRT_INHERIT), TRT_OK);
    CHECK_EQ(trt_name_add(&sem_name, &sem, "s"), TRT_OK);
    CHECK_EQ(trt_name_add(&mutex_name, &mutex, "m"), TRT_OK);
}

// The first test on a target starts h0, then h1: they stay in the list, the newest first.
KTEST_AT(dump, D5_says_what_each_task_waits_for, 0) {
    make();
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_FOREVER), TRT_OK);
    spawn(0, 3, take, 0);
    spawn(1, 2, lock, 0);
    ticks_pass(12);
    CHECK_DUMP("tick 12\n"
               "h1 waiting, priority 2, for mutex m of runner, since 0\n"
               "h0 waiting, priority 3, for semaphore s, since 0\n"
               "runner running, priority 2\n");
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
    CHECK_DUMP("tick 12\n"
               "h1 ended, priority 2\n"
               "h0 ended, priority 3\n"
               "runner running, priority 4\n");
}

KTEST_AT(dump, D5_delays_joins_and_several_things, 100) {
    make();
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_FOREVER), TRT_OK);
    spawn(0, 3, sleep_long, 0);
    ticks_pass(5);
    spawn(1, 2, join, 0);
    CHECK_EQ(trt_task_suspend(&helper[0]), TRT_OK);
    CHECK_DUMP("tick 105\n"
               "h1 waiting, priority 2, for task h0, since 105\n"
               "h0 suspended, priority 3, since 100\n"
               "runner running, priority 4\n");
    CHECK_EQ(trt_task_stop(&helper[1]), TRT_OK);
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    spawn(1, 1, take_or_lock, 0);
    CHECK_DUMP("tick 105\n"
               "h1 waiting, priority 1, for semaphore s, for mutex m of runner, since 105\n"
               "h0 ended, priority 3\n"
               "runner running, priority 1\n");
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
}

static uint8_t hex_digits;

static void count_digits(char c) {
    if (hex_digits > 0 || c == 'x') hex_digits++;
}

KTEST_AT(dump, D5_object_without_a_name_has_an_address, 0) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    (void)trt_name_remove(&sem_name); // a target has run the tests above
    spawn(0, 3, take, 0);
    hex_digits = 0;
    trt_dump(count_digits);
    CHECK(hex_digits > 2 * sizeof(void *));
}

KTEST_AT(dump, D5_null_is_refused, 0) {
    trt_dump(NULL);
    CHECK_MISUSE("trt_dump", NULL, TRT_ERR_PARAM);
}
