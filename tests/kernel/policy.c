// A policy of the user's: row S10. TINYRTOS_PICK decides who runs among those who are ready.
#define TINYRTOS_PICK(task) pick(task)
struct trt_task;
static struct trt_task *pick(struct trt_task *most_urgent);
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

static trt_task_t *favourite; // runs whenever it is ready
static uint8_t asked;

static trt_task_t *pick(trt_task_t *most_urgent) {
    asked++;
    for (trt_task_t *task = most_urgent; task != NULL; task = trt_ready_next(task))
        if (task == favourite) return task;
    return most_urgent;
}

KTEST(policy, S10_without_a_wish_the_most_urgent_runs) {
    favourite = NULL;
    spawn(0, 6, noter, 'l');
    spawn(1, 5, noter, 'm');
    spawn(2, 3, noter, 'u');
    CHECK_LOG("u");
    CHECK_EQ(trt_delay(1), TRT_OK);
    CHECK_LOG("ml");
}

KTEST(policy, S10_chosen_one_runs_before_more_urgent_ones) {
    favourite = &helper[0];
    spawn(0, 6, noter, 'l');
    CHECK_LOG("l"); // before the runner
    favourite = &helper[1];
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    spawn(0, 5, noter, 'a');
    spawn(1, 7, noter, 'z');
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    CHECK_LOG("z");
    CHECK_EQ(trt_delay(1), TRT_OK);
    CHECK_LOG("a");
    favourite = NULL;
}

KTEST(policy, S10_is_asked_once_for_each_decision) {
    favourite = NULL;
    asked = 0;
    spawn(0, 3, noter, 'u');
    CHECK_EQ(asked, 2); // when it began, and when it ended
    CHECK_LOG("u");
}

KTEST(policy, S10_ready_tasks_are_told_in_their_order) {
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    spawn(0, 6, noter, '0');
    spawn(1, 5, noter, '1');
    spawn(2, 5, noter, '2');
    spawn(3, 3, noter, '3');
    for (trt_task_t *task = trt_ready_next(NULL); task != NULL; task = trt_ready_next(task))
        note(task == &runner ? 'r' : (char)('0' + (task - helper)));
    CHECK_LOG("3r120");
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    CHECK_LOG("3");
    CHECK(trt_ready_next(&helper[3]) == NULL); // it is over
    CHECK_EQ(trt_delay(1), TRT_OK);
    CHECK_LOG("120");
}

static void prefer_another(void *letter) {
    note(LETTER(letter));
    favourite = &helper[1];
    CHECK(trt_yield()); // it has no equals
    note(LETTER(letter));
}

KTEST(policy, S10_is_asked_when_a_task_yields) {
    favourite = &helper[0];
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    spawn(0, 5, prefer_another, 'p');
    spawn(1, 6, noter, 'o');
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    CHECK_LOG("po");
    favourite = NULL;
    let_run();
    CHECK_LOG("p");
}
