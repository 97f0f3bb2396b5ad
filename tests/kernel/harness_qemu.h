// The harness on a Cortex-M in QEMU: a file's tests run one after another, each after a reset of
// the whole machine, so each finds memory and kernel as at power-on. What is kept across resets
// lies in .noinit. Results go out as TAP by semihosting.
//
// Time is made here: SysTick stands still but in idle. There it is let run into the WFI, so that it
// is a real tick that wakes it. ticks_pass pends the same interrupt by hand.
#ifndef HARNESS_QEMU_H
#define HARNESS_QEMU_H

#include "../../ports/cortex-m/fault.c" // here, where it has the options of the test
#include "../../ports/cortex-m/semihosting.h"

// A test that takes longer than this in ticks hangs.
#define HARNESS_TIME_LIMIT 20000ul

#define HARNESS_LINES 4
#define HARNESS_REG(address) (*(volatile uint32_t *)(address))
#define HARNESS_SYST_CSR HARNESS_REG(0xE000E010u)
#define HARNESS_SYST_RVR HARNESS_REG(0xE000E014u)
#define HARNESS_SYST_CVR HARNESS_REG(0xE000E018u)
#define HARNESS_NVIC_ISER HARNESS_REG(0xE000E100u)
#define HARNESS_NVIC_ISPR HARNESS_REG(0xE000E200u)
#define HARNESS_NVIC_IPR HARNESS_REG(0xE000E400u)
#define HARNESS_ICSR HARNESS_REG(0xE000ED04u)
#define HARNESS_AIRCR HARNESS_REG(0xE000ED0Cu)
#define HARNESS_ICSR_PENDSTSET (1ul << 26)
#define HARNESS_ICSR_PENDSTCLR (1ul << 25)

// Far more than the kernel needs from the idle hook to its WFI.
#define HARNESS_CYCLES_PER_TICK 10000u

typedef struct harness_test harness_test_t;

struct harness_test {
    const char *name;
    void (*body)(void);
    void (*main_part)(void);
    trt_tick_t start;
    harness_test_t *next;
};

// Kept across resets.
static struct {
    uint32_t magic;
    unsigned index; // of the test that runs
    unsigned failed;
} harness_kept __attribute__((section(".noinit")));

#define HARNESS_MAGIC 0x7E57AB1Eul

static harness_test_t *harness_tests;
static harness_test_t **harness_last = &harness_tests;
static const char *harness_name;
static uint32_t harness_idle_ticks;
static bool harness_free_running; // a test has SysTick for itself
static void (*harness_handlers[HARNESS_LINES])(void *);
static void *harness_args[HARNESS_LINES];

// --- saying it

static inline void harness_say_number(long number) {
    char digits[12];
    unsigned at = sizeof digits;
    unsigned long rest = number < 0 ? 0ul - (unsigned long)number : (unsigned long)number;
    do {
        digits[--at] = (char)('0' + rest % 10u);
        rest /= 10u;
    } while (rest != 0);
    if (number < 0) digits[--at] = '-';
    semihosting_write(&digits[at], sizeof digits - at);
}

static inline void harness_say_result(const char *result) {
    semihosting_say(result);
    harness_say_number((long)harness_kept.index + 1);
    semihosting_say(" - ");
    semihosting_say(harness_name);
    semihosting_say("\n");
}

// On to the next test, by a reset, from wherever this is.
static inline void harness_next(void) {
    harness_kept.index++;
    __asm__ __volatile__("cpsid i\n\tdsb" ::: "memory");
    HARNESS_AIRCR = 0x05FA0004u;
    for (;;) continue;
}

static inline void harness_abort(void) {
    harness_kept.failed++;
    harness_say_result("not ok ");
    semihosting_say("# " __BASE_FILE__ ":");
    harness_say_number(harness.failed_line);
    semihosting_say(": ");
    semihosting_say(harness.failed_text != NULL ? harness.failed_text : "?");
    semihosting_say(": got ");
    harness_say_number(harness.got);
    semihosting_say(", wanted ");
    harness_say_number(harness.wanted);
    semihosting_say("\n");
    harness_next();
}

// Text that is no result: each line begins with a mark.
static inline void harness_say_comment(const char *text) {
    while (*text != '\0') {
        size_t line = strcspn(text, "\n");
        if (line > 0) {
            semihosting_say("# ");
            semihosting_write(text, line);
            semihosting_say("\n");
        }
        text += line;
        text += *text == '\n' ? 1 : 0;
    }
}

// What ports/cortex-m/fault.c reports.
static char harness_report[600];
static size_t harness_report_length;

void fault_putchar(char c) {
    if (harness_report_length < sizeof harness_report - 1u) {
        harness_report[harness_report_length++] = c;
    }
}

#ifndef HARNESS_FAULTS // else the test says what a fault leads to
void fault_end(void) {
    harness_say_comment(harness_report);
    harness_fail(0, "a fault", 0, 0);
}
#endif

// --- interrupts and time

static inline void harness_interrupt(unsigned line) {
    harness_handlers[line](harness_args[line]);
}

void IRQ0_Handler(void);
void IRQ1_Handler(void);
void IRQ2_Handler(void);
void IRQ3_Handler(void);

void IRQ0_Handler(void) {
    harness_interrupt(0);
}

void IRQ1_Handler(void) {
    harness_interrupt(1);
}

void IRQ2_Handler(void) {
    harness_interrupt(2);
}

void IRQ3_Handler(void) {
    harness_interrupt(3);
}

// What was pended is taken before the next instruction.
static inline void harness_barrier(void) {
    __asm__ __volatile__("dsb\n\tisb" ::: "memory");
}

static inline void irq_install(uint8_t line, void (*handler)(void *), void *arg) {
    harness_handlers[line] = handler;
    harness_args[line] = arg;
    HARNESS_NVIC_ISER = 1ul << line;
    harness_barrier();
}

static inline void irq_raise(uint8_t line) {
    HARNESS_NVIC_ISPR = 1ul << line;
    harness_barrier();
}

static inline void ticks_pass(trt_tick_t ticks) {
    for (trt_tick_t i = 0; i < ticks; i++) {
        HARNESS_ICSR = HARNESS_ICSR_PENDSTSET;
        harness_barrier();
    }
}

static inline void harness_time_stop(void) {
    HARNESS_SYST_CSR = 0;
    HARNESS_ICSR = HARNESS_ICSR_PENDSTCLR;
    harness_barrier();
}

// One tick from here, far enough away to come in the WFI.
static inline void harness_in_idle(void) {
    if (harness_idle_ticks++ == HARNESS_TIME_LIMIT) harness_fail(0, "the test does not end", 0, 0);
    HARNESS_SYST_RVR = HARNESS_CYCLES_PER_TICK - 1u;
    HARNESS_SYST_CVR = 0;
    HARNESS_SYST_CSR = 7;
}

static inline void harness_in_tick(void) {
    if (!harness_free_running) HARNESS_SYST_CSR = 0;
}

// --- running

// Line 0 the most urgent, the tick (and PendSV) the least. With a kernel's ceiling, which is an
// urgency of 1 here, all of them are below it.
static inline void harness_priorities(void) {
#if __ARM_ARCH_ISA_THUMB >= 2
    HARNESS_NVIC_IPR = 0x80604020u;
#else // two bits
    HARNESS_NVIC_IPR = 0xC0804000u;
#endif
}

static inline void harness_runner(void *unused) {
    (void)unused;
    harness_time_stop();
    harness_run_body();
    harness_say_result("ok ");
    harness_next();
}

static inline void harness_run(const harness_test_t *test) {
    harness_name = test->name;
    harness_clear();
    harness.body = test->body;
    harness_priorities();
    harness_begin_at(test->start);
    if (test->main_part != NULL) {
        test->main_part();
    }
    (void)trt_task_create(&runner, "runner", harness_runner, RUNNER_PRIORITY, runner_stack,
                          sizeof runner_stack);
    (void)trt_task_start(&runner, NULL);
    trt_status_t status = trt_start();
    harness_fail(0, "trt_start returned", status, TRT_OK);
}

int main(void) {
    unsigned count = 0;
    const harness_test_t *test = NULL;
    if (harness_kept.magic != HARNESS_MAGIC) {
        harness_kept.magic = HARNESS_MAGIC;
        harness_kept.index = harness_kept.failed = 0;
    }
    for (const harness_test_t *each = harness_tests; each != NULL; each = each->next) {
        if (count++ == harness_kept.index) test = each;
    }
    if (test == NULL) semihosting_exit(harness_kept.failed == 0 && count > 0 ? 0 : 1);
    if (harness_kept.index == 0) {
        semihosting_say("1..");
        harness_say_number((long)count);
        semihosting_say("\n");
    }
    harness_run(test);
}

#define HARNESS_REGISTER(suite, name, body, main_part, start)                           \
    __attribute__((constructor)) static void harness_register_##suite##_##name(void) {  \
        static harness_test_t test = {#suite "::" #name, body, main_part, start, NULL}; \
        *harness_last = &test;                                                          \
        harness_last = &test.next;                                                      \
    }

#endif // HARNESS_QEMU_H
