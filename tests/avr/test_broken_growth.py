"""growth.c finds kernels in which something stays on a stack. TAP.
usage: test_broken_growth.py HEADER COMPILER_ARGUMENT... -- RUN ARGUMENT..."""
import sys

from test_broken_kernels import every_fault_is_found, finds_fault

# What is broken: [what, by what].
BROKEN = {
    "who has switched does not shut interrupts out": [
        ('"%~call trtp_swap\\n\\t"\n                         "cli"', '"%~call trtp_swap"')],
}


def main(header, *rest):
    compiler, run = rest[:rest.index("--")], rest[rest.index("--") + 1:]
    return every_fault_is_found(BROKEN, finds_fault, header, compiler, run)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
