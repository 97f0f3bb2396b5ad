// The timers that landing.h needs, on a nRF51 (QEMU's microbit): TIMER0 and TIMER1 land, TIMER2 ends
// a run that does not end. A tick is 62.5 ns, an instruction 64.
#define LANDING_IRQ 8
#define LANDING_HALF_NS 125u
#define LANDING_ISR(n) LANDING_ISR_##n
#define LANDING_ISR_0 IRQ8_Handler
#define LANDING_ISR_1 IRQ9_Handler
#define LANDING_ISR_2 IRQ10_Handler
#define LANDING_TIMER(n) (0x40008000u + 0x1000u * (n))
#define LANDING_START(n) LANDING_REG(LANDING_TIMER(n))
#define LANDING_STOP(n) LANDING_REG(LANDING_TIMER(n) + 0x004u)
#define LANDING_CLEAR(n) LANDING_REG(LANDING_TIMER(n) + 0x00Cu)
#define LANDING_COMPARED(n) LANDING_REG(LANDING_TIMER(n) + 0x140u)
#define LANDING_INTENSET(n) LANDING_REG(LANDING_TIMER(n) + 0x304u)
#define LANDING_BITMODE(n) LANDING_REG(LANDING_TIMER(n) + 0x508u)
#define LANDING_PRESCALER(n) LANDING_REG(LANDING_TIMER(n) + 0x510u)
#define LANDING_COMPARE(n) LANDING_REG(LANDING_TIMER(n) + 0x540u)
#define LANDING_LATE(n, value) ((value)-LANDING_COMPARE(n))

static inline void landing_stop(unsigned timer) {
    LANDING_STOP(timer) = 1;
    LANDING_COMPARED(timer) = 0;
}

static inline void arm(unsigned timer, uint32_t n) {
    LANDING_CLEAR(timer) = 1;
    LANDING_COMPARE(timer) = n;
    LANDING_START(timer) = 1;
}

// Armed one after the other, so the second is off by the same few instructions always.
static inline void arm_both(uint32_t n, uint32_t m) {
    arm(0, n);
    arm(1, m);
}

// A run ends within so many ticks of the timers.
static void watch(uint32_t ticks) {
    landing_stop(2);
    arm(2, ticks);
}

static void landing_start_timers(void) {
    for (unsigned timer = 0; timer < 3; timer++) {
        landing_stop(timer);
        LANDING_BITMODE(timer) = 3; // 32 bits
        LANDING_PRESCALER(timer) = 0;
        LANDING_INTENSET(timer) = 1ul << 16; // COMPARE0
    }
}

// The time is captured before anything else, so that it is the same number of instructions away
// always.
#define LANDING_HANDLER(timer, function)                                \
    __asm__ __volatile__(".syntax unified\n\t"                          \
                         "ldr r0, =%c0\n\t"                             \
                         "movs r1, #1\n\t"                              \
                         "str r1, [r0]\n\t"                             \
                         "ldr r0, =%c1\n\t"                             \
                         "ldr r0, [r0]\n\t"                             \
                         "mov r1, lr\n\t"                               \
                         "movs r2, #4\n\t"                              \
                         "tst r1, r2\n\t"                               \
                         "beq 1f\n\t"                                   \
                         "mrs r1, psp\n\t"                              \
                         "b 2f\n"                                       \
                         "1:\n\t"                                       \
                         "mrs r1, msp\n"                                \
                         "2:\n\t"                                       \
                         "ldr r3, =" function "\n\t"                    \
                         "bx r3\n\t"                                    \
                         ".ltorg" ::"i"(0x40008044 + 0x1000 * (timer)), \
                         "i"(0x40008544 + 0x1000 * (timer)))
