// Cycles from posting a more urgent job, by one that runs, to the first instruction of that job;
// without tasks.
#define TINYRTOS_TASKS 0
#include "../avr/cycles.h"

enum { URGENT, POSTING };

static void urgent(void *unused);
static void posting(void *unused);
TRT_JOBS_DEFINE(jobs, {urgent, NULL}, {posting, NULL});

static void urgent(void *unused) {
    (void)unused;
    END();
    say_cycles();
    SAY("post a job to a more urgent job, it runs\n");
    end_test(AVR_PASS);
}

static void posting(void *unused) {
    (void)unused;
    BEGIN();
    (void)trt_job_post(&jobs, URGENT);
}

int main(void) {
    bool only_asked = WHICH_TEST != 0; // how many tests there are
    tell(AVR_COUNT, 1);
    if (only_asked) end_test(AVR_FAIL);
    (void)trt_job_post(&jobs, POSTING);
    (void)trt_jobs_run(&jobs);
}
