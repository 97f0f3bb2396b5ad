#!/usr/bin/env python3
"""A DEFINE macro with an impossible number is a compile error that names the object."""
import sys

from driver import CLANG, COMPILERS, DIALECTS, GCC, Report, available, compile_unit, flags_for, unit

FUNCTION = "void body(void *arg);\n"

# (what is defined, what the error must name; None: it is right)
CASES = [
    ("TRT_TASK_DEFINE(blinker, body, TINYRTOS_PRIORITIES - 1, 512)", None),
    ("TRT_TASK_DEFINE(blinker, body, TINYRTOS_PRIORITIES, 512)", "blinker_priority_out_of_range"),
    ("TRT_TASK_DEFINE(blinker, body, -1, 512)", "blinker_priority_out_of_range"),
    ("TRT_TASK_DEFINE(blinker, body, 256, 512)", "blinker_priority_out_of_range"),
    ("TRT_TASK_DEFINE(blinker, body, 0, TRTP_STACK_MIN - 1)", "blinker_stack_too_small"),
    ("TRT_MUTEX_DEFINE(bus, TRT_CEILING(TINYRTOS_PRIORITIES - 1))", None),
    ("TRT_MUTEX_DEFINE(bus, TRT_CEILING(TINYRTOS_PRIORITIES))", "bus_protocol_out_of_range"),
    ("TRT_MUTEX_DEFINE(bus, TRT_CEILING(-1))", "bus_protocol_out_of_range"),
    ("TRT_SEM_DEFINE(gate, 65535, 65535)", None),
    ("TRT_SEM_DEFINE(gate, 0, 0)", "gate_"),
    ("TRT_SEM_DEFINE(gate, 3, 2)", "gate_"),
    ("TRT_SEM_DEFINE(gate, -1, 2)", "gate_"),
    ("TRT_SEM_DEFINE(gate, 0, 65536)", "gate_"),
    ("TRT_SEM_DEFINE_FIFO(gate, 3, 2)", "gate_"),
    ("TRT_TIMER_DEFINE(blink, body, NULL, TRT_FOREVER - 1u, TRT_ONE_SHOT)", None),
    ("TRT_TIMER_DEFINE(blink, body, NULL, 0, TRT_PERIODIC)", "blink_"),
    ("TRT_TIMER_DEFINE(blink, body, NULL, TRT_FOREVER, TRT_ONE_SHOT)", "blink_"),
    ("TRT_QUEUE_DEFINE(inbox, uint32_t, 1)", None),
    ("TRT_QUEUE_DEFINE(inbox, uint32_t, 0)", "inbox_length_out_of_range"),
    ("TRT_QUEUE_DEFINE(inbox, uint8_t, 65536)", "inbox_length_out_of_range"),
    ("typedef struct { char text[32768]; char more[32768]; } big_t; TRT_QUEUE_DEFINE(inbox, big_t, 1)",
     "inbox_item_too_large"),
    ("TRT_PQUEUE_DEFINE(orders, uint32_t, 255)", None),
    ("TRT_PQUEUE_DEFINE(orders, uint32_t, 0)", "orders_length_out_of_range"),
    ("TRT_PQUEUE_DEFINE(orders, uint8_t, 256)", "orders_length_out_of_range"),
    ("TRT_STREAM_DEFINE(serial, 16, 16)", None),
    ("TRT_STREAM_DEFINE(serial, 0, 1)", "serial_size_out_of_range"),
    ("TRT_STREAM_DEFINE(serial, 65536, 1)", "serial_size_out_of_range"),
    ("TRT_STREAM_DEFINE(serial, 16, 17)", "serial_trigger_out_of_range"),
    ("TRT_STREAM_DEFINE(serial, 16, 0)", "serial_trigger_out_of_range"),
    ("TRT_MESSAGES_DEFINE(packets, 2)", "packets_size_out_of_range"),
    ("TRT_POOL_DEFINE(frames, uint32_t, 1)", None),
    ("TRT_POOL_DEFINE(frames, uint32_t, 0)", "frames_count_out_of_range"),
    ("TRT_POOL_DEFINE(frames, uint8_t, 65536)", "frames_count_out_of_range"),
    ("typedef struct { char text[32768]; char more[32768]; } big_t; TRT_POOL_DEFINE(frames, big_t, 1)",
     "frames_block_too_large"),
]
NOT_ON_AVR = ["inbox_item_too_large", "frames_block_too_large"]  # where a size_t cannot count so far
TARGETS = [GCC, CLANG] + [c for c in COMPILERS if c.name in ("atmega328p", "cortex-m0")]


def is_right(compiler, dialect, source):
    return compile_unit(compiler, dialect, source, "-fsyntax-only")


def names_it(compiler, dialect, source, name):
    passed, said = compile_unit(compiler, dialect, source, "-fsyntax-only")
    return not passed and name in said, said or "not refused"


def main():
    report = Report()
    for compiler in filter(available, TARGETS):
        for dialect in DIALECTS:
            if flags_for(compiler, dialect) is None:
                continue
            for text, name in CASES:
                if name in NOT_ON_AVR and compiler.cc == "avr-gcc":
                    continue
                source = unit(body=FUNCTION + text + ";\n")
                case = f"{compiler.name} {dialect}: {text}"
                if name is None:
                    report.case(case, is_right, compiler, dialect, source)
                else:
                    report.case(case, names_it, compiler, dialect, source, name)
    return report.run()


if __name__ == "__main__":
    sys.exit(main())
