// Says what happened when the processor faults: the task, its stack, the registers. Compile it
// with the program, and give it a way to say it that needs no interrupt and no kernel:
//
//     void fault_putchar(char c) { while (!(USART1->SR & USART_SR_TXE)) continue; USART1->DR = c; }
//     void fault_end(void) { NVIC_SystemReset(); }       // optional; as it is: stop here
//
// It brings the handlers of HardFault, MemManage, BusFault, UsageFault and SecureFault. A vendor's
// file that has its own must lose them. What it prints:
//
//     fault: HardFault in task 'sensor' (priority 2, stack: 184 of 512 bytes used)
//     pc 0800041a lr 08000411 sp 20000f28 psr 21000000
//     r0 00000000 r1 00000001 r2 20000f40 r3 00000000 r12 00000000
//     why: a bad address (bfar)
//     cfsr 00008200 hfsr 40000000 mmfar 60000000 bfar 60000000 exc fffffffd
//
// pc is the instruction that faulted; arm-none-eabi-addr2line -e program.elf 0800041a says where
// that is. A Cortex-M0 does not know why: there, exc is all of the end.
#include "tinyrtos.h"

#define FAULT_CFSR (*(volatile uint32_t *)0xE000ED28u)
#define FAULT_HFSR (*(volatile uint32_t *)0xE000ED2Cu)
#define FAULT_MMFAR (*(volatile uint32_t *)0xE000ED34u)
#define FAULT_BFAR (*(volatile uint32_t *)0xE000ED38u)

// What the hardware stacks.
enum {
    FAULT_R0,
    FAULT_R1,
    FAULT_R2,
    FAULT_R3,
    FAULT_R12,
    FAULT_LR,
    FAULT_PC,
    FAULT_PSR,
    FAULT_FRAME_WORDS
};

void fault_putchar(char c);                 // the program's
void fault_end(void) __attribute__((weak)); // the program's, if it has one
void fault_report(const uint32_t *frame, uint32_t exc_return);
void HardFault_Handler(void);
void MemManage_Handler(void);
void BusFault_Handler(void);
void UsageFault_Handler(void);
void SecureFault_Handler(void);

static void fault_say(const char *text) {
    while (*text != '\0') fault_putchar(*text++);
}

static void fault_say_hex(const char *name, uint32_t value) {
    fault_say(name);
    for (int shift = 28; shift >= 0; shift -= 4)
        fault_putchar("0123456789abcdef"[value >> shift & 15u]);
}

static void fault_say_number(uint32_t value) {
    char digits[11];
    unsigned at = sizeof digits - 1u;
    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + value % 10u);
        value /= 10u;
    } while (value != 0);
    fault_say(&digits[at]);
}

static void fault_say_which(void) {
    static const char *const names[] = {"HardFault", "MemManage", "BusFault", "UsageFault",
                                        "SecureFault"};
    uint32_t number;
    __asm__ __volatile__("mrs %0, ipsr" : "=r"(number));
    fault_say("\nfault: ");
    fault_say(number >= 3 && number <= 7 ? names[number - 3u] : "exception");
}

static void fault_say_task(const trt_task_t *task) {
    size_t bytes = trt_task_stack_size(task), unused = trt_task_stack_unused(task);
    fault_say(" in task '");
#if TINYRTOS_NAMES
    fault_say(trt_task_name(task));
#else
    fault_say_hex("", (uint32_t)(uintptr_t)task);
#endif
    fault_say("' (priority ");
    fault_say_number(trt_task_priority(task));
    fault_say(", stack: ");
    fault_say_number((uint32_t)(bytes - unused));
    fault_say(" of ");
    fault_say_number((uint32_t)bytes);
    fault_say(unused == 0 ? " bytes used: full)" : " bytes used)");
}

// Whether the frame can be read: a stack pointer that has run away would fault again.
static bool fault_is_readable(const uint32_t *frame, const trt_task_t *task) {
    uintptr_t at = (uintptr_t)frame;
    if (task == NULL) return at % 4u == 0;
    uintptr_t low = (uintptr_t)task->stack, bytes = task->stack_bytes;
    return at % 4u == 0 && at >= low && at - low <= bytes - FAULT_FRAME_WORDS * sizeof *frame;
}

#if __ARM_ARCH_ISA_THUMB >= 2
static void fault_say_why(uint32_t cfsr) {
    static const struct {
        uint32_t bit;
        const char *why;
    } table[] = {
        {0, "code where none may run"},
        {1, "an address that the MPU forbids (mmfar)"},
        {4, "the MPU forbids where the stack pointer is"},
        {8, "code from where there is none"},
        {9, "a bad address (bfar)"},
        {10, "a write to a bad address, a few instructions earlier"},
        {12, "the stack pointer is where there is no memory"},
        {16, "an undefined instruction"},
        {17, "a call to an even address"},
        {18, "a wrong return from an exception"},
        {19, "floating point, with the FPU off"},
        {20, "the stack is full"},
        {24, "an unaligned address"},
        {25, "a division by zero"},
    };
    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) {
        if ((cfsr >> table[i].bit & 1u) != 0) {
            fault_say("\nwhy: ");
            fault_say(table[i].why);
        }
    }
}
#endif

static void fault_say_registers(const uint32_t *frame) {
    fault_say_hex("\npc ", frame[FAULT_PC]);
    fault_say_hex(" lr ", frame[FAULT_LR]);
    fault_say_hex(" sp ", (uint32_t)(uintptr_t)frame);
    fault_say_hex(" psr ", frame[FAULT_PSR]);
    fault_say_hex("\nr0 ", frame[FAULT_R0]);
    fault_say_hex(" r1 ", frame[FAULT_R1]);
    fault_say_hex(" r2 ", frame[FAULT_R2]);
    fault_say_hex(" r3 ", frame[FAULT_R3]);
    fault_say_hex(" r12 ", frame[FAULT_R12]);
}

#if TINYRTOS_CM_MPU_GUARD
extern const trt_task_t *trtp_guarded; // the kernel's

// The task in the guard of whose stack the MPU has forbidden something, or NULL. (It need not be
// the one that runs: what a switch saves must have room, too.)
static const trt_task_t *fault_overflowed(const uint32_t *frame) {
    enum { DATA = 1 << 1, STACKING = 1 << 4, ADDRESS = 1 << 7, GUARD_END = 64 };
    uint32_t cfsr = FAULT_CFSR;
    if (trtp_guarded == NULL || (cfsr & (DATA | STACKING)) == 0) return NULL;
    uintptr_t at = (cfsr & ADDRESS) != 0 ? FAULT_MMFAR : (uintptr_t)frame;
    return at - (uintptr_t)trtp_guarded->stack < GUARD_END ? trtp_guarded : NULL;
}
#else
static const trt_task_t *fault_overflowed(const uint32_t *frame) {
    (void)frame;
    return NULL;
}
#endif

__attribute__((used)) void fault_report(const uint32_t *frame, uint32_t exc_return) {
    bool from_thread = (exc_return & 8u) != 0;
    const trt_task_t *task = from_thread ? trt_task_self() : NULL;
    const trt_task_t *victim = fault_overflowed(frame);
    fault_say_which();
    if (victim != NULL) fault_say_task(victim);
    else if (task != NULL) fault_say_task(task);
    else if (from_thread) fault_say(" in idle, or before the start");
    if (fault_is_readable(frame, task)) {
        if (!from_thread) {
            fault_say(" in exception ");
            fault_say_number(frame[FAULT_PSR] & 0x1FFu);
        }
        fault_say_registers(frame);
    } else fault_say_hex("\nthe stack pointer is off the stack: ", (uint32_t)(uintptr_t)frame);
#if __ARM_ARCH_ISA_THUMB >= 2
    fault_say_why(FAULT_CFSR);
    if (victim != NULL) fault_say("\nwhy: the stack is full");
    fault_say_hex("\ncfsr ", FAULT_CFSR);
    fault_say_hex(" hfsr ", FAULT_HFSR);
    fault_say_hex(" mmfar ", FAULT_MMFAR);
    fault_say_hex(" bfar ", FAULT_BFAR);
    fault_say(" exc ");
#else
    fault_say("\nexc ");
#endif
    fault_say_hex("", exc_return);
    fault_say("\n");
    if (fault_end != NULL) fault_end();
    for (;;) continue;
}

// Bit 2 of EXC_RETURN tells the stack on which the hardware has put the registers. Everything else
// is shut out from here on. The report runs on the main stack.
__attribute__((naked)) void HardFault_Handler(void) {
    __asm__ __volatile__(".syntax unified\n\t"
                         "cpsid i\n\t"
                         "mov r1, lr\n\t"
                         "movs r0, #4\n\t"
                         "tst r1, r0\n\t"
                         "beq 1f\n\t"
                         "mrs r0, psp\n\t"
                         "b 2f\n"
                         "1:\n\t"
                         "mrs r0, msp\n"
                         "2:\n\t"
                         "ldr r2, =fault_report\n\t"
                         "bx r2\n\t"
                         ".ltorg");
}

void MemManage_Handler(void) __attribute__((alias("HardFault_Handler")));
void BusFault_Handler(void) __attribute__((alias("HardFault_Handler")));
void UsageFault_Handler(void) __attribute__((alias("HardFault_Handler")));
void SecureFault_Handler(void) __attribute__((alias("HardFault_Handler")));
