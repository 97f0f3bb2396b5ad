"""The examples for real boards are built by the commands in their comments; the RP2040's boots."""
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

PORT = Path(__file__).resolve().parents[2] / "ports" / "cortex-m"
EXAMPLES = sorted((PORT / "examples").glob("*.c"))
STRICT = "-std=c99 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror".split()


def command_of(example):
    """Its compiler's command, which takes several lines of the comment."""
    text = " ".join(line[2:].strip() for line in example.read_text().splitlines() if line.startswith("//"))
    command = text[text.index("arm-none-eabi-gcc"):].split()
    return command[:command.index("-o")]


def crc32(data):
    """The RP2040 bootrom's: polynomial 04C11DB7, the high bit first, from all ones, nothing inverted."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc >> 31 else 0)) & 0xFFFFFFFF
    return crc


class Boards(unittest.TestCase):
    def image(self, example):
        """What is written to the flash."""
        with tempfile.TemporaryDirectory() as folder:
            elf, image = f"{folder}/elf", Path(folder) / "image"
            subprocess.run([*command_of(example), *STRICT, "-o", elf], cwd=example.parent, check=True)
            subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", elf, str(image)], check=True)
            return image.read_bytes()

    def check_vectors(self, vectors, flash, ram_end):
        stack, reset, nmi = struct.unpack_from("<III", vectors)
        self.assertEqual(ram_end, stack)
        for handler in (reset, nmi):
            self.assertEqual(1, handler % 2)
            self.assertTrue(flash < handler < flash + len(vectors))

    def test_each_is_short(self):
        self.assertEqual(4, len(EXAMPLES))
        for example in EXAMPLES:
            self.assertLess(len(example.read_text().splitlines()), 60)

    def test_vectors_are_where_the_core_looks(self):
        for name, flash, ram_end in [("stm32f103", 0x08000000, 0x20005000), ("stm32f407", 0x08000000, 0x20020000),
                                     ("nrf52832", 0, 0x20010000)]:
            with self.subTest(name):
                self.check_vectors(self.image(PORT / "examples" / f"blink_{name}.c"), flash, ram_end)

    def test_rp2040_has_a_second_stage_that_its_bootrom_takes(self):
        self.assertEqual(0x0376E6E7, crc32(b"123456789"))
        image = self.image(PORT / "examples" / "blink_rp2040.c")
        self.assertEqual(f"{crc32(image[:252]):08X}", f"{struct.unpack_from('<I', image, 252)[0]:08X}")
        self.check_vectors(image[256:], 0x10000100, 0x20040000)


if __name__ == "__main__":
    unittest.main()
