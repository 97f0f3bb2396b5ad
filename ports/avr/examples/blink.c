// Two LEDs blink, and a button (PD2 to ground) stops and resumes the second: for a board with an
// ATmega328P at 16 MHz, such as an Arduino Uno, without its core.
//
//     avr-gcc -mmcu=atmega328p -DF_CPU=16000000UL -Os -ffunction-sections -fdata-sections
//         -Wl,--gc-sections -I../../.. blink.c -o blink.elf
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include <avr/io.h>

TRT_SEM_DEFINE(pressed, 0, 1);

static void blink(void *pin) {
    const uint8_t bit = (uint8_t)(1u << (uintptr_t)pin);
    trt_tick_t last = trt_now();
    for (;;) {
        PINB = bit; // toggles the output
        (void)trt_delay_until(&last, TRT_MS(250), NULL);
    }
}

TRT_TASK_DEFINE(first, blink, 2, 128);
TRT_TASK_DEFINE(second, blink, 2, 128);

static void watch_button(void *unused) {
    (void)unused;
    for (bool stopped = false;; stopped = !stopped) {
        (void)trt_sem_take(&pressed, TRT_FOREVER);
        (void)(stopped ? trt_task_resume(&second) : trt_task_suspend(&second));
        (void)trt_delay(TRT_MS(200)); // a button bounces
        (void)trt_sem_take(&pressed, TRT_NO_WAIT);
    }
}

TRT_TASK_DEFINE(watcher, watch_button, 1, 128);

TRT_ISR(INT0_vect) {
    (void)trt_sem_give(&pressed);
}

int main(void) {
    DDRB = 1u << 5 | 1u << 4;
    PORTD = 1u << 2;     // pull-up
    EICRA = 1u << ISC01; // falling edge
    EIMSK = 1u << INT0;
    (void)trt_task_start(&first, (void *)5);
    (void)trt_task_start(&second, (void *)4);
    (void)trt_task_start(&watcher, NULL);
    (void)trt_start(); // does not return
}
