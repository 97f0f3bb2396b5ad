// Two tasks with stacks of their own, and a semaphore that one waits for with a timeout, in 256
// bytes of RAM. The tick, the only interrupt here, comes when both tasks wait: it runs on main's
// stack. Row S1.
#include "options.h"
#define TINYRTOS_NAMES 0
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include "../firmware.h"

TRT_SEM_DEFINE(sem, 0, 3);

static uint8_t taken;

static void take(void *unused);
static void give(void *unused);
TRT_TASK_DEFINE(taker, take, 0, 68);
TRT_TASK_DEFINE(giver, give, 1, 36);

static void take(void *unused) {
    (void)unused;
    while (trt_sem_take(&sem, 5) == TRT_OK) taken++;
    bool right = taken == 10 && trt_now() == 26;
    bool fits = trt_task_stack_unused(&taker) > 0 && trt_task_stack_unused(&giver) > 0;
    end_test(right && fits ? AVR_PASS : AVR_FAIL);
}

static void give(void *unused) {
    (void)unused;
    for (uint8_t i = 0; i < 10; i++) {
        (void)trt_delay(1);
        (void)trt_sem_give(&sem);
    }
}

int main(void) {
    tell(AVR_COUNT, 1);
    (void)trt_task_start(&taker, NULL);
    (void)trt_task_start(&giver, NULL);
    (void)trt_start();
}
