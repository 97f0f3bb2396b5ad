"""The longest masked stretches (masked.c) are those in masked.txt. usage: test_masked.py [--write] QEMU ARGUMENT..."""
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from measured import is_kept, mark, measure  # noqa: E402

TABLE = Path(__file__).with_name("masked.txt")
GOAL = 80
HEAD = f"""The longest stretch of instructions with interrupts shut out, of every call, on a Cortex-M3.
Measured by masked.c (arm-none-eabi-gcc 12.2, -O2); the goal is at most {GOAL}. When the kernel has changed:
    tests/target/test_masked.py --write qemu-system-arm ... (the command of the test, from meson-logs/testlog.txt)

"""


def table_of(output):
    lines = re.findall(r"^# masked: (.*): (\d+)$", output, re.MULTILINE)
    return HEAD + "".join(f"{int(count):5}{mark(int(count), GOAL)} {case}\n" for case, count in lines)


def main(*arguments):
    write, output = measure(arguments)
    print(*re.findall("^# runs: .*$", output, re.MULTILINE), sep="\n")
    return int(not is_kept(TABLE, table_of(output), write))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
