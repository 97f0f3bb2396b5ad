// The longest stretch of instructions with interrupts shut out, for every call: an interrupt is
// armed for each instruction of the call in turn, and the longest time that one had to wait counts,
// from the first instruction that shut it out to the one that let it in. What follows from the call
// counts too: the switch, and how the next task returns from its own call. Each call in the hardest
// case known, and in others.
#define TINYRTOS_NOTES 1
#define TINYRTOS_MAIL 1
#include "landing.h"

#define CALLS_STACK 640
#include "../sweep/calls.h"

static volatile bool came;
static volatile bool over; // the call and what follows
static uint32_t longest;

static void landed(unsigned line, const uint32_t *frame, uint32_t late) {
    (void)frame;
    if (line == 1) {
        act();
        return;
    }
    came = true;
    uint32_t waited = landing_waited(landing_n, late);
    if (!over && waited > longest) longest = waited;
}

static void then(void) {
    over = true;
}

static void i_give(void) {
    LANDING_REG(0xE000E200u) = 1ul << 9, landing_barrier();
}

// --- one run

static const case_t *measured;
static volatile bool begun;

// Task i of the crowd is made anew each time, and so is the caller.
static void call(void *to_preempted) {
    measured->before();
    act = measured->in_interrupt;
    if (to_preempted != NULL && trtk.sched_locks == 0) (void)trt_delay(1);
    begun = true;
    arm(0, landing_n);
    measured->make();
    over = true;
}

static void clean_up(void) {
    disarm(0);
    for (unsigned i = 0; i < CROWD; i++) {
        (void)trt_timer_stop(&timers[i]);
        stop(&crowd[i]);
    }
    stop(&caller);
    CHECK_INVARIANTS();
}

// The least urgent task, to which a caller that waits leaves the processor. It is found by an
// exception return if an interrupt has preempted it, else by a switch between two calls.
static bool run_once(const case_t *each, uint32_t n, bool preempted) {
    landing_n = n;
    watch(10000000u);
    measured = each;
    came = over = begun = false;
    make_objects();
    (void)trt_task_create(&caller, "caller", call, CALLER_PRIORITY, caller_stack,
                          sizeof caller_stack);
    (void)trt_task_start(&caller, preempted ? &caller : NULL);
    while (!begun) tick();
    over = true;
    bool goes_on = came;
    for (unsigned i = 0; i < 50 && !came; i++) landing_barrier(); // it may be about to come
    clean_up();
    return goes_on;
}

static uint32_t all_runs;

static void measure(const case_t *each) {
    longest = 0;
    landing_what = each->call;
    landing_action = each->when;
    for (unsigned preempted = 0; preempted < 2; preempted++) {
        for (uint32_t n = 1; run_once(each, n, preempted != 0); n++) all_runs++;
    }
    say("# masked: ");
    say(each->call);
    if (each->when[0] != '\0') say(", ");
    say(each->when);
    say_named(": ", longest);
    say("\n");
}

static void run_all(void *unused) {
    (void)unused;
    for (unsigned i = 0; i < CASES; i++) measure(&cases[i]);
    say_named("# runs: ", all_runs);
    say("\n");
    landing_ok("masked");
    landing_end();
}

// Here the timer that measures is the most urgent, so that nothing but the mask makes it wait.
int main(void) {
    landing_start();
    landing_prioritise(LANDING_IRQ, 0x20);
    landing_prioritise(LANDING_IRQ + 1u, 0x40);
    CHECK(trt_task_create(&runner, "runner", run_all, 7, runner_stack, sizeof runner_stack) ==
          TRT_OK);
    CHECK(trt_task_start(&runner, NULL) == TRT_OK);
    (void)trt_start();
    CHECK(false);
}
