// The programs that a sweep runs, what an interrupt does in their midst, and what must be so
// afterwards: the invariants hold, every task comes to its end, and every token and item is
// accounted for: none lost, none doubled. Where the interrupt lands is the target's affair
// (target/sweep.c, avr/sweep.c), which has included tinyrtos.h and defines, before it includes this
//
//     CHECK, CHECK_INVARIANTS    a fault is the end
//     SWEEP_STACK, SWEEP_RUNNER_STACK    bytes of a task's stack, and of the runner's
//     SWEEP_SEED(n)              a different number of type sweep_seed_t for each n from 1 to 9
//     SWEEP_FLASH                an attribute of large tables
//     SWEEP_MORE_PROGRAMS, SWEEP_MORE_ACTIONS    rows of its own
//     tick()                     a tick comes, here or as soon as it can
//     sweep_wrong                counts calls under way that are wrong, and should be told so
//
// and afterwards the functions that are only declared here.
#ifndef SWEEP_PROGRAMS_H
#define SWEEP_PROGRAMS_H

enum { TASKS = 3, TICKS = 4, RUNNER_PRIORITY = 7 };

static trt_sem_t sem, runner_sem;
static trt_mutex_t mutex[2];
static trt_flags_t flags;
static trt_queue_t queue;
static uint8_t buffer[2];
static trt_timer_t timer;
static trt_task_t pool[TASKS], runner;
static TRT_STACK_DEFINE(pool_stack[TASKS], SWEEP_STACK);
static TRT_STACK_DEFINE(runner_stack, SWEEP_RUNNER_STACK);

// What went in and what came out. Whoever counts has his own, since to count takes more than one
// instruction: the tasks, the runner, the two interrupts, the tick (a timer's callback).
typedef struct {
    unsigned tried, given, taken, sent, received, sum_sent, sum_received;
} tally_t;

static tally_t tallies[TASKS + 4];

static struct {
    bool stops;                  // the program or the action stops tasks
    volatile bool came, over;    // an interrupt came in; from now on none counts
    const trt_task_t *inside[2]; // between lock and unlock
    void (*act[2])(void);
    bool idles;
} run;

// The tally of the caller.
static tally_t *mine(void);

// Call with the registers that a call keeps full of `seed` and more; whether they are so
// afterwards.
bool keeps_registers(sweep_seed_t seed, void *call, void *arg, trt_tick_t timeout);

// For a while all registers and the flags are full of `seed` and more; whether they stay so.
bool registers_stay(sweep_seed_t seed);

static void *call_of(trt_status_t (*call)(trt_sem_t *, trt_tick_t)) {
    return (void *)(uintptr_t)call;
}

// --- calls that keep the tally

static trt_status_t known(trt_status_t status) {
    CHECK(status == TRT_OK || status == TRT_ABANDONED || status == TRT_ERR_WOULD_BLOCK ||
          status == TRT_ERR_TIMEOUT || status == TRT_ERR_ABORTED || status == TRT_ERR_STATE);
    return status;
}

static void give_by(tally_t *giver) {
    giver->tried++;
    if (known(trt_sem_give(&sem)) == TRT_OK) giver->given++;
}

static void give(void) {
    give_by(mine());
}

static void count_taken(void) {
    mine()->taken++;
}

static void take(trt_tick_t timeout) {
    if (known(trt_sem_take(&sem, timeout)) == TRT_OK) count_taken();
}

static void send(uint8_t value, trt_tick_t timeout) {
    if (known(trt_queue_send(&queue, &value, timeout)) != TRT_OK) return;
    mine()->sent++;
    mine()->sum_sent += value;
}

static void count_received(uint8_t value) {
    mine()->received++;
    mine()->sum_received += value;
}

static void receive(trt_tick_t timeout) {
    uint8_t value = 0;
    if (known(trt_queue_receive(&queue, &value, timeout)) == TRT_OK) count_received(value);
}

static void on_timer(void *unused) {
    (void)unused;
    give_by(&tallies[TASKS + 3]);
}

// Lock, be alone inside for a while, unlock.
static void visit(unsigned m, trt_tick_t timeout) {
    if (known(trt_mutex_lock(&mutex[m], timeout)) < TRT_OK) return;
    CHECK(trt_mutex_owner(&mutex[m]) == trt_task_self());
    CHECK(run.stops || run.inside[m] == NULL);
    run.inside[m] = trt_task_self();
    (void)trt_yield();
    CHECK(run.stops || run.inside[m] == trt_task_self());
    run.inside[m] = NULL;
    CHECK(trt_mutex_unlock(&mutex[m]) == TRT_OK);
}

// --- programs: what the tasks do

typedef struct {
    char name[20];
    trt_task_fn_t task[TASKS];
    uint8_t priority[TASKS];
    bool stops, idles;
} program_t;

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
    if (which == 3) count_received(value);
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

typedef struct {
    char name[12];
    void (*act)(void);
    bool stops;
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
    CHECK(trt_flags_set(&flags, 7) == TRT_OK);
}
static void act_set_one(void) {
    CHECK(trt_flags_set(&flags, 1) == TRT_OK);
}
static void act_timer_start(void) {
    CHECK(trt_timer_start(&timer) == TRT_OK);
}
static void act_timer_stop(void) {
    (void)known(trt_timer_stop(&timer));
}
// Pended, since two interrupts must not both call trt_tick.
static void act_tick(void) {
    tick();
}
static void act_abort(void) {
    for (unsigned i = 0; i < TASKS; i++) (void)known(trt_task_abort_delay(&pool[i]));
}
static void act_resume(void) {
    for (unsigned i = 0; i < TASKS; i++) (void)known(trt_task_resume(&pool[i]));
}
static void act_suspend_0(void) {
    (void)known(trt_task_suspend(&pool[0]));
}
static void act_suspend_2(void) {
    (void)known(trt_task_suspend(&pool[2]));
}
static void act_raise_2(void) {
    (void)known(trt_task_set_priority(&pool[2], 1));
}
static void act_lower_0(void) {
    (void)known(trt_task_set_priority(&pool[0], 6));
}
static void act_stop_0(void) {
    (void)known(trt_task_stop(&pool[0]));
}
static void act_stop_2(void) {
    (void)known(trt_task_stop(&pool[2]));
}
static void act_restart_1(void) {
    if (trt_task_self() != &pool[1]) (void)known(trt_task_restart(&pool[1], NULL));
}
// Refused in any build, and nothing changes.
static void act_wrongly(void) {
    sweep_wrong++;
    trt_status_t slept = trt_delay(1), locked = trt_mutex_lock(&mutex[0], TRT_NO_WAIT);
    sweep_wrong--;
    CHECK(slept == TRT_ERR_CONTEXT && locked == TRT_ERR_CONTEXT);
}

static const action_t actions[] SWEEP_FLASH = {
    // These may also be done by an interrupt of which the kernel does not know that it is one.
    {"give", give, false},
    {"take", act_take, false},
    {"send", act_send, false},
    {"receive", act_receive, false},
    {"set", act_set, false},
    {"set one", act_set_one, false},
    {"timer start", act_timer_start, false},
    {"timer stop", act_timer_stop, false},
    {"abort", act_abort, false},
    {"resume", act_resume, false},
    {"raise 2", act_raise_2, false},
    {"lower 0", act_lower_0, false},
    // These must not.
    {"tick", act_tick, false},
    {"suspend 0", act_suspend_0, false},
    {"suspend 2", act_suspend_2, false},
    {"stop 0", act_stop_0, true},
    {"stop 2", act_stop_2, true},
    {"restart 1", act_restart_1, true},
    {"bug38 wait", act_wrongly, false},
    SWEEP_MORE_ACTIONS};

#define ACTIONS (sizeof actions / sizeof actions[0])
#define HARMLESS_ACTIONS 12

// --- one run

static void set_up(const program_t *program) {
    memset(tallies, 0, sizeof tallies);
    memset(&run, 0, sizeof run);
    run.stops = program->stops;
    run.idles = program->idles;
    CHECK(trt_sem_init(&sem, 0, 100) == TRT_OK);
    CHECK(trt_sem_init(&runner_sem, 0, 100) == TRT_OK);
    for (unsigned m = 0; m < 2; m++) CHECK(trt_mutex_init(&mutex[m], TRT_INHERIT) == TRT_OK);
    CHECK(trt_flags_init(&flags) == TRT_OK);
    CHECK(trt_queue_init(&queue, buffer, 1, 2) == TRT_OK);
    CHECK(trt_timer_init(&timer, "timer", on_timer, NULL, 1, TRT_ONE_SHOT) == TRT_OK);
    for (unsigned i = 0; i < TASKS; i++) {
        CHECK(trt_task_create(&pool[i], "p", program->task[i], program->priority[i], pool_stack[i],
                              sizeof pool_stack[i]) == TRT_OK);
        CHECK(trt_task_start(&pool[i], NULL) == TRT_OK);
    }
}

static bool some_task_lives(void) {
    for (unsigned i = 0; i < TASKS; i++) {
        if (trt_task_state(&pool[i]) != TRT_TASK_ENDED) return true;
    }
    return false;
}

// Whoever is left is set free, so that every task comes to its end and every mutex to be free.
static void finish(void) {
    (void)trt_timer_stop(&timer);
    for (unsigned round = 0; round < 12 && some_task_lives(); round++) {
        for (unsigned i = 0; i < TASKS; i++) (void)trt_task_resume(&pool[i]);
        give();
        act_send();
        act_receive();
        act_set();
        for (unsigned i = 0; i < TICKS; i++) tick();
    }
    for (unsigned i = 0; i < TASKS; i++) {
        CHECK(trt_task_state(&pool[i]) == TRT_TASK_ENDED);
        CHECK(trt_task_priority(&pool[i]) == trt_task_base_priority(&pool[i]));
    }
    for (unsigned m = 0; m < 2; m++) CHECK(trt_mutex_owner(&mutex[m]) == NULL);
}

static void check_tally(void) {
    tally_t all = {0, 0, 0, 0, 0, 0, 0};
    for (unsigned i = 0; i < sizeof tallies / sizeof tallies[0]; i++) {
        all.tried += tallies[i].tried;
        all.given += tallies[i].given;
        all.taken += tallies[i].taken;
        all.sent += tallies[i].sent;
        all.received += tallies[i].received;
        all.sum_sent += tallies[i].sum_sent;
        all.sum_received += tallies[i].sum_received;
    }
    unsigned left = trt_sem_count(&sem), items = trt_queue_count(&queue);
    CHECK(all.taken + left <= all.tried); // no token doubled
    if (run.stops) return;                // who is stopped may have taken without having counted
    CHECK(all.taken + left == all.given); // none lost
    uint8_t value = 0;
    while (trt_queue_receive(&queue, &value, TRT_NO_WAIT) == TRT_OK) all.sum_received += value;
    CHECK(all.received + items == all.sent);
    CHECK(all.sum_received == all.sum_sent);
}

#endif // SWEEP_PROGRAMS_H
