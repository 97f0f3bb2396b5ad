"""The cycles of the operations by which kernels are compared (cycles.c) are those in cycles.txt.
usage: test_cycles.py [--write] RUN ARGUMENT..."""
import re
import subprocess
import sys
from pathlib import Path

TABLE = Path(__file__).with_name("cycles.txt")
# simavr enters an interrupt in no time, a part in 4 cycles: they are added where there is one.
RESPONSE = 4
# What each is to take at most.
GOALS = {
    "yield between two equal tasks": 125,
    "give, the woken more urgent task runs": 185,
    "that task blocks again, the giver resumes": 189,
    "give in an interrupt, the task runs": 255,
    "give and take, uncontended": 57,
    "lock and unlock, uncontended": 80,
    "send and receive 4 bytes": 180,
    "tick, nobody due, 1 sleeper": 60,
    "tick, nobody due, 16 sleepers": 60,
    "tick waking 16, the first runs": 3000,
}
HEAD = """Cycles of the operations by which kernels are compared, on an ATmega328P, and what they are to take at most. Measured by
cycles.c (avr-gcc 5.4, -Os). When the kernel has changed:
    tests/avr/test_cycles.py --write RUN ... (the command of the test, from meson-logs/testlog.txt)

cycles   goal
"""


def line_of(cycles, name):
    cycles += RESPONSE if re.search("interrupt|tick", name) else 0
    goal = GOALS.get(name)
    return f"{cycles:6}{' ! ' if goal and cycles > goal else '   '}{goal or '':>4}  {name}\n"


def main(*arguments):
    write = arguments[0] == "--write"
    run = subprocess.run(arguments[1:] if write else arguments, stdout=subprocess.PIPE, text=True)
    found = re.findall(r"^# cycles (\d+) \d+ (.*)$", run.stdout, re.MULTILINE)
    table = HEAD + "".join(line_of(int(cycles), name) for cycles, name in found)
    if run.returncode != 0 or found[0] != ("0", "nothing") or not set(GOALS) <= {name for _, name in found}:
        print(run.stdout)
        return 1
    if write:
        TABLE.write_text(table)
    print(table)
    return int(table != TABLE.read_text())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
