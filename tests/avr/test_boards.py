"""The example for a board is built by the command in its comment, and blinks in simavr. usage: test_boards.py RUN"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "ports" / "avr" / "examples" / "blink.c"
STRICT = "-std=c99 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror".split()


def main(run):
    text = " ".join(line[2:].strip() for line in EXAMPLE.read_text().splitlines() if line.startswith("//"))
    command = text[text.index("avr-gcc"):].split()
    command = command[:command.index("-o")]
    with tempfile.TemporaryDirectory() as folder:
        elf = f"{folder}/blink.elf"
        subprocess.run([*command, *STRICT, "-o", elf], cwd=EXAMPLE.parent, check=True)
        output = subprocess.run([run, "--board", "2050", "", "atmega328p", elf], stdout=subprocess.PIPE, text=True, check=True)
    print(output.stdout)
    changes = dict(re.findall(r"(B\d): (\d+)", output.stdout))
    # At once, and every 250 ms; to become an output may count for one.
    return int(not all(changes[pin] in ("9", "10") for pin in ("B5", "B4")))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
