// Programs of a sweep (frame.h): semaphores, mutexes, flags, queues, timers, tasks.
#ifndef SWEEP_PROGRAMS_H
#define SWEEP_PROGRAMS_H

enum { TASKS = 3, TICKS = 4 };

#include "plain.h"

static trt_timer_t timer;

// Call with the registers that a call keeps full of `seed` and more; whether they are so
// afterwards.
bool keeps_registers(sweep_seed_t seed, void *call, void *arg, trt_tick_t timeout);

// For a while all registers and the flags are full of `seed` and more; whether they stay so.
bool registers_stay(sweep_seed_t seed);

static void *call_of(trt_status_t (*call)(trt_sem_t *, trt_tick_t)) {
    return (void *)(uintptr_t)call;
}

static void on_timer(void *unused) {
    (void)unused;
    give_by(IN_TICK);
}

// --- programs: what the tasks do

static void take_twice(void *unused) {
    (void)unused;
    take(TRT_FOREVER);
    take(1);
}

static void take_forever(void *unused) {
    (void)unused;
    take(TRT_FOREVER);
}

static void take_in_time(void *unused) {
    (void)unused;
    take(1);
    take(TRT_NO_WAIT);
}

static void take_in_long_time(void *unused) {
    (void)unused;
    take(TICKS - 1);
    take(TICKS - 1);
}

static void give_twice(void *unused) {
    (void)unused;
    give();
    (void)known(trt_delay(1));
    give();
}

// The owner of the first, who waits for the second, inherits from who waits for the first.
static void visit_both(void *unused) {
    (void)unused;
    if (known(trt_mutex_lock(&mutex[0], TRT_FOREVER)) < TRT_OK) return;
    give();
    visit(1, TRT_FOREVER);
    CHECK(trt_mutex_unlock(&mutex[0]) == TRT_OK);
}

static void visit_first_in_time(void *unused) {
    (void)unused;
    take(TRT_FOREVER);
    visit(0, 1);
}

static void visit_second(void *unused) {
    (void)unused;
    if (known(trt_mutex_lock(&mutex[1], TRT_FOREVER)) < TRT_OK) return;
    (void)known(trt_delay(1));
    CHECK(trt_mutex_unlock(&mutex[1]) == TRT_OK);
}

static void receive_twice(void *unused) {
    (void)unused;
    receive(TRT_FOREVER);
    receive(1);
}

static void send_three(void *unused) {
    (void)unused;
    for (uint8_t i = 1; i <= 3; i++) send(i, 1);
}

static void send_and_receive(void *unused) {
    (void)unused;
    send(10, 1);
    receive(TRT_NO_WAIT);
    send(30, TRT_FOREVER);
}

static void wait_for_flags(void *unused) {
    (void)unused;
    (void)known(trt_flags_wait(&flags, 3, TRT_ALL | TRT_CLEAR, NULL, 3));
}

static void wait_for_any_flag(void *unused) {
    (void)unused;
    trt_bits_t got = 0;
    trt_status_t status = known(trt_flags_wait(&flags, 5, TRT_ANY | TRT_CLEAR, &got, 1));
    CHECK(status != TRT_OK || (got & 5) != 0);
}

static void set_flags(void *unused) {
    (void)unused;
    for (unsigned i = 0; i < 3; i++) CHECK(trt_flags_set(&flags, (trt_bits_t)(1u << i)) == TRT_OK);
    CHECK(trt_flags_clear(&flags, 1) == TRT_OK);
}

static void run_timer(void *unused) {
    (void)unused;
    CHECK(trt_timer_start(&timer) == TRT_OK);
    (void)known(trt_delay(1));
    (void)known(trt_timer_stop(&timer));
    CHECK(trt_timer_start(&timer) == TRT_OK);
}

static void delay_twice(void *unused) {
    (void)unused;
    trt_tick_t last = trt_now();
    (void)known(trt_delay(1));
    (void)known(trt_delay_until(&last, 3, NULL));
}

static void wake_others(void *unused) {
    (void)unused;
    (void)known(trt_task_abort_delay(&pool[0]));
    (void)known(trt_delay(TRT_NO_WAIT));
    (void)known(trt_task_abort_delay(&pool[1]));
}

static void yield_thrice(void *unused) {
    (void)unused;
    for (unsigned i = 0; i < 3; i++) (void)trt_yield();
}

static void manage_the_first(void *unused) {
    (void)unused;
    (void)known(trt_task_suspend(&pool[0]));
    (void)known(trt_task_set_priority(&pool[0], 6));
    (void)known(trt_task_resume(&pool[0]));
    (void)known(trt_task_set_priority(&pool[0], 2));
}

static void suspend_oneself(void *unused) {
    (void)unused;
    (void)known(trt_task_suspend(trt_task_self()));
}

static void resume_others(void *unused) {
    (void)unused;
    (void)known(trt_task_resume(&pool[0]));
    (void)known(trt_task_resume(&pool[1]));
}

static void join_the_last(void *unused) {
    (void)unused;
    (void)known(trt_task_join(&pool[2], TRT_FOREVER));
}

static void restart_the_last(void *unused) {
    (void)unused;
    (void)known(trt_delay(1));
    (void)known(trt_task_restart(&pool[2], NULL));
    (void)known(trt_task_stop(&pool[2]));
    (void)known(trt_task_start(&pool[2], NULL));
}

static void stop_oneself(void *unused) {
    (void)unused;
    if (known(trt_mutex_lock(&mutex[0], TRT_FOREVER)) < TRT_OK) return;
    (void)known(trt_delay(1));
    (void)trt_task_stop(trt_task_self());
    CHECK(false);
}

static void wait_for_any(void *unused) {
    (void)unused;
    trt_wait_t things[4];
    uint8_t which = 99, value = 0;
    CHECK(trt_wait_sem(&things[0], &sem) == TRT_OK);
    CHECK(trt_wait_lock(&things[1], &mutex[0]) == TRT_OK);
    CHECK(trt_wait_flags(&things[2], &flags, 2, TRT_ANY | TRT_CLEAR, NULL) == TRT_OK);
    CHECK(trt_wait_receive(&things[3], &queue, &value) == TRT_OK);
    if (known(trt_wait_any(things, 4, &which, 2)) < TRT_OK) return;
    CHECK(which < 4);
    if (which == 0) count_taken();
    if (which == 1) CHECK(trt_mutex_unlock(&mutex[0]) == TRT_OK);
    if (which == 3) count_out(ITEMS, value);
}

static void hold_first(void *unused) {
    (void)unused;
    if (known(trt_mutex_lock(&mutex[0], TRT_FOREVER)) < TRT_OK) return;
    (void)known(trt_delay(2));
    CHECK(trt_mutex_unlock(&mutex[0]) == TRT_OK);
}

static void take_with_registers(void *unused) {
    (void)unused;
    CHECK(keeps_registers(SWEEP_SEED(1), call_of(trt_sem_take), &sem, TRT_FOREVER));
    count_taken();
    CHECK(registers_stay(SWEEP_SEED(2)));
}

static void stay_with_registers(void *unused) {
    (void)unused;
    CHECK(registers_stay(SWEEP_SEED(3)));
    CHECK(keeps_registers(SWEEP_SEED(4), (void *)(uintptr_t)trt_yield, NULL, 0));
    CHECK(registers_stay(SWEEP_SEED(5)));
}

static void yield_with_registers(void *unused) {
    (void)unused;
    CHECK(keeps_registers(SWEEP_SEED(6), (void *)(uintptr_t)trt_yield, NULL, 0));
    CHECK(registers_stay(SWEEP_SEED(7)));
    CHECK(keeps_registers(SWEEP_SEED(8), (void *)(uintptr_t)trt_yield, NULL, 0));
}

static void lock_scheduler_and_give(void *unused) {
    (void)unused;
    CHECK(trt_sched_lock() == TRT_OK);
    give();
    send(40, TRT_NO_WAIT);
    CHECK(trt_sched_unlock() == TRT_OK);
}

static const program_t programs[] SWEEP_FLASH = {
    {"take alone", {take_forever, yield_thrice, yield_thrice}, {2, 3, 4}, false, false},
    {"give, take", {take_twice, take_in_time, give_twice}, {2, 3, 4}, false, false},
    {"give in time", {take_in_long_time, take_in_long_time, give_twice}, {2, 3, 4}, false, false},
    {"lock, unlock", {visit_first_in_time, visit_second, visit_both}, {2, 3, 4}, false, false},
    {"send, receive", {receive_twice, send_and_receive, send_three}, {2, 3, 4}, false, false},
    {"flags set, wait", {wait_for_flags, wait_for_any_flag, set_flags}, {2, 3, 4}, false, false},
    {"timer start, stop", {run_timer, take_in_time, delay_twice}, {2, 3, 4}, false, false},
    {"delay, wake", {delay_twice, delay_twice, wake_others}, {2, 3, 4}, false, false},
    {"yield", {yield_thrice, yield_thrice, yield_thrice}, {3, 3, 3}, false, false},
    {"suspend, resume", {suspend_oneself, suspend_oneself, resume_others}, {2, 3, 4}, false, false},
    {"manage", {take_twice, manage_the_first, give_twice}, {2, 3, 4}, false, false},
    {"stop, restart", {join_the_last, restart_the_last, stop_oneself}, {2, 3, 4}, true, false},
    {"wait any", {hold_first, wait_for_any, set_flags}, {2, 3, 4}, false, false},
    {"locked scheduler",
     {receive_twice, take_in_time, lock_scheduler_and_give},
     {2, 3, 4},
     false,
     false},
    {"registers",
     {take_with_registers, stay_with_registers, yield_with_registers},
     {2, 4, 4},
     false,
     false},
    SWEEP_MORE_PROGRAMS{
        "bug21 idle", {take_twice, receive_twice, wait_for_any}, {2, 3, 4}, false, true},
};

#define PROGRAMS (sizeof programs / sizeof programs[0])

// --- actions: what an interrupt does

static void act_timer_start(void) {
    CHECK(trt_timer_start(&timer) == TRT_OK);
}
static void act_timer_stop(void) {
    (void)known(trt_timer_stop(&timer));
}
// Refused in any build, and nothing changes.
static void act_wrongly(void) {
    sweep_wrong++;
    trt_status_t slept = trt_delay(1), locked = trt_mutex_lock(&mutex[0], TRT_NO_WAIT);
    sweep_wrong--;
    CHECK(slept == TRT_ERR_CONTEXT && locked == TRT_ERR_CONTEXT);
}

// clang-format off
static const action_t actions[] SWEEP_FLASH = {
    PLAIN_ACTIONS,
    {"timer start", act_timer_start, false},
    {"timer stop", act_timer_stop, false},
    HARMLESS_ACTIONS_ON_TASKS,
    ACTIONS_ON_TASKS,
    {"bug38 wait", act_wrongly, false},
    SWEEP_MORE_ACTIONS
};
// clang-format on

#define ACTIONS (sizeof actions / sizeof actions[0])
#define HARMLESS_ACTIONS 12

// --- the objects

static void make_objects(void) {
    make_plain_objects();
    CHECK(trt_timer_init(&timer, "timer", on_timer, NULL, 1, TRT_ONE_SHOT) == TRT_OK);
}

static void set_free(void) {
    (void)trt_timer_stop(&timer);
    set_plain_free();
}

#endif // SWEEP_PROGRAMS_H
