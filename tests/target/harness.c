// Tests that fail, those of ../kernel/failing.h and one that faults.
#include "../kernel/failing.h"

KTEST(failing, fault) {
    __asm__ __volatile__("udf #0");
}
