// Blinks the green LED of an STM32F4 Discovery (PD12), at 1 Hz, from the 16 MHz of the reset.
//   arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -Os
//       -ffunction-sections -Wl,--gc-sections -I../../.. -L.. -T ../boards/stm32f407.ld
//       -DSTARTUP_IRQS=82 -nostartfiles blink_stm32f407.c ../startup.c -o blink.elf
//   openocd -f board/stm32f4discovery.cfg -c "program blink.elf verify reset exit"
#define TINYRTOS_CPU_HZ 16000000
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#define RCC_AHB1ENR (*(volatile uint32_t *)0x40023830u)
#define GPIOD_MODER (*(volatile uint32_t *)0x40020C00u)
#define GPIOD_ODR (*(volatile uint32_t *)0x40020C14u)

static void blink(void *unused) {
    (void)unused;
    trt_tick_t grid = trt_now();
    for (;;) {
        GPIOD_ODR ^= 1ul << 12;
        (void)trt_delay_until(&grid, TRT_MS(500), NULL);
    }
}

TRT_TASK_DEFINE(blink_task, blink, 1, 512);

int main(void) {
    RCC_AHB1ENR |= 1ul << 3; // the port's clock
    (void)RCC_AHB1ENR;       // which takes two cycles to come
    GPIOD_MODER = (GPIOD_MODER & ~(3ul << 24)) | 1ul << 24;
    (void)trt_task_start(&blink_task, NULL);
    return (int)trt_start();
}
