// Random programs, the same every time for a seed. After every tick the kernel's own invariants are
// checked, and its effective priorities against a model that computes them afresh; at the end, that
// no token and no item was lost or doubled. Bug classes 1 to 9, 11 to 13, 18, 24, 36.
#define TINYRTOS_HOST_CALLS_PER_TICK 40
#define TINYRTOS_DEADLOCK_HOOK(task, object) see_deadlock(task)
static void see_deadlock(const void *task);
#include "host.h"

#include <stdio.h>

#ifdef RUNNING_ON_VALGRIND
#define SEEDS (RUNNING_ON_VALGRIND ? 200u : 1000u)
#else
#define SEEDS 1000u
#endif

#define MUTEXES 4
#define NOTHING 99u

static trt_sem_t sem;
static trt_mutex_t mutex[MUTEXES];
static const uint8_t protocols[MUTEXES] = {TRT_INHERIT, TRT_INHERIT, TRT_CEILING(1),
                                           TRT_NO_PROTOCOL};
static trt_queue_t queue;
static uint8_t buffer[3];
static trt_flags_t flags;

static uint32_t seed;
static bool with_stops; // tasks stop and restart each other: the tallies are bounds then
static bool closing;    // tasks finish what they are at
static unsigned operations, compared;

static unsigned wants[POOL];     // which mutex a task is about to lock, or waits for
static unsigned holder[MUTEXES]; // who was told that he owns it
static unsigned tried, given, taken, sent, received, sum_sent, sum_received;

static uint32_t random_below(uint32_t limit) {
    return next_random(&seed) % limit;
}

static trt_tick_t random_timeout(void) {
    return (trt_tick_t)random_below(6);
}

static unsigned me(void) {
    return (unsigned)(trt_task_self() - pool);
}

// --- calls that are checked and counted

// How a call that may wait ended: with a status that it can have, and not before its time.
static trt_status_t checked(trt_status_t status, trt_tick_t start, trt_tick_t timeout) {
    bool known = status >= TRT_OK || status == TRT_ERR_WOULD_BLOCK || status == TRT_ERR_TIMEOUT;
    cr_assert(known, "status %d", status);
    cr_assert(status != TRT_ERR_WOULD_BLOCK || timeout == TRT_NO_WAIT);
    if (status == TRT_ERR_TIMEOUT) {
        cr_assert_neq(timeout, TRT_NO_WAIT);
        cr_assert_gt((trt_tick_t)(trt_now() - start), timeout);
    }
    return status;
}

static void give(void) {
    tried++;
    if (trt_sem_give(&sem) == TRT_OK) given++;
}

static void take(trt_tick_t timeout) {
    trt_tick_t start = trt_now();
    if (checked(trt_sem_take(&sem, timeout), start, timeout) == TRT_OK) taken++;
}

static void send(trt_tick_t timeout) {
    trt_tick_t start = trt_now();
    uint8_t value = (uint8_t)random_below(256);
    trt_status_t status = random_below(4) == 0 ? trt_queue_send_front(&queue, &value, timeout)
                                               : trt_queue_send(&queue, &value, timeout);
    if (checked(status, start, timeout) != TRT_OK) return;
    sent++;
    sum_sent += value;
}

static void count_received(uint8_t value) {
    received++;
    sum_received += value;
}

static void receive(trt_tick_t timeout) {
    trt_tick_t start = trt_now();
    uint8_t value = 0;
    if (checked(trt_queue_receive(&queue, &value, timeout), start, timeout) == TRT_OK)
        count_received(value);
}

static void now_mine(unsigned m) {
    cr_assert_eq(trt_mutex_owner(&mutex[m]), trt_task_self());
    holder[m] = me();
}

// Whether a task that waited for this mutex would wait for itself.
static bool closes_circle(unsigned m) {
    const trt_task_t *owner = NULL;
    for (unsigned steps = 0; steps < POOL && m != NOTHING; steps++) {
        owner = trt_mutex_owner(&mutex[m]);
        if (owner == NULL || owner == trt_task_self()) break;
        m = wants[owner - pool];
    }
    return owner == trt_task_self();
}

// Y8: told while no other task can run; an interrupt may have stopped one. The first is the caller.
static void see_deadlock(const void *task) {
    if (task == trt_task_self() && !with_stops) cr_assert(closes_circle(wants[me()]));
}

static bool lock(unsigned m, trt_tick_t timeout) {
    trt_tick_t start = trt_now();
    wants[me()] = m;
    trt_status_t status = trt_mutex_lock(&mutex[m], timeout);
    wants[me()] = NOTHING;
    if (status == TRT_ERR_DEADLOCK) return false; // Y8
    if (checked(status, start, timeout) < TRT_OK) return false;
    now_mine(m);
    return true;
}

static void unlock(unsigned m) {
    cr_assert_eq(holder[m], me(), "mutex %u had a second owner", m);
    holder[m] = NOTHING;
    cr_assert_eq(trt_mutex_unlock(&mutex[m]), TRT_OK);
}

static void wait_for_any(trt_tick_t timeout) {
    trt_wait_t things[3];
    trt_tick_t start = trt_now();
    uint8_t which = NOTHING;
    uint8_t value = 0;
    unsigned m = random_below(2);
    cr_assert_eq(trt_wait_receive(&things[0], &queue, &value), TRT_OK);
    cr_assert_eq(trt_wait_lock(&things[1], &mutex[m]), TRT_OK);
    cr_assert_eq(trt_wait_sem(&things[2], &sem), TRT_OK);
    wants[me()] = m;
    trt_status_t status = trt_wait_any(things, 3, &which, timeout);
    wants[me()] = NOTHING;
    if (checked(status, start, timeout) < TRT_OK) return;
    if (which == 0) count_received(value);
    if (which == 1) now_mine(m), unlock(m);
    if (which == 2) taken++;
}

// --- tasks

static void do_something_to(trt_task_t *other) {
    switch (random_below(with_stops ? 7 : 5)) {
    case 0:
        (void)trt_task_suspend(other);
        break;
    case 1:
    case 2:
        (void)trt_task_resume(other);
        break;
    case 3:
        (void)trt_task_abort_delay(other);
        break;
    case 4:
        cr_assert_eq(
            trt_task_set_priority(other, (uint8_t)(1 + random_below(TINYRTOS_PRIORITIES - 1))),
            TRT_OK);
        break;
    case 5:
        (void)trt_task_stop(other);
        break;
    default:
        if (other != trt_task_self()) (void)trt_task_restart(other, ARG(0));
    }
}

// Two mutexes at once, released in either order.
static void visit_mutexes(void) {
    unsigned m = random_below(MUTEXES);
    unsigned n = (m + 1 + random_below(MUTEXES - 1)) % MUTEXES;
    if (!lock(m, random_timeout())) return;
    bool both = lock(n, random_timeout());
    if (random_below(2) == 0) take(random_timeout());
    if (random_below(2) == 0) do_something_to(&pool[random_below(POOL)]);
    bool second_first = random_below(2) == 0;
    if (both && second_first) unlock(n);
    unlock(m);
    if (both && !second_first) unlock(n);
}

static void do_something(void) {
    operations++;
    switch (random_below(14)) {
    case 0:
    case 1:
        give();
        break;
    case 2:
        take(random_timeout());
        break;
    case 3:
    case 4:
        send(random_timeout());
        break;
    case 5:
    case 6:
        receive(random_timeout());
        break;
    case 7:
    case 8:
        visit_mutexes();
        break;
    case 9:
        wait_for_any(random_timeout());
        break;
    case 10:
        (void)trt_flags_set(&flags, (trt_bits_t)random_below(8));
        break;
    case 11:
        (void)trt_flags_wait(&flags, 1 + random_below(7), (uint8_t)random_below(4), NULL,
                             random_timeout());
        break;
    case 12:
        do_something_to(&pool[random_below(POOL)]);
        break;
    default:
        (void)trt_delay(random_timeout());
    }
}

static void task(void *unused) {
    (void)unused;
    wants[me()] = NOTHING; // whatever its life before wanted
    while (!closing) do_something();
}

static void interrupt(void *line) {
    switch (random_below(5)) {
    case 0:
        give();
        break;
    case 1:
        send(TRT_NO_WAIT);
        break;
    case 2:
        receive(TRT_NO_WAIT);
        break;
    case 3:
        (void)trt_flags_set(&flags, (trt_bits_t)random_below(8));
        break;
    default:
        do_something_to(&pool[random_below(POOL)]);
    }
    (void)trt_host_raise_after((uint8_t)NUMBER(line), 1 + random_below(60));
}

// --- the model

static bool waits_for(unsigned task_number, unsigned m) {
    return wants[task_number] == m && trtk_is_waiting(&pool[task_number]) &&
           trt_mutex_owner(&mutex[m]) != &pool[task_number];
}

// What `now`, the priorities so far, make of the priority of task i: its base, ceilings, and those
// who wait for it.
static uint8_t priority_by_the_rules(unsigned i, const uint8_t *now) {
    uint8_t priority = trt_task_base_priority(&pool[i]);
    for (unsigned m = 0; m < MUTEXES; m++) {
        if (trt_mutex_owner(&mutex[m]) != &pool[i] || protocols[m] == TRT_NO_PROTOCOL) continue;
        if (protocols[m] < priority) priority = protocols[m];
        for (unsigned j = 0; j < POOL; j++) {
            if (waits_for(j, m) && now[j] < priority) priority = now[j];
        }
    }
    return priority;
}

// Whoever task i waits for, over mutexes; POOL: nobody.
static unsigned waits_for_whom(unsigned i) {
    if (wants[i] == NOTHING || !waits_for(i, wants[i])) return POOL;
    const trt_task_t *owner = trt_mutex_owner(&mutex[wants[i]]);
    return owner == NULL ? POOL : (unsigned)(owner - pool);
}

// Tasks that wait for each other in a circle, until a timeout, may keep what they have lent each
// other meanwhile.
static bool is_deadlock(void) {
    for (unsigned i = 0; i < POOL; i++) {
        unsigned steps = 0;
        for (unsigned next = i; next != POOL; next = waits_for_whom(next)) {
            if (steps++ > POOL) return true;
        }
    }
    return false;
}

// From the base priorities on, until nothing changes.
static void check_priorities(const char *when) {
    if (is_deadlock()) return;
    compared++;
    uint8_t wanted[POOL];
    for (unsigned i = 0; i < POOL; i++) wanted[i] = trt_task_base_priority(&pool[i]);
    for (bool changed = true; changed;) {
        changed = false;
        for (unsigned i = 0; i < POOL; i++) {
            uint8_t priority = priority_by_the_rules(i, wanted);
            changed |= priority != wanted[i];
            wanted[i] = priority;
        }
    }
    for (unsigned i = 0; i < POOL; i++) {
        cr_assert_eq(trt_task_priority(&pool[i]), wanted[i], "%s: task %u has priority %u, not %u",
                     when, i, trt_task_priority(&pool[i]), wanted[i]);
    }
}

static void check_tallies(const char *when) {
    unsigned tokens = trt_sem_count(&sem);
    unsigned items = trt_queue_count(&queue);
    cr_assert_leq(taken + tokens, tried, "%s: a token doubled", when);
    if (with_stops) return;
    uint8_t value;
    while (trt_queue_receive(&queue, &value, TRT_NO_WAIT) == TRT_OK) sum_received += value;
    cr_assert_eq(taken + tokens, given, "%s: a token lost or doubled", when);
    cr_assert_eq(received + items, sent, "%s: an item lost or doubled", when);
    cr_assert_eq(sum_received, sum_sent, "%s: an item changed", when);
}

// --- a run

static void set_up(uint32_t start) {
    cr_assert_eq(trt_host_reset(), TRT_OK);
    trtk.time.now = (trt_tick_t)-100;
    seed = start;
    closing = false;
    tried = given = taken = sent = received = sum_sent = sum_received = 0;
    cr_assert_eq(trt_sem_init(&sem, 1, 3), TRT_OK);
    given = tried = 1;
    cr_assert_eq(trt_queue_init(&queue, buffer, 1, sizeof buffer), TRT_OK);
    cr_assert_eq(trt_flags_init(&flags), TRT_OK);
    for (unsigned m = 0; m < MUTEXES; m++) {
        cr_assert_eq(trt_mutex_init(&mutex[m], protocols[m]), TRT_OK);
        holder[m] = NOTHING;
    }
    for (unsigned i = 0; i < POOL; i++) {
        wants[i] = NOTHING;
        spawn(i, (uint8_t)(1 + random_below(TINYRTOS_PRIORITIES - 1)), task, 0);
    }
    for (uint8_t line = 0; line < 2; line++) {
        cr_assert_eq(trt_host_handler(line, interrupt, ARG(line)), TRT_OK);
        cr_assert_eq(trt_host_raise_after(line, 1 + random_below(60)), TRT_OK);
    }
}

// Tasks that were left suspended or stopped come back now and then.
static void revive(void) {
    unsigned i = random_below(POOL);
    if (trt_task_resume(&pool[i]) == TRT_OK) return;
    if (trt_task_state(&pool[i]) == TRT_TASK_ENDED) {
        wants[i] = NOTHING;
        cr_assert_eq(trt_task_start(&pool[i], ARG(0)), TRT_OK);
    }
}

static unsigned tasks_alive(void) {
    unsigned alive = 0;
    for (unsigned i = 0; i < POOL; i++) {
        alive += trt_task_state(&pool[i]) != TRT_TASK_ENDED ? 1u : 0u;
    }
    return alive;
}

// Every task finishes what it is at.
static void close_down(const char *when) {
    closing = true;
    for (uint8_t line = 0; line < 2; line++) (void)trt_host_handler(line, NULL, NULL);
    for (unsigned round = 0; round < 100 && tasks_alive() > 0; round++) {
        for (unsigned i = 0; i < POOL; i++) (void)trt_task_resume(&pool[i]);
        cr_assert_eq(trt_host_run(5), TRT_OK);
    }
    cr_assert_eq(tasks_alive(), 0, "%s: a task is stuck", when);
    for (unsigned m = 0; m < MUTEXES; m++) cr_assert_null(trt_mutex_owner(&mutex[m]), "%s", when);
    cr_assert_null(trt_check(), "%s: %s", when, trt_check());
}

static void run_program(uint32_t start, bool stops, unsigned ticks) {
    char when[64];
    with_stops = stops;
    set_up(start);
    for (unsigned tick = 0; tick < ticks; tick++) {
        cr_assert_eq(trt_host_run(1), TRT_OK);
        snprintf(when, sizeof when, "seed %u, tick %u", (unsigned)start, tick);
        cr_assert_null(trt_check(), "%s: %s", when, trt_check());
        check_priorities(when);
        if (tick % 4 == 0) revive();
    }
    snprintf(when, sizeof when, "seed %u", (unsigned)start);
    close_down(when);
    check_priorities(when);
    check_tallies(when);
}

Test(random, bug01_to_bug13_without_stops) {
    for (uint32_t start = 1; start <= SEEDS; start++) run_program(start * 2654435761u, false, 200);
    cr_assert_gt(operations, 50000);
    cr_assert_gt(compared, 20000);
}

Test(random, bug09_with_stops_and_restarts) {
    for (uint32_t start = 1; start <= SEEDS; start++) run_program(start * 40503u, true, 200);
    cr_assert_gt(operations, 50000);
    cr_assert_gt(compared, 20000);
}

Test(random, long_programs) {
    run_program(12345, false, 10000);
    run_program(54321, true, 10000);
}
