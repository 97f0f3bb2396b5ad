// Jobs in a kernel with tasks: rows S6 and S7. (Jobs alone, without tasks: tests/avr/tiny/jobs.c.)
#include "harness.h"

static void letter(void *arg) {
    note((char)INDEX(arg));
}

static void posts_others(void *unused);
static void waits(void *unused);

TRT_JOBS_DEFINE(jobs, {letter, ARG('a')}, {posts_others, NULL}, {letter, ARG('c')}, {waits, NULL});
enum { A, POSTS, C, WAITS, NONE };

static void posts_others(void *unused) {
    (void)unused;
    note('<');
    CHECK_EQ(trt_job_post(&jobs, C), TRT_OK);
    CHECK_EQ(trt_job_post(&jobs, A), TRT_OK);
    note('>');
}

static void waits(void *unused) {
    (void)unused;
    note('[');
    CHECK_EQ(trt_delay(2), TRT_OK);
    note(']');
}

static void worker(void *set) {
    (void)trt_jobs_run((trt_jobs_t *)set);
}

static void start_worker(uint8_t priority) {
    CHECK_EQ(trt_task_create(&helper[0], "worker", worker, priority, helper_stack[0],
                             sizeof helper_stack[0]),
             TRT_OK);
    CHECK_EQ(trt_task_start(&helper[0], &jobs), TRT_OK);
}

KTEST(job, S6_first_of_the_set_runs_first_whatever_was_posted_first) {
    CHECK_EQ(trt_job_post(&jobs, C), TRT_OK);
    CHECK_EQ(trt_job_post(&jobs, A), TRT_OK);
    CHECK_LOG("");
    start_worker(1);
    CHECK_LOG("ac");
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_WAITING);
}

KTEST(job, S6_job_runs_when_it_is_posted) {
    start_worker(1);
    CHECK_EQ(trt_job_post(&jobs, C), TRT_OK);
    CHECK_LOG("c");
    CHECK_EQ(trt_job_post(&jobs, C), TRT_OK);
    CHECK_LOG("c");
}

KTEST(job, S6_job_runs_to_its_end_before_a_more_urgent_one_of_its_set) {
    start_worker(1);
    CHECK_EQ(trt_job_post(&jobs, POSTS), TRT_OK);
    CHECK_LOG("<>ac");
}

KTEST(job, S6_pending_job_runs_once_and_the_poster_is_told) {
    CHECK_EQ(trt_job_post(&jobs, A), TRT_OK);
    CHECK_EQ(trt_job_post(&jobs, A), TRT_ERR_STATE);
    start_worker(1);
    CHECK_LOG("a");
}

KTEST(job, S6_job_that_runs_can_be_posted_again) {
    start_worker(1);
    CHECK_EQ(trt_job_post(&jobs, WAITS), TRT_OK);
    CHECK_EQ(trt_job_post(&jobs, WAITS), TRT_OK);
    CHECK_EQ(trt_delay(10), TRT_OK);
    CHECK_LOG("[][]");
}

KTEST(job, S6_job_can_be_taken_back_until_it_begins) {
    CHECK_EQ(trt_job_cancel(&jobs, A), TRT_ERR_STATE);
    CHECK_EQ(trt_job_post(&jobs, A), TRT_OK);
    CHECK_EQ(trt_job_post(&jobs, C), TRT_OK);
    CHECK_EQ(trt_job_cancel(&jobs, A), TRT_OK);
    start_worker(1);
    CHECK_LOG("c");
}

KTEST(job, S7_jobs_and_tasks_run_under_one_order_of_priority) {
    start_worker(RUNNER_PRIORITY + 1);
    CHECK_EQ(trt_job_post(&jobs, A), TRT_OK);
    spawn(1, RUNNER_PRIORITY - 1, noter, 'u');
    spawn(2, RUNNER_PRIORITY + 2, noter, 'l');
    CHECK_LOG("u"); // the runner is more urgent than the jobs
    CHECK_EQ(trt_delay(1), TRT_OK);
    CHECK_LOG("al");
}

KTEST(job, S7_job_may_wait_and_less_urgent_tasks_run_meanwhile) {
    start_worker(1);
    CHECK_EQ(trt_job_post(&jobs, WAITS), TRT_OK);
    CHECK_EQ(trt_job_post(&jobs, A), TRT_OK);
    CHECK_LOG("[");
    CHECK_EQ(trt_delay(5), TRT_OK);
    CHECK_LOG("]a");
}

static void post_a(void *unused) {
    (void)unused;
    CHECK_EQ(trt_job_post(&jobs, A), TRT_OK);
    CHECK_EQ(trt_job_post(&jobs, A), TRT_ERR_STATE);
    note('i');
}

KTEST(job, I3_interrupt_pushes_and_is_told_what_is_pending_already) {
    irq_install(0, post_a, NULL);
    start_worker(1);
    irq_raise(0);
    CHECK_LOG("ia");
}

KTEST(job, S6_timers_make_timed_jobs) {
    static trt_timer_t timer;
    CHECK_EQ(trt_timer_init(&timer, "t", post_a, NULL, 3, TRT_PERIODIC), TRT_OK);
    start_worker(1);
    CHECK_EQ(trt_timer_start(&timer), TRT_OK);
    CHECK_EQ(trt_delay(10), TRT_OK);
    CHECK_EQ(trt_timer_stop(&timer), TRT_OK);
    CHECK_LOG("iaiaia");
}

KTEST(job, D3_wrong_jobs) {
    static trt_sem_t sem;
    static trt_jobs_t nothing;
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    CHECK_EQ(trt_job_post(&jobs, NONE), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_job_post", &jobs, TRT_ERR_PARAM);
    CHECK_EQ(trt_job_cancel(&jobs, 255), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_job_cancel", &jobs, TRT_ERR_PARAM);
    CHECK_EQ(trt_job_post(NULL, 0), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_job_post", NULL, TRT_ERR_OBJECT);
    CHECK_EQ(trt_job_post(&nothing, 0), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_job_post", &nothing, TRT_ERR_OBJECT);
    CHECK_EQ(trt_job_post((trt_jobs_t *)(void *)&sem, 0), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_job_post", &sem, TRT_ERR_OBJECT);
    CHECK_EQ(trt_jobs_run(NULL), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_jobs_run", NULL, TRT_ERR_OBJECT);
    CHECK_EQ(jobs.pending, 0);
}

static void run_in_interrupt(void *unused) {
    (void)unused;
    CHECK_EQ(trt_jobs_run(&jobs), TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_jobs_run", &jobs, TRT_ERR_CONTEXT);
}

KTEST(job, D3_interrupt_cannot_run_jobs) {
    irq_install(0, run_in_interrupt, NULL);
    irq_raise(0);
}

TRT_QUEUE_DEFINE(calls, trt_job_t, 2);
TRT_QUEUE_DEFINE(bytes, uint8_t, 1);

static void run_calls(void *unused) {
    (void)unused;
    (void)trt_calls_run(&calls);
}

static void defer_x(void *unused) {
    (void)unused;
    CHECK_EQ(trt_calls_defer(&calls, letter, ARG('x')), TRT_OK);
    note('i');
}

KTEST(job, I6_function_deferred_by_an_interrupt_runs_in_a_task) {
    irq_install(0, defer_x, NULL);
    spawn(0, 3, run_calls, 0);
    irq_raise(0);
    CHECK_LOG("ix");
}

KTEST(job, I6_functions_run_in_the_order_in_which_they_were_deferred) {
    CHECK_EQ(trt_calls_defer(&calls, letter, ARG('1')), TRT_OK);
    CHECK_EQ(trt_calls_defer(&calls, letter, ARG('2')), TRT_OK);
    CHECK_EQ(trt_calls_defer(&calls, letter, ARG('3')), TRT_ERR_WOULD_BLOCK); // told, not lost
    spawn(0, 3, run_calls, 0);
    CHECK_LOG("12");
}

KTEST(job, I6_misuse_is_refused) {
    CHECK_EQ(trt_calls_defer(&calls, NULL, NULL), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_calls_defer", &calls, TRT_ERR_PARAM);
    CHECK_EQ(trt_calls_defer(&bytes, letter, NULL), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_calls_defer", &bytes, TRT_ERR_PARAM);
    CHECK_EQ(trt_calls_run(&bytes), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_calls_run", &bytes, TRT_ERR_PARAM);
    CHECK_EQ(trt_calls_run(NULL), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_calls_run", NULL, TRT_ERR_OBJECT);
}
