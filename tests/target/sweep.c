// An interrupt at every instruction. Each program below runs once for each instruction boundary at
// which an interrupt can come in, with each action in the interrupt; then with a second, more
// urgent interrupt at many distances from the first. Afterwards the invariants hold, every task
// comes to its end, and every token and item is accounted for: none lost, none doubled.
//
//     SWEEP_STEP     in ticks of the timer: 1 hits every instruction; more is a sample
//     SWEEP_SECONDS  runs of each program with two interrupts
#include "landing.h"

#ifndef SWEEP_STEP
#define SWEEP_STEP 13u
#endif
#ifndef SWEEP_SECONDS
#define SWEEP_SECONDS 2000u
#endif

enum { END = 10 };

typedef uint32_t sweep_seed_t;
#define SWEEP_SEED(n) (0x11110000u * (n))
#define SWEEP_STACK 512
#define SWEEP_RUNNER_STACK 1024
#define SWEEP_FLASH
#define sweep_wrong landing_wrong

#if defined(__ARM_FP)
static void take_with_fpu(void *unused);
static void stay_with_fpu(void *unused);
static void do_without_fpu(void *unused);
static void spoil_fpu(void *unused);
static void act_fpu(void);
#define SWEEP_MORE_PROGRAMS                                                                 \
    {"bug29 fpu", {take_with_fpu, stay_with_fpu, do_without_fpu}, {2, 4, 4}, false, false}, \
        {"bug29 all fpu", {take_with_fpu, stay_with_fpu, spoil_fpu}, {2, 4, 4}, false, false},
#define SWEEP_MORE_ACTIONS {"give and fpu", act_fpu, false},
#else
#define SWEEP_MORE_PROGRAMS
#define SWEEP_MORE_ACTIONS
#endif

#ifndef SWEEP_PROGRAMS
#define SWEEP_PROGRAMS "../sweep/programs.h"
#endif
#include SWEEP_PROGRAMS

enum { RUNNER_PRIORITY = 7 };
static trt_task_t runner;
static trt_sem_t runner_sem;
static TRT_STACK_DEFINE(runner_stack, SWEEP_RUNNER_STACK);

static unsigned caller(void) {
    uint32_t exception = LANDING_ICSR & 0x1FFu;
    if (exception == 15) return IN_TICK;
    if (exception != 0) return INTERRUPT + (exception & 1u);
    const trt_task_t *self = trt_task_self();
    return self == &runner ? RUNNER : (unsigned)(self - pool);
}

// --- registers

// Call with r4 to r11 full of `seed` and more; whether they are so afterwards.
#if __ARM_ARCH_ISA_THUMB >= 2

__attribute__((naked, noinline)) bool keeps_registers(sweep_seed_t seed, void *call, void *arg,
                                                      trt_tick_t timeout) {
    (void)seed, (void)call, (void)arg, (void)timeout;
    __asm__ __volatile__("push {r0, r4-r11, lr}\n\t"
                         "mov r12, r1\n\t"
                         "mov r4, r0\n\t"
                         "add r5, r4, #1\n\t"
                         "add r6, r4, #2\n\t"
                         "add r7, r4, #3\n\t"
                         "add r8, r4, #4\n\t"
                         "add r9, r4, #5\n\t"
                         "add r10, r4, #6\n\t"
                         "add r11, r4, #7\n\t"
                         "mov r0, r2\n\t"
                         "mov r1, r3\n\t"
                         "blx r12\n\t"
                         "ldr r1, [sp]\n\t"
                         "movs r0, #0\n\t"
                         "eors r1, r4\n\t"
                         "orr r0, r0, r1\n\t"
                         "add r1, r4, #1\n\t"
                         "eor r1, r1, r5\n\t"
                         "orr r0, r0, r1\n\t"
                         "add r1, r4, #2\n\t"
                         "eor r1, r1, r6\n\t"
                         "orr r0, r0, r1\n\t"
                         "add r1, r4, #3\n\t"
                         "eor r1, r1, r7\n\t"
                         "orr r0, r0, r1\n\t"
                         "add r1, r4, #4\n\t"
                         "eor r1, r1, r8\n\t"
                         "orr r0, r0, r1\n\t"
                         "add r1, r4, #5\n\t"
                         "eor r1, r1, r9\n\t"
                         "orr r0, r0, r1\n\t"
                         "add r1, r4, #6\n\t"
                         "eor r1, r1, r10\n\t"
                         "orr r0, r0, r1\n\t"
                         "add r1, r4, #7\n\t"
                         "eor r1, r1, r11\n\t"
                         "orrs r0, r0, r1\n\t"
                         "ite eq\n\t"
                         "moveq r0, #1\n\t"
                         "movne r0, #0\n\t"
                         "pop {r1, r4-r11, pc}");
}

// For a while r0 to r12, lr and the flags are full of `seed` and more; whether they stay so.
__attribute__((naked, noinline)) bool registers_stay(sweep_seed_t seed) {
    (void)seed;
    __asm__ __volatile__("push {r0, r4-r11, lr}\n\t"
                         "add r1, r0, #1\n\t"
                         "add r2, r0, #2\n\t"
                         "add r3, r0, #3\n\t"
                         "add r4, r0, #4\n\t"
                         "add r5, r0, #5\n\t"
                         "add r6, r0, #6\n\t"
                         "add r7, r0, #7\n\t"
                         "add r8, r0, #8\n\t"
                         "add r9, r0, #9\n\t"
                         "add r10, r0, #10\n\t"
                         "add r11, r0, #11\n\t"
                         "add r12, r0, #12\n\t"
                         "add lr, r0, #13\n\t"
                         "cmp r0, r0\n\t" // Z and C
                         "nop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\t"
                         "bne 1f\n\t"
                         "bcc 1f\n\t"
                         "sub r1, #1\n\tcmp r1, r0\n\tbne 1f\n\t"
                         "sub r2, #2\n\tcmp r2, r0\n\tbne 1f\n\t"
                         "sub r3, #3\n\tcmp r3, r0\n\tbne 1f\n\t"
                         "sub r4, #4\n\tcmp r4, r0\n\tbne 1f\n\t"
                         "sub r5, #5\n\tcmp r5, r0\n\tbne 1f\n\t"
                         "sub r6, #6\n\tcmp r6, r0\n\tbne 1f\n\t"
                         "sub r7, #7\n\tcmp r7, r0\n\tbne 1f\n\t"
                         "sub r8, #8\n\tcmp r8, r0\n\tbne 1f\n\t"
                         "sub r9, #9\n\tcmp r9, r0\n\tbne 1f\n\t"
                         "sub r10, #10\n\tcmp r10, r0\n\tbne 1f\n\t"
                         "sub r11, #11\n\tcmp r11, r0\n\tbne 1f\n\t"
                         "sub r12, #12\n\tcmp r12, r0\n\tbne 1f\n\t"
                         "sub lr, #13\n\tcmp lr, r0\n\tbne 1f\n\t"
                         "ldr r1, [sp]\n\tcmp r1, r0\n\tbne 1f\n\t"
                         "movs r0, #1\n\t"
                         "pop {r1, r4-r11, pc}\n"
                         "1:\n\t"
                         "movs r0, #0\n\t"
                         "pop {r1, r4-r11, pc}");
}

#else // ARMv6-M, ARMv8-M baseline

#define PUSH_ALL               \
    ".syntax unified\n\t"      \
    "push {r0, r4-r7, lr}\n\t" \
    "mov r4, r8\n\t"           \
    "mov r5, r9\n\t"           \
    "mov r6, r10\n\t"          \
    "mov r7, r11\n\t"          \
    "push {r4-r7}\n\t"
#define POP_ALL       \
    "pop {r4-r7}\n\t" \
    "mov r8, r4\n\t"  \
    "mov r9, r5\n\t"  \
    "mov r10, r6\n\t" \
    "mov r11, r7\n\t" \
    "pop {r1, r4-r7, pc}"
#define SAME(reg) "mov r2, " reg "\n\teors r2, r0\n\torrs r1, r2\n\tadds r0, #1\n\t"
#define SAME_LESS(reg, less) "mov r1, " reg "\n\tsubs r1, #" less "\n\tcmp r1, r0\n\tbne 1f\n\t"

__attribute__((naked, noinline)) bool keeps_registers(sweep_seed_t seed, void *call, void *arg,
                                                      trt_tick_t timeout) {
    (void)seed, (void)call, (void)arg, (void)timeout;
    __asm__ __volatile__(PUSH_ALL "mov r12, r1\n\t"
                                  "mov r4, r0\n\t"
                                  "adds r5, r4, #1\n\t"
                                  "adds r6, r4, #2\n\t"
                                  "adds r7, r4, #3\n\t"
                                  "adds r1, r4, #4\n\t"
                                  "mov r8, r1\n\t"
                                  "adds r1, #1\n\t"
                                  "mov r9, r1\n\t"
                                  "adds r1, #1\n\t"
                                  "mov r10, r1\n\t"
                                  "adds r1, #1\n\t"
                                  "mov r11, r1\n\t"
                                  "mov r0, r2\n\t"
                                  "mov r1, r3\n\t"
                                  "blx r12\n\t"
                                  "ldr r0, [sp, #16]\n\t"
                                  "movs r1, #0\n\t" //
                         SAME("r4") SAME("r5") SAME("r6") SAME("r7") SAME("r8") SAME("r9")
                             SAME("r10") SAME("r11") "rsbs r0, r1, #0\n\t"
                                                     "adcs r0, r1\n\t" POP_ALL);
}

__attribute__((naked, noinline)) bool registers_stay(sweep_seed_t seed) {
    (void)seed;
    __asm__ __volatile__(
        PUSH_ALL "movs r1, #8\n\t"
                 "adds r1, r0, r1\n\t"
                 "mov r8, r1\n\t"
                 "adds r1, #1\n\t"
                 "mov r9, r1\n\t"
                 "adds r1, #1\n\t"
                 "mov r10, r1\n\t"
                 "adds r1, #1\n\t"
                 "mov r11, r1\n\t"
                 "adds r1, #1\n\t"
                 "mov r12, r1\n\t"
                 "adds r1, #1\n\t"
                 "mov lr, r1\n\t"
                 "adds r1, r0, #1\n\t"
                 "adds r2, r0, #2\n\t"
                 "adds r3, r0, #3\n\t"
                 "adds r4, r0, #4\n\t"
                 "adds r5, r0, #5\n\t"
                 "adds r6, r0, #6\n\t"
                 "adds r7, r0, #7\n\t"
                 "cmp r0, r0\n\t" // Z and C
                 "nop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\t"
                 "bne 1f\n\t"
                 "bcc 1f\n\t" //
        SAME_LESS("r1", "1") SAME_LESS("r2", "2") SAME_LESS("r3", "3") SAME_LESS("r4", "4")
            SAME_LESS("r5", "5") SAME_LESS("r6", "6") SAME_LESS("r7", "7") SAME_LESS("r8", "8")
                SAME_LESS("r9", "9") SAME_LESS("r10", "10") SAME_LESS("r11", "11")
                    SAME_LESS("r12", "12")
                        SAME_LESS("lr", "13") "ldr r1, [sp, #16]\n\tcmp r1, r0\n\tbne 1f\n\t"
                                              "movs r0, #1\n\t"
                                              "b 2f\n"
                                              "1:\n\t"
                                              "movs r0, #0\n"
                                              "2:\n\t" POP_ALL);
}

#endif

#if defined(__ARM_FP)

enum { FPU_REGISTERS = 32 };

#define FPU_ALL                                                                                    \
    "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13", "s14", \
        "s15", "s16", "s17", "s18", "s19", "s20", "s21", "s22", "s23", "s24", "s25", "s26", "s27", \
        "s28", "s29", "s30", "s31"

// The same for s0 to s31 and the rounding mode. Who calls has his own arrays, which are too large
// for a stack.
typedef struct {
    uint32_t in[FPU_REGISTERS], out[FPU_REGISTERS];
} fpu_t;

static fpu_t fpus[TASKS + 2];
static const uint32_t fpu_spoilt[16];

static bool fpu_stays(fpu_t *fpu, uint32_t seed) {
    uint32_t mode = (seed & 3u) << 22, after;
    for (uint32_t i = 0; i < FPU_REGISTERS; i++) fpu->in[i] = seed << 8 | i;
    __asm__ __volatile__("vmsr fpscr, %[mode]\n\t"
                         "vldmia %[in], {s0-s31}\n\t"
                         "nop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\t"
                         "vstmia %[out], {s0-s31}\n\t"
                         "vmrs %[after], fpscr"
                         : [after] "=&r"(after)
                         : [in] "r"(fpu->in), [out] "r"(fpu->out), [mode] "r"(mode)
                         : "memory", FPU_ALL);
    return after == mode && memcmp(fpu->in, fpu->out, sizeof fpu->in) == 0;
}

// The same for s16 to s31 and the rounding mode over a call.
__attribute__((naked, noinline)) static uint32_t fpu_over_yield(const uint32_t *in, uint32_t *out,
                                                                uint32_t mode) {
    (void)in, (void)out, (void)mode;
    __asm__ __volatile__("push {r4, lr}\n\t"
                         "vpush {s16-s31}\n\t"
                         "mov r4, r1\n\t"
                         "vmsr fpscr, r2\n\t"
                         "vldmia r0, {s16-s31}\n\t"
                         "bl trt_yield\n\t"
                         "vstmia r4, {s16-s31}\n\t"
                         "vmrs r0, fpscr\n\t"
                         "vpop {s16-s31}\n\t"
                         "pop {r4, pc}");
}

static bool fpu_kept(fpu_t *fpu, uint32_t seed) {
    uint32_t mode = (seed & 3u) << 22;
    for (uint32_t i = 0; i < 16; i++) fpu->in[i] = seed << 16 | i;
    return fpu_over_yield(fpu->in, fpu->out, mode) == mode &&
           memcmp(fpu->in, fpu->out, 16 * sizeof fpu->in[0]) == 0;
}

#endif

#if defined(__ARM_FP)
// Functions put back s16 to s31, so that a switch that loses them would not be seen. Nothing that
// these tasks call uses them: they may be spoilt behind the compiler's back.
static void fpu_spoil(void) {
    __asm__ __volatile__("vldmia %0, {s16-s31}" ::"r"(fpu_spoilt));
}

static void take_with_fpu(void *unused) {
    (void)unused;
    take(TRT_FOREVER);
    CHECK(fpu_stays(&fpus[0], 1));
    fpu_spoil();
}

static void spoil_fpu(void *unused) {
    (void)unused;
    fpu_spoil();
    (void)trt_yield();
    fpu_spoil();
}

static void stay_with_fpu(void *unused) {
    (void)unused;
    CHECK(fpu_stays(&fpus[1], 2));
    CHECK(fpu_kept(&fpus[1], 3));
}

// Whoever does without the FPU has frames without its registers, whatever others do.
static void do_without_fpu(void *unused) {
    uint32_t control;
    (void)unused;
    (void)trt_yield();
    __asm__ __volatile__("mrs %0, control" : "=r"(control));
    CHECK((control & 4u) == 0);
    CHECK(registers_stay(SWEEP_SEED(9)));
}
#endif

#if defined(__ARM_FP)
// Each interrupt has its own.
static void act_fpu(void) {
    uint32_t line = LANDING_ICSR & 1u;
    CHECK(fpu_stays(&fpus[TASKS + line], line));
    give();
}
#endif

// --- one run

static uint32_t landed_at, landings_alike, points;
static uint32_t longest; // instructions that an interrupt had to wait, while no other came

static void landed(unsigned line, const uint32_t *frame, uint32_t late) {
    CHECK(((uintptr_t)frame & 7u) == 0); // bug class 30
    if (run.over) return;
    if (line == 0) {
        run.came = true;
        if (landing_mark(frame[6])) points++;
        uint32_t waited = landing_waited(landing_n, late);
        if (run.act[1] == NULL && !run.idles && waited > longest) longest = waited;
        // In idle, where it has not waited for the mask to open.
        landings_alike = frame[6] == landed_at && late < 8u ? landings_alike + 1u : 0;
        landed_at = frame[6];
    }
    run.act[line]();
    if (run.idles) (void)trt_sem_give(&runner_sem);
}

// The first interrupt at n, the second, if any, `later`. False: the program was over before.
static bool run_once(const program_t *program, const action_t *first, const action_t *second,
                     uint32_t n, uint32_t later) {
    landing_n = n;
    landing_later = later;
    watch(10000000u);
    CHECK(trt_sched_lock() == TRT_OK);
    set_up(program);
    CHECK(trt_sem_init(&runner_sem, 0, 100) == TRT_OK);
    run.stops |= first->stops || (second != NULL && second->stops);
    run.act[0] = first->act;
    run.act[1] = second != NULL ? second->act : NULL;
    if (second != NULL) arm_both(n, n + later);
    else arm(0, n);
    CHECK(trt_sched_unlock() == TRT_OK);
    if (program->idles) (void)trt_sem_take(&runner_sem, TRT_FOREVER);
    else {
        for (unsigned i = 0; i < TICKS; i++) tick();
    }
    run.over = true;
    disarm(0);
    disarm(1);
    end_run();
    return run.came && !(program->idles && landings_alike >= END);
}

// --- all of them

static uint32_t all_runs, all_points;
static uint32_t length[PROGRAMS]; // in ticks of the timer

// Every pair begins at another remainder, so that a sample of all pairs hits every instruction.
// (bug17 too: the ticks of a program are swept with the rest.)
static uint32_t sweep(unsigned p, unsigned a) {
    uint32_t runs = 1, n = 1u + (p + a) % SWEEP_STEP;
    landing_action = actions[a].name;
    landings_alike = points = 0;
    memset(landing_map, 0, sizeof landing_map);
    for (; run_once(&programs[p], &actions[a], NULL, n, 0); n += SWEEP_STEP) runs++;
    if (n > length[p]) length[p] = n;
    CHECK(n > 500);
    say("# ");
    say(landing_what);
    say(" / ");
    say(landing_action);
    say_named(": points ", points);
    say_named(", runs ", runs);
    say("\n");
    all_runs += runs;
    all_points += points;
    return runs;
}

static void sweep_program(unsigned p) {
    landing_what = programs[p].name;
    for (unsigned a = 0; a < ACTIONS; a++) (void)sweep(p, a);
    landing_ok(landing_what);
}

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t limit) {
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % limit;
}

// Two interrupts, at most so far apart: enough for the second to come into the first, into PendSV,
// and into what follows.
#define FARTHEST 400u

static void sweep_program_twice(unsigned p, const action_t *always) {
    landing_what = programs[p].name;
    for (uint32_t i = 0; i < SWEEP_SECONDS; i++) {
        const action_t *first = &actions[random_below(ACTIONS)];
        const action_t *second = always != NULL ? always : &actions[random_below(ACTIONS)];
        landing_action = first->name;
        landing_second = second->name;
        landings_alike = 0;
        (void)run_once(&programs[p], first, second, 1u + random_below(length[p]),
                       random_below(FARTHEST));
        all_runs++;
    }
    landing_second = "";
    say_named("ok ", ++landing_tests);
    say(" - ");
    say(landing_what);
    say(", then ");
    say(always != NULL ? always->name : "a second interrupt");
    say("\n");
}

#if TINYRTOS_CM_CEILING > 0
static void act_nothing(void) {}

// Where the kernel thinks that it is alone, too, the second finds a stack to use.
static void sweep_above_ceiling(void) {
    static const action_t above = {"above all", act_nothing, false};
    landing_prioritise(LANDING_IRQ + 1u, 0);
    for (unsigned p = 0; p < PROGRAMS; p++)
        if (!programs[p].idles) sweep_program_twice(p, &above);
}
#else
static void sweep_above_ceiling(void) {}
#endif

static void run_all(void *unused) {
    (void)unused;
    for (unsigned i = 0; i < PROGRAMS; i++) sweep_program(SWEEP_PROGRAM(i));
    for (unsigned i = 0; i < PROGRAMS; i++) sweep_program_twice(SWEEP_PROGRAM(i), NULL);
    sweep_above_ceiling();
    say_named("# all: points ", all_points);
    say_named(", runs ", all_runs);
    say_named(", longest masked stretch ", longest);
    say("\n");
    landing_end();
}

int main(void) {
    landing_start();
    CHECK(trt_task_create(&runner, "runner", run_all, RUNNER_PRIORITY, runner_stack,
                          sizeof runner_stack) == TRT_OK);
    CHECK(trt_task_start(&runner, NULL) == TRT_OK);
    (void)trt_start();
    CHECK(false);
}
