// Stack overflow: row H5, T11. The faulting access ends the program, which says whose stack it was.
#include "host.h"
#include "child.h"

#include <stdio.h>

static child_t child;
static volatile unsigned depth;

// Uses the stack up. The compiler must not make a loop of it.
static unsigned recurse(unsigned n) {
    volatile uint8_t frame[256];
    frame[n % sizeof frame] = (uint8_t)n;
    depth = n;
    unsigned below = n == UINT32_MAX ? 0 : recurse(n + 1);
    return below + frame[n % sizeof frame];
}

static void overflow(void *unused) {
    (void)unused;
    depth = recurse(0);
}

static void rest(void *unused) {
    (void)unused;
    (void)trt_delay(10);
}

static void run_deep(trt_task_fn_t fn) {
    static trt_stack_t stack[3][64];
    static trt_task_t before, deep, after;
    (void)trt_task_create(&before, "before", rest, 4, stack[0], sizeof stack[0]);
    (void)trt_task_create(&deep, "deep-one", fn, 5, stack[1], sizeof stack[1]);
    (void)trt_task_create(&after, "after", rest, 4, stack[2], sizeof stack[2]);
    (void)trt_task_start(&before, NULL);
    (void)trt_task_start(&deep, NULL);
    (void)trt_task_start(&after, NULL);
    (void)trt_start();
}

static void run_overflow(void) {
    run_deep(overflow);
}

// AddressSanitizer ends the program itself, with a report of its own.
static void check_report(void) {
#if CHILD_ASAN
    cr_assert(WIFEXITED(child.status) && WEXITSTATUS(child.status) != 0);
    cr_assert_not_null(strstr(child.said, "stack-overflow"), "%s", child.said);
#else
    cr_assert(child_was_killed_by(&child, SIGSEGV));
    cr_assert_not_null(strstr(child.said, "stack overflow in task 'deep-one'"), "%s", child.said);
#endif
}

Test(overflow, H5_overflow_of_a_tasks_stack_is_caught_and_the_task_is_named) {
    child_run(&child, run_overflow);
    check_report();
}

static void overflow_later(void *unused) {
    (void)trt_delay(20);
    overflow(unused);
}

static void run_overflow_after_a_reset(void) {
    run_deep(rest);
    (void)trt_host_reset();
    run_deep(overflow_later);
}

Test(overflow, H5_overflow_is_caught_after_switches_and_a_reset) {
    child_run(&child, run_overflow_after_a_reset);
    check_report();
}

static void use_most_of_it(void *unused) {
    (void)unused;
    volatile uint8_t block[TINYRTOS_HOST_STACK - 16384];
    for (size_t i = 0; i < sizeof block; i += 64) block[i] = 1;
    depth = block[64];
}

static void run_deep_but_not_too_deep(void) {
    run_deep(use_most_of_it);
    fputs("went well", stderr);
}

Test(overflow, H5_deep_use_within_the_stack_goes_well) {
    child_run(&child, run_deep_but_not_too_deep);
    cr_assert(WIFEXITED(child.status) && WEXITSTATUS(child.status) == 0);
    cr_assert_not_null(strstr(child.said, "went well"), "%s", child.said);
}

// A fault that is none of ours is not blamed on a task's stack.
static void write_nowhere(void *unused) {
    (void)unused;
    volatile uint8_t *nowhere = (volatile uint8_t *)(uintptr_t)depth;
    *nowhere = 1;
}

static void run_fault(void) {
    depth = 16;
    run_deep(write_nowhere);
}

Test(overflow, H5_other_faults_are_not_called_overflows) {
    child_run(&child, run_fault);
    cr_assert_null(strstr(child.said, "stack overflow in task"));
#if CHILD_ASAN
    cr_assert(WIFEXITED(child.status) && WEXITSTATUS(child.status) != 0);
#else
    cr_assert(child_was_killed_by(&child, SIGSEGV));
#endif
}
