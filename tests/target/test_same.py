"""Two programs report the same trace (lines `# trace: ...`). usage: test_same.py PROGRAM PROGRAM QEMU ARGUMENT..."""
import subprocess
import sys


def traces(program, command):
    run = subprocess.run([*command, program], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    lines = [line for line in run.stdout.splitlines() if line.startswith("# trace: ")]
    print(program, *(lines if run.returncode == 0 else run.stdout.splitlines()), sep="\n")
    return lines if run.returncode == 0 else []


def main(first, second, *command):
    one, other = traces(first, command), traces(second, command)
    return int(not one or one != other)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
