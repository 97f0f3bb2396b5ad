// Sweeps on the host (../sweep/frame.h): where an interrupt lands. For programs that this includes
// as SWEEP_PROGRAMS.
#ifndef HOST_SWEEP_H
#define HOST_SWEEP_H

#define TINYRTOS_HOST_CALLS_PER_TICK 0
static void on_event(void);
#define TINYRTOS_TRACE(event, task, object) on_event()
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h" // first: it says which parts of POSIX the system headers show

#include <criterion/criterion.h>
#include <stdio.h>

static char what[160]; // is under way

#define CHECK(condition) cr_assert(condition, "%s: %s", what, #condition)
#define CHECK_INVARIANTS() cr_assert_null(trt_check(), "%s: %s", what, trt_check())
#define SWEEP_STACK (64 * sizeof(trt_stack_t))
#define SWEEP_FLASH

// In an interrupt a tick comes at once; else time goes on until it does.
static void tick(void) {
    if (trt_in_interrupt()) trt_tick();
    else {
        CHECK(trt_host_run(1) == TRT_OK);
        CHECK_INVARIANTS();
    }
}

#include SWEEP_PROGRAMS

static unsigned line_under_way;

static unsigned caller(void) {
    if (trt_in_interrupt()) return INTERRUPT + line_under_way;
    const trt_task_t *self = trt_task_self();
    return self == NULL ? RUNNER : (unsigned)(self - pool);
}

// Under valgrind, which looks for other faults, every so many calls.
#ifdef RUNNING_ON_VALGRIND
#define STEP (RUNNING_ON_VALGRIND ? 11u : 1u)
#else
#define STEP 1u
#endif

// Interrupts come in before kernel calls of tasks (trt_host_raise_after), or at the first opening
// of the mask after so many events in the kernel: then also within the tick and other interrupts.
static struct {
    bool by_events;
    uint32_t left[2]; // for line 0 and 1; 0: never
} trigger;

static void on_event(void) {
    for (uint8_t line = 0; line < 2; line++) {
        if (trigger.left[line] != 0 && --trigger.left[line] == 0) (void)trt_host_raise(line);
    }
}

// --- one run

static void interrupt(void *which) {
    unsigned before = line_under_way;
    const trt_task_t *self = trt_task_self();
    bool begins_to_wait = self != NULL && trtk_is_waiting(self); // stands in some of its rings only
    run.came = true;
    if (!begins_to_wait) CHECK_INVARIANTS();
    line_under_way = (unsigned)(uintptr_t)which;
    run.act[line_under_way]();
    line_under_way = before;
}

// The first comes at line 1, the second at line 0.
static void arm(uintptr_t which, const action_t *action, uint32_t calls) {
    uint8_t line = (uint8_t)(1u - which);
    run.stops |= action->stops;
    run.act[which] = action->act;
    CHECK(trt_host_handler(line, interrupt, (void *)which) == TRT_OK);
    if (trigger.by_events) trigger.left[line] = calls;
    else CHECK(trt_host_raise_after(line, calls) == TRT_OK);
}

static void disarm(void) {
    memset(trigger.left, 0, sizeof trigger.left);
    (void)trt_host_handler(0, NULL, NULL);
    (void)trt_host_handler(1, NULL, NULL);
}

// Nobody waits for what has been deleted.
static void check_waits(void) {
    for (unsigned i = 0; i < run.tasks; i++) {
        bool waits = trtk_is_waiting(&pool[i]) && pool[i].legs == 1;
        CHECK(!waits || !trtk_is(pool[i].wait->object, 0));
    }
}

static void check_tasks_can_be_made_again(const program_t *program) {
    for (unsigned i = 0; i < run.tasks; i++)
        CHECK(trt_task_create(&pool[i], "p", program->task[i], 3, pool_stack[i],
                              sizeof pool_stack[i]) == TRT_OK);
}

// Returns false when the program makes no more than `calls` calls.
static bool run_once(const program_t *program, const action_t *first, const action_t *second,
                     uint32_t calls, uint32_t later) {
    snprintf(what, sizeof what, "%.24s, %.16s after %u%s%.16s", program->name, first->name,
             (unsigned)calls, second != NULL ? ", then " : "", second != NULL ? second->name : "");
    CHECK(trt_host_reset() == TRT_OK);
    disarm();
    set_up(program);
    arm(0, first, calls);
    if (second != NULL) arm(1, second, calls + later);
    CHECK(trt_host_run(TICKS) == TRT_OK);
    run.over = true;
    check_waits();
    disarm();
    end_run();
    check_tasks_can_be_made_again(program);
    return run.came;
}

static void sweep(const program_t *program, const action_t *first, const action_t *second,
                  uint32_t later) {
    uint32_t calls = 1;
    while (run_once(program, first, second, calls, later)) calls += STEP;
    cr_assert_gt(calls, 5, "%s makes hardly any calls", program->name);
}

// One interrupt, with every action.
static void sweep_program(unsigned p) {
    for (unsigned a = 0; a < ACTIONS; a++) sweep(&programs[p], &actions[a], NULL, 0);
}

#endif // HOST_SWEEP_H
