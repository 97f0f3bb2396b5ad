import io
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.dom.minidom
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock

TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))
import bench  # noqa: E402
import bench_plot  # noqa: E402
import bench_trace  # noqa: E402


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
        for arguments in (["--help"], ["avr", "--write"], ["--csv", "--check"], ["cortex-m3", "host"]):
            run = subprocess.run([TOOLS / "bench", *arguments], stderr=subprocess.PIPE, text=True)
            self.assertEqual(2, run.returncode)
            self.assertIn("usage: tools/bench [avr|cortex-m3] [--csv]", run.stderr)


GOALS = """port,name,unit,goal,best peer,who
cortex-m3,yield,instructions/exceptions,26/0,39/0,Other
cortex-m3,"give, it runs",instructions/exceptions,48/1,48/0,Other
cortex-m3,memory,instructions,36,40,Other
cortex-m3,library,bytes,,,
cortex-m3,growth of yield,%,110,,
avr,yield,cycles,125,225,Other
"""


class Figures(unittest.TestCase):
    """With goals of its own, and in place of measuring, figures."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "goals.csv").write_text(GOALS)
        self.measured = {"cortex-m3": {"yield": "26/0", "give, it runs": "71/0", "library": "9", "unknown": "1",
                                       "growth of yield": "103"},
                         "avr": {"yield": "126"}}
        for name, value in (("BENCH", self.folder), ("RECORD", self.folder / "record.csv"), ("MEASURE", {
                port: lambda folder, port=port: self.measured[port] for port in bench.PORTS})):
            patch = mock.patch.object(bench, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def run_main(self, *arguments):
        text = io.StringIO()
        with redirect_stdout(text):
            status = bench.main(list(arguments))
        return status, text.getvalue()

    def test_cost(self):
        self.assertEqual([39, 48 + 24, 4 + 48], [bench.cost(figure) for figure in ("39", "48/1", "4/2")])

    def test_ok(self):
        oks = {f.name: f.ok for f in bench.figures_of("cortex-m3", self.measured["cortex-m3"])}
        self.assertEqual({"yield": True, "give, it runs": True, "memory": False, "library": True,
                          "growth of yield": True}, oks)
        self.assertEqual([False], [f.ok for f in bench.figures_of("avr", self.measured["avr"])])

    def test_csv(self):
        self.assertEqual((1, "port,name,ours,unit,goal,best peer,ok\navr,yield,126,cycles,125,225 Other,no\n"),
                         self.run_main("avr", "--csv"))
        self.measured["avr"]["yield"] = "125"
        self.assertEqual(0, self.run_main("avr")[0])

    def test_table(self):
        status, text = self.run_main("cortex-m3")
        self.assertEqual(1, status)
        self.assertRegex(text, r"\nmemory +- +36 +40 Other +no +instructions\n")
        self.assertIn("3 of 4 goals reached; 1 of 3 as good", text)
        self.assertRegex(text, r"\narm-none-eabi-gcc .*; QEMU")
        self.assertRegex(text, r"\noperations.*: -mcpu=cortex-m3 -mthumb -O2; the default configuration\n")
        self.assertRegex(text, r"\ntwo tasks \+ semaphore.*: .* -Os; MUTEXES=0 FLAGS=0 TIMERS=0 ")

    def test_options_are_those_of_the_flags_and_of_the_sources(self):
        source = self.folder / "a.c"
        source.write_text("#define TINYRTOS_CPU_HZ 1\n#define TINYRTOS_NAMES 0\n#define TINYRTOS_IMPLEMENTATION\n")
        program = bench.Program(["cc", "-Os", "-DTINYRTOS_TICK_BITS=16", "-DOTHER=1"], [source])
        self.assertEqual(["TICK_BITS=16", "NAMES=0"], bench.options_of(program))

    def test_growth_is_that_of_the_dearest(self):
        names = [name for _, operation, fewest in bench.GROWTH for name in bench.series(operation, fewest, 64)]
        figures = {**{name: "200" for name in names}, "yield, 8 ready at one priority": "230",
                   "tick, 64 waiting": "150/1"}
        found = bench.growth(figures, 64)
        self.assertEqual("115", found.pop("growth of yield, 2 to 64 ready"))
        self.assertEqual({"100"}, set(found.values()))
        self.assertIn("growth of timer stop, 0 to 63 armed", found)

    def test_the_record(self):
        self.assertEqual(1, self.run_main("--check")[0])  # there is none
        self.assertEqual(0, self.run_main("--write")[0])
        self.assertEqual((0, "# figure cortex-m3: growth of yield: 103 %, goal 110\n"
                             "# figure cortex-m3: 3 of 4 goals reached; 1 of 3 as good as the best peer or better\n"
                             "# figure avr: 0 of 1 goals reached; 1 of 1 as good as the best peer or better\n"),
                         self.run_main("--check"))
        self.measured["avr"]["yield"] = "124"  # better is a difference, too
        status, text = self.run_main("--check")
        self.assertEqual(1, status)
        self.assertIn("avr: yield: 126 -> 124\nrecord.csv avr.svg changed", text)
        self.assertNotIn("cortex-m3: yield", text)

    def test_what_differs_between_two_records(self):
        head, one = "port,name,ours,unit,goal,best peer,ok\n", "avr,yield,126,cycles,125,225 Other,no\n"
        self.assertEqual(["avr: yield: nothing -> 126"], list(bench.differences(head, head + one)))
        self.assertEqual(["avr: yield: 126 -> nothing"], list(bench.differences(head + one, head)))
        self.assertEqual(["avr: yield: 126 -> 126, goal or peer changed"],
                         list(bench.differences(head + one, head + one.replace("125", "120"))))

    def test_the_drawing(self):
        figures = bench.figures_of("cortex-m3", self.measured["cortex-m3"])
        drawn = xml.dom.minidom.parseString(bench_plot.svg("cortex-m3", figures, bench.cost))
        texts = [element.firstChild.data for element in drawn.getElementsByTagName("text")]
        self.assertIn("71/0 against 48/0 Other", texts)
        self.assertNotIn("memory", texts)
        bars = [rect for rect in drawn.getElementsByTagName("rect") if rect.getAttribute("fill") == bench_plot.WORSE]
        self.assertEqual([f"{bench_plot.UNIT * 71 / 48:.1f}"], [rect.getAttribute("width") for rect in bars])

    def test_longest_of_a_table(self):
        table = self.folder / "masked.txt"
        table.write_text("at most 999\n\n   10    trt_a, 2000 wait\n  110 !  trt_b\n   12    trt_tick, 12 are due\n")
        self.assertEqual("110", bench.longest_in(table, "trt_"))
        self.assertEqual("12", bench.longest_in(table, "trt_tick, .* due"))


DISASSEMBLY = """
00000010 <begin>:
      10:\t4770      \tbx\tlr

00000020 <end>:
      20:\t4770      \tbx\tlr

00000030 <task>:
      30:\tf44f 1180 \tmov.w\tr1, #1048576\t@ 0x100000
      34:\tf7ff f94f \tbl\t20 <end>
      38:\t4b06      \tldr\tr3, [pc, #24]\t@ (2114 <begin+0x24>)
"""


class Trace(unittest.TestCase):
    def test_what_is_put_off_is_not_executed(self):
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "log"
            log.write_text("".join(f"{line}\n" for line in (
                "Trace 0: 0x7f [00000110/00000030/00000110/ff200000] task", "cpu_io_recompile: rewound execution of TB",
                "Trace 0: 0x7f [00000110/00000030/00000110/ff200000] task", "Taking exception 5 [IRQ] on CPU 0",
                "Trace 0: 0x7f [00000110/00000034/00000110/ff200000] task", "Stopped execution of TB chain before 0x7f",
                "Trace 0: 0x7f [00000110/00000038/00000110/ff200000] task")))
            self.assertEqual([0x30, 0x38], list(bench_trace.executed(log)))

    def test_the_last_operation_without_its_marks(self):
        instructions = bench_trace.disassembly(DISASSEMBLY)
        first, last = [0x10, 0x30, 0x34, 0x20], [0x10, 0x38, 0x30, 0x34, 0x20]
        steps = bench_trace.operation([*first, 0x38, *last, 0x30, 0x20], instructions)
        self.assertEqual([(1, 0x38, "task", "ldr r3, [pc, #24]"), (2, 0x30, "task", "mov.w r1, #1048576")], steps)
        self.assertEqual(["      task:", "    1      38  ldr r3, [pc, #24]", "    2      30  mov.w r1, #1048576"],
                         bench_trace.listing(steps))

    def test_cycles_of_each_operation_without_its_mark(self):
        output = ("begin\n30 1\n# cycles 1 0 other\nok 1 - other\n"
                  "begin\n20 9\nbegin\n10 1\n38 2\n30 4\n34 1\n# cycles 7 2 this\nok 2 - this\n")
        instructions = bench_trace.disassembly(DISASSEMBLY)
        found = bench_trace.operations_in_cycles(output, instructions)
        self.assertEqual(["other", "this"], list(found))
        said, steps = found["this"]
        self.assertEqual("this: 7 cycles", said)
        self.assertEqual([(1, 0x10), (3, 0x38), (7, 0x30)], [step[:2] for step in steps])


if __name__ == "__main__":
    unittest.main()
