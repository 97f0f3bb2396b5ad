"""growth.c finds kernels in which something stays on a stack. TAP.
usage: test_broken_growth.py HEADER COMPILER_ARGUMENT... -- RUN ARGUMENT..."""
import sys

from test_broken_kernels import every_fault_is_found, finds_fault

# What is broken: [what, by what].
BROKEN = {
    "an interrupt that has switched does not shut the next out": [
        ('#define TRTP_ISR_SHUT __asm__ __volatile__("cli" ::: "memory");', "#define TRTP_ISR_SHUT")],
}


def main(header, *rest):
    compiler, run = rest[:rest.index("--")], rest[rest.index("--") + 1:]
    return every_fault_is_found(BROKEN, finds_fault, header, compiler, run)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
