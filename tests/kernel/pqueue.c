// Priority queues: messages with a priority of their own.
#include "harness.h"

enum { ITEMS = 4 };

TRT_PQUEUE_DEFINE(defined, uint16_t, 3);

static trt_pqueue_t queue;
static uint8_t buffer[TRT_PQUEUE_BYTES(1, ITEMS)];
static trt_status_t result[HELPERS];

static void make(void) {
    CHECK_EQ(trt_pqueue_init(&queue, buffer, 1, ITEMS), TRT_OK);
}

static void send(char item, uint8_t level) {
    CHECK_EQ(trt_pqueue_send(&queue, &item, level, TRT_NO_WAIT), TRT_OK);
}

// Receive all and note it.
static void receive_all(void) {
    char item;
    while (trt_pqueue_receive(&queue, &item, TRT_NO_WAIT) == TRT_OK) note(item);
}

static void receiver(void *i) {
    char item = '-';
    result[INDEX(i)] = trt_pqueue_receive(&queue, &item, TRT_FOREVER);
    note(item);
}

static void peeker(void *i) {
    char item = '-';
    result[INDEX(i)] = trt_pqueue_peek(&queue, &item, TRT_FOREVER);
    note(item);
}

// Send a small letter at level 7, another at 0.
static void sender(void *letter) {
    char item = LETTER(letter);
    CHECK_EQ(trt_pqueue_send(&queue, &item, item >= 'a' ? 7 : 0, TRT_FOREVER), TRT_OK);
    note('!');
}

KTEST(pqueue, M8_most_urgent_level_comes_first_and_each_in_order) {
    make();
    send('d', 7);
    send('b', 3);
    send('a', 0);
    send('c', 3);
    receive_all();
    CHECK_LOG("abcd");
    send('b', 5);
    send('c', 5);
    send('d', 5);
    send('a', 4);
    receive_all();
    CHECK_LOG("abcd");
}

// Against a plain list: whatever is sent and received in whatever order.
KTEST(pqueue, M8_holds_its_order_whatever_comes_and_goes) {
    uint8_t model[ITEMS], count = 0, taken;
    uint16_t seed = 1;
    make();
    for (unsigned i = 0; i < 600; i++) {
        seed = (uint16_t)(seed * 25173u + 13849u);
        uint8_t level = (uint8_t)(seed >> 13), item = (uint8_t)(32u * level + i % 32u), at = count;
        if (seed & 256u) {
            trt_status_t status = trt_pqueue_send(&queue, &item, level, TRT_NO_WAIT);
            CHECK_EQ(status, count < ITEMS ? TRT_OK : TRT_ERR_WOULD_BLOCK);
            if (status != TRT_OK) continue;
            for (; at > 0 && model[at - 1] >> 5 > level; at--) model[at] = model[at - 1];
            model[at] = item;
            count++;
        } else {
            trt_status_t status = trt_pqueue_receive(&queue, &taken, TRT_NO_WAIT);
            CHECK_EQ(status, count > 0 ? TRT_OK : TRT_ERR_WOULD_BLOCK);
            if (status != TRT_OK) continue;
            CHECK_EQ(taken, model[0]);
            memmove(model, model + 1, --count);
        }
        CHECK_EQ(trt_pqueue_count(&queue), count);
        CHECK_EQ(trt_pqueue_space(&queue), ITEMS - count);
    }
}

KTEST(pqueue, M8_peek_leaves_the_first_item) {
    char item = '-';
    make();
    CHECK_EQ(trt_pqueue_peek(&queue, &item, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    send('b', 2);
    send('a', 1);
    CHECK_EQ(trt_pqueue_peek(&queue, &item, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(item, 'a');
    CHECK_EQ(trt_pqueue_count(&queue), 2);
}

KTEST(pqueue, M8_receivers_wait_and_are_served_by_priority) {
    make();
    spawn(0, 3, receiver, 0);
    spawn(1, 2, receiver, 1);
    spawn(2, 1, peeker, 2);
    send('a', 7);
    CHECK_LOG("aa");
    CHECK_EQ(result[1], TRT_OK);
    send('b', 0);
    CHECK_LOG("b");
    CHECK_EQ(trt_pqueue_count(&queue), 0);
}

KTEST(pqueue, M8_senders_wait_and_their_items_take_their_places) {
    char item;
    make();
    for (unsigned i = 0; i < ITEMS; i++) send((char)('1' + (char)i), 3);
    spawn(0, 3, sender, 'x');
    spawn(1, 3, sender, 'A');
    CHECK_EQ(trt_pqueue_receive(&queue, &item, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(item, '1');
    CHECK_EQ(trt_pqueue_receive(&queue, &item, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(item, '2');
    CHECK_LOG("!!");
    receive_all();
    CHECK_LOG("A34x");
}

KTEST(pqueue, M8_waits_end_in_time_and_with_a_delete) {
    char item;
    make();
    CHECK_EQ(trt_pqueue_receive(&queue, &item, 2), TRT_ERR_TIMEOUT);
    spawn(0, 3, receiver, 0);
    CHECK_EQ(trt_pqueue_delete(&queue), TRT_OK);
    CHECK_EQ(result[0], TRT_ERR_DELETED);
}

KTEST(pqueue, M8_reset_throws_all_away_and_lets_senders_send) {
    make();
    for (unsigned i = 0; i < ITEMS; i++) send('1', 3);
    spawn(0, 3, sender, 'x');
    CHECK_EQ(trt_pqueue_reset(&queue), TRT_OK);
    CHECK_LOG("!");
    receive_all();
    CHECK_LOG("x");
}

static void send_in_interrupt(void *unused) {
    (void)unused;
    send('i', 0);
}

KTEST(pqueue, M8_interrupt_sends) {
    make();
    irq_install(0, send_in_interrupt, NULL);
    spawn(0, 3, receiver, 0);
    irq_raise(0);
    CHECK_LOG("i");
}

KTEST(pqueue, E4_is_one_of_several_things) {
    trt_wait_t things[2];
    char in = '-', out = 'o';
    uint8_t which = 9;
    make();
    CHECK_EQ(trt_wait_pqueue_receive(&things[0], &queue, &in), TRT_OK);
    CHECK_EQ(trt_wait_pqueue_send(&things[1], &queue, &out, 2), TRT_OK);
    CHECK_EQ(trt_wait_any(things, 2, &which, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(which, 1);
    send('u', 1);
    CHECK_EQ(trt_wait_any(things, 2, &which, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(which, 0);
    CHECK_EQ(in, 'u');
    CHECK_EQ(trt_wait_pqueue_send(&things[1], &queue, &out, 8), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_wait_pqueue_send", &queue, TRT_ERR_PARAM);
}

KTEST(pqueue, M8_defined_queue_is_ready) {
    uint16_t item = 0xABCD, got = 0;
    for (uint8_t i = 0; i < 3; i++) {
        CHECK_EQ(trt_pqueue_send(&defined, &item, i, TRT_NO_WAIT), TRT_OK);
    }
    CHECK_EQ(trt_pqueue_send(&defined, &item, 0, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_pqueue_receive(&defined, &got, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(got, 0xABCD);
    CHECK_EQ(trt_pqueue_reset(&defined), TRT_OK);
}

#if TRTK_PORT_HOST
// --- interrupts between the steps in which an item is claimed, copied, and there

enum { LARGE = 20, MANY = 5, FEW = 2 };

static uint8_t large[TRT_PQUEUE_BYTES(LARGE, MANY)];
static uint8_t times[256]; // that items of each letter were received
static bool came;

static void make_large(uint8_t items) {
    CHECK_EQ(trt_pqueue_init(&queue, large, LARGE, items), TRT_OK);
    memset(times, 0, sizeof times);
    came = false;
}

// An item of nothing but one letter.
static trt_status_t send_item(char letter, trt_tick_t timeout) {
    uint8_t item[LARGE];
    memset(item, letter, sizeof item);
    return trt_pqueue_send(&queue, item, (uint8_t)letter % 4u, timeout);
}

static trt_status_t receive_large(trt_tick_t timeout) {
    uint8_t item[LARGE] = {0};
    trt_status_t status = trt_pqueue_receive(&queue, item, timeout);
    if (status == TRT_OK) times[item[0]]++;
    for (unsigned i = 0; i < sizeof item; i++) CHECK_EQ(item[i], item[0]);
    return status;
}

// All that is left is received, and then all is room.
static void drain_of(uint8_t items) {
    while (receive_large(TRT_NO_WAIT) == TRT_OK) continue;
    CHECK_EQ(trt_pqueue_count(&queue), 0);
    CHECK_EQ(trt_pqueue_space(&queue), items);
    for (unsigned i = 0; i < items; i++) CHECK_EQ(send_item('z', TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(send_item('z', TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    while (receive_large(TRT_NO_WAIT) == TRT_OK) continue;
    CHECK_EQ(times['z'], items);
}

static void exchange_urgently(void *unused) {
    (void)unused;
    (void)receive_large(TRT_NO_WAIT);
    CHECK_EQ(send_item('c', TRT_NO_WAIT), TRT_OK);
}

static void exchange(void *unused) {
    (void)unused;
    came = true;
    irq_raise(0); // it comes in between the steps of these
    CHECK_EQ(send_item('b', TRT_NO_WAIT), TRT_OK);
    (void)receive_large(TRT_NO_WAIT);
}

KTEST(pqueue, M8_calls_that_come_into_each_other_send_and_receive_whole_items) {
    uint32_t calls = 0;
    irq_install(0, exchange_urgently, NULL);
    irq_install(1, exchange, NULL);
    do {
        make_large(MANY);
        CHECK_EQ(send_item('a', TRT_NO_WAIT), TRT_OK);
        CHECK_EQ(trt_host_raise_after(1, ++calls), TRT_OK);
        CHECK_EQ(send_item('d', TRT_NO_WAIT), TRT_OK);
        (void)receive_large(TRT_NO_WAIT);
        bool was_between = came;
        while (!came) (void)trt_yield();
        drain_of(MANY);
        for (const char *letter = "abcd"; *letter != '\0'; letter++)
            CHECK_EQ(times[(uint8_t)*letter], 1);
        came = was_between;
    } while (came);
    CHECK(calls > 6);
}

static void renew(void) {
    make_large(FEW);
}

static void fill(void) {
    CHECK_EQ(send_item('a', TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(send_item('b', TRT_NO_WAIT), TRT_OK);
}

static void drain(void) {
    drain_of(FEW);
}

static trt_status_t reset_object(void) {
    return trt_pqueue_reset(&queue);
}

static trt_status_t delete_object(void) {
    return trt_pqueue_delete(&queue);
}

#include "meddle.h"

KTEST(pqueue, M8_sender_that_waits_is_served_whatever_an_interrupt_does_meanwhile) {
    meddle_at_every_step(serve_sender);
}

KTEST(pqueue, M8_receiver_that_waits_is_served_whatever_an_interrupt_does_meanwhile) {
    meddle_at_every_step(serve_receiver);
}
#endif
