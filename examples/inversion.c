// Shows:  priority inversion, and how inheritance ends it.
// Expect: without inheritance the urgent task waits for all the work of one that has nothing to do
//         with it; with inheritance it waits only for as long as the mutex is held.
// Build:  cc -I.. inversion.c && ./a.out
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include <stdio.h>

static trt_mutex_t bus;

static void say(const char *text) {
    printf("  %3lu ms  %s\n", (unsigned long)TRT_TICKS_TO_MS(trt_now()), text);
}

// trt_host_advance stands for computing: so many ticks of the processor, unless somebody more
// urgent needs it.

static void low(void *arg) {
    (void)arg;
    trt_mutex_lock(&bus, TRT_FOREVER);
    say("low has the bus, and needs it for 10 ms");
    trt_host_advance(TRT_MS(10));
    trt_mutex_unlock(&bus);
}

static void middle(void *arg) {
    (void)arg;
    trt_delay(TRT_MS(5));
    say("middle computes for 100 ms, and needs no bus");
    trt_host_advance(TRT_MS(100));
    say("middle is done");
}

static void high(void *arg) {
    (void)arg;
    trt_delay(TRT_MS(4));
    trt_tick_t asked = trt_now();
    say("high asks for the bus");
    trt_mutex_lock(&bus, TRT_FOREVER);
    say("high has the bus");
    trt_mutex_unlock(&bus);
    printf("  so high has waited %lu ms\n", (unsigned long)TRT_TICKS_TO_MS(trt_now() - asked));
}

TRT_TASK_DEFINE(low_task, low, 3, 1024);
TRT_TASK_DEFINE(middle_task, middle, 2, 1024);
TRT_TASK_DEFINE(high_task, high, 1, 1024);

static void run(const char *title, uint8_t protocol) {
    printf("%s\n", title);
    trt_host_reset();
    trt_mutex_init(&bus, protocol);
    trt_task_start(&low_task, NULL);
    trt_task_start(&middle_task, NULL);
    trt_task_start(&high_task, NULL);
    trt_start();
}

int main(void) {
    run("inheritance off:", TRT_NO_PROTOCOL);
    run("inheritance on:", TRT_INHERIT);
    return 0;
}
