#!/usr/bin/env python3
"""Every #error of the header can be provoked and says what it should, in C and in C++."""
import re
import sys

from driver import (ATMEGA328P, AVR, CLANG, CM, CORTEX_M0, CORTEX_M3, GCC, NAMES, OPTIONS, Report, compile_unit,
                    flags_for, has_option, header_switches, header_text, is_cxx, unit)

# (settings, flags, how the #error begins). The switches (0 or 1) are not here: they are found in the header.
NO_PORT = ["-U__unix__", "-U__APPLE__"]
CASES = [
    ("PRIORITIES 0", [], "TINYRTOS_PRIORITIES: "),
    ("PRIORITIES 33", [], "TINYRTOS_PRIORITIES: "),
    ("PRIORITIES -1", [], "TINYRTOS_PRIORITIES: "),
    ("TIME_SLICE -1", [], "TINYRTOS_TIME_SLICE: ticks"),
    ("TIME_SLICE 256", [], "TINYRTOS_TIME_SLICE: ticks"),
    ("TIME_SLICE 5, PREEMPTION 0", [], "TINYRTOS_TIME_SLICE: slicing"),
    ("TICK_HZ 0", [], "TINYRTOS_TICK_HZ: "),
    ("TICK_HZ 1000001", [], "TINYRTOS_TICK_HZ: "),
    ("TICK_BITS 8", [], "TINYRTOS_TICK_BITS: "),
    ("TICK_BITS 24", [], "TINYRTOS_TICK_BITS: "),
    ("TIMEOUT_BUCKETS 0", [], "TINYRTOS_TIMEOUT_BUCKETS: "),
    ("TIMEOUT_BUCKETS 33", [], "TINYRTOS_TIMEOUT_BUCKETS: "),
    ("MUTEXES_HELD_MAX 0", [], "TINYRTOS_MUTEXES_HELD_MAX: "),
    ("MUTEXES_HELD_MAX 256", [], "TINYRTOS_MUTEXES_HELD_MAX: "),
    ("MUTEXES 0, CONDS 1", [], "TINYRTOS_CONDS: who waits"),
    ("MUTEXES 0, RWLOCKS 1", [], "TINYRTOS_RWLOCKS: a mutex"),
    ("JOBS_MAX 12", [], "TINYRTOS_JOBS_MAX: "),
    ("TASKS 0", [], "TINYRTOS_TASKS: 0 only"),
    ("MUTEXES 0, CHANNELS 1", [], "TINYRTOS_CHANNELS: a server"),
    ("QUEUES 0, MAIL 1", [], "TINYRTOS_MAIL: a mailbox"),
    ("BUDGETS 1, PREEMPTION 0", [], "TINYRTOS_BUDGETS: who has"),
    ("NOTES -1", [], "TINYRTOS_NOTES: "),
    ("NOTES 17", [], "TINYRTOS_NOTES: "),
    ("FLAG_BITS 24", [], "TINYRTOS_FLAG_BITS: "),
    ("FLAG_BITS 64", [], "TINYRTOS_FLAG_BITS: "),
    ("WAIT_ANY_MAX 0", [], "TINYRTOS_WAIT_ANY_MAX: "),
    ("WAIT_ANY_MAX 33", [], "TINYRTOS_WAIT_ANY_MAX: "),
    ("HOST_STACK 16383", [], "TINYRTOS_HOST_STACK: "),
    ("HOST_CALLS_PER_TICK -1", [], "TINYRTOS_HOST_CALLS_PER_TICK: "),
    ("COUNTER() 1u", [], "TINYRTOS_COUNTER: "),
    ("COUNTER_HZ 1000", [], "TINYRTOS_COUNTER: "),
    ("TICKLESS 1", ['-DTINYRTOS_PORT_FILE="ports/template/port.h"'], "TINYRTOS_TICKLESS: this port"),
    ("MAX_PRIORITIES 4", [], "TINYRTOS_MAX_PRIORITIES: "),
    ("TICK_RATE_HZ 100", [], "TINYRTOS_TICK_RATE_HZ: "),
    ("", NO_PORT, "tinyrtos has no port for this target"),
]
CM_CASES = [
    ("CM_PRIORITY_BITS 1", [], "TINYRTOS_CM_PRIORITY_BITS: "),
    ("CM_PRIORITY_BITS 9", [], "TINYRTOS_CM_PRIORITY_BITS: "),
    ("CM_CEILING -1", [], "TINYRTOS_CM_CEILING: an unshifted"),
    ("CM_CEILING 8, CM_PRIORITY_BITS 3", [], "TINYRTOS_CM_CEILING: an unshifted"),
    ("CM_IDLE_STACK 120", [], "TINYRTOS_CM_IDLE_STACK: "),
    ("CM_IDLE_STACK 132", [], "TINYRTOS_CM_IDLE_STACK: "),
    ("TICKLESS 1, CM_SYSTICK 0", [], "TINYRTOS_TICKLESS_SLEEP: "),
    ("TICKLESS 1, TICKLESS_SLEEP(ticks) 0", [], "TINYRTOS_TICKLESS_SLEEP: "),
    ("IMPLEMENTATION", ["-UTINYRTOS_CPU_HZ"], "TINYRTOS_CPU_HZ: "),
]
M0_CASES = [
    ("CM_CEILING 1", [], "TINYRTOS_CM_CEILING: this architecture"),
    ("CM_MPU_GUARD 1", [], "TINYRTOS_CM_MPU_GUARD: for"),
]
AVR_CASES = [
    ("", ["-D__AVR_XMEGA__"], "tinyrtos runs on AVRs of"),
    ("TASKS 0, QUEUES 1", [], "TINYRTOS_TASKS: with 0 there is nobody"),
    ("TASKS 0, DUMP 1", [], "TINYRTOS_TASKS: with 0 there are no tasks"),
    ("AVR_TIMER 3", [], "TINYRTOS_AVR_TIMER: "),
    ("AVR_TIMER 6", [], "TINYRTOS_AVR_TIMER: "),
    ("IMPLEMENTATION", ["-UF_CPU"], "TINYRTOS_CPU_HZ: the tick needs"),
    ("TICK_HZ 50, IMPLEMENTATION", [], "TINYRTOS_TICK_HZ: the timer cannot count so long"),
    ("CPU_HZ 30000000, TICK_HZ 59000, IMPLEMENTATION", [], "TINYRTOS_TICK_HZ: the timer cannot count that"),
    ("CPU_HZ 1000000, TICK_HZ 2001", [], "TINYRTOS_TICK_HZ: ticks of fewer"),
    ("TICK_HZ 10001, IMPLEMENTATION", ["-DARDUINO=10819"], "TINYRTOS_TICK_HZ: with the Arduino"),
    ("TICKLESS 1, AVR_TICK 0", [], "TINYRTOS_TICKLESS: with TINYRTOS_AVR_TICK 0"),
    ("TICKLESS 1", ["-DARDUINO=10819"], "TINYRTOS_TICKLESS: Timer 0"),
    ("TICKLESS 1, IMPLEMENTATION", [], "TINYRTOS_TICKLESS: the timer cannot"),
]
ATTINY13 = ATMEGA328P._replace(name="attiny13", flags=["-mmcu=attiny13"])
TINY_CASES = [("", [], "TINYRTOS_TASKS: this part")]
# (compiler, cases, how its switches begin)
PORTS = [(CORTEX_M3, CM_CASES, CM), (CORTEX_M0, M0_CASES, "(none)"), (ATMEGA328P, AVR_CASES, AVR),
         (ATTINY13, TINY_CASES, "(none)")]
NO_POSIX = "the host port needs POSIX"  # in strict C, when a system header came first
NOT_SWITCHES = ["true", "false", "", "2", "yes", "00", "1u"]
DIALECTS = ["c99", "c17", "c++11", "c++17"]


def header_errors():
    return re.findall(r'^\s*#\s*error\s+"?(.*?)"?\s*$', header_text(), re.M)


def settings(text):
    return "".join(f"#define TINYRTOS_{setting}\n" for setting in text.split(", ") if setting)


def is_refused(compiler, dialect, source, flags, begins):
    """`begins` is among the #errors that the compiler reports."""
    passed, said = compile_unit(compiler, dialect, source, "-E", "-o", "/dev/null", *flags)
    reported = re.findall(r'error: (?:#error )?"(.*?)"?$', said, re.M)
    return not passed and any(text.startswith(begins) for text in reported), said or "not refused"


def is_accepted(compiler, dialect, source):
    return compile_unit(compiler, dialect, source, "-fsyntax-only")


def every_error_has_a_case():
    begins = [NO_POSIX] + [text for _, _, text in CASES + [case for _, cases, _ in PORTS for case in cases]] + [f"{name}: 0" for name in header_switches()]
    without = [text for text in header_errors() if not any(text.startswith(begin) for begin in begins)]
    unknown = [begin for begin in begins if not any(text.startswith(begin) for text in header_errors())]
    return not without and not unknown, f"no case for: {without}; no such #error: {unknown}"


def every_number_or_switch_is_checked():
    """An option without an #error under it would take any nonsense."""
    silent = [name for name in OPTIONS if name not in NAMES and not any(text.startswith(name + ":") for text in header_errors())]
    return not silent, f"no #error for {silent}"


def switches(report, compiler, dialect, names):
    """Nothing but 0 and 1 is a switch."""
    where = f"{compiler.name} {dialect}"
    for name in names:
        for value in NOT_SWITCHES:
            source = unit(f"#define {name} {value}\n")
            report.case(f"{where}: {name} '{value}'", is_refused, compiler, dialect, source, [], f"{name}: 0")
        source = unit(f"#include <stdbool.h>\n#define {name} true\n")
        report.case(f"{where}: {name} 'true' after stdbool.h", is_refused, compiler, dialect, source, [], f"{name}: 0")


def main():
    report = Report()
    report.case("every #error has a case here", every_error_has_a_case)
    report.case("every option has an #error", every_number_or_switch_is_checked)
    for compiler in (GCC, CLANG):
        for dialect in DIALECTS:
            where = f"{compiler.name} {dialect}"
            for text, flags, begins in CASES:
                report.case(f"{where}: {text or 'no port'}", is_refused, compiler, dialect, unit(settings(text)), flags,
                            begins)
            switches(report, compiler, dialect, [name for name in header_switches() if has_option(compiler, name)])
            if not is_cxx(dialect):
                source = "#include <stdio.h>\n" + unit(implementation=True)
                report.case(f"{where}: stdio.h first", is_refused, compiler, dialect, source, [], NO_POSIX)
            source = unit(body="bool t = true, f = false;\n")
            report.case(f"{where}: true and false are as before", is_accepted, compiler, dialect, source)
            source = unit('#define TINYRTOS_CONFIG_FILE "config_file.h"\n')
            report.case(f"{where}: an option in TINYRTOS_CONFIG_FILE counts", is_refused, compiler, dialect, source,
                        [], "TINYRTOS_PRIORITIES: ")
            report.case(f"{where}: an option on the command line counts", is_refused, compiler, dialect, unit(),
                        ["-DTINYRTOS_QUEUES=2"], "TINYRTOS_QUEUES: 0")
    for dialect in DIALECTS:
        for compiler, cases, port in PORTS:
            if flags_for(compiler, dialect) is None:
                continue
            for text, flags, begins in cases:
                report.case(f"{compiler.name} {dialect}: {text}", is_refused, compiler, dialect, unit(settings(text)),
                            flags, begins)
            switches(report, compiler, dialect, [name for name in header_switches() if name.startswith(port)])
    return report.run()


if __name__ == "__main__":
    sys.exit(main())
