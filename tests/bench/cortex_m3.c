// Instructions and exceptions of the operations by which kernels are compared, on a Cortex-M3, from
// the call, or the raising of an interrupt, to the first instruction that follows it in the task
// that then runs. The default configuration. Which one is the program's argument; without one it
// prints the names. A # in a name stands for a number of tasks or timers. Run by tools/bench.py.
#include "cortex_m3.h"

enum {
    CROWD = 128,
    STACK = 512,
    URGENT = 2, // priorities
    MIDDLE = 4,
    OWN = 5,
    TICKS_LONG = 100000
};

static void require(bool right) {
    if (right) return;
    say("a call failed\n");
    semihosting_exit(1);
}

#include "crowd.h"

static trt_task_t measuring;
static TRT_STACK_DEFINE(measuring_stack, 4096);
TRT_MUTEX_DEFINE(mutex, TRT_INHERIT);
TRT_POOL_DEFINE(pool, uint64_t, 4);

// --- marks: what they cost, and what an exception costs to be counted

static uint32_t nothing, counting; // instructions
static uint32_t raising;           // what is taken off: a tick is raised by nobody

static uint32_t between(void) {
    return instructions_in(began - ended);
}

void EMPTY_HANDLER(void);
void EMPTY_HANDLER(void) {}

static void interrupt_empty(void) {
    BEGIN();
    raise_irq(EMPTY_IRQ);
    END();
}

// By itself, lest the compiler moves anything between the marks.
__attribute__((noipa)) static void mark_nothing(void) {
    BEGIN();
    END();
}

static void calibrate(void) {
    mark_nothing();
    nothing = between();
    interrupt_empty();
    uint32_t uncounted = between();
    count_exceptions();
    interrupt_empty();
    counting = between() - uncounted;
}

static void report(const char *name) {
    uint32_t taken = exceptions_ended - exceptions_began;
    say(name);
    say_named(": ", between() - nothing - counting * taken - raising);
    say_named("/", taken);
    say("\n");
    semihosting_exit(0);
}

// --- yield

static void yield_2(void) {
    how_many = 2;
    yield_among();
}

static void yield_alone(void) {
    BEGIN();
    (void)trt_yield();
    END();
}

// --- semaphores

static void give_no_waiter(void) {
    BEGIN();
    (void)trt_sem_give(&sem);
    END();
}

static void take_available(void) {
    OK(trt_sem_give(&sem));
    BEGIN();
    (void)trt_sem_take(&sem, TRT_FOREVER);
    END();
}

static void give_wakes(void) {
    crowd_of(how_many - 1u, take, MIDDLE);
    task(&high, take_and_end, URGENT, high_stack);
    OK(trt_sem_give(&sem));
    BEGIN();
    (void)trt_sem_give(&sem);
    END();
}

static void begin_and_take(void *unused) {
    (void)unused;
    for (;;) {
        (void)trt_sem_take(&sem, TRT_FOREVER);
        BEGIN();
    }
}

static void blocks_again(void) {
    task(&high, begin_and_take, URGENT, high_stack);
    OK(trt_sem_give(&sem));
    (void)trt_sem_give(&sem);
    END();
}

// --- mutexes, queues, suspending

static void lock_and_unlock(void) {
    BEGIN();
    (void)trt_mutex_lock(&mutex, TRT_FOREVER);
    (void)trt_mutex_unlock(&mutex);
    END();
}

static void send(void) {
    BEGIN();
    (void)trt_queue_send(&queue, &item, TRT_FOREVER);
    END();
}

static void receive(void) {
    OK(trt_queue_send(&queue, &item, TRT_FOREVER));
    BEGIN();
    (void)trt_queue_receive(&queue, &item, TRT_FOREVER);
    END();
}

static void send_wakes(void) {
    crowd_of(how_many - 1u, receive_again, MIDDLE);
    task(&high, receive_and_end, URGENT, high_stack);
    OK(trt_queue_send(&queue, &item, TRT_FOREVER));
    BEGIN();
    (void)trt_queue_send(&queue, &item, TRT_FOREVER);
    END();
}

static void allocate_and_free(void) {
    void *block;
    OK(trt_pool_take(&pool, &block, TRT_FOREVER)); // the first makes the pool ready
    OK(trt_pool_give(&pool, block));
    BEGIN();
    (void)trt_pool_take(&pool, &block, TRT_FOREVER);
    (void)trt_pool_give(&pool, block);
    END();
}

static void suspend_and_end(void *unused) {
    (void)unused;
    for (;;) {
        (void)trt_task_suspend(&high);
        END();
    }
}

static void resume_wakes(void) {
    task(&high, suspend_and_end, URGENT, high_stack);
    OK(trt_task_resume(&high));
    BEGIN();
    (void)trt_task_resume(&high);
    END();
}

// --- interrupts

void GIVE_HANDLER(void);
void GIVE_HANDLER(void) {
    (void)trt_sem_give(&sem);
}

static void interrupt_gives(void) {
    task(&high, take_and_end, URGENT, high_stack);
    raise_irq(GIVE_IRQ);
    BEGIN();
    raise_irq(GIVE_IRQ);
}

// --- time

static void sleep_long(void *unused) {
    (void)unused;
    for (;;) (void)trt_delay(TICKS_LONG);
}

// The same for either interrupt.
__attribute__((noipa)) static void raise_marked(volatile uint32_t *where, uint32_t what) {
    BEGIN();
    *where = what;
    barrier();
    END();
}

// The empty handler is one instruction, all the rest raises it.
static void tick(void) {
    crowd_of(how_many, sleep_long, MIDDLE);
    raise_marked(&NVIC_ISPR, 1ul << EMPTY_IRQ);
    raising = between() - nothing - counting - 1u;
    raise_marked(&ICSR, 1ul << 26);
}

// --- the seven programs of Thread-Metric, and how equally the first treats its tasks

#define FAIRNESS "fairness, rounds between the first and the last of 5"
#include "thread_metric.h"

// --- all of them

static const struct {
    const char *name;
    void (*run)(void);
} operations[] = {
    {"yield, two tasks", yield_2},
    {"yield, nobody else ready", yield_alone},
    {"yield, # ready at one priority", yield_among},
    {"semaphore give, no waiter", give_no_waiter},
    {"semaphore take, available", take_available},
    {"semaphore give, more urgent task returns", give_wakes},
    {"semaphore give, the first of # returns", give_wakes},
    {"semaphore take, behind #", take_behind},
    {"that task takes again, giver returns", blocks_again},
    {"mutex lock + unlock", lock_and_unlock},
    {"queue send 4 B", send},
    {"queue receive 4 B", receive},
    {"queue send, more urgent task returns", send_wakes},
    {"queue send, the first of # returns", send_wakes},
    {"queue receive, behind #", receive_behind},
    {"memory block allocate + free", allocate_and_free},
    {"notify (by resume), more urgent task returns", resume_wakes},
    {"empty interrupt", interrupt_empty},
    {"interrupt gives, more urgent task returns", interrupt_gives},
    {"tick, # waiting", tick},
    {"sleep, farthest of #", sleep_farthest},
    {"timer start, # armed", timer_start},
    {"timer stop, # armed", timer_stop},
    {FAIRNESS, fairness},
    {"Thread-Metric cooperative", metric_cooperative},
    {"Thread-Metric preemptive", metric_preemptive},
    {"Thread-Metric interrupt processing", metric_interrupt},
    {"Thread-Metric interrupt preemption", metric_interrupt_preemption},
    {"Thread-Metric message", metric_message},
    {"Thread-Metric synchronisation", metric_synchronisation},
    {"Thread-Metric memory", metric_memory},
};

#define OPERATIONS (sizeof operations / sizeof operations[0])

static size_t chosen; // the operation

// The program's name, then the argument.
static const char *argument(void) {
    static char line[128];
    uintptr_t block[2] = {(uintptr_t)line, sizeof line};
    (void)semihosting_call(0x15u, block); // SYS_GET_CMDLINE
    const char *space = strchr(line, ' ');
    return space != NULL ? space + 1 : "";
}

static void measure(void *unused) {
    (void)unused;
    SYST_CSR = 0; // ticks come when they are raised
    OK(trt_queue_init(&queue, buffer, sizeof item, 4));
    calibrate();
    operations[chosen].run();
    report(argument());
}

// Whether the name is that of an operation; notes the number in it.
static bool is_called(const char *name, const char *operation) {
    while (*operation != '#' && *operation != '\0' && *operation == *name) operation++, name++;
    if (*operation != '#') return strcmp(operation, name) == 0;
    for (how_many = 0; *name >= '0' && *name <= '9'; name++) {
        how_many = 10u * how_many + (unsigned)(*name - '0');
    }
    return how_many <= CROWD && strcmp(operation + 1, name) == 0;
}

static bool choose(const char *name) {
    for (chosen = 0; chosen < OPERATIONS; chosen++) {
        if (is_called(name, operations[chosen].name)) return true;
    }
    return false;
}

static void say_names(void) {
    for (size_t i = 0; i < OPERATIONS; i++) {
        say(operations[i].name);
        say("\n");
    }
    semihosting_exit(0);
}

int main(void) {
    if (argument()[0] == '\0') say_names();
    require(choose(argument()));
    TIMER_RELOAD(0) = TIMER_VALUE(0) = UINT32_MAX;
    TIMER_CTRL(0) = 1;
    NVIC_ISER = 15ul << EMPTY_IRQ | 1ul << TIMER_1_IRQ;
    OK(trt_task_create(&measuring, "measuring", measure, OWN, measuring_stack,
                       sizeof measuring_stack));
    OK(trt_task_start(&measuring, NULL));
    (void)trt_start();
    require(false);
}
