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
    uint8_t bytes[TRT_POOL_BYTES(3 * sizeof(void *), BLOCKS)];
} memory;
static void *blocks[4];

// Blocks of 3 pointers: neither a power of two nor odd.
static void make(void) {
    CHECK_EQ(trt_pool_init(&pool, &memory, sizeof memory, 3 * sizeof(void *)), TRT_OK);
    CHECK_EQ(trt_pool_count(&pool), BLOCKS);
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
        CHECK(bytes >= memory.bytes && bytes + 3 * sizeof(void *) <= memory.bytes + sizeof memory);
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
        CHECK_EQ(trt_pool_init(&pool, &memory, TRT_POOL_BYTES(size, 3), size), TRT_OK);
        (void)take();
        (void)take();
        for (unsigned at = 0; at < sizeof memory; at++) {
            bool is_taken = at == 0 || at == TRT_POOL_BYTES(size, 1);
            CHECK_EQ(trt_pool_give(&pool, memory.bytes + at), is_taken ? TRT_OK : TRT_ERR_PARAM);
            if (is_taken) (void)take();
        }
        CHECK_EQ(trt_pool_give(&pool, (void *)((uintptr_t)memory.bytes - size)), TRT_ERR_PARAM);
        CHECK_EQ(trt_pool_give(&pool, &pool), TRT_ERR_PARAM);
        CHECK_EQ(trt_pool_give(&pool, NULL), TRT_ERR_PARAM);
        harness.misuses = 0;
    }
}

static void give_in_vain(void *block) {
    CHECK_EQ(trt_pool_give(&pool, block), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_pool_give", &pool, TRT_ERR_PARAM);
}

KTEST(pool, M7_D3_block_that_is_not_taken_cannot_be_given) {
    make();
    give_in_vain(&memory);
    take_all();
    for (unsigned i = 0; i < BLOCKS; i++) {
        give(blocks[i]);
        for (unsigned j = 0; j <= i; j++) give_in_vain(blocks[j]);
    }
    CHECK_EQ(trt_pool_count(&pool), BLOCKS);
    void *again[BLOCKS];
    for (unsigned i = 0; i < BLOCKS; i++) again[i] = take();
    for (unsigned i = 0; i < BLOCKS; i++) CHECK(again[i] == blocks[BLOCKS - 1 - i]);
}

KTEST(pool, M7_D3_block_that_was_handed_over_is_the_waiters) {
    make();
    take_all();
    spawn(0, 3, taker, 'a');
    give(blocks[0]);
    CHECK_LOG("a");
    give(blocks[0]); // as he may
    give_in_vain(blocks[0]);
}

KTEST(pool, M7_D3_block_that_was_written_past_its_end_stays_taken) {
    make();
    take_all();
    ((uint8_t *)blocks[1])[3 * sizeof(void *)] ^= 0x55;
    give_in_vain(blocks[1]);
    give(blocks[0]);
    give(blocks[2]);
    CHECK_EQ(trt_pool_count(&pool), BLOCKS - 1);
}

KTEST(pool, M7_free_block_can_be_written_to) {
    make();
    take_all();
    for (unsigned i = 0; i < BLOCKS; i++) give(blocks[i]);
    for (unsigned i = 0; i < BLOCKS; i++) memset(blocks[i], 0xA5, 3 * sizeof(void *));
    for (unsigned i = BLOCKS; i-- > 0;) CHECK(take() == blocks[i]);
}

KTEST(pool, M7_pool_has_as_many_blocks_as_fit) {
    const uint16_t size = 2 * sizeof(void *);
    for (uint16_t n = 1; n <= BLOCKS; n++) {
        for (size_t more = 0; more < TRT_POOL_BYTES(size, 1u); more++) {
            CHECK_EQ(trt_pool_init(&pool, &memory, TRT_POOL_BYTES(size, n) + more, size), TRT_OK);
            CHECK_EQ(trt_pool_count(&pool), n);
        }
    }
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
    CHECK_EQ(trt_pool_init(&pool, NULL, 16, 8), TRT_ERR_PARAM);
    CHECK_EQ(trt_pool_init(&pool, &memory, sizeof memory, 0), TRT_ERR_PARAM);
    CHECK_EQ(trt_pool_init(&pool, &memory, TRT_POOL_BYTES(8, 1) - 1, 8), TRT_ERR_PARAM);
    CHECK_EQ(trt_pool_init(&pool, &memory, 0, 8), TRT_ERR_PARAM);
    CHECK_EQ(trt_pool_init(&pool, &memory, sizeof memory, UINT16_MAX), TRT_ERR_PARAM);
    CHECK_EQ(harness.misuses, 5);
    harness.misuses = 0;
#if !defined(__AVR__)
    CHECK_EQ(trt_pool_init(&pool, memory.bytes + 1, 16, 8), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_pool_init", &pool, TRT_ERR_PARAM);
    CHECK_EQ(trt_pool_init(&pool, &memory, 16, 7), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_pool_init", &pool, TRT_ERR_PARAM);
#endif
}
