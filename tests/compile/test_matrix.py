#!/usr/bin/env python3
"""The header compiles without a warning: in every configuration, dialect and compiler, with and without the
implementation.

Every compiler and dialect sees the default, the smallest and the largest configuration. -O3 and -fshort-enums, and
each option alone, are tried with some of them; tools/test --full tries all with all.
"""
import sys

from driver import (AVR, COMPILERS, DIALECTS, FULL, HOOKS, OPTIONS, Report, available, compile_unit, define, flags_for,
                    has_option, header_options, unit)

# Each option alone: by default with these, each in the oldest or the newest dialect.
ONE_OF_A_KIND = {"gcc": "c99", "clang": "c++17", "atmega328p": "c++17", "cortex-m3": "c99"}
# What an option cannot be without: Timer 0 counts no two ticks of the default rate.
NEEDED = {(AVR, "TINYRTOS_TICKLESS"): define("TINYRTOS_AVR_TIMER", "1")}
# What strict users add; a header must not be what makes them stop.
STRICTER = ("-Wsign-conversion -Wundef -Wcast-qual -Wcast-align -Wwrite-strings -Wvla -Wmissing-declarations "
            "-Wredundant-decls -Wformat=2 -Wdouble-promotion").split()
BODY = '#include "every_define.h"\n'


def configurations(compiler):
    """(name, lines that set it, whether it is one option alone), of those that the compiler's port has."""
    options = {name: option for name, option in OPTIONS.items() if has_option(compiler, name)}
    hooks = "".join(define(hook, None) for hook in HOOKS)
    yield "default", "", False
    yield "all off", "".join(define(name, option.off) for name, option in options.items()), False
    yield "all on", "".join(define(name, option.on) for name, option in options.items()) + hooks, False
    for name, option in OPTIONS.items():
        for value in option.alone:
            yield f"{name}={value}", define(name, value) + NEEDED.get((compiler.port, name), ""), True
    for hook in HOOKS:
        yield hook, define(hook, None), True


def every_option_is_known():
    unknown = set(header_options()) - set(OPTIONS) - set(HOOKS)
    gone = (set(OPTIONS) | set(HOOKS)) - set(header_options())
    return not unknown and not gone, f"not in driver.py: {sorted(unknown)}; not in the header: {sorted(gone)}"


def warnings_count(compiler, dialect):
    """So that a pass below means something."""
    passed, said = compile_unit(compiler, dialect, unit(body="uint8_t narrow(long x) { return x; }\n"))
    return not passed and "narrow" in said and "conversion" in said, said


def compiles(compiler, dialect, source, flags):
    return compile_unit(compiler, dialect, source, *flags)


def modes(alone, dialect):
    """(name, implementation, flags). The implementation contains the declarations, so it stands for both. -O0 takes a
    third of the time of -Os, and only some warnings need the optimiser."""
    if alone and not FULL:
        return [("implementation -O0", True, ["-O0"])]
    found = [("declarations", False, ["-O0"]), ("declarations, stricter", False, ["-O0", *STRICTER])]
    if not FULL and dialect not in ("c11", "c++17"):
        return [*found, ("implementation -O0", True, ["-O0"])]
    return [*found, ("implementation -Os", True, ["-Os"]), ("implementation -O3", True, ["-O3"]),
            ("implementation -fshort-enums", True, ["-O0", "-fshort-enums"])]


def main():
    report = Report()
    report.case("every option of the header is in the table", every_option_is_known)
    for compiler in filter(available, COMPILERS):
        for dialect in DIALECTS:
            if flags_for(compiler, dialect) is None:
                continue
            report.case(f"{compiler.name} {dialect}: a warning is an error", warnings_count, compiler, dialect)
            for name, options, alone in configurations(compiler):
                if alone and not FULL and ONE_OF_A_KIND.get(compiler.name) != dialect:
                    continue
                if not has_option(compiler, name.split("=")[0]):
                    continue
                for mode, implementation, flags in modes(alone, dialect):
                    report.case(f"{compiler.name} {dialect}: {name}, {mode}", compiles, compiler, dialect,
                                unit(options, implementation, BODY), flags)
    return report.run()


if __name__ == "__main__":
    sys.exit(main())
