// Bad use: row D3. Each is refused by a status, in every build; the hook is told; the kernel is as
// it was.
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

static trt_sem_t sem, none;
static trt_mutex_t mutex, no_mutex;
static trt_flags_t flags, no_flags;
static trt_queue_t queue, no_queue;
static trt_task_t no_task;
static trt_timer_t timer, no_timer;
static uint8_t buffer[2];
static uint8_t item;
static trt_tick_t last;

// Objects of other kinds, and memory that holds none.
typedef struct {
    trt_barrier_t barrier;
    trt_pqueue_t pqueue;
    trt_stream_t stream;
    trt_cond_t cond;
    trt_rwlock_t lock;
    trt_pool_t pool;
    void *block, *blocks[2][2];
    uint8_t bytes[4], slots[4];
    uint16_t got;
} others_t;

static others_t others, no_others;

// What a refused call must leave alone.
typedef struct {
    trt_sem_t sem, none;
    trt_mutex_t mutex, no_mutex;
    trt_flags_t flags, no_flags;
    trt_queue_t queue, no_queue;
    trt_task_t no_task, helper, runner;
    trt_timer_t timer, no_timer;
    others_t others, no_others;
    uint8_t buffer[2];
    uint8_t item;
    trt_tick_t last;
} state_t;

static state_t before, after;
static uint8_t kernel_before[sizeof trtk], kernel_after[sizeof trtk];

static void save(state_t *state, uint8_t *kernel) {
    memset(state, 0, sizeof *state);
    memcpy(&state->sem, &sem, sizeof sem);
    memcpy(&state->none, &none, sizeof none);
    memcpy(&state->mutex, &mutex, sizeof mutex);
    memcpy(&state->no_mutex, &no_mutex, sizeof no_mutex);
    memcpy(&state->flags, &flags, sizeof flags);
    memcpy(&state->no_flags, &no_flags, sizeof no_flags);
    memcpy(&state->queue, &queue, sizeof queue);
    memcpy(&state->no_queue, &no_queue, sizeof no_queue);
    memcpy(&state->no_task, &no_task, sizeof no_task);
    memcpy(&state->helper, &helper[0], sizeof helper[0]);
    memcpy(&state->runner, &runner, sizeof runner);
    memcpy(&state->timer, &timer, sizeof timer);
    memcpy(&state->no_timer, &no_timer, sizeof no_timer);
    memcpy(&state->others, &others, sizeof others);
    memcpy(&state->no_others, &no_others, sizeof no_others);
    memcpy(state->buffer, buffer, sizeof buffer);
    state->item = item;
    state->last = last;
    memcpy(kernel, &trtk, sizeof trtk);
}

static void on_timer(void *unused) {
    (void)unused;
    note('t');
}

static void make(void) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    CHECK_EQ(trt_mutex_init(&mutex, TRT_INHERIT), TRT_OK);
    CHECK_EQ(trt_flags_init(&flags), TRT_OK);
    CHECK_EQ(trt_queue_init(&queue, buffer, 1, 2), TRT_OK);
    CHECK_EQ(trt_timer_init(&timer, "timer", on_timer, NULL, 5, TRT_ONE_SHOT), TRT_OK);
    CHECK_EQ(trt_task_create(&helper[0], "h0", noter, 3, helper_stack[0], sizeof helper_stack[0]),
             TRT_OK);
    item = '?';
    CHECK_EQ(trt_barrier_init(&others.barrier, 2), TRT_OK);
    CHECK_EQ(trt_pqueue_init(&others.pqueue, others.slots, 1, 2), TRT_OK);
    CHECK_EQ(trt_stream_init(&others.stream, others.bytes, 4, 1), TRT_OK);
    CHECK_EQ(trt_cond_init(&others.cond), TRT_OK);
    CHECK_EQ(trt_rwlock_init(&others.lock), TRT_OK);
    CHECK_EQ(trt_pool_init(&others.pool, others.blocks, sizeof others.blocks, sizeof(void *)),
             TRT_OK);
    CHECK_EQ(trt_pool_take(&others.pool, &others.block, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_pool_take(&others.pool, &others.block, TRT_NO_WAIT), TRT_OK);
}

static void check_refused(trt_status_t status, trt_status_t wanted, const char *call,
                          const void *object, int line) {
    save(&after, kernel_after);
    harness_check_equal(status, wanted, line, call);
    harness_check_misuse(call, object, wanted, line);
    harness_check(memcmp(&before, &after, sizeof before) == 0, line, "an object has changed");
    harness_check(memcmp(kernel_before, kernel_after, sizeof kernel_before) == 0, line,
                  "the kernel has changed");
}

// trt_NAME(arguments) is refused with `wanted`, its misuse is reported on `object`, and nothing
// changes.
#define REFUSED(wanted, object, name, arguments)                                     \
    do {                                                                             \
        save(&before, kernel_before);                                                \
        check_refused(trt_##name arguments, wanted, "trt_" #name, object, __LINE__); \
    } while (0)

// --- null, uninitialised, foreign

// Each call on an object that is none: a null pointer, or memory that holds no such object.
static void every_call_on(trt_sem_t *s, trt_mutex_t *m, trt_flags_t *f, trt_queue_t *q) {
    REFUSED(TRT_ERR_OBJECT, s, sem_give, (s));
    REFUSED(TRT_ERR_OBJECT, s, sem_take, (s, TRT_NO_WAIT));
    REFUSED(TRT_ERR_OBJECT, s, sem_take, (s, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, s, sem_delete, (s));
    REFUSED(TRT_ERR_OBJECT, m, mutex_lock, (m, TRT_NO_WAIT));
    REFUSED(TRT_ERR_OBJECT, m, mutex_lock, (m, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, m, mutex_unlock, (m));
    REFUSED(TRT_ERR_OBJECT, m, mutex_delete, (m));
    REFUSED(TRT_ERR_OBJECT, f, flags_set, (f, 1));
    REFUSED(TRT_ERR_OBJECT, f, flags_clear, (f, 1));
    REFUSED(TRT_ERR_OBJECT, f, flags_wait, (f, 1, TRT_ANY, NULL, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, f, flags_sync, (f, 1, 3, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, f, flags_delete, (f));
    REFUSED(TRT_ERR_OBJECT, q, queue_send, (q, &item, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, q, queue_send_front, (q, &item, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, q, queue_overwrite, (q, &item));
    REFUSED(TRT_ERR_OBJECT, q, queue_receive, (q, &item, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, q, queue_peek, (q, &item, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, q, queue_reset, (q));
    REFUSED(TRT_ERR_OBJECT, q, queue_delete, (q));
}

#define OTHER(member) (o != NULL ? &o->member : NULL)

static void every_other_call_on(others_t *o) {
    trt_barrier_t *b = OTHER(barrier);
    trt_pqueue_t *q = OTHER(pqueue);
    trt_stream_t *s = OTHER(stream);
    trt_cond_t *c = OTHER(cond);
    trt_rwlock_t *l = OTHER(lock);
    trt_pool_t *p = OTHER(pool);
    REFUSED(TRT_ERR_OBJECT, l, rwlock_read_lock, (l, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, l, rwlock_read_unlock, (l));
    REFUSED(TRT_ERR_OBJECT, l, rwlock_write_lock, (l, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, l, rwlock_write_unlock, (l));
    REFUSED(TRT_ERR_OBJECT, l, rwlock_delete, (l));
    REFUSED(TRT_ERR_OBJECT, b, barrier_wait, (b, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, b, barrier_delete, (b));
    REFUSED(TRT_ERR_OBJECT, q, pqueue_send, (q, &item, 0, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, q, pqueue_receive, (q, &item, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, q, pqueue_peek, (q, &item, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, q, pqueue_reset, (q));
    REFUSED(TRT_ERR_OBJECT, q, pqueue_delete, (q));
    REFUSED(TRT_ERR_OBJECT, s, stream_send, (s, others.bytes, 1, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, s, stream_receive, (s, others.bytes, 1, &others.got, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, s, stream_set_trigger, (s, 1));
    REFUSED(TRT_ERR_OBJECT, s, stream_reset, (s));
    REFUSED(TRT_ERR_OBJECT, s, stream_delete, (s));
    REFUSED(TRT_ERR_OBJECT, c, cond_wait, (c, &mutex, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, c, cond_signal, (c));
    REFUSED(TRT_ERR_OBJECT, c, cond_broadcast, (c));
    REFUSED(TRT_ERR_OBJECT, c, cond_delete, (c));
    REFUSED(TRT_ERR_OBJECT, p, pool_take, (p, &others.block, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, p, pool_give, (p, others.block));
    REFUSED(TRT_ERR_OBJECT, p, pool_delete, (p));
}

static void every_task_call_on(trt_task_t *t) {
    REFUSED(TRT_ERR_OBJECT, t, task_start, (t, NULL));
    REFUSED(TRT_ERR_OBJECT, t, task_stop, (t));
    REFUSED(TRT_ERR_OBJECT, t, task_restart, (t, NULL));
    REFUSED(TRT_ERR_OBJECT, t, task_join, (t, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, t, task_suspend, (t));
    REFUSED(TRT_ERR_OBJECT, t, task_resume, (t));
    REFUSED(TRT_ERR_OBJECT, t, task_set_priority, (t, 3));
    REFUSED(TRT_ERR_OBJECT, t, task_abort_delay, (t));
}

static void every_timer_call_on(trt_timer_t *t) {
    REFUSED(TRT_ERR_OBJECT, t, timer_start, (t));
    REFUSED(TRT_ERR_OBJECT, t, timer_stop, (t));
    REFUSED(TRT_ERR_OBJECT, t, timer_set_period, (t, 5));
}

KTEST(misuse, D3_null_objects) {
    make();
    every_call_on(NULL, NULL, NULL, NULL);
    every_other_call_on(NULL);
    every_task_call_on(NULL);
    every_timer_call_on(NULL);
}

KTEST(misuse, D3_uninitialised_objects) {
    make();
    every_call_on(&none, &no_mutex, &no_flags, &no_queue);
    every_other_call_on(&no_others);
    every_task_call_on(&no_task);
    every_timer_call_on(&no_timer);
}

KTEST(misuse, D3_foreign_objects) {
    make();
    every_call_on((trt_sem_t *)(void *)&queue, (trt_mutex_t *)(void *)&sem,
                  (trt_flags_t *)(void *)&mutex, (trt_queue_t *)(void *)&flags);
    every_task_call_on((trt_task_t *)(void *)&no_task);
}

KTEST(misuse, D3_deleted_objects) {
    make();
    CHECK_EQ(trt_sem_delete(&sem), TRT_OK);
    CHECK_EQ(trt_mutex_delete(&mutex), TRT_OK);
    CHECK_EQ(trt_flags_delete(&flags), TRT_OK);
    CHECK_EQ(trt_queue_delete(&queue), TRT_OK);
    every_call_on(&sem, &mutex, &flags, &queue);
    CHECK_EQ(trt_barrier_delete(&others.barrier), TRT_OK);
    CHECK_EQ(trt_pqueue_delete(&others.pqueue), TRT_OK);
    CHECK_EQ(trt_stream_delete(&others.stream), TRT_OK);
    CHECK_EQ(trt_cond_delete(&others.cond), TRT_OK);
    CHECK_EQ(trt_rwlock_delete(&others.lock), TRT_OK);
    CHECK_EQ(trt_pool_delete(&others.pool), TRT_OK);
    every_other_call_on(&others);
}

KTEST(misuse, D3_null_is_nothing_to_make) {
    make();
    REFUSED(TRT_ERR_OBJECT, NULL, sem_init, (NULL, 0, 1));
    REFUSED(TRT_ERR_OBJECT, NULL, sem_init_fifo, (NULL, 0, 1));
    REFUSED(TRT_ERR_OBJECT, NULL, mutex_init, (NULL, TRT_INHERIT));
    REFUSED(TRT_ERR_OBJECT, NULL, flags_init, (NULL));
    REFUSED(TRT_ERR_OBJECT, NULL, queue_init, (NULL, buffer, 1, 2));
    REFUSED(TRT_ERR_OBJECT, NULL, barrier_init, (NULL, 2));
    REFUSED(TRT_ERR_PARAM, &no_others.barrier, barrier_init, (&no_others.barrier, 0));
    REFUSED(TRT_ERR_OBJECT, NULL, pqueue_init, (NULL, others.slots, 1, 2));
    REFUSED(TRT_ERR_OBJECT, NULL, stream_init, (NULL, others.bytes, 4, 1));
    REFUSED(TRT_ERR_OBJECT, NULL, cond_init, (NULL));
    REFUSED(TRT_ERR_OBJECT, NULL, rwlock_init, (NULL));
    REFUSED(TRT_ERR_OBJECT, NULL, pool_init,
            (NULL, others.blocks, sizeof others.blocks, sizeof(void *)));
    REFUSED(TRT_ERR_OBJECT, NULL, timer_init, (NULL, "t", on_timer, NULL, 5, TRT_ONE_SHOT));
    REFUSED(TRT_ERR_OBJECT, NULL, task_create,
            (NULL, "t", noter, 3, helper_stack[1], sizeof helper_stack[1]));
}

KTEST(misuse, D3_queries_of_nothing_answer_zero) {
    CHECK_EQ(trt_sem_count(NULL), 0);
    CHECK(trt_mutex_owner(NULL) == NULL);
    CHECK_EQ(trt_flags_get(NULL), 0);
    CHECK_EQ(trt_queue_count(NULL), 0);
    CHECK_EQ(trt_queue_space(NULL), 0);
    CHECK_EQ(trt_pool_count(NULL), 0);
    CHECK_EQ(trt_rwlock_readers(NULL), 0);
    CHECK_EQ(trt_barrier_count(NULL), 0);
    CHECK_EQ(trt_pqueue_count(NULL), 0);
    CHECK_EQ(trt_pqueue_space(NULL), 0);
    CHECK_EQ(trt_stream_used(NULL), 0);
    CHECK_EQ(trt_stream_space(NULL), 0);
    CHECK_EQ(trt_task_priority(NULL), 255);
    CHECK_EQ(trt_task_base_priority(NULL), 255);
    CHECK_EQ(trt_task_state(NULL), TRT_TASK_INVALID);
    CHECK_EQ(trt_task_stack_size(NULL), 0);
    CHECK_EQ(trt_task_stack_unused(NULL), 0);
    CHECK(!trt_timer_is_running(NULL));
    CHECK_EQ(trt_timer_remaining(NULL), 0);
    CHECK_EQ(trt_timer_period(NULL), 0);
    CHECK(trt_timer_arg(NULL) == NULL);
    CHECK_EQ(trt_deadline_status(NULL), TRT_STOPPED);
    harness.misuses = 0; // a query may tell the hook
}

// --- parameters

KTEST(misuse, D3_semaphore_parameters) {
    make();
    REFUSED(TRT_ERR_PARAM, &none, sem_init, (&none, 0, 0));
    REFUSED(TRT_ERR_PARAM, &none, sem_init, (&none, 3, 2));
    REFUSED(TRT_ERR_PARAM, &none, sem_init_fifo, (&none, 3, 2));
}

KTEST(misuse, D3_mutex_protocols) {
    make();
    REFUSED(TRT_ERR_PARAM, &no_mutex, mutex_init, (&no_mutex, TINYRTOS_PRIORITIES));
    REFUSED(TRT_ERR_PARAM, &no_mutex, mutex_init, (&no_mutex, 0x42));
    REFUSED(TRT_ERR_PARAM, &no_mutex, mutex_init, (&no_mutex, 255));
}

KTEST(misuse, D3_flag_parameters) {
    make();
    REFUSED(TRT_ERR_PARAM, &flags, flags_wait, (&flags, 0, TRT_ANY, NULL, TRT_NO_WAIT));
    REFUSED(TRT_ERR_PARAM, &flags, flags_wait, (&flags, 1, 4, NULL, TRT_NO_WAIT));
    REFUSED(TRT_ERR_PARAM, &flags, flags_wait, (&flags, 1, 255, NULL, TRT_NO_WAIT));
}

KTEST(misuse, bug28_queue_sizes) {
    make();
    REFUSED(TRT_ERR_PARAM, &no_queue, queue_init, (&no_queue, NULL, 1, 2));
    REFUSED(TRT_ERR_PARAM, &no_queue, queue_init, (&no_queue, buffer, 0, 2));
    REFUSED(TRT_ERR_PARAM, &no_queue, queue_init, (&no_queue, buffer, 1, 0));
#if SIZE_MAX <= 65535u
    REFUSED(TRT_ERR_PARAM, &no_queue, queue_init, (&no_queue, buffer, 256, 256));
    REFUSED(TRT_ERR_PARAM, &no_queue, queue_init, (&no_queue, buffer, 65535u, 65535u));
#endif
}

KTEST(misuse, D3_null_items) {
    make();
    REFUSED(TRT_ERR_PARAM, &queue, queue_send, (&queue, NULL, TRT_NO_WAIT));
    REFUSED(TRT_ERR_PARAM, &queue, queue_send_front, (&queue, NULL, TRT_NO_WAIT));
    REFUSED(TRT_ERR_PARAM, &queue, queue_overwrite, (&queue, NULL));
    REFUSED(TRT_ERR_PARAM, &queue, queue_receive, (&queue, NULL, TRT_NO_WAIT));
    REFUSED(TRT_ERR_PARAM, &queue, queue_peek, (&queue, NULL, TRT_NO_WAIT));
}

KTEST(misuse, D3_pool_parameters) {
    trt_pool_t *none_yet = &no_others.pool;
    make();
    REFUSED(TRT_ERR_PARAM, none_yet, pool_init, (none_yet, NULL, 16, sizeof(void *)));
    REFUSED(TRT_ERR_PARAM, none_yet, pool_init, (none_yet, others.blocks, sizeof others.blocks, 0));
    REFUSED(TRT_ERR_PARAM, none_yet, pool_init,
            (none_yet, others.blocks, 2 * sizeof(void *) - 1, sizeof(void *)));
    REFUSED(TRT_ERR_PARAM, none_yet, pool_init, (none_yet, others.blocks, 0, sizeof(void *)));
    REFUSED(TRT_ERR_PARAM, &others.pool, pool_take, (&others.pool, NULL, TRT_FOREVER));
    REFUSED(TRT_ERR_PARAM, &others.pool, pool_give, (&others.pool, &others.block));
}

KTEST(misuse, D3_stream_parameters) {
    trt_stream_t *none_yet = &no_others.stream, *stream = &others.stream;
    uint8_t *bytes = others.bytes;
    make();
    REFUSED(TRT_ERR_PARAM, none_yet, stream_init, (none_yet, NULL, 4, 1));
    REFUSED(TRT_ERR_PARAM, none_yet, stream_init, (none_yet, bytes, 0, 0));
    REFUSED(TRT_ERR_PARAM, none_yet, stream_init, (none_yet, bytes, 4, 5));
    REFUSED(TRT_ERR_PARAM, none_yet, stream_init, (none_yet, bytes, 2, TRT_MESSAGES));
    REFUSED(TRT_ERR_PARAM, stream, stream_send, (stream, NULL, 1, TRT_NO_WAIT));
    REFUSED(TRT_ERR_PARAM, stream, stream_send, (stream, bytes, 0, TRT_NO_WAIT));
    REFUSED(TRT_ERR_PARAM, stream, stream_send, (stream, bytes, 5, TRT_FOREVER));
    REFUSED(TRT_ERR_PARAM, stream, stream_receive, (stream, NULL, 1, &others.got, TRT_NO_WAIT));
    REFUSED(TRT_ERR_PARAM, stream, stream_receive, (stream, bytes, 0, &others.got, TRT_NO_WAIT));
    REFUSED(TRT_ERR_PARAM, stream, stream_receive, (stream, bytes, 1, NULL, TRT_NO_WAIT));
    REFUSED(TRT_ERR_PARAM, stream, stream_set_trigger, (stream, 0));
    REFUSED(TRT_ERR_PARAM, stream, stream_set_trigger, (stream, 5));
}

KTEST(misuse, D3_priority_queue_parameters) {
    trt_pqueue_t *none_yet = &no_others.pqueue, *pqueue = &others.pqueue;
    make();
    REFUSED(TRT_ERR_PARAM, none_yet, pqueue_init, (none_yet, NULL, 1, 2));
    REFUSED(TRT_ERR_PARAM, none_yet, pqueue_init, (none_yet, others.slots, 0, 2));
    REFUSED(TRT_ERR_PARAM, none_yet, pqueue_init, (none_yet, others.slots, 1, 0));
    REFUSED(TRT_ERR_PARAM, pqueue, pqueue_send, (pqueue, NULL, 0, TRT_NO_WAIT));
    REFUSED(TRT_ERR_PARAM, pqueue, pqueue_send, (pqueue, &item, 8, TRT_NO_WAIT));
    REFUSED(TRT_ERR_PARAM, pqueue, pqueue_receive, (pqueue, NULL, TRT_NO_WAIT));
    REFUSED(TRT_ERR_PARAM, pqueue, pqueue_peek, (pqueue, NULL, TRT_NO_WAIT));
}

KTEST(misuse, D3_too_small_a_stack_and_priorities_out_of_range) {
    void *stack = helper_stack[1];
    make();
    REFUSED(TRT_ERR_PARAM, &no_task, task_create,
            (&no_task, "t", noter, 3, stack, TRTP_STACK_MIN - 1));
    REFUSED(TRT_ERR_PARAM, &no_task, task_create, (&no_task, "t", noter, 3, stack, 0));
    REFUSED(TRT_ERR_PARAM, &no_task, task_create, (&no_task, "t", noter, 3, NULL, 512));
    REFUSED(TRT_ERR_PARAM, &no_task, task_create,
            (&no_task, "t", NULL, 3, stack, sizeof helper_stack[1]));
    REFUSED(TRT_ERR_PARAM, &no_task, task_create,
            (&no_task, "t", noter, TINYRTOS_PRIORITIES, stack, sizeof helper_stack[1]));
    REFUSED(TRT_ERR_PARAM, &no_task, task_create,
            (&no_task, "t", noter, 255, stack, sizeof helper_stack[1]));
    REFUSED(TRT_ERR_PARAM, &runner, task_set_priority, (&runner, TINYRTOS_PRIORITIES));
    REFUSED(TRT_ERR_PARAM, &runner, task_set_priority, (&runner, 255));
}

KTEST(misuse, D3_timer_parameters) {
    make();
    REFUSED(TRT_ERR_PARAM, &no_timer, timer_init,
            (&no_timer, "t", on_timer, NULL, 0, TRT_ONE_SHOT));
    REFUSED(TRT_ERR_PARAM, &no_timer, timer_init,
            (&no_timer, "t", on_timer, NULL, TRT_FOREVER, TRT_ONE_SHOT));
    REFUSED(TRT_ERR_PARAM, &no_timer, timer_init, (&no_timer, "t", NULL, NULL, 5, TRT_ONE_SHOT));
    REFUSED(TRT_ERR_PARAM, &timer, timer_set_period, (&timer, 0));
    REFUSED(TRT_ERR_PARAM, &timer, timer_set_period, (&timer, TRT_FOREVER));
}

KTEST(misuse, D3_delay_parameters) {
    make();
    REFUSED(TRT_ERR_PARAM, NULL, delay_until, (&last, 0, NULL));
    REFUSED(TRT_ERR_PARAM, NULL, delay_until, (NULL, 5, NULL));
}

KTEST(misuse, D3_deadline_parameters) {
    static trt_deadline_t deadline;
    CHECK_EQ(trt_deadline_start(&deadline, TRT_DEADLINE_MAX + 1u), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_deadline_start", &deadline, TRT_ERR_PARAM);
    CHECK_EQ(trt_deadline_status(&deadline), TRT_STOPPED);
    CHECK_EQ(trt_deadline_restart(&deadline, TRT_FOREVER), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_deadline_restart", &deadline, TRT_ERR_PARAM);
    CHECK_EQ(trt_deadline_start(NULL, 1), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_deadline_start", NULL, TRT_ERR_OBJECT);
    CHECK_EQ(trt_deadline_stop(NULL), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_deadline_stop", NULL, TRT_ERR_OBJECT);
}

// --- owner, overflow, oneself

static void unlock_a_strangers_mutex(void *unused) {
    (void)unused;
    REFUSED(TRT_ERR_OWNER, &mutex, mutex_unlock, (&mutex));
}

KTEST(misuse, D3_unlock_by_a_stranger) {
    make();
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_NO_WAIT), TRT_OK);
    spawn(1, 3, unlock_a_strangers_mutex, 0);
    CHECK(harness.misuse_task == &helper[1]);
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
    REFUSED(TRT_ERR_OWNER, &mutex, mutex_unlock, (&mutex));
}

KTEST(misuse, D3_overflow) {
    make();
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    REFUSED(TRT_ERR_OVERFLOW, &sem, sem_give, (&sem));
}

KTEST(misuse, D3_conditions_and_mutexes) {
    trt_cond_t *cond = &others.cond;
    make();
    REFUSED(TRT_ERR_OBJECT, cond, cond_wait, (cond, &no_mutex, TRT_FOREVER));
    REFUSED(TRT_ERR_OBJECT, cond, cond_wait, (cond, NULL, TRT_FOREVER));
    REFUSED(TRT_ERR_OWNER, cond, cond_wait, (cond, &mutex, TRT_FOREVER));
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    REFUSED(TRT_ERR_CONTEXT, cond, cond_wait, (cond, &mutex, TRT_FOREVER));
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
}

KTEST(misuse, D3_readers_and_writers) {
    trt_rwlock_t *lock = &others.lock;
    make();
    REFUSED(TRT_ERR_OWNER, lock, rwlock_read_unlock, (lock));
    REFUSED(TRT_ERR_OWNER, lock, rwlock_write_unlock, (lock));
    CHECK_EQ(trt_rwlock_read_lock(lock, TRT_NO_WAIT), TRT_OK);
    REFUSED(TRT_ERR_OWNER, lock, rwlock_write_unlock, (lock));
    CHECK_EQ(trt_rwlock_read_unlock(lock), TRT_OK);
}

KTEST(misuse, D3_join_of_oneself) {
    make();
    REFUSED(TRT_ERR_DEADLOCK, &runner, task_join, (&runner, TRT_FOREVER));
    REFUSED(TRT_ERR_DEADLOCK, &runner, task_join, (&runner, 5));
}

KTEST(misuse, D3_restart_of_the_running_task) {
    make();
    REFUSED(TRT_ERR_CONTEXT, &runner, task_restart, (&runner, NULL));
}

KTEST(misuse, D3_second_start_of_the_kernel) {
    CHECK_EQ(trt_start(), TRT_ERR_STATE);
    CHECK_EQ(harness.misuses, 0);
}

// --- context

// What would wait, where it must not. The semaphore and the queue are empty.
static void every_call_that_waits(void) {
    REFUSED(TRT_ERR_CONTEXT, &sem, sem_take, (&sem, 1));
    REFUSED(TRT_ERR_CONTEXT, &sem, sem_take, (&sem, TRT_FOREVER));
    REFUSED(TRT_ERR_CONTEXT, &flags, flags_wait, (&flags, 1, TRT_ANY, NULL, 1));
    REFUSED(TRT_ERR_CONTEXT, &queue, queue_receive, (&queue, &item, 1));
    REFUSED(TRT_ERR_CONTEXT, &queue, queue_peek, (&queue, &item, TRT_FOREVER));
    REFUSED(TRT_ERR_CONTEXT, &others.pool, pool_take, (&others.pool, &others.block, 1));
    REFUSED(TRT_ERR_CONTEXT, &others.barrier, barrier_wait, (&others.barrier, 1));
    REFUSED(TRT_ERR_CONTEXT, &others.pqueue, pqueue_receive, (&others.pqueue, &item, 1));
    REFUSED(TRT_ERR_CONTEXT, &others.stream, stream_receive,
            (&others.stream, others.bytes, 1, &others.got, 1));
    REFUSED(TRT_ERR_CONTEXT, NULL, delay, (1));
    REFUSED(TRT_ERR_CONTEXT, NULL, delay, (TRT_FOREVER));
    last = trt_now();
    REFUSED(TRT_ERR_CONTEXT, NULL, delay_until, (&last, 5, NULL));
    REFUSED(TRT_ERR_CONTEXT, &helper[1], task_join, (&helper[1], 1));
}

static void try_to_wait(void *unused) {
    (void)unused;
    every_call_that_waits();
    note('w');
}

static void make_with_live_helper(void) {
    make();
    spawn(1, 6, noter, 'h');
}

KTEST(misuse, D3_timeouts_in_an_interrupt) {
    make_with_live_helper();
    irq_install(0, try_to_wait, NULL);
    irq_raise(0);
    CHECK_LOG("w");
}

static void try_mutex(void *unused) {
    (void)unused;
    REFUSED(TRT_ERR_CONTEXT, &mutex, mutex_lock, (&mutex, TRT_NO_WAIT));
    REFUSED(TRT_ERR_CONTEXT, &mutex, mutex_lock, (&mutex, TRT_FOREVER));
    REFUSED(TRT_ERR_CONTEXT, &mutex, mutex_unlock, (&mutex));
    REFUSED(TRT_ERR_CONTEXT, &mutex, mutex_delete, (&mutex));
    REFUSED(TRT_ERR_CONTEXT, &mutex, mutex_init, (&mutex, TRT_INHERIT));
    REFUSED(TRT_ERR_CONTEXT, &others.cond, cond_wait, (&others.cond, &mutex, 1));
    REFUSED(TRT_ERR_CONTEXT, &others.lock, rwlock_read_lock, (&others.lock, TRT_NO_WAIT));
    REFUSED(TRT_ERR_CONTEXT, &others.lock, rwlock_read_unlock, (&others.lock));
    REFUSED(TRT_ERR_CONTEXT, &others.lock, rwlock_write_lock, (&others.lock, TRT_NO_WAIT));
    REFUSED(TRT_ERR_CONTEXT, &others.lock, rwlock_write_unlock, (&others.lock));
    REFUSED(TRT_ERR_CONTEXT, &others.lock, rwlock_delete, (&others.lock));
    REFUSED(TRT_ERR_CONTEXT, &others.lock, rwlock_init, (&others.lock));
    note('m');
}

KTEST(misuse, bug37_mutex_in_an_interrupt) {
    make();
    irq_install(0, try_mutex, NULL);
    irq_raise(0);
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_NO_WAIT), TRT_OK);
    irq_raise(0);
    CHECK_LOG("mm");
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
}

static void lock_the_scheduler(void *unused) {
    (void)unused;
    REFUSED(TRT_ERR_CONTEXT, NULL, sched_lock, ());
    REFUSED(TRT_ERR_CONTEXT, NULL, sched_unlock, ());
    CHECK(!trt_yield());
    CHECK_MISUSE("trt_yield", NULL, TRT_ERR_CONTEXT);
    note('l');
}

KTEST(misuse, D3_scheduler_lock_and_yield_in_an_interrupt) {
    make();
    irq_install(0, lock_the_scheduler, NULL);
    irq_raise(0);
    CHECK_LOG("l");
}

KTEST(misuse, D3_blocking_with_the_scheduler_locked) {
    make_with_live_helper();
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    every_call_that_waits();
    REFUSED(TRT_ERR_CONTEXT, &runner, task_suspend, (&runner));
    CHECK_EQ(trt_sem_take(&sem, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_EQ(trt_sem_take(&sem, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
}

static void hold_mutex(void *unused) {
    (void)unused;
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_FOREVER), TRT_OK);
    CHECK_EQ(trt_sem_take(&sem, TRT_FOREVER), TRT_OK);
    CHECK_EQ(trt_mutex_unlock(&mutex), TRT_OK);
}

KTEST(misuse, D3_locking_an_owned_mutex_with_the_scheduler_locked) {
    make();
    spawn(1, 3, hold_mutex, 0);
    CHECK_EQ(trt_sched_lock(), TRT_OK);
    REFUSED(TRT_ERR_CONTEXT, &mutex, mutex_lock, (&mutex, 5));
    CHECK_EQ(trt_mutex_lock(&mutex, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_sched_unlock(), TRT_OK);
    CHECK_EQ(trt_task_priority(&helper[1]), 3);
}

static void try_to_wait_in_idle(void) {
    if (harness.log_length == 0) {
        every_call_that_waits();
        REFUSED(TRT_ERR_CONTEXT, &mutex, mutex_lock, (&mutex, TRT_FOREVER));
        REFUSED(TRT_ERR_CONTEXT, NULL, sched_lock, ());
        note('w');
    }
}

static void sleep_long(void *unused) {
    (void)unused;
    CHECK_EQ(trt_delay(50), TRT_OK);
}

KTEST(misuse, D3_blocking_in_idle) {
    make();
    spawn(1, 6, sleep_long, 0);
    harness.idle = try_to_wait_in_idle;
    CHECK_EQ(trt_delay(5), TRT_OK);
    harness.idle = NULL;
    CHECK_LOG("w");
}

KTEST(misuse, D3_blocking_in_a_critical_section) {
    make_with_live_helper();
    trt_critical_t found = trt_critical_enter();
    every_call_that_waits();
    trt_critical_exit(found);
}

static void use_before_start(void) {
    make();
    REFUSED(TRT_ERR_NOT_STARTED, &sem, sem_take, (&sem, 5));
    REFUSED(TRT_ERR_NOT_STARTED, &sem, sem_take, (&sem, TRT_FOREVER));
    REFUSED(TRT_ERR_NOT_STARTED, &flags, flags_wait, (&flags, 1, TRT_ANY, NULL, 5));
    REFUSED(TRT_ERR_NOT_STARTED, &queue, queue_receive, (&queue, &item, 5));
    REFUSED(TRT_ERR_NOT_STARTED, &mutex, mutex_lock, (&mutex, TRT_NO_WAIT));
    REFUSED(TRT_ERR_NOT_STARTED, &mutex, mutex_lock, (&mutex, TRT_FOREVER));
    REFUSED(TRT_ERR_NOT_STARTED, &mutex, mutex_unlock, (&mutex));
    REFUSED(TRT_ERR_NOT_STARTED, &others.cond, cond_wait, (&others.cond, &mutex, 1));
    REFUSED(TRT_ERR_NOT_STARTED, &others.lock, rwlock_read_lock, (&others.lock, TRT_NO_WAIT));
    REFUSED(TRT_ERR_NOT_STARTED, &others.lock, rwlock_write_lock, (&others.lock, TRT_NO_WAIT));
    REFUSED(TRT_ERR_NOT_STARTED, NULL, sched_lock, ());
    REFUSED(TRT_ERR_NOT_STARTED, NULL, delay, (5));
    REFUSED(TRT_ERR_NOT_STARTED, NULL, delay_until, (&last, 5, NULL));
    trt_tick();
    note('b');
}

KTEST_FROM_MAIN(misuse, bug34_blocking_before_the_start, use_before_start) {
    CHECK_LOG("b");
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_EQ(trt_sem_take(&sem, 5), TRT_OK);
}

KTEST(misuse, D3_hook_knows_the_task) {
    make();
    CHECK_EQ(trt_sem_give(NULL), TRT_ERR_OBJECT);
    CHECK(harness.misuse_task == &runner);
    harness.misuses = 0;
}

KTEST(misuse, D3_what_is_no_misuse_does_not_tell_the_hook) {
    make();
    CHECK_EQ(trt_sem_take(&sem, TRT_NO_WAIT), TRT_ERR_WOULD_BLOCK);
    CHECK_EQ(trt_sem_take(&sem, 1), TRT_ERR_TIMEOUT);
    CHECK_EQ(trt_task_resume(&runner), TRT_ERR_STATE);
    CHECK_EQ(trt_timer_stop(&timer), TRT_ERR_STATE);
    CHECK_EQ(trt_sched_unlock(), TRT_ERR_STATE);
    CHECK_EQ(harness.misuses, 0);
}
