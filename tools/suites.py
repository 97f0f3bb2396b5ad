#!/usr/bin/env python3
"""Build and run the test suites (tools/test installs what this needs, then calls it).

usage: tools/test [--full] [NAME...]

Without a name everything runs. The names:

{names}

--full adds {full}, and the whole cross product in `compile`.
Each configuration is built in build/NAME, in the time that the tests of those before it leave. When all that `rows`
names have run, the rows of tests/rows.csv are listed with the tests that cover them on each port. The status is not 0
when anything failed, or a row has no test.
"""
import json
import os
import re
import subprocess
import sys
import time
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import rows

TOP = Path(__file__).resolve().parent.parent

# A way to build (compiler, options for `meson setup`) and to run (options for `meson test`) some suites.
Configuration = namedtuple("Configuration", "name shows suites cc setup run")
KERNEL = ("kernel", "host")
SANITIZE = ["-Db_sanitize=address,undefined", "-Doptimization=0", "-Ddebug=true", "-Db_lundef=false",
            "-Dc_args=-fno-sanitize-recover=all -fno-omit-frame-pointer"]
# A guard page ends a program by a signal: under valgrind that is an error, so suite `overflow` stays out. Each test
# is a process, and valgrind takes half a second to start: `wrap`, the same tests with another clock, stays out too.
VALGRIND = ["--no-suite=overflow", "--no-suite=wrap", "--timeout-multiplier=20",
            "--wrap=valgrind -q --vgdb=no --trace-children=yes --error-exitcode=99 --leak-check=full"]


# The kernel tests on a machine of QEMU; each with another optimisation, so that these are tried as well.
def target(core, machine, level):
    cross = [f"--cross-file={TOP}/ports/cortex-m/cross/{core}.ini", f"--cross-file={TOP}/tests/target/{machine}.ini"]
    return Configuration(core, f"every kernel test on a {core.replace('cortex-m', 'Cortex-M')}, QEMU's {machine}",
                         ("kernel", "target"), "gcc", [*cross, f"-Doptimization={level}", "-Dc_std=c99"], [])


# The same on an AVR in simavr.
def avr(part, level):
    cross = [f"--cross-file={TOP}/ports/avr/cross/{part}.ini", f"--cross-file={TOP}/tests/avr/{part}.ini"]
    return Configuration(f"avr-{part}", f"every kernel test that fits, on an {part.replace('atmega', 'ATmega')}, in simavr",
                         ("kernel", "avr"), "gcc", [*cross, f"-Doptimization={level}", "-Dc_std=c99"], [])


def option(text, level="2"):
    return [f"-Dc_args=-D{text}", f"-Doptimization={level}"]


PLAIN = [
    Configuration("kernel", "every primitive, on the host", ("kernel",), "gcc", [], []),
    Configuration("host", "the host port", ("host",), "gcc", [], []),
    Configuration("examples", "each example's output", ("examples",), "gcc", [], []),
    Configuration("compile", "dialects, compilers, options, errors, linking", ("compile",), "gcc", [], []),
    Configuration("tools", "the programs in tools/", ("tools",), "gcc", [], []),
    Configuration("bench", "the figures of tools/bench are those that are kept", ("bench",), "gcc", [], []),
]
VARIANTS = [
    Configuration("asan-clang", "kernel and host with clang's Address- and UndefinedBehaviorSanitizer", KERNEL, "clang",
                  SANITIZE, []),
    Configuration("ucontext", "the host port with plain ucontext, and few lists of timeouts", ("host",), "gcc",
                  option("TINYRTOS_HOST_UCONTEXT=1 -DTINYRTOS_TIMEOUT_BUCKETS=5"), []),
    Configuration("tick16", "every primitive with 16-bit ticks and one list of timeouts, -O0", ("kernel",), "gcc",
                  option("TINYRTOS_TICK_BITS=16 -DTINYRTOS_TIMEOUT_BUCKETS=1", "0"), []),
    Configuration("small", "the same with timeouts in one chain and no shortcuts, -O1", ("kernel",), "gcc",
                  option("TRTP_TIMEOUT_CHAIN -DTINYRTOS_SHORTCUTS=0", "1"), []),
    Configuration("cooperative", "suite `cooperative` without preemption", ("cooperative",), "gcc",
                  option("TINYRTOS_PREEMPTION=0"), []),
]
TARGETS = [
    target("cortex-m0", "microbit", "s"),
    target("cortex-m3", "mps2-an385", "2"),
    target("cortex-m4f", "mps2-an386", "s"),
    target("cortex-m33", "mps2-an505", "0"),
]
AVRS = [
    avr("atmega328p", "s"),
    avr("atmega2560", "2"),
]
# The other cores: an M7 on a machine of its own, the rest on those above.
TARGETS_FULL = [
    target("cortex-m7", "mps2-an500", "1"),
    target("cortex-m0plus", "mps2-an385", "2"),
    target("cortex-m4", "mps2-an386", "3"),
    target("cortex-m23", "mps2-an505", "s"),
    target("cortex-m33f", "mps2-an505", "2"),
]
AVRS_FULL = [
    avr("atmega1284p", "1"),
    avr("atmega32u4", "s"),
]
# What the time of a run on every change (20 minutes) has no room for.
FULL = [
    Configuration("clang", "kernel and host with clang", KERNEL, "clang", [], []),
    Configuration("asan", "the same with gcc's sanitizers", KERNEL, "gcc", SANITIZE, []),
    Configuration("lto", "kernel and host with -O3 -flto", KERNEL, "gcc", ["-Doptimization=3", "-Db_lto=true"], []),
    Configuration("tick64", "the same with 64-bit ticks, -Os", KERNEL, "gcc", option("TINYRTOS_TICK_BITS=64", "s"), []),
    Configuration("valgrind", "the host port under valgrind", ("host",), "gcc", [], VALGRIND),
    Configuration("asan-ucontext", "plain ucontext under gcc's sanitizers", KERNEL, "gcc",
                  SANITIZE[:-1] + [SANITIZE[-1] + " -DTINYRTOS_HOST_UCONTEXT=1"], []),
    Configuration("valgrind-kernel", "every primitive under valgrind", ("kernel",), "gcc", [], VALGRIND),
    Configuration("clang-lto", "clang with -O3 -flto", KERNEL, "clang", ["-Doptimization=3", "-Db_lto=true"], []),
    *TARGETS_FULL,
    *AVRS_FULL,
]
CONFIGURATIONS = PLAIN + VARIANTS + TARGETS + AVRS + FULL
# A name for several.
GROUPS = {
    "cortex-m": [c.name for c in TARGETS + TARGETS_FULL[:1]],
    "avr": [c.name for c in AVRS + AVRS_FULL[:1]],
    "rows": rows.NEEDED,
}


def usage():
    names = "\n".join([f"  {c.name:<16}{c.shows}" for c in CONFIGURATIONS] +
                      [f"  {name:<16}{', '.join(members)}" for name, members in GROUPS.items()])
    return __doc__.format(names=names, full=", ".join(c.name for c in FULL))


def chosen(names, full):
    """The configurations to run, in the table's order."""
    names = [member for name in names for member in GROUPS.get(name, [name])]
    unknown = set(names) - {c.name for c in CONFIGURATIONS}
    if unknown:
        sys.exit(f"tools/test: no suite called {', '.join(sorted(unknown))}; see tools/test --help")
    if names:
        return [c for c in CONFIGURATIONS if c.name in names]
    return [c for c in CONFIGURATIONS if full or c not in FULL]


def build_folder(configuration):
    """Configurations that are built alike share a folder."""
    first = next(c for c in CONFIGURATIONS if (c.cc, c.setup) == (configuration.cc, configuration.setup))
    return TOP / "build" / ("gcc" if first in PLAIN else first.name)


def setup_options(configuration):
    """For `meson setup`. With --full, an interrupt comes at every instruction of a sweep."""
    full = os.environ.get("TINYRTOS_TEST_FULL") and "target" in configuration.suites
    return [*configuration.setup, *(["-Dc_args=-DSWEEP_STEP=1u"] if full else [])]


def set_up(configuration, folder):
    """Make `folder` ready to build; what goes wrong, or "". One that was made by another line of the table is made
    anew."""
    command = ["meson", "setup", "--wipe", str(folder), str(TOP), *setup_options(configuration)]
    stamp, made_by = folder / "made-by", f"CC={configuration.cc} {' '.join(command)}"
    if stamp.exists() and stamp.read_text() == made_by:
        return ""
    if not (folder / "meson-private" / "coredata.dat").exists():  # never, or never successfully
        command.remove("--wipe")
    run = subprocess.run(command, env={**os.environ, "CC": configuration.cc}, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True)
    if run.returncode != 0:
        return run.stdout
    stamp.write_text(made_by)
    return ""


def programs(configuration, folder):
    """The files that the suites need, as Meson says; none stands for all that there is."""
    info = folder / "meson-info"
    tests, targets = (json.loads((info / f"intro-{what}.json").read_text()) for what in ("tests", "targets"))
    files = {target["id"]: target["filename"] for target in targets}
    suites = {f"tinyrtos:{suite}" for suite in configuration.suites}
    needed = {target for test in tests if suites & set(test["suite"]) for target in test["depends"]}
    return sorted(os.path.relpath(file, folder) for target in needed for file in files[target])


def prepare(configuration):
    """Set up and build, while tests run, which come first; what goes wrong, or ""."""
    folder = build_folder(configuration)
    wrong = set_up(configuration, folder)
    if wrong:
        return wrong
    command = ["nice", "-n", "5", "ninja", "-C", str(folder), *programs(configuration, folder)]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return run.stdout if run.returncode != 0 else ""


def logs(folder):
    """Meson's log of a run; under a wrapper it carries the wrapper's name."""
    return list((folder / "meson-logs").glob("testlog*.json"))


def tests_in_logs(folder):
    """How many tests ran, the subtests counted one by one; and Criterion's own summaries."""
    count, summaries = 0, []
    for line in "".join(log.read_text() for log in logs(folder)).splitlines():
        test = json.loads(line)
        output = (test.get("stdout", "") + test.get("stderr", "")).splitlines()
        count += len([text for text in output if text.startswith(("ok ", "not ok "))]) or 1
        summaries += [f"{test['name']}: {text}" for text in output if "Synthesis:" in text]
    return count, summaries


def sweeps_in_logs(folder):
    """What the sweeps of a target report, as a text; None when there was no sweep."""
    text = "".join(log.read_text() for log in logs(folder))
    found = re.findall(r"# all: points (\d+), runs (\d+)", text)
    if not found:
        return None
    points, runs = zip(*[map(int, sweep) for sweep in found])
    masked = re.findall(r"longest masked stretch (\d+)( cycles)?", text)  # counted in instructions, or as it says
    longest = max(((int(length), unit or " instructions") for length, unit in masked), default=None)
    return f"{sum(points)} points hit in {sum(runs)} runs" + (
        f", longest masked stretch {longest[0]}{longest[1]}" if longest else "")


def figures_in_logs(folder):
    """What `tools/bench --check` shows, line by line."""
    text = "".join(json.loads(line).get("stdout", "") for log in logs(folder) for line in log.read_text().splitlines())
    return re.findall(r"^# figure (.*)$", text, re.MULTILINE)


def sizes_in_logs(folder):
    """What the kernel takes of a part's memories, as a text; "" where that is not measured."""
    found = re.search(r"# (kernel: RAM \d+ bytes, flash \d+ bytes)", "".join(log.read_text() for log in logs(folder)))
    return f", {found[1]}" if found else ""


def run(configuration, prepared):
    """Run what is prepared, or being prepared; returns (passed, number of tests)."""
    folder = build_folder(configuration)
    if not prepared.done():
        print(f"building in {folder.relative_to(TOP)}", flush=True)
    wrong = prepared.result()
    if wrong:
        print(wrong)
        return False, 0
    for log in logs(folder):
        log.unlink()
    suites = [f"--suite={suite}" for suite in configuration.suites]
    status = subprocess.run(["meson", "test", "-C", str(folder), "--no-rebuild", "--print-errorlogs", *suites,
                             *configuration.run])
    count, summaries = tests_in_logs(folder)
    print("\n".join(summaries + figures_in_logs(folder)))
    sweeps = sweeps_in_logs(folder)
    if sweeps is not None:
        print(f"{configuration.name}: {count} tests, {sweeps}{sizes_in_logs(folder)}")
    return status.returncode == 0 and count > 0, count


def run_all(configurations):
    """(name, passed, number of tests, seconds) of each; and what rows.py wants to know of it."""
    results, outcomes = [], {}
    pool = ThreadPoolExecutor(1)
    try:
        for configuration, prepared in [(c, pool.submit(prepare, c)) for c in configurations]:
            print(f"\n=== {configuration.name}: {configuration.shows}", flush=True)
            start = time.monotonic()
            passed, count = run(configuration, prepared)
            results.append((configuration.name, passed, count, time.monotonic() - start))
            outcomes[configuration.name] = rows.outcomes(logs(build_folder(configuration)))
    finally:
        pool.shutdown(cancel_futures=True)
    return results, outcomes


def main(arguments):
    if "--help" in arguments or "-h" in arguments:
        print(usage())
        return 0
    full = "--full" in arguments
    if full:
        os.environ["TINYRTOS_TEST_FULL"] = "1"
    start = time.monotonic()
    results, outcomes = run_all(chosen([name for name in arguments if name != "--full"], full))
    if all(name in outcomes for name in rows.NEEDED):
        text, fine = rows.report(outcomes)
        print(f"\n=== rows\n{text}")
        results.append(("rows", fine, len(text.splitlines()) - 1, 0))
    print("\n=== summary")
    for name, passed, count, seconds in results:
        print(f"{'ok    ' if passed else 'FAILED'} {name:<14}{count:>6} tests {seconds:>6.0f} s")
    failed = [name for name, passed, _, _ in results if not passed]
    print(f"{len(results) - len(failed)} of {len(results)} passed, {time.monotonic() - start:.0f} s" +
          (f"; failed: {' '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
