// Barriers.
#include "harness.h"

TRT_BARRIER_DEFINE(defined, 2);

static trt_barrier_t barrier;
static trt_status_t result[HELPERS];

static void make(uint16_t parties) {
    CHECK_EQ(trt_barrier_init(&barrier, parties), TRT_OK);
}

static void come(unsigned i, trt_tick_t timeout) {
    result[i] = trt_barrier_wait(&barrier, timeout);
    note((char)('a' + i));
}

static void come_for_ever(void *i) {
    come(INDEX(i), TRT_FOREVER);
}

static void come_for_three(void *i) {
    come(INDEX(i), 3);
}

static void come_twice(void *i) {
    come(INDEX(i), TRT_FOREVER);
    come(INDEX(i), TRT_FOREVER);
}

KTEST(barrier, Y10_last_to_come_lets_all_go_on) {
    make(4);
    spawn(0, 3, come_for_ever, 0);
    spawn(1, 2, come_for_ever, 1);
    spawn(2, 3, come_for_ever, 2);
    CHECK_LOG("");
    CHECK_EQ(trt_barrier_count(&barrier), 3);
    CHECK_EQ(trt_barrier_wait(&barrier, TRT_FOREVER), TRT_LAST);
    CHECK_LOG("bac");
    for (unsigned i = 0; i < 3; i++) CHECK_EQ(result[i], TRT_OK);
    CHECK_EQ(trt_barrier_count(&barrier), 0);
}

KTEST(barrier, Y10_next_round_begins_at_once) {
    make(3);
    spawn(0, 3, come_twice, 0);
    spawn(1, 2, come_twice, 1);
    CHECK_EQ(trt_barrier_wait(&barrier, TRT_NO_WAIT), TRT_LAST);
    CHECK_LOG("ba");
    CHECK_EQ(trt_barrier_count(&barrier), 2);
    CHECK_EQ(trt_barrier_wait(&barrier, TRT_FOREVER), TRT_LAST);
    CHECK_LOG("ba");
}

KTEST(barrier, Y10_who_does_not_wait_does_not_count) {
    make(2);
    CHECK_EQ(trt_barrier_wait(&barrier, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_barrier_count(&barrier), 0);
}

KTEST(barrier, Y10_who_times_out_counts_no_more) {
    make(3);
    spawn(0, 3, come_for_three, 0);
    spawn(1, 3, come_for_ever, 1);
    CHECK_EQ(trt_barrier_count(&barrier), 2);
    CHECK_EQ(trt_delay(9), TRT_OK);
    CHECK_LOG("a");
    CHECK_EQ(result[0], TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_barrier_count(&barrier), 1);
    CHECK_EQ(trt_barrier_wait(&barrier, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    spawn(2, 3, come_for_ever, 2);
    CHECK_EQ(trt_barrier_wait(&barrier, TRT_NO_WAIT), TRT_LAST);
    CHECK_LOG("bc");
}

KTEST(barrier, Y10_who_is_stopped_counts_no_more) {
    make(3);
    spawn(0, 3, come_for_ever, 0);
    spawn(1, 3, come_for_ever, 1);
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    CHECK_EQ(trt_barrier_count(&barrier), 1);
    CHECK_EQ(trt_task_suspend(&helper[1]), TRT_OK); // this one still does
    spawn(2, 3, come_for_ever, 2);
    CHECK_EQ(trt_barrier_wait(&barrier, TRT_NO_WAIT), TRT_LAST);
    CHECK_LOG("c");
    CHECK_EQ(trt_task_resume(&helper[1]), TRT_OK);
    CHECK_LOG("b");
}

KTEST(barrier, Y10_one_party_is_always_the_last) {
    make(1);
    CHECK_EQ(trt_barrier_wait(&barrier, TRT_NO_WAIT), TRT_LAST);
    CHECK_EQ(trt_barrier_wait(&barrier, TRT_FOREVER), TRT_LAST);
}

static void come_in_interrupt(void *unused) {
    (void)unused;
    note((char)('0' + trt_barrier_wait(&barrier, TRT_NO_WAIT) + 1));
}

KTEST(barrier, Y10_interrupt_can_be_the_last) {
    make(2);
    irq_install(0, come_in_interrupt, NULL);
    irq_raise(0);
    spawn(0, 3, come_for_ever, 0);
    irq_raise(0);
    CHECK_LOG("03a");
}

KTEST(barrier, Y10_delete_and_init_wake_the_waiters_with_a_status) {
    make(3);
    spawn(0, 3, come_for_ever, 0);
    make(2);
    CHECK_EQ(result[0], TRT_ERR_DELETED);
    CHECK_EQ(trt_barrier_count(&barrier), 0);
    spawn(1, 3, come_for_ever, 1);
    CHECK_EQ(trt_barrier_delete(&barrier), TRT_OK);
    CHECK_EQ(result[1], TRT_ERR_DELETED);
    CHECK_EQ(trt_barrier_wait(&barrier, TRT_FOREVER), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_barrier_wait", &barrier, TRT_ERR_OBJECT);
}

KTEST(barrier, Y10_defined_barrier_is_ready) {
    CHECK_EQ(trt_barrier_wait(&defined, 2), TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_barrier_count(&defined), 0);
}

#if TRTK_PORT_HOST
// An interrupt that is the last, at every step of a wait: the round is over either before the task
// has come, or with it.
static void come_once(void *unused) {
    (void)unused;
    result[1] = trt_barrier_wait(&barrier, TRT_NO_WAIT);
}

KTEST(barrier, Y10_interrupt_that_is_the_last_comes_at_every_step) {
    unsigned ends = 0;
    irq_install(0, come_once, NULL);
    for (uint32_t calls = 1; calls < 17; calls++) {
        make(2);
        spawn(0, calls % 2 == 0 ? 3 : 5, come_for_three, 0);
        CHECK_EQ(trt_host_raise_after(0, calls), TRT_OK);
        let_run();
        CHECK_EQ(trt_delay(9), TRT_OK);
        CHECK_EQ(trt_barrier_count(&barrier), 0);
        if (result[1] == TRT_LAST) CHECK_EQ(result[0], TRT_OK);
        else CHECK_EQ(result[0], TRT_ERR_TIMEOUT);
        ends += result[1] == TRT_LAST;
        CHECK_EQ(trt_delay(50), TRT_OK);
    }
    CHECK(ends > 0);
}

static void stop_one(void *unused) {
    (void)unused;
    if (trt_task_state(&helper[1]) == TRT_TASK_WAITING) (void)trt_task_stop(&helper[1]);
}

KTEST(barrier, Y10_waiter_that_is_stopped_as_the_barrier_opens_counts_once) {
    irq_install(0, stop_one, NULL);
    for (uint32_t calls = 1; calls < 12; calls++) {
        make(3);
        spawn(0, 5, come_for_ever, 0);
        spawn(1, 5, come_for_ever, 1);
        let_run();
        CHECK_EQ(trt_host_raise_after(0, calls), TRT_OK);
        trt_status_t status = trt_barrier_wait(&barrier, TRT_NO_WAIT);
        CHECK(status == TRT_LAST || status == TRT_ERR_WOULD_BLOCK);
        CHECK_EQ(trt_barrier_count(&barrier), status == TRT_LAST ? 0 : 1);
        CHECK_EQ(trt_delay(20), TRT_OK);
        if (status != TRT_LAST) CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    }
}

static void let_five_ticks_pass(void *unused) {
    (void)unused;
    for (unsigned i = 0; i < 5; i++) trt_tick();
}

KTEST(barrier, bug11_who_times_out_on_his_way_to_the_others_does_not_count) {
    make(2);
    irq_install(0, let_five_ticks_pass, NULL);
    for (uint32_t calls = 1; calls < 12; calls++) {
        spawn(0, 5, come_for_three, 0);
        CHECK_EQ(trt_host_raise_after(0, calls), TRT_OK);
        CHECK_EQ(trt_delay(20), TRT_OK);
        CHECK_EQ(result[0], TRT_ERR_TIMEOUT);
        CHECK_EQ(trt_barrier_count(&barrier), 0);
    }
}
#endif
