// Shows:  an application of run-to-completion tasks ("On writing your own RTOS"): jobs, which need
//         no stack; timed jobs; an interrupt that activates one; passive timers, which are asked.
// Expect: samples without drift, a report after every fourth, a silence that is noticed once, a job
//         that is posted twice and runs once.
// Build:  cc -I.. run_to_completion.c && ./a.out
#define TINYRTOS_TICK_BITS 64 // then no timer wraps, and a passive one has 8 bytes
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include <stdio.h>

#define RX_LINE 4 // stands for a receiver's interrupt

static void say(const char *text) {
    printf("%4lu ms  %s\n", (unsigned long)TRT_TICKS_TO_MS(trt_now()), text);
}

// Each object owns its state and its jobs; a job needs no parameters but the object.
typedef struct meter {
    unsigned samples, sum;
} meter_t;

typedef struct receiver {
    trt_deadline_t silence; // passive: runs out 100 ms after what was heard last
} receiver_t;

static meter_t meter;
static receiver_t receiver;

static void meter_sample(void *arg);
static void meter_report(void *arg);
static void receiver_read(void *arg);
static void receiver_watch(void *arg);

// The most urgent first. A job that has begun is never interrupted by another: what they share
// needs no lock.
TRT_JOBS_DEFINE(jobs, {receiver_read, &receiver}, {meter_sample, &meter},
                {receiver_watch, &receiver}, {meter_report, &meter});
enum { RECEIVER_READ, METER_SAMPLE, RECEIVER_WATCH, METER_REPORT };

// A timed job is one that a timer posts. The timer's argument is the job's number.
static void post(void *job) {
    trt_job_post(&jobs, (uint8_t)(uintptr_t)job);
}

TRT_TIMER_DEFINE(sample_timer, post, (void *)(uintptr_t)METER_SAMPLE, TRT_MS(50), TRT_PERIODIC);
TRT_TIMER_DEFINE(watch_timer, post, (void *)(uintptr_t)RECEIVER_WATCH, TRT_MS(20), TRT_PERIODIC);

static void meter_sample(void *arg) {
    meter_t *self = (meter_t *)arg;
    self->samples++;
    self->sum += self->samples * 10;
    say("sample");
    if (self->samples % 4 != 0) return;
    trt_job_post(&jobs, METER_REPORT);
    if (trt_job_post(&jobs, METER_REPORT) == TRT_ERR_STATE) say("report is pending already");
}

static void meter_report(void *arg) {
    meter_t *self = (meter_t *)arg;
    printf("%4lu ms  report: %u samples, mean %u\n", (unsigned long)TRT_TICKS_TO_MS(trt_now()),
           self->samples, self->sum / self->samples);
    if (self->samples >= 8) trt_host_stop();
}

static void rx_interrupt(void *arg) {
    (void)arg;
    trt_job_post(&jobs, RECEIVER_READ); // the rest is done by the job
}

static void receiver_read(void *arg) {
    receiver_t *self = (receiver_t *)arg;
    say("received");
    trt_deadline_start(&self->silence, TRT_MS(100)); // from now
}

// Asked every 20 ms. EXPIRED comes once for each expiry, then STOPPED.
static void receiver_watch(void *arg) {
    receiver_t *self = (receiver_t *)arg;
    if (trt_deadline_status(&self->silence) == TRT_EXPIRED) say("silence for 100 ms");
}

// All jobs run on the stack of this task, at its priority. On an AVR with TINYRTOS_TASKS 0 main
// calls trt_jobs_run itself, and there is no other stack.
static void worker(void *arg) {
    (void)arg;
    trt_jobs_run(&jobs);
}

TRT_TASK_DEFINE(worker_task, worker, 0, 1024);

int main(void) {
    trt_host_handler(RX_LINE, rx_interrupt, NULL);
    trt_host_raise_at(RX_LINE, TRT_MS(75));
    trt_deadline_start(&receiver.silence, TRT_MS(100));
    trt_timer_start(&sample_timer);
    trt_timer_start(&watch_timer);
    trt_task_start(&worker_task, NULL);
    return trt_start() == TRT_OK ? 0 : 1;
}
