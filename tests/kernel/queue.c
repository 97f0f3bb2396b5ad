// Queues and mailboxes: rows M1, M2.
#include "harness.h"

#define CAPACITY 3

static trt_queue_t queue;
static uint8_t buffer[CAPACITY];
static trt_status_t result[HELPERS];
static uint8_t item[HELPERS]; // what helper i sends or has received

static void make(void) {
    CHECK_EQ(trt_queue_init(&queue, buffer, 1, CAPACITY), TRT_OK);
    memset(item, 0, sizeof item);
    memset(result, 0x55, sizeof result);
}

static void send(char value) {
    CHECK_EQ(trt_queue_send(&queue, &value, TRT_NO_WAIT), TRT_OK);
}

static void fill(const char *values) {
    for (; *values != '\0'; values++) {
        send(*values);
    }
}

// Receives all that is there: exactly these.
static void check_contents(const char *values) {
    for (; *values != '\0'; values++) {
        char value = '?';
        CHECK_EQ(trt_queue_receive(&queue, &value, TRT_NO_WAIT), TRT_OK);
        CHECK_EQ(value, *values);
    }
    char nothing = '?';
    CHECK_EQ(trt_queue_receive(&queue, &nothing, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(nothing, '?');
}

static void receive_into(void *i) {
    result[INDEX(i)] = trt_queue_receive(&queue, &item[INDEX(i)], TRT_FOREVER);
    note((char)('a' + INDEX(i)));
}

static void receive_within_five(void *i) {
    result[INDEX(i)] = trt_queue_receive(&queue, &item[INDEX(i)], 5);
    note((char)('a' + INDEX(i)));
}

static void peek_into(void *i) {
    result[INDEX(i)] = trt_queue_peek(&queue, &item[INDEX(i)], TRT_FOREVER);
    note((char)('a' + INDEX(i)));
}

static void send_own_letter(void *i) {
    item[INDEX(i)] = (uint8_t)('A' + INDEX(i));
    result[INDEX(i)] = trt_queue_send(&queue, &item[INDEX(i)], TRT_FOREVER);
    note((char)('a' + INDEX(i)));
}

static void send_own_letter_to_the_front(void *i) {
    item[INDEX(i)] = (uint8_t)('A' + INDEX(i));
    result[INDEX(i)] = trt_queue_send_front(&queue, &item[INDEX(i)], TRT_FOREVER);
    note((char)('a' + INDEX(i)));
}

static void send_within_five(void *i) {
    item[INDEX(i)] = (uint8_t)('A' + INDEX(i));
    result[INDEX(i)] = trt_queue_send(&queue, &item[INDEX(i)], 5);
    note((char)('a' + INDEX(i)));
}

// --- items

TRT_QUEUE_DEFINE(defined, uint32_t, 2);

KTEST(queue, M1_defined_queue_is_ready) {
    uint32_t value = 0x12345678u;
    CHECK_EQ(trt_queue_space(&defined), 2);
    CHECK_EQ(trt_queue_send(&defined, &value, TRT_NO_WAIT), TRT_OK);
    value = 0;
    CHECK_EQ(trt_queue_receive(&defined, &value, TRT_NO_WAIT), TRT_OK);
    CHECK(value == 0x12345678u);
}

KTEST(queue, M1_first_in_first_out) {
    make();
    fill("xyz");
    check_contents("xyz");
}

KTEST(queue, M1_count_and_space) {
    make();
    CHECK_EQ(trt_queue_count(&queue), 0);
    CHECK_EQ(trt_queue_space(&queue), 3);
    fill("xy");
    CHECK_EQ(trt_queue_count(&queue), 2);
    CHECK_EQ(trt_queue_space(&queue), 1);
    check_contents("xy");
    CHECK_EQ(trt_queue_count(&queue), 0);
}

KTEST(queue, M1_order_holds_around_the_end_of_the_buffer) {
    make();
    for (unsigned i = 0; i < 20; i++) {
        fill("pq");
        check_contents("pq");
    }
    fill("xyz");
    check_contents("xyz");
}

KTEST(queue, M1_full_queue_refuses) {
    make();
    fill("xyz");
    CHECK_EQ(trt_queue_send(&queue, "w", TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_queue_send_front(&queue, "w", TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    check_contents("xyz");
}

KTEST(queue, M1_front_goes_first) {
    make();
    fill("xy");
    CHECK_EQ(trt_queue_send_front(&queue, "w", TRT_NO_WAIT), TRT_OK);
    check_contents("wxy");
    CHECK_EQ(trt_queue_send_front(&queue, "v", TRT_NO_WAIT), TRT_OK);
    check_contents("v");
}

KTEST(queue, M1_peek_leaves_the_item) {
    make();
    fill("xy");
    char value = '?';
    CHECK_EQ(trt_queue_peek(&queue, &value, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(value, 'x');
    CHECK_EQ(trt_queue_count(&queue), 2);
    check_contents("xy");
    CHECK_EQ(trt_queue_peek(&queue, &value, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
}

KTEST(queue, M1_overwrite_appends_or_replaces_the_newest) {
    make();
    fill("xy");
    CHECK_EQ(trt_queue_overwrite(&queue, "z"), TRT_OK);
    CHECK_EQ(trt_queue_overwrite(&queue, "w"), TRT_OK);
    check_contents("xyw");
}

static void check_reset_of(const char *values) {
    make();
    fill(values);
    CHECK_EQ(trt_queue_reset(&queue), TRT_OK);
    CHECK_EQ(trt_queue_count(&queue), 0);
    check_contents("");
    fill("w");
    check_contents("w");
}

KTEST(queue, M1_reset_empties) {
    check_reset_of("x");
    check_reset_of("xyz");
}

KTEST(queue, M2_mailbox_holds_the_newest) {
    static uint8_t box;
    CHECK_EQ(trt_queue_init(&queue, &box, 1, 1), TRT_OK);
    CHECK_EQ(trt_queue_overwrite(&queue, "x"), TRT_OK);
    CHECK_EQ(trt_queue_overwrite(&queue, "y"), TRT_OK);
    char value = '?';
    CHECK_EQ(trt_queue_peek(&queue, &value, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(value, 'y');
    check_contents("y");
}

KTEST(queue, M2_mailbox_makes_readers_and_writers_wait) {
    static uint8_t box;
    make();
    CHECK_EQ(trt_queue_init(&queue, &box, 1, 1), TRT_OK);
    spawn(0, 3, receive_into, 0);
    CHECK_EQ(trt_queue_overwrite(&queue, "x"), TRT_OK);
    CHECK_EQ(item[0], 'x');
    CHECK_EQ(trt_queue_overwrite(&queue, "y"), TRT_OK);
    spawn(1, 3, send_own_letter, 1);
    CHECK_EQ(trt_task_state(&helper[1]), TRT_TASK_WAITING);
    CHECK_EQ(trt_queue_overwrite(&queue, "z"), TRT_OK);
    check_contents("zB");
}

// --- waiting receivers

KTEST(queue, M1_receiver_waits_for_an_item) {
    make();
    spawn(0, 3, receive_into, 0);
    CHECK_LOG("");
    send('x');
    CHECK_LOG("a");
    CHECK_EQ(item[0], 'x');
    CHECK_EQ(trt_queue_count(&queue), 0);
}

KTEST(queue, M1_item_for_a_waiting_receiver_cannot_be_taken_in_between) {
    make();
    spawn(0, 6, receive_into, 0);
    let_run();
    send('x');
    check_contents("");
    let_run();
    CHECK_EQ(result[0], TRT_OK);
    CHECK_EQ(item[0], 'x');
}

KTEST(queue, bug13_each_of_two_receivers_gets_an_item_or_its_whole_timeout) {
    make();
    trt_tick_t start = trt_now();
    spawn(0, 3, receive_within_five, 0);
    spawn(1, 3, receive_within_five, 1);
    CHECK_EQ(trt_delay(2), TRT_OK);
    send('x');
    CHECK_LOG("a");
    CHECK_EQ(trt_task_state(&helper[1]), TRT_TASK_WAITING);
    CHECK_EQ(trt_task_join(&helper[1], TRT_FOREVER), TRT_OK);
    CHECK_EQ((trt_tick_t)(trt_now() - start), 6);
    CHECK_EQ(result[0], TRT_OK);
    CHECK_EQ(item[0], 'x');
    CHECK_EQ(result[1], TRT_ERR_TIMEOUT);
}

KTEST(queue, bug36_receivers_are_served_by_priority_then_age) {
    make();
    spawn(0, 3, receive_into, 0);
    spawn(1, 2, receive_into, 1);
    spawn(2, 3, receive_into, 2);
    fill("xyz");
    CHECK_LOG("bac");
    CHECK_EQ(item[1], 'x');
    CHECK_EQ(item[0], 'y');
    CHECK_EQ(item[2], 'z');
}

KTEST(queue, bug07_waiting_receiver_that_is_raised_moves_forward) {
    make();
    spawn(0, 3, receive_into, 0);
    spawn(1, 3, receive_into, 1);
    CHECK_EQ(trt_task_set_priority(&helper[1], 2), TRT_OK);
    fill("xy");
    CHECK_LOG("ba");
}

KTEST(queue, M1_front_and_overwrite_serve_waiting_receivers) {
    make();
    spawn(0, 3, receive_into, 0);
    CHECK_EQ(trt_queue_send_front(&queue, "x", TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(item[0], 'x');
    spawn(1, 3, receive_into, 1);
    CHECK_EQ(trt_queue_overwrite(&queue, "y"), TRT_OK);
    CHECK_EQ(item[1], 'y');
    CHECK_EQ(trt_queue_count(&queue), 0);
}

KTEST(queue, M1_peeking_waiters_see_the_item_that_a_receiver_takes) {
    make();
    spawn(0, 2, peek_into, 0);
    spawn(1, 3, receive_into, 1);
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    send('x');
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    CHECK_EQ(item[0], 'x');
    CHECK_EQ(item[1], 'x');
    CHECK_EQ(trt_queue_count(&queue), 0);
}

KTEST(queue, M1_peeking_waiter_leaves_the_item) {
    make();
    spawn(0, 3, peek_into, 0);
    send('x');
    CHECK_EQ(item[0], 'x');
    check_contents("x");
}

// --- waiting senders

KTEST(queue, M1_sender_waits_for_room) {
    make();
    fill("xyz");
    spawn(0, 3, send_own_letter, 0);
    CHECK_LOG("");
    char value = '?';
    CHECK_EQ(trt_queue_receive(&queue, &value, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(value, 'x');
    CHECK_LOG("a");
    check_contents("yzA");
}

KTEST(queue, M1_room_for_a_waiting_sender_cannot_be_taken_in_between) {
    make();
    fill("xyz");
    spawn(0, 6, send_own_letter, 0);
    let_run();
    char value = '?';
    CHECK_EQ(trt_queue_receive(&queue, &value, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_queue_send(&queue, "w", TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    let_run();
    CHECK_EQ(result[0], TRT_OK);
    check_contents("yzA");
}

KTEST(queue, bug36_senders_are_served_by_priority_then_age) {
    make();
    fill("xyz");
    spawn(0, 3, send_own_letter, 0);
    spawn(1, 2, send_own_letter, 1);
    spawn(2, 3, send_own_letter, 2);
    check_contents("xyzBAC");
    CHECK_LOG("bac");
}

KTEST(queue, M1_waiting_sender_to_the_front_goes_first) {
    make();
    fill("xyz");
    spawn(0, 3, send_own_letter_to_the_front, 0);
    check_contents("xAyz");
}

KTEST(queue, M1_peek_makes_no_room) {
    make();
    fill("xyz");
    spawn(0, 3, send_own_letter, 0);
    char value = '?';
    CHECK_EQ(trt_queue_peek(&queue, &value, TRT_NO_WAIT), TRT_OK);
    CHECK_LOG("");
    check_contents("xyzA");
}

KTEST(queue, M1_sender_times_out_and_its_item_does_not_come) {
    make();
    fill("xyz");
    trt_tick_t start = trt_now();
    spawn(0, 3, send_within_five, 0);
    CHECK_EQ(trt_task_join(&helper[0], TRT_FOREVER), TRT_OK);
    CHECK_EQ((trt_tick_t)(trt_now() - start), 6);
    CHECK_EQ(result[0], TRT_ERR_TIMEOUT);
    check_contents("xyz");
}

KTEST(queue, M1_reset_lets_waiting_senders_in) {
    make();
    fill("xyz");
    spawn(0, 3, send_own_letter, 0);
    spawn(1, 3, send_own_letter, 1);
    CHECK_EQ(trt_queue_reset(&queue), TRT_OK);
    CHECK_LOG("ab");
    check_contents("AB");
}

KTEST(queue, M1_overwrite_of_a_full_queue_leaves_waiting_senders_waiting) {
    make();
    fill("xyz");
    spawn(0, 3, send_own_letter, 0);
    CHECK_EQ(trt_queue_overwrite(&queue, "w"), TRT_OK);
    CHECK_LOG("");
    check_contents("xywA");
}

KTEST(queue, bug09_stopped_sender_leaves_no_item) {
    make();
    fill("xyz");
    spawn(0, 3, send_own_letter, 0);
    spawn(1, 3, send_own_letter, 1);
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    check_contents("xyzB");
}

// --- delete, init, interrupts

KTEST(queue, M1_delete_wakes_receivers) {
    make();
    spawn(0, 3, receive_into, 0);
    spawn(1, 3, peek_into, 1);
    CHECK_EQ(trt_queue_delete(&queue), TRT_OK);
    CHECK_EQ(result[0], TRT_ERR_DELETED);
    CHECK_EQ(result[1], TRT_ERR_DELETED);
    CHECK_EQ(trt_queue_send(&queue, "x", TRT_NO_WAIT), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_queue_send", &queue, TRT_ERR_OBJECT);
}

KTEST(queue, M1_init_anew_wakes_senders_and_empties) {
    make();
    fill("xyz");
    spawn(0, 3, send_own_letter, 0);
    CHECK_EQ(trt_queue_init(&queue, buffer, 1, 2), TRT_OK);
    CHECK_EQ(result[0], TRT_ERR_DELETED);
    CHECK_EQ(trt_queue_space(&queue), 2);
    check_contents("");
}

static void send_from_interrupt(void *letter) {
    char value = LETTER(letter);
    result[4] = trt_queue_send(&queue, &value, TRT_NO_WAIT);
}

KTEST(queue, M1_interrupt_sends_to_a_waiting_task) {
    make();
    irq_install(0, send_from_interrupt, ARG('i'));
    spawn(0, 3, receive_into, 0);
    irq_raise(0);
    CHECK_EQ(item[0], 'i');
    CHECK_EQ(result[4], TRT_OK);
}

KTEST(queue, bug15_interrupt_meets_a_full_queue) {
    make();
    fill("xyz");
    irq_install(0, send_from_interrupt, ARG('i'));
    irq_raise(0);
    CHECK_EQ(result[4], TRT_ERR_WOULD_BLOCK);
    check_contents("xyz");
}

static void receive_from_interrupt(void *unused) {
    (void)unused;
    result[4] = trt_queue_receive(&queue, &item[4], TRT_NO_WAIT);
}

KTEST(queue, M1_interrupt_receives_and_lets_a_sender_in) {
    make();
    fill("xyz");
    irq_install(0, receive_from_interrupt, NULL);
    spawn(0, 3, send_own_letter, 0);
    irq_raise(0);
    CHECK_EQ(item[4], 'x');
    CHECK_LOG("a");
    check_contents("yzA");
}

KTEST(queue, bug40_item_sent_before_the_wait_is_not_lost) {
    make();
    send('x');
    char value = '?';
    CHECK_EQ(trt_queue_receive(&queue, &value, TRT_FOREVER), TRT_OK);
    CHECK_EQ(value, 'x');
}

// --- a timeout meets a send

static trt_timer_t timer;

KTEST(queue, bug11_timeout_meets_a_send_and_the_item_is_neither_lost_nor_doubled) {
    for (trt_tick_t at = 3; at <= 7; at++) {
        make();
        CHECK_EQ(trt_timer_init(&timer, "send", send_from_interrupt, ARG('t'), at, TRT_ONE_SHOT),
                 TRT_OK);
        CHECK_EQ(trt_timer_start(&timer), TRT_OK);
        char value = '?';
        trt_status_t status = trt_queue_receive(&queue, &value, 5);
        CHECK(status == TRT_OK || status == TRT_ERR_TIMEOUT);
        CHECK_EQ(value, status == TRT_OK ? 't' : '?');
        CHECK_EQ(trt_delay(10), TRT_OK);
        check_contents(status == TRT_OK ? "" : "t");
    }
}
