// Jobs without tasks, in 128 bytes of RAM: five, of which two are timed and one is posted by an
// interrupt; a passive timer ends the test; the watchdog is fed by each job that runs. Row S6. A
// second one is fed when two jobs have both checked in. Row D6.
#define TINYRTOS_TASKS 0
#define TINYRTOS_TICK_BITS 16
#define TINYRTOS_NAMES 0
#define TINYRTOS_FLAG_BITS 8
#define TINYRTOS_JOB_HOOK(jobs, job) feed()
#define TINYRTOS_WATCHDOG_HOOK(watch) ((void)(watch), fed_by_both++)
static void feed(void);
static unsigned char fed_by_both;
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include <avr/wdt.h>

#include "../firmware.h"

enum { URGENT, FAST, SLOW, AFTERWARDS, LAST, JOBS };

static uint8_t ran[JOBS], fed;
static trt_deadline_t end;
TRT_WATCH_DEFINE(both, 3);

static void run_urgent(void *unused);
static void run_fast(void *unused);
static void run_slow(void *unused);
static void run_afterwards(void *unused);
static void run_last(void *unused);

TRT_JOBS_DEFINE(jobs, {run_urgent, NULL}, {run_fast, NULL}, {run_slow, NULL},
                {run_afterwards, NULL}, {run_last, NULL});

static void feed(void) {
    wdt_reset();
    fed++;
}

static void run_urgent(void *unused) {
    (void)unused;
    ran[URGENT]++;
}

static void run_fast(void *unused) {
    (void)unused;
    ran[FAST]++;
    (void)trt_watch_check_in(&both, 1);
    (void)trt_job_post(&jobs, AFTERWARDS);
}

static void run_slow(void *unused) {
    (void)unused;
    ran[SLOW]++;
    (void)trt_watch_check_in(&both, 2);
    raise_vector(VECTOR_NUMBER(LINE_0));
    if (trt_deadline_status(&end) == TRT_EXPIRED) (void)trt_job_post(&jobs, LAST);
}

static void run_afterwards(void *unused) {
    (void)unused;
    ran[AFTERWARDS]++;
}

static void run_last(void *unused) {
    (void)unused;
    bool right = ran[URGENT] == 5 && ran[FAST] == 7 && ran[SLOW] == 5 && ran[AFTERWARDS] == 7;
    end_test(right && fed == 25 && fed_by_both == 5 && trt_now() == 36 ? AVR_PASS : AVR_FAIL);
}

TRT_ISR(LINE_0) {
    (void)trt_job_post(&jobs, URGENT);
}

static void post(void *job) {
    (void)trt_job_post(&jobs, (uint8_t)(uintptr_t)job);
}

TRT_TIMER_DEFINE(fast, post, (void *)FAST, 5, TRT_PERIODIC); // at ticks 6, 11, 16, 21, 26, 31, 36
TRT_TIMER_DEFINE(slow, post, (void *)SLOW, 7, TRT_PERIODIC); // at 8, 15, 22, 29, 36

int main(void) {
    tell(AVR_COUNT, 1);
    lines_enable();
    wdt_enable(WDTO_15MS);
    (void)trt_timer_start(&fast);
    (void)trt_timer_start(&slow);
    (void)trt_deadline_start(&end, 35);
    (void)trt_jobs_run(&jobs);
}
