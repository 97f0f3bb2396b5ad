import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / "tools" / "check_output.py"


class CheckOutput(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.expected = Path(self.folder.name) / "expected.txt"
        self.expected.write_text("one\ntwo\n")

    def check(self, script, *options):
        run = subprocess.run([sys.executable, TOOL, *options, self.expected, "sh", "-c", script],
                             stdout=subprocess.PIPE, text=True)
        return run.returncode, run.stdout

    def test_the_same(self):
        self.assertEqual((0, ""), self.check("echo one; echo two"))

    def test_another_line(self):
        status, said = self.check("echo one; echo three")
        self.assertEqual(1, status)
        self.assertIn("-two\n+three\n", said)

    def test_a_line_too_few_or_too_many(self):
        self.assertEqual(1, self.check("echo one")[0])
        self.assertEqual(1, self.check("echo one; echo two; echo")[0])

    def test_a_bad_status(self):
        status, said = self.check("echo one; echo two; exit 3")
        self.assertEqual(1, status)
        self.assertIn("status 3", said)

    def test_nothing_is_expected_yet(self):
        self.expected.unlink()
        self.assertEqual(1, self.check("echo one")[0])

    def test_write(self):
        self.assertEqual(0, self.check("echo new", "--write")[0])
        self.assertEqual("new\n", self.expected.read_text())

    def test_write_keeps_the_file_when_the_command_fails(self):
        self.assertEqual(1, self.check("echo new; exit 1", "--write")[0])
        self.assertEqual("one\ntwo\n", self.expected.read_text())


if __name__ == "__main__":
    unittest.main()
