// A program with a tick of its own, as one with a vendor's HAL has: its SysTick_Handler counts for
// the HAL and calls trt_tick, before the kernel has started too. (What the harness does about time
// happens to be right for it.)
#define TINYRTOS_CM_SYSTICK 0
#include "../kernel/harness.h"

static volatile unsigned hal_ticks;

void SysTick_Handler(void);

void SysTick_Handler(void) {
    hal_ticks++;
    trt_tick();
}

// As HAL_Init does: SysTick runs long before the kernel starts.
static void hal_init(void) {
    __asm__ __volatile__("cpsie i" ::: "memory");
    ticks_pass(5);
}

KTEST_FROM_MAIN(own_tick, tick_before_the_start_is_harmless, hal_init) {
    CHECK_EQ(hal_ticks, 5);
    CHECK_EQ(trt_now(), 0);
    ticks_pass(1);
    CHECK_EQ(trt_now(), 1);
}

KTEST(own_tick, delays_and_the_hal_count_the_same_ticks) {
    CHECK_EQ(trt_delay(10), TRT_OK);
    CHECK_EQ(trt_now(), hal_ticks);
    CHECK_EQ(trt_now(), 11);
}
