// Shows:  a FreeRTOS program in our calls: the primer's I2C transfer, whose end an interrupt tells
//         by a binary semaphore; a queue; a mailbox of one item; software timers, whose calls
//         cannot fail; a function deferred from an interrupt; a queue set.
// Expect: two readings and a transfer that times out; a timer that blinks, slower after the second
//         reading; a watchdog timer that is reset as long as there are readings.
// Build:  cc -I.. freertos.c && ./a.out
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include <stdio.h>

#define I2C_LINE 3 // on the host this interrupt line stands for the controller's
#define I2C_TIMEOUT TRT_MS(20)

typedef struct reading {
    uint8_t number, data;
} reading_t;

static void say(const char *text) {
    printf("%4lu ms  %s\n", (unsigned long)TRT_TICKS_TO_MS(trt_now()), text);
}

// xSemaphoreCreateBinaryStatic, xQueueCreateStatic: all are there before main.
TRT_SEM_DEFINE(i2c_done, 0, 1);
TRT_SEM_DEFINE(bitten, 0, 1);
TRT_QUEUE_DEFINE(readings, reading_t, 4);
TRT_QUEUE_DEFINE(latest, reading_t, 1);
TRT_QUEUE_DEFINE(calls, trt_job_t, 2);

// --- the primer's I2C example

// A transfer takes 5 ms; the third is never completed.
static void i2c_start_read(uint8_t number) {
    if (number < 3) trt_host_raise_at(I2C_LINE, trt_now() + TRT_MS(5));
}

static void light_off(void *arg) {
    (void)arg;
    say("          I2C light off, by a task");
}

// No FromISR, no pxHigherPriorityTaskWoken, no portYIELD_FROM_ISR: if the reader is more urgent
// than what was interrupted, it runs when this returns.
static void i2c_transfer_completed_isr(void *arg) {
    (void)arg;
    trt_sem_give(&i2c_done);
    trt_calls_defer(&calls, light_off, NULL); // xTimerPendFunctionCallFromISR
}

static void i2c_read_task_blocking(void *arg) {
    (void)arg;
    for (uint8_t number = 1; number <= 3; number++) {
        i2c_start_read(number);
        if (trt_sem_take(&i2c_done, I2C_TIMEOUT) != TRT_OK) {
            say("I2C       timed out");
            return;
        }
        reading_t reading = {number, (uint8_t)(40u + number)}; // I2C_DATA_REG
        say("I2C       completed");
        trt_queue_send(&readings, &reading, TRT_FOREVER);
        trt_queue_overwrite(&latest, &reading); // a mailbox: who looks, leaves it there
        trt_delay(TRT_MS(30));
    }
}

// --- software timers: their callbacks run in the tick interrupt, there is no daemon task

static unsigned blinks;

static void blink(void *arg) { // pvTimerGetTimerID(xTimer) is its argument
    blinks++;
    say((const char *)arg);
}

static void bite(void *arg) {
    trt_sem_give((trt_sem_t *)arg);
}

static char led[] = "LED";
TRT_TIMER_DEFINE(blink_timer, blink, led, TRT_MS(15), TRT_PERIODIC);
TRT_TIMER_DEFINE(watchdog_timer, bite, &bitten, TRT_MS(60), TRT_ONE_SHOT);

// --- a task that waits for a queue or a semaphore: xQueueCreateSet, xQueueSelectFromSet. It gets
// the item itself, not the news that there is one.

static void logger(void *arg) {
    (void)arg;
    reading_t reading;
    uint8_t which = 0;
    trt_wait_t set[2];
    trt_wait_receive(&set[0], &readings, &reading);
    trt_wait_sem(&set[1], &bitten);
    trt_timer_start(&watchdog_timer);
    trt_timer_start(&blink_timer);
    for (;;) {
        trt_wait_any(set, 2, &which, TRT_FOREVER);
        if (which == 1) break;
        printf("%4lu ms  logger    reading %u: %u\n", (unsigned long)TRT_TICKS_TO_MS(trt_now()),
               reading.number, reading.data);
        trt_timer_start(&watchdog_timer); // xTimerReset
        if (reading.number == 2)
            trt_timer_set_period(&blink_timer, TRT_MS(25)); // xTimerChangePeriod
    }
    trt_timer_stop(&blink_timer);
    trt_queue_peek(&latest, &reading, TRT_NO_WAIT);
    printf("%4lu ms  logger    no reading for 60 ms; the latest was %u; %u blinks\n",
           (unsigned long)TRT_TICKS_TO_MS(trt_now()), reading.data, blinks);
    trt_host_stop();
}

static void deferred(void *arg) {
    (void)arg;
    trt_calls_run(&calls);
}

// Priority 0 is the most urgent.
TRT_TASK_DEFINE(i2c_task, i2c_read_task_blocking, 1, 1024);
TRT_TASK_DEFINE(deferred_task, deferred, 2, 1024);
TRT_TASK_DEFINE(logger_task, logger, 3, 1024);

int main(void) {
    trt_host_handler(I2C_LINE, i2c_transfer_completed_isr, NULL);
    trt_task_start(&i2c_task, NULL);
    trt_task_start(&deferred_task, NULL);
    trt_task_start(&logger_task, NULL);
    return trt_start() == TRT_OK ? 0 : 1; // vTaskStartScheduler
}
