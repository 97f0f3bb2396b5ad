// Bug classes that an AVR can have and that need no moment. (19 and 26 are programs of the sweep.)
#define TINYRTOS_IMPLEMENTATION
#include "../kernel/harness.h"

static trt_sem_t sem;

static void give(void *unused) {
    (void)unused;
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    note('i');
}

static void take_and_note(void *letter) {
    CHECK_EQ(trt_sem_take(&sem, TRT_FOREVER), TRT_OK);
    note(LETTER(letter));
}

static trt_sem_t other;

// No check: it would be the next call.
static void take_other_and_note(void *letter) {
    (void)trt_sem_take(&other, TRT_FOREVER);
    note(LETTER(letter));
}

// An interrupt of which the kernel does not know that it is one.
static trt_status_t in_plain_isr;
static bool known_as_interrupt;

ISR(ADC_vect) {
    note('i');
    (void)trt_sem_give(&sem);
    in_plain_isr = trt_sem_take(&sem, 5);
    known_as_interrupt = trt_in_interrupt();
}

static void raise_plain(void) {
    ADCSRA |= 1u << ADIE;
    raise_vector(VECTOR_NUMBER(ADC_vect));
}

// No check until it has run: a check of the invariants is a call.
static void have_one_woken(void) {
    CHECK_EQ(trt_sem_init(&sem, 0, 2), TRT_OK);
    spawn(0, 3, take_and_note, 'a');
    raise_plain();
    note('1');
}

static void look_at_plain(void) {
    CHECK_MISUSE("trt_sem_take", &sem, TRT_ERR_CONTEXT);
    CHECK_EQ(in_plain_isr, TRT_ERR_CONTEXT);
    CHECK(!known_as_interrupt);
    CHECK_LOG("i1a2");
}

KTEST(avr, bug27_plain_isr_may_not_wait_and_the_task_it_wakes_runs_at_the_next_call) {
    have_one_woken();
    (void)trt_now();
    note('2');
    look_at_plain();
}

KTEST(avr, bug27_plain_isr_the_task_it_wakes_runs_before_a_less_urgent_one_woken_next) {
    CHECK_EQ(trt_sem_init(&sem, 0, 2), TRT_OK);
    CHECK_EQ(trt_sem_init(&other, 0, 1), TRT_OK);
    spawn(0, 2, take_and_note, 'a');
    spawn(1, 3, take_other_and_note, 'b');
    raise_plain();
    (void)trt_sem_give(&other);
    CHECK_MISUSE("trt_sem_take", &sem, TRT_ERR_CONTEXT);
    CHECK_LOG("iab");
}

KTEST(avr, bug27_plain_isr_the_task_it_wakes_runs_at_the_next_tick) {
    have_one_woken();
    ticks_pass(1);
    note('2');
    look_at_plain();
}

static void open_and_nest(void *unused) {
    (void)unused;
    note('(');
    sei();
    irq_raise(0);
    note(')');
}

KTEST(avr, bug27_switch_waits_for_the_end_of_the_outermost_interrupt) {
    CHECK_EQ(trt_sem_init(&sem, 0, 2), TRT_OK);
    irq_install(0, give, NULL);
    irq_install(1, open_and_nest, NULL);
    spawn(0, 3, take_and_note, 'a');
    irq_raise(1);
    note('r');
    CHECK_LOG("(i)ar");
}

static void yield_inside(void *unused) {
    (void)unused;
    CHECK(!trt_yield());
    CHECK_MISUSE("trt_yield", NULL, TRT_ERR_CONTEXT);
    sei();
    CHECK(!trt_yield());
    CHECK_MISUSE("trt_yield", NULL, TRT_ERR_CONTEXT);
    note('i');
}

KTEST(avr, bug27_yield_in_an_interrupt_is_refused_also_when_it_lets_others_in) {
    irq_install(0, yield_inside, NULL);
    spawn(0, RUNNER_PRIORITY, noter, 'a');
    irq_raise(0);
    note('r');
    CHECK_LOG("ir");
}

// With the option, an interrupt's frames are on main's stack.
static const volatile uint8_t *interrupt_stack;

static void look_at_stack(void *unused) {
    volatile uint8_t here = 0;
    (void)unused, (void)here;
    interrupt_stack = &here;
}

KTEST(avr, bug27_interrupt_runs_on_the_stack_that_it_should) {
    irq_install(0, look_at_stack, NULL);
    irq_raise(0);
    bool on_tasks =
        interrupt_stack >= runner_stack && interrupt_stack < runner_stack + sizeof runner_stack;
    CHECK_EQ(on_tasks, !TINYRTOS_AVR_ISR_STACK);
}

// A size that does not fit into eight bits.
KTEST(avr, bug28_stacks_larger_than_255_bytes) {
    static trt_stack_t stack[300];
    static trt_task_t task;
    CHECK_EQ(trt_task_create(&task, "t", noter, 3, stack, sizeof stack), TRT_OK);
    CHECK_EQ(trt_task_start(&task, ARG('a')), TRT_OK);
    CHECK_EQ(trt_task_stack_size(&task), 300);
    CHECK(trt_task_stack_unused(&task) > 150);
    CHECK_LOG("a");
}

// Sizes whose product does not fit into a size_t, which has 16 bits here.
KTEST(avr, bug28_queues_larger_than_memory_are_refused) {
    static trt_queue_t queue;
    static uint8_t buffer[4];
    CHECK_EQ(trt_queue_init(&queue, buffer, 0x8001, 2), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_queue_init", &queue, TRT_ERR_PARAM);
    CHECK_EQ(trt_queue_init(&queue, buffer, 300, 300), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_queue_init", &queue, TRT_ERR_PARAM);
    CHECK_EQ(trt_queue_init(&queue, buffer, 2, 2), TRT_OK);
}
