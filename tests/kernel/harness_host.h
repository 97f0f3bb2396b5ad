// The harness on the host: a test is a Criterion test, which starts the kernel from nothing and
// runs the body in it.
#ifndef HARNESS_HOST_H
#define HARNESS_HOST_H

#include <criterion/criterion.h>

// A test that takes longer than this in virtual time hangs.
#define HARNESS_TIME_LIMIT ((trt_tick_t)60000)

static inline void harness_abort(void) {
    trt_host_stop();
}

static inline void harness_in_idle(void) {}

static inline void harness_in_tick(void) {}

static inline void ticks_pass(trt_tick_t ticks) {
    CHECK_EQ(trt_host_advance(ticks), TRT_OK);
}

static inline void irq_install(uint8_t line, void (*handler)(void *), void *arg) {
    CHECK_EQ(trt_host_handler(line, handler, arg), TRT_OK);
}

static inline void irq_raise(uint8_t line) {
    (void)trt_host_raise(line);
}

static inline void harness_runner(void *unused) {
    (void)unused;
    harness_run_body();
    trt_host_stop();
}

static inline void harness_run(void (*body)(void), void (*main_part)(void), trt_tick_t start) {
    (void)trt_host_reset();
    harness_clear();
    harness.body = body;
    harness_begin_at(start);
    trt_host_time_limit(HARNESS_TIME_LIMIT);
    if (main_part != NULL) {
        main_part();
    }
    (void)trt_task_create(&runner, "runner", harness_runner, RUNNER_PRIORITY, runner_stack,
                          sizeof runner_stack);
    (void)trt_task_start(&runner, NULL);
    trt_status_t status = trt_start();
    cr_assert(harness.failed_line == 0, "line %d: %s: got %ld, wanted %ld", harness.failed_line,
              harness.failed_text, harness.got, harness.wanted);
    cr_assert(harness.finished, "the test did not finish: trt_start returned %d", status);
}

#define HARNESS_REGISTER(suite, name, body, main_part, start) \
    Test(suite, name) {                                       \
        harness_run(body, main_part, start);                  \
    }

#endif // HARNESS_HOST_H
