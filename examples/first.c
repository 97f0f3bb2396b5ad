// Shows:  tasks and priorities, equals that take turns, waiting for time, a task's end, restarting
//         it.
// Expect: the urgent task whenever its time has come, two equals in turn, and what they leave in
//         the end.
// Build:  cc -I.. first.c && ./a.out
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include <stdio.h>

static unsigned long ms(void) {
    return (unsigned long)TRT_TICKS_TO_MS(trt_now());
}

// The most urgent: runs as soon as its delay is over, whoever runs then.
static void beat(void *arg) {
    (void)arg;
    trt_tick_t last = trt_now();
    for (int i = 1; i <= 3; i++) {
        trt_delay_until(&last, TRT_MS(100), NULL);
        printf("%4lu ms  beat %d\n", ms(), i);
    }
}

// Two of these have the same priority: each yields to the other.
static void turn(void *arg) {
    const char *who = (const char *)arg;
    for (int i = 1; i <= 3; i++) {
        printf("%4lu ms  %s, turn %d\n", ms(), who, i);
        trt_yield();
    }
}

TRT_TASK_DEFINE(beat_task, beat, 0, 1024);
TRT_TASK_DEFINE(left_task, turn, 2, 1024);
TRT_TASK_DEFINE(right_task, turn, 2, 1024);

static char once_more[] = "left once more";

// Waits for the others to end, then runs one of them again.
static void conductor(void *arg) {
    (void)arg;
    trt_task_join(&left_task, TRT_FOREVER);
    trt_task_join(&right_task, TRT_FOREVER);
    printf("%4lu ms  both have ended\n", ms());
    trt_task_join(&beat_task, TRT_FOREVER);
    printf("%4lu ms  the beat has ended: once more\n", ms());
    trt_task_restart(&left_task, once_more);
    printf("%4lu ms  joining gives %d\n", ms(), trt_task_join(&left_task, TRT_MS(10)));
}

TRT_TASK_DEFINE(conductor_task, conductor, 1, 1024);

int main(void) {
    static char left[] = "left", right[] = "right";
    trt_task_start(&beat_task, NULL);
    trt_task_start(&conductor_task, NULL);
    trt_task_start(&left_task, left);
    trt_task_start(&right_task, right);
    return trt_start() == TRT_OK ? 0 : 1; // on the host it returns when all tasks have ended
}
