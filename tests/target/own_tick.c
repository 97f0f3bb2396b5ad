// A program with a tick of its own, as one with a vendor's HAL has: its SysTick_Handler counts for
// the HAL and calls trt_tick, before the kernel has started too. (What the harness does about time
// happens to be right for it.)
#define TINYRTOS_CM_SYSTICK 0
#define TINYRTOS_IMPLEMENTATION
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

// Without a counter, nanoseconds become ticks.
KTEST(own_tick, C6_nanoseconds_are_rounded_up_to_ticks) {
    static const struct {
        uint64_t ns;
        trt_tick_t ticks;
    } cases[] = {{0, 0}, {1, 2}, {1000000, 2}, {1000001, 3}, {2500000, 4}, {1234567890, 1236}};
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trt_tick_t start = trt_now();
        CHECK_EQ(trt_delay_ns(cases[i].ns), TRT_OK);
        CHECK_EQ(trt_now() - start, cases[i].ticks);
    }
}

static trt_status_t result;

static void sleep_for_ages(void *unused) {
    (void)unused;
    result = trt_delay_ns(UINT64_MAX);
}

KTEST(own_tick, C6_nanoseconds_saturate) {
    spawn(0, 3, sleep_for_ages, 0);
    CHECK(helper[0].timeout.when - trt_now() > TRT_TICKS_MAX / 2u);
    CHECK_EQ(trt_task_abort_delay(&helper[0]), TRT_OK);
    CHECK_EQ(result, TRT_ERR_ABORTED);
}

KTEST(own_tick, C6_nanoseconds_from_an_interrupt_are_refused_by_their_name) {
    irq_install(0, sleep_for_ages, NULL);
    irq_raise(0);
    CHECK_EQ(result, TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_delay_ns", NULL, TRT_ERR_CONTEXT);
}
