// What every call costs: the longest stretch of cycles with interrupts shut out, from the
// instruction that shuts them out to the one that lets them in, and the bytes of stack that it takes,
// return address included. What follows from the call counts too: the switch, and how the next task
// returns from its own call. run.c measures; test_calls.py keeps the table.
#define TINYRTOS_AVR_PANIC_HOOK(why, task) ((void)(why), (void)(task), end_test(AVR_FAIL))
#define TINYRTOS_CPU_HZ 16000000ul
#define TINYRTOS_NOTES 1
#define TINYRTOS_MAIL 1
#define TINYRTOS_IMPLEMENTATION

#include <stdint.h>

#include "protocol.h"

static inline void end_test(uint8_t command);

#include "tinyrtos.h"

#include "firmware.h"

// Here, and not in a function, whose frame would be counted.
#define RAISE(vector)                                              \
    (GPIOR2 = VECTOR_NUMBER(vector), GPIOR1 = AVR_RAISE, (void)0); \
    __asm__ __volatile__("nop\n\tnop\n\tnop\n\tnop" ::: "memory")

static void tick(void) {
    RAISE(TRTP_TICK_VECTOR);
}

#define CHECK(condition) ((condition) ? (void)0 : end_test(AVR_FAIL))
#define CALLS_STACK 300
#include "../sweep/calls.h"

static void i_give(void) {
    RAISE(LINE_0);
}

TRT_ISR(LINE_0) {
    sei();
    act();
}

static void then(void) {
    GPIOR1 = AVR_END;
}

// --- one run

static const case_t *measured;
static volatile bool begun;

// The caller's stack, in units of four bytes, so far.
static uint8_t room(void) {
    return (uint8_t)((SP - (uintptr_t)caller_stack) / 4u);
}

static void call(void *to_preempted) {
    measured->before();
    act = measured->in_interrupt;
    if (to_preempted != NULL && trtk.sched_locks == 0) (void)trt_delay(1);
    begun = true;
    GPIOR2 = room();
    GPIOR1 = AVR_BEGIN;
    measured->make();
    GPIOR1 = AVR_END;
}

// The least urgent task, to which a caller that waits leaves the processor. It is found where an
// interrupt has preempted it, or where it has called.
static void run_once(bool preempted) {
    begun = false;
    make_objects();
    (void)trt_task_create(&caller, "caller", call, CALLER_PRIORITY, caller_stack,
                          sizeof caller_stack);
    (void)trt_task_start(&caller, preempted ? &caller : NULL);
    while (!begun) tick();
    GPIOR1 = AVR_END;
    for (uint8_t i = 0; i < CROWD; i++) {
        (void)trt_timer_stop(&timers[i]);
        stop(&crowd[i]);
    }
    stop(&caller);
    CHECK(trt_check() == NULL);
}

static void run_both(void *unused) {
    (void)unused;
    TCCR0B = 0; // ticks come when tick() says so
    run_once(false);
    run_once(true);
    SAY("call ");
    tell(AVR_MASKED, 0);
    SAY(" ");
    tell(AVR_DEPTH, 0);
    SAY(" ");
    say(measured->call);
    if (measured->when[0] != '\0') SAY(", ");
    say(measured->when);
    SAY("\n");
    end_test(AVR_PASS);
}

int main(void) {
    uint8_t which_case = WHICH_TEST;
    tell(AVR_COUNT, CASES);
    CHECK(which_case < CASES);
    measured = &cases[CASES - 1u - which_case];
    lines_enable();
    (void)trt_task_create(&runner, "runner", run_both, 7, runner_stack, sizeof runner_stack);
    (void)trt_task_start(&runner, NULL);
    (void)trt_start();
}
