// Stacks do not grow (../sweep/growth.h), however interrupts keep coming during switches (run
// --storm: one of three after a random number of instructions, again and again). Chance decides how
// deep they come to lie on each other, so a high-water mark may still move a little after the
// warm-up; but a stack on which anything stayed would be full soon.
#define TINYRTOS_CPU_HZ 16000000ul
#define TINYRTOS_NAMES 0
#define TINYRTOS_AVR_PANIC_HOOK(why, task) ((void)(why), (void)(task), growth_fail())
#define TINYRTOS_IMPLEMENTATION

static void growth_fail(void);

#include "tinyrtos.h"

#include "firmware.h"

#define CHECK(condition) ((condition) ? (void)0 : growth_fail())

enum { STACK = 200, WARM_UP = 10, ROUNDS = 150, LITTLE = 20, LANDINGS_PER_ROUND = 3000 };

#include "../sweep/growth.h"

static uint8_t marks[TASKS];
static volatile uint16_t landings;
static volatile bool round_is_over;

static void growth_fail(void) {
    end_test(AVR_FAIL);
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

static void say_marks(void) {
    for (uint8_t i = 0; i < TASKS; i++) {
        SAY("turns ");
        say_number((long)turns[i]);
        SAY(", bytes of stack used ");
        say_number(STACK - marks[i]);
        SAY("\n");
        CHECK(turns[i] > TURNS);
    }
    end_test(AVR_PASS);
}

static void look(void) {
    static uint8_t rounds;
    if (!round_is_over) return;
    round_is_over = false;
    rounds++;
    for (uint8_t i = 0; i < TASKS; i++) {
        uint8_t mark = (uint8_t)trt_task_stack_unused(&pool[i]);
        if (rounds <= WARM_UP) marks[i] = mark;
        CHECK(mark != 0 && marks[i] - mark <= LITTLE);
    }
    CHECK(trt_check() == NULL);
    if (rounds == ROUNDS) say_marks();
}

static void let_interrupts_come(void) {
    TCCR0B = 0;
    SAY("@stacks do not grow\n");
    lines_enable();
}

int main(void) {
    tell(AVR_COUNT, 1);
    start_tasks();
    (void)trt_start();
}
