"""What those tests have in common that keep what they measure in a table. Each is called

    test_*.py [--write] PROGRAM ARGUMENT...

and compares, or with --write keeps, what the program says that is measured."""
import subprocess
import sys
from pathlib import Path


def measure(arguments):
    """Whether to write; and what the program says."""
    write = arguments[0] == "--write"
    run = subprocess.run(arguments[1:] if write else arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    if run.returncode != 0:
        sys.exit(run.stdout)
    return write, run.stdout


def mark(figure, goal):
    """What stands behind a figure in its table."""
    return " ! " if goal and figure > goal else "   "


def is_kept(path, table, write):
    """Whether the table is the one that is kept; says what differs, and how many are above their goals."""
    if write:
        Path(path).write_text(table)
    print(table)
    then, now = Path(path).read_text().splitlines(), table.splitlines()
    for line in sorted(set(then) - set(now)):
        print("no longer:", line)
    for line in sorted(set(now) - set(then)):
        print("now:      ", line)
    print(f"{sum(' ! ' in line for line in now)} above the goal")
    return then == now
