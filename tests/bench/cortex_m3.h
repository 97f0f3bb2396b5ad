// Counts instructions and exceptions, exactly, on QEMU's mps2-an385 under -icount shift=7: there an
// instruction takes 128 ns and a tick of the CMSDK timers 40 ns, so the difference of two readings
// of a timer tells how many instructions lie between them. (How long an instruction takes changes
// no count: all interrupts are raised by the program.) Exceptions are counted by vectors that do so
// and go on to the real ones; their instructions are taken off again.
#ifndef CORTEX_M3_H
#define CORTEX_M3_H

#include "tinyrtos.h"

#include "../target/say.h"

#define REG(address) (*(volatile uint32_t *)(address))
#define TIMER_CTRL(n) REG(0x40000000u + 0x1000u * (n))
#define TIMER_VALUE(n) REG(0x40000004u + 0x1000u * (n))
#define TIMER_RELOAD(n) REG(0x40000008u + 0x1000u * (n))
#define TIMER_CLEAR(n) REG(0x4000000Cu + 0x1000u * (n))
#define TIMER_1_IRQ 9
#define NS_PER_TICK 40u
#define NS_PER_INSTRUCTION 128u

#define NVIC_ISER REG(0xE000E100u)
#define NVIC_ISPR REG(0xE000E200u)
#define SYST_CSR REG(0xE000E010u)
#define ICSR REG(0xE000ED04u)
#define VTOR REG(0xE000ED08u)

// Interrupts that only the program raises.
#define EMPTY_IRQ 20
#define GIVE_IRQ 21
#define PUT_IRQ 22
#define RESUME_IRQ 23
#define EMPTY_HANDLER IRQ20_Handler
#define GIVE_HANDLER IRQ21_Handler
#define PUT_HANDLER IRQ22_Handler
#define RESUME_HANDLER IRQ23_Handler
#define WINDOW_HANDLER IRQ9_Handler // timer 1

enum { VECTORS = 66 };

typedef void (*vector_t)(void);

volatile uint32_t exceptions;
const vector_t *real_vectors;
static vector_t counting_vectors[VECTORS] __attribute__((aligned(512)));
static volatile uint32_t began, ended, exceptions_began, exceptions_ended;
static volatile bool is_open; // begun and not ended

__attribute__((naked)) static void count_exception(void) {
    __asm__ __volatile__("ldr r0, =exceptions\n\t"
                         "ldr r1, [r0]\n\t"
                         "adds r1, #1\n\t"
                         "str r1, [r0]\n\t"
                         "mrs r0, ipsr\n\t"
                         "ldr r1, =real_vectors\n\t"
                         "ldr r1, [r1]\n\t"
                         "ldr pc, [r1, r0, lsl #2]\n\t"
                         ".ltorg");
}

static void count_exceptions(void) {
    real_vectors = (const vector_t *)(uintptr_t)VTOR;
    for (unsigned i = 0; i < VECTORS; i++) counting_vectors[i] = count_exception;
    VTOR = (uint32_t)(uintptr_t)counting_vectors;
    __asm__ __volatile__("dsb\n\tisb" ::: "memory");
}

// The marks; of several ends, the first after a beginning counts. They are called, so that what lies
// between is compiled as anywhere else; from the one reading to the other it is the same few
// instructions always.
__attribute__((noipa)) static void begin(void) {
    exceptions_began = exceptions;
    is_open = true;
    began = TIMER_VALUE(0);
}

__attribute__((noipa)) static void end(void) {
    uint32_t now = TIMER_VALUE(0);
    if (!is_open) return;
    is_open = false;
    ended = now;
    exceptions_ended = exceptions;
}

#define BEGIN() begin()
// An end that is no tail call: what a function does before it returns comes after it.
#define END() (end(), (void)is_open)

static uint32_t instructions_in(uint32_t ticks) {
    uint64_t ns = (uint64_t)ticks * NS_PER_TICK;
    return (uint32_t)((ns + NS_PER_INSTRUCTION / 2u) / NS_PER_INSTRUCTION);
}

static inline void barrier(void) {
    __asm__ __volatile__("dsb\n\tisb" ::: "memory");
}

static inline void raise_irq(unsigned irq) {
    NVIC_ISPR = 1ul << irq;
    barrier();
}

#endif // CORTEX_M3_H
