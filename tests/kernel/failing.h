// Tests that fail, each in a way of its own, for the harnesses of both emulated targets.
// (test_failing.py looks whether they say so.)
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

static void fail(void *unused) {
    (void)unused;
    CHECK_EQ(1 + 1, 3); // task
}

KTEST(failing, check_in_a_task) {
    spawn(0, 3, fail, 0);
}

KTEST(failing, check_in_an_interrupt) {
    irq_install(0, fail, NULL);
    irq_raise(0);
}

KTEST(failing, misuse_that_nobody_expects) {
    (void)trt_sem_give(NULL);
}

KTEST(failing, wait_without_end) {
    (void)trt_delay(TRT_FOREVER);
}

KTEST(failing, broken_invariant) {
    trtk.ready_bits[0] = 0;
    CHECK(true); // invariant
}

KTEST(failing, panic) {
    trtp_panic("a panic", NULL);
}

KTEST(failing, next_test_runs_and_passes) {
    CHECK(true);
}
