// A port of tinyrtos to begin with: it compiles, and runs nothing. Fill in what says TODO, build
// with -DTINYRTOS_PORT_FILE='"port.h"', and run tests/kernel/ on it: a port that passes is done.
//
// The kernel includes this file twice: among its options, and where its ports are. Section >>port
// of tinyrtos.h is the contract, section >>cortex-m an example.
#ifndef TINYRTOS_PORT_IMPLEMENTATION

// --- the first time: types and sizes; tinyrtos.h has brought <stdint.h>, <stddef.h>, <stdbool.h>

// What a stack is an array of: it gives a stack its alignment.
typedef uint64_t trt_stack_t;

// What trtp_lock found, for trtp_unlock: the processor's interrupt mask.
typedef uint32_t trt_critical_t;

// Bytes: no task is created with less. A saved context has to fit, and an interrupt's frame if
// interrupts use the stack of the task that they interrupt.
#define TRTP_STACK_MIN 128

// What untouched bytes of a stack hold.
#define TRTP_STACK_FILL 0xA5

// Optional. Fields of the port's own in each task, and their initial values, with a comma first:
// #define TRTP_TASK_FIELDS uint8_t *guard;
// #define TRTP_TASK_INIT , NULL
// Optional. A free-running counter, for run-time statistics:
// #define TRTP_COUNTER() trtp_counter()

#else

// --- the second time: the functions, all of them static

static void trtk_reschedule_s(void);
static void trtk_task_main(trt_task_t *task, void *arg);

static volatile trt_critical_t port_mask; // TODO: the processor has a register for it

// Shut interrupts out; what was found. The compiler must move no access to memory across this.
static trt_critical_t trtp_lock(void) {
    trt_critical_t found = port_mask;
    port_mask = 1; // TODO
    __asm__ __volatile__("" ::: "memory");
    return found;
}

static void trtp_unlock(trt_critical_t found) {
    __asm__ __volatile__("" ::: "memory");
    port_mask = found; // TODO
}

// Whether interrupts were let in when trtp_lock found this.
static bool trtp_is_open(trt_critical_t found) {
    return found == 0;
}

// What makes trtp_unlock let them in.
static trt_critical_t trtp_open(void) {
    return 0;
}

// Whether this runs in an interrupt handler. Without a register that tells: a count that the
// handlers' first and last instructions move.
static bool trtp_in_interrupt(void) {
    return false; // TODO
}

// The lock is held, perhaps in an interrupt: have trtk_reschedule_s called, with the lock held, as
// soon as no interrupt is under way. Either there is a software interrupt of the least urgency that
// does it, or the last instructions of each handler do when this has set a flag.
static void trtp_pend(void) {
    (void)trtk_reschedule_s; // TODO
}

// The lock is held: save what a function call has to keep on this stack, put the stack pointer in
// *save, take over next, which is one that this has saved, or trtp_frame's; return, on that stack,
// with the lock held. In the way out of an interrupt all else has been saved. Mostly assembly.
static void trtp_switch(void **save, void *next) {
    *save = next; // TODO
}

// Where a new task begins, with the lock held.
static void port_first(trt_task_t *task, void *arg) {
    trtp_unlock(trtp_open());
    trtk_task_main(task, arg); // does not return
}

// A context, as trtp_switch would have left it, that goes to port_first(task, arg).
static void *trtp_frame(trt_task_t *task, void *arg) {
    uintptr_t top = ((uintptr_t)task->stack + task->stack_bytes) & ~(uintptr_t)7; // grows down
    void **sp = (void **)top;
    void (*first)(trt_task_t *, void *) = port_first;
    (void)first; // TODO: port_first, task and arg go where trtp_switch will take them from
    *--sp = arg;
    *--sp = task;
    return sp;
}

// The low end of a task's stack, and its bytes.
static void *trtp_stack(const trt_task_t *task, size_t *bytes) {
    *bytes = task->stack_bytes;
    return task->stack;
}

static void trtp_stack_prepare(trt_task_t *task) {
    memset(task->stack, TRTP_STACK_FILL, task->stack_bytes);
}

// The lock is held, in main: from now on call trt_tick() from an interrupt, TINYRTOS_TICK_HZ times
// a second.
static void trtp_start(void) {
    // TODO: start the timer
}

// The lock is held and nothing is ready: sleep until an interrupt has come, and let it in, without
// a gap between the look (that has been) and the sleep. Return with the lock held. False would mean
// that trt_start is to return *status.
static bool trtp_idle(trt_status_t *status) {
    (void)status;
    trtp_unlock(trtp_open()); // TODO: sleep
    (void)trtp_lock();
    return true;
}

// Whether no task may run for the present: only where a test's driver can have control.
static bool trtp_halted(void) {
    return false;
}

// Say what happened, and stop.
static void trtp_panic(const char *why, const trt_task_t *task) {
    (void)why, (void)task; // TODO
    for (;;) continue;
}

#endif
