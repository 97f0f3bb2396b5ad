// A fault says what it was, where, and in whose name (ports/cortex-m/fault.c).
#define HARNESS_FAULTS
#define TINYRTOS_IMPLEMENTATION
#include "../kernel/harness.h"

#if __ARM_ARCH >= 8 && __ARM_ARCH_ISA_THUMB >= 2 // there is a stack limit register
#define LIMITED
#define CAUGHT
#elif TINYRTOS_CM_MPU_GUARD
#define CAUGHT
#endif

static const char *wanted[4];                        // these are in the report, in this order
static volatile uintptr_t bad_address = 0xE0100001u; // nothing is there, on any machine; and odd

void fault_end(void) {
    const char *at = harness_report;
    if (wanted[0] == NULL) {
        harness_say_comment(harness_report);
        harness_fail(__LINE__, "a fault", 1, 0);
    }
    for (unsigned i = 0; i < sizeof wanted / sizeof wanted[0] && wanted[i] != NULL; i++) {
        at = strstr(at, wanted[i]);
        if (at == NULL) {
            harness_say_comment("wanted:");
            harness_say_comment(wanted[i]);
            harness_say_comment(harness_report);
            harness_fail(__LINE__, "the report", 0, 1);
        }
    }
    harness_say_result("ok ");
    harness_next();
}

#if __ARM_ARCH_ISA_THUMB >= 2
#define KNOWN(why) why
#else
#define KNOWN(why) "exc ffff"
#endif

static void expect(const char *first, const char *second, const char *third, const char *fourth) {
    wanted[0] = first;
    wanted[1] = second;
    wanted[2] = third;
    wanted[3] = fourth;
}

static void read_badly(void *unused) {
    (void)unused;
    (void)*(volatile uint8_t *)bad_address;
    CHECK(false);
}

static void run_nonsense(void *unused) {
    (void)unused;
    __asm__ __volatile__("movs r0, #0x77\n\tmov r12, r0\n\tudf #0" ::: "r0", "r12");
}

KTEST(fault, bad_pointer_in_a_task) {
    expect("\nfault: HardFault in task 'h0' (priority 3, stack: ", "bytes used)\npc ",
           KNOWN("\nwhy: a bad address (bfar)"), KNOWN("bfar e0100001"));
    spawn(0, 3, read_badly, 0);
    CHECK(false);
}

KTEST(fault, undefined_instruction_in_a_task) {
    expect("\nfault: HardFault in task 'h1' (priority 2, stack: ", "bytes used)\npc ",
           "\nr0 00000077 ", "r12 00000077");
    spawn(1, 2, run_nonsense, 0);
    CHECK(false);
}

#if __ARM_ARCH_ISA_THUMB >= 2
KTEST(fault, undefined_instruction_is_called_so) {
    expect("why: an undefined instruction\n", "cfsr 00010000 hfsr 40000000", "exc ffff", NULL);
    spawn(0, 3, run_nonsense, 0);
    CHECK(false);
}

KTEST(fault, call_to_an_even_address) {
    expect("in task 'h0'", "why: a call to an even address\n", NULL, NULL);
    // not merely even: for half a word, QEMU calls it unaligned
    uintptr_t even = (uintptr_t)read_badly & ~(uintptr_t)3;
    spawn(0, 3, (trt_task_fn_t)even, 0);
    CHECK(false);
}
#endif

KTEST(fault, the_program_counter_is_that_of_the_fault) {
    static char pc[16] = "pc ";
    uintptr_t at = (uintptr_t)run_nonsense & ~(uintptr_t)1;
    const uint16_t *code = (const uint16_t *)at;
    while (*code != 0xDE00u) code++; // udf #0
    for (unsigned i = 0; i < 8; i++)
        pc[3 + i] = "0123456789abcdef"[(uintptr_t)code >> (28u - 4u * i) & 15u];
    expect(pc, NULL, NULL, NULL);
    spawn(0, 3, run_nonsense, 0);
    CHECK(false);
}

KTEST(fault, in_an_interrupt) {
    static const char exception[] = " in exception 18\npc "; // 16 of the core, then line 2
    expect("\nfault: HardFault", exception, KNOWN("an undefined instruction"), NULL);
    irq_install(2, run_nonsense, NULL);
    irq_raise(2);
    CHECK(false);
}

static void fault_in_main(void) {
    expect(" in idle, or before the start\npc ", NULL, NULL, NULL);
    run_nonsense(NULL);
}

KTEST_FROM_MAIN(fault, before_the_start, fault_in_main) {
    CHECK(false);
}

// The report must not fault in its turn.
static void lose_the_stack(void *unused) {
    (void)unused;
    __asm__ __volatile__("mov sp, %0\n\tudf #0" ::"r"(16u));
}

KTEST(fault, stack_pointer_off_the_stack) {
#ifdef LIMITED // it does not get so far
    expect(" in task 'h0'", "why: the stack is full", "exc ffff", NULL);
#else
    expect(" in task 'h0'", "\nthe stack pointer is off the stack: ", "exc ffff", NULL);
#endif
    spawn(0, 3, lose_the_stack, 0);
    CHECK(false);
}

static void fill_the_stack(void *unused) {
    size_t bytes;
    memset(trtp_stack(trt_task_self(), &bytes), 0, 64);
    run_nonsense(unused);
}

KTEST(fault, stack_that_is_full_is_called_so) {
#if TINYRTOS_CM_MPU_GUARD && !defined(LIMITED) // it does not get so far
    expect(" in task 'h0'", "why: the stack is full", NULL, NULL);
#else
    expect(" in task 'h0'", "bytes used: full)", NULL, NULL);
#endif
    spawn(0, 3, fill_the_stack, 0);
    CHECK(false);
}

#ifdef CAUGHT
// The stack limit register, or the MPU, catches an overflow at the access, also after switches and interrupts.
static void overflow(void *depth) {
    volatile uint8_t frame[64];
    for (unsigned i = 0; i < sizeof frame; i++) frame[i] = 1; // a gap could step over the guard
    if ((uintptr_t)depth < 5) CHECK_EQ(trt_delay(1), TRT_OK);
    if ((uintptr_t)depth < 100) overflow((void *)((uintptr_t)depth + 1u));
    frame[1] = frame[0];
}

KTEST(fault, overflow_is_caught_where_it_happens) {
    expect(" in task 'h0'", "why: the stack is full", NULL, NULL);
    spawn(0, 3, overflow, 0);
    CHECK_EQ(trt_delay(200), TRT_OK);
    CHECK(false);
}

// What is looked at is not touched, and an overflow that came before a switch is one after it.
static void look_and_wait(void *unused) {
    (void)unused;
    for (unsigned i = 0; i < 50; i++) {
        CHECK(trt_task_stack_unused(trt_task_self()) > 32);
        CHECK(trt_task_stack_unused(&runner) > 32);
        CHECK_EQ(trt_delay(i % 2), TRT_OK);
    }
}

static volatile size_t seen_unused;

static void look(void *unused) {
    seen_unused = trt_task_stack_unused(&runner);
    (void)unused;
}

KTEST(fault, stacks_can_be_looked_at) {
    irq_install(0, look, NULL);
    spawn(0, 3, look_and_wait, 0);
    spawn(1, RUNNER_PRIORITY, look_and_wait, 0);
    irq_raise(0);
    CHECK(seen_unused > 32);
    CHECK_EQ(trt_task_join(&helper[0], TRT_FOREVER), TRT_OK);
    CHECK_EQ(trt_task_join(&helper[1], TRT_FOREVER), TRT_OK);
    // a stack whose task does not run has no guard
    CHECK_EQ(trt_task_restart(&helper[1], NULL), TRT_OK);
    CHECK_EQ(trt_task_join(&helper[1], TRT_FOREVER), TRT_OK);
}

#ifndef LIMITED
// Each task's own end counts, whichever ran before. (Byte 31 is in the guard wherever a stack
// begins.)
static void write_both_ends(void) {
    ((volatile uint8_t *)helper_stack[2])[31] = TRTP_STACK_FILL; // of one that waits
    ((volatile uint8_t *)helper_stack[3])[31] = TRTP_STACK_FILL;
    CHECK(false);
}

static trt_sem_t sem;

static void give(void *unused) {
    (void)unused;
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
}

static void take(void *unused) {
    for (;;) CHECK_EQ(trt_sem_take(&sem, TRT_FOREVER), TRT_OK);
    (void)unused;
}

static void wait_and_write(void *unused) {
    (void)unused;
    CHECK_EQ(trt_delay(2), TRT_OK);
    write_both_ends();
}

static void be_preempted_and_write(void *unused) {
    (void)unused;
    irq_raise(0);
    write_both_ends();
}

static void run_beside_another(trt_task_fn_t fn) {
    expect(" in task 'h3'", "why: the stack is full", NULL, NULL);
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    irq_install(0, give, NULL);
    spawn(2, 2, take, 0);
    spawn(3, 3, fn, 0);
    CHECK_EQ(trt_delay(10), TRT_OK);
    CHECK(false);
}

KTEST(fault, guard_is_that_of_who_has_waited) {
    run_beside_another(wait_and_write);
}

KTEST(fault, guard_is_that_of_who_was_preempted) {
    run_beside_another(be_preempted_and_write);
}
#endif
#endif
