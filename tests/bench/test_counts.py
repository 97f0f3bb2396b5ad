"""What the benchmarks count is what was executed, as `tools/bench --trace` lists it: of each operation of cortex_m3.c, by
a clock, the instructions in QEMU's own log; of those on an AVR the cycles of each instruction in simavr. (Thread-Metric
counts rounds, and uses the same clock; so does fairness.) TAP."""
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import bench  # noqa: E402

RAISES_A_TICK = "raise_marked"  # counts for nothing


def in_instructions(folder):
    """What is said of each operation, and the number of the instructions that were executed."""
    program = bench.build_operations(folder)
    for operation in bench.operations_of(program):
        if not re.match("Thread-Metric|fairness", operation):
            said, steps = bench.steps_of(program, operation, folder)
            yield said, sum(function != RAISES_A_TICK for _, _, function, _ in steps)


def in_cycles(folder):
    """The same on an AVR: the cycles at the last instruction."""
    for program in bench.AVR_OPERATIONS.values():
        for said, steps in bench.traces_in_simavr(program, bench.build_runner(folder), folder).values():
            yield said, steps[-1][0] if steps else 0


def main():
    failed = number = 0
    with tempfile.TemporaryDirectory() as name:
        for find in in_instructions, in_cycles:
            for number, (said, executed) in enumerate(find(Path(name)), number + 1):
                right = re.search(r": (\d+)(/\d+| cycles)$", said)[1] == str(executed)
                failed += not right
                print(f"{'' if right else 'not '}ok {number} - {said}, executed {executed}")
    print(f"1..{number}")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
