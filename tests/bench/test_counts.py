"""What cortex_m3.c counts by a clock is what QEMU has executed, counted one by one in its own log. TAP."""
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import bench  # noqa: E402

OPERATIONS = ["yield, two tasks", "semaphore take, available", "interrupt gives, more urgent task returns"]
COUNTING = 8  # instructions of count_exception


def executed(log):
    """Addresses of the instructions. One that QEMU announces and then puts off is announced again."""
    lines = log.read_text(errors="replace").splitlines()
    for line, following in zip(lines, lines[1:]):
        address = re.match(r"Trace \d+: 0x\w+ \[\w+/(\w+)/", line)
        if address and not re.match("cpu_io_recompile|Stopped execution", following):
            yield int(address[1], 16)


def spans(addresses, begin, end):
    """What lies between each mark and the first end after it."""
    found, open_at = [], None
    for at, address in enumerate(addresses):
        if address == begin:
            open_at = at
        elif address == end and open_at is not None:
            found.append(addresses[open_at:at])
            open_at = None
    return found


def count_in_log(program, name, symbols, folder):
    log = folder / "log"
    said = bench.run_in_qemu(program, name, more=["-singlestep", "-d", "exec,nochain", "-D", log])
    nothing, *_, span = spans(list(executed(log)), symbols["begin"], symbols["end"])
    taken = span.count(symbols["count_exception"])
    return said[0].rsplit(": ", 1)[1], f"{len(span) - len(nothing) - COUNTING * taken}/{taken}"


def main():
    failed = 0
    print(f"1..{len(OPERATIONS)}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = bench.build_operations(folder)
        lines = re.findall(r"^(\w+) \w (\w+)$", bench.call("arm-none-eabi-nm", program), re.MULTILINE)
        symbols = {symbol: int(address, 16) & ~1 for address, symbol in lines}
        for number, operation in enumerate(OPERATIONS, 1):
            said, counted = count_in_log(program, operation, symbols, folder)
            failed += said != counted
            print(f"{'' if said == counted else 'not '}ok {number} - {operation}: it says {said}, executed {counted}")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
