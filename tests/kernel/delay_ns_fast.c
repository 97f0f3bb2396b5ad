// Delays in nanoseconds by a counter so fast that the longest have more counts than 64 bits.
#define TINYRTOS_COUNTER() 0u
#define TINYRTOS_COUNTER_HZ 4000000000ul
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

static trt_status_t result;

static void delay(void *unused) {
    (void)unused;
    result = trt_delay_ns(((uint64_t)1 << 62) + 1u); // 4 more counts than there can be
    note('d');
}

KTEST(delay_ns_fast, C6_more_counts_than_can_be_last) {
    spawn(0, 3, delay, 0);
    CHECK_EQ(trt_delay(5000), TRT_OK);
    CHECK_LOG("");
    CHECK_EQ(trt_task_abort_delay(&helper[0]), TRT_OK);
    CHECK_LOG("d");
    CHECK_EQ(result, TRT_ERR_ABORTED);
}
