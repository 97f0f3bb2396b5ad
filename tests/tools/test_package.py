"""tools/package writes what the Arduino IDE and PlatformIO accept."""
import json
import re
import subprocess
import tempfile
import unittest
import zipfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
PACKAGE = TOP / "tools" / "package"


class Package(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def package(self, kind):
        """The path of a new package."""
        run = subprocess.run([PACKAGE, kind, self.folder], stdout=subprocess.PIPE, text=True, check=True)
        return Path(run.stdout.strip())

    def files(self, kind):
        with zipfile.ZipFile(self.package(kind)) as package:
            return {name: package.read(name).decode() for name in package.namelist()}

    def version(self):
        return re.search(r"version: '(.*?)'", (TOP / "meson.build").read_text())[1]

    def test_both_have_the_header_and_every_sketch(self):
        for kind in ("arduino", "platformio"):
            files = self.files(kind)
            self.assertEqual((TOP / "tinyrtos.h").read_text(), files["tinyrtos/src/tinyrtos.h"])
            sketches = {f"tinyrtos/examples/{path.parent.name}/{path.name}": path.read_text()
                        for path in (TOP / "examples" / "arduino").glob("*/*.ino")}
            self.assertEqual(sketches, {name: text for name, text in files.items() if name.endswith(".ino")})
            for name in sketches:  # the IDE opens no other
                self.assertEqual(Path(name).stem, Path(name).parent.name)

    def test_everything_is_in_one_folder_named_after_the_library(self):
        for kind in ("arduino", "platformio"):
            self.assertEqual({"tinyrtos"}, {name.split("/")[0] for name in self.files(kind)})

    def test_arduino_properties(self):
        text = self.files("arduino")["tinyrtos/library.properties"]
        fields = dict(line.split("=", 1) for line in text.splitlines())
        # What the specification demands, all on one line each.
        self.assertLessEqual({"name", "version", "author", "maintainer", "sentence", "paragraph", "category", "url",
                              "architectures"}, set(fields))
        self.assertTrue(all(fields.values()))
        self.assertEqual(("tinyrtos", self.version(), "avr"), (fields["name"], fields["version"], fields["architectures"]))
        self.assertIn(fields["category"], ("Display", "Communication", "Signal Input/Output", "Sensors", "Device Control",
                                           "Timing", "Data Storage", "Data Processing", "Other"))

    def test_arduino_keywords(self):
        lines = self.files("arduino")["tinyrtos/keywords.txt"].splitlines()
        self.assertTrue(all(re.fullmatch(r"\w+\t(KEYWORD1|KEYWORD2|LITERAL1)", line) for line in lines))
        for line in ("trt_sem_t\tKEYWORD1", "trt_sem_give\tKEYWORD2", "trt_start\tKEYWORD2", "TRT_TASK_DEFINE\tLITERAL1",
                     "TRT_ISR\tLITERAL1", "TRT_ERR_TIMEOUT\tLITERAL1"):
            self.assertIn(line, lines)
        self.assertEqual(len(lines), len({line.split()[0] for line in lines}))

    def test_platformio_manifest(self):
        manifest = json.loads(self.files("platformio")["tinyrtos/library.json"])
        self.assertEqual(("tinyrtos", self.version(), "MIT"), tuple(manifest[key] for key in ("name", "version", "license")))
        self.assertEqual("src", manifest["build"]["srcDir"])

    def test_two_packages_of_one_tree_are_the_same(self):
        first = self.package("arduino").read_bytes()
        self.assertEqual(first, self.package("arduino").read_bytes())

    def test_wrong_use(self):
        for arguments in ([], ["avr"], ["arduino", "a", "b"]):
            run = subprocess.run([PACKAGE, *arguments], stderr=subprocess.PIPE, text=True, cwd=self.folder)
            self.assertNotEqual(0, run.returncode)
            self.assertIn("usage:", run.stderr)
        self.assertEqual([], list(self.folder.iterdir()))


if __name__ == "__main__":
    unittest.main()
