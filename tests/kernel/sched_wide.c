// As many priorities as there can be: row S1 with 32 of them.
#define TINYRTOS_PRIORITIES 32
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

static trt_mutex_t mutex;

KTEST(sched_wide, S1_most_urgent_of_32_priorities_runs_first) {
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    spawn(0, 31, noter, 'z');
    spawn(1, 17, noter, 'y');
    spawn(2, 0, noter, 'a');
    spawn(3, 16, noter, 'x');
    spawn(4, 8, noter, 'w');
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    CHECK_LOG("a");
    let_run();
    CHECK_LOG("wxyz");
}

KTEST(sched_wide, S1_every_priority_takes_its_turn) {
    for (uint8_t priority = 5; priority < 32; priority++) {
        spawn(0, 31, noter, 'b');
        spawn(1, priority, noter, 'a');
        let_run();
        if (priority < 31) {
            CHECK_LOG("ab");
        } else {
            CHECK_LOG("ba");
        }
    }
}

static void hold(void *unused) {
    (void)unused;
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_FOREVER), TRT_OK);
    CHECK_EQ(trt_delay(3), TRT_OK);
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
}

KTEST(sched_wide, Y3_inheritance_over_32_priorities) {
    CHECK_EQ(trt_mutex_init(&mutex, TRT_INHERIT), TRT_OK);
    spawn(0, 31, hold, 0);
    let_run();
    spawn(1, 0, hold, 0);
    CHECK_EQ(trt_task_priority(&helper[0]), 0);
    CHECK_EQ(trt_delay(20), TRT_OK);
    CHECK_EQ(trt_task_priority(&helper[0]), 31);
}
