"""The smallest parts: each program fits, runs, and leaves the kernel no more RAM than it should have. TAP.
usage: test_tiny.py RUN (the program of run.c)"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[2]
COMPILER = ["avr-gcc", "-Os", "-std=c99", "-Wall", "-Wextra", "-Werror", "-ffunction-sections", "-fdata-sections",
            "-Wl,--gc-sections", "-mrelax", "-DF_CPU=8000000", f"-I{TOP}"]

# [part, program, flags, the most bytes of RAM that may be the kernel's own (None: no goal)]
PROGRAMS = [
    ("attiny2313", "jobs", [], 8),
    ("attiny2313", "jobs", ["-DTINYRTOS_AVR_TIMER=1"], 8),
    ("attiny85", "jobs", ["-DTINYRTOS_TICKLESS=1"], None),
    ("attiny85", "tickless", ["-mcall-prologues"], None),
    ("attiny45", "two", ["-flto"], None),
]


def sizes(program):
    """Flash and RAM of the whole; RAM that is the kernel's own, whatever the program has."""
    text, data, bss = map(int, subprocess.run(["avr-size", program], stdout=subprocess.PIPE, text=True,
                                              check=True).stdout.splitlines()[1].split()[:3])
    symbols = subprocess.run(["avr-nm", "-S", program], stdout=subprocess.PIPE, text=True, check=True).stdout
    kernel = sum(int(size, 16) for size, _ in re.findall(r"^\S+ (\S+) [bBdD] (trt[kp]\w*)", symbols, re.MULTILINE))
    return text + data, data + bss, kernel


def main(run):
    failed = 0
    print(f"1..{len(PROGRAMS)}")
    for number, (part, name, flags, goal) in enumerate(PROGRAMS, 1):
        with tempfile.TemporaryDirectory() as folder:
            program = f"{folder}/{name}"
            subprocess.run([*COMPILER, f"-mmcu={part}", *flags, str(HERE / f"{name}.c"), "-o", program], check=True)
            flash, ram, kernel = sizes(program)
            ran = subprocess.run([run, part, program], stdout=subprocess.PIPE, text=True)
        passed = ran.returncode == 0 and kernel > 0 and (goal is None or kernel <= goal)
        failed += not passed
        print(f"{'' if passed else 'not '}ok {number} - {' '.join([name, *flags])} on {part}: flash {flash}, RAM {ram}, "
              f"of it the kernel's own {kernel}" + ("" if goal is None else f" (goal {goal})"))
        if not passed:
            print(*[f"# {line}" for line in ran.stdout.splitlines()], sep="\n")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
