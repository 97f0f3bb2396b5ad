"""The cycles of the operations by which kernels are compared (cycles.c) are those in cycles.txt.
usage: test_cycles.py [--write] RUN ARGUMENT..."""
import csv
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from measured import is_kept, mark, measure  # noqa: E402

TABLE = Path(__file__).with_name("cycles.txt")
GOALS = Path(__file__).resolve().parents[1] / "bench" / "goals.csv"
# simavr enters an interrupt in no time, a part in 4 cycles: they are added where there is one.
RESPONSE = 4
HEAD = """Cycles of the operations by which kernels are compared, on an ATmega328P, and what they are to take at most. Measured by
cycles.c (avr-gcc 5.4, -Os). When the kernel has changed:
    tests/avr/test_cycles.py --write RUN ... (the command of the test, from meson-logs/testlog.txt)

cycles   goal
"""


def goals():
    """Operation -> what it is to take at most."""
    with open(GOALS, newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["port"] == "avr" and row["goal"]]
    return {row["name"].removesuffix(", -Os"): int(row["goal"]) for row in rows}


def line_of(cycles, name, goal):
    cycles += RESPONSE if re.search("interrupt|tick", name) else 0
    return f"{cycles:6}{mark(cycles, goal)}{goal or '':>4}  {name}\n"


def main(*arguments):
    write, output = measure(arguments)
    found = re.findall(r"^# cycles (\d+) \d+ (.*)$", output, re.MULTILINE)
    if found[0] != ("0", "nothing"):
        sys.exit(output)
    aimed = goals()
    table = HEAD + "".join(line_of(int(cycles), name, aimed.get(name)) for cycles, name in found)
    return int(not is_kept(TABLE, table, write))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
