// Shows:  periodic work without drift, what a plain delay does instead, missed periods; timers that
//         call back, and passive ones that are asked.
// Expect: exact multiples of 100 ms in the left column, growing lateness in the right; a report of
//         missed periods.
// Build:  cc -I.. timers.c && ./a.out
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include <stdio.h>

static unsigned long ms(void) {
    return (unsigned long)TRT_TICKS_TO_MS(trt_now());
}

// Each round computes for a while: 3 ms, and in the fifth round 250 ms.
static void work(int round) {
    trt_host_advance(round == 5 ? TRT_MS(250) : TRT_MS(3));
}

static void exact(void *arg) {
    (void)arg;
    trt_tick_t last = trt_now(), missed;
    for (int round = 1; round <= 8; round++) {
        trt_delay_until(&last, TRT_MS(100), &missed);
        printf("%4lu ms", ms());
        if (missed > 0) printf("  (%lu missed)", (unsigned long)missed);
        printf("\n");
        work(round);
    }
}

static void drifting(void *arg) {
    (void)arg;
    for (int round = 1; round <= 4; round++) {
        trt_delay(TRT_MS(100));
        printf("                         %4lu ms\n", ms());
        work(round);
    }
}

// A callback runs in the tick interrupt: it must not wait, so it hands on to a task.
TRT_SEM_DEFINE(blinks, 0, 10);

static void blink(void *arg) {
    trt_sem_give((trt_sem_t *)arg);
}

TRT_TIMER_DEFINE(blink_timer, blink, &blinks, TRT_MS(30), TRT_PERIODIC);

static void lamp(void *arg) {
    (void)arg;
    TRT_DEADLINE_DEFINE(enough);
    trt_deadline_start(&enough, TRT_MS(140));
    trt_timer_start(&blink_timer);
    int seen = 0;
    while (trt_deadline_status(&enough) == TRT_RUNNING) {
        if (trt_sem_take(&blinks, TRT_MS(20)) == TRT_OK) seen++;
    }
    trt_timer_stop(&blink_timer);
    printf("%4lu ms  the lamp has blinked %d times in 140 ms\n", ms(), seen);
}

TRT_TASK_DEFINE(exact_task, exact, 1, 1024);
TRT_TASK_DEFINE(drifting_task, drifting, 2, 1024);
TRT_TASK_DEFINE(lamp_task, lamp, 0, 1024);

int main(void) {
    printf("without drift            with drift\n");
    trt_task_start(&exact_task, NULL);
    trt_task_start(&drifting_task, NULL);
    trt_task_start(&lamp_task, NULL);
    return trt_start() == TRT_OK ? 0 : 1;
}
