// What interrupts do between the steps in which a waiter is served, by an object that claims what
// is sent or received, copies it, and then has it. Whoever includes this has defined
//
//     large                        the object's memory
//     came                         an interrupt has come
//     times[letter]                what of that letter was received
//     renew()                      makes the object, empty; receives count from now on
//     fill()                       sends until there is no more room
//     send_item(letter, timeout)   something of nothing but that letter
//     receive_large(timeout)
//     drain()                      receives all; then all is room
//     reset_object(), delete_object()
#ifndef MEDDLE_H
#define MEDDLE_H

enum { STEPS = 30, GONE = 0xEE };

static void send_and_wait(void *letter) {
    result[0] = send_item(LETTER(letter), 20);
}

static void receive_and_wait(void *unused) {
    (void)unused;
    result[0] = receive_large(20);
}

// What an interrupt does with a waiter (in whatever state it is), or with the object.
static void stop_waiter(void) {
    (void)trt_task_stop(&helper[0]);
}

static void restart_waiter(void) {
    (void)trt_task_restart(&helper[0], ARG('r'));
}

static void suspend_waiter(void) {
    if (trt_task_suspend(&helper[0]) == TRT_OK) CHECK_EQ(trt_task_resume(&helper[0]), TRT_OK);
}

static void let_time_pass(void) {
    for (unsigned i = 0; i < 30; i++) trt_tick();
}

static void reset(void) {
    CHECK_EQ(reset_object(), TRT_OK);
}

static void delete_all(void) {
    CHECK_EQ(delete_object(), TRT_OK);
    memset(large, GONE, sizeof large);
}

static void renew_and_send(void) {
    renew();
    CHECK_EQ(send_item('n', TRT_NO_WAIT), TRT_OK);
}

static void (*const meddlers[])(void) = {stop_waiter, restart_waiter, suspend_waiter, let_time_pass,
                                         reset,       delete_all,     renew_and_send};

static void meddle(void *how) {
    meddlers[INDEX(how)]();
    harness.misuses = 0;
    came = true;
}

// After so many calls; and a little later, or (0) never, another stops the waiter.
static void arm(unsigned how, uint32_t calls, uint32_t later) {
    irq_install(0, meddle, ARG(how));
    irq_install(1, meddle, ARG(0));
    CHECK_EQ(trt_host_raise_after(0, calls), TRT_OK);
    if (later != 0) CHECK_EQ(trt_host_raise_after(1, calls + later), TRT_OK);
}

// Whoever is stopped has sent all or nothing.
static void check_served(unsigned how) {
    bool is_gone = meddlers[how] == delete_all;
    for (unsigned i = 0; is_gone && i < sizeof large; i++) CHECK_EQ(large[i], GONE);
    if (is_gone) renew();
    CHECK_EQ(trt_delay(21), TRT_OK);
    drain();
    if (meddlers[how] == renew_and_send) CHECK_EQ(times['n'], 1);
    harness.misuses = 0;
}

static void serve_sender(unsigned how, uint32_t calls, uint32_t later) {
    bool is_same =
        meddlers[how] != delete_all && meddlers[how] != renew_and_send && meddlers[how] != reset;
    fill();
    spawn(0, 3, send_and_wait, 'w');
    arm(how, calls, later);
    trt_status_t status = receive_large(TRT_NO_WAIT);
    while (!came) (void)trt_yield();
    CHECK(status == TRT_OK || !is_same);
    check_served(how);
    CHECK(times['w'] <= 1);
    CHECK(meddlers[how] != suspend_waiter || later != 0 || times['w'] == 1);
}

static void serve_receiver(unsigned how, uint32_t calls, uint32_t later) {
    bool is_same = meddlers[how] != delete_all && meddlers[how] != renew_and_send;
    spawn(0, 3, receive_and_wait, 0);
    arm(how, calls, later);
    trt_status_t status = send_item('a', TRT_NO_WAIT);
    while (!came) (void)trt_yield();
    CHECK(status == TRT_OK || !is_same);
    check_served(how);
    CHECK(times['a'] <= 1);
    CHECK(meddlers[how] != suspend_waiter || later != 0 || times['a'] == 1);
}

static void meddle_at_every_step(void (*serve)(unsigned how, uint32_t calls, uint32_t later)) {
    for (unsigned how = 0; how < sizeof meddlers / sizeof meddlers[0]; how++) {
        for (uint32_t calls = 1; calls < STEPS; calls++) {
            for (uint32_t later = 0; later < 3; later++) {
                renew();
                serve(how, calls, later);
            }
        }
    }
}

#endif // MEDDLE_H
