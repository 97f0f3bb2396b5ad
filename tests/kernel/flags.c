// Event flags and the barrier: row Y7.
#include "harness.h"

static trt_flags_t flags;
static trt_status_t result[HELPERS];
static trt_bits_t got[HELPERS];

// What helper i waits for.
static struct {
    trt_bits_t bits;
    uint8_t mode;
    trt_tick_t timeout;
} want[HELPERS];

static void wait_for(void *i) {
    unsigned n = INDEX(i);
    result[n] = trt_flags_wait(&flags, want[n].bits, want[n].mode, &got[n], want[n].timeout);
    note((char)('a' + n));
}

static void spawn_waiter_within(unsigned i, uint8_t priority, trt_bits_t bits, unsigned mode,
                                trt_tick_t timeout) {
    want[i].bits = bits;
    want[i].mode = (uint8_t)mode;
    want[i].timeout = timeout;
    spawn(i, priority, wait_for, i);
}

static void spawn_waiter(unsigned i, uint8_t priority, trt_bits_t bits, unsigned mode) {
    spawn_waiter_within(i, priority, bits, mode, TRT_FOREVER);
}

static void make(void) {
    CHECK_EQ(trt_flags_init(&flags), TRT_OK);
    memset(got, 0, sizeof got);
    memset(result, 0, sizeof result);
}

static void set(trt_bits_t bits) {
    CHECK_EQ(trt_flags_set(&flags, bits), TRT_OK);
}

TRT_FLAGS_DEFINE(defined);

KTEST(flags, Y7_defined_group_is_ready) {
    CHECK_EQ(trt_flags_set(&defined, 5), TRT_OK);
    CHECK_EQ(trt_flags_get(&defined), 5);
    CHECK_EQ(trt_flags_clear(&defined, 5), TRT_OK);
}

KTEST(flags, Y7_set_and_clear_change_only_their_bits) {
    make();
    CHECK_EQ(trt_flags_get(&flags), 0);
    set(0x06);
    set(0x81);
    CHECK_EQ(trt_flags_get(&flags), 0x87);
    CHECK_EQ(trt_flags_clear(&flags, 0x82), TRT_OK);
    CHECK_EQ(trt_flags_get(&flags), 0x05);
}

KTEST(flags, Y7_highest_bit_counts) {
    trt_bits_t highest = (trt_bits_t)((trt_bits_t)1 << (TINYRTOS_FLAG_BITS - 1));
    make();
    set(highest);
    CHECK(trt_flags_get(&flags) == highest);
    CHECK_EQ(trt_flags_wait(&flags, highest, TRT_ALL, NULL, TRT_NO_WAIT), TRT_OK);
}

KTEST(flags, Y7_any_is_satisfied_by_one) {
    make();
    spawn_waiter(0, 3, 0x06, TRT_ANY);
    set(0x09);
    CHECK_LOG("");
    set(0x04);
    CHECK_LOG("a");
    CHECK_EQ(result[0], TRT_OK);
    CHECK_EQ(got[0], 0x0D);
    CHECK_EQ(trt_flags_get(&flags), 0x0D);
}

KTEST(flags, Y7_all_needs_all) {
    make();
    spawn_waiter(0, 3, 0x06, TRT_ALL);
    set(0x02);
    CHECK_LOG("");
    set(0x05);
    CHECK_LOG("a");
    CHECK_EQ(got[0], 0x07);
}

KTEST(flags, Y7_what_is_set_already_does_not_wait) {
    make();
    set(0x03);
    trt_bits_t seen = 0;
    CHECK_EQ(trt_flags_wait(&flags, 0x02, TRT_ANY, &seen, TRT_FOREVER), TRT_OK);
    CHECK_EQ(seen, 0x03);
    CHECK_EQ(trt_flags_wait(&flags, 0x03, TRT_ALL, NULL, TRT_FOREVER), TRT_OK);
    CHECK_EQ(trt_flags_wait(&flags, 0x07, TRT_ALL, NULL, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_flags_wait(&flags, 0x04, TRT_ANY, NULL, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
}

KTEST(flags, bug24_clear_on_exit_clears_what_was_waited_for_and_nothing_else) {
    make();
    set(0x0F);
    trt_bits_t seen = 0;
    CHECK_EQ(trt_flags_wait(&flags, 0x06, TRT_ALL | TRT_CLEAR, &seen, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(seen, 0x0F);
    CHECK_EQ(trt_flags_get(&flags), 0x09);
    CHECK_EQ(trt_flags_wait(&flags, 0x03, TRT_ANY | TRT_CLEAR, &seen, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(seen, 0x09);
    CHECK_EQ(trt_flags_get(&flags), 0x08);
}

KTEST(flags, bug24_woken_waiter_clears_on_exit_at_the_set) {
    make();
    spawn_waiter(0, 6, 0x03, TRT_ALL | TRT_CLEAR);
    let_run();
    set(0x07);
    CHECK_EQ(trt_flags_get(&flags), 0x04); // though the waiter has not run yet
    let_run();
    CHECK_LOG("a");
    CHECK_EQ(got[0], 0x07);
}

KTEST(flags, bug24_failed_wait_clears_nothing) {
    make();
    set(0x01);
    CHECK_EQ(trt_flags_wait(&flags, 0x03, TRT_ALL | TRT_CLEAR, NULL, TRT_NO_WAIT),
             TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_flags_get(&flags), 0x01);
    CHECK_EQ(trt_flags_wait(&flags, 0x03, TRT_ALL | TRT_CLEAR, NULL, 3), TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_flags_get(&flags), 0x01);
}

KTEST(flags, bug24_bits_set_and_cleared_one_after_the_other_do_not_add_up) {
    make();
    spawn_waiter(0, 3, 0x03, TRT_ALL);
    set(0x01);
    CHECK_EQ(trt_flags_clear(&flags, 0x01), TRT_OK);
    set(0x02);
    CHECK_LOG("");
    set(0x01);
    CHECK_LOG("a");
}

KTEST(flags, bug24_cleared_right_after_the_set_still_woke_the_waiter) {
    make();
    spawn_waiter(0, 6, 0x01, TRT_ANY);
    let_run();
    set(0x01);
    CHECK_EQ(trt_flags_clear(&flags, 0x01), TRT_OK);
    let_run();
    CHECK_LOG("a");
    CHECK_EQ(result[0], TRT_OK);
    CHECK_EQ(got[0], 0x01);
}

KTEST(flags, Y7_one_set_wakes_every_waiter_it_satisfies) {
    make();
    spawn_waiter(0, 3, 0x01, TRT_ANY);
    spawn_waiter(1, 2, 0x03, TRT_ALL);
    spawn_waiter(2, 1, 0x04, TRT_ANY);
    spawn_waiter(3, 3, 0x02, TRT_ANY);
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    set(0x03);
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    CHECK_LOG("bad");
    set(0x04);
    CHECK_LOG("c");
}

KTEST(flags, bug24_all_waiters_are_judged_by_the_flags_as_set_whoever_clears_them) {
    make();
    spawn_waiter(0, 1, 0x01, TRT_ANY | TRT_CLEAR);
    spawn_waiter(1, 2, 0x01, TRT_ANY | TRT_CLEAR);
    spawn_waiter(2, 3, 0x03, TRT_ALL);
    set(0x03);
    CHECK_LOG("abc");
    CHECK_EQ(got[2], 0x03);
    CHECK_EQ(trt_flags_get(&flags), 0x02);
}

KTEST(flags, bug12_stale_flags_do_not_end_a_later_wait) {
    make();
    set(0x01);
    CHECK_EQ(trt_flags_wait(&flags, 0x01, TRT_ANY | TRT_CLEAR, NULL, 3), TRT_OK);
    CHECK_EQ(trt_flags_wait(&flags, 0x01, TRT_ANY | TRT_CLEAR, NULL, 3), TRT_ERR_TIMEOUT);
}

KTEST(flags, Y7_wait_times_out) {
    make();
    trt_tick_t start = trt_now();
    CHECK_EQ(trt_flags_wait(&flags, 0x01, TRT_ANY, NULL, 6), TRT_ERR_TIMEOUT);
    CHECK_EQ((trt_tick_t)(trt_now() - start), 7);
}

KTEST(flags, Y7_waiter_that_timed_out_is_gone) {
    make();
    spawn_waiter_within(0, 3, 0x01, TRT_ANY | TRT_CLEAR, 3);
    CHECK_EQ(trt_delay(10), TRT_OK);
    CHECK_LOG("a");
    set(0x01);
    CHECK_EQ(result[0], TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_flags_get(&flags), 0x01);
}

static void set_one(void *unused) {
    (void)unused;
    set(0x01);
}

KTEST(flags, Y7_interrupt_sets) {
    make();
    irq_install(0, set_one, NULL);
    spawn_waiter(0, 3, 0x01, TRT_ANY);
    irq_raise(0);
    CHECK_LOG("a");
}

KTEST(flags, bug40_flags_set_before_the_wait_are_not_lost) {
    make();
    irq_install(0, set_one, NULL);
    irq_raise(0);
    CHECK_EQ(trt_flags_wait(&flags, 0x01, TRT_ANY, NULL, TRT_FOREVER), TRT_OK);
}

KTEST(flags, Y7_delete_and_init_wake_the_waiters) {
    make();
    spawn_waiter(0, 3, 0x01, TRT_ANY);
    CHECK_EQ(trt_flags_delete(&flags), TRT_OK);
    CHECK_EQ(result[0], TRT_ERR_DELETED);
    CHECK_EQ(trt_flags_set(&flags, 1), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_flags_set", &flags, TRT_ERR_OBJECT);
    make();
    spawn_waiter(1, 3, 0x01, TRT_ANY);
    CHECK_EQ(trt_flags_init(&flags), TRT_OK);
    CHECK_EQ(result[1], TRT_ERR_DELETED);
    CHECK_EQ(trt_flags_get(&flags), 0);
}

KTEST(flags, Y7_no_bits_and_unknown_modes_are_refused) {
    make();
    set(0x01);
    CHECK_EQ(trt_flags_wait(&flags, 0, TRT_ANY, NULL, TRT_FOREVER), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_flags_wait", &flags, TRT_ERR_PARAM);
    CHECK_EQ(trt_flags_wait(&flags, 0x01, 4, NULL, TRT_FOREVER), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_flags_wait", &flags, TRT_ERR_PARAM);
    CHECK_EQ(trt_flags_get(&flags), 0x01);
}

// --- the barrier

static trt_tick_t sync_timeout;

static void sync_as(void *i) {
    unsigned n = INDEX(i);
    result[n] = trt_flags_sync(&flags, (trt_bits_t)(1u << n), 0x07, sync_timeout);
    note((char)('a' + n));
}

KTEST(flags, Y7_barrier_lets_all_through_when_the_last_has_come) {
    make();
    sync_timeout = TRT_FOREVER;
    spawn(0, 3, sync_as, 0);
    spawn(1, 2, sync_as, 1);
    CHECK_LOG("");
    CHECK_EQ(trt_flags_sync(&flags, 0x04, 0x07, TRT_FOREVER), TRT_OK);
    CHECK_LOG("ba");
    CHECK_EQ(result[0], TRT_OK);
    CHECK_EQ(result[1], TRT_OK);
    CHECK_EQ(trt_flags_get(&flags), 0);
}

KTEST(flags, Y7_barrier_works_again_and_again) {
    make();
    sync_timeout = TRT_FOREVER;
    for (unsigned i = 0; i < 3; i++) {
        spawn(0, 3, sync_as, 0);
        spawn(1, 5, sync_as, 1);
        CHECK_EQ(trt_flags_sync(&flags, 0x04, 0x07, TRT_FOREVER), TRT_OK);
        let_run();
        CHECK_EQ(trt_flags_get(&flags), 0);
    }
    CHECK_LOG("ababab");
}

KTEST(flags, Y7_barrier_times_out) {
    make();
    sync_timeout = 4;
    spawn(0, 3, sync_as, 0);
    CHECK_EQ(trt_delay(10), TRT_OK);
    CHECK_EQ(result[0], TRT_ERR_TIMEOUT);
    CHECK_LOG("a");
}

KTEST(flags, Y7_barrier_leaves_other_flags_alone) {
    make();
    sync_timeout = TRT_FOREVER;
    set(0x40);
    spawn(0, 3, sync_as, 0);
    spawn(1, 3, sync_as, 1);
    CHECK_EQ(trt_flags_sync(&flags, 0x04, 0x07, TRT_FOREVER), TRT_OK);
    CHECK_EQ(trt_flags_get(&flags), 0x40);
}

KTEST(flags, E3_take_tests_and_clears_in_one) {
    CHECK_EQ(trt_flags_init(&flags), TRT_OK);
    CHECK_EQ(trt_flags_set(&flags, 7), TRT_OK);
    CHECK_EQ(trt_flags_take(&flags, 10), 2);
    CHECK_EQ(trt_flags_get(&flags), 5);
    CHECK_EQ(trt_flags_take(&flags, 2), 0);
}

static void set_from_interrupt(void *bits) {
    CHECK_EQ(trt_flags_set(&flags, (trt_bits_t)INDEX(bits)), TRT_OK);
}

KTEST(flags, E3_interrupt_sets_what_a_task_takes) {
    CHECK_EQ(trt_flags_init(&flags), TRT_OK);
    irq_install(0, set_from_interrupt, ARG(4));
    irq_raise(0);
    CHECK_EQ(trt_flags_take(&flags, 4), 4);
    CHECK_EQ(trt_flags_take(&flags, 4), 0);
}
