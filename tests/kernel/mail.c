// Mailboxes of tasks: row M4.
#define TINYRTOS_MAIL 1
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

enum { TEMPERATURE = TRT_MESSAGE_USER, HUMIDITY };

TRT_MAILBOX_DEFINE(inbox, 2);
TRT_MAILBOX_DEFINE(own, 1);
TRT_QUEUE_DEFINE(bytes, uint8_t, 1);

static trt_payload_t number(int32_t value) {
    trt_payload_t payload;
    payload.number = value;
    return payload;
}

// Notes what it is sent until it is asked to end.
static void display(void *unused) {
    trt_message_t message;
    (void)unused;
    do {
        CHECK_EQ(trt_mail_receive(&message, TRT_FOREVER), TRT_OK);
        CHECK(message.target == trt_task_self());
        note(message.type == TRT_QUIT ? 'q' : (char)('a' + message.payload.number));
    } while (message.type != TRT_QUIT);
}

static void start_display(void) {
    CHECK_EQ(trt_queue_reset(&inbox), TRT_OK);
    CHECK_EQ(
        trt_task_create(&helper[0], "display", display, 3, helper_stack[0], sizeof helper_stack[0]),
        TRT_OK);
    CHECK_EQ(trt_mail_set_box(&helper[0], &inbox), TRT_OK);
    CHECK_EQ(trt_task_start(&helper[0], NULL), TRT_OK);
}

KTEST(mail, M4_messages_come_by_reference_and_by_name) {
    start_display();
    CHECK_EQ(trt_mail_send(&helper[0], TEMPERATURE, number(1), TRT_FOREVER), TRT_OK);
    CHECK_LOG("b");
    CHECK_EQ(trt_mail_send_to("display", HUMIDITY, number(2), TRT_FOREVER), TRT_OK);
    CHECK_LOG("c");
    CHECK_EQ(trt_mail_send(&helper[0], TRT_QUIT, number(0), TRT_FOREVER), TRT_OK);
    CHECK_LOG("q");
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_ENDED);
}

KTEST(mail, M4_message_says_who_sent_it_and_what_it_is) {
    trt_message_t message;
    int payload = 0;
    trt_payload_t pointer;
    pointer.pointer = &payload;
    CHECK_EQ(trt_mail_set_box(&runner, &own), TRT_OK);
    CHECK_EQ(trt_mail_send(&runner, 200, pointer, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_mail_count(&runner), 1);
    CHECK_EQ(trt_mail_receive(&message, TRT_NO_WAIT), TRT_OK);
    CHECK(message.source == &runner && message.target == &runner);
    CHECK_EQ(message.type, 200);
    CHECK(message.payload.pointer == &payload);
    CHECK_EQ(trt_mail_count(&runner), 0);
    CHECK_EQ(trt_mail_set_box(&runner, NULL), TRT_OK);
}

KTEST(mail, M4_unknown_name_is_an_error) {
    CHECK_EQ(trt_mail_send_to("nobody", TEMPERATURE, number(1), TRT_FOREVER), TRT_ERR_NOT_FOUND);
    CHECK_EQ(trt_mail_send_to(NULL, TEMPERATURE, number(1), TRT_FOREVER), TRT_ERR_NOT_FOUND);
}

KTEST(mail, M4_task_without_a_mailbox_is_an_error) {
    trt_message_t message;
    CHECK_EQ(trt_mail_send(&runner, TEMPERATURE, number(1), TRT_FOREVER), TRT_ERR_STATE);
    CHECK_EQ(trt_mail_receive(&message, TRT_FOREVER), TRT_ERR_STATE);
    CHECK_EQ(trt_mail_count(&runner), 0);
}

KTEST(mail, M4_full_mailbox_is_told_to_the_sender) {
    trt_message_t message;
    CHECK_EQ(trt_mail_set_box(&runner, &own), TRT_OK);
    CHECK_EQ(trt_mail_send(&runner, TEMPERATURE, number(1), TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_mail_send(&runner, TEMPERATURE, number(2), TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_mail_send(&runner, TEMPERATURE, number(2), 2), TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_mail_receive(&message, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(message.payload.number, 1);
    CHECK_EQ(trt_mail_set_box(&runner, NULL), TRT_OK);
}

KTEST(mail, M4_reserved_types_are_refused) {
    CHECK_EQ(trt_mail_set_box(&runner, &own), TRT_OK);
    CHECK_EQ(trt_mail_send(&runner, 1, number(1), TRT_NO_WAIT), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_mail_send", &runner, TRT_ERR_PARAM);
    CHECK_EQ(trt_mail_send(&runner, 127, number(1), TRT_NO_WAIT), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_mail_send", &runner, TRT_ERR_PARAM);
    CHECK_EQ(trt_mail_send(NULL, TEMPERATURE, number(1), TRT_NO_WAIT), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_mail_send", NULL, TRT_ERR_OBJECT);
    CHECK_EQ(trt_mail_set_box(&runner, &bytes), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_mail_set_box", &runner, TRT_ERR_PARAM);
    CHECK_EQ(trt_mail_receive(NULL, TRT_NO_WAIT), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_mail_receive", &own, TRT_ERR_PARAM);
    CHECK_EQ(trt_mail_set_box(&runner, NULL), TRT_OK);
}

static void send_from_interrupt(void *unused) {
    (void)unused;
    CHECK_EQ(trt_mail_send(&runner, TEMPERATURE, number(7), TRT_NO_WAIT), TRT_OK);
}

KTEST(mail, M4_interrupt_sends_and_is_nobody) {
    trt_message_t message;
    irq_install(0, send_from_interrupt, NULL);
    CHECK_EQ(trt_mail_set_box(&runner, &own), TRT_OK);
    irq_raise(0);
    CHECK_EQ(trt_mail_receive(&message, TRT_NO_WAIT), TRT_OK);
    CHECK(message.source == NULL);
    CHECK_EQ(message.payload.number, 7);
    CHECK_EQ(trt_mail_set_box(&runner, NULL), TRT_OK);
}

KTEST(mail, E4_message_as_one_of_several_things) {
    trt_wait_t things[2];
    trt_message_t message;
    trt_sem_t sem;
    uint8_t which = 9;
    memset(&sem, 0, sizeof sem);
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    CHECK_EQ(trt_mail_set_box(&runner, &own), TRT_OK);
    irq_install(0, send_from_interrupt, NULL);
    CHECK_EQ(trt_wait_sem(&things[0], &sem), TRT_OK);
    CHECK_EQ(trt_wait_mail(&things[1], &message), TRT_OK);
    CHECK_EQ(trt_wait_any(things, 2, &which, 1), TRT_ERR_TIMEOUT);
    irq_raise(0);
    CHECK_EQ(trt_wait_any(things, 2, &which, 1), TRT_OK);
    CHECK_EQ(which, 1);
    CHECK_EQ(message.payload.number, 7);
    CHECK_EQ(trt_mail_set_box(&runner, NULL), TRT_OK);
}
