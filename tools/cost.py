#!/usr/bin/env python3
"""Measure what the kernel costs, with the cross compilers, and print it as the manual's and the README's tables.

usage: cost.py           prints the tables
       cost.py --check   compares them with those in tinyrtos.h and README.md; status 1 when they differ
       cost.py --write   puts them there

RAM of an object is its sizeof. Flash is that of small programs, linked with unused sections removed, at -Os, over a
port that does nothing (tests/compile/stub_port.h): a real port adds its own.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = ROOT / "tinyrtos.h"
STUB = ROOT / "tests" / "compile" / "stub_port.h"

# (title, prefix of the tools, flags)
TARGETS = [
    ("Cortex-M3", "arm-none-eabi-", ["-mcpu=cortex-m3", "-mthumb"]),
    ("ATmega328P", "avr-", ["-mmcu=atmega328p"]),
]

OBJECTS = [
    ("kernel", "struct trtk"), ("task", "trt_task_t"), ("semaphore", "trt_sem_t"), ("mutex", "trt_mutex_t"), ("event flags", "trt_flags_t"),
    ("queue, without its items", "trt_queue_t"), ("timer", "trt_timer_t"), ("passive timer", "trt_deadline_t"),
    ("thing of a trt_wait_any", "trt_wait_t"), ("condition variable", "trt_cond_t"), ("reader-writer lock", "trt_rwlock_t"),
    ("barrier", "trt_barrier_t"), ("priority queue, without items", "trt_pqueue_t"),
    ("stream, without its bytes", "trt_stream_t"), ("pool, without its blocks", "trt_pool_t"),
    ("name of an object", "trt_name_t"), ("watch over parties", "trt_watch_t"),
]

# (title, what a task does in it; each adds to the line before)
PROGRAMS = [
    ("two tasks that yield", "trt_yield();"),
    ("... and a delay", "trt_delay(5);"),
    ("... and a semaphore", "trt_sem_give(&s); trt_sem_take(&s, 5);"),
    ("... and a mutex", "trt_mutex_lock(&m, 5); trt_mutex_unlock(&m);"),
    ("... and a queue", "trt_queue_send(&q, &item, 5); trt_queue_receive(&q, &item, 5);"),
    ("... and event flags", "trt_flags_set(&f, 1); trt_flags_wait(&f, 1, TRT_ALL, NULL, 5);"),
    ("... and a timer", "trt_timer_start(&t); trt_timer_stop(&t);"),
    ("... and trt_wait_any", "trt_wait_sem(&w, &s); trt_wait_any(&w, 1, NULL, 5);"),
]
SWITCHES = ["SEMAPHORES", "MUTEXES", "QUEUES", "FLAGS", "TIMERS", "WAIT_ANY"]
SWITCH_OF_PROGRAM = [None, None, *SWITCHES]
# What none of the programs uses.
UNUSED = ["CONDS", "RWLOCKS", "BARRIERS", "PQUEUES", "STREAMS", "POOLS", "REGISTRY", "WATCHES"]
# Those that need none of the others.
ALONE = [pair for pair in zip(PROGRAMS, SWITCH_OF_PROGRAM) if pair[1] not in (None, "WAIT_ANY")]

SOURCE = """
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"
static char item;
#if TINYRTOS_SEMAPHORES
TRT_SEM_DEFINE(s, 0, 1);
#endif
#if TINYRTOS_MUTEXES
TRT_MUTEX_DEFINE(m, TRT_INHERIT);
#endif
#if TINYRTOS_QUEUES
TRT_QUEUE_DEFINE(q, char, 4);
#endif
#if TINYRTOS_FLAGS
TRT_FLAGS_DEFINE(f);
#endif
#if TINYRTOS_WAIT_ANY
static trt_wait_t w;
#endif
static void work(void *arg);
#if TINYRTOS_TIMERS
TRT_TIMER_DEFINE(t, work, NULL, 5, TRT_PERIODIC);
#endif
static void work(void *arg) { (void)arg; (void)item; for (;;) { %s } }
TRT_TASK_DEFINE(a, work, 1, 128);
TRT_TASK_DEFINE(b, work, 1, 128);
int main(void) { trt_task_start(&a, NULL); trt_task_start(&b, NULL); trt_start(); for (;;) { trt_tick(); } }
"""


def compile_with(prefix, flags, source, output, *more):
    command = [prefix + "gcc", *flags, "-Os", "-std=c99", f"-I{ROOT}", f'-DTINYRTOS_PORT_FILE="{STUB}"',
               "-ffunction-sections", "-fdata-sections", *more, "-x", "c", "-", "-o", str(output)]
    subprocess.run(command, input=source, text=True, check=True)


def sizes_of_objects(prefix, flags, folder):
    source = '#define TINYRTOS_IMPLEMENTATION\n#include "tinyrtos.h"\n' + "".join(
        f"char size_{i}[sizeof({name})] = {{1}};\n" for i, (_, name) in enumerate(OBJECTS))
    compile_with(prefix, flags, source, folder / "sizes.o", "-c")
    listing = subprocess.run([prefix + "nm", "-S", str(folder / "sizes.o")], capture_output=True, text=True, check=True)
    sizes = {int(m[2]): int(m[1], 16) for m in re.finditer(r"\w+ (\w+) \w size_(\d+)", listing.stdout)}
    return [sizes[i] for i in range(len(OBJECTS))]


def flash_of(prefix, flags, calls, on, folder):
    options = [f"-DTINYRTOS_{name}={int(name in on)}" for name in [*SWITCHES, *UNUSED]]
    program = folder / "program.elf"
    compile_with(prefix, flags, SOURCE % calls, program, *options, "-nostartfiles", "-Wl,--gc-sections", "-Wl,-e,main")
    listing = subprocess.run([prefix + "size", str(program)], capture_output=True, text=True, check=True)
    text, data = listing.stdout.splitlines()[1].split()[:2]
    return int(text) + int(data)


def sizes_of_programs(prefix, flags, folder):
    calls, on, sizes = "", [], []
    for (_, more), switch in zip(PROGRAMS, SWITCH_OF_PROGRAM):
        calls += more
        on += [switch] if switch else []
        sizes.append(flash_of(prefix, flags, calls, on, folder))
    return sizes


# (title, option, its default): an option that is on or off
OPTIONS = [
    ("names", "NAMES", 1), ("the user's pointer in a task", "TASK_LOCAL", 1), ("stack check", "STACK_CHECK", 1),
    ("time slices", "TIME_SLICE", 0), ("run times", "RUN_TIME_STATS", 0), ("owners of semaphores", "SEM_OWNERS", 0),
]


def size_of_task(prefix, flags, option, folder):
    source = '#define TINYRTOS_IMPLEMENTATION\n#include "tinyrtos.h"\nchar task[sizeof(trt_task_t)] = {1};\n'
    compile_with(prefix, flags, source, folder / "task.o", "-c", *option)
    listing = subprocess.run([prefix + "nm", "-S", str(folder / "task.o")], capture_output=True, text=True, check=True)
    return int(re.search(r"\w+ (\w+) \w task\n", listing.stdout)[1], 16)


def objects_alone(prefix, flags, folder):
    """What each kind of object adds to two tasks that yield and delay."""
    base = PROGRAMS[0][1] + PROGRAMS[1][1]
    without = flash_of(prefix, flags, base, [], folder)
    return [flash_of(prefix, flags, base + calls, [switch], folder) - without for (_, calls), switch in ALONE]


def options_alone(prefix, flags, folder):
    """What each option, on against off, adds to the same with a semaphore; and to a task's RAM."""
    calls = "".join(calls for _, calls in PROGRAMS[:3])

    def sizes(*option):
        flash = flash_of(prefix, [*flags, *option], calls, ["SEMAPHORES"], folder)
        return flash, size_of_task(prefix, flags, option, folder)

    usual, changes = sizes(), []
    for _, name, default in OPTIONS:
        other = sizes(f"-DTINYRTOS_{name}={1 - default}")
        changes.append([(ours - theirs) * (1 if default else -1) for ours, theirs in zip(usual, other)])
    return changes


def line(title, *columns):
    return f"{title:<34}" + "".join(f"{column:>12}" for column in columns)


def table_of_each_alone():
    with tempfile.TemporaryDirectory() as folder:
        objects = [objects_alone(prefix, flags, Path(folder)) for _, prefix, flags in TARGETS]
        options = [options_alone(prefix, flags, Path(folder)) for _, prefix, flags in TARGETS]
    lines = [line("flash that each adds alone, bytes", *[title for title, _, _ in TARGETS])]
    lines += [line(f"    {title.removeprefix('... and ')}", *sizes) for ((title, _), _), *sizes in zip(ALONE, *objects)]
    lines.append("an option: flash, RAM of a task")
    return lines + [line(f"    {title}", *[f"{flash}, {ram}" for flash, ram in sizes])
                    for (title, _, _), *sizes in zip(OPTIONS, *options)]


def table():
    columns = []
    with tempfile.TemporaryDirectory() as folder:
        for _, prefix, flags in TARGETS:
            columns.append((sizes_of_objects(prefix, flags, Path(folder)), sizes_of_programs(prefix, flags, Path(folder))))
    lines = ["RAM, bytes".ljust(34) + "".join(title.rjust(12) for title, _, _ in TARGETS)]
    for i, (title, _) in enumerate(OBJECTS):
        lines.append(("    " + title).ljust(34) + "".join(str(c[0][i]).rjust(12) for c in columns))
    lines.append("flash, bytes, without the port")
    for i, (title, _) in enumerate(PROGRAMS):
        lines.append(("    " + title).ljust(34) + "".join(str(c[1][i]).rjust(12) for c in columns))
    return lines


# Where the table stands: file, what comes before it and after it, what each of its lines begins with.
PLACES = [
    (HEADER, "// Measured by tools/cost.py, at -Os, default options:\n//\n", "//\n// (end of the table)\n", "//     "),
    (ROOT / "README.md", "<!-- figures -->\n```text\n", "```\n<!-- end of figures -->\n", ""),
]


# The same for that of each alone.
PLACES_ALONE = [(ROOT / "README.md", "<!-- each alone -->\n```text\n", "```\n<!-- end of each alone -->\n", "")]


def update(path, before, after, block, write):
    """Put the block into the file, or say whether it is there."""
    text = path.read_text()
    begin = text.index(before) + len(before)
    end = text.index(after, begin)
    if write:
        path.write_text(text[:begin] + block + text[end:])
    elif text[begin:end] != block:
        print(f"{path.name}: the table is not what tools/cost.py measures; it is\n{block}", end="")
        return False
    return True


def main(arguments):
    tables = [(table(), PLACES), (table_of_each_alone(), PLACES_ALONE)]
    if arguments not in (["--check"], ["--write"]):
        print("\n".join(text for lines, _ in tables for text in lines))
        return 0
    right = [update(path, before, after, "".join(f"{mark}{text}\n" for text in lines), arguments == ["--write"])
             for lines, places in tables for path, before, after, mark in places]
    return 0 if all(right) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
