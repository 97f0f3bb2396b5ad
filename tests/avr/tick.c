// The tick comes as often as TINYRTOS_TICK_HZ says, from each timer: counted by Timer 1, or Timer 3
// where Timer 1 ticks, which run at the full clock and have nothing to do with the kernel. With
// ARDUINO defined, Timer 0 is as the Arduino core has left it.
#define TINYRTOS_CPU_HZ 16000000ul
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include "firmware.h"

#if TINYRTOS_AVR_TIMER == 1
#define COUNTER TCNT3
#define COUNTER_CLOCK TCCR3B
#else
#define COUNTER TCNT1
#define COUNTER_CLOCK TCCR1B
#endif

#if defined(ARDUINO)
enum { TICKS = 128, CLOCK = 3, DIVISION = 64, ALLOWED = 256 }; // counted in turns of Timer 0
#else
enum { TICKS = 2, CLOCK = 1, DIVISION = 1, ALLOWED = 40 };
#endif

static void measure(void *unused) {
    (void)unused;
    const uint32_t wanted = TINYRTOS_CPU_HZ / TINYRTOS_TICK_HZ * TICKS / DIVISION;
    (void)trt_delay(1);
    COUNTER_CLOCK = CLOCK;
    uint16_t before = COUNTER;
    (void)trt_delay(TICKS - 1); // full ones, after the one under way
    uint16_t cycles = (uint16_t)(COUNTER - before);
    SAY("@a tick from Timer ");
    say_number(TINYRTOS_AVR_TIMER);
    SAY(": ");
    say_number(cycles);
    SAY("\n");
    uint16_t off = (uint16_t)(cycles - (uint16_t)wanted + ALLOWED);
    end_test(off <= 2u * ALLOWED ? AVR_PASS : AVR_FAIL);
}

TRT_TASK_DEFINE(task, measure, 1, 160);

int main(void) {
    tell(AVR_COUNT, 1);
#if defined(ARDUINO)
    TCCR0A = 3; // as its wiring.c does: fast PWM, a clock of 1/64
    TCCR0B = 3;
    OCR0A = 0;
#endif
    (void)trt_task_start(&task, NULL);
    (void)trt_start();
}
