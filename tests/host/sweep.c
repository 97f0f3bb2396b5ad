// An interrupt at every kernel call. Each program below runs once for each place at which an
// interrupt can come in, with each action in the interrupt, then with a second interrupt close
// behind the first. Afterwards the invariants hold, and every token and every item is accounted
// for: none lost, none doubled.
#define TINYRTOS_HOST_CALLS_PER_TICK 0
static void on_event(void);
#define TINYRTOS_TRACE(event, task, object) on_event()
#include "host.h"

#include <stdio.h>

// Under valgrind, which looks for other faults, every so many calls.
#ifdef RUNNING_ON_VALGRIND
#define STEP (RUNNING_ON_VALGRIND ? 11u : 1u)
#else
#define STEP 1u
#endif

static trt_sem_t sem;
static trt_mutex_t mutex[2];
static trt_flags_t flags;
static trt_queue_t queue;
static uint8_t buffer[2];
static trt_timer_t timer;

// What went in and what came out. A task that is stopped may have given or taken without having
// counted it.
static struct {
    unsigned tried, given, taken; // tokens
    unsigned sent, received;      // items
    unsigned sum_sent, sum_received;
    unsigned inside[2]; // tasks between lock and unlock
    bool stops;         // the program or the action stops tasks
    bool deletes;       // the action makes an object anew
    bool came;          // the interrupt came in
    bool sem_deleted;
    bool timer_stopped;
    unsigned late; // timer callbacks since then
} tally;

// Interrupts come in before kernel calls of tasks (trt_host_raise_after), or at the first opening
// of the mask after so many events in the kernel: then also within the tick and other interrupts.
static struct {
    bool by_events;
    uint32_t left[2]; // for line 0 and 1; 0: never
} trigger;

static void on_event(void) {
    for (uint8_t line = 0; line < 2; line++) {
        if (trigger.left[line] != 0 && --trigger.left[line] == 0) (void)trt_host_raise(line);
    }
}

// --- calls that keep the tally

static bool status_is_known(trt_status_t status) {
    return status == TRT_OK || status == TRT_ABANDONED || status == TRT_ERR_WOULD_BLOCK ||
           status == TRT_ERR_TIMEOUT || status == TRT_ERR_DELETED || status == TRT_ERR_ABORTED ||
           status == TRT_ERR_STATE || status == TRT_ERR_OVERFLOW;
}

static trt_status_t known(trt_status_t status) {
    bool is_gone = status == TRT_ERR_OBJECT && tally.sem_deleted;
    cr_assert(is_gone || status_is_known(status), "status %d", status);
    return status;
}

static void give(void) {
    tally.tried++;
    if (known(trt_sem_give(&sem)) == TRT_OK) tally.given++;
}

static void take(trt_tick_t timeout) {
    if (known(trt_sem_take(&sem, timeout)) == TRT_OK) tally.taken++;
}

static void send(uint8_t value, trt_tick_t timeout) {
    if (known(trt_queue_send(&queue, &value, timeout)) != TRT_OK) return;
    tally.sent++;
    tally.sum_sent += value;
}

static void count_received(uint8_t value) {
    tally.received++;
    tally.sum_received += value;
}

static void receive(trt_tick_t timeout) {
    uint8_t value = 0;
    if (known(trt_queue_receive(&queue, &value, timeout)) == TRT_OK) count_received(value);
}

static void start_timer(void) {
    trt_critical_t found = trt_critical_enter();
    cr_assert_eq(trt_timer_start(&timer), TRT_OK);
    tally.timer_stopped = false;
    trt_critical_exit(found);
}

// A callback that has been taken from the list may still come, when an interrupt stopped its timer.
static void stop_timer(void) {
    trt_critical_t found = trt_critical_enter();
    (void)known(trt_timer_stop(&timer));
    tally.timer_stopped = true;
    tally.late = 0;
    trt_critical_exit(found);
}

static void on_timer(void *unused) {
    (void)unused;
    cr_assert(!tally.timer_stopped || tally.late++ == 0, "a stopped timer goes on");
    give();
}

// Lock, be alone inside for a while, unlock.
static void visit(unsigned m, trt_tick_t timeout) {
    trt_status_t status = known(trt_mutex_lock(&mutex[m], timeout));
    if (status < TRT_OK) return;
    cr_assert_eq(trt_mutex_owner(&mutex[m]), trt_task_self());
    if (!tally.stops) cr_assert_eq(tally.inside[m]++, 0);
    (void)trt_yield();
    if (!tally.stops) tally.inside[m]--;
    cr_assert_eq(trt_mutex_unlock(&mutex[m]), TRT_OK);
}

// --- programs: what the tasks do; the crowds need all of them, the others the first three

#define TASKS 5
static const uint8_t priorities[TASKS] = {2, 3, 4, 1, 6};

typedef struct {
    const char *name;
    trt_task_fn_t task[TASKS];
    bool stops;
} program_t;

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
    cr_assert_eq(trt_mutex_unlock(&mutex[0]), TRT_OK);
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
    cr_assert(status != TRT_OK || (got & 5) != 0);
}

static void set_flags(void *unused) {
    (void)unused;
    for (unsigned i = 0; i < 3; i++) {
        cr_assert_eq(trt_flags_set(&flags, (trt_bits_t)(1u << i)), TRT_OK);
        (void)known(trt_delay(1));
        cr_assert_eq(trt_flags_clear(&flags, 1), TRT_OK);
    }
}

static void run_timer(void *unused) {
    (void)unused;
    start_timer();
    (void)known(trt_delay(3));
    stop_timer();
    cr_assert_eq(trt_timer_set_period(&timer, 2), TRT_OK);
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
    cr_assert_eq(trt_sched_lock(), TRT_OK);
    give();
    send(40, TRT_NO_WAIT);
    cr_assert_eq(trt_sched_unlock(), TRT_OK);
}

// Waits for any of everything, in this order.
static void wait_for_any(trt_tick_t timeout) {
    trt_wait_t things[4];
    uint8_t which = 99;
    uint8_t value = 0;
    if (known(trt_wait_sem(&things[0], &sem)) < TRT_OK) return;
    cr_assert_eq(trt_wait_lock(&things[1], &mutex[0]), TRT_OK);
    cr_assert_eq(trt_wait_flags(&things[2], &flags, 2, TRT_ANY | TRT_CLEAR, NULL), TRT_OK);
    cr_assert_eq(trt_wait_receive(&things[3], &queue, &value), TRT_OK);
    trt_status_t status = known(trt_wait_any(things, 4, &which, timeout));
    if (status < TRT_OK) return;
    cr_assert_lt(which, 4);
    if (which == 0) tally.taken++;
    if (which == 1) cr_assert_eq(trt_mutex_unlock(&mutex[0]), TRT_OK);
    if (which == 3) count_received(value);
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
    cr_assert_eq(trt_mutex_unlock(&mutex[0]), TRT_OK);
}

static void feed_everything(void *unused) {
    (void)unused;
    send(50, TRT_NO_WAIT);
    (void)known(trt_delay(2));
    cr_assert_eq(trt_flags_set(&flags, 2), TRT_OK);
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
    cr_assert_eq(trt_wait_receive(&things[1], &queue, &value), TRT_OK);
    if (known(trt_wait_any(things, 2, &which, timeout)) < TRT_OK) return;
    cr_assert_lt(which, 2);
    if (which == 0) tally.taken++;
    if (which == 1) count_received(value);
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
    {"give and take", {take_thrice, take_in_time, give_thrice}, false},
    {"lock and unlock", {visit_first_in_time, visit_second, visit_both}, false},
    {"send and receive", {receive_thrice, send_and_receive, send_four}, false},
    {"flags", {wait_for_flags, wait_for_any_flag, set_flags}, false},
    {"timer", {run_timer, take_in_time, sleep_and_wake}, false},
    {"join", {join_the_others, sleep_and_wake, visit_both}, false},
    {"manage", {take_thrice, manage_the_others, give_thrice}, false},
    {"locked scheduler", {receive_thrice, take_in_time, lock_scheduler_and_give}, false},
    {"wait any", {hold_first, wait_for_any_twice, feed_everything}, false},
    {"wait any against others", {hold_first, take_in_time, wait_for_any_twice}, false},
    {"restart", {join_the_others, restart_the_least_urgent, visit_both}, true},
    {"crowd: semaphore", {take_once, take_among_others, take_once, take_once, take_once}, false},
    {"crowd: queue",
     {receive_once, receive_among_others, receive_once, receive_once, receive_once},
     false},
    {"crowd: flags",
     {wait_for_flags_once, wait_for_flags_among_others, wait_for_flags_once, wait_for_flags_once,
      wait_for_flags_once},
     false},
    {"crowd: mutex",
     {visit_first, visit_first, visit_first_among_others, hold_first, visit_first},
     false},
    {"crowd: any",
     {take_once, wait_for_either_among_others, take_once, wait_for_either, wait_for_either},
     false},
};

// --- actions: what an interrupt does

typedef struct {
    const char *name;
    void (*act)(void);
    bool stops, deletes;
} action_t;

static void act_take(void) {
    take(TRT_NO_WAIT);
}
static void act_send(void) {
    send(100, TRT_NO_WAIT);
}
static void act_receive(void) {
    receive(TRT_NO_WAIT);
}
static void act_set(void) {
    cr_assert_eq(trt_flags_set(&flags, 7), TRT_OK);
}
static void act_set_one(void) {
    cr_assert_eq(trt_flags_set(&flags, 1), TRT_OK);
}

static void act_clear(void) {
    cr_assert_eq(trt_flags_clear(&flags, 7), TRT_OK);
}
static void act_timer_start(void) {
    start_timer();
}
static void act_timer_stop(void) {
    stop_timer();
}
static void act_tick(void) {
    trt_tick();
}
static void act_ticks(void) {
    trt_tick(), trt_tick(), trt_tick();
}
static void act_abort(void) {
    for (unsigned i = 0; i < 3; i++) (void)known(trt_task_abort_delay(&pool[i]));
}
static void act_resume(void) {
    for (unsigned i = 0; i < 3; i++) (void)known(trt_task_resume(&pool[i]));
}
static void act_suspend_0(void) {
    (void)known(trt_task_suspend(&pool[0]));
}
static void act_suspend_1(void) {
    (void)known(trt_task_suspend(&pool[1]));
}
static void act_suspend_2(void) {
    (void)known(trt_task_suspend(&pool[2]));
}
static void act_stop_0(void) {
    (void)known(trt_task_stop(&pool[0]));
}
static void act_stop_1(void) {
    (void)known(trt_task_stop(&pool[1]));
}
static void act_stop_2(void) {
    (void)known(trt_task_stop(&pool[2]));
}
static void act_raise_2(void) {
    (void)known(trt_task_set_priority(&pool[2], 1));
}
static void act_lower_0(void) {
    (void)known(trt_task_set_priority(&pool[0], 7));
}
static void act_equal_1(void) {
    (void)known(trt_task_set_priority(&pool[1], 5));
}
static void act_remake_sem(void) {
    cr_assert_eq(trt_sem_init(&sem, 0, 5), TRT_OK);
}
static void act_delete_sem(void) {
    tally.sem_deleted = true;
    (void)known(trt_sem_delete(&sem));
}

static void act_remake_queue(void) {
    cr_assert_eq(trt_queue_init(&queue, buffer, 1, 2), TRT_OK);
}
static void act_remake_flags(void) {
    cr_assert_eq(trt_flags_init(&flags), TRT_OK);
}
static void act_reset_queue(void) {
    cr_assert_eq(trt_queue_reset(&queue), TRT_OK);
}

static void act_restart_1(void) {
    if (trt_task_self() != &pool[1]) (void)known(trt_task_restart(&pool[1], NULL));
}

static const action_t actions[] = {
    {"give", give, false, false},
    {"take", act_take, false, false},
    {"send", act_send, false, false},
    {"receive", act_receive, false, false},
    {"set", act_set, false, false},
    {"set one", act_set_one, false, false},
    {"clear", act_clear, false, false},
    {"timer start", act_timer_start, false, false},
    {"timer stop", act_timer_stop, false, false},
    {"tick", act_tick, false, false},
    {"three ticks", act_ticks, false, false},
    {"abort", act_abort, false, false},
    {"resume", act_resume, false, false},
    {"suspend 0", act_suspend_0, false, false},
    {"suspend 1", act_suspend_1, false, false},
    {"suspend 2", act_suspend_2, false, false},
    {"raise 2", act_raise_2, false, false},
    {"lower 0", act_lower_0, false, false},
    {"equal 1", act_equal_1, false, false},
    {"stop 0", act_stop_0, true, false},
    {"stop 1", act_stop_1, true, false},
    {"stop 2", act_stop_2, true, false},
    {"restart 1", act_restart_1, true, false},
    {"remake semaphore", act_remake_sem, false, true},
    {"delete semaphore", act_delete_sem, false, true},
    {"remake queue", act_remake_queue, false, true},
    {"remake flags", act_remake_flags, false, true},
    {"reset queue", act_reset_queue, false, true},
};

#define ACTIONS (sizeof actions / sizeof actions[0])

// --- one run

static void interrupt(void *action) {
    tally.came = true;
    const trt_task_t *self = trt_task_self();
    bool begins_to_wait = self != NULL && trtk_is_waiting(self); // stands in some of its rings only
    if (!begins_to_wait) cr_assert_null(trt_check(), "%s", trt_check());
    ((const action_t *)action)->act();
}

static unsigned tasks;

static void set_up(const program_t *program) {
    cr_assert_eq(trt_host_reset(), TRT_OK);
    memset(&tally, 0, sizeof tally);
    tally.stops = program->stops;
    memset(trigger.left, 0, sizeof trigger.left);
    cr_assert_eq(trt_sem_init(&sem, 0, 5), TRT_OK);
    for (unsigned m = 0; m < 2; m++) cr_assert_eq(trt_mutex_init(&mutex[m], TRT_INHERIT), TRT_OK);
    cr_assert_eq(trt_flags_init(&flags), TRT_OK);
    cr_assert_eq(trt_queue_init(&queue, buffer, 1, 2), TRT_OK);
    cr_assert_eq(trt_timer_init(&timer, "timer", on_timer, NULL, 2, TRT_PERIODIC), TRT_OK);
    tasks = 0;
    for (unsigned i = 0; i < TASKS && program->task[i] != NULL; i++) {
        spawn(i, priorities[i], program->task[i], 0);
        tasks++;
    }
}

static void arm(uint8_t line, const action_t *action, uint32_t calls) {
    tally.stops |= action->stops;
    tally.deletes |= action->deletes;
    cr_assert_eq(trt_host_handler(line, interrupt, ARG(action)), TRT_OK);
    if (trigger.by_events) trigger.left[line] = calls;
    else cr_assert_eq(trt_host_raise_after(line, calls), TRT_OK);
}

static void check_tally(const char *what) {
    unsigned left = trt_sem_count(&sem);
    unsigned items = trt_queue_count(&queue);
    uint8_t value;
    while (trt_queue_receive(&queue, &value, TRT_NO_WAIT) == TRT_OK) tally.sum_received += value;
    cr_assert_leq(tally.taken + left, tally.tried, "%s: a token doubled", what);
    if (tally.deletes || tally.stops) return;
    cr_assert_eq(tally.taken + left, tally.given, "%s: a token lost or doubled", what);
    cr_assert_eq(tally.received + items, tally.sent, "%s: an item lost or doubled", what);
    cr_assert_eq(tally.sum_received, tally.sum_sent, "%s: an item changed", what);
}

static bool some_task_lives(void) {
    for (unsigned i = 0; i < tasks; i++) {
        if (trt_task_state(&pool[i]) != TRT_TASK_ENDED) return true;
    }
    return false;
}

// Whoever is left is set free, so that every task comes to its end and every mutex to be free.
static void finish(const char *what) {
    if (tally.sem_deleted) cr_assert_eq(trt_sem_init(&sem, 0, 5), TRT_OK);
    tally.sem_deleted = false;
    for (unsigned round = 0; round < 12 && some_task_lives(); round++) {
        for (unsigned i = 0; i < tasks; i++) (void)trt_task_resume(&pool[i]);
        give();
        act_send();
        act_receive();
        act_set();
        cr_assert_eq(trt_host_run(20), TRT_OK);
        cr_assert_null(trt_check(), "%s: %s", what, trt_check());
    }
    for (unsigned i = 0; i < tasks; i++) {
        cr_assert_eq(trt_task_state(&pool[i]), TRT_TASK_ENDED, "%s: task %u is stuck", what, i);
        cr_assert_eq(trt_task_priority(&pool[i]), trt_task_base_priority(&pool[i]), "%s", what);
    }
    for (unsigned m = 0; m < 2; m++) cr_assert_null(trt_mutex_owner(&mutex[m]), "%s", what);
    for (unsigned i = 0; i < tasks; i++) {
        trt_status_t status =
            trt_task_create(&pool[i], "p", take_thrice, 3, pool_stack[i], sizeof pool_stack[i]);
        cr_assert_eq(status, TRT_OK, "%s: task %u cannot be made again", what, i);
    }
}

// Nobody waits for what is deleted, or for flags that are set.
static void check_waits(const char *what) {
    for (unsigned i = 0; i < tasks; i++) {
        const trt_wait_t *wait = pool[i].wait;
        if (!trtk_is_waiting(&pool[i]) || pool[i].legs != 1) continue;
        cr_assert_not(trtk_is(wait->object, 0), "%s: task %u", what, i);
        if (wait->object != &flags.object) continue;
        cr_assert_not(trtk_are_set(flags.bits, wait->bits, wait->mode), "%s: task %u", what, i);
    }
}

// Returns false when the program makes no more than `calls` calls.
static bool run_once(const program_t *program, const action_t *first, const action_t *second,
                     uint32_t calls, uint32_t later) {
    char what[160];
    snprintf(what, sizeof what, "%s, %s after %u%s%s", program->name, first->name, (unsigned)calls,
             second != NULL ? ", then " : "", second != NULL ? second->name : "");
    set_up(program);
    arm(1, first, calls);
    if (second != NULL) arm(0, second, calls + later);
    cr_assert_eq(trt_host_run(12), TRT_OK);
    cr_assert_null(trt_check(), "%s: %s", what, trt_check());
    check_waits(what);
    bool came = tally.came;
    memset(trigger.left, 0, sizeof trigger.left);
    (void)trt_host_handler(0, NULL, NULL);
    (void)trt_host_handler(1, NULL, NULL);
    (void)trt_timer_stop(&timer);
    finish(what);
    check_tally(what);
    return came;
}

static void sweep(const program_t *program, const action_t *first, const action_t *second,
                  uint32_t later) {
    uint32_t calls = 1;
    while (run_once(program, first, second, calls, later)) calls += STEP;
    cr_assert_gt(calls, 5, "%s makes hardly any calls", program->name);
}

// One interrupt at every call of each program, with every action. The bug classes that need a
// moment: a timeout or a priority change against a wake (3, 5, 11, 12, 13), a signal between the
// look and the wait (14, 40), a stop while a mutex is held or wanted (9), a timer in the hands of
// an interrupt (22), flags (24).
static void sweep_program(unsigned p) {
    for (unsigned a = 0; a < ACTIONS; a++) sweep(&programs[p], &actions[a], NULL, 0);
}

// Two interrupts, the second `later` calls after the first: one of these.
static const action_t seconds[] = {
    {"give", give, false, false},        {"three ticks", act_ticks, false, false},
    {"set", act_set, false, false},      {"raise 2", act_raise_2, false, false},
    {"stop 1", act_stop_1, true, false},
};

#define SECONDS (sizeof seconds / sizeof seconds[0])

static void sweep_program_twice(unsigned p, uint32_t later) {
    for (unsigned a = 0; a < ACTIONS; a++) {
        for (unsigned b = 0; b < SECONDS; b++) sweep(&programs[p], &actions[a], &seconds[b], later);
    }
}

// A tick does not interrupt a tick.
static bool is_tick(const action_t *action) {
    return action->act == act_tick || action->act == act_ticks;
}

// An interrupt after every event in the kernel, also within the tick (bug class 17), then with
// another that interrupts that one.
static void sweep_program_by_events(unsigned p) {
    trigger.by_events = true;
    for (unsigned a = 0; a < ACTIONS; a++) {
        if (is_tick(&actions[a])) continue;
        sweep(&programs[p], &actions[a], NULL, 0);
        for (unsigned b = 0; b < SECONDS; b++) {
            if (!is_tick(&seconds[b])) sweep(&programs[p], &actions[a], &seconds[b], 1);
        }
    }
    trigger.by_events = false;
}

#define SWEEP(number, name)              \
    Test(sweep, name) {                  \
        sweep_program(number);           \
    }                                    \
    Test(sweep, name##_twice_at_once) {  \
        sweep_program_twice(number, 0);  \
    }                                    \
    Test(sweep, name##_twice_in_a_row) { \
        sweep_program_twice(number, 1);  \
    }                                    \
    Test(sweep, name##_bug17_in_tick) {  \
        sweep_program_by_events(number); \
    }

SWEEP(0, bug11_give_and_take)
SWEEP(1, bug05_lock_and_unlock_with_inheritance_and_timeouts)
SWEEP(2, bug13_send_and_receive)
SWEEP(3, bug24_flags)
SWEEP(4, bug22_timer)
SWEEP(5, T3_join)
SWEEP(6, T5_suspend_resume_and_priorities)
SWEEP(7, S11_locked_scheduler)
SWEEP(8, E4_wait_any)
SWEEP(9, E4_wait_any_against_others)
SWEEP(10, T3_restart)
SWEEP(11, bug07_crowd_at_a_semaphore)
SWEEP(12, bug07_crowd_at_a_queue)
SWEEP(13, bug07_crowd_at_flags)
SWEEP(14, bug07_crowd_at_a_mutex)
SWEEP(15, bug23_crowd_with_one_that_waits_for_any)
