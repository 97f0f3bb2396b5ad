// Shows: two tasks in a sketch, beside millis() and everything else that the core does.
// Expect: the LED on pin 13 changes twice a second, one on pin 12 every 300 ms.
// Build: with this library, or with tinyrtos.h in the sketch's folder; any board with an AVR.
#define TINYRTOS_IMPLEMENTATION // in one file of the program
#include "tinyrtos.h"

struct Lamp {
    uint8_t pin;
    uint16_t milliseconds;
};

static Lamp first = {13, 500}, second = {12, 300};

static void blink(void *arg) {
    const Lamp *lamp = (const Lamp *)arg;
    trt_tick_t last = trt_now();
    for (bool on = true;; on = !on) {
        digitalWrite(lamp->pin, on);
        trt_delay_until(&last, TRT_MS(lamp->milliseconds), NULL); // delay() would do nothing else
    }
}

TRT_TASK_DEFINE(first_task, blink, 1, 160);
TRT_TASK_DEFINE(second_task, blink, 2, 160);

void setup() {
    pinMode(first.pin, OUTPUT);
    pinMode(second.pin, OUTPUT);
    trt_task_start(&first_task, &first);
    trt_task_start(&second_task, &second);
    trt_start(); // does not return
}

void loop() {}
