// Run-time statistics: row T10 with TINYRTOS_RUN_TIME_STATS. The counter here is the tick.
#define TINYRTOS_RUN_TIME_STATS 1
#define TINYRTOS_RUN_TIME_COUNTER() ((uint32_t)trt_now())
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

static void compute_seven(void *letter) {
    ticks_pass(7);
    note(LETTER(letter));
}

static void compute_in_two_parts(void *unused) {
    (void)unused;
    ticks_pass(3);
    CHECK_EQ(trt_delay(10), TRT_OK);
    ticks_pass(4);
}

KTEST(task_stats, T10_run_time_counts_what_a_task_computes) {
    spawn(0, 3, compute_seven, 'a');
    CHECK_EQ(trt_task_run_time(&helper[0]), 7);
}

KTEST(task_stats, T10_run_time_does_not_count_waiting) {
    spawn(0, 3, compute_in_two_parts, 0);
    CHECK_EQ(trt_task_join(&helper[0], TRT_FOREVER), TRT_OK);
    CHECK_EQ(trt_task_run_time(&helper[0]), 7);
}

KTEST(task_stats, T10_run_time_of_the_running_task_is_up_to_date) {
    uint32_t before = trt_task_run_time(&runner);
    ticks_pass(5);
    CHECK_EQ(trt_task_run_time(&runner) - before, 5);
}

KTEST(task_stats, T10_run_time_of_a_preempted_task_leaves_the_others_out) {
    uint32_t before = trt_task_run_time(&runner);
    ticks_pass(2);
    spawn(0, 3, compute_seven, 'a');
    ticks_pass(3);
    CHECK_EQ(trt_task_run_time(&runner) - before, 5);
}
