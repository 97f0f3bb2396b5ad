#ifndef TINYRTOS_H
#define TINYRTOS_H

#if defined(TINYRTOS_CONFIG_FILE)
#include TINYRTOS_CONFIG_FILE
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// ---------------------------------------------------------------------------------------------
// >>config: the options: each default, and under it its check
// ---------------------------------------------------------------------------------------------

#define TRTK_PASTE(a, b) a##b
#define TRTK_CAT(a, b) TRTK_PASTE(a, b)
#define TRTK_TEXT(x) TRTK_TEXT_OF(x)
#define TRTK_TEXT_OF(x) #x

// A switch is the literal 0 or 1: `true` is 0 to the preprocessor in C and 1 in C++, so a comparison cannot tell.
// TRTK_CAT(TRTK_IS_BOOL_, X) is 1 for these two and an unknown name, hence 0, for anything else. What <stdbool.h>
// makes of `true` is set aside meanwhile (the pragmas, which every compiler that we know has): it must not decide.
#pragma push_macro("true")
#pragma push_macro("false")
#undef true
#undef false
#define TRTK_IS_BOOL_0 1
#define TRTK_IS_BOOL_1 1

// --- scheduling

#ifndef TINYRTOS_PRIORITIES
#define TINYRTOS_PRIORITIES 8
#endif
#if TINYRTOS_PRIORITIES < 1 || TINYRTOS_PRIORITIES > 32
#error "TINYRTOS_PRIORITIES: the number of task priorities, 1 to 32"
#endif

#ifndef TINYRTOS_PREEMPTION
#define TINYRTOS_PREEMPTION 1
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_PREEMPTION) != 1
#error "TINYRTOS_PREEMPTION: 0 (cooperative) or 1 (preemptive)"
#endif

#ifndef TINYRTOS_TIME_SLICE
#define TINYRTOS_TIME_SLICE 0
#endif
#if TINYRTOS_TIME_SLICE < 0 || TINYRTOS_TIME_SLICE > 255
#error "TINYRTOS_TIME_SLICE: ticks that a task may run while equals wait, 1 to 255; 0 switches slicing off"
#endif
#if TINYRTOS_TIME_SLICE > 0 && !TINYRTOS_PREEMPTION
#error "TINYRTOS_TIME_SLICE: slicing takes the processor away, so it needs TINYRTOS_PREEMPTION 1"
#endif

// --- time

#ifndef TINYRTOS_TICK_HZ
#define TINYRTOS_TICK_HZ 1000
#endif
#if TINYRTOS_TICK_HZ < 1 || TINYRTOS_TICK_HZ > 1000000
#error "TINYRTOS_TICK_HZ: ticks per second, 1 to 1000000"
#endif

#ifndef TINYRTOS_TICK_BITS
#define TINYRTOS_TICK_BITS 32
#endif
#if TINYRTOS_TICK_BITS != 16 && TINYRTOS_TICK_BITS != 32 && TINYRTOS_TICK_BITS != 64
#error "TINYRTOS_TICK_BITS: width of the tick counter, 16, 32 or 64"
#endif

// --- objects: what is 0 here is not compiled

#ifndef TINYRTOS_SEMAPHORES
#define TINYRTOS_SEMAPHORES 1
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_SEMAPHORES) != 1
#error "TINYRTOS_SEMAPHORES: 0 or 1"
#endif

#ifndef TINYRTOS_SEM_OWNERS
#define TINYRTOS_SEM_OWNERS 0
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_SEM_OWNERS) != 1
#error "TINYRTOS_SEM_OWNERS: 0 or 1 (a semaphore may have an owner, the only task that gives)"
#endif

#ifndef TINYRTOS_MUTEXES
#define TINYRTOS_MUTEXES 1
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_MUTEXES) != 1
#error "TINYRTOS_MUTEXES: 0 or 1"
#endif

#ifndef TINYRTOS_MUTEXES_HELD_MAX
#define TINYRTOS_MUTEXES_HELD_MAX 8
#endif
#if TINYRTOS_MUTEXES_HELD_MAX < 1 || TINYRTOS_MUTEXES_HELD_MAX > 255
#error "TINYRTOS_MUTEXES_HELD_MAX: mutexes that one task may hold at once, 1 to 255"
#endif

#ifndef TINYRTOS_FLAGS
#define TINYRTOS_FLAGS 1
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_FLAGS) != 1
#error "TINYRTOS_FLAGS: 0 or 1"
#endif

#ifndef TINYRTOS_FLAG_BITS
#define TINYRTOS_FLAG_BITS 32
#endif
#if TINYRTOS_FLAG_BITS != 8 && TINYRTOS_FLAG_BITS != 16 && TINYRTOS_FLAG_BITS != 32
#error "TINYRTOS_FLAG_BITS: flags in one event group, 8, 16 or 32"
#endif

#ifndef TINYRTOS_QUEUES
#define TINYRTOS_QUEUES 1
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_QUEUES) != 1
#error "TINYRTOS_QUEUES: 0 or 1"
#endif

#ifndef TINYRTOS_TIMERS
#define TINYRTOS_TIMERS 1
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_TIMERS) != 1
#error "TINYRTOS_TIMERS: 0 or 1"
#endif

#ifndef TINYRTOS_WAIT_ANY
#define TINYRTOS_WAIT_ANY 1
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_WAIT_ANY) != 1
#error "TINYRTOS_WAIT_ANY: 0 or 1"
#endif

#ifndef TINYRTOS_WAIT_ANY_MAX
#define TINYRTOS_WAIT_ANY_MAX 4
#endif
#if TINYRTOS_WAIT_ANY_MAX < 1 || TINYRTOS_WAIT_ANY_MAX > 32
#error "TINYRTOS_WAIT_ANY_MAX: things that one call may wait for, 1 to 32"
#endif

// --- tasks

#ifndef TINYRTOS_NAMES
#define TINYRTOS_NAMES 1
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_NAMES) != 1
#error "TINYRTOS_NAMES: 0 or 1 (tasks and timers carry a name)"
#endif

#ifndef TINYRTOS_TASK_LOCAL
#define TINYRTOS_TASK_LOCAL 1
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_TASK_LOCAL) != 1
#error "TINYRTOS_TASK_LOCAL: 0 or 1 (each task carries one pointer of the user's)"
#endif

#ifndef TINYRTOS_RUN_TIME_STATS
#define TINYRTOS_RUN_TIME_STATS 0
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_RUN_TIME_STATS) != 1
#error "TINYRTOS_RUN_TIME_STATS: 0 or 1 (each task counts the time it ran)"
#endif

#ifndef TINYRTOS_STACK_CHECK
#define TINYRTOS_STACK_CHECK 1
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_STACK_CHECK) != 1
#error "TINYRTOS_STACK_CHECK: 0 or 1 (look at a task's stack end whenever it leaves the processor)"
#endif

// --- hooks: macros, empty unless the user defines them before the implementation

#ifndef TINYRTOS_IDLE_HOOK
#define TINYRTOS_IDLE_HOOK() ((void)0)
#endif
#ifndef TINYRTOS_TICK_HOOK
#define TINYRTOS_TICK_HOOK() ((void)0)
#endif
#ifndef TINYRTOS_MISUSE_HOOK
#define TINYRTOS_MISUSE_HOOK(call, object, task, status) ((void)0)
#endif
#ifndef TINYRTOS_TRACE
#define TINYRTOS_TRACE(event, task, object) ((void)0)
#endif

// --- what earlier names became (an answer instead of silence)

#if defined(TINYRTOS_MAX_PRIORITIES)
#error "TINYRTOS_MAX_PRIORITIES: the option is called TINYRTOS_PRIORITIES"
#endif
#if defined(TINYRTOS_TICK_RATE_HZ)
#error "TINYRTOS_TICK_RATE_HZ: the option is called TINYRTOS_TICK_HZ"
#endif

// --- the port: chosen by the compiler's own macros, or given by the user

#if defined(TINYRTOS_PORT_FILE)
#define TRTK_PORT_USER 1
#include TINYRTOS_PORT_FILE
#elif defined(__unix__) || defined(__APPLE__)
#define TRTK_PORT_HOST 1
#else
#error "tinyrtos has no port for this target yet: write one (manual, section 8) and name it in TINYRTOS_PORT_FILE"
#endif

#ifndef TRTK_PORT_USER
#define TRTK_PORT_USER 0
#endif
#ifndef TRTK_PORT_HOST
#define TRTK_PORT_HOST 0
#endif

#if TRTK_PORT_HOST

#ifndef TINYRTOS_HOST_UCONTEXT
#if defined(__x86_64__) && defined(__linux__) && !defined(__ILP32__)
#define TINYRTOS_HOST_UCONTEXT 0
#else
#define TINYRTOS_HOST_UCONTEXT 1
#endif
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_HOST_UCONTEXT) != 1
#error "TINYRTOS_HOST_UCONTEXT: 0 (short assembly switch, x86-64 Linux) or 1 (swapcontext, anywhere)"
#endif

#ifndef TINYRTOS_HOST_STACK
#define TINYRTOS_HOST_STACK 262144
#endif
#if TINYRTOS_HOST_STACK < 16384
#error "TINYRTOS_HOST_STACK: bytes that the host gives every task at least, 16384 or more"
#endif

#ifndef TINYRTOS_HOST_CALLS_PER_TICK
#define TINYRTOS_HOST_CALLS_PER_TICK 1000
#endif
#if TINYRTOS_HOST_CALLS_PER_TICK < 0
#error "TINYRTOS_HOST_CALLS_PER_TICK: kernel calls after which virtual time moves one tick; 0 for never"
#endif

typedef uint64_t trt_stack_t;    // the unit a stack array is made of: gives it its alignment
typedef bool trt_critical_t;     // what trt_critical_enter found
#define TRTP_STACK_MIN 64        // bytes: a smaller stack is refused
#define TRTP_STACK_FILL 0x00     // what an untouched byte of a stack holds (fresh pages are zero)
#define TRTP_TASK_FIELDS void *host_stack; // port: the guarded mapping that stands in for the user's stack
#define TRTP_TASK_INIT , NULL

#endif // TRTK_PORT_HOST

#pragma pop_macro("true")
#pragma pop_macro("false")

// ---------------------------------------------------------------------------------------------
// >>types: status, time, and the structs; their fields are the kernel's
// ---------------------------------------------------------------------------------------------

#ifdef __cplusplus
extern "C" {
#endif

// The result of nearly every call. Zero and above: done. Below: not done.
typedef int8_t trt_status_t;

#define TRT_OK ((trt_status_t)0)
#define TRT_ABANDONED ((trt_status_t)1) // the mutex is yours; its owner ended while holding it: check what it guards

// The call was right, and this is how it ended.
#define TRT_ERR_WOULD_BLOCK ((trt_status_t)-1) // nothing there, and TRT_NO_WAIT
#define TRT_ERR_TIMEOUT ((trt_status_t)-2)     // the time is over
#define TRT_ERR_DELETED ((trt_status_t)-3)     // the object was deleted or made anew while the caller waited
#define TRT_ERR_ABORTED ((trt_status_t)-4)     // the delay was cut short by trt_task_abort_delay
#define TRT_ERR_STATE ((trt_status_t)-5)       // the task or object is in no state where this means anything
#define TRT_ERR_NOT_FOUND ((trt_status_t)-6)   // no task has that name

// The call was wrong: nothing has changed, and TINYRTOS_MISUSE_HOOK is told.
#define TRT_ERR_CONTEXT ((trt_status_t)-16)     // not from here: interrupt, idle, locked scheduler, critical section
#define TRT_ERR_NOT_STARTED ((trt_status_t)-17) // would have to wait, and trt_start has not been called
#define TRT_ERR_PARAM ((trt_status_t)-18)       // a parameter out of its range
#define TRT_ERR_OBJECT ((trt_status_t)-19)      // null, never initialised, deleted, or of another kind
#define TRT_ERR_OWNER ((trt_status_t)-20)       // the caller does not own it
#define TRT_ERR_OVERFLOW ((trt_status_t)-21)    // one more than the object can count
#define TRT_ERR_DEADLOCK ((trt_status_t)-22)    // could never return

#if TINYRTOS_TICK_BITS == 16
typedef uint16_t trt_tick_t;
#elif TINYRTOS_TICK_BITS == 32
typedef uint32_t trt_tick_t;
#else
typedef uint64_t trt_tick_t;
#endif

#define TRT_NO_WAIT ((trt_tick_t)0)         // timeout: do not wait
#define TRT_FOREVER ((trt_tick_t)-1)        // timeout: wait without end
#define TRT_TICKS_MAX ((trt_tick_t)-2)      // the longest time that ends

// Time in ticks: rounded up, never zero unless zero was asked for, TRT_TICKS_MAX at most. For constants they
// cost nothing; for variables a 64-bit division.
#define TRT_SECONDS(s) TRTK_TICKS(s, 1u)
#define TRT_MS(ms) TRTK_TICKS(ms, 1000u)
#define TRT_US(us) TRTK_TICKS(us, 1000000u)
#define TRTK_TICKS(n, per_second) \
    ((trt_tick_t)(TRTK_TOO_LONG(n, per_second) ? TRT_TICKS_MAX : TRTK_TICKS_UP(n, per_second)))
#define TRTK_TICKS_UP(n, per_second) \
    ((uint64_t)(n) / (per_second) * TINYRTOS_TICK_HZ + \
     ((uint64_t)(n) % (per_second) * TINYRTOS_TICK_HZ + (per_second) - 1u) / (per_second))
#define TRTK_TOO_LONG(n, per_second) \
    ((uint64_t)(n) / (per_second) >= UINT64_MAX / TINYRTOS_TICK_HZ || TRTK_TICKS_UP(n, per_second) > TRT_TICKS_MAX)

// Ticks in milliseconds, rounded down, as a uint64_t.
#define TRT_TICKS_TO_MS(ticks) ((uint64_t)(ticks) / TINYRTOS_TICK_HZ * 1000u + \
                                (uint64_t)(ticks) % TINYRTOS_TICK_HZ * 1000u / TINYRTOS_TICK_HZ)

#if TINYRTOS_FLAG_BITS == 8
typedef uint8_t trt_bits_t;
#elif TINYRTOS_FLAG_BITS == 16
typedef uint16_t trt_bits_t;
#else
typedef uint32_t trt_bits_t;
#endif

typedef struct trt_task trt_task_t;
typedef struct trt_node trt_node_t;
typedef struct trt_object trt_object_t;
typedef struct trt_request trt_request_t;
typedef struct trt_timeout trt_timeout_t;
typedef struct trt_mutex trt_mutex_t;
typedef struct trt_timer trt_timer_t;

// A place in a ring. A ready task stands in the ring of its priority; a waiting one in the ring of what it waits
// for, either itself (its own node) or, when it waits for several things, by one leg in each of their rings.
struct trt_node {
    // lock:
    trt_node_t *next, *prev; // neighbours; itself when alone; next is NULL when in no ring
    trt_node_t *group;       // waiting: the first of a run of equals and its last point at each other
    uint8_t prio;            // effective priority, the key of every ring
    // constant:
    uint8_t leg; // 0: a task's own node; else the number of the leg, from 1
};

// What every object begins with.
struct trt_object {
    // lock:
    trt_node_t *waiters; // ring by priority, then age (or by age alone: TRTK_FIFO); NULL when nobody waits
    uint16_t count;      // what there is: tokens, locks, items
    uint8_t mode;        // what the kind makes of it
    // constant:
    uint8_t kind; // TRTK_KIND_*, the mark of an initialised object, plus TRTK_FIFO
};

enum {
    TRTK_KIND_SEM = 0x51,
    TRTK_KIND_MUTEX = 0x52,
    TRTK_KIND_FLAGS = 0x53,
    TRTK_KIND_QUEUE = 0x54,
    TRTK_KIND_TASK = 0x55,
    TRTK_FIFO = 0x80 // added to a kind: waiters in order of arrival
};

// What a blocked call wants; it lies on the caller's stack for as long as the call waits.
struct trt_request {
    trt_object_t *object;                    // NULL: nothing but time
    trt_task_t *task;                        // who wants it
    trt_status_t (*attempt)(trt_request_t *); // takes it now, or changes nothing and answers TRT_ERR_WOULD_BLOCK
    void *data;                              // where an item comes from or goes to; the legs of a wait for several
    trt_bits_t bits;                         // flags: which
    uint8_t mode;                            // flags: any or all, clear; several: how many legs
    trt_status_t status;                     // how it ended; TRT_ERR_TIMEOUT until somebody else says otherwise
};

// A moment at which something is to happen.
struct trt_timeout {
    // lock:
    trt_timeout_t *next;  // the rest of the bucket
    trt_timeout_t **link; // what points here; NULL when not armed
    trt_tick_t when;
    // constant:
    void (*expire)(trt_timeout_t *, trt_critical_t); // called with the lock held
};

typedef void (*trt_task_fn_t)(void *arg);

struct trt_task {
    trt_object_t object; // its waiters are those who join it; mode is the state (TRTK_*)
    trt_node_t node;
    // lock:
    void *sp;               // the saved context, while it does not run
    trt_request_t *wait;    // what it waits for; NULL when it does not wait
    trt_timeout_t timeout;  // ends the wait
    uint8_t base_prio;      // the priority it was given; node.prio is what it has
#if TINYRTOS_TIME_SLICE
    uint8_t slice; // ticks left of its turn
#endif
#if TINYRTOS_MUTEXES
    uint8_t held_count;
    trt_mutex_t *held; // mutexes it owns, the last locked first
#endif
    // constant once started:
    trt_task_t *next_task; // all tasks that were ever started, the newest first
    trt_task_fn_t entry;
    void *arg;
    void *stack;
    size_t stack_bytes;
#if TINYRTOS_NAMES
    const char *name;
#endif
    // owner:
#if TINYRTOS_TASK_LOCAL
    void *local;
#endif
#if TINYRTOS_RUN_TIME_STATS
    uint32_t run_time;
#endif
#ifdef TRTP_TASK_FIELDS
    TRTP_TASK_FIELDS
#endif
};

typedef struct trt_sem {
    trt_object_t object; // count: tokens; while there are any, nobody waits
    uint16_t limit;
#if TINYRTOS_SEM_OWNERS
    trt_task_t *owner; // the only task that may give; NULL: anybody
#endif
} trt_sem_t;

struct trt_mutex {
    trt_object_t object; // count: how often its owner has locked it; mode: the protocol
    trt_task_t *owner;   // NULL: free, and then nobody waits
    trt_mutex_t *next_held;
    bool abandoned; // the last owner ended while holding it, and nobody has been told yet
};

typedef struct trt_flags {
    trt_object_t object;
    trt_bits_t bits;
} trt_flags_t;

typedef struct trt_queue {
    trt_object_t object; // count: items; senders wait only when it is full, receivers only when it is empty
    uint8_t *buffer;
    uint16_t item_size;
    uint16_t capacity;
    uint16_t head; // index of the oldest item
} trt_queue_t;

typedef void (*trt_timer_fn_t)(void *arg);

struct trt_timer {
    trt_timeout_t timeout; // its `expire` marks an initialised timer
    trt_tick_t period;
    trt_timer_fn_t callback;
    void *arg;
#if TINYRTOS_NAMES
    const char *name;
#endif
    bool periodic;
};

// A passive timer: a moment, doubled, plus one while it counts. 8 bytes with a 64-bit tick.
typedef struct trt_deadline {
    trt_tick_t bits;
} trt_deadline_t;

// One of several things to wait for; see trt_wait_any.
typedef struct trt_wait {
    trt_node_t node;
    trt_request_t request;
} trt_wait_t;

// How a task stands (trt_task_state).
typedef enum trt_task_state {
    TRT_TASK_ENDED,     // created and not started, or over
    TRT_TASK_RUNNING,   // has the processor
    TRT_TASK_READY,     // could run
    TRT_TASK_WAITING,   // for an object, with or without a timeout
    TRT_TASK_DELAYED,   // for time only
    TRT_TASK_SUSPENDED, // by trt_task_suspend; perhaps waiting too
    TRT_TASK_INVALID    // not a task
} trt_task_state_t;

// What TINYRTOS_TRACE(event, task, object) is told.
typedef enum trt_trace_event {
    TRT_TRACE_SWITCH,      // task: gets the processor; NULL: idle
    TRT_TRACE_READY,       // task: can run from now on
    TRT_TRACE_WAIT,        // task: waits for object (NULL: time)
    TRT_TRACE_WAKE,        // task: its wait for object has ended
    TRT_TRACE_PRIORITY,    // task: its effective priority has changed
    TRT_TRACE_START,       // task: begins at its first line
    TRT_TRACE_END,         // task: is over
    TRT_TRACE_TICK,        // a tick
    TRT_TRACE_TIMER,       // object: a timer's callback is about to run
    TRT_TRACE_ISR_ENTER,   // an interrupt begins (host)
    TRT_TRACE_ISR_EXIT     // and is over (host)
} trt_trace_event_t;

// ---------------------------------------------------------------------------------------------
// >>api: what a program calls
//
// "ctx" names the contexts from which a call is legal: task; interrupt; driver (main before trt_start, and on the
// host between two runs). Elsewhere it returns TRT_ERR_CONTEXT. Any call given a null, uninitialised, deleted or
// wrong object returns TRT_ERR_OBJECT; "ret" does not repeat it. "constant" cost: no loop.
// ---------------------------------------------------------------------------------------------

// --- kernel

// Start the kernel: the tasks that were started run. On a target it never returns; the caller's stack becomes idle's.
//   ctx:  main, once
//   ret:  host: TRT_OK when asked to stop (trt_host_stop) or all tasks have ended, TRT_ERR_TIMEOUT at the time
//         limit, TRT_ERR_DEADLOCK when all tasks wait and nothing can ever happen; TRT_ERR_STATE when it runs already
trt_status_t trt_start(void);

// Count one tick and do what is due. A port calls it from its timer interrupt, or the user from theirs.
//   ctx:  interrupt; harmless before trt_start
//   cost: constant when nothing is due, else a constant with the mask held for each thing that is due or moves on
void trt_tick(void);

// The number of ticks since trt_start, modulo the width of trt_tick_t; never torn.
//   ctx:  any
//   cost: constant
trt_tick_t trt_now(void);

// Let the next task of the caller's priority run.
//   ctx:  task
//   ret:  true when any other task was ready (one of equal priority has run); false when none was: power can be saved
//   cost: constant
bool trt_yield(void);

// Keep the processor: no other task runs until the matching unlock; interrupts stay on. Nests 255 deep.
//   ctx:  task
//   ret:  TRT_OK, TRT_ERR_CONTEXT, TRT_ERR_OVERFLOW
//   cost: constant
trt_status_t trt_sched_lock(void);

// Undo one trt_sched_lock; after the last, what became more urgent meanwhile runs.
//   ctx:  task
//   ret:  TRT_OK, TRT_ERR_CONTEXT, TRT_ERR_STATE (not locked)
//   cost: constant
trt_status_t trt_sched_unlock(void);

// Shut the kernel's interrupts out, and restore what `enter` found. Nests. Calls that do not wait are legal inside;
// a task that they wake runs after the exit.
//   ctx:  any
//   cost: constant
trt_critical_t trt_critical_enter(void);
void trt_critical_exit(trt_critical_t found);

// True inside an interrupt handler.
bool trt_in_interrupt(void);

// Walk over the whole kernel and check every invariant that is written at its data. For tests: it is not bounded.
//   ctx:  any; the lock is held throughout
//   ret:  NULL, or the first invariant that does not hold, in words
const char *trt_check(void);

// --- tasks

// Define task `task` with its stack, valid before main; trt_task_start makes it run. File scope.
#define TRT_TASK_DEFINE(task, fn, priority, bytes)                                                 \
    TRTK_ASSERT((priority) < TINYRTOS_PRIORITIES, task##_priority_out_of_range);                   \
    TRTK_ASSERT((bytes) >= TRTP_STACK_MIN, task##_stack_too_small);                                \
    static TRT_STACK_DEFINE(task##_stack, bytes);                                                  \
    trt_task_t task = TRTK_TASK_INIT(#task, fn, priority, task##_stack)

// Define a stack of at least `bytes` bytes for trt_task_create.
#define TRT_STACK_DEFINE(stack, bytes) \
    trt_stack_t stack[((bytes) + sizeof(trt_stack_t) - 1u) / sizeof(trt_stack_t)]

// Make a task at run time; trt_task_start makes it run. `task` must be zero (static) or a task that has ended;
// it and its stack must exist for ever. `name` is kept by address.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_STATE (it has not ended), TRT_ERR_PARAM (priority, function, stack null or too small)
//   cost: constant
trt_status_t trt_task_create(trt_task_t *task, const char *name, trt_task_fn_t fn, uint8_t priority, void *stack,
                             size_t stack_bytes);

// Run a created or ended task from its first line with `arg`. Returning from its function ends it.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_STATE (it has not ended)
//   cost: filling the stack with a pattern (TINYRTOS_STACK_CHECK), outside the lock; else constant
trt_status_t trt_task_start(trt_task_t *task, void *arg);

// Stop a task in whatever state. Its waits are undone, its mutexes pass on (the next owner is told TRT_ABANDONED),
// who joins it wakes. Stopping oneself does not return. Inside a locked scheduler or a kernel call of its own, the
// task that runs is stopped at the end of that.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_STATE (it has ended), TRT_ERR_CONTEXT (oneself, with the scheduler locked)
//   cost: a step for each mutex it holds (TINYRTOS_MUTEXES_HELD_MAX) and each joiner, the mask open between
trt_status_t trt_task_stop(trt_task_t *task);

// Stop a task if it has not ended, and run it from its first line with a new argument.
//   ctx:  any, but not on the task that runs
//   ret:  TRT_OK, TRT_ERR_CONTEXT (it is the one that runs)
//   cost: trt_task_stop and trt_task_start
trt_status_t trt_task_restart(trt_task_t *task, void *arg);

// Wait until a task has ended.
//   ctx:  task; interrupt and driver only with TRT_NO_WAIT
//   ret:  TRT_OK, TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT, TRT_ERR_DEADLOCK (oneself)
//   cost: joining: at most TINYRTOS_PRIORITIES steps, the mask open between
trt_status_t trt_task_join(trt_task_t *task, trt_tick_t timeout);

// Take a task out of the running until trt_task_resume. One that waits keeps waiting, can be given what it waits
// for or time out, and then stays suspended. Does not nest.
//   ctx:  any; oneself: task, with the scheduler unlocked
//   ret:  TRT_OK, TRT_ERR_STATE (ended, or suspended already), TRT_ERR_CONTEXT
//   cost: constant
trt_status_t trt_task_suspend(trt_task_t *task);

// Undo trt_task_suspend.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_STATE (not suspended)
//   cost: constant
trt_status_t trt_task_resume(trt_task_t *task);

// Give a task another base priority, 0 being the most urgent. A ready task that is raised goes behind its new
// equals, one that is lowered before them (POSIX pthread_setschedprio); a waiting one moves to its new place; who
// holds a mutex that it waits for inherits, or no longer does.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (priority)
//   cost: for each task in the chain of owners at most TINYRTOS_PRIORITIES steps, the mask open between
trt_status_t trt_task_set_priority(trt_task_t *task, uint8_t priority);

// The priority a task has now, inheritance and ceilings included; and the one it was given. 255: not a task.
//   ctx:  any
//   cost: constant
uint8_t trt_task_priority(const trt_task_t *task);
uint8_t trt_task_base_priority(const trt_task_t *task);

// The task that runs, also as seen from an interrupt; NULL in idle and in the driver.
//   ctx:  any
//   cost: constant
trt_task_t *trt_task_self(void);

// How a task stands.
//   ctx:  any
//   cost: constant
trt_task_state_t trt_task_state(const trt_task_t *task);

// All tasks that were ever started, in turn: the newest for NULL, then those before it; NULL at the end.
//   ctx:  any
//   cost: constant
trt_task_t *trt_task_next(const trt_task_t *task);

// Bytes of a task's stack that were never touched since it started; and all its bytes.
//   ctx:  any
//   cost: a step for each untouched byte, the mask open (host: the stack is one of at least TINYRTOS_HOST_STACK bytes)
size_t trt_task_stack_unused(const trt_task_t *task);
size_t trt_task_stack_size(const trt_task_t *task);

#if TINYRTOS_NAMES
// A task's name ("" for none); and the newest started task of that name, NULL when there is none.
//   ctx:  any
//   cost: constant; a step for each task, the mask open
const char *trt_task_name(const trt_task_t *task);
trt_task_t *trt_task_find(const char *name);
#endif

#if TINYRTOS_TASK_LOCAL
// One pointer for each task, NULL at its creation, for its user.
//   ctx:  any
//   ret:  set: TRT_OK
//   cost: constant
trt_status_t trt_task_set_local(trt_task_t *task, void *local);
void *trt_task_local(const trt_task_t *task);
#endif

#if TINYRTOS_RUN_TIME_STATS
// How long a task has run, in units of TINYRTOS_RUN_TIME_COUNTER (default: the port's counter, else ticks), modulo 2^32.
//   ctx:  any
//   cost: constant
uint32_t trt_task_run_time(const trt_task_t *task);
#endif

// --- delays

// Wait at least `ticks` full ticks: as the present tick is under way, between `ticks` and `ticks` + 1 pass.
// TRT_NO_WAIT yields. TRT_FOREVER waits for trt_task_abort_delay.
//   ctx:  task
//   ret:  TRT_OK, TRT_ERR_ABORTED, TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: constant
trt_status_t trt_delay(trt_tick_t ticks);

// Wait for the next moment of a grid of `period` ticks, without drift. `*last` is the moment of the grid that was
// reached last (set it to trt_now() once) and moves on to the one reached now. If that moment has passed already,
// return at once; if whole periods have been missed, `*last` skips them, and `*missed` (may be NULL) says how many.
//   ctx:  task
//   ret:  TRT_OK, TRT_ERR_ABORTED, TRT_ERR_PARAM (period 0, null), TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: constant
trt_status_t trt_delay_until(trt_tick_t *last, trt_tick_t period, trt_tick_t *missed);

// End the delay of a task: its trt_delay or trt_delay_until returns TRT_ERR_ABORTED.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_STATE (it is in no delay)
//   cost: constant
trt_status_t trt_task_abort_delay(trt_task_t *task);

// --- passive timers: nothing happens by itself; who wants to know asks. PAX ("On writing your own RTOS").

#define TRT_DEADLINE_DEFINE(deadline) trt_deadline_t deadline = {0}

// The longest time of a passive timer; and ask within that time after expiry, or the wrap hides it.
#define TRT_DEADLINE_MAX (TRT_FOREVER / 4u)

typedef enum trt_deadline_state { TRT_STOPPED, TRT_RUNNING, TRT_EXPIRED } trt_deadline_state_t;

// Count `ticks` from now, or from the last expiry (without drift).
//   ctx:  any, for each passive timer one at a time
//   ret:  TRT_OK, TRT_ERR_PARAM (longer than TRT_DEADLINE_MAX)
//   cost: constant
trt_status_t trt_deadline_start(trt_deadline_t *deadline, trt_tick_t ticks);
trt_status_t trt_deadline_restart(trt_deadline_t *deadline, trt_tick_t ticks);

// Stop counting; the last expiry is kept for a restart.
//   ctx:  any
//   ret:  TRT_OK
//   cost: constant
trt_status_t trt_deadline_stop(trt_deadline_t *deadline);

// TRT_RUNNING; or, once after its time is over, TRT_EXPIRED; else TRT_STOPPED (also for a null pointer).
//   ctx:  any
//   cost: constant
trt_deadline_state_t trt_deadline_status(trt_deadline_t *deadline);

#if TINYRTOS_TIMERS
// --- callback timers: the callback runs in the tick interrupt, with other interrupts on, and must not wait.
// Every call below takes effect before it returns, also inside the timer's own callback.

typedef enum trt_timer_mode { TRT_ONE_SHOT, TRT_PERIODIC } trt_timer_mode_t;

#define TRT_TIMER_DEFINE(timer, fn, argument, ticks, mode) \
    trt_timer_t timer = {{NULL, NULL, 0, trtk_timer_expire}, (ticks), (fn), (argument)TRTK_NAME_INIT(#timer), (mode) == TRT_PERIODIC}

// Make a timer, stopped; one that ran is stopped first. `name` is kept by address.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (period 0 or TRT_FOREVER, no callback)
//   cost: constant
trt_status_t trt_timer_init(trt_timer_t *timer, const char *name, trt_timer_fn_t fn, void *arg, trt_tick_t period,
                            trt_timer_mode_t mode);

// Begin a full period now, whether it runs or not. A periodic timer goes on from each expiry, without drift.
//   ctx:  any
//   ret:  TRT_OK
//   cost: constant
trt_status_t trt_timer_start(trt_timer_t *timer);

// Stop a timer: its callback does not begin after this returns.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_STATE (it does not run)
//   cost: constant
trt_status_t trt_timer_stop(trt_timer_t *timer);

// Change the period; a timer that runs begins a full one now.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM
//   cost: constant
trt_status_t trt_timer_set_period(trt_timer_t *timer, trt_tick_t period);

// Whether it runs; ticks to the next expiry (0 when stopped); period; argument; name. Null asks for a zero answer.
//   ctx:  any
//   cost: constant
bool trt_timer_is_running(const trt_timer_t *timer);
trt_tick_t trt_timer_remaining(const trt_timer_t *timer);
trt_tick_t trt_timer_period(const trt_timer_t *timer);
void *trt_timer_arg(const trt_timer_t *timer);
#if TINYRTOS_NAMES
const char *trt_timer_name(const trt_timer_t *timer);
#endif

void trtk_timer_expire(trt_timeout_t *timeout, trt_critical_t found);
#endif // TINYRTOS_TIMERS

#if TINYRTOS_SEMAPHORES
// --- semaphores: tokens, `limit` at most. Binary: limit 1. The most urgent waiter is served first, equals in order
// of arrival; in a fifo semaphore all in order of arrival. A token that is given while a task waits is that task's.

#define TRT_SEM_DEFINE(sem, initial, max) trt_sem_t sem = TRTK_SEM_INIT(TRTK_KIND_SEM, initial, max)
#define TRT_SEM_DEFINE_FIFO(sem, initial, max) trt_sem_t sem = TRTK_SEM_INIT(TRTK_KIND_SEM | TRTK_FIFO, initial, max)

// Make a semaphore at run time. `sem` must be zero (static) or have been one: its waiters then return TRT_ERR_DELETED.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (limit 0, initial > limit)
//   cost: a step for each waiter, the mask open between
trt_status_t trt_sem_init(trt_sem_t *sem, uint16_t initial, uint16_t limit);
trt_status_t trt_sem_init_fifo(trt_sem_t *sem, uint16_t initial, uint16_t limit);

// Make an end of a semaphore: waiters return TRT_ERR_DELETED, later calls TRT_ERR_OBJECT.
//   ctx:  any
//   ret:  TRT_OK
//   cost: a step for each waiter, the mask open between
trt_status_t trt_sem_delete(trt_sem_t *sem);

// Add one token, or hand it to the first waiter.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_OVERFLOW (limit reached), TRT_ERR_OWNER
//   cost: constant
trt_status_t trt_sem_give(trt_sem_t *sem);

// Take one token, waiting for it at most `timeout` ticks.
//   ctx:  task; interrupt and driver only with TRT_NO_WAIT
//   ret:  TRT_OK, TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT, TRT_ERR_DELETED, TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: constant; when it waits among waiters of several priorities, at most TINYRTOS_PRIORITIES steps, the mask
//         open between
trt_status_t trt_sem_take(trt_sem_t *sem, trt_tick_t timeout);

// The tokens there are (0 for no semaphore).
//   ctx:  any
//   cost: constant
uint16_t trt_sem_count(const trt_sem_t *sem);

#if TINYRTOS_SEM_OWNERS
// Let only `owner` give; NULL: anybody.
//   ctx:  any
//   ret:  TRT_OK
//   cost: constant
trt_status_t trt_sem_set_owner(trt_sem_t *sem, trt_task_t *owner);
#endif
#endif // TINYRTOS_SEMAPHORES

#if TINYRTOS_MUTEXES
// --- mutexes: recursive, with transitive priority inheritance (Sha, Rajkumar, Lehoczky 1990), or with an immediate
// priority ceiling as well (POSIX PTHREAD_PRIO_PROTECT). Never from an interrupt. If the owner ends while holding
// one, it passes to the next, who is told TRT_ABANDONED: what it guards may be half done.

#define TRT_INHERIT 0x40u             // protocol: the owner has at least the priority of its most urgent waiter
#define TRT_NO_PROTOCOL 0x41u         // protocol: priorities are left alone
#define TRT_CEILING(priority) (priority) // protocol: the owner has at least this priority, and inherits

#define TRT_MUTEX_DEPTH_MAX 255u      // how often its owner may lock a mutex

#define TRT_MUTEX_DEFINE(mutex, protocol)                                                                       \
    TRTK_ASSERT((protocol) < TINYRTOS_PRIORITIES || (protocol) == TRT_INHERIT || (protocol) == TRT_NO_PROTOCOL, \
                mutex##_protocol_out_of_range);                                                                 \
    trt_mutex_t mutex = {{NULL, 0, (protocol), TRTK_KIND_MUTEX}, NULL, NULL, false}

// Make a mutex at run time. `mutex` must be zero (static) or have been one: its waiters then return TRT_ERR_DELETED
// and its owner owns it no longer.
//   ctx:  task, driver
//   ret:  TRT_OK, TRT_ERR_PARAM (protocol), TRT_ERR_CONTEXT
//   cost: a step for each waiter, the mask open between
trt_status_t trt_mutex_init(trt_mutex_t *mutex, uint8_t protocol);

// Make an end of a mutex, also of a locked one: waiters return TRT_ERR_DELETED, later calls TRT_ERR_OBJECT.
//   ctx:  task, driver
//   ret:  TRT_OK, TRT_ERR_CONTEXT
//   cost: a step for each waiter, the mask open between
trt_status_t trt_mutex_delete(trt_mutex_t *mutex);

// Lock a mutex, waiting for it at most `timeout` ticks; its owner locks it once more.
//   ctx:  task
//   ret:  TRT_OK, TRT_ABANDONED (locked, too), TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT, TRT_ERR_DELETED,
//         TRT_ERR_OVERFLOW (TRT_MUTEX_DEPTH_MAX, TINYRTOS_MUTEXES_HELD_MAX), TRT_ERR_PARAM (the caller's base
//         priority is above the ceiling), TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: constant when it is free; else for each task in the chain of owners at most TINYRTOS_PRIORITIES +
//         TINYRTOS_MUTEXES_HELD_MAX steps, the mask open between tasks
trt_status_t trt_mutex_lock(trt_mutex_t *mutex, trt_tick_t timeout);

// Undo one lock; after the last, the first waiter owns it.
//   ctx:  task
//   ret:  TRT_OK, TRT_ERR_OWNER (not the caller's, or free), TRT_ERR_CONTEXT
//   cost: at most TINYRTOS_MUTEXES_HELD_MAX steps
trt_status_t trt_mutex_unlock(trt_mutex_t *mutex);

// Who has locked it; NULL when it is free (or no mutex).
//   ctx:  any
//   cost: constant
trt_task_t *trt_mutex_owner(const trt_mutex_t *mutex);
#endif // TINYRTOS_MUTEXES

#if TINYRTOS_FLAGS
// --- event flags

#define TRT_ANY 0u   // mode: one of the bits is enough
#define TRT_ALL 1u   // mode: all of the bits are needed
#define TRT_CLEAR 2u // mode, added: clear the bits waited for on success

#define TRT_FLAGS_DEFINE(flags) trt_flags_t flags = {{NULL, 0, 0, TRTK_KIND_FLAGS}, 0}

// Make an event group at run time, all flags clear. As trt_sem_init.
//   ctx:  any
//   ret:  TRT_OK
//   cost: a step for each waiter, the mask open between
trt_status_t trt_flags_init(trt_flags_t *flags);

// As trt_sem_delete.
trt_status_t trt_flags_delete(trt_flags_t *flags);

// Set flags. Every waiter that they satisfy wakes, all judged by the flags as they were set, whoever clears them.
//   ctx:  any
//   ret:  TRT_OK
//   cost: a step for each waiter, the mask open between
trt_status_t trt_flags_set(trt_flags_t *flags, trt_bits_t bits);

// Clear flags.
//   ctx:  any
//   ret:  TRT_OK
//   cost: constant
trt_status_t trt_flags_clear(trt_flags_t *flags, trt_bits_t bits);

// The flags as they stand (0 for no event group).
//   ctx:  any
//   cost: constant
trt_bits_t trt_flags_get(const trt_flags_t *flags);

// Wait for any or all of `bits`. `*got` (may be NULL) is what the flags were when that came true.
//   ctx:  task; interrupt and driver only with TRT_NO_WAIT
//   ret:  TRT_OK, TRT_ERR_PARAM (no bits, unknown mode), TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT, TRT_ERR_DELETED,
//         TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: as trt_sem_take
trt_status_t trt_flags_wait(trt_flags_t *flags, trt_bits_t bits, uint8_t mode, trt_bits_t *got, trt_tick_t timeout);

// A barrier: set `mine`, then wait until all of `everybody` are set, and clear those. Who completes them does not wait.
//   ctx:  task
//   ret:  as trt_flags_wait
//   cost: as trt_flags_set and trt_flags_wait
trt_status_t trt_flags_sync(trt_flags_t *flags, trt_bits_t mine, trt_bits_t everybody, trt_tick_t timeout);
#endif // TINYRTOS_FLAGS

#if TINYRTOS_QUEUES
// --- queues: items of one size, copied in and out under the lock; keep them small. A queue of one item is a mailbox:
// overwrite and peek. Waiters: by priority, then age. What is received is in the order in which it was sent.

#define TRT_QUEUE_DEFINE(queue, type, items)                                                       \
    TRTK_ASSERT((items) > 0 && (items) <= 65535u, queue##_length_out_of_range);                    \
    TRTK_ASSERT(sizeof(type) <= 65535u, queue##_item_too_large);                                   \
    static uint8_t queue##_buffer[(items) * sizeof(type)];                                         \
    trt_queue_t queue = {{NULL, 0, 0, TRTK_KIND_QUEUE}, queue##_buffer, sizeof(type), items, 0}

// Make a queue at run time over `buffer` of `item_size` * `capacity` bytes. As trt_sem_init.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (a zero, a null, or more bytes than a size_t counts)
//   cost: a step for each waiter, the mask open between
trt_status_t trt_queue_init(trt_queue_t *queue, void *buffer, uint16_t item_size, uint16_t capacity);

// As trt_sem_delete.
trt_status_t trt_queue_delete(trt_queue_t *queue);

// Put a copy of an item at the end, or at the front, waiting for room at most `timeout` ticks. `item` must stay as it
// is until the call returns.
//   ctx:  task; interrupt and driver only with TRT_NO_WAIT
//   ret:  TRT_OK, TRT_ERR_PARAM (item null), TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT, TRT_ERR_DELETED,
//         TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: copying an item; a step for each task that peeks, the mask open between; waiting: as trt_sem_take
trt_status_t trt_queue_send(trt_queue_t *queue, const void *item, trt_tick_t timeout);
trt_status_t trt_queue_send_front(trt_queue_t *queue, const void *item, trt_tick_t timeout);

// Put a copy of an item at the end; in a full queue it replaces the newest. Never waits.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM
//   cost: copying an item; a step for each task that peeks, the mask open between
trt_status_t trt_queue_overwrite(trt_queue_t *queue, const void *item);

// Take the oldest item, or look at it and leave it, waiting for one at most `timeout` ticks.
//   ctx:  task; interrupt and driver only with TRT_NO_WAIT
//   ret:  TRT_OK, TRT_ERR_PARAM (item null), TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT, TRT_ERR_DELETED,
//         TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: copying an item, and a second for a sender that waits; waiting: as trt_sem_take
trt_status_t trt_queue_receive(trt_queue_t *queue, void *item, trt_tick_t timeout);
trt_status_t trt_queue_peek(trt_queue_t *queue, void *item, trt_tick_t timeout);

// Throw all items away; senders that wait then send theirs, as far as there is room.
//   ctx:  any
//   ret:  TRT_OK
//   cost: a step for each sender that gets room, the mask open between
trt_status_t trt_queue_reset(trt_queue_t *queue);

// Items there are; items there is room for (0 for no queue).
//   ctx:  any
//   cost: constant
uint16_t trt_queue_count(const trt_queue_t *queue);
uint16_t trt_queue_space(const trt_queue_t *queue);
#endif // TINYRTOS_QUEUES

#if TINYRTOS_WAIT_ANY
// --- waiting for any of several things
//
//     trt_wait_t things[2];
//     trt_wait_sem(&things[0], &stop);
//     trt_wait_receive(&things[1], &commands, &command);
//     status = trt_wait_any(things, 2, &which, TRT_MS(100));
//
// The array belongs to the kernel during the call; it may be used again for the next without setting it up anew.

// Say what thing `wait` is: as the call of the same name would take it. At most one mutex in one call.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_OBJECT, TRT_ERR_PARAM (null, or as the call would)
//   cost: constant
#if TINYRTOS_SEMAPHORES
trt_status_t trt_wait_sem(trt_wait_t *wait, trt_sem_t *sem);
#endif
#if TINYRTOS_MUTEXES
trt_status_t trt_wait_lock(trt_wait_t *wait, trt_mutex_t *mutex);
#endif
#if TINYRTOS_FLAGS
trt_status_t trt_wait_flags(trt_wait_t *wait, trt_flags_t *flags, trt_bits_t bits, uint8_t mode, trt_bits_t *got);
#endif
#if TINYRTOS_QUEUES
trt_status_t trt_wait_send(trt_wait_t *wait, trt_queue_t *queue, const void *item);
trt_status_t trt_wait_receive(trt_wait_t *wait, trt_queue_t *queue, void *item);
#endif
trt_status_t trt_wait_join(trt_wait_t *wait, trt_task_t *task);

// Take exactly one of `count` things: at the call, the first in the array that is there; later, the first that comes.
// `*which` is its index (also when it ends with TRT_ERR_DELETED); the others are untouched.
//   ctx:  task; interrupt and driver only with TRT_NO_WAIT
//   ret:  what the call for the thing taken would; TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT; TRT_ERR_PARAM (null, none,
//         more than TINYRTOS_WAIT_ANY_MAX, more than one mutex), TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: for each thing as its own call; the wake undoes at most TINYRTOS_WAIT_ANY_MAX legs
trt_status_t trt_wait_any(trt_wait_t *things, uint8_t count, uint8_t *which, trt_tick_t timeout);
#endif // TINYRTOS_WAIT_ANY

#if TRTK_PORT_HOST
// --- host: the driver of tests. Time is virtual: it moves when every task waits, when trt_host_advance says so, and
// one tick in TINYRTOS_HOST_CALLS_PER_TICK kernel calls. Interrupt lines are 0 to 30, 0 the most urgent; the tick is
// less urgent than all of them. A handler runs where the kernel has interrupts enabled and looks: at the entry and
// the end of kernel calls, where a call opens its mask, at the end of critical sections, in idle, and here.

#define TRT_HOST_LINES 31

typedef void (*trt_host_handler_t)(void *arg);

// Run the tasks as trt_start does (and start the kernel if it has not been) until every task waits or has ended and
// no interrupt is pending, without letting time pass.
//   ctx:  driver
//   ret:  TRT_OK, TRT_ERR_CONTEXT
trt_status_t trt_host_run_until_idle(void);

// The same for `ticks` ticks of virtual time.
//   ctx:  driver
//   ret:  TRT_OK (also when stopped, or all tasks have ended), TRT_ERR_CONTEXT
trt_status_t trt_host_run(trt_tick_t ticks);

// Let `ticks` ticks pass here, one by one: as if the caller computed for so long. In a task, more urgent ones run
// when their time comes; in the driver, tasks become ready but do not run.
//   ctx:  task, driver
//   ret:  TRT_OK, TRT_ERR_CONTEXT
trt_status_t trt_host_advance(trt_tick_t ticks);

// Make trt_start (or a run) return as soon as the caller's kernel call is over.
//   ctx:  any
void trt_host_stop(void);

// Make trt_start return TRT_ERR_TIMEOUT after `ticks` ticks; TRT_FOREVER: never (the default).
//   ctx:  any
void trt_host_time_limit(trt_tick_t ticks);

// Install the handler of an interrupt line; NULL removes it.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM
trt_status_t trt_host_handler(uint8_t line, trt_host_handler_t handler, void *arg);

// Raise a line: now; at the tick when trt_now() becomes `when`; at the `calls`-th kernel call of a task from now,
// before it begins (a call that opens its mask counts once more for each time). One pending raise each.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (no such line, or no handler)
trt_status_t trt_host_raise(uint8_t line);
trt_status_t trt_host_raise_at(uint8_t line, trt_tick_t when);
trt_status_t trt_host_raise_after(uint8_t line, uint32_t calls);

// A point at which interrupts may come in, for loops that make no kernel call.
//   ctx:  any
void trt_host_point(void);

// Kernel calls that tasks have made since the last reset, counted as for trt_host_raise_after.
uint32_t trt_host_calls(void);

// Real time, for demonstrations: idle sleeps until the next event is due by the wall clock.
//   ctx:  any
void trt_host_real_time(bool on);

// While idle sleeps in real time, raise `line` when there is input at file descriptor `fd`; -1: none.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM
trt_status_t trt_host_watch(int fd, uint8_t line);

// Start from nothing: stop every task, forget all of them, timers, handlers and time; stacks are freed. Objects keep
// their contents, without waiters.
//   ctx:  driver
//   ret:  TRT_OK, TRT_ERR_CONTEXT
trt_status_t trt_host_reset(void);
#endif // TRTK_PORT_HOST

#ifdef __cplusplus
}
#endif

// --- what the DEFINE macros are made of

#if defined(__cplusplus)
#define TRTK_ASSERT(condition, name) static_assert(condition, #name)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define TRTK_ASSERT(condition, name) _Static_assert(condition, #name)
#else
#define TRTK_ASSERT(condition, name) typedef char name[(condition) ? 1 : -1]
#endif

#if TINYRTOS_NAMES
#define TRTK_NAME_INIT(text) , text
#else
#define TRTK_NAME_INIT(text)
#endif

#if TINYRTOS_SEM_OWNERS
#define TRTK_OWNER_INIT , NULL
#else
#define TRTK_OWNER_INIT
#endif

#define TRTK_SEM_INIT(kind, initial, max) {{NULL, (initial), 0, (kind)}, (max)TRTK_OWNER_INIT}

#if TINYRTOS_TIME_SLICE
#define TRTK_SLICE_INIT TINYRTOS_TIME_SLICE,
#else
#define TRTK_SLICE_INIT
#endif
#if TINYRTOS_MUTEXES
#define TRTK_HELD_INIT 0, NULL,
#else
#define TRTK_HELD_INIT
#endif
#if TINYRTOS_TASK_LOCAL
#define TRTK_LOCAL_INIT , NULL
#else
#define TRTK_LOCAL_INIT
#endif
#if TINYRTOS_RUN_TIME_STATS
#define TRTK_STATS_INIT , 0
#else
#define TRTK_STATS_INIT
#endif
#ifndef TRTP_TASK_INIT
#define TRTP_TASK_INIT
#endif

#define TRTK_TASK_INIT(text, fn, priority, stack)                                                            \
    {{NULL, 0, 0, TRTK_KIND_TASK}, {NULL, NULL, NULL, (priority), 0}, NULL, NULL, {NULL, NULL, 0, NULL},     \
     (priority), TRTK_SLICE_INIT TRTK_HELD_INIT NULL, (fn), NULL, (stack), sizeof(stack)TRTK_NAME_INIT(text) \
     TRTK_LOCAL_INIT TRTK_STATS_INIT TRTP_TASK_INIT}
#endif // TINYRTOS_H
