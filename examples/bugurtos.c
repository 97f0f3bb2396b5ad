// Shows:  BuguRTOS's notions: general-purpose processes that share the processor by time slices, a
//         real-time process with a watchdog on its execution, stop protection, intervals,
//         rendezvous.
// Expect: shares as the budgets are, the less urgent not starved; a runaway that is stopped, named
//         and restarted; a stop that waits; an interval that does not drift; clients served by
//         priority.
// Build:  cc -I.. bugurtos.c && ./a.out
#define TINYRTOS_BUDGETS 1
#define TINYRTOS_STOP_PROTECTION 1
#define TINYRTOS_BUDGET_HOOK(task) note_over(task)
struct trt_task;
static void note_over(struct trt_task *task);
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include <stdio.h>

static void say(const char *text) {
    printf("  %3lu  %s\n", (unsigned long)trt_now(), text);
}

// So many ticks of the processor, however long others have it in between.
static void compute(trt_tick_t ticks) {
    while (ticks-- > 0) trt_host_advance(1);
}

// --- general purpose: MY_TIME_QUANT and IS_RT 0 of bgrt_proc_init. Who has used up its share goes
// behind all others, until they have used up theirs.

static void share(void *ticks) {
    for (;;) {
        compute(1);
        ++*(unsigned *)ticks;
    }
}

TRT_TASK_DEFINE(more_task, share, 5, 1024);
TRT_TASK_DEFINE(less_task, share, 6, 1024);

static void shares(void) {
    unsigned more = 0, less = 0;
    trt_task_set_budget(&more_task, TRT_BUDGET_SHARE, 3);
    trt_task_set_budget(&less_task, TRT_BUDGET_SHARE, 2);
    trt_task_start(&more_task, &more);
    trt_task_start(&less_task, &less);
    trt_host_run(500);
    printf("shares of 3 and 2: %u %% and %u %% of the processor\n", (more + 2) / 5, (less + 2) / 5);
}

// --- real time: IS_RT 1. Its budget is a watchdog, fed by bgrt_proc_wd_reset.

static const char *over = "nobody";

// In the tick interrupt, lock held: be brief.
static void note_over(trt_task_t *task) {
    over = trt_task_name(task);
}

static void control(void *rounds) {
    for (int i = 1; i <= *(const int *)rounds; i++) {
        compute(4);
        trt_task_reset_budget();
    }
    say("control: round after round, fed in time; and now it hangs");
    for (;;) compute(1);
}

TRT_TASK_DEFINE(control_task, control, 0, 1024);

static void supervise(void *arg) {
    int rounds = *(const int *)arg;
    for (int i = 0; i < 2; i++) {
        trt_task_join(&control_task, TRT_FOREVER);
        printf("  %3lu  stopped by its watchdog: %s%s\n", (unsigned long)trt_now(), over,
               i == 0 ? "; restarted" : "");
        if (i == 0) trt_task_restart(&control_task, &rounds); // bgrt_proc_restart
    }
}

TRT_TASK_DEFINE(supervisor_task, supervise, 1, 1024);

static void watchdog(void) {
    int rounds = 3;
    printf("a watchdog of 5 ticks:\n");
    trt_task_set_budget(&control_task, TRT_BUDGET_WATCHDOG, 5);
    trt_task_start(&control_task, &rounds);
    trt_task_start(&supervisor_task, &rounds);
    trt_start();
}

// --- bgrt_proc_lock, bgrt_proc_free

static void writer(void *arg) {
    (void)arg;
    trt_task_protect();
    say("writer: begins what must not be half done");
    compute(10);
    say("writer: has done it");
    trt_task_unprotect();
    say("writer: never says this");
}

TRT_TASK_DEFINE(writer_task, writer, 3, 1024);

static void stopper(void *arg) {
    (void)arg;
    trt_delay(4);
    if (trt_task_stop(&writer_task) == TRT_DEFERRED) say("stopper: the stop is deferred");
    trt_task_join(&writer_task, TRT_FOREVER);
    say("stopper: the writer has ended");
}

TRT_TASK_DEFINE(stopper_task, stopper, 2, 1024);

static void protection(void) {
    printf("stop protection:\n");
    trt_task_start(&writer_task, NULL);
    trt_task_start(&stopper_task, NULL);
    trt_start();
}

// --- BGRT_WAIT_INTERVAL, which here waits and does not spin

static void sampler(void *arg) {
    (void)arg;
    trt_tick_t last;
    TRT_INTERVAL_BEGIN(last);
    for (trt_tick_t work = 1; work <= 4; work++) {
        TRT_INTERVAL_WAIT(last, 10);
        say("sample");
        compute(work);
    }
}

TRT_TASK_DEFINE(sampler_task, sampler, 1, 1024);

static void intervals(void) {
    printf("intervals of 10 ticks:\n");
    trt_task_start(&sampler_task, NULL);
    trt_start();
}

// --- bgrt_ipc_send, bgrt_ipc_wait, bgrt_ipc_reply

typedef struct order {
    const char *who;
    int number; // becomes its square
} order_t;

TRT_CHANNEL_DEFINE(squares);

// Open: whoever calls. It has the priority of the most urgent of them.
static void server(void *arg) {
    (void)arg;
    trt_channel_serve(&squares);
    for (;;) {
        trt_call_t call = {NULL, NULL};
        if (trt_channel_accept(&squares, &call, 100) != TRT_OK) return;
        order_t *order = (order_t *)call.message;
        printf("  %3lu  server, with priority %u: for %s\n", (unsigned long)trt_now(),
               trt_task_priority(trt_task_self()), order->who);
        compute(5);
        order->number *= order->number;
        trt_channel_answer(&squares, TRT_OK);
    }
}

static void client(void *arg) {
    order_t *order = (order_t *)arg;
    trt_channel_call(&squares, order, TRT_FOREVER);
    printf("  %3lu  %s has %d\n", (unsigned long)trt_now(), order->who, order->number);
}

TRT_TASK_DEFINE(server_task, server, 7, 1024);
TRT_TASK_DEFINE(calm_task, client, 5, 1024);
TRT_TASK_DEFINE(urgent_task, client, 2, 1024);

static void rendezvous(void) {
    order_t calm = {"the calm one", 3}, urgent = {"the urgent one", 4};
    printf("rendezvous:\n");
    trt_task_start(&server_task, NULL);
    trt_host_run_until_idle(); // it serves
    trt_task_start(&calm_task, &calm);
    trt_task_start(&urgent_task, &urgent);
    trt_host_run(200);
}

int main(void) {
    void (*const parts[])(void) = {shares, watchdog, protection, intervals, rendezvous};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        parts[i]();
        trt_host_reset();
    }
    return 0;
}
