// The programs of the host's sweep (../sweep/frame.h): longer than those of the targets, and with
// crowds of five tasks.
#ifndef HOST_PROGRAMS_H
#define HOST_PROGRAMS_H

enum { TASKS = 5, TICKS = 12 };

static bool sem_deleted;
#define SWEEP_ALSO_KNOWN(status) \
    ((status) == TRT_ERR_DELETED || ((status) == TRT_ERR_OBJECT && sem_deleted))

#include "../sweep/plain.h"

static trt_timer_t timer;
static bool timer_stopped;
static unsigned late; // callbacks since then

static void start_timer(void) {
    trt_critical_t found = trt_critical_enter();
    CHECK(trt_timer_start(&timer) == TRT_OK);
    timer_stopped = false;
    trt_critical_exit(found);
}

// A callback that has been taken from the list may still come, when an interrupt stopped its timer.
static void stop_timer(void) {
    trt_critical_t found = trt_critical_enter();
    (void)known(trt_timer_stop(&timer));
    timer_stopped = true;
    late = 0;
    trt_critical_exit(found);
}

static void on_timer(void *unused) {
    (void)unused;
    CHECK(!timer_stopped || late++ == 0); // else it goes on
    give_by(IN_TICK);
}

// --- programs: what the tasks do; the crowds need all of them, the others the first three

// clang-format off
#define PRIORITIES {2, 3, 4, 1, 6}
// clang-format on

static void take_thrice(void *unused) {
    (void)unused;
    take(TRT_FOREVER);
    take(1);
    take(2);
}

static void take_in_time(void *unused) {
    (void)unused;
    take(2);
    take(TRT_NO_WAIT);
    take(1);
}

static void give_thrice(void *unused) {
    (void)unused;
    for (unsigned i = 0; i < 3; i++) {
        give();
        (void)known(trt_delay(1));
    }
}

static void visit_both(void *unused) {
    (void)unused;
    if (known(trt_mutex_lock(&mutex[0], TRT_FOREVER)) < TRT_OK) return;
    visit(1, TRT_FOREVER);
    (void)known(trt_delay(2));
    visit(1, 1);
    CHECK(trt_mutex_unlock(&mutex[0]) == TRT_OK);
}

static void visit_first_in_time(void *unused) {
    (void)unused;
    (void)known(trt_delay(1));
    visit(0, 1);
    visit(0, TRT_FOREVER);
}

static void visit_second(void *unused) {
    (void)unused;
    visit(1, TRT_FOREVER);
    (void)known(trt_delay(1));
    visit(1, 2);
}

static void receive_thrice(void *unused) {
    (void)unused;
    receive(TRT_FOREVER);
    receive(1);
    receive(2);
}

static void send_four(void *unused) {
    (void)unused;
    for (uint8_t i = 1; i <= 4; i++) send(i, 2);
}

static void send_and_receive(void *unused) {
    (void)unused;
    send(10, 1);
    send(20, TRT_NO_WAIT);
    receive(TRT_NO_WAIT);
    send(30, TRT_FOREVER);
}

static void wait_for_flags(void *unused) {
    (void)unused;
    (void)known(trt_flags_wait(&flags, 3, TRT_ALL | TRT_CLEAR, NULL, 3));
    (void)known(trt_flags_wait(&flags, 4, TRT_ANY, NULL, TRT_FOREVER));
}

static void wait_for_any_flag(void *unused) {
    (void)unused;
    trt_bits_t got = 0;
    trt_status_t status = known(trt_flags_wait(&flags, 5, TRT_ANY | TRT_CLEAR, &got, 2));
    CHECK(status != TRT_OK || (got & 5) != 0);
}

static void set_flags(void *unused) {
    (void)unused;
    for (unsigned i = 0; i < 3; i++) {
        CHECK(trt_flags_set(&flags, (trt_bits_t)(1u << i)) == TRT_OK);
        (void)known(trt_delay(1));
        CHECK(trt_flags_clear(&flags, 1) == TRT_OK);
    }
}

static void run_timer(void *unused) {
    (void)unused;
    start_timer();
    (void)known(trt_delay(3));
    stop_timer();
    CHECK(trt_timer_set_period(&timer, 2) == TRT_OK);
    start_timer();
    (void)known(trt_delay(3));
    stop_timer();
}

static void sleep_and_wake(void *unused) {
    (void)unused;
    trt_tick_t last = trt_now();
    for (unsigned i = 0; i < 3; i++) (void)known(trt_delay_until(&last, 2, NULL));
}

static void join_the_others(void *unused) {
    (void)unused;
    (void)known(trt_task_join(&pool[1], 2));
    (void)known(trt_task_join(&pool[2], TRT_FOREVER));
}

static void manage_the_others(void *unused) {
    (void)unused;
    (void)known(trt_delay(1));
    (void)known(trt_task_suspend(&pool[0]));
    (void)known(trt_task_set_priority(&pool[0], 6));
    (void)known(trt_task_resume(&pool[0]));
    (void)known(trt_task_set_priority(&pool[0], 2));
}

static void restart_the_least_urgent(void *unused) {
    (void)unused;
    for (unsigned i = 0; i < 3; i++) {
        (void)known(trt_task_restart(&pool[2], NULL));
        (void)known(trt_delay(1));
        (void)known(trt_task_stop(&pool[2]));
        (void)known(trt_task_start(&pool[2], NULL));
    }
}

static void lock_scheduler_and_give(void *unused) {
    (void)unused;
    CHECK(trt_sched_lock() == TRT_OK);
    give();
    send(40, TRT_NO_WAIT);
    CHECK(trt_sched_unlock() == TRT_OK);
}

// Waits for any of everything, in this order.
static void wait_for_any(trt_tick_t timeout) {
    trt_wait_t things[4];
    uint8_t which = 99;
    uint8_t value = 0;
    if (known(trt_wait_sem(&things[0], &sem)) < TRT_OK) return;
    CHECK(trt_wait_lock(&things[1], &mutex[0]) == TRT_OK);
    CHECK(trt_wait_flags(&things[2], &flags, 2, TRT_ANY | TRT_CLEAR, NULL) == TRT_OK);
    CHECK(trt_wait_receive(&things[3], &queue, &value) == TRT_OK);
    trt_status_t status = known(trt_wait_any(things, 4, &which, timeout));
    if (status < TRT_OK) return;
    CHECK(which < 4);
    if (which == 0) count_taken();
    if (which == 1) CHECK(trt_mutex_unlock(&mutex[0]) == TRT_OK);
    if (which == 3) count_out(ITEMS, value);
}

static void wait_for_any_twice(void *unused) {
    (void)unused;
    wait_for_any(3);
    wait_for_any(TRT_FOREVER);
}

static void hold_first(void *unused) {
    (void)unused;
    if (known(trt_mutex_lock(&mutex[0], TRT_FOREVER)) < TRT_OK) return;
    (void)known(trt_delay(4));
    give();
    (void)known(trt_delay(1));
    CHECK(trt_mutex_unlock(&mutex[0]) == TRT_OK);
}

static void feed_everything(void *unused) {
    (void)unused;
    send(50, TRT_NO_WAIT);
    (void)known(trt_delay(2));
    CHECK(trt_flags_set(&flags, 2) == TRT_OK);
}

// Crowds: with waiters of several priorities, a newcomer looks for his place among them with the
// mask open between the steps.
static void take_once(void *unused) {
    (void)unused;
    take(6);
}

static void take_among_others(void *unused) {
    (void)unused;
    (void)known(trt_delay(1));
    take(1);
    take(TRT_FOREVER);
}

static void wait_for_token_or_item(trt_tick_t timeout) {
    trt_wait_t things[2];
    uint8_t which = 99;
    uint8_t value = 0;
    if (known(trt_wait_sem(&things[0], &sem)) < TRT_OK) return;
    CHECK(trt_wait_receive(&things[1], &queue, &value) == TRT_OK);
    if (known(trt_wait_any(things, 2, &which, timeout)) < TRT_OK) return;
    CHECK(which < 2);
    if (which == 0) count_taken();
    if (which == 1) count_out(ITEMS, value);
}

static void wait_for_either_among_others(void *unused) {
    (void)unused;
    (void)known(trt_delay(1));
    wait_for_token_or_item(1);
    wait_for_token_or_item(5);
}

static void wait_for_either(void *unused) {
    (void)unused;
    wait_for_token_or_item(6);
}

static void receive_once(void *unused) {
    (void)unused;
    receive(6);
}

static void receive_among_others(void *unused) {
    (void)unused;
    (void)known(trt_delay(1));
    receive(1);
    receive(TRT_FOREVER);
}

static void wait_for_flags_once(void *unused) {
    (void)unused;
    (void)known(trt_flags_wait(&flags, 2, TRT_ANY, NULL, 6));
}

static void wait_for_flags_among_others(void *unused) {
    (void)unused;
    (void)known(trt_delay(1));
    (void)known(trt_flags_wait(&flags, 3, TRT_ALL | TRT_CLEAR, NULL, 1));
    (void)known(trt_flags_wait(&flags, 1, TRT_ANY, NULL, TRT_FOREVER));
}

static void visit_first(void *unused) {
    (void)unused;
    visit(0, 6);
}

static void visit_first_among_others(void *unused) {
    (void)unused;
    (void)known(trt_delay(1));
    visit(0, 1);
    visit(0, TRT_FOREVER);
}

static const program_t programs[] = {
    {"give and take", {take_thrice, take_in_time, give_thrice}, PRIORITIES, false, false},
    {"lock and unlock", {visit_first_in_time, visit_second, visit_both}, PRIORITIES, false, false},
    {"send and receive", {receive_thrice, send_and_receive, send_four}, PRIORITIES, false, false},
    {"flags", {wait_for_flags, wait_for_any_flag, set_flags}, PRIORITIES, false, false},
    {"timer", {run_timer, take_in_time, sleep_and_wake}, PRIORITIES, false, false},
    {"join", {join_the_others, sleep_and_wake, visit_both}, PRIORITIES, false, false},
    {"manage", {take_thrice, manage_the_others, give_thrice}, PRIORITIES, false, false},
    {"locked scheduler",
     {receive_thrice, take_in_time, lock_scheduler_and_give},
     PRIORITIES,
     false,
     false},
    {"wait any", {hold_first, wait_for_any_twice, feed_everything}, PRIORITIES, false, false},
    {"wait any against others",
     {hold_first, take_in_time, wait_for_any_twice},
     PRIORITIES,
     false,
     false},
    {"restart", {join_the_others, restart_the_least_urgent, visit_both}, PRIORITIES, true, false},
    {"crowd: semaphore",
     {take_once, take_among_others, take_once, take_once, take_once},
     PRIORITIES,
     false,
     false},
    {"crowd: queue",
     {receive_once, receive_among_others, receive_once, receive_once, receive_once},
     PRIORITIES,
     false,
     false},
    {"crowd: flags",
     {wait_for_flags_once, wait_for_flags_among_others, wait_for_flags_once, wait_for_flags_once,
      wait_for_flags_once},
     PRIORITIES,
     false,
     false},
    {"crowd: mutex",
     {visit_first, visit_first, visit_first_among_others, hold_first, visit_first},
     PRIORITIES,
     false,
     false},
    {"crowd: any",
     {take_once, wait_for_either_among_others, take_once, wait_for_either, wait_for_either},
     PRIORITIES,
     false,
     false},
};

#define PROGRAMS (sizeof programs / sizeof programs[0])

// --- actions: what an interrupt does

static void act_clear(void) {
    CHECK(trt_flags_clear(&flags, 7) == TRT_OK);
}
static void act_ticks(void) {
    trt_tick(), trt_tick(), trt_tick();
}
static void act_suspend_1(void) {
    (void)known(trt_task_suspend(&pool[1]));
}
static void act_stop_1(void) {
    (void)known(trt_task_stop(&pool[1]));
}
static void act_equal_1(void) {
    (void)known(trt_task_set_priority(&pool[1], 5));
}
static void act_remake_sem(void) {
    CHECK(trt_sem_init(&sem, 0, 100) == TRT_OK);
}
static void act_delete_sem(void) {
    sem_deleted = true;
    (void)known(trt_sem_delete(&sem));
}
static void act_remake_queue(void) {
    CHECK(trt_queue_init(&queue, buffer, 1, 2) == TRT_OK);
}
static void act_remake_flags(void) {
    CHECK(trt_flags_init(&flags) == TRT_OK);
}
static void act_reset_queue(void) {
    CHECK(trt_queue_reset(&queue) == TRT_OK);
}

// clang-format off
static const action_t actions[] = {
    PLAIN_ACTIONS,
    {"clear", act_clear, false},
    {"timer start", start_timer, false},
    {"timer stop", stop_timer, false},
    HARMLESS_ACTIONS_ON_TASKS,
    ACTIONS_ON_TASKS,
    {"three ticks", act_ticks, false},
    {"suspend 1", act_suspend_1, false},
    {"equal 1", act_equal_1, false},
    {"stop 1", act_stop_1, true},
    {"remake sem", act_remake_sem, true},
    {"delete sem", act_delete_sem, true},
    {"remake queue", act_remake_queue, true},
    {"remake flags", act_remake_flags, true},
    {"reset queue", act_reset_queue, true},
};
// clang-format on

#define ACTIONS (sizeof actions / sizeof actions[0])

// --- the objects

static void make_objects(void) {
    make_plain_objects();
    CHECK(trt_timer_init(&timer, "timer", on_timer, NULL, 2, TRT_PERIODIC) == TRT_OK);
    sem_deleted = timer_stopped = false;
    late = 0;
}

static void set_free(void) {
    if (sem_deleted) act_remake_sem();
    sem_deleted = false;
    (void)trt_timer_stop(&timer);
    set_plain_free();
}

#endif // HOST_PROGRAMS_H
