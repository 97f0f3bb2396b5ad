#!/usr/bin/env python3
"""The code in the README, in the manual at the top of the header and in the pages for users of other systems is
right: programs are compiled with cc alone, as the text says, and run; other C is compiled, with the options that it
defines; what the pages name exists; and the README's two commands stand where its readers look."""
import re
import sys
from pathlib import Path

from driver import (CLANG, GCC, HEADER, HOOKS, TOP, Report, compile_unit, header_options, header_text, run, scratch,
                    unit)

sys.path.insert(0, str(TOP / "tools"))
from code_blocks import blocks  # noqa: E402

README = TOP / "README.md"
PAGES = [*sorted((TOP / "examples").glob("*.md")), TOP / "ports" / "several_processors.md"]
OPTION = re.compile(r"^#define TINYRTOS_.*\n", re.M)


def program_runs(code, cc):
    """In an empty folder beside a copy of the header, as a newcomer would."""
    with scratch() as folder:
        (Path(folder) / "tinyrtos.h").write_text(HEADER.read_text())
        (Path(folder) / "app.c").write_text(code)
        passed, said = run([cc, "-Wall", "-Wextra", "-Wpedantic", "app.c"], folder=folder)
        if not passed or said:
            return False, said
        return run(["./a.out"], folder=folder)


def part_compiles(code, dialect):
    options = "".join(OPTION.findall(code))
    return compile_unit(GCC, dialect, unit(options, body="#include <stdio.h>\n" + code), "-Wno-unused")


def names_exist(path):
    """What a page calls by a name of ours is in the header."""
    named = set(re.findall(r"\b(?:trt[kp]?_|TRT[KP]?_|TINYRTOS_)\w+", path.read_text()))
    text = header_text()
    unknown = sorted(name for name in named if not re.search(rf"\b{name}\b", text))
    return not unknown, f"{path.name} names {unknown}"


def first_block_is(heading, command):
    section = README.read_text().split(f"\n## {heading}\n")[1]
    found = re.search(r"```\w*\n(.*?)```", section, re.S)
    return bool(found) and found[1].strip() == command, f"under {heading}: {found and found[1]}"


def default_of(name):
    """An option's default, which may be that of another; `-` stands for one that depends."""
    default = re.search(rf"^#ifndef {name}\n#define {name} (\S+)$", header_text(), re.M)
    if default is None:
        return "-"
    return default_of(default[1]) if default[1].startswith("TINYRTOS_") else default[1]


def options_table_is_right():
    """Each option has its line in the manual, with its default."""
    wrong = []
    for name in header_options():
        line = rf"^//     {name} +{default_of(name)} +\S" if name not in HOOKS else rf"^//     {name}\("
        if not re.search(line, header_text(), re.M):
            wrong.append(name)
    return not wrong, f"no line, or another default, for {wrong}"


def licence_closes_the_header():
    section = header_text().split("// >>licence\n//\n")[1]
    text = "".join(line[3:] + "\n" for line in section.splitlines()[:-1])
    return text == (TOP / "LICENSE").read_text(), "the header's end is not LICENSE"


def first_programs_agree():
    first = [next((block.code for block in blocks(path) if block.kind == "program"), None) for path in (README, HEADER)]
    return first[0] == first[1], "the first programs of the README and the manual differ"


def main():
    report = Report()
    report.case("README: Run it", first_block_is, "Run it", "tools/demo")
    report.case("README: Test it", first_block_is, "Test it", "tools/test")
    report.case("README and manual begin with the same program", first_programs_agree)
    report.case("the manual's table of options is right", options_table_is_right)
    report.case("the licence closes the header", licence_closes_the_header)
    for path in PAGES:
        report.case(f"what {path.name} names exists", names_exist, path)
    for path in (README, HEADER, *PAGES):
        for block in blocks(path):
            name = f"{path.name}:{block.line}: {block.kind}"
            if block.kind == "program":
                for compiler in (GCC, CLANG):
                    report.case(f"{name}, {compiler.name}", program_runs, block.code, compiler.cc)
            elif block.kind in ("file", "body"):
                code = block.code if block.kind == "file" else "void part(void);\nvoid part(void)\n{\n" + block.code + "}\n"
                for dialect in ("c99", "c++11"):
                    report.case(f"{name}, {dialect}", part_compiles, code, dialect)
    return report.run()


if __name__ == "__main__":
    sys.exit(main())
