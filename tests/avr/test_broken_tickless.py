"""tickless.c finds what is wrong with kernels whose tickless idle is broken on purpose. TAP.
usage: test_broken_tickless.py HEADER COMPILER_ARGUMENT... -- RUN MCU"""
import sys

from test_broken_kernels import every_fault_is_found, finds_fault

NEAR_END = "    if (trtp_is_near(end)) end = (uint16_t)(end + TRTP_PERIOD), passed++;\n"
LOOK = "    uint16_t counter = TRTP_NOW;\n    if (trtp_is_tick_pending()) {\n"

# What is broken: [what, by what].
BROKEN = {
    "idle never rests": [("if (ticks < 2 || ", "if (true || ")],
    "idle rests though a tick is pending": [(" || trtp_is_tick_pending()) return;", ") return;")],
    "idle rests though the tick is about to end": [(" || trtp_is_near(usual)", "")],
    "idle forgets that the count has begun earlier": [
        ("    trtp_tickless.begun = (uint16_t)(usual - (TRTP_PERIOD - 1u));\n", "    trtp_tickless.begun = 0;\n")],
    "idle rests for longer than the timer can count": [("trtk_ticks_to_next_i(room + 1u)", "trtk_ticks_to_next_i(999)")],
    "an interrupt that enters the kernel does not catch up": [("    trtp_catch_up();\n    return found;", "    return found;")],
    "the tick at the end of a rest counts itself alone": [("    trtp_in_tick();\n", "")],
    "a cut count is followed by one of its length": [
        ("    if (TRTP_END != TRTP_PERIOD - 1u) trtp_begin_count();", "    if (trtp_tickless.rests) trtp_begin_count();")],
    "a count that is over is taken for one under way": [(LOOK, LOOK.replace("trtp_is_tick_pending()", "false"))],
    "the flag is looked at before the counter": [
        (LOOK, "    bool pending = trtp_is_tick_pending();\n    uint16_t counter = TRTP_NOW;\n    if (pending) {\n")],
    "the end is moved when the counter is about to be there": [(NEAR_END, "")],
    "a tick that was counted early is taken for one that has been under way for long": [
        ("counter > begun ? (uint16_t)(counter - begun) : 0;", "(uint16_t)(counter - begun);")],
    "a tick that is about to end is not counted": [(NEAR_END, NEAR_END.replace(", passed++", ""))],
}


def main(header, *rest):
    compiler, run = rest[:rest.index("--")], rest[rest.index("--") + 1:]
    return every_fault_is_found(BROKEN, finds_fault, header, compiler, run)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
