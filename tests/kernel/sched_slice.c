// Time slicing: row S3 with slices of two ticks.
#define TINYRTOS_TIME_SLICE 2
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

static trt_tick_t grid;

static void note_each_tick(void *letter) {
    for (unsigned i = 0; i < 6; i++) {
        note(LETTER(letter));
        ticks_pass(1);
    }
}

// Wakes at every tick, for nothing.
static void disturb(void *unused) {
    (void)unused;
    for (;;) {
        CHECK_EQ(trt_delay_until(&grid, 1, NULL), TRT_OK);
    }
}

KTEST(sched_slice, S3_equals_take_turns_of_two_ticks) {
    spawn(0, 5, note_each_tick, 'a');
    spawn(1, 5, note_each_tick, 'b');
    CHECK_EQ(trt_delay(30), TRT_OK);
    CHECK_LOG("aabbaabbaabb");
}

KTEST(sched_slice, S3_three_equals_take_turns) {
    spawn(0, 5, note_each_tick, 'a');
    spawn(1, 5, note_each_tick, 'b');
    spawn(2, 5, note_each_tick, 'c');
    CHECK_EQ(trt_delay(30), TRT_OK);
    CHECK_LOG("aabbccaabbccaabbcc");
}

KTEST(sched_slice, S3_less_urgent_tasks_get_no_slice) {
    spawn(0, 5, note_each_tick, 'a');
    spawn(1, 6, note_each_tick, 'b');
    CHECK_EQ(trt_delay(30), TRT_OK);
    CHECK_LOG("aaaaaabbbbbb");
}

KTEST(sched_slice, S3_locked_scheduler_is_not_sliced) {
    spawn(0, RUNNER_PRIORITY, noter, 'a');
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    ticks_pass(9);
    note('r');
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    ticks_pass(2);
    CHECK_LOG("ra");
}

KTEST(sched_slice, bug25_preemption_at_every_tick_starves_no_equal) {
    grid = trt_now();
    spawn(0, 3, disturb, 0);
    spawn(1, 5, note_each_tick, 'a');
    spawn(2, 5, note_each_tick, 'b');
    CHECK_EQ(trt_delay(30), TRT_OK);
    CHECK_LOG("aabbaabbaabb");
}
