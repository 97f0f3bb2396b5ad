// Tests that fail, each in a way of its own: do the harness and run.c say so? (test_harness.py
// looks.)
#include "../kernel/harness.h"

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

KTEST(failing, loop_without_end) {
    for (;;) __asm__ __volatile__("");
}

KTEST(failing, sleep_with_interrupts_shut_out) {
    __asm__ __volatile__("cli\n\tsleep");
}

KTEST(failing, call_of_nothing) {
    void (*volatile nothing)(void) = NULL;
    nothing();
}

KTEST(failing, memory_that_is_not_there) {
    CHECK(*(volatile uint8_t *)0xF000u == 0);
}

// Idle's hook runs on main's stack.
static void fill_the_stack(void) {
    volatile uint8_t bytes[16];
    bytes[0] = 1;
    fill_the_stack();
    bytes[15] = bytes[0];
}

KTEST(failing, stack_of_main_that_is_full) {
    harness.idle = fill_the_stack;
    (void)trt_delay(5);
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
