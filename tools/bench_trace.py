"""The instructions of one operation of tests/bench/cortex_m3.c, in the order in which QEMU executes them."""
import re

# Functions that are no part of what is measured.
MARKS = ("begin", "end", "count_exception")
LINE = re.compile(r"Trace \d+: 0x\w+ \[\w+/(\w+)/")


def executed(log):
    """Their addresses. One that QEMU announces and then puts off is announced again."""
    lines = log.read_text(errors="replace").splitlines()
    for line, following in zip(lines, [*lines[1:], ""]):
        address = LINE.match(line)
        if address and not re.match("cpu_io_recompile|Stopped execution", following):
            yield int(address[1], 16)


def disassembly(text):
    """Address -> (function, instruction), from the text that objdump prints."""
    found, function = {}, ""
    for line in text.splitlines():
        head = re.match(r"\w+ <(\S+)>:$", line)
        instruction = re.match(r" *(\w+):\t[\w ]+\t(.*)$", line)
        if head:
            function = head[1]
        elif instruction:
            found[int(instruction[1], 16)] = function, instruction[2].split("@")[0].replace("\t", " ").strip()
    return found


def operation(addresses, instructions):
    """What lies between the last beginning and the first end after it, as (address, function, instruction); without the
    marks, the call of the end among them, and the counting."""
    functions = [instructions.get(address, ("?", "?"))[0] for address in addresses]
    first = len(functions) - 1 - functions[::-1].index("begin")
    last = functions.index("end", first)
    return [(address, *instructions[address]) for address in addresses[first:last - 1]
            if instructions[address][0] not in MARKS]


def listing(steps):
    """Numbered lines; the name of a function where it is entered or gone on with."""
    lines, last = [], None
    for number, (address, function, instruction) in enumerate(steps, 1):
        if function != last:
            lines.append(f"      {function}:")
        lines.append(f"{number:5}   {address:5x}  {instruction}")
        last = function
    return lines
