#!/usr/bin/env python3
"""Find the code in a text: fenced blocks (```c) and, in a C file's opening comment, blocks indented by four.

usage: code_blocks.py FILE      prints each block's line and kind
       code_blocks.py FILE KIND prints the first block of that kind

Kinds: `program` has a main; `file` is other C at file scope; `body` (```c body) belongs inside a function; any other
fenced block has its own language for a kind. Indented blocks count only when they are programs: what else is
indented may be anything.
"""
import re
import sys
from collections import namedtuple
from pathlib import Path

Block = namedtuple("Block", "line kind code")
MAIN = re.compile(r"^int main\(", re.M)


def opening_comment(text):
    """The lines of a C file before its first code, without comment marks, each in its place."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("//"):
            if line.strip():
                break
            lines.append("")
        else:
            lines.append(line[2:].removeprefix(" "))
    return lines


def kind_of(info, code):
    if info in ("c", ""):
        return "program" if MAIN.search(code) else "file"
    return "body" if info == "c body" else info.split()[0]


def fenced(lines):
    start, info, inside = 0, "", []
    for number, line in enumerate(lines, 1):
        if not line.startswith("```"):
            inside.append(line)
        elif start:
            code = "\n".join(inside) + "\n"
            yield Block(start, kind_of(info, code), code)
            start = 0
        else:
            start, info, inside = number + 1, line[3:].strip(), []


def indented_programs(lines):
    inside, start = [], 0
    for number, line in enumerate([*lines, "end"], 1):
        if line.startswith("    ") or (not line.strip() and inside):
            start = start or number
            inside.append(line[4:])
            continue
        code = "\n".join(inside).rstrip() + "\n"
        if MAIN.search(code):
            yield Block(start, "program", code)
        inside, start = [], 0


def blocks(path):
    text = Path(path).read_text()
    if str(path).endswith(".md"):
        return list(fenced(text.splitlines()))
    lines = opening_comment(text)
    return sorted([*fenced(lines), *indented_programs(lines)])


def main(arguments):
    if len(arguments) not in (1, 2):
        sys.exit(__doc__)
    found = blocks(arguments[0])
    if len(arguments) == 1:
        for block in found:
            print(f"{arguments[0]}:{block.line}: {block.kind}")
        return 0
    codes = [block.code for block in found if block.kind == arguments[1]]
    print(codes[0] if codes else "", end="")
    return 0 if codes else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
