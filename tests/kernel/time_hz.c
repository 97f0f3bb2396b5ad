// The time macros at a rate that divides nothing: row C2 at 32768 ticks a second.
#define TINYRTOS_TICK_HZ 32768
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

KTEST(time_hz, C2_rounds_up) {
    CHECK(TRT_MS(1) == 33);     // 32.768
    CHECK(TRT_MS(125) == 4096); // exact
    CHECK(TRT_US(30) == 1);     // 0.983
    CHECK(TRT_US(31) == 2);     // 1.016
    CHECK(TRT_US(1000000) == 32768u);
}

KTEST(time_hz, C2_zero_and_one) {
    CHECK(TRT_US(0) == 0);
    CHECK(TRT_US(1) == 1);
    CHECK(TRT_SECONDS(1) == 32768u);
}

KTEST(time_hz, C2_saturates) {
    CHECK(TRT_SECONDS(131072u) ==
          (TINYRTOS_TICK_BITS == 64 ? (trt_tick_t)4294967296u : TRT_TICKS_MAX));
    CHECK(TRT_SECONDS(UINT64_MAX) == TRT_TICKS_MAX);
}

KTEST(time_hz, C2_ticks_to_milliseconds_rounds_down) {
    CHECK(TRT_TICKS_TO_MS(1) == 0);
    CHECK(TRT_TICKS_TO_MS(32) == 0);
    CHECK(TRT_TICKS_TO_MS(33) == 1);
    CHECK(TRT_TICKS_TO_MS(32768u) == 1000);
}
