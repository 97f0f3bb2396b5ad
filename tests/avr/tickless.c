// Tickless idle against the cycles that run.c counts: time is right whenever an interrupt or a task
// looks, wakes come at their ticks, and thousands of sleeps that are cut short at every phase leave
// the ticks where they were (bug classes 20, 21). All but the number of wakes is so without
// tickless idle too.
#ifndef TINYRTOS_TICKLESS
#define TINYRTOS_TICKLESS 1
#endif
#if !defined(TINYRTOS_CPU_HZ) && !defined(F_CPU)
#define TINYRTOS_CPU_HZ 16000000ul
#endif
#ifndef LONGEST // ticks that the timer can count in one go
#define LONGEST 262
#endif
#ifndef STEP
#define STEP 37
#endif
#define TINYRTOS_NAMES 0
#define TINYRTOS_AVR_PANIC_HOOK(why, task) ((void)(why), (void)(task), fail(__LINE__))
#define TINYRTOS_IDLE_HOOK() ((void)idles++)
#define TINYRTOS_TICK_HOOK() ((void)tick_interrupts++)
static unsigned idles, tick_interrupts;
static void fail(unsigned line);
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include "firmware.h"

#define PERIOD (TINYRTOS_CPU_HZ / TINYRTOS_TICK_HZ) // cycles of a tick
#ifndef SLACK // cycles between a tick and whoever sees it, at most, or for which it is seen early
#define SLACK 1500u
#endif
enum {
    LOOKING = 150, // cycles by which two looks at a tick differ, at most
    BLOCK = 500,   // sleeps between two looks at the drift
    STACK = RAMEND < 0x400 ? 180 : 280
};

static void on_timer(void *unused);

static TRT_SEM_DEFINE(sem, 0, 100);
static TRT_TIMER_DEFINE(timer, on_timer, NULL, 3, TRT_ONE_SHOT);

static uint32_t origin; // the clock at first_tick
static trt_tick_t first_tick;
static void (*act)(void); // what the interrupt does
static unsigned sleeps, wakes;
static trt_tick_t started_at, expired_at;

static void fail(unsigned line) {
    cli();
    SAY("line ");
    say_number((long)line);
    SAY(", after sleeps ");
    say_number((long)sleeps);
    SAY("\n");
    end_test(AVR_FAIL);
}

#define CHECK(condition) ((condition) ? (void)0 : fail(__LINE__))

// --- the other clock

static uint32_t cycles(void) {
    uint32_t now = 0;
    uint8_t found = SREG;
    cli();
    for (uint8_t i = 0; i < sizeof now; i++) ((uint8_t *)&now)[i] = query(AVR_CLOCK, i);
    SREG = found;
    return now - origin;
}

static void tell_number(uint32_t number) {
    for (uint8_t i = 4; i-- > 0;) tell(AVR_NUMBER, ((const uint8_t *)&number)[i]);
}

static void raise_after(uint8_t vector, uint32_t delay) {
    tell_number(delay);
    tell(AVR_ALARM, vector);
}

static void wait_for_tick(void) {
    for (trt_tick_t now = trt_now(); now == trt_now();) continue;
}

// The second takes no longer than others: it has not found a count of another length.
static void wait_for_usual_tick(void) {
    wait_for_tick();
    wait_for_tick();
}

// From here on it is known when each tick should come.
static void begin(void) {
    wait_for_usual_tick();
    origin += cycles();
    first_tick = trt_now();
    sleeps = wakes = 0;
}

// The kernel's time is the clock's; a tick may be about to be counted, or to come.
static void check_time(void) {
    trt_critical_t found = trt_critical_enter();
    uint32_t now = cycles();
    trt_tick_t passed = (trt_tick_t)(trt_now() - first_tick);
    trt_critical_exit(found);
    uint32_t begun = passed * PERIOD;
    CHECK(now + SLACK >= begun && now < begun + PERIOD + SLACK);
}

static void check_drift(void) {
    wait_for_usual_tick();
    uint32_t late = cycles() - (trt_tick_t)(trt_now() - first_tick) * PERIOD;
    CHECK(late + LOOKING <= 2u * LOOKING);
    SAY("sleeps ");
    say_number((long)sleeps);
    SAY(", cycles of drift ");
    say_number((int32_t)late);
    SAY("\n");
}

// --- what wakes

TRT_ISR(LINE_0) {
    wakes++;
    act();
}

// It asks the kernel for nothing.
ISR(LINE_1) {
    wakes++;
}

static void look_and_give(void) {
    check_time();
    CHECK(trt_sem_give(&sem) == TRT_OK);
}

// The next one may find idle asleep again, since this takes few cycles.
static void come_again(void) {
    act = look_and_give;
    (void)trt_now();
    tell(AVR_ALARM, VECTOR_NUMBER(LINE_0));
}

static void give(void) {
    CHECK(trt_sem_give(&sem) == TRT_OK);
}

static void start_timer(void) {
    CHECK(trt_timer_start(&timer) == TRT_OK);
    started_at = trt_now();
}

static void on_timer(void *unused) {
    (void)unused;
    expired_at = trt_now();
    check_time();
    give();
}

// --- tests

static void sleep_whole(void) {
    begin();
    for (trt_tick_t ticks = 0; ticks < 120; ticks++) {
        wait_for_tick();
        trt_tick_t before = trt_now();
        CHECK(trt_delay(ticks % 40 + 1) == TRT_OK);
        CHECK(trt_now() - before == ticks % 40 + 2);
        CHECK((cycles() + LOOKING) % PERIOD < SLACK);
        check_time();
        sleeps++;
    }
    check_drift();
}

// Waits that an interrupt ends, at every phase of the sleep.
static void sleep_cut_short(void (*action)(void), trt_tick_t timeout) {
    act = action;
    for (uint32_t n = 1; n < 5 * PERIOD;) {
        begin();
        for (uint16_t i = 0; i < BLOCK; i++, n += STEP) {
            raise_after(VECTOR_NUMBER(LINE_0), n);
            CHECK(trt_sem_take(&sem, timeout) == TRT_OK);
            check_time();
            sleeps++;
        }
        CHECK(wakes == sleeps);
        check_drift();
    }
}

static void cut_short_with_a_timeout(void) {
    sleep_cut_short(look_and_give, 20);
}

static void cut_short_with_nothing_due(void) {
    sleep_cut_short(look_and_give, TRT_FOREVER);
}

// What the interrupt asks first is not the time, but depends on it.
static void start_a_timer(void) {
    act = start_timer;
    begin();
    for (uint32_t n = 1; n < 5 * PERIOD; n += 10 * STEP) {
        raise_after(VECTOR_NUMBER(LINE_0), n);
        CHECK(trt_sem_take(&sem, TRT_FOREVER) == TRT_OK);
        CHECK(expired_at - started_at == 4);
        CHECK(trt_now() == expired_at);
        sleeps++;
    }
    check_drift();
}

static void ask_for_nothing(void) {
    begin();
    for (uint32_t n = 1; n < 5 * PERIOD; n += 10 * STEP) {
        trt_tick_t before = trt_now();
        raise_after(VECTOR_NUMBER(LINE_1), n);
        CHECK(trt_delay(5) == TRT_OK);
        CHECK(trt_now() - before == 6);
        check_time();
        sleeps++;
    }
    CHECK(wakes == sleeps);
    check_drift();
}

// An interrupt at each cycle about the end of a tick: one in the midst of the count, or (`timeout`
// 3) the one with which it ends.
static void land_about_a_tick(trt_tick_t timeout) {
    act = look_and_give;
    begin();
    for (uint16_t off = 0; off < 2 * SLACK; off++) {
        CHECK(trt_delay(1) == TRT_OK);
        trt_tick_t before = trt_now();
        uint32_t end = (before - first_tick + 4) * PERIOD;
        raise_after(VECTOR_NUMBER(LINE_0), end - SLACK + off - cycles());
        trt_status_t status = trt_sem_take(&sem, timeout);
        check_time();
        if (status != TRT_OK) {
            CHECK(status == TRT_ERR_TIMEOUT && trt_now() - before == timeout + 1);
            CHECK(trt_sem_take(&sem, 1) == TRT_OK);
        }
        sleeps++;
    }
    CHECK(wakes == sleeps);
    check_drift();
}

static void land_about_a_tick_under_way(void) {
    land_about_a_tick(20);
}

static void land_about_the_last_tick(void) {
    land_about_a_tick(3);
}

static void land_twice_about_a_tick(void) {
    begin();
    for (uint16_t off = 0; off < SLACK; off++) {
        act = come_again;
        CHECK(trt_delay(1) == TRT_OK);
        raise_after(VECTOR_NUMBER(LINE_0), 3 * PERIOD - SLACK + off - cycles() % PERIOD);
        tell_number(600u + off % 8u * 200u);
        CHECK(trt_sem_take(&sem, 20) == TRT_OK);
        check_time();
        sleeps++;
    }
    check_drift();
}

static void wake_rarely(void) {
    wait_for_tick();
    unsigned idle = idles, ticked = tick_interrupts;
    CHECK(trt_delay(3 * LONGEST) == TRT_OK);
    CHECK(!TINYRTOS_TICKLESS || (idles - idle <= 5 && tick_interrupts - ticked <= 4));
}

// [name, what it does], by WHICH_TEST.
#define TESTS(X)                                                                        \
    X("bug20 a sleep ends at its tick, and no cycle is lost", sleep_whole)              \
    X("bug20 a sleep can be cut short at any moment", cut_short_with_a_timeout)         \
    X("bug21 no wake is slept through when nothing is due", cut_short_with_nothing_due) \
    X("bug20 a timer that a wake starts expires at its tick", start_a_timer)            \
    X("bug20 an interrupt that makes no call does not move time", ask_for_nothing)      \
    X("bug20 an interrupt about the end of a tick", land_about_a_tick_under_way)        \
    X("bug20 two interrupts about the end of a tick", land_twice_about_a_tick)          \
    X("bug20 an interrupt about the end of the sleep", land_about_the_last_tick)        \
    X("C7 a long sleep has few wakes", wake_rarely)

#define COUNT_ONE(name, test) +1
#define RUN_ONE(name, test) \
    if (which-- == 0) SAY("@" name "\n"), test();

#define COUNTER TRTK_CAT(TCNT, TINYRTOS_AVR_TIMER)
#define COMPARE TRTK_CAT(TRTK_CAT(OCR, TINYRTOS_AVR_TIMER), A)

static void run(void *unused) {
    uint8_t which = WHICH_TEST;
    (void)unused;
    tell(AVR_COUNT, 0 TESTS(COUNT_ONE));
    tell_number((uint32_t)(uintptr_t)&COUNTER << 16 | (uint16_t)(uintptr_t)&COMPARE);
    tell(AVR_TIMER, sizeof COUNTER);
    TESTS(RUN_ONE)
    end_test(AVR_PASS);
}

TRT_TASK_DEFINE(runner, run, 1, STACK);

int main(void) {
    lines_enable();
    (void)trt_task_start(&runner, NULL);
    (void)trt_start();
}
