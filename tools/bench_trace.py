"""The instructions of one operation of a benchmark, in the order in which QEMU or simavr executes them."""
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
            found[int(instruction[1], 16)] = function, re.split("[@;]", instruction[2])[0].replace("\t", " ").strip()
    return found


def operation(addresses, instructions):
    """Of what QEMU executed: what lies between the last beginning and the first end after it, as (number, address,
    function, instruction); without the marks, the call of the end among them, and the counting."""
    functions = [instructions.get(address, ("?", "?"))[0] for address in addresses]
    first = len(functions) - 1 - functions[::-1].index("begin")
    last = functions.index("end", first)
    kept = [address for address in addresses[first:last - 1] if instructions[address][0] not in MARKS]
    return [(number, address, *instructions[address]) for number, address in enumerate(kept, 1)]


def operations_in_cycles(output, instructions):
    """Name -> what run.c --trace says of it, and its steps: (cycles so far, address, function, instruction). The last
    before the end is that mark's."""
    found = {}
    for line in output.splitlines():
        step = re.match(r"(\w+) (\d+)$", line)
        said = re.match(r"# cycles (\d+) \d+ (.*)$", line)
        if line == "begin":
            steps, cycles = [], 0
        elif step:
            address, cycles = int(step[1], 16), cycles + int(step[2])
            steps.append((cycles, address, *instructions.get(address, ("?", "?"))))
        elif said:
            found[said[2]] = f"{said[2]}: {said[1]} cycles", steps[:-1]
    return found


def listing(steps):
    """A line for each step; the name of a function where it is entered or gone on with."""
    lines, last = [], None
    for count, address, function, instruction in steps:
        if function != last:
            lines.append(f"      {function}:")
        lines.append(f"{count:5}   {address:5x}  {instruction}")
        last = function
    return lines
