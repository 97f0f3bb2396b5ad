"""Whether the harness on a target reports what goes wrong. usage: test_harness.py SOURCE QEMU ARGUMENT..."""
import subprocess
import sys
from pathlib import Path


def line_of(source, text):
    return next(number for number, line in enumerate(source.splitlines(), 1) if text in line)


def main(source, *command):
    text = Path(source).read_text()
    task, invariant = line_of(text, "// task"), line_of(text, "// invariant")
    run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    print(run.stdout)
    wanted = [
        "1..8", "\nnot ok 1 - failing::check_in_a_task", f"harness.c:{task}: 1 + 1: got 2, wanted 3",
        "\nnot ok 2 - failing::check_in_an_interrupt", f"harness.c:{task}: 1 + 1: got 2, wanted 3",
        "\nnot ok 3 - failing::misuse_that_nobody_expects", "harness.misuses == 0",
        "\nnot ok 4 - failing::wait_without_end", "the test does not end",
        "\n# fault: HardFault in task 'runner'", "\nnot ok 5 - failing::fault",
        "\nnot ok 6 - failing::broken_invariant", f"harness.c:{invariant}: ",
        "\nnot ok 7 - failing::panic", "a panic",
        "\nok 8 - failing::next_test_runs_and_passes",
    ]
    at = 0
    for part in wanted:
        found = run.stdout.find(part, at)
        if found < 0:
            print(f"not there, or not there in this order: {part!r}")
            return 1
        at = found + len(part)
    if run.returncode != 1:
        print(f"status {run.returncode}, not 1")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
