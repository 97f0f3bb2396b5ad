"""The rows of what the kernel must have (tests/rows.csv), and the tests that cover them.

A test covers a row when its name begins with the row's: Y8_call_that_would_close_the_circle. What a cell of the table
says for a port instead: names of whole tests; `-`: makes no sense there; `later`, `paper`: nothing to test yet.
"""
import csv
import json
import re
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "tests" / "rows.csv"
# The configurations whose tests count for a port.
PORTS = {"host": ["kernel", "host", "compile"], "cortex-m3": ["cortex-m3"], "avr": ["avr-atmega328p"]}
NEEDED = [name for names in PORTS.values() for name in names]
NO_TESTS = ("-", "later", "paper")


def outcomes(logs):
    """(name, passed) of every test in Meson's logs: of each subtest by its own name, and of the whole."""
    found = []
    for line in "".join(log.read_text() for log in logs).splitlines():
        test = json.loads(line)
        found.append((test["name"].split(" / ")[-1].split(":")[-1], test["result"] == "OK"))
        output = test.get("stdout", "")
        found += [(name.split("::")[-1], not bad) for bad, name in
                  re.findall(r"^(not )?ok(?: \d+)? - (\S+)", output, re.M)]
    return found


def covering(row, cell, tests):
    """The outcomes of the tests that cover a row on a port."""
    return [passed for name, passed in tests if name.startswith(row + "_") or name in cell.split()]


def report(results):
    """(text, whether each row is covered and passes); `results`: configuration -> outcomes."""
    lines, fine = [], True
    for entry in csv.DictReader(TABLE.open()):
        cells = []
        for port, names in PORTS.items():
            tests = [test for name in names for test in results[name]]
            passed = covering(entry["row"], entry[port], tests)
            if entry[port] in NO_TESTS:
                cells.append(entry[port])
            elif passed:
                cells.append(f"{len(passed)} ok" if all(passed) else f"{passed.count(False)} of {len(passed)} FAILED")
            else:
                cells.append("NO TEST")
        fine = fine and not any("FAILED" in cell or cell == "NO TEST" for cell in cells)
        lines.append(f"{entry['row']:<4}{entry['what']:<52}" + "".join(f"{cell:<14}" for cell in cells).rstrip())
    head = f"{'row':<56}" + "".join(f"{port:<14}" for port in PORTS).rstrip()
    return "\n".join([head, *lines]), fine
