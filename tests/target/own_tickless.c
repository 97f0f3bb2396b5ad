// A program that has a tick of its own and stops it in idle: TINYRTOS_TICKLESS_SLEEP tells it how
// long at most, and returns the ticks that have passed. Here nothing sleeps, and time just passes.
#define TINYRTOS_TICKLESS 1
#define TINYRTOS_CM_SYSTICK 0
#define TINYRTOS_TICKLESS_SLEEP(max_ticks) pass_ticks(max_ticks)
static unsigned long pass_ticks(unsigned long max_ticks);
#define TINYRTOS_IMPLEMENTATION
#include "../kernel/harness.h"

static unsigned long sleeps, less; // `less`: how many ticks it wakes too early

void SysTick_Handler(void);
void SysTick_Handler(void) {
    trt_tick();
}

// The last tick counts itself, by the interrupt that ends the sleep.
static unsigned long pass_ticks(unsigned long max_ticks) {
    CHECK(trtp_primask() == 1);
    sleeps++;
    if (max_ticks == TRT_TICKS_MAX) { // nothing is due
        HARNESS_NVIC_ISPR = 1;
        return 0;
    }
    unsigned long ticks = max_ticks - (less < max_ticks ? less : 0);
    HARNESS_ICSR = HARNESS_ICSR_PENDSTSET;
    return ticks - 1u;
}

KTEST(own_tickless, bug20_a_delay_is_one_sleep_for_each_bit_of_it) {
    for (trt_tick_t ticks = 0; ticks < 300; ticks += 7) {
        trt_tick_t start = trt_now();
        sleeps = 0;
        CHECK_EQ(trt_delay(ticks + 1), TRT_OK);
        CHECK_EQ(trt_now() - start, ticks + 2);
        CHECK(sleeps > 0 && sleeps < 10);
    }
}

KTEST(own_tickless, bug20_sleeps_may_be_shorter) {
    for (less = 1; less < 20; less++) {
        trt_tick_t start = trt_now();
        CHECK_EQ(trt_delay(100), TRT_OK);
        CHECK_EQ(trt_now() - start, 101);
    }
}

static trt_sem_t sem;

static void give(void *unused) {
    (void)unused;
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
}

KTEST(own_tickless, bug21_interrupt_ends_a_sleep_while_nothing_is_due) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    irq_install(0, give, NULL);
    sleeps = 0;
    CHECK_EQ(trt_sem_take(&sem, TRT_FOREVER), TRT_OK);
    CHECK_EQ(sleeps, 1);
    CHECK_EQ(trt_now(), 0);
}
