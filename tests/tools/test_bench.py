import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / "tools"


class Bench(unittest.TestCase):
    def bench(self, *lines, status=0):
        """Run tools/bench on a program that prints `lines`."""
        with tempfile.TemporaryDirectory() as folder:
            top = Path(folder)
            (top / "tools").mkdir()
            (top / "tests" / "bench").mkdir(parents=True)
            for name in ("bench", "install.sh"):
                shutil.copy(TOOLS / name, top / "tools")
            prints = "".join(f'    puts("{line}");\n' for line in lines)
            (top / "tests" / "bench" / "fake.c").write_text(
                f"#include <stdio.h>\nint main(void)\n{{\n{prints}    return {status};\n}}\n")
            return subprocess.run([top / "tools" / "bench", "fake"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  text=True)

    def test_goals_reached(self):
        run = self.bench("name,value,unit,goal,ok", "switch,12.5,ns,20,yes", "# a remark", "day,0.5,s,1,yes")
        self.assertEqual(0, run.returncode)
        self.assertEqual("name,value,unit,goal,ok\nswitch,12.5,ns,20,yes\n# a remark\nday,0.5,s,1,yes\n", run.stdout)

    def test_a_goal_missed(self):
        run = self.bench("switch,12.5,ns,20,yes", "day,1.5,s,1,no", "more,1,s,1,yes")
        self.assertEqual(1, run.returncode)
        self.assertIn("day,1.5,s,1,no", run.stdout)

    def test_a_line_of_another_shape(self):
        self.assertEqual(1, self.bench("switch,12.5,yes").returncode)

    def test_no_figures(self):
        self.assertEqual(1, self.bench("name,value,unit,goal,ok").returncode)
        self.assertEqual(1, self.bench("# a,b,c,d,yes").returncode)
        self.assertEqual(1, self.bench().returncode)

    def test_the_program_fails(self):
        self.assertNotEqual(0, self.bench("switch,12.5,ns,20,yes", status=3).returncode)

    def test_usage(self):
        run = subprocess.run([TOOLS / "bench"], stderr=subprocess.PIPE, text=True)
        self.assertEqual(2, run.returncode)
        self.assertTrue(run.stderr.startswith("usage: tools/bench NAME"))


if __name__ == "__main__":
    unittest.main()
