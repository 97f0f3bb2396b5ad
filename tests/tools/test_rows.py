import json
import re
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools"))
import rows  # noqa: E402


class Rows(unittest.TestCase):
    def report(self, table, **ports):
        """report() of a table and of what was found on each port."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.csv"
            path.write_text("row,what,host,cortex-m3,avr\n" + table)
            results = {name: ports.get(port.replace("-", "_"), []) if n == 0 else []
                       for port, names in rows.PORTS.items() for n, name in enumerate(names)}
            with mock.patch.object(rows, "TABLE", path):
                text, fine = rows.report(results)
        return re.sub(" +", " ", text.splitlines()[1]), fine

    def test_a_test_covers_the_row_that_its_name_begins_with(self):
        found = [("Y1_a", True), ("Y1_b", True), ("Y11_c", False)]
        self.assertEqual(("Y1 x 2 ok - -", True), self.report("Y1,x,,-,-\n", host=found))

    def test_a_row_without_a_test_fails(self):
        self.assertEqual(("Y1 x - NO TEST -", False), self.report("Y1,x,-,,-\n", cortex_m3=[("Y2_a", True)]))

    def test_a_row_whose_test_fails_fails(self):
        self.assertEqual(("Y1 x - - 1 of 2 FAILED", False),
                         self.report("Y1,x,-,-,\n", avr=[("Y1_a", True), ("Y1_b", False)]))

    def test_whole_tests_and_rows_without_any(self):
        self.assertEqual(("D1 x 2 ok later paper", True),
                         self.report("D1,x,errors link,later,paper\n", host=[("errors", True), ("link", True), ("x", False)]))

    def test_outcomes_are_read_from_the_logs(self):
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "testlog.json"
            log.write_text(json.dumps({"name": "tinyrtos:compile / errors", "result": "FAIL",
                                       "stdout": "1..2\nok 1 - sem::Y2_a\nnot ok - sem::Y2_b\n"}) + "\n")
            self.assertEqual([("errors", False), ("Y2_a", True), ("Y2_b", False)], rows.outcomes([log]))

    def test_rows_are_named_once(self):
        names = re.findall(r"^(\w+),", rows.TABLE.read_text(), re.M)
        self.assertEqual(sorted(set(names)), sorted(names))


if __name__ == "__main__":
    unittest.main()
