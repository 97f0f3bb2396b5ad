// AddressSanitizer sees what tasks do to their arrays: row H5. Built with the sanitizer only (see
// meson.build).
#include "host.h"
#include "child.h"

static child_t child;
static volatile size_t past_the_end = 8;
static volatile uint8_t sink;

// By an address that only AddressSanitizer can judge.
static void write_to(volatile uint8_t *array, size_t first, size_t last) {
    volatile uint8_t *volatile address = array;
    for (size_t i = first; i <= last; i++) address[i] = (uint8_t)i;
}

static void overflow_local(void *unused) {
    (void)unused;
    volatile uint8_t local[8];
    write_to(local, 0, past_the_end);
    sink = local[0];
}

// The frame is live across switches: its red zones must be, too.
static void overflow_local_after_switches(void *unused) {
    (void)unused;
    volatile uint8_t local[8];
    local[0] = 0;
    (void)trt_delay(5);
    write_to(local, 1, past_the_end);
    sink = local[0];
}

static void keep_busy(void *unused) {
    (void)unused;
    volatile uint8_t local[8];
    for (unsigned i = 0; i < 20; i++) {
        local[i % 8] = (uint8_t)i;
        (void)trt_delay(1);
        sink = local[0];
    }
}

static void run_with(trt_task_fn_t fn) {
    spawn(0, 3, keep_busy, 0);
    spawn(1, 4, fn, 0);
    spawn(2, 5, keep_busy, 0);
    (void)trt_start();
}

static void run_overflow(void) {
    run_with(overflow_local);
}

static void run_well(void) {
    past_the_end = 7;
    run_with(overflow_local_after_switches);
    (void)trt_host_reset();
    run_with(overflow_local_after_switches);
}

static void check_reported(void) {
    cr_assert(WIFEXITED(child.status) && WEXITSTATUS(child.status) != 0);
    cr_assert_not_null(strstr(child.said, "stack-buffer-overflow"), "%s", child.said);
    cr_assert_not_null(strstr(child.said, "overflow_local"), "%s", child.said);
}

Test(asan, H5_overflow_of_a_local_array_is_reported) {
    child_run(&child, run_overflow);
    check_reported();
}

#if !TINYRTOS_HOST_UCONTEXT // swapcontext wipes the red zones of live frames
static void run_overflow_after_switches(void) {
    run_with(overflow_local_after_switches);
}

Test(asan, H5_overflow_of_a_local_array_that_was_live_across_switches_is_reported) {
    child_run(&child, run_overflow_after_switches);
    check_reported();
}
#endif

Test(asan, H5_right_use_is_not_reported) {
    child_run(&child, run_well);
    cr_assert(WIFEXITED(child.status) && WEXITSTATUS(child.status) == 0);
    cr_assert_null(strstr(child.said, "ERROR"), "%s", child.said);
}
