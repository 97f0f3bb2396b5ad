// An interrupt at every instruction. Each program below runs once for each instruction boundary at
// which an interrupt can come in, with each action in the interrupt; then with a second, more
// urgent interrupt at many distances from the first. Afterwards the invariants hold, every task
// comes to its end, and every token and item is accounted for: none lost, none doubled.
//
//     SWEEP_STEP     in ticks of the timer: 1 hits every instruction; more is a sample
//     SWEEP_SECONDS  runs of each program with two interrupts
#include "landing.h"

#ifndef SWEEP_STEP
#define SWEEP_STEP 7u
#endif
#ifndef SWEEP_SECONDS
#define SWEEP_SECONDS 2000u
#endif

enum { TASKS = 3, TICKS = 4, STACK = 512, RUNNER_STACK = 1024, RUNNER_PRIORITY = 7, END = 10 };

static trt_sem_t sem, runner_sem;
static trt_mutex_t mutex[2];
static trt_flags_t flags;
static trt_queue_t queue;
static uint8_t buffer[2];
static trt_timer_t timer;
static trt_task_t pool[TASKS], runner;
static TRT_STACK_DEFINE(pool_stack[TASKS], STACK);
static TRT_STACK_DEFINE(runner_stack, RUNNER_STACK);

// What went in and what came out. Whoever counts has his own, since to count takes more than one
// instruction: the tasks, the runner, the two interrupts, the tick (a timer's callback).
typedef struct {
    uint32_t tried, given, taken, sent, received, sum_sent, sum_received;
} tally_t;

static tally_t tallies[TASKS + 4];

static struct {
    bool stops;                  // the program or the action stops tasks
    volatile bool came, over;    // an interrupt came in; from now on none counts
    const trt_task_t *inside[2]; // between lock and unlock
    void (*act[2])(void);
    bool idles;
} run;

static tally_t *mine(void) {
    uint32_t exception = LANDING_ICSR & 0x1FFu;
    if (exception == 15) return &tallies[TASKS + 3];
    if (exception != 0) return &tallies[TASKS + 1 + (exception & 1u)];
    const trt_task_t *self = trt_task_self();
    return self == &runner ? &tallies[TASKS] : &tallies[self - pool];
}

// --- calls that keep the tally

static trt_status_t known(trt_status_t status) {
    CHECK(status == TRT_OK || status == TRT_ABANDONED || status == TRT_ERR_WOULD_BLOCK ||
          status == TRT_ERR_TIMEOUT || status == TRT_ERR_ABORTED || status == TRT_ERR_STATE);
    return status;
}

static void give(void) {
    mine()->tried++;
    if (known(trt_sem_give(&sem)) == TRT_OK) mine()->given++;
}

static void count_taken(void) {
    mine()->taken++;
}

static void take(trt_tick_t timeout) {
    if (known(trt_sem_take(&sem, timeout)) == TRT_OK) count_taken();
}

static void send(uint8_t value, trt_tick_t timeout) {
    if (known(trt_queue_send(&queue, &value, timeout)) != TRT_OK) return;
    mine()->sent++;
    mine()->sum_sent += value;
}

static void count_received(uint8_t value) {
    mine()->received++;
    mine()->sum_received += value;
}

static void receive(trt_tick_t timeout) {
    uint8_t value = 0;
    if (known(trt_queue_receive(&queue, &value, timeout)) == TRT_OK) count_received(value);
}

static void on_timer(void *unused) {
    (void)unused;
    give();
}

// Lock, be alone inside for a while, unlock.
static void visit(unsigned m, trt_tick_t timeout) {
    if (known(trt_mutex_lock(&mutex[m], timeout)) < TRT_OK) return;
    CHECK(trt_mutex_owner(&mutex[m]) == trt_task_self());
    CHECK(run.stops || run.inside[m] == NULL);
    run.inside[m] = trt_task_self();
    (void)trt_yield();
    CHECK(run.stops || run.inside[m] == trt_task_self());
    run.inside[m] = NULL;
    CHECK(trt_mutex_unlock(&mutex[m]) == TRT_OK);
}

// --- registers

// Call with r4 to r11 full of `seed` and more; whether they are so afterwards.
static bool keeps_registers(uint32_t seed, void *call, void *arg, uint32_t timeout);

// For a while r0 to r12, lr and the flags are full of `seed` and more; whether they stay so.
static bool registers_stay(uint32_t seed);

#if __ARM_ARCH_ISA_THUMB >= 2

__attribute__((naked, noinline)) static bool keeps_registers(uint32_t seed, void *call, void *arg,
                                                             uint32_t timeout) {
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

__attribute__((naked, noinline)) static bool registers_stay(uint32_t seed) {
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

__attribute__((naked, noinline)) static bool keeps_registers(uint32_t seed, void *call, void *arg,
                                                             uint32_t timeout) {
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

__attribute__((naked, noinline)) static bool registers_stay(uint32_t seed) {
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

static void *call_of(trt_status_t (*call)(trt_sem_t *, trt_tick_t)) {
    return (void *)(uintptr_t)call;
}

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

// --- programs: what the tasks do

typedef struct {
    const char *name;
    trt_task_fn_t task[TASKS];
    uint8_t priority[TASKS];
    bool stops, idles;
} program_t;

static void take_twice(void *unused) {
    (void)unused;
    take(TRT_FOREVER);
    take(1);
}

static void take_forever(void *unused) {
    (void)unused;
    take(TRT_FOREVER);
}

static void take_in_time(void *unused) {
    (void)unused;
    take(1);
    take(TRT_NO_WAIT);
}

static void give_twice(void *unused) {
    (void)unused;
    give();
    (void)known(trt_delay(1));
    give();
}

// The owner of the first, who waits for the second, inherits from who waits for the first.
static void visit_both(void *unused) {
    (void)unused;
    if (known(trt_mutex_lock(&mutex[0], TRT_FOREVER)) < TRT_OK) return;
    give();
    visit(1, TRT_FOREVER);
    CHECK(trt_mutex_unlock(&mutex[0]) == TRT_OK);
}

static void visit_first_in_time(void *unused) {
    (void)unused;
    take(TRT_FOREVER);
    visit(0, 1);
}

static void visit_second(void *unused) {
    (void)unused;
    if (known(trt_mutex_lock(&mutex[1], TRT_FOREVER)) < TRT_OK) return;
    (void)known(trt_delay(1));
    CHECK(trt_mutex_unlock(&mutex[1]) == TRT_OK);
}

static void receive_twice(void *unused) {
    (void)unused;
    receive(TRT_FOREVER);
    receive(1);
}

static void send_three(void *unused) {
    (void)unused;
    for (uint8_t i = 1; i <= 3; i++) send(i, 1);
}

static void send_and_receive(void *unused) {
    (void)unused;
    send(10, 1);
    receive(TRT_NO_WAIT);
    send(30, TRT_FOREVER);
}

static void wait_for_flags(void *unused) {
    (void)unused;
    (void)known(trt_flags_wait(&flags, 3, TRT_ALL | TRT_CLEAR, NULL, 3));
}

static void wait_for_any_flag(void *unused) {
    (void)unused;
    trt_bits_t got = 0;
    trt_status_t status = known(trt_flags_wait(&flags, 5, TRT_ANY | TRT_CLEAR, &got, 1));
    CHECK(status != TRT_OK || (got & 5) != 0);
}

static void set_flags(void *unused) {
    (void)unused;
    for (unsigned i = 0; i < 3; i++) CHECK(trt_flags_set(&flags, (trt_bits_t)(1u << i)) == TRT_OK);
    CHECK(trt_flags_clear(&flags, 1) == TRT_OK);
}

static void run_timer(void *unused) {
    (void)unused;
    CHECK(trt_timer_start(&timer) == TRT_OK);
    (void)known(trt_delay(1));
    (void)known(trt_timer_stop(&timer));
    CHECK(trt_timer_start(&timer) == TRT_OK);
}

static void delay_twice(void *unused) {
    (void)unused;
    trt_tick_t last = trt_now();
    (void)known(trt_delay(1));
    (void)known(trt_delay_until(&last, 3, NULL));
}

static void wake_others(void *unused) {
    (void)unused;
    (void)known(trt_task_abort_delay(&pool[0]));
    (void)known(trt_delay(TRT_NO_WAIT));
    (void)known(trt_task_abort_delay(&pool[1]));
}

static void yield_thrice(void *unused) {
    (void)unused;
    for (unsigned i = 0; i < 3; i++) (void)trt_yield();
}

static void manage_the_first(void *unused) {
    (void)unused;
    (void)known(trt_task_suspend(&pool[0]));
    (void)known(trt_task_set_priority(&pool[0], 6));
    (void)known(trt_task_resume(&pool[0]));
    (void)known(trt_task_set_priority(&pool[0], 2));
}

static void suspend_oneself(void *unused) {
    (void)unused;
    (void)known(trt_task_suspend(trt_task_self()));
}

static void resume_others(void *unused) {
    (void)unused;
    (void)known(trt_task_resume(&pool[0]));
    (void)known(trt_task_resume(&pool[1]));
}

static void join_the_last(void *unused) {
    (void)unused;
    (void)known(trt_task_join(&pool[2], TRT_FOREVER));
}

static void restart_the_last(void *unused) {
    (void)unused;
    (void)known(trt_delay(1));
    (void)known(trt_task_restart(&pool[2], NULL));
    (void)known(trt_task_stop(&pool[2]));
    (void)known(trt_task_start(&pool[2], NULL));
}

static void stop_oneself(void *unused) {
    (void)unused;
    if (known(trt_mutex_lock(&mutex[0], TRT_FOREVER)) < TRT_OK) return;
    (void)known(trt_delay(1));
    (void)trt_task_stop(trt_task_self());
    CHECK(false);
}

static void wait_for_any(void *unused) {
    (void)unused;
    trt_wait_t things[4];
    uint8_t which = 99, value = 0;
    CHECK(trt_wait_sem(&things[0], &sem) == TRT_OK);
    CHECK(trt_wait_lock(&things[1], &mutex[0]) == TRT_OK);
    CHECK(trt_wait_flags(&things[2], &flags, 2, TRT_ANY | TRT_CLEAR, NULL) == TRT_OK);
    CHECK(trt_wait_receive(&things[3], &queue, &value) == TRT_OK);
    if (known(trt_wait_any(things, 4, &which, 2)) < TRT_OK) return;
    CHECK(which < 4);
    if (which == 0) count_taken();
    if (which == 1) CHECK(trt_mutex_unlock(&mutex[0]) == TRT_OK);
    if (which == 3) count_received(value);
}

static void hold_first(void *unused) {
    (void)unused;
    if (known(trt_mutex_lock(&mutex[0], TRT_FOREVER)) < TRT_OK) return;
    (void)known(trt_delay(2));
    CHECK(trt_mutex_unlock(&mutex[0]) == TRT_OK);
}

static void take_with_registers(void *unused) {
    (void)unused;
    CHECK(keeps_registers(0x11110000u, call_of(trt_sem_take), &sem, TRT_FOREVER));
    count_taken();
    CHECK(registers_stay(0x22220000u));
}

static void stay_with_registers(void *unused) {
    (void)unused;
    CHECK(registers_stay(0x33330000u));
    CHECK(keeps_registers(0x44440000u, (void *)(uintptr_t)trt_yield, NULL, 0));
    CHECK(registers_stay(0x55550000u));
}

static void yield_with_registers(void *unused) {
    (void)unused;
    CHECK(keeps_registers(0x66660000u, (void *)(uintptr_t)trt_yield, NULL, 0));
    CHECK(registers_stay(0x77770000u));
    CHECK(keeps_registers(0x88880000u, (void *)(uintptr_t)trt_yield, NULL, 0));
}

static void lock_scheduler_and_give(void *unused) {
    (void)unused;
    CHECK(trt_sched_lock() == TRT_OK);
    give();
    send(40, TRT_NO_WAIT);
    CHECK(trt_sched_unlock() == TRT_OK);
}

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
    CHECK(registers_stay(0x99990000u));
}
#endif

static const program_t programs[] = {
    {"take alone", {take_forever, yield_thrice, yield_thrice}, {2, 3, 4}, false, false},
    {"give, take", {take_twice, take_in_time, give_twice}, {2, 3, 4}, false, false},
    {"lock, unlock", {visit_first_in_time, visit_second, visit_both}, {2, 3, 4}, false, false},
    {"send, receive", {receive_twice, send_and_receive, send_three}, {2, 3, 4}, false, false},
    {"flags set, wait", {wait_for_flags, wait_for_any_flag, set_flags}, {2, 3, 4}, false, false},
    {"timer start, stop", {run_timer, take_in_time, delay_twice}, {2, 3, 4}, false, false},
    {"delay, wake", {delay_twice, delay_twice, wake_others}, {2, 3, 4}, false, false},
    {"yield", {yield_thrice, yield_thrice, yield_thrice}, {3, 3, 3}, false, false},
    {"suspend, resume", {suspend_oneself, suspend_oneself, resume_others}, {2, 3, 4}, false, false},
    {"manage", {take_twice, manage_the_first, give_twice}, {2, 3, 4}, false, false},
    {"stop, restart", {join_the_last, restart_the_last, stop_oneself}, {2, 3, 4}, true, false},
    {"wait any", {hold_first, wait_for_any, set_flags}, {2, 3, 4}, false, false},
    {"locked scheduler",
     {receive_twice, take_in_time, lock_scheduler_and_give},
     {2, 3, 4},
     false,
     false},
    {"registers",
     {take_with_registers, stay_with_registers, yield_with_registers},
     {2, 4, 4},
     false,
     false},
#if defined(__ARM_FP)
    {"bug29 fpu", {take_with_fpu, stay_with_fpu, do_without_fpu}, {2, 4, 4}, false, false},
    {"bug29 all fpu", {take_with_fpu, stay_with_fpu, spoil_fpu}, {2, 4, 4}, false, false},
#endif
    {"bug21 idle", {take_twice, receive_twice, wait_for_any}, {2, 3, 4}, false, true},
};

#define PROGRAMS (sizeof programs / sizeof programs[0])

// --- actions: what an interrupt does

typedef struct {
    const char *name;
    void (*act)(void);
    bool stops;
} action_t;

static void act_take(void) {
    take(TRT_NO_WAIT);
}
static void act_send(void) {
    send(100, TRT_NO_WAIT);
}
static void act_receive(void) {
    receive(TRT_NO_WAIT);
}
static void act_set(void) {
    CHECK(trt_flags_set(&flags, 7) == TRT_OK);
}
static void act_set_one(void) {
    CHECK(trt_flags_set(&flags, 1) == TRT_OK);
}
static void act_timer_start(void) {
    CHECK(trt_timer_start(&timer) == TRT_OK);
}
static void act_timer_stop(void) {
    (void)known(trt_timer_stop(&timer));
}
// Pended, since two interrupts must not both call trt_tick.
static void act_tick(void) {
    tick();
}
static void act_abort(void) {
    for (unsigned i = 0; i < TASKS; i++) (void)known(trt_task_abort_delay(&pool[i]));
}
static void act_resume(void) {
    for (unsigned i = 0; i < TASKS; i++) (void)known(trt_task_resume(&pool[i]));
}
static void act_suspend_0(void) {
    (void)known(trt_task_suspend(&pool[0]));
}
static void act_suspend_2(void) {
    (void)known(trt_task_suspend(&pool[2]));
}
static void act_raise_2(void) {
    (void)known(trt_task_set_priority(&pool[2], 1));
}
static void act_lower_0(void) {
    (void)known(trt_task_set_priority(&pool[0], 6));
}
static void act_stop_0(void) {
    (void)known(trt_task_stop(&pool[0]));
}
static void act_stop_2(void) {
    (void)known(trt_task_stop(&pool[2]));
}
static void act_restart_1(void) {
    if (trt_task_self() != &pool[1]) (void)known(trt_task_restart(&pool[1], NULL));
}
// Refused in any build, and nothing changes.
static void act_wrongly(void) {
    landing_wrong++;
    trt_status_t slept = trt_delay(1), locked = trt_mutex_lock(&mutex[0], TRT_NO_WAIT);
    landing_wrong--;
    CHECK(slept == TRT_ERR_CONTEXT && locked == TRT_ERR_CONTEXT);
}

#if defined(__ARM_FP)
// Each interrupt has its own.
static void act_fpu(void) {
    uint32_t line = LANDING_ICSR & 1u;
    CHECK(fpu_stays(&fpus[TASKS + line], line));
    give();
}
#endif

static const action_t actions[] = {
#if defined(__ARM_FP)
    {"give and fpu", act_fpu, false},
#endif
    {"give", give, false},
    {"take", act_take, false},
    {"send", act_send, false},
    {"receive", act_receive, false},
    {"set", act_set, false},
    {"set one", act_set_one, false},
    {"timer start", act_timer_start, false},
    {"timer stop", act_timer_stop, false},
    {"tick", act_tick, false},
    {"abort", act_abort, false},
    {"resume", act_resume, false},
    {"suspend 0", act_suspend_0, false},
    {"suspend 2", act_suspend_2, false},
    {"raise 2", act_raise_2, false},
    {"lower 0", act_lower_0, false},
    {"stop 0", act_stop_0, true},
    {"stop 2", act_stop_2, true},
    {"restart 1", act_restart_1, true},
    {"bug38 wait", act_wrongly, false},
};

#define ACTIONS (sizeof actions / sizeof actions[0])

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

static void set_up(const program_t *program) {
    memset(tallies, 0, sizeof tallies);
    memset(&run, 0, sizeof run);
    run.stops = program->stops;
    run.idles = program->idles;
    CHECK(trt_sem_init(&sem, 0, 100) == TRT_OK);
    CHECK(trt_sem_init(&runner_sem, 0, 100) == TRT_OK);
    for (unsigned m = 0; m < 2; m++) CHECK(trt_mutex_init(&mutex[m], TRT_INHERIT) == TRT_OK);
    CHECK(trt_flags_init(&flags) == TRT_OK);
    CHECK(trt_queue_init(&queue, buffer, 1, 2) == TRT_OK);
    CHECK(trt_timer_init(&timer, "timer", on_timer, NULL, 1, TRT_ONE_SHOT) == TRT_OK);
    for (unsigned i = 0; i < TASKS; i++) {
        CHECK(trt_task_create(&pool[i], "p", program->task[i], program->priority[i], pool_stack[i],
                              sizeof pool_stack[i]) == TRT_OK);
        CHECK(trt_task_start(&pool[i], NULL) == TRT_OK);
    }
}

static bool some_task_lives(void) {
    for (unsigned i = 0; i < TASKS; i++) {
        if (trt_task_state(&pool[i]) != TRT_TASK_ENDED) return true;
    }
    return false;
}

// Whoever is left is set free, so that every task comes to its end and every mutex to be free.
static void finish(void) {
    (void)trt_timer_stop(&timer);
    for (unsigned round = 0; round < 12 && some_task_lives(); round++) {
        for (unsigned i = 0; i < TASKS; i++) (void)trt_task_resume(&pool[i]);
        give();
        act_send();
        act_receive();
        act_set();
        for (unsigned i = 0; i < TICKS; i++) tick();
    }
    for (unsigned i = 0; i < TASKS; i++) {
        CHECK(trt_task_state(&pool[i]) == TRT_TASK_ENDED);
        CHECK(trt_task_priority(&pool[i]) == trt_task_base_priority(&pool[i]));
    }
    for (unsigned m = 0; m < 2; m++) CHECK(trt_mutex_owner(&mutex[m]) == NULL);
}

static void check_tally(void) {
    tally_t all = {0, 0, 0, 0, 0, 0, 0};
    for (unsigned i = 0; i < sizeof tallies / sizeof tallies[0]; i++) {
        all.tried += tallies[i].tried;
        all.given += tallies[i].given;
        all.taken += tallies[i].taken;
        all.sent += tallies[i].sent;
        all.received += tallies[i].received;
        all.sum_sent += tallies[i].sum_sent;
        all.sum_received += tallies[i].sum_received;
    }
    uint32_t left = trt_sem_count(&sem), items = trt_queue_count(&queue);
    CHECK(all.taken + left <= all.tried); // no token doubled
    if (run.stops) return;                // who is stopped may have taken without having counted
    CHECK(all.taken + left == all.given); // none lost
    uint8_t value = 0;
    while (trt_queue_receive(&queue, &value, TRT_NO_WAIT) == TRT_OK) all.sum_received += value;
    CHECK(all.received + items == all.sent);
    CHECK(all.sum_received == all.sum_sent);
}

// The first interrupt at n, the second, if any, `later`. False: the program was over before.
static bool run_once(const program_t *program, const action_t *first, const action_t *second,
                     uint32_t n, uint32_t later) {
    landing_n = n;
    landing_later = later;
    watch(10000000u);
    CHECK(trt_sched_lock() == TRT_OK);
    set_up(program);
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
    CHECK_INVARIANTS();
    finish();
    CHECK_INVARIANTS();
    check_tally();
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

static void sweep_program_twice(unsigned p) {
    landing_what = programs[p].name;
    for (uint32_t i = 0; i < SWEEP_SECONDS; i++) {
        const action_t *first = &actions[random_below(ACTIONS)];
        const action_t *second = &actions[random_below(ACTIONS)];
        landing_action = first->name;
        landing_second = second->name;
        landings_alike = 0;
        (void)run_once(&programs[p], first, second, 1u + random_below(length[p]),
                       random_below(FARTHEST));
        all_runs++;
    }
    landing_second = "";
    say("ok ");
    say_number(++landing_tests);
    say(" - ");
    say(landing_what);
    say(", then a second interrupt\n");
}

static void run_all(void *unused) {
    (void)unused;
    for (unsigned p = 0; p < PROGRAMS; p++) sweep_program(p);
    for (unsigned p = 0; p < PROGRAMS; p++) sweep_program_twice(p);
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
