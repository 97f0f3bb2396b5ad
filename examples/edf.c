// Shows:  a scheduling policy of one's own, by TINYRTOS_PICK: earliest deadline first.
// Expect: two tasks that need 97 % of the processor: fixed priorities miss deadlines, earliest
//         deadline first misses none.
// Build:  cc -I.. edf.c && ./a.out
struct trt_task;
static struct trt_task *pick(struct trt_task *most_urgent);
#define TINYRTOS_PICK(task) pick(task)
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include <stdio.h>

#define RUN_TICKS 35 // 5 times 7: then all begins again

// What a task has to do: compute for so long in each period, and be done by its end.
typedef struct work {
    const char *name;
    trt_tick_t compute, period;
    trt_tick_t deadline; // of the round that is under way, or next
} work_t;

static work_t short_work = {"A", 2, 5, 0};
static work_t long_work = {"    B", 4, 7, 0};
static bool earliest_first;
static int met, missed;

static bool is_before(trt_tick_t a, trt_tick_t b) { // right across the wrap
    return (trt_tick_t)(a - b) > TRT_FOREVER / 2u;
}

static trt_tick_t deadline_of(const trt_task_t *task) {
    return ((const work_t *)trt_task_local(task))->deadline;
}

// Asked with interrupts shut out, whenever who runs may change. A step for each ready task. (What a
// mutex lends is priority, of which this policy knows nothing.)
static trt_task_t *pick(trt_task_t *most_urgent) {
    trt_task_t *chosen = most_urgent;
    if (!earliest_first) return chosen;
    for (trt_task_t *task = most_urgent; task != NULL; task = trt_ready_next(task))
        if (is_before(deadline_of(task), deadline_of(chosen))) chosen = task;
    return chosen;
}

static void report(const work_t *work) {
    bool is_late = is_before(work->deadline, trt_now());
    printf("  %2lu  %s by %lu%s\n", (unsigned long)trt_now(), work->name,
           (unsigned long)work->deadline, is_late ? ": missed" : "");
    if (is_late) missed++;
    else met++;
}

// So many ticks of the processor, however long others have it in between.
static void compute(trt_tick_t ticks) {
    while (ticks-- > 0) trt_host_advance(1);
}

// The next deadline is set before the wait: the policy is asked when that ends.
static void worker(void *arg) {
    work_t *work = (work_t *)arg;
    trt_tick_t begun = 0; // all begin at the first tick, whoever runs first
    while (trt_now() < RUN_TICKS) {
        compute(work->compute);
        report(work);
        work->deadline += work->period;
        trt_delay_until(&begun, work->period, NULL);
    }
}

// The shorter the period, the more urgent: if any fixed priorities meet all deadlines, these do
// (Liu and Layland 1973).
TRT_TASK_DEFINE(short_task, worker, 1, 1024);
TRT_TASK_DEFINE(long_task, worker, 2, 1024);

static void start(trt_task_t *task, work_t *work) {
    work->deadline = work->period;
    trt_task_set_local(task, work);
    trt_task_start(task, work);
}

static int run(const char *title, bool by_deadline) {
    earliest_first = by_deadline;
    met = missed = 0;
    printf("%s\n", title);
    trt_host_reset();
    start(&short_task, &short_work);
    start(&long_task, &long_work);
    trt_start();
    printf("  %d deadlines met, %d missed\n", met, missed);
    return missed;
}

int main(void) {
    int by_priority = run("by priority (done at, who, deadline):", false);
    int by_deadline = run("by deadline:", true);
    return by_priority > 0 && by_deadline == 0 ? 0 : 1;
}
