// The smallest application without tasks: two jobs that post each other. Only linked, never run.
#include "tinyrtos.h"

enum { PING, PONG };

static void ping(void *unused);
static void pong(void *unused);
TRT_JOBS_DEFINE(jobs, {ping, NULL}, {pong, NULL});

static void ping(void *unused) {
    (void)unused;
    (void)trt_job_post(&jobs, PONG);
}

static void pong(void *unused) {
    (void)unused;
    (void)trt_job_post(&jobs, PING);
}

int main(void) {
    (void)trt_job_post(&jobs, PING);
    (void)trt_jobs_run(&jobs);
}
