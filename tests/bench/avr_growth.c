// What operations cost among few tasks or timers, and among many: cycles on a part with room for
// that many. And whether equal tasks get on equally. Run by tools/bench.py.
#include "../avr/cycles.h"

// CROWD: of tasks or timers, the one that measures or is measured counted.
enum { CROWD = 64, STACK = 112, TICKS_LONG = 30000 };
enum { URGENT = 2, MIDDLE = 4, OWN = 5 }; // priorities
enum { EQUALS = 5, LOOKS = 200 };

static trt_task_t measuring;
static TRT_STACK_DEFINE(measuring_stack, 200);

static void require(bool right) {
    if (!right) end_test(AVR_FAIL);
}

#include "crowd.h"

static void give(void) {
    crowd_of(how_many, take_and_end, MIDDLE);
    BEGIN();
    (void)trt_sem_give(&sem);
}

static void send(void) {
    crowd_of(how_many, receive_and_end, MIDDLE);
    BEGIN();
    (void)trt_queue_send(&queue, &item, TRT_FOREVER);
}

static void tick(void) {
    crowd_of(how_many, sleep_in_turn, MIDDLE);
    raise_tick();
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
    {"yield, # ready at one priority", yield_among, 2},
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
    const uint8_t fewest = operation.fewest, most = fewest == 0 ? CROWD - 1 : CROWD;
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
