// Programs of a sweep (frame.h): pools, streams, priority queues, condition variables, barriers,
// reader-writer locks.
#ifndef SWEEP_OBJECTS_H
#define SWEEP_OBJECTS_H

enum { TASKS = 3, TICKS = 4 };
enum { BLOCKS, BYTES, MESSAGES, RANKED, GOODS, COMERS, THINGS };

// (At the end barriers are made anew, to set free who waits.)
#define SWEEP_ALSO_KNOWN(status) ((status) == TRT_ERR_DELETED && run.over)

#include "frame.h"

// Each interrupt has a block to spare, and for the tasks there is one.
enum { SPARES = 2, POOL_BLOCKS = SPARES + 1, PARTIES = 3, LOWEST = TRT_PQUEUE_LEVELS - 1 };

typedef struct block {
    struct block **holder; // NULL: it is free
    uintptr_t mark;        // the kernel's
} block_t;

static trt_pool_t blocks;
static trt_stream_t bytes, messages;
static trt_pqueue_t ranked;
static trt_mutex_t monitor, spare;
static trt_cond_t changed;
static trt_barrier_t barrier;
static trt_rwlock_t lock;
static block_t block_memory[POOL_BLOCKS], *held[CALLERS], *spares[SPARES];
static uint8_t byte_buffer[6], message_buffer[10], ranked_buffer[TRT_PQUEUE_BYTES(1, 2)];
static volatile uint8_t goods;                // guarded by the monitor
static const trt_task_t *in_monitor, *writes; // who is inside
static bool reads[TASKS];

// Who is stopped leaves with what others may wait for.
static trt_tick_t forever(void) {
    return run.stops ? 3 : TRT_FOREVER;
}

// --- pools

static void own(void *taken, block_t **holder) {
    block_t *block = (block_t *)taken;
    CHECK(block->holder == NULL);
    block->holder = holder;
    *holder = block;
    count_in(BLOCKS, (unsigned)(block - block_memory));
}

static void take_block(block_t **holder, trt_tick_t timeout) {
    void *block = NULL;
    count_try(BLOCKS);
    if (known(trt_pool_take(&blocks, &block, timeout)) == TRT_OK) own(block, holder);
}

static void give_block(block_t **holder) {
    block_t *block = *holder;
    if (block == NULL) return;
    CHECK(block->holder == holder);
    block->holder = NULL;
    *holder = NULL;
    CHECK(trt_pool_give(&blocks, block) == TRT_OK);
    count_out(BLOCKS, (unsigned)(block - block_memory));
}

static void use_blocks(void *unused) {
    (void)unused;
    take_block(&held[caller()], forever());
    (void)trt_yield();
    give_block(&held[caller()]);
    take_block(&held[caller()], 1);
    give_block(&held[caller()]);
}

static void use_block_late(void *unused) {
    (void)unused;
    take_block(&held[caller()], 1);
    (void)known(trt_delay(1));
    give_block(&held[caller()]);
}

static void use_block_or_lock(void *unused) {
    (void)unused;
    trt_wait_t things[2];
    uint8_t which = 99;
    void *block = NULL;
    count_try(BLOCKS);
    CHECK(trt_wait_pool(&things[0], &blocks, &block) == TRT_OK);
    CHECK(trt_wait_lock(&things[1], &spare) == TRT_OK);
    if (known(trt_wait_any(things, 2, &which, 2)) < TRT_OK) return;
    CHECK(which < 2);
    if (which == 0) own(block, &held[caller()]);
    (void)known(trt_delay(1));
    if (which == 0) give_block(&held[caller()]);
    else CHECK(trt_mutex_unlock(&spare) == TRT_OK);
}

// --- streams

static void send_bytes(uint8_t first, uint16_t size, trt_tick_t timeout) {
    uint8_t sent[4];
    for (uint8_t i = 0; i < size; i++) {
        sent[i] = (uint8_t)(first + i);
        count_try(BYTES);
    }
    if (known(trt_stream_send(&bytes, sent, size, timeout)) != TRT_OK) return;
    for (uint8_t i = 0; i < size; i++) count_in(BYTES, sent[i]);
}

static void receive_bytes(uint16_t max, trt_tick_t timeout) {
    uint8_t received[4];
    uint16_t got = 99;
    trt_status_t status = known(trt_stream_receive(&bytes, received, max, &got, timeout));
    CHECK(status == TRT_OK ? got > 0 && got <= max : got == 0);
    for (uint8_t i = 0; i < got; i++) count_out(BYTES, received[i]);
}

static void receive_bytes_twice(void *unused) {
    (void)unused;
    receive_bytes(4, TRT_FOREVER);
    receive_bytes(4, 1);
}

static void send_and_receive_bytes(void *unused) {
    (void)unused;
    send_bytes(20, 4, 1);
    receive_bytes(1, TRT_NO_WAIT);
    send_bytes(30, 2, TRT_FOREVER);
}

static void send_bytes_thrice(void *unused) {
    (void)unused;
    for (uint8_t i = 1; i <= 3; i++) send_bytes((uint8_t)(i << 4), i, 1);
}

// A message of n bytes: all of them `kind` and n.
static void send_message(uint8_t kind, uint8_t size, trt_tick_t timeout) {
    uint8_t sent[4];
    memset(sent, kind | size, sizeof sent);
    count_try(MESSAGES);
    if (known(trt_stream_send(&messages, sent, size, timeout)) == TRT_OK)
        count_in(MESSAGES, sent[0]);
}

static void receive_message(trt_tick_t timeout) {
    uint8_t received[4];
    uint16_t got = 0;
    if (known(trt_stream_receive(&messages, received, sizeof received, &got, timeout)) != TRT_OK)
        return;
    CHECK(got == (received[0] & 7u));
    for (uint8_t i = 1; i < got; i++) CHECK(received[i] == received[0]);
    count_out(MESSAGES, received[0]);
}

static void receive_messages(void *unused) {
    (void)unused;
    receive_message(TRT_FOREVER);
    receive_message(1);
}

static void send_and_receive_messages(void *unused) {
    (void)unused;
    send_message(0x10, 4, 1);
    receive_message(TRT_NO_WAIT);
    send_message(0x20, 3, TRT_FOREVER);
}

static void send_messages(void *unused) {
    (void)unused;
    for (uint8_t i = 1; i <= 3; i++) send_message(0x30, i, 1);
}

// --- priority queues: an item tells its level

static void send_ranked(uint8_t kind, uint8_t level, trt_tick_t timeout) {
    uint8_t item = kind | level;
    count_try(RANKED);
    if (known(trt_pqueue_send(&ranked, &item, level, timeout)) == TRT_OK) count_in(RANKED, item);
}

// The level of what was received; LOWEST if nothing was.
static uint8_t receive_ranked(trt_tick_t timeout) {
    uint8_t item = LOWEST;
    if (known(trt_pqueue_receive(&ranked, &item, timeout)) == TRT_OK) count_out(RANKED, item);
    return item & LOWEST;
}

static void receive_ranked_twice(void *unused) {
    (void)unused;
    (void)receive_ranked(TRT_FOREVER);
    (void)receive_ranked(1);
}

static void send_and_receive_ranked(void *unused) {
    (void)unused;
    send_ranked(0x10, 5, 1);
    (void)receive_ranked(TRT_NO_WAIT);
    send_ranked(0x20, 1, TRT_FOREVER);
}

static void send_ranked_thrice(void *unused) {
    (void)unused;
    for (uint8_t i = 1; i <= 3; i++) send_ranked(0x30, (uint8_t)(6u - i), 1);
}

// --- condition variables: tasks make goods and use them, one at a time

static void enter(void) {
    CHECK(trt_mutex_owner(&monitor) == trt_task_self());
    CHECK(in_monitor == NULL || run.stops);
    in_monitor = trt_task_self();
}

static void leave(void) {
    CHECK(in_monitor == trt_task_self() || run.stops);
    in_monitor = NULL;
}

static trt_status_t wait_for_change(trt_tick_t timeout) {
    leave();
    trt_status_t status = known(trt_cond_wait(&changed, &monitor, timeout));
    enter();
    return status;
}

static void use_goods(trt_tick_t timeout) {
    trt_status_t status = TRT_OK;
    if (known(trt_mutex_lock(&monitor, TRT_FOREVER)) < TRT_OK) return;
    enter();
    while (goods == 0 && status >= TRT_OK) status = wait_for_change(timeout);
    if (goods > 0) {
        goods--;
        count_out(GOODS, 0);
    }
    leave();
    CHECK(trt_mutex_unlock(&monitor) == TRT_OK);
}

// (Locked twice: so it is after the wait, which ends after a tick.)
static void make_goods(trt_status_t (*announce)(trt_cond_t *)) {
    for (unsigned i = 0; i < 2; i++) CHECK(known(trt_mutex_lock(&monitor, TRT_FOREVER)) >= TRT_OK);
    enter();
    count_try(GOODS);
    goods++;
    count_in(GOODS, 0);
    CHECK(announce(&changed) == TRT_OK);
    (void)wait_for_change(1);
    leave();
    for (unsigned i = 0; i < 2; i++) CHECK(trt_mutex_unlock(&monitor) == TRT_OK);
}

static void use_goods_twice(void *unused) {
    (void)unused;
    use_goods(TRT_FOREVER);
    use_goods(1);
}

static void use_goods_once(void *unused) {
    (void)unused;
    use_goods(TRT_FOREVER);
}

static void make_goods_twice(void *unused) {
    (void)unused;
    make_goods(trt_cond_signal);
    make_goods(trt_cond_broadcast);
}

// --- barriers

static void come(trt_tick_t timeout) {
    count_try(COMERS);
    trt_status_t status = trt_barrier_wait(&barrier, timeout);
    for (unsigned i = 0; status == TRT_LAST && i < PARTIES; i++) count_in(COMERS, 0);
    if (status == TRT_LAST || known(status) == TRT_OK) count_out(COMERS, 0);
}

static void come_twice(void *unused) {
    (void)unused;
    come(TRT_FOREVER);
    come(TRT_FOREVER);
}

static void come_in_time(void *unused) {
    (void)unused;
    come(1);
    come(2);
    come(TRT_NO_WAIT);
}

static void come_late(void *unused) {
    (void)unused;
    come(TRT_NO_WAIT);
    (void)known(trt_delay(1));
    come(1);
}

// --- reader-writer locks

static bool somebody_reads(void) {
    return reads[0] || reads[1] || reads[2];
}

static void read_for(trt_tick_t timeout) {
    if (known(trt_rwlock_read_lock(&lock, timeout)) < TRT_OK) return;
    CHECK(writes == NULL || run.stops);
    reads[caller()] = true;
    (void)known(trt_delay(1));
    CHECK(writes == NULL || run.stops);
    reads[caller()] = false;
    CHECK(trt_rwlock_read_unlock(&lock) == TRT_OK);
}

static void write_for(trt_tick_t timeout) {
    if (known(trt_rwlock_write_lock(&lock, timeout)) < TRT_OK) return;
    CHECK((writes == NULL && !somebody_reads()) || run.stops);
    writes = trt_task_self();
    (void)known(trt_delay(1));
    CHECK((writes == trt_task_self() && !somebody_reads()) || run.stops);
    writes = NULL;
    CHECK(trt_rwlock_write_unlock(&lock) == TRT_OK);
}

static void write_late(void *unused) {
    (void)unused;
    (void)known(trt_delay(2));
    write_for(forever());
    read_for(TRT_NO_WAIT);
}

static void write_and_read(void *unused) {
    (void)unused;
    write_for(forever());
    read_for(1);
}

static void read_twice(void *unused) {
    (void)unused;
    read_for(3);
    read_for(TRT_NO_WAIT);
}

// --- programs: what the tasks do

static const program_t programs[] SWEEP_FLASH = {
    {"pool", {use_blocks, use_block_or_lock, use_block_late}, {2, 3, 4}, false, false},
    {"stream",
     {receive_bytes_twice, send_and_receive_bytes, send_bytes_thrice},
     {2, 3, 4},
     false,
     false},
    {"messages",
     {receive_messages, send_and_receive_messages, send_messages},
     {2, 3, 4},
     false,
     false},
    {"priority queue",
     {receive_ranked_twice, send_and_receive_ranked, send_ranked_thrice},
     {2, 3, 4},
     false,
     false},
    {"condition variable",
     {use_goods_twice, use_goods_once, make_goods_twice},
     {2, 3, 4},
     false,
     false},
    {"barrier", {come_twice, come_in_time, come_late}, {2, 3, 4}, false, false},
    {"read, write", {write_late, write_and_read, read_twice}, {2, 3, 4}, false, false},
};

#define PROGRAMS (sizeof programs / sizeof programs[0])

// --- actions: what an interrupt does

static void act_take_block(void) {
    if (held[caller()] == NULL) take_block(&held[caller()], TRT_NO_WAIT);
}
static void act_give_block(void) {
    give_block(&spares[caller() - INTERRUPT]);
}
static void act_send_bytes(void) {
    send_bytes(100, 1, TRT_NO_WAIT);
}
static void act_receive_bytes(void) {
    receive_bytes(2, TRT_NO_WAIT);
}
static void act_send_message(void) {
    send_message(0x40, 2, TRT_NO_WAIT);
}
static void act_receive_message(void) {
    receive_message(TRT_NO_WAIT);
}
static void act_send_ranked(void) {
    send_ranked(0x40, 0, TRT_NO_WAIT);
}
static void act_receive_ranked(void) {
    (void)receive_ranked(TRT_NO_WAIT);
}
static void act_signal(void) {
    CHECK(trt_cond_signal(&changed) == TRT_OK);
}
static void act_broadcast(void) {
    CHECK(trt_cond_broadcast(&changed) == TRT_OK);
}
static void act_come(void) {
    come(TRT_NO_WAIT);
}

// clang-format off
static const action_t actions[] SWEEP_FLASH = {
    {"take block", act_take_block, false},
    {"give block", act_give_block, false},
    {"send bytes", act_send_bytes, false},
    {"receive", act_receive_bytes, false},
    {"message", act_send_message, false},
    {"get message", act_receive_message, false},
    {"send ranked", act_send_ranked, false},
    {"get ranked", act_receive_ranked, false},
    {"signal", act_signal, false},
    {"broadcast", act_broadcast, false},
    {"come", act_come, false},
    HARMLESS_ACTIONS_ON_TASKS,
    ACTIONS_ON_TASKS
};
// clang-format on

#define ACTIONS (sizeof actions / sizeof actions[0])
#define HARMLESS_ACTIONS 15

// --- the objects

static void make_objects(void) {
    memset(block_memory, 0, sizeof block_memory);
    memset(held, 0, sizeof held);
    CHECK(trt_pool_init(&blocks, block_memory, sizeof block_memory, offsetof(block_t, mark)) ==
          TRT_OK);
    for (unsigned i = 0; i < SPARES; i++) take_block(&spares[i], TRT_NO_WAIT);
    CHECK(trt_stream_init(&bytes, byte_buffer, sizeof byte_buffer, 3) == TRT_OK);
    CHECK(trt_stream_init(&messages, message_buffer, sizeof message_buffer, TRT_MESSAGES) ==
          TRT_OK);
    CHECK(trt_pqueue_init(&ranked, ranked_buffer, 1, 2) == TRT_OK);
    CHECK(trt_mutex_init(&monitor, TRT_INHERIT) == TRT_OK);
    CHECK(trt_mutex_init(&spare, TRT_INHERIT) == TRT_OK);
    CHECK(trt_cond_init(&changed) == TRT_OK);
    CHECK(trt_barrier_init(&barrier, PARTIES) == TRT_OK);
    CHECK(trt_rwlock_init(&lock) == TRT_OK);
    goods = 0;
    in_monitor = writes = NULL;
    memset(reads, 0, sizeof reads);
}

// (Whoever could have goods does not wait for them; a signal to one who has been stopped is lost.)
static void make_goods_if_none(void) {
    if (monitor.owner != NULL || (goods > 0 && !run.stops)) return;
    count_try(GOODS);
    goods++;
    count_in(GOODS, 0);
    act_broadcast();
}

static unsigned waiting_for(const trt_object_t *object) {
    unsigned count = 0;
    for (unsigned i = 0; i < TASKS; i++) {
        bool waits = trt_task_state(&pool[i]) == TRT_TASK_WAITING;
        if (waits && pool[i].wait->object == object) count++;
    }
    return count;
}

static void give_blocks_of_interrupts(void) {
    for (unsigned i = 0; i < SPARES; i++) {
        give_block(&spares[i]);
        give_block(&held[INTERRUPT + i]);
    }
}

static void set_free(void) {
    give_blocks_of_interrupts();
    send_bytes(110, 3, TRT_NO_WAIT);
    receive_bytes(4, TRT_NO_WAIT);
    act_send_message();
    act_receive_message();
    act_send_ranked();
    act_receive_ranked();
    make_goods_if_none();
    CHECK(trt_barrier_count(&barrier) == waiting_for(&barrier.object));
    CHECK(trt_barrier_init(&barrier, PARTIES) == TRT_OK);
}

static void check_ranked(void) {
    for (uint8_t last = 0; trt_pqueue_count(&ranked) > 0;) {
        uint8_t level = receive_ranked(TRT_NO_WAIT);
        CHECK(level >= last);
        last = level;
    }
}

static void check_objects(void) {
    give_blocks_of_interrupts();
    while (trt_stream_used(&bytes) > 0) receive_bytes(4, TRT_NO_WAIT);
    while (trt_stream_used(&messages) > 0) receive_message(TRT_NO_WAIT);
    check_ranked();
    for (; goods > 0; goods--) count_out(GOODS, 0);
    for (unsigned thing = 0; thing < THINGS; thing++) check_account(thing);
    CHECK(trt_pool_count(&blocks) == POOL_BLOCKS || run.stops);
    CHECK(trt_rwlock_readers(&lock) == 0 || run.stops);
    CHECK(lock.gate.owner == NULL && monitor.owner == NULL && spare.owner == NULL);
}

#endif // SWEEP_OBJECTS_H
