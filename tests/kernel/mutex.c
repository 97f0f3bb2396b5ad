// Mutexes: inheritance, ceilings, recursion: rows Y3, Y4, Y5.
#include "harness.h"

#define MUTEXES 3

static trt_mutex_t mutex[MUTEXES];
static trt_sem_t go[HELPERS]; // lets helper i take its next step
static trt_status_t result[HELPERS];

static void make_with(uint8_t protocol) {
    for (unsigned i = 0; i < MUTEXES; i++) {
        CHECK_EQ(trt_mutex_init(&mutex[i], protocol), TRT_OK);
    }
    for (unsigned i = 0; i < HELPERS; i++) {
        CHECK_EQ(trt_sem_init(&go[i], 0, 5), TRT_OK);
        result[i] = TRT_OK;
    }
}

static void make(void) {
    make_with(TRT_INHERIT);
}

static trt_status_t lock(unsigned m) {
    return trt_mutex_lock(&mutex[m], TRT_FOREVER);
}

static void unlock(unsigned m) {
    CHECK_EQ(trt_mutex_unlock(&mutex[m]), TRT_OK);
}

static void step(unsigned i) {
    CHECK_EQ(trt_sem_give(&go[i]), TRT_OK);
}

static void await_step(unsigned i) {
    CHECK_EQ(trt_sem_take(&go[i], TRT_FOREVER), TRT_OK);
}

// Which helper this is.
static unsigned me(void) {
    return (unsigned)(trt_task_self() - helper);
}

static void note_me(void) {
    note((char)('a' + me()));
}

// A helper locks mutex m, notes itself, and holds it until its next step.
static void hold(void *m) {
    result[me()] = lock(INDEX(m));
    note_me();
    await_step(me());
    unlock(INDEX(m));
}

// A helper locks mutex m, waiting at most five ticks, and lets go at once.
static void lock_within_five(void *m) {
    result[me()] = trt_mutex_lock(&mutex[INDEX(m)], 5);
    note_me();
    if (result[me()] == TRT_OK) {
        unlock(INDEX(m));
    }
}

// A helper holds mutex m and waits for mutex m + 1.
static void hold_and_want_next(void *m) {
    CHECK_EQ(lock(INDEX(m)), TRT_OK);
    CHECK(lock(INDEX(m) + 1) >= TRT_OK);
    note_me();
    unlock(INDEX(m) + 1);
    unlock(INDEX(m));
}

static void spawn_and_let_run(unsigned i, uint8_t priority, trt_task_fn_t fn, uintptr_t value) {
    spawn(i, priority, fn, value);
    let_run();
}

// --- Y5: locking

TRT_MUTEX_DEFINE(defined, TRT_INHERIT);

KTEST(mutex, Y5_defined_mutex_is_ready) {
    CHECK_EQ(trt_mutex_lock(&defined, TRT_NO_WAIT), TRT_OK);
    CHECK(trt_mutex_owner(&defined) == &runner);
    CHECK_EQ(trt_mutex_unlock(&defined), TRT_OK);
}

KTEST(mutex, Y5_owner_is_told) {
    make();
    CHECK(trt_mutex_owner(&mutex[0]) == NULL);
    CHECK_EQ(lock(0), TRT_OK);
    CHECK(trt_mutex_owner(&mutex[0]) == &runner);
    unlock(0);
    CHECK(trt_mutex_owner(&mutex[0]) == NULL);
}

KTEST(mutex, Y5_recursive_lock_needs_as_many_unlocks) {
    make();
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(trt_mutex_lock(&mutex[0], TRT_NO_WAIT), TRT_OK);
    }
    unlock(0);
    unlock(0);
    CHECK(trt_mutex_owner(&mutex[0]) == &runner);
    unlock(0);
    CHECK(trt_mutex_owner(&mutex[0]) == NULL);
}

KTEST(mutex, bug10_recursion_overflow_is_refused) {
    make();
    for (unsigned i = 0; i < TRT_MUTEX_DEPTH_MAX; i++) {
        CHECK_EQ(trt_mutex_lock(&mutex[0], TRT_FOREVER), TRT_OK);
    }
    CHECK_EQ(trt_mutex_lock(&mutex[0], TRT_FOREVER), TRT_ERR_OVERFLOW);
    CHECK_MISUSE("trt_mutex_lock", &mutex[0], TRT_ERR_OVERFLOW);
    for (unsigned i = 0; i < TRT_MUTEX_DEPTH_MAX; i++) {
        CHECK(trt_mutex_owner(&mutex[0]) == &runner);
        unlock(0);
    }
    CHECK(trt_mutex_owner(&mutex[0]) == NULL);
}

KTEST(mutex, bug10_unlock_of_a_free_mutex_is_refused) {
    make();
    CHECK_EQ(trt_mutex_unlock(&mutex[0]), TRT_ERR_OWNER);
    CHECK_MISUSE("trt_mutex_unlock", &mutex[0], TRT_ERR_OWNER);
    CHECK_EQ(trt_mutex_lock(&mutex[0], TRT_NO_WAIT), TRT_OK);
    unlock(0);
}

KTEST(mutex, Y5_unlock_by_a_stranger_is_refused) {
    make();
    spawn(0, 3, hold, 0);
    CHECK_EQ(trt_mutex_unlock(&mutex[0]), TRT_ERR_OWNER);
    CHECK_MISUSE("trt_mutex_unlock", &mutex[0], TRT_ERR_OWNER);
    CHECK(trt_mutex_owner(&mutex[0]) == &helper[0]);
}

KTEST(mutex, Y5_try_lock) {
    make();
    spawn(0, 3, hold, 0);
    CHECK_EQ(trt_mutex_lock(&mutex[0], TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_task_priority(&helper[0]), 3);
    step(0);
    CHECK_EQ(trt_mutex_lock(&mutex[0], TRT_NO_WAIT), TRT_OK);
    unlock(0);
}

KTEST(mutex, Y5_too_many_held_is_refused) {
    static trt_mutex_t many[TINYRTOS_MUTEXES_HELD_MAX + 1];
    for (unsigned i = 0; i <= TINYRTOS_MUTEXES_HELD_MAX; i++) {
        CHECK_EQ(trt_mutex_init(&many[i], TRT_INHERIT), TRT_OK);
    }
    for (unsigned i = 0; i < TINYRTOS_MUTEXES_HELD_MAX; i++) {
        CHECK_EQ(trt_mutex_lock(&many[i], TRT_NO_WAIT), TRT_OK);
    }
    CHECK_EQ(trt_mutex_lock(&many[TINYRTOS_MUTEXES_HELD_MAX], TRT_FOREVER), TRT_ERR_OVERFLOW);
    CHECK_MISUSE("trt_mutex_lock", &many[TINYRTOS_MUTEXES_HELD_MAX], TRT_ERR_OVERFLOW);
    CHECK(trt_mutex_owner(&many[TINYRTOS_MUTEXES_HELD_MAX]) == NULL);
    CHECK_EQ(trt_mutex_lock(&many[0], TRT_NO_WAIT), TRT_OK); // once more is not one more
    CHECK_EQ(trt_mutex_unlock(&many[0]), TRT_OK);
    for (unsigned i = 0; i < TINYRTOS_MUTEXES_HELD_MAX; i++) {
        CHECK_EQ(trt_mutex_unlock(&many[i]), TRT_OK);
    }
}

KTEST(mutex, Y5_lock_times_out) {
    make();
    trt_tick_t start = trt_now();
    spawn(0, 3, hold, 0);
    CHECK_EQ(trt_mutex_lock(&mutex[0], 4), TRT_ERR_TIMEOUT);
    CHECK_EQ((trt_tick_t)(trt_now() - start), 5);
    CHECK(trt_mutex_owner(&mutex[0]) == &helper[0]);
}

KTEST(mutex, bug06_unlock_makes_the_first_waiter_the_owner_at_once) {
    make();
    CHECK_EQ(lock(0), TRT_OK);
    spawn_and_let_run(0, 6, hold, 0);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_WAITING);
    unlock(0);
    CHECK(trt_mutex_owner(&mutex[0]) == &helper[0]);
    CHECK_EQ(trt_mutex_lock(&mutex[0], TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    let_run();
    CHECK_EQ(result[0], TRT_OK);
    CHECK_LOG("a");
}

KTEST(mutex, bug36_most_urgent_waiter_owns_it_next) {
    make();
    CHECK_EQ(lock(0), TRT_OK);
    spawn_and_let_run(2, 6, lock_within_five, 0);
    spawn(1, 3, lock_within_five, 0);
    spawn(0, 2, lock_within_five, 0);
    unlock(0);
    let_run();
    CHECK_LOG("abc");
}

// --- Y3: inheritance

KTEST(mutex, Y3_owner_inherits_from_its_waiter) {
    make();
    spawn_and_let_run(0, 6, hold, 0);
    spawn(1, 2, hold, 0);
    CHECK_EQ(trt_task_priority(&helper[0]), 2);
    CHECK_EQ(trt_task_base_priority(&helper[0]), 6);
    step(0); // runs now: it is more urgent than the runner until it unlocks
    CHECK_EQ(trt_task_priority(&helper[0]), 6);
    CHECK(trt_mutex_owner(&mutex[0]) == &helper[1]);
    CHECK_LOG("ab");
}

static void work(void *letter) {
    ticks_pass(10);
    note(LETTER(letter));
}

static void lock_work_unlock(void *m) {
    CHECK_EQ(lock(INDEX(m)), TRT_OK);
    ticks_pass(3);
    unlock(INDEX(m));
    note_me();
}

KTEST(mutex, Y3_no_inversion_with_inheritance) {
    make();
    spawn(0, 6, lock_work_unlock, 0); // low: locks, works
    CHECK_EQ(trt_delay(1), TRT_OK);
    spawn(2, 5, work, 'm');           // middle
    spawn(1, 3, lock_work_unlock, 0); // high: must not wait for middle
    CHECK_EQ(trt_delay(40), TRT_OK);
    CHECK_LOG("bma");
}

KTEST(mutex, Y3_inversion_without_a_protocol) {
    make_with(TRT_NO_PROTOCOL);
    spawn(0, 6, lock_work_unlock, 0);
    CHECK_EQ(trt_delay(1), TRT_OK);
    spawn(2, 5, work, 'm');
    spawn(1, 3, lock_work_unlock, 0);
    CHECK_EQ(trt_task_priority(&helper[0]), 6);
    CHECK_EQ(trt_delay(40), TRT_OK);
    CHECK_LOG("mba");
}

KTEST(mutex, Y3_less_urgent_waiter_does_not_lower_the_owner) {
    make();
    spawn(0, 3, hold, 0);
    spawn_and_let_run(1, 6, hold, 0);
    CHECK_EQ(trt_task_priority(&helper[0]), 3);
}

KTEST(mutex, Y3_most_urgent_of_several_waiters_counts) {
    make();
    spawn_and_let_run(0, 7, hold, 0);
    spawn_and_let_run(1, 5, hold, 0);
    CHECK_EQ(trt_task_priority(&helper[0]), 5);
    spawn(2, 1, hold, 0);
    CHECK_EQ(trt_task_priority(&helper[0]), 1);
    spawn(3, 3, hold, 0);
    CHECK_EQ(trt_task_priority(&helper[0]), 1);
}

// Helper 0 holds mutex 2, helper 1 holds 1 and wants 2, helper 2 holds 0 and wants 1.
static void make_chain(void) {
    make();
    spawn_and_let_run(0, 7, hold, 2);
    spawn_and_let_run(1, 6, hold_and_want_next, 1);
    spawn_and_let_run(2, 5, hold_and_want_next, 0);
    CHECK_EQ(trt_task_priority(&helper[0]), 5);
    CHECK_LOG("a");
}

KTEST(mutex, bug04_inheritance_passes_through_a_chain_of_owners) {
    make_chain();
    spawn(3, 1, lock_within_five, 0);
    CHECK_EQ(trt_task_priority(&helper[2]), 1);
    CHECK_EQ(trt_task_priority(&helper[1]), 1);
    CHECK_EQ(trt_task_priority(&helper[0]), 1);
    step(0);
    CHECK_LOG("bcd");
    CHECK_EQ(result[3], TRT_OK);
    CHECK_EQ(trt_task_priority(&helper[0]), 7);
}

KTEST(mutex, Y3_inheritance_is_transitive_and_undone_by_a_timeout) {
    make_chain();
    spawn(3, 1, lock_within_five, 0);
    CHECK_EQ(trt_task_priority(&helper[0]), 1);
    CHECK_EQ(trt_delay(10), TRT_OK);
    CHECK_EQ(result[3], TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_task_priority(&helper[2]), 5);
    CHECK_EQ(trt_task_priority(&helper[1]), 5);
    CHECK_EQ(trt_task_priority(&helper[0]), 5);
}

KTEST(mutex, Y3_inheritance_is_transitive_and_undone_by_a_stop) {
    make_chain();
    spawn(3, 1, hold, 0);
    CHECK_EQ(trt_task_priority(&helper[0]), 1);
    CHECK_EQ(trt_task_stop(&helper[3]), TRT_OK);
    CHECK_EQ(trt_task_priority(&helper[2]), 5);
    CHECK_EQ(trt_task_priority(&helper[1]), 5);
    CHECK_EQ(trt_task_priority(&helper[0]), 5);
}

KTEST(mutex, Y3_inheritance_is_transitive_and_follows_a_change_of_priority) {
    make_chain();
    spawn(3, 3, hold, 0);
    CHECK_EQ(trt_task_set_priority(&helper[3], 0), TRT_OK);
    CHECK_EQ(trt_task_priority(&helper[2]), 0);
    CHECK_EQ(trt_task_priority(&helper[0]), 0);
    CHECK_EQ(trt_task_set_priority(&helper[3], 6), TRT_OK);
    CHECK_EQ(trt_task_priority(&helper[2]), 5);
    CHECK_EQ(trt_task_priority(&helper[0]), 5);
}

KTEST(mutex, Y3_chain_that_is_stopped_in_the_middle_falls_apart) {
    make_chain();
    spawn(3, 1, lock_within_five, 0);
    CHECK_EQ(trt_task_stop(&helper[1]), TRT_OK);
    CHECK_EQ(trt_task_priority(&helper[0]), 7);
    CHECK_EQ(result[3],
             TRT_OK); // helper 2 got mutex 1 from it, ran with priority 1, and let mutex 0 go
    CHECK_LOG("cd");
}

// Helper 0 (priority 7) holds mutexes 0 to 2; it unlocks them in the order in which it is told.
static unsigned order[MUTEXES];

static void hold_all(void *unused) {
    (void)unused;
    for (unsigned m = 0; m < MUTEXES; m++) {
        CHECK_EQ(lock(m), TRT_OK);
    }
    for (unsigned m = 0; m < MUTEXES; m++) {
        await_step(0);
        unlock(order[m]);
    }
    await_step(0);
}

// Waiters of priority 1, 2, 3 for mutex 0, 1, 2. After each unlock the owner has the priority of
// the most urgent left.
static void release_in_order(unsigned first, unsigned second, unsigned third) {
    make();
    order[0] = first;
    order[1] = second;
    order[2] = third;
    spawn_and_let_run(0, 7, hold_all, 0);
    for (unsigned m = 0; m < MUTEXES; m++) {
        spawn(1 + m, (uint8_t)(1 + m), lock_within_five, m);
    }
    CHECK_EQ(trt_task_priority(&helper[0]), 1);
    bool held[MUTEXES] = {true, true, true};
    for (unsigned i = 0; i < MUTEXES; i++) {
        step(0);
        held[order[i]] = false;
        uint8_t wanted = held[0] ? 1 : held[1] ? 2 : held[2] ? 3 : 7;
        CHECK_EQ(trt_task_priority(&helper[0]), wanted);
        CHECK_EQ(result[1 + order[i]], TRT_OK);
    }
    harness_stop_helpers();
}

KTEST(mutex, bug01_release_several_in_any_order) {
    release_in_order(0, 1, 2);
    release_in_order(0, 2, 1);
    release_in_order(1, 0, 2);
    release_in_order(1, 2, 0);
    release_in_order(2, 0, 1);
    release_in_order(2, 1, 0);
}

KTEST(mutex, bug01_release_of_one_that_nobody_wants_keeps_the_inherited_priority) {
    make();
    order[0] = 1;
    order[1] = 2;
    order[2] = 0;
    spawn_and_let_run(0, 7, hold_all, 0);
    spawn(1, 2, hold, 0);
    step(0);
    CHECK_EQ(trt_task_priority(&helper[0]), 2);
    step(0);
    CHECK_EQ(trt_task_priority(&helper[0]), 2);
    step(0);
    CHECK_EQ(trt_task_priority(&helper[0]), 7);
}

KTEST(mutex, bug02_waiters_timeout_takes_the_inherited_priority_back) {
    make();
    spawn_and_let_run(0, 6, hold, 0);
    spawn(1, 2, lock_within_five, 0);
    CHECK_EQ(trt_task_priority(&helper[0]), 2);
    CHECK_EQ(trt_delay(10), TRT_OK);
    CHECK_EQ(result[1], TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_task_priority(&helper[0]), 6);
}

KTEST(mutex, bug02_timeout_of_one_waiter_leaves_what_the_other_lends) {
    make();
    spawn_and_let_run(0, 7, hold, 0);
    spawn_and_let_run(1, 5, hold, 0);
    spawn(2, 2, lock_within_five, 0);
    CHECK_EQ(trt_task_priority(&helper[0]), 2);
    CHECK_EQ(trt_delay(10), TRT_OK);
    CHECK_EQ(trt_task_priority(&helper[0]), 5);
}

static void hold_and_work(void *m) {
    CHECK_EQ(lock(INDEX(m)), TRT_OK);
    ticks_pass(12);
    note_me();
    unlock(INDEX(m));
}

// The owner is ready, not waiting, when its waiter gives up: it must move to the ring of its own
// priority.
KTEST(mutex, bug03_ready_owner_goes_back_to_its_own_priority_after_a_timeout) {
    make();
    spawn(0, 6, hold_and_work, 0);
    CHECK_EQ(trt_delay(1), TRT_OK);
    trt_tick_t start = trt_now();
    spawn(1, 2, lock_within_five, 0); // now the owner is the most urgent, until the waiter gives up
    CHECK_EQ((trt_tick_t)(trt_now() - start), 6);
    CHECK_EQ(result[1], TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_task_priority(&helper[0]), 6);
    spawn(2, 5, noter, 'm');
    CHECK_EQ(trt_delay(20), TRT_OK);
    CHECK_LOG("bma");
}

// A timer lets the owner unlock in the tick at which its waiter's time is over, before, and after.
static trt_timer_t timer;

static void step_first(void *unused) {
    (void)unused;
    step(0);
}

KTEST(mutex, bug05_timeout_meets_unlock_and_the_mutex_is_free_or_owned) {
    for (trt_tick_t at = 3; at <= 7; at++) {
        make();
        spawn_and_let_run(0, 6, hold, 0);
        CHECK_EQ(trt_timer_init(&timer, "step", step_first, NULL, at, TRT_ONE_SHOT), TRT_OK);
        CHECK_EQ(trt_timer_start(&timer), TRT_OK);
        trt_status_t status = trt_mutex_lock(&mutex[0], 5);
        CHECK(status == TRT_OK || status == TRT_ERR_TIMEOUT);
        CHECK(status != TRT_OK || trt_mutex_owner(&mutex[0]) == &runner);
        if (status == TRT_OK) {
            unlock(0);
        }
        CHECK_EQ(trt_delay(10), TRT_OK);
        CHECK(trt_mutex_owner(&mutex[0]) == NULL);
        CHECK_EQ(trt_mutex_lock(&mutex[0], TRT_NO_WAIT), TRT_OK);
        unlock(0);
    }
}

KTEST(mutex, bug07_waiter_that_is_raised_owns_it_next_and_lends_its_priority) {
    make();
    spawn_and_let_run(0, 7, hold, 0);
    spawn(1, 3, hold, 0);
    spawn_and_let_run(2, 5, hold, 0);
    CHECK_EQ(trt_task_set_priority(&helper[2], 1), TRT_OK);
    CHECK_EQ(trt_task_priority(&helper[0]), 1);
    step(0);
    CHECK(trt_mutex_owner(&mutex[0]) == &helper[2]);
    CHECK_EQ(trt_task_priority(&helper[0]), 7);
    CHECK_LOG("ac");
}

KTEST(mutex, bug07_inherited_priority_moves_an_owner_that_waits_elsewhere) {
    make();
    CHECK_EQ(trt_sem_init(&go[0], 0, 5), TRT_OK);
    spawn_and_let_run(0, 6, hold, 0); // waits for go[0] with mutex 0
    spawn(1, 3, hold, 1);             // waits for go[1]
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_WAITING);
    spawn(2, 2, hold, 0);
    CHECK_EQ(trt_task_priority(&helper[0]), 2);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_WAITING);
}

static trt_sem_t both;

static void hold_0_and_take_both(void *unused) {
    (void)unused;
    CHECK_EQ(lock(0), TRT_OK);
    CHECK_EQ(trt_sem_take(&both, TRT_FOREVER), TRT_OK);
    note_me();
    unlock(0);
}

static void take_both(void *unused) {
    (void)unused;
    CHECK_EQ(trt_sem_take(&both, TRT_FOREVER), TRT_OK);
    note_me();
}

KTEST(mutex, bug07_inherited_priority_changes_the_order_of_waiters_of_a_semaphore) {
    make();
    CHECK_EQ(trt_sem_init(&both, 0, 5), TRT_OK);
    spawn_and_let_run(0, 6, hold_0_and_take_both, 0);
    spawn_and_let_run(1, 5, take_both, 0);
    spawn(2, 2, lock_within_five, 0);
    CHECK_EQ(trt_sem_give(&both), TRT_OK);
    CHECK_LOG("ac");
    CHECK_EQ(trt_sem_give(&both), TRT_OK);
    let_run();
    CHECK_LOG("b");
}

KTEST(mutex, Y3_base_priority_of_an_owner_changes_under_an_inherited_one) {
    make();
    spawn_and_let_run(0, 6, hold, 0);
    spawn(1, 2, hold, 0);
    CHECK_EQ(trt_task_set_priority(&helper[0], 5), TRT_OK);
    CHECK_EQ(trt_task_priority(&helper[0]), 2);
    CHECK_EQ(trt_task_base_priority(&helper[0]), 5);
    CHECK_EQ(trt_task_set_priority(&helper[0], 1), TRT_OK);
    CHECK_EQ(trt_task_priority(&helper[0]), 1);
    CHECK_EQ(trt_task_set_priority(&helper[0], 7), TRT_OK);
    CHECK_EQ(trt_task_priority(&helper[0]), 2);
    step(0);
    CHECK_EQ(trt_task_priority(&helper[0]), 7);
}

KTEST(mutex, Y3_next_owner_inherits_from_those_who_still_wait) {
    make();
    CHECK_EQ(lock(0), TRT_OK);
    spawn_and_let_run(0, 5, hold, 0);
    spawn_and_let_run(1, 6, hold, 0);
    CHECK_EQ(trt_task_set_priority(&helper[1], 2), TRT_OK);
    CHECK_EQ(trt_task_set_priority(&helper[0], 1), TRT_OK);
    unlock(0); // to helper 0
    CHECK(trt_mutex_owner(&mutex[0]) == &helper[0]);
    CHECK_EQ(trt_task_set_priority(&helper[0], 6), TRT_OK);
    CHECK_EQ(trt_task_priority(&helper[0]), 2);
}

KTEST(mutex, Y3_suspended_waiter_still_lends_its_priority) {
    make();
    spawn_and_let_run(0, 6, hold, 0);
    spawn(1, 2, hold, 0);
    CHECK_EQ(trt_task_suspend(&helper[1]), TRT_OK);
    CHECK_EQ(trt_task_priority(&helper[0]), 2);
    step(0);
    CHECK(trt_mutex_owner(&mutex[0]) == &helper[1]);
    CHECK_EQ(trt_task_state(&helper[1]), TRT_TASK_SUSPENDED);
    CHECK_EQ(trt_task_priority(&helper[0]), 6);
}

KTEST(mutex, Y3_delete_wakes_the_waiters_and_takes_the_inherited_priority_back) {
    make();
    spawn_and_let_run(0, 6, hold, 0);
    spawn(1, 2, lock_within_five, 0);
    CHECK_EQ(trt_mutex_delete(&mutex[0]), TRT_OK);
    CHECK_EQ(result[1], TRT_ERR_DELETED);
    CHECK_EQ(trt_task_priority(&helper[0]), 6);
    CHECK_EQ(trt_mutex_lock(&mutex[0], TRT_NO_WAIT), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_mutex_lock", &mutex[0], TRT_ERR_OBJECT);
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK); // before it unlocks what is gone
}

KTEST(mutex, Y3_init_anew_wakes_the_waiters_and_frees_it) {
    make();
    spawn_and_let_run(0, 6, hold, 0);
    spawn(1, 2, lock_within_five, 0);
    CHECK_EQ(trt_mutex_init(&mutex[0], TRT_INHERIT), TRT_OK);
    CHECK_EQ(result[1], TRT_ERR_DELETED);
    CHECK_EQ(trt_task_priority(&helper[0]), 6);
    CHECK(trt_mutex_owner(&mutex[0]) == NULL);
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    CHECK_EQ(trt_mutex_lock(&mutex[0], TRT_NO_WAIT), TRT_OK);
    unlock(0);
}

KTEST(mutex, bug09_stopped_owner_of_several_lets_go_of_all) {
    make();
    spawn_and_let_run(0, 7, hold_all, 0);
    for (unsigned m = 0; m < MUTEXES; m++) {
        spawn(1 + m, (uint8_t)(1 + m), hold, m);
    }
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    for (unsigned m = 0; m < MUTEXES; m++) {
        CHECK(trt_mutex_owner(&mutex[m]) == &helper[1 + m]);
        CHECK_EQ(result[1 + m], TRT_ABANDONED);
    }
}

KTEST(mutex, bug09_next_owner_of_an_abandoned_mutex_inherits_too) {
    make();
    spawn_and_let_run(0, 7, hold, 0);
    spawn_and_let_run(1, 5, hold, 0);
    spawn_and_let_run(2, 6, hold, 0);
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_OK);
    CHECK(trt_mutex_owner(&mutex[0]) == &helper[1]);
    CHECK_EQ(trt_task_set_priority(&helper[2], 1), TRT_OK);
    CHECK_EQ(trt_task_priority(&helper[1]), 1);
}

// --- Y4: ceilings

KTEST(mutex, Y4_ceiling_holds_from_the_lock_to_the_unlock) {
    make_with(TRT_CEILING(2));
    CHECK_EQ(lock(0), TRT_OK);
    CHECK_EQ(trt_task_priority(&runner), 2);
    CHECK_EQ(trt_task_base_priority(&runner), RUNNER_PRIORITY);
    spawn(0, 3, noter, 'a');
    CHECK_LOG("");
    unlock(0);
    CHECK_EQ(trt_task_priority(&runner), RUNNER_PRIORITY);
    CHECK_LOG("a");
}

KTEST(mutex, Y4_task_above_the_ceiling_runs) {
    make_with(TRT_CEILING(2));
    CHECK_EQ(lock(0), TRT_OK);
    spawn(0, 1, noter, 'a');
    CHECK_LOG("a");
    unlock(0);
}

KTEST(mutex, Y4_ceiling_below_the_caller_is_refused) {
    make_with(TRT_CEILING(5));
    CHECK_EQ(trt_mutex_lock(&mutex[0], TRT_FOREVER), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_mutex_lock", &mutex[0], TRT_ERR_PARAM);
    CHECK(trt_mutex_owner(&mutex[0]) == NULL);
}

KTEST(mutex, Y4_ceiling_equal_to_the_caller_is_right) {
    make_with(TRT_CEILING(RUNNER_PRIORITY));
    CHECK_EQ(lock(0), TRT_OK);
    CHECK_EQ(trt_task_priority(&runner), RUNNER_PRIORITY);
    unlock(0);
}

KTEST(mutex, Y4_recursive_lock_keeps_the_ceiling_to_the_last_unlock) {
    make_with(TRT_CEILING(1));
    CHECK_EQ(lock(0), TRT_OK);
    CHECK_EQ(lock(0), TRT_OK);
    unlock(0);
    CHECK_EQ(trt_task_priority(&runner), 1);
    unlock(0);
    CHECK_EQ(trt_task_priority(&runner), RUNNER_PRIORITY);
}

KTEST(mutex, Y4_several_ceilings_in_any_order) {
    make_with(TRT_CEILING(3));
    CHECK_EQ(trt_mutex_init(&mutex[1], TRT_CEILING(1)), TRT_OK);
    CHECK_EQ(lock(0), TRT_OK);
    CHECK_EQ(lock(1), TRT_OK);
    CHECK_EQ(trt_task_priority(&runner), 1);
    unlock(0);
    CHECK_EQ(trt_task_priority(&runner), 1);
    unlock(1);
    CHECK_EQ(trt_task_priority(&runner), RUNNER_PRIORITY);
}

KTEST(mutex, Y4_mutex_that_passes_on_brings_its_ceiling) {
    make_with(TRT_CEILING(2));
    CHECK_EQ(lock(0), TRT_OK);
    spawn_and_let_run(0, 6, hold, 0);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_WAITING);
    unlock(0); // the new owner is now more urgent than the runner
    CHECK_LOG("a");
    CHECK_EQ(trt_task_priority(&helper[0]), 2);
    step(0);
    CHECK_EQ(trt_task_priority(&helper[0]), 6);
}

KTEST(mutex, Y4_timeout_of_a_waiter_leaves_the_ceiling) {
    make_with(TRT_CEILING(2));
    spawn_and_let_run(0, 6, hold, 0);
    CHECK_EQ(trt_task_priority(&helper[0]), 2);
    CHECK_EQ(trt_mutex_lock(&mutex[0], 3), TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_task_priority(&helper[0]), 2);
    step(0);
    CHECK_EQ(trt_task_priority(&helper[0]), 6);
}

// --- interrupts

static void try_mutex(void *unused) {
    (void)unused;
    result[0] = trt_mutex_lock(&mutex[0], TRT_NO_WAIT);
}

static void try_unlock(void *unused) {
    (void)unused;
    result[0] = trt_mutex_unlock(&mutex[0]);
}

KTEST(mutex, bug37_interrupt_does_not_lock) {
    make();
    irq_install(0, try_mutex, NULL);
    irq_raise(0);
    CHECK_EQ(result[0], TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_mutex_lock", &mutex[0], TRT_ERR_CONTEXT);
    CHECK(trt_mutex_owner(&mutex[0]) == NULL);
}

KTEST(mutex, bug37_interrupt_does_not_unlock_what_its_task_owns) {
    make();
    irq_install(0, try_unlock, NULL);
    CHECK_EQ(lock(0), TRT_OK);
    irq_raise(0);
    CHECK_EQ(result[0], TRT_ERR_CONTEXT);
    CHECK_MISUSE("trt_mutex_unlock", &mutex[0], TRT_ERR_CONTEXT);
    CHECK(trt_mutex_owner(&mutex[0]) == &runner);
    unlock(0);
}
