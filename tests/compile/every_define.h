// Every macro that defines an object, at file scope, and every kind of timeout.
static void body(void *arg)
{
    (void)arg;
}

struct item {
    uint8_t kind;
    uint32_t value;
};

#if TINYRTOS_TASKS
TRT_TASK_DEFINE(a_task, body, 0, 512);
TRT_TASK_DEFINE(another_task, body, TINYRTOS_PRIORITIES - 1, TRTP_STACK_MIN);
static TRT_STACK_DEFINE(a_stack, 513);
#endif
TRT_DEADLINE_DEFINE(a_deadline);

#if TINYRTOS_SEMAPHORES
TRT_SEM_DEFINE(a_sem, 1, 65535);
TRT_SEM_DEFINE_FIFO(a_fifo_sem, 0, 1);
#endif

#if TINYRTOS_MUTEXES
TRT_MUTEX_DEFINE(a_mutex, TRT_INHERIT);
TRT_MUTEX_DEFINE(a_plain_mutex, TRT_NO_PROTOCOL);
TRT_MUTEX_DEFINE(a_ceiling_mutex, TRT_CEILING(TINYRTOS_PRIORITIES - 1));
#endif

#if TINYRTOS_BARRIERS
TRT_BARRIER_DEFINE(a_barrier, 3);
#endif

#if TINYRTOS_PQUEUES
TRT_PQUEUE_DEFINE(a_pqueue, struct item, 5);
#endif

#if TINYRTOS_STREAMS
TRT_STREAM_DEFINE(a_stream, 40, 8);
TRT_MESSAGES_DEFINE(some_messages, 40);
#endif

#if TINYRTOS_CONDS
TRT_COND_DEFINE(a_cond);
#endif

#if TINYRTOS_RWLOCKS
TRT_RWLOCK_DEFINE(a_rwlock);
#endif

#if TINYRTOS_FLAGS
TRT_FLAGS_DEFINE(some_flags);
#endif

#if TINYRTOS_QUEUES
TRT_QUEUE_DEFINE(a_queue, struct item, 5);
#endif

#if TINYRTOS_POOLS
TRT_POOL_DEFINE(a_pool, struct item, 5);
#endif

#if TINYRTOS_WATCHES
TRT_WATCH_DEFINE(a_watch, 3);
#endif

#if TINYRTOS_TIMERS
TRT_TIMER_DEFINE(a_timer, body, &a_deadline, TRT_SECONDS(1), TRT_PERIODIC);
TRT_TIMER_DEFINE(another_timer, body, NULL, TRT_MS(10), TRT_ONE_SHOT);
#endif

void use_every_define(void);
void use_every_define(void)
{
    trt_tick_t last = trt_now();

#if TINYRTOS_TASKS
    (void)trt_task_create(&a_task, "a name", body, 0, a_stack, sizeof a_stack);
    (void)trt_task_start(&another_task, &last);
    (void)trt_delay(TRT_US(1500));
    (void)trt_delay_until(&last, TRT_MS(20), NULL);
#endif
    (void)trt_deadline_start(&a_deadline, TRT_DEADLINE_MAX);
    (void)TRT_TICKS_TO_MS(last);
#if TINYRTOS_SEMAPHORES
    (void)trt_sem_take(&a_sem, TRT_FOREVER);
    (void)trt_sem_give(&a_fifo_sem);
#endif
#if TINYRTOS_MUTEXES
    (void)trt_mutex_lock(&a_mutex, TRT_NO_WAIT);
    (void)trt_mutex_init(&a_plain_mutex, TRT_CEILING(0));
    (void)trt_mutex_unlock(&a_ceiling_mutex);
#endif
#if TINYRTOS_BARRIERS
    (void)trt_barrier_wait(&a_barrier, TRT_FOREVER);
#endif
#if TINYRTOS_PQUEUES
    struct item urgent = {1, 1};
    (void)trt_pqueue_send(&a_pqueue, &urgent, 0, TRT_SECONDS(2));
#endif
#if TINYRTOS_STREAMS
    uint16_t got;
    (void)trt_stream_receive(&a_stream, &last, sizeof last, &got, TRT_FOREVER);
    (void)trt_stream_send(&some_messages, &last, sizeof last, TRT_FOREVER);
#endif
#if TINYRTOS_CONDS
    (void)trt_cond_wait(&a_cond, &a_mutex, TRT_FOREVER);
#endif
#if TINYRTOS_RWLOCKS
    (void)trt_rwlock_read_lock(&a_rwlock, TRT_FOREVER);
#endif
#if TINYRTOS_FLAGS
    (void)trt_flags_wait(&some_flags, 0x81, TRT_ALL | TRT_CLEAR, NULL, TRT_TICKS_MAX);
#endif
#if TINYRTOS_QUEUES
    struct item item = {0, 0};
    (void)trt_queue_send(&a_queue, &item, TRT_SECONDS(2));
#endif
#if TINYRTOS_POOLS
    void *block = NULL;
    (void)trt_pool_take(&a_pool, &block, TRT_SECONDS(2));
#endif
#if TINYRTOS_WATCHES
    (void)trt_watch_check_in(&a_watch, 1);
#endif
#if TINYRTOS_TIMERS
    (void)trt_timer_start(&a_timer);
    (void)trt_timer_stop(&another_timer);
#endif
}
