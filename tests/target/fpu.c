// Floating point: several tasks and an interrupt fill all of the FPU's registers, each with its own
// values and its own rounding mode, and find them again after having been preempted, by ticks at
// any instruction and by an interrupt, and after having waited.
#define TINYRTOS_TIME_SLICE 1
#define TINYRTOS_IMPLEMENTATION
#include "../kernel/harness.h"

enum { REGISTERS = 32, KEPT = 16, ROUNDS = 200, FPCA = 4 };

typedef struct {
    uint32_t s[REGISTERS];
    uint32_t fpscr;
} fpu_t;

static void fill(fpu_t *fpu, uint32_t owner, uint32_t round) {
    for (uint32_t i = 0; i < REGISTERS; i++) fpu->s[i] = owner << 24 | round << 8 | i;
    fpu->fpscr = (owner & 3u) << 22;
}

// Loads all registers, writes `value` to `address` (which may raise an interrupt), lets `turns`
// turns of a loop go by, and stores what the registers are then.
#define ALL_BUT_CLOBBERED                                                                          \
    "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13", "s14", \
        "s15", "s16", "s17", "s18", "s19", "s20", "s21", "s22", "s23", "s24", "s25", "s26", "s27", \
        "s28", "s29", "s30", "s31"
static void hold(const fpu_t *in, fpu_t *out, volatile uint32_t *address, uint32_t value,
                 uint32_t turns) {
    uint32_t fpscr;
    __asm__ __volatile__("vmsr fpscr, %[mode]\n\t"
                         "vldmia %[in], {s0-s31}\n\t"
                         "str %[value], [%[address]]\n\t"
                         "dsb\n\t"
                         "isb\n"
                         "1:\n\t"
                         "subs %[turns], #1\n\t"
                         "bne 1b\n\t"
                         "vstmia %[out], {s0-s31}\n\t"
                         "vmrs %[fpscr], fpscr"
                         : [turns] "+r"(turns), [fpscr] "=&r"(fpscr)
                         : [in] "r"(in->s), [out] "r"(out->s), [mode] "r"(in->fpscr),
                           [value] "r"(value), [address] "r"(address)
                         : "memory", "cc", ALL_BUT_CLOBBERED);
    out->fpscr = fpscr;
}

// The same with a function call instead, which has to keep s16 to s31.
__attribute__((naked, noinline)) static void hold_over(const uint32_t *in, uint32_t *out,
                                                       void (*function)(void)) {
    (void)in, (void)out, (void)function;
    __asm__ __volatile__("push {r4, lr}\n\t"
                         "vpush {s16-s31}\n\t"
                         "mov r4, r1\n\t"
                         "vldmia r0, {s16-s31}\n\t"
                         "blx r2\n\t"
                         "vstmia r4, {s16-s31}\n\t"
                         "vpop {s16-s31}\n\t"
                         "pop {r4, pc}");
}

static void check_all(const fpu_t *in, const fpu_t *out) {
    CHECK(memcmp(in->s, out->s, sizeof in->s) == 0);
    CHECK_EQ(in->fpscr, out->fpscr);
}

static uint32_t control(void) {
    uint32_t control;
    __asm__ __volatile__("mrs %0, control" : "=r"(control));
    return control;
}

static volatile uint32_t nowhere;
static trt_sem_t sem;
static unsigned preemptions;

// --- ticks at any instruction

static void hold_for_long(void *owner) {
    fpu_t in, out;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        fill(&in, INDEX(owner), round);
        hold(&in, &out, &nowhere, 0, 50 + round);
        check_all(&in, &out);
    }
}

static void hold_no_fpu(void *unused) {
    (void)unused;
    for (unsigned round = 0; round < 20 * ROUNDS; round++) CHECK((control() & FPCA) == 0);
}

KTEST(fpu, ticks_at_any_instruction) {
    harness_free_running = true;
    spawn(0, 5, hold_for_long, 1);
    spawn(1, 5, hold_for_long, 2);
    spawn(2, 5, hold_for_long, 3);
    spawn(3, 5, hold_no_fpu, 0);
    HARNESS_SYST_RVR = 37;
    HARNESS_SYST_CVR = 0;
    HARNESS_SYST_CSR = 7;
    trt_tick_t before = trt_now();
    for (unsigned i = 0; i < 4; i++) CHECK_EQ(trt_task_join(&helper[i], TRT_FOREVER), TRT_OK);
    harness_time_stop();
    CHECK(trt_now() - before > ROUNDS);
}

// --- an interrupt that computes, and wakes a task that computes

static void compute_and_give(void *unused) {
    (void)unused;
    fpu_t in, out;
    fill(&in, 9, preemptions);
    hold(&in, &out, &nowhere, 0, 1);
    check_all(&in, &out);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
}

static void compute_when_given(void *owner) {
    fpu_t in, out;
    for (;;) {
        CHECK_EQ(trt_sem_take(&sem, TRT_FOREVER), TRT_OK);
        fill(&in, INDEX(owner), preemptions);
        hold(&in, &out, &nowhere, 0, 1);
        check_all(&in, &out);
        preemptions++;
    }
}

KTEST(fpu, interrupt_that_computes_wakes_a_task_that_computes) {
    fpu_t in, out;
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    irq_install(1, compute_and_give, NULL);
    spawn(0, 3, compute_when_given, 5);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        fill(&in, 6, round);
        hold(&in, &out, &HARNESS_NVIC_ISPR, 1ul << 1, 1);
        check_all(&in, &out);
    }
    CHECK_EQ(preemptions, ROUNDS);
}

// --- waiting

static void give_back(void) {
    (void)trt_yield();
}

static void wait_a_tick(void) {
    CHECK_EQ(trt_delay(1), TRT_OK);
}

static void hold_over_calls(void *owner) {
    fpu_t in, out;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        fill(&in, INDEX(owner), round);
        hold_over(&in.s[KEPT], &out.s[KEPT], round % 2 == 0 ? give_back : wait_a_tick);
        CHECK(memcmp(&in.s[KEPT], &out.s[KEPT], KEPT * sizeof in.s[0]) == 0);
    }
}

KTEST(fpu, calls_that_switch_keep_what_a_call_keeps) {
    for (unsigned i = 0; i < 4; i++) spawn(i, (uint8_t)(3 + i / 2), hold_over_calls, i + 1);
    for (unsigned i = 0; i < 4; i++) CHECK_EQ(trt_task_join(&helper[i], TRT_FOREVER), TRT_OK);
}

static void set_mode_and_wait(void *owner) {
    uint32_t mode = (uint32_t)INDEX(owner) << 22, found;
    __asm__ __volatile__("vmsr fpscr, %0" ::"r"(mode));
    CHECK_EQ(trt_delay(1), TRT_OK);
    __asm__ __volatile__("vmrs %0, fpscr" : "=r"(found));
    CHECK_EQ(found & 3ul << 22, mode);
}

KTEST(fpu, each_task_has_its_rounding_mode) {
    for (unsigned i = 0; i < 4; i++) spawn(i, 5, set_mode_and_wait, i);
    for (unsigned i = 0; i < 4; i++) CHECK_EQ(trt_task_join(&helper[i], TRT_FOREVER), TRT_OK);
}

// --- who does not use the FPU pays nothing

static void wait_and_look(void *unused) {
    (void)unused;
    for (unsigned i = 0; i < 5; i++) {
        CHECK((control() & FPCA) == 0);
        wait_a_tick();
        irq_raise(1);
    }
}

// The other task's registers must not become a part of this one's frames.
KTEST(fpu, task_that_does_not_compute_has_no_state) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    irq_install(1, compute_and_give, NULL);
    spawn(0, 3, compute_when_given, 5);
    spawn(1, 5, hold_over_calls, 6);
    spawn(2, 5, wait_and_look, 0);
    CHECK_EQ(trt_task_join(&helper[1], TRT_FOREVER), TRT_OK);
    CHECK_EQ(trt_task_join(&helper[2], TRT_FOREVER), TRT_OK);
    CHECK_EQ(preemptions, 5);
}

// --- who ends leaves nothing behind

static void compute_and_end(void *owner) {
    fpu_t registers;
    fill(&registers, INDEX(owner), 0);
    __asm__ __volatile__("vldmia %0, {s0-s31}" ::"r"(&registers) : "memory");
    CHECK((control() & FPCA) != 0);
}

static void start_who_computes(void *unused) {
    (void)unused;
    CHECK_EQ(trt_task_start(&helper[0], ARG(7)), TRT_OK);
}

// By a call and by an interrupt: whoever goes on has the frame, and the EXC_RETURN, of its own.
KTEST(fpu, bug29_task_that_computed_and_ended_leaves_no_state_behind) {
    spawn(0, 3, compute_and_end, 7);
    CHECK((control() & FPCA) == 0);
    irq_install(1, start_who_computes, NULL);
    irq_raise(1);
    size_t unused = trt_task_stack_unused(&runner);
    for (unsigned i = 0; i < 20; i++) {
        if (i % 2 == 0) irq_raise(1);
        else CHECK_EQ(trt_task_start(&helper[0], ARG(i)), TRT_OK);
        CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_ENDED);
        CHECK((control() & FPCA) == 0);
    }
    CHECK_EQ(trt_task_stack_unused(&runner), unused);
}
