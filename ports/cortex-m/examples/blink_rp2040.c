// Blinks the LED of a Raspberry Pi Pico (GPIO 25), at 1 Hz, from its 12 MHz crystal.
//   arm-none-eabi-gcc -mcpu=cortex-m0plus -mthumb -Os -ffunction-sections -Wl,--gc-sections
//       -I../../.. -L.. -T ../boards/rp2040.ld -DSTARTUP_IRQS=26 -DSTARTUP_HAS_VTOR -nostartfiles
//       blink_rp2040.c ../startup.c ../boards/rp2040_boot2.c -o blink.elf
//   picotool load -x blink.elf      (with BOOTSEL held while the board is plugged in)
#define TINYRTOS_CPU_HZ 12000000
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#define XOSC_CTRL (*(volatile uint32_t *)0x40024000u)
#define XOSC_STATUS (*(volatile int32_t *)0x40024004u)
#define XOSC_STARTUP (*(volatile uint32_t *)0x4002400Cu)
#define CLK_REF_CTRL (*(volatile uint32_t *)0x40008030u)
#define CLK_REF_SELECTED (*(volatile uint32_t *)0x40008038u)
#define RESETS_CLEAR (*(volatile uint32_t *)0x4000F000u) // RESET's alias that clears bits
#define RESETS_DONE (*(volatile uint32_t *)0x4000C008u)
#define GPIO25_CTRL (*(volatile uint32_t *)0x400140CCu)
#define SIO_OUT_XOR (*(volatile uint32_t *)0xD000001Cu)
#define SIO_OE_SET (*(volatile uint32_t *)0xD0000024u)

// The system's clock follows the reference, which follows the crystal from here on.
static void clock_init(void) {
    XOSC_STARTUP = 47; // times 256 cycles: a millisecond
    XOSC_CTRL = 0xFABAA0u;
    while (XOSC_STATUS >= 0) continue; // bit 31: stable
    CLK_REF_CTRL = 2;
    while (CLK_REF_SELECTED != 1u << 2) continue;
}

static void blink(void *unused) {
    (void)unused;
    trt_tick_t grid = trt_now();
    for (;;) {
        SIO_OUT_XOR = 1ul << 25;
        (void)trt_delay_until(&grid, TRT_MS(500), NULL);
    }
}

TRT_TASK_DEFINE(blink_task, blink, 1, 512);

int main(void) {
    const uint32_t blocks = 1u << 5 | 1u << 8; // IO_BANK0, PADS_BANK0
    clock_init();
    RESETS_CLEAR = blocks;
    while ((RESETS_DONE & blocks) != blocks) continue;
    GPIO25_CTRL = 5; // SIO
    SIO_OE_SET = 1ul << 25;
    (void)trt_task_start(&blink_task, NULL);
    return (int)trt_start();
}
