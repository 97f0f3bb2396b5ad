// The programs of Thread-Metric, written from its public description: each counts how often its
// tasks go round in a while. Here that while is a number of instructions, between two interrupts of
// a timer. What the programs call is the benchmark's porting layer. To be included by cortex_m3.c.
#ifndef THREAD_METRIC_H
#define THREAD_METRIC_H

// --- the porting layer: tasks, a queue of 16-byte messages, a semaphore, a pool of 128-byte
// blocks, by numbers

#define LAYER __attribute__((noipa)) static

enum { TM_TASKS = 5, TM_MESSAGES = 10, TM_BLOCKS = 4 };

static trt_task_t tm_tasks[TM_TASKS];
static TRT_STACK_DEFINE(tm_stacks[TM_TASKS], STACK);
static trt_queue_t tm_queues[1];
static uint32_t tm_messages[TM_MESSAGES][4];
static trt_sem_t tm_semaphores[1];
static trt_pool_t tm_pools[1];
static uint32_t tm_blocks[TRT_POOL_BYTES(128, TM_BLOCKS) / sizeof(uint32_t)];

LAYER void tm_task_create(unsigned id, uint8_t priority, trt_task_fn_t fn) {
    OK(trt_task_create(&tm_tasks[id], "task", fn, priority, tm_stacks[id], STACK));
}

LAYER int tm_task_resume(unsigned id) {
    return trt_task_resume(&tm_tasks[id]);
}

LAYER int tm_task_suspend(unsigned id) {
    return trt_task_suspend(&tm_tasks[id]);
}

LAYER void tm_relinquish(void) {
    (void)trt_yield();
}

LAYER int tm_queue_send(unsigned id, const uint32_t *message) {
    return trt_queue_send(&tm_queues[id], message, TRT_NO_WAIT);
}

LAYER int tm_queue_receive(unsigned id, uint32_t *message) {
    return trt_queue_receive(&tm_queues[id], message, TRT_NO_WAIT);
}

LAYER int tm_semaphore_get(unsigned id) {
    return trt_sem_take(&tm_semaphores[id], TRT_NO_WAIT);
}

LAYER int tm_semaphore_put(unsigned id) {
    return trt_sem_give(&tm_semaphores[id]);
}

LAYER int tm_memory_allocate(unsigned id, void **block) {
    return trt_pool_take(&tm_pools[id], block, TRT_NO_WAIT);
}

LAYER int tm_memory_deallocate(unsigned id, void *block) {
    return trt_pool_give(&tm_pools[id], block);
}

// --- the while: its first interrupt notes the time and the counts, its second reports

enum {
    WINDOW = 4000000, // instructions
    LOOKS = 500,
    LOOK_EVERY = 1000 // instructions, the first time
};

static volatile uint32_t rounds[TM_TASKS], interrupts;
static const char *metric_name;
static uint32_t rounds_before, exceptions_before, began_at, looks;

static uint32_t all_rounds(void) {
    uint32_t all = 0;
    for (unsigned i = 0; i < TM_TASKS; i++) all += rounds[i];
    return all;
}

static uint32_t rounded(uint32_t sum, uint32_t count) {
    return (sum + count / 2u) / count;
}

static void report_rounds(uint32_t instructions) {
    uint32_t gone = all_rounds() - rounds_before, taken = exceptions - exceptions_before;
    say(metric_name);
    say_named(": ", rounded(instructions - counting * taken, gone));
    say_named("/", rounded(taken, gone));
    say("\n");
    semihosting_exit(0);
}

// How far equal tasks come apart, looked at again and again.
static void look(void) {
    static uint32_t apart;
    uint32_t most = 0, least = UINT32_MAX;
    for (unsigned i = 0; i < TM_TASKS; i++) {
        if (rounds[i] > most) most = rounds[i];
        if (rounds[i] < least) least = rounds[i];
    }
    if (most - least > apart) apart = most - least;
    TIMER_RELOAD(1)++; // lest every look is at the same place of a round
    if (--looks != 0) return;
    require(least > LOOKS);
    say(metric_name);
    say_named(": ", apart);
    say("\n");
    semihosting_exit(0);
}

void WINDOW_HANDLER(void);
void WINDOW_HANDLER(void) {
    uint32_t now = TIMER_VALUE(0);
    TIMER_CLEAR(1) = 1;
    if (looks != 0) {
        look();
        return;
    }
    if (rounds_before != 0) report_rounds(instructions_in(began_at - now));
    rounds_before = all_rounds();
    require(rounds_before != 0);
    exceptions_before = exceptions;
    began_at = now;
}

// The task that measures leaves the processor to the programs.
static void run_with_windows(const char *name, uint32_t instructions) {
    metric_name = name;
    uint32_t ticks = (uint32_t)((uint64_t)instructions * NS_PER_INSTRUCTION / NS_PER_TICK);
    TIMER_RELOAD(1) = TIMER_VALUE(1) = ticks;
    TIMER_CTRL(1) = 9; // enable, interrupt
    OK(trt_task_suspend(&measuring));
}

static void run_metric(const char *name) {
    run_with_windows(name, WINDOW);
}

// --- cooperative: five equal tasks

#define ROUNDS(task) (rounds[task]++)

#define COOPERATIVE(task)                          \
    static void cooperative_##task(void *unused) { \
        (void)unused;                              \
        for (;;) {                                 \
            tm_relinquish();                       \
            ROUNDS(task);                          \
        }                                          \
    }

COOPERATIVE(0)
COOPERATIVE(1)
COOPERATIVE(2)
COOPERATIVE(3)
COOPERATIVE(4)

static void tm_start(unsigned id, uint8_t priority, trt_task_fn_t fn) {
    tm_task_create(id, priority, fn);
    OK(trt_task_start(&tm_tasks[id], NULL));
}

static void start_cooperative(void) {
    static const trt_task_fn_t tasks[] = {cooperative_0, cooperative_1, cooperative_2,
                                          cooperative_3, cooperative_4};
    for (unsigned i = 0; i < TM_TASKS; i++) tm_start(i, OWN + 1, tasks[i]);
}

static void metric_cooperative(void) {
    start_cooperative();
    run_metric("Thread-Metric cooperative");
}

static void fairness(void) {
    start_cooperative();
    looks = LOOKS;
    run_with_windows(FAIRNESS, LOOK_EVERY);
}

// --- preemptive: each of five tasks resumes the next, which is more urgent, and suspends itself

static uint32_t steps[TM_TASKS]; // rounds of the others; rounds[0] counts whole chains

static void preemptive_0(void *unused) {
    (void)unused;
    for (;;) {
        (void)tm_task_resume(1);
        ROUNDS(0);
    }
}

#define PREEMPTIVE(task, next)                    \
    static void preemptive_##task(void *unused) { \
        (void)unused;                             \
        for (;;) {                                \
            (void)tm_task_suspend(task);          \
            next;                                 \
            steps[task]++;                        \
        }                                         \
    }

PREEMPTIVE(1, (void)tm_task_resume(2))
PREEMPTIVE(2, (void)tm_task_resume(3))
PREEMPTIVE(3, (void)tm_task_resume(4))
PREEMPTIVE(4, (void)0)

static void metric_preemptive(void) {
    static const trt_task_fn_t tasks[] = {preemptive_1, preemptive_2, preemptive_3, preemptive_4};
    for (unsigned i = 1; i < TM_TASKS; i++) tm_start(i, (uint8_t)(OWN - i), tasks[i - 1]);
    tm_start(0, OWN + 1, preemptive_0);
    run_metric("Thread-Metric preemptive");
}

// --- interrupts: one that puts into a semaphore, which the task that caused it then gets; and one
// that resumes a more urgent task

void PUT_HANDLER(void);
void PUT_HANDLER(void) {
    interrupts++;
    (void)tm_semaphore_put(0);
}

void RESUME_HANDLER(void);
void RESUME_HANDLER(void) {
    interrupts++;
    (void)tm_task_resume(0);
}

static void interrupt_0(void *unused) {
    (void)unused;
    for (;;) {
        raise_irq(PUT_IRQ);
        if (tm_semaphore_get(0) != TRT_OK) break;
        ROUNDS(0);
    }
    require(false);
}

static void metric_interrupt(void) {
    OK(trt_sem_init(&tm_semaphores[0], 0, 1));
    tm_start(0, OWN + 1, interrupt_0);
    run_metric("Thread-Metric interrupt processing");
}

static void preemption_0(void *unused) {
    (void)unused;
    for (;;) {
        (void)tm_task_suspend(0);
        steps[0]++;
    }
}

static void preemption_1(void *unused) {
    (void)unused;
    for (;;) {
        raise_irq(RESUME_IRQ);
        ROUNDS(1);
    }
}

static void metric_interrupt_preemption(void) {
    tm_start(0, OWN - 1, preemption_0);
    tm_start(1, OWN + 1, preemption_1);
    run_metric("Thread-Metric interrupt preemption");
}

// --- messages of 16 bytes, through a queue and back to who sent them

static void message_0(void *unused) {
    uint32_t sent[4] = {0x11112222, 0x33334444, 0x55556666, 0x77778888}, received[4];
    (void)unused;
    for (;;) {
        if (tm_queue_send(0, sent) != TRT_OK) break;
        if (tm_queue_receive(0, received) != TRT_OK) break;
        if (received[3] != sent[3]) break;
        sent[3]++;
        ROUNDS(0);
    }
    require(false);
}

static void metric_message(void) {
    OK(trt_queue_init(&tm_queues[0], tm_messages, sizeof tm_messages[0], TM_MESSAGES));
    tm_start(0, OWN + 1, message_0);
    run_metric("Thread-Metric message");
}

// --- a semaphore, got and put

static void synchronisation_0(void *unused) {
    (void)unused;
    for (;;) {
        if (tm_semaphore_get(0) != TRT_OK) break;
        if (tm_semaphore_put(0) != TRT_OK) break;
        ROUNDS(0);
    }
    require(false);
}

static void metric_synchronisation(void) {
    OK(trt_sem_init(&tm_semaphores[0], 1, 1));
    tm_start(0, OWN + 1, synchronisation_0);
    run_metric("Thread-Metric synchronisation");
}

// --- a block of memory, allocated and freed

static void memory_0(void *unused) {
    void *block;
    (void)unused;
    for (;;) {
        if (tm_memory_allocate(0, &block) != TRT_OK) break;
        if (tm_memory_deallocate(0, block) != TRT_OK) break;
        ROUNDS(0);
    }
    require(false);
}

static void metric_memory(void) {
    OK(trt_pool_init(&tm_pools[0], tm_blocks, sizeof tm_blocks, 128));
    tm_start(0, OWN + 1, memory_0);
    run_metric("Thread-Metric memory");
}

#endif // THREAD_METRIC_H
