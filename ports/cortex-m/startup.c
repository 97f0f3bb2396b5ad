// Startup for any Cortex-M: the vector table, memory as C wants it, then main. It needs a linker
// script that includes cortex-m.ld, and no vendor's file. A project that has its vendor's startup
// keeps that and leaves this one out.
//
//     STARTUP_IRQS    how many interrupt lines the part has, at most 100; the table has as many
//                     or more
//
// A handler is a plain C function called NMI_Handler, HardFault_Handler, ..., or IRQ0_Handler to
// IRQ99_Handler for the part's own lines. Who is not defined anywhere is Default_Handler, which
// stops, unless the program defines that one too.
#include <stdint.h>

#ifndef STARTUP_IRQS
#define STARTUP_IRQS 50
#endif
#if STARTUP_IRQS > 100
#error "STARTUP_IRQS: this table has 100 at most"
#endif

typedef void (*handler_t)(void);

// From the linker script.
extern uint32_t startup_stack_top[];
extern const uint32_t startup_data_load[];
extern uint32_t startup_data[], startup_data_end[];
extern uint32_t startup_bss[], startup_bss_end[];
extern const handler_t startup_init[], startup_init_end[];

int main(void);
void Reset_Handler(void);
void Default_Handler(void);

#define WEAK __attribute__((weak, alias("startup_default")))

// An alias must be one of a function in this file, and a weak one cannot be that of a weak one.
void startup_default(void);
void startup_default(void) {
    Default_Handler();
}

__attribute__((weak)) void Default_Handler(void) {
    for (;;) continue;
}

void NMI_Handler(void) WEAK;
void HardFault_Handler(void) WEAK;
void MemManage_Handler(void) WEAK;
void BusFault_Handler(void) WEAK;
void UsageFault_Handler(void) WEAK;
void SecureFault_Handler(void) WEAK;
void SVC_Handler(void) WEAK;
void DebugMon_Handler(void) WEAK;
void PendSV_Handler(void) WEAK;
void SysTick_Handler(void) WEAK;

#define IRQ_DECLARE(n) void IRQ##n##_Handler(void) WEAK;
#define IRQ_VECTOR(n) IRQ##n##_Handler,
#define UNITS(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9)
#define TEN(X, t) X(t##0) X(t##1) X(t##2) X(t##3) X(t##4) X(t##5) X(t##6) X(t##7) X(t##8) X(t##9)

// clang-format off: one line each
#if STARTUP_IRQS <= 10
#define TENS(X)
#elif STARTUP_IRQS <= 30
#define TENS(X) TEN(X, 1) TEN(X, 2)
#elif STARTUP_IRQS <= 50
#define TENS(X) TEN(X, 1) TEN(X, 2) TEN(X, 3) TEN(X, 4)
#else
#define TENS(X) \
    TEN(X, 1) TEN(X, 2) TEN(X, 3) TEN(X, 4) TEN(X, 5) TEN(X, 6) TEN(X, 7) TEN(X, 8) TEN(X, 9)
#endif
// clang-format on

#define COUNT(n) +1

UNITS(IRQ_DECLARE)
TENS(IRQ_DECLARE)

static const struct {
    uint32_t *stack_top;
    handler_t handlers[15];
    handler_t interrupts[0 UNITS(COUNT) TENS(COUNT)];
} vectors __attribute__((section(".vectors"), used)) = {
    startup_stack_top,
    {Reset_Handler, NMI_Handler, HardFault_Handler, MemManage_Handler, BusFault_Handler,
     UsageFault_Handler, SecureFault_Handler, 0, 0, 0, SVC_Handler, DebugMon_Handler, 0,
     PendSV_Handler, SysTick_Handler},
    {UNITS(IRQ_VECTOR) TENS(IRQ_VECTOR)},
};

// Kept loops: made into memcpy and memset by the compiler, they would bring the library in.
__attribute__((optimize("no-tree-loop-distribute-patterns"))) static void memory_init(void) {
    const uint32_t *from = startup_data_load;
    for (uint32_t *to = startup_data; to != startup_data_end;) *to++ = *from++;
    for (uint32_t *to = startup_bss; to != startup_bss_end;) *to++ = 0;
}

// Also where a debugger or a bootloader jumps to, so it does not rely on the reset for the stack
// and for where the vectors are.
__attribute__((noreturn)) void Reset_Handler(void) {
#if __ARM_ARCH_ISA_THUMB >= 2 || defined(STARTUP_HAS_VTOR) // a Cortex-M0 has no VTOR, an M0+ may
    *(volatile uint32_t *)0xE000ED08u = (uint32_t)(uintptr_t)&vectors;
#endif
#if defined(__ARM_FP)
    *(volatile uint32_t *)0xE000ED88u |= 0xFu << 20; // CPACR: full access to the FPU
    __asm__ __volatile__("dsb\n\tisb" ::: "memory");
#endif
    memory_init();
    for (const handler_t *init = startup_init; init != startup_init_end;) (*init++)();
    (void)main();
    for (;;) continue;
}
