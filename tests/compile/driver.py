"""What the tests in this folder share: the compilers, the header's options, running a compiler, reporting in TAP."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict, namedtuple
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
HEADER = TOP / "tinyrtos.h"
FULL = bool(os.environ.get("TINYRTOS_TEST_FULL"))  # the whole cross product: tools/test --full
WARNINGS = "-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror".split()

# `spelling`: what this compiler calls a dialect when it is not the dialect's name; None: it has no such dialect.
# `port`: how the options of the header's port for it begin; None: it has none yet, and gets a stub.
Compiler = namedtuple("Compiler", "name cc cxx flags spelling port")
HOST, CM, AVR = "TINYRTOS_HOST_", "TINYRTOS_CM_", "TINYRTOS_AVR_"
AVR5 = {"c17": None, "c++17": "c++1z"}
COMPILERS = [
    Compiler("gcc", "gcc", "g++", [], {}, HOST),
    Compiler("clang", "clang", "clang++", [], {}, HOST),
    Compiler("atmega328p", "avr-gcc", "avr-g++", ["-mmcu=atmega328p", "-DF_CPU=16000000UL"], AVR5, AVR),
    Compiler("atmega2560", "avr-gcc", "avr-g++", ["-mmcu=atmega2560", "-DF_CPU=16000000UL"], AVR5, AVR),
] + [
    Compiler(name, "arm-none-eabi-gcc", "arm-none-eabi-g++", ["-mthumb", "-DTINYRTOS_CPU_HZ=8000000", *flags], {}, CM)
    for name, flags in {
        "cortex-m0": ["-mcpu=cortex-m0"],
        "cortex-m3": ["-mcpu=cortex-m3"],
        "cortex-m4f": ["-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"],
        "cortex-m33": ["-mcpu=cortex-m33"],
    }.items()
]
GCC, CLANG = COMPILERS[:2]
ATMEGA328P = COMPILERS[2]
CORTEX_M0, CORTEX_M3 = (c for c in COMPILERS if c.name in ("cortex-m0", "cortex-m3"))
DIALECTS = ["c99", "c11", "c17", "c++11", "c++17"]

# What the header can be set to. `alone`: values that are tried with everything else at its default; `off` and `on`:
# its value when as little, or as much, as possible is compiled. The header is searched for options: none can be
# forgotten here (test_matrix.py).
Option = namedtuple("Option", "alone off on")
SWITCH_ON = Option(["0"], "0", "1")   # on by default
SWITCH_OFF = Option(["1"], "0", "1")  # off by default
OPTIONS = {
    "TINYRTOS_TASKS": Option(["0"], "1", "1"),
    "TINYRTOS_PRIORITIES": Option(["1", "9", "17", "32"], "1", "32"),
    "TINYRTOS_PREEMPTION": SWITCH_ON,
    "TINYRTOS_TIME_SLICE": Option(["1", "255"], "0", "255"),
    "TINYRTOS_TICK_HZ": Option(["100", "31250"], "1", "31250"),  # what an AVR can, too
    "TINYRTOS_TICK_BITS": Option(["16", "64"], "16", "64"),
    "TINYRTOS_TICKLESS": SWITCH_OFF,
    "TINYRTOS_TIMEOUT_BUCKETS": Option(["1", "16"], "1", "64"),
    "TINYRTOS_SEMAPHORES": SWITCH_ON,
    "TINYRTOS_SEM_OWNERS": SWITCH_OFF,
    "TINYRTOS_MUTEXES": SWITCH_ON,
    "TINYRTOS_MUTEXES_HELD_MAX": Option(["1", "255"], "1", "255"),
    "TINYRTOS_CHANNELS": SWITCH_ON,
    "TINYRTOS_FLAGS": SWITCH_ON,
    "TINYRTOS_FLAG_BITS": Option(["8", "16"], "8", "32"),
    "TINYRTOS_QUEUES": SWITCH_ON,
    "TINYRTOS_CONDS": SWITCH_ON,
    "TINYRTOS_COND_OWNERS": SWITCH_OFF,
    "TINYRTOS_RWLOCKS": SWITCH_ON,
    "TINYRTOS_BARRIERS": SWITCH_ON,
    "TINYRTOS_PQUEUES": SWITCH_ON,
    "TINYRTOS_STREAMS": SWITCH_ON,
    "TINYRTOS_WATCHES": SWITCH_ON,
    "TINYRTOS_POOLS": SWITCH_ON,
    "TINYRTOS_TIMERS": SWITCH_ON,
    "TINYRTOS_JOBS": SWITCH_ON,
    "TINYRTOS_JOBS_MAX": Option(["16", "32"], "8", "32"),
    "TINYRTOS_REGISTRY": SWITCH_ON,
    "TINYRTOS_WAIT_ANY": SWITCH_ON,
    "TINYRTOS_WAIT_ANY_MAX": Option(["1", "32"], "1", "32"),
    "TINYRTOS_NAMES": SWITCH_ON,
    "TINYRTOS_TASK_LOCAL": SWITCH_ON,
    "TINYRTOS_RUN_TIME_STATS": SWITCH_OFF,
    "TINYRTOS_SHORTCUTS": SWITCH_ON,
    "TINYRTOS_STACK_CHECK": SWITCH_ON,
    "TINYRTOS_STOP_PROTECTION": SWITCH_OFF,
    "TINYRTOS_SWITCH_HOOKS": SWITCH_OFF,
    "TINYRTOS_BUDGETS": SWITCH_OFF,
    "TINYRTOS_NOTES": Option(["1", "16"], "0", "3"),
    "TINYRTOS_MAIL": SWITCH_OFF,
    "TINYRTOS_PASSES": SWITCH_OFF,
    "TINYRTOS_DUMP": SWITCH_OFF,
    "TINYRTOS_HOST_UCONTEXT": SWITCH_OFF,
    "TINYRTOS_HOST_STACK": Option(["16384"], "16384", "1048576"),
    "TINYRTOS_HOST_CALLS_PER_TICK": Option(["0", "1"], "0", "1"),
    "TINYRTOS_CM_CEILING": Option(["1"], "0", "0"),  # not every Cortex-M has one
    "TINYRTOS_CM_PRIORITY_BITS": Option(["2", "8"], "2", "8"),
    "TINYRTOS_CM_ERRATUM_837070": Option(["0", "1"], "0", "1"),
    "TINYRTOS_CM_SYSTICK": SWITCH_ON,
    "TINYRTOS_CM_MPU_GUARD": Option(["1"], "0", "0"),  # not every Cortex-M has an MPU
    "TINYRTOS_CM_IDLE_STACK": Option(["128", "1024"], "128", "1024"),
    "TINYRTOS_AVR_ISR_STACK": SWITCH_OFF,
    "TINYRTOS_AVR_TICK": SWITCH_ON,
    "TINYRTOS_AVR_TIMER": Option(["1", "2"], "1", "1"),
    "TINYRTOS_CM_PENDSV_HANDLER": Option(["my_pendsv"], "my_pendsv", "my_pendsv"),
    "TINYRTOS_CM_SYSTICK_HANDLER": Option(["my_systick"], "my_systick", "my_systick"),
}
NAMES = ["TINYRTOS_CM_PENDSV_HANDLER", "TINYRTOS_CM_SYSTICK_HANDLER"]  # any name will do
# Options that are macros with parameters: name and parameters, and a value that uses them all.
HOOKS = {
    "TINYRTOS_IDLE_HOOK": ("()", "user_hook()"),
    "TINYRTOS_TICK_HOOK": ("()", "user_hook()"),
    "TINYRTOS_MISUSE_HOOK": ("(call, object, task, status)",
                             "((void)(call), (void)(object), (void)(task), (void)(status), user_hook())"),
    "TINYRTOS_STACK_OVERFLOW_HOOK": ("(task)", "((void)(task), user_hook())"),
    "TINYRTOS_RUN_TIME_COUNTER": ("()", "(user_hook(), (uint32_t)0)"),
    "TINYRTOS_HOST_SLEEP": ("(ns)", "((void)(ns), user_hook())"),
    "TINYRTOS_CM_PANIC_HOOK": ("(why, task)", "((void)(why), (void)(task), user_hook())"),
    "TINYRTOS_CM_FORBIDDEN_HOOK": ("(call, exception)", "((void)(call), (void)(exception), user_hook())"),
    "TINYRTOS_AVR_PANIC_HOOK": ("(why, task)", "((void)(why), (void)(task), user_hook())"),
    "TINYRTOS_PICK": ("(task)", "(user_hook(), task)"),
    "TINYRTOS_DEADLOCK_HOOK": ("(task, object)", "((void)(task), (void)(object), user_hook())"),
    "TINYRTOS_BUDGET_HOOK": ("(task)", "((void)(task), user_hook())"),
    "TINYRTOS_WATCHDOG_HOOK": ("(watch)", "((void)(watch), user_hook())"),
    "TINYRTOS_JOB_HOOK": ("(jobs, job)", "((void)(jobs), (void)(job), user_hook())"),
    "TINYRTOS_TRACE": ("(event, task, object)", "((void)(event), (void)(task), (void)(object), user_hook())"),
}
HOOK_DECLARATION = '#ifdef __cplusplus\nextern "C"\n#endif\nvoid user_hook(void);\n'


def header_text():
    return HEADER.read_text()


def header_options():
    """The options, as the header itself lists them."""
    found = dict.fromkeys(re.findall(r"^\s*#\s*ifndef (TINYRTOS_\w+)", header_text(), re.M))
    return [name for name in found if name not in ("TINYRTOS_H", "TINYRTOS_IMPLEMENTED")]


def header_switches():
    """The options that the header checks to be the literals 0 or 1."""
    return re.findall(r"^#if TRTK_CAT\(TRTK_IS_BOOL_, (\w+)\)", header_text(), re.M)


def has_option(compiler, name):
    """Whether a compiler's port has an option of that name."""
    if name in ("TINYRTOS_CM_CEILING", "TINYRTOS_CM_MPU_GUARD") and compiler == CORTEX_M0:
        return False  # only with BASEPRI; not on ARMv6-M
    if name == "TINYRTOS_TASKS" and compiler.port != AVR:
        return False  # jobs alone only there
    return all(not name.startswith(port) or compiler.port == port for port in (HOST, CM, AVR))


def define(name, value):
    """The line that sets an option; a hook's value is None."""
    if name in HOOKS:
        parameters, body = HOOKS[name]
        return f"#define {name}{parameters} {body}\n"
    return f"#define {name} {value}\n"


def unit(options="", implementation=False, body=""):
    """A source file that uses the header."""
    return (HOOK_DECLARATION + options + ("#define TINYRTOS_IMPLEMENTATION\n" if implementation else "") +
            '#include "tinyrtos.h"\n' + body)


def is_cxx(dialect):
    return dialect.startswith("c++")


def available(compiler):
    return shutil.which(compiler.cc) is not None


def flags_for(compiler, dialect):
    """Without the last word on what to do; None when the compiler has no such dialect."""
    spelling = compiler.spelling.get(dialect, dialect)
    if spelling is None:
        return None
    stub = [] if compiler.port else ['-DTINYRTOS_PORT_FILE="stub_port.h"']
    return [compiler.cxx if is_cxx(dialect) else compiler.cc, f"-std={spelling}", *compiler.flags, *WARNINGS,
            f"-I{TOP}", f"-I{HERE}", *stub]


def run(command, source=None, folder=None):
    """(succeeded, what it said)."""
    result = subprocess.run(command, input=source, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, env={**os.environ, "LC_ALL": "C"})
    return result.returncode == 0, result.stdout


def compile_unit(compiler, dialect, source, *flags):
    """Compile `source` and throw the result away, unless `flags` say otherwise; -E: return the text."""
    output = [] if {"-o", "-E"} & set(flags) else ["-o", "/dev/null"]
    mode = [] if {"-E", "-S", "-fsyntax-only"} & set(flags) else ["-c"]
    command = [*flags_for(compiler, dialect), *mode, *flags, *output, "-x", "c++" if is_cxx(dialect) else "c", "-"]
    return run(command, source)


def once(function):
    """What is asked for again, even while it is worked out, is worked out once."""
    answers, locks = {}, defaultdict(Lock)

    def ask(*arguments):
        key = repr(arguments)
        with locks[key]:
            if key not in answers:
                answers[key] = function(*arguments)
            return answers[key]
    return ask


class Report:
    """Runs cases, two at a time, and says how they ended in TAP. A case is (name, function); the function returns
    (passed, details)."""

    def __init__(self):
        self.cases = []

    def case(self, name, function, *arguments):
        self.cases.append((name, lambda: function(*arguments)))

    def run(self):
        print("TAP version 13")
        print(f"1..{len(self.cases)}")
        failures = 0
        with ThreadPoolExecutor(2) as pool:
            results = pool.map(lambda case: case[1](), self.cases)
            for number, ((name, _), (passed, details)) in enumerate(zip(self.cases, results), 1):
                print(f"{'ok' if passed else 'not ok'} {number} - {name}", flush=True)
                if not passed:
                    failures += 1
                    print(f"# {name}\n{details.rstrip()}\n", file=sys.stderr, flush=True)
        return 1 if failures else 0


def scratch():
    """A folder that goes away with the program that asked for it."""
    return tempfile.TemporaryDirectory(prefix="tinyrtos-")
