"""The harness and run.c report tests that fail (harness.c). usage: test_harness.py SOURCE RUN ARGUMENT..."""
import subprocess
import sys
from pathlib import Path


def line_of(text, what):
    return next(number for number, line in enumerate(text.splitlines(), 1) if what in line)


def main(source, *command):
    text = Path(source).read_text()
    task, invariant = line_of(text, "// task"), line_of(text, "// invariant")
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    print(run.stdout)
    wanted = [
        "1..12",
        f"harness.c:{task}: 1 + 1: got 2, wanted 3", "\nnot ok 1 - failing::check_in_a_task",
        f"harness.c:{task}: 1 + 1: got 2, wanted 3", "\nnot ok 2 - failing::check_in_an_interrupt",
        "harness.misuses == 0", "\nnot ok 3 - failing::misuse_that_nobody_expects",
        "hangs", "\nnot ok 4 - failing::wait_without_end",
        "runs on and on", "\nnot ok 5 - failing::loop_without_end",
        "sleeps with interrupts shut out", "\nnot ok 6 - failing::sleep_with_interrupts_shut_out",
        "begins anew", "\nnot ok 7 - failing::call_of_nothing",
        "crashed", "\nnot ok 8 - failing::memory_that_is_not_there",
        "main's stack is full", "\nnot ok 9 - failing::stack_of_main_that_is_full",
        f"harness.c:{invariant}: ", "\nnot ok 10 - failing::broken_invariant",
        "a panic", "\nnot ok 11 - failing::panic",
        "\nok 12 - failing::next_test_runs_and_passes",
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
