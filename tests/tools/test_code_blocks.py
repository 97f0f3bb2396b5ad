import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import code_blocks  # noqa: E402

PROGRAM = "int main(void)\n{\n    return 0;\n}\n"


class CodeBlocks(unittest.TestCase):
    def blocks(self, name, text):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_text(text)
            return [tuple(block) for block in code_blocks.blocks(path)]

    def test_markdown(self):
        text = f"# Title\n\n```sh\ntools/demo\n```\n\n```c\n{PROGRAM}```\n```c\nint x;\n```\n```c body\nx = 1;\n```\n"
        self.assertEqual([(4, "sh", "tools/demo\n"), (8, "program", PROGRAM), (14, "file", "int x;\n"),
                          (17, "body", "x = 1;\n")], self.blocks("a.md", text))

    def test_indented_program_in_the_opening_comment(self):
        comment = "".join(f"//     {line}\n" if line else "//\n" for line in ("int x;\n\n" + PROGRAM).splitlines())
        text = "// Manual.\n//\n//     cc app.c\n//\n// A program:\n//\n" + comment + "//\n// End.\n#ifndef X\n"
        self.assertEqual([(7, "program", "int x;\n\n" + PROGRAM)], self.blocks("a.h", text))

    def test_fence_in_the_opening_comment(self):
        text = "// Manual.\n// ```c body\n// f();\n//     g();\n// ```\n\n// More.\n#define X\n// ```c\n// int y;\n// ```\n"
        self.assertEqual([(3, "body", "f();\n    g();\n")], self.blocks("a.h", text))

    def test_no_code(self):
        self.assertEqual([], self.blocks("a.md", "text\n\n    int main(void) is only mentioned\n"))
        self.assertEqual([], self.blocks("a.h", "int main(void);\n"))


if __name__ == "__main__":
    unittest.main()
