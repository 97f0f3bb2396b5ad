// Queues of which something does not fit into eight bits: row M1.
#include "harness.h"

static trt_queue_t queue;

// Items of `size` bytes arrive whole, in order, and do not touch what is beside them.
static void check_item_size(uint16_t size) {
    static uint8_t store[2 * 300 + 2];
    static uint8_t in[300];
    static uint8_t out[302];
    store[0] = store[2 * size + 1] = 0xEE;
    CHECK_EQ(trt_queue_init(&queue, store + 1, size, 2), TRT_OK);
    for (unsigned round = 0; round < 5; round++) {
        memset(in, (int)(0x30 + round), size);
        in[size - 1] = (uint8_t)round;
        CHECK_EQ(trt_queue_send(&queue, in, TRT_NO_WAIT), TRT_OK);
        memset(out, 0xDD, sizeof out);
        CHECK_EQ(trt_queue_receive(&queue, out + 1, TRT_NO_WAIT), TRT_OK);
        CHECK(memcmp(in, out + 1, size) == 0);
        CHECK(out[0] == 0xDD && out[size + 1] == 0xDD);
    }
    CHECK(store[0] == 0xEE && store[2 * size + 1] == 0xEE);
}

KTEST(queue, bug28_items_of_any_size_arrive_whole) {
    static const uint16_t sizes[] = {1, 2, 3, 4, 7, 8, 15, 16, 17, 255, 256, 257, 300};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        check_item_size(sizes[i]);
    }
}

KTEST(queue, bug28_more_than_255_items) {
    static uint8_t store[300];
    CHECK_EQ(trt_queue_init(&queue, store, 1, 300), TRT_OK);
    for (unsigned i = 0; i < 300; i++) {
        uint8_t value = (uint8_t)(i * 7);
        CHECK_EQ(trt_queue_send(&queue, &value, TRT_NO_WAIT), TRT_OK);
    }
    CHECK_EQ(trt_queue_count(&queue), 300);
    CHECK_EQ(trt_queue_space(&queue), 0);
    for (unsigned i = 0; i < 300; i++) {
        uint8_t value = 0;
        CHECK_EQ(trt_queue_receive(&queue, &value, TRT_NO_WAIT), TRT_OK);
        CHECK_EQ(value, (uint8_t)(i * 7));
    }
}
