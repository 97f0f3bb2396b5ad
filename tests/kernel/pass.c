// What happens at every pass of the scheduler: rows S8 (services), S9 (delays in passes), E5
// (conditions of the user's).
#define TINYRTOS_PASSES 1
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

static bool listening;

static void service(void *letter) {
    if (listening) note(LETTER(letter));
}

static TRT_SERVICE_DEFINE(first, service, ARG('1'));
static TRT_SERVICE_DEFINE(second, service, ARG('2'));

static void register_services(void) {
    if (trt_service_add(&second) == TRT_ERR_STATE) return; // a target's kernel is one for all tests
    CHECK_EQ(trt_service_add(&first), TRT_OK);
}

KTEST(pass, S8_services_run_at_a_pass_in_order_of_registration) {
    register_services();
    listening = true;
    CHECK_EQ(trt_delay(0), TRT_OK); // nobody else: no pass
    CHECK_LOG("");
    spawn(0, RUNNER_PRIORITY, noter, 'h');
    CHECK_LOG(""); // the runner goes on: nothing to decide
    (void)trt_yield();
    CHECK_LOG("21h21"); // to the helper and back
    listening = false;
}

KTEST(pass, S8_services_run_at_every_tick) {
    register_services();
    listening = true;
    ticks_pass(2);
    listening = false;
    CHECK_LOG("2121");
}

KTEST(pass, S8_service_is_registered_once) {
    register_services();
    CHECK_EQ(trt_service_add(&first), TRT_ERR_STATE);
    CHECK_EQ(trt_service_add(&second), TRT_ERR_STATE);
    CHECK_EQ(trt_service_add(NULL), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_service_add", NULL, TRT_ERR_OBJECT);
}

static trt_sem_t sem;
static bool gives;

static void giver(void *unused) {
    (void)unused;
    if (gives) CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    gives = false;
}

static TRT_SERVICE_DEFINE(giving, giver, NULL);

KTEST(pass, S8_service_makes_a_task_ready) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    if (trt_service_add(&giving) != TRT_OK) note('!');
    gives = true;
    CHECK_EQ(trt_sem_take(&sem, 3), TRT_OK);
    CHECK_LOG("");
}

static void pass_five_times(void *letter) {
    for (uint8_t i = 0; i < 5; i++) {
        note(LETTER(letter));
        (void)trt_yield();
    }
}

static void delay_three_passes(void *letter) {
    CHECK_EQ(trt_delay_passes(3), TRT_OK);
    note(LETTER(letter));
}

KTEST(pass, S9_delay_ends_after_that_many_passes_of_others) {
    spawn(0, 5, delay_three_passes, 'D');
    spawn(1, 5, pass_five_times, 'a');
    spawn(2, 5, pass_five_times, 'b');
    CHECK_EQ(trt_delay(1), TRT_OK);
    CHECK_LOG("ababDababab"); // it became ready behind them
}

KTEST(pass, S9_alone_the_passes_are_ticks) {
    trt_tick_t before = trt_now();
    CHECK_EQ(trt_delay_passes(10), TRT_OK);
    trt_tick_t passed = (trt_tick_t)(trt_now() - before);
    CHECK(passed > 0 && passed <= 10);
}

KTEST(pass, S9_no_passes_are_a_yield) {
    spawn(0, RUNNER_PRIORITY, noter, 'h');
    CHECK_EQ(trt_delay_passes(0), TRT_OK);
    CHECK_LOG("h");
}

static volatile uint8_t level;

static bool is_high(void *limit) {
    return level >= INDEX(limit);
}

static void wait_for_level(void *limit) {
    CHECK_EQ(trt_until(is_high, limit, TRT_FOREVER), TRT_OK);
    note((char)('0' + INDEX(limit)));
}

KTEST(pass, E5_condition_is_asked_at_every_pass) {
    level = 0;
    spawn(0, 3, wait_for_level, 2);
    spawn(1, 3, wait_for_level, 1);
    level = 1;
    CHECK_LOG("");
    CHECK_EQ(trt_delay(1), TRT_OK);
    CHECK_LOG("1");
    level = 2;
    CHECK_EQ(trt_delay(1), TRT_OK);
    CHECK_LOG("2");
}

KTEST(pass, E5_true_at_the_call_does_not_wait) {
    level = 5;
    CHECK_EQ(trt_until(is_high, ARG(5), TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_until(is_high, ARG(6), TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_until(is_high, ARG(6), 2), TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_until(NULL, NULL, 2), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_until", NULL, TRT_ERR_PARAM);
}

static void raise_level(void *unused) {
    (void)unused;
    level = 9;
}

KTEST(pass, E5_interrupt_makes_it_true_and_it_is_seen_by_the_next_tick) {
    level = 0;
    irq_install(0, raise_level, NULL);
    spawn(0, 5, wait_for_level, 9);
    let_run();
    irq_raise(0);
    ticks_pass(1);
    let_run();
    CHECK_LOG("9");
}

KTEST(pass, E5_condition_as_one_of_several_things) {
    trt_wait_t things[2];
    uint8_t which = 9;
    level = 0;
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    CHECK_EQ(trt_wait_sem(&things[0], &sem), TRT_OK);
    CHECK_EQ(trt_wait_until(&things[1], is_high, ARG(1)), TRT_OK);
    CHECK_EQ(trt_wait_any(things, 2, &which, 2), TRT_ERR_TIMEOUT);
    level = 1;
    CHECK_EQ(trt_wait_any(things, 2, &which, 2), TRT_OK);
    CHECK_EQ(which, 1);
    level = 0;
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_EQ(trt_wait_any(things, 2, &which, 2), TRT_OK);
    CHECK_EQ(which, 0);
}
