"""The longest masked stretches (masked.c) are those in masked.txt. usage: test_masked.py [--write] QEMU ARGUMENT..."""
import re
import subprocess
import sys
from pathlib import Path

TABLE = Path(__file__).with_name("masked.txt")
GOAL = 80
HEAD = f"""The longest stretch of instructions with interrupts shut out, of every call, on a Cortex-M3.
Measured by masked.c (arm-none-eabi-gcc 12.2, -O2); the goal is at most {GOAL}. When the kernel has changed:
    tests/target/test_masked.py --write qemu-system-arm ... (the command of the test, from meson-logs/testlog.txt)

"""


def table_of(output):
    lines = re.findall(r"^# masked: (.*): (\d+)$", output, re.MULTILINE)
    return HEAD + "".join(f"{int(count):5}{'  ' if int(count) <= GOAL else ' !'}  {case}\n" for case, count in lines)


def main(*arguments):
    write = arguments[0] == "--write"
    command = arguments[1:] if write else arguments
    run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    table = table_of(run.stdout)
    if run.returncode != 0:
        print(run.stdout)
        return 1
    if write:
        TABLE.write_text(table)
    print(table)
    print(*re.findall("^# runs: .*$", run.stdout, re.MULTILINE), sep="\n")
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
