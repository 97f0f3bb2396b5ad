// Tests that fail, those of ../kernel/failing.h and those that only an AVR, or run.c, can tell.
#include "../kernel/failing.h"

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
