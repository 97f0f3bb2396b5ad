"""install.sh on machines that this one is not: an empty PATH with a pretended apt-get, sudo and id."""
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
TOOLS = TOP / "tools"


class Install(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.bin = Path(folder.name) / "bin"
        self.bin.mkdir()
        self.root = Path(folder.name) / "root"
        self.log = Path(folder.name) / "log"
        self.log.write_text("")
        for tool in ("env", "dirname", "cat"):
            (self.bin / tool).symlink_to(f"/usr/bin/{tool}")

    def program(self, name, script=""):
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def apt(self, uid, status=0):
        self.program("id", f"echo {uid}")
        self.program("apt-get", f'echo "$DEBIAN_FRONTEND apt-get $*" >>{self.log}; exit {status}')

    def file(self, path):
        path = self.root / path
        path.parent.mkdir(parents=True)
        path.touch()

    def shell(self, script):
        environment = {"PATH": str(self.bin), "TINYRTOS_SYSROOT": str(self.root)}
        return subprocess.run(["/bin/sh", "-euc", f". {TOOLS}/install.sh; {script}", "tools/test"], env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def missing(self, *packages):
        return self.shell(f"missing_packages {' '.join(packages)}").stdout.split()

    def all_packages(self):
        script = (TOOLS / "test").read_text().replace("\\\n", " ")
        return next(line.split()[1:] for line in script.splitlines() if line.strip().startswith("install_missing "))

    def test_on_a_bare_machine_all_is_missing(self):
        self.assertGreater(len(self.all_packages()), 15)
        self.assertEqual(self.all_packages(), self.missing(*self.all_packages()))

    def test_a_program_stands_for_its_package(self):
        for package, program in {"clang": "clang", "ninja-build": "ninja", "gcc-avr": "avr-gcc", "python3": "python3",
                                 "gcc-arm-none-eabi": "arm-none-eabi-gcc", "valgrind": "valgrind"}.items():
            self.assertEqual([package], self.missing(package))
            self.program(program)
            self.assertEqual([], self.missing(package))

    def test_gcc_is_there_when_cc_is_too(self):
        self.program("gcc")
        self.assertEqual(["gcc"], self.missing("gcc"))
        self.program("cc")
        self.assertEqual([], self.missing("gcc"))

    def test_a_file_stands_for_its_package(self):
        for package, path in {
            "libc6-dev": "usr/include/stdio.h",
            "libcriterion-dev": "usr/include/criterion/criterion.h",
            "avr-libc": "usr/lib/avr/include/avr/io.h",
            "libnewlib-arm-none-eabi": "usr/lib/arm-none-eabi/newlib/libc.a",
            "libclang-rt-14-dev": "usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.asan-x86_64.a",
        }.items():
            self.assertEqual([package], self.missing(package))
            self.file(path)
            self.assertEqual([], self.missing(package))

    def test_nothing_is_done_where_nothing_is_missing(self):
        self.apt(0)
        self.program("clang")
        run = self.shell("install_missing clang")
        self.assertEqual((0, "", ""), (run.returncode, run.stdout, run.stderr))
        self.assertEqual("", self.log.read_text())

    def test_root_installs_what_is_missing_and_says_so_first(self):
        self.apt(0)
        self.program("clang")
        run = self.shell("install_missing clang valgrind meson")
        self.assertEqual(0, run.returncode)
        self.assertIn("installing with apt-get: valgrind meson", run.stderr)
        self.assertEqual([" apt-get update -q",
                          "noninteractive apt-get install -y -q --no-install-recommends valgrind meson"],
                         self.log.read_text().splitlines())

    def test_others_use_sudo(self):
        self.apt(1000)
        self.program("sudo", f'echo "sudo" >>{self.log}; "$@"')
        run = self.shell("install_missing meson")
        self.assertEqual(0, run.returncode)
        self.assertIn("installing with sudo apt-get: meson", run.stderr)
        self.assertEqual(2, self.log.read_text().count("sudo"))

    def test_neither_root_nor_sudo(self):
        self.apt(1000)
        run = self.shell("install_missing meson; echo went on")
        self.assertNotEqual(0, run.returncode)
        self.assertIn("only root can install it: meson", run.stderr)
        self.assertEqual("", run.stdout + self.log.read_text())

    def test_no_apt(self):
        run = self.shell("install_missing meson; echo went on")
        self.assertNotEqual(0, run.returncode)
        self.assertIn("no apt-get to install it: meson", run.stderr)
        self.assertEqual("", run.stdout)

    def test_apt_fails(self):
        self.apt(0, status=100)
        run = self.shell("install_missing meson; echo went on")
        self.assertNotEqual(0, run.returncode)
        self.assertEqual("", run.stdout)

    def test_a_compiler_by_any_name_is_enough_for_the_demo(self):
        self.program("cc")
        self.assertEqual(0, self.shell("install_missing_cc").returncode)

    def test_a_compiler_without_a_library_is_not(self):
        self.apt(0)
        self.program("cc", "exit 1")
        self.shell("install_missing_cc")
        self.assertIn("--no-install-recommends gcc libc6-dev", self.log.read_text())

    def test_every_entry_stops_when_its_needs_cannot_be_met(self):
        for entry in ("test", "demo", "bench host"):
            run = subprocess.run(["/bin/sh", *f"{TOOLS}/{entry}".split()], stderr=subprocess.PIPE, text=True,
                                 env={"PATH": str(self.bin), "TINYRTOS_SYSROOT": str(self.root)}, cwd=os.sep)
            self.assertNotEqual(0, run.returncode)
            self.assertIn("there is no apt-get", run.stderr)


if __name__ == "__main__":
    unittest.main()
