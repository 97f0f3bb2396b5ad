// What is to happen at every tick does so, also without a tick hook, where most ticks could do with
// counting: rows S5 and S8 as a program has them (the kernel tests have a tick hook).
#define TINYRTOS_CPU_HZ 16000000ul
#define TINYRTOS_BUDGETS 1
#define TINYRTOS_PASSES 1
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include "firmware.h"

static volatile uint8_t services;

static void count_service(void *unused) {
    (void)unused;
    services++;
}

static TRT_SERVICE_DEFINE(service, count_service, NULL);

static void compute(void *unused) {
    (void)unused;
    for (;;) __asm__ __volatile__("" ::: "memory");
}

TRT_TASK_DEFINE(computer, compute, 1, 160);

static void check(void *unused) {
    (void)unused;
    bool was_stopped = trt_task_state(&computer) == TRT_TASK_ENDED && trt_now() == 3;
    end_test(was_stopped && services >= 3 ? AVR_PASS : AVR_FAIL);
}

TRT_TASK_DEFINE(checker, check, 2, 160);

int main(void) {
    tell(AVR_COUNT, 1);
    SAY("@S5 S8 every tick counts\n");
    (void)trt_service_add(&service);
    (void)trt_task_set_budget(&computer, TRT_BUDGET_WATCHDOG, 3);
    (void)trt_task_start(&computer, NULL);
    (void)trt_task_start(&checker, NULL);
    (void)trt_start();
}
