// Memory pools: row M7.
#include "harness.h"

typedef struct {
    void *pointers[3];
} block_t;

enum { BLOCKS = 3 };

TRT_POOL_DEFINE(defined, block_t, BLOCKS);

static trt_pool_t pool;
static union {
    void *alignment;
    uint8_t bytes[72];
} memory;
static void *blocks[4];

// Blocks of 3 pointers: neither a power of two nor odd.
static void make(void) {
    CHECK_EQ(trt_pool_init(&pool, &memory, 3 * sizeof(void *), BLOCKS), TRT_OK);
}

static void *take(void) {
    void *block = NULL;
    CHECK_EQ(trt_pool_take(&pool, &block, TRT_NO_WAIT), TRT_OK);
    return block;
}

static void give(void *block) {
    CHECK_EQ(trt_pool_give(&pool, block), TRT_OK);
}

static void take_all(void) {
    for (unsigned i = 0; i < BLOCKS; i++) blocks[i] = take();
    CHECK_EQ(trt_pool_count(&pool), 0);
}

// Take a block for ever, note it by a letter.
static void taker(void *letter) {
    void *block = NULL;
    CHECK_EQ(trt_pool_take(&pool, &block, TRT_FOREVER), TRT_OK);
    CHECK(block == blocks[0]);
    note(LETTER(letter));
}

KTEST(pool, M7_every_block_is_taken_once_and_apart_from_the_others) {
    make();
    take_all();
    for (unsigned i = 0; i < BLOCKS; i++) memset(blocks[i], (int)i, 3 * sizeof(void *));
    for (unsigned i = 0; i < BLOCKS; i++) {
        const uint8_t *bytes = (const uint8_t *)blocks[i];
        CHECK(bytes >= memory.bytes && bytes + 3 * sizeof(void *) <= memory.bytes + 72);
        for (unsigned b = 0; b < 3 * sizeof(void *); b++) CHECK_EQ(bytes[b], i);
    }
    CHECK_EQ(trt_pool_take(&pool, &blocks[3], TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
}

KTEST(pool, M7_blocks_that_were_given_are_taken_again) {
    make();
    take_all();
    give(blocks[1]);
    give(blocks[0]);
    CHECK_EQ(trt_pool_count(&pool), 2);
    CHECK(take() == blocks[0]);
    give(blocks[2]);
    CHECK(take() == blocks[2]);
    CHECK(take() == blocks[1]);
    CHECK_EQ(trt_pool_count(&pool), 0);
}

KTEST(pool, M7_defined_pool_is_ready_and_its_blocks_are_aligned) {
    CHECK_EQ(trt_pool_count(&defined), BLOCKS);
    for (unsigned i = 0; i < BLOCKS; i++) {
        CHECK_EQ(trt_pool_take(&defined, &blocks[i], TRT_NO_WAIT), TRT_OK);
        CHECK_EQ((uintptr_t)blocks[i] % (sizeof(void *) > 2 ? sizeof(void *) : 1), 0);
    }
    for (unsigned i = 0; i < BLOCKS; i++) CHECK_EQ(trt_pool_give(&defined, blocks[i]), TRT_OK);
}

KTEST(pool, M7_only_the_beginning_of_a_block_can_be_given) {
    for (uint16_t words = 1; words <= 3; words++) {
        uint16_t size = (uint16_t)(words * sizeof(void *));
        CHECK_EQ(trt_pool_init(&pool, &memory, size, 3), TRT_OK);
        (void)take();
        (void)take();
        for (unsigned at = 0; at < sizeof memory; at++) {
            bool is_taken = at == 0 || at == size;
            CHECK_EQ(trt_pool_give(&pool, memory.bytes + at), is_taken ? TRT_OK : TRT_ERR_PARAM);
            if (is_taken) (void)take();
        }
        CHECK_EQ(trt_pool_give(&pool, (void *)((uintptr_t)memory.bytes - size)), TRT_ERR_PARAM);
        CHECK_EQ(trt_pool_give(&pool, &pool), TRT_ERR_PARAM);
        CHECK_EQ(trt_pool_give(&pool, NULL), TRT_ERR_PARAM);
        harness.misuses = 0;
    }
}

KTEST(pool, M7_more_than_were_taken_cannot_be_given) {
    make();
    CHECK_EQ(trt_pool_give(&pool, &memory), TRT_ERR_OVERFLOW);
    CHECK_MISUSE("trt_pool_give", &pool, TRT_ERR_OVERFLOW);
    give(take());
    CHECK_EQ(trt_pool_give(&pool, &memory), TRT_ERR_OVERFLOW);
    CHECK_MISUSE("trt_pool_give", &pool, TRT_ERR_OVERFLOW);
    CHECK_EQ(trt_pool_count(&pool), BLOCKS);
}

KTEST(pool, M7_waiter_gets_the_block_that_is_given) {
    make();
    take_all();
    spawn(0, 6, taker, 'a');
    let_run();
    give(blocks[0]);
    CHECK_EQ(trt_pool_count(&pool), 0);
    CHECK_EQ(trt_pool_take(&pool, &blocks[3], TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    let_run();
    CHECK_LOG("a");
}

KTEST(pool, M7_most_urgent_waiter_is_served_first) {
    make();
    take_all();
    spawn(0, 3, taker, 'b');
    spawn(1, 2, taker, 'a');
    spawn(2, 3, taker, 'c');
    for (unsigned i = 0; i < 3; i++) give(blocks[0]);
    CHECK_LOG("abc");
}

KTEST(pool, M7_wait_for_a_block_ends_in_time) {
    make();
    take_all();
    CHECK_EQ(trt_pool_take(&pool, &blocks[3], 3), TRT_ERR_TIMEOUT);
    give(blocks[0]);
    CHECK_EQ(trt_pool_count(&pool), 1);
}

static void *given;

static void give_in_interrupt(void *unused) {
    (void)unused;
    give(given);
    given = NULL;
}

static void take_in_interrupt(void *unused) {
    (void)unused;
    given = take();
}

KTEST(pool, M7_interrupts_take_and_give) {
    make();
    irq_install(0, take_in_interrupt, NULL);
    irq_install(1, give_in_interrupt, NULL);
    take_all();
    give(blocks[0]);
    irq_raise(0);
    CHECK(given == blocks[0]);
    spawn(0, 3, taker, 'a');
    irq_raise(1);
    CHECK_LOG("a");
}

KTEST(pool, M7_E4_block_is_one_of_several_things) {
    trt_wait_t things[2];
    static trt_sem_t sem;
    uint8_t which = 9;
    make();
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    CHECK_EQ(trt_wait_sem(&things[0], &sem), TRT_OK);
    CHECK_EQ(trt_wait_pool(&things[1], &pool, &blocks[3]), TRT_OK);
    CHECK_EQ(trt_wait_any(things, 2, &which, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(which, 1);
    CHECK(blocks[3] == &memory);
    CHECK_EQ(trt_wait_pool(&things[1], &pool, NULL), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_wait_pool", &pool, TRT_ERR_PARAM);
}

static trt_status_t ended;

static void waiter(void *unused) {
    void *block;
    (void)unused;
    ended = trt_pool_take(&pool, &block, TRT_FOREVER);
}

KTEST(pool, M7_delete_wakes_the_waiters_with_a_status) {
    make();
    take_all();
    spawn(0, 3, waiter, 0);
    CHECK_EQ(trt_pool_delete(&pool), TRT_OK);
    CHECK_EQ(ended, TRT_ERR_DELETED);
    CHECK_EQ(trt_pool_give(&pool, blocks[0]), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_pool_give", &pool, TRT_ERR_OBJECT);
    CHECK_EQ(trt_pool_count(&pool), 0);
}

KTEST(pool, D3_wrong_pools) {
    CHECK_EQ(trt_pool_init(&pool, NULL, 8, 1), TRT_ERR_PARAM);
    CHECK_EQ(trt_pool_init(&pool, &memory, 0, 1), TRT_ERR_PARAM);
    CHECK_EQ(trt_pool_init(&pool, &memory, 1, 1), TRT_ERR_PARAM);
    CHECK_EQ(trt_pool_init(&pool, &memory, 8, 0), TRT_ERR_PARAM);
    CHECK_EQ(harness.misuses, 4);
    harness.misuses = 0;
#if SIZE_MAX <= 65535u
    CHECK_EQ(trt_pool_init(&pool, &memory, 256, 256), TRT_ERR_PARAM);
#else
    CHECK_EQ(trt_pool_init(&pool, memory.bytes + 1, 8, 1), TRT_ERR_PARAM);
#endif
    CHECK_MISUSE("trt_pool_init", &pool, TRT_ERR_PARAM);
}
