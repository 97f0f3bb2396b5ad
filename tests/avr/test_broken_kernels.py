"""The sweep finds what is wrong with kernels that are broken on purpose. TAP.
usage: test_broken_kernels.py HEADER COMPILER_ARGUMENT... -- RUN ARGUMENT..."""
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "target"))
from test_broken import BROKEN_ANYWHERE, UNLOCKED, every_fault_is_found  # noqa: E402

LOCK = '    trt_critical_t found = SREG;\n    __asm__ __volatile__("cli" ::: "memory");\n'
LOAD_SP = '"out __SP_H__, " #high "\\n\\tout __SP_L__, " #low "\\n\\t"'
TORN_SP = '"out __SP_H__, " #high "\\n\\tsei\\n\\tnop\\n\\tnop\\n\\tcli\\n\\tout __SP_L__, " #low "\\n\\t"'
ISR_END = 'void trtp_isr_end(void) {\n    __asm__ __volatile__("cli" ::: "memory");\n'
ISR_BEGIN = "        trtp_interrupts++;"

WAIT_ALONE = "    wait->since = trtk.arrivals; // whoever joins it is younger\n"

# What is broken: [what, by what].
BROKEN = {
    **BROKEN_ANYWHERE,
    "mask open between the beginning of a plain wait and the ring": [(WAIT_ALONE, UNLOCKED + WAIT_ALONE)],
    "no critical section": [(LOCK, "    trt_critical_t found = SREG;\n")],
    "no cli before the switch": [(ISR_END, "void trtp_isr_end(void) {\n")],
    "interrupts between the halves of SP": [(LOAD_SP, TORN_SP)],
    "a switch loses r7": [('"pop r7\\n\\t', '"pop r0\\n\\t')],
    "an interrupt does not clear r1": [
        (ISR_BEGIN, '        __asm__ __volatile__("mov __zero_reg__, r16" ::: "memory");' + " " * 8 + "\\\n" + ISR_BEGIN)],
    "a tick that only counts, and does not look": [
        ('"cp r24, r25\\n\\t"\n                         "breq 1f\\n\\t"\n', "")],
    "an interrupt between the look and the sleep": [('"sei\\n\\tsleep\\n\\t', '"sei\\n\\tnop\\n\\tnop\\n\\tsleep\\n\\t')],
}

# What is broken only where the program counter has three bytes.
BROKEN_3_BYTES = {
    "bug26 EIND is not set in an interrupt": [("    EIND = eind;\n", "    (void)eind;\n")],
    "bug26 EIND is not put back": [("#define TRTP_ISR_END EIND = eind_found;", "#define TRTP_ISR_END (void)eind_found;")],
    "bug26 a byte of the return address too few": [("enum { TRTP_PC_BYTES = 3 };", "enum { TRTP_PC_BYTES = 2 };")],
}


def finds_fault(header, compiler, run):
    """Whether the program fails, and what it says."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "tinyrtos.h").write_text(header)
        program = f"{folder}/program"
        subprocess.run([*compiler[:1], f"-I{folder}", *compiler[1:], "-o", program], check=True)
        lines = []
        with subprocess.Popen([*run, program], stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                lines.append(line.strip("# \n"))
                if line.startswith("not ok"):
                    process.kill()
                    return True, lines[-4:-1]
        return False, lines


def main(header, *rest):
    compiler, run = rest[:rest.index("--")], rest[rest.index("--") + 1:]
    kernels = BROKEN_3_BYTES if "-mmcu=atmega2560" in compiler else BROKEN
    return every_fault_is_found(kernels, finds_fault, header, compiler, run)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
