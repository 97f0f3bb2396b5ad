// The figures of the host port: each the cost of one thing divided by that of another, both
// measured in this run, so that no goal depends on the machine. How long things take here is said
// in remarks. Built and run by `tools/bench host`.
//   prints: name,value,unit,goal,ok
#define _GNU_SOURCE
#include <stdio.h>
#include <time.h>
#include <ucontext.h>

#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

enum {
    CROWD = 1000,
    OPERATIONS = 20000, // timed at least, in one go
    GOES = 9,           // of each; the fastest counts: a busy machine slows all
    URGENT = 1,         // priorities
    OWN = 3,
    STACK = 64, // which the host rounds up
    LINE = 0
};

static trt_task_t measuring, crowd[CROWD];
static TRT_STACK_DEFINE(measuring_stack, STACK);
static TRT_STACK_DEFINE(crowd_stack[CROWD], STACK);
TRT_SEM_DEFINE(sem, 0, 1000);
static bool all_ok = true;

// What is measured, among so many others. `run` says how many operations its rounds were.
typedef struct {
    const char *name;
    void (*prepare)(unsigned others);
    unsigned (*run)(unsigned rounds);
    bool in_task; // or in the driver
} operation_t;

static void report(const char *name, double value, const char *unit, char relation, double goal) {
    bool ok = relation == '>' ? value >= goal : value <= goal;
    if (!ok) all_ok = false;
    printf("%s,%.3f,%s,%c=%g,%s\n", name, value, unit, relation, goal, ok ? "yes" : "no");
}

// --- the clock: processor time

static double ns_each;

static double processor_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

// The first round warms up.
static void time_it(const operation_t *operation) {
    unsigned rounds = OPERATIONS / operation->run(1) + 1;
    double begin = processor_ns();
    unsigned done = operation->run(rounds);
    ns_each = (processor_ns() - begin) / done;
}

static void time_in_task(void *operation) {
    time_it((const operation_t *)operation);
    trt_host_stop();
}

static void start(trt_task_t *which, trt_task_fn_t fn, void *arg, uint8_t priority,
                  trt_stack_t *stack) {
    (void)trt_task_create(which, "task", fn, priority, stack, STACK);
    (void)trt_task_start(which, arg);
}

// In a kernel that has just started, when the others have come to where they wait.
static double ns_of(operation_t *operation, unsigned others) {
    (void)trt_host_reset();
    operation->prepare(others);
    if (operation->in_task) start(&measuring, time_in_task, operation, OWN, measuring_stack);
    (void)trt_host_run_until_idle();
    if (!operation->in_task) time_it(operation);
    return ns_each;
}

// --- what the others do

static unsigned all; // who measures included
static unsigned long periods;

static void crowd_of(unsigned others, trt_task_fn_t fn, uint8_t priority) {
    all = others + 1;
    for (unsigned i = 0; i < others; i++) start(&crowd[i], fn, &crowd[i], priority, crowd_stack[i]);
}

// All do so by the same instruction, which a processor foresees.
__attribute__((noinline)) static unsigned yield(unsigned rounds) {
    for (unsigned i = 0; i < rounds; i++) (void)trt_yield();
    return rounds * all;
}

static void yield_on(void *unused) {
    (void)unused;
    for (;;) (void)yield(OPERATIONS);
}

static void yielding(unsigned others) {
    crowd_of(others, yield_on, OWN);
}

// Each until another moment, in three weeks.
static void sleep_long(void *self) {
    for (;;) (void)trt_delay(2000000000u + (trt_tick_t)((trt_task_t *)self - crowd));
}

static void asleep(unsigned others) {
    crowd_of(others, sleep_long, URGENT);
}

static void take_on(void *unused) {
    (void)unused;
    for (;;) (void)trt_sem_take(&sem, TRT_FOREVER);
}

static void give(void *unused) {
    (void)unused;
    (void)trt_sem_give(&sem);
}

static void taking(unsigned others) {
    crowd_of(others, take_on, URGENT);
    (void)trt_host_handler(LINE, give, NULL);
}

static void be_periodic(void *self) {
    static const trt_tick_t period[] = {1, 2, 5, 10, 20, 50, 100, 1000};
    trt_tick_t last = trt_now();
    for (;;) {
        (void)trt_delay_until(&last, period[((trt_task_t *)self - crowd) % 8], NULL);
        periods++;
    }
}

static void periodic(unsigned others) {
    crowd_of(others, be_periodic, URGENT);
}

// --- what is measured

static unsigned tick(unsigned rounds) {
    for (unsigned i = 0; i < rounds; i++) (void)trt_host_advance(1);
    return rounds;
}

static unsigned give_and_take(unsigned rounds) {
    for (unsigned i = 0; i < rounds; i++) {
        (void)trt_sem_give(&sem);
        (void)trt_sem_take(&sem, TRT_FOREVER);
    }
    return rounds;
}

static unsigned wake(unsigned rounds) {
    for (unsigned i = 0; i < rounds; i++) (void)trt_sem_give(&sem);
    return rounds;
}

static unsigned step(unsigned rounds) {
    for (unsigned i = 0; i < rounds; i++) {
        (void)trt_host_raise(LINE);
        (void)trt_host_run_until_idle();
    }
    return rounds;
}

static unsigned run_periods(unsigned rounds) {
    unsigned long before = periods;
    for (unsigned i = 0; i < rounds; i++) (void)trt_host_run(TRT_SECONDS(1));
    return (unsigned)(periods - before);
}

static unsigned run_second(unsigned rounds) {
    for (unsigned i = 0; i < rounds; i++) (void)trt_host_run(TRT_SECONDS(1));
    return rounds;
}

static unsigned run_day(unsigned rounds) {
    for (unsigned i = 0; i < rounds; i++) (void)trt_host_run(TRT_SECONDS(86400));
    return rounds;
}

// --- the C library's own switch

static ucontext_t contexts[CROWD];
static uint8_t context_stack[CROWD][16384];

__attribute__((noinline)) static void swap_from(unsigned self, unsigned rounds) {
    for (unsigned i = 0; i < rounds; i++) swapcontext(&contexts[self], &contexts[(self + 1) % all]);
}

static void swap_on(int self) {
    for (;;) swap_from((unsigned)self, OPERATIONS);
}

static void swapping(unsigned others) {
    all = others + 1;
    for (unsigned i = 1; i < all; i++) {
        getcontext(&contexts[i]);
        contexts[i].uc_stack.ss_sp = context_stack[i];
        contexts[i].uc_stack.ss_size = sizeof context_stack[i];
        makecontext(&contexts[i], (void (*)(void))swap_on, 1, (int)i);
    }
}

static unsigned swap(unsigned rounds) {
    swap_from(0, rounds);
    return rounds * all;
}

// --- the figures

static operation_t a_swapcontext = {"a switch by swapcontext", swapping, swap, false},
                   a_yield = {"a switch by trt_yield", yielding, yield, true},
                   a_tick = {"a tick", asleep, tick, true},
                   uncontended = {"giving and taking a semaphore", asleep, give_and_take, true},
                   a_wake = {"waking the first of those who wait", taking, wake, true},
                   a_step = {"an interrupt and a run until idle", taking, step, false},
                   a_period = {"a period of a task", periodic, run_periods, false},
                   a_second = {"an idle second", asleep, run_second, false},
                   a_day = {"an idle day", asleep, run_day, false};

typedef struct {
    operation_t *operation;
    unsigned others;
} cost_t;

// How much dearer than the unit the cost may be (<), or must be (>). Among 1000 tasks: as among few,
// but for the processor's caches. A day has 86400 times the ticks, and looks twice as often: once
// for each bit of the time.
static const struct {
    const char *name;
    cost_t cost, unit;
    char relation;
    double goal;
} lines[] = {
    {"swapcontext against trt_yield (2 tasks)", {&a_swapcontext, 1}, {&a_yield, 1}, '>', 10},
    {"swapcontext against trt_yield (20 tasks)", {&a_swapcontext, 19}, {&a_yield, 19}, '>', 10},
    {"swapcontext against trt_yield (1000 tasks)", {&a_swapcontext, 999}, {&a_yield, 999}, '>', 10},
    {"tick against give and take (20 asleep)", {&a_tick, 20}, {&uncontended, 20}, '<', 3},
    {"tick: 1000 asleep against 20", {&a_tick, 1000}, {&a_tick, 20}, '<', 1.5},
    {"wake against a switch (20 wait)", {&a_wake, 20}, {&a_yield, 19}, '<', 15},
    {"wake: 1000 wait against 20", {&a_wake, 1000}, {&a_wake, 20}, '<', 1.5},
    {"run-until-idle step against a wake (20 wait)", {&a_step, 20}, {&a_wake, 20}, '<', 3},
    {"run-until-idle step: 1000 wait against 20", {&a_step, 1000}, {&a_step, 20}, '<', 1.5},
    {"period against a wake (20 tasks)", {&a_period, 20}, {&a_wake, 20}, '<', 2},
    {"period: 1000 tasks against 20", {&a_period, 1000}, {&a_period, 20}, '<', 1.5},
    {"idle day against an idle second (20 asleep)", {&a_day, 20}, {&a_second, 20}, '<', 10},
};

static void remark(const cost_t *cost, double ns) {
    printf("# %s, %u others: %.1f ns, %.3g a second\n", cost->operation->name, cost->others, ns,
           1e9 / ns);
}

static double faster(double best, const cost_t *cost) {
    double ns = ns_of(cost->operation, cost->others);
    return ns < best ? ns : best;
}

static void bench(void) {
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        double cost = 1e9, unit = 1e9;
        for (int go = 0; go < GOES; go++) {
            cost = faster(cost, &lines[i].cost);
            unit = faster(unit, &lines[i].unit);
        }
        remark(&lines[i].cost, cost);
        remark(&lines[i].unit, unit);
        report(lines[i].name, cost / unit, "times", lines[i].relation, lines[i].goal);
    }
}

static void remark_on_a_minute(void) {
    double ns = ns_of(&a_period, 8);
    unsigned long before = periods;
    (void)trt_host_run(TRT_SECONDS(60));
    printf("# 60 s with 8 periodic tasks: %.1f ms\n", ns * (double)(periods - before) / 1e6);
}

// --- fairness: how far equal tasks that yield come apart, looked at after any number of calls

enum { EQUALS = 5, LOOKS = 1000 };

static unsigned long rounds[EQUALS];

static void go_round(void *self) {
    for (;;) {
        rounds[(trt_task_t *)self - crowd]++;
        (void)trt_yield();
    }
}

static void stop(void *unused) {
    (void)unused;
    trt_host_stop();
}

static unsigned long apart(void) {
    unsigned long most = rounds[0], least = rounds[0];
    for (int i = 1; i < EQUALS; i++) {
        if (rounds[i] > most) most = rounds[i];
        if (rounds[i] < least) least = rounds[i];
    }
    return least == 0 ? most : most - least;
}

static void bench_fairness(void) {
    unsigned long farthest = 0;
    (void)trt_host_reset();
    crowd_of(EQUALS, go_round, OWN);
    (void)trt_host_handler(LINE, stop, NULL);
    for (uint32_t calls = 1; calls <= LOOKS; calls++) {
        (void)trt_host_raise_after(LINE, calls);
        (void)trt_host_run_until_idle();
        if (apart() > farthest) farthest = apart();
    }
    printf("# %lu rounds\n", rounds[0]);
    report("fairness: between the first and the last of 5", (double)farthest, "rounds", '<', 1);
}

int main(void) {
    printf("# cc " __VERSION__ ", " FLAGS "; the default configuration; processor time\n");
    printf("name,value,unit,goal,ok\n");
    bench();
    remark_on_a_minute();
    bench_fairness();
    return !all_ok;
}
