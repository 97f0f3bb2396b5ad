"""The longest masked stretches and the stacks of all calls (calls.c) are those in calls.txt.
usage: test_calls.py [--write] RUN ARGUMENT..."""
import re
import subprocess
import sys
from pathlib import Path

TABLE = Path(__file__).with_name("calls.txt")
GOAL = 230
HEAD = f"""Of every call, on an ATmega328P: the longest stretch of cycles with interrupts shut out, and the bytes of stack that
the call takes below the caller's, return address included. Measured by calls.c (avr-gcc 5.4, -Os) with 12 other tasks;
"in an interrupt": a TRT_ISR that says sei() first, its frame included. (A part takes 4 cycles more to enter an
interrupt than simavr.) The goal is at most {GOAL} cycles. When the kernel has changed:
    tests/avr/test_calls.py --write RUN ... (the command of the test, from meson-logs/testlog.txt)

cycles     stack
"""


def table_of(output):
    lines = re.findall(r"^# call (\d+) (\d+) (.*)$", output, re.MULTILINE)
    return HEAD + "".join(f"{int(cycles):6}{'  ' if int(cycles) <= GOAL else ' !'}{int(stack):8}  {call}\n"
                          for cycles, stack, call in lines)


def main(*arguments):
    write = arguments[0] == "--write"
    run = subprocess.run(arguments[1:] if write else arguments, stdout=subprocess.PIPE, text=True)
    table = table_of(run.stdout)
    if run.returncode != 0:
        print(run.stdout)
        return 1
    if write:
        TABLE.write_text(table)
    print(table)
    then, now = TABLE.read_text().splitlines(), table.splitlines()
    for line in sorted(set(then) - set(now)):
        print("no longer:", line)
    for line in sorted(set(now) - set(then)):
        print("now:      ", line)
    above = sum(" !  " in line for line in now)
    print(f"{above} of {len(now) - len(HEAD.splitlines())} above the goal of {GOAL}")
    return int(then != now)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
