#!/usr/bin/env python3
"""A program of somebody else's uses the project: as a Meson subproject, and installed, through pkg-config."""
import shlex
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "compile"), str(HERE.parent.parent / "tools")]
from code_blocks import blocks  # noqa: E402
from driver import TOP, Report, run, scratch  # noqa: E402


def copy_project(folder):
    shutil.copytree(TOP, folder, ignore=shutil.ignore_patterns(".git", "build", "__pycache__"))


def commands(*lines, folder):
    """Run one after the other until one fails."""
    for line in lines:
        passed, said = run(shlex.split(line), folder=folder)
        if not passed:
            return False, f"{line}\n{said}"
    return True, said


def as_subproject(wrap):
    with scratch() as folder:
        for name in ("meson.build", "app.c"):
            shutil.copy(HERE / name, folder)
        copy_project(Path(folder) / "subprojects" / "tinyrtos")
        if wrap:
            (Path(folder) / "subprojects" / "tinyrtos.wrap").write_text(wrap)
        return commands("meson setup --wrap-mode=nodownload build", "meson test -C build", folder=folder)


def installed():
    """`meson install` brings the header and the pkg-config file and nothing else; both lead to a program."""
    with scratch() as folder:
        root = Path(folder) / "root"
        passed, said = commands(f"meson setup --prefix=/usr build {TOP}",
                                f"meson install -C build --no-rebuild --destdir {root}", folder=folder)
        if not passed:
            return False, said
        files = sorted(path.name for path in root.rglob("*") if path.is_file())
        if files != ["tinyrtos.h", "tinyrtos.pc"]:
            return False, f"installed: {files}"
        found = next(root.rglob("tinyrtos.pc"))
        _, flags = run(["env", f"PKG_CONFIG_SYSROOT_DIR={root}", f"PKG_CONFIG_LIBDIR={found.parent}",
                        "PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1", "pkg-config", "--cflags", "--libs", "tinyrtos"])
        return commands(f"cc {HERE / 'app.c'} {flags.strip()} -o app", "./app", folder=folder)


def main():
    wrap = next(block.code for block in blocks(TOP / "README.md") if block.kind == "ini")
    report = Report()
    report.case("as a subproject", as_subproject, None)
    report.case("as a subproject with the README's wrap file", as_subproject, wrap)
    report.case("installed", installed)
    return report.run()


if __name__ == "__main__":
    sys.exit(main())
