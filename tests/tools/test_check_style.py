import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import check_style  # noqa: E402


def found(text):
    return [f"{line}: {fault}" for line, fault in check_style.faults(text)]


def function(name, body, result="static void"):
    return f"{result} {name}(void)\n{{\n{body}\n}}\n"


class CheckStyle(unittest.TestCase):
    def assertFault(self, text, *faults):
        self.assertEqual([fault for fault in faults], found(text))

    def test_good_code_has_no_fault(self):
        text = ("// >>api\n\n// Do it.\n//   ret:  TRT_OK\ntrt_status_t trt_thing_do(trt_thing_t *thing);\n\n" +
                function("trtk_go_i", "    trtk_other_i();") + function("trtk_go_s", "    trtk_go_i();"))
        self.assertEqual([], found(text))

    def test_long_line(self):
        self.assertFault("x" * 100 + "\n" + "y" * 101 + "\n", "2: 101 columns, more than 100")

    def test_tab_and_trailing_blank(self):
        self.assertFault("\tint x; \n", "1: a blank at the end of the line", "1: a tab")

    def test_long_function(self):
        self.assertEqual([], found(function("trtk_f", "\n".join(["    f();"] * 38))))
        self.assertFault(function("trtk_f", "\n".join(["    f();"] * 39)), "1: trtk_f has 41 lines, more than 40")

    def test_brace_on_the_signature_s_line(self):
        text = "static void trtk_f(void) {\n" + "    f();\n" * 39 + "}\n"
        self.assertFault(text, "1: trtk_f has 41 lines, more than 40")
        text = "static inline uint8_t\ntrtk_f_i(int a, // one\n         int b) { // two\n    g_s();\n    trtk_g_s();\n}\n"
        self.assertFault(text, "5: trtk_f_i, which never switches, calls trtk_g_s")

    def test_data_and_types_are_no_functions(self):
        text = ("static const int table[] = {\n" + "    1,\n" * 50 + "};\n\ntypedef struct {\n" + "    int x;\n" * 50 +
                "} t;\nstruct a {\n" + "    int x;\n" * 50 + "};\nstatic struct {\n" + "    int x;\n" * 50 + "} b;\n")
        self.assertEqual([], found(text))

    def test_signature_over_two_lines(self):
        text = "static void trtk_f(int a,\n                   int b)\n{\n" + "    f();\n" * 39 + "}\n"
        self.assertFault(text, "1: trtk_f has 41 lines, more than 40")

    def test_deep_function(self):
        three = "    if (a) { if (b) { if (c) { f(); } } }"
        four = "    if (a) { if (b) { if (c) { if (d) { f(); } } } }"
        self.assertEqual([], found(function("trtk_f", three)))
        self.assertFault(function("trtk_f", four), "1: trtk_f nests 4 deep, more than 3")

    def test_braces_in_strings_and_comments_do_not_count(self):
        self.assertEqual([], found(function("trtk_f", "    puts(\"{{{{{{\"); // {{{{{\n    c = '{';")))

    def test_never_switching_function_calls_switching_one(self):
        self.assertFault(function("trtk_wake_i", "    f();\n    trtk_switch_s();"),
                         "4: trtk_wake_i, which never switches, calls trtk_switch_s")
        self.assertFault(function("trtp_pend_i", "    if (a) trtp_switch_s(b);"),
                         "3: trtp_pend_i, which never switches, calls trtp_switch_s")

    def test_a_comment_calls_nothing(self):
        self.assertEqual([], found(function("trtk_wake_i", "    f(); // as trtk_switch_s() would")))

    def test_reserved_names(self):
        self.assertFault("#define _GUARD\n", "1: _GUARD: the compiler's name space")
        self.assertEqual([], found("#define _DEFAULT_SOURCE 1\n"))
        self.assertFault("#define TRT__X 1\n", "1: TRT__X: the compiler's name space")
        self.assertFault(function("trt__f", "    f();"), "1: trt__f: the compiler's name space")

    def test_section_twice(self):
        self.assertFault("// >>api\n// >>task\n// >>api again\n", "3: section api is already at line 1")

    def test_public_function_without_comment(self):
        self.assertFault("// Something else.\n\nvoid trt_go(void);\n", "3: trt_go has no comment")
        self.assertFault("trt_task_t *trt_find(void);\n", "1: trt_find has no comment")

    def test_a_group_shares_its_comment(self):
        text = "// Count; space.\nint trt_count(void);\n#if X\nint trt_space(void);\n#endif\n"
        self.assertEqual([], found(text))

    def test_status_needs_a_list(self):
        self.assertFault("// Go.\ntrt_status_t trt_go(void);\n", "2: trt_go: its comment does not say what it returns (ret:)")
        self.assertEqual([], found("// As trt_go.\ntrt_status_t trt_leave(void);\n"))

    def test_a_definition_needs_no_second_comment(self):
        self.assertEqual([], found("// Go.\nvoid trt_go(void);\n\nvoid trt_go(void)\n{\n    f();\n}\n"))


if __name__ == "__main__":
    unittest.main()
