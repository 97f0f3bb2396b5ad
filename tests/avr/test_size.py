"""What the kernel takes of this part's flash and RAM in a program of two tasks with a semaphore and a queue. TAP.
usage: test_size.py PROGRAM"""
import re
import subprocess
import sys


def main(program):
    symbols = subprocess.run(["avr-nm", "-S", program], stdout=subprocess.PIPE, text=True, check=True).stdout
    found = [(int(size, 16), kind) for size, kind, _ in
             re.findall(r"^\S+ (\S+) (\w) ((?:trt[kp_]|__vector_\w*trtp)\w*)", symbols, re.M)]
    flash = sum(size for size, kind in found if kind in "tTrRdD")
    ram = sum(size for size, kind in found if kind in "bBdD")
    print(f"1..1\n{'ok' if flash and ram else 'not ok'} 1 - sizes\n# kernel: RAM {ram} bytes, flash {flash} bytes")
    return int(not (flash and ram))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
