// Interrupts and critical sections: rows I1, I2, I4.
#include "harness.h"

static trt_sem_t sem;
static trt_flags_t flags;
static trt_queue_t queue;
static uint8_t buffer[4];
static trt_mutex_t mutex;
static trt_status_t result;

static void make(void) {
    CHECK_EQ(trt_sem_init(&sem, 0, 2), TRT_OK);
    CHECK_EQ(trt_flags_init(&flags), TRT_OK);
    CHECK_EQ(trt_queue_init(&queue, buffer, 1, 4), TRT_OK);
    CHECK_EQ(trt_mutex_init(&mutex, TRT_INHERIT), TRT_OK);
    result = 99;
}

static void take_and_note(void *letter) {
    CHECK_EQ(trt_sem_take(&sem, TRT_FOREVER), TRT_OK);
    note(LETTER(letter));
}

static void give(void *unused) {
    (void)unused;
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    note('i');
}

static void note_isr(void *letter) {
    note(LETTER(letter));
}

// --- I1: the same calls in an interrupt

static void use_everything(void *unused) {
    (void)unused;
    uint8_t value = 'q';
    trt_bits_t seen = 0;
    CHECK(trt_in_interrupt());
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_EQ(trt_sem_take(&sem, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_sem_take(&sem, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_flags_set(&flags, 1), TRT_OK);
    CHECK_EQ(trt_flags_wait(&flags, 1, TRT_ANY | TRT_CLEAR, &seen, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_queue_send(&queue, &value, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_queue_receive(&queue, &value, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_queue_overwrite(&queue, &value), TRT_OK);
    CHECK_EQ(trt_queue_reset(&queue), TRT_OK);
    CHECK_EQ(trt_task_join(&helper[0], TRT_NO_WAIT), TRT_OK);
    CHECK(trt_task_self() == &runner);
    note('i');
}

KTEST(interrupt, I1_calls_that_do_not_wait_are_the_same_in_an_interrupt) {
    make();
    spawn(0, 3, noter, 'a');
    irq_install(0, use_everything, NULL);
    irq_raise(0);
    CHECK_LOG("ai");
    CHECK(!trt_in_interrupt());
}

static void wait_on_everything(void *unused) {
    (void)unused;
    uint8_t value = 'q';
    CHECK_EQ(trt_sem_take(&sem, 1), TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_sem_take", &sem, TRT_ERR_CONTEXT);
    CHECK_EQ(trt_sem_take(&sem, TRT_FOREVER), TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_sem_take", &sem, TRT_ERR_CONTEXT);
    CHECK_EQ(trt_flags_wait(&flags, 1, TRT_ANY, NULL, 5), TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_flags_wait", &flags, TRT_ERR_CONTEXT);
    CHECK_EQ(trt_queue_receive(&queue, &value, 5), TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_queue_receive", &queue, TRT_ERR_CONTEXT);
    CHECK_EQ(trt_queue_peek(&queue, &value, 5), TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_queue_peek", &queue, TRT_ERR_CONTEXT);
    CHECK_EQ(trt_delay(1), TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_delay", NULL, TRT_ERR_CONTEXT);
    CHECK_EQ(trt_task_join(&helper[0], 5), TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_task_join", &helper[0], TRT_ERR_CONTEXT);
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_NO_WAIT), TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_mutex_lock", &mutex, TRT_ERR_CONTEXT);
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_mutex_unlock", &mutex, TRT_ERR_CONTEXT);
    CHECK_EQ(trt_sched_lock(), TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_sched_lock", NULL, TRT_ERR_CONTEXT);
    note('i');
}

KTEST(interrupt, bug38_calls_that_would_wait_are_refused_in_every_build) {
    make();
    spawn(0, 5, noter, 'a');
    irq_install(0, wait_on_everything, NULL);
    irq_raise(0);
    CHECK_LOG("i");
}

static trt_sem_t never_made;

static void give_what_is_not_there(void *unused) {
    (void)unused;
    result = trt_sem_give(&never_made);
}

KTEST(interrupt, bug39_interrupt_before_its_object_exists_is_refused) {
    irq_install(0, give_what_is_not_there, NULL);
    irq_raise(0);
    CHECK_EQ(result, TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_sem_give", &never_made, TRT_ERR_OBJECT);
}

static void give_until_full(void *unused) {
    (void)unused;
    for (unsigned i = 0; i < 2; i++) {
        CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    }
    CHECK_EQ(trt_sem_give(&sem), TRT_ERR_OVERFLOW);
    CHECK_MISUSE("trt_sem_give", &sem, TRT_ERR_OVERFLOW);
}

KTEST(interrupt, bug15_interrupt_that_gives_too_often_is_told) {
    make();
    irq_install(0, give_until_full, NULL);
    irq_raise(0);
    CHECK_EQ(trt_sem_count(&sem), 2);
}

// --- I2: the switch on leaving

KTEST(interrupt, I2_woken_task_runs_when_the_interrupt_is_left) {
    make();
    irq_install(0, give, NULL);
    spawn(0, 3, take_and_note, 'a');
    note('1');
    irq_raise(0);
    note('2');
    CHECK_LOG("1ia2");
}

KTEST(interrupt, I2_less_urgent_task_waits_its_turn) {
    make();
    irq_install(0, give, NULL);
    spawn(0, 5, take_and_note, 'a');
    let_run();
    irq_raise(0);
    note('2');
    let_run();
    CHECK_LOG("i2a");
}

static void give_twice(void *unused) {
    (void)unused;
    give(NULL);
    give(NULL);
}

KTEST(interrupt, I2_most_urgent_of_the_woken_runs_first) {
    make();
    irq_install(0, give_twice, NULL);
    spawn(0, 3, take_and_note, 'b');
    spawn(1, 2, take_and_note, 'a');
    irq_raise(0);
    CHECK_LOG("iiab");
}

static void suspend_caller(void *unused) {
    (void)unused;
    CHECK_EQ(trt_task_suspend(trt_task_self()), TRT_OK);
    CHECK_EQ(trt_task_resume(trt_task_self()), TRT_OK);
    note('i');
}

KTEST(interrupt, I2_task_suspended_and_resumed_in_one_interrupt_goes_on) {
    irq_install(0, suspend_caller, NULL);
    irq_raise(0);
    note('r');
    CHECK_LOG("ir");
}

static void start_first(void *unused) {
    (void)unused;
    CHECK_EQ(trt_task_start(&helper[0], ARG('a')), TRT_OK);
    note('i');
}

KTEST(interrupt, I2_task_started_in_an_interrupt_runs_when_it_is_left) {
    CHECK_EQ(trt_task_create(&helper[0], "h0", noter, 3, helper_stack[0], sizeof helper_stack[0]),
             TRT_OK);
    irq_install(0, start_first, NULL);
    irq_raise(0);
    note('r');
    CHECK_LOG("iar");
}

static void give_in_a_nested_interrupt(void *unused) {
    (void)unused;
    note('(');
    irq_raise(0);
    note(')');
}

KTEST(interrupt, bug27_woken_task_runs_after_the_outermost_interrupt) {
    make();
    irq_install(0, give, NULL);
    irq_install(1, give_in_a_nested_interrupt, NULL);
    spawn(0, 3, take_and_note, 'a');
    irq_raise(1);
    note('r');
    // whether the second interrupt nests or follows is the port's affair; the task runs when both
    // are over
    CHECK(strcmp(harness.log, "(i)ar") == 0 || strcmp(harness.log, "()iar") == 0);
    harness.log_length = 0;
}

// --- I4: critical sections

KTEST(interrupt, I4_interrupt_waits_for_the_end_of_a_critical_section) {
    irq_install(0, note_isr, ARG('i'));
    trt_critical_t found = trt_critical_enter();
    irq_raise(0);
    note('r');
    trt_critical_exit(found);
    CHECK_LOG("ri");
}

KTEST(interrupt, I4_nested_critical_section_restores_what_it_found) {
    irq_install(0, note_isr, ARG('i'));
    trt_critical_t outer = trt_critical_enter();
    trt_critical_t inner = trt_critical_enter();
    irq_raise(0);
    trt_critical_exit(inner);
    note('r');
    trt_critical_exit(outer);
    CHECK_LOG("ri");
}

KTEST(interrupt, I4_kernel_call_does_not_open_a_critical_section) {
    make();
    irq_install(0, note_isr, ARG('i'));
    trt_critical_t found = trt_critical_enter();
    irq_raise(0);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_EQ(trt_sem_take(&sem, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_flags_set(&flags, 1), TRT_OK);
    CHECK_EQ(trt_queue_send(&queue, "x", TRT_NO_WAIT), TRT_OK);
    (void)trt_now();
    note('r');
    trt_critical_exit(found);
    CHECK_LOG("ri");
}

KTEST(interrupt, I4_task_woken_in_a_critical_section_runs_after_it) {
    make();
    spawn(0, 3, take_and_note, 'a');
    trt_critical_t found = trt_critical_enter();
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    note('r');
    trt_critical_exit(found);
    note('s');
    CHECK_LOG("ras");
}

KTEST(interrupt, I4_blocking_in_a_critical_section_is_refused) {
    make();
    trt_critical_t found = trt_critical_enter();
    CHECK_EQ(trt_sem_take(&sem, 5), TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_sem_take", &sem, TRT_ERR_CONTEXT);
    CHECK_EQ(trt_delay(5), TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_delay", NULL, TRT_ERR_CONTEXT);
    trt_critical_exit(found);
}

static void critical_in_interrupt(void *unused) {
    (void)unused;
    trt_critical_t found = trt_critical_enter();
    irq_raise(0);
    note('c');
    trt_critical_exit(found);
}

KTEST(interrupt, I4_critical_section_in_an_interrupt) {
    irq_install(0, note_isr, ARG('i'));
    irq_install(1, critical_in_interrupt, NULL);
    irq_raise(1);
    note('r');
    CHECK_LOG("cir");
}

KTEST(interrupt, I4_lines_that_were_raised_meanwhile_run_the_most_urgent_first) {
    irq_install(0, note_isr, ARG('0'));
    irq_install(1, note_isr, ARG('1'));
    irq_install(2, note_isr, ARG('2'));
    trt_critical_t found = trt_critical_enter();
    irq_raise(2);
    irq_raise(0);
    irq_raise(1);
    trt_critical_exit(found);
    CHECK_LOG("012");
}

KTEST(interrupt, bug14_signal_between_the_look_and_the_wait_is_not_lost) {
    make();
    irq_install(0, give, NULL);
    trt_critical_t found = trt_critical_enter();
    uint16_t seen = trt_sem_count(&sem);
    irq_raise(0);
    trt_critical_exit(found);
    CHECK_EQ(seen, 0);
    CHECK_EQ(trt_sem_take(&sem, 5), TRT_OK);
    CHECK_LOG("i");
}

// --- idle

static unsigned rounds;

static void raise_in_idle(void) {
    if (rounds++ == 2) {
        irq_raise(0);
    }
}

// Wait for what an interrupt in idle gives.
static void be_woken_in_idle_by(void (*handler)(void *unused)) {
    make();
    rounds = 0;
    irq_install(0, handler, NULL);
    harness.idle = raise_in_idle;
    // the timeouts bring idle back, should a port idle once only until something happens
    while (trt_sem_take(&sem, 3) == TRT_ERR_TIMEOUT) {
        CHECK(rounds < 10);
    }
    harness.idle = NULL;
    CHECK_LOG("i");
}

KTEST(interrupt, bug21_interrupt_in_idle_wakes_a_task) {
    be_woken_in_idle_by(give);
}

static void try_to_wait_and_give(void *unused) {
    CHECK_EQ(trt_sem_take(&sem, 3), TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_sem_take", &sem, TRT_ERR_CONTEXT);
    give(unused);
}

KTEST(interrupt, bug38_interrupt_in_idle_may_not_stand_behind_who_waits) {
    be_woken_in_idle_by(try_to_wait_and_give);
}

static trt_timer_t timer;
static unsigned taken;

static void take_within_five(void *unused) {
    (void)unused;
    trt_status_t status = trt_sem_take(&sem, 5); // first: `taken +=` may read before it waits
    taken += status == TRT_OK ? 1u : 0u;
    note('t');
}

static void raise_from_the_tick(void *unused) {
    (void)unused;
    irq_raise(0);
}

// In the tick at which three waits end, a timer's callback is interrupted by a line that ends two
// of them by a token.
KTEST(interrupt, bug17_more_urgent_interrupt_in_the_tick_works_on_what_the_tick_works_on) {
    for (trt_tick_t at = 4; at <= 6; at++) {
        make();
        taken = 0;
        irq_install(0, give_twice, NULL);
        CHECK_EQ(trt_timer_init(&timer, "tick", raise_from_the_tick, NULL, at, TRT_ONE_SHOT),
                 TRT_OK);
        spawn(0, 3, take_within_five, 0);
        spawn(1, 2, take_within_five, 0);
        CHECK_EQ(trt_timer_start(&timer), TRT_OK);
        spawn(2, 3, take_within_five, 0);
        CHECK_EQ(trt_delay(10), TRT_OK);
        CHECK_EQ(taken + trt_sem_count(&sem), 2);
        CHECK_EQ(harness.log_length, 5);
        harness.log_length = 0;
        for (unsigned i = 0; i < 3; i++) {
            CHECK_EQ(trt_task_state(&helper[i]), TRT_TASK_ENDED);
        }
    }
}
