// Streams of bytes, and messages of various lengths: row M6.
#include "harness.h"

TRT_STREAM_DEFINE(defined, 8, 1);
TRT_MESSAGES_DEFINE(defined_messages, 8);

enum { BYTES = 8 };

static trt_stream_t stream;
static uint8_t buffer[BYTES];
static uint8_t in[BYTES];
static uint16_t got;
static trt_status_t result[HELPERS];

static void make(uint16_t trigger) {
    CHECK_EQ(trt_stream_init(&stream, buffer, BYTES, trigger), TRT_OK);
}

// Send the first letters of the alphabet from `first`.
static trt_status_t send(char first, uint16_t size, trt_tick_t timeout) {
    char text[BYTES + 1];
    for (unsigned i = 0; i < sizeof text; i++) text[i] = (char)(first + (char)i);
    return trt_stream_send(&stream, text, size, timeout);
}

// Receive and note what came.
static trt_status_t receive(uint16_t max, trt_tick_t timeout) {
    uint8_t bytes[BYTES];
    trt_status_t status = trt_stream_receive(&stream, bytes, max, &got, timeout);
    if (status == TRT_OK) {
        for (unsigned i = 0; i < got; i++) note((char)bytes[i]);
    }
    return status;
}

static void receive_three(void *i) {
    result[INDEX(i)] = receive(3, TRT_FOREVER);
    note('.');
}

static void receive_five_in_time(void *i) {
    result[INDEX(i)] = receive(5, 4);
    note('.');
}

static void send_three(void *first) {
    CHECK_EQ(send(LETTER(first), 3, TRT_FOREVER), TRT_OK);
    note('!');
}

static void send_six_in_time(void *first) {
    result[0] = send(LETTER(first), 6, 3);
    note('?');
}

// --- bytes

KTEST(stream, M6_bytes_come_in_the_order_in_which_they_were_sent) {
    make(1);
    for (unsigned round = 0; round < 5; round++) {
        CHECK_EQ(send('a', 2, TRT_NO_WAIT), TRT_OK);
        CHECK_EQ(send('c', 5, TRT_NO_WAIT), TRT_OK);
        CHECK_EQ(trt_stream_used(&stream), 7);
        CHECK_EQ(trt_stream_space(&stream), 1);
        CHECK_EQ(receive(3, TRT_NO_WAIT), TRT_OK);
        CHECK_EQ(got, 3);
        CHECK_EQ(receive(8, TRT_NO_WAIT), TRT_OK);
        CHECK_EQ(got, 4);
        CHECK_LOG("abcdefg");
        CHECK_EQ(receive(8, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
        CHECK_EQ(got, 0);
    }
}

KTEST(stream, M6_all_is_sent_or_nothing) {
    make(1);
    CHECK_EQ(send('a', 5, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(send('x', 4, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_stream_used(&stream), 5);
    CHECK_EQ(send('f', 3, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(send('x', 1, 2), TRT_ERR_TIMEOUT);
    CHECK_EQ(receive(8, TRT_NO_WAIT), TRT_OK);
    CHECK_LOG("abcdefgh");
}

KTEST(stream, M6_receiver_waits_for_the_trigger) {
    make(3);
    spawn(0, 3, receive_five_in_time, 0);
    CHECK_EQ(send('a', 2, TRT_NO_WAIT), TRT_OK);
    CHECK_LOG("");
    CHECK_EQ(send('c', 2, TRT_NO_WAIT), TRT_OK);
    CHECK_LOG("abcd.");
}

KTEST(stream, M6_receiver_with_less_room_than_the_trigger_waits_for_that) {
    make(5);
    spawn(0, 3, receive_three, 0);
    CHECK_EQ(send('a', 2, TRT_NO_WAIT), TRT_OK);
    CHECK_LOG("");
    CHECK_EQ(send('c', 2, TRT_NO_WAIT), TRT_OK);
    CHECK_LOG("abc.");
}

KTEST(stream, M6_when_the_time_is_over_a_receiver_has_what_there_is) {
    make(5);
    spawn(0, 3, receive_five_in_time, 0);
    CHECK_EQ(send('a', 2, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_delay(9), TRT_OK);
    CHECK_LOG("ab.");
    CHECK_EQ(result[0], TRT_OK);
    spawn(1, 3, receive_five_in_time, 1);
    CHECK_EQ(trt_delay(9), TRT_OK);
    CHECK_LOG(".");
    CHECK_EQ(result[1], TRT_ERR_TIMEOUT);
}

KTEST(stream, M6_trigger_changes_also_for_who_waits) {
    make(5);
    spawn(0, 3, receive_five_in_time, 0);
    CHECK_EQ(send('a', 2, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_stream_set_trigger(&stream, 2), TRT_OK);
    CHECK_LOG("ab.");
    CHECK_EQ(trt_stream_set_trigger(&stream, 0), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_stream_set_trigger", &stream, TRT_ERR_PARAM);
    CHECK_EQ(trt_stream_set_trigger(&stream, BYTES + 1), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_stream_set_trigger", &stream, TRT_ERR_PARAM);
}

KTEST(stream, M6_sender_waits_for_room_and_is_served_when_there_is) {
    make(1);
    CHECK_EQ(send('a', 7, TRT_NO_WAIT), TRT_OK);
    spawn(0, 3, send_three, 'p');
    spawn(1, 2, send_three, 'h');
    CHECK_EQ(receive(2, TRT_NO_WAIT), TRT_OK);
    CHECK_LOG("!ab"); // it sends at once, before the receiver goes on
    CHECK_EQ(receive(8, TRT_NO_WAIT), TRT_OK);
    CHECK_LOG("!cdefghij");
    CHECK_EQ(receive(8, TRT_NO_WAIT), TRT_OK);
    CHECK_LOG("pqr");
}

KTEST(stream, M6_bytes_are_shared_by_all_receivers_that_they_are_enough_for) {
    make(2);
    spawn(0, 3, receive_three, 0);
    spawn(1, 2, receive_three, 1);
    spawn(2, 3, receive_three, 2);
    CHECK_EQ(send('a', 7, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_stream_used(&stream), 1);
    CHECK_LOG("abc.def.");
    CHECK_EQ(send('h', 1, TRT_NO_WAIT), TRT_OK);
    CHECK_LOG("gh.");
}

KTEST(stream, M6_sender_and_receiver_never_wait_for_each_other) {
    for (uint16_t trigger = 1; trigger <= BYTES; trigger++) {
        for (uint16_t size = 1; size <= BYTES; size++) {
            bool right = size + trigger <= BYTES + 1;
            make(trigger);
            if (right) {
                while (send('a', size, TRT_NO_WAIT) == TRT_OK) continue;
                CHECK(trt_stream_used(&stream) >= trigger);
            } else {
                CHECK_EQ(send('a', size, TRT_NO_WAIT), TRT_ERR_PARAM);
                CHECK_MISUSE("trt_stream_send", &stream, TRT_ERR_PARAM);
            }
        }
    }
}

KTEST(stream, M6_who_needs_less_does_not_wait_behind_who_needs_more) {
    make(1);
    CHECK_EQ(send('a', 5, TRT_NO_WAIT), TRT_OK);
    spawn(0, 2, send_six_in_time, 's');
    CHECK_EQ(send('f', 3, TRT_NO_WAIT), TRT_OK);
    spawn(1, 3, send_three, 'i');
    CHECK_LOG("");
    CHECK_EQ(receive(4, TRT_NO_WAIT), TRT_OK);
    CHECK_LOG("!abcd");
    CHECK_EQ(trt_delay(9), TRT_OK);
    CHECK_LOG("?");
    CHECK_EQ(result[0], TRT_ERR_TIMEOUT);
    CHECK_EQ(receive(8, TRT_NO_WAIT), TRT_OK);
    CHECK_LOG("efghijk");
}

KTEST(stream, M6_reset_throws_all_away_and_lets_senders_send) {
    make(1);
    CHECK_EQ(send('a', 8, TRT_NO_WAIT), TRT_OK);
    spawn(0, 3, send_three, 'x');
    CHECK_EQ(trt_stream_reset(&stream), TRT_OK);
    CHECK_LOG("!");
    CHECK_EQ(receive(8, TRT_NO_WAIT), TRT_OK);
    CHECK_LOG("xyz");
}

KTEST(stream, M6_delete_wakes_the_waiters_with_a_status) {
    make(2);
    spawn(0, 3, receive_three, 0);
    CHECK_EQ(trt_stream_delete(&stream), TRT_OK);
    CHECK_EQ(result[0], TRT_ERR_DELETED);
    CHECK_EQ(send('a', 1, TRT_NO_WAIT), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_stream_send", &stream, TRT_ERR_OBJECT);
}

static void send_in_interrupt(void *unused) {
    (void)unused;
    CHECK_EQ(send('a', 2, TRT_NO_WAIT), TRT_OK);
}

KTEST(stream, M6_interrupt_sends_and_a_task_receives) {
    make(4);
    irq_install(0, send_in_interrupt, NULL);
    spawn(0, 3, receive_five_in_time, 0);
    irq_raise(0);
    CHECK_LOG("");
    irq_raise(0);
    CHECK_LOG("abab.");
}

// --- messages

KTEST(stream, M6_messages_keep_their_lengths) {
    make(TRT_MESSAGES);
    CHECK_EQ(trt_stream_space(&stream), 6);
    for (unsigned round = 0; round < 9; round++) {
        CHECK_EQ(send('a', 1, TRT_NO_WAIT), TRT_OK);
        CHECK_EQ(send('b', 3, TRT_NO_WAIT), TRT_OK);
        CHECK_EQ(trt_stream_used(&stream), 8);
        CHECK_EQ(trt_stream_space(&stream), 0);
        CHECK_EQ(send('x', 0, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
        CHECK_EQ(receive(8, TRT_NO_WAIT), TRT_OK);
        CHECK_LOG("a");
        CHECK_EQ(send('e', 0, TRT_NO_WAIT), TRT_OK);
        CHECK_EQ(receive(3, TRT_NO_WAIT), TRT_OK);
        CHECK_LOG("bcd");
        CHECK_EQ(receive(0, TRT_NO_WAIT), TRT_OK);
        CHECK_EQ(got, 0);
        CHECK_EQ(receive(8, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    }
}

KTEST(stream, M6_message_that_is_too_long_stays_and_its_length_is_told) {
    make(TRT_MESSAGES);
    CHECK_EQ(send('a', 4, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(receive(3, TRT_FOREVER), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_stream_receive", &stream, TRT_ERR_PARAM);
    CHECK_EQ(got, 4);
    CHECK_EQ(receive(4, TRT_NO_WAIT), TRT_OK);
    CHECK_LOG("abcd");
    CHECK_EQ(send('a', 7, TRT_NO_WAIT), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_stream_send", &stream, TRT_ERR_PARAM);
}

KTEST(stream, M6_message_goes_to_the_first_receiver_that_has_room_for_it) {
    make(TRT_MESSAGES);
    spawn(0, 3, receive_three, 0);
    spawn(1, 5, receive_five_in_time, 1);
    let_run();
    CHECK_EQ(send('a', 5, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(result[0], TRT_ERR_PARAM);
    CHECK_MISUSE("trt_stream_receive", &stream, TRT_ERR_PARAM);
    CHECK_LOG(".");
    let_run();
    CHECK_LOG("abcde.");
}

KTEST(stream, M6_sender_of_a_message_waits_for_room) {
    make(TRT_MESSAGES);
    CHECK_EQ(send('a', 4, TRT_NO_WAIT), TRT_OK);
    spawn(0, 3, send_three, 'p');
    CHECK_EQ(receive(8, TRT_NO_WAIT), TRT_OK);
    CHECK_LOG("!abcd");
    CHECK_EQ(receive(8, TRT_NO_WAIT), TRT_OK);
    CHECK_LOG("pqr");
}

// --- both

KTEST(stream, M6_defined_streams_are_ready) {
    CHECK_EQ(trt_stream_send(&defined, "abc", 3, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_stream_receive(&defined, in, 8, &got, TRT_NO_WAIT), TRT_OK);
    CHECK(got == 3 && memcmp(in, "abc", 3) == 0);
    CHECK_EQ(trt_stream_send(&defined_messages, "ab", 2, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_stream_receive(&defined_messages, in, 8, &got, TRT_NO_WAIT), TRT_OK);
    CHECK(got == 2 && memcmp(in, "ab", 2) == 0);
}

KTEST(stream, M6_E4_stream_is_one_of_several_things) {
    trt_wait_t things[2];
    trt_span_t to = {in, sizeof in, 0}, from = {in, 3, 0};
    uint8_t which = 9;
    make(4);
    CHECK_EQ(trt_wait_stream_receive(&things[0], &stream, &to), TRT_OK);
    CHECK_EQ(trt_wait_stream_send(&things[1], &stream, &from), TRT_OK);
    for (uint8_t i = 0; i < 5; i++) { // three bytes, six bytes, and so on
        memcpy(in, "xyz", 3);
        CHECK_EQ(trt_wait_any(things, 2, &which, TRT_NO_WAIT), TRT_OK);
        CHECK_EQ(which, i == 2 ? 0 : 1);
        if (i == 2) CHECK(to.got == 6 && memcmp(in, "xyzxyz", 6) == 0);
        if (i == 2) break;
    }
    CHECK_EQ(trt_wait_stream_send(&things[0], &stream, NULL), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_wait_stream_send", &stream, TRT_ERR_PARAM);
}

#if TRTK_PORT_HOST
// --- interrupts between the pieces in which messages are copied

enum { LARGE = 40, MANY = 3 * LARGE, FEW = LARGE + 2 };

static uint8_t large[MANY];
static uint8_t times[256]; // that messages of each letter were received
static bool came;

static void make_large(uint16_t capacity) {
    CHECK_EQ(trt_stream_init(&stream, large, capacity, TRT_MESSAGES), TRT_OK);
    memset(times, 0, sizeof times);
    came = false;
}

// A message of nothing but one letter.
static trt_status_t send_large(char letter, uint16_t size, trt_tick_t timeout) {
    uint8_t bytes[LARGE];
    memset(bytes, letter, sizeof bytes);
    return trt_stream_send(&stream, bytes, size, timeout);
}

static trt_status_t receive_large(trt_tick_t timeout) {
    uint8_t bytes[LARGE];
    uint16_t size = 99;
    trt_status_t status = trt_stream_receive(&stream, bytes, sizeof bytes, &size, timeout);
    CHECK(status == TRT_OK ? size > 0 : size == 0);
    if (status == TRT_OK) times[bytes[0]]++;
    for (uint16_t i = 0; i < size; i++) CHECK_EQ(bytes[i], bytes[0]);
    return status;
}

// All that is left is received, and then all is room.
static void drain_of(uint16_t capacity) {
    while (receive_large(TRT_NO_WAIT) == TRT_OK) continue;
    CHECK_EQ(trt_stream_used(&stream), 0);
    CHECK_EQ(trt_stream_space(&stream), capacity - 2);
}

static void exchange_urgently(void *unused) {
    (void)unused;
    (void)receive_large(TRT_NO_WAIT);
    CHECK_EQ(send_large('c', 20, TRT_NO_WAIT), TRT_OK);
}

static void exchange(void *unused) {
    (void)unused;
    came = true;
    irq_raise(0); // it comes in between the steps of these
    CHECK_EQ(send_large('b', 20, TRT_NO_WAIT), TRT_OK);
    (void)receive_large(TRT_NO_WAIT);
}

KTEST(stream, M6_calls_that_come_into_each_other_send_and_receive_whole_messages) {
    uint32_t calls = 0;
    irq_install(0, exchange_urgently, NULL);
    irq_install(1, exchange, NULL);
    do {
        make_large(MANY);
        CHECK_EQ(send_large('a', 30, TRT_NO_WAIT), TRT_OK);
        CHECK_EQ(trt_host_raise_after(1, ++calls), TRT_OK);
        CHECK_EQ(send_large('d', LARGE, TRT_NO_WAIT), TRT_OK);
        (void)receive_large(TRT_NO_WAIT);
        bool was_between = came;
        while (!came) (void)trt_yield();
        drain_of(MANY);
        for (const char *letter = "abcd"; *letter != '\0'; letter++)
            CHECK_EQ(times[(uint8_t)*letter], 1);
        came = was_between;
    } while (came);
    CHECK(calls > 12);
}

static void renew(void) {
    make_large(FEW);
}

// All of one length, but one that an interrupt leaves in a new stream.
static trt_status_t send_item(char letter, trt_tick_t timeout) {
    return send_large(letter, letter == 'n' ? 9 : LARGE, timeout);
}

static void fill(void) {
    CHECK_EQ(send_item('a', TRT_NO_WAIT), TRT_OK);
}

static void drain(void) {
    drain_of(FEW);
}

static trt_status_t reset_object(void) {
    return trt_stream_reset(&stream);
}

static trt_status_t delete_object(void) {
    return trt_stream_delete(&stream);
}

#include "meddle.h"

KTEST(stream, M6_sender_that_waits_is_served_whatever_an_interrupt_does_meanwhile) {
    meddle_at_every_step(serve_sender);
}

KTEST(stream, M6_receiver_that_waits_is_served_whatever_an_interrupt_does_meanwhile) {
    meddle_at_every_step(serve_receiver);
}
#endif
