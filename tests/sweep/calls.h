// Every call of the kernel, in the hardest case known and in others, for whoever measures them
// (target/masked.c, avr/calls.c). He has included tinyrtos.h, and defines, before he includes this,
//
//     CHECK          a fault is the end
//     CALLS_STACK    bytes of a task's stack
//     tick()         a tick comes, here or as soon as it can
//
// and afterwards the functions that are only declared here.
#ifndef SWEEP_CALLS_H
#define SWEEP_CALLS_H

enum { CROWD = 12, CALLER_PRIORITY = 3 };

static trt_sem_t sem, other_sem;
static trt_mutex_t mutex[8];
static trt_flags_t flags;
static trt_queue_t queue, words;
static uint8_t buffer[2 * 16], item[16], word_buffer[4];
static trt_timer_t timers[CROWD];
static trt_task_t crowd[CROWD], runner, caller;
static TRT_STACK_DEFINE(crowd_stack[CROWD], CALLS_STACK);
static TRT_STACK_DEFINE(runner_stack, 2 * CALLS_STACK);
static TRT_STACK_DEFINE(caller_stack, CALLS_STACK);
static trt_wait_t things[4];
static uint8_t which, received[16];

static void (*volatile act)(void); // what is measured is an interrupt's

// An interrupt comes that does act().
static void i_give(void);

// --- what the others do

// A task that is made ready by the call ends what is measured: the next thing it does is no part of
// it.
static void then(void);

static void do_take(void *unused) {
    (void)unused;
    (void)trt_sem_take(&sem, TRT_FOREVER);
    then();
}

static void do_take_in_time(void *unused) {
    (void)unused;
    (void)trt_sem_take(&sem, 100);
    then();
}

static void do_wait(void *unused) {
    (void)unused;
    (void)trt_flags_wait(&flags, 1, TRT_ANY | TRT_CLEAR, NULL, 100);
    then();
}

static void do_receive(void *unused) {
    (void)unused;
    uint8_t got[16];
    (void)trt_queue_receive(&queue, got, 100);
    then();
}

static void do_receive_word(void *unused) {
    (void)unused;
    uint8_t got[4];
    (void)trt_queue_receive(&words, got, TRT_FOREVER);
    then();
}

static void do_send_word(void *unused) {
    (void)unused;
    (void)trt_queue_send(&words, item, TRT_FOREVER);
    then();
}

static void do_send(void *unused) {
    (void)unused;
    (void)trt_queue_send(&queue, item, 100);
    then();
}

static void do_lock(void *unused) {
    (void)unused;
    (void)trt_mutex_lock(&mutex[0], 100);
    then();
}

static void do_delay(void *unused) {
    (void)unused;
    (void)trt_delay(5); // see due_soon
    then();
}

static void do_nothing(void *unused) {
    (void)unused;
    then();
}

static void do_join(void *unused) {
    (void)unused;
    (void)trt_task_join(&crowd[0], 100);
    then();
}

static void do_wait_any(void *unused) {
    (void)unused;
    trt_wait_t legs[4];
    uint8_t leg, got[16];
    (void)trt_wait_sem(&legs[0], &sem);
    (void)trt_wait_sem(&legs[1], &other_sem);
    (void)trt_wait_flags(&legs[2], &flags, 1, TRT_ANY, NULL);
    (void)trt_wait_receive(&legs[3], &queue, got);
    (void)trt_wait_any(legs, 4, &leg, 100);
    then();
}

// Task i holds mutex i + 1 and waits for mutex i, so that all stand in a chain.
static void do_chain(void *arg) {
    unsigned i = (unsigned)(uintptr_t)arg;
    (void)trt_mutex_lock(&mutex[i + 1u], TRT_FOREVER);
    (void)trt_mutex_lock(&mutex[i], 100);
    then();
}

static void do_hold_seven(void *unused) {
    (void)unused;
    for (unsigned i = 0; i < 7; i++) (void)trt_mutex_lock(&mutex[i], TRT_FOREVER);
    (void)trt_delay(100);
    then();
}

static void on_timer(void *unused) {
    (void)unused;
}

static void ready(unsigned i, uint8_t priority, trt_task_fn_t fn) {
    (void)trt_task_create(&crowd[i], "p", fn, priority, crowd_stack[i], sizeof crowd_stack[i]);
    (void)trt_task_start(&crowd[i], (void *)(uintptr_t)i);
}

// More urgent than the runner, they run until they wait; then they get their priority.
static void spread_some(unsigned count, trt_task_fn_t fn, uint8_t first, uint8_t step) {
    for (unsigned i = 0; i < count; i++) {
        ready(i, 0, fn);
        (void)trt_task_set_priority(&crowd[i], (uint8_t)(first + i * step % 4u));
    }
}

static void spread(trt_task_fn_t fn, uint8_t first, uint8_t step) {
    spread_some(CROWD, fn, first, step);
}

static void one(trt_task_fn_t fn, uint8_t priority) {
    ready(0, 0, fn);
    (void)trt_task_set_priority(&crowd[0], priority);
}

// --- the calls

static void none(void) {}

static void some_timers(void) {
    for (unsigned i = 0; i < CROWD; i++) (void)trt_timer_start(&timers[i]);
    tick();
}

static void one_waits(void) {
    one(do_take, 5);
}
static void one_urgent_waits(void) {
    one(do_take_in_time, 2);
}
static void all_wait(void) {
    spread(do_take_in_time, 4, 1);
}
static void one_urgent_waits_for_ever(void) {
    one(do_take, 2);
}
static void all_wait_for_ever(void) {
    spread(do_take, 2, 0);
}
static void all_wait_around(void) {
    spread(do_take_in_time, 1, 1);
}
static void with_token(void) {
    (void)trt_sem_give(&sem);
}
static void one_receives(void) {
    one(do_receive, 2);
}
static void one_receives_a_word(void) {
    one(do_receive_word, 2);
}
static void all_receive_words(void) {
    spread(do_receive_word, 2, 0);
}
static void one_sends_a_word(void) {
    (void)trt_queue_send(&words, item, 0);
    one(do_send_word, 2);
}
static void full_and_sender(void) {
    (void)trt_queue_send(&queue, item, 0), (void)trt_queue_send(&queue, item, 0);
    one(do_send, 2);
}
static void full(void) {
    (void)trt_queue_send(&queue, item, 0), (void)trt_queue_send(&queue, item, 0);
}
static void one_item(void) {
    (void)trt_queue_send(&queue, item, 0);
}
static void flag_waiters(void) {
    spread(do_wait, 2, 1);
}
static void locked(void) {
    (void)trt_mutex_lock(&mutex[0], 0);
}
static void locked_and_one(void) {
    locked(), one(do_lock, 2);
}
static void locked_and_all(void) {
    locked(), spread(do_lock, 1, 1);
}
static void eight_locked(void) {
    for (unsigned i = 8; i-- > 0;) (void)trt_mutex_lock(&mutex[i], 0);
}
static void eight_locked_and_all(void) {
    eight_locked(), spread(do_lock, 1, 1);
}
static void do_hold_first(void *unused) {
    (void)unused;
    (void)trt_mutex_lock(&mutex[0], TRT_FOREVER);
    (void)trt_delay(100);
    then();
}
static void chain(void) {
    ready(6, 1, do_hold_first);
    (void)trt_task_set_priority(&crowd[6], 5);
    for (unsigned i = 0; i < 6; i++) {
        ready(i, 1, do_chain); // runs until it waits for the one before it
        (void)trt_task_set_priority(&crowd[i], (uint8_t)(6u - i % 3u));
    }
}
static void chain_and_holder(void) { // the first holds mutex 0
    ready(7, 1, do_hold_seven);
    (void)trt_task_set_priority(&crowd[7], 6);
}
static void delayed(void) {
    spread(do_delay, 2, 1);
}
// Due in the next tick but two: a caller that is to preempt waits for two.
static void due_soon(void) {
    delayed();
    for (unsigned i = 0; i < 3; i++) tick();
}
static void any_waits(void) {
    one(do_wait_any, 2);
}
static void anys_wait(void) {
    spread(do_wait_any, 2, 1);
}
static void things_ready(void) {
    (void)trt_wait_sem(&things[0], &sem), (void)trt_wait_sem(&things[1], &other_sem);
    (void)trt_wait_flags(&things[2], &flags, 1, TRT_ANY, NULL);
    (void)trt_wait_receive(&things[3], &queue, received);
}
static void things_and_crowd(void) {
    all_wait_around(), things_ready();
}
static void equal(void) {
    ready(0, CALLER_PRIORITY, do_nothing);
}
static void equals(void) {
    for (unsigned i = 0; i < CROWD; i++) ready(i, CALLER_PRIORITY, do_nothing);
}
static void asleep(void) {
    one(do_take_in_time, 2);
}
static void suspended(void) {
    ready(0, 5, do_nothing), (void)trt_task_suspend(&crowd[0]),
        (void)trt_task_set_priority(&crowd[0], 2);
}
static void to_stop(void) {
    ready(7, 1, do_hold_seven), (void)trt_task_set_priority(&crowd[7], 2);
}
static void joined(void) {
    one(do_take_in_time, 5), ready(1, 1, do_join);
}
static void created(void) {
    (void)trt_task_create(&crowd[0], "p", do_nothing, 2, crowd_stack[0], sizeof crowd_stack[0]);
}
static void locked_scheduler(void) {
    (void)trt_sched_lock();
    ready(0, 2, do_nothing);
}

static void c_give(void) {
    (void)trt_sem_give(&sem);
}
static void c_take(void) {
    (void)trt_sem_take(&sem, 100);
}
static void c_take_now(void) {
    (void)trt_sem_take(&sem, 0);
}
static void c_lock(void) {
    (void)trt_mutex_lock(&mutex[0], 100);
}
static void c_lock_6(void) {
    (void)trt_mutex_lock(&mutex[6], 100);
}
static void c_unlock(void) {
    (void)trt_mutex_unlock(&mutex[0]);
}
static void c_unlock_7(void) {
    (void)trt_mutex_unlock(&mutex[7]);
}
static void c_set(void) {
    (void)trt_flags_set(&flags, 1);
}
static void c_clear(void) {
    (void)trt_flags_clear(&flags, 1);
}
static void c_wait(void) {
    (void)trt_flags_wait(&flags, 1, TRT_ANY, NULL, 100);
}
static void c_sync(void) {
    (void)trt_flags_sync(&flags, 1, 1, 100);
}
static void c_send(void) {
    (void)trt_queue_send(&queue, item, 100);
}
static void c_receive(void) {
    (void)trt_queue_receive(&queue, received, 100);
}
static void c_send_word(void) {
    (void)trt_queue_send(&words, item, TRT_FOREVER);
}
static void c_receive_word(void) {
    (void)trt_queue_receive(&words, received, TRT_FOREVER);
}
static void c_overwrite(void) {
    (void)trt_queue_overwrite(&queue, item);
}
static void c_peek(void) {
    (void)trt_queue_peek(&queue, received, 0);
}
static void c_reset(void) {
    (void)trt_queue_reset(&queue);
}
static void c_delay(void) {
    (void)trt_delay(100);
}
static void c_delay_until(void) {
    trt_tick_t last = trt_now();
    (void)trt_delay_until(&last, 100, NULL);
}
static void c_abort(void) {
    (void)trt_task_abort_delay(&crowd[0]);
}
static void c_yield(void) {
    (void)trt_yield();
}
static void c_tick(void) {
    tick();
}
static void c_timer_start(void) {
    (void)trt_timer_start(&timers[3]);
}
static void c_timer_stop(void) {
    (void)trt_timer_stop(&timers[3]);
}
static void c_set_period(void) {
    (void)trt_timer_set_period(&timers[3], 7);
}
static void c_timer_init(void) {
    (void)trt_timer_init(&timers[3], "t", on_timer, NULL, 3, TRT_PERIODIC);
}
static void c_suspend(void) {
    (void)trt_task_suspend(&crowd[0]);
}
static void c_suspend_self(void) {
    (void)trt_task_suspend(&caller);
}
static void c_resume(void) {
    (void)trt_task_resume(&crowd[0]);
}
static void c_set_priority(void) {
    (void)trt_task_set_priority(&crowd[5], 1);
}
static void c_set_priority_0(void) {
    (void)trt_task_set_priority(&crowd[0], 1);
}
static void c_stop(void) {
    (void)trt_task_stop(&crowd[0]);
}
static void c_stop_7(void) {
    (void)trt_task_stop(&crowd[7]);
}
static void c_start(void) {
    (void)trt_task_start(&crowd[0], NULL);
}
static void c_restart(void) {
    (void)trt_task_restart(&crowd[0], NULL);
}
static void c_create(void) {
    (void)trt_task_create(&crowd[1], "p", do_nothing, 2, crowd_stack[1], sizeof crowd_stack[1]);
}
static void c_join(void) {
    (void)trt_task_join(&crowd[0], 100);
}
static void c_wait_any(void) {
    (void)trt_wait_any(things, 4, &which, 100);
}
static void c_delete(void) {
    (void)trt_sem_delete(&sem);
}
static void c_init(void) {
    (void)trt_sem_init(&sem, 0, 1);
}
static void c_mutex_delete(void) {
    (void)trt_mutex_delete(&mutex[0]);
}
static void c_sched_lock(void) {
    (void)trt_sched_lock(), (void)trt_sched_unlock();
}
static void c_sched_unlock(void) {
    (void)trt_sched_unlock();
}
static void c_now(void) {
    (void)trt_now();
}
static void c_state(void) {
    (void)trt_task_state(&caller);
}

#include "object_calls.h"

typedef struct {
    const char *call, *when;
    void (*before)(void);
    void (*make)(void);
    void (*in_interrupt)(void);
} case_t;

static const case_t cases[] = {
    {"trt_sem_take", "a token is there", with_token, c_take, NULL},
    {"trt_sem_take", "nothing is there, no wait", none, c_take_now, NULL},
    {"trt_sem_take", "waits, another task runs", none, c_take, NULL},
    {"trt_sem_take", "waits, 12 wait of several priorities", all_wait_around, c_take, NULL},
    {"trt_sem_give", "nobody waits", none, c_give, NULL},
    {"trt_sem_give", "a less urgent one waits", one_waits, c_give, NULL},
    {"trt_sem_give", "a more urgent one waits", one_urgent_waits, c_give, NULL},
    {"trt_sem_give", "12 wait", all_wait, c_give, NULL},
    {"trt_sem_give", "a more urgent one waits for ever", one_urgent_waits_for_ever, c_give, NULL},
    {"trt_sem_give", "12 more urgent ones wait for ever", all_wait_for_ever, c_give, NULL},
    {"trt_sem_give", "one of them in 4 rings", any_waits, c_give, NULL},
    {"trt_sem_give", "in an interrupt, a more urgent one waits", one_urgent_waits, i_give, c_give},
    {"trt_sem_give", "in an interrupt, one waits in 4 rings", any_waits, i_give, c_give},
    {"trt_sem_delete", "12 wait", all_wait, c_delete, NULL},
    {"trt_sem_init", "12 wait", all_wait, c_init, NULL},
    {"trt_mutex_lock", "it is free", none, c_lock, NULL},
    {"trt_mutex_lock", "mine already", locked, c_lock, NULL},
    {"trt_mutex_lock", "a chain of 6 owners", chain, c_lock_6, NULL},
    {"trt_mutex_lock", "the owner of 7", chain_and_holder, c_lock, NULL},
    {"trt_mutex_unlock", "nobody waits", locked, c_unlock, NULL},
    {"trt_mutex_unlock", "a more urgent one waits", locked_and_one, c_unlock, NULL},
    {"trt_mutex_unlock", "12 wait", locked_and_all, c_unlock, NULL},
    {"trt_mutex_unlock", "the first of 8", eight_locked, c_unlock_7, NULL},
    {"trt_mutex_unlock", "one of 8, 12 wait", eight_locked_and_all, c_unlock, NULL},
    {"trt_mutex_delete", "12 wait", locked_and_all, c_mutex_delete, NULL},
    {"trt_flags_set", "nobody waits", none, c_set, NULL},
    {"trt_flags_set", "12 wait", flag_waiters, c_set, NULL},
    {"trt_flags_set", "in an interrupt, 12 wait", flag_waiters, i_give, c_set},
    {"trt_flags_clear", "", none, c_clear, NULL},
    {"trt_flags_wait", "waits, another task runs", none, c_wait, NULL},
    {"trt_flags_sync", "is the last", none, c_sync, NULL},
    {"trt_queue_send", "16 bytes, there is room", none, c_send, NULL},
    {"trt_queue_send", "16 bytes, a more urgent one waits", one_receives, c_send, NULL},
    {"trt_queue_send", "it is full, another task runs", full, c_send, NULL},
    {"trt_queue_send", "4 bytes, there is room", none, c_send_word, NULL},
    {"trt_queue_send", "4 bytes, a more urgent one waits", one_receives_a_word, c_send_word, NULL},
    {"trt_queue_send", "4 bytes, 12 more urgent ones wait", all_receive_words, c_send_word, NULL},
    {"trt_queue_receive", "4 bytes, a more urgent one sends", one_sends_a_word, c_receive_word,
     NULL},
    {"trt_queue_send", "in an interrupt, a more urgent one waits", one_receives, i_give, c_send},
    {"trt_queue_receive", "16 bytes, there is one", one_item, c_receive, NULL},
    {"trt_queue_receive", "16 bytes, a more urgent sender waits", full_and_sender, c_receive, NULL},
    {"trt_queue_receive", "it is empty, another task runs", none, c_receive, NULL},
    {"trt_queue_overwrite", "16 bytes", full, c_overwrite, NULL},
    {"trt_queue_peek", "16 bytes", one_item, c_peek, NULL},
    {"trt_queue_reset", "a sender waits", full_and_sender, c_reset, NULL},
    {"trt_wait_any", "waits for 4, another task runs", things_ready, c_wait_any, NULL},
    {"trt_wait_any", "waits for 4, 12 wait", things_and_crowd, c_wait_any, NULL},
    {"trt_flags_set", "12 wait for 4 things", anys_wait, c_set, NULL},
    {"trt_delay", "another task runs", none, c_delay, NULL},
    {"trt_delay_until", "another task runs", none, c_delay_until, NULL},
    {"trt_task_abort_delay", "more urgent", delayed, c_abort, NULL},
    {"trt_yield", "alone", none, c_yield, NULL},
    {"trt_yield", "to an equal", equal, c_yield, NULL},
    {"trt_yield", "to 12 equals", equals, c_yield, NULL},
    {"trt_tick", "nothing is due", none, c_tick, NULL},
    {"trt_tick", "12 are due", due_soon, c_tick, NULL},
    {"trt_tick", "12 timers are due", some_timers, c_tick, NULL},
    {"trt_timer_init", "", none, c_timer_init, NULL},
    {"trt_timer_start", "12 run", some_timers, c_timer_start, NULL},
    {"trt_timer_stop", "12 run", some_timers, c_timer_stop, NULL},
    {"trt_timer_set_period", "12 run", some_timers, c_set_period, NULL},
    {"trt_task_create", "", none, c_create, NULL},
    {"trt_task_start", "more urgent", created, c_start, NULL},
    {"trt_task_stop", "waits among 12", all_wait, c_stop, NULL},
    {"trt_task_stop", "holds 7 mutexes", to_stop, c_stop_7, NULL},
    {"trt_task_stop", "somebody joins it", joined, c_stop, NULL},
    {"trt_task_stop", "waits for 4 things", any_waits, c_stop, NULL},
    {"trt_task_restart", "waits", asleep, c_restart, NULL},
    {"trt_task_join", "another task runs", joined, c_join, NULL},
    {"trt_task_suspend", "another", equal, c_suspend, NULL},
    {"trt_task_suspend", "oneself", none, c_suspend_self, NULL},
    {"trt_task_resume", "more urgent", suspended, c_resume, NULL},
    {"trt_task_set_priority", "waits among 12", all_wait, c_set_priority, NULL},
    {"trt_task_set_priority", "in 4 rings among 12", anys_wait, c_set_priority, NULL},
    {"trt_task_set_priority", "becomes more urgent", equal, c_set_priority_0, NULL},
    {"trt_task_state", "", none, c_state, NULL},
    {"trt_sched_lock", "and unlock", none, c_sched_lock, NULL},
    {"trt_sched_unlock", "a more urgent one is ready", locked_scheduler, c_sched_unlock, NULL},
    {"trt_now", "", none, c_now, NULL},
    {"trt_cond_wait", "another task runs", cond_locked, c_cond_wait, NULL},
    {"trt_cond_wait", "5 wait for the mutex", cond_and_mutex_awaited, c_cond_wait, NULL},
    {"trt_cond_wait", "5 wait of several priorities", cond_all_wait_and_locked, c_cond_wait, NULL},
    {"trt_cond_wait", "is signalled", cond_one_signals, c_cond_wait, NULL},
    {"trt_cond_signal", "nobody waits", cond_locked, c_signal, NULL},
    {"trt_cond_signal", "a more urgent one waits", cond_one_waits, c_signal, NULL},
    {"trt_cond_signal", "5 wait", cond_all_wait, c_signal, NULL},
    {"trt_cond_signal", "in an interrupt, 5 wait", cond_all_wait, i_give, c_signal},
    {"trt_cond_broadcast", "5 wait", cond_all_wait, c_broadcast, NULL},
    {"trt_cond_broadcast", "5 wait, and the mutex is locked", cond_all_wait_and_locked, c_broadcast,
     NULL},
    {"trt_cond_delete", "5 wait", cond_all_wait, c_cond_delete, NULL},
    {"trt_barrier_wait", "another task runs", barrier_of_2, c_come, NULL},
    {"trt_barrier_wait", "5 wait of several priorities", barrier_lacks_one, c_come, NULL},
    {"trt_barrier_wait", "is the last, a more urgent one waits", barrier_one_waits, c_come, NULL},
    {"trt_barrier_wait", "is the last, 5 wait", barrier_all_wait, c_come, NULL},
    {"trt_barrier_wait", "in an interrupt, is the last, 5 wait", barrier_all_wait, i_give,
     c_come_now},
    {"trt_rwlock_read_lock", "it is free", rwlock_free, c_read, NULL},
    {"trt_rwlock_read_lock", "somebody writes, another task runs", rwlock_other_writes, c_read,
     NULL},
    {"trt_rwlock_read_unlock", "nobody waits", rwlock_reads, c_read_unlock, NULL},
    {"trt_rwlock_read_unlock", "a more urgent writer waits", rwlock_reads_and_one, c_read_unlock,
     NULL},
    {"trt_rwlock_write_lock", "it is free", rwlock_free, c_write, NULL},
    {"trt_rwlock_write_lock", "somebody reads, another task runs", rwlock_other_reads, c_write,
     NULL},
    {"trt_rwlock_write_lock", "4 wait of several priorities", rwlock_crowd, c_write, NULL},
    {"trt_rwlock_write_unlock", "nobody waits", rwlock_writes, c_write_unlock, NULL},
    {"trt_rwlock_write_unlock", "5 wait", rwlock_writes_and_all, c_write_unlock, NULL},
    {"trt_rwlock_delete", "5 wait", rwlock_writes_and_all, c_rwlock_delete, NULL},
    {"trt_pool_take", "the first", pool_new, c_take_block, NULL},
    {"trt_pool_take", "one that was given", pool_given, c_take_block, NULL},
    {"trt_pool_take", "waits, another task runs", pool_taken, c_take_block, NULL},
    {"trt_pool_take", "waits, 5 wait of several priorities", pool_all_wait, c_take_block, NULL},
    {"trt_pool_give", "nobody waits", pool_taken, c_give_block, NULL},
    {"trt_pool_give", "a more urgent one waits", pool_one_waits, c_give_block, NULL},
    {"trt_pool_give", "5 wait", pool_all_wait, c_give_block, NULL},
    {"trt_pool_give", "in an interrupt, 5 wait", pool_all_wait, i_give, c_give_block},
    {"trt_stream_send", "16 bytes, there is room", bytes_new, c_send_bytes, NULL},
    {"trt_stream_send", "16 bytes, in two pieces", bytes_at_end, c_send_bytes, NULL},
    {"trt_stream_send", "16 bytes, a more urgent one waits", bytes_one_receives, c_send_bytes,
     NULL},
    {"trt_stream_send", "16 bytes, 5 wait", bytes_all_receive, c_send_bytes, NULL},
    {"trt_stream_send", "in an interrupt, 16 bytes, 5 wait", bytes_all_receive, i_give,
     c_send_bytes_now},
    {"trt_stream_send", "it is full, another task runs", bytes_there, c_send_bytes, NULL},
    {"trt_stream_send", "it is full, 5 wait of several priorities", bytes_all_send, c_send_bytes,
     NULL},
    {"trt_stream_receive", "16 bytes", bytes_there, c_receive_bytes, NULL},
    {"trt_stream_receive", "16 bytes, in two pieces", bytes_there_at_end, c_receive_bytes, NULL},
    {"trt_stream_receive", "16 bytes, a more urgent sender waits", bytes_one_sends, c_receive_bytes,
     NULL},
    {"trt_stream_receive", "16 bytes, 5 senders wait", bytes_all_send, c_receive_bytes, NULL},
    {"trt_stream_receive", "it is empty, another task runs", bytes_new, c_receive_bytes, NULL},
    {"trt_stream_set_trigger", "5 wait", bytes_all_receive, c_set_trigger, NULL},
    {"trt_stream_reset", "5 senders wait", bytes_all_send, c_reset_stream, NULL},
    {"trt_stream_send", "a message of 16 bytes, there is room", messages_new, c_send_bytes, NULL},
    {"trt_stream_send", "a message of 16 bytes, in two pieces", messages_at_end, c_send_bytes,
     NULL},
    {"trt_stream_send", "a message of 16 bytes, its length in two pieces", messages_length_at_end,
     c_send_bytes, NULL},
    {"trt_stream_send", "a message, a more urgent one waits", messages_one_receives, c_send_bytes,
     NULL},
    {"trt_stream_send", "a message, 5 wait", messages_all_receive, c_send_bytes, NULL},
    {"trt_stream_receive", "a message of 16 bytes", message_there, c_receive_bytes, NULL},
    {"trt_stream_receive", "a message of 16 bytes, in two pieces", message_there_at_end,
     c_receive_bytes, NULL},
    {"trt_stream_receive", "a message of 16 bytes, its length in two pieces",
     message_length_there_at_end, c_receive_bytes, NULL},
    {"trt_stream_receive", "a message, a more urgent sender waits", messages_one_sends,
     c_receive_bytes, NULL},
    {"trt_stream_send", "a message of 64 bytes, there is room", long_new, c_send_long, NULL},
    {"trt_stream_send", "a message of 64 bytes, a more urgent one waits", long_one_receives,
     c_send_long, NULL},
    {"trt_stream_receive", "a message of 64 bytes", long_there, c_receive_long, NULL},
    {"trt_pqueue_send", "16 bytes, there is room", ranked_one_item, c_send_ranked, NULL},
    {"trt_pqueue_send", "16 bytes, a more urgent one waits", ranked_one_receives, c_send_ranked,
     NULL},
    {"trt_pqueue_send", "16 bytes, 5 wait", ranked_all_receive, c_send_ranked, NULL},
    {"trt_pqueue_send", "in an interrupt, 5 wait", ranked_all_receive, i_give, c_send_ranked_now},
    {"trt_pqueue_send", "it is full, another task runs", ranked_full, c_send_ranked, NULL},
    {"trt_pqueue_receive", "16 bytes, there are two", ranked_full, c_receive_ranked, NULL},
    {"trt_pqueue_receive", "16 bytes, a more urgent sender waits", ranked_one_sends,
     c_receive_ranked, NULL},
    {"trt_pqueue_receive", "it is empty, another task runs", ranked_new, c_receive_ranked, NULL},
    {"trt_pqueue_peek", "16 bytes", ranked_full, c_peek_ranked, NULL},
    {"trt_pqueue_reset", "a sender waits", ranked_one_sends, c_reset_ranked, NULL},
    {"trt_channel_serve", "", channel_new, c_serve, NULL},
    {"trt_channel_call", "a less urgent server waits", channel_server_accepts, c_call, NULL},
    {"trt_channel_call", "a more urgent server waits", channel_urgent_server_accepts, c_call, NULL},
    {"trt_channel_call", "4 call of several priorities", channel_others_call, c_call, NULL},
    {"trt_channel_accept", "nobody calls, another task runs", channel_served, c_accept, NULL},
    {"trt_channel_accept", "5 call", channel_all_call, c_accept, NULL},
    {"trt_channel_answer", "a more urgent client", channel_one_accepted, c_answer, NULL},
    {"trt_channel_answer", "5 call", channel_all_call_one_accepted, c_answer, NULL},
    {"trt_channel_leave", "5 call", channel_all_call, c_leave, NULL},
    {"trt_channel_delete", "5 call", channel_all_call, c_channel_delete, NULL},
    {"trt_mail_send", "nobody waits", mail_none, c_mail, NULL},
    {"trt_mail_send", "a more urgent one waits", mail_one_receives, c_mail_other, NULL},
    {"trt_mail_send", "in an interrupt, a more urgent one waits", mail_one_receives, i_give,
     c_mail_other},
    {"trt_mail_receive", "there is one", mail_there, c_receive_mail, NULL},
    {"trt_mail_receive", "there is none, another task runs", mail_none, c_receive_mail, NULL},
    {"trt_note_set", "nobody waits", none, c_note_set, NULL},
    {"trt_note_set", "a more urgent one waits", note_one_waits, c_note_set, NULL},
    {"trt_note_set", "5 wait", note_all_wait, c_note_set, NULL},
    {"trt_note_add_state", "in an interrupt, 5 wait", note_all_wait, i_give, c_note_add},
    {"trt_note_wait", "another task runs", none, c_note_wait, NULL},
    {"trt_note_wait", "5 wait of several priorities", note_all_wait, c_note_wait, NULL},
    {"trt_note_value", "", none, c_note_value, NULL},
    {"trt_job_post", "nobody waits", jobs_none, c_post, NULL},
    {"trt_job_post", "a more urgent task runs it", jobs_one_runs, c_post, NULL},
    {"trt_job_post", "in an interrupt, a more urgent task runs it", jobs_one_runs, i_give, c_post},
    {"trt_job_cancel", "", jobs_last_pending, c_cancel, NULL},
    {"trt_jobs_run", "the last of 8 is pending", jobs_last_pending, c_run_jobs, NULL},
    {"trt_jobs_run", "none is pending, another task runs", jobs_none, c_run_jobs, NULL},
    {"trt_task_create", "of fresh memory", fresh, c_create_new, NULL},
    {"trt_timer_init", "of fresh memory", fresh, c_timer_init_new, NULL},
    {"trt_timer_init", "it runs", timer_runs, c_timer_init, NULL},
};

#define CASES (sizeof cases / sizeof cases[0])

static void make_objects(void) {
    (void)trt_sem_init(&sem, 0, 100);
    (void)trt_sem_init(&other_sem, 0, 100);
    for (unsigned m = 0; m < 8; m++) (void)trt_mutex_init(&mutex[m], TRT_INHERIT);
    (void)trt_flags_init(&flags);
    (void)trt_queue_init(&queue, buffer, sizeof item, 2);
    (void)trt_queue_init(&words, word_buffer, sizeof word_buffer, 1);
    for (unsigned i = 0; i < CROWD; i++)
        (void)trt_timer_init(&timers[i], "t", on_timer, NULL, 3, TRT_ONE_SHOT);
}

static void stop(trt_task_t *task) {
    if (trt_task_state(task) != TRT_TASK_ENDED && trt_task_state(task) != TRT_TASK_INVALID)
        CHECK(trt_task_stop(task) == TRT_OK);
}

#endif // SWEEP_CALLS_H
