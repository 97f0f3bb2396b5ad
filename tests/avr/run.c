// Runs a firmware in simavr: its tests one by one, each after a reset; or the same test once for
// each moment at which an interrupt can come (sweep.c). protocol.h is how the two talk.
//
//     run MCU FIRMWARE                  tests, in TAP
//     run --trace MCU FIRMWARE
//         the same; and where each instruction is that is measured, and the cycles that it takes
//     run --storm MCU FIRMWARE
//         one test, while interrupts keep coming
//     run --board MILLISECONDS TEXT MCU FIRMWARE
//         a program that knows nothing of this one: what it does with its pins and its serial line
//     run --sweep STEP PAIRS MCU FIRMWARE
//         an interrupt at every STEP-th instruction boundary of each program, with each action; and
//         for each program PAIRS times two, some instructions apart. With TINYRTOS_TEST_FULL in the
//         environment (tools/test --full) at every boundary, and ten times so many
//     run --ram-end ADDRESS ...
//         any of these with more memory than the part has, for what does not fit: RAM to there, and
//         64 KB of flash
//
// Waiting takes no real time. A firmware that crashes, begins anew, sleeps for ever or runs on and
// on fails its test with a message that says so. The status is 0 when every test passed.
#include <avr_ioport.h>
#include <avr_uart.h>
#include <sim_avr.h>
#include <sim_cycle_timers.h>
#include <sim_elf.h>
#include <sim_interrupts.h>

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol.h"

#define LIMIT 100000000ul      // instructions of a test
#define SWEEP_LIMIT 1000000ul  // ... of a run of a sweep
#define SLEEP_LIMIT 10000000ul // ... in a row that are spent asleep
#define FARTHEST 400           // instructions between two interrupts of a sweep
#define MARK_CYCLES 2          // out, ldi: what a mark itself takes
#define NAME 120

typedef struct {
    const char *mcu;
    uint16_t console, command, argument; // data addresses of GPIOR0, 1, 2
    uint8_t lines[3];                    // vectors of the interrupts of a sweep
} part_t;

static const part_t parts[] = {
    {"atmega328p", 0x3E, 0x4A, 0x4B, {1, 2, 3}},  {"atmega2560", 0x3E, 0x4A, 0x4B, {1, 2, 3}},
    {"atmega1284p", 0x3E, 0x4A, 0x4B, {1, 2, 3}}, {"atmega32u4", 0x3E, 0x4A, 0x4B, {1, 2, 3}},
    {"attiny85", 0x31, 0x32, 0x33, {1, 2, 3}},    {"attiny45", 0x31, 0x32, 0x33, {1, 2, 3}},
    {"attiny2313", 0x33, 0x34, 0x35, {1, 2, 3}},
};

static const part_t *part;
static avr_t *avr;
static bool tracing;
static uint16_t heap; // the first byte of RAM that belongs to no variable: main's stack ends there

static struct {
    unsigned tests;
    char line[NAME], name[NAME]; // output since the last newline; of the test
    size_t length;
    bool over, passed;    // the test
    bool sweeping, swept; // it is where interrupts land; has been
    unsigned long steps;  // instructions of the test
    uint16_t sp;          // the stack pointer, when both its halves were written
    const char *fault;    // what simavr, or we, found wrong
    bool measuring;
    avr_cycle_count_t began, cycles; // AVR_BEGIN; from there to AVR_END
    avr_cycle_count_t masked_from;   // since when interrupts are shut out; 0: they are not
    avr_cycle_count_t longest;       // stretch of that
    uint16_t stack_top, stack_end;   // of who is measured
    uint16_t depth;                  // that was used of it
    uint32_t clock, number;          // AVR_CLOCK, AVR_NUMBER
} run;

#define PLAN 4
#define MANY 64

// A sweep: what the firmware says of it, and what is asked of it.
static struct {
    bool on;
    unsigned step, pairs;
    char program[MANY][NAME], action[MANY][NAME];
    unsigned programs, actions, harmless;
    uint8_t plan[PLAN];
    char said[NAME]; // why the run under way failed
    unsigned long points;
} sweep;

// --- output

static void hear_of_sweep(const char *line) {
    if (strncmp(line, "program ", 8) == 0 && sweep.programs < MANY)
        memcpy(sweep.program[sweep.programs++], line + 8, NAME - 8);
    else if (strncmp(line, "action ", 7) == 0 && sweep.actions < MANY)
        memcpy(sweep.action[sweep.actions++], line + 7, NAME - 7);
    else memcpy(sweep.said, line, NAME);
}

static void end_line(void) {
    run.line[run.length] = '\0';
    run.length = 0;
    if (run.line[0] == '@') memcpy(run.name, run.line + 1, NAME - 1);
    else if (!sweep.on) printf("# %s\n", run.line);
    else hear_of_sweep(run.line);
}

static void put(char c) {
    if (c == '\n') end_line();
    else if (run.length < sizeof run.line - 1) run.line[run.length++] = c;
}

static void put_number(unsigned long number) {
    char text[24];
    snprintf(text, sizeof text, "%lu", number);
    for (const char *c = text; *c != '\0'; c++) put(*c);
}

// --- interrupts

static avr_int_vector_t *vector_of(uint8_t number) {
    for (unsigned i = 0; i < avr->interrupts.vector_count; i++) {
        if (avr->interrupts.vector[i]->vector == number) return avr->interrupts.vector[i];
    }
    return NULL;
}

static void raise_vector(uint8_t number) {
    avr_int_vector_t *vector = vector_of(number);
    if (vector == NULL) run.fault = "raised an interrupt that the part does not have";
    else (void)avr_raise_interrupt(avr, vector);
}

static avr_cycle_count_t on_alarm(avr_t *which, avr_cycle_count_t when, void *vector) {
    (void)which, (void)when;
    raise_vector((uint8_t)(uintptr_t)vector);
    return 0;
}

// --- timers
//
// simavr makes up for a compare register that is written when the counter has just been there. On a
// part, the counter would go on to its top: so that is a fault.

static struct {
    uint16_t counter, compare; // addresses; 0: none is watched
    uint8_t bytes;
    uint16_t end; // what is in compare
} timer;

static uint16_t timer_register(uint16_t address) {
    return (uint16_t)(avr->data[address] | (timer.bytes > 1 ? avr->data[address + 1] << 8 : 0));
}

static void on_compare(avr_t *which, avr_io_addr_t address, uint8_t value, void *param) {
    (void)value, (void)param;
    if (timer.compare != address) return;
    (void)which->io[AVR_DATA_TO_IO(timer.counter)].r.c(
        which, timer.counter, which->io[AVR_DATA_TO_IO(timer.counter)].r.param);
    uint16_t now = timer_register(timer.counter), end = timer_register(address);
    if (now >= timer.end || now >= end) run.fault = "the end of a count is moved too late";
    timer.end = end;
}

static void watch_timer(uint8_t bytes) {
    static bool is_registered;
    timer.counter = (uint16_t)(run.number >> 16), timer.compare = (uint16_t)run.number;
    timer.bytes = bytes;
    timer.end = timer_register(timer.compare);
    if (!is_registered) avr_register_io_write(avr, timer.compare, on_compare, NULL);
    is_registered = true;
}

// --- measures

static uint16_t stack_pointer(void) {
    return (uint16_t)(avr->data[R_SPL] | (avr->ramend > 0xFF ? avr->data[R_SPH] << 8 : 0));
}

static void begin_to_measure(uint8_t room) {
    if (tracing) printf("begin\n");
    run.measuring = true;
    run.began = avr->cycle;
    run.masked_from = 0;
    run.stack_top = stack_pointer();
    run.stack_end = (uint16_t)(run.stack_top - 4 * room);
}

static void end_measure(void) {
    if (run.measuring) run.cycles = avr->cycle - run.began - MARK_CYCLES;
    run.measuring = false;
}

static void watch_mask(avr_cycle_count_t before) {
    if (avr->sreg[S_I]) {
        if (run.masked_from != 0 && avr->cycle - run.masked_from > run.longest)
            run.longest = avr->cycle - run.masked_from;
        run.masked_from = 0;
    } else if (run.masked_from == 0) run.masked_from = before;
}

static void watch_depth(void) {
    static uint16_t before; // what is there for a step only is half of a new one
    uint16_t now = stack_pointer(), sp = now > before ? now : before;
    before = now;
    if (sp >= run.stack_end && sp < run.stack_top && run.stack_top - sp > run.depth)
        run.depth = (uint16_t)(run.stack_top - sp);
}

static void trace(uint32_t pc, avr_cycle_count_t before) {
    if (tracing) printf("%lx %lu\n", (unsigned long)pc, (unsigned long)(avr->cycle - before));
}

static uint8_t clock_byte(uint8_t number) {
    if (number == 0) run.clock = (uint32_t)avr->cycle;
    return (uint8_t)(run.clock >> 8 * number);
}

// --- commands

static void on_console(avr_t *which, avr_io_addr_t address, uint8_t value, void *param) {
    (void)param;
    which->data[address] = value;
    put((char)value);
}

static void end_test(bool passed) {
    run.over = true;
    run.passed = passed;
}

// Those about cycles and bytes.
static void on_measuring_command(uint8_t command, uint8_t *argument) {
    switch (command) {
    case AVR_BEGIN:
        begin_to_measure(*argument);
        break;
    case AVR_END:
        end_measure();
        break;
    case AVR_CYCLES:
        put_number(run.cycles);
        break;
    case AVR_MASKED:
        put_number(run.longest);
        break;
    case AVR_DEPTH:
        put_number(run.depth);
        break;
    case AVR_CLOCK:
        *argument = clock_byte(*argument);
        break;
    case AVR_NUMBER:
        run.number = run.number << 8 | *argument;
        break;
    case AVR_ALARM:
        avr_cycle_timer_register(avr, run.number, on_alarm, (void *)(uintptr_t)*argument);
        break;
    case AVR_TIMER:
        watch_timer(*argument);
        break;
    default:
        run.fault = "an unknown command";
    }
}

static void on_command(avr_t *which, avr_io_addr_t address, uint8_t command, void *param) {
    uint8_t *argument = &which->data[part->argument];
    (void)param;
    which->data[address] = command;
    switch (command) {
    case AVR_COUNT:
        run.tests = *argument;
        break;
    case AVR_HARMLESS:
        sweep.harmless = *argument;
        break;
    case AVR_PASS:
        end_test(true);
        break;
    case AVR_FAIL:
        end_test(false);
        break;
    case AVR_RAISE:
        raise_vector(*argument);
        break;
    case AVR_PLAN:
        *argument = sweep.plan[*argument % PLAN];
        break;
    case AVR_SWEEP:
        run.sweeping = true;
        break;
    case AVR_SWEPT:
        run.sweeping = false, run.swept = true;
        break;
    default:
        on_measuring_command(command, argument);
    }
}

// --- the machine

static void no_log(avr_t *which, const int level, const char *format, va_list arguments) {
    (void)which, (void)level, (void)format, (void)arguments;
}

static void no_sleep(avr_t *which, avr_cycle_count_t cycles) {
    (void)which, (void)cycles;
}

static void load(const char *mcu, const char *firmware, unsigned ram_end) {
    static elf_firmware_t elf;
    avr_global_logger_set(no_log);
    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strcmp(parts[i].mcu, mcu) == 0) part = &parts[i];
    }
    avr = avr_make_mcu_by_name(mcu);
    if (part == NULL || avr == NULL || elf_read_firmware(firmware, &elf) != 0) {
        fprintf(stderr, "run: no part %s, or no firmware %s\n", mcu, firmware);
        exit(2);
    }
    if (ram_end != 0) avr->ramend = (uint16_t)ram_end, avr->flashend = 0xFFFF;
    avr_init(avr);
    avr->frequency = 16000000;
    avr_load_firmware(avr, &elf);
    heap = (uint16_t)(avr->ioend + 1 + elf.datasize + elf.bsssize);
    avr->sleep = no_sleep;
    avr_register_io_write(avr, part->console, on_console, NULL);
    avr_register_io_write(avr, part->command, on_command, NULL);
}

static void power_on(uint8_t test) {
    avr_reset(avr);
    memset(avr->data + avr->ioend + 1, 0xFF, avr->ramend - avr->ioend); // nobody clears memory
    avr->data[part->argument] = test;
    avr->cycle = 1;
    run.over = run.passed = run.sweeping = run.swept = false;
    run.fault = NULL;
    run.length = 0;
    run.steps = 0;
    run.measuring = false;
    run.longest = run.depth = 0;
    timer.compare = 0;
    run.sp = 0;
}

static bool is_half_written(uint32_t pc) {
    return ((avr->flash[pc] | avr->flash[pc + 1] << 8) & 0xFE0F) == 0xBE0E; // out SPH: SPL follows
}

// Main's stack grows into the variables. (A task's stack lies among them, and is farther away.)
static void watch_stack(uint32_t pc) {
    uint16_t sp = stack_pointer();
    if (is_half_written(pc)) return;
    if (run.sp >= heap && sp < heap && run.sp - sp <= 64) run.fault = "main's stack is full";
    run.sp = sp;
}

// One instruction, and the interrupt that follows it.
static void step(void) {
    static unsigned long asleep;
    avr_cycle_count_t before = avr->cycle;
    uint32_t pc = avr->pc;
    bool is_begun = run.measuring;
    avr->run_cycle_limit = 1;
    avr->interrupts.running_ptr = 0; // who is stopped in an interrupt never returns from it
    int state = avr_run(avr);
    // A part does one instruction after the one that sets I, simavr does two.
    if (avr->interrupt_state == -1) avr->interrupt_state = (int8_t)avr_has_pending_interrupts(avr);
    if (run.measuring) watch_mask(before), watch_depth();
    if (run.measuring && is_begun) trace(pc, before);
    watch_stack(pc);
    asleep = state == cpu_Sleeping ? asleep + 1 : 0;
    if (state == cpu_Crashed) run.fault = "crashed";
    else if (state == cpu_Done) run.fault = "sleeps with interrupts shut out";
    else if (asleep > SLEEP_LIMIT) run.fault = "sleeps for ever";
    else if (avr->pc == 0) run.fault = "begins anew";
    run.steps++;
}

static void run_on(unsigned long limit) {
    while (!run.over && run.fault == NULL) {
        step();
        if (run.steps > limit) run.fault = "runs on and on";
    }
}

static void report_fault(void) {
    if (run.fault != NULL)
        printf("# %s, at %#lx, sp %#x\n", run.fault, (unsigned long)avr->pc,
               (unsigned)stack_pointer());
}

// --- tests

// The last of a file was registered first.
static int run_tests(void) {
    int failed = 0;
    power_on(0xFF);
    run_on(LIMIT);
    printf("1..%u\n", run.tests);
    for (unsigned i = 0; i < run.tests; i++) {
        snprintf(run.name, sizeof run.name, "?");
        power_on((uint8_t)(run.tests - 1 - i));
        run_on(LIMIT);
        report_fault();
        failed += !run.passed;
        printf("%sok %u - %s\n", run.passed ? "" : "not ", i + 1, run.name);
        fflush(stdout);
    }
    return failed > 0 || run.tests == 0;
}

// --- storms

static unsigned random_below(unsigned limit) {
    static uint32_t state = 1;
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % limit;
}

// Up to so many instructions from one interrupt to the next in a storm: gusts, and enough time to
// do what they ask for.
#define GUST 60
#define CALM 8000
#define WAITING 6 // one of so many times, one has waited for interrupts to be let in

static int run_storm(void) {
    unsigned until = 0;
    printf("1..1\n");
    power_on(0);
    while (!run.over && run.fault == NULL && run.steps < 10 * LIMIT) {
        if (until-- == 0) {
            raise_vector(part->lines[random_below(3)]);
            until = random_below(random_below(3) == 0 ? CALM : GUST);
        }
        bool was_open = avr->sreg[S_I];
        step();
        if (avr->sreg[S_I] && !was_open && random_below(WAITING) == 0) until = 0;
    }
    report_fault();
    printf("%sok 1 - %s\n", run.passed ? "" : "not ", run.name);
    return !run.passed;
}

// --- sweeps

// The whole machine, to go back to: what the firmware does not use (timers that run, say) stays as
// it is anyway.
typedef struct {
    avr_t cpu;
    uint8_t data[0x10000];
} moment_t;

static void keep(moment_t *moment) {
    moment->cpu = *avr;
    memcpy(moment->data, avr->data, avr->ramend + 1u);
}

static void go_back_to(const moment_t *moment) {
    for (unsigned i = 0; i < avr->interrupts.vector_count; i++)
        avr_clear_interrupt(avr, avr->interrupts.vector[i]);
    *avr = moment->cpu;
    memcpy(avr->data, moment->data, avr->ramend + 1u);
    run.over = run.passed = run.swept = false;
    run.fault = NULL;
    run.length = 0;
    run.steps = 0;
    sweep.said[0] = '\0';
    run.sp = 0;
}

// Up to where interrupts begin to land.
static bool go_to_start(unsigned program, unsigned first, unsigned second, unsigned line) {
    sweep.plan[0] = (uint8_t)program;
    sweep.plan[1] = (uint8_t)first;
    sweep.plan[2] = (uint8_t)second;
    sweep.plan[3] = (uint8_t)line;
    power_on(0);
    while (!run.sweeping && !run.over && run.fault == NULL && run.steps < SWEEP_LIMIT) step();
    return run.sweeping;
}

static bool is_over(void) {
    return run.swept || run.over || run.fault != NULL || avr->state == cpu_Sleeping;
}

static bool fails(const char *what, unsigned long at, unsigned long later) {
    if (run.passed) return false;
    printf("# %s / %s, line %u: an interrupt after %lu instructions", what,
           sweep.action[sweep.plan[1]], sweep.plan[3], at);
    if (later > 0) printf(", then %s %lu later", sweep.action[sweep.plan[2]], later);
    printf("\n# %s\n", sweep.said);
    report_fault();
    return true;
}

// One interrupt, at every step-th boundary at which it is let in, and at the first at which it is
// not. Each pair of program and action begins elsewhere.
static bool sweep_one(unsigned program, unsigned action) {
    static moment_t here;
    unsigned lines = action < sweep.harmless ? 3 : 2, line = (program + action) % lines;
    unsigned long at = 0, next = (program + action) % sweep.step;
    if (!go_to_start(program, action, MANY, line)) return fails(sweep.program[program], 0, 0);
    for (bool was_open = false; !is_over(); at++) {
        bool open = avr->sreg[S_I], is_place = open || was_open;
        was_open = open;
        if (is_place && next-- == 0) {
            next = sweep.step - 1;
            keep(&here);
            raise_vector(part->lines[line]);
            run_on(SWEEP_LIMIT);
            sweep.points++;
            if (fails(sweep.program[program], at, 0)) return true;
            go_back_to(&here);
            run.sweeping = true;
        }
        step();
    }
    return run.over || run.fault != NULL ? fails(sweep.program[program], at, 0) : false;
}

static void some_steps(unsigned long count) {
    while (count-- > 0 && !is_over()) step();
}

// Two interrupts, at most FARTHEST apart: the second into the first, into the switch, or into what
// follows.
static bool sweep_two(unsigned program, unsigned long length) {
    unsigned first = random_below(sweep.actions), second = random_below(sweep.actions);
    unsigned lines = first < sweep.harmless && second < sweep.harmless ? 3 : 2;
    unsigned line = random_below(lines), other = (line + 1 + random_below(lines - 1)) % lines;
    unsigned long at = random_below((unsigned)length + 1), later = 1 + random_below(FARTHEST);
    if (!go_to_start(program, first, second, line)) return fails(sweep.program[program], 0, 0);
    some_steps(at);
    raise_vector(part->lines[line]);
    some_steps(later);
    raise_vector(part->lines[other]);
    run_on(SWEEP_LIMIT);
    return fails(sweep.program[program], at, later);
}

// How many instructions a program has without interrupts.
static unsigned long length_of(unsigned program) {
    unsigned long length = 0;
    if (!go_to_start(program, MANY, MANY, 0)) return 0;
    for (; !is_over(); length++) step();
    return length;
}

static bool sweep_program(unsigned program) {
    unsigned long length = length_of(program);
    for (unsigned action = 0; action < sweep.actions; action++) {
        if (sweep_one(program, action)) return false;
    }
    for (unsigned i = 0; i < sweep.pairs; i++) {
        if (sweep_two(program, length)) return false;
    }
    return length > 0;
}

static int run_sweep(void) {
    int failed = 0;
    sweep.on = true;
    power_on(0xFF);
    run_on(LIMIT);
    printf("1..%u\n", sweep.programs);
    for (unsigned program = 0; program < sweep.programs; program++) {
        unsigned long before = sweep.points;
        bool passed = sweep_program(program);
        failed += !passed;
        printf("%sok %u - %s: %lu points\n", passed ? "" : "not ", program + 1,
               sweep.program[program], sweep.points - before);
        fflush(stdout);
    }
    printf("# all: points %lu, runs %lu\n", sweep.points,
           sweep.points + (unsigned long)sweep.pairs * sweep.programs);
    return failed > 0 || sweep.programs == 0 || sweep.actions == 0;
}

// --- boards

enum { UCSR0A = 0xC0, UDRE0 = 1 << 5 }; // on an ATmega328P and on an ATmega2560

static unsigned changes[8];

static void on_pin(avr_irq_t *irq, uint32_t value, void *param) {
    (void)irq, (void)value;
    ++*(unsigned *)param;
}

static void on_serial(avr_irq_t *irq, uint32_t value, void *param) {
    (void)irq, (void)param;
    putchar((int)value);
}

static void connect_board(void) {
    uint32_t flags = 0;
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags); // else it would also go to stderr
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT),
                            on_serial, NULL);
    for (unsigned pin = 0; pin < 8; pin++)
        avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('B'), (int)pin), on_pin,
                                &changes[pin]);
}

// What a program for a board does in so many milliseconds: what it answers to the text that comes
// in, a character each 50 ms, and how often each pin of port B changes.
static int run_board(unsigned long milliseconds, const char *text) {
    avr_irq_t *input = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
    power_on(0);
    connect_board();
    printf("serial: ");
    for (unsigned long ms = 0; ms < milliseconds && run.fault == NULL; ms++) {
        if (ms == 40) avr->data[UCSR0A] |= UDRE0; // simavr 1.6 loses it when UCSR0B is written
        if (ms % 50 == 49 && *text != '\0') avr_raise_irq(input, (uint8_t)*text++);
        while (avr->cycle < (ms + 1) * 16000 && run.fault == NULL) step();
    }
    printf("\n");
    for (unsigned pin = 0; pin < 8; pin++) printf("B%u: %u\n", pin, changes[pin]);
    report_fault();
    return run.fault != NULL;
}

int main(int argc, char **argv) {
    bool full = getenv("TINYRTOS_TEST_FULL") != NULL;
    unsigned ram_end = 0;
    if (argc > 2 && strcmp(argv[1], "--ram-end") == 0) {
        ram_end = (unsigned)strtoul(argv[2], NULL, 0);
        argc -= 2, argv += 2;
    }
    if (argc == 3) {
        load(argv[1], argv[2], ram_end);
        return run_tests();
    }
    if (argc == 4 && strcmp(argv[1], "--trace") == 0) {
        tracing = true;
        load(argv[2], argv[3], ram_end);
        return run_tests();
    }
    if (argc == 4 && strcmp(argv[1], "--storm") == 0) {
        load(argv[2], argv[3], ram_end);
        return run_storm();
    }
    if (argc == 6 && strcmp(argv[1], "--sweep") == 0) {
        sweep.step = full ? 1 : (unsigned)atoi(argv[2]);
        sweep.pairs = (full ? 10 : 1) * (unsigned)atoi(argv[3]);
        load(argv[4], argv[5], ram_end);
        return run_sweep();
    }
    if (argc == 6 && strcmp(argv[1], "--board") == 0) {
        load(argv[4], argv[5], ram_end);
        return run_board(strtoul(argv[2], NULL, 0), argv[3]);
    }
    fprintf(stderr, "usage: run [--ram-end ADDRESS] [--trace | --storm | --sweep STEP PAIRS | "
                    "--board MS TEXT] MCU FIRMWARE\n");
    return 2;
}
