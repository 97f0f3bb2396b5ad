// The smallest port that compiles, for compilers whose real port is elsewhere: it switches to nothing.
#ifndef TINYRTOS_PORT_IMPLEMENTATION

typedef uint32_t trt_stack_t;
typedef uint8_t trt_critical_t;
#define TRTP_STACK_MIN 64
#define TRTP_STACK_FILL 0xA5
#if TINYRTOS_TICKLESS
#define TRTP_SKIPS_TICKS
#endif

#else

static void trtk_reschedule_s(void);
static void trtk_task_main(trt_task_t *task, void *arg);

static uint8_t stub_masked;

static trt_critical_t trtp_lock(void)
{
    uint8_t found = stub_masked;
    stub_masked = 1;
    return found;
}

static void trtp_unlock(trt_critical_t found)
{
    stub_masked = found;
}

static bool trtp_is_open(trt_critical_t found)
{
    return found == 0;
}

static trt_critical_t trtp_open(void)
{
    return 0;
}

static bool trtp_in_interrupt(void)
{
    return false;
}

static void trtp_pend(void)
{
    trtk_reschedule_s();
}

static void trtp_start(void)
{
}

static bool trtp_idle(trt_status_t *status)
{
#ifdef TRTP_SKIPS_TICKS
    trtk_skip_i((trt_tick_t)(trtk_ticks_to_next_i(TRT_TICKS_MAX) - 1u));
#endif
    *status = TRT_OK;
    return false;
}

static bool trtp_halted(void)
{
    return false;
}

static void *trtp_stack(const trt_task_t *task, size_t *bytes)
{
    *bytes = task->stack_bytes;
    return task->stack;
}

static void trtp_stack_prepare(trt_task_t *task)
{
    memset(task->stack, TRTP_STACK_FILL, task->stack_bytes);
}

static void *trtp_frame(trt_task_t *task, void *arg)
{
    trtk_task_main(task, arg);
    return task->stack;
}

static void trtp_switch(void **save, void *next)
{
    *save = next;
}

static inline void trtp_panic(const char *why, const trt_task_t *task)
{
    (void)why;
    (void)task;
    for (;;) {
    }
}

#endif
