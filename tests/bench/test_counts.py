"""What cortex_m3.c counts by a clock is what QEMU has executed, counted one by one in its own log: for each
operation. (Thread-Metric counts rounds, and uses the same clock; so does fairness.) TAP."""
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import bench  # noqa: E402

RAISES_A_TICK = "raise_marked"  # counts for nothing


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        program = bench.build_operations(Path(name))
        operations = [each for each in bench.operations_of(program) if not re.match("Thread-Metric|fairness", each)]
        print(f"1..{len(operations)}")
        for number, operation in enumerate(operations, 1):
            said, steps = bench.steps_of(program, operation, Path(name))
            steps = [step for step in steps if step[1] != RAISES_A_TICK]
            right = re.match(rf"{re.escape(operation)}: {len(steps)}/\d+$", said)
            failed += not right
            print(f"{'' if right else 'not '}ok {number} - {said}, executed {len(steps)}")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
