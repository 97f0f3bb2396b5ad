// The harness on an AVR in simavr: a file's tests run one after another, each after a reset of the
// whole part, so each finds memory and kernel as at power-on. tests/avr/run.c runs them; what is
// said to it and asked of it is in tests/avr/protocol.h.
//
// Time is made here: the tick's timer stands still but in idle. There it is let run into the sleep,
// so that it is a real tick that ends it. ticks_pass has the same interrupt raised.
#ifndef HARNESS_AVR_H
#define HARNESS_AVR_H

#include <avr/pgmspace.h>

#include "../avr/firmware.h"

// A test that takes longer than this in ticks hangs.
#define HARNESS_TIME_LIMIT 20000u

#define HARNESS_LINES 3
#ifndef HARNESS_ONLY // the line of the test that is to be in this image, where not all fit; 0: all
#define HARNESS_ONLY 0
#endif
#define HARNESS_TIMER(before, after) TRTK_CAT(TRTK_CAT(before, TINYRTOS_AVR_TIMER), after)

static uint8_t harness_tests;
static void (*harness_body)(void);
static void (*harness_main_part)(void);
static trt_tick_t harness_start;
static uint16_t harness_idle_ticks;
static uint8_t harness_clock; // what the timer's register says when it runs
static void (*harness_handlers[HARNESS_LINES])(void *);
static void *harness_args[HARNESS_LINES];

static inline void harness_abort(void) {
    SAY(__BASE_FILE__ ":");
    say_number(harness.failed_line);
    SAY(": ");
    say(harness.failed_text != NULL ? harness.failed_text : "");
    SAY(": got ");
    say_number(harness.got);
    SAY(", wanted ");
    say_number(harness.wanted);
    SAY("\n");
    end_test(AVR_FAIL);
}

// --- interrupts and time

static inline void irq_install(uint8_t line, void (*handler)(void *), void *arg) {
    harness_handlers[line] = handler;
    harness_args[line] = arg;
}

static inline void irq_raise(uint8_t line) {
    raise_vector(line == 0   ? VECTOR_NUMBER(LINE_0)
                 : line == 1 ? VECTOR_NUMBER(LINE_1)
                             : VECTOR_NUMBER(LINE_2));
}

TRT_ISR(LINE_0) {
    harness_handlers[0](harness_args[0]);
}

TRT_ISR(LINE_1) {
    harness_handlers[1](harness_args[1]);
}

TRT_ISR(LINE_2) {
    harness_handlers[2](harness_args[2]);
}

static inline void harness_time_stop(void) {
    HARNESS_TIMER(TCCR, B) = 0;
}

static inline void harness_in_idle(void) {
    if (harness_idle_ticks++ == HARNESS_TIME_LIMIT) harness_fail(0, "hangs", 0, 0);
    TRTK_CAT(TCNT, TINYRTOS_AVR_TIMER) = 0;
    HARNESS_TIMER(TCCR, B) = harness_clock;
}

static inline void harness_in_tick(void) {
    harness_time_stop();
}

static inline void ticks_pass(trt_tick_t ticks) {
    for (trt_tick_t i = 0; i < ticks; i++) raise_vector(VECTOR_NUMBER(TRTP_TICK_VECTOR));
}

// --- running

static inline void harness_runner(void *unused) {
    (void)unused;
    harness_clock = HARNESS_TIMER(TCCR, B);
    harness_time_stop();
    harness_run_body();
    end_test(AVR_PASS);
}

int main(void) {
    tell(AVR_COUNT, harness_tests);
    if (harness_body == NULL) end_test(AVR_FAIL);
    harness_clear();
    harness.body = harness_body;
    lines_enable();
    harness_begin_at(harness_start);
    if (harness_main_part != NULL) {
        harness_main_part();
    }
    (void)trt_task_create(&runner, "runner", harness_runner, RUNNER_PRIORITY, runner_stack,
                          sizeof runner_stack);
    (void)trt_task_start(&runner, NULL);
    trt_status_t status = trt_start();
    harness_fail(0, "trt_start returned", status, TRT_OK);
}

// The one whose turn it is. (A table of all would have to be in RAM.)
static inline void harness_register(const char *name, void (*body)(void), void (*main_part)(void),
                                    trt_tick_t start) {
    if (harness_tests++ != WHICH_TEST) return;
    say_flash(name);
    harness_body = body;
    harness_main_part = main_part;
    harness_start = start;
}

#define HARNESS_REGISTER(suite, name, body, main_part, start)                          \
    __attribute__((constructor)) static void harness_register_##suite##_##name(void) { \
        static const char text[] PROGMEM = "@" #suite "::" #name "\n";                 \
        if (HARNESS_ONLY == 0 || HARNESS_ONLY == __LINE__)                             \
            harness_register(text, body, main_part, start);                            \
    }

#endif // HARNESS_AVR_H
