#!/usr/bin/env python3
"""Run a command and compare what it prints with a file.

usage: check_output.py [--write] EXPECTED COMMAND [ARGUMENT...]

Status 0 when the command ends with 0 and prints exactly what EXPECTED holds; else the difference is printed.
--write makes EXPECTED what the command prints: read the change before you commit it.
"""
import difflib
import subprocess
import sys
from pathlib import Path


def main(arguments):
    write = arguments[:1] == ["--write"]
    if write:
        arguments = arguments[1:]
    if len(arguments) < 2:
        sys.exit(__doc__)
    expected, command = Path(arguments[0]), arguments[1:]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if run.returncode != 0:
        print(run.stdout, end="")
        print(f"{command[0]}: status {run.returncode}, not 0")
        return 1
    if write:
        expected.write_text(run.stdout)
        return 0
    wanted = expected.read_text() if expected.exists() else ""
    difference = list(difflib.unified_diff(
        wanted.splitlines(keepends=True), run.stdout.splitlines(keepends=True), str(expected), "what it printed"))
    sys.stdout.writelines(difference)
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
