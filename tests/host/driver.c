// The driver of unit tests, and virtual time: rows H1, H3.
static void record(int event, const void *task, const void *object);
#define TINYRTOS_TRACE(event, task, object) record((int)(event), task, object)
#define TINYRTOS_HOST_CALLS_PER_TICK 100
#include "host.h"

static trt_sem_t sem;
static unsigned count;

static void forget(void) {
    count = 0;
}

TestSuite(driver, .init = forget);

// Two runs of one program differ in nothing that the kernel does: every event is kept, tasks by
// their name.
#define TRACE_MAX 4000
typedef struct {
    int event;
    trt_tick_t now;
    char name[3];
    const void *object;
} trace_t;
static trace_t trace[2][TRACE_MAX];
static unsigned trace_length[2];
static unsigned run_number;

static void record(int event, const void *task, const void *object) {
    if (trace_length[run_number] == TRACE_MAX) return;
    trace_t *entry = &trace[run_number][trace_length[run_number]++];
    memset(entry, 0, sizeof *entry);
    entry->event = event;
    entry->now = trtk.time.now;
    entry->object = object;
    if (task != NULL) strncpy(entry->name, trt_task_name((const trt_task_t *)task), 2);
}

static void count_up(void *unused) {
    (void)unused;
    count++;
}

static void give(void *unused) {
    (void)unused;
    (void)trt_sem_give(&sem);
}

static void count_tokens(void *unused) {
    (void)unused;
    for (;;) {
        cr_assert_eq(trt_sem_take(&sem, TRT_FOREVER), TRT_OK);
        count++;
    }
}

static void count_every(void *period) {
    trt_tick_t last = trt_now();
    for (;;) {
        cr_assert_eq(trt_delay_until(&last, (trt_tick_t)NUMBER(period), NULL), TRT_OK);
        count++;
    }
}

static void delay_and_end(void *ticks) {
    cr_assert_eq(trt_delay((trt_tick_t)NUMBER(ticks)), TRT_OK);
    count++;
}

static void make_sem(void) {
    cr_assert_eq(trt_sem_init(&sem, 0, 100), TRT_OK);
}

// --- running

Test(driver, H3_run_until_idle_lets_no_time_pass) {
    spawn(0, 3, delay_and_end, 5);
    spawn(1, 4, count_up, 0);
    cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
    cr_assert_eq(count, 1);
    cr_assert_eq(trt_now(), 0);
    cr_assert_eq(trt_task_state(&pool[0]), TRT_TASK_DELAYED);
    CHECK_KERNEL();
}

Test(driver, H3_run_lets_so_many_ticks_pass) {
    spawn(0, 3, count_every, 10);
    cr_assert_eq(trt_host_run(95), TRT_OK);
    cr_assert_eq(count, 9);
    cr_assert_eq(trt_now(), 95);
    cr_assert_eq(trt_host_run(5), TRT_OK);
    cr_assert_eq(count, 10);
    cr_assert_eq(trt_now(), 100);
}

Test(driver, H3_what_is_due_at_the_last_tick_of_a_run_happens_in_it) {
    spawn(0, 3, delay_and_end, 4);
    cr_assert_eq(trt_host_run(4), TRT_OK);
    cr_assert_eq(count, 0);
    cr_assert_eq(trt_host_run(1), TRT_OK);
    cr_assert_eq(count, 1);
}

Test(driver, H3_run_goes_on_to_its_end_without_anything_to_do) {
    make_sem();
    spawn(0, 3, count_tokens, 0);
    cr_assert_eq(trt_host_run(1000), TRT_OK);
    cr_assert_eq(trt_now(), 1000);
}

Test(driver, H3_advance_in_the_driver_makes_tasks_ready_but_does_not_run_them) {
    spawn(0, 3, delay_and_end, 5);
    cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
    cr_assert_eq(trt_host_advance(10), TRT_OK);
    cr_assert_eq(trt_now(), 10);
    cr_assert_eq(count, 0);
    cr_assert_eq(trt_task_state(&pool[0]), TRT_TASK_READY);
    cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
    cr_assert_eq(count, 1);
}

static void advance_twenty(void *unused) {
    (void)unused;
    cr_assert_eq(trt_host_advance(20), TRT_OK);
    cr_assert_eq(count, 1);
    cr_assert_eq(trt_now(), 20);
}

Test(driver, H3_advance_in_a_task_lets_more_urgent_tasks_run_when_their_time_comes) {
    spawn(0, 3, delay_and_end, 5);
    spawn(1, 4, advance_twenty, 0);
    cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
    cr_assert_eq(trt_task_state(&pool[1]), TRT_TASK_ENDED);
}

Test(driver, H3_look_at_everything_and_go_on) {
    make_sem();
    spawn(0, 3, count_tokens, 0);
    cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
    for (unsigned i = 1; i <= 10; i++) {
        cr_assert_eq(trt_task_state(&pool[0]), TRT_TASK_WAITING);
        cr_assert_null(trt_task_self());
        cr_assert_eq(trt_sem_give(&sem), TRT_OK);
        cr_assert_eq(trt_sem_count(&sem), 0);
        cr_assert_eq(trt_task_state(&pool[0]), TRT_TASK_READY);
        cr_assert_eq(count, i - 1);
        cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
        cr_assert_eq(count, i);
        CHECK_KERNEL();
    }
}

Test(driver, H3_driver_changes_tasks_between_two_runs) {
    make_sem();
    spawn(0, 3, count_tokens, 0);
    cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
    cr_assert_eq(trt_task_suspend(&pool[0]), TRT_OK);
    cr_assert_eq(trt_sem_give(&sem), TRT_OK);
    cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
    cr_assert_eq(count, 0);
    cr_assert_eq(trt_task_resume(&pool[0]), TRT_OK);
    cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
    cr_assert_eq(count, 1);
    cr_assert_eq(trt_task_stop(&pool[0]), TRT_OK);
    cr_assert_eq(trt_task_state(&pool[0]), TRT_TASK_ENDED);
    CHECK_KERNEL();
}

static void drive_from_a_task(void *unused) {
    (void)unused;
    cr_assert_eq(trt_host_run_until_idle(), TRT_ERR_CONTEXT);
    cr_assert_eq(trt_host_run(5), TRT_ERR_CONTEXT);
    cr_assert_eq(trt_host_reset(), TRT_ERR_CONTEXT);
    count++;
}

Test(driver, H3_a_task_does_not_drive) {
    spawn(0, 3, drive_from_a_task, 0);
    cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
    cr_assert_eq(count, 1);
}

// --- how trt_start returns

Test(driver, H1_start_returns_when_all_tasks_have_ended) {
    spawn(0, 3, delay_and_end, 5);
    spawn(1, 3, delay_and_end, 50);
    cr_assert_eq(trt_start(), TRT_OK);
    cr_assert_eq(count, 2);
    cr_assert_eq(trt_now(), 51);
}

static void stop_at_ten(void *unused) {
    (void)unused;
    (void)trt_delay(9);
    trt_host_stop();
    count = 1000;
}

Test(driver, H1_start_returns_when_asked_to_stop) {
    spawn(0, 3, count_every, 1);
    spawn(1, 2, stop_at_ten, 0);
    cr_assert_eq(trt_start(), TRT_OK);
    cr_assert_eq(trt_now(), 10);
    cr_assert_lt(count, 11);
}

static void stop_in_interrupt(void *unused) {
    (void)unused;
    trt_host_stop();
}

Test(driver, H1_start_returns_when_an_interrupt_asks_to_stop) {
    spawn(0, 3, count_every, 1);
    cr_assert_eq(trt_host_handler(0, stop_in_interrupt, NULL), TRT_OK);
    cr_assert_eq(trt_host_raise_at(0, 7), TRT_OK);
    cr_assert_eq(trt_start(), TRT_OK);
    cr_assert_eq(trt_now(), 7);
}

Test(driver, H1_stopped_program_goes_on) {
    spawn(1, 2, stop_at_ten, 0);
    cr_assert_eq(trt_start(), TRT_OK);
    cr_assert_eq(count, 0);
    cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
    cr_assert_eq(count, 1000);
}

Test(driver, H1_start_returns_at_the_time_limit) {
    spawn(0, 3, count_every, 10);
    trt_host_time_limit(100);
    cr_assert_eq(trt_start(), TRT_ERR_TIMEOUT);
    cr_assert_eq(trt_now(), 100);
    cr_assert_eq(count, 10);
}

static void spin(void *unused) {
    (void)unused;
    for (;;) (void)trt_yield();
}

Test(driver, H1_time_limit_ends_a_busy_loop_too) {
    spawn(0, 3, spin, 0);
    trt_host_time_limit(50);
    cr_assert_eq(trt_start(), TRT_ERR_TIMEOUT);
    cr_assert_eq(trt_now(), 50);
}

Test(driver, bug35_start_returns_when_nothing_can_ever_happen) {
    make_sem();
    spawn(0, 3, count_tokens, 0);
    cr_assert_eq(trt_start(), TRT_ERR_DEADLOCK);
    cr_assert_eq(trt_task_state(&pool[0]), TRT_TASK_WAITING);
}

Test(driver, bug35_pending_interrupt_is_no_deadlock) {
    make_sem();
    spawn(0, 3, count_tokens, 0);
    cr_assert_eq(trt_host_handler(0, give, NULL), TRT_OK);
    cr_assert_eq(trt_host_raise_at(0, 100), TRT_OK);
    cr_assert_eq(trt_start(), TRT_ERR_DEADLOCK); // after that
    cr_assert_eq(trt_now(), 100);
    cr_assert_eq(count, 1);
}

static void start_again(void *unused) {
    (void)unused;
    cr_assert_eq(trt_start(), TRT_ERR_STATE);
    count++;
}

Test(driver, H1_second_start_is_refused) {
    spawn(0, 3, start_again, 0);
    cr_assert_eq(trt_start(), TRT_OK);
    cr_assert_eq(count, 1);
}

// --- interrupts

Test(driver, H3_interrupt_now) {
    make_sem();
    spawn(0, 3, count_tokens, 0);
    cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
    cr_assert_eq(trt_host_handler(3, give, NULL), TRT_OK);
    cr_assert_eq(trt_host_raise(3), TRT_OK);
    cr_assert_eq(count, 0);
    cr_assert_eq(trt_task_state(&pool[0]), TRT_TASK_READY);
    cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
    cr_assert_eq(count, 1);
}

static trt_tick_t raised_at;

static void keep_time(void *unused) {
    (void)unused;
    raised_at = trt_now();
    count++;
}

Test(driver, H3_interrupt_at_a_tick) {
    spawn(0, 3, delay_and_end, 500);
    cr_assert_eq(trt_host_handler(0, keep_time, NULL), TRT_OK);
    cr_assert_eq(trt_host_raise_at(0, 123), TRT_OK);
    cr_assert_eq(trt_host_run(122), TRT_OK);
    cr_assert_eq(count, 0);
    cr_assert_eq(trt_host_run(1), TRT_OK);
    cr_assert_eq(count, 1);
    cr_assert_eq(raised_at, 123);
    cr_assert_eq(trt_host_run(300), TRT_OK);
    cr_assert_eq(count, 1);
}

static unsigned calls_made;

static void make_calls(void *calls) {
    for (calls_made = 0; calls_made < NUMBER(calls); calls_made++)
        (void)trt_sem_count(&sem), (void)trt_sem_give(&sem);
}

static unsigned calls_seen;

static void look_at_calls(void *unused) {
    (void)unused;
    calls_seen = trt_sem_count(&sem);
}

Test(driver, H3_interrupt_after_n_kernel_calls_comes_before_the_nth) {
    for (uint32_t n = 1; n <= 10; n++) {
        cr_assert_eq(trt_host_reset(), TRT_OK);
        make_sem();
        calls_seen = 99;
        spawn(0, 3, make_calls, 20);
        cr_assert_eq(trt_host_handler(0, look_at_calls, NULL), TRT_OK);
        uint32_t before = trt_host_calls();
        cr_assert_eq(trt_host_raise_after(0, n), TRT_OK);
        cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
        cr_assert_geq(trt_host_calls() - before, 20);
        cr_assert_leq(calls_seen, n - 1);
        cr_assert_eq(count, 0);
    }
}

Test(driver, H3_interrupt_after_more_calls_than_are_made_does_not_come) {
    make_sem();
    spawn(0, 3, make_calls, 20);
    cr_assert_eq(trt_host_handler(0, count_up, NULL), TRT_OK);
    cr_assert_eq(trt_host_raise_after(0, 100000), TRT_OK);
    cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
    cr_assert_eq(count, 0);
}

Test(driver, H3_impossible_lines_are_refused) {
    cr_assert_eq(trt_host_handler(TRT_HOST_LINES, count_up, NULL), TRT_ERR_PARAM);
    cr_assert_eq(trt_host_raise(TRT_HOST_LINES), TRT_ERR_PARAM);
    cr_assert_eq(trt_host_raise(0), TRT_ERR_PARAM);
    cr_assert_eq(trt_host_raise_at(0, 5), TRT_ERR_PARAM);
    cr_assert_eq(trt_host_raise_after(0, 5), TRT_ERR_PARAM);
    cr_assert_eq(trt_host_handler(TRT_HOST_LINES - 1, count_up, NULL), TRT_OK);
    cr_assert_eq(trt_host_raise(TRT_HOST_LINES - 1), TRT_OK);
    cr_assert_eq(count, 1);
    cr_assert_eq(trt_host_handler(TRT_HOST_LINES - 1, NULL, NULL), TRT_OK);
    cr_assert_eq(trt_host_raise(TRT_HOST_LINES - 1), TRT_ERR_PARAM);
}

static char order[8];
static unsigned order_length;

static void note(void *letter) {
    order[order_length++ % 7] = (char)NUMBER(letter);
}

static void raise_more(void *unused) {
    (void)unused;
    note(ARG('('));
    (void)trt_host_raise(2);
    (void)trt_host_raise(0);
    note(ARG(')'));
}

Test(driver, H3_more_urgent_line_interrupts_a_handler_and_a_less_urgent_one_waits) {
    cr_assert_eq(trt_host_handler(0, note, ARG('0')), TRT_OK);
    cr_assert_eq(trt_host_handler(1, raise_more, NULL), TRT_OK);
    cr_assert_eq(trt_host_handler(2, note, ARG('2')), TRT_OK);
    cr_assert_eq(trt_host_raise(1), TRT_OK);
    cr_assert_str_eq(order, "(0)2");
}

static volatile bool flag_from_interrupt;

static void set_flag(void *unused) {
    (void)unused;
    flag_from_interrupt = true;
}

static void spin_on_flag(void *unused) {
    (void)unused;
    cr_assert_eq(trt_host_raise_after(0, 1), TRT_OK);
    trt_sem_give(&sem);
    while (!flag_from_interrupt) trt_host_point();
    count++;
}

Test(driver, H3_point_lets_interrupts_in) {
    make_sem();
    cr_assert_eq(trt_host_handler(0, set_flag, NULL), TRT_OK);
    spawn(0, 3, spin_on_flag, 0);
    cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
    cr_assert_eq(count, 1);
}

// --- virtual time

static void poll_clock(void *ticks) {
    while (trt_now() < NUMBER(ticks)) count++;
}

Test(driver, H1_busy_loop_of_kernel_calls_does_not_freeze_time) {
    spawn(0, 3, poll_clock, 5);
    cr_assert_eq(trt_host_run_until_idle(), TRT_OK);
    cr_assert_eq(trt_now(), 5);
    cr_assert_lt(count, 5 * TINYRTOS_HOST_CALLS_PER_TICK + 10);
}

Test(driver, H1_idle_time_is_skipped) {
    spawn(0, 3, count_every, 50000);
    for (unsigned i = 1; i <= 20; i++) {
        cr_assert_eq(trt_host_run(50000), TRT_OK);
        cr_assert_eq(count, i);
    }
    cr_assert_lt(trt_host_calls(), 1000);
}

// A program with some of everything.
static void give_and_rest(void *unused) {
    (void)unused;
    for (unsigned i = 0; i < 30; i++) {
        (void)trt_sem_give(&sem);
        (void)trt_delay(3);
    }
}

static void run_the_program(unsigned number) {
    run_number = number;
    cr_assert_eq(trt_host_reset(), TRT_OK);
    trace_length[number] = 0;
    make_sem();
    spawn(0, 2, count_tokens, 0);
    spawn(1, 3, count_every, 7);
    spawn(2, 4, give_and_rest, 0);
    spawn(3, 5, poll_clock, 60);
    cr_assert_eq(trt_host_handler(0, give, NULL), TRT_OK);
    cr_assert_eq(trt_host_raise_at(0, 40), TRT_OK);
    cr_assert_eq(trt_host_raise_after(0, 111), TRT_OK);
    cr_assert_eq(trt_host_run(100), TRT_OK);
}

Test(driver, H1_two_runs_are_identical) {
    run_the_program(0);
    run_the_program(1);
    cr_assert_gt(trace_length[0], 200);
    cr_assert_lt(trace_length[0], TRACE_MAX);
    cr_assert_eq(trace_length[0], trace_length[1]);
    for (unsigned i = 0; i < trace_length[0]; i++) {
        cr_assert_eq(memcmp(&trace[0][i], &trace[1][i], sizeof trace[0][i]), 0, "event %u", i);
    }
}
