// The time macros at few ticks a second: row C2 at 1 tick a second, where milliseconds are parts of
// a tick.
#define TINYRTOS_TICK_HZ 1
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

KTEST(time_slow, bug18_short_times_are_one_tick) {
    CHECK(TRT_US(1) == 1);
    CHECK(TRT_MS(1) == 1);
    CHECK(TRT_MS(1000) == 1);
    CHECK(TRT_MS(1001) == 2);
}

KTEST(time_slow, C2_saturates) {
    CHECK(TRT_SECONDS(65534u) == 65534u);
    CHECK(TRT_SECONDS(UINT64_MAX) == TRT_TICKS_MAX);
}
