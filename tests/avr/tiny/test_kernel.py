"""Kernel tests on an ATtiny85, in its 8 KB of flash and 512 bytes of RAM: the files whose tests need no more than one
task beside the runner, each test in an image of its own. TAP.
usage: test_kernel.py RUN (the program of run.c)"""
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from test_tiny import COMPILER, TOP

KERNEL = TOP / "tests" / "kernel"
FILES = ["deadline", "delay_ns_fast", "registry", "sem_owner", "task_stats", "time", "time_hz", "time_slow", "timer",
         "watchdog"]
OFF = "SHORTCUTS MUTEXES FLAGS BARRIERS QUEUES PQUEUES STREAMS POOLS JOBS WAIT_ANY TASK_LOCAL"
FLAGS = ["-mmcu=attiny85", "-mcall-prologues", '-DHARNESS_PORT_FILE="harness_avr.h"', "-DHARNESS_NO_TEXT", "-DHELPERS=1",
         "-DHARNESS_LOG=20", "-DHARNESS_STACK=72", "-DHARNESS_RUNNER_STACK=112", "-DTINYRTOS_TICK_BITS=16",
         *[f"-DTINYRTOS_{option}=0" for option in OFF.split()]]


def tests():
    """(file, line, name) of each test."""
    for file in FILES:
        for line, text in enumerate((KERNEL / f"{file}.c").read_text().splitlines(), 1):
            found = re.match(r"KTEST\w*\(\w+, (\w+)", text)
            if found:
                yield file, line, found[1]


def kernel_in(folder):
    """A library of the kernel that files without options of their own share."""
    thing, library = f"{folder}/kernel.o", f"{folder}/kernel.a"
    subprocess.run([*COMPILER, *FLAGS, "-c", KERNEL / "kernel.c", "-o", thing], check=True)
    subprocess.run(["avr-ar", "rc", library, thing], check=True)
    return library


def passes(run, kernel, file, line):
    """(whether the test passes, what it says)."""
    with tempfile.TemporaryDirectory() as folder:
        program = f"{folder}/{file}"
        built = subprocess.run([*COMPILER, *FLAGS, f"-DHARNESS_ONLY={line}", KERNEL / f"{file}.c", kernel,
                                "-o", program],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if built.returncode != 0:
            return False, built.stdout
        ran = subprocess.run([run, "attiny85", program], stdout=subprocess.PIPE, text=True)
        return ran.returncode == 0, ran.stdout


def main(run):
    found, failed = list(tests()), 0
    print(f"1..{len(found)}")
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        kernel = kernel_in(folder)
        results = pool.map(lambda test: passes(run, kernel, *test[:2]), found)
        for number, ((file, _, name), (passed, said)) in enumerate(zip(found, results), 1):
            failed += not passed
            print(f"{'' if passed else 'not '}ok {number} - {file}::{name}", flush=True)
            if not passed:
                print(*[f"# {text}" for text in said.splitlines()], sep="\n")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
