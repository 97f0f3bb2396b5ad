"""The harnesses report the tests that fail (failing.h). usage: test_failing.py avr|target RUN ARGUMENT..."""
import subprocess
import sys
from pathlib import Path

SOURCE = (Path(__file__).parent / "failing.h").read_text().splitlines()


def line_of(what):
    return next(number for number, line in enumerate(SOURCE, 1) if what in line)


# (A harness names the file of the program.)
WRONG_SUM = f"harness.c:{line_of('// task')}: 1 + 1: got 2, wanted 3"
INVARIANT = f"harness.c:{line_of('// invariant')}: "

# Each test that fails, in its order, and what is said of it: by an AVR before its line, else behind it.
FAILING = {
    "avr": [
        ("check_in_a_task", WRONG_SUM),
        ("check_in_an_interrupt", WRONG_SUM),
        ("misuse_that_nobody_expects", "harness.misuses == 0"),
        ("wait_without_end", "hangs"),
        ("broken_invariant", INVARIANT),
        ("panic", "a panic"),
        ("next_test_runs_and_passes", None),
        ("loop_without_end", "runs on and on"),
        ("sleep_with_interrupts_shut_out", "sleeps with interrupts shut out"),
        ("call_of_nothing", "begins anew"),
        ("memory_that_is_not_there", "crashed"),
        ("stack_of_main_that_is_full", "main's stack is full"),
    ],
    "target": [
        ("check_in_a_task", WRONG_SUM),
        ("check_in_an_interrupt", WRONG_SUM),
        ("misuse_that_nobody_expects", "harness.misuses == 0"),
        ("wait_without_end", "the test does not end"),
        ("broken_invariant", INVARIANT),
        ("panic", "a panic"),
        ("next_test_runs_and_passes", None),
        ("fault", "# fault: HardFault in task 'runner'"),
    ],
}


def wanted(port):
    """What stands in the output, in this order."""
    yield f"1..{len(FAILING[port])}"
    for number, (name, why) in enumerate(FAILING[port], 1):
        line = f"\n{'ok' if why is None else 'not ok'} {number} - failing::{name}"
        is_before = port == "avr" or name == "fault"
        yield from filter(None, [why, line] if is_before else [line, why])


def main(port, *command):
    run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    print(run.stdout)
    at = 0
    for part in wanted(port):
        found = run.stdout.find(part, at)
        if found < 0:
            sys.exit(f"not there, or not there in this order: {part!r}")
        at = found + len(part)
    if run.returncode != 1:
        sys.exit(f"status {run.returncode}, not 1")


if __name__ == "__main__":
    main(*sys.argv[1:])
