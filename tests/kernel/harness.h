// The harness of the kernel tests. A test file includes this, and holds tests; what differs between
// the host and the targets is in one small file, HARNESS_PORT_FILE. The kernel is that of kernel.c,
// which is compiled once for all. A file that needs other options, or what only the implementation
// knows, has a kernel of its own: it defines them, and TINYRTOS_IMPLEMENTATION, before the include.
//
//     #include "harness.h"
//
//     KTEST(sem, Y2_token_given_can_be_taken) {
//         ...runs in the runner task, at RUNNER_PRIORITY...
//     }
//
// A test body runs in a task in the middle of the priorities. It starts helper tasks with spawn():
// a more urgent one runs at once, a less urgent one when the runner waits. Time stands still unless
// every task waits or ticks_pass() is called. Objects are made by the test that uses them, since a
// target runs all tests of a file in one go. A test that sees a misuse says so with CHECK_MISUSE;
// any other misuse fails it.
#ifndef HARNESS_H
#define HARNESS_H

#include "harness_kernel.h"

#define RUNNER_PRIORITY 4
#ifndef HELPERS
#define HELPERS 5
#endif
#ifndef HARNESS_LOG
#define HARNESS_LOG 64
#endif

#ifndef HARNESS_STACK
#define HARNESS_STACK 2048
#endif
#ifndef HARNESS_RUNNER_STACK
#define HARNESS_RUNNER_STACK (2 * HARNESS_STACK)
#endif

// The tick at which a test begins, unless it is a KTEST_AT. A build near the wrap runs every test
// across it.
#ifndef HARNESS_START
#define HARNESS_START 0
#endif

static struct {
    void (*body)(void);
    void (*idle)(void); // what a test wants done in idle
    char log[HARNESS_LOG];
    uint8_t log_length;
    bool finished;
    // the first check that failed
    int failed_line;
    const char *failed_text;
    long got, wanted;
    // the last misuse
    uint8_t misuses;
    const char *misuse_call;
    const void *misuse_object;
    const void *misuse_task;
    int misuse_status;
} harness;

static trt_task_t runner;
static trt_task_t helper[HELPERS];
static TRT_STACK_DEFINE(runner_stack, HARNESS_RUNNER_STACK);
static trt_stack_t helper_stack[HELPERS][HARNESS_STACK / sizeof(trt_stack_t)];

// What a port provides, after which a test file can use
//   HARNESS_REGISTER(suite, name, body, main_part, start)
//   harness_abort()            a check failed: end the test as soon as possible
//   harness_in_idle()          called in idle: here a target makes time go on
//   harness_in_tick()          called after each tick
//   ticks_pass(n)              n ticks go by while the caller computes
//   irq_install, irq_raise     a software interrupt: lines 0 to 3, 0 the most urgent
static inline void harness_abort(void);
static inline void harness_in_idle(void);
static inline void harness_in_tick(void);
static inline void ticks_pass(trt_tick_t ticks);
static inline void irq_install(uint8_t line, void (*handler)(void *), void *arg);
static inline void irq_raise(uint8_t line);

// --- hooks

void harness_misuse(const char *call, const void *object, const void *task, int status) {
    harness.misuses++;
    harness.misuse_call = call;
    harness.misuse_object = object;
    harness.misuse_task = task;
    harness.misuse_status = status;
}

void harness_idle(void) {
    if (harness.idle != NULL) {
        harness.idle();
    }
    harness_in_idle();
}

void harness_tick(void) {
    harness_in_tick();
}

// --- checks

static inline void harness_fail(int line, const char *text, long got, long wanted) {
    if (harness.failed_line == 0) {
        harness.failed_line = line;
        harness.failed_text = text;
        harness.got = got;
        harness.wanted = wanted;
    }
    harness_abort();
}

void harness_panic(const char *why) {
    harness_fail(0, why, 0, 0);
}

// The invariants are checked wherever a test checks anything.
static inline void harness_invariants(int line) {
    const char *broken = trt_check();
    if (broken != NULL) {
        harness_fail(line, broken, 0, 0);
    }
}

static inline void harness_check(bool holds, int line, const char *text) {
    if (!holds) {
        harness_fail(line, text, 0, 1);
    }
    harness_invariants(line);
}

static inline void harness_check_equal(long got, long wanted, int line, const char *text) {
    if (got != wanted) {
        harness_fail(line, text, got, wanted);
    }
    harness_invariants(line);
}

static inline void harness_check_log(const char *wanted, int line) {
    if (strcmp(harness.log, wanted) != 0) {
        harness_fail(line, harness.log, 0, 1);
    }
    harness.log_length = 0;
    harness.log[0] = '\0';
    harness_invariants(line);
}

static inline void harness_check_misuse(const char *call, const void *object, int status,
                                        int line) {
    harness_check_equal(harness.misuses, 1, line, HARNESS_TEXT("misuses"));
    if (call != NULL && strcmp(harness.misuse_call, call) != 0) {
        harness_fail(line, harness.misuse_call, 0, 1);
    }
    harness_check(harness.misuse_object == object, line, HARNESS_TEXT("the object of the misuse"));
    harness_check_equal(harness.misuse_status, status, line,
                        HARNESS_TEXT("the status of the misuse"));
    harness.misuses = 0;
}

#define CHECK(condition) \
    harness_check((condition) ? true : false, __LINE__, HARNESS_TEXT(#condition))
#define CHECK_EQ(got, wanted) \
    harness_check_equal((long)(got), (long)(wanted), __LINE__, HARNESS_TEXT(#got))

// The notes since the last CHECK_LOG are these.
#define CHECK_LOG(wanted) harness_check_log(wanted, __LINE__)

// Exactly one misuse since the last time, by this call, on this object, with this status.
#define CHECK_MISUSE(call, object, status) \
    harness_check_misuse(HARNESS_TEXT(call), object, status, __LINE__)

static inline void note(char event) {
    if (harness.log_length < HARNESS_LOG - 1) {
        harness.log[harness.log_length++] = event;
        harness.log[harness.log_length] = '\0';
    }
}

// --- tasks

#define ARG(value) ((void *)(uintptr_t)(value))
#define LETTER(arg) ((char)(uintptr_t)(arg))
#define INDEX(arg) ((unsigned)(uintptr_t)(arg))

// Start helper `i` with a function and a small value for an argument.
static inline trt_task_t *spawn(unsigned i, uint8_t priority, trt_task_fn_t fn, uintptr_t value) {
    static const char names[][3] = {"h0", "h1", "h2", "h3", "h4"};
    CHECK(i < HELPERS);
    CHECK_EQ(trt_task_create(&helper[i], names[i], fn, priority, helper_stack[i],
                             sizeof helper_stack[i]),
             TRT_OK);
    CHECK_EQ(trt_task_start(&helper[i], ARG(value)), TRT_OK);
    return &helper[i];
}

// Let every less urgent task run until it waits.
static inline void let_run(void) {
    CHECK_EQ(trt_delay(1), TRT_OK);
}

// A helper that does one thing: note its letter.
static inline void noter(void *letter) {
    note(LETTER(letter));
}

// --- running a test

static inline void harness_clear(void) {
    memset(&harness, 0, sizeof harness);
}

static inline void harness_stop_helpers(void) {
    for (unsigned i = 0; i < HELPERS; i++) {
        if (trt_task_state(&helper[i]) != TRT_TASK_ENDED &&
            trt_task_state(&helper[i]) != TRT_TASK_INVALID) {
            CHECK_EQ(trt_task_stop(&helper[i]), TRT_OK);
        }
    }
}

// One test, in the runner.
static inline void harness_run_body(void) {
    harness.body();
    harness.idle = NULL;
    harness_stop_helpers();
    CHECK(harness.misuses == 0);
    harness.finished = true;
}

#ifdef HARNESS_PORT_FILE
#include HARNESS_PORT_FILE
#else
#include "harness_host.h"
#endif

#define KTEST(suite, name) KTEST_WITH(suite, name, NULL, (trt_tick_t)(HARNESS_START))

// A test that begins at tick `start`.
#define KTEST_AT(suite, name, start) KTEST_WITH(suite, name, NULL, start)

// A test of which `main_part` runs before trt_start.
#define KTEST_FROM_MAIN(suite, name, main_part) KTEST_WITH(suite, name, main_part, 0)

#define KTEST_WITH(suite, name, main_part, start)                   \
    static void suite##_##name(void);                               \
    HARNESS_REGISTER(suite, name, suite##_##name, main_part, start) \
    static void suite##_##name(void)

#endif // HARNESS_H
