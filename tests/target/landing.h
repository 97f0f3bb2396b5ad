// Interrupts that land where we want: at an instruction. For QEMU's mps2 machines under -icount
// shift=6, where an instruction takes 64 ns and a tick of the CMSDK timers 40 (mps2-an505: 50): a timer that is
// armed at n = 1, 2, 3, ... fires before every instruction in turn. While the mask is up the
// interrupt waits, and how long is read from the timer that went on counting.
//
// A file says which options it needs, includes this, and defines landed(). It reports in TAP.
#ifndef LANDING_H
#define LANDING_H

static void landing_misuse(const char *call, int status);
static void landing_panic(const char *why);

#define TINYRTOS_MISUSE_HOOK(call, object, task, status) landing_misuse(call, status)
#define TINYRTOS_CM_PANIC_HOOK(why, task) ((void)(task), landing_panic(why))
#ifndef TINYRTOS_CM_SYSTICK
#define TINYRTOS_CM_SYSTICK 0 // SysTick stands still; tick() pends it
#endif
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include "../../ports/cortex-m/fault.c"
#include "say.h"

#define LANDING_REG(address) (*(volatile uint32_t *)(address))

#if __ARM_ARCH == 6
#include "landing_nrf51.h"
#else

// CMSDK timer n = 0, 1 is interrupt LANDING_IRQ + n; the dual timer is the next. mps2-an505 has
// them at 50 ns a tick.
#if __ARM_ARCH >= 8
#define LANDING_BASE 0x50000000
#define LANDING_HALF_NS 100u // half nanoseconds in a tick of a timer
#define LANDING_IRQ 3
#define LANDING_ISR(n) LANDING_ISR_##n
#define LANDING_ISR_0 IRQ3_Handler
#define LANDING_ISR_1 IRQ4_Handler
#define LANDING_ISR_2 IRQ5_Handler
#else
#define LANDING_BASE 0x40000000
#define LANDING_HALF_NS 80u
#define LANDING_IRQ 8
#define LANDING_ISR(n) LANDING_ISR_##n
#define LANDING_ISR_0 IRQ8_Handler
#define LANDING_ISR_1 IRQ9_Handler
#define LANDING_ISR_2 IRQ10_Handler
#endif
#define LANDING_TIMER(n) (LANDING_BASE + 0x1000u * (n))
#define LANDING_CTRL(n) LANDING_REG(LANDING_TIMER(n))
#define LANDING_VALUE(n) LANDING_REG(LANDING_TIMER(n) + 4u)
#define LANDING_RELOAD(n) LANDING_REG(LANDING_TIMER(n) + 8u)
#define LANDING_CLEAR(n) LANDING_REG(LANDING_TIMER(n) + 12u)
#define LANDING_AHEAD 0xFFFFFFu // what a timer goes on from when it has fired
#define LANDING_LATE(n, value) (LANDING_AHEAD - (value))

// The first of the CMSDK dual timer: ends a run that does not end.
#define LANDING_DOG_LOAD LANDING_REG(LANDING_BASE + 0x2000u)
#define LANDING_DOG_CTRL LANDING_REG(LANDING_BASE + 0x2008u)

// The second: QEMU sleeps in a WFI until one moment later than it should, of those at which any of
// its timers does something. A program that looks at the clock has this one do so often.
#define LANDING_PACE_LOAD LANDING_REG(LANDING_BASE + 0x2020u)
#define LANDING_PACE_CTRL LANDING_REG(LANDING_BASE + 0x2028u)
#define LANDING_PACE 200u // ticks of the timers

static inline void landing_stop(unsigned timer) {
    LANDING_CTRL(timer) = 0;
    LANDING_CLEAR(timer) = 1;
}

static inline void arm(unsigned timer, uint32_t n) {
    LANDING_VALUE(timer) = n;
    LANDING_CTRL(timer) = 9; // enable, interrupt
}

// Armed one after the other, so the second is off by the same few instructions always.
static inline void arm_both(uint32_t n, uint32_t m) {
    LANDING_VALUE(0) = n;
    LANDING_VALUE(1) = m;
    LANDING_CTRL(0) = 9;
    LANDING_CTRL(1) = 9;
}

// The second timer counts down, round and round.
static inline void landing_count(void) {
    LANDING_RELOAD(1) = UINT32_MAX;
    LANDING_VALUE(1) = UINT32_MAX;
    LANDING_CTRL(1) = 1; // enable
}

// A run ends within so many ticks of the timers.
static void watch(uint32_t ticks) {
    LANDING_DOG_CTRL = 0;
    LANDING_DOG_LOAD = ticks;
    LANDING_DOG_CTRL = 0xA3; // enable, interrupt, 32 bits, one shot
}

static inline void landing_pace(void) {
    LANDING_PACE_LOAD = LANDING_PACE - 1u;
    LANDING_PACE_CTRL = 0xC2; // enable, periodic, 32 bits
}

static void landing_start_timers(void) {
    for (unsigned timer = 0; timer < 2; timer++) {
        LANDING_CTRL(timer) = 0;
        LANDING_RELOAD(timer) = LANDING_AHEAD;
        LANDING_VALUE(timer) = LANDING_AHEAD;
    }
}

// The time is read before anything else, so that it is the same number of instructions away always.
#define LANDING_HANDLER(timer, function)      \
    __asm__ __volatile__("ldr r0, =%c0\n\t"   \
                         "ldr r0, [r0]\n\t"   \
                         "tst lr, #4\n\t"     \
                         "ite eq\n\t"         \
                         "mrseq r1, msp\n\t"  \
                         "mrsne r1, psp\n\t"  \
                         "b " function "\n\t" \
                         ".ltorg" ::"i"(LANDING_BASE + 0x1000 * (timer) + 4))

#endif

#define LANDING_NVIC_ISER LANDING_REG(0xE000E100u)
#define LANDING_NVIC_ICPR LANDING_REG(0xE000E280u)
#define LANDING_NVIC_IPR(irq) LANDING_REG(0xE000E400u + (irq) / 4u * 4u)
#define LANDING_ICSR LANDING_REG(0xE000ED04u)
#define LANDING_SHPR3 LANDING_REG(0xE000ED20u)

// --- saying it

// The case under way, for messages.
static const char *landing_what = "?", *landing_action = "", *landing_second = "";
static uint32_t landing_n, landing_later;
static unsigned landing_tests;
static volatile uint32_t landing_wrong; // calls under way that are wrong, and should be told so

// One thing is wrong: the kernel's state is of no use any longer, so that is the end.
static void landing_fail(const char *file, int line, const char *text) {
    __asm__ __volatile__("cpsid i" ::: "memory");
    say_named("not ok ", landing_tests + 1u);
    say(" - ");
    say(landing_what);
    say(", ");
    say(landing_action);
    say_named(" at ", landing_n);
    if (landing_second[0] != '\0') {
        say(", then ");
        say(landing_second);
        say_named(" at +", landing_later);
    }
    say("\n# ");
    say(file);
    say_named(":", (uint32_t)line);
    say(": ");
    say(text);
    say("\nBail out!\n");
    semihosting_exit(1);
}

#define CHECK(condition) ((condition) ? (void)0 : landing_fail(__FILE__, __LINE__, #condition))
#define CHECK_INVARIANTS() landing_check_invariants(__FILE__, __LINE__)

static void landing_check_invariants(const char *file, int line) {
    const char *fault = trt_check();
    if (fault != NULL) landing_fail(file, line, fault);
}

// A test is done, and right.
static void landing_ok(const char *name) {
    say_named("ok ", ++landing_tests);
    say(" - ");
    say(name);
    say("\n");
}

static void landing_end(void) {
    say_named("1..", landing_tests);
    say("\n");
    semihosting_exit(0);
}

static void landing_misuse(const char *call, int status) {
    (void)status;
    if (landing_wrong == 0) landing_fail(call, 0, "called wrongly");
}

static void landing_panic(const char *why) {
    landing_fail("panic", 0, why);
}

void fault_putchar(char c) {
    static bool begun;
    if (!begun) say("# ");
    begun = true;
    semihosting_write(&c, 1);
    if (c == '\n') say("# ");
}

void fault_end(void) {
    landing_fail("fault", 0, "a fault");
}

// --- the timers

static void landing_barrier(void) {
    __asm__ __volatile__("dsb\n\tisb" ::: "memory");
}

static void disarm(unsigned timer) {
    landing_stop(timer);
    landing_barrier();
    LANDING_NVIC_ICPR = 1ul << (LANDING_IRQ + timer);
}

void LANDING_ISR(2)(void);
void LANDING_ISR(2)(void) {
    landing_fail("watch", 0, "it does not end");
}

#if !TINYRTOS_CM_SYSTICK
static inline void tick(void) {
    LANDING_ICSR = 1ul << 26;
    landing_barrier();
}

void SysTick_Handler(void);
void SysTick_Handler(void) {
    trt_tick();
}
#endif

// Both timers below a ceiling of 1, the second more urgent; the tick and PendSV the least.
static void landing_prioritise(unsigned irq, uint32_t priority) {
    uint32_t shift = irq % 4u * 8u;
    LANDING_NVIC_IPR(irq) = (LANDING_NVIC_IPR(irq) & ~(0xFFul << shift)) | priority << shift;
}

static void landing_start(void) {
    landing_start_timers();
    landing_prioritise(LANDING_IRQ, 0x40);
    landing_prioritise(LANDING_IRQ + 1u, 0x20);
    landing_prioritise(LANDING_IRQ + 2u, 0);
    LANDING_SHPR3 |= 0xFFul << 24;
    LANDING_NVIC_ISER = 7ul << LANDING_IRQ;
}

// --- landing

// What the file does in the interrupt of a timer: the stacked registers; how many ticks ago the
// timer fired.
static void landed(unsigned timer, const uint32_t *frame, uint32_t late);

void landing_0(uint32_t value, const uint32_t *frame);
void landing_1(uint32_t value, const uint32_t *frame);
void LANDING_ISR(0)(void);
void LANDING_ISR(1)(void);

__attribute__((used)) void landing_0(uint32_t value, const uint32_t *frame) {
    uint32_t late = LANDING_LATE(0, value);
    disarm(0);
    landed(0, frame, late);
}

__attribute__((used)) void landing_1(uint32_t value, const uint32_t *frame) {
    uint32_t late = LANDING_LATE(1, value);
    disarm(1);
    landed(1, frame, late);
}

__attribute__((naked)) void LANDING_ISR(0)(void) {
    LANDING_HANDLER(0, "landing_0");
}

__attribute__((naked)) void LANDING_ISR(1)(void) {
    LANDING_HANDLER(1, "landing_1");
}

// Where interrupts landed: one bit for each halfword of code.
#define LANDING_CODE 0x10000u
static uint32_t landing_map[LANDING_CODE / 64u];

static inline bool landing_mark(uint32_t pc) {
    uint32_t bit = 1ul << (pc / 2u % 32u), *word = &landing_map[pc / 64u % (LANDING_CODE / 64u)];
    bool is_new = (*word & bit) == 0;
    *word |= bit;
    return is_new;
}

// How many instructions an interrupt had to wait that was armed at n and found the timer `late`
// ticks after it fired: 64 ns an instruction, and two ticks until the time is read. (Exact on the
// mps2 machines with ARMv7-M.)
static inline uint32_t landing_waited(uint32_t n, uint32_t late) {
    const uint32_t half_ns = LANDING_HALF_NS;
    uint32_t due = (n * half_ns + 127u) / 128u;
    uint32_t came = ((n + late - 2u) * half_ns + 127u) / 128u;
    return came > due ? came - due : 0;
}

#endif // LANDING_H
