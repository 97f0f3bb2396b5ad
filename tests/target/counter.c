// The counter made of SysTick: an interrupt at every instruction of a tick, its handler included,
// reads it, and so does the task that was interrupted. It never goes back, and it goes with another
// clock: the second timer of the board, which counts as fast. With it, delays are fine (row C6) and
// run times add up. Without run times only tasks read it, and no tick counts cycles for it.
#define TINYRTOS_CM_SYSTICK 1
#define TINYRTOS_CPU_HZ 25000000ul
#define TINYRTOS_TICK_HZ 12500
#ifndef TINYRTOS_RUN_TIME_STATS
#define TINYRTOS_RUN_TIME_STATS 1
#endif
#include "landing.h"

#ifndef SWEEP_STEP
#define SWEEP_STEP 7u
#endif

enum { PERIOD = 2000, TASKS = 3, STACK = 512, SKEW = 3, LOOKING = 50, ROUNDS = 500 };

static trt_task_t pool[TASKS];
static TRT_STACK_DEFINE(pool_stack[TASKS], STACK);
static uint32_t counter_began, clock_began, last;
static volatile uint32_t landings, in_tick, before_count;

static uint32_t clock_now(void) {
    return ~LANDING_VALUE(1);
}

// Both, always by the same instructions: so they are always as far apart.
static __attribute__((noinline)) uint32_t read_both(uint32_t *clock) {
    *clock = clock_now();
    return trtp_counter();
}

// One look, with the lock held.
static void look(void) {
    uint32_t clock;
    uint32_t counter = read_both(&clock);
    uint32_t before = clock - clock_began;
    uint32_t after = clock_now() - clock_began;
    CHECK(counter - last < UINT32_MAX / 2u);
    last = counter;
    counter -= counter_began;
    CHECK(counter + SKEW >= before && counter <= after + SKEW);
}

static void look_locked(void) {
    trt_critical_t found = trt_critical_enter();
    look();
    trt_critical_exit(found);
}

static void landed(unsigned timer, const uint32_t *frame, uint32_t late) {
    (void)timer, (void)late;
    landings++;
    bool is_in_tick = (frame[7] & 0x1FFu) == 15;
    if (is_in_tick) in_tick++;
    if (is_in_tick && frame[6] == ((uintptr_t)SysTick_Handler & ~(uintptr_t)1)) before_count++;
    if (TINYRTOS_RUN_TIME_STATS) look_locked();
}

static void wait_for_tick(void) {
    for (trt_tick_t now = trt_now(); now == trt_now();) continue;
}

// (To say something takes QEMU more than a tick, in which nothing is run.)
static void begin(const char *what) {
    landing_what = what;
    wait_for_tick();
    trt_critical_t found = trt_critical_enter();
    counter_began = last = read_both(&clock_began);
    trt_critical_exit(found);
}

static void sweep(void) {
    begin("counter");
    for (uint32_t n = 1; n < 3u * PERIOD; n += SWEEP_STEP) {
        landing_n = n;
        watch(10000000u);
        uint32_t before = landings;
        wait_for_tick();
        arm(0, n);
        do look_locked();
        while (landings == before);
    }
    CHECK_INVARIANTS();
    say_named("# points ", landings);
    say_named(", in the handler of the tick ", in_tick);
    say_named(", before its first instruction ", before_count);
    say("\n");
    CHECK(in_tick > 0);
    CHECK(before_count > 0 || SWEEP_STEP > 1u);
    landing_ok("the counter goes on under an interrupt at every instruction of a tick");
}

// A tick that is held back counts, whether anybody looks meanwhile or not.
static void hold_ticks_back(void) {
    begin("held back");
    for (uint32_t n = 0; n < PERIOD / 2u; n++) {
        trt_critical_t found = trt_critical_enter();
        while ((LANDING_ICSR & 1ul << 26) == 0) continue; // PENDSTSET
        for (uint32_t from = clock_now(); clock_now() - from < n;) {
            if (n % 2u != 0) look();
        }
        look();
        trt_critical_exit(found);
        look_locked();
    }
    landing_ok("the counter goes on while a tick waits");
}

// --- delays

// Never too short, and too long by less than a tick.
static void delay_finely(void) {
    begin("delay");
    for (uint32_t cycles = 0; cycles < 20u * PERIOD; cycles += 1u + cycles / 30u) {
        const uint32_t cycle = 1000000000u / TINYRTOS_CPU_HZ; // ns
        uint32_t began = clock_now();
        CHECK(trt_delay_ns((uint64_t)cycles * cycle) == TRT_OK);
        uint32_t passed = clock_now() - began;
        CHECK(passed >= cycles && passed <= cycles + PERIOD);
    }
    landing_ok("C6 delays are as exact as the counter");
}

// --- run times

#if TINYRTOS_RUN_TIME_STATS

static uint32_t turns[TASKS];

static void take_turns(void *index) {
    for (;;) {
        turns[(uintptr_t)index]++;
        (void)trt_yield();
    }
}

// How much longer time has passed than all tasks together have run.
static uint32_t missing(void) {
    uint32_t sum = 0;
    trt_critical_t found = trt_critical_enter();
    for (unsigned i = 0; i < TASKS; i++) sum += trt_task_run_time(&pool[i]);
    uint32_t missing = trtp_counter() - sum;
    trt_critical_exit(found);
    return missing;
}

// While no task is idle, what the tasks have run is the time that passes.
static void add_up(void) {
    begin("run times");
    for (unsigned i = 1; i < TASKS; i++)
        CHECK(trt_task_start(&pool[i], (void *)(uintptr_t)i) == TRT_OK);
    uint32_t before = missing();
    for (unsigned round = 0; round < ROUNDS; round++) {
        (void)trt_yield();
        CHECK(missing() - before + LOOKING <= 2u * LOOKING);
    }
    for (unsigned i = 0; i < TASKS; i++) CHECK(trt_task_run_time(&pool[i]) > 10u * PERIOD);
    CHECK(turns[1] >= ROUNDS && turns[2] >= ROUNDS);
    landing_ok("run times add up to the time that passes");
}

#else
static void take_turns(void *index) {
    (void)index;
}

static void add_up(void) {}
#endif

static void run_all(void *unused) {
    (void)unused;
    sweep();
    hold_ticks_back();
    delay_finely();
    add_up();
    landing_end();
}

int main(void) {
    landing_start();
    landing_pace();
    landing_count();
    for (unsigned i = 0; i < TASKS; i++)
        CHECK(trt_task_create(&pool[i], "p", i == 0 ? run_all : take_turns, 3, pool_stack[i],
                              sizeof pool_stack[i]) == TRT_OK);
    CHECK(trt_task_start(&pool[0], NULL) == TRT_OK);
    (void)trt_start();
    CHECK(false);
}
