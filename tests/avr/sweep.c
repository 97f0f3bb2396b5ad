// An interrupt at every instruction, on an AVR: run.c --sweep takes each program to where it
// begins, and from there lets an interrupt come before each instruction in turn, each time with
// each action; then two, some instructions apart. Each run ends here with a look at everything.
//
// The three interrupts are written in the three ways there are: as TRT_ISR, as a TRT_ISR that lets
// others in, and as an ISR of which the kernel does not know.
static void sweep_misuse(void);

#define TINYRTOS_MISUSE_HOOK(call, object, task, status) sweep_misuse()
#define TINYRTOS_AVR_PANIC_HOOK(why, task) ((void)(why), (void)(task), CHECK(false))
#define TINYRTOS_CPU_HZ 16000000ul
#define TINYRTOS_NAMES 0
#define TINYRTOS_IMPLEMENTATION

static void sweep_fail(unsigned line, const char *text);
#define CHECK(condition) ((condition) ? (void)0 : sweep_fail(__LINE__, PSTR(#condition)))
#define CHECK_INVARIANTS() CHECK(trt_check() == NULL)

#include <avr/pgmspace.h>

#include "tinyrtos.h"

#include "firmware.h"

static void tick(void) {
    raise_vector(VECTOR_NUMBER(TRTP_TICK_VECTOR));
}

static volatile uint8_t sweep_wrong;

static void sweep_misuse(void) {
    CHECK(sweep_wrong != 0);
}

static void sweep_fail(unsigned line, const char *text) {
    cli();
    SAY("line ");
    say_number((long)line);
    SAY(": ");
    say_flash(text);
    SAY("\n");
    end_test(AVR_FAIL);
}

typedef uint8_t sweep_seed_t;
#define SWEEP_SEED(n) (0x11u * (n))
#define SWEEP_STACK 420 // two interrupts nested in a call
#define SWEEP_RUNNER_STACK 320
#define SWEEP_FLASH PROGMEM

#ifndef SWEEP_PROGRAMS
#define SWEEP_PROGRAMS "programs.h"
#endif
#include SWEEP_PROGRAMS

enum { RUNNER_PRIORITY = 7 };
static trt_task_t runner;
static trt_sem_t runner_sem;
static TRT_STACK_DEFINE(runner_stack, SWEEP_RUNNER_STACK);

// --- what the run is about: from run.c

static uint8_t first_line;
static volatile uint8_t under_way; // the interrupt that counts: 1 the first, 2 the second; 0 none

static unsigned caller(void) {
    if (under_way != 0) return (unsigned)RUNNER + under_way;
    if (trt_in_interrupt()) return IN_TICK;
    const trt_task_t *self = trt_task_self();
    return self == &runner ? RUNNER : (unsigned)(self - pool);
}

static void landed(uint8_t line) {
    uint8_t before = under_way, which = line == first_line ? 0 : 1;
    if (run.over) return;
    under_way = (uint8_t)(which + 1u);
    run.act[which]();
    if (run.idles) (void)trt_sem_give(&runner_sem);
    under_way = before;
}

TRT_ISR(LINE_0) {
    landed(0);
}

TRT_ISR(LINE_1) {
    sei();
    landed(1);
}

// Whoever does not use TRT_ISR sees to EIND himself.
ISR(LINE_2) {
#if defined(__AVR_HAVE_EIJMP_EICALL__)
    uint8_t found = EIND;
    EIND = 0;
#endif
    landed(2);
#if defined(__AVR_HAVE_EIJMP_EICALL__)
    EIND = found;
#endif
}

// --- registers

#define KEPT "2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,28,29"
#define ALL_BUT_LAST \
    "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30"
#define PUSH_KEPT ".irp n, " KEPT "\n\tpush \\n\n\t.endr\n\t"
#define POP_KEPT                                          \
    "pop 29\n\tpop 28\n\t"                                \
    ".irp n, 17,16,15,14,13,12,11,10,9,8,7,6,5,4,3,2\n\t" \
    "pop \\n\n\t.endr\n\t"
#if defined(__AVR_HAVE_EIJMP_EICALL__)
#define ICALL "eicall\n\t"
#else
#define ICALL "icall\n\t"
#endif

__asm__(".pushsection .text.keeps_registers,\"ax\",@progbits\n\t"
        ".global keeps_registers\n"
        "keeps_registers:\n\t" PUSH_KEPT "push r24\n\t"
        "mov r0, r24\n\t"
        "movw r30, r22\n\t"
        "movw r24, r20\n\t"
        "movw r20, r16\n\t"
        "movw r22, r18\n\t"
        ".irp n, " KEPT "\n\t"
        "mov \\n, r0\n\t"
        "inc r0\n\t"
        ".endr\n\t" ICALL "pop r0\n\t"
        "clr r25\n\t"
        ".irp n, " KEPT "\n\t"
        "eor \\n, r0\n\t"
        "or r25, \\n\n\t"
        "inc r0\n\t"
        ".endr\n\t"
        "ldi r24, 1\n\t"
        "cpse r25, r1\n\t"
        "ldi r24, 0\n\t" POP_KEPT "ret\n\t"
        ".popsection");

// After a while, all registers are pushed, and compared there.
__asm__(".pushsection .text.registers_stay,\"ax\",@progbits\n\t"
        ".global registers_stay\n"
        "registers_stay:\n\t" PUSH_KEPT "mov r31, r24\n\t"
        ".irp n, " ALL_BUT_LAST "\n\t"
        "mov \\n, r31\n\t"
        "inc r31\n\t"
        ".endr\n\t"
        "set\n\t"
        "sec\n\t"
        ".rept 8\n\tnop\n\t.endr\n\t"
        ".irp n, " ALL_BUT_LAST "\n\t"
        "push \\n\n\t"
        ".endr\n\t"
        "mov r24, r31\n\t" // of r31; then one less each
        "in r30, __SP_L__\n\t"
        "in r31, __SP_H__\n\t"
        "brtc 2f\n\t"
        "brcc 2f\n\t"
        "adiw r30, 1\n\t"
        "ldi r25, 31\n"
        "1:\n\t"
        "dec r24\n\t"
        "ld r0, Z+\n\t"
        "cp r0, r24\n\t"
        "brne 2f\n\t"
        "dec r25\n\t"
        "brne 1b\n\t"
        "rjmp 3f\n"
        "2:\n\t"
        "clr r25\n\t"
        "dec r25\n"
        "3:\n\t" // r25 is 0 if all is well
        ".rept 31\n\tpop r0\n\t.endr\n\t"
        "clr r1\n\t"
        "ldi r24, 1\n\t"
        "cpse r25, r1\n\t"
        "ldi r24, 0\n\t" POP_KEPT "ret\n\t"
        ".popsection");

// --- one run

static void load_action(uint8_t which, uint8_t number) {
    action_t action;
    if (number >= ACTIONS) return;
    memcpy_P(&action, &actions[number], sizeof action);
    run.act[which] = action.act;
    run.stops |= action.stops;
}

static void run_program(void *unused) {
    program_t program;
    (void)unused;
    TCCR0B = 0; // ticks come when tick() says so
    memcpy_P(&program, &programs[SWEEP_PROGRAM(query(AVR_PLAN, 0))], sizeof program);
    CHECK(trt_sched_lock() == TRT_OK);
    set_up(&program);
    CHECK(trt_sem_init(&runner_sem, 0, 100) == TRT_OK);
    load_action(0, query(AVR_PLAN, 1));
    load_action(1, query(AVR_PLAN, 2));
    first_line = query(AVR_PLAN, 3);
    tell(AVR_SWEEP, 0);
    CHECK(trt_sched_unlock() == TRT_OK);
    if (program.idles) (void)trt_sem_take(&runner_sem, TRT_FOREVER);
    else {
        for (unsigned i = 0; i < TICKS; i++) tick();
    }
    run.over = true;
    tell(AVR_SWEPT, 0);
    end_run();
    end_test(AVR_PASS);
}

static void say_names(void) {
    for (uint8_t i = 0; i < PROGRAMS; i++) {
        SAY("program ");
        say_flash(programs[SWEEP_PROGRAM(i)].name);
        SAY("\n");
    }
    for (uint8_t i = 0; i < ACTIONS; i++) {
        SAY("action ");
        say_flash(actions[i].name);
        SAY("\n");
    }
}

int main(void) {
    if (WHICH_TEST == 0xFF) {
        say_names();
        tell(AVR_HARMLESS, HARMLESS_ACTIONS);
        end_test(AVR_PASS);
    }
    lines_enable();
    trtk.time.now = 0xFFFE;
    CHECK(trt_task_create(&runner, NULL, run_program, RUNNER_PRIORITY, runner_stack,
                          sizeof runner_stack) == TRT_OK);
    CHECK(trt_task_start(&runner, NULL) == TRT_OK);
    (void)trt_start();
    CHECK(false);
}
