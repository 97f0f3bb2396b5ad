// Cycles of the operations by which kernels are compared. test_cycles.py keeps the table. The
// default configuration: -DTINYRTOS_STACK_CHECK=0 tells what that check costs.
#include "cycles.h"

enum { SLEEPERS = 16, STACK = 160 };

static trt_sem_t sem;
static trt_mutex_t mutex;
static trt_queue_t queue;
static uint32_t buffer[4], item;
static trt_task_t low, high, sleepers[SLEEPERS];
static TRT_STACK_DEFINE(low_stack, STACK);
static TRT_STACK_DEFINE(high_stack, STACK);
static TRT_STACK_DEFINE(sleeper_stack[SLEEPERS], STACK);

static void task(trt_task_t *which, trt_task_fn_t fn, uint8_t priority, trt_stack_t *stack) {
    (void)trt_task_create(which, NULL, fn, priority, stack, STACK);
    (void)trt_task_start(which, NULL);
}

static void raise_line(void) {
    GPIOR2 = VECTOR_NUMBER(LINE_0);
    BEGIN();
    GPIOR1 = AVR_RAISE;
    __asm__ __volatile__("nop\n\tnop\n\tnop\n\tnop" ::: "memory");
}

TRT_ISR(LINE_0) {
    (void)trt_sem_give(&sem);
}

// --- the more urgent or equal one of two tasks

static void yield_and_end(void *unused) {
    (void)unused;
    (void)trt_yield();
    END();
    for (;;) (void)trt_yield();
}

static void take_and_end(void *unused) {
    (void)unused;
    (void)trt_sem_take(&sem, TRT_FOREVER);
    END();
    (void)trt_delay(TRT_FOREVER);
}

static void take_and_begin(void *unused) {
    (void)unused;
    (void)trt_sem_take(&sem, TRT_FOREVER);
    BEGIN();
    (void)trt_sem_take(&sem, TRT_FOREVER);
}

static void sleep_long(void *unused) {
    (void)unused;
    (void)trt_delay(1000);
}

static void sleep_shortly(void *unused) {
    (void)unused;
    (void)trt_delay(1);
    END();
    (void)trt_delay(1000);
}

// --- the operations

static void nothing(void) {
    BEGIN();
    END();
}

static void yield(void) {
    task(&high, yield_and_end, 3, high_stack);
    (void)trt_yield();
    BEGIN();
    (void)trt_yield();
}

static void yield_alone(void) {
    BEGIN();
    (void)trt_yield();
    END();
}

static void give_and_run(void) {
    task(&high, take_and_end, 2, high_stack);
    BEGIN();
    (void)trt_sem_give(&sem);
}

static void block_and_resume(void) {
    task(&high, take_and_begin, 2, high_stack);
    (void)trt_sem_give(&sem);
    END();
}

static void interrupt_and_run(void) {
    task(&high, take_and_end, 2, high_stack);
    raise_line();
}

static void give_and_take(void) {
    BEGIN();
    (void)trt_sem_give(&sem);
    (void)trt_sem_take(&sem, TRT_FOREVER);
    END();
}

static void lock_and_unlock(void) {
    BEGIN();
    (void)trt_mutex_lock(&mutex, TRT_FOREVER);
    (void)trt_mutex_unlock(&mutex);
    END();
}

static void send_and_receive(void) {
    BEGIN();
    (void)trt_queue_send(&queue, &item, TRT_FOREVER);
    (void)trt_queue_receive(&queue, &item, TRT_FOREVER);
    END();
}

static void sleepers_sleep(uint8_t count, trt_task_fn_t fn) {
    for (uint8_t i = 0; i < count; i++) task(&sleepers[i], fn, 2, sleeper_stack[i]);
}

static void tick_1(void) {
    sleepers_sleep(1, sleep_long);
    raise_tick();
}

static void tick_4(void) {
    sleepers_sleep(4, sleep_long);
    raise_tick();
}

static void tick_8(void) {
    sleepers_sleep(8, sleep_long);
    raise_tick();
}

static void tick_16(void) {
    sleepers_sleep(16, sleep_long);
    raise_tick();
}

static void tick_wakes_16(void) {
    sleepers_sleep(16, sleep_shortly);
    raise_tick();
    raise_tick();
}

typedef struct {
    char name[44];
    void (*run)(void);
} operation_t;

static const operation_t operations[] PROGMEM = {
    {"nothing", nothing},
    {"yield between two equal tasks", yield},
    {"yield, nobody else ready", yield_alone},
    {"give, the woken more urgent task runs", give_and_run},
    {"that task blocks again, the giver resumes", block_and_resume},
    {"give in an interrupt, the task runs", interrupt_and_run},
    {"give and take, uncontended", give_and_take},
    {"lock and unlock, uncontended", lock_and_unlock},
    {"send and receive 4 bytes", send_and_receive},
    {"tick, nobody due, 1 sleeper", tick_1},
    {"tick, nobody due, 4 sleepers", tick_4},
    {"tick, nobody due, 8 sleepers", tick_8},
    {"tick, nobody due, 16 sleepers", tick_16},
    {"tick waking 16, the first runs", tick_wakes_16},
};

#define OPERATIONS (sizeof operations / sizeof operations[0])

static uint8_t which;

static void measure(void *unused) {
    operation_t operation;
    (void)unused;
    TCCR0B = 0;
    memcpy_P(&operation, &operations[which], sizeof operation);
    (void)trt_sem_init(&sem, 0, 10);
    (void)trt_mutex_init(&mutex, TRT_INHERIT);
    (void)trt_queue_init(&queue, buffer, sizeof item, 4);
    operation.run();
    END();
    say_cycles();
    say_flash(operations[which].name);
    SAY("\n");
    end_test(AVR_PASS);
}

int main(void) {
    which = (uint8_t)(OPERATIONS - 1u - WHICH_TEST);
    tell(AVR_COUNT, OPERATIONS);
    if (which >= OPERATIONS) end_test(AVR_FAIL);
    lines_enable();
    task(&low, measure, 3, low_stack);
    (void)trt_start();
}
