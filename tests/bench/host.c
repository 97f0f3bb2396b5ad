// The figures of the host port, each a ratio or a bound that the issue set. Built and run by
// `tools/bench host`.
//   prints: name,value,unit,goal,ok
#define _GNU_SOURCE
#include <stdio.h>
#include <time.h>
#include <ucontext.h>

#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

static int failures;

static double processor_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void report(const char *name, double value, const char *unit, char relation, double goal) {
    bool ok = relation == '>' ? value >= goal : value <= goal;
    if (!ok) failures++;
    printf("%s,%.3f,%s,%c=%g,%s\n", name, value, unit, relation, goal, ok ? "yes" : "no");
}

// --- swapcontext against the kernel's own switch and a whole trt_yield, two contexts each, side by
// side

#define SWITCHES 400000

static ucontext_t main_context, other_context;
static uint8_t other_stack[65536];

static void swap_back(void) {
    for (;;) swapcontext(&other_context, &main_context);
}

static double swapcontext_ns(void) {
    getcontext(&other_context);
    other_context.uc_stack.ss_sp = other_stack;
    other_context.uc_stack.ss_size = sizeof other_stack;
    makecontext(&other_context, swap_back, 0);
    double begin = processor_seconds();
    for (int i = 0; i < SWITCHES / 2; i++) swapcontext(&main_context, &other_context);
    return (processor_seconds() - begin) * 1e9 / SWITCHES;
}

static void yielder(void *arg) {
    (void)arg;
    for (int i = 0; i < SWITCHES / 2; i++) trt_yield();
}

TRT_TASK_DEFINE(yielder_a, yielder, 1, 4096);
TRT_TASK_DEFINE(yielder_b, yielder, 1, 4096);

static double yield_ns(void) {
    trt_host_reset();
    trt_task_start(&yielder_a, NULL);
    trt_task_start(&yielder_b, NULL);
    double begin = processor_seconds();
    trt_start();
    return (processor_seconds() - begin) * 1e9 / SWITCHES;
}

// The best of several interleaved runs of each: a busy machine slows both.
static void bench_switch(void) {
    double theirs = 1e9, ours = 1e9;
    for (int run = 0; run < 9; run++) {
        double ns = swapcontext_ns();
        if (ns < theirs) theirs = ns;
        ns = yield_ns();
        if (ns < ours) ours = ns;
    }
    printf("# swapcontext %.1f ns, a switch by trt_yield %.1f ns\n", theirs, ours);
    report("switch rate against swapcontext", theirs / ours, "times", '>', 10);
}

// --- 60 simulated seconds, 8 periodic tasks

static unsigned long periods;

static void periodic(void *arg) {
    trt_tick_t period = *(const trt_tick_t *)arg, last = trt_now();
    for (;;) {
        trt_delay_until(&last, period, NULL);
        periods++;
    }
}

static trt_task_t tasks[8];
static TRT_STACK_DEFINE(stacks[8], 1024);

static void bench_periodic(void) {
    static trt_tick_t period[8] = {1, 2, 5, 10, 20, 50, 100, 1000};
    trt_host_reset();
    for (int i = 0; i < 8; i++) {
        trt_task_create(&tasks[i], "periodic", periodic, (uint8_t)(i % TINYRTOS_PRIORITIES),
                        stacks[i], sizeof stacks[i]);
        trt_task_start(&tasks[i], &period[i]);
    }
    double begin = processor_seconds();
    trt_host_run(60000);
    report("60 s at 1 kHz with 8 periodic tasks", (processor_seconds() - begin) * 1e3, "ms", '<',
           20);
    printf("# %lu periods\n", periods);
}

// --- a day in which every task waits

static void sleeper(void *arg) {
    (void)arg;
    trt_delay(TRT_SECONDS(86400));
}

static void bench_idle_day(void) {
    trt_host_reset();
    trt_task_create(&tasks[0], "sleeper", sleeper, 0, stacks[0], sizeof stacks[0]);
    trt_task_start(&tasks[0], NULL);
    double begin = processor_seconds();
    trt_start();
    report("an idle day", processor_seconds() - begin, "s", '<', 1);
}

int main(void) {
    printf("name,value,unit,goal,ok\n");
    bench_switch();
    bench_periodic();
    bench_idle_day();
    return failures != 0;
}
