#!/usr/bin/env python3
"""Check what a script can check of the header's style.

usage: check_style.py FILE

Prints `FILE:line: what is wrong` for each fault; the status is 1 when there is any. The rules:

  line       at most 100 columns, no tab, no blank at its end
  function   at most 40 lines, braces at most 3 deep inside
  context    a function whose name ends in _i (never switches) does not call one in _s (may switch)
  names      nothing is defined with a leading underscore or a double one
  sections   each `// >>tag` occurs once
  public     each declared trt_ function has a comment above it (or above its group); if it returns a trt_status_t,
             the comment says which (`ret:`, or `As trt_...`)
"""
import re
import sys
from pathlib import Path

COLUMNS = 100
LINES = 40
DEPTH = 3


class Function:
    """`first` is the line of its signature, `opened` that of its brace, where `body` begins."""

    def __init__(self, name, first, opened, body):
        self.name, self.first, self.opened, self.body = name, first, opened, body


def code_of(line):
    """A line without strings, characters and its // comment."""
    line = re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])*\'', "0", line)
    return line.split("//")[0]


def functions(lines):
    """Functions, `static void f(...) {` to `}`, both at the start of a line; the signature may take several."""
    found, first, opened = [], None, None
    for number, line in enumerate(lines, 1):
        code = code_of(line).rstrip()
        if opened:
            if line.startswith("}"):
                name = re.search(r"(\w+)\(", " ".join(lines[first - 1:opened]))
                found.append(Function(name[1], first, opened, lines[opened - 1:number]))
                first = opened = None
        elif re.match(r"[a-z]", line) and not re.match(r"typedef|enum|struct \w+ \{|extern \"C\"", line):
            first = number
        elif not re.match(r"[ {]", line):
            first = None
        if first and not opened and code.endswith("{") and "(" in " ".join(lines[first - 1:number]).split("=")[0]:
            opened = number
        elif first and not opened and code.endswith((";", "}")):
            first = None
    return found


def line_faults(lines):
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS:
            yield number, f"{len(line)} columns, more than {COLUMNS}"
        if "\t" in line:
            yield number, "a tab"
        if line != line.rstrip():
            yield number, "a blank at the end of the line"


def function_faults(lines):
    for function in functions(lines):
        if len(function.body) > LINES:
            yield function.first, f"{function.name} has {len(function.body)} lines, more than {LINES}"
        depth = deepest = -1
        for line in function.body:
            for brace in re.findall(r"[{}]", code_of(line)):
                depth += 1 if brace == "{" else -1
                deepest = max(deepest, depth)
        if deepest > DEPTH:
            yield function.first, f"{function.name} nests {deepest} deep, more than {DEPTH}"


def context_faults(lines):
    for function in functions(lines):
        if not function.name.endswith("_i"):
            continue
        for offset, line in enumerate(function.body):
            for called in re.findall(r"\b(trt[kp]?_\w+_s)\(", code_of(line)):
                yield function.opened + offset, f"{function.name}, which never switches, calls {called}"


def name_faults(lines):
    names = [(number, name) for number, line in enumerate(lines, 1)
             for name in re.findall(r"^\s*#\s*define\s+(\w+)", line)]
    names += [(function.first, function.name) for function in functions(lines)]
    for number, name in names:
        feature_test = re.fullmatch(r"_[A-Z_]+_SOURCE", name)  # what a program is meant to define
        if not feature_test and (name.startswith("_") or "__" in name):
            yield number, f"{name}: the compiler's name space"


def section_faults(lines):
    seen = {}
    for number, line in enumerate(lines, 1):
        tag = re.match(r"// >>(\w+)", line)
        if tag and tag[1] in seen:
            yield number, f"section {tag[1]} is already at line {seen[tag[1]]}"
        elif tag:
            seen[tag[1]] = number


def public_faults(lines):
    comment, in_comment, documented = [], False, set()
    for number, line in enumerate(lines, 1):
        if line.startswith("//"):
            comment = comment + [line] if in_comment else [line]
            in_comment = True
            continue
        in_comment = False
        if not line.strip():
            comment = []
        declared = re.match(r"([a-z]\w*[\w ]*?[ *]+)(trt_\w+)\(", line)
        if not declared or line.startswith(("typedef", "static")) or declared[2] in documented:
            continue
        documented.add(declared[2])  # its definition, further on, needs no second comment
        text = "\n".join(comment)
        if not text:
            yield number, f"{declared[2]} has no comment"
        elif declared[1].strip() == "trt_status_t" and "ret:" not in text and "As trt_" not in text:
            yield number, f"{declared[2]}: its comment does not say what it returns (ret:)"


RULES = (line_faults, function_faults, context_faults, name_faults, section_faults, public_faults)


def faults(text):
    lines = text.splitlines()
    return sorted(fault for rule in RULES for fault in rule(lines))


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    found = faults(Path(arguments[0]).read_text())
    for number, text in found:
        print(f"{arguments[0]}:{number}: {text}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
