"""The sketches, as they are in the package for the Arduino IDE, compile as the IDE would do it, with the core of Debian's
arduino-core-avr, for one board; and they do what they say, in simavr.
usage: test_arduino.py uno|mega RUN"""
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
ARDUINO = Path("/usr/share/arduino/hardware/arduino/avr")
CORE = ARDUINO / "cores" / "arduino"
BOARDS = {"uno": ("atmega328p", "standard"), "mega": ("atmega2560", "mega")}
# platform.txt's, but with warnings.
COMMON = "-c -g -Os -Wall -ffunction-sections -fdata-sections -flto -DF_CPU=16000000L -DARDUINO=10819 -DARDUINO_ARCH_AVR".split()
C = ["avr-gcc", *COMMON, "-std=gnu11", "-fno-fat-lto-objects"]
CXX = ["avr-g++", *COMMON, "-std=gnu++11", "-fpermissive", "-fno-exceptions", "-fno-threadsafe-statics",
       "-Wno-error=narrowing"]
ASM = ["avr-gcc", "-c", "-g", "-x", "assembler-with-cpp", "-flto"]


def as_cpp(sketch):
    """What the IDE makes of a sketch: the core's header first, prototypes before the first function."""
    functions = re.findall(r"^((?:static )?\w[\w ]* \**\w+\([^)]*\)) \{", sketch, re.MULTILINE)
    first = sketch.index(functions[0])
    return "#include <Arduino.h>\n" + sketch[:first] + "".join(f"{f};\n" for f in functions) + sketch[first:]


class Sketches(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.mcu, variant = BOARDS[BOARD]
        cls.flags = [f"-mmcu={cls.mcu}", f"-I{CORE}", f"-I{ARDUINO / 'variants' / variant}"]
        package = subprocess.run([TOP / "tools" / "package", "arduino", folder.name], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout.strip()
        zipfile.ZipFile(package).extractall(cls.folder)
        cls.library = cls.folder / "tinyrtos"
        cls.build_core()

    @classmethod
    def build_core(cls):
        objects = []
        for source in sorted(CORE.iterdir()):
            compiler = {".c": C, ".cpp": CXX, ".S": ASM}.get(source.suffix)
            if compiler:  # Debian's core wants a newer float.h than Debian's compiler has
                objects.append(cls.folder / f"{source.name}.o")
                subprocess.run([*compiler, "-w", "-DDECIMAL_DIG=__DECIMAL_DIG__", *cls.flags, source, "-o", objects[-1]], check=True)
        subprocess.run(["avr-gcc-ar", "rcs", cls.folder / "core.a", *objects], check=True)

    def build(self, name):
        sketch = (self.library / "examples" / name / f"{name}.ino").read_text()
        source, thing, elf = (self.folder / f"{name}{end}" for end in (".ino.cpp", ".o", ".elf"))
        source.write_text(as_cpp(sketch))
        run = subprocess.run([*CXX, *self.flags, f"-I{self.library / 'src'}", source, "-o", thing], stderr=subprocess.PIPE,
                             text=True)
        self.assertEqual((0, ""), (run.returncode, run.stderr))
        subprocess.run(["avr-gcc", "-w", "-Os", "-g", "-flto", "-fuse-linker-plugin", "-Wl,--gc-sections",
                        f"-mmcu={self.mcu}", "-o", elf, thing, self.folder / "core.a", "-lm"], check=True)
        return elf

    def run_board(self, name, milliseconds, text):
        output = subprocess.run([RUN, "--board", str(milliseconds), text, self.mcu, self.build(name)], check=True,
                                stdout=subprocess.PIPE, text=True).stdout
        return re.search("serial: (.*)\n", output)[1], {pin: int(n) for pin, n in re.findall(r"(B\d): (\d+)", output)}

    def test_the_header_can_lie_beside_the_sketch(self):
        for sketch in (self.library / "examples").glob("*/*.ino"):
            self.assertIn('#include "tinyrtos.h"', sketch.read_text())

    def test_blink(self):
        first, second = {"uno": ("B5", "B4"), "mega": ("B7", "B6")}[BOARD]  # pins 13 and 12
        _, changes = self.run_board("Blink", 3050, "")
        self.assertIn(changes[first], (7, 8))     # every 500 ms, the first at once; perhaps once at the start
        self.assertIn(changes[second], (11, 12))  # every 300 ms

    def test_echo(self):
        serial, _ = self.run_board("Echo", 600, "tiny rtos")
        self.assertEqual("TINY RTOS", serial)


if __name__ == "__main__":
    BOARD, RUN = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1])
