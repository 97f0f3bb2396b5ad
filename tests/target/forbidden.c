// An interrupt above the ceiling, which is never shut out, may not call the kernel: every call is
// refused there, says so by its result, is named with the exception's number, and changes nothing.
// (Not refused is what only reads a constant, or what the report of a fault needs: fault.c.)
#define TINYRTOS_CM_CEILING 2 // the harness's line 0 is above it, line 1 is at it, the others below
#define TINYRTOS_CM_FORBIDDEN_HOOK(call, exception) note_forbidden(call, exception)
#define TINYRTOS_SEM_OWNERS 1
#define TINYRTOS_STOP_PROTECTION 1
#define TINYRTOS_SWITCH_HOOKS 1
#define TINYRTOS_BUDGETS 1
#define TINYRTOS_NOTES 1
#define TINYRTOS_MAIL 1
#define TINYRTOS_PASSES 1
#define TINYRTOS_DUMP 1
#define TINYRTOS_COND_OWNERS 1
#define TINYRTOS_RUN_TIME_STATS 1
static void note_forbidden(const char *call, unsigned exception);
#define TINYRTOS_IMPLEMENTATION
#include "../kernel/harness.h"

enum { ABOVE = 0, AT = 1, BELOW = 2, FIRST_INTERRUPT = 16 };

static struct {
    trt_sem_t sem;
    trt_mutex_t mutex;
    trt_flags_t flags;
    trt_queue_t queue;
    trt_barrier_t barrier;
    trt_pqueue_t pqueue;
    trt_stream_t stream;
    trt_cond_t cond;
    trt_rwlock_t lock;
    trt_pool_t pool;
    trt_timer_t timer;
    trt_task_t sleeper, spare;
    trt_deadline_t deadline;
    trt_channel_t channel;
    trt_call_t call;
    trt_message_t message;
    trt_service_t service;
    trt_wait_t wait;
    trt_watch_t watch;
    trt_name_t name, no_name;
    trt_tick_t last, missed;
    trt_bits_t got;
    void *block, *blocks[2][2];
    uint8_t buffer[2], item, which, bytes[4], slots[4];
    uint16_t count;
    trt_span_t span;
} objects, objects_before;

static trt_stack_t sleeper_stack[64], spare_stack[64];
static uint8_t kernel_before[sizeof trtk];
static uint32_t refused, masks_before;

static struct {
    unsigned times, exception;
    const char *call;
} forbidden;

static void note_forbidden(const char *call, unsigned exception) {
    forbidden.times++;
    forbidden.exception = exception;
    forbidden.call = call;
}

static uint32_t masks(void) {
    uint32_t basepri;
    __asm__ __volatile__("mrs %0, basepri" : "=r"(basepri));
    return basepri << 1 | trtp_primask();
}

static void save(void) {
    memcpy(&objects_before, &objects, sizeof objects);
    memcpy(kernel_before, &trtk, sizeof trtk);
    masks_before = masks();
    forbidden.times = harness.misuses = 0;
}

// Whether the text of a call is one of this name.
static bool is_call(const char *text, const char *name) {
    size_t length = strlen(name);
    return strncmp(text, name, length) == 0 && text[length] == '(';
}

// What can be wrong is kept, since no check may be made here.
static void compare(const char *text, long result, long wanted, int line) {
    const char *wrong = NULL;
    if (result != wanted) wrong = "its result";
    else if (forbidden.times != 1 || !is_call(text, forbidden.call)) wrong = "its name";
    else if (forbidden.exception != FIRST_INTERRUPT + ABOVE) wrong = "the exception's number";
    else if (harness.misuses != 1 || strcmp(harness.misuse_call, forbidden.call) != 0 ||
             harness.misuse_status != TRT_ERR_CONTEXT)
        wrong = "the misuse";
    else if (memcmp(&objects, &objects_before, sizeof objects) != 0) wrong = "an object changed";
    else if (memcmp(&trtk, kernel_before, sizeof trtk) != 0) wrong = "the kernel changed";
    else if (masks() != masks_before) wrong = "the mask changed";
    if (wrong == NULL) refused++;
    else if (harness.failed_line == 0) {
        harness.failed_line = line;
        harness.failed_text = text;
        semihosting_say("# not refused: ");
        semihosting_say(wrong);
        semihosting_say("\n");
    }
    harness.misuses = 0;
}

#define REFUSED_AS(call, got, result) \
    (save(), compare(#call, (long)(got), (long)(result), __LINE__))
#define REFUSED(call, result) REFUSED_AS(call, call, result)
#define REFUSED_STATUS(call) REFUSED_AS(call, call, TRT_ERR_CONTEXT)
#define REFUSED_POINTER(call) REFUSED_AS(call, (intptr_t)(call), 0)
#define REFUSED_VOID(call) REFUSED_AS(call, ((call), 0), 0)

static void sleep_long(void *unused) {
    (void)unused;
    (void)trt_sem_take(&objects.sem, TRT_FOREVER);
}

static void do_nothing(void *unused) {
    (void)unused;
}

static bool never(void *unused) {
    (void)unused;
    return false;
}

static void put_nothing(char c) {
    (void)c;
}

static void call_kernel(void *unused) {
    (void)unused;
    REFUSED_STATUS(trt_start());
    REFUSED_VOID(trt_tick());
    REFUSED(trt_now(), 0);
    REFUSED(trt_yield(), false);
    REFUSED_STATUS(trt_sched_lock());
    REFUSED_STATUS(trt_sched_unlock());
    REFUSED(trt_critical_enter(), trtp_open());
    REFUSED_VOID(trt_critical_exit(0));
    REFUSED(trt_check() != NULL, true); // it says that it has not looked
}

static void call_tasks(void *unused) {
    (void)unused;
    trt_task_t *task = &objects.sleeper, *spare = &objects.spare;
    REFUSED_STATUS(trt_task_create(spare, "n", do_nothing, 2, spare_stack, sizeof spare_stack));
    REFUSED_STATUS(trt_task_start(spare, NULL));
    REFUSED_STATUS(trt_task_stop(task));
    REFUSED_STATUS(trt_task_restart(task, NULL));
    REFUSED_STATUS(trt_task_join(task, TRT_NO_WAIT));
    REFUSED_STATUS(trt_task_suspend(task));
    REFUSED_STATUS(trt_task_resume(task));
    REFUSED_STATUS(trt_task_set_priority(task, 1));
    REFUSED(trt_task_state(task), TRT_TASK_INVALID);
    REFUSED_POINTER(trt_task_next(NULL));
    REFUSED_POINTER(trt_task_find("runner"));
    REFUSED_STATUS(trt_task_set_local(task, &refused));
    REFUSED(trt_task_run_time(task), 0);
    REFUSED_STATUS(trt_task_abort_delay(task));
    REFUSED_STATUS(trt_task_protect());
    REFUSED_STATUS(trt_task_unprotect());
    REFUSED_STATUS(trt_task_set_switch_hook(task, NULL));
    REFUSED_STATUS(trt_task_set_budget(task, TRT_BUDGET_SHARE, 3));
    REFUSED_STATUS(trt_task_reset_budget());
    REFUSED_POINTER(trt_ready_next(NULL));
    REFUSED_STATUS(trt_note_set(task, 0, 1, 2));
    REFUSED_STATUS(trt_note_add(task, 0, 1, 2));
    REFUSED_STATUS(trt_note_set_state(task, 0, 1));
    REFUSED_STATUS(trt_note_add_state(task, 0, 1));
    REFUSED(trt_note_state(task, 0), 0);
    REFUSED(trt_note_value(task, 0), 0);
    REFUSED_STATUS(trt_note_wait(task, 0, 1, 0, NULL, TRT_NO_WAIT));
    REFUSED_VOID(trt_dump(put_nothing));
}

static void call_time(void *unused) {
    (void)unused;
    trt_deadline_t *deadline = &objects.deadline;
    trt_timer_t *timer = &objects.timer;
    REFUSED_STATUS(trt_delay(1));
    REFUSED_STATUS(trt_delay(TRT_NO_WAIT));
    REFUSED_STATUS(trt_delay_ns(1));
    REFUSED_STATUS(trt_delay_until(&objects.last, 1, &objects.missed));
    REFUSED_STATUS(trt_deadline_start(deadline, 1));
    REFUSED_STATUS(trt_deadline_restart(deadline, 1));
    REFUSED_STATUS(trt_deadline_stop(deadline));
    REFUSED(trt_deadline_status(deadline), TRT_STOPPED);
    REFUSED_STATUS(trt_timer_init(timer, "n", do_nothing, NULL, 1, TRT_PERIODIC));
    REFUSED_STATUS(trt_timer_start(timer));
    REFUSED_STATUS(trt_timer_stop(timer));
    REFUSED_STATUS(trt_timer_set_period(timer, 9));
    REFUSED(trt_timer_is_running(timer), false);
    REFUSED(trt_timer_remaining(timer), 0);
}

static void call_semaphores_and_mutexes(void *unused) {
    (void)unused;
    trt_sem_t *sem = &objects.sem;
    trt_mutex_t *mutex = &objects.mutex;
    REFUSED_STATUS(trt_sem_init(sem, 1, 1));
    REFUSED_STATUS(trt_sem_init_fifo(sem, 1, 1));
    REFUSED_STATUS(trt_sem_delete(sem));
    REFUSED_STATUS(trt_sem_give(sem));
    REFUSED_STATUS(trt_sem_take(sem, TRT_NO_WAIT));
    REFUSED_STATUS(trt_sem_take(sem, TRT_FOREVER));
    REFUSED(trt_sem_count(sem), 0);
    REFUSED_STATUS(trt_sem_set_owner(sem, &runner));
    REFUSED_STATUS(trt_mutex_init(mutex, TRT_INHERIT));
    REFUSED_STATUS(trt_mutex_delete(mutex));
    REFUSED_STATUS(trt_mutex_lock(mutex, TRT_NO_WAIT));
    REFUSED_STATUS(trt_mutex_unlock(mutex));
    REFUSED_POINTER(trt_mutex_owner(mutex));
}

static void call_flags_and_queues(void *unused) {
    (void)unused;
    trt_flags_t *flags = &objects.flags;
    trt_queue_t *queue = &objects.queue;
    REFUSED_STATUS(trt_flags_init(flags));
    REFUSED_STATUS(trt_flags_delete(flags));
    REFUSED_STATUS(trt_flags_set(flags, 8));
    REFUSED_STATUS(trt_flags_clear(flags, 2));
    REFUSED(trt_flags_get(flags), 0);
    REFUSED(trt_flags_take(flags, 2), 0);
    REFUSED_STATUS(trt_flags_wait(flags, 2, TRT_ANY | TRT_CLEAR, &objects.got, TRT_NO_WAIT));
    REFUSED_STATUS(trt_flags_sync(flags, 1, 3, TRT_NO_WAIT));
    REFUSED_STATUS(trt_queue_init(queue, objects.buffer, 1, 1));
    REFUSED_STATUS(trt_queue_delete(queue));
    REFUSED_STATUS(trt_queue_send(queue, &objects.item, TRT_NO_WAIT));
    REFUSED_STATUS(trt_queue_send_front(queue, &objects.item, TRT_NO_WAIT));
    REFUSED_STATUS(trt_queue_overwrite(queue, &objects.item));
    REFUSED_STATUS(trt_queue_receive(queue, &objects.item, TRT_NO_WAIT));
    REFUSED_STATUS(trt_queue_peek(queue, &objects.item, TRT_NO_WAIT));
    REFUSED_STATUS(trt_queue_reset(queue));
    REFUSED(trt_queue_count(queue), 0);
    REFUSED(trt_queue_space(queue), 0);
}

static void call_waits(void *unused) {
    (void)unused;
    trt_wait_t *wait = &objects.wait;
    REFUSED_STATUS(trt_wait_sem(wait, &objects.sem));
    REFUSED_STATUS(trt_wait_lock(wait, &objects.mutex));
    REFUSED_STATUS(trt_wait_flags(wait, &objects.flags, 2, TRT_ANY, NULL));
    REFUSED_STATUS(trt_wait_send(wait, &objects.queue, &objects.item));
    REFUSED_STATUS(trt_wait_receive(wait, &objects.queue, &objects.item));
    REFUSED_STATUS(trt_wait_join(wait, &objects.sleeper));
    REFUSED_STATUS(trt_wait_note(wait, &objects.sleeper, 0, 1, 0, NULL));
    REFUSED_STATUS(trt_wait_mail(wait, &objects.message));
    REFUSED_STATUS(trt_wait_accept(wait, &objects.channel, &objects.call));
    REFUSED_STATUS(trt_wait_until(wait, never, NULL));
    REFUSED_STATUS(trt_wait_any(wait, 1, &objects.which, TRT_NO_WAIT));
}

static void call_passes_and_mail(void *unused) {
    (void)unused;
    trt_payload_t payload = {0};
    REFUSED_STATUS(trt_service_add(&objects.service));
    REFUSED(trt_passes(), 0);
    REFUSED_STATUS(trt_delay_passes(1));
    REFUSED_STATUS(trt_until(never, NULL, TRT_NO_WAIT));
    REFUSED_STATUS(trt_mail_set_box(&objects.sleeper, NULL));
    REFUSED_STATUS(trt_mail_send(&objects.sleeper, TRT_QUIT, payload, TRT_NO_WAIT));
    REFUSED_STATUS(trt_mail_send_to("s", TRT_QUIT, payload, TRT_NO_WAIT));
    REFUSED_STATUS(trt_mail_receive(&objects.message, TRT_NO_WAIT));
    REFUSED(trt_mail_count(&objects.sleeper), 0);
    REFUSED_STATUS(trt_calls_defer(&objects.queue, do_nothing, NULL));
    REFUSED_STATUS(trt_calls_run(&objects.queue));
}

static void call_channels(void *unused) {
    (void)unused;
    REFUSED_STATUS(trt_channel_init(&objects.channel));
    REFUSED_STATUS(trt_channel_delete(&objects.channel));
    REFUSED_STATUS(trt_channel_serve(&objects.channel));
    REFUSED_STATUS(trt_channel_leave(&objects.channel));
    REFUSED_STATUS(trt_channel_call(&objects.channel, NULL, TRT_NO_WAIT));
    REFUSED_STATUS(trt_channel_accept(&objects.channel, &objects.call, TRT_NO_WAIT));
    REFUSED_STATUS(trt_channel_answer(&objects.channel, TRT_OK));
}

static void call_objects(void *unused) {
    (void)unused;
    trt_barrier_t *barrier = &objects.barrier;
    trt_pqueue_t *pqueue = &objects.pqueue;
    REFUSED_STATUS(trt_barrier_init(barrier, 2));
    REFUSED_STATUS(trt_barrier_delete(barrier));
    REFUSED_STATUS(trt_barrier_wait(barrier, TRT_NO_WAIT));
    REFUSED(trt_barrier_count(barrier), 0);
    trt_stream_t *stream = &objects.stream;
    REFUSED_STATUS(trt_pqueue_init(pqueue, objects.slots, 1, 2));
    REFUSED_STATUS(trt_pqueue_delete(pqueue));
    REFUSED_STATUS(trt_pqueue_send(pqueue, &objects.item, 1, TRT_NO_WAIT));
    REFUSED_STATUS(trt_pqueue_receive(pqueue, &objects.item, TRT_NO_WAIT));
    REFUSED_STATUS(trt_pqueue_peek(pqueue, &objects.item, TRT_NO_WAIT));
    REFUSED_STATUS(trt_pqueue_reset(pqueue));
    REFUSED(trt_pqueue_count(pqueue), 0);
    REFUSED(trt_pqueue_space(pqueue), 0);
    REFUSED_STATUS(trt_wait_pqueue_send(&objects.wait, pqueue, &objects.item, 1));
    REFUSED_STATUS(trt_wait_pqueue_receive(&objects.wait, pqueue, &objects.item));
    trt_cond_t *cond = &objects.cond;
    REFUSED_STATUS(trt_stream_init(stream, objects.bytes, 4, 1));
    REFUSED_STATUS(trt_stream_delete(stream));
    REFUSED_STATUS(trt_stream_send(stream, objects.bytes, 1, TRT_NO_WAIT));
    REFUSED_STATUS(trt_stream_receive(stream, objects.bytes, 1, &objects.count, TRT_NO_WAIT));
    REFUSED_STATUS(trt_stream_set_trigger(stream, 1));
    REFUSED_STATUS(trt_stream_reset(stream));
    REFUSED(trt_stream_used(stream), 0);
    REFUSED(trt_stream_space(stream), 0);
    REFUSED_STATUS(trt_wait_stream_send(&objects.wait, stream, &objects.span));
    REFUSED_STATUS(trt_wait_stream_receive(&objects.wait, stream, &objects.span));
    trt_rwlock_t *lock = &objects.lock;
    trt_pool_t *pool = &objects.pool;
    REFUSED_STATUS(trt_rwlock_init(lock));
    REFUSED_STATUS(trt_rwlock_delete(lock));
    REFUSED_STATUS(trt_rwlock_read_lock(lock, TRT_NO_WAIT));
    REFUSED_STATUS(trt_rwlock_read_unlock(lock));
    REFUSED_STATUS(trt_rwlock_write_lock(lock, TRT_NO_WAIT));
    REFUSED_STATUS(trt_rwlock_write_unlock(lock));
    REFUSED(trt_rwlock_readers(lock), 0);
    REFUSED_STATUS(trt_cond_init(cond));
    REFUSED_STATUS(trt_cond_delete(cond));
    REFUSED_STATUS(trt_cond_wait(cond, &objects.mutex, TRT_NO_WAIT));
    REFUSED_STATUS(trt_cond_signal(cond));
    REFUSED_STATUS(trt_cond_broadcast(cond));
    REFUSED_STATUS(trt_cond_set_owner(cond, &runner));
    REFUSED_STATUS(trt_pool_init(pool, objects.blocks, sizeof objects.blocks, sizeof(void *)));
    REFUSED_STATUS(trt_pool_delete(pool));
    REFUSED_STATUS(trt_pool_take(pool, &objects.block, TRT_NO_WAIT));
    REFUSED_STATUS(trt_pool_give(pool, objects.block));
    REFUSED(trt_pool_count(pool), 0);
    REFUSED_STATUS(trt_wait_pool(&objects.wait, pool, &objects.block));
    REFUSED_STATUS(trt_watch_supervise(&objects.watch, 2, true));
    REFUSED_STATUS(trt_watch_check_in(&objects.watch, 1));
    REFUSED(trt_watch_missing(&objects.watch), 0);
    REFUSED_STATUS(trt_name_add(&objects.no_name, &objects.sem, "n"));
    REFUSED_STATUS(trt_name_remove(&objects.name));
    REFUSED(trt_name_of(&objects.sem)[0], '\0');
    REFUSED_POINTER(trt_name_find("sem"));
    REFUSED_POINTER(trt_name_next(NULL));
}

// Nothing that a refused call could answer by chance.
static void make_objects(void) {
    static const uint8_t item = 7;
    ticks_pass(3);
    CHECK_EQ(trt_sem_init(&objects.sem, 0, 5), TRT_OK);
    CHECK_EQ(trt_mutex_init(&objects.mutex, TRT_INHERIT), TRT_OK);
    CHECK_EQ(trt_mutex_lock(&objects.mutex, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_flags_init(&objects.flags), TRT_OK);
    CHECK_EQ(trt_flags_set(&objects.flags, 2), TRT_OK);
    CHECK_EQ(trt_queue_init(&objects.queue, objects.buffer, 1, 2), TRT_OK);
    CHECK_EQ(trt_queue_send(&objects.queue, &item, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_timer_init(&objects.timer, "t", do_nothing, NULL, 50, TRT_ONE_SHOT), TRT_OK);
    CHECK_EQ(trt_timer_start(&objects.timer), TRT_OK);
    CHECK_EQ(trt_deadline_start(&objects.deadline, 50), TRT_OK);
    CHECK_EQ(trt_barrier_init(&objects.barrier, 1), TRT_OK);
    CHECK_EQ(trt_pqueue_init(&objects.pqueue, objects.slots, 1, 2), TRT_OK);
    CHECK_EQ(trt_pqueue_send(&objects.pqueue, &item, 1, TRT_NO_WAIT), TRT_OK);
    objects.span.bytes = &objects.item;
    CHECK_EQ(trt_stream_init(&objects.stream, objects.bytes, 4, 2), TRT_OK);
    CHECK_EQ(trt_stream_send(&objects.stream, &objects.item, 1, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_cond_init(&objects.cond), TRT_OK);
    CHECK_EQ(trt_rwlock_init(&objects.lock), TRT_OK);
    CHECK_EQ(trt_rwlock_read_lock(&objects.lock, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_pool_init(&objects.pool, objects.blocks, sizeof objects.blocks, sizeof(void *)),
             TRT_OK);
    CHECK_EQ(trt_pool_take(&objects.pool, &objects.block, TRT_NO_WAIT), TRT_OK);
    CHECK_EQ(trt_watch_supervise(&objects.watch, 1, true), TRT_OK);
    CHECK_EQ(trt_name_add(&objects.name, &objects.sem, "sem"), TRT_OK);
    CHECK_EQ(trt_channel_init(&objects.channel), TRT_OK);
    objects.service.run = do_nothing;
    CHECK_EQ(
        trt_task_create(&objects.sleeper, "s", sleep_long, 3, sleeper_stack, sizeof sleeper_stack),
        TRT_OK);
    CHECK_EQ(trt_task_start(&objects.sleeper, NULL), TRT_OK);
    CHECK_EQ(trt_task_create(&objects.spare, "p", do_nothing, 3, spare_stack, sizeof spare_stack),
             TRT_OK);
}

// All calls of a group, from above the ceiling, in a task and in the midst of a critical section.
static void all_are_refused(void (*group)(void *)) {
    make_objects();
    HARNESS_REG(0xE000E400u) &= ~0xFFul; // harness: line 0 has priority 1 of 7
    irq_install(ABOVE, group, NULL);
    refused = 0;
    irq_raise(ABOVE);
    uint32_t once = refused;
    CHECK(once > 0 && harness.failed_line == 0);
    trt_critical_t found = trt_critical_enter();
    irq_raise(ABOVE);
    trt_critical_exit(found);
    CHECK_EQ(refused, 2 * once);
    CHECK_EQ(trt_mutex_unlock(&objects.mutex), TRT_OK);
    CHECK_EQ(trt_name_remove(&objects.name), TRT_OK);
}

KTEST(forbidden, kernel_calls_from_above_the_ceiling) {
    all_are_refused(call_kernel);
}

KTEST(forbidden, task_calls_from_above_the_ceiling) {
    all_are_refused(call_tasks);
}

KTEST(forbidden, delays_and_timers_from_above_the_ceiling) {
    all_are_refused(call_time);
}

KTEST(forbidden, semaphores_and_mutexes_from_above_the_ceiling) {
    all_are_refused(call_semaphores_and_mutexes);
}

KTEST(forbidden, flags_and_queues_from_above_the_ceiling) {
    all_are_refused(call_flags_and_queues);
}

KTEST(forbidden, waits_for_several_from_above_the_ceiling) {
    all_are_refused(call_waits);
}

KTEST(forbidden, passes_and_mail_from_above_the_ceiling) {
    all_are_refused(call_passes_and_mail);
}

KTEST(forbidden, channels_from_above_the_ceiling) {
    all_are_refused(call_channels);
}

KTEST(forbidden, other_objects_from_above_the_ceiling) {
    all_are_refused(call_objects);
}

static void give(void *unused) {
    (void)unused;
    (void)trt_sem_give(&objects.sem);
}

KTEST(forbidden, calls_from_the_ceiling_and_from_below_are_legal) {
    CHECK_EQ(trt_sem_init(&objects.sem, 0, 5), TRT_OK);
    for (uint8_t line = AT; line < HARNESS_LINES; line++) {
        irq_install(line, give, NULL);
        irq_raise(line);
        CHECK_EQ(trt_sem_count(&objects.sem), line);
    }
    ticks_pass(1); // the least urgent
    CHECK_EQ(trt_now(), 1);
    CHECK_EQ(forbidden.times, 0);
}

// The number of what is above is looked up anew: it is the part's, or the core's.
void SVC_Handler(void);
void SVC_Handler(void) {
    give(NULL);
}

KTEST(forbidden, exceptions_of_the_core_have_priorities_too) {
    CHECK_EQ(trt_sem_init(&objects.sem, 0, 5), TRT_OK);
    __asm__ __volatile__("svc #0" ::: "memory"); // as urgent as can be
    CHECK_EQ(trt_sem_count(&objects.sem), 0);
    CHECK_EQ(forbidden.exception, 11);
    CHECK_MISUSE("trt_sem_give", &objects.sem, TRT_ERR_CONTEXT);
    HARNESS_REG(0xE000ED1Cu) = (uint32_t)TINYRTOS_CM_CEILING << 29;
    __asm__ __volatile__("svc #0" ::: "memory");
    CHECK_EQ(trt_sem_count(&objects.sem), 1);
    CHECK_EQ(forbidden.times, 1);
}

void NMI_Handler(void);
void NMI_Handler(void) {
    give(NULL);
}

KTEST(forbidden, nmi_is_above_any_ceiling) {
    CHECK_EQ(trt_sem_init(&objects.sem, 0, 5), TRT_OK);
    HARNESS_ICSR = 1ul << 31;
    harness_barrier();
    CHECK_EQ(trt_sem_count(&objects.sem), 0);
    CHECK_EQ(forbidden.exception, 2);
    CHECK_MISUSE("trt_sem_give", &objects.sem, TRT_ERR_CONTEXT);
}
