// The applications by whose size kernels are compared: two tasks that yield; with USES_QUEUE also a
// semaphore and a queue; with USES_TIMER a software timer; with USES_MUTEX a mutex and sleeping.
// What one does not use is switched off (tools/bench.py). Only linked, never run.
#include "tinyrtos.h"

#ifndef STACK_BYTES
#define STACK_BYTES 128
#endif

#if USES_QUEUE
TRT_SEM_DEFINE(sem, 0, 1);
TRT_QUEUE_DEFINE(queue, uint32_t, 4);
#endif
#if USES_MUTEX
TRT_MUTEX_DEFINE(mutex, TRT_INHERIT);
#endif
#if USES_TIMER
static void on_timer(void *unused) {
    (void)unused;
    (void)trt_sem_give(&sem);
}
TRT_TIMER_DEFINE(timer, on_timer, NULL, 10, TRT_PERIODIC);
#endif

static void first(void *unused) {
    (void)unused;
#if USES_TIMER
    (void)trt_timer_start(&timer);
#endif
    for (;;) {
        (void)trt_yield();
#if USES_QUEUE
        uint32_t item = 1;
        (void)trt_sem_take(&sem, TRT_FOREVER);
        (void)trt_queue_send(&queue, &item, TRT_FOREVER);
#endif
#if USES_MUTEX
        (void)trt_mutex_lock(&mutex, TRT_FOREVER);
        (void)trt_mutex_unlock(&mutex);
#endif
    }
}

static void second(void *unused) {
    (void)unused;
    for (;;) {
        (void)trt_yield();
#if USES_QUEUE
        uint32_t item;
        (void)trt_queue_receive(&queue, &item, TRT_FOREVER);
        (void)trt_sem_give(&sem);
#endif
#if USES_MUTEX
        (void)trt_delay(5);
        (void)trt_mutex_lock(&mutex, TRT_FOREVER);
        (void)trt_mutex_unlock(&mutex);
#endif
    }
}

TRT_TASK_DEFINE(first_task, first, 1, STACK_BYTES);
TRT_TASK_DEFINE(second_task, second, 1, STACK_BYTES);

int main(void) {
    (void)trt_task_start(&first_task, NULL);
    (void)trt_task_start(&second_task, NULL);
    (void)trt_start();
}
