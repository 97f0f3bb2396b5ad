// Stacks do not grow (../sweep/growth.h), however interrupts keep coming during switches. Two
// timers are armed again by each of their interrupts, every distance for a while, so that they keep
// landing at the same place of a switch, down to one instruction after another. After a warm-up, no
// task's high-water mark moves, nor that of the interrupts' stack.
#include "landing.h"

enum {
    STACK = 512,
    FARTHEST = 3000, // ticks of the timer
    REPEATS = 10,    // interrupts at each distance
    WARM_UP = 6,     // rounds over all distances (on a Cortex-M0 the deepest comes in the fourth)
    ROUNDS = 12,
    BESIDE = 512,     // bytes of the main stack that main, idle and interrupts share
    MAIN_STACK = 1024 // bytes of the interrupts' stack that are looked at
};

#include "../sweep/growth.h"

static size_t marks[TASKS + 1];
static uint32_t landings, repeats, distance = 1, passed;
static uint8_t *main_stack;

static size_t main_stack_unused(void) {
    size_t unused = 0;
    while (unused < MAIN_STACK && main_stack[unused] == TRTP_STACK_FILL) unused++;
    return unused;
}

static size_t unused(unsigned i) {
    return i < TASKS ? trt_task_stack_unused(&pool[i]) : main_stack_unused();
}

static void round_is_over(void) {
    distance = 1;
    passed++;
    for (unsigned i = 0; i <= TASKS; i++) {
        size_t mark = unused(i);
        CHECK(mark > 0);
        if (passed < WARM_UP) marks[i] = mark;
        CHECK(mark == marks[i]);
    }
    CHECK_INVARIANTS();
    if (passed < ROUNDS) return;
    for (unsigned i = 0; i < TASKS; i++) {
        say_named("# turns ", turns[i]);
        say_named(", bytes of stack used ", STACK - (uint32_t)marks[i]);
        say("\n");
    }
    say_named("# interrupts ", landings);
    say_named(", bytes of their stack used ", BESIDE + MAIN_STACK - (uint32_t)marks[TASKS]);
    say("\n");
    for (unsigned i = 0; i < TASKS; i++) CHECK(turns[i] > TURNS);
    landing_ok("stacks do not grow");
    landing_end();
}

static void landed(unsigned timer, const uint32_t *frame, uint32_t late) {
    (void)frame, (void)late;
    landings++;
    if (timer == 1) {
        give(&urgent);
        arm(1, 2u * distance + 100u);
        return;
    }
    watch(10000000u);
    give(&first);
    if (++repeats % REPEATS == 0 && distance++ == FARTHEST) round_is_over();
    arm(0, distance);
}

static void let_interrupts_come(void) {
    arm(0, 100);
    arm(1, 100);
}

static void look(void) {}

int main(void) {
    landing_start();
    start_tasks();
    // Above this lie main, which becomes idle, and its share; the interrupts' stack reaches into
    // it. (The vector table begins with where the stack does.)
    const uintptr_t vectors = *(volatile uintptr_t *)0xE000ED08u; // VTOR
    main_stack = (uint8_t *)(*(volatile uintptr_t *)vectors - MAIN_STACK - BESIDE);
    memset(main_stack, TRTP_STACK_FILL, MAIN_STACK);
    (void)trt_start();
    CHECK(false);
}
