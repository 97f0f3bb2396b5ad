#!/usr/bin/env python3
"""Several files make one program: C and C++ mixed, with and without link-time optimisation; the implementation may be
included twice; and files whose options differ are refused by the linker, which shows the options."""
import re
import sys
import tempfile
from pathlib import Path

from driver import CLANG, GCC, Report, define, flags_for, is_cxx, once, run, scratch, unit

# One file has the kernel, an object and main; the other a task that uses the object.
KERNEL = r"""
#ifdef __cplusplus
extern "C" {
#endif
extern trt_task_t worker;
extern trt_sem_t done;
#ifdef __cplusplus
}
#endif
TRT_SEM_DEFINE(done, 0, 1);
#ifdef TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"
#endif
int main(void)
{
    if (trt_task_start(&worker, &done) != TRT_OK || trt_start() != TRT_OK) {
        return 1;
    }
    return trt_sem_take(&done, TRT_NO_WAIT) == TRT_OK ? 0 : 2;
}
"""
WORKER = r"""
#ifdef __cplusplus
extern "C" {
extern trt_task_t worker;
}
#endif
static void work(void *arg)
{
    (void)trt_delay(TRT_MS(5));
    (void)trt_sem_give((trt_sem_t *)arg);
}
TRT_TASK_DEFINE(worker, work, 0, 1024);
"""
# Options that two files must agree on, a value that is not the default, and what the linker must show of it.
SHARED_OPTIONS = {
    "TINYRTOS_TICK_BITS": "64",
    "TINYRTOS_TIME_SLICE": "7",
    "TINYRTOS_MUTEXES": "0",
    "TINYRTOS_FLAG_BITS": "8",
    "TINYRTOS_NAMES": "0",
    "TINYRTOS_TASK_LOCAL": "0",
    "TINYRTOS_RUN_TIME_STATS": "1",
    "TINYRTOS_SEM_OWNERS": "1",
    "TINYRTOS_COND_OWNERS": "1",
    "TINYRTOS_TICK_HZ": "100",
    "TINYRTOS_PRIORITIES": "16",
    "TINYRTOS_JOBS_MAX": "16",
    "TINYRTOS_SWITCH_HOOKS": "1",
    "TINYRTOS_MAIL": "1",
    "TINYRTOS_STOP_PROTECTION": "1",
    "TINYRTOS_BUDGETS": "1",
    "TINYRTOS_NOTES": "2",
    "TINYRTOS_PASSES": "1",
    "TINYRTOS_DUMP": "1",
}
PAIRS = [("c99", "c++11"), ("c11", "c11"), ("c++17", "c17"), ("c++11", "c++17")]


@once
def compiled(compiler, dialect, source, flags):
    """(object, what was said); None when it does not compile. Many programs are made of the same objects."""
    folder = Path(tempfile.mkdtemp(dir=OBJECTS))
    path = folder / f"unit.{'cpp' if is_cxx(dialect) else 'c'}"
    path.write_text(source)
    thing = str(path.with_suffix(".o"))
    passed, said = run([*flags_for(compiler, dialect), *flags, "-c", str(path), "-o", thing])
    return thing if passed else None, said


def build(compiler, dialects, sources, flags, folder):
    """Compile each source in its dialect and link them; (succeeded, what was said)."""
    objects = []
    for dialect, source in zip(dialects, sources):
        thing, said = compiled(compiler, dialect, source, flags)
        if thing is None:
            return False, "did not compile: " + said
        objects.append(thing)
    linker = compiler.cxx if any(map(is_cxx, dialects)) else compiler.cc
    return run([linker, *flags, *objects, "-o", str(Path(folder) / "app")])


def links_and_runs(compiler, dialects, flags, options=""):
    sources = [unit(options, True, KERNEL), unit(options, False, WORKER)]
    with scratch() as folder:
        passed, said = build(compiler, dialects, sources, flags, folder)
        return run([str(Path(folder) / "app")]) if passed else (False, said)


def is_refused(compiler, dialects, flags, name, value, in_kernel):
    """The linker names the option; `in_kernel`: the file with the implementation is the one that differs."""
    options = [define(name, value), ""] if in_kernel else ["", define(name, value)]
    sources = [unit(options[0], True, KERNEL), unit(options[1], False, WORKER)]
    with scratch() as folder:
        passed, said = build(compiler, dialects, sources, flags, folder)
    shown = f"{name.removeprefix('TINYRTOS').lower()}{'' if in_kernel else value}"
    return not passed and bool(re.search(rf"undefined reference.*trt_options\w*{shown}", said)), said or "not refused"


def main():
    report = Report()
    programs = [(compiler, dialects, flags) for compiler in (GCC, CLANG) for dialects in PAIRS
                for flags in (["-O0"], ["-O2"], ["-O2", "-flto"])]
    for compiler, dialects, flags in programs:
        where = f"{compiler.name} {' and '.join(dialects)} {' '.join(flags)}"
        report.case(f"{where}: two files, one of them with the implementation twice", links_and_runs, compiler, dialects,
                    flags)
    for compiler, dialects, flags in programs:
        where = f"{compiler.name} {' and '.join(dialects)} {' '.join(flags)}"
        report.case(f"{where}: options differ", is_refused, compiler, dialects, flags, "TINYRTOS_TICK_BITS", "64", False)
    for compiler in (GCC, CLANG):
        for name, value in SHARED_OPTIONS.items():
            where = f"{compiler.name}: {name}"
            report.case(f"{where} differs", is_refused, compiler, PAIRS[0], ["-O0"], name, value, False)
            report.case(f"{where} differs in the kernel's file", is_refused, compiler, PAIRS[1], ["-O0"], name, value,
                        True)
            report.case(f"{where} agrees", links_and_runs, compiler, PAIRS[0], ["-O0"], define(name, value))
    return report.run()


if __name__ == "__main__":
    with scratch() as OBJECTS:
        sys.exit(main())
