// Shows:  pyRTOS's sample programs: mailboxes with typed messages, by reference and by name, and
//         QUIT; a task that does one step for each notification; block conditions with a timeout; a
//         service routine; a delay in passes. The scheduler is cooperative, as pyRTOS's.
// Expect: readings on the display; the steps, the first for a notification sent before anybody
//         waited; an unknown name that is an error; tasks that end when they are told to.
// Build:  cc -I.. pyrtos.c && ./a.out
#define TINYRTOS_PREEMPTION 0
#define TINYRTOS_NOTES 1
#define TINYRTOS_MAIL 1
#define TINYRTOS_PASSES 1
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include <stdio.h>

// Types of messages. They begin at 128, as in pyRTOS; TRT_QUIT is 0.
enum { TEMP = TRT_MESSAGE_USER, READ_HUM, HUM };

static const trt_payload_t nothing = {0};
static volatile int32_t temperature = 21; // what the sensor would say

extern trt_task_t display_task, temp_task, hum_read_task, guard_task, step_task;

static void say(const char *who, const char *what) {
    printf("%4lu ms  %-8s %s\n", (unsigned long)TRT_TICKS_TO_MS(trt_now()), who, what);
}

static void say_number(const char *who, const char *what, int32_t number) {
    printf("%4lu ms  %-8s %s %ld\n", (unsigned long)TRT_TICKS_TO_MS(trt_now()), who, what,
           (long)number);
}

// --- messages

// Its argument, the reading at which it asks for the humidity too, lies in its mailbox before it
// starts. Between two messages it waits; there is nothing to poll.
static void display(void *arg) {
    (void)arg;
    trt_message_t message;
    trt_mail_receive(&message, TRT_NO_WAIT);
    int32_t limit = message.payload.number;
    while (trt_mail_receive(&message, TRT_FOREVER) == TRT_OK && message.type != TRT_QUIT) {
        say_number("display", message.type == TEMP ? "degrees" : "percent", message.payload.number);
        if (message.type == TEMP && message.payload.number >= limit)
            trt_mail_send(&hum_read_task, READ_HUM, nothing, TRT_NO_WAIT);
    }
    say("display", "QUIT");
}

// Reads when it is asked, and answers whoever asked. yield [wait_for_message(self), timeout(5)]
static void hum_read(void *arg) {
    (void)arg;
    trt_message_t message;
    while (trt_mail_receive(&message, TRT_SECONDS(5)) == TRT_OK && message.type != TRT_QUIT) {
        trt_delay_ns(100); // the sensor settles: yield [timeout_ns(100)]
        trt_payload_t humidity = {40 + temperature};
        trt_mail_send(message.source, HUM, humidity, TRT_NO_WAIT);
    }
    say("hum_read", "QUIT");
}

// Sends by name. Nobody has the last one: that is an error here, and silence in pyRTOS.
static void temp(void *arg) {
    (void)arg;
    for (int i = 0; i < 3; i++) {
        trt_delay(TRT_MS(500)); // yield [timeout(0.5)]
        trt_payload_t reading = {++temperature};
        trt_mail_send_to("display_task", TEMP, reading, TRT_NO_WAIT);
    }
    if (trt_mail_send_to("dispaly", TRT_QUIT, nothing, TRT_NO_WAIT) == TRT_ERR_NOT_FOUND)
        say("temp", "there is no task \"dispaly\"");
    trt_delay(TRT_MS(500));
    trt_mail_send(&display_task, TRT_QUIT, nothing, TRT_NO_WAIT);
    trt_mail_send(&hum_read_task, TRT_QUIT, nothing, TRT_NO_WAIT);
    trt_mail_send(&guard_task, TRT_QUIT, nothing, TRT_NO_WAIT);
}

// --- block conditions

static bool is_warm(void *limit) {
    return temperature >= *(const int32_t *)limit;
}

// yield [wait_for_message(self), is_warm(), timeout(0.6)]: it is told which one it was.
static void guard(void *arg) {
    (void)arg;
    int32_t limit = 23;
    trt_message_t message;
    trt_wait_t things[2];
    trt_wait_mail(&things[0], &message);
    trt_wait_until(&things[1], is_warm, &limit);
    for (;;) {
        uint8_t which;
        trt_status_t status = trt_wait_any(things, 2, &which, TRT_MS(600));
        if (status == TRT_OK && which == 0) break;
        if (status == TRT_OK) say_number("guard", "warm, from", limit++);
        else say("guard", "nothing for 600 ms");
    }
    say("guard", "QUIT");
}

// --- notifications, and a service routine

// One step for each notification: wait_for_notification(index=0, state=1), which here also makes
// its state 0 again, at once. The value counts on.
static void step(void *arg) {
    (void)arg;
    for (int i = 0; i < 3; i++) {
        int32_t value;
        trt_note_wait(&step_task, 0, 1, TRT_CLEAR, &value, TRT_FOREVER);
        say_number("step", "value", value);
    }
}

// A pin that rises every 300 ms, watched at every pass, as where there are no interrupts: it
// notifies a task, which does the work. notify_inc_value(index=0, step=1)
static bool pin_is_high(void) {
    return trt_now() / TRT_MS(150) % 2 == 1;
}

static void watch_pin(void *arg) {
    static bool was_high;
    (void)arg;
    bool is_high = pin_is_high();
    if (is_high && !was_high) trt_note_add(&step_task, 0, 1, 1);
    was_high = is_high;
}

TRT_SERVICE_DEFINE(pin_service, watch_pin, NULL);

// --- a delay in passes: yield [delay(10)]

static void slow(void *arg) {
    (void)arg;
    uint32_t begun = trt_passes();
    trt_delay_passes(10);
    say("slow", trt_passes() - begun >= 10 ? "10 passes later" : "too early");
}

TRT_TASK_DEFINE(display_task, display, 1, 1024);
TRT_TASK_DEFINE(temp_task, temp, 2, 1024);
TRT_TASK_DEFINE(hum_read_task, hum_read, 3, 1024);
TRT_TASK_DEFINE(guard_task, guard, 3, 1024);
TRT_TASK_DEFINE(step_task, step, 4, 1024);
TRT_TASK_DEFINE(slow_task, slow, 4, 1024);
TRT_MAILBOX_DEFINE(display_box, 4);
TRT_MAILBOX_DEFINE(hum_read_box, 2);
TRT_MAILBOX_DEFINE(guard_box, 1);

int main(void) {
    trt_payload_t limit = {23};
    trt_mail_set_box(&display_task, &display_box);
    trt_mail_set_box(&hum_read_task, &hum_read_box);
    trt_mail_set_box(&guard_task, &guard_box);
    trt_mail_send(&display_task, TRT_MESSAGE_USER, limit, TRT_NO_WAIT); // display.deliver(limit)
    trt_service_add(&pin_service);
    trt_task_start(&display_task, NULL);
    trt_task_start(&temp_task, NULL);
    trt_task_start(&hum_read_task, NULL);
    trt_task_start(&guard_task, NULL);
    trt_task_start(&step_task, NULL);
    trt_task_start(&slow_task, NULL);
    trt_note_set(&step_task, 0, 1,
                 27); // before it waits: kept. notify_set_value(index=0, value=27)
    return trt_start() == TRT_OK ? 0 : 1;
}
