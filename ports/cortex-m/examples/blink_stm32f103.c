// Blinks the LED of a Blue Pill (PC13), at 1 Hz, from the 8 MHz of the reset.
//   arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -Os -ffunction-sections -Wl,--gc-sections
//       -I../../.. -L.. -T ../boards/stm32f103c8.ld -nostartfiles blink_stm32f103.c ../startup.c
//       -o blink.elf
//   openocd -f interface/stlink.cfg -f target/stm32f1x.cfg -c "program blink.elf verify reset exit"
#define TINYRTOS_CPU_HZ 8000000
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#define RCC_APB2ENR (*(volatile uint32_t *)0x40021018u)
#define GPIOC_CRH (*(volatile uint32_t *)0x40011004u)
#define GPIOC_ODR (*(volatile uint32_t *)0x4001100Cu)

static void blink(void *unused) {
    (void)unused;
    trt_tick_t grid = trt_now();
    for (;;) {
        GPIOC_ODR ^= 1ul << 13;
        (void)trt_delay_until(&grid, TRT_MS(500), NULL);
    }
}

TRT_TASK_DEFINE(blink_task, blink, 1, 512);

int main(void) {
    RCC_APB2ENR |= 1ul << 4;                              // the port's clock
    GPIOC_CRH = (GPIOC_CRH & ~(0xFul << 20)) | 2ul << 20; // PC13: output
    (void)trt_task_start(&blink_task, NULL);
    return (int)trt_start();
}
