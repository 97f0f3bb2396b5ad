#!/usr/bin/env python3
"""Measure what kernels are compared by, in QEMU and simavr (tools/bench installs what this needs, then calls it).

usage: tools/bench [avr|cortex-m3] [--csv]
           prints a line for each figure, of both ports without a name: name, ours, unit, goal, best peer, ok;
           status 1 when a goal is missed
       tools/bench --write    measures, and keeps the figures in tests/bench/record.csv and drawn in tests/bench/*.svg
       tools/bench --check    measures, and compares with what is kept; status 1 when it differs
       tools/bench --trace NAME
           every instruction of an operation of tests/bench/cortex_m3.c, as it is executed

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


def compile_and_link(compiler, flags, sources, output):
    call(*compiler, *WARNINGS, *SECTIONS, *flags, f"-I{TOP}", *sources, "-o", output)


# --- sizes

OBJECTS = {"task control block": "trt_task_t", "semaphore": "trt_sem_t", "queue header": "trt_queue_t",
           "mutex": "trt_mutex_t", "timer": "trt_timer_t"}
SWITCHES = ("SEMAPHORES", "MUTEXES", "QUEUES", "FLAGS", "TIMERS", "WAIT_ANY", "JOBS", "CONDS", "RWLOCKS", "BARRIERS",
            "POOLS", "PQUEUES", "STREAMS", "WATCHES", "REGISTRY")


def object_sizes(compiler, folder):
    """Bytes of each object in the default configuration."""
    source, built = folder / "objects.c", folder / "objects.o"
    source.write_text('#include "tinyrtos.h"\n' + "".join(
        f"extern char size_{i}[sizeof({kind})];\nchar size_{i}[sizeof({kind})] = {{1}};\n"
        for i, kind in enumerate(OBJECTS.values())))
    compile_and_link(compiler, ["-Os", "-c"], [source], built)
    listing = call(compiler[0].replace("-gcc", "-nm"), "-S", built)
    found = re.findall(r"^\w+ (\w+) \w size_(\d+)$", listing, re.MULTILINE)
    sizes = {int(number): int(size, 16) for size, number in found}
    return {name: str(sizes[i]) for i, name in enumerate(OBJECTS)}


def switched(*used):
    """Flags for a program of size.c: what it does not use is off."""
    features = [f"-DUSES_{name}={int(name in used)}" for name in ("QUEUE", "MUTEX", "TIMER")]
    on = {"SEMAPHORES": "QUEUE", "QUEUES": "QUEUE", "MUTEXES": "MUTEX", "TIMERS": "TIMER"}
    return features + [f"-DTINYRTOS_{name}={int(on.get(name) in used)}" for name in SWITCHES]


# In a linker's map: a section, its size, its file.
LINKED = re.compile(r"^ \.(text|rodata|data|bss)\S*\s+0x\w+\s+0x(\w+) (\S+)$", re.MULTILINE)


def kernel_sizes(used, folder):
    """Flash and RAM of the kernel's object, as linked; flash of what comes with it from the C library."""
    link_map = folder / "size.map"
    compile_and_link(CORTEX_M3, ["-Os", *switched(*used), f"-Wl,-Map={link_map}", "-save-temps=obj"],
                     [BENCH / "kernel.c", BENCH / "size.c", TOP / "ports/cortex-m/startup.c"], folder / "size-")
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


# (name, the figure for few, the figure for many)
GROWTH = [
    ("yield, 2 to 128 ready", "yield, two tasks", "yield, 128 ready at one priority"),
    ("semaphore give, 1 to 128 waiters", "semaphore give, more urgent task returns",
     "semaphore give, the first of 128 returns"),
    ("queue send, 1 to 128 waiters", "queue send, more urgent task returns", "queue send, the first of 128 returns"),
    ("sleep, 0 to 127 waiting", "sleep, farthest of 0", "sleep, farthest of 127"),
    ("timer start, 0 to 127 armed", "timer start, 0 armed", "timer start, 127 armed"),
    ("timer stop, 0 to 127 armed", "timer stop, 0 armed", "timer stop, 127 armed"),
    ("tick, 1 to 128 waiting", "tick, 1 waiting", "tick, 128 waiting"),
]


def build_operations(folder):
    program = folder / "cortex_m3.elf"
    compile_and_link(CORTEX_M3, ["-O2"], [BENCH / "kernel.c", BENCH / "cortex_m3.c", TOP / "ports/cortex-m/startup.c"],
                     program)
    return program


def run_in_qemu(program, name="", more=()):
    """The lines that it prints: about one operation, or the names of all."""
    text = f"enable=on,target=native,arg=bench,arg={name.replace(',', ',,')}"
    return call(*QEMU, *more, "-semihosting-config", text, "-kernel", program).splitlines()


def operations_in_qemu(folder):
    """Each operation in a machine of its own."""
    program = build_operations(folder)
    lines = [line for name in run_in_qemu(program) for line in run_in_qemu(program, name)]
    return dict(line.rsplit(": ", 1) for line in lines)


def steps_of(program, name, folder):
    """What the program says of an operation, and what QEMU says that it has executed (bench_trace.operation)."""
    log = folder / "log"
    said = run_in_qemu(program, name, more=["-singlestep", "-d", "exec,nochain", "-D", log])
    instructions = bench_trace.disassembly(call("arm-none-eabi-objdump", "-d", program))
    return said[0], bench_trace.operation(list(bench_trace.executed(log)), instructions)


def trace(name):
    with tempfile.TemporaryDirectory() as folder:
        said, steps = steps_of(build_operations(Path(folder)), name, Path(folder))
    print(*bench_trace.listing(steps), said, sep="\n")
    return 0


def measure_cortex_m3(folder):
    figures = operations_in_qemu(folder)
    for name, few, many in GROWTH:
        figures["growth of " + name] = str(round(100 * cost(figures[many]) / cost(figures[few])))
    masked = TOP / "tests/target/masked.txt"
    figures["longest masked stretch of any call"] = longest_in(masked, "trt_")
    figures["longest masked stretch of a tick that wakes many"] = longest_in(masked, "trt_tick, .* due")
    figures["two tasks that yield: flash"], *_ = kernel_sizes([], folder)
    figures["two tasks + semaphore + queue: flash"], *_ = kernel_sizes(["QUEUE"], folder)
    flash, ram, library = kernel_sizes(["QUEUE", "MUTEX", "TIMER"], folder)
    return {**figures, "the same + sleep + mutex + timer: flash": flash, "kernel RAM of that": ram,
            "the C library's part of that: flash": library, **object_sizes(CORTEX_M3, folder)}


# --- AVR

def build_runner(folder):
    flags = call("pkg-config", "--cflags", "--libs", "simavr").split()
    call("gcc", "-O2", "-std=gnu11", TOP / "tests/avr/run.c", "-o", folder / "run", *flags)
    return folder / "run"


def cycles_of(source, level, runner, folder):
    program = folder / "cycles.elf"
    compile_and_link([*AVR, "-mmcu=atmega328p"], [level, *LARGE_RAM], [source], program)
    output = call(runner, "--ram-end", "0x3fff", "atmega328p", program)
    figures = {}
    for cycles, masked, name in re.findall(r"^# cycles (\d+) (\d+) (.*)$", output, re.MULTILINE):
        response = RESPONSE if re.search("interrupt|tick", name) else 0
        figures[f"{name}, {level}"] = str(int(cycles) + response)
        if name == "tick waking 16, the first runs":
            figures[f"tick waking 16, longest interrupts-off, {level}"] = masked
    return figures


# Of a whole program; of its RAM the stacks, and the kernel's own state, whatever the program has.
Size = namedtuple("Size", "flash ram stacks kernel")


def avr_sizes(part, flags, sources, folder):
    program = folder / "size.elf"
    compile_and_link([*AVR, f"-mmcu={part}"], ["-Os", "-mrelax", *flags], sources, program)
    text, data, bss = map(int, call("avr-size", program).splitlines()[1].split()[:3])
    symbols = re.findall(r"^\S+ (\S+) [bBdD] (\w+)$", call("avr-nm", "-S", program), re.MULTILINE)
    stacks = sum(int(size, 16) for size, name in symbols if name.endswith("_stack"))
    kernel = sum(int(size, 16) for size, name in symbols if re.match("trt[kp]", name))
    return Size(text + data, data + bss, stacks, kernel)


LIKE_2313 = "attiny4313"  # the same with twice the memory: the kernel refuses tasks on an ATtiny2313
SMALLEST = ["-DTINYRTOS_PRIORITIES=2", "-DTINYRTOS_TICK_BITS=16", "-DTINYRTOS_NAMES=0", "-DTINYRTOS_TASK_LOCAL=0"]
JOBS_ONLY = ["-DTINYRTOS_TASKS=0", "-DTINYRTOS_TIMERS=0", "-DTINYRTOS_TICK_BITS=16"]
NO_TICK = ["-DTINYRTOS_AVR_TICK=0"]


def measure_avr_sizes(folder):
    sources, tiny = [BENCH / "kernel.c", BENCH / "size.c"], TOP / "tests/avr/tiny"
    jobs_sources = [BENCH / "kernel.c", BENCH / "size_jobs.c"]
    two = avr_sizes("atmega328p", [*switched(), *NO_TICK], sources, folder)
    three = avr_sizes("atmega328p", switched("QUEUE", "TIMER"), sources, folder)
    small = avr_sizes("attiny45", ["-flto"], [tiny / "two.c"], folder)
    smaller = avr_sizes(LIKE_2313, [*switched(), *SMALLEST, *NO_TICK, "-DSTACK_BYTES=36"], sources, folder)
    timed = avr_sizes("attiny2313", [], [tiny / "jobs.c"], folder)
    jobs = avr_sizes("attiny13", [*JOBS_ONLY, *NO_TICK, *LARGE_FLASH], jobs_sources, folder)
    return {
        "two tasks that yield: flash": two.flash, "two tasks that yield: RAM less stacks": two.ram - two.stacks,
        "two tasks + semaphore + queue + timer: flash": three.flash,
        "two tasks on an ATtiny45: flash": small.flash, "two tasks on an ATtiny45: RAM with stacks": small.ram,
        "two tasks for an ATtiny2313: flash": smaller.flash, "two tasks for an ATtiny2313: RAM with stacks": smaller.ram,
        "timed jobs on an ATtiny2313: flash": timed.flash,
        "timed jobs on an ATtiny2313: RAM, the kernel's own": timed.kernel,
        "jobs on an ATtiny13: flash": jobs.flash, "jobs on an ATtiny13: RAM, the kernel's own": jobs.kernel,
    }


def measure_avr(folder):
    runner, figures = build_runner(folder), {}
    for level in LEVELS:
        for source in (TOP / "tests/avr/cycles.c", BENCH / "avr_jobs.c"):
            figures.update(cycles_of(source, level, runner, folder))
    calls = TOP / "tests/avr/calls.txt"
    figures["longest interrupts-off stretch of any call"] = longest_in(calls, "trt_")
    figures["stack that a yield takes, what is saved included"] = column_of(calls, "trt_yield, to an equal", 1)
    figures.update({name: str(size) for name, size in measure_avr_sizes(folder).items()})
    return {**figures, **object_sizes([*AVR, "-mmcu=atmega328p"], folder)}


MEASURE = {"cortex-m3": measure_cortex_m3, "avr": measure_avr}


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
        text += [f"{name:<48}{ours:>9}{goal:>9}  {peer:<22}{ok:<4}{unit}" for name, ours, unit, goal, peer, ok in rows]
        text += [summary(lines), ""]
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


def check(figures):
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
