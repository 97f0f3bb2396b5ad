"""The longest masked stretches and the stacks of all calls (calls.c) are those in calls.txt.
usage: test_calls.py [--write] RUN ARGUMENT..."""
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from measured import is_kept, mark, measure  # noqa: E402

TABLE = Path(__file__).with_name("calls.txt")
HEADER = Path(__file__).resolve().parents[2] / "tinyrtos.h"
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
    return HEAD + "".join(f"{int(cycles):6}{mark(int(cycles), GOAL)}{int(stack):7}  {call}\n"
                          for cycles, stack, call in lines)


def manual_of(table):
    """The two lines of the manual that quote the table."""
    rows = [(int(line[8:16]), line[18:]) for line in table[len(HEAD):].splitlines()]
    in_interrupt = [stack for stack, call in rows if "in an interrupt" in call or "trt_tick" in call]
    others = [stack for stack, call in rows if "in an interrupt" not in call and "trt_tick" not in call]
    return (f"//     bytes of stack, ATmega328P: any call at most        {max(others):12}\n"
            f"//     ... an interrupt with any call (its frame counted)  {max(in_interrupt):12}\n")


def main(*arguments):
    write, output = measure(arguments)
    table, manual = table_of(output), HEADER.read_text()
    quoted = re.search(r"//     bytes of stack, ATmega328P.*\n//     \.\.\. an interrupt with.*\n", manual)[0]
    same = is_kept(TABLE, table, write)
    print(f"longest masked stretch {max(int(line[:6]) for line in table[len(HEAD):].splitlines())} cycles")
    if write:
        HEADER.write_text(manual.replace(quoted, manual_of(table)))
    elif quoted != manual_of(table):
        print(f"the manual says\n{quoted}it should say\n{manual_of(table)}")
        return 1
    return int(not same)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
