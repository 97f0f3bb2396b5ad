// Reader-writer locks.
#include "harness.h"

TRT_RWLOCK_DEFINE(defined);

static trt_rwlock_t lock;
static trt_status_t result[HELPERS];

static void make(void) {
    CHECK_EQ(trt_rwlock_init(&lock), TRT_OK);
}

static void begin_reading(void) {
    CHECK_EQ(trt_rwlock_read_lock(&lock, TRT_FOREVER), TRT_OK);
}

static void end_reading(void) {
    CHECK_EQ(trt_rwlock_read_unlock(&lock), TRT_OK);
}

static void begin_writing(void) {
    CHECK_EQ(trt_rwlock_write_lock(&lock, TRT_FOREVER), TRT_OK);
}

static void end_writing(void) {
    CHECK_EQ(trt_rwlock_write_unlock(&lock), TRT_OK);
}

static void read_and_note(void *letter) {
    begin_reading();
    note(LETTER(letter));
    end_reading();
}

static void write_and_note(void *letter) {
    begin_writing();
    CHECK_EQ(trt_rwlock_readers(&lock), 0);
    note(LETTER(letter));
    end_writing();
}

static void read_long(void *letter) {
    begin_reading();
    note(LETTER(letter));
    CHECK_EQ(trt_delay(5), TRT_OK);
    end_reading();
    note('.');
}

static void write_within_three(void *i) {
    trt_tick_t start = trt_now();
    result[INDEX(i)] = trt_rwlock_write_lock(&lock, 3);
    if (result[INDEX(i)] != TRT_OK) CHECK_EQ((trt_tick_t)(trt_now() - start), 4);
    else end_writing();
    note('t');
}

static void write_and_end(void *unused) {
    (void)unused;
    begin_writing();
}

KTEST(rwlock, Y9_readers_read_at_the_same_time) {
    make();
    spawn(0, 3, read_long, 'a');
    spawn(1, 3, read_long, 'b');
    begin_reading();
    CHECK_EQ(trt_rwlock_readers(&lock), 3);
    end_reading();
    CHECK_EQ(trt_delay(9), TRT_OK);
    CHECK_LOG("ab..");
    CHECK_EQ(trt_rwlock_readers(&lock), 0);
}

KTEST(rwlock, Y9_writer_is_alone) {
    make();
    begin_writing();
    spawn(0, 3, read_and_note, 'r');
    spawn(1, 3, write_and_note, 'w');
    CHECK_LOG("");
    CHECK_EQ(trt_rwlock_readers(&lock), 0);
    end_writing();
    CHECK_LOG("rw");
    begin_reading();
    spawn(2, 3, write_and_note, 'w');
    CHECK_LOG("");
    end_reading();
    CHECK_LOG("w");
}

KTEST(rwlock, Y9_writer_who_waits_comes_before_later_readers) {
    make();
    begin_reading();
    spawn(0, 3, write_and_note, 'w');
    spawn(1, 3, read_and_note, 'r');
    CHECK_EQ(trt_rwlock_read_lock(&lock, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_LOG("");
    end_reading();
    CHECK_LOG("wr");
}

KTEST(rwlock, Y9_most_urgent_comes_first) {
    make();
    begin_writing();
    spawn(0, 3, read_and_note, 'c');
    spawn(1, 2, write_and_note, 'b');
    spawn(2, 1, read_and_note, 'a');
    spawn(3, 3, write_and_note, 'd');
    end_writing();
    CHECK_LOG("abcd");
}

KTEST(rwlock, Y9_writer_inherits_from_all_who_wait) {
    make();
    begin_writing();
    spawn(0, 3, read_and_note, 'b');
    CHECK_EQ(trt_task_priority(&runner), 3);
    spawn(1, 1, write_and_note, 'a');
    CHECK_EQ(trt_task_priority(&runner), 1);
    end_writing();
    CHECK_EQ(trt_task_priority(&runner), RUNNER_PRIORITY);
    CHECK_LOG("ab");
}

KTEST(rwlock, Y9_timeout_counts_for_both_waits_of_a_writer) {
    make();
    begin_reading();
    spawn(0, 3, write_within_three, 0);
    spawn(1, 3, write_within_three, 1);
    CHECK_EQ(trt_rwlock_write_lock(&lock, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_delay(2), TRT_OK);
    CHECK_LOG("");
    CHECK_EQ(trt_delay(2), TRT_OK);
    CHECK_LOG("tt");
    CHECK_EQ(result[0], TRT_ERR_TIMEOUT);
    CHECK_EQ(result[1], TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_rwlock_read_lock(&lock, TRT_NO_WAIT), TRT_OK); // nobody waits any more
    end_reading();
    CHECK_EQ(trt_rwlock_write_lock(&lock, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    end_reading();
    CHECK_EQ(trt_rwlock_write_lock(&lock, TRT_NO_WAIT), TRT_OK);
    end_writing();
}

static void write_within_one(void *unused) {
    (void)unused;
    CHECK_EQ(trt_rwlock_write_lock(&lock, 1), TRT_ERR_TIMEOUT);
    note('o');
}

KTEST(rwlock, Y9_wait_at_the_gate_leaves_less_time_to_wait_for_readers) {
    make();
    begin_reading();
    spawn(0, 3, write_within_one, 0);
    spawn(1, 3, write_within_three, 1);
    CHECK_EQ(trt_delay(9), TRT_OK);
    CHECK_LOG("ot");
    CHECK_EQ(result[1], TRT_ERR_TIMEOUT);
    end_reading();
}

KTEST(rwlock, Y9_writer_may_lock_again_and_go_on_reading) {
    make();
    begin_writing();
    begin_writing();
    begin_reading();
    end_writing();
    spawn(0, 3, read_and_note, 'r');
    CHECK_LOG("");
    end_writing();
    CHECK_LOG("r");
    CHECK_EQ(trt_rwlock_readers(&lock), 1);
    spawn(1, 3, write_and_note, 'w');
    end_reading();
    CHECK_LOG("w");
}

KTEST(rwlock, Y9_writer_that_ended_is_told_of_until_somebody_writes) {
    make();
    spawn(0, 3, write_and_end, 0);
    for (unsigned i = 0; i < 2; i++) {
        CHECK_EQ(trt_rwlock_read_lock(&lock, TRT_NO_WAIT), TRT_ABANDONED);
        end_reading();
    }
    CHECK_EQ(trt_rwlock_write_lock(&lock, TRT_NO_WAIT), TRT_ABANDONED);
    end_writing();
    begin_reading();
    end_reading();
}

KTEST(rwlock, Y9_writer_that_is_stopped_while_it_waits_lets_others_in) {
    make();
    begin_reading();
    spawn(0, 3, write_and_note, 'w');
    spawn(1, 2, read_and_note, 'r');
    CHECK_LOG("");
    CHECK_EQ(trt_task_stop(&helper[1]), TRT_OK);
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    CHECK_EQ(trt_rwlock_read_lock(&lock, TRT_NO_WAIT), TRT_ABANDONED); // it may have been writing
    CHECK_EQ(trt_rwlock_readers(&lock), 2);
}

static void read_until_deleted(void *i) {
    result[INDEX(i)] = trt_rwlock_read_lock(&lock, TRT_FOREVER);
}

static void write_until_deleted(void *i) {
    result[INDEX(i)] = trt_rwlock_write_lock(&lock, TRT_FOREVER);
}

KTEST(rwlock, Y9_delete_wakes_all_who_wait) {
    make();
    begin_reading();
    spawn(0, 3, write_until_deleted, 0);
    spawn(1, 3, write_until_deleted, 1);
    spawn(2, 3, read_until_deleted, 2);
    CHECK_EQ(trt_rwlock_delete(&lock), TRT_OK);
    for (unsigned i = 0; i < 3; i++) CHECK_EQ(result[i], TRT_ERR_DELETED);
    CHECK_EQ(trt_rwlock_read_unlock(&lock), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_rwlock_read_unlock", &lock, TRT_ERR_OBJECT);
}

static void unlock_as_a_stranger(void *unused) {
    (void)unused;
    CHECK_EQ(trt_rwlock_write_unlock(&defined), TRT_ERR_OWNER);
    CHECK_MISUSE("trt_rwlock_write_unlock", &defined, TRT_ERR_OWNER);
}

KTEST(rwlock, Y9_only_who_locked_unlocks) {
    CHECK_EQ(trt_rwlock_read_unlock(&defined), TRT_ERR_OWNER);
    CHECK_MISUSE("trt_rwlock_read_unlock", &defined, TRT_ERR_OWNER);
    CHECK_EQ(trt_rwlock_write_lock(&defined, TRT_NO_WAIT), TRT_OK);
    spawn(0, 3, unlock_as_a_stranger, 0);
    CHECK_EQ(trt_rwlock_write_unlock(&defined), TRT_OK);
    unlock_as_a_stranger(NULL);
}
