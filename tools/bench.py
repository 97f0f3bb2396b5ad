#!/usr/bin/env python3
"""Measure what kernels are compared by, in QEMU and simavr (tools/bench installs what this needs, then calls it).

usage: tools/bench [avr|cortex-m3] [--csv]
           prints a line for each figure, of both ports without a name: name, ours, unit, goal, best peer, ok;
           and how what was measured was built; status 1 when a goal is missed
       tools/bench --write    measures, and keeps the figures in tests/bench/record.csv and drawn in tests/bench/*.svg
       tools/bench --check    measures, and compares with what is kept; status 1 when it differs
       tools/bench --trace NAME
           every instruction of an operation by its name in the table, as it is executed; on an AVR the cycles so far

The goals, and the figures of other kernels that were measured in the same way, stand in tests/bench/goals.csv. A figure
in instructions/exceptions costs its instructions and 24 for each exception. No figure depends on the machine that
this runs on, or on time.
"""
import csv
import io
import re
import subprocess
import sys
import tempfile
import textwrap
from collections import namedtuple
from pathlib import Path

import bench_plot
import bench_trace

TOP = Path(__file__).resolve().parent.parent
BENCH = TOP / "tests" / "bench"
RECORD = BENCH / "record.csv"
PORTS = ("cortex-m3", "avr")

# A figure: ours and the best other kernel's, as they are printed; None where there is none.
Figure = namedtuple("Figure", "name ours unit goal peer who ok")

WARNINGS = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"]
SECTIONS = ["-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections"]
CORTEX_M3 = ["arm-none-eabi-gcc", "-mcpu=cortex-m3", "-mthumb", "-DTINYRTOS_CPU_HZ=25000000", "-nostartfiles",
             f"-L{TOP}/ports/cortex-m", f"-T{TOP}/ports/cortex-m/boards/mps2.ld"]
QEMU = ["qemu-system-arm", "-M", "mps2-an385", "-nographic", "-monitor", "none", "-serial", "none",
        "-icount", "shift=7,sleep=off"]
AVR = ["avr-gcc", "-DF_CPU=16000000"]
# More memory than a part has, the code being that of the part: RAM for a dozen tasks; flash, to see by how much what is
# too large does not fit.
LARGE_RAM = ["-Wl,--defsym=__stack=0x3fff", "-Wl,--defsym=__DATA_REGION_LENGTH__=0x3f00"]
LARGE_FLASH = ["-Wl,--defsym=__TEXT_REGION_LENGTH__=0x8000"]
RESPONSE = 4  # cycles in which a part enters an interrupt, and simavr in none
LEVELS = ("-Os", "-O2")


def call(*command):
    """Its output; an end of this program when it fails."""
    run = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True, timeout=120)
    if run.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{run.stdout}{run.stderr}")
    return run.stdout


# What figures are of. `command`: the compiler with its flags.
Program = namedtuple("Program", "command sources")


def build(program, output, *more):
    call(*program.command, *WARNINGS, *SECTIONS, *more, f"-I{TOP}", *program.sources, "-o", output)


# --- sizes

OBJECTS = {"task control block": "trt_task_t", "semaphore": "trt_sem_t", "queue header": "trt_queue_t",
           "mutex": "trt_mutex_t", "timer": "trt_timer_t"}
SWITCHES = ("SEMAPHORES", "MUTEXES", "QUEUES", "FLAGS", "TIMERS", "WAIT_ANY", "JOBS", "CONDS", "RWLOCKS", "BARRIERS",
            "POOLS", "PQUEUES", "STREAMS", "WATCHES", "REGISTRY", "CHANNELS")


def object_sizes(port, folder):
    """Bytes of each object."""
    program = PROGRAMS[port]["control blocks"]
    source, built = folder / "objects.c", folder / "objects.o"
    source.write_text('#include "tinyrtos.h"\n' + "".join(
        f"extern char size_{i}[sizeof({kind})];\nchar size_{i}[sizeof({kind})] = {{1}};\n"
        for i, kind in enumerate(OBJECTS.values())))
    build(program._replace(sources=[source]), built)
    listing = call(program.command[0].replace("-gcc", "-nm"), "-S", built)
    found = re.findall(r"^\w+ (\w+) \w size_(\d+)$", listing, re.MULTILINE)
    sizes = {int(number): int(size, 16) for size, number in found}
    return {name: str(sizes[i]) for i, name in enumerate(OBJECTS)}


def switched(*used):
    """Flags for a program of size.c: what it does not use is off."""
    features = [f"-DUSES_{name}={int(name in used)}" for name in ("QUEUE", "MUTEX", "TIMER")]
    on = {"SEMAPHORES": "QUEUE", "QUEUES": "QUEUE", "MUTEXES": "MUTEX", "TIMERS": "TIMER"}
    return features + [f"-DTINYRTOS_{name}=0" for name in SWITCHES if on.get(name) not in used]


# In a linker's map: a section, its size, its file.
LINKED = re.compile(r"^ \.(text|rodata|data|bss)\S*\s+0x\w+\s+0x(\w+) (\S+)$", re.MULTILINE)


def kernel_sizes(program, folder):
    """Flash and RAM of the kernel's object, as linked; flash of what comes with it from the C library."""
    link_map = folder / "size.map"
    build(program, folder / "size-", f"-Wl,-Map={link_map}", "-save-temps=obj")
    text = link_map.read_text().split("Linker script and memory map")[1]
    flash = ram = library = 0
    for section, size, source in LINKED.findall(text):
        if source.endswith("-kernel.o"):
            flash += int(size, 16) if section != "bss" else 0
            ram += int(size, 16) if section in ("data", "bss") else 0
        library += int(size, 16) if ".a(" in source else 0
    return str(flash), str(ram), str(library)


# --- tables that other tests measure and keep, a line for each call

def longest_in(table, pattern):
    """The largest first number of a line that matches."""
    lines = [line for line in table.read_text().splitlines() if re.search(pattern, line)]
    return str(max(int(line.split()[0]) for line in lines if line.startswith(" ")))


def column_of(table, name, column):
    """That number of the line of that name."""
    line = next(line for line in table.read_text().splitlines() if line.endswith(f"  {name}"))
    return re.findall(r"\b\d+\b", line)[column]


# --- Cortex-M3

def cost(figure):
    """One number to compare by."""
    instructions, _, exceptions = figure.partition("/")
    return int(instructions) + 24 * int(exceptions or 0)


# What must not cost more with more: (its name in the figures, the operation, the fewest that # stands for)
GROWTH = [
    ("yield, {} to {} ready", "yield, # ready at one priority", 2),
    ("semaphore give, {} to {} waiters", "semaphore give, the first of # returns", 1),
    ("semaphore take, behind {} to {}", "semaphore take, behind #", 1),
    ("queue send, {} to {} waiters", "queue send, the first of # returns", 1),
    ("queue receive, behind {} to {}", "queue receive, behind #", 1),
    ("sleep, {} to {} waiting", "sleep, farthest of #", 0),
    ("timer start, {} to {} armed", "timer start, # armed", 0),
    ("timer stop, {} to {} armed", "timer stop, # armed", 0),
    ("tick, {} to {} waiting", "tick, # waiting", 1),
]


def series(operation, fewest, most):
    """Names. `most` counts the one that is measured."""
    return [operation.replace("#", str(count)) for count in (fewest, 8, 32, most - (fewest == 0))]


def growth(figures, most):
    """The dearest of each series, in percent of that with the fewest."""
    found = {}
    for name, operation, fewest in GROWTH:
        few, *more = [cost(figures[each]) for each in series(operation, fewest, most)]
        found["growth of " + name.format(fewest, most - (fewest == 0))] = str(round(100 * max(more) / few))
    return found


CORTEX_M3_MOST = 128
STARTUP = TOP / "ports/cortex-m/startup.c"
CORTEX_M3_OPERATIONS = Program([*CORTEX_M3, "-O2"], [BENCH / "kernel.c", BENCH / "cortex_m3.c", STARTUP])
CORTEX_M3_SIZES = {
    name: Program([*CORTEX_M3, "-Os", *switched(*used)], [BENCH / "kernel.c", BENCH / "size.c", STARTUP])
    for name, used in (("two tasks that yield", []), ("two tasks + semaphore + queue", ["QUEUE"]),
                       ("the same + sleep + mutex + timer", ["QUEUE", "MUTEX", "TIMER"]))
}


def build_operations(folder):
    program = folder / "cortex_m3.elf"
    build(CORTEX_M3_OPERATIONS, program)
    return program


def run_in_qemu(program, name="", more=()):
    """The lines that it prints: about one operation, or the names of all."""
    text = f"enable=on,target=native,arg=bench,arg={name.replace(',', ',,')}"
    return call(*QEMU, *more, "-semihosting-config", text, "-kernel", program).splitlines()


def operations_of(program):
    """The names of all that is to be measured: for a # there are the numbers in the goals, and those of the growth."""
    names = run_in_qemu(program)
    wanted = [row["name"] for row in goals_of("cortex-m3")]
    wanted += [name for _, operation, fewest in GROWTH for name in series(operation, fewest, CORTEX_M3_MOST)]
    counted = [re.escape(name).replace(r"\#", r"\d+") for name in names if "#" in name]
    return [name for name in names if "#" not in name] + [
        name for name in dict.fromkeys(wanted) if re.fullmatch("|".join(counted), name)]


def operations_in_qemu(folder):
    """Each operation in a machine of its own."""
    program = build_operations(folder)
    lines = [line for name in operations_of(program) for line in run_in_qemu(program, name)]
    return dict(line.rsplit(": ", 1) for line in lines)


def steps_of(program, name, folder):
    """What the program says of an operation, and what QEMU says that it has executed (bench_trace.operation)."""
    log = folder / "log"
    said = run_in_qemu(program, name, more=["-singlestep", "-d", "exec,nochain", "-D", log])
    instructions = bench_trace.disassembly(call("arm-none-eabi-objdump", "-d", program))
    return said[0], bench_trace.operation(list(bench_trace.executed(log)), instructions)


def measure_cortex_m3(folder):
    figures = operations_in_qemu(folder)
    masked = TOP / "tests/target/masked.txt"
    figures["longest masked stretch of any call"] = longest_in(masked, "trt_")
    figures["longest masked stretch of a tick that wakes many"] = longest_in(masked, "trt_tick, .* due")
    sizes = {name: kernel_sizes(program, folder) for name, program in CORTEX_M3_SIZES.items()}
    _, ram, library = sizes["the same + sleep + mutex + timer"]
    return {**figures, **growth(figures, CORTEX_M3_MOST), **{f"{name}: flash": size[0] for name, size in sizes.items()},
            "kernel RAM of that": ram, "the C library's part of that: flash": library,
            **object_sizes("cortex-m3", folder)}


# --- AVR

def build_runner(folder):
    flags = call("pkg-config", "--cflags", "--libs", "simavr").split()
    call("gcc", "-O2", "-std=gnu11", TOP / "tests/avr/run.c", "-o", folder / "run", *flags)
    return folder / "run"


AVR_MOST = 64  # in avr_growth.c
AVR_OPERATIONS = {
    f"{name}, {level}": Program([*AVR, "-mmcu=atmega328p", level, *LARGE_RAM], [source]) for level in LEVELS
    for name, source in (("operations", TOP / "tests/avr/cycles.c"), ("post a job", BENCH / "avr_jobs.c"))
}
AVR_GROWTH = Program([*AVR, "-mmcu=atmega1284p", "-Os"], [BENCH / "avr_growth.c"])


def run_in_simavr(program, runner, folder, *options):
    """What it prints."""
    part = next(word.removeprefix("-mmcu=") for word in program.command if word.startswith("-mmcu="))
    build(program, folder / "program.elf")
    return call(runner, *options, part, folder / "program.elf")


def cycles_in(output):
    figures = {}
    for cycles, masked, name in re.findall(r"^# cycles (\d+) (\d+) (.*)$", output, re.MULTILINE):
        response = RESPONSE if re.search("interrupt|tick", name) else 0
        figures[name] = str(int(cycles) + response)
        if name == "tick waking 16, the first runs":
            figures["tick waking 16, longest interrupts-off"] = masked
    return figures


def traces_in_simavr(program, runner, folder):
    """What it says of each operation, and what simavr has executed (bench_trace.operations_in_cycles)."""
    output = run_in_simavr(program, runner, folder, "--ram-end", "0x3fff", "--trace")
    instructions = bench_trace.disassembly(call("avr-objdump", "-d", folder / "program.elf"))
    return bench_trace.operations_in_cycles(output, instructions)


def steps_in_cycles(name, folder):
    """As steps_of, on an AVR: the name has its level. None, if it is not one of AVR_OPERATIONS."""
    operation, _, level = name.rpartition(", ")
    programs = [program for key, program in AVR_OPERATIONS.items() if key.endswith(f", {level}")]
    traces = {}
    for program in programs:
        traces.update(traces_in_simavr(program, build_runner(folder), folder))
    return traces.get(operation)


def trace(name):
    """List the instructions of an operation of either port."""
    with tempfile.TemporaryDirectory() as folder:
        said, steps = (steps_in_cycles(name, Path(folder)) or
                       steps_of(build_operations(Path(folder)), name, Path(folder)))
    print(*bench_trace.listing(steps), said, sep="\n")
    return 0


def measure_avr_growth(runner, folder):
    """On a part with much RAM."""
    output = run_in_simavr(AVR_GROWTH, runner, folder)
    apart, fairness = re.search(r"^# rounds (\d+) (.*)$", output, re.MULTILINE).groups()
    figures = {fairness: apart, **growth(cycles_in(output), AVR_MOST)}
    return {f"{name}, ATmega1284P": figure for name, figure in figures.items()}


LIKE_2313 = "attiny4313"  # the same with twice the memory: the kernel refuses tasks on an ATtiny2313
SMALLEST = ["-DTINYRTOS_PRIORITIES=2", "-DTINYRTOS_TICK_BITS=16", "-DTINYRTOS_NAMES=0", "-DTINYRTOS_TASK_LOCAL=0"]
JOBS_ONLY = ["-DTINYRTOS_TASKS=0", "-DTINYRTOS_TIMERS=0", "-DTINYRTOS_TICK_BITS=16"]
NO_TICK = ["-DTINYRTOS_AVR_TICK=0"]


def whole(part, sources, *flags):
    """A program of which all counts."""
    return Program([*AVR, f"-mmcu={part}", "-Os", "-mrelax", *flags], sources)


KERNEL, SIZE, TINY = BENCH / "kernel.c", BENCH / "size.c", TOP / "tests/avr/tiny"
AVR_SIZES = {
    "two tasks that yield": whole("atmega328p", [KERNEL, SIZE], *switched(), *NO_TICK),
    "two tasks + semaphore + queue + timer": whole("atmega328p", [KERNEL, SIZE], *switched("QUEUE", "TIMER")),
    "two tasks on an ATtiny45": whole("attiny45", [TINY / "two.c"], "-flto"),
    "two tasks for an ATtiny2313": whole(LIKE_2313, [KERNEL, SIZE], *switched(), *SMALLEST, *NO_TICK, "-DSTACK_BYTES=36"),
    "timed jobs on an ATtiny2313": whole("attiny2313", [TINY / "jobs.c"]),
    "jobs on an ATtiny13": whole("attiny13", [KERNEL, BENCH / "size_jobs.c"], *JOBS_ONLY, *NO_TICK, *LARGE_FLASH),
}


def avr_sizes(name, program, folder):
    """Flash of a whole program; of its RAM the part without stacks, all, and the kernel's own state."""
    built = folder / "size.elf"
    build(program, built)
    text, data, bss = map(int, call("avr-size", built).splitlines()[1].split()[:3])
    symbols = re.findall(r"^\S+ (\S+) [bBdD] (\w+)$", call("avr-nm", "-S", built), re.MULTILINE)
    stacks = sum(int(size, 16) for size, name in symbols if name.endswith("_stack"))
    kernel = sum(int(size, 16) for size, name in symbols if re.match("trt[kp]", name))
    return {f"{name}: flash": str(text + data), f"{name}: RAM less stacks": str(data + bss - stacks),
            f"{name}: RAM with stacks": str(data + bss), f"{name}: RAM, the kernel's own": str(kernel)}


def measure_avr(folder):
    runner, figures = build_runner(folder), {}
    for name, program in AVR_OPERATIONS.items():
        level = name[-len("-Os"):]
        cycles = cycles_in(run_in_simavr(program, runner, folder, "--ram-end", "0x3fff"))
        figures.update({f"{name}, {level}": figure for name, figure in cycles.items()})
    for name, program in AVR_SIZES.items():
        figures.update(avr_sizes(name, program, folder))
    calls = TOP / "tests/avr/calls.txt"
    figures["longest interrupts-off stretch of any call"] = longest_in(calls, "trt_")
    figures["stack that a yield takes, what is saved included"] = column_of(calls, "trt_yield, to an equal", 1)
    return {**figures, **measure_avr_growth(runner, folder), **object_sizes("avr", folder)}


MEASURE = {"cortex-m3": measure_cortex_m3, "avr": measure_avr}


# --- how it was built

PROGRAMS = {
    "cortex-m3": {"operations, growth, Thread-Metric": CORTEX_M3_OPERATIONS, **CORTEX_M3_SIZES,
                  "control blocks": Program([*CORTEX_M3, "-Os", "-c"], [])},
    "avr": {**AVR_OPERATIONS, "growth, fairness": AVR_GROWTH, **AVR_SIZES,
            "control blocks": Program([*AVR, "-mmcu=atmega328p", "-Os", "-c"], [])},
}
VERSIONS = {"cortex-m3": [("arm-none-eabi-gcc", "--version"), ("qemu-system-arm", "--version")],
            "avr": [("avr-gcc", "--version"), ("pkg-config", "--print-provides", "simavr")]}


def options_of(program):
    """What it sets that is not so by default."""
    options = [word.removeprefix("-DTINYRTOS_") for word in program.command if word.startswith("-DTINYRTOS_")]
    for source in program.sources:
        defined = re.findall(r"^#define TINYRTOS_(\w+) (\w+)$", source.read_text(), re.MULTILINE)
        options += [f"{name}={value}" for name, value in defined]
    return [option for option in options if not option.startswith("CPU_HZ=")]


def configurations(port):
    """How the programs of a table were built, as text."""
    lines = ["; ".join(call(*command).splitlines()[0] for command in VERSIONS[port])]
    for name, program in PROGRAMS[port].items():
        flags = [word for word in program.command if re.match("-[Omf]|-Wl,--defsym", word)]
        lines.append(f"{name}: {' '.join(flags)}; {' '.join(options_of(program)) or 'the default configuration'}")
    return "\n".join(textwrap.fill(line, 120, subsequent_indent="    ", break_on_hyphens=False) for line in lines)


# --- figures beside goals

def goals_of(port):
    with open(BENCH / "goals.csv", newline="") as file:
        return [row for row in csv.DictReader(file) if row["port"] == port]


def figures_of(port, measured):
    """In the order of the goals. What the kernel does not have is no figure of ours, and misses its goal; a figure
    without a goal is there to be seen."""
    figures = []
    for row in goals_of(port):
        ours, goal = measured.get(row["name"]), row["goal"] or None
        ok = ours is not None and (goal is None or cost(ours) <= cost(goal))
        figures.append(Figure(row["name"], ours, row["unit"], goal, row["best peer"] or None, row["who"] or None, ok))
    return figures


def measure(ports):
    figures = {}
    for port in ports:
        with tempfile.TemporaryDirectory() as folder:
            figures[port] = figures_of(port, MEASURE[port](Path(folder)))
    return figures


def row_of(figure):
    peer = f"{figure.peer} {figure.who}" if figure.peer else "-"
    return [figure.name, figure.ours or "-", figure.unit, figure.goal or "-", peer, "yes" if figure.ok else "no"]


def as_csv(figures):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["port", "name", "ours", "unit", "goal", "best peer", "ok"])
    for port, lines in figures.items():
        writer.writerows([port, *row_of(figure)] for figure in lines)
    return text.getvalue()


def is_as_good(figure):
    return figure.ours is not None and cost(figure.ours) <= cost(figure.peer)


def summary(figures):
    aimed, compared = [f for f in figures if f.goal], [f for f in figures if f.peer]
    return (f"{sum(f.ok for f in aimed)} of {len(aimed)} goals reached; "
            f"{sum(map(is_as_good, compared))} of {len(compared)} as good as the best peer or better")


def as_table(figures):
    text = []
    for port, lines in figures.items():
        rows = [[port, "ours", "unit", "goal", "best peer", "ok"], *map(row_of, lines)]
        width = max(len(row[0]) for row in rows)
        text += [f"{name:<{width}}{ours:>9}{goal:>9}  {peer:<22}{ok:<4}{unit}"
                 for name, ours, unit, goal, peer, ok in rows]
        text += [summary(lines), configurations(port), ""]
    return "\n".join(text)


# --- what is kept

def kept(figures):
    """File -> contents."""
    return {RECORD: as_csv(figures),
            **{BENCH / f"{port}.svg": bench_plot.svg(port, lines, cost) for port, lines in figures.items()}}


def record_rows(text):
    """(port, name) -> the rest of a line."""
    return {(port, name): rest for port, name, *rest in csv.reader(io.StringIO(text))}


def differences(old, new):
    """Between two records, in words."""
    before, after = record_rows(old), record_rows(new)
    for key in {**before, **after}:
        then, now = before.get(key, ["nothing"]), after.get(key, ["nothing"])
        if then != now:
            yield f"{key[0]}: {key[1]}: {then[0]} -> {now[0]}" + ("" if then[0] != now[0] else ", goal or peer changed")


def show_evenness(figures):
    """What tools/test prints: the figures that say whether costs stay what they are, and turns are taken."""
    for port, lines in figures.items():
        for figure in lines:
            if figure.name.startswith(("growth", "fairness")):
                print(f"# figure {port}: {figure.name}: {figure.ours} {figure.unit}, goal {figure.goal}")
        print(f"# figure {port}: {summary(lines)}")


def check(figures):
    show_evenness(figures)
    changed = [path for path, text in kept(figures).items() if not path.exists() or path.read_text() != text]
    if RECORD in changed and RECORD.exists():
        print(*differences(RECORD.read_text(), as_csv(figures)), sep="\n")
    if changed:
        print(*[path.name for path in changed], "changed; when this is meant: tools/bench --write, in the same commit")
    return int(changed != [])


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "--trace":
        return trace(arguments[1])
    ports = [word for word in arguments if word in PORTS]
    options = [word for word in arguments if word not in PORTS]
    if options not in ([], ["--csv"]) and (ports or options not in (["--write"], ["--check"])):
        print(__doc__, file=sys.stderr)
        return 2
    figures = measure(ports or PORTS)
    if options == ["--check"]:
        return check(figures)
    if options == ["--write"]:
        for path, text in kept(figures).items():
            path.write_text(text)
    print(as_csv(figures) if options == ["--csv"] else as_table(figures), end="")
    return 0 if options == ["--write"] else int(not all(figure.ok for lines in figures.values() for figure in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
