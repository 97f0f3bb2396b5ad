// What operations cost among few tasks or timers, and among many: cycles on a part with room for
// that many. And whether equal tasks get on equally. Run by tools/bench.py.
#include "../avr/cycles.h"

// MOST: of tasks or timers, the one that measures or is measured counted.
enum { MOST = 64, STACK = 112, MIDDLE = 4, OWN = 5, EQUALS = 5, LOOKS = 200 };

static trt_sem_t sem, start;
static trt_queue_t queue;
static uint32_t buffer[4], item;
static trt_task_t measuring, high, crowd[MOST];
static TRT_STACK_DEFINE(measuring_stack, 200);
static TRT_STACK_DEFINE(high_stack, STACK);
static TRT_STACK_DEFINE(crowd_stack[MOST], STACK);
static trt_timer_t timer, timers[MOST];
static uint8_t how_many; // what the # in the operation's name stands for

static void require(bool right) {
    if (!right) end_test(AVR_FAIL);
}

#define OK(call) require((call) == TRT_OK)

static void task(trt_task_t *which, trt_task_fn_t fn, uint8_t priority, trt_stack_t *stack) {
    OK(trt_task_create(which, NULL, fn, priority, stack, STACK));
    OK(trt_task_start(which, NULL));
}

static void crowd_of(uint8_t tasks, trt_task_fn_t fn, uint8_t priority) {
    for (uint8_t i = 0; i < tasks; i++) task(&crowd[i], fn, priority, crowd_stack[i]);
}

// --- what the others do: each ends what is measured when it goes on, of which the first end counts

static void yield_and_end(void *unused) {
    (void)unused;
    for (;;) {
        (void)trt_yield();
        END();
    }
}

static void take_and_end(void *unused) {
    (void)unused;
    for (;;) {
        (void)trt_sem_take(&sem, TRT_FOREVER);
        END();
    }
}

static void receive_and_end(void *unused) {
    uint32_t received;
    (void)unused;
    for (;;) {
        (void)trt_queue_receive(&queue, &received, TRT_FOREVER);
        END();
    }
}

// Each waits for another moment.
static void sleep_in_turn(void *unused) {
    (void)unused;
    for (;;) (void)trt_delay(1000u + (trt_tick_t)(trt_task_self() - crowd));
}

// --- a task that waits, measured until the one that told it to goes on

static void until_it_waits(trt_task_fn_t fn) {
    task(&high, fn, MIDDLE, high_stack);
    (void)trt_sem_give(&start);
    END();
}

static void begin_and_take(void *unused) {
    (void)unused;
    (void)trt_sem_take(&start, TRT_FOREVER);
    BEGIN();
    (void)trt_sem_take(&sem, TRT_FOREVER);
}

static void begin_and_receive(void *unused) {
    (void)unused;
    (void)trt_sem_take(&start, TRT_FOREVER);
    BEGIN();
    (void)trt_queue_receive(&queue, &item, TRT_FOREVER);
}

static void begin_and_sleep(void *unused) {
    (void)unused;
    (void)trt_sem_take(&start, TRT_FOREVER);
    BEGIN();
    (void)trt_delay(30000);
}

// --- the operations

static void yield(void) {
    crowd_of((uint8_t)(how_many - 1u), yield_and_end, OWN);
    (void)trt_yield();
    BEGIN();
    (void)trt_yield();
}

static void give(void) {
    crowd_of(how_many, take_and_end, MIDDLE);
    BEGIN();
    (void)trt_sem_give(&sem);
}

static void take_behind(void) {
    crowd_of(how_many, take_and_end, MIDDLE);
    until_it_waits(begin_and_take);
}

static void send(void) {
    crowd_of(how_many, receive_and_end, MIDDLE);
    BEGIN();
    (void)trt_queue_send(&queue, &item, TRT_FOREVER);
}

static void receive_behind(void) {
    crowd_of(how_many, receive_and_end, MIDDLE);
    until_it_waits(begin_and_receive);
}

static void tick(void) {
    crowd_of(how_many, sleep_in_turn, MIDDLE);
    raise_tick();
}

static void sleep_farthest(void) {
    crowd_of(how_many, sleep_in_turn, MIDDLE);
    until_it_waits(begin_and_sleep);
}

static void on_timer(void *unused) {
    (void)unused;
}

static void timers_armed(void) {
    for (uint8_t i = 0; i < how_many; i++) {
        OK(trt_timer_init(&timers[i], NULL, on_timer, NULL, 1000u + i, TRT_PERIODIC));
        OK(trt_timer_start(&timers[i]));
    }
    OK(trt_timer_init(&timer, NULL, on_timer, NULL, 30000, TRT_PERIODIC));
}

static void timer_start(void) {
    timers_armed();
    BEGIN();
    (void)trt_timer_start(&timer);
    END();
}

static void timer_stop(void) {
    timers_armed();
    OK(trt_timer_start(&timer));
    BEGIN();
    (void)trt_timer_stop(&timer);
    END();
}

// --- how far equal tasks that yield come apart, looked at again and again by an interrupt

static volatile uint16_t rounds[EQUALS];
static uint16_t apart;

static void go_round(void *unused) {
    uint8_t self = (uint8_t)(trt_task_self() - crowd);
    (void)unused;
    for (;;) {
        rounds[self]++;
        (void)trt_yield();
    }
}

static void look(void) {
    uint16_t most = rounds[0], least = rounds[0];
    for (uint8_t i = 1; i < EQUALS; i++) {
        if (rounds[i] > most) most = rounds[i];
        if (rounds[i] < least) least = rounds[i];
    }
    if (most - least > apart) apart = most - least;
}

ISR(TIMER1_COMPA_vect) {
    static uint8_t looks;
    look();
    OCR1A++; // lest every look is at the same place of a round
    if (++looks < LOOKS) return;
    require(rounds[0] > LOOKS);
    SAY("rounds ");
    say_number(apart);
    SAY(" fairness, rounds between the first and the last of 5\n");
    end_test(AVR_PASS);
}

static void equals_yield(void) {
    crowd_of(EQUALS, go_round, OWN);
    OCR1A = 8000; // cycles from one look to the next
    TCCR1B = 1u << WGM12 | 1u << CS10;
    TIMSK1 = 1u << OCIE1A;
    (void)trt_delay(TRT_FOREVER);
}

// --- all of them

typedef struct {
    char name[44];
    void (*run)(void);
    uint8_t fewest;
} operation_t;

static const operation_t operations[] PROGMEM = {
    {"yield, # ready at one priority", yield, 2},
    {"semaphore give, the first of # returns", give, 1},
    {"semaphore take, behind #", take_behind, 1},
    {"queue send, the first of # returns", send, 1},
    {"queue receive, behind #", receive_behind, 1},
    {"sleep, farthest of #", sleep_farthest, 0},
    {"timer start, # armed", timer_start, 0},
    {"timer stop, # armed", timer_stop, 0},
    {"tick, # waiting", tick, 1},
};

enum { OPERATIONS = sizeof operations / sizeof operations[0], COUNTS = 4 };

static operation_t operation;

static void say_name(void) {
    for (const char *c = operation.name; *c != '\0'; c++) {
        if (*c == '#') say_number(how_many);
        else GPIOR0 = (uint8_t)*c;
    }
    SAY("\n");
}

static void measure(void *unused) {
    (void)unused;
    TCCR0B = 0;
    OK(trt_sem_init(&sem, 0, 10));
    OK(trt_sem_init(&start, 0, 1));
    OK(trt_queue_init(&queue, buffer, sizeof item, 4));
    operation.run();
    say_cycles();
    say_name();
    end_test(AVR_PASS);
}

// Each operation with each number. The last test is that of fairness, which says its own figure.
static void choose(uint8_t test) {
    operation.run = equals_yield;
    if (test == OPERATIONS * COUNTS) return;
    memcpy_P(&operation, &operations[test / COUNTS], sizeof operation);
    const uint8_t fewest = operation.fewest, most = fewest == 0 ? MOST - 1 : MOST;
    const uint8_t counts[COUNTS] = {fewest, 8, 32, most};
    how_many = counts[test % COUNTS];
}

int main(void) {
    uint8_t test = (uint8_t)(OPERATIONS * COUNTS - WHICH_TEST);
    tell(AVR_COUNT, OPERATIONS * COUNTS + 1);
    require(test <= OPERATIONS * COUNTS);
    choose(test);
    OK(trt_task_create(&measuring, NULL, measure, OWN, measuring_stack, sizeof measuring_stack));
    OK(trt_task_start(&measuring, NULL));
    (void)trt_start();
}
