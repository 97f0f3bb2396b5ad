// Cycles of an operation, from its first instruction to that of what follows; with the kernel in
// its default configuration.
#ifndef CYCLES_H
#define CYCLES_H

#define TINYRTOS_CPU_HZ 16000000ul
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include "firmware.h"

#define BEGIN() (GPIOR1 = AVR_BEGIN)
#define END() (GPIOR1 = AVR_END)

static inline void raise_tick(void) {
    GPIOR2 = VECTOR_NUMBER(TRTP_TICK_VECTOR);
    BEGIN();
    GPIOR1 = AVR_RAISE;
    __asm__ __volatile__("nop" ::: "memory");
    END();
}

// What was measured, up to the operation's name: the cycles, and the longest stretch of them with
// interrupts shut out.
static void say_cycles(void) {
    SAY("cycles ");
    tell(AVR_CYCLES, 0);
    SAY(" ");
    tell(AVR_MASKED, 0);
    SAY(" ");
}

#endif // CYCLES_H
