import io
import json
import os
import re
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools"))
import suites  # noqa: E402


class Suites(unittest.TestCase):
    def names(self, *arguments, full=False):
        return [c.name for c in suites.chosen(list(arguments), full)]

    def run_main(self, arguments, results):
        """main() with `results` instead of real runs: name -> (passed, count)."""
        text = io.StringIO()
        with (mock.patch.object(suites, "run", lambda c, prepared: results[c.name]),
              mock.patch.object(suites, "prepare", lambda c: ""), redirect_stdout(text)):
            status = suites.main(arguments)
        return status, text.getvalue()

    def test_names_are_unique(self):
        names = [c.name for c in suites.CONFIGURATIONS]
        self.assertEqual(sorted(set(names)), sorted(names))

    def test_without_a_name_all_but_the_long_ones(self):
        self.assertEqual([c.name for c in suites.PLAIN + suites.VARIANTS + suites.TARGETS + suites.AVRS], self.names())
        self.assertEqual([c.name for c in suites.CONFIGURATIONS], self.names(full=True))

    def test_chosen_ones_in_the_order_of_the_table(self):
        self.assertEqual(["kernel", "asan"], self.names("asan", "kernel"))
        self.assertEqual(["clang-lto"], self.names("clang-lto"))

    def test_a_group_is_all_its_members(self):
        members = suites.GROUPS["cortex-m"]
        self.assertEqual(members, self.names("cortex-m"))
        self.assertEqual(["kernel", *members], self.names("cortex-m", "cortex-m3", "kernel"))

    def test_unknown_name(self):
        with self.assertRaises(SystemExit) as end:
            self.names("kernel", "kernle")
        self.assertIn("kernle", str(end.exception.code))

    def test_folders_are_shared_only_by_equal_builds(self):
        made_by = {}
        for c in suites.CONFIGURATIONS:
            self.assertEqual((c.cc, c.setup), made_by.setdefault(suites.build_folder(c), (c.cc, c.setup)))
        self.assertEqual("gcc", suites.build_folder(suites.chosen(["valgrind"], False)[0]).name)

    def test_usage_names_all(self):
        for c in suites.CONFIGURATIONS:
            self.assertRegex(suites.usage(), rf"\n  {c.name} +\S")

    def test_status_and_summary(self):
        status, text = self.run_main(["kernel", "host"], {"kernel": (True, 12), "host": (True, 3)})
        self.assertEqual(0, status)
        self.assertRegex(text, r"\n2 of 2 passed, \d+ s\n")
        status, text = self.run_main(["kernel", "host"], {"kernel": (True, 12), "host": (False, 3)})
        self.assertEqual(1, status)
        self.assertRegex(text, r"\n1 of 2 passed, \d+ s; failed: host\n")

    def test_what_cannot_be_prepared(self):
        text = io.StringIO()
        with ThreadPoolExecutor(1) as pool, redirect_stdout(text):
            self.assertEqual((False, 0), suites.run(suites.PLAIN[0], pool.submit(lambda: "does not compile")))
        self.assertIn("does not compile", text.getvalue())

    def test_only_what_a_suite_needs_is_built(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "meson-info").mkdir()
            (folder / "meson-info" / "intro-targets.json").write_text(json.dumps(
                [{"id": "a", "filename": [f"{folder}/one/a"]}, {"id": "b", "filename": [f"{folder}/b"]}]))
            (folder / "meson-info" / "intro-tests.json").write_text(json.dumps(
                [{"suite": ["tinyrtos:kernel", "tinyrtos:wrap"], "depends": ["a"]},
                 {"suite": ["tinyrtos:host"], "depends": ["b", "a"]}, {"suite": ["tinyrtos:tools"], "depends": []}]))
            kernel, host, _, _, tools = suites.PLAIN[:5]
            self.assertEqual([["one/a"], ["b", "one/a"], []],
                             [suites.programs(c, folder) for c in (kernel, host, tools)])

    def test_counting(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "meson-logs").mkdir()
            tests = [{"name": "k", "stdout": "1..3\nok - a\nnot ok - b\n  ok not\nok - c\n",
                      "stderr": "[====] Synthesis: Tested: 3\n"}, {"name": "x", "stdout": "hello\n"}]
            (Path(folder) / "meson-logs" / "testlog-valgrind.json").write_text(
                "\n".join(json.dumps(test) for test in tests) + "\n")
            self.assertEqual((4, ["k: [====] Synthesis: Tested: 3"]), suites.tests_in_logs(Path(folder)))

    def test_figures(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "meson-logs").mkdir()
            tests = [{"name": "r", "stdout": "figure x\n# figure avr: growth: 100 %\nok\n# figure avr: 1 of 2\n"},
                     {"name": "c"}]
            (Path(folder) / "meson-logs" / "testlog.json").write_text("\n".join(map(json.dumps, tests)) + "\n")
            self.assertEqual(["avr: growth: 100 %", "avr: 1 of 2"], suites.figures_in_logs(Path(folder)))

    def test_sweeps(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertIsNone(suites.sweeps_in_logs(Path(folder)))
            (Path(folder) / "meson-logs").mkdir()
            tests = [{"name": "s", "stdout": "ok 1 - a\n# all: points 10, runs 20, longest masked stretch 70\n1..1\n"},
                     {"name": "t", "stdout": "# all: points 1, runs 2, longest masked stretch 90\n"}]
            (Path(folder) / "meson-logs" / "testlog.json").write_text("\n".join(map(json.dumps, tests)) + "\n")
            self.assertEqual("11 points hit in 22 runs, longest masked stretch 90 instructions",
                             suites.sweeps_in_logs(Path(folder)))

    def test_sweeps_without_a_measure_or_measured_in_cycles(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "meson-logs").mkdir()
            log = Path(folder) / "meson-logs" / "testlog.json"
            log.write_text(json.dumps({"name": "s", "stdout": "# all: points 10, runs 20\n"}))
            self.assertEqual("10 points hit in 20 runs", suites.sweeps_in_logs(Path(folder)))
            log.write_text(json.dumps({"name": "s", "stdout": "# all: points 1, runs 2\nlongest masked stretch 9 cycles\n"}))
            self.assertEqual("1 points hit in 2 runs, longest masked stretch 9 cycles", suites.sweeps_in_logs(Path(folder)))

    def test_full_sweeps_every_instruction_of_targets(self):
        target, host = suites.TARGETS[0], suites.PLAIN[0]
        with mock.patch.dict("os.environ"):
            os.environ.pop("TINYRTOS_TEST_FULL", None)
            self.assertEqual(target.setup, suites.setup_options(target))
            os.environ["TINYRTOS_TEST_FULL"] = "1"
            self.assertEqual([*target.setup, "-Dc_args=-DSWEEP_STEP=1u"], suites.setup_options(target))
            self.assertEqual(host.setup, suites.setup_options(host))

    def test_every_example_is_built(self):
        listed = re.findall(r"'(\w+)'", re.search(r"foreach name : \[(.*?)\]", (TOP / "examples" / "meson.build")
                                                  .read_text(), re.S)[1])
        self.assertEqual(sorted(path.stem for path in (TOP / "examples").glob("*.c")), sorted(listed))


if __name__ == "__main__":
    unittest.main()
