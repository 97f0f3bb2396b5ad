#!/usr/bin/env python3
"""The header keeps to its names: macros, symbols, what it needs from elsewhere, and what a program need not know."""
import re
import sys
from pathlib import Path

from driver import AVR, CM, COMPILERS, GCC, HOST, TOP, Report, available, compile_unit, once, run, scratch, unit

OURS = re.compile(r"(TRT|TRTK|TRTP|TINYRTOS)_|_DEFAULT_SOURCE$")  # the last is for the host port's system headers
EXPORTED = dict.fromkeys((HOST, None), re.compile(r"(trt|trtk)_"))
EXPORTED[CM] = re.compile(r"(trt|trtk|trtp)_|(PendSV|SysTick)_Handler$")  # what assembly and vector tables refer to
EXPORTED[AVR] = re.compile(r"(trt|trtk|trtp)_|__vector_\w+$")  # what assembly, TRT_ISR and the vector table refer to
# What a freestanding program may have to bring, and (leading underscores) what the compiler's own library brings.
NEEDED = re.compile(r"(memcpy|memset|memcmp|memmove|strcmp|__\w+|_GLOBAL_OFFSET_TABLE_)$")


def macros_left(source):
    """The macros that lines of tinyrtos.h define, and do not undefine."""
    passed, text = compile_unit(GCC, "c11", source, "-E", "-dD")
    defined, here = set(), False
    for line in text.splitlines():
        marker = re.match(r'# \d+ "(.*?)"', line)
        if marker:
            here = marker[1].endswith("tinyrtos.h")
        change = re.match(r"#(define|undef) (\w+)", line)
        if change and here:
            (defined.add if change[1] == "define" else defined.discard)(change[2])
    return defined


def macros_are_ours(source):
    defined = macros_left(source)
    foreign = sorted(name for name in defined if not OURS.match(name))
    return bool(defined) and not foreign, f"{len(defined)} macros; not TRT_, TRTK_, TRTP_, TINYRTOS_: {foreign}"


def port_macros_are_gone(source):
    """After the implementation nobody needs the macros that only it used."""
    kept = macros_left(unit())
    left = sorted(name for name in macros_left(source) - kept if name.startswith(("TRTK_", "TRTP_")))
    return not left, f"still defined after the implementation: {left}"


@once
def symbols(compiler, flag):
    """(defined, undefined) of an object that holds the implementation; raises when it does not compile."""
    with scratch() as folder:
        thing = Path(folder) / "kernel.o"
        passed, said = compile_unit(compiler, "c11", unit(implementation=True), flag, "-o", str(thing))
        if not passed:
            raise RuntimeError(said)
        nm = compiler.cc.replace("gcc", "nm") if "gcc" in compiler.cc else "nm"
        lines = run([nm, "-g", str(thing)])[1].splitlines()
    pairs = [line.split()[-2:] for line in lines]
    return ({name for kind, name in pairs if kind not in "Uwv"}, {name for kind, name in pairs if kind == "U"})


def exports_are_ours(compiler, flag):
    defined, _ = symbols(compiler, flag)
    foreign = sorted(name for name in defined if not EXPORTED[compiler.port].match(name))
    return bool(defined) and not foreign, f"exported, and not trt_ or trtk_: {foreign}"


def needs_little(compiler, flag):
    _, undefined = symbols(compiler, flag)
    foreign = sorted(name for name in undefined if not NEEDED.match(name) and not name.startswith("trt_options"))
    return not foreign, f"needed from elsewhere: {foreign}"


def program_uses_public_names(path):
    used = sorted(set(re.findall(r"\b(?:TRTK|trtk|TRTP|trtp)_\w+", path.read_text())))
    return not used, f"{path.name} uses {used}"


def main():
    report = Report()
    report.case("macros after the declarations", macros_are_ours, unit())
    report.case("including it twice", compile_unit, GCC, "c11", unit(body='#include "tinyrtos.h"\n'), "-fsyntax-only")
    for path in sorted((TOP / "examples").glob("*.c")) + [TOP / "README.md"]:
        if path.exists():
            report.case(f"{path.name} uses public names only", program_uses_public_names, path)
    report.case("macros after the implementation", macros_are_ours, unit(implementation=True))
    report.case("the implementation's macros are gone", port_macros_are_gone, unit(implementation=True))
    kernels = [(compiler, flag) for compiler in filter(available, COMPILERS) for flag in ("-Os", "-O3", "-O0")]
    for compiler, flag in kernels:
        report.case(f"{compiler.name} {flag}: exports", exports_are_ours, compiler, flag)
    for compiler, flag in kernels:
        if compiler.port != HOST:
            report.case(f"{compiler.name} {flag}: needs", needs_little, compiler, flag)
    return report.run()


if __name__ == "__main__":
    sys.exit(main())
