// What a sweep consists of, whatever its programs are about: tasks, what an interrupt does in their
// midst, and what must be so afterwards: the invariants hold, every task comes to its end, and all
// that went into an object is accounted for: nothing lost, nothing doubled. Where the interrupt
// lands is the port's affair (target/sweep.c, avr/sweep.c, host/sweep.h), which has included
// tinyrtos.h and defines, before it includes a file of programs (programs.h, objects.h)
//
//     CHECK, CHECK_INVARIANTS    a fault is the end
//     SWEEP_STACK                bytes of a task's stack
//     SWEEP_SEED(n)              a different number of type sweep_seed_t for each n from 1 to 9
//     SWEEP_FLASH                an attribute of large tables
//     SWEEP_MORE_PROGRAMS, SWEEP_MORE_ACTIONS    rows of its own, for programs.h
//     SWEEP_FIRST                the number of the program to begin with; the others follow
//     tick()                     a tick comes, here or as soon as it can
//     sweep_wrong                counts calls under way that are wrong, and should be told so
//
// and afterwards the functions that are only declared here. The file of programs says how many
// TASKS there are, how many TICKS a run takes, how many THINGS are counted, and may define
// SWEEP_ALSO_KNOWN(status): other statuses that may come. It includes this, and defines what else
// is only declared here, `programs`, PROGRAMS, `actions` and ACTIONS, of which the first
// HARMLESS_ACTIONS may also be done by an interrupt of which the kernel does not know that it is
// one.
#ifndef SWEEP_FRAME_H
#define SWEEP_FRAME_H

static trt_task_t pool[TASKS];
static TRT_STACK_DEFINE(pool_stack[TASKS], SWEEP_STACK);

// What the tasks do. (There may be fewer.)
typedef struct {
    char name[24];
    trt_task_fn_t task[TASKS];
    uint8_t priority[TASKS];
    bool stops, idles;
} program_t;

#ifndef SWEEP_FIRST
#define SWEEP_FIRST 0u
#endif
#define SWEEP_PROGRAM(i) (((i) + SWEEP_FIRST) % PROGRAMS) // the i-th of a sweep

// What an interrupt does.
typedef struct {
    char name[16];
    void (*act)(void);
    bool stops;
} action_t;

static struct {
    bool stops;               // tasks are stopped, or objects end: not all is counted
    volatile bool came, over; // an interrupt came in; from now on none counts
    volatile bool is_0_gone;  // the first task has been stopped while another ran
    void (*act[2])(void);
    bool idles;
    unsigned tasks;
} run;

// The objects begin, and after a run who waits for them is set free, and they are looked at.
static void make_objects(void);
static void set_free(void);
static void check_objects(void);

// --- what went in and what came out

typedef struct {
    volatile unsigned tried; // before the rest, lest who is stopped has put in more than that
    unsigned in, out, sum_in, sum_out;
} account_t;

// Whoever counts has his own accounts, since to count takes more than one instruction: the tasks,
// the runner, the two interrupts, the tick (a timer's callback).
enum { RUNNER = TASKS, INTERRUPT, IN_TICK = INTERRUPT + 2, CALLERS };
static account_t accounts[CALLERS][THINGS];

// Which of them calls.
static unsigned caller(void);

#ifndef SWEEP_ALSO_KNOWN
#define SWEEP_ALSO_KNOWN(status) false
#endif

static trt_status_t known(trt_status_t status) {
    CHECK(!run.is_0_gone || trt_task_self() != &pool[0]);
    CHECK(status == TRT_OK || status == TRT_ABANDONED || status == TRT_ERR_WOULD_BLOCK ||
          status == TRT_ERR_TIMEOUT || status == TRT_ERR_ABORTED || status == TRT_ERR_STATE ||
          SWEEP_ALSO_KNOWN(status));
    return status;
}

static void count_try(unsigned thing) {
    accounts[caller()][thing].tried++;
}

static void count_in(unsigned thing, unsigned value) {
    account_t *mine = &accounts[caller()][thing];
    mine->in++;
    mine->sum_in += value;
}

static void count_out(unsigned thing, unsigned value) {
    account_t *mine = &accounts[caller()][thing];
    mine->out++;
    mine->sum_out += value;
}

// Nothing is left in it any more. (Who was stopped may have put in or taken out what he has not
// counted; and what was in an object that has ended is lost.)
static void check_account(unsigned thing) {
    account_t all = {0, 0, 0, 0, 0};
    for (unsigned i = 0; i < CALLERS; i++) {
        const account_t *one = &accounts[i][thing];
        all.tried += one->tried;
        all.in += one->in;
        all.out += one->out;
        all.sum_in += one->sum_in;
        all.sum_out += one->sum_out;
    }
    CHECK(all.out <= all.tried); // nothing doubled
    if (run.stops) return;
    CHECK(all.out == all.in); // nothing lost
    CHECK(all.sum_out == all.sum_in);
}

// --- actions on tasks

// (An interrupt of its own, but on the host: two must not both call trt_tick.)
static void act_tick(void) {
    tick();
}
static void act_abort(void) {
    for (unsigned i = 0; i < run.tasks; i++) (void)known(trt_task_abort_delay(&pool[i]));
}
static void act_resume(void) {
    for (unsigned i = 0; i < run.tasks; i++) (void)known(trt_task_resume(&pool[i]));
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
    bool is_running = trt_task_self() == &pool[0];
    if (known(trt_task_stop(&pool[0])) == TRT_OK && !is_running) run.is_0_gone = true;
}
static void act_stop_2(void) {
    (void)known(trt_task_stop(&pool[2]));
}
static void act_restart_1(void) {
    if (trt_task_self() != &pool[1]) (void)known(trt_task_restart(&pool[1], NULL));
}

// clang-format off
#define HARMLESS_ACTIONS_ON_TASKS   \
    {"abort", act_abort, false},    \
    {"resume", act_resume, false},  \
    {"raise 2", act_raise_2, false},\
    {"lower 0", act_lower_0, false}
#define ACTIONS_ON_TASKS                \
    {"tick", act_tick, false},          \
    {"suspend 0", act_suspend_0, false},\
    {"suspend 2", act_suspend_2, false},\
    {"stop 0", act_stop_0, true},       \
    {"stop 2", act_stop_2, true},       \
    {"restart 1", act_restart_1, true}
// clang-format on

// --- one run

static void set_up(const program_t *program) {
    memset(accounts, 0, sizeof accounts);
    memset(&run, 0, sizeof run);
    run.stops = program->stops;
    run.idles = program->idles;
    make_objects();
    for (unsigned i = 0; i < TASKS && program->task[i] != NULL; i++) {
        CHECK(trt_task_create(&pool[i], "p", program->task[i], program->priority[i], pool_stack[i],
                              sizeof pool_stack[i]) == TRT_OK);
        CHECK(trt_task_start(&pool[i], NULL) == TRT_OK);
        run.tasks++;
    }
}

static bool some_task_lives(void) {
    for (unsigned i = 0; i < run.tasks; i++) {
        if (trt_task_state(&pool[i]) != TRT_TASK_ENDED) return true;
    }
    return false;
}

// Whoever is left is set free, so that every task comes to its end.
static void finish(void) {
    for (unsigned round = 0; round < 12 && some_task_lives(); round++) {
        act_resume();
        set_free();
        for (unsigned i = 0; i < TICKS; i++) tick();
    }
    for (unsigned i = 0; i < run.tasks; i++) {
        CHECK(trt_task_state(&pool[i]) == TRT_TASK_ENDED);
        CHECK(trt_task_priority(&pool[i]) == trt_task_base_priority(&pool[i]));
    }
}

// When all interrupts have landed: how it ends is right.
static void end_run(void) {
    CHECK_INVARIANTS();
    finish();
    CHECK_INVARIANTS();
    check_objects();
}

#endif // SWEEP_FRAME_H
