// Stacks do not grow, however interrupts keep coming during switches (run --storm: one of three
// after a random number of instructions, again and again). Tasks are switched in every way: they
// wait, yield, are preempted by an interrupt and by a task, resumed by a call and by an interrupt.
// Chance decides how deep they come to lie on each other, so a high-water mark may still move a
// little after the warm-up; but a stack on which anything stayed would be full soon.
#define TINYRTOS_CPU_HZ 16000000ul
#define TINYRTOS_NAMES 0
#define TINYRTOS_AVR_PANIC_HOOK(why, task) ((void)(why), (void)(task), growth_fail())
#define TINYRTOS_IMPLEMENTATION

static void growth_fail(void);

#include "tinyrtos.h"

#include "firmware.h"

enum { TASKS = 5, STACK = 200, WARM_UP = 10, ROUNDS = 100, LITTLE = 40, LANDINGS_PER_ROUND = 3000 };

static trt_task_t pool[TASKS];
static TRT_STACK_DEFINE(pool_stack[TASKS], STACK);
static trt_sem_t urgent, first, second, third;
static uint8_t marks[TASKS];
static volatile uint16_t landings, turns[TASKS];
static volatile bool round_is_over;

static void growth_fail(void) {
    end_test(AVR_FAIL);
}

static void give(trt_sem_t *sem) {
    if (trt_sem_count(sem) == 0) (void)trt_sem_give(sem);
}

static void landed(trt_sem_t *sem) {
    give(sem);
    uint8_t found = SREG;
    cli();
    if (++landings == LANDINGS_PER_ROUND) landings = 0, round_is_over = true;
    SREG = found;
}

TRT_ISR(LINE_0) {
    landed(&urgent);
}

// Others come in, but not itself.
TRT_ISR(LINE_1) {
    uint8_t enabled = EIMSK;
    EIMSK = (uint8_t)(enabled & ~(1u << INT1));
    sei();
    landed(&first);
    cli();
    EIMSK = enabled;
}

ISR(LINE_2) {
    landed(&first);
}

static void take(trt_sem_t *sem, uint8_t task) {
    if (trt_sem_take(sem, TRT_FOREVER) != TRT_OK) growth_fail();
    turns[task]++;
}

static void most_urgent(void *unused) {
    (void)unused;
    for (;;) take(&urgent, 0);
}

static void one_of_equals(void *unused) {
    (void)unused;
    for (;;) {
        take(&first, 1);
        give(&second);
        (void)trt_yield();
    }
}

static void other_of_equals(void *unused) {
    (void)unused;
    for (;;) {
        take(&second, 2);
        (void)trt_yield();
    }
}

static void urgent_helper(void *unused) {
    (void)unused;
    for (;;) take(&third, 3);
}

static void say_marks(void) {
    for (uint8_t i = 0; i < TASKS; i++) {
        SAY("turns ");
        say_number(turns[i]);
        SAY(", bytes of stack used ");
        say_number(STACK - marks[i]);
        SAY("\n");
        if (turns[i] < 1000) growth_fail();
    }
    end_test(AVR_PASS);
}

static void look(void) {
    static uint8_t rounds;
    round_is_over = false;
    rounds++;
    for (uint8_t i = 0; i < TASKS; i++) {
        uint8_t mark = (uint8_t)trt_task_stack_unused(&pool[i]);
        if (rounds <= WARM_UP) marks[i] = mark;
        if (mark == 0 || marks[i] - mark > LITTLE) growth_fail();
    }
    if (trt_check() != NULL) growth_fail();
    if (rounds == ROUNDS) say_marks();
}

// Never waits: it is preempted, and preempts itself by what it gives.
static void least_urgent(void *unused) {
    (void)unused;
    TCCR0B = 0;
    SAY("@stacks do not grow\n");
    lines_enable();
    for (;;) {
        turns[4]++;
        give(&third);
        (void)trt_yield();
        if (round_is_over) look();
    }
}

static void start(uint8_t i, trt_task_fn_t fn, uint8_t priority) {
    (void)trt_task_create(&pool[i], NULL, fn, priority, pool_stack[i], sizeof pool_stack[i]);
    (void)trt_task_start(&pool[i], NULL);
}

int main(void) {
    tell(AVR_COUNT, 1);
    (void)trt_sem_init(&urgent, 0, 1);
    (void)trt_sem_init(&first, 0, 1);
    (void)trt_sem_init(&second, 0, 1);
    (void)trt_sem_init(&third, 0, 1);
    start(0, most_urgent, 1);
    start(1, one_of_equals, 3);
    start(2, other_of_equals, 3);
    start(3, urgent_helper, 4);
    start(4, least_urgent, 5);
    (void)trt_start();
}
