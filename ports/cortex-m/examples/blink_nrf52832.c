// Blinks LED 1 of an nRF52 DK (P0.17, lit when low), at 1 Hz. The core always runs at 64 MHz.
//   arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -Os
//       -ffunction-sections -Wl,--gc-sections -I../../.. -L.. -T ../boards/nrf52832.ld
//       -nostartfiles blink_nrf52832.c ../startup.c -o blink.elf
//   openocd -f board/nordic_nrf52_dk.cfg -c "program blink.elf verify reset exit"
#define TINYRTOS_CPU_HZ 64000000
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#define P0_OUT (*(volatile uint32_t *)0x50000504u)
#define P0_DIRSET (*(volatile uint32_t *)0x50000518u)

static void blink(void *unused) {
    (void)unused;
    trt_tick_t grid = trt_now();
    for (;;) {
        P0_OUT ^= 1ul << 17;
        (void)trt_delay_until(&grid, TRT_MS(500), NULL);
    }
}

TRT_TASK_DEFINE(blink_task, blink, 1, 512);

int main(void) {
    P0_DIRSET = 1ul << 17;
    (void)trt_task_start(&blink_task, NULL);
    return (int)trt_start();
}
