// Tickless idle against another clock, the second timer of the board: time is right whenever an
// interrupt or a task looks, wakes come at their ticks, and thousands of sleeps that are cut short
// at every phase leave the ticks where they were (bug classes 20, 21). It passes without tickless
// idle too, and with the same events at the same ticks (test_same.py).
#ifndef TINYRTOS_TICKLESS
#define TINYRTOS_TICKLESS 1
#endif
#define TINYRTOS_CM_SYSTICK 1
#define TINYRTOS_CPU_HZ 25000000ul
#define TINYRTOS_TICK_HZ 6250
static void count_tick(void);
#define TINYRTOS_TICK_HOOK() count_tick()
#include "landing.h"

#ifndef SWEEP_STEP
#define SWEEP_STEP 7u
#endif

enum {
    PERIOD = 4000, // cycles of a tick
    LATE = 2000,   // cycles, at most, from a tick to whoever waits for it
    LOOKING = 64,  // cycles, at most, until a tick is seen
    FARTHEST = 5 * PERIOD,
    BLOCK = 1000, // sleeps; for each QEMU may lose a part of a cycle, as it rounds
    STACK = 512,
    TASKS = 3
};

static trt_sem_t sem;
static trt_timer_t timer;
static trt_task_t pool[TASKS], runner;
static TRT_STACK_DEFINE(pool_stack[TASKS], STACK);
static TRT_STACK_DEFINE(runner_stack, STACK);
static uint32_t tick_interrupts, wakes, sleeps, origin;
static trt_tick_t first_tick;
static volatile bool over;

static void count_tick(void) {
    tick_interrupts++;
}

static uint32_t clock_now(void) {
    return ~LANDING_VALUE(1) - origin;
}

static void wait_for_tick(void) {
    for (trt_tick_t now = trt_now(); now == trt_now();) continue;
}

// From here on it is known when each tick should come. (To say something takes QEMU more than a
// tick, in which nothing is run.)
static void begin(const char *what) {
    landing_what = what;
    watch(200000000u);
    wait_for_tick();
    wait_for_tick();
    origin += clock_now();
    first_tick = trt_now();
    tick_interrupts = wakes = sleeps = 0;
}

// The kernel's time is the clock's; a tick may be about to be counted.
static void check_time(void) {
    trt_critical_t found = trt_critical_enter();
    uint32_t cycles = clock_now();
    trt_tick_t passed = trt_now() - first_tick;
    trt_critical_exit(found);
    CHECK(passed == cycles / PERIOD || passed == (cycles + LATE) / PERIOD ||
          passed == (cycles - LATE) / PERIOD);
}

// --- each moment

static void landed(unsigned line, const uint32_t *frame, uint32_t late) {
    (void)line, (void)frame, (void)late;
    wakes++;
    check_time();
    CHECK(trt_sem_give(&sem) == TRT_OK);
}

// Cycles by which ticks come later than they should.
static uint32_t drift(void) {
    wait_for_tick();
    return (clock_now() + PERIOD / 2u) % PERIOD - PERIOD / 2u;
}

static void check_drift(uint32_t most) {
    uint32_t late = drift();
    if (late + most > 2u * most) landing_fail(__FILE__, __LINE__, "the ticks have drifted");
    CHECK(wakes + sleeps > 0);
    CHECK(!TINYRTOS_TICKLESS || tick_interrupts < trt_now() - first_tick);
    say_named("# sleeps ", sleeps);
    say_named(", cut short ", wakes);
    say_named(", ticks ", trt_now() - first_tick);
    say_named(", interrupts ", tick_interrupts);
    say_named(", cycles of drift ", (int32_t)late < 0 ? 0u - late : late);
    say("\n");
}

// A wait that lasts.
static void sleep_whole(void) {
    begin("whole sleeps");
    for (trt_tick_t ticks = 0; ticks < 120; ticks++) {
        wait_for_tick();
        trt_tick_t before = trt_now();
        CHECK(trt_sem_take(&sem, ticks % 40u + 1u) == TRT_ERR_TIMEOUT);
        CHECK(trt_now() - before == ticks % 40u + 2u);
        CHECK(clock_now() % PERIOD < LATE);
        check_time();
        sleeps++;
    }
    check_drift(LOOKING);
    landing_ok("bug20 a sleep ends at its tick, and no cycle is lost");
}

// Waits that an interrupt ends, at every phase of the sleep.
static void sleep_cut_short(const char *what, uint32_t step, trt_tick_t timeout) {
    for (uint32_t n = 1; n < FARTHEST;) {
        begin(what);
        for (uint32_t end = n + BLOCK * step; n < end; n += step) {
            landing_n = n;
            arm(0, n);
            CHECK(trt_sem_take(&sem, timeout) == TRT_OK);
            check_time();
            sleeps++;
        }
        CHECK(wakes == sleeps);
        check_drift(LOOKING + wakes);
    }
    landing_ok(what);
}

// --- a program

static uint32_t trace, events;

static void event(uint32_t what) {
    trace = (trace ^ what ^ (trt_now() - first_tick) << 8) * 16777619u;
    events++;
}

static void on_timer(void *unused) {
    (void)unused;
    event(1);
}

static void take_in_time(void *unused) {
    (void)unused;
    while (!over) event(trt_sem_take(&sem, 13) == TRT_OK ? 2 : 3);
}

static void delay_each_length(void *unused) {
    (void)unused;
    for (trt_tick_t ticks = 0; !over; ticks = (ticks + 1) % 40) {
        CHECK(trt_delay(ticks) == TRT_OK);
        event(4);
    }
}

static void keep_a_period(void *unused) {
    (void)unused;
    for (trt_tick_t last = trt_now(); !over;) {
        CHECK(trt_delay_until(&last, 7, NULL) == TRT_OK);
        event(5);
    }
}

// In the middle of a tick, so that both builds are at the same tick.
static void interrupt_at(uint32_t tick) {
    arm(0, tick * PERIOD + PERIOD / 2u - clock_now());
}

static void start(trt_task_t *task, trt_task_fn_t fn, uint8_t priority, trt_stack_t *stack) {
    CHECK(trt_task_create(task, "t", fn, priority, stack, STACK) == TRT_OK);
    CHECK(trt_task_start(task, NULL) == TRT_OK);
}

static void run_a_program(void) {
    static const trt_task_fn_t fns[TASKS] = {take_in_time, delay_each_length, keep_a_period};
    begin("a program");
    CHECK(trt_timer_init(&timer, "t", on_timer, NULL, 11, TRT_PERIODIC) == TRT_OK);
    CHECK(trt_timer_start(&timer) == TRT_OK);
    for (uint8_t i = 0; i < TASKS; i++) start(&pool[i], fns[i], (uint8_t)(2u + i), pool_stack[i]);
    for (uint32_t tick = 10; tick < 3000; tick += 5u + tick % 23u) {
        interrupt_at(tick);
        CHECK(trt_delay(first_tick + tick - trt_now()) == TRT_OK);
        check_time();
    }
    over = true;
    CHECK_INVARIANTS();
    CHECK(events > 900);
    say_named("# trace: events ", events);
    say_named(", sum ", trace);
    say("\n");
    landing_ok("bug20 a program runs as with all ticks");
}

static void run_all(void *unused) {
    (void)unused;
    sleep_whole();
    sleep_cut_short("bug20 a sleep can be cut short at any moment", SWEEP_STEP, 20);
    sleep_cut_short("bug21 no wake is slept through when nothing is due", 2u * SWEEP_STEP,
                    TRT_FOREVER);
    run_a_program();
    landing_end();
}

int main(void) {
    landing_start();
    landing_pace();
    landing_count();
    CHECK(trt_sem_init(&sem, 0, 100) == TRT_OK);
    start(&runner, run_all, 1, runner_stack);
    (void)trt_start();
    CHECK(false);
}
