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
    ("ATmega328P", "avr-", ["-mmcu=atmega328p", "-DTRTP_TIMEOUT_CHAIN"]),  # as its port has
]

OBJECTS = [
    ("kernel", "struct trtk"), ("task", "trt_task_t"), ("semaphore", "trt_sem_t"), ("mutex", "trt_mutex_t"), ("event flags", "trt_flags_t"),
    ("queue, without its items", "trt_queue_t"), ("timer", "trt_timer_t"), ("passive timer", "trt_deadline_t"),
    ("thing of a trt_wait_any", "trt_wait_t"),
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
# Switches that are on by default: off in what is measured, but for those that a line names.
OTHER_SWITCHES = ["CHANNELS", "CONDS", "RWLOCKS", "BARRIERS", "PQUEUES", "STREAMS", "POOLS", "JOBS", "REGISTRY", "WATCHES"]

# What each adds by itself to two tasks that yield and delay: (row, title, options, declaration, what a task does, the
# type whose RAM it takes; None: it is a task's)
EACH = [
    ("Y2", "semaphore", ["SEMAPHORES=1"], "TRT_SEM_DEFINE(x, 0, 1);", "trt_sem_give(&x); trt_sem_take(&x, 5);", "trt_sem_t"),
    ("Y2", "owner of a semaphore", ["SEMAPHORES=1", "SEM_OWNERS=1"], "TRT_SEM_DEFINE(x, 0, 1);",
     "trt_sem_set_owner(&x, &a); trt_sem_give(&x); trt_sem_take(&x, 5);", "trt_sem_t"),
    ("Y3", "mutex", ["MUTEXES=1"], "TRT_MUTEX_DEFINE(x, TRT_INHERIT);",
     "trt_mutex_lock(&x, 5); trt_mutex_unlock(&x);", "trt_mutex_t"),
    ("Y6", "condition variable, with its mutex", ["MUTEXES=1", "CONDS=1"],
     "TRT_MUTEX_DEFINE(m, TRT_INHERIT); TRT_COND_DEFINE(x);",
     "trt_mutex_lock(&m, 5); trt_cond_wait(&x, &m, 5); trt_cond_signal(&x); trt_mutex_unlock(&m);", "trt_cond_t"),
    ("Y9", "reader-writer lock", ["MUTEXES=1", "RWLOCKS=1"], "TRT_RWLOCK_DEFINE(x);",
     "trt_rwlock_read_lock(&x, 5); trt_rwlock_read_unlock(&x); trt_rwlock_write_lock(&x, 5); trt_rwlock_write_unlock(&x);",
     "trt_rwlock_t"),
    ("Y7", "event flags", ["FLAGS=1"], "TRT_FLAGS_DEFINE(x);",
     "trt_flags_set(&x, 1); trt_flags_wait(&x, 1, TRT_ALL, NULL, 5);", "trt_flags_t"),
    ("Y10", "barrier", ["BARRIERS=1"], "TRT_BARRIER_DEFINE(x, 2);", "trt_barrier_wait(&x, 5);", "trt_barrier_t"),
    ("M1", "queue", ["QUEUES=1"], "TRT_QUEUE_DEFINE(x, char, 4);",
     "trt_queue_send(&x, &item, 5); trt_queue_receive(&x, &item, 5);", "trt_queue_t"),
    ("M8", "queue with priorities", ["PQUEUES=1"], "TRT_PQUEUE_DEFINE(x, char, 4);",
     "trt_pqueue_send(&x, &item, 3, 5); trt_pqueue_receive(&x, &item, 5);", "trt_pqueue_t"),
    ("M6", "stream", ["STREAMS=1"], "TRT_STREAM_DEFINE(x, 8, 1); static uint16_t n;",
     "trt_stream_send(&x, &item, 1, 5); trt_stream_receive(&x, &item, 1, &n, 5);", "trt_stream_t"),
    ("M7", "pool", ["POOLS=1"], "TRT_POOL_DEFINE(x, int, 4); static void *block;",
     "trt_pool_take(&x, &block, 5); trt_pool_give(&x, block);", "trt_pool_t"),
    ("M4", "mailbox, with its queue", ["QUEUES=1", "MAIL=1"], "TRT_MAILBOX_DEFINE(x, 2); static trt_message_t n;",
     "trt_mail_set_box(&a, &x); trt_mail_send(&a, 200, n.payload, 5); trt_mail_receive(&n, 5);", None),
    ("M5", "rendezvous", ["MUTEXES=1", "CHANNELS=1"], "TRT_CHANNEL_DEFINE(x); static trt_call_t n;",
     "trt_channel_serve(&x); trt_channel_call(&x, &n, 5); trt_channel_accept(&x, &n, 5); trt_channel_answer(&x, TRT_OK);",
     "trt_channel_t"),
    ("E1", "notification", ["NOTES=1"], "", "trt_note_set(&a, 0, 1, 2); trt_note_wait(&a, 0, 1, TRT_CLEAR, NULL, 5);", None),
    ("E5", "services and conditions", ["PASSES=1"],
     "static bool is(void *x) { return x != NULL; } static void run(void *x) { (void)x; } TRT_SERVICE_DEFINE(x, run, NULL);",
     "trt_service_add(&x); trt_until(is, NULL, 5);", "trt_service_t"),
    ("E4", "trt_wait_any, for a semaphore", ["SEMAPHORES=1", "WAIT_ANY=1"], "TRT_SEM_DEFINE(x, 0, 1); static trt_wait_t w;",
     "trt_sem_give(&x); trt_wait_sem(&w, &x); trt_wait_any(&w, 1, NULL, 5);", "trt_wait_t"),
    ("C3", "passive timer", [], "static TRT_DEADLINE_DEFINE(x);", "trt_deadline_start(&x, 5); trt_deadline_status(&x);",
     "trt_deadline_t"),
    ("C4", "timer", ["TIMERS=1"], "static void run(void *x) { (void)x; } TRT_TIMER_DEFINE(x, run, NULL, 5, TRT_PERIODIC);",
     "trt_timer_start(&x); trt_timer_stop(&x);", "trt_timer_t"),
    ("S7", "jobs in a task", ["JOBS=1"], "static void run(void *x) { (void)x; } TRT_JOBS_DEFINE(x, {run, NULL});",
     "trt_job_post(&x, 0); trt_jobs_run(&x);", "trt_jobs_t"),
    ("I6", "deferred calls, with their queue", ["JOBS=1", "QUEUES=1"], "TRT_QUEUE_DEFINE(x, trt_job_t, 4);",
     "trt_calls_defer(&x, work, NULL); trt_calls_run(&x);", "trt_queue_t"),
    ("M3", "name of an object", ["REGISTRY=1"], "static trt_name_t x;", 'trt_name_add(&x, &a, "a"); trt_name_find("a");',
     "trt_name_t"),
    ("D6", "watchdog", ["WATCHES=1"], "TRT_WATCH_DEFINE(x, 3);", "trt_watch_check_in(&x, 0);", "trt_watch_t"),
    ("S3", "turns among equals", ["TIME_SLICE=1"], "", "", None),
    ("S4", "budgets", ["BUDGETS=1"], "", "trt_task_set_budget(&a, TRT_BUDGET_SHARE, 5);", None),
    ("T2", "names of tasks", ["NAMES=1"], "", "", None),
    ("T6", "stopping, and protection from it", ["STOP_PROTECTION=1"], "",
     "trt_task_protect(); trt_task_unprotect(); trt_task_stop(&a);", None),
    ("T8", "switch hooks", ["SWITCH_HOOKS=1"], "", "trt_task_set_switch_hook(&a, NULL);", None),
    ("T10", "the user's pointer in a task", ["TASK_LOCAL=1"], "", "trt_task_set_local(&a, &item);", None),
    ("T10", "run times", ["RUN_TIME_STATS=1"], "", "trt_task_run_time(&a);", None),
    ("T11", "stack check", ["STACK_CHECK=1"], "", "", None),
    ("D5", "dump", ["DUMP=1", "NAMES=1"], "static void put(char c) { (void)c; }", "trt_dump(put);", None),
]
# Off for a line of EACH, unless it names them.
EACH_OFF = {"NAMES": 0, "TASK_LOCAL": 0, "STACK_CHECK": 0}

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

EACH_SOURCE = """
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"
static char item;
static void work(void *arg);
TRT_TASK_DEFINE(a, work, 1, 128);
TRT_TASK_DEFINE(b, work, 1, 128);
%s
static void work(void *arg) { (void)arg; (void)item; for (;;) { %s } }
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


def flash_of(prefix, flags, calls, on, folder, *more):
    options = [f"-DTINYRTOS_{name}={int(name in on)}" for name in SWITCHES + OTHER_SWITCHES] + [*more]
    return linked_size(prefix, flags, SOURCE % calls, options, folder)


def linked_size(prefix, flags, source, options, folder):
    program = folder / "program.elf"
    compile_with(prefix, flags, source, program, *options, "-nostartfiles", "-Wl,--gc-sections", "-Wl,-e,main")
    listing = subprocess.run([prefix + "size", str(program)], capture_output=True, text=True, check=True)
    text, data = listing.stdout.splitlines()[1].split()[:2]
    return int(text) + int(data)


def sizes_of_programs(prefix, flags, folder):
    calls, on, sizes = "", [], []
    for (_, more), switch in zip(PROGRAMS, SWITCH_OF_PROGRAM):
        calls += more
        on += [switch] if switch else []
        sizes.append(flash_of(prefix, flags, calls, on, folder))
    return sizes + [flash_of(prefix, flags, calls, on, folder, "-DTINYRTOS_SHORTCUTS=0")]


def size_of(prefix, flags, name, options, folder):
    source = f'#include "tinyrtos.h"\nchar size[sizeof({name})] = {{1}};\n'
    compile_with(prefix, flags, source, folder / "size.o", "-c", *options)
    listing = subprocess.run([prefix + "nm", "-S", str(folder / "size.o")], capture_output=True, text=True, check=True)
    return int(re.search(r"\w+ (\w+) \w size\n", listing.stdout)[1], 16)


def each_alone(prefix, flags, folder):
    """(flash, RAM) that each line of EACH adds."""
    def options(on):
        values = {**{name: 0 for name in SWITCHES + OTHER_SWITCHES}, **EACH_OFF,
                  **dict(option.split("=") for option in on)}
        return [f"-DTINYRTOS_{name}={value}" for name, value in values.items()]

    def flash(on, declaration, calls):
        source = EACH_SOURCE % (declaration, PROGRAMS[0][1] + PROGRAMS[1][1] + calls)
        return linked_size(prefix, flags, source, options(on), folder)

    without, task = flash([], "", ""), size_of(prefix, flags, "trt_task_t", options([]), folder)
    return [(flash(on, declaration, calls) - without,
             size_of(prefix, flags, name or "trt_task_t", options(on), folder) - (0 if name else task))
            for _, _, on, declaration, calls, name in EACH]


def line(title, *columns):
    return f"{title:<44}" + "".join(f"{column:>12}" for column in columns)


def table_of_each_alone():
    with tempfile.TemporaryDirectory() as folder:
        each = [each_alone(prefix, flags, Path(folder)) for _, prefix, flags in TARGETS]
    return [line("flash, RAM of one (or in each task)", *[title for title, _, _ in TARGETS])] + [
        line(f"    {row:<5}{title}", *[f"{flash}, {ram}" for flash, ram in sizes])
        for (row, title, *_), *sizes in zip(EACH, *each)]


def table():
    columns = []
    with tempfile.TemporaryDirectory() as folder:
        for _, prefix, flags in TARGETS:
            columns.append((sizes_of_objects(prefix, flags, Path(folder)), sizes_of_programs(prefix, flags, Path(folder))))
    lines = ["RAM, bytes".ljust(34) + "".join(title.rjust(12) for title, _, _ in TARGETS)]
    for i, (title, _) in enumerate(OBJECTS):
        lines.append(("    " + title).ljust(34) + "".join(str(c[0][i]).rjust(12) for c in columns))
    lines.append("flash, bytes, without the port")
    for i, title in enumerate([title for title, _ in PROGRAMS] + ["all that, no shortcuts"]):
        lines.append(("    " + title).ljust(34) + "".join(str(c[1][i]).rjust(12) for c in columns))
    return lines


# Where the table stands: file, what comes before it and after it, what each of its lines begins with.
PLACES = [
    (HEADER, "// Measured by tools/cost.py, at -Os, default options:\n//\n", "//\n// (end of the table)\n", "//     "),
    (ROOT / "README.md", "<!-- figures -->\n```text\n", "```\n<!-- end of figures -->\n", ""),
]


# The same for that of each alone.
PLACES_ALONE = [
    (HEADER, "// Each by itself adds, to two tasks that yield and delay:\n//\n", "//\n// (end of what each adds)\n", "//     "),
    (ROOT / "README.md", "<!-- each alone -->\n```text\n", "```\n<!-- end of each alone -->\n", ""),
]


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
