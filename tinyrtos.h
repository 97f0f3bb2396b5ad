// tinyrtos: a real-time kernel in one C header.
//
// >>manual
//
//  1. What it is                      6. Time
//  2. A first program                 7. What it costs
//  3. Options                         8. Writing a port
//  4. What may be called from where   9. Testing on the desktop
//  5. What is promised               10. Limits
//
// `grep -n '^// >>' tinyrtos.h` prints the table of contents of the rest. It reads top-down:
// options, types, calls; then, for the file that defines TINYRTOS_IMPLEMENTATION, the kernel and
// its ports.
//
//
// 1. What it is
//
// Tasks with fixed priorities, of which the most urgent ready one always runs (or whom a policy of
// the user's picks), with shares or limits of running time if wanted; delays and timers;
// semaphores, mutexes with priority inheritance, condition variables, reader-writer locks, event
// flags, barriers; queues, priority queues, streams, mailboxes and notifications of tasks,
// rendezvous, pools of memory blocks; waiting for any of several of them; jobs, which run to
// completion without stacks; names of objects, a watchdog, and a dump of who waits for what. The
// caller owns every byte: there is no heap, and no call can fail for lack of room that was not
// given to it. One set of calls serves tasks and interrupts. A call that is wrong says so by its
// status, in release builds too, and changes nothing.
//
// Copy this file into the project. One C or C++ file (C99, C++11 or newer) says
//
//     #define TINYRTOS_IMPLEMENTATION
//     #include "tinyrtos.h"
//
// and all others just include it. Options are macros, the same for all files; files that were built
// with different ones do not link, and the linker's message spells them. Who comes from FreeRTOS,
// pyRTOS, BuguRTOS or run-to-completion tasks: examples/from_*.md has each call there, and ours.
//
// It runs on the desktop (section 9), on Cortex-M0 to M33 (>>cortex-m) and on AVRs of the tiny and
// mega families (>>avr); ports/cortex-m/README.md and ports/avr/README.md say what a project needs
// around it. Elsewhere it runs with a port of one's own (section 8).
//
//
// 2. A first program
//
// Runs on the desktop as it is: cc app.c && ./a.out
//
// ```c
// #define TINYRTOS_IMPLEMENTATION
// #include "tinyrtos.h"
//
// #include <stdio.h>
//
// TRT_SEM_DEFINE(pressed, 0, 1);
//
// static void button(void *arg)
// {
//     (void)arg;
//     for (int i = 0; i < 3; i++) {
//         trt_delay(TRT_MS(100));
//         trt_sem_give(&pressed);
//     }
// }
//
// static void lamp(void *arg)
// {
//     (void)arg;
//     while (trt_sem_take(&pressed, TRT_MS(500)) == TRT_OK)
//         printf("on, at %lu ms\n", (unsigned long)TRT_TICKS_TO_MS(trt_now()));
// }
//
// TRT_TASK_DEFINE(button_task, button, 1, 512);
// TRT_TASK_DEFINE(lamp_task, lamp, 0, 512);
//
// int main(void)
// {
//     trt_task_start(&button_task, NULL);
//     trt_task_start(&lamp_task, NULL);
//     return trt_start() == TRT_OK ? 0 : 1;
// }
// ```
//
//
// 3. Options
//
// Set them before the include, with -D, or in a file named by TINYRTOS_CONFIG_FILE. A switch is 0
// or 1, literally. Numbers are plain: they become part of a symbol's name. A wrong one is an #error
// that names it.
//
//     TINYRTOS_TASKS               1     switch; 0: jobs only, no task and nothing that waits (AVR)
//     TINYRTOS_PRIORITIES          8     priorities, 0 the most urgent; 1 to 32
//     TINYRTOS_PREEMPTION          1     0: cooperative, a task runs until it waits or yields
//     TINYRTOS_TIME_SLICE          0     ticks of a turn among equals, 1 to 255; 0: no turns
//     TINYRTOS_TICK_HZ             1000  ticks per second, 1 to 1000000
//     TINYRTOS_TICK_BITS           32    width of the tick counter: 16, 32 or 64
//     TINYRTOS_TICKLESS            0     switch: idle stops the tick until something is due
//     TINYRTOS_TIMEOUT_BUCKETS     -     lists of timeouts (AVR: 1), each a pointer of RAM: 13;
//                                        where ticks are skipped TINYRTOS_TICK_BITS, the most
//     TINYRTOS_SEMAPHORES          1     switch: trt_sem_
//     TINYRTOS_SEM_OWNERS          0     switch: trt_sem_set_owner
//     TINYRTOS_MUTEXES             1     switch: trt_mutex_
//     TINYRTOS_MUTEXES_HELD_MAX    8     mutexes that one task may hold at once, 1 to 255
//     TINYRTOS_FLAGS               1     switch: trt_flags_
//     TINYRTOS_FLAG_BITS           32    flags in an event group: 8, 16 or 32
//     TINYRTOS_QUEUES              1     switch: trt_queue_
//     TINYRTOS_CHANNELS            1     switch: trt_channel_; needs TINYRTOS_MUTEXES
//     TINYRTOS_CONDS               1     switch: trt_cond_; needs TINYRTOS_MUTEXES
//     TINYRTOS_COND_OWNERS         0     switch: trt_cond_set_owner
//     TINYRTOS_RWLOCKS             1     switch: trt_rwlock_; needs TINYRTOS_MUTEXES
//     TINYRTOS_BARRIERS            1     switch: trt_barrier_
//     TINYRTOS_PQUEUES             1     switch: trt_pqueue_
//     TINYRTOS_STREAMS             1     switch: trt_stream_
//     TINYRTOS_POOLS               1     switch: trt_pool_
//     TINYRTOS_TIMERS              1     switch: trt_timer_
//     TINYRTOS_JOBS                1     switch: trt_job_, trt_jobs_
//     TINYRTOS_JOBS_MAX            8     jobs in one set: 8, 16 or 32
//     TINYRTOS_WAIT_ANY            1     switch: trt_wait_
//     TINYRTOS_WAIT_ANY_MAX        4     things that one call may wait for, 1 to 32
//     TINYRTOS_WATCHES             1     switch: trt_watch_
//     TINYRTOS_REGISTRY            1     switch: trt_name_
//     TINYRTOS_NAMES               1     switch: tasks and timers have names
//     TINYRTOS_TASK_LOCAL          1     switch: one pointer of the user's in each task
//     TINYRTOS_RUN_TIME_STATS      0     switch: trt_task_run_time
//     TINYRTOS_SHORTCUTS           1     switch: frequent cases in few steps; 0: smaller, slower
//     TINYRTOS_STACK_CHECK         1     switch: look at a task's stack end at every switch
//     TINYRTOS_STOP_PROTECTION     0     switch: trt_task_protect
//     TINYRTOS_SWITCH_HOOKS        0     switch: trt_task_set_switch_hook
//     TINYRTOS_BUDGETS             0     switch: trt_task_set_budget
//     TINYRTOS_NOTES               0     notifications that each task has, 0 to 16: trt_note_
//     TINYRTOS_MAIL                0     switch: tasks have mailboxes, trt_mail_
//     TINYRTOS_PASSES              0     switch: what happens at every pass of the scheduler
//     TINYRTOS_DUMP                0     switch: trt_dump, what every task waits for
//     TINYRTOS_PORT_FILE           -     a port of the user's own (section 8)
//     TINYRTOS_HOST_UCONTEXT       -     host: 0 own switch (x86-64 Linux: default), 1 swapcontext
//     TINYRTOS_HOST_STACK          262144  host: every task's stack has at least so many bytes
//     TINYRTOS_HOST_CALLS_PER_TICK 1000  host: kernel calls that make time move a tick; 0: none
//     TINYRTOS_CM_SYSTICK          1     Cortex-M: 0: not SysTick, the program calls trt_tick
//     TINYRTOS_CM_CEILING          0     most urgent interrupt priority that is masked; 0: mask all
//     TINYRTOS_CM_PRIORITY_BITS    -     bits of an interrupt priority that the part has, 2 to 8
//     TINYRTOS_CM_ERRATUM_837070   -     1 for a Cortex-M7 r0p1 (default on ARMv7E-M)
//     TINYRTOS_CM_MPU_GUARD        0     1: a fault when a task's stack overflows (ARMv7-M, v8-M)
//     TINYRTOS_CM_IDLE_STACK       256   bytes of main's stack that idle gets, 128 or more
//     TINYRTOS_CM_PENDSV_HANDLER   PendSV_Handler   the handler's name in the vector table
//     TINYRTOS_CM_SYSTICK_HANDLER  SysTick_Handler  and SysTick's
//     TINYRTOS_AVR_TICK            1     AVR: 0: no timer, the program calls trt_tick
//     TINYRTOS_AVR_TIMER           0     whose compare A ticks, 0 to 5; Arduino: 0 is millis()'s
//     TINYRTOS_AVR_ISR_STACK       0     1: TRT_ISR interrupts run on main's stack, not on a task's
//     TINYRTOS_CPU_HZ              -     the clock that the tick is made from (AVR: default F_CPU)
//     TINYRTOS_COUNTER_HZ          -     how fast TINYRTOS_COUNTER counts
//
// Hooks are function-like macros, empty unless defined before the implementation:
//
//     TINYRTOS_MISUSE_HOOK(call, object, task, status)   a call was wrong; `call` is its name
//     TINYRTOS_STACK_OVERFLOW_HOOK(task)                 default: say so and stop
//     TINYRTOS_IDLE_HOOK()                               in idle, once for each time it is entered
//     TINYRTOS_TICK_HOOK()                               in the tick interrupt, after the tick
//     TINYRTOS_PICK(task)                                who runs: it, or one of trt_ready_next
//     TINYRTOS_DEADLOCK_HOOK(task, object)               who waits for what in a circle, one by one
//     TINYRTOS_BUDGET_HOOK(task)                         a watchdog budget is over; task is stopped
//     TINYRTOS_JOB_HOOK(jobs, job)                       before each job: feed a watchdog, say
//     TINYRTOS_WATCHDOG_HOOK(watch)                      all have checked in; inside the lock
//     TINYRTOS_TRACE(event, task, object)                trt_trace_event_t; inside the lock
//     TINYRTOS_COUNTER()                                 a free-running uint32_t, not the port's
//     TINYRTOS_RUN_TIME_COUNTER()                        the same for run times alone, at any rate
//     TINYRTOS_TICKLESS_SLEEP(max_ticks)                 Cortex-M, own tick: see the port's README
//     TINYRTOS_HOST_SLEEP(ns)                            host, real time: how idle sleeps
//     TINYRTOS_CM_PANIC_HOOK(why, task)                  Cortex-M: before it stops for good
//     TINYRTOS_CM_FORBIDDEN_HOOK(call, exception)        Cortex-M: a call from above the ceiling
//     TINYRTOS_AVR_PANIC_HOOK(why, task)                 AVR: the same
//
//
// 4. What may be called from where
//
//                             task  interrupt  scheduler locked,  before       idle hook; driver
//                                              critical section   trt_start    between two runs
//     make, start, give, set,
//     stop, query, ...        yes   yes        yes                yes          yes
//     take, send, wait, join:
//     what is there           yes   yes        yes                yes          yes
//     having to wait          yes   CONTEXT    CONTEXT            NOT_STARTED  CONTEXT
//     trt_delay               yes   CONTEXT    CONTEXT            NOT_STARTED  CONTEXT
//     trt_yield               yes   CONTEXT    yes, at its end    NOT_STARTED  CONTEXT
//     trt_mutex_lock, unlock  yes   CONTEXT    yes, not waiting   NOT_STARTED  CONTEXT
//     trt_sched_lock, unlock  yes   CONTEXT    yes                NOT_STARTED  CONTEXT
//
// CONTEXT and NOT_STARTED are TRT_ERR_CONTEXT and TRT_ERR_NOT_STARTED. Each declaration has its
// "ctx". A timer's callback is an interrupt. A task that an interrupt makes ready runs when the
// interrupt returns, of itself. Inside trt_critical_enter and _exit, it runs after the exit.
// Interrupts that the kernel never masks (above TINYRTOS_CM_CEILING) may call nothing.
//
// Interrupt handlers are plain functions; on an AVR they begin with TRT_ISR(vector) instead of
// avr-libc's ISR(vector), or a task that they wake waits for the next tick or kernel call.
//
//
// 5. What is promised
//
// Scheduling. The most urgent ready task runs. Equals run in the order in which they became ready;
// a preempted task keeps its place before them; without time slices the running one keeps the
// processor until it waits or yields.
//
// Waiting. Who is woken has what it waited for: a token, the lock, the item; nobody can take it in
// between. Waiters are served by priority, then by how long they have waited, whatever has changed
// their priority meanwhile. A wait ends in exactly one way, and the status says which. TRT_NO_WAIT
// never waits, TRT_FOREVER has no end.
//
// Inheritance. A task that holds mutexes has at least the priority of the most urgent task that
// waits for any of them, a server that of its most urgent client; through it, so has the owner of
// what it waits for in turn, and so on.
// Whatever ends a reason (an unlock in any order, a timeout, a stop, a change of priority) ends its
// effect at once.
//
// Stopping. A task can be stopped, or can return from its function, wherever it is. It leaves what
// it waits for. Mutexes that it holds pass to their first waiters, or to the next that asks: that
// lock returns TRT_ABANDONED, which is a success: the lock is held, and the data behind it may be
// half changed. Tokens it took and items it received are gone with it.
//
// Deadlock. A task that would wait for a mutex, for the end of a task or for the answer of a server
// which in turn waits, directly or through others, for it, does not begin: the call returns
// TRT_ERR_DEADLOCK, also with a timeout. (trt_wait_any has other ways out, and is not looked at.)
//
// Deleting. An object that is deleted or initialised anew wakes all who wait with TRT_ERR_DELETED.
//
// Several things. trt_wait_any takes exactly one, at once with the wake; it leaves the others as if
// it had never looked.
//
// Wrong calls. Statuses from TRT_ERR_CONTEXT downwards mean that the call was wrong: it has changed
// nothing, and TINYRTOS_MISUSE_HOOK has been told. An object must be zero (as static memory is)
// before its first init, so that the kernel can tell that it is not one yet.
//
//
// 6. Time
//
// trt_now() counts ticks since trt_start and wraps; every comparison in the kernel is right across
// the wrap. A timeout or delay of n ticks counts full ticks. The present one is under way, so it
// ends with the n+1st tick from now: never early. trt_delay_until and periodic timers count from
// the moment that was due, so they are exact and do not drift. TRT_MS and its sisters round up, and
// what is too long becomes TRT_TICKS_MAX. A tick costs the same however many timeouts run; one that
// is due is handled with interrupts let in before the next. (On an AVR, a tick at which something
// is due has a step for each timeout there is. Elsewhere one tick in 4096 has a step for each that
// ends beyond the next such tick, unless TINYRTOS_TIMEOUT_BUCKETS is more.)
//
// trt_delay_ns counts finer than ticks, where the port has a counter. With TINYRTOS_TICKLESS, idle
// stops the tick until the next timeout, as far as the timer can count; the ticks that did not come
// are counted before anybody can ask for the time. (Cortex-M and AVR: the port's README.)
//
//
// 7. What it costs
//
// Measured by tools/cost.py, at -Os, default options:
//
//     RAM, bytes                           Cortex-M3  ATmega328P
//         kernel                                 124          46
//         task                                    72          42
//         semaphore                               12           8
//         mutex                                   16          10
//         event flags                             12          10
//         queue, without its items                24          16
//         timer                                   32          20
//         passive timer                            4           4
//         thing of a trt_wait_any                 40          26
//     flash, bytes, without the port
//         two tasks that yield                  1464        1898
//         ... and a delay                       1968        2674
//         ... and a semaphore                   3384        4964
//         ... and a mutex                       4632        6852
//         ... and a queue                       5456        7928
//         ... and event flags                   5800        8684
//         ... and a timer                       6054        9080
//         ... and trt_wait_any                  6578        9752
//         all that, no shortcuts                5606        8108
//
// (end of the table)
//
// Each program has all that those above it have; what it does not use is switched off.
//
// Each by itself adds, to two tasks that yield and delay:
//
//     flash, RAM of one (or in each task)            Cortex-M3  ATmega328P
//         Y2   semaphore                              1416, 12     2272, 8
//         Y2   owner of a semaphore                   1556, 16    2462, 10
//         Y3   mutex                                  1828, 16    2866, 10
//         Y6   condition variable, with its mutex     2308, 12     3520, 8
//         Y9   reader-writer lock                     2292, 24    3574, 16
//         Y7   event flags                            1236, 12    1802, 10
//         Y10  barrier                                 808, 12     1298, 8
//         M1   queue                                  1868, 24    2586, 16
//         M8   queue with priorities                  1908, 28    2448, 22
//         M6   stream                                 2624, 24    3456, 18
//         M7   pool                                   1308, 24    1870, 16
//         M4   mailbox, with its queue                 1736, 4     2162, 2
//         M5   rendezvous                             2512, 28    3612, 18
//         E1   notification                            1460, 8     2180, 5
//         E5   services and conditions                1144, 12     1462, 6
//         E4   trt_wait_any, for a semaphore          1708, 40    2410, 26
//         C3   passive timer                            136, 4      274, 4
//         C4   timer                                   256, 28     394, 18
//         S7   jobs in a task                         1212, 16    1560, 10
//         I6   deferred calls, with their queue       1588, 24    1952, 16
//         M3   name of an object                       646, 16      274, 8
//         D6   watchdog                                  80, 8      148, 8
//         S3   turns among equals                        88, 4      114, 1
//         S4   budgets                                  396, 8      416, 6
//         T2   names of tasks                            12, 4       18, 2
//         T6   stopping, and protection from it         284, 4      318, 1
//         T8   switch hooks                             132, 4      168, 2
//         T10  the user's pointer in a task              48, 4       40, 2
//         T10  run times                                124, 4      254, 4
//         T11  stack check                               12, 0       34, 0
//         D5   dump                                    1091, 8     1604, 6
//
// (end of what each adds)
//
// (With the letter of its row in tests/rows.csv. RAM: of one such object, or in each task.)
//
//     bytes of stack, ATmega328P: any call at most                 133
//     ... an interrupt with any call (its frame counted)           133
//
// (tests/avr/calls.txt has each call, and how long it shuts interrupts out.)
//
//
// 8. Writing a port
//
// Copy ports/template/port.h, fill in its functions (section >>port says what each must do), and
// name the file in TINYRTOS_PORT_FILE. It is included twice. Among the options it has to give
//
//     typedef ... trt_stack_t;          the unit of a stack, with its alignment
//     typedef ... trt_critical_t;       what trtp_lock found
//     #define TRTP_STACK_MIN ...        bytes that a stack must have
//     #define TRTP_STACK_FILL 0xA5      what its untouched bytes hold
//
// and, when TINYRTOS_PORT_IMPLEMENTATION is defined, the functions, all static. It may define more:
// TRTP_TASK_FIELDS with TRTP_TASK_INIT (fields of its own in every task), TRTP_COUNTER with
// TRTP_COUNTER_HZ, TRTP_SKIPS_TICKS (for trtk_ticks_to_next_i and trtk_skip_i, to stop the tick in
// idle), TRTP_TIMEOUT_CHAIN (where RAM is short: one list of timeouts instead of many).
//
// The kernel calls trtp_switch with the lock held and returns from it with the lock held, in
// another context. A voluntary switch saves only what a function call must keep. A switch on the
// way out of an interrupt is the same function, called where all else has been saved: trtp_pend
// asks for it.
//
//
// 9. Testing on the desktop
//
// The host port runs the same application on one thread in virtual time: when every task waits,
// time jumps to the next event; two runs are identical. trt_start returns when trt_host_stop was
// called, all tasks have ended, the time limit is reached (TRT_ERR_TIMEOUT), or nothing can ever
// happen again (TRT_ERR_DEADLOCK). A test can do without it and keep control:
//
//     trt_task_start(&lamp_task, NULL);
//     trt_host_run_until_idle();                          // the lamp waits
//     trt_host_raise(BUTTON_LINE);                        // an interrupt
//     trt_host_run(TRT_MS(10));
//     assert(trt_task_state(&lamp_task) == TRT_TASK_WAITING && trt_check() == NULL);
//     trt_host_reset();                                   // and from nothing again
//
// Interrupts come in at kernel calls, never between: trt_host_raise_after(line, n) for n = 1, 2,
// ... puts one before each call in turn. Task stacks are guarded: an overflow ends the program at
// the access, naming the task. AddressSanitizer, UndefinedBehaviorSanitizer and valgrind know of
// the switches. A loop that makes no kernel call should call trt_host_point or trt_host_advance.
//
//
// 10. Limits
//
// One processor (ports/several_processors.md: what a second would take). Priorities: 32. Tokens,
// items in a queue, bytes of an item: 65535. Locks of one mutex by its owner: 254, nested
// trt_sched_lock: 127. One mutex among the things of one trt_wait_any. A task and its stack must
// exist for ever once started; so must other objects until they are deleted. The items of queues
// are copied with interrupts shut out: keep them small, or send pointers. (Above 16 bytes each one
// more is about an instruction on a Cortex-M3, and about 5 cycles on an AVR.) What goes through a
// stream may be of any size: interrupts come in after every 16 bytes. While a task is suspended,
// what it is given stays given to it.

#ifndef TINYRTOS_H
#define TINYRTOS_H

#if defined(TINYRTOS_CONFIG_FILE)
#include TINYRTOS_CONFIG_FILE
#endif

// The host port needs POSIX, also under -std=c99.
#if defined(TINYRTOS_IMPLEMENTATION) && defined(__unix__) && !defined(_DEFAULT_SOURCE)
#define _DEFAULT_SOURCE 1
#elif defined(TINYRTOS_IMPLEMENTATION) && defined(__APPLE__) && !defined(_XOPEN_SOURCE)
#define _XOPEN_SOURCE 700
#define _DARWIN_C_SOURCE 1
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

// A switch is the literal 0 or 1: `true` is 0 to the preprocessor in C and 1 in C++, so a
// comparison cannot tell. TRTK_CAT(TRTK_IS_BOOL_, X) is 1 for these two and an unknown name, hence
// 0, for anything else. What <stdbool.h> makes of `true` is set aside meanwhile (the pragmas, which
// every compiler that we know has): it must not decide.
#pragma push_macro("true")
#pragma push_macro("false")
#undef true
#undef false
#define TRTK_IS_BOOL_0 1
#define TRTK_IS_BOOL_1 1

// --- scheduling

#ifndef TINYRTOS_TASKS
#define TINYRTOS_TASKS 1
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_TASKS) != 1
#error "TINYRTOS_TASKS: 0 (jobs only) or 1"
#endif

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
#error "TINYRTOS_TIME_SLICE: ticks of a turn among equal tasks, 1 to 255; 0 switches slicing off"
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

#ifndef TINYRTOS_TICKLESS
#define TINYRTOS_TICKLESS 0
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_TICKLESS) != 1
#error "TINYRTOS_TICKLESS: 0 or 1 (idle stops the tick until something is due)"
#endif

// --- objects: what is 0 here is not compiled

#ifndef TINYRTOS_SEMAPHORES
#define TINYRTOS_SEMAPHORES TINYRTOS_TASKS
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
#define TINYRTOS_MUTEXES TINYRTOS_TASKS
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

#ifndef TINYRTOS_CHANNELS
#define TINYRTOS_CHANNELS TINYRTOS_MUTEXES
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_CHANNELS) != 1
#error "TINYRTOS_CHANNELS: 0 or 1"
#endif
#if TINYRTOS_CHANNELS && !TINYRTOS_MUTEXES
#error "TINYRTOS_CHANNELS: a server inherits as a mutex's owner does: needs TINYRTOS_MUTEXES 1"
#endif

#ifndef TINYRTOS_FLAGS
#define TINYRTOS_FLAGS TINYRTOS_TASKS
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
#define TINYRTOS_QUEUES TINYRTOS_TASKS
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_QUEUES) != 1
#error "TINYRTOS_QUEUES: 0 or 1"
#endif

#ifndef TINYRTOS_CONDS
#define TINYRTOS_CONDS TINYRTOS_MUTEXES
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_CONDS) != 1
#error "TINYRTOS_CONDS: 0 or 1"
#endif
#if TINYRTOS_CONDS && !TINYRTOS_MUTEXES
#error "TINYRTOS_CONDS: who waits for a condition lets go of a mutex: set TINYRTOS_MUTEXES to 1"
#endif

#ifndef TINYRTOS_COND_OWNERS
#define TINYRTOS_COND_OWNERS 0
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_COND_OWNERS) != 1
#error "TINYRTOS_COND_OWNERS: 0 or 1 (a condition variable may have an owner, who alone signals)"
#endif

#ifndef TINYRTOS_RWLOCKS
#define TINYRTOS_RWLOCKS TINYRTOS_MUTEXES
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_RWLOCKS) != 1
#error "TINYRTOS_RWLOCKS: 0 or 1"
#endif
#if TINYRTOS_RWLOCKS && !TINYRTOS_MUTEXES
#error "TINYRTOS_RWLOCKS: a mutex is part of the lock: set TINYRTOS_MUTEXES to 1"
#endif

#ifndef TINYRTOS_BARRIERS
#define TINYRTOS_BARRIERS TINYRTOS_TASKS
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_BARRIERS) != 1
#error "TINYRTOS_BARRIERS: 0 or 1"
#endif

#ifndef TINYRTOS_PQUEUES
#define TINYRTOS_PQUEUES TINYRTOS_TASKS
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_PQUEUES) != 1
#error "TINYRTOS_PQUEUES: 0 or 1"
#endif

#ifndef TINYRTOS_STREAMS
#define TINYRTOS_STREAMS TINYRTOS_TASKS
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_STREAMS) != 1
#error "TINYRTOS_STREAMS: 0 or 1"
#endif

#ifndef TINYRTOS_POOLS
#define TINYRTOS_POOLS TINYRTOS_TASKS
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_POOLS) != 1
#error "TINYRTOS_POOLS: 0 or 1"
#endif

#ifndef TINYRTOS_TIMERS
#define TINYRTOS_TIMERS 1
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_TIMERS) != 1
#error "TINYRTOS_TIMERS: 0 or 1"
#endif

#ifndef TINYRTOS_WAIT_ANY
#define TINYRTOS_WAIT_ANY TINYRTOS_TASKS
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_WAIT_ANY) != 1
#error "TINYRTOS_WAIT_ANY: 0 or 1"
#endif
#if !TINYRTOS_TASKS && (TINYRTOS_SEMAPHORES || TINYRTOS_MUTEXES || TINYRTOS_FLAGS || \
                        TINYRTOS_QUEUES || TINYRTOS_BARRIERS || TINYRTOS_PQUEUES ||  \
                        TINYRTOS_STREAMS || TINYRTOS_POOLS || TINYRTOS_WAIT_ANY)
#error "TINYRTOS_TASKS: with 0 there is nobody to wait for an object that is switched on"
#endif

#ifndef TINYRTOS_JOBS
#define TINYRTOS_JOBS 1
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_JOBS) != 1
#error "TINYRTOS_JOBS: 0 or 1"
#endif

#ifndef TINYRTOS_JOBS_MAX
#define TINYRTOS_JOBS_MAX 8
#endif
#if TINYRTOS_JOBS_MAX != 8 && TINYRTOS_JOBS_MAX != 16 && TINYRTOS_JOBS_MAX != 32
#error "TINYRTOS_JOBS_MAX: jobs in one set, 8, 16 or 32"
#endif

#ifndef TINYRTOS_WATCHES
#define TINYRTOS_WATCHES 1
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_WATCHES) != 1
#error "TINYRTOS_WATCHES: 0 or 1 (a watchdog is fed while all who are supervised check in)"
#endif

#ifndef TINYRTOS_REGISTRY
#define TINYRTOS_REGISTRY TINYRTOS_TASKS
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_REGISTRY) != 1
#error "TINYRTOS_REGISTRY: 0 or 1 (objects may have names, which tools can list)"
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

#ifndef TINYRTOS_SHORTCUTS
#define TINYRTOS_SHORTCUTS 1
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_SHORTCUTS) != 1
#error "TINYRTOS_SHORTCUTS: 0 or 1 (the frequent cases of calls take few steps, and more flash)"
#endif

#ifndef TINYRTOS_STACK_CHECK
#define TINYRTOS_STACK_CHECK 1
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_STACK_CHECK) != 1
#error "TINYRTOS_STACK_CHECK: 0 or 1 (look at a task's stack end whenever it leaves the processor)"
#endif

#ifndef TINYRTOS_STOP_PROTECTION
#define TINYRTOS_STOP_PROTECTION 0
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_STOP_PROTECTION) != 1
#error "TINYRTOS_STOP_PROTECTION: 0 or 1 (a task can put off being stopped)"
#endif

#ifndef TINYRTOS_SWITCH_HOOKS
#define TINYRTOS_SWITCH_HOOKS 0
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_SWITCH_HOOKS) != 1
#error "TINYRTOS_SWITCH_HOOKS: 0 or 1 (a task's own function, called when it is switched)"
#endif

#ifndef TINYRTOS_BUDGETS
#define TINYRTOS_BUDGETS 0
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_BUDGETS) != 1
#error "TINYRTOS_BUDGETS: 0 or 1 (how long a task may run)"
#endif
#if TINYRTOS_BUDGETS && !TINYRTOS_PREEMPTION
#error "TINYRTOS_BUDGETS: who has used up one is preempted: needs TINYRTOS_PREEMPTION 1"
#endif

#ifndef TINYRTOS_NOTES
#define TINYRTOS_NOTES 0
#endif
#if TINYRTOS_NOTES < 0 || TINYRTOS_NOTES > 16
#error "TINYRTOS_NOTES: notifications that each task has, 0 to 16"
#endif

#ifndef TINYRTOS_MAIL
#define TINYRTOS_MAIL 0
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_MAIL) != 1
#error "TINYRTOS_MAIL: 0 or 1 (tasks have mailboxes)"
#endif
#if TINYRTOS_MAIL && !TINYRTOS_QUEUES
#error "TINYRTOS_MAIL: a mailbox is a queue: needs TINYRTOS_QUEUES 1"
#endif

#ifndef TINYRTOS_PASSES
#define TINYRTOS_PASSES 0
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_PASSES) != 1
#error "TINYRTOS_PASSES: 0 or 1 (services, delays and conditions by passes of the scheduler)"
#endif
#ifndef TINYRTOS_DUMP
#define TINYRTOS_DUMP 0
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_DUMP) != 1
#error "TINYRTOS_DUMP: 0 or 1 (trt_dump; tasks remember since when they wait)"
#endif
#if !TINYRTOS_TASKS && (TINYRTOS_STOP_PROTECTION || TINYRTOS_SWITCH_HOOKS || TINYRTOS_BUDGETS || \
                        TINYRTOS_NOTES || TINYRTOS_MAIL || TINYRTOS_PASSES || TINYRTOS_DUMP)
#error "TINYRTOS_TASKS: with 0 there are no tasks that could have what is switched on"
#endif

// --- hooks: macros, empty unless the user defines them before the implementation

#ifndef TINYRTOS_IDLE_HOOK
#define TINYRTOS_IDLE_HOOK() ((void)0)
#endif
#ifndef TINYRTOS_TICK_HOOK
#define TINYRTOS_TICK_HOOK() ((void)0)
#define TRTK_NO_TICK_HOOK
#endif
#ifndef TINYRTOS_MISUSE_HOOK
#define TINYRTOS_MISUSE_HOOK(call, object, task, status) ((void)0)
#endif
#ifndef TINYRTOS_WATCHDOG_HOOK
#define TINYRTOS_WATCHDOG_HOOK(watch) ((void)(watch))
#endif
#ifndef TINYRTOS_JOB_HOOK
#define TINYRTOS_JOB_HOOK(jobs, job) ((void)0)
#endif
#ifndef TINYRTOS_DEADLOCK_HOOK
#define TINYRTOS_DEADLOCK_HOOK(task, object) ((void)0)
#define TRTK_HAS_DEADLOCK_HOOK 0
#else
#define TRTK_HAS_DEADLOCK_HOOK 1
#endif
#ifndef TINYRTOS_BUDGET_HOOK
#define TINYRTOS_BUDGET_HOOK(task) ((void)0)
#endif
#ifndef TINYRTOS_PICK
#define TINYRTOS_PICK(task) (task)
#define TRTK_HAS_POLICY 0
#else
#define TRTK_HAS_POLICY 1
#endif
#ifndef TINYRTOS_TRACE
#define TINYRTOS_TRACE(event, task, object) ((void)0)
#define TRTK_NO_TRACE
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
#elif defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
#define TRTK_PORT_CORTEX_M 1
#elif defined(__AVR__)
#define TRTK_PORT_AVR 1
#elif defined(__unix__) || defined(__APPLE__)
#define TRTK_PORT_HOST 1
#else
#error "tinyrtos has no port for this target: write one (manual) and name it in TINYRTOS_PORT_FILE"
#endif

#ifndef TRTK_PORT_USER
#define TRTK_PORT_USER 0
#endif
#ifndef TRTK_PORT_CORTEX_M
#define TRTK_PORT_CORTEX_M 0
#endif
#ifndef TRTK_PORT_AVR
#define TRTK_PORT_AVR 0
#endif
#ifndef TRTK_PORT_HOST
#define TRTK_PORT_HOST 0
#endif

#if !TINYRTOS_TASKS && !TRTK_PORT_AVR
#error "TINYRTOS_TASKS: 0 only on an AVR as yet"
#endif

#if TRTK_PORT_CORTEX_M

// The kernel masks interrupts of priority TINYRTOS_CM_CEILING and less urgent ones; those above are
// never masked and must not call it. Unshifted. 0: all are masked, by PRIMASK.
#ifndef TINYRTOS_CM_CEILING
#define TINYRTOS_CM_CEILING 0
#endif
#ifndef TINYRTOS_CM_PRIORITY_BITS
#if defined(__NVIC_PRIO_BITS)
#define TINYRTOS_CM_PRIORITY_BITS __NVIC_PRIO_BITS
#elif __ARM_ARCH_ISA_THUMB >= 2
#define TINYRTOS_CM_PRIORITY_BITS 3
#else
#define TINYRTOS_CM_PRIORITY_BITS 2
#endif
#endif
#if TINYRTOS_CM_PRIORITY_BITS < 2 || TINYRTOS_CM_PRIORITY_BITS > 8
#error "TINYRTOS_CM_PRIORITY_BITS: bits of an interrupt priority that the part has, 2 to 8"
#endif
#if TINYRTOS_CM_CEILING < 0 || TINYRTOS_CM_CEILING >= (1 << TINYRTOS_CM_PRIORITY_BITS)
#error "TINYRTOS_CM_CEILING: an unshifted interrupt priority that the part has; 0: mask all"
#endif
#if TINYRTOS_CM_CEILING > 0 && __ARM_ARCH_ISA_THUMB < 2
#error "TINYRTOS_CM_CEILING: this architecture has no BASEPRI; only 0 (mask all) is possible"
#endif

#ifndef TINYRTOS_CM_ERRATUM_837070
#if defined(__ARM_ARCH_7EM__)
#define TINYRTOS_CM_ERRATUM_837070 1
#else
#define TINYRTOS_CM_ERRATUM_837070 0
#endif
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_CM_ERRATUM_837070) != 1
#error "TINYRTOS_CM_ERRATUM_837070: 0 or 1 (right for a Cortex-M7 r0p1 with a ceiling, too)"
#endif

#ifndef TINYRTOS_CM_SYSTICK
#define TINYRTOS_CM_SYSTICK 1
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_CM_SYSTICK) != 1
#error "TINYRTOS_CM_SYSTICK: 0 (the program calls trt_tick) or 1 (SysTick ticks)"
#endif
#if TINYRTOS_CM_SYSTICK && defined(TINYRTOS_IMPLEMENTATION) && !defined(TINYRTOS_CPU_HZ)
#error "TINYRTOS_CPU_HZ: SysTick needs the core's clock in Hz; or set TINYRTOS_CM_SYSTICK to 0"
#endif

#if TINYRTOS_TICKLESS && defined(TINYRTOS_TICKLESS_SLEEP) == TINYRTOS_CM_SYSTICK
#error "TINYRTOS_TICKLESS_SLEEP: with TINYRTOS_CM_SYSTICK 0, the program stops its tick; only then"
#endif

#ifndef TINYRTOS_CM_PENDSV_HANDLER
#define TINYRTOS_CM_PENDSV_HANDLER PendSV_Handler
#endif
#ifndef TINYRTOS_CM_SYSTICK_HANDLER
#define TINYRTOS_CM_SYSTICK_HANDLER SysTick_Handler
#endif
#ifndef TINYRTOS_CM_PANIC_HOOK
#define TINYRTOS_CM_PANIC_HOOK(why, task) ((void)(why), (void)(task))
#endif
#ifndef TINYRTOS_CM_FORBIDDEN_HOOK
#define TINYRTOS_CM_FORBIDDEN_HOOK(call, exception) ((void)(call), (void)(exception))
#endif
#ifndef TINYRTOS_CM_IDLE_STACK
#define TINYRTOS_CM_IDLE_STACK 256
#endif
#if TINYRTOS_CM_IDLE_STACK < 128 || TINYRTOS_CM_IDLE_STACK % 8 != 0
#error "TINYRTOS_CM_IDLE_STACK: idle's share of main's stack in bytes, 128 or more, in eights"
#endif

#ifndef TINYRTOS_CM_MPU_GUARD
#define TINYRTOS_CM_MPU_GUARD 0
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_CM_MPU_GUARD) != 1
#error "TINYRTOS_CM_MPU_GUARD: 0 or 1 (no write passes the end of the running task's stack)"
#endif
#if TINYRTOS_CM_MPU_GUARD && __ARM_ARCH_ISA_THUMB < 2
#error "TINYRTOS_CM_MPU_GUARD: for ARMv7-M and ARMv8-M mainline (which limits the stack pointer)"
#endif

typedef uint64_t trt_stack_t;
typedef uint32_t trt_critical_t;
#define TRTP_STACK_FILL 0xA5
#if defined(__ARM_FP)
#define TRTP_STACK_MIN (256 + 64 * TINYRTOS_CM_MPU_GUARD) // a preempted frame: 42 words with FP
#else
#define TRTP_STACK_MIN (128 + 64 * TINYRTOS_CM_MPU_GUARD) // ... and 19 without; the guard: 56 bytes
#endif
#if TINYRTOS_CM_CEILING > 0
#define TRTP_HAS_FORBIDDEN_INTERRUPTS // those above the ceiling
#endif
#if TINYRTOS_TICKLESS
#define TRTP_SKIPS_TICKS
#endif
#if TINYRTOS_CM_SYSTICK
#define TRTP_COUNTER() trtp_counter() // cycles
#define TRTP_COUNTER_HZ (TINYRTOS_CPU_HZ)
#endif

#endif // TRTK_PORT_CORTEX_M

#if TRTK_PORT_AVR

#if defined(__AVR_XMEGA__) || defined(__AVR_TINY__)
#error "tinyrtos runs on AVRs of the tiny and mega families, but not XMEGA, tinyAVR 0 to 2, tiny10"
#endif
#include <avr/interrupt.h>
#include <avr/pgmspace.h>

#if TINYRTOS_TASKS && RAMEND - RAMSTART + 1 < 128
#error "TINYRTOS_TASKS: this part has too little RAM for tasks; with 0, jobs alone, it has enough"
#endif

#ifndef TINYRTOS_AVR_ISR_STACK
#define TINYRTOS_AVR_ISR_STACK 0
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_AVR_ISR_STACK) != 1
#error "TINYRTOS_AVR_ISR_STACK: 0 (TRT_ISR runs on the task's stack) or 1 (on main's)"
#endif

#ifndef TINYRTOS_AVR_TICK
#define TINYRTOS_AVR_TICK 1
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_AVR_TICK) != 1
#error "TINYRTOS_AVR_TICK: 0 (the program calls trt_tick) or 1 (TINYRTOS_AVR_TIMER ticks)"
#endif

// The timer whose compare A ticks. The Arduino core has Timer 0 run; there it goes on as it was.
#ifndef TINYRTOS_AVR_TIMER
#define TINYRTOS_AVR_TIMER 0
#endif
#if TINYRTOS_AVR_TIMER == 0 && defined(TIMER0_COMPA_vect)
#define TRTP_TICK_VECTOR TIMER0_COMPA_vect
#elif TINYRTOS_AVR_TIMER == 0 && defined(TIM0_COMPA_vect)
#define TRTP_TICK_VECTOR TIM0_COMPA_vect
#elif TINYRTOS_AVR_TIMER == 1 && defined(TIMER1_COMPA_vect) && defined(TCCR1A)
#define TRTP_TICK_VECTOR TIMER1_COMPA_vect
#elif TINYRTOS_AVR_TIMER == 1 && defined(TIM1_COMPA_vect) && defined(TCCR1A)
#define TRTP_TICK_VECTOR TIM1_COMPA_vect
#elif TINYRTOS_AVR_TIMER == 2 && defined(TIMER2_COMPA_vect)
#define TRTP_TICK_VECTOR TIMER2_COMPA_vect
#elif TINYRTOS_AVR_TIMER == 3 && defined(TIMER3_COMPA_vect)
#define TRTP_TICK_VECTOR TIMER3_COMPA_vect
#elif TINYRTOS_AVR_TIMER == 4 && defined(TIMER4_COMPA_vect) && !defined(TC4H)
#define TRTP_TICK_VECTOR TIMER4_COMPA_vect
#elif TINYRTOS_AVR_TIMER == 5 && defined(TIMER5_COMPA_vect)
#define TRTP_TICK_VECTOR TIMER5_COMPA_vect
#elif TINYRTOS_AVR_TICK
#error "TINYRTOS_AVR_TIMER: this part has no such timer, 0 to 5, with a compare A of the usual kind"
#endif

#if !defined(TINYRTOS_CPU_HZ) && defined(F_CPU)
#define TINYRTOS_CPU_HZ F_CPU
#endif
#if TINYRTOS_AVR_TICK && defined(TINYRTOS_IMPLEMENTATION) && !defined(TINYRTOS_CPU_HZ)
#error "TINYRTOS_CPU_HZ: the tick needs the clock in Hz (or F_CPU); or set TINYRTOS_AVR_TICK to 0"
#endif
#if TINYRTOS_AVR_TICK && defined(TINYRTOS_CPU_HZ) && TINYRTOS_CPU_HZ / TINYRTOS_TICK_HZ < 500
#error "TINYRTOS_TICK_HZ: ticks of fewer than 500 cycles leave the tasks no time"
#endif

#if TINYRTOS_TICKLESS && !TINYRTOS_AVR_TICK
#error "TINYRTOS_TICKLESS: with TINYRTOS_AVR_TICK 0, idle cannot stop the tick: it is the program's"
#endif
#if TINYRTOS_TICKLESS && defined(ARDUINO) && TINYRTOS_AVR_TIMER == 0
#error "TINYRTOS_TICKLESS: Timer 0 is also millis()'s; TINYRTOS_AVR_TIMER can be another"
#endif

#ifndef TINYRTOS_AVR_PANIC_HOOK
#define TINYRTOS_AVR_PANIC_HOOK(why, task) ((void)(why), (void)(task))
#endif

typedef uint8_t trt_stack_t;
typedef uint8_t trt_critical_t; // SREG
#define TRTP_TIMEOUT_CHAIN
#define TRTP_FLASH PROGMEM // constants would lie in RAM
#define TRTP_READ_FLASH(to, from, bytes) trtp_read_flash(to, from, bytes)
#define TRTP_STACK_FILL 0xA5
#define TRTP_STACK_MIN 32 // a switched-out task's frame is 20 bytes
#if TINYRTOS_TICKLESS
#define TRTP_SKIPS_TICKS
#endif

#endif // TRTK_PORT_AVR

#if TRTK_PORT_HOST

#ifndef TINYRTOS_HOST_UCONTEXT
#if defined(__x86_64__) && defined(__linux__) && !defined(__ILP32__)
#define TINYRTOS_HOST_UCONTEXT 0
#else
#define TINYRTOS_HOST_UCONTEXT 1
#endif
#endif
#if TRTK_CAT(TRTK_IS_BOOL_, TINYRTOS_HOST_UCONTEXT) != 1
#error "TINYRTOS_HOST_UCONTEXT: 0 (own switch, x86-64 Linux) or 1 (swapcontext, anywhere)"
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
#error "TINYRTOS_HOST_CALLS_PER_TICK: kernel calls that make virtual time move a tick; 0: none"
#endif

typedef uint64_t trt_stack_t; // the unit a stack array is made of: gives it its alignment
typedef bool trt_critical_t;  // what trt_critical_enter found
#define TRTP_SKIPS_TICKS      // idle jumps to the next event
#define TRTP_STACK_MIN 64     // bytes: a smaller stack is refused
#define TRTP_STACK_FILL 0x00  // what an untouched byte of a stack holds (fresh pages are zero)
#define TRTP_TASK_FIELDS \
    void *host_stack; // port: the guarded mapping that stands in for the user's stack
#define TRTP_TASK_INIT , NULL
#define TRTP_COUNTER() trtp_counter()
#define TRTP_COUNTER_HZ (TINYRTOS_TICK_HZ * 1000ull)

#if defined(__SANITIZE_ADDRESS__)
#define TRTP_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TRTP_ASAN 1
#endif
#endif
#ifdef TRTP_ASAN // the kernel looks at stacks that are not its own
#define TRTP_RAW __attribute__((no_sanitize_address))
#else
#define TRTP_ASAN 0
#define TRTP_RAW
#endif

#endif // TRTK_PORT_HOST

#if TINYRTOS_TICKLESS && !defined(TRTP_SKIPS_TICKS)
#error "TINYRTOS_TICKLESS: this port cannot stop its tick"
#endif

#ifndef TINYRTOS_TIMEOUT_BUCKETS
#ifndef TRTP_SKIPS_TICKS
#define TINYRTOS_TIMEOUT_BUCKETS 13
#else // a look at those that are far would end a sleep
#define TINYRTOS_TIMEOUT_BUCKETS TINYRTOS_TICK_BITS
#endif
#endif
#if TINYRTOS_TIMEOUT_BUCKETS < 1 || TINYRTOS_TIMEOUT_BUCKETS > TINYRTOS_TICK_BITS
#error "TINYRTOS_TIMEOUT_BUCKETS: lists of timeouts, 1 to TINYRTOS_TICK_BITS"
#endif

// --- the counter: the user's own, else the port's if it has one

#if defined(TINYRTOS_COUNTER) != defined(TINYRTOS_COUNTER_HZ)
#error "TINYRTOS_COUNTER: it needs TINYRTOS_COUNTER_HZ, and the other way round"
#endif
#if defined(TINYRTOS_COUNTER)
#undef TRTP_COUNTER
#undef TRTP_COUNTER_HZ
#define TRTP_COUNTER() TINYRTOS_COUNTER()
#define TRTP_COUNTER_HZ (TINYRTOS_COUNTER_HZ)
#endif

#ifndef TRTP_FLASH // where constant tables lie, and how they are read
#define TRTP_FLASH
#define TRTP_READ_FLASH(to, from, bytes) memcpy(to, from, bytes)
#endif

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
#define TRT_ABANDONED \
    ((trt_status_t)1) // the mutex is yours; its owner ended while holding it: check what it guards
#define TRT_DEFERRED ((trt_status_t)3) // the task is protected: it is stopped as soon as it is not

#define TRT_LAST ((trt_status_t)2) // the caller was the last to come to a barrier

// The call was right, and this is how it ended.
#define TRT_ERR_WOULD_BLOCK ((trt_status_t)-1) // nothing there, and TRT_NO_WAIT
#define TRT_ERR_TIMEOUT ((trt_status_t)-2)     // the time is over
#define TRT_ERR_DELETED \
    ((trt_status_t)-3) // the object was deleted or made anew while the caller waited
#define TRT_ERR_ABORTED ((trt_status_t)-4) // the delay was cut short by trt_task_abort_delay
#define TRT_ERR_STATE \
    ((trt_status_t)-5) // the task or object is in no state where this means anything
#define TRT_ERR_NOT_FOUND ((trt_status_t)-6) // no task has that name

// The call was wrong: nothing has changed, and TINYRTOS_MISUSE_HOOK is told.
#define TRT_ERR_CONTEXT \
    ((trt_status_t)-16) // not from here: interrupt, idle, locked scheduler, critical section
#define TRT_ERR_NOT_STARTED \
    ((trt_status_t)-17)                    // would have to wait, and trt_start has not been called
#define TRT_ERR_PARAM ((trt_status_t)-18)  // a parameter out of its range
#define TRT_ERR_OBJECT ((trt_status_t)-19) // null, never initialised, deleted, or of another kind
#define TRT_ERR_OWNER ((trt_status_t)-20)  // the caller does not own it
#define TRT_ERR_OVERFLOW ((trt_status_t)-21) // one more than the object can count
#define TRT_ERR_DEADLOCK ((trt_status_t)-22) // could never return

#define TRT_CLEAR 2u // mode of a wait: what has come is cleared at once

#if TINYRTOS_TICK_BITS == 16
typedef uint16_t trt_tick_t;
#elif TINYRTOS_TICK_BITS == 32
typedef uint32_t trt_tick_t;
#else
typedef uint64_t trt_tick_t;
#endif

#define TRT_NO_WAIT ((trt_tick_t)0)    // timeout: do not wait
#define TRT_FOREVER ((trt_tick_t)-1)   // timeout: wait without end
#define TRT_TICKS_MAX ((trt_tick_t)-2) // the longest time that ends

// Time in ticks: rounded up, never zero unless zero was asked for, TRT_TICKS_MAX at most. For
// constants they cost nothing; for variables a 64-bit division, and the argument is evaluated more
// than once.
#define TRT_SECONDS(s) TRTK_TICKS(s, 1u)
#define TRT_MS(ms) TRTK_TICKS(ms, 1000u)
#define TRT_US(us) TRTK_TICKS(us, 1000000u)
#define TRTK_TICKS(n, per_second) \
    ((trt_tick_t)(TRTK_TOO_LONG(n, per_second) ? TRT_TICKS_MAX : TRTK_TICKS_UP(n, per_second)))
#define TRTK_TICKS_UP(n, per_second)                 \
    ((uint64_t)(n) / (per_second)*TINYRTOS_TICK_HZ + \
     ((uint64_t)(n) % (per_second)*TINYRTOS_TICK_HZ + (per_second)-1u) / (per_second))
#define TRTK_TOO_LONG(n, per_second) /* 2^44 seconds, or more than the ticks can count */ \
    (((uint64_t)(n) / (per_second) >> 44) != 0 ||                                         \
     ((TRTK_TICKS_UP(n, per_second) + 1u) >> (TINYRTOS_TICK_BITS - 1) >> 1) != 0)

// Ticks in milliseconds, rounded down, as a uint64_t.
#define TRT_TICKS_TO_MS(ticks)                      \
    ((uint64_t)(ticks) / TINYRTOS_TICK_HZ * 1000u + \
     (uint64_t)(ticks) % TINYRTOS_TICK_HZ * 1000u / TINYRTOS_TICK_HZ)

#if TINYRTOS_FLAG_BITS == 8
typedef uint8_t trt_bits_t;
#elif TINYRTOS_FLAG_BITS == 16
typedef uint16_t trt_bits_t;
#else
typedef uint32_t trt_bits_t;
#endif

typedef struct trt_task trt_task_t;
typedef struct trt_wait trt_wait_t;
typedef struct trt_object trt_object_t;
typedef struct trt_timeout trt_timeout_t;
typedef struct trt_mutex trt_mutex_t;
typedef struct trt_timer trt_timer_t;

// What every object begins with.
struct trt_object {
    // lock:
    trt_wait_t *waiters; // ring by priority, then age (TRTK_FIFO: by age); NULL when nobody waits
    uint16_t count;      // what there is: tokens, items, readers; mutexes that a task holds
    uint8_t mode;        // what the kind makes of it
    // constant:
    uint8_t kind; // TRTK_KIND_*, the mark of an initialised object, plus TRTK_FIFO or TRTK_CEILING
};

enum {
    TRTK_TWO_ENDED = 0x20, // in a kind: some wait while it is full, others while it is empty
    TRTK_KIND_POOL = 0x41,
    TRTK_KIND_COND = 0x42,
    TRTK_KIND_RWLOCK = 0x43,
    TRTK_KIND_BARRIER = 0x44,
    TRTK_KIND_STREAM = 0x45,
    TRTK_KIND_JOBS = 0x46,
    TRTK_KIND_CALLS = 0x47,
    TRTK_KIND_NEW_TASK = 0x50, // no task yet
    TRTK_KIND_SEM = 0x51,
    TRTK_KIND_MUTEX = 0x52,
    TRTK_KIND_FLAGS = 0x53,
    TRTK_KIND_QUEUE = 0x54 | TRTK_TWO_ENDED,
    TRTK_KIND_TASK = 0x55,
    TRTK_KIND_PASSES = 0x57,
    TRTK_KIND_CHANNEL = 0x56, // a mutex's, with a bit of its own
    TRTK_KIND_PQUEUE = 0x57 | TRTK_TWO_ENDED,
    TRTK_CEILING = 0x08, // added to a mutex's kind: it has a ceiling
    TRTK_FIFO = 0x80     // added to a kind: waiters in order of arrival
};

// Where count, mode and kind can be read as one word (trtk_counted), a queue's mode tells whether
// its items have one of the sizes that have short ways of their own.
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && !defined(__AVR__)
#define TRTK_ONE_WORD 1
#define TRTK_ITEMS_OF(size) ((size) == 4 ? TRTK_WORDS : (size) == 16 ? TRTK_MESSAGES : TRTK_ITEMS)
#else
#define TRTK_ONE_WORD 0
#define TRTK_ITEMS_OF(size) 0
#endif

enum { TRTK_WORDS = 0, TRTK_ITEMS = 0x40, TRTK_MESSAGES = 0x80 };

// A condition of the user's.
typedef bool (*trt_condition_t)(void *arg);

// Takes what is wanted, or changes nothing and answers TRT_ERR_WOULD_BLOCK, or only claims it
// (TRTK_CLAIMED).
typedef trt_status_t (*trt_attempt_t)(trt_wait_t *wait);

// One thing that a task wants and may have to wait for. A call that waits has one on its stack;
// trt_wait_any takes an array of them.
struct trt_wait {
    // lock:
    trt_wait_t *next, *prev; // in the ring of those who wait for the same object; NULL when not
    trt_wait_t *group; // the first of a run of equal priority and its last point at each other,
                       // those between at themselves
    uint8_t prio;      // that of the task: the key of the ring
    bool came;         // it ended the wait
    uint16_t mode;     // (constant) flags: any or all, clear; a stream: the place claimed in it
    uint32_t since;    // its age, smaller is older
    trt_task_t *task;  // who wants it
    // constant:
    trt_object_t *object;
    trt_attempt_t attempt;
    void *data; // where an item comes from or goes to, or the flags go
#if TINYRTOS_PASSES
    trt_condition_t condition;
#endif
    trt_bits_t bits; // flags: which; a notification: the state and the index
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

// One notification of a task.
typedef struct trt_note {
    int32_t value;
    int8_t state; // 0: not active
} trt_note_t;

// What a budget is for.
typedef enum trt_budget {
    TRT_BUDGET_NONE,    // the task runs as long as it likes
    TRT_BUDGET_SHARE,   // at its end the task waits until all who are ready have had theirs
    TRT_BUDGET_WATCHDOG // at its end the task is stopped
} trt_budget_t;

typedef void (*trt_switch_hook_t)(trt_task_t *task, bool in);
typedef struct trt_queue trt_queue_t;

typedef void (*trt_task_fn_t)(void *arg);

struct trt_task {
    trt_object_t object; // its waiters are those who join it; mode is the state (TRTK_*)
    // lock:
    trt_task_t *next, *prev; // in the ring of the ready tasks of its priority
    void *sp;                // the saved context, while it does not run
    trt_wait_t *wait;        // the things it waits for
    uint8_t prio;            // effective priority, the key of every ring
    uint8_t base_prio;       // the priority it was given
    uint8_t legs;            // how many things it waits for
    trt_status_t status;     // how its last wait ended
    trt_timeout_t timeout;   // ends the wait
#if TINYRTOS_TIME_SLICE
    uint8_t slice; // ticks left of its turn
#endif
#if TINYRTOS_MUTEXES
    trt_mutex_t *held; // mutexes it owns, the last locked first
#endif
    // constant once started:
    trt_task_t *next_task; // all tasks that were ever started, the newest first
    trt_task_fn_t entry;
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
#if TINYRTOS_SWITCH_HOOKS
    trt_switch_hook_t switch_hook;
#endif
#if TINYRTOS_MAIL
    trt_queue_t *mailbox;
#endif
    // lock:
#if TINYRTOS_STOP_PROTECTION
    uint8_t protections; // while there are any, a stop waits
#endif
#if TINYRTOS_BUDGETS
    uint8_t set;           // where it is ready: in the set whose turn it is, or in the other
    uint8_t budget;        // trt_budget_t
    uint16_t budget_ticks; // that it may run
    uint16_t budget_left;
#endif
#if TINYRTOS_NOTES
    trt_note_t notes[TINYRTOS_NOTES];
#endif
#if TINYRTOS_DUMP
    trt_tick_t since; // when its wait began
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
    trt_object_t
        object; // count: the protocol; mode: how often its owner has locked it, or TRTK_LEFT_BEHIND
    trt_task_t *owner; // NULL: free, and then nobody waits
    trt_mutex_t *next_held;
};

typedef struct trt_flags {
    trt_object_t object;
    trt_bits_t bits;
} trt_flags_t;

struct trt_queue {
    trt_object_t
        object; // count: items; senders wait only when it is full, receivers only when it is empty
    // constant:
    uint16_t capacity; // (here, as a semaphore's limit, where every kind of object has something:
                       // it is read before the kind is known)
    uint16_t item_size;
    // lock:
    uint8_t *first; // the oldest item
    uint8_t *next;  // where the next one goes
    // constant:
    uint8_t *end; // of the buffer
};

// A call that a server has accepted.
typedef struct trt_call {
    trt_task_t *client;
    void *message; // the client's, until it is answered
} trt_call_t;

typedef struct trt_channel {
    trt_mutex_t door;   // owner: the server; its waiters are the clients
    trt_object_t calls; // its waiter is the server, when there is nothing to accept
    trt_task_t *client; // whose call was accepted last
} trt_channel_t;

typedef struct trt_pqueue {
    trt_object_t object; // count: items; mode: bit n: there are items of level n
    uint8_t *buffer;     // for each slot the index of the next one, then their items
    uint16_t item_size;
    uint8_t capacity; // slots
    uint8_t used;     // those that ever held an item are the first so many
    uint8_t free;     // the first of them that is free; the next links all
    uint8_t claimed;  // 1 + that from or to which is being copied, 0: none; likewise
    uint8_t tails[8]; // of each level: the last item, the next of which is the first
} trt_pqueue_t;

typedef struct trt_stream {
    trt_object_t object; // count: bytes there are; mode: claims that are being copied
    uint8_t *buffer;
    uint16_t capacity; // its bytes
    uint16_t head;     // index of the oldest byte
    uint16_t trigger;  // what a receiver waits for, in bytes; TRT_MESSAGES: a whole message
    uint16_t coming;   // bytes behind those there are: senders have claimed them
    uint16_t room;     // bytes behind these; the rest are before all: receivers have claimed them
} trt_stream_t;

// Bytes to be sent, or room for bytes to be received.
typedef struct trt_span {
    void *bytes;
    uint16_t size;
    uint16_t got; // how many were received
} trt_span_t;

typedef struct trt_cond {
    trt_object_t object;
    trt_mutex_t *mutex; // that all who wait have let go of
#if TINYRTOS_COND_OWNERS
    trt_task_t *owner; // the only task that may signal; NULL: anybody
#endif
} trt_cond_t;

typedef struct trt_barrier {
    trt_object_t object; // count: who has come and stands in the ring
    uint16_t parties;    // more than that
} trt_barrier_t;

typedef struct trt_rwlock {
    trt_object_t object; // count: readers inside; its waiter is the writer, until they have left
    trt_mutex_t gate;    // owner: who writes, or waits to, or is about to read
} trt_rwlock_t;

typedef struct trt_pool {
    trt_object_t object; // count: blocks that are taken; somebody waits only when all are
    void *given;         // the block that was given back last; its mark is the one before, or 0
    uint8_t *memory;     // blocks, a mark behind each (trtk_pool_mark)
    size_t used;         // so many bytes of it were ever taken: the marks in them count
    uint16_t block_size;
    uint16_t blocks;
} trt_pool_t;

typedef void (*trt_timer_fn_t)(void *arg);

struct trt_timer {
    trt_timeout_t timeout; // its `expire` marks an initialised timer, and whether it goes on
    trt_tick_t not_period; // ~period: now less that is the end of a period that begins now
    trt_timer_fn_t callback;
    void *arg;
#if TINYRTOS_NAMES
    const char *name;
#endif
};

#if TINYRTOS_JOBS_MAX == 8
typedef uint8_t trt_job_bits_t;
#elif TINYRTOS_JOBS_MAX == 16
typedef uint16_t trt_job_bits_t;
#else
typedef uint32_t trt_job_bits_t;
#endif

// One job of a set: a function that runs to completion, and its argument.
typedef struct trt_job {
    void (*run)(void *arg);
    void *arg;
} trt_job_t;

typedef struct trt_jobs {
#if TINYRTOS_TASKS
    trt_object_t object; // whose waiter is the task that runs them
#endif
    // lock:
    trt_job_bits_t pending; // bit n: job n is to run
    // constant:
    uint8_t count;
    const trt_job_t *table; // TRTP_FLASH
} trt_jobs_t;

// A passive timer: a moment, doubled, plus one while it counts. 8 bytes with a 64-bit tick.
typedef struct trt_deadline {
    trt_tick_t bits;
} trt_deadline_t;

// A function that runs at every pass of the scheduler.
typedef struct trt_service {
    struct trt_service *next; // lock: the one registered after it
    void (*run)(void *arg);
    void *arg;
} trt_service_t;

// What a message carries.
typedef union trt_payload {
    int32_t number;
    void *pointer;
} trt_payload_t;

// A message from task to task.
typedef struct trt_message {
    trt_task_t *source; // NULL: an interrupt, or nobody
    trt_task_t *target;
    uint8_t type; // TRT_QUIT, or TRT_MESSAGE_USER and up
    trt_payload_t payload;
} trt_message_t;

// Who has to check in before a watchdog is fed.
typedef struct trt_watch {
    // lock:
    trt_bits_t supervised; // all of them
    trt_bits_t missing;    // of these, those that have not done so since it was fed last
} trt_watch_t;

// A name for an object. A tool may read `object` and `name`.
typedef struct trt_name {
    // lock:
    struct trt_name *next;  // the one that was added before it
    struct trt_name **link; // what points here; NULL when it is not listed
    // constant while it is listed:
    void *object;
    const char *name;
} trt_name_t;

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
    TRT_TRACE_SWITCH,    // task: gets the processor; NULL: idle
    TRT_TRACE_READY,     // task: can run from now on
    TRT_TRACE_WAIT,      // task: waits for object (NULL: time)
    TRT_TRACE_WAKE,      // task: its wait for object has ended
    TRT_TRACE_PRIORITY,  // task: its effective priority has changed
    TRT_TRACE_START,     // task: begins at its first line
    TRT_TRACE_END,       // task: is over
    TRT_TRACE_TICK,      // a tick
    TRT_TRACE_TIMER,     // object: a timer's callback is about to run
    TRT_TRACE_ISR_ENTER, // an interrupt begins (host)
    TRT_TRACE_ISR_EXIT   // and is over (host)
} trt_trace_event_t;

// ---------------------------------------------------------------------------------------------
// >>api: what a program calls
//
// "ctx" names the contexts from which a call is legal: task; interrupt; driver (main before
// trt_start, and on the host between two runs). Elsewhere it returns TRT_ERR_CONTEXT. Any call
// given a null, uninitialised, deleted or wrong object returns TRT_ERR_OBJECT; "ret" does not
// repeat it. "constant" cost: no loop.
// ---------------------------------------------------------------------------------------------

// --- kernel

#if TINYRTOS_TASKS
// Start the kernel: the tasks that were started run. On a target it never returns; the caller's
// stack becomes idle's.
//   ctx:  main, once
//   ret:  host: TRT_OK when asked to stop (trt_host_stop) or all tasks have ended, TRT_ERR_TIMEOUT
//         at the time limit, TRT_ERR_DEADLOCK when all tasks wait and nothing can ever happen;
//         TRT_ERR_STATE when it runs already
trt_status_t trt_start(void);
#endif

// Count one tick and do what is due. A port calls it from its timer interrupt, or the user from
// theirs: from one source, which does not interrupt itself.
//   ctx:  interrupt; harmless before trt_start
//   cost: constant when nothing is due, else a constant with the mask held for each thing that is
//         due or moves on
void trt_tick(void);

// The number of ticks since trt_start, modulo the width of trt_tick_t; never torn.
//   ctx:  any
//   cost: constant
trt_tick_t trt_now(void);

#if TINYRTOS_TASKS
// Let the next task of the caller's priority run.
//   ctx:  task
//   ret:  true when any other task was ready (one of equal priority has run); false when none was:
//         power can be saved
//   cost: constant
bool trt_yield(void);

// Keep the processor: no other task runs until the matching unlock; interrupts stay on. Nests 127
// deep.
//   ctx:  task
//   ret:  TRT_OK, TRT_ERR_CONTEXT, TRT_ERR_OVERFLOW
//   cost: constant
trt_status_t trt_sched_lock(void);

// Undo one trt_sched_lock; after the last, what became more urgent meanwhile runs.
//   ctx:  task
//   ret:  TRT_OK, TRT_ERR_CONTEXT, TRT_ERR_STATE (not locked)
//   cost: constant
trt_status_t trt_sched_unlock(void);
#endif

// Shut the kernel's interrupts out, and restore what `enter` found. Nests. Calls that do not wait
// are legal inside; a task that they wake runs after the exit.
//   ctx:  any
//   cost: constant
trt_critical_t trt_critical_enter(void);
void trt_critical_exit(trt_critical_t found);

// True inside an interrupt handler.
//   ctx:  any
//   cost: constant
bool trt_in_interrupt(void);

#if TINYRTOS_TASKS
// Walk over the whole kernel and check every invariant that is written at its data. For tests: it
// is not bounded.
//   ctx:  any; the lock is held throughout
//   ret:  NULL, or the first invariant that does not hold, in words
const char *trt_check(void);

#if TINYRTOS_DUMP
// Why is it stuck: write as text, by `put`, the tick, and a line for each task that was ever
// started: name, state, priority; if it waits, for what (kind, and name if it has one by
// trt_name_add, else address), who has that, and since which tick. For example
//
//     tick 1290
//     lamp waiting, priority 3, for mutex bus of button, since 1234
//     button delayed, priority 3, since 1280
//
//   ctx:  any; `put` is called with the mask open
//   cost: a step for each task and each thing that it waits for, the mask open between
void trt_dump(void (*put)(char c));
#endif

// --- tasks

// Define task `task` with its stack, valid before main; trt_task_start makes it run. File scope.
#define TRT_TASK_DEFINE(task, fn, priority, bytes)                                            \
    TRTK_ASSERT(TRTK_IN(priority, 0, TINYRTOS_PRIORITIES - 1), task##_priority_out_of_range); \
    TRTK_ASSERT((bytes) >= TRTP_STACK_MIN, task##_stack_too_small);                           \
    static TRT_STACK_DEFINE(task##_stack, bytes);                                             \
    trt_task_t task = TRTK_TASK_INIT(#task, fn, priority, task##_stack)

// Define a stack of at least `bytes` bytes for trt_task_create.
#define TRT_STACK_DEFINE(stack, bytes) \
    trt_stack_t stack[((bytes) + sizeof(trt_stack_t) - 1u) / sizeof(trt_stack_t)]

// Make a task at run time; trt_task_start makes it run. `task` must be zero (static) or a task that
// has ended; it and its stack must exist for ever. `name` is kept by address.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_STATE (it has not ended), TRT_ERR_PARAM (priority, function, stack null
//         or too small)
//   cost: constant
trt_status_t trt_task_create(trt_task_t *task, const char *name, trt_task_fn_t fn, uint8_t priority,
                             void *stack, size_t stack_bytes);

// Run a created or ended task from its first line with `arg`. Returning from its function ends it.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_STATE (it has not ended)
//   cost: filling the stack with a pattern (TINYRTOS_STACK_CHECK), outside the lock; else constant
trt_status_t trt_task_start(trt_task_t *task, void *arg);

// Stop a task in whatever state. Its waits are undone, its mutexes pass on (the next owner is told
// TRT_ABANDONED), who joins it wakes. Stopping oneself does not return. Inside a locked scheduler
// or a kernel call of its own, the task that runs is stopped at the end of that.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_STATE (it has ended), TRT_ERR_CONTEXT (oneself, with the scheduler
//         locked), TRT_DEFERRED (it has protected itself: at the end of that)
//   cost: a step for each mutex it holds (TINYRTOS_MUTEXES_HELD_MAX) and each joiner, the mask open
//         between
trt_status_t trt_task_stop(trt_task_t *task);

// Stop a task if it has not ended, and run it from its first line with a new argument.
//   ctx:  any, but not on the task that runs
//   ret:  TRT_OK, TRT_ERR_CONTEXT (it is the one that runs), TRT_ERR_STATE (it is just being
//         started, or has protected itself)
//   cost: trt_task_stop and trt_task_start
trt_status_t trt_task_restart(trt_task_t *task, void *arg);

// Wait until a task has ended.
//   ctx:  task; interrupt and driver as long as it does not have to wait
//   ret:  TRT_OK, TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT, TRT_ERR_DEADLOCK (oneself, or as
//         trt_mutex_lock)
//   cost: joining: at most TINYRTOS_PRIORITIES steps, the mask open between
trt_status_t trt_task_join(trt_task_t *task, trt_tick_t timeout);

// Take a task out of the running until trt_task_resume. One that waits keeps waiting, can be given
// what it waits for or time out, and then stays suspended. Does not nest.
//   ctx:  any; oneself: task, with the scheduler unlocked
//   ret:  TRT_OK, TRT_ERR_STATE (ended, or suspended already), TRT_ERR_CONTEXT
//   cost: constant
trt_status_t trt_task_suspend(trt_task_t *task);

// Undo trt_task_suspend.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_STATE (not suspended)
//   cost: constant
trt_status_t trt_task_resume(trt_task_t *task);

// Give a task another base priority, 0 being the most urgent. A ready task that is raised goes
// behind its new equals, one that is lowered before them (POSIX pthread_setschedprio); a waiting
// one moves to its new place; who holds a mutex that it waits for inherits, or no longer does.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (priority)
//   cost: for each task in the chain of owners at most TINYRTOS_PRIORITIES steps, and one for each
//         waiter of the new priority that came after it, the mask open between
trt_status_t trt_task_set_priority(trt_task_t *task, uint8_t priority);

// The priority a task has now, inheritance and ceilings included; and the one it was given. 255:
// not a task.
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

// All tasks that were ever started, in turn: the newest for NULL, then those before it; NULL at the
// end.
//   ctx:  any
//   cost: constant
trt_task_t *trt_task_next(const trt_task_t *task);

// Bytes of a task's stack that were never touched since it started; and all its bytes.
//   ctx:  any
//   cost: a step for each untouched byte, the mask open (host: the stack is one of at least
//         TINYRTOS_HOST_STACK bytes)
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
// How long a task has run, in units of TINYRTOS_RUN_TIME_COUNTER (default: the port's counter, else
// ticks), modulo 2^32.
//   ctx:  any
//   cost: constant
uint32_t trt_task_run_time(const trt_task_t *task);
#endif

#if TINYRTOS_STOP_PROTECTION
// Keep the caller from being stopped by others until the matching unprotect; nests 255 deep. A stop
// meanwhile is done at the last unprotect.
//   ctx:  task
//   ret:  TRT_OK, TRT_ERR_OVERFLOW, TRT_ERR_STATE (unprotect: it is not protected), TRT_ERR_CONTEXT
//   cost: constant
trt_status_t trt_task_protect(void);
trt_status_t trt_task_unprotect(void);
#endif

#if TINYRTOS_SWITCH_HOOKS
// Have a function called, inside the lock, whenever a task gets the processor (`in`) and whenever
// it loses it; NULL: none. It must be short and call nothing of the kernel.
//   ctx:  any
//   ret:  TRT_OK
//   cost: constant
trt_status_t trt_task_set_switch_hook(trt_task_t *task, trt_switch_hook_t hook);
#endif

#if TINYRTOS_BUDGETS
// Say how many ticks a task may run, whatever runs in between. A start begins with a whole budget.
// When it is over: TRT_BUDGET_SHARE: the task goes behind all ready tasks, more urgent or not, to
// those who have used up theirs; when no other is left, these get their turn, each with a new
// budget, so that the least urgent of them gets its share. (Who is lent a priority stays.)
// TRT_BUDGET_WATCHDOG: it is stopped, and TINYRTOS_BUDGET_HOOK told; it can be restarted. They are
// BuguRTOS's general purpose and real-time processes.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (no such budget; no ticks)
//   cost: constant
trt_status_t trt_task_set_budget(trt_task_t *task, trt_budget_t budget, uint16_t ticks);

// Begin a whole budget for the caller: a watchdog is fed.
//   ctx:  task
//   ret:  TRT_OK, TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: constant
trt_status_t trt_task_reset_budget(void);
#endif

// The ready tasks, the most urgent first and equals in the order in which they run: the first for
// NULL, then the one after `task`; NULL at the end. For TINYRTOS_PICK, which decides who runs among
// them (earliest deadline first, a lottery: see examples). It is asked with the lock held.
//   ctx:  any; the order holds while the lock is held
//   cost: constant
trt_task_t *trt_ready_next(const trt_task_t *task);

// --- delays

// Wait at least `ticks` full ticks: as the present tick is under way, between `ticks` and `ticks` +
// 1 pass. TRT_NO_WAIT yields. TRT_FOREVER waits for trt_task_abort_delay.
//   ctx:  task
//   ret:  TRT_OK, TRT_ERR_ABORTED, TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: constant
trt_status_t trt_delay(trt_tick_t ticks);

// Wait at least `ns` nanoseconds, as exactly as the counter tells (TINYRTOS_COUNTER, or the
// port's): whole ticks by waiting, the rest, less than a tick, by looking at the counter, while
// tasks of the caller's priority and more urgent ones run. Without a counter, rounded up to ticks.
// 0 yields.
//   ctx:  task
//   ret:  TRT_OK, TRT_ERR_ABORTED, TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: constant, and looking at the counter for less than a tick, the mask open between
trt_status_t trt_delay_ns(uint64_t ns);

// Wait for the next moment of a grid of `period` ticks, without drift. `*last` is the moment of the
// grid that was reached last (set it to trt_now() once) and moves on to the one reached now. If
// that moment has passed already, return at once; if whole periods have been missed, `*last` skips
// them, and `*missed` (may be NULL) says how many.
//   ctx:  task
//   ret:  TRT_OK, TRT_ERR_ABORTED, TRT_ERR_PARAM (period 0, null), TRT_ERR_CONTEXT,
//         TRT_ERR_NOT_STARTED
//   cost: constant
trt_status_t trt_delay_until(trt_tick_t *last, trt_tick_t period, trt_tick_t *missed);

// The same as macros, without drift: `last`, a trt_tick_t, begins now; moves on by `period` ticks,
// and the task waits until then; or just moves on. BuguRTOS's BGRT_WAIT_INTERVAL and
// BGRT_SET_TIMER.
//   ctx:  TRT_INTERVAL_WAIT: task; the others: any
//   ret:  TRT_INTERVAL_WAIT: as trt_delay_until; TRT_INTERVAL_IS_OVER: whether `last` has passed
#define TRT_INTERVAL_BEGIN(last) ((void)((last) = trt_now()))
#define TRT_INTERVAL_WAIT(last, period) trt_delay_until(&(last), (period), NULL)
#define TRT_INTERVAL_NEXT(last, period) ((void)((last) = (trt_tick_t)((last) + (period))))
#define TRT_INTERVAL_IS_OVER(last) ((trt_tick_t)(trt_now() - (last)) <= TRT_FOREVER / 2u)

// End the delay of a task: its trt_delay or trt_delay_until returns TRT_ERR_ABORTED.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_STATE (it is in no delay)
//   cost: constant
trt_status_t trt_task_abort_delay(trt_task_t *task);
#endif // TINYRTOS_TASKS

#if TINYRTOS_PASSES
// --- passes: what happens whenever the scheduler decides who runs, and at every tick. As in
// pyRTOS, where each yield is one. While anything counts on passes, idle skips no ticks.

#define TRT_SERVICE_DEFINE(service, fn, argument) trt_service_t service = {NULL, (fn), (argument)}

// Let a function run at every pass from now on, after those that were registered before it. It runs
// with the mask open, wherever the pass happens: on the stack of the task that leaves the
// processor, or in an interrupt. It must be short and not wait; a pass that happens meanwhile is
// left out.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_OBJECT (null, or without a function), TRT_ERR_STATE (it is registered)
//   cost: a step for each service, the mask open between
trt_status_t trt_service_add(trt_service_t *service);

// The passes there have been, modulo 2^32.
//   ctx:  any
//   cost: constant
uint32_t trt_passes(void);

// Wait for `passes` passes; 0 yields.
//   ctx:  task
//   ret:  TRT_OK, TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: as trt_until
trt_status_t trt_delay_passes(uint32_t passes);

// Wait until a condition is true. It is asked at the call and then at every pass, with the lock
// held: it must be short, change nothing and wait for nothing.
//   ctx:  task; interrupt and driver as long as it does not have to wait
//   ret:  TRT_OK, TRT_ERR_PARAM (null), TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT, TRT_ERR_CONTEXT,
//         TRT_ERR_NOT_STARTED
//   cost: each pass has a step for each task that waits so, the mask open between
trt_status_t trt_until(trt_condition_t is_true, void *arg, trt_tick_t timeout);
#endif // TINYRTOS_PASSES

#if TINYRTOS_NOTES
// --- notifications: each task has TINYRTOS_NOTES, each with a state (0: not active) and a value.
// One that is sent before anybody waits is kept. They begin at zero when the task starts. `index`
// is 0 to TINYRTOS_NOTES - 1. As in pyRTOS.

// Set the state and the value; or set the state and add to the value; or set the state alone, or
// add to it.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_STATE (the task has ended), TRT_ERR_PARAM (index), TRT_ERR_OVERFLOW (the
//         sum has no room in 32 bits, or in 8: nothing has changed)
//   cost: a step for each task that waits for the task's end or for a notification of it, the mask
//         open between
trt_status_t trt_note_set(trt_task_t *task, uint8_t index, int8_t state, int32_t value);
trt_status_t trt_note_add(trt_task_t *task, uint8_t index, int8_t state, int32_t step);
trt_status_t trt_note_set_state(trt_task_t *task, uint8_t index, int8_t state);
trt_status_t trt_note_add_state(trt_task_t *task, uint8_t index, int8_t step);

// What they are (0 for no task, or no such notification).
//   ctx:  any
//   cost: constant
int8_t trt_note_state(const trt_task_t *task, uint8_t index);
int32_t trt_note_value(const trt_task_t *task, uint8_t index);

// Wait until a notification, one's own or another task's, has a state. `mode`: 0, or TRT_CLEAR: its
// state is set to 0 then. `*value` (may be NULL) is its value at that moment.
//   ctx:  task; interrupt and driver as long as it does not have to wait
//   ret:  TRT_OK, TRT_ERR_STATE (the task has ended), TRT_ERR_PARAM (index, mode),
//         TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT, TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: as trt_sem_take
trt_status_t trt_note_wait(trt_task_t *task, uint8_t index, int8_t state, uint8_t mode,
                           int32_t *value, trt_tick_t timeout);
#endif // TINYRTOS_NOTES

// --- passive timers: nothing happens by itself; who wants to know asks. PAX ("On writing your own
// RTOS").

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

// TRT_RUNNING; or, once after its time is over, TRT_EXPIRED; else TRT_STOPPED (also for a null
// pointer).
//   ctx:  any
//   cost: constant
trt_deadline_state_t trt_deadline_status(trt_deadline_t *deadline);

#if TINYRTOS_TIMERS
// --- callback timers: the callback runs in the tick interrupt, with other interrupts on, and must
// not wait.
// Every call below takes effect before it returns, also inside the timer's own callback.

typedef enum trt_timer_mode { TRT_ONE_SHOT, TRT_PERIODIC } trt_timer_mode_t;

// clang-format off
#define TRT_TIMER_DEFINE(timer, fn, argument, ticks, mode)                                       \
    trt_timer_t timer = {                                                                        \
        {NULL, NULL, 0,                                                                          \
         (mode) == TRT_PERIODIC ? trtk_timer_expire_again : trtk_timer_expire_once},             \
        (trt_tick_t) ~(trt_tick_t)(ticks), (fn), (argument) TRTK_NAME_INIT(#timer)};             \
    TRTK_ASSERT((trt_tick_t)(ticks) != 0 && (trt_tick_t)(ticks) != TRT_FOREVER,                  \
                timer##_period_out_of_range)
// clang-format on

// Make a timer, stopped; one that ran is stopped first. `name` is kept by address.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (period 0 or TRT_FOREVER, no callback)
//   cost: constant
trt_status_t trt_timer_init(trt_timer_t *timer, const char *name, trt_timer_fn_t fn, void *arg,
                            trt_tick_t period, trt_timer_mode_t mode);

// Begin a full period now, whether it runs or not. A periodic timer goes on from each expiry,
// without drift.
//   ctx:  any
//   ret:  TRT_OK
//   cost: constant
trt_status_t trt_timer_start(trt_timer_t *timer);

// Stop a timer: its callback does not begin after this returns. (An interrupt more urgent than the
// tick may come when the callback has been decided on, and has not begun.)
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_STATE (it does not run)
//   cost: constant
trt_status_t trt_timer_stop(trt_timer_t *timer);

// Change the period; a timer that runs begins a full one now.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM
//   cost: constant
trt_status_t trt_timer_set_period(trt_timer_t *timer, trt_tick_t period);

// Whether it runs; ticks to the next expiry (0 when stopped); period; argument; name. Null asks for
// a zero answer.
//   ctx:  any
//   cost: constant
bool trt_timer_is_running(const trt_timer_t *timer);
trt_tick_t trt_timer_remaining(const trt_timer_t *timer);
trt_tick_t trt_timer_period(const trt_timer_t *timer);
void *trt_timer_arg(const trt_timer_t *timer);
#if TINYRTOS_NAMES
const char *trt_timer_name(const trt_timer_t *timer);
#endif

void trtk_timer_expire_once(trt_timeout_t *timeout, trt_critical_t found);
void trtk_timer_expire_again(trt_timeout_t *timeout, trt_critical_t found);
#endif // TINYRTOS_TIMERS

#if TINYRTOS_JOBS
// --- jobs: functions that run to completion, without stacks of their own: those of a set on that
// of the task that runs them, at its priority; without tasks, on main's. Of those that are pending
// the first of the set runs first. Interrupts and timers' callbacks post them.
//
//     TRT_JOBS_DEFINE(jobs, {sample, NULL}, {report, &port});
//     enum { SAMPLE, REPORT };
//     ...
//     trt_job_post(&jobs, REPORT);

// Define a set of jobs, the most urgent first. File scope.
#define TRT_JOBS_DEFINE(jobs, ...)                                                              \
    static const trt_job_t jobs##_table[] TRTP_FLASH = {__VA_ARGS__};                           \
    TRTK_ASSERT(sizeof jobs##_table / sizeof(trt_job_t) <= TINYRTOS_JOBS_MAX, jobs##_too_many); \
    trt_jobs_t jobs = {TRTK_JOBS_OBJECT_INIT 0, sizeof jobs##_table / sizeof(trt_job_t),        \
                       jobs##_table}

// Let job `job`, its index in the set, run.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_STATE (it is pending already, and runs once), TRT_ERR_PARAM (no such job)
//   cost: constant
trt_status_t trt_job_post(trt_jobs_t *jobs, uint8_t job);

// Take a job back that has not begun.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_STATE (it is not pending), TRT_ERR_PARAM
//   cost: constant
trt_status_t trt_job_cancel(trt_jobs_t *jobs, uint8_t job);

#if TINYRTOS_TASKS && TINYRTOS_QUEUES
// Have a function called in the context of the task that runs trt_calls_run for this queue of
// trt_job_t (TRT_QUEUE_DEFINE(calls, trt_job_t, n)), after those that were deferred before it.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (function null, or a queue of something else), TRT_ERR_WOULD_BLOCK
//         (no room)
//   cost: as trt_queue_send
trt_status_t trt_calls_defer(trt_queue_t *calls, void (*run)(void *arg), void *arg);

// Call what is deferred, for ever.
//   ctx:  task
//   ret:  TRT_ERR_PARAM (a queue of something else), TRT_ERR_DELETED, TRT_ERR_CONTEXT,
//         TRT_ERR_NOT_STARTED
//   cost: as trt_queue_receive
trt_status_t trt_calls_run(trt_queue_t *calls);
#endif

// Run the jobs of a set for ever, each with the mask open. With tasks: in a task, which waits while
// none is pending. Without: in main, instead of trt_start; it sleeps while none is pending.
//   ctx:  task; without tasks: main, once
//   ret:  TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: a job begins a constant time after its turn has come (AVR: plus a step for each one of
//         its set that is before it)
trt_status_t trt_jobs_run(trt_jobs_t *jobs);
#endif // TINYRTOS_JOBS

#if TINYRTOS_SEMAPHORES
// --- semaphores: tokens, `limit` at most. Binary: limit 1. The most urgent waiter is served first,
// equals in order
// of arrival; in a fifo semaphore all in order of arrival. A token that is given while a task waits
// is that task's.

#define TRT_SEM_DEFINE(sem, initial, max) TRTK_SEM_DEFINE(sem, TRTK_KIND_SEM, initial, max)
#define TRT_SEM_DEFINE_FIFO(sem, initial, max) \
    TRTK_SEM_DEFINE(sem, TRTK_KIND_SEM | TRTK_FIFO, initial, max)

// Make a semaphore at run time. `sem` must be zero (static) or have been one: its waiters then
// return TRT_ERR_DELETED.
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
//   ctx:  task; interrupt and driver as long as it does not have to wait
//   ret:  TRT_OK, TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT, TRT_ERR_DELETED, TRT_ERR_CONTEXT,
//         TRT_ERR_NOT_STARTED
//   cost: constant; when it waits among waiters of several priorities, at most TINYRTOS_PRIORITIES
//         steps, the mask open between
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
// --- mutexes: recursive, with transitive priority inheritance (Sha, Rajkumar, Lehoczky 1990), or
// with an immediate
// priority ceiling as well (POSIX PTHREAD_PRIO_PROTECT). Never from an interrupt. If the owner ends
// while holding one, it passes to the next, who is told TRT_ABANDONED: what it guards may be half
// done.

#define TRT_INHERIT 0x40u // protocol: the owner has at least the priority of its most urgent waiter
#define TRT_NO_PROTOCOL 0x41u // protocol: priorities are left alone
#define TRT_CEILING(priority) \
    (priority) // protocol: the owner has at least this priority, and inherits

#define TRT_MUTEX_DEPTH_MAX 254u // how often its owner may lock a mutex

#define TRTK_MUTEX_OBJECT(protocol) \
    { NULL, (protocol), 0, TRTK_KIND_MUTEX + ((protocol) < TINYRTOS_PRIORITIES) * TRTK_CEILING }

#define TRT_MUTEX_DEFINE(mutex, protocol)                            \
    trt_mutex_t mutex = {TRTK_MUTEX_OBJECT(protocol), NULL, NULL};   \
    TRTK_ASSERT(TRTK_IN(protocol, 0, TINYRTOS_PRIORITIES - 1) ||     \
                    TRTK_IN(protocol, TRT_INHERIT, TRT_NO_PROTOCOL), \
                mutex##_protocol_out_of_range)

// Make a mutex at run time. `mutex` must be zero (static) or have been one: its waiters then return
// TRT_ERR_DELETED and its owner owns it no longer.
//   ctx:  task, driver
//   ret:  TRT_OK, TRT_ERR_PARAM (protocol), TRT_ERR_CONTEXT
//   cost: a step for each waiter, the mask open between
trt_status_t trt_mutex_init(trt_mutex_t *mutex, uint8_t protocol);

// Make an end of a mutex, also of a locked one: waiters return TRT_ERR_DELETED, later calls
// TRT_ERR_OBJECT.
//   ctx:  task, driver
//   ret:  TRT_OK, TRT_ERR_CONTEXT
//   cost: a step for each waiter, the mask open between
trt_status_t trt_mutex_delete(trt_mutex_t *mutex);

// Lock a mutex, waiting for it at most `timeout` ticks; its owner locks it once more.
//   ctx:  task
//   ret:  TRT_OK, TRT_ABANDONED (locked, too), TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT,
//         TRT_ERR_DELETED, TRT_ERR_OVERFLOW (TRT_MUTEX_DEPTH_MAX, TINYRTOS_MUTEXES_HELD_MAX),
//         TRT_ERR_PARAM (the caller's base priority is above the ceiling), TRT_ERR_DEADLOCK (its
//         owner waits, directly or through others, for what the caller has: TINYRTOS_DEADLOCK_HOOK
//         is told each task of the circle and what it waits for), TRT_ERR_CONTEXT,
//         TRT_ERR_NOT_STARTED
//   cost: constant when it is free; else for each task in the chain of owners at most
//         TINYRTOS_PRIORITIES + TINYRTOS_MUTEXES_HELD_MAX steps, and as trt_task_set_priority, the
//         mask open between tasks
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

#define TRT_ANY 0u // mode: one of the bits is enough
#define TRT_ALL 1u // mode: all of the bits are needed, added to TRT_CLEAR or not

#define TRT_FLAGS_DEFINE(flags) trt_flags_t flags = {{NULL, 0, 0, TRTK_KIND_FLAGS}, 0}

// Make an event group at run time, all flags clear. As trt_sem_init.
//   ctx:  any
//   ret:  TRT_OK
//   cost: a step for each waiter, the mask open between
trt_status_t trt_flags_init(trt_flags_t *flags);

// As trt_sem_delete.
trt_status_t trt_flags_delete(trt_flags_t *flags);

// Set flags. Every waiter that they satisfy wakes, all judged by the flags as they were set,
// whoever clears them.
//   ctx:  any
//   ret:  TRT_OK
//   cost: a step for each waiter, the mask open between
trt_status_t trt_flags_set(trt_flags_t *flags, trt_bits_t bits);

// Clear flags.
//   ctx:  any
//   ret:  TRT_OK
//   cost: constant
trt_status_t trt_flags_clear(trt_flags_t *flags, trt_bits_t bits);

// Clear flags, and tell which of them were set: test and clear in one.
//   ctx:  any
//   ret:  those of `bits` that were set (0 for no event group)
//   cost: constant
trt_bits_t trt_flags_take(trt_flags_t *flags, trt_bits_t bits);

// The flags as they stand (0 for no event group).
//   ctx:  any
//   cost: constant
trt_bits_t trt_flags_get(const trt_flags_t *flags);

// Wait for any or all of `bits`. `*got` (may be NULL) is what the flags were when that came true.
//   ctx:  task; interrupt and driver as long as it does not have to wait
//   ret:  TRT_OK, TRT_ERR_PARAM (no bits, unknown mode), TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT,
//         TRT_ERR_DELETED, TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: as trt_sem_take
trt_status_t trt_flags_wait(trt_flags_t *flags, trt_bits_t bits, uint8_t mode, trt_bits_t *got,
                            trt_tick_t timeout);

// A barrier: set `mine`, then wait until all of `everybody` are set, and clear those. Who completes
// them does not wait.
//   ctx:  task
//   ret:  as trt_flags_wait
//   cost: as trt_flags_set and trt_flags_wait
trt_status_t trt_flags_sync(trt_flags_t *flags, trt_bits_t mine, trt_bits_t everybody,
                            trt_tick_t timeout);
#endif // TINYRTOS_FLAGS

#if TINYRTOS_QUEUES
// --- queues: items of one size, copied in and out under the lock; keep them small. A queue of one
// item is a mailbox:
// overwrite and peek. Waiters: by priority, then age. What is received is in the order in which it
// was sent.

#define TRT_QUEUE_DEFINE(queue, type, items)                                      \
    TRTK_ASSERT((items) > 0 && (items) <= 65535u, queue##_length_out_of_range);   \
    TRTK_ASSERT(sizeof(type) <= 65535u, queue##_item_too_large);                  \
    static uint8_t queue##_buffer[(items) * sizeof(type)];                        \
    trt_queue_t queue = {{NULL, 0, TRTK_ITEMS_OF(sizeof(type)), TRTK_KIND_QUEUE}, \
                         items,                                                   \
                         sizeof(type),                                            \
                         queue##_buffer,                                          \
                         queue##_buffer,                                          \
                         queue##_buffer + sizeof queue##_buffer}

// Make a queue at run time over `buffer` of `item_size` * `capacity` bytes. As trt_sem_init.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (a zero, a null, or more bytes than a size_t counts)
//   cost: a step for each waiter, the mask open between
trt_status_t trt_queue_init(trt_queue_t *queue, void *buffer, uint16_t item_size,
                            uint16_t capacity);

// As trt_sem_delete.
trt_status_t trt_queue_delete(trt_queue_t *queue);

// Put a copy of an item at the end, or at the front, waiting for room at most `timeout` ticks.
// `item` must stay as it is until the call returns.
//   ctx:  task; interrupt and driver as long as it does not have to wait
//   ret:  TRT_OK, TRT_ERR_PARAM (item null), TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT, TRT_ERR_DELETED,
//         TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: copying an item; a step for each task that peeks, the mask open between; waiting: as
//         trt_sem_take
trt_status_t trt_queue_send(trt_queue_t *queue, const void *item, trt_tick_t timeout);
trt_status_t trt_queue_send_front(trt_queue_t *queue, const void *item, trt_tick_t timeout);

// Put a copy of an item at the end; in a full queue it replaces the newest. Never waits.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM
//   cost: copying an item; a step for each task that peeks, the mask open between
trt_status_t trt_queue_overwrite(trt_queue_t *queue, const void *item);

// Take the oldest item, or look at it and leave it, waiting for one at most `timeout` ticks.
//   ctx:  task; interrupt and driver as long as it does not have to wait
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

#if TINYRTOS_MAIL
// --- mailboxes of tasks: typed messages, addressed to a task or to the name of one. A mailbox is a
// queue of messages; it can be filled before its task starts (its arguments, say). As in pyRTOS.

#define TRT_QUIT 0u           // type: please end
#define TRT_MESSAGE_USER 128u // the first type for users; those between are reserved

#define TRT_MAILBOX_DEFINE(mailbox, messages) TRT_QUEUE_DEFINE(mailbox, trt_message_t, messages)

// Give a task a mailbox (NULL: none). It can be used by its queue's calls, too.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (a queue of something else)
//   cost: constant
trt_status_t trt_mail_set_box(trt_task_t *task, trt_queue_t *mailbox);

// Send a message to a task, waiting for room at most `timeout` ticks; or to the newest started task
// of that name.
//   ctx:  task; interrupt and driver as long as it does not have to wait
//   ret:  TRT_OK, TRT_ERR_STATE (it has no mailbox), TRT_ERR_NOT_FOUND (no task has that name),
//         TRT_ERR_PARAM (a reserved type), TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT, TRT_ERR_DELETED,
//         TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: as trt_queue_send; by name: a step for each task, the mask open
trt_status_t trt_mail_send(trt_task_t *target, uint8_t type, trt_payload_t payload,
                           trt_tick_t timeout);
#if TINYRTOS_NAMES
trt_status_t trt_mail_send_to(const char *target, uint8_t type, trt_payload_t payload,
                              trt_tick_t timeout);
#endif

// Take the oldest message of the caller's mailbox, waiting for one at most `timeout` ticks.
//   ctx:  task
//   ret:  TRT_OK, TRT_ERR_STATE (the caller has no mailbox), TRT_ERR_PARAM (message null),
//         TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT, TRT_ERR_DELETED, TRT_ERR_CONTEXT,
//         TRT_ERR_NOT_STARTED
//   cost: as trt_queue_receive
trt_status_t trt_mail_receive(trt_message_t *message, trt_tick_t timeout);

// The messages in a task's mailbox (0 without one).
//   ctx:  any
//   cost: constant
uint16_t trt_mail_count(const trt_task_t *task);
#endif // TINYRTOS_MAIL

#if TINYRTOS_CHANNELS
// --- rendezvous: a client's call waits until a server has answered it, and passes a message by
// reference. The task that serves a channel has at least the priority of its most urgent client
// (inheritance, through further calls and mutexes too). Clients are served by priority, then age.

#define TRT_CHANNEL_DEFINE(channel)                                                   \
    trt_channel_t channel = {{{NULL, TRT_INHERIT, 0, TRTK_KIND_CHANNEL}, NULL, NULL}, \
                             {NULL, 0, 0, TRTK_KIND_CALLS},                           \
                             NULL}

// Make a channel at run time, without a server. As trt_sem_init; who serves it serves it no longer.
//   ctx:  task, driver
//   ret:  TRT_OK, TRT_ERR_CONTEXT
//   cost: a step for each client, the mask open between
trt_status_t trt_channel_init(trt_channel_t *channel);

// Make an end of a channel: clients return TRT_ERR_DELETED, later calls TRT_ERR_OBJECT.
//   ctx:  task, driver
//   ret:  TRT_OK, TRT_ERR_CONTEXT
//   cost: a step for each client, the mask open between
trt_status_t trt_channel_delete(trt_channel_t *channel);

// The caller becomes the server of a channel until it ends, or leaves: its clients' calls then
// return TRT_ERR_STATE.
//   ctx:  task
//   ret:  TRT_OK, TRT_ERR_STATE (it has a server; leave: the server is another), TRT_ERR_OVERFLOW
//         (TINYRTOS_MUTEXES_HELD_MAX, where it counts), TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: constant; leaving: as trt_mutex_unlock, and a step for each client, the mask open between
trt_status_t trt_channel_serve(trt_channel_t *channel);
trt_status_t trt_channel_leave(trt_channel_t *channel);

// Call the server: `message` is its until it answers. The time is limited only until the call is
// accepted.
//   ctx:  task
//   ret:  what the server answers; TRT_ERR_STATE (no server, or it has left), TRT_ERR_WOULD_BLOCK
//         (with TRT_NO_WAIT always), TRT_ERR_TIMEOUT (not accepted), TRT_ERR_DELETED,
//         TRT_ERR_DEADLOCK (the server waits for the caller), TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: as trt_mutex_lock of a mutex that somebody has
trt_status_t trt_channel_call(trt_channel_t *channel, void *message, trt_tick_t timeout);

// Accept a call, waiting for one at most `timeout` ticks: of `call->client`, or if that is NULL,
// the first there is. `*call` says then who calls, and with what. One call at a time.
//   ctx:  the server
//   ret:  TRT_OK, TRT_ERR_PARAM (call null), TRT_ERR_OWNER (the caller does not serve the channel),
//         TRT_ERR_STATE (the call before is not answered), TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT,
//         TRT_ERR_DELETED, TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: as trt_sem_take
trt_status_t trt_channel_accept(trt_channel_t *channel, trt_call_t *call, trt_tick_t timeout);

// Answer the call that was accepted: the client's trt_channel_call returns `answer`.
//   ctx:  the server
//   ret:  TRT_OK, TRT_ERR_OWNER, TRT_ERR_STATE (no call is accepted, or its client was stopped),
//         TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: as trt_mutex_unlock
trt_status_t trt_channel_answer(trt_channel_t *channel, trt_status_t answer);
#endif // TINYRTOS_CHANNELS

#if TINYRTOS_PQUEUES
// --- priority queues: the items of a queue have a level each, from 0, the most urgent, to 7; what
// is received is of the most urgent level there is, and in the order in which it was sent. 255
// items at most. (To an interrupt, one that is being copied is neither there nor room.) Waiters: by
// their own priority, then age.

#define TRT_PQUEUE_LEVELS 8u

// The bytes that a queue of `items` items needs.
#define TRT_PQUEUE_BYTES(item_size, items) (((item_size) + 1u) * (items))

#define TRT_PQUEUE_DEFINE(queue, type, items)                               \
    TRTK_ASSERT(TRTK_IN(items, 1, UINT8_MAX), queue##_length_out_of_range); \
    TRTK_ASSERT(sizeof(type) <= 65535u, queue##_item_too_large);            \
    static uint8_t queue##_buffer[TRT_PQUEUE_BYTES(sizeof(type), items)];   \
    trt_pqueue_t queue = {                                                  \
        {NULL, 0, 0, TRTK_KIND_PQUEUE}, queue##_buffer, sizeof(type), items, 0, 0, 0, {0}}

// Make a priority queue at run time over `buffer` of TRT_PQUEUE_BYTES(item_size, capacity). As
// trt_sem_init.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (a zero, a null, or more bytes than a size_t counts)
//   cost: a step for each waiter, the mask open between
trt_status_t trt_pqueue_init(trt_pqueue_t *queue, void *buffer, uint16_t item_size,
                             uint8_t capacity);

// As trt_sem_delete.
trt_status_t trt_pqueue_delete(trt_pqueue_t *queue);

// Put a copy of an item behind those of its level, waiting for room at most `timeout` ticks. `item`
// must stay as it is until the call returns.
//   ctx:  task; interrupt and driver as long as it does not have to wait
//   ret:  TRT_OK, TRT_ERR_PARAM (item null, level), TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT,
//         TRT_ERR_DELETED, TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: as trt_queue_send, whatever the levels
trt_status_t trt_pqueue_send(trt_pqueue_t *queue, const void *item, uint8_t level,
                             trt_tick_t timeout);

// Take the oldest item of the most urgent level there is, or look at it and leave it, waiting for
// one at most `timeout` ticks.
//   ctx:  task; interrupt and driver as long as it does not have to wait
//   ret:  as trt_queue_receive
//   cost: as trt_queue_receive
trt_status_t trt_pqueue_receive(trt_pqueue_t *queue, void *item, trt_tick_t timeout);
trt_status_t trt_pqueue_peek(trt_pqueue_t *queue, void *item, trt_tick_t timeout);

// Throw all items away; senders that wait then send theirs, as far as there is room.
//   ctx:  any
//   ret:  TRT_OK
//   cost: a step for each sender that gets room, the mask open between
trt_status_t trt_pqueue_reset(trt_pqueue_t *queue);

// Items there are; items there is room for (0 for no queue).
//   ctx:  any
//   cost: constant
uint16_t trt_pqueue_count(const trt_pqueue_t *queue);
uint16_t trt_pqueue_space(const trt_pqueue_t *queue);
#endif // TINYRTOS_PQUEUES

#if TINYRTOS_STREAMS
// --- streams: bytes in a ring buffer, or messages of various lengths, two bytes before each. All
// that is sent by one call is sent at once or not at all; any number of tasks send and receive.
// They are copied in pieces of 16 bytes, interrupts let in between, to which bytes that are being
// copied are neither there nor room. Waiters: by priority, then age, but who needs less may come
// before who needs more.

#define TRT_MESSAGES 0u // trigger: messages

// Define a stream of bytes of which a receiver waits for `level`; or of messages. File scope.
#define TRT_STREAM_DEFINE(stream, bytes, level)                             \
    TRTK_ASSERT(TRTK_IN(bytes, 1, UINT16_MAX), stream##_size_out_of_range); \
    TRTK_ASSERT(TRTK_IN(level, 1, bytes), stream##_trigger_out_of_range);   \
    TRTK_STREAM_DEFINE(stream, bytes, level)
#define TRT_MESSAGES_DEFINE(stream, bytes)                                  \
    TRTK_ASSERT(TRTK_IN(bytes, 3, UINT16_MAX), stream##_size_out_of_range); \
    TRTK_STREAM_DEFINE(stream, bytes, TRT_MESSAGES)

// Make a stream at run time over a buffer of `bytes` bytes. As trt_sem_init.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (buffer null, trigger larger than it; for messages less than 3)
//   cost: a step for each waiter, the mask open between
trt_status_t trt_stream_init(trt_stream_t *stream, void *buffer, uint16_t bytes, uint16_t trigger);

// As trt_sem_delete.
trt_status_t trt_stream_delete(trt_stream_t *stream);

// Send `size` bytes, or a message of that size, waiting for room for all of it at most `timeout`
// ticks. They must stay as they are until the call returns.
//   ctx:  task; interrupt and driver as long as it does not have to wait
//   ret:  TRT_OK, TRT_ERR_PARAM (null; no bytes; more than the buffer holds, or so many that sender
//         and receiver could wait for each other: size + trigger - 1 exceeds the buffer),
//         TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT, TRT_ERR_DELETED, TRT_ERR_CONTEXT,
//         TRT_ERR_NOT_STARTED
//   cost: a step for every 16 bytes and for each waiter, the mask open between; waiting: as
//         trt_sem_take
trt_status_t trt_stream_send(trt_stream_t *stream, const void *bytes, uint16_t size,
                             trt_tick_t timeout);

// Receive bytes, `max` at most, as soon as there are as many as the trigger says, or `max` if that
// is less; when the time is over (or with TRT_NO_WAIT, at once) those that there are. Or receive a
// message. `*got` says how many bytes were received; when a message is longer than `max`, it stays,
// and `*got` is its length.
//   ctx:  task; interrupt and driver as long as it does not have to wait
//   ret:  TRT_OK, TRT_ERR_PARAM (null; no room for bytes, or for the message), TRT_ERR_WOULD_BLOCK,
//         TRT_ERR_TIMEOUT, TRT_ERR_DELETED, TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: as trt_stream_send
trt_status_t trt_stream_receive(trt_stream_t *stream, void *bytes, uint16_t max, uint16_t *got,
                                trt_tick_t timeout);

// Change what receivers of bytes wait for, also those that do already.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (0, more than the buffer holds, or a stream of messages)
//   cost: a step for each waiter, the mask open between
trt_status_t trt_stream_set_trigger(trt_stream_t *stream, uint16_t trigger);

// Throw all bytes away; senders that wait then send theirs, as far as there is room.
//   ctx:  any
//   ret:  TRT_OK
//   cost: a step for each waiter, the mask open between
trt_status_t trt_stream_reset(trt_stream_t *stream);

// Bytes there are (with the lengths of messages); bytes there is room for, in one message if it is
// a stream of those (0 for no stream).
//   ctx:  any
//   cost: constant
uint16_t trt_stream_used(const trt_stream_t *stream);
uint16_t trt_stream_space(const trt_stream_t *stream);
#endif // TINYRTOS_STREAMS

#if TINYRTOS_CONDS
// --- condition variables: wait, with a mutex let go of meanwhile, for what others do under that
// mutex. Who is woken looks again:
//
//     trt_mutex_lock(&mutex, TRT_FOREVER);
//     while (!ready) trt_cond_wait(&changed, &mutex, TRT_FOREVER);
//
// An interrupt may signal too; it has no mutex, so what it does before the wait has begun goes
// unnoticed.

#define TRT_COND_DEFINE(cond) \
    trt_cond_t cond = {{NULL, 0, 0, TRTK_KIND_COND}, NULL TRTK_COND_OWNER_INIT}

// Make a condition variable at run time. As trt_sem_init.
//   ctx:  any
//   ret:  TRT_OK
//   cost: a step for each waiter, the mask open between
trt_status_t trt_cond_init(trt_cond_t *cond);

// As trt_sem_delete. Who waited has his mutex again.
trt_status_t trt_cond_delete(trt_cond_t *cond);

// Let go of `mutex`, however often it is locked, wait for a signal at most `timeout` ticks, and
// lock the mutex again as often, which may take longer. From the moment the mutex is free, no
// signal is missed. All who wait at one time must do so with the same mutex.
//   ctx:  task
//   ret:  TRT_OK, TRT_ERR_TIMEOUT, TRT_ERR_DELETED: the mutex is locked again; TRT_ABANDONED: so,
//         but another owner of it ended meanwhile; TRT_ERR_WOULD_BLOCK (TRT_NO_WAIT),
//         TRT_ERR_OWNER (the mutex is not the caller's), TRT_ERR_PARAM (another mutex than that of
//         those who wait), TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED: nothing has changed;
//         TRT_ERR_DELETED, TRT_ERR_DEADLOCK, TRT_ERR_PARAM: also when the mutex has been deleted,
//         or to lock it again is refused; then it is not the caller's (trt_mutex_owner says so)
//   cost: as trt_sem_take, trt_mutex_unlock and trt_mutex_lock
trt_status_t trt_cond_wait(trt_cond_t *cond, trt_mutex_t *mutex, trt_tick_t timeout);

// Wake the first who waits, by priority, then age; or all. The mutex need not be locked.
//   ctx:  any
//   ret:  TRT_OK (also when nobody waits), TRT_ERR_OWNER
//   cost: constant; a step for each waiter, the mask open between
trt_status_t trt_cond_signal(trt_cond_t *cond);
trt_status_t trt_cond_broadcast(trt_cond_t *cond);

#if TINYRTOS_COND_OWNERS
// Let only `owner` signal; NULL: anybody.
//   ctx:  any
//   ret:  TRT_OK
//   cost: constant
trt_status_t trt_cond_set_owner(trt_cond_t *cond, trt_task_t *owner);
#endif
#endif // TINYRTOS_CONDS

#if TINYRTOS_BARRIERS
// --- barriers: who comes waits until as many have come as there are parties; then all go on, and
// the next round can begin. It counts whoever comes, unlike trt_flags_sync, which waits for certain
// ones, by bits, and where who times out has come nevertheless. Here he, like one that is stopped
// while he waits, counts no more.

#define TRT_BARRIER_DEFINE(barrier, count)                                    \
    TRTK_ASSERT(TRTK_IN(count, 1, UINT16_MAX), barrier##_count_out_of_range); \
    trt_barrier_t barrier = {{NULL, 0, 0, TRTK_KIND_BARRIER}, (count)}

// Make a barrier for `parties` at run time. As trt_sem_init.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (no parties)
//   cost: a step for each waiter, the mask open between
trt_status_t trt_barrier_init(trt_barrier_t *barrier, uint16_t parties);

// As trt_sem_delete.
trt_status_t trt_barrier_delete(trt_barrier_t *barrier);

// Come, and wait for the others at most `timeout` ticks. Who is the last does not wait.
//   ctx:  task; interrupt and driver as long as it does not have to wait
//   ret:  TRT_OK; TRT_LAST (a success: to one in each round), TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT,
//         TRT_ERR_DELETED, TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: as trt_sem_take; for the last: a step for each who waits, the mask open between
trt_status_t trt_barrier_wait(trt_barrier_t *barrier, trt_tick_t timeout);

// Who has come so far (0 for no barrier).
//   ctx:  any
//   cost: constant
uint16_t trt_barrier_count(const trt_barrier_t *barrier);
#endif // TINYRTOS_BARRIERS

#if TINYRTOS_RWLOCKS
// --- reader-writer locks: many may read at a time, or one may write. All enter in one order, by
// priority, then age: a writer who waits lets no later reader of his priority in. A writer inherits
// from all who wait, as the owner of a mutex; readers do not, so let them be quick. A reader that
// ends without unlocking stays counted, and no one can write any more: unlock before, or
// initialise the lock anew.
//
// A writer may lock again, to write or to read, and may give up writing before reading. A reader
// must not lock again: it could wait for a writer who waits for it, or for itself.

#define TRT_RWLOCK_DEFINE(lock)                          \
    trt_rwlock_t lock = {{NULL, 0, 0, TRTK_KIND_RWLOCK}, \
                         {{NULL, TRT_INHERIT, 0, TRTK_KIND_MUTEX}, NULL, NULL}}

// Make a reader-writer lock at run time, free; or make an end of one. As trt_mutex_init and
// trt_mutex_delete.
//   ctx:  task, driver
//   ret:  TRT_OK, TRT_ERR_CONTEXT
//   cost: a step for each waiter, the mask open between
trt_status_t trt_rwlock_init(trt_rwlock_t *lock);
trt_status_t trt_rwlock_delete(trt_rwlock_t *lock);

// Begin to read, waiting at most `timeout` ticks while others write or wait to; end it.
//   ctx:  task
//   ret:  lock: TRT_OK, TRT_ABANDONED (locked, too; a writer ended while writing, and nobody has
//         written since), TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT, TRT_ERR_DELETED, TRT_ERR_DEADLOCK,
//         TRT_ERR_OVERFLOW (65535 readers, TINYRTOS_MUTEXES_HELD_MAX), TRT_ERR_CONTEXT,
//         TRT_ERR_NOT_STARTED; unlock: TRT_OK, TRT_ERR_OWNER (nobody reads), TRT_ERR_CONTEXT,
//         TRT_ERR_NOT_STARTED
//   cost: constant when nobody writes; else as trt_mutex_lock and trt_mutex_unlock
trt_status_t trt_rwlock_read_lock(trt_rwlock_t *lock, trt_tick_t timeout);
trt_status_t trt_rwlock_read_unlock(trt_rwlock_t *lock);

// Begin to write, waiting at most `timeout` ticks for other writers and for the readers inside; end
// it.
//   ctx:  task
//   ret:  lock: as trt_mutex_lock; unlock: TRT_OK, TRT_ERR_OWNER (the caller does not write),
//         TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: as trt_mutex_lock and trt_mutex_unlock
trt_status_t trt_rwlock_write_lock(trt_rwlock_t *lock, trt_tick_t timeout);
trt_status_t trt_rwlock_write_unlock(trt_rwlock_t *lock);

// How many read (0 for no lock).
//   ctx:  any
//   cost: constant
uint16_t trt_rwlock_readers(const trt_rwlock_t *lock);
#endif // TINYRTOS_RWLOCKS

#if TINYRTOS_POOLS
// --- pools: memory blocks of one size. A block that is given back while a task waits is that
// task's. Waiters: by priority, then age.

// The bytes of memory that a pool of `blocks` takes: behind each stands a mark of the kernel's.
#define TRT_POOL_BYTES(block_size, blocks) (((block_size) + sizeof(uintptr_t)) * (blocks))

// Define a pool of `count` blocks, each with room and alignment for a `type`, which is the name of
// one that has no constructor. File scope.
// clang-format off
#define TRT_POOL_DEFINE(pool, type, count)                                                       \
    TRTK_ASSERT(TRTK_IN(count, 1, UINT16_MAX), pool##_count_out_of_range);                       \
    typedef struct { type room; uintptr_t mark; } pool##_block_t;                                \
    TRTK_ASSERT(sizeof(pool##_block_t) <= 65535u, pool##_block_too_large);                       \
    static pool##_block_t pool##_memory[count];                                                  \
    trt_pool_t pool = {{NULL, 0, 0, TRTK_KIND_POOL}, NULL, (uint8_t *)pool##_memory, 0,          \
                       sizeof(pool##_block_t) - sizeof(uintptr_t), (count)}
// clang-format on

// Make a pool at run time of as many blocks of `block_size` bytes as `bytes` of `memory` hold
// (TRT_POOL_BYTES; 65,535 at most). Memory and size aligned as a pointer is. As trt_sem_init.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (a null, no size, misaligned, or too little for a block)
//   cost: a step for each waiter, the mask open between
trt_status_t trt_pool_init(trt_pool_t *pool, void *memory, size_t bytes, uint16_t block_size);

// As trt_sem_delete. Blocks that were taken stay whose they are.
trt_status_t trt_pool_delete(trt_pool_t *pool);

// Take a block, waiting for it at most `timeout` ticks; `*block` points at it. What it holds is
// whatever was left there.
//   ctx:  task; interrupt and driver as long as it does not have to wait
//   ret:  TRT_OK, TRT_ERR_PARAM (block null), TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT,
//         TRT_ERR_DELETED, TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: constant; waiting: as trt_sem_take
trt_status_t trt_pool_take(trt_pool_t *pool, void **block, trt_tick_t timeout);

// Give a block back, or hand it to the first waiter. A block that was written past its end is
// refused, and stays taken.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (no block of this pool, or given already, or its mark is damaged)
//   cost: constant
trt_status_t trt_pool_give(trt_pool_t *pool, void *block);

// The blocks that are free (0 for no pool).
//   ctx:  any
//   cost: constant
uint16_t trt_pool_count(const trt_pool_t *pool);
#endif // TINYRTOS_POOLS

#if TINYRTOS_WATCHES
// --- watchdogs: TINYRTOS_WATCHDOG_HOOK(watch) feeds the hardware's, when all who are supervised
// have checked in since the last time. So one of them that hangs, or starves, lets it bite,
// whatever the others do. Parties (tasks, jobs, interrupts) are bits, one for each: 1, 2, 4, ...,
// TINYRTOS_FLAG_BITS of them. While nobody is supervised (by a zero watch, say) it is not fed.

#define TRT_WATCH_DEFINE(watch, parties) trt_watch_t watch = {(parties), (parties)}

// Supervise these parties, or no longer (one that ends, or is suspended). Who is added has to check
// in before the next feeding; who was the only one missing and goes, does not hold it up.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (no parties)
//   cost: constant, and feeding
trt_status_t trt_watch_supervise(trt_watch_t *watch, trt_bits_t parties, bool on);

// Check in: these parties are alive. (Those that are not supervised change nothing.)
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (no parties)
//   cost: constant, and feeding
trt_status_t trt_watch_check_in(trt_watch_t *watch, trt_bits_t parties);

// Who has not checked in since the last feeding: what kept the watchdog hungry (0 for a null
// pointer).
//   ctx:  any
//   cost: constant
trt_bits_t trt_watch_missing(const trt_watch_t *watch);
#endif // TINYRTOS_WATCHES

#if TINYRTOS_REGISTRY
// --- names of objects, of whatever kind, for tools that list them. The objects know nothing of it.

// Give an object a name. `entry` must be zero (static) or have been removed, and exist as long as
// it is listed; it, the object and the name are kept by address.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_STATE (the entry is listed already), TRT_ERR_PARAM (object or name null)
//   cost: constant
trt_status_t trt_name_add(trt_name_t *entry, void *object, const char *name);

// Take a name back, before its object goes.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_STATE (the entry is not listed)
//   cost: constant
trt_status_t trt_name_remove(trt_name_t *entry);

// The name of an object ("" for none); and the object of a name, NULL when there is none. Of
// several, the one that was added last.
//   ctx:  any
//   cost: a step for each name, the mask open between
const char *trt_name_of(const void *object);
void *trt_name_find(const char *name);

// All names, in turn: the newest for NULL, then those before it; NULL at the end (also when the
// entry has been removed meanwhile).
//   ctx:  any
//   cost: constant
const trt_name_t *trt_name_next(const trt_name_t *entry);
#endif // TINYRTOS_REGISTRY

#if TINYRTOS_WAIT_ANY
// --- waiting for any of several things
//
//     trt_wait_t things[2];
//     trt_wait_sem(&things[0], &stop);
//     trt_wait_receive(&things[1], &commands, &command);
//     status = trt_wait_any(things, 2, &which, TRT_MS(100));
//
// The array belongs to the kernel during the call; it may be used again for the next without
// setting it up anew, unless the task was stopped in the call.

// Say what thing `wait` is: as the call of the same name would take it. At most one mutex in one
// call.
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
trt_status_t trt_wait_flags(trt_wait_t *wait, trt_flags_t *flags, trt_bits_t bits, uint8_t mode,
                            trt_bits_t *got);
#endif
#if TINYRTOS_QUEUES
trt_status_t trt_wait_send(trt_wait_t *wait, trt_queue_t *queue, const void *item);
trt_status_t trt_wait_receive(trt_wait_t *wait, trt_queue_t *queue, void *item);
#endif
#if TINYRTOS_MAIL
trt_status_t trt_wait_mail(trt_wait_t *wait, trt_message_t *message);
#endif
#if TINYRTOS_CHANNELS
trt_status_t trt_wait_accept(trt_wait_t *wait, trt_channel_t *channel, trt_call_t *call);
#endif
#if TINYRTOS_NOTES
trt_status_t trt_wait_note(trt_wait_t *wait, trt_task_t *task, uint8_t index, int8_t state,
                           uint8_t mode, int32_t *value);
#endif
#if TINYRTOS_PASSES
trt_status_t trt_wait_until(trt_wait_t *wait, trt_condition_t is_true, void *arg);
#endif
#if TINYRTOS_PQUEUES
trt_status_t trt_wait_pqueue_send(trt_wait_t *wait, trt_pqueue_t *queue, const void *item,
                                  uint8_t level);
trt_status_t trt_wait_pqueue_receive(trt_wait_t *wait, trt_pqueue_t *queue, void *item);
#endif
#if TINYRTOS_STREAMS // what is to be sent or received, and how much was, is in the span
trt_status_t trt_wait_stream_send(trt_wait_t *wait, trt_stream_t *stream, trt_span_t *span);
trt_status_t trt_wait_stream_receive(trt_wait_t *wait, trt_stream_t *stream, trt_span_t *span);
#endif
#if TINYRTOS_POOLS
trt_status_t trt_wait_pool(trt_wait_t *wait, trt_pool_t *pool, void **block);
#endif
trt_status_t trt_wait_join(trt_wait_t *wait, trt_task_t *task);

// Take exactly one of `count` things: at the call, the first in the array that is there; later, the
// first that comes. `*which` (may be NULL) is its index (also when it ends with TRT_ERR_DELETED);
// the others are untouched.
//   ctx:  task; interrupt and driver as long as it does not have to wait
//   ret:  what the call for the thing taken would; TRT_ERR_WOULD_BLOCK, TRT_ERR_TIMEOUT;
//         TRT_ERR_PARAM (no things, more than TINYRTOS_WAIT_ANY_MAX, more than one mutex),
//         TRT_ERR_CONTEXT, TRT_ERR_NOT_STARTED
//   cost: for each thing as its own call; the wake undoes at most TINYRTOS_WAIT_ANY_MAX legs
trt_status_t trt_wait_any(trt_wait_t *things, uint8_t count, uint8_t *which, trt_tick_t timeout);
#endif // TINYRTOS_WAIT_ANY

#if TRTK_PORT_HOST
// --- host: the driver of tests. Time is virtual: it moves when every task waits, when
// trt_host_advance says so, and
// one tick in TINYRTOS_HOST_CALLS_PER_TICK kernel calls. Interrupt lines are 0 to 30, 0 the most
// urgent; the tick is less urgent than all of them. A handler runs where the kernel has interrupts
// enabled and looks: at the entry and the end of kernel calls, where a call opens its mask, at the
// end of critical sections, in idle, and here.

#define TRT_HOST_LINES 31

typedef void (*trt_host_handler_t)(void *arg);

// Run the tasks as trt_start does (and start the kernel if it has not been) until every task waits
// or has ended and no interrupt is pending, without letting time pass.
//   ctx:  driver
//   ret:  TRT_OK, TRT_ERR_CONTEXT
trt_status_t trt_host_run_until_idle(void);

// The same for `ticks` ticks of virtual time.
//   ctx:  driver
//   ret:  TRT_OK (also when stopped), TRT_ERR_CONTEXT
trt_status_t trt_host_run(trt_tick_t ticks);

// Let `ticks` ticks of time pass here, one by one, as if the caller computed meanwhile. In a task,
// more urgent ones run when their time comes; in the driver, tasks become ready but do not run.
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

// Raise a line: now; at the tick when trt_now() becomes `when`; at the `calls`-th kernel call of a
// task from now, before it begins (a call that opens its mask counts once more for each time). One
// pending raise each.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM (no such line, or no handler)
trt_status_t trt_host_raise(uint8_t line);
trt_status_t trt_host_raise_at(uint8_t line, trt_tick_t when);
trt_status_t trt_host_raise_after(uint8_t line, uint32_t calls);

// A point at which interrupts may come in, for loops that make no kernel call.
//   ctx:  any
void trt_host_point(void);

// Kernel calls that tasks have made since the last reset, counted as for trt_host_raise_after.
//   ctx:  any
uint32_t trt_host_calls(void);

// Real time, for demonstrations: idle sleeps until the next event is due by the wall clock.
//   ctx:  any
void trt_host_real_time(bool on);

// While idle sleeps in real time, raise `line` when there is input at file descriptor `fd`; -1:
// none.
//   ctx:  any
//   ret:  TRT_OK, TRT_ERR_PARAM
trt_status_t trt_host_watch(int fd, uint8_t line);

// Start from nothing: stop every task, forget all of them, timers, handlers and time; stacks are
// freed. Objects keep their contents, without waiters.
//   ctx:  driver
//   ret:  TRT_OK, TRT_ERR_CONTEXT
trt_status_t trt_host_reset(void);
#endif // TRTK_PORT_HOST

#if TRTK_PORT_AVR
// --- AVR

// Define an interrupt that may call the kernel, as avr-libc's ISR does; a task that it makes ready
// runs when it returns. It begins with interrupts off, and may say sei(): its calls then let others
// in between their steps; its own source must not come again meanwhile. An ISR(vector) may call the
// kernel too, without sei(): the task then runs after the next kernel call or tick; there
// trt_in_interrupt() is false, and a mutex is taken for the task that was interrupted.
#define TRT_ISR(vector) TRTP_INTERRUPT(ISR(vector), trt_isr_##vector)

// What TRT_ISR is made of: the handler of that head, and the head of what it does.
#if TINYRTOS_AVR_ISR_STACK
#define TRTP_INTERRUPT(head, body) \
    static void body(void);        \
    head {                         \
        TRTP_ISR_BEGIN             \
        trtp_isr(body);            \
        TRTP_ISR_END               \
    }                              \
    static void body(void)
#else
#define TRTP_INTERRUPT(head, body) \
    static inline void body(void); \
    head {                         \
        TRTP_ISR_BEGIN             \
        trtp_interrupts++;         \
        body();                    \
        trtp_isr_end();            \
        TRTP_ISR_END               \
    }                              \
    static inline void body(void)
#endif
extern volatile uint8_t trtp_interrupts; // TRT_ISRs under way that have not yet come to their end
void trtp_isr(void (*body)(void));
void trtp_isr_end(void);
void trtp_swap(void **save, void *next);

#if defined(__AVR_HAVE_EIJMP_EICALL__) // calls through pointers go where the program's stubs are
#define TRTP_ISR_BEGIN                                               \
    uint8_t eind, eind_found;                                        \
    eind_found = EIND;                                               \
    __asm__ __volatile__("ldi %0, hh8(pm(__vectors))" : "=d"(eind)); \
    EIND = eind;
#define TRTP_ISR_END EIND = eind_found;
#else
#define TRTP_ISR_BEGIN
#define TRTP_ISR_END
#endif
#endif // TRTK_PORT_AVR

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

#define TRTK_IN(value, low, high) ((long)(value) >= (long)(low) && (long)(value) <= (long)(high))

#if TINYRTOS_NAMES
#define TRTK_NAME_INIT(text) , text
#else
#define TRTK_NAME_INIT(text)
#endif

#if TINYRTOS_TASKS
#define TRTK_JOBS_OBJECT_INIT {NULL, 0, 0, TRTK_KIND_JOBS},
#else
#define TRTK_JOBS_OBJECT_INIT
#endif

#if TINYRTOS_SEM_OWNERS
#define TRTK_OWNER_INIT , NULL
#else
#define TRTK_OWNER_INIT
#endif

#define TRTK_STREAM_DEFINE(stream, bytes, trigger)         \
    static uint8_t stream##_buffer[bytes];                 \
    trt_stream_t stream = {{NULL, 0, 0, TRTK_KIND_STREAM}, \
                           stream##_buffer,                \
                           (uint16_t)(bytes),              \
                           0,                              \
                           (uint16_t)(trigger),            \
                           0,                              \
                           (uint16_t)(bytes)}

#if TINYRTOS_COND_OWNERS
#define TRTK_COND_OWNER_INIT , NULL
#else
#define TRTK_COND_OWNER_INIT
#endif

#define TRTK_SEM_DEFINE(sem, kind, initial, max)                          \
    trt_sem_t sem = {{NULL, (initial), 0, (kind)}, (max)TRTK_OWNER_INIT}; \
    TRTK_ASSERT(TRTK_IN(max, 1, UINT16_MAX), sem##_limit_out_of_range);   \
    TRTK_ASSERT(TRTK_IN(initial, 0, max), sem##_initial_out_of_range)

#if TINYRTOS_TIME_SLICE
#define TRTK_SLICE_INIT 0,
#else
#define TRTK_SLICE_INIT
#endif
#if TINYRTOS_MUTEXES
#define TRTK_HELD_INIT NULL,
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
#if TINYRTOS_SWITCH_HOOKS
#define TRTK_SWITCH_HOOK_INIT , NULL
#else
#define TRTK_SWITCH_HOOK_INIT
#endif
#if TINYRTOS_MAIL
#define TRTK_MAIL_INIT , NULL
#else
#define TRTK_MAIL_INIT
#endif
#if TINYRTOS_STOP_PROTECTION
#define TRTK_PROTECTION_INIT , 0
#else
#define TRTK_PROTECTION_INIT
#endif
#if TINYRTOS_BUDGETS
#define TRTK_BUDGET_INIT , 0, 0, 0, 0
#else
#define TRTK_BUDGET_INIT
#endif
#if TINYRTOS_NOTES
#define TRTK_NOTES_INIT \
    , {                 \
        { 0, 0 }        \
    }
#else
#define TRTK_NOTES_INIT
#endif
#if TINYRTOS_DUMP
#define TRTK_DUMP_INIT , 0
#else
#define TRTK_DUMP_INIT
#endif
#ifndef TRTP_TASK_INIT
#define TRTP_TASK_INIT
#endif

// clang-format off
#define TRTK_TASK_INIT(text, fn, priority, stack)                                                \
    {{NULL, 0, 0, TRTK_KIND_TASK}, NULL, NULL, NULL, NULL, (priority), (priority), 0, TRT_OK,    \
     {NULL, NULL, 0, NULL}, TRTK_SLICE_INIT TRTK_HELD_INIT NULL,                                 \
     (fn), (stack), sizeof(stack) TRTK_NAME_INIT(text) TRTK_LOCAL_INIT                           \
     TRTK_STATS_INIT TRTK_SWITCH_HOOK_INIT TRTK_MAIL_INIT TRTK_PROTECTION_INIT                   \
     TRTK_BUDGET_INIT TRTK_NOTES_INIT TRTK_DUMP_INIT TRTP_TASK_INIT}
// clang-format on

// ---------------------------------------------------------------------------------------------
// >>options: files that were built with different options do not link
//
// Every file that includes this header refers, from a section that is never loaded, to a symbol
// whose name spells the options that shape what files share. The implementation defines its own.
// (GNU assembler syntax, because nothing in C refers to a symbol at no cost. lld does not report
// it.)
// ---------------------------------------------------------------------------------------------

#if defined(__GNUC__) && defined(__ELF__)
// clang-format off
#define TRTK_AND(text, name, value) TRTK_CAT(TRTK_CAT(text, name), value)
#define TRTK_OPTIONS_1 TRTK_AND(trt_options, _tick_bits, TINYRTOS_TICK_BITS)
#define TRTK_OPTIONS_2 TRTK_AND(TRTK_OPTIONS_1, _tick_hz, TINYRTOS_TICK_HZ)
#define TRTK_OPTIONS_3 TRTK_AND(TRTK_OPTIONS_2, _priorities, TINYRTOS_PRIORITIES)
#define TRTK_OPTIONS_4 TRTK_AND(TRTK_OPTIONS_3, _time_slice, TINYRTOS_TIME_SLICE)
#define TRTK_OPTIONS_5 TRTK_AND(TRTK_OPTIONS_4, _mutexes, TINYRTOS_MUTEXES)
#define TRTK_OPTIONS_6 TRTK_AND(TRTK_OPTIONS_5, _flag_bits, TINYRTOS_FLAG_BITS)
#define TRTK_OPTIONS_7 TRTK_AND(TRTK_OPTIONS_6, _sem_owners, TINYRTOS_SEM_OWNERS)
#define TRTK_OPTIONS_8 TRTK_AND(TRTK_OPTIONS_7, _names, TINYRTOS_NAMES)
#define TRTK_OPTIONS_9 TRTK_AND(TRTK_OPTIONS_8, _task_local, TINYRTOS_TASK_LOCAL)
#define TRTK_OPTIONS_10 TRTK_AND(TRTK_OPTIONS_9, _run_time_stats, TINYRTOS_RUN_TIME_STATS)
// clang-format on
#define TRTK_OPTIONS_11 TRTK_AND(TRTK_OPTIONS_10, _jobs_max, TINYRTOS_JOBS_MAX)
#define TRTK_OPTIONS_12 TRTK_AND(TRTK_OPTIONS_11, _switch_hooks, TINYRTOS_SWITCH_HOOKS)
#define TRTK_OPTIONS_13 TRTK_AND(TRTK_OPTIONS_12, _mail, TINYRTOS_MAIL)
#define TRTK_OPTIONS_14 TRTK_AND(TRTK_OPTIONS_13, _stop_protection, TINYRTOS_STOP_PROTECTION)
#define TRTK_OPTIONS_15 TRTK_AND(TRTK_OPTIONS_14, _budgets, TINYRTOS_BUDGETS)
#define TRTK_OPTIONS_16 TRTK_AND(TRTK_OPTIONS_15, _notes, TINYRTOS_NOTES)
#define TRTK_OPTIONS_17 TRTK_AND(TRTK_OPTIONS_16, _passes, TINYRTOS_PASSES)
#define TRTK_OPTIONS_18 TRTK_AND(TRTK_OPTIONS_17, _dump, TINYRTOS_DUMP)
#define TRTK_OPTIONS_19 TRTK_AND(TRTK_OPTIONS_18, _cond_owners, TINYRTOS_COND_OWNERS)
#define TRTK_OPTIONS TRTK_TEXT(TRTK_OPTIONS_19)
__asm__(".pushsection .debug_trt_options,\"\",%progbits\n\t.4byte " TRTK_OPTIONS
        "\n\t.popsection\n");
#endif

#endif // TINYRTOS_H

// =============================================================================================
// The implementation, in the one file that defines TINYRTOS_IMPLEMENTATION.
// =============================================================================================

#if defined(TINYRTOS_IMPLEMENTATION) && !defined(TINYRTOS_IMPLEMENTED)
#define TINYRTOS_IMPLEMENTED

#if defined(__GNUC__) && defined(__ELF__)
__asm__(".globl " TRTK_OPTIONS "\n\t.set " TRTK_OPTIONS ", 0\n");
#endif

// ---------------------------------------------------------------------------------------------
// >>port: the contract, all that a port has to provide
//
// "lock held": the kernel's interrupts are shut out. A port file is included twice: among the
// configuration, where it gives trt_stack_t, trt_critical_t, TRTP_STACK_MIN and TRTP_STACK_FILL,
// and here with TINYRTOS_PORT_IMPLEMENTATION defined, where it gives these, static.
// ---------------------------------------------------------------------------------------------

// What a port calls: with the lock held, to switch; with interrupts let in, as a task's first
// function.
#if TINYRTOS_TASKS
static void trtk_reschedule_s(void);
static void trtk_task_main(trt_task_t *task, void *arg);
#endif

#ifdef TRTP_SKIPS_TICKS // in trtp_idle, by a port that lets the tick rest
static trt_tick_t trtk_ticks_to_next_i(trt_tick_t limit);
static void trtk_skip_i(trt_tick_t ticks);
#endif

#if TRTK_PORT_USER
#define TINYRTOS_PORT_IMPLEMENTATION
#include TINYRTOS_PORT_FILE
#else

// Shut interrupts out; what was found. Restore that. Both are compiler barriers. (Between the two,
// where a call reopens, many processors need an instruction to let interrupts in: that which reads
// what is found.)
static trt_critical_t trtp_lock(void);
static void trtp_unlock(trt_critical_t found);

// Whether interrupts were let in when trtp_lock found this; a `found` that lets them in.
static bool trtp_is_open(trt_critical_t found);
static trt_critical_t trtp_open(void);

// Whether the caller is an interrupt handler.
static bool trtp_in_interrupt(void);

#if TRTK_PORT_AVR // where TRTP_FLASH is no place that a pointer reaches
static inline void trtp_read_flash(void *to, const void *from, uint8_t bytes);
#endif

// lock held: begin to call trt_tick, from an interrupt that does not interrupt itself.
static void trtp_start(void);

// lock held, nothing is ready: sleep until an interrupt has come, and let it in. False: trt_start
// is to return `*status`.
static bool trtp_idle(trt_status_t *status);

#if TINYRTOS_TASKS
// lock held: call trtk_reschedule_s, with the lock held, as soon as a task may be left.
static void trtp_pend(void);

// lock held: save this context and put its sp in `*save`; resume the one whose sp is `next`. Who is
// resumed opens the lock, which may be open, and needs it for nothing before.
static void trtp_switch(void **save, void *next);

// A context on the task's stack that opens the lock and calls trtk_task_main(task, arg); its sp.
static void *trtp_frame(trt_task_t *task, void *arg);

// The low end and the size of a task's stack. Fill it with TRTP_STACK_FILL.
static void *trtp_stack(const trt_task_t *task, size_t *bytes);
static void trtp_stack_prepare(trt_task_t *task);

// lock held: whether no task may run, whatever is ready (host: the driver has control).
static bool trtp_halted(void);

// Say what happened, and stop. Does not return.
static inline void trtp_panic(const char *why, const trt_task_t *task);
#endif

#if defined(TRTP_COUNTER) && !TRTK_PORT_AVR // optional, a macro that calls it
// lock held: a free-running counter of 32 bits, TRTP_COUNTER_HZ counts a second, at least one a
// tick.
static inline uint32_t trtp_counter(void);
#endif

#ifdef TRTP_HAS_FORBIDDEN_INTERRUPTS // optional: some interrupts are not shut out by the lock
// Whether the caller is one of them. Then no call may touch the kernel's state: it is refused.
static inline bool trtp_is_forbidden(void);
// Tell the user which one it is that has called.
static inline void trtp_name_forbidden(const char *call);
#endif

#endif

#ifndef TRTP_RAW // an attribute for functions that look where a sanitizer would not
#define TRTP_RAW
#endif

#ifndef TINYRTOS_STACK_OVERFLOW_HOOK
#define TINYRTOS_STACK_OVERFLOW_HOOK(task) trtp_panic("stack overflow", task)
#endif

// ---------------------------------------------------------------------------------------------
// >>state: all of the kernel's own, in one object; the invariants (trt_check walks over them)
//
// A task is runnable when it is live, not suspended and waits for nothing.
//  1. ready[s][p] is the ring of the runnable tasks of effective priority p, in the order in which
//     they became ready; bit p of ready_bits[s] says whether there are any. `s` is 0, or with
//     budgets the set that the task is in.
//  2. Unless `due` is set, the running task is the one that should run: the head of the most
//     urgent ring of the set that has its turn, in a cooperative kernel any runnable one, or whom
//     TINYRTOS_PICK chose.
//  3. Each of the things that a waiting task waits for stands in the ring of its object; a ring is
//     sorted by priority, then by age, and its runs of equals know their ends; a fifo ring by age
//     alone.
//  4. While somebody waits, there is nothing to take: a semaphore has no token, a mutex has an
//     owner, flags satisfy nobody, a queue is full or empty, a stream has not enough bytes or room,
//     a pool has no free block, a reader-writer lock has readers, a barrier lacks somebody.
//  5. A task's priority is the most urgent of its base, and of the ceilings and first waiters of
//     the mutexes it holds.
//  6. A mutex with an owner is in that task's list, once; one without has no waiters.
//  7. An armed timeout lies in the bucket of the highest bit in which its moment differs from
//     now, in that of the far bits if there is none, or in one that is looked at earlier; or
//     (TRTP_TIMEOUT_CHAIN) in the only one, and ends at `nearest` or later. It is in the future.
//
// A call that needs a loop, or takes long, opens the mask between its steps (trtk_reopen). No task
// switch happens there (`gate`), so only interrupts come between, and each of them is over before
// the call goes on. They may find what a step has left to the next: a queue with an item whose
// receiver has not been served (4), a mutex between two owners (4, 6), a door whose server has left
// (4), a priority not followed up (3, 5), in a ring the running task, which has yet to look whether
// what it waits for came before it stood there (4), or a task that is waking, in a stream bytes
// that are claimed and neither there nor room, in a priority queue a slot that is claimed and
// neither an item nor free. Whoever walks a ring counts on `changes`: if it has moved, the place he
// stood at may be gone, and he starts anew.
// ---------------------------------------------------------------------------------------------

// For functions that their callers need rarely, or with some options never: these keep no registers
// for them.
// The others are part of every caller, also where size counts: these are on the shortest ways.
// PURE: looks and changes nothing, so it is not called, nor linked, where its answer is not used.
#if defined(__GNUC__)
#define TRTK_PURE __attribute__((pure))
#define TRTK_APART __attribute__((noinline, unused))
#define TRTK_INLINE __attribute__((always_inline)) inline
#else
#define TRTK_PURE
#define TRTK_APART
#define TRTK_INLINE inline
#endif

// Unless size counts more, part of every caller (SHARED: if it does, never), and (SLOW) the dearer
// of two ways, lest the other pays for it. (On an AVR a call and what it saves is size, too.)
#if defined(__OPTIMIZE_SIZE__) && !defined(__AVR__)
#define TRTK_QUICK inline
#define TRTK_SHARED TRTK_APART
#define TRTK_SLOW TRTK_INLINE
#else
#define TRTK_QUICK TRTK_INLINE
#define TRTK_SHARED TRTK_INLINE
#define TRTK_SLOW TRTK_APART
#endif

// Unless size counts more, and not on an AVR, the most frequent case of a call has a function of
// its own, and (BESIDE) all the others another.
#if TRTK_ONE_WORD && !defined(__OPTIMIZE_SIZE__)
#define TRTK_HAS_BESIDE 1
#define TRTK_BESIDE TRTK_APART
#else
#define TRTK_HAS_BESIDE 0
#define TRTK_BESIDE TRTK_INLINE
#endif

// For AVRs. SMALL_STEPS: what is done at once elsewhere takes so long there that the mask is opened
// between its parts. ASIDE: a function for the dearer of two ways, lest both push what it needs.
// PIN: here `pointer` is in Z, or (b) in Y or Z, by which fields are read at once; gcc likes X, by
// which each takes a sum before and one after.
#if defined(__AVR__)
#define TRTK_SMALL_STEPS true
#define TRTK_ASIDE TRTK_APART
#define TRTK_PIN(where, pointer) __asm__("" : "+" #where(pointer))
#else
#define TRTK_SMALL_STEPS false
#define TRTK_ASIDE TRTK_INLINE
#define TRTK_PIN(where, pointer) ((void)0)
#endif

// The usual way: a compiler takes a pointer that is null for a rare thing.
#if defined(__GNUC__)
#define TRTK_LIKELY(condition) __builtin_expect((condition), 1)
#else
#define TRTK_LIKELY(condition) (condition)
#endif

// What gcc would work out in another order, or twice, with a register more, which is a push and a
// pop. (Not on an AVR, where it costs one.)
#if defined(__GNUC__) && !defined(__AVR__)
#define TRTK_KEEP(value) __asm__("" : "+r"(value))
#else
#define TRTK_KEEP(value) ((void)0)
#endif

// Wide enough for the priorities and the jobs of a set.
#if TINYRTOS_PRIORITIES <= 8 && TINYRTOS_JOBS_MAX <= 8
typedef uint8_t trtk_bits_t;
#elif TINYRTOS_PRIORITIES <= 16 && TINYRTOS_JOBS_MAX <= 16
typedef uint16_t trtk_bits_t;
#else
typedef uint32_t trtk_bits_t;
#endif

// Counts and flags of the kernel's state, and two of them. (An ARM reaches a byte by a short
// instruction at the first 32 places only, a half-word at twice as many.)
#if defined(__AVR__)
typedef uint8_t trtk_small_t;
typedef uint16_t trtk_pair_t;
#else
typedef uint16_t trtk_small_t;
typedef uint32_t trtk_pair_t;
#endif

#ifdef TRTP_TIMEOUT_CHAIN
#define TRTK_BUCKETS 1
#else
#define TRTK_BUCKETS TINYRTOS_TIMEOUT_BUCKETS
#endif

// The time, and what is to happen (>>time).
struct trtk_time {
    // lock:
#if TINYRTOS_TASKS || TINYRTOS_TIMERS
    trt_timeout_t *buckets[TRTK_BUCKETS];
#ifdef TRTP_TIMEOUT_CHAIN
    trt_tick_t nearest; // no timeout ends before; now: none is known
#endif
#endif
    trt_tick_t now;
};

#if TINYRTOS_BUDGETS // those who may run, and those who have used up their share
#define TRTK_SETS 2
#else
#define TRTK_SETS 1
#endif

#if TINYRTOS_TASKS

static struct trtk {
    // lock:
    trt_task_t *ready[TRTK_SETS][TINYRTOS_PRIORITIES];
    struct trtk_hold {
        trtk_small_t gate;    // the number of reasons not to switch now
        trtk_small_t due;     // true: who should run may have changed; set by all that can do so
    } hold;                   // all zero: who runs is who should, and may be left (trtk_is_calm)
    trtk_small_t sched_locks; // some of those reasons: nesting of trt_sched_lock
    trtk_small_t started;
    trtk_small_t stopping; // the running task has been stopped, and goes as soon as it can
    trtk_bits_t ready_bits[TRTK_SETS];
    trt_task_t *current; // the task that has the processor; NULL: idle
    void *idle_sp;       // trt_start's context, while a task runs
    trt_task_t *tasks;   // all that were ever started; grows at its head only
    uint32_t arrivals;   // counts waits: the age of a waiter
    unsigned changes;    // counts what may make a search in a waiting ring void
#if !TINYRTOS_PREEMPTION
    bool yielding; // the running task lets others run
#endif
#if TINYRTOS_BUDGETS
    uint8_t turn; // the set that has its turn
#endif
#if TINYRTOS_PASSES
    trt_object_t passes;     // who waits for conditions
    trt_service_t *services; // in the order in which they were registered
    uint32_t pass;           // counts them
    bool passing;            // one is under way
#endif
#if TINYRTOS_REGISTRY
    trt_name_t *names; // all that are listed, the newest first
#endif
#if TINYRTOS_RUN_TIME_STATS
    uint32_t run_since; // the counter when the running task got the processor
#endif
    struct trtk_time time; // (last: what is near is reached in less)
} trtk;

// A task's state, in its object's mode.
enum {
    TRTK_LIVE = 1, // started and not ended
    TRTK_SUSPENDED = 2,
    TRTK_WAITING = 4,
    TRTK_WAKING = 8,  // its wait is over, and it is leaving the rings
    TRTK_ENDING = 16, // between life and death: being started or stopped
    TRTK_LISTED = 32, // is in the list of all tasks
    TRTK_DOOMED = 64, // stopped, as soon as it is not protected
    TRTK_STEPS = 128, // its wait, for several things, ends in steps
    TRTK_STANDS = TRTK_LIVE | TRTK_SUSPENDED | TRTK_WAITING | TRTK_WAKING | TRTK_ENDING
};

// The gate counts these, and one for each call that interrupts come into, and that these come into.
#define TRTK_SCHED_LOCKS_MAX 127

// The status of a call that has begun to wait; the task has the status of the wait when it is over.
#define TRTK_WAITS ((trt_status_t)INT8_MAX)

// The status of an attempt that has claimed what is wanted, for trtk_take_claimed_i to take in a
// later step: for a waiter, who is waking, or (NULL) for the caller. Those of streams and of
// priority queues do so.
#define TRTK_CLAIMED ((trt_status_t)(INT8_MAX - 1))

#if TINYRTOS_STREAMS || TINYRTOS_PQUEUES
// Takes it: an attempt that has claimed something makes this the next.
typedef trt_status_t (*trtk_claimed_t)(trt_wait_t *wait, const trt_task_t *waiter,
                                       trt_critical_t found);

static TRTK_INLINE trt_attempt_t trtk_claimed_by(trtk_claimed_t take) {
    return (trt_attempt_t)(void (*)(void))take;
}

static trt_status_t trtk_take_claimed_i(trt_wait_t *wait, const trt_task_t *waiter,
                                        trt_critical_t found, trt_object_t *object);

static inline bool trtk_is_claimed(trt_status_t status) {
    return status == TRTK_CLAIMED;
}
#else
static inline trt_status_t trtk_take_claimed_i(const trt_wait_t *wait, const trt_task_t *waiter,
                                               trt_critical_t found, const trt_object_t *object) {
    (void)wait, (void)waiter, (void)found, (void)object;
    return TRTK_CLAIMED;
}

static inline bool trtk_is_claimed(trt_status_t status) {
    (void)status;
    return false;
}
#endif

static void trtk_end_i(trt_task_t *task, trt_critical_t found);

// What ends a wait is reached by pointers, this one and a timeout's, which are set by who begins to
// wait: a program in which nobody does is linked without it.
static void (*trtk_serve_joiners)(trt_object_t *, trt_critical_t);

#else // jobs only

static struct trtk {
    // lock:
    struct trtk_time time;
#if TINYRTOS_REGISTRY
    trt_name_t *names;
#endif
} trtk;

#endif

#if TINYRTOS_PASSES
static void trtk_pass_i(trt_critical_t found);
#else
static inline void trtk_pass_i(trt_critical_t found) {
    (void)found;
}
#endif

// ---------------------------------------------------------------------------------------------
// >>lock: entering and leaving the kernel
// ---------------------------------------------------------------------------------------------

#if defined(__AVR__) // where a shift by a variable is a loop, and so is __builtin_ctz
static TRTK_INLINE uint8_t trtk_lowest_bit(trtk_bits_t bits) {
    uint8_t n = 0;
    for (; sizeof bits > 1 && (uint8_t)bits == 0; n = (uint8_t)(n + 8u))
        bits = (trtk_bits_t)(bits >> 4 >> 4);
    uint8_t rest = (uint8_t)bits;
    if ((rest & 0x0Fu) == 0) rest = (uint8_t)(rest >> 4), n = (uint8_t)(n + 4u);
    if ((rest & 0x03u) == 0) rest = (uint8_t)(rest >> 2), n = (uint8_t)(n + 2u);
    if ((rest & 0x01u) == 0) n++;
    return n;
}

// (gcc makes a jump of each condition, half as much again.)
static TRTK_INLINE uint8_t trtk_low_bit(uint8_t n) {
    uint8_t bit = 1;
    if (__builtin_constant_p(n)) return (uint8_t)(bit << (n & 7u));
    __asm__("sbrc %1, 1\n\tldi %0, 4\n\t"
            "sbrc %1, 0\n\tlsl %0\n\t"
            "sbrc %1, 2\n\tswap %0"
            : "+d"(bit)
            : "r"(n));
    return bit;
}

static TRTK_INLINE trtk_bits_t trtk_bit(uint8_t n) {
    trtk_bits_t bit = trtk_low_bit(n);
    for (; sizeof bit > 1 && n >= 8; n = (uint8_t)(n - 8u)) bit = (trtk_bits_t)(bit << 4 << 4);
    return bit;
}
#else
static uint_fast8_t trtk_lowest_bit(uint32_t bits) {
#if defined(__GNUC__) // one or two instructions instead of a loop
    return (uint_fast8_t)__builtin_ctzl(bits);
#else
    uint_fast8_t n = 0;
    for (; (bits & 1u) == 0; bits >>= 1) n++;
    return n;
#endif
}

static inline trtk_bits_t trtk_bit(uint8_t n) {
    return (trtk_bits_t)(1ul << n);
}
#endif

#if TINYRTOS_TASKS

static uint8_t trtk_kind_of(const trt_object_t *object) {
    return object->kind & (uint8_t) ~(TRTK_FIFO | TRTK_CEILING);
}

static TRTK_INLINE bool trtk_is_deleted(const trt_object_t *object) {
    return trtk_kind_of(object) == 0;
}

static bool trtk_is(const void *object, uint8_t kind) {
    return object != NULL && trtk_kind_of((const trt_object_t *)object) == kind;
}

// The same, without those whose waiters stand by age, or that have a ceiling: one test less.
static TRTK_INLINE bool trtk_is_plain(const void *object, uint8_t kind) {
    if (object == NULL) return false;
    return ((const trt_object_t *)object)->kind == kind;
}

// An object of that kind and mode counts one more, below a limit, or one less. False: it cannot, or
// is no such object (but one that trtk_may_be). Its word is larger by the count than that of one
// which counts nothing, or else by more than any count, so one comparison tells all. (Nothing that
// counts has a mode that is one more than another of its kind: it would seem to count 65536.)
#if TRTK_ONE_WORD
static TRTK_INLINE bool trtk_may_be(const void *object, uint8_t kind) {
    (void)kind;
    return object != NULL;
}

static TRTK_INLINE uint32_t trtk_counted(const trt_object_t *object, uint8_t kind, uint8_t mode) {
    uint32_t word;
    memcpy(&word, (const char *)object + offsetof(trt_object_t, count), sizeof word);
    return word - ((uint32_t)kind << 24 | (uint32_t)mode << 16);
}

static TRTK_INLINE bool trtk_add_one_i(trt_object_t *object, uint8_t kind, uint8_t mode,
                                       uint16_t limit) {
    uint32_t count = trtk_counted(object, kind, mode);
    if (count >= limit) return false;
    object->count = (uint16_t)(count + 1u);
    return true;
}

static TRTK_INLINE bool trtk_take_one_i(trt_object_t *object, uint8_t kind, uint8_t mode) {
    uint32_t count = trtk_counted(object, kind, mode) - 1u;
    if (count > UINT16_MAX) return false;
    object->count = (uint16_t)count;
    return true;
}
#else // all that count have one mode
static TRTK_INLINE uint32_t trtk_counted(const trt_object_t *object, uint8_t kind, uint8_t mode) {
    (void)mode;
    return object->kind == kind ? object->count : UINT32_MAX;
}

static TRTK_INLINE bool trtk_may_be(const void *object, uint8_t kind) {
    return trtk_is_plain(object, kind);
}

static TRTK_INLINE bool trtk_add_one_i(trt_object_t *object, uint8_t kind, uint8_t mode,
                                       uint16_t limit) {
    (void)mode;
    if (object->kind != kind || object->count >= limit) return false;
    object->count++;
    return true;
}

static TRTK_INLINE bool trtk_take_one_i(trt_object_t *object, uint8_t kind, uint8_t mode) {
    (void)mode;
    bool is_there = object->kind == kind && object->count != 0;
    if (TRTK_LIKELY(is_there)) object->count--;
    return is_there;
}
#endif

static TRTK_INLINE bool trtk_is_task(const trt_task_t *task) {
    return trtk_is_plain(task, TRTK_KIND_TASK);
}

static bool trtk_has_ended(const trt_task_t *task) {
    return (task->object.mode & (TRTK_LIVE | TRTK_ENDING)) == 0;
}

static bool trtk_is_alive(const trt_task_t *task) {
    return (task->object.mode & (TRTK_LIVE | TRTK_ENDING)) == TRTK_LIVE;
}

static bool trtk_is_waiting(const trt_task_t *task) {
    return (task->object.mode & TRTK_WAITING) != 0;
}

static bool trtk_is_runnable(const trt_task_t *task) {
    return (task->object.mode & TRTK_STANDS) == TRTK_LIVE;
}

// How many things it waits for. (With TINYRTOS_WAIT_ANY 0 one at most: the compiler is told so.)
static TRTK_INLINE uint8_t trtk_legs_of(const trt_task_t *task) {
    return TINYRTOS_WAIT_ANY ? task->legs : task->legs != 0;
}

#if TINYRTOS_BUDGETS
// The set that has its turn: when it has become empty, it is the other's.
static uint8_t trtk_turn_i(void) {
    if (trtk.ready_bits[trtk.turn] == 0) trtk.turn ^= 1u;
    return trtk.turn;
}
#else
static inline uint8_t trtk_turn_i(void) {
    return 0;
}
#endif

static trt_task_t *trtk_most_urgent_i(void) {
    uint8_t set = trtk_turn_i();
    if (trtk.ready_bits[set] == 0) return NULL;
    return trtk.ready[set][trtk_lowest_bit(trtk.ready_bits[set])];
}

#if TINYRTOS_PREEMPTION
static bool trtk_keeps_processor(void) {
    return false;
}

static void trtk_begin_turn(void) {}

static void trtk_let_urgent_run_i(void) {} // they do so anyway
#else
// Whether the running task goes on, whoever is ready.
static bool trtk_keeps_processor(void) {
    return trtk.current != NULL && trtk_is_runnable(trtk.current) && !trtk.yielding;
}

static void trtk_begin_turn(void) {
    trtk.yielding = false;
}

static void trtk_let_urgent_run_i(void) {
    trtk.hold.due = trtk.yielding = trtk_most_urgent_i() != trtk.current;
}
#endif

// Who should have the processor.
static trt_task_t *trtk_pick_i(void) {
    if (trtp_halted()) return NULL;
    if (trtk_keeps_processor()) return trtk.current;
    trt_task_t *task = trtk_most_urgent_i();
    return task != NULL ? TINYRTOS_PICK(task) : NULL;
}

static bool trtk_has_started(void) {
    return trtk.started != 0;
}

static TRTK_INLINE bool trtk_is_gate_open(void) {
    return trtk.hold.gate == 0;
}

// (One by one, here and below: for an AVR gcc makes a value of an `&&` before it looks at it.)
static TRTK_INLINE bool trtk_may_switch(void) {
    if (!trtk_has_started()) return false;
    return trtk_is_gate_open();
}

// Whether who runs is the one that should, and nothing is in the way of a switch. (Of all that it
// asks in one comparison: every short way begins with it.)
static TRTK_INLINE bool trtk_is_calm(void) {
    trtk_pair_t any;
    memcpy(&any, &trtk.hold, sizeof any);
    return any == 0;
}

// Let interrupts in, and a task that they make ready: between the steps of a call that could end
// here.
static TRTK_INLINE void trtk_breathe(trt_critical_t found) {
    trtp_unlock(found);
    (void)trtp_lock();
}

static void trtk_switch_s(void);

// Somebody may have to run who does not: see to it, here or as soon as the interrupt or critical
// section ends; and leave the kernel.
TRTK_APART static void trtk_see_to_switch(trt_critical_t found) {
    if (trtk_may_switch()) {
        if (!trtp_in_interrupt() && trtp_is_open(found)) {
            trtk_breathe(found);
            trtk_switch_s();
            trtp_unlock(trtp_open());
            return;
        }
        trtp_pend();
    }
    trtp_unlock(found);
}

// Leave the kernel. (The first is part of its caller also on an AVR.)
static TRTK_QUICK void trtk_unlock_here(trt_critical_t found) {
    if (trtk.hold.due) trtk_see_to_switch(found);
    else trtp_unlock(found);
}

static inline void trtk_unlock(trt_critical_t found) {
    trtk_unlock_here(found);
}

// Let interrupts in, but no other task, until they are shut out again.
static TRTK_INLINE void trtk_let_in(trt_critical_t found) {
    trtk.hold.gate++;
    trtp_unlock(found);
}

static TRTK_INLINE void trtk_shut_out(void) {
    (void)trtp_lock();
    trtk.hold.gate--;
}

// Between two steps of a loop.
static inline void trtk_reopen(trt_critical_t found) {
    trtk_let_in(found);
    trtk_shut_out();
}

// Whether the caller is a task.
static TRTK_INLINE bool trtk_is_by_task(void) {
    if (trtk.current == NULL) return false;
    return !trtp_in_interrupt();
}

// Whether the caller, who found this, is one that lets interrupts in.
static TRTK_INLINE bool trtk_is_open_task(trt_critical_t found) {
    if (trtk.current == NULL || trtp_in_interrupt()) return false;
    return trtp_is_open(found);
}

// Whether the caller, who found this, may wait; and why not.
static TRTK_INLINE bool trtk_can_wait(trt_critical_t found) {
    if (!trtk_is_gate_open()) return false;
    return trtk_is_open_task(found);
}

static trt_status_t trtk_may_wait(trt_critical_t found) {
    if (TRTK_LIKELY(trtk_can_wait(found))) return TRT_OK;
    return trtk_has_started() ? TRT_ERR_CONTEXT : TRT_ERR_NOT_STARTED;
}

// The same as a status: what the caller does has an owner.
TRTK_PURE static trt_status_t trtk_is_in_task(void) {
    if (trtk_is_by_task()) return TRT_OK;
    return trtk_has_started() || trtp_in_interrupt() ? TRT_ERR_CONTEXT : TRT_ERR_NOT_STARTED;
}

// The task that is told of.
static inline trt_task_t *trtk_running(void) {
    return trtk.current;
}

#else // nobody to switch to

static bool trtk_has_started(void) {
    return true;
}

static void trtk_unlock(trt_critical_t found) {
    trtp_unlock(found);
}

static inline void trtk_let_in(trt_critical_t found) {
    trtp_unlock(found);
}

static inline void trtk_shut_out(void) {
    (void)trtp_lock();
}

static inline void trtk_breathe(trt_critical_t found) {
    trtp_unlock(found);
    (void)trtp_lock();
}

static inline trt_task_t *trtk_running(void) {
    return NULL;
}

#endif

// Tell the user's hook of a call that was wrong.
static trt_status_t trtk_report(const char *call, const void *object, trt_status_t status) {
    if (status <= TRT_ERR_CONTEXT) TINYRTOS_MISUSE_HOOK(call, object, trtk_running(), status);
    (void)call;
    (void)object;
    return status;
}

#ifdef TRTP_HAS_FORBIDDEN_INTERRUPTS
// The first line of every public call: one from an interrupt that the lock does not shut out ends.
#define TRTK_REFUSE(call, object, result)                     \
    do {                                                      \
        if (trtp_is_forbidden()) {                            \
            trtp_name_forbidden(call);                        \
            (void)trtk_report(call, object, TRT_ERR_CONTEXT); \
            return result;                                    \
        }                                                     \
    } while (0)
#else
#define TRTK_REFUSE(call, object, result) ((void)0)
#endif

#if TINYRTOS_TASKS

// ---------------------------------------------------------------------------------------------
// >>sets: the rings of ready tasks and of waiters
// ---------------------------------------------------------------------------------------------

// A ring goes round by `next` and `prev`; who is alone in one is his own neighbour, and so is a
// task that is in none. Into a ring, before one who is there; out of a ring with others.
#define TRTK_RING_OF(type, ring)                               \
    static inline void ring##_join(type *item, type *before) { \
        type *prev = before->prev;                             \
        item->next = before;                                   \
        item->prev = prev;                                     \
        prev->next = item;                                     \
        before->prev = item;                                   \
    }                                                          \
    static inline void ring##_leave(const type *item) {        \
        type *next = item->next, *prev = item->prev;           \
        next->prev = prev;                                     \
        prev->next = next;                                     \
    }

TRTK_RING_OF(trt_task_t, trtk_ring_of_tasks)
TRTK_RING_OF(trt_wait_t, trtk_ring_of_waits)

// --- ready: one ring for each priority

// (With one priority the compiler is told so: it would warn of an index that cannot be.)
static trt_task_t **trtk_ready_ring(uint8_t set, uint8_t prio) {
    return &trtk.ready[TRTK_SETS > 1 ? set : 0][TINYRTOS_PRIORITIES > 1 ? prio : 0];
}

#if TINYRTOS_BUDGETS
static uint8_t trtk_set_of(const trt_task_t *task) {
    return task->set;
}

static void trtk_join_set(trt_task_t *task, uint8_t set) {
    task->set = set;
}
#else
static uint8_t trtk_set_of(const trt_task_t *task) {
    (void)task;
    return 0;
}

static void trtk_join_set(const trt_task_t *task, uint8_t set) {
    (void)task, (void)set;
}
#endif

// Whether others are ready at a ready task's priority.
static bool trtk_has_equals(const trt_task_t *task) {
    return task->next != task;
}

// Make a task ready, the first in that ring of its set.
static TRTK_INLINE void trtk_ready_begin_i(trt_task_t *task, uint8_t set, trt_task_t **ring) {
    *ring = task;
    trtk.ready_bits[set] = (trtk_bits_t)(trtk.ready_bits[set] | trtk_bit(task->prio));
}

// Make a task ready in a set, behind its equals.
static inline void trtk_ready_insert_i(trt_task_t *task, uint8_t set) {
    TRTK_PIN(b, task);
    trt_task_t **ring = trtk_ready_ring(set, task->prio);
    trtk_join_set(task, set);
    if (TRTK_LIKELY(*ring == NULL)) trtk_ready_begin_i(task, set, ring);
    else trtk_ring_of_tasks_join(task, *ring);
}

// A ready task leaves its ring, in which it is alone.
static TRTK_INLINE void trtk_ready_end_i(uint8_t set, uint8_t prio, trt_task_t **ring) {
    *ring = NULL;
    trtk.ready_bits[set] = (trtk_bits_t)(trtk.ready_bits[set] & ~trtk_bit(prio));
}

// A ready task leaves its equals.
TRTK_ASIDE static void trtk_ready_leave_i(trt_task_t *task, trt_task_t **ring) {
    if (*ring == task) *ring = task->next;
    trtk_ring_of_tasks_leave(task);
    task->next = task->prev = task;
}

static inline void trtk_ready_remove_i(trt_task_t *task) {
    TRTK_PIN(z, task);
    uint8_t set = trtk_set_of(task), prio = task->prio;
    trt_task_t **ring = trtk_ready_ring(set, prio);
    trtk.hold.due = true;
    if (TRTK_LIKELY(!trtk_has_equals(task))) trtk_ready_end_i(set, prio, ring);
    else trtk_ready_leave_i(task, ring);
}

static void trtk_slice_reload(trt_task_t *task) {
#if TINYRTOS_TIME_SLICE
    task->slice = TINYRTOS_TIME_SLICE;
#endif
    (void)task;
}

// A task begins to be runnable.
static inline void trtk_enter_ready_i(trt_task_t *task) {
    trtk_slice_reload(task);
    trtk_ready_insert_i(task, trtk_turn_i());
    TINYRTOS_TRACE(TRT_TRACE_READY, task, NULL);
}

// The same, of whose priority nobody is ready.
static TRTK_INLINE void trtk_enter_ready_first_i(trt_task_t *task) {
    uint8_t set = trtk_turn_i();
    trtk_slice_reload(task);
    trtk_join_set(task, set);
    trtk_ready_begin_i(task, set, trtk_ready_ring(set, task->prio));
    TINYRTOS_TRACE(TRT_TRACE_READY, task, NULL);
}

// As trtk_enter_ready_i, which may change who should run. (Idle: any should.)
static inline void trtk_make_ready_i(trt_task_t *task) {
    const trt_task_t *self = trtk.current;
    if (TRTK_HAS_POLICY || self == NULL || task->prio < self->prio) trtk.hold.due = true;
    trtk_enter_ready_i(task);
}

// The turn of the running task is over: its equals are before it.
static void trtk_rotate_i(trt_task_t *task) {
    trtk_slice_reload(task);
    trt_task_t **ring = trtk_ready_ring(trtk_set_of(task), task->prio);
    if (*ring == task) *ring = task->next;
    trtk.hold.due = true;
}

// --- waiting: one ring for each object

static bool trtk_is_fifo(const trt_object_t *object) {
    return (object->kind & TRTK_FIFO) != 0;
}

// A step of a search is done: let interrupts in. False: the ring may have changed, and the search
// is void.
static bool trtk_search_on(trt_critical_t found) {
    unsigned seen = trtk.changes;
    trtk_reopen(found);
    return seen == trtk.changes;
}

// Find the place of `wait` among others in its object's ring as if it had priority `prio`: whom it
// stands behind, or NULL: it is the first. Itself: see above. Newcomers to the least or most urgent
// equals are placed at once, others by a walk over the runs of equals.
static trt_wait_t *trtk_find_place_i(trt_wait_t *wait, uint8_t prio, trt_critical_t found) {
    trt_wait_t *head = wait->object->waiters, *at = head->prev;
    bool by_age = trtk_is_fifo(wait->object);
    if (at->prio > prio && !by_age) {
        if (head->prio > prio) return trtk_search_on(found) ? NULL : wait;
        for (at = head->group; at->next->prio <= prio; at = at->next->group)
            if (!trtk_search_on(found)) return wait;
    }
    while (at == wait || (at->prio == prio && (int32_t)(at->since - wait->since) > 0 && !by_age)) {
        if (at == head) return NULL;
        at = at->prev;
        if (!trtk_search_on(found)) return wait;
    }
    return trtk_search_on(found) ? at : wait;
}

// A run of equals ends with `wait` instead of `before`.
static void trtk_end_run_i(trt_wait_t *wait, trt_wait_t *before) {
    trt_wait_t *other_end = before->group;
    before->group = before;
    wait->group = other_end;
    other_end->group = wait;
}

// Put `wait`, whose priority is set, and which is a run by itself, among others into its object's
// ring behind `after` (NULL: first).
TRTK_APART static void trtk_join_waiters_i(trt_wait_t *wait, trt_wait_t *after) {
    TRTK_PIN(z, wait);
    trt_object_t *object = wait->object;
    trt_wait_t *next = after == NULL ? object->waiters : after->next;
    trtk_ring_of_waits_join(wait, next);
    if (after == NULL) object->waiters = wait;
    if (trtk_is_fifo(object)) return;

    bool joins_left = after != NULL && after->prio == wait->prio;
    bool joins_right = next != object->waiters && next->prio == wait->prio;
    if (joins_left != joins_right) trtk_end_run_i(wait, joins_left ? after : next);
}

// The same where there may be no others.
static inline void trtk_waiters_insert_i(trt_wait_t *wait, trt_wait_t *after) {
    trt_object_t *object = wait->object;
    if (TRTK_LIKELY(object->waiters == NULL)) object->waiters = wait->next = wait->prev = wait;
    else trtk_join_waiters_i(wait, after);
}

// A run of equals ends no longer with this waiter, who has left the ring, as its head or not.
static TRTK_INLINE void trtk_leave_run_i(const trt_wait_t *wait, bool was_head) {
    trt_wait_t *prev = wait->prev, *other_end = wait->group;
    bool is_first = was_head || prev->prio != wait->prio;
    trt_wait_t *neighbour = is_first ? wait->next : prev;
    neighbour->group = other_end;
    other_end->group = neighbour;
}

// A waiter leaves the others.
TRTK_APART static void trtk_leave_waiters_i(const trt_wait_t *wait) {
    TRTK_PIN(z, wait);
    trt_object_t *object = wait->object;
    bool is_head = object->waiters == wait;
    trtk_ring_of_waits_leave(wait);
    if (is_head) object->waiters = wait->next;
    if (wait->group != wait) trtk_leave_run_i(wait, is_head);
}

static TRTK_QUICK void trtk_waiters_remove_i(trt_wait_t *wait) {
    if (TRTK_LIKELY(wait->next == wait)) wait->object->waiters = NULL;
    else trtk_leave_waiters_i(wait);
    wait->next = NULL;
}

// The same for the first, in fewer steps: the next begins its run, and the ring. (In few, so that
// it does not cost much more among many than alone.)
static TRTK_INLINE void trtk_first_remove_i(trt_object_t *object, trt_wait_t *wait) {
    trt_wait_t *next = wait->next;
    if (TRTK_LIKELY(next == wait)) object->waiters = NULL;
    else {
        trt_wait_t *last = wait->group, *prev = wait->prev, *second = next;
        object->waiters = next;
        TRTK_PIN(z, second);
        second->prev = prev;
        prev->next = next;
        if (last != wait) {
            second->group = last;
            TRTK_PIN(z, last);
            last->group = next;
        }
    }
}

// ---------------------------------------------------------------------------------------------
// >>priority: effective priorities, and how a change travels along the owners of mutexes
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_MUTEXES

// The priority that a task should have now. False: interrupts came between its steps, of which
// there are at most TINYRTOS_MUTEXES_HELD_MAX.
static TRTK_INLINE bool trtk_effective_prio_i(const trt_task_t *task, uint8_t *prio,
                                              trt_critical_t found) {
    *prio = task->base_prio;
    for (const trt_mutex_t *m = task->held; m != NULL; m = m->next_held) {
        uint8_t protocol = (uint8_t)m->object.count;
        bool lends = protocol != TRT_NO_PROTOCOL && m->object.waiters != NULL;
        if (protocol < *prio) *prio = protocol; // a ceiling: TRT_INHERIT is large
        if (lends && m->object.waiters->prio < *prio) *prio = m->object.waiters->prio;
        if (m->next_held != NULL && !trtk_search_on(found)) return false;
    }
    return true;
}

// Whether an object has an owner, who inherits: a mutex, or a channel's door.
static bool trtk_is_owned(const trt_object_t *object) {
    const uint8_t channel = TRTK_KIND_CHANNEL & (uint8_t)~TRTK_KIND_MUTEX;
    return (object->kind & (uint8_t) ~(channel | TRTK_CEILING)) == TRTK_KIND_MUTEX;
}

static TRTK_SHARED trt_task_t *trtk_owner_of(const trt_object_t *object) {
    return trtk_is_owned(object) ? ((const trt_mutex_t *)(const void *)object)->owner : NULL;
}

#else

static bool trtk_effective_prio_i(const trt_task_t *task, uint8_t *prio, trt_critical_t found) {
    (void)found;
    *prio = task->base_prio;
    return true;
}

static trt_task_t *trtk_owner_of(const trt_object_t *object) {
    (void)object;
    return NULL;
}

#endif

// The owner of the mutex that a task waits for, alone or among other things; NULL: there is none.
// (No task that waits has begun to do so since the mask was opened.)
static trt_task_t *trtk_owner_waited_for_i(const trt_task_t *task, trt_critical_t found) {
    for (uint_fast8_t i = 0;; i++) {
        trtk_reopen(found);
        if (!trtk_is_waiting(task) || i == trtk_legs_of(task)) return NULL;
        trt_task_t *owner = trtk_owner_of(task->wait[i].object);
        if (owner != NULL && task->wait[i].next != NULL) return owner;
    }
}

// Give a thing that a task waits for, in a ring, another priority, and its place by that. False:
// interrupts came between.
TRTK_ASIDE static bool trtk_move_wait_i(trt_wait_t *wait, uint8_t prio, trt_critical_t found) {
    if (TRTK_SMALL_STEPS && !trtk_search_on(found)) return false;
    if (wait->next != wait && !trtk_is_fifo(wait->object)) {
        trt_wait_t *after = trtk_find_place_i(wait, prio, found);
        if (after == wait || !trtk_search_on(found)) return false;
        trtk_leave_waiters_i(wait);
        wait->group = wait;
        wait->prio = prio;
        trtk_join_waiters_i(wait, after);
    }
    wait->prio = prio;
    return trtk_search_on(found);
}

// The same for each thing. False: not done yet.
static bool trtk_move_waits_i(trt_task_t *task, uint8_t prio, trt_critical_t found) {
    for (uint_fast8_t i = 0; i < trtk_legs_of(task); i++) {
        trt_wait_t *wait = &task->wait[i];
        if (wait->next != NULL && wait->prio != prio && !trtk_move_wait_i(wait, prio, found))
            return false;
    }
    return true;
}

// Give a task another effective priority, and its place by that, wherever it stands. False: not
// done yet, look again.
static bool trtk_move_i(trt_task_t *task, uint8_t prio, trt_critical_t found) {
    bool lowered = prio > task->prio, is_ready = trtk_is_runnable(task);
    if (is_ready) trtk_ready_remove_i(task);
    else if (trtk_is_waiting(task) && !trtk_move_waits_i(task, prio, found)) return false;
    task->prio = prio;
    if (is_ready) {
        uint8_t set = trtk_turn_i();
        trtk_ready_insert_i(task, set);
        if (lowered || task == trtk.current) // who runs is the head
            *trtk_ready_ring(set, prio) = task;
    }
    TINYRTOS_TRACE(TRT_TRACE_PRIORITY, task, NULL);
    return true;
}

// What decides a task's priority may have changed: set it right, and that of the owner it waits
// for, and so on. Each step is right by itself, whatever came between: a priority is always worked
// out from what is there.
TRTK_APART static void trtk_reprioritise_i(trt_task_t *task, trt_critical_t found) {
    bool is_moved = true; // no wait of the task has been given another priority than it has
    while (task != NULL) {
        uint8_t prio;
        if (!trtk_effective_prio_i(task, &prio, found)) continue;
        if (prio == task->prio && (is_moved || !trtk_is_waiting(task))) return;
        trtk.changes++; // an interrupted call may be looking for its place by the priority it had
        if (!trtk_search_on(found)) continue;
        is_moved = trtk_move_i(task, prio, found);
        if (is_moved) task = trtk_owner_waited_for_i(task, found);
    }
}

#if TINYRTOS_MUTEXES
// A task has begun to wait for what `owner` has, or does so no longer: that changes his priority.
static TRTK_INLINE void trtk_lend_i(trt_task_t *owner, trt_critical_t found) {
    if (owner == NULL) return;
    trtk_reopen(found);
    trtk_reprioritise_i(owner, found);
}
#else
static void trtk_lend_i(const trt_task_t *owner, trt_critical_t found) {
    (void)owner;
    (void)found;
}
#endif

// ---------------------------------------------------------------------------------------------
// >>sched: the switch
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_STACK_CHECK
#if defined(__AVR__)
typedef uint8_t trtk_fill_t;
#else
typedef uint32_t trtk_fill_t;
#endif

// Whether the last byte, or word, of a task's stack still has its fill.
TRTP_RAW static inline bool trtk_stack_is_whole(const trt_task_t *task) {
    size_t bytes;
    const trtk_fill_t fill = (trtk_fill_t) ~(trtk_fill_t)0 / 0xFFu * TRTP_STACK_FILL;
    return *(const volatile trtk_fill_t *)trtp_stack(task, &bytes) == fill;
}
#else
static bool trtk_stack_is_whole(const trt_task_t *task) {
    (void)task;
    return true;
}
#endif

#if TINYRTOS_RUN_TIME_STATS

#ifndef TINYRTOS_RUN_TIME_COUNTER
#ifdef TRTP_COUNTER
#define TINYRTOS_RUN_TIME_COUNTER() TRTP_COUNTER()
#else
#define TINYRTOS_RUN_TIME_COUNTER() ((uint32_t)trtk.time.now)
#endif
#endif

// Charge the running task for the time since it was last charged.
static void trtk_charge_i(void) {
    uint32_t counter = TINYRTOS_RUN_TIME_COUNTER();
    if (trtk.current != NULL) trtk.current->run_time += counter - trtk.run_since;
    trtk.run_since = counter;
}

uint32_t trt_task_run_time(const trt_task_t *task) {
    TRTK_REFUSE("trt_task_run_time", task, 0);
    if (!trtk_is_task(task)) return 0;
    trt_critical_t found = trtp_lock();
    trtk_charge_i();
    uint32_t time = task->run_time;
    trtk_unlock(found);
    return time;
}

#else
static void trtk_charge_i(void) {}
#endif

#if TINYRTOS_SWITCH_HOOKS

// A task gets the processor, or loses it.
static void trtk_tell_switch(trt_task_t *task, bool in) {
    if (task != NULL && task->switch_hook != NULL) task->switch_hook(task, in);
}

trt_status_t trt_task_set_switch_hook(trt_task_t *task, trt_switch_hook_t hook) {
    TRTK_REFUSE("trt_task_set_switch_hook", task, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    bool is_one = trtk_is_task(task);
    if (is_one) task->switch_hook = hook;
    trtk_unlock(found);
    return trtk_report("trt_task_set_switch_hook", task, is_one ? TRT_OK : TRT_ERR_OBJECT);
}

#else
static void trtk_tell_switch(const trt_task_t *task, bool in) {
    (void)task;
    (void)in;
}
#endif

// Where the context of a task (NULL: of trt_start's caller) is kept while it does not run.
static void **trtk_sp_of(trt_task_t *task) {
    return task != NULL ? &task->sp : &trtk.idle_sp;
}

// A task's stack is about to be left for another: where its context will be.
static TRTK_SHARED void **trtk_leave_stack_of(trt_task_t *task) {
    void **sp = &task->sp;
    TRTK_PIN(r, sp); // worked out now: later the task would have to be kept for it
    if (!trtk_stack_is_whole(task)) TINYRTOS_STACK_OVERFLOW_HOOK(task);
    return sp;
}

// The same of the one in use: idle's for NULL.
static TRTK_INLINE void **trtk_leave_stack(trt_task_t *task) {
    return TRTK_LIKELY(task != NULL) ? trtk_leave_stack_of(task) : &trtk.idle_sp;
}

// From now on `next` has the processor, and not `last`.
static TRTK_INLINE void trtk_pass_processor_i(trt_task_t *last, trt_task_t *next) {
    trtk_charge_i();
    trtk_tell_switch(last, false);
    trtk_tell_switch(next, true);
    trtk.current = next;
    TINYRTOS_TRACE(TRT_TRACE_SWITCH, next, NULL);
}

// Decide who has the processor from now on, the task that had it or another: tasks may be switched.
static inline trt_task_t *trtk_elect_i(void) {
    if (trtk.stopping) trtk_end_i(trtk.current, trtp_open());
    trt_task_t *next = trtk_pick_i();
    trtk.hold.due = false;
    trtk_begin_turn();
    return next;
}

static inline trt_task_t *trtk_choose_i(void) {
    if (!trtk_is_gate_open()) return trtk.current;
    trt_task_t *next = trtk_elect_i(), *last = trtk.current;
    if (next != last) {
        (void)trtk_leave_stack(last);
        trtk_pass_processor_i(last, next);
    }
    return next;
}

// Give the processor to whom it belongs. Returns when it is the caller's again. The lock is held,
// no interrupt is under way, and tasks may be switched.
static inline void trtk_switch_s(void) {
    trtk_pass_i(trtp_open());
    trt_task_t *next = trtk_elect_i(), *last = trtk.current;
    if (next == last) return;
    void **sp = trtk_leave_stack(last);
    trtk_pass_processor_i(last, next);
    trtp_switch(sp, *trtk_sp_of(next));
}

// The same, and leave the kernel. How the caller's wait has ended.
TRTK_APART static trt_status_t trtk_pass_processor_s(void) {
    trtk_switch_s();
    trtp_unlock(trtp_open());
    return trtk.current->status;
}

// The same as trtk_switch_s, if tasks may be switched.
static inline void trtk_reschedule_s(void) {
    if (trtk_may_switch()) trtk_switch_s();
}

// Whether there is anybody who may run.
static bool trtk_is_some_ready_i(void) {
    return !trtp_halted() && trtk_most_urgent_i() != NULL;
}

// Idle: what trt_start becomes. The lock is held.
static trt_status_t trtk_run_s(void) {
    trt_status_t status = TRT_OK;
    do {
        trtk_switch_s(); // no call is under way that could forbid it
        trtp_unlock(trtp_open());
        TINYRTOS_IDLE_HOOK();
        (void)trtp_lock();
    } while (trtk_is_some_ready_i() || trtp_idle(&status));
    return status;
}

// Give the processor to a task that should have it, and leave the kernel: the caller may be left.
static TRTK_INLINE void trtk_switch_to_s(trt_task_t *self, trt_task_t *next) {
    void **sp = trtk_leave_stack_of(self);
    trtk_pass_processor_i(self, next);
    TRTK_PIN(z, next);
    trtp_switch(sp, next->sp);
    trtp_unlock(trtp_open());
}

// Whether the most urgent ready task is the one that should run, and none was due to run before.
static TRTK_INLINE bool trtk_is_plain_choice(void) {
    const bool is_usual = TINYRTOS_PREEMPTION && !TINYRTOS_PASSES && !TRTK_HAS_POLICY;
    return TINYRTOS_SHORTCUTS && is_usual && trtk_is_calm();
}

// Whether the caller, the running task, can leave the processor in few steps.
static TRTK_INLINE bool trtk_can_rest(const trt_task_t *self, trt_critical_t found) {
    return TRTK_HAS_BESIDE && trtk_is_plain_choice() && trtk_is_open_task(found) &&
           !trtk_has_equals(self);
}

// It does: its state says why. How that has ended.
static TRTK_INLINE trt_status_t trtk_rest_s(trt_task_t *self) {
    uint8_t set = trtk_set_of(self), prio = self->prio;
    trtk_ready_end_i(set, prio, trtk_ready_ring(set, prio));
    trt_task_t *next = trtk_pick_i();
    void **sp = trtk_leave_stack_of(self);
    trtk_pass_processor_i(self, next);
    trtp_switch(sp, *trtk_sp_of(next));
    trtp_unlock(trtp_open());
    return self->status;
}

// A task begins to be runnable, and its maker leaves the kernel.
TRTK_SLOW static trt_status_t trtk_release_slowly(trt_task_t *task, trt_critical_t found) {
    trtk.changes++; // an interrupted call may be looking for a place beside it
    trtk_make_ready_i(task);
    trtk_unlock_here(found);
    return TRT_OK;
}

// The same: if it is more urgent, it runs. (In few steps: then it has no equals.)
static TRTK_QUICK trt_status_t trtk_release(trt_task_t *task, trt_critical_t found) {
    trt_task_t *self = trtk.current;
    TRTK_PIN(z, task);
    TRTK_PIN(b, self);
    if (self == NULL || self->prio <= task->prio || !trtk_is_plain_choice())
        return trtk_release_slowly(task, found);
    trtk_enter_ready_first_i(task);
    if (TRTK_LIKELY(trtp_is_open(found) && !trtp_in_interrupt())) {
        trtk_switch_to_s(self, task);
    } else {
        trtk.hold.due = true;
        trtp_pend();
        trtp_unlock(found);
    }
    return TRT_OK;
}

// Whether anybody is ready but the running task and its equals.
static bool trtk_others_are_ready(void) {
    trtk_bits_t bits = trtk.ready_bits[0];
#if TINYRTOS_BUDGETS
    if (bits != 0 && trtk.ready_bits[1] != 0) return true;
    bits = (trtk_bits_t)(bits | trtk.ready_bits[1]);
#endif
    return (bits & (trtk_bits_t)(bits - 1u)) != 0;
}

// The running task's turn is over; it may not be possible to leave it now.
TRTK_APART static bool trtk_yield(trt_critical_t found) {
    bool others = false, is_by_task = trtk_is_by_task();
    if (is_by_task && trtk_is_runnable(trtk.current)) {
        bool has_equals = trtk_has_equals(trtk.current);
        others = has_equals || trtk_others_are_ready();
        if (has_equals || TRTK_HAS_POLICY) trtk_rotate_i(trtk.current);
        trtk_let_urgent_run_i();
    }
    trtk_unlock(found);
    if (!is_by_task) (void)trtk_report("trt_yield", NULL, trtk_is_in_task());
    return others;
}

// (The usual case in few steps: it can be left, and nobody is more urgent.)
bool trt_yield(void) {
    TRTK_REFUSE("trt_yield", NULL, false);
    trt_critical_t found = trtp_lock();
    trt_task_t *self = trtk.current;
    if (!trtk_is_plain_choice() || !trtk_is_open_task(found)) return trtk_yield(found);
    TRTK_PIN(z, self);
    bool has_equals = trtk_has_equals(self), others = has_equals || trtk_others_are_ready();
    if (has_equals) {
        trt_task_t *next = self->next;
        trtk_slice_reload(self);
        *trtk_ready_ring(trtk_set_of(self), self->prio) = next;
        trtk_switch_to_s(self, next);
        return true;
    }
    trtp_unlock(trtp_open());
    return others;
}

trt_status_t trt_sched_lock(void) {
    TRTK_REFUSE("trt_sched_lock", NULL, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    trt_status_t status = trtk_is_in_task();
    if (status == TRT_OK) {
        if (trtk.sched_locks == TRTK_SCHED_LOCKS_MAX) status = TRT_ERR_OVERFLOW;
        else trtk.sched_locks++, trtk.hold.gate++;
    }
    trtp_unlock(found);
    return trtk_report("trt_sched_lock", NULL, status);
}

trt_status_t trt_sched_unlock(void) {
    TRTK_REFUSE("trt_sched_unlock", NULL, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    trt_status_t status = trtk_is_in_task();
    if (status == TRT_OK) {
        if (trtk.sched_locks == 0) status = TRT_ERR_STATE;
        else trtk.sched_locks--, trtk.hold.gate--;
    }
    trtk_unlock(found);
    return trtk_report("trt_sched_unlock", NULL, status);
}

trt_task_t *trt_ready_next(const trt_task_t *task) {
    TRTK_REFUSE("trt_ready_next", task, NULL);
    trt_task_t *next = NULL;
    trt_critical_t found = trtp_lock();
    uint8_t set = trtk_turn_i();
    if (task == NULL) next = trtk_most_urgent_i();
    else if (trtk_is_task(task) && trtk_is_runnable(task) && trtk_set_of(task) == set) {
        const trt_task_t *head = *trtk_ready_ring(set, task->prio);
        trtk_bits_t less_urgent =
            (trtk_bits_t)(trtk.ready_bits[set] & ~(trtk_bit(task->prio) * 2u - 1u));
        if (task->next != head) next = task->next;
        else if (less_urgent != 0) next = trtk.ready[set][trtk_lowest_bit(less_urgent)];
    }
    trtp_unlock(found);
    return next;
}

trt_task_t *trt_task_self(void) {
    return trtk.current;
}

#endif // TINYRTOS_TASKS

trt_critical_t trt_critical_enter(void) {
    TRTK_REFUSE("trt_critical_enter", NULL, trtp_open());
    return trtp_lock();
}

void trt_critical_exit(trt_critical_t found) {
    TRTK_REFUSE("trt_critical_exit", NULL, );
    trtk_unlock(found);
}

bool trt_in_interrupt(void) {
    return trtp_in_interrupt();
}

// ---------------------------------------------------------------------------------------------
// >>time: timeouts
//
// A timeout lies in the bucket of the highest bit in which its moment differs from now. That bit of
// `now` changes only in the tick that makes all lower bits zero; so a tick looks at one bucket,
// that of its lowest one bit, and what lies there is due or belongs in a lower bucket. Bits beyond
// the buckets share one, the first: it is looked at when all others have had their turn, and what
// is still that far stays. Arming, disarming and a tick cost the same whatever is armed; a timeout
// moves at most once for each bucket, and once in each such round while it is far.
//
// Where bits are slow to find and RAM is short (TRTP_TIMEOUT_CHAIN) there is one bucket for all,
// which is looked at when the nearest is due. So a tick at which something is due has a step for
// each timeout there is, the mask open between; everything else costs the same whatever is armed.
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_TASKS || TINYRTOS_TIMERS

// By one pointer, what is needed of the time is reached in few instructions.
static TRTK_INLINE struct trtk_time *trtk_time_i(void) {
    struct trtk_time *time = &trtk.time;
    TRTK_KEEP(time);
    return time;
}

#ifdef TRTP_TIMEOUT_CHAIN

// The bucket for a timeout whose moment, set, is not now.
static TRTK_INLINE trt_timeout_t **trtk_bucket_for_i(trt_timeout_t *timeout, trt_tick_t now) {
    (void)now;
    trt_tick_t until = (trt_tick_t)(timeout->when - trtk.time.now);
    trt_tick_t known = (trt_tick_t)(trtk.time.nearest - trtk.time.now);
    TRTK_PIN(m, timeout->when); // read again, rather than kept in registers
    if (known == 0 || until < known) trtk.time.nearest = timeout->when;
    return trtk.time.buckets;
}

// The bucket to look at now; what stays in it is put into it anew.
static trt_timeout_t **trtk_bucket_due_i(void) {
    return trtk.time.buckets;
}

static bool trtk_may_be_due_i(trt_timeout_t *const *bucket) {
    (void)bucket;
    return trtk.time.nearest == trtk.time.now;
}

#else

static uint_fast8_t trtk_highest_bit(trt_tick_t bits) {
#if defined(__GNUC__) && TINYRTOS_TICK_BITS == 64 // a few instructions instead of a loop
    return (uint_fast8_t)(8u * sizeof(unsigned long long) - 1u - (unsigned)__builtin_clzll(bits));
#elif defined(__GNUC__)
    return (uint_fast8_t)(8u * sizeof(unsigned long) - 1u - (unsigned)__builtin_clzl(bits));
#else
    uint_fast8_t n = 0;
    while ((bits >>= 1) != 0) n++;
    return n;
#endif
}

// The bit after which all are far.
#define TRTK_FAR (TRTK_BUCKETS - 1)

static uint_fast8_t trtk_lowest_bit_up_to_far(trt_tick_t now) {
    trt_tick_t bits = (trt_tick_t)(now | (trt_tick_t)1 << TRTK_FAR);
#if TINYRTOS_TICK_BITS == 64
    return trtk_highest_bit(bits & (~bits + 1u));
#else
    return trtk_lowest_bit(bits);
#endif
}

// The bucket for a timeout whose moment, set, is not now.
static TRTK_INLINE trt_timeout_t **trtk_bucket_for_i(const trt_timeout_t *timeout, trt_tick_t now) {
    struct trtk_time *time = trtk_time_i();
    int bits_to_far = TRTK_FAR - (int)trtk_highest_bit(timeout->when ^ now);
    trt_timeout_t **bucket = &time->buckets[bits_to_far > 0 ? bits_to_far : 0];
    TRTK_KEEP(bucket);
    return bucket;
}

// The bucket to look at now; what stays in it is put into it, or a lower one, anew.
static trt_timeout_t **trtk_bucket_due_i(void) {
    return &trtk.time.buckets[TRTK_FAR - trtk_lowest_bit_up_to_far(trtk.time.now)];
}

static bool trtk_may_be_due_i(trt_timeout_t *const *bucket) {
    return *bucket != NULL;
}

#endif

// Set a timeout for `when`, which is not now.
static void trtk_arm_i(trt_timeout_t *timeout, trt_tick_t when) {
    const trt_tick_t now = trtk_time_i()->now;
    timeout->when = when;
    trt_timeout_t **bucket = trtk_bucket_for_i(timeout, now), *first = *bucket;
    timeout->next = first;
    timeout->link = bucket;
    if (first != NULL) first->link = &timeout->next;
    *bucket = timeout;
}

// Set a timeout for the moment at which `ticks` full ticks will have passed: the present one is
// under way.
static inline void trtk_arm_after_i(trt_timeout_t *timeout, trt_tick_t ticks) {
    ticks = (trt_tick_t)(trtk_time_i()->now + ticks);
    TRTK_PIN(r, ticks);
    ticks++;
    TRTK_KEEP(ticks);
    trtk_arm_i(timeout, ticks);
}

static TRTK_INLINE void trtk_unlink_armed_i(trt_timeout_t *timeout) {
    *timeout->link = timeout->next;
    if (timeout->next != NULL) timeout->next->link = timeout->link;
    timeout->link = NULL;
}

static inline void trtk_disarm_armed_i(trt_timeout_t *timeout) {
    trtk_unlink_armed_i(timeout);
}

static TRTK_QUICK void trtk_disarm_i(trt_timeout_t *timeout) {
    if (timeout->link != NULL) trtk_disarm_armed_i(timeout);
}

// The first of a list happens if it is due, or moves to its bucket. False: there is none.
static TRTK_INLINE bool trtk_expire_first_i(trt_timeout_t **list, trt_tick_t now,
                                            trt_critical_t found) {
    trt_timeout_t *timeout = *list;
    if (timeout == NULL) return false;
    *list = timeout->next;
    if (timeout->next != NULL) timeout->next->link = list;
    TRTK_PIN(z, timeout);
    timeout->link = NULL;
    if (TRTK_LIKELY(timeout->when == now)) timeout->expire(timeout, found);
    else trtk_arm_i(timeout, timeout->when);
    return true;
}

// What is due at this tick happens, the rest of its bucket moves.
static void trtk_expire_due_i(trt_timeout_t **bucket, trt_critical_t found) {
    trt_timeout_t *due = *bucket;
    if (due == NULL) return;
    const trt_tick_t now = trtk.time.now;
    *bucket = NULL; // nothing that is armed meanwhile is met here again
    due->link = &due;
    do trtk_breathe(found); // in an interrupt, which is not left for a task
    while (trtk_expire_first_i(&due, now, found));
}

#else
static trt_timeout_t **trtk_bucket_due_i(void) {
    return NULL;
}

static bool trtk_may_be_due_i(trt_timeout_t *const *bucket) {
    return bucket != NULL;
}

static inline void trtk_expire_due_i(trt_timeout_t *const *bucket, trt_critical_t found) {
    (void)bucket, (void)found;
}
#endif

// The rest of a tick that does more than count.
TRTK_APART static void trtk_tick_busily(trt_timeout_t **bucket, trt_critical_t found) {
    trtk_expire_due_i(bucket, found);
    trtk_pass_i(found);
    trtk_unlock(found);
    TINYRTOS_TICK_HOOK();
}

#if TINYRTOS_TASKS && TINYRTOS_TIME_SLICE
// A tick of the running task's turn is over.
static void trtk_slice_tick_i(void) {
    trt_task_t *task = trtk.current;
    if (task == NULL || !trtk_is_runnable(task)) return;
    if (task->slice > 1) task->slice--;
    else trtk_rotate_i(task);
}
#else
static void trtk_slice_tick_i(void) {}
#endif

#if TINYRTOS_BUDGETS
static trt_status_t trtk_stop_i(trt_task_t *task, trt_critical_t found);

// Whoever has a share goes behind all others when it is used up, with a new one for the next turn.
static void trtk_expire_share_i(trt_task_t *task) {
    uint8_t others = (uint8_t)(trtk_set_of(task) ^ 1u);
    bool is_lent_priority = task->prio < task->base_prio; // somebody more urgent waits for it
    if (!trtk_is_runnable(task) || is_lent_priority) return;
    trtk_ready_remove_i(task);
    trtk_ready_insert_i(task, others);
}

// The running task has used up another tick.
static void trtk_budget_tick_i(void) {
    trt_task_t *task = trtk.current;
    if (task == NULL || task->budget == TRT_BUDGET_NONE || --task->budget_left != 0) return;
    task->budget_left = task->budget_ticks;
    if (task->budget == TRT_BUDGET_SHARE) trtk_expire_share_i(task);
    else {
        TINYRTOS_BUDGET_HOOK(task);
        (void)trtk_stop_i(task, trtp_open());
    }
}
#else
static void trtk_budget_tick_i(void) {}
#endif

void trt_tick(void) {
    TRTK_REFUSE("trt_tick", NULL, );
    trt_critical_t found = trtp_lock();
    if (trtk_has_started()) {
        trtk.time.now++;
        TINYRTOS_TRACE(TRT_TRACE_TICK, trtk_running(), NULL);
        trtk_slice_tick_i();
        trtk_budget_tick_i();
        trt_timeout_t **bucket = trtk_bucket_due_i();
        if (TINYRTOS_PASSES || trtk_may_be_due_i(bucket)) {
            trtk_tick_busily(bucket, found);
            return;
        }
    }
    trtk_unlock(found);
    TINYRTOS_TICK_HOOK();
}

trt_tick_t trt_now(void) {
    TRTK_REFUSE("trt_now", NULL, 0);
    trt_critical_t found = trtp_lock();
    trt_tick_t now = trtk.time.now;
    trtk_unlock(found);
    return now;
}

#ifdef TRTP_SKIPS_TICKS // for ports that stop the tick in idle
#if TINYRTOS_TASKS && TINYRTOS_PASSES
// Whether every tick counts.
static bool trtk_counts_passes(void) {
    return trtk.services != NULL || trtk.passes.waiters != NULL;
}
#else
static inline bool trtk_counts_passes(void) {
    return false;
}
#endif

// The number of ticks to the next that looks at a bucket with anything in it, that one counted;
// `limit` if it is not nearer than that. (A higher bucket is not looked at earlier.)
#if !TINYRTOS_TASKS && !TINYRTOS_TIMERS
static trt_tick_t trtk_ticks_to_next_i(trt_tick_t limit) {
    return limit;
}
#elif defined(TRTP_TIMEOUT_CHAIN)
static trt_tick_t trtk_ticks_to_next_i(trt_tick_t limit) {
    if (trtk_counts_passes()) limit = limit < 1 ? limit : 1;
    trt_tick_t wait = (trt_tick_t)(trtk.time.nearest - trtk.time.now);
    return trtk.time.buckets[0] != NULL && wait < limit ? wait : limit;
}
#else
static trt_tick_t trtk_ticks_to_next_i(trt_tick_t limit) {
    if (trtk_counts_passes()) limit = limit < 1 ? limit : 1;
    for (uint8_t bit = 0; bit <= TRTK_FAR; bit++) {
        trt_tick_t unit = (trt_tick_t)((trt_tick_t)1 << bit);
        trt_tick_t into = (trt_tick_t)(trtk.time.now & (trt_tick_t)(unit - 1u));
        trt_tick_t wait = (trt_tick_t)(unit - into);
        if (wait >= limit) break;
        if (trtk.time.buckets[TRTK_FAR - bit] != NULL) return wait;
    }
    return limit;
}
#endif

// Time that has passed without ticks: fewer than trtk_ticks_to_next_i said.
static void trtk_skip_i(trt_tick_t ticks) {
    trtk.time.now = (trt_tick_t)(trtk.time.now + ticks);
}
#endif

#if TINYRTOS_TASKS

// ---------------------------------------------------------------------------------------------
// >>wait: how a task begins to wait, and how that ends
//
// There is one kind of wait: for any of several things, of which most calls name one, and a delay
// none. It begins and ends step by step, interrupts let in between: the task is no longer runnable,
// stands in the ring of a thing, looks whether that came before it stood there, and its time is
// set. A wait for one thing without an owner has shortcuts: it begins at once if its place is the
// last (trtk_wait_for_one_i), on an AVR if nobody else waits and its time has no end
// (trtk_wait_alone_i), and ends at once if its waker gives it what it wants (trtk_hand_over). So
// does one for time only when its time is over (trtk_end_sleep_i).
// ---------------------------------------------------------------------------------------------

// Say what is wanted, of which object.
static void trtk_want(trt_wait_t *wait, void *object, trt_attempt_t attempt, void *data) {
    wait->next = NULL;
    wait->task = trtk.current;
    wait->object = (trt_object_t *)object;
    wait->attempt = attempt;
    wait->data = data;
}

// A wait holds where to put or find an item by one pointer; the senders' is only read.
static inline void *trtk_source(const void *item) {
    return (void *)(uintptr_t)item;
}

// For the dump: since when it waits.
static void trtk_remember_i(trt_task_t *task) {
#if TINYRTOS_DUMP
    task->since = trtk.time.now;
#endif
    (void)task;
}

static void trtk_task_expire(trt_timeout_t *timeout, trt_critical_t found);

// The running task is about to wait for these things. (Nobody reads that before it does: interrupts
// may be let in.)
static TRTK_INLINE void trtk_intend_wait(trt_wait_t *things, uint8_t count) {
    trt_task_t *task = trtk.current;
    task->wait = things;
    task->legs = count;
    task->timeout.expire = trtk_task_expire;
}

// The same, if it may wait.
TRTK_ASIDE static trt_status_t trtk_prepare_wait(trt_wait_t *things, uint8_t count,
                                                 trt_critical_t found) {
    trt_status_t status = trtk_may_wait(found);
    if (status == TRT_OK) trtk_intend_wait(things, count);
    return status;
}

// The running task no longer runs: it waits for these things. It keeps the processor until it
// leaves the kernel.
static inline void trtk_begin_wait_i(void) {
    trt_task_t *task = trtk.current;
    TINYRTOS_TRACE(TRT_TRACE_WAIT, task, task->legs == 1 ? task->wait->object : NULL);
    bool is_ready = trtk_is_runnable(task); // or an interrupt has suspended it
    task->object.mode |= TRTK_WAITING;
    trtk_remember_i(task);
    if (TRTK_LIKELY(is_ready)) trtk_ready_remove_i(task);
}

static bool trtk_is_waking(const trt_task_t *task) {
    return (task->object.mode & TRTK_WAKING) != 0;
}

// A waking task leaves a ring. False: an interrupt has stopped it meanwhile, and `wait`, on its
// stack, is gone.
static inline bool trtk_leave_ring_i(trt_task_t *task, trt_wait_t *wait, trt_critical_t found) {
    trt_task_t *owner = trtk_owner_of(wait->object);
    trtk_waiters_remove_i(wait);
    if (owner == NULL) return true;
    trtk_lend_i(owner, found); // no longer; it may be his own by now
    return trtk_is_waking(task);
}

// A task whose wait is over leaves the rings, one by one, and then is ready if it can run.
static void trtk_leave_rings_i(trt_task_t *task, trt_critical_t found) {
    uint_fast8_t left = trtk_legs_of(task);
    for (trt_wait_t *wait = task->wait;; wait++) {
        trtk_reopen(found);
        if (!trtk_is_waking(task)) return;
        trtk_disarm_i(&task->timeout);
        if (left-- == 0) break;
        if (wait->next != NULL && !trtk_leave_ring_i(task, wait, found)) return;
    }
    trtk.changes++; // it may be looking for its place in a ring
    task->object.mode &= (uint8_t) ~(TRTK_WAKING | TRTK_STEPS);
    if (trtk_is_runnable(task)) trtk_make_ready_i(task);
}

// Nothing else ends a task's wait.
static inline void trtk_begin_waking_i(trt_task_t *task) {
    TINYRTOS_TRACE(TRT_TRACE_WAKE, task, task->legs == 1 ? task->wait->object : NULL);
    const uint8_t to_waking = TRTK_WAKING - TRTK_WAITING; // one becomes the other
    task->object.mode = (uint8_t)(task->object.mode + to_waking);
}

// End a task's wait, with a status.
static void trtk_end_wait_i(trt_task_t *task, trt_status_t status, trt_critical_t found) {
    trtk_begin_waking_i(task);
    task->status = status;
    trtk_leave_rings_i(task, found);
}

// For trt_wait_any: a thing has come.
static TRTK_INLINE void trtk_mark(trt_wait_t *wait) {
    if (TINYRTOS_WAIT_ANY) wait->came = true;
}

// Wake a waiter: it has what it waited for, or the status says why not. (Opens the mask.)
static void trtk_wake_i(trt_wait_t *wait, trt_status_t status, trt_critical_t found) {
    trtk_mark(wait);
    trtk_end_wait_i(wait->task, status, found);
}

#if TINYRTOS_STREAMS || TINYRTOS_PQUEUES
// The rest of that, a step after its beginning.
TRTK_ASIDE static void trtk_finish_waking_i(trt_task_t *task, trt_wait_t *wait,
                                            trt_critical_t found, trt_object_t *object) {
    if (trtk_is_claimed(task->status))
        task->status = trtk_take_claimed_i(wait, task, found, object);
    if (!trtk_is_waking(task)) return; // an interrupt has stopped it, and `wait` is gone
    trtk_mark(wait);
    trtk_leave_rings_i(task, found);
}

// Wake a waiter for an object, whose attempt has ended so. (Attempts may take long.)
static TRTK_INLINE void trtk_wake_served_i(trt_object_t *object, trt_wait_t *wait,
                                           trt_status_t status, trt_critical_t found) {
    trt_task_t *task = wait->task;
    TRTK_PIN(b, task);
    trtk_begin_waking_i(task);
    task->status = status;
    trtk_reopen(found);
    trtk_finish_waking_i(task, wait, found, object);
}
#else
static void trtk_wake_served_i(const trt_object_t *object, trt_wait_t *wait, trt_status_t status,
                               trt_critical_t found) {
    (void)object;
    trtk_wake_i(wait, status, found);
}
#endif

// Whether a waiter waits for nothing else, and will run.
static inline bool trtk_waits_plainly(const trt_wait_t *wait) {
    return TINYRTOS_SHORTCUTS &&
           wait->task->object.mode == (TRTK_LISTED | TRTK_LIVE | TRTK_WAITING);
}

// An interrupt has suspended a waking task, say, or ended it. Wake it if it is still to be woken;
// and leave the kernel.
TRTK_ASIDE static trt_status_t trtk_wake_changed(trt_task_t *task, trt_critical_t found) {
    if (trtk_is_waking(task)) trtk_leave_rings_i(task, found);
    trtk_unlock(found);
    return TRT_OK;
}

// Let interrupts in before a task that stands in no ring any more is made ready. False: they have
// changed it.
static TRTK_INLINE bool trtk_pause_waking_i(trt_task_t *task, trt_wait_t *wait,
                                            trt_critical_t found) {
    const uint8_t waking = TRTK_LISTED | TRTK_LIVE | TRTK_WAKING;
    task->object.mode = waking;
    wait->next = NULL;
    trtk_let_in(found);
    trtk_shut_out();
    return task->object.mode == waking;
}

// Wake the first who waits, such a task, which has what it waited for; and leave the kernel.
TRTK_APART static trt_status_t trtk_hand_over(trt_object_t *object, trt_critical_t found) {
    trt_wait_t *first = object->waiters;
    TRTK_PIN(b, first);
    trtk_first_remove_i(object, first);
    trt_task_t *task = first->task;
    TRTK_PIN(z, task);
    TINYRTOS_TRACE(TRT_TRACE_WAKE, task, object);
    task->status = TRT_OK;
    if (task->timeout.link != NULL) trtk_unlink_armed_i(&task->timeout);
    if (TRTK_SMALL_STEPS && trtp_is_open(found) && !trtk_pause_waking_i(task, first, found))
        return trtk_wake_changed(task, found);
    task->object.mode = TRTK_LISTED | TRTK_LIVE;
    return trtk_release(task, found);
}

// The first who waits for an object; who stands before him is waking.
TRTK_ASIDE static trt_wait_t *trtk_first_behind_i(trt_object_t *object) {
    while (object->waiters != NULL && !trtk_is_waiting(object->waiters->task))
        trtk_waiters_remove_i(object->waiters);
    return object->waiters;
}

static TRTK_INLINE trt_wait_t *trtk_first_waiter_i(trt_object_t *object) {
    trt_wait_t *first = object->waiters;
    if (TRTK_SMALL_STEPS && (first == NULL || trtk_is_waiting(first->task))) return first;
    return trtk_first_behind_i(object);
}

// Wake a task that waited for time only, and will run: it stands in no ring.
static inline void trtk_end_sleep_i(trt_task_t *task) {
    TINYRTOS_TRACE(TRT_TRACE_WAKE, task, NULL);
    task->status = TRT_ERR_TIMEOUT;
    task->object.mode = TRTK_LISTED | TRTK_LIVE;
    trtk_make_ready_i(task);
}

static inline trt_task_t *trtk_task_of_timeout(trt_timeout_t *timeout) {
    trt_task_t *task = (trt_task_t *)(void *)((char *)timeout - offsetof(trt_task_t, timeout));
    TRTK_PIN(z, task);
    TRTK_KEEP(task);
    return task;
}

// The time of a waiting task is over; or it has been stopped, perhaps as it woke. (Its time is
// nothing to one that wakes.)
TRTK_APART static void trtk_task_expire(trt_timeout_t *timeout, trt_critical_t found) {
    trt_task_t *task = trtk_task_of_timeout(timeout);
    if (trtk_is_waiting(task)) trtk_end_wait_i(task, TRT_ERR_TIMEOUT, found);
    else if ((task->object.mode & TRTK_ENDING) != 0) trtk_leave_rings_i(task, found);
}

// The same for a task that waits for time only.
TRTK_APART static void trtk_sleep_expire(trt_timeout_t *timeout, trt_critical_t found) {
    trt_task_t *task = trtk_task_of_timeout(timeout);
    if (task->object.mode == (TRTK_LISTED | TRTK_LIVE | TRTK_WAITING)) trtk_end_sleep_i(task);
    else trtk_task_expire(timeout, found);
}

// Wake all who wait, with a reason.
static void trtk_wake_all_i(trt_object_t *object, trt_status_t status, trt_critical_t found) {
    while (trtk_first_waiter_i(object) != NULL) {
        trtk_wake_i(object->waiters, status, found);
        trtk_reopen(found);
    }
}

typedef trt_status_t (*trtk_takes_t)(trt_wait_t *wait, trt_bits_t have);

// The state of an object has changed: each first waiter takes what it wants while it can.
static void trtk_serve_i(trt_object_t *object, trt_critical_t found) {
    if (object->waiters == NULL) return;
    do {
        trtk_reopen(found);
        trt_wait_t *first = trtk_first_waiter_i(object);
        if (first == NULL) return;
        trt_status_t status = first->attempt(first);
        if (status == TRT_ERR_WOULD_BLOCK) return;
        trtk_wake_served_i(object, first, status, found);
    } while (object->waiters != NULL);
}

// The same, but every waiter is asked, not only the first: whether it takes what it wants, or
// (`takes` is not NULL) whether it does so judged by `have`.
static inline void trtk_serve_each_i(trt_object_t *object, trtk_takes_t takes, trt_bits_t have,
                                     trt_critical_t found) {
    unsigned seen = ++trtk.changes; // who is looking for a place in the ring may be satisfied now
    if (object->waiters == NULL) return;
    trtk_reopen(found);
    trt_wait_t *wait = object->waiters;
    while (wait != NULL) {
        trt_wait_t *next = wait->next == object->waiters ? NULL : wait->next;
        trt_status_t status = TRT_ERR_WOULD_BLOCK;
        if (trtk_is_waiting(wait->task))
            status = takes != NULL ? takes(wait, have) : wait->attempt(wait);
        if (status != TRT_ERR_WOULD_BLOCK) {
            seen++; // by this wake
            trtk_wake_served_i(object, wait, status, found);
        }
        trtk_reopen(found);
        wait = seen == trtk.changes ? next : object->waiters;
        seen = trtk.changes;
    }
}

static inline void trtk_taken_i(trt_object_t *object, trt_critical_t found);

static bool trtk_is_two_ended(const trt_object_t *object) {
    const bool can_be = TINYRTOS_QUEUES || TINYRTOS_PQUEUES;
    return can_be && (object->kind & TRTK_TWO_ENDED) != 0;
}

// Take what is wanted if it is there. (A step of a call that an interrupt came into may have left
// waiters of a queue to be served: they go first.)
TRTK_ASIDE static trt_status_t trtk_attempt_in_turn_i(trt_wait_t *wait, trt_critical_t found) {
    trtk_serve_i(wait->object, found);
    return trtk_is_deleted(wait->object) ? TRT_ERR_DELETED : wait->attempt(wait);
}

static TRTK_QUICK trt_status_t trtk_attempt_i(trt_wait_t *wait, trt_critical_t found) {
    trt_object_t *object = wait->object;
    if (trtk_is_two_ended(object) && !trtk_is_gate_open())
        return trtk_attempt_in_turn_i(wait, found);
    return trtk_is_deleted(object) ? TRT_ERR_DELETED : wait->attempt(wait);
}

// As trtk_attempt_i, for the caller: what it has claimed is taken, and others are served.
static inline trt_status_t trtk_take_i(trt_wait_t *wait, trt_critical_t found) {
    trt_status_t status = trtk_attempt_i(wait, found);
    if (status < TRT_OK) return status;
    if (trtk_is_claimed(status)) {
        trtk_reopen(found);
        status = trtk_take_claimed_i(wait, NULL, found, wait->object);
    }
    trtk_taken_i(wait->object, found);
    return status;
}

// A thing that the running task waits for may have come before it stood in the ring: then the task
// takes it, and waits no longer.
static inline void trtk_look_again_i(trt_wait_t *wait, trt_critical_t found) {
    if (!trtk_is_waiting(trtk.current)) return;
    trt_status_t status = trtk_attempt_i(wait, found);
    if (status == TRT_ERR_WOULD_BLOCK) return;
    trtk_wake_served_i(wait->object, wait, status, found);
    if (status >= TRT_OK) trtk_taken_i(wait->object, found);
}

// Put a thing that the running task waits for into its object's ring, unless the wait is over.
static inline void trtk_join_ring_i(trt_wait_t *wait, trt_critical_t found) {
    trt_task_t *self = trtk.current;
    trt_wait_t *after;
    wait->since = ++trtk.arrivals;
    wait->group = wait;
    do {
        if (!trtk_is_waiting(self)) return;
        wait->prio = self->prio;
        bool is_first = wait->object->waiters == NULL;
        after = is_first ? NULL : trtk_find_place_i(wait, wait->prio, found);
    } while (after == wait);
    trtk_waiters_insert_i(wait, after);
    trtk_lend_i(trtk_owner_of(wait->object), found);
}

// The wait of the running task, begun a step ago, is to end after so long, unless it is over.
static trt_status_t trtk_limit_begun_i(trt_tick_t timeout, trt_critical_t found) {
    if (timeout == TRT_FOREVER) return TRTK_WAITS;
    trtk_reopen(found);
    if (trtk_is_waiting(trtk.current)) trtk_arm_after_i(&trtk.current->timeout, timeout);
    return TRTK_WAITS;
}

// The running task is about to wait for time only, if it may: a step before it does.
static TRTK_QUICK trt_status_t trtk_prepare_sleep(trt_critical_t found) {
    trt_status_t status = trtk_prepare_wait(NULL, 0, found);
    if (TINYRTOS_SHORTCUTS && status == TRT_OK) trtk.current->timeout.expire = trtk_sleep_expire;
    if (TRTK_SMALL_STEPS) trtk_breathe(found);
    return status;
}

// It begins to: for so long, or until that moment.
static TRTK_QUICK trt_status_t trtk_sleep_i(trt_tick_t ticks) {
    trtk_begin_wait_i();
    if (ticks != TRT_FOREVER) trtk_arm_after_i(&trtk.current->timeout, ticks);
    return TRTK_WAITS;
}

static TRTK_QUICK trt_status_t trtk_sleep_until_i(trt_tick_t when) {
    trtk_begin_wait_i();
    trtk_arm_i(&trtk.current->timeout, when);
    return TRTK_WAITS;
}

// The running task, prepared, begins to wait for things that were not there: a step later, and
// stands in their rings one by one.
TRTK_APART static trt_status_t trtk_wait_prepared_i(trt_wait_t *wait, trt_tick_t timeout,
                                                    trt_critical_t found) {
    trt_task_t *self = trtk.current;
    trtk_reopen(found);
    trtk_begin_wait_i();
    if (trtk_legs_of(self) > 1) self->object.mode |= TRTK_STEPS;
    for (uint_fast8_t left = trtk_legs_of(self); left != 0; left--, wait++) {
        trtk_reopen(found);
        trtk_join_ring_i(wait, found);
        trtk_reopen(found);
        trtk_look_again_i(wait, found);
    }
    return trtk_limit_begun_i(timeout, found);
}

// The same, if it may wait.
static trt_status_t trtk_wait_i(trt_wait_t *things, uint8_t count, trt_tick_t timeout,
                                trt_critical_t found) {
    trt_status_t status = trtk_prepare_wait(things, count, found);
    if (status != TRT_OK) return status;
    return trtk_wait_prepared_i(things, timeout, found);
}

// Whether a newcomer's place is behind the last of those who wait, if any.
static inline bool trtk_goes_behind(const trt_wait_t *wait, const trt_wait_t *last) {
    return last == NULL || last->prio <= wait->task->prio || trtk_is_fifo(wait->object);
}

// The running task, prepared, begins to wait for one thing, which nobody owns and which is not
// there: at once if its place is the last.
static inline trt_status_t trtk_wait_for_one_i(trt_wait_t *wait, trt_tick_t timeout,
                                               trt_critical_t found) {
    trt_wait_t *head = wait->object->waiters, *last = head != NULL ? head->prev : NULL;
    if (TRTK_SMALL_STEPS || !trtk_goes_behind(wait, last))
        return trtk_wait_prepared_i(wait, timeout, found);
    trtk_begin_wait_i();
    wait->since = ++trtk.arrivals;
    wait->prio = trtk.current->prio;
    wait->group = wait;
    trtk_waiters_insert_i(wait, last);
    return trtk_limit_begun_i(timeout, found);
}

// Leave a call that may have begun to wait: how it ended.
static trt_status_t trtk_leave(trt_status_t status, trt_critical_t found) {
    if (status != TRTK_WAITS) {
        trtk_unlock(found);
        return status;
    }
    trtk_breathe(found);
    return trtk_pass_processor_s();
}

// Wait for things that were not there a moment ago.
static inline trt_status_t trtk_wait(trt_wait_t *things, uint8_t count, trt_tick_t timeout) {
    trt_critical_t found = trtp_lock();
    return trtk_leave(trtk_wait_i(things, count, timeout, found), found);
}

// The same, and leave the kernel: how the wait ended.
TRTK_ASIDE static trt_status_t trtk_wait_beside(trt_wait_t *wait, trt_tick_t timeout,
                                                trt_critical_t found) {
    return trtk_leave(trtk_wait_for_one_i(wait, timeout, found), found);
}

// The same for ever, where nobody waits, by a task that has no equals.
static TRTK_INLINE void trtk_wait_alone_i(trt_wait_t *wait, trt_task_t *self) {
    TINYRTOS_TRACE(TRT_TRACE_WAIT, self, wait->object);
    self->object.mode |= TRTK_WAITING;
    trtk_remember_i(self);
    uint8_t set = trtk_set_of(self), prio = self->prio;
    trtk.hold.due = true;
    trtk_ready_end_i(set, prio, trtk_ready_ring(set, prio));
    wait->since = trtk.arrivals; // whoever joins it is younger
    wait->prio = self->prio;
    wait->object->waiters = wait->next = wait->prev = wait->group = wait;
}

// As trtk_wait_beside. (In few steps for an AVR: alone.)
TRTK_APART static trt_status_t trtk_wait_for_one(trt_wait_t *wait, trt_tick_t timeout,
                                                 trt_critical_t found) {
    trt_task_t *self = trtk.current;
    TRTK_PIN(b, wait);
    TRTK_PIN(z, self);
    if (!TRTK_SMALL_STEPS || timeout != TRT_FOREVER || wait->object->waiters != NULL ||
        trtk_has_equals(self) || !trtk_is_runnable(self))
        return trtk_wait_beside(wait, timeout, found);
    trtk_wait_alone_i(wait, self);
    trtk_breathe(found);
    return trtk_pass_processor_s();
}

// The same for a thing that was not there a moment ago, looked for once more in the section in
// which the wait begins; what a wait needs is apart from that.
static inline trt_status_t trtk_look_and_wait(trt_wait_t *wait, trt_tick_t timeout,
                                              trt_critical_t found) {
    trt_status_t status = trtk_prepare_wait(wait, 1, found);
    if (status != TRT_OK) return status;
    (void)trtp_lock();
    status = trtk_take_i(wait, found);
    if (status == TRT_ERR_WOULD_BLOCK) return trtk_wait_for_one(wait, timeout, found);
    trtk_unlock(found);
    return status;
}

// Take what is wanted, waiting for it if need be.
static trt_status_t trtk_obtain(trt_wait_t *wait, uint8_t kind, trt_tick_t timeout) {
    trt_status_t status = TRT_ERR_OBJECT;
    trt_critical_t found = trtp_lock();
    TRTK_PIN(b, wait);
    if (wait->object != NULL && trtk_kind_of(wait->object) == kind)
        status = trtk_take_i(wait, found);
    trtk_unlock_here(found);
    if (status != TRT_ERR_WOULD_BLOCK || timeout == TRT_NO_WAIT) return status;
    if (TINYRTOS_SHORTCUTS && !TRTK_SMALL_STEPS) return trtk_look_and_wait(wait, timeout, found);
    return trtk_wait(wait, 1, timeout);
}

// Take a thing if it is there.
static trt_status_t trtk_try(trt_wait_t *wait, uint8_t kind) {
    return trtk_obtain(wait, kind, TRT_NO_WAIT);
}

// The body of every call that may wait for an object.
static inline trt_status_t trtk_acquire(const char *call, uint8_t kind, trt_wait_t *wait,
                                        trt_tick_t timeout) {
    TRTK_REFUSE(call, wait->object, TRT_ERR_CONTEXT);
    return trtk_report(call, wait->object, trtk_obtain(wait, kind, timeout));
}

static trt_status_t trtk_join_attempt(trt_wait_t *wait);

// Who has to act before somebody who waits so can go on; NULL: nobody in particular. (Who waits for
// a notification of a task waits for anybody.)
static const trt_task_t *trtk_holder_of(const trt_wait_t *wait) {
    const trt_task_t *task = (const trt_task_t *)(const void *)wait->object;
    bool is_join = !TINYRTOS_NOTES || wait->attempt == trtk_join_attempt;
    return is_join && trtk_is_task(task) ? task : trtk_owner_of(wait->object);
}

// What a task waits for without another way out; NULL: nothing.
static const trt_wait_t *trtk_only_wait_of(const trt_task_t *task) {
    return trtk_is_waiting(task) && trtk_legs_of(task) == 1 ? task->wait : NULL;
}

// Whether the running task, if it waited so, would wait for itself: through the holder of what it
// wants, the holder of what he waits for, and so on.
static inline bool trtk_closes_circle_i(const trt_wait_t *wanted, trt_critical_t found) {
    const trt_task_t *holder = trtk_holder_of(wanted);
    while (holder != NULL && holder != trtk.current) {
        const trt_wait_t *next = trtk_only_wait_of(holder);
        if (next == NULL) return false;
        holder = trtk_holder_of(trtk_search_on(found) ? next : wanted);
    }
    return holder != NULL;
}

// Name all in the circle that the running task would close by this wait, the mask open for each.
static inline void trtk_name_circle_i(const trt_wait_t *wait, trt_critical_t found) {
    const trt_task_t *task = trtk.current;
    while (wait != NULL) {
        const trt_object_t *object = wait->object;
        const trt_task_t *holder = trtk_holder_of(wait);
        trtk_let_in(found);
        TINYRTOS_DEADLOCK_HOOK(task, object);
        trtk_shut_out();
        (void)object;
        task = holder;
        wait = task != NULL && task != trtk.current ? trtk_only_wait_of(task) : NULL;
    }
}

// As trtk_wait_i, for one thing that somebody holds: nobody begins to wait for himself.
static inline trt_status_t trtk_wait_for_holder_i(trt_wait_t *wait, trt_tick_t timeout,
                                                  trt_critical_t found) {
    trt_status_t status = trtk_may_wait(found);
    if (status != TRT_OK) return status;
    if (trtk_closes_circle_i(wait, found)) {
        if (TRTK_HAS_DEADLOCK_HOOK) trtk_name_circle_i(wait, found);
        return TRT_ERR_DEADLOCK;
    }
    trtk_reopen(found);
    trtk_intend_wait(wait, 1);
    return trtk_wait_prepared_i(wait, timeout, found);
}

// Take such a thing, waiting for it if need be.
static inline trt_status_t trtk_take_held(trt_wait_t *wait, uint8_t kind, trt_tick_t timeout) {
    trt_status_t status = trtk_try(wait, kind);
    if (status != TRT_ERR_WOULD_BLOCK || timeout == TRT_NO_WAIT) return status;
    trt_critical_t found = trtp_lock();
    return trtk_leave(trtk_wait_for_holder_i(wait, timeout, found), found);
}

// An object begins or ends: whoever waits for what it was is told so.
static void trtk_make_object_i(trt_object_t *object, uint8_t kind, uint16_t count, uint8_t mode,
                               trt_critical_t found) {
    if (object->kind != 0) {
        object->kind &= TRTK_FIFO;
        trtk_reopen(found);
        trtk_wake_all_i(object, TRT_ERR_DELETED, found);
    }
    object->count = count;
    object->mode = mode;
    object->kind = kind;
}

// The body of the calls that tell an object's count.
TRTK_APART static uint16_t trtk_count_of(const char *call, const void *object, uint8_t kind) {
    TRTK_REFUSE(call, object, 0);
    trt_critical_t found = trtp_lock();
    uint16_t count = trtk_is(object, kind) ? ((const trt_object_t *)object)->count : 0;
    trtk_unlock(found);
    (void)call;
    return count;
}

// The body of every delete.
static inline trt_status_t trtk_delete(const char *call, void *object, uint8_t kind) {
    TRTK_REFUSE(call, object, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    bool is_one = trtk_is(object, kind);
    if (is_one) trtk_make_object_i((trt_object_t *)object, 0, 0, 0, found);
    trtk_unlock(found);
    return trtk_report(call, object, is_one ? TRT_OK : TRT_ERR_OBJECT);
}

// ---------------------------------------------------------------------------------------------
// >>task
// ---------------------------------------------------------------------------------------------

// Memory becomes a task's, all of it zero, the mask open: meanwhile it is nothing to anybody.
static void trtk_clear_task_i(trt_task_t *task, trt_critical_t found) {
    const trt_object_t is_being_made = {NULL, 0, 0, TRTK_KIND_NEW_TASK};
    task->object = is_being_made;
    trtk_let_in(found);
    memset((char *)task + sizeof task->object, 0, sizeof *task - sizeof task->object);
    trtk_shut_out();
}

// Whether it can be a new task's; if so, it is one, that has ended.
static trt_status_t trtk_make_task_i(trt_task_t *task, trt_critical_t found) {
    if (task->object.kind == TRTK_KIND_NEW_TASK) return TRT_ERR_STATE;
    if (!trtk_is_task(task)) trtk_clear_task_i(task, found);
    else if (!trtk_has_ended(task)) return TRT_ERR_STATE;
    task->object.kind = TRTK_KIND_TASK;
    return TRT_OK;
}

trt_status_t trt_task_create(trt_task_t *task, const char *name, trt_task_fn_t fn, uint8_t priority,
                             void *stack, size_t stack_bytes) {
    TRTK_REFUSE("trt_task_create", task, TRT_ERR_CONTEXT);
    // The stack's ends, moved inwards to its unit.
    uintptr_t unit = sizeof(trt_stack_t);
    uintptr_t low = ((uintptr_t)stack + unit - 1u) / unit * unit;
    uintptr_t high = ((uintptr_t)stack + stack_bytes) / unit * unit;
    bool is_stack = stack != NULL && high >= low && high - low >= TRTP_STACK_MIN;
    if (task == NULL) return trtk_report("trt_task_create", task, TRT_ERR_OBJECT);
    if (!is_stack || fn == NULL || priority >= TINYRTOS_PRIORITIES)
        return trtk_report("trt_task_create", task, TRT_ERR_PARAM);
    trt_critical_t found = trtp_lock();
    trt_status_t status = trtk_make_task_i(task, found);
    if (status == TRT_OK) {
        task->base_prio = task->prio = priority;
        task->entry = fn;
        task->stack = (void *)low;
        task->stack_bytes = high - low;
#if TINYRTOS_NAMES
        task->name = name;
#endif
#if TINYRTOS_TASK_LOCAL
        task->local = NULL;
#endif
    }
    trtk_unlock(found);
    (void)name;
    return trtk_report("trt_task_create", task, status);
}

// What a life begins with.
static void trtk_begin_extras_i(trt_task_t *task) {
#if TINYRTOS_STOP_PROTECTION
    task->protections = 0;
#endif
#if TINYRTOS_BUDGETS
    task->budget_left = task->budget_ticks;
#endif
#if TINYRTOS_NOTES
    memset(task->notes, 0, sizeof task->notes);
#endif
    (void)task;
}

// A task's life begins. While its stack is filled, with the mask open, it is neither dead nor
// alive.
static trt_status_t trtk_begin_i(trt_task_t *task, void *arg, trt_critical_t found) {
    if (!trtk_has_ended(task) || task == trtk.current) return TRT_ERR_STATE;
    if ((task->object.mode & TRTK_LISTED) == 0) {
        task->next_task = trtk.tasks;
        trtk.tasks = task;
    }
    task->object.mode = TRTK_LISTED | TRTK_ENDING;
    task->next = task->prev = task;
    trtk_let_in(found);
    trtp_stack_prepare(task);
    task->sp = trtp_frame(task, arg);
    trtk_shut_out();
    task->prio = task->base_prio;
    trtk_begin_extras_i(task);
    task->object.mode = TRTK_LISTED | TRTK_LIVE;
    TINYRTOS_TRACE(TRT_TRACE_START, task, NULL);
    trtk_make_ready_i(task);
    return TRT_OK;
}

trt_status_t trt_task_start(trt_task_t *task, void *arg) {
    TRTK_REFUSE("trt_task_start", task, TRT_ERR_CONTEXT);
    trt_status_t status = TRT_ERR_OBJECT;
    trt_critical_t found = trtp_lock();
    if (trtk_is_task(task)) status = trtk_begin_i(task, arg, found);
    trtk_unlock(found);
    return trtk_report("trt_task_start", task, status);
}

#if TINYRTOS_MUTEXES
static void trtk_pass_on_i(trt_mutex_t *mutex, trt_status_t status, trt_critical_t found);
#if TINYRTOS_CHANNELS
static void trtk_door_close_i(trt_mutex_t *door, trt_critical_t found);
#else
static inline void trtk_door_close_i(const trt_mutex_t *door, trt_critical_t found) {
    (void)door;
    (void)found;
}
#endif

// A task ends: what it holds passes on.
static void trtk_abandon_all_i(trt_task_t *task, trt_critical_t found) {
    while (task->held != NULL) {
        if (trtk_is(task->held, TRTK_KIND_MUTEX)) trtk_pass_on_i(task->held, TRT_ABANDONED, found);
        else trtk_door_close_i(task->held, found);
        trtk_reopen(found);
    }
}
#else
static void trtk_abandon_all_i(trt_task_t *task, trt_critical_t found) {
    (void)task;
    (void)found;
}
#endif

// A task ends, in whatever state it is. It may be the running one, which then still has the
// processor.
static void trtk_end_i(trt_task_t *task, trt_critical_t found) {
    if (trtk_is_runnable(task)) trtk_ready_remove_i(task);
    task->object.mode |= TRTK_ENDING;
    trtk.changes++; // what it holds is about to change hands
    if (task == trtk.current) trtk.stopping = false;
    trtk_reopen(found);
    if ((task->object.mode & (TRTK_WAITING | TRTK_WAKING)) != 0)
        task->timeout.expire(&task->timeout, found);
    trtk_abandon_all_i(task, found);
    trtk_reopen(found);
    task->object.mode = TRTK_LISTED;
    TINYRTOS_TRACE(TRT_TRACE_END, task, NULL);
    // Who waits for that, or for a notification, sees by his attempt that it has ended.
    if (task->object.waiters != NULL) trtk_serve_joiners(&task->object, found);
}

// What a task's first frame calls, with the mask open. Does not return.
static void trtk_task_main(trt_task_t *task, void *arg) {
    task->entry(arg);
    trt_critical_t found = trtp_lock();
    bool was_locked = trtk.sched_locks != 0 || !trtp_is_open(found);
    trtp_unlock(trtp_open());
    if (was_locked) (void)trtk_report("return from a task", task, TRT_ERR_CONTEXT);
    (void)trtp_lock();
    trtk.hold.gate = (trtk_small_t)(trtk.hold.gate - trtk.sched_locks);
    trtk.sched_locks = 0;
    trtk_end_i(task, trtp_open());
    trtk_switch_s();
}

// Whether the caller is that task.
static bool trtk_is_self(const trt_task_t *task) {
    return task == trtk.current && !trtp_in_interrupt();
}

#if TINYRTOS_STOP_PROTECTION

static bool trtk_is_protected(const trt_task_t *task) {
    return task->protections != 0;
}

// The caller is protected once more, or once less.
static trt_status_t trtk_protect(const char *call, bool more) {
    TRTK_REFUSE(call, NULL, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    trt_task_t *task = trtk.current;
    trt_status_t status = trtk_is_in_task();
    if (status == TRT_OK) {
        if (more && task->protections == UINT8_MAX) status = TRT_ERR_OVERFLOW;
        else if (!more && task->protections == 0) status = TRT_ERR_STATE;
        else task->protections = (uint8_t)(more ? task->protections + 1u : task->protections - 1u);
        if (task->protections == 0 && (task->object.mode & TRTK_DOOMED) != 0)
            trtk.stopping = trtk.hold.due = true;
    }
    trtk_unlock(found);
    return trtk_report(call, NULL, status);
}

trt_status_t trt_task_protect(void) {
    return trtk_protect("trt_task_protect", true);
}

trt_status_t trt_task_unprotect(void) {
    return trtk_protect("trt_task_unprotect", false);
}

#else
static bool trtk_is_protected(const trt_task_t *task) {
    (void)task;
    return false;
}
#endif

// Stop a task. The one that runs goes on leaving the kernel, or as soon as it can be left.
static trt_status_t trtk_stop_i(trt_task_t *task, trt_critical_t found) {
    if (trtk_is_protected(task) && !trtk_is_self(task)) {
        task->object.mode |= TRTK_DOOMED;
        return TRT_DEFERRED;
    }
    if (task != trtk.current) trtk_end_i(task, found);
    else trtk.stopping = trtk.hold.due = true;
    return TRT_OK;
}

trt_status_t trt_task_stop(trt_task_t *task) {
    TRTK_REFUSE("trt_task_stop", task, TRT_ERR_CONTEXT);
    trt_status_t status = TRT_OK;
    trt_critical_t found = trtp_lock();
    if (!trtk_is_task(task)) status = TRT_ERR_OBJECT;
    else if (!trtk_is_alive(task)) status = TRT_ERR_STATE;
    else if (trtk_is_self(task) && trtk_may_wait(found) != TRT_OK) status = TRT_ERR_CONTEXT;
    else status = trtk_stop_i(task, found);
    trtk_unlock(found);
    return trtk_report("trt_task_stop", task, status);
}

trt_status_t trt_task_restart(trt_task_t *task, void *arg) {
    TRTK_REFUSE("trt_task_restart", task, TRT_ERR_CONTEXT);
    trt_status_t status = TRT_ERR_OBJECT;
    trt_critical_t found = trtp_lock();
    if (trtk_is_task(task) && task == trtk.current) status = TRT_ERR_CONTEXT;
    else if (trtk_is_task(task)) {
        bool is_alive = trtk_is_alive(task);
        if (is_alive && trtk_is_protected(task)) status = TRT_ERR_STATE;
        else {
            if (is_alive) trtk_end_i(task, found);
            status = trtk_begin_i(task, arg, found);
        }
    }
    trtk_unlock(found);
    return trtk_report("trt_task_restart", task, status);
}

#if TINYRTOS_BUDGETS

trt_status_t trt_task_set_budget(trt_task_t *task, trt_budget_t budget, uint16_t ticks) {
    TRTK_REFUSE("trt_task_set_budget", task, TRT_ERR_CONTEXT);
    trt_status_t status = TRT_OK;
    trt_critical_t found = trtp_lock();
    if (!trtk_is_task(task)) status = TRT_ERR_OBJECT;
    else if (budget > TRT_BUDGET_WATCHDOG || (ticks == 0 && budget != TRT_BUDGET_NONE))
        status = TRT_ERR_PARAM;
    else {
        task->budget = (uint8_t)budget;
        task->budget_ticks = task->budget_left = ticks;
    }
    trtk_unlock(found);
    return trtk_report("trt_task_set_budget", task, status);
}

trt_status_t trt_task_reset_budget(void) {
    TRTK_REFUSE("trt_task_reset_budget", NULL, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    trt_status_t status = trtk_is_in_task();
    if (status == TRT_OK) trtk.current->budget_left = trtk.current->budget_ticks;
    trtk_unlock(found);
    return trtk_report("trt_task_reset_budget", NULL, status);
}

#endif

static trt_status_t trtk_join_attempt(trt_wait_t *wait) {
    const trt_task_t *task = (const trt_task_t *)(const void *)wait->object;
    return trtk_has_ended(task) ? TRT_OK : TRT_ERR_WOULD_BLOCK;
}

trt_status_t trt_task_join(trt_task_t *task, trt_tick_t timeout) {
    TRTK_REFUSE("trt_task_join", task, TRT_ERR_CONTEXT);
    trt_wait_t wait;
    trtk_serve_joiners = trtk_serve_i;
    trtk_want(&wait, task, trtk_join_attempt, NULL);
    trt_status_t status = trtk_take_held(&wait, TRTK_KIND_TASK, timeout);
    return trtk_report("trt_task_join", task, status);
}

// The caller suspends itself: that ends as a wait does.
static trt_status_t trtk_begin_rest_i(trt_task_t *self, trt_critical_t found) {
    trt_status_t status = trtk_may_wait(found);
    if (status != TRT_OK) return status;
    self->status = TRT_OK;
    return TRTK_WAITS;
}

TRTK_SLOW static trt_status_t trtk_task_suspend(trt_task_t *task, trt_critical_t found) {
    trt_status_t status = TRT_OK;
    if (!trtk_is_task(task)) status = TRT_ERR_OBJECT;
    else if (!trtk_is_alive(task) || (task->object.mode & TRTK_SUSPENDED) != 0)
        status = TRT_ERR_STATE;
    else if (trtk_is_self(task)) status = trtk_begin_rest_i(task, found);
    if (status >= TRT_OK) {
        if (trtk_is_runnable(task)) trtk_ready_remove_i(task);
        task->object.mode |= TRTK_SUSPENDED;
    }
    return trtk_report("trt_task_suspend", task, trtk_leave(status, found));
}

// (In few steps: the caller suspends itself.)
trt_status_t trt_task_suspend(trt_task_t *task) {
    TRTK_REFUSE("trt_task_suspend", task, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    if (task == NULL || task->object.mode != (TRTK_LISTED | TRTK_LIVE) ||
        task->object.kind != TRTK_KIND_TASK || task != trtk.current || !trtk_can_rest(task, found))
        return trtk_task_suspend(task, found);
    task->status = TRT_OK;
    task->object.mode = TRTK_LISTED | TRTK_LIVE | TRTK_SUSPENDED;
    return trtk_rest_s(task);
}

TRTK_SLOW static trt_status_t trtk_task_resume(trt_task_t *task, trt_critical_t found) {
    trt_status_t status = TRT_OK;
    if (!trtk_is_task(task)) status = TRT_ERR_OBJECT;
    else if ((task->object.mode & TRTK_SUSPENDED) == 0) status = TRT_ERR_STATE;
    else {
        task->object.mode &= (uint8_t)~TRTK_SUSPENDED;
        if (trtk_is_runnable(task)) return trtk_release_slowly(task, found);
    }
    trtk_unlock(found);
    return trtk_report("trt_task_resume", task, status);
}

// (In few steps: a task that is suspended, and does not wait.)
trt_status_t trt_task_resume(trt_task_t *task) {
    TRTK_REFUSE("trt_task_resume", task, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    if (!TINYRTOS_SHORTCUTS || task == NULL ||
        task->object.mode != (TRTK_LISTED | TRTK_LIVE | TRTK_SUSPENDED) ||
        task->object.kind != TRTK_KIND_TASK)
        return trtk_task_resume(task, found);
    task->object.mode = TRTK_LISTED | TRTK_LIVE;
    return trtk_release(task, found);
}

trt_status_t trt_task_set_priority(trt_task_t *task, uint8_t priority) {
    TRTK_REFUSE("trt_task_set_priority", task, TRT_ERR_CONTEXT);
    trt_status_t status = TRT_OK;
    trt_critical_t found = trtp_lock();
    if (!trtk_is_task(task)) status = TRT_ERR_OBJECT;
    else if (priority >= TINYRTOS_PRIORITIES) status = TRT_ERR_PARAM;
    else {
        task->base_prio = priority;
        trtk.changes++; // an interrupted call may be moving it by the priority that it had
        trtk_reprioritise_i(task, found);
    }
    trtk_unlock(found);
    return trtk_report("trt_task_set_priority", task, status);
}

uint8_t trt_task_priority(const trt_task_t *task) {
    return trtk_is_task(task) ? task->prio : UINT8_MAX;
}

uint8_t trt_task_base_priority(const trt_task_t *task) {
    return trtk_is_task(task) ? task->base_prio : UINT8_MAX;
}

// Whether it waits for time only.
static bool trtk_is_delayed(const trt_task_t *task) {
    return trtk_is_waiting(task) && task->legs == 0;
}

trt_task_state_t trt_task_state(const trt_task_t *task) {
    TRTK_REFUSE("trt_task_state", task, TRT_TASK_INVALID);
    if (!trtk_is_task(task)) return TRT_TASK_INVALID;
    trt_task_state_t state = TRT_TASK_READY;
    trt_critical_t found = trtp_lock();
    if ((task->object.mode & TRTK_LIVE) == 0) state = TRT_TASK_ENDED;
    else if ((task->object.mode & TRTK_SUSPENDED) != 0) state = TRT_TASK_SUSPENDED;
    else if (trtk_is_delayed(task)) state = TRT_TASK_DELAYED;
    else if (trtk_is_waiting(task)) state = TRT_TASK_WAITING;
    else if (task == trtk.current) state = TRT_TASK_RUNNING;
    trtk_unlock(found);
    return state;
}

trt_task_t *trt_task_next(const trt_task_t *task) {
    TRTK_REFUSE("trt_task_next", task, NULL);
    if (task != NULL && !trtk_is_task(task)) return NULL;
    trt_critical_t found = trtp_lock();
    trt_task_t *next = task == NULL ? trtk.tasks : task->next_task;
    trtk_unlock(found);
    return next;
}

size_t trt_task_stack_size(const trt_task_t *task) {
    size_t bytes = 0;
    if (trtk_is_task(task)) (void)trtp_stack(task, &bytes);
    return bytes;
}

TRTP_RAW size_t trt_task_stack_unused(const trt_task_t *task) {
    size_t bytes = 0, unused = 0;
    if (!trtk_is_task(task)) return 0;
    const uint8_t *low = (const uint8_t *)trtp_stack(task, &bytes);
    while (unused < bytes && low[unused] == TRTP_STACK_FILL) unused++;
    return unused;
}

#if TINYRTOS_NAMES

const char *trt_task_name(const trt_task_t *task) {
    return trtk_is_task(task) && task->name != NULL ? task->name : "";
}

trt_task_t *trt_task_find(const char *name) {
    TRTK_REFUSE("trt_task_find", NULL, NULL);
    trt_task_t *task = NULL;
    if (name == NULL) return NULL;
    do task = trt_task_next(task);
    while (task != NULL && strcmp(trt_task_name(task), name) != 0);
    return task;
}

#endif

#if TINYRTOS_TASK_LOCAL

trt_status_t trt_task_set_local(trt_task_t *task, void *local) {
    TRTK_REFUSE("trt_task_set_local", task, TRT_ERR_CONTEXT);
    if (!trtk_is_task(task)) return trtk_report("trt_task_set_local", task, TRT_ERR_OBJECT);
    task->local = local;
    return TRT_OK;
}

void *trt_task_local(const trt_task_t *task) {
    return trtk_is_task(task) ? task->local : NULL;
}

#endif

trt_status_t trt_start(void) {
    TRTK_REFUSE("trt_start", NULL, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    trt_status_t status = TRT_OK;
    if (trtk_has_started()) status = TRT_ERR_STATE;
    else if (trtp_in_interrupt()) status = TRT_ERR_CONTEXT;
    else {
        trtk.started = true;
        trtp_start();
        status = trtk_run_s();
    }
    trtp_unlock(found);
    return trtk_report("trt_start", NULL, status);
}

// ---------------------------------------------------------------------------------------------
// >>delay
// ---------------------------------------------------------------------------------------------

// Leave a delay: one that ran to its end is what was asked for.
static trt_status_t trtk_leave_delay(const char *call, trt_status_t status, trt_critical_t found) {
    status = trtk_leave(status, found);
    return trtk_report(call, NULL, status == TRT_ERR_TIMEOUT ? TRT_OK : status);
}

TRTK_BESIDE static trt_status_t trtk_delay(const char *call, trt_tick_t ticks,
                                           trt_critical_t found) {
    trt_status_t status = trtk_prepare_sleep(found);
    if (status == TRT_OK && ticks != TRT_NO_WAIT) status = trtk_sleep_i(ticks);
    status = trtk_leave_delay(call, status, found);
    TRTK_KEEP(status);
    if (status == TRT_OK && ticks == TRT_NO_WAIT) (void)trt_yield();
    return status;
}

// (In few steps: for some time, and not for ever.)
trt_status_t trt_delay(trt_tick_t ticks) {
    TRTK_REFUSE("trt_delay", NULL, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    trt_task_t *self = trtk.current;
    if ((trt_tick_t)(ticks + 1u) <= 1 || !trtk_can_rest(self, found))
        return trtk_delay("trt_delay", ticks, found);
    TINYRTOS_TRACE(TRT_TRACE_WAIT, self, NULL);
    self->legs = 0;
    self->object.mode |= TRTK_WAITING;
    self->timeout.expire = trtk_sleep_expire;
    trtk_arm_after_i(&self->timeout, ticks);
    trtk_remember_i(self);
    trt_status_t status = trtk_rest_s(self);
    return status == TRT_ERR_TIMEOUT ? TRT_OK : status;
}

#ifdef TRTP_COUNTER

// `ns` in counts, rounded up, and the one that is under way; UINT64_MAX at most.
static uint64_t trtk_counts_of_ns(uint64_t ns) {
    const uint64_t hz = TRTP_COUNTER_HZ, giga = 1000000000u;
    if (ns == 0) return 0;
    if (ns / giga > (UINT64_MAX - hz) / hz - 1u) return UINT64_MAX;
    return ns / giga * hz + (ns % giga * hz + giga - 1u) / giga + 1u;
}

// What has passed since `*last`, which becomes now, is taken off `*left`.
static void trtk_count_down_i(uint64_t *left, uint32_t *last) {
    uint32_t now = TRTP_COUNTER(), passed = now - *last;
    *left = passed < *left ? *left - passed : 0;
    *last = now;
}

// Wait for as many ticks to come as surely come in time. (The first may come at once.)
static trt_status_t trtk_pause_for_counts(uint64_t *left, uint32_t *last, uint32_t tick) {
    const uint32_t half = UINT32_MAX / 2u; // of the counter's range: others may make us late
    uint64_t ticks = (uint32_t)(*left < half ? *left : half) / tick;
    if (ticks > TRT_TICKS_MAX) ticks = TRT_TICKS_MAX;
    trt_critical_t found = trtp_lock();
    trt_status_t status = trtk_prepare_sleep(found);
    if (status == TRT_OK) status = trtk_sleep_i((trt_tick_t)(ticks - 1u));
    status = trtk_leave(status, found);
    found = trtp_lock();
    trtk_count_down_i(left, last);
    trtp_unlock(found);
    return status == TRT_ERR_TIMEOUT ? TRT_OK : status;
}

// Let who is as urgent run until nothing is left.
static void trtk_yield_for_counts(uint64_t left, uint32_t last) {
    do {
        (void)trt_yield();
        trt_critical_t found = trtp_lock();
        trtk_count_down_i(&left, &last);
        trtk_unlock(found);
    } while (left > 0);
}

trt_status_t trt_delay_ns(uint64_t ns) {
    TRTK_REFUSE("trt_delay_ns", NULL, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    trt_status_t status = trtk_may_wait(found);
    uint32_t last = TRTP_COUNTER();
    trtk_unlock(found);
    uint64_t left = trtk_counts_of_ns(ns);
    // Not more than there are, so that no wait is too long.
    const uint32_t tick = (uint32_t)((TRTP_COUNTER_HZ + TINYRTOS_TICK_HZ - 1u) / TINYRTOS_TICK_HZ);
    while (status == TRT_OK && left >= tick) status = trtk_pause_for_counts(&left, &last, tick);
    if (status == TRT_OK) trtk_yield_for_counts(left, last);
    return trtk_report("trt_delay_ns", NULL, status);
}

#else

trt_status_t trt_delay_ns(uint64_t ns) {
    const uint64_t giga = 1000000000u;
    uint64_t seconds = ns / giga;
    uint64_t ticks = (ns % giga * TINYRTOS_TICK_HZ + giga - 1u) / giga;
    if (seconds > TRT_TICKS_MAX / TINYRTOS_TICK_HZ) ticks = TRT_TICKS_MAX;
    else ticks += seconds * TINYRTOS_TICK_HZ;
    TRTK_REFUSE("trt_delay_ns", NULL, TRT_ERR_CONTEXT);
    if (ticks > TRT_TICKS_MAX) ticks = TRT_TICKS_MAX;
    return trtk_delay("trt_delay_ns", (trt_tick_t)ticks, trtp_lock());
}

#endif

// The moment of the grid that counts now; how many were missed.
static trt_tick_t trtk_skip_missed(trt_tick_t *last, trt_tick_t period) {
    trt_tick_t reached = (trt_tick_t)((trt_tick_t)(trt_now() - *last) / period);
    *last = (trt_tick_t)(*last + reached * period);
    return (trt_tick_t)(reached - 1u);
}

trt_status_t trt_delay_until(trt_tick_t *last, trt_tick_t period, trt_tick_t *missed) {
    TRTK_REFUSE("trt_delay_until", NULL, TRT_ERR_CONTEXT);
    if (last == NULL || period == 0) return trtk_report("trt_delay_until", NULL, TRT_ERR_PARAM);
    trt_critical_t found = trtp_lock();
    trt_status_t status = trtk_prepare_sleep(found);
    trt_tick_t next = (trt_tick_t)(*last + period), skipped = 0;
    bool is_late = (trt_tick_t)(trtk.time.now - *last) >= period;
    if (status == TRT_OK && !is_late) status = trtk_sleep_until_i(next);
    status = trtk_leave_delay("trt_delay_until", status, found);
    if (status < TRT_ERR_ABORTED) return status;
    if (is_late) skipped = trtk_skip_missed(last, period);
    else *last = next;
    if (missed != NULL) *missed = skipped;
    return status;
}

trt_status_t trt_task_abort_delay(trt_task_t *task) {
    TRTK_REFUSE("trt_task_abort_delay", task, TRT_ERR_CONTEXT);
    trt_status_t status = TRT_ERR_OBJECT;
    trt_critical_t found = trtp_lock();
    if (trtk_is_task(task)) {
        status = trtk_is_delayed(task) ? TRT_OK : TRT_ERR_STATE;
        if (status == TRT_OK) trtk_end_wait_i(task, TRT_ERR_ABORTED, found);
    }
    trtk_unlock(found);
    return trtk_report("trt_task_abort_delay", task, status);
}

#endif // TINYRTOS_TASKS

// ---------------------------------------------------------------------------------------------
// >>pass: what happens at every pass of the scheduler
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_PASSES

static void trtk_pass_i(trt_critical_t found) {
    if (trtk.passing || !trtk_has_started()) return;
    trtk.passing = true;
    trtk.pass++;
    for (trt_service_t *service = trtk.services; service != NULL; service = service->next) {
        trtk_let_in(found);
        service->run(service->arg);
        trtk_shut_out();
    }
    trtk_serve_each_i(&trtk.passes, NULL, 0, found);
    trtk.passing = false;
}

trt_status_t trt_service_add(trt_service_t *service) {
    TRTK_REFUSE("trt_service_add", service, TRT_ERR_CONTEXT);
    trt_status_t status = service != NULL && service->run != NULL ? TRT_OK : TRT_ERR_OBJECT;
    trt_critical_t found = trtp_lock();
    trt_service_t **link = &trtk.services;
    while (status == TRT_OK && *link != NULL) {
        if (*link == service) status = TRT_ERR_STATE;
        link = &(*link)->next;
        trtk_reopen(found); // they stay where they are
    }
    if (status == TRT_OK) *link = service;
    trtk_unlock(found);
    return trtk_report("trt_service_add", service, status);
}

uint32_t trt_passes(void) {
    TRTK_REFUSE("trt_passes", NULL, 0);
    trt_critical_t found = trtp_lock();
    uint32_t pass = trtk.pass;
    trtk_unlock(found);
    return pass;
}

static trt_object_t *trtk_pass_ring(void) {
    trtk.passes.kind = TRTK_KIND_PASSES;
    return &trtk.passes;
}

static trt_status_t trtk_condition_attempt(trt_wait_t *wait) {
    return wait->condition(wait->data) ? TRT_OK : TRT_ERR_WOULD_BLOCK;
}

// Say what is to become true.
static void trtk_want_condition(trt_wait_t *wait, trt_condition_t is_true, void *arg) {
    trtk_want(wait, trtk_pass_ring(), trtk_condition_attempt, arg);
    wait->condition = is_true;
}

trt_status_t trt_until(trt_condition_t is_true, void *arg, trt_tick_t timeout) {
    TRTK_REFUSE("trt_until", NULL, TRT_ERR_CONTEXT);
    if (is_true == NULL) return trtk_report("trt_until", NULL, TRT_ERR_PARAM);
    trt_wait_t wait;
    trtk_want_condition(&wait, is_true, arg);
    return trtk_acquire("trt_until", TRTK_KIND_PASSES, &wait, timeout);
}

// Whether the pass that `arg` points to has come.
static bool trtk_has_pass_come(void *arg) {
    return (int32_t)(trtk.pass - *(const uint32_t *)arg) >= 0;
}

trt_status_t trt_delay_passes(uint32_t passes) {
    TRTK_REFUSE("trt_delay_passes", NULL, TRT_ERR_CONTEXT);
    uint32_t until = trt_passes() + passes;
    if (passes == 0) return trt_delay(TRT_NO_WAIT);
    return trt_until(trtk_has_pass_come, &until, TRT_FOREVER);
}

#endif // TINYRTOS_PASSES

// ---------------------------------------------------------------------------------------------
// >>note: notifications of tasks
//
// Who waits for one stands in the ring of the task that has it, beside those who wait for its end.
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_NOTES

static bool trtk_is_note(const trt_task_t *task, uint8_t index) {
    return trtk_is_task(task) && index < TINYRTOS_NOTES;
}

// What `mode` says of a notification that is waited for: its index, and this.
#define TRTK_NOTE_CLEAR 0x80u

static trt_status_t trtk_note_attempt(trt_wait_t *wait) {
    trt_task_t *task = (trt_task_t *)(void *)wait->object;
    trt_note_t *note = &task->notes[wait->mode & (uint8_t)~TRTK_NOTE_CLEAR];
    if (trtk_has_ended(task)) return TRT_ERR_STATE;
    if ((uint8_t)note->state != (uint8_t)wait->bits) return TRT_ERR_WOULD_BLOCK;
    if (wait->data != NULL) *(int32_t *)wait->data = note->value;
    if ((wait->mode & TRTK_NOTE_CLEAR) != 0) note->state = 0;
    return TRT_OK;
}

// What is to be made of a notification: its state and its value, or what is added to them.
typedef struct trtk_change {
    int8_t state;
    bool adds_state;
    int32_t value;
    bool adds_value;
} trtk_change_t;

// Make that of it, or nothing if there is no room.
static trt_status_t trtk_note_change_i(trt_note_t *note, const trtk_change_t *change) {
    int16_t state = (int16_t)(change->state + (change->adds_state ? note->state : 0));
    int32_t old = change->adds_value ? note->value : 0, step = change->value;
    if (state > INT8_MAX || state < INT8_MIN) return TRT_ERR_OVERFLOW;
    if (step > 0 ? old > INT32_MAX - step : old < INT32_MIN - step) return TRT_ERR_OVERFLOW;
    note->state = (int8_t)state;
    note->value = old + step;
    return TRT_OK;
}

static trt_status_t trtk_note_change(const char *call, trt_task_t *task, uint8_t index,
                                     trtk_change_t change) {
    TRTK_REFUSE(call, task, TRT_ERR_CONTEXT);
    if (!trtk_is_task(task)) return trtk_report(call, task, TRT_ERR_OBJECT);
    if (index >= TINYRTOS_NOTES) return trtk_report(call, task, TRT_ERR_PARAM);
    trt_note_t *note = &task->notes[index];
    trt_critical_t found = trtp_lock();
    trt_status_t status = TRT_ERR_STATE;
    if (trtk_is_alive(task)) status = trtk_note_change_i(note, &change);
    if (status == TRT_OK) trtk_serve_each_i(&task->object, NULL, 0, found);
    trtk_unlock(found);
    return trtk_report(call, task, status);
}

trt_status_t trt_note_set(trt_task_t *task, uint8_t index, int8_t state, int32_t value) {
    trtk_change_t change = {state, false, value, false};
    return trtk_note_change("trt_note_set", task, index, change);
}

trt_status_t trt_note_add(trt_task_t *task, uint8_t index, int8_t state, int32_t step) {
    trtk_change_t change = {state, false, step, true};
    return trtk_note_change("trt_note_add", task, index, change);
}

trt_status_t trt_note_set_state(trt_task_t *task, uint8_t index, int8_t state) {
    trtk_change_t change = {state, false, 0, true};
    return trtk_note_change("trt_note_set_state", task, index, change);
}

trt_status_t trt_note_add_state(trt_task_t *task, uint8_t index, int8_t step) {
    trtk_change_t change = {step, true, 0, true};
    return trtk_note_change("trt_note_add_state", task, index, change);
}

static trt_note_t trtk_note_get(const trt_task_t *task, uint8_t index) {
    trt_note_t note = {0, 0};
    trt_critical_t found = trtp_lock();
    if (trtk_is_note(task, index)) note = task->notes[index];
    trtk_unlock(found);
    return note;
}

int8_t trt_note_state(const trt_task_t *task, uint8_t index) {
    TRTK_REFUSE("trt_note_state", task, 0);
    return trtk_note_get(task, index).state;
}

int32_t trt_note_value(const trt_task_t *task, uint8_t index) {
    TRTK_REFUSE("trt_note_value", task, 0);
    return trtk_note_get(task, index).value;
}

static bool trtk_note_can_wait_for(uint8_t index, uint8_t mode) {
    return index < TINYRTOS_NOTES && (mode == 0 || mode == TRT_CLEAR);
}

// Say which notification is wanted, of which task, in which state.
static void trtk_want_note(trt_wait_t *wait, trt_task_t *task, uint8_t index, int8_t state,
                           uint8_t mode, int32_t *value) {
    trtk_serve_joiners = trtk_serve_i;
    trtk_want(wait, task, trtk_note_attempt, value);
    wait->bits = (uint8_t)state;
    wait->mode = (uint8_t)(index | (mode == TRT_CLEAR ? TRTK_NOTE_CLEAR : 0u));
}

trt_status_t trt_note_wait(trt_task_t *task, uint8_t index, int8_t state, uint8_t mode,
                           int32_t *value, trt_tick_t timeout) {
    if (!trtk_note_can_wait_for(index, mode))
        return trtk_report("trt_note_wait", task, TRT_ERR_PARAM);
    trt_wait_t wait;
    trtk_want_note(&wait, task, index, state, mode, value);
    return trtk_acquire("trt_note_wait", TRTK_KIND_TASK, &wait, timeout);
}

#endif // TINYRTOS_NOTES

// ---------------------------------------------------------------------------------------------
// >>deadline: passive timers
//
// bits = 2 * moment + 1 while it counts; 2 * moment, kept for a restart, when it does not. Twice
// now is subtracted from that: the difference is right across the wrap as long as it is less than
// half of the whole.
// ---------------------------------------------------------------------------------------------

static trt_status_t trtk_deadline_set(const char *call, trt_deadline_t *deadline, bool from_expiry,
                                      trt_tick_t ticks) {
    TRTK_REFUSE(call, deadline, TRT_ERR_CONTEXT);
    if (deadline == NULL) return trtk_report(call, deadline, TRT_ERR_OBJECT);
    if (ticks > TRT_DEADLINE_MAX) return trtk_report(call, deadline, TRT_ERR_PARAM);
    trt_tick_t from = from_expiry ? (trt_tick_t)(deadline->bits >> 1) : trt_now();
    deadline->bits = (trt_tick_t)((trt_tick_t)(from + ticks) * 2u + 1u);
    return TRT_OK;
}

trt_status_t trt_deadline_start(trt_deadline_t *deadline, trt_tick_t ticks) {
    return trtk_deadline_set("trt_deadline_start", deadline, false, ticks);
}

trt_status_t trt_deadline_restart(trt_deadline_t *deadline, trt_tick_t ticks) {
    return trtk_deadline_set("trt_deadline_restart", deadline, true, ticks);
}

trt_status_t trt_deadline_stop(trt_deadline_t *deadline) {
    TRTK_REFUSE("trt_deadline_stop", deadline, TRT_ERR_CONTEXT);
    if (deadline == NULL) return trtk_report("trt_deadline_stop", deadline, TRT_ERR_OBJECT);
    deadline->bits &= (trt_tick_t) ~(trt_tick_t)1;
    return TRT_OK;
}

trt_deadline_state_t trt_deadline_status(trt_deadline_t *deadline) {
    TRTK_REFUSE("trt_deadline_status", deadline, TRT_STOPPED);
    if (deadline == NULL) (void)trtk_report("trt_deadline_status", deadline, TRT_ERR_OBJECT);
    if (deadline == NULL || (deadline->bits & 1u) == 0) return TRT_STOPPED;
    trt_tick_t late =
        (trt_tick_t)((trt_tick_t)(trt_now() << 1) - (deadline->bits & (trt_tick_t) ~(trt_tick_t)1));
    if (late == 0 || late > TRT_FOREVER / 2u) return TRT_RUNNING; // never before its ticks are full
    deadline->bits &= (trt_tick_t) ~(trt_tick_t)1;
    return TRT_EXPIRED;
}

// ---------------------------------------------------------------------------------------------
// >>timer: callback timers
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_TIMERS

static bool trtk_is_timer(const trt_timer_t *timer) {
    return timer != NULL && (timer->timeout.expire == trtk_timer_expire_again ||
                             timer->timeout.expire == trtk_timer_expire_once);
}

// The callback runs with the mask open. It may do with its timer whatever it likes.
void trtk_timer_expire_once(trt_timeout_t *timeout, trt_critical_t found) {
    const trt_timer_t *timer = (const trt_timer_t *)(const void *)timeout;
    trt_timer_fn_t callback = timer->callback;
    void *arg = timer->arg;
    TINYRTOS_TRACE(TRT_TRACE_TIMER, NULL, timer);
    trtk_let_in(found);
    callback(arg);
    trtk_shut_out();
}

// The next period counts from the expiry.
void trtk_timer_expire_again(trt_timeout_t *timeout, trt_critical_t found) {
    const trt_timer_t *timer = (const trt_timer_t *)(const void *)timeout;
    trtk_arm_i(timeout, (trt_tick_t)(timeout->when + (trt_tick_t)~timer->not_period));
    trtk_timer_expire_once(timeout, found);
}

trt_status_t trt_timer_init(trt_timer_t *timer, const char *name, trt_timer_fn_t fn, void *arg,
                            trt_tick_t period, trt_timer_mode_t mode) {
    TRTK_REFUSE("trt_timer_init", timer, TRT_ERR_CONTEXT);
    if (timer == NULL) return trtk_report("trt_timer_init", timer, TRT_ERR_OBJECT);
    if (fn == NULL || period == 0 || period == TRT_FOREVER ||
        (mode != TRT_ONE_SHOT && mode != TRT_PERIODIC)) {
        return trtk_report("trt_timer_init", timer, TRT_ERR_PARAM);
    }
    trt_critical_t found = trtp_lock();
    if (trtk_is_timer(timer)) trtk_disarm_i(&timer->timeout);
    timer->timeout.link = NULL;
    timer->timeout.expire = mode == TRT_PERIODIC ? trtk_timer_expire_again : trtk_timer_expire_once;
    timer->not_period = (trt_tick_t)~period;
    timer->callback = fn;
    timer->arg = arg;
#if TINYRTOS_NAMES
    timer->name = name;
#endif
    trtk_unlock(found);
    (void)name;
    return TRT_OK;
}

static TRTK_QUICK void trtk_timer_begin_i(trt_timer_t *timer) {
    trtk_disarm_i(&timer->timeout);
    trtk_arm_after_i(&timer->timeout, (trt_tick_t)~timer->not_period);
}

trt_status_t trt_timer_start(trt_timer_t *timer) {
    TRTK_REFUSE("trt_timer_start", timer, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    bool is_one = trtk_is_timer(timer);
    if (is_one) trtk_timer_begin_i(timer);
    trtp_unlock(found);
    return trtk_report("trt_timer_start", timer, is_one ? TRT_OK : TRT_ERR_OBJECT);
}

trt_status_t trt_timer_stop(trt_timer_t *timer) {
    TRTK_REFUSE("trt_timer_stop", timer, TRT_ERR_CONTEXT);
    trt_status_t status = TRT_ERR_OBJECT;
    trt_critical_t found = trtp_lock();
    if (trtk_is_timer(timer)) {
        status = timer->timeout.link != NULL ? TRT_OK : TRT_ERR_STATE;
        trtk_disarm_i(&timer->timeout);
    }
    trtk_unlock(found);
    return trtk_report("trt_timer_stop", timer, status);
}

trt_status_t trt_timer_set_period(trt_timer_t *timer, trt_tick_t period) {
    TRTK_REFUSE("trt_timer_set_period", timer, TRT_ERR_CONTEXT);
    trt_status_t status = period == 0 || period == TRT_FOREVER ? TRT_ERR_PARAM : TRT_OK;
    if (!trtk_is_timer(timer)) status = TRT_ERR_OBJECT;
    if (status != TRT_OK) return trtk_report("trt_timer_set_period", timer, status);
    trt_critical_t found = trtp_lock();
    timer->not_period = (trt_tick_t)~period;
    if (timer->timeout.link != NULL) trtk_timer_begin_i(timer);
    trtk_unlock(found);
    return TRT_OK;
}

bool trt_timer_is_running(const trt_timer_t *timer) {
    TRTK_REFUSE("trt_timer_is_running", timer, false);
    return trt_timer_remaining(timer) != 0;
}

trt_tick_t trt_timer_remaining(const trt_timer_t *timer) {
    TRTK_REFUSE("trt_timer_remaining", timer, 0);
    if (!trtk_is_timer(timer)) return 0;
    trt_critical_t found = trtp_lock();
    trt_tick_t remaining =
        timer->timeout.link == NULL ? 0 : (trt_tick_t)(timer->timeout.when - trtk.time.now);
    trtk_unlock(found);
    return remaining;
}

trt_tick_t trt_timer_period(const trt_timer_t *timer) {
    TRTK_REFUSE("trt_timer_period", timer, 0);
    if (!trtk_is_timer(timer)) return 0;
    trt_critical_t found = trtp_lock();
    trt_tick_t period = (trt_tick_t)~timer->not_period;
    trtk_unlock(found);
    return period;
}

void *trt_timer_arg(const trt_timer_t *timer) {
    return trtk_is_timer(timer) ? timer->arg : NULL;
}

#if TINYRTOS_NAMES
const char *trt_timer_name(const trt_timer_t *timer) {
    return trtk_is_timer(timer) && timer->name != NULL ? timer->name : "";
}
#endif

#endif // TINYRTOS_TIMERS

// ---------------------------------------------------------------------------------------------
// >>job
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_JOBS

#if TINYRTOS_TASKS

static bool trtk_is_jobs(const trt_jobs_t *jobs) {
    return trtk_is(jobs, TRTK_KIND_JOBS);
}

// A job is pending: who waits for one takes it.
static void trtk_job_serve_i(trt_jobs_t *jobs, trt_critical_t found) {
    trtk_serve_i(&jobs->object, found);
}

#else

static bool trtk_is_jobs(const trt_jobs_t *jobs) {
    return jobs != NULL;
}

static inline void trtk_job_serve_i(trt_jobs_t *jobs, trt_critical_t found) {
    (void)jobs, (void)found;
}

#endif

// Whether there is such a job.
static trt_status_t trtk_job_check(const trt_jobs_t *jobs, uint8_t job) {
    if (!trtk_is_jobs(jobs)) return TRT_ERR_OBJECT;
    return job < jobs->count ? TRT_OK : TRT_ERR_PARAM;
}

// A job is to run.
static inline trt_status_t trtk_job_set(trt_jobs_t *jobs, trtk_bits_t bit) {
    trt_critical_t found = trtp_lock();
    bool is_new = (jobs->pending & bit) == 0;
    jobs->pending = (trt_job_bits_t)(jobs->pending | bit);
    if (is_new) trtk_job_serve_i(jobs, found);
    trtk_unlock(found);
    return is_new ? TRT_OK : TRT_ERR_STATE;
}

// It is not.
static inline trt_status_t trtk_job_clear(trt_jobs_t *jobs, trtk_bits_t bit) {
    trt_critical_t found = trtp_lock();
    bool was_pending = (jobs->pending & bit) != 0;
    jobs->pending = (trt_job_bits_t)(jobs->pending & ~bit);
    trtk_unlock(found);
    return was_pending ? TRT_OK : TRT_ERR_STATE;
}

trt_status_t trt_job_post(trt_jobs_t *jobs, uint8_t job) {
    TRTK_REFUSE("trt_job_post", jobs, TRT_ERR_CONTEXT);
    trt_status_t status = trtk_job_check(jobs, job);
    if (status == TRT_OK) status = trtk_job_set(jobs, trtk_bit(job));
    return trtk_report("trt_job_post", jobs, status);
}

trt_status_t trt_job_cancel(trt_jobs_t *jobs, uint8_t job) {
    TRTK_REFUSE("trt_job_cancel", jobs, TRT_ERR_CONTEXT);
    trt_status_t status = trtk_job_check(jobs, job);
    if (status == TRT_OK) status = trtk_job_clear(jobs, trtk_bit(job));
    return trtk_report("trt_job_cancel", jobs, status);
}

#if defined(__AVR__) // where a step for each job before it is less than its number and an index
static const trt_job_t *trtk_first_job(const trt_job_t *job, trt_job_bits_t pending) {
    for (; (uint8_t)pending == 0; job += 8) pending = (trt_job_bits_t)(pending >> 4 >> 4);
    for (uint8_t bits = (uint8_t)pending; (bits & 1u) == 0; job++) bits = (uint8_t)(bits >> 1);
    return job;
}
#else
static const trt_job_t *trtk_first_job(const trt_job_t *table, trt_job_bits_t pending) {
    return &table[trtk_lowest_bit(pending)];
}
#endif

// Run the first of the pending jobs, of which there is one, with the mask open.
static TRTK_INLINE void trtk_job_run_i(trt_jobs_t *jobs, const trt_job_t *table) {
    trt_job_bits_t pending = jobs->pending;
    const trt_job_t *first = trtk_first_job(table, pending);
    trt_job_t job;
    jobs->pending = (trt_job_bits_t)(pending & (pending - 1u));
    trtp_unlock(trtp_open());
    TRTP_READ_FLASH(&job, first, sizeof job);
    TINYRTOS_JOB_HOOK(jobs, (uint8_t)(first - table));
    job.run(job.arg);
    (void)trtp_lock();
}

#if TINYRTOS_TASKS

// (Leaves it pending: posting it once more before it begins changes nothing.)
static trt_status_t trtk_jobs_attempt(trt_wait_t *wait) {
    const trt_jobs_t *jobs = (const trt_jobs_t *)(const void *)wait->object;
    return jobs->pending != 0 ? TRT_OK : TRT_ERR_WOULD_BLOCK;
}

trt_status_t trt_jobs_run(trt_jobs_t *jobs) {
    for (;;) {
        trt_wait_t wait;
        trtk_want(&wait, jobs, trtk_jobs_attempt, NULL);
        trt_status_t status = trtk_acquire("trt_jobs_run", TRTK_KIND_JOBS, &wait, TRT_FOREVER);
        if (status != TRT_OK) return status;
        trt_critical_t found = trtp_lock();
        if (jobs->pending != 0) trtk_job_run_i(jobs, jobs->table);
        trtk_unlock(found);
    }
}

#else

trt_status_t trt_jobs_run(trt_jobs_t *jobs) {
    trt_status_t status = TRT_OK;
    if (!trtk_is_jobs(jobs)) return trtk_report("trt_jobs_run", jobs, TRT_ERR_OBJECT);
    const trt_job_t *table = jobs->table;
    (void)trtp_lock();
    trtp_start();
    do {
        while (jobs->pending != 0) trtk_job_run_i(jobs, table);
        trtp_unlock(trtp_open());
        TINYRTOS_IDLE_HOOK();
        (void)trtp_lock();
    } while (jobs->pending != 0 || trtp_idle(&status));
    return status;
}

#endif

#endif // TINYRTOS_JOBS

// ---------------------------------------------------------------------------------------------
// >>sem
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_SEMAPHORES

static trt_status_t trtk_sem_attempt(trt_wait_t *wait) {
    if (wait->object->count == 0) return TRT_ERR_WOULD_BLOCK;
    wait->object->count--;
    return TRT_OK;
}

static trt_status_t trtk_sem_make(const char *call, trt_sem_t *sem, uint8_t kind, uint16_t initial,
                                  uint16_t limit) {
    TRTK_REFUSE(call, sem, TRT_ERR_CONTEXT);
    if (sem == NULL) return trtk_report(call, sem, TRT_ERR_OBJECT);
    if (limit == 0 || initial > limit) return trtk_report(call, sem, TRT_ERR_PARAM);
    trt_critical_t found = trtp_lock();
    trtk_make_object_i(&sem->object, kind, initial, 0, found);
    sem->limit = limit;
#if TINYRTOS_SEM_OWNERS
    sem->owner = NULL;
#endif
    trtk_unlock(found);
    return TRT_OK;
}

trt_status_t trt_sem_init(trt_sem_t *sem, uint16_t initial, uint16_t limit) {
    return trtk_sem_make("trt_sem_init", sem, TRTK_KIND_SEM, initial, limit);
}

trt_status_t trt_sem_init_fifo(trt_sem_t *sem, uint16_t initial, uint16_t limit) {
    return trtk_sem_make("trt_sem_init_fifo", sem, TRTK_KIND_SEM | TRTK_FIFO, initial, limit);
}

trt_status_t trt_sem_delete(trt_sem_t *sem) {
    return trtk_delete("trt_sem_delete", sem, TRTK_KIND_SEM);
}

#if TINYRTOS_SEM_OWNERS

// Whether the caller may, if it is a semaphore.
static bool trtk_sem_may_give(const trt_sem_t *sem) {
    if (!trtk_is(sem, TRTK_KIND_SEM) || sem->owner == NULL) return true;
    return sem->owner == trtk.current && !trtp_in_interrupt();
}

trt_status_t trt_sem_set_owner(trt_sem_t *sem, trt_task_t *owner) {
    TRTK_REFUSE("trt_sem_set_owner", sem, TRT_ERR_CONTEXT);
    trt_status_t status = TRT_ERR_OBJECT;
    trt_critical_t found = trtp_lock();
    if (trtk_is(sem, TRTK_KIND_SEM) && (owner == NULL || trtk_is_task(owner))) {
        sem->owner = owner;
        status = TRT_OK;
    }
    trtk_unlock(found);
    return trtk_report("trt_sem_set_owner", sem, status);
}

#else

static bool trtk_sem_may_give(const trt_sem_t *sem) {
    (void)sem;
    return true;
}

#endif

TRTK_APART static trt_status_t trtk_sem_give(trt_sem_t *sem, trt_critical_t found) {
    trt_status_t status = TRT_OK;
    trt_wait_t *first;
    if (!trtk_is(sem, TRTK_KIND_SEM)) status = TRT_ERR_OBJECT;
    else if (!trtk_sem_may_give(sem)) status = TRT_ERR_OWNER;
    else if ((first = trtk_first_waiter_i(&sem->object)) != NULL) trtk_wake_i(first, TRT_OK, found);
    else if (sem->object.count == sem->limit) status = TRT_ERR_OVERFLOW;
    else sem->object.count++;
    trtk_unlock(found);
    return trtk_report("trt_sem_give", sem, status);
}

// Whether a task waits, and for nothing else. (Asked where there is no room, or somebody waits, and
// then there are no tokens.)
static TRTK_INLINE bool trtk_sem_is_awaited(const trt_sem_t *sem) {
    const trt_wait_t *first = sem->object.waiters;
    if (TRTK_ONE_WORD ? trtk_counted(&sem->object, TRTK_KIND_SEM, 0) != 0 : first == NULL)
        return false;
    return trtk_waits_plainly(first);
}

// (In few steps: nobody waits, and there is room.)
trt_status_t trt_sem_give(trt_sem_t *sem) {
    TRTK_REFUSE("trt_sem_give", sem, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    TRTK_PIN(z, sem);
    if (!TINYRTOS_SHORTCUTS || !trtk_may_be(sem, TRTK_KIND_SEM) || !trtk_sem_may_give(sem))
        return trtk_sem_give(sem, found);
    if (sem->object.waiters != NULL || !trtk_add_one_i(&sem->object, TRTK_KIND_SEM, 0, sem->limit))
        return trtk_sem_is_awaited(sem) ? trtk_hand_over(&sem->object, found)
                                        : trtk_sem_give(sem, found);
    trtp_unlock(found);
    return TRT_OK;
}

// No token is there, or the semaphore is another kind than most.
TRTK_APART static trt_status_t trtk_sem_take(trt_sem_t *sem, trt_tick_t timeout,
                                             trt_critical_t found) {
    trt_wait_t wait;
    trtp_unlock(found);
    trtk_want(&wait, sem, trtk_sem_attempt, NULL);
    if (TINYRTOS_SHORTCUTS && timeout != TRT_NO_WAIT && trtk_can_wait(found)) {
        (void)trtp_lock();
        if (trtk_is_plain(sem, TRTK_KIND_SEM) && sem->object.count == 0) {
            trtk_intend_wait(&wait, 1);
            return trtk_wait_for_one(&wait, timeout, found);
        }
        trtp_unlock(found);
    }
    return trtk_acquire("trt_sem_take", TRTK_KIND_SEM, &wait, timeout);
}

// (In few steps: a token is there.)
trt_status_t trt_sem_take(trt_sem_t *sem, trt_tick_t timeout) {
    TRTK_REFUSE("trt_sem_take", sem, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    TRTK_PIN(z, sem);
    if (!TINYRTOS_SHORTCUTS || !trtk_may_be(sem, TRTK_KIND_SEM) ||
        !trtk_take_one_i(&sem->object, TRTK_KIND_SEM, 0))
        return trtk_sem_take(sem, timeout, found);
    trtp_unlock(found);
    return TRT_OK;
}

uint16_t trt_sem_count(const trt_sem_t *sem) {
    return trtk_count_of("trt_sem_count", sem, TRTK_KIND_SEM);
}

#endif // TINYRTOS_SEMAPHORES

// ---------------------------------------------------------------------------------------------
// >>mutex
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_MUTEXES

// The mode of a free mutex whose last owner ended while holding it; the next is told.
#define TRTK_LEFT_BEHIND UINT8_MAX

static bool trtk_has_ceiling(const trt_mutex_t *mutex) {
    return (mutex->object.kind & TRTK_CEILING) != 0;
}

static void trtk_own_i(trt_mutex_t *mutex, trt_task_t *task) {
    mutex->owner = task;
    mutex->object.mode = 1;
    mutex->next_held = task->held;
    task->held = mutex;
    task->object.count++;
}

// At most TINYRTOS_MUTEXES_HELD_MAX steps; one if mutexes are unlocked in the reverse order.
static void trtk_disown_i(trt_mutex_t *mutex) {
    trt_task_t *task = mutex->owner;
    trt_mutex_t **link = &task->held;
    while (*link != mutex) link = &(*link)->next_held;
    *link = mutex->next_held;
    task->object.count--;
    mutex->owner = NULL;
    mutex->object.mode = 0;
}

static trt_status_t trtk_mutex_attempt(trt_wait_t *wait) {
    trt_mutex_t *mutex = (trt_mutex_t *)(void *)wait->object;
    trt_task_t *task = wait->task;
    if (mutex->owner == task) {
        if (mutex->object.mode == TRT_MUTEX_DEPTH_MAX) return TRT_ERR_OVERFLOW;
        mutex->object.mode++;
        return TRT_OK;
    }
    if (trtk_has_ceiling(mutex) && task->base_prio < mutex->object.count) return TRT_ERR_PARAM;
    if (task->object.count == TINYRTOS_MUTEXES_HELD_MAX) return TRT_ERR_OVERFLOW;
    if (mutex->owner != NULL) return TRT_ERR_WOULD_BLOCK;
    bool was_left = mutex->object.mode == TRTK_LEFT_BEHIND;
    trtk_own_i(mutex, task);
    return was_left ? TRT_ABANDONED : TRT_OK;
}

// The owner lets go: the first waiter owns it, with that status; priorities follow.
static void trtk_pass_on_i(trt_mutex_t *mutex, trt_status_t status, trt_critical_t found) {
    trt_task_t *last = mutex->owner;
    trtk_reopen(found);
    trtk_disown_i(mutex);
    trtk_reopen(found);
    trt_wait_t *first = trtk_first_waiter_i(&mutex->object);
    if (first != NULL) {
        trtk_own_i(mutex, first->task);
        trtk_wake_i(first, status, found);
    } else if (status == TRT_ABANDONED) {
        mutex->object.mode = TRTK_LEFT_BEHIND;
    }
    trtk_reopen(found);
    trtk_reprioritise_i(last, found);
}

// A mutex begins or ends: who owned what it was owns it no longer.
static void trtk_mutex_make_i(trt_mutex_t *mutex, uint8_t kind, uint8_t protocol,
                              trt_critical_t found) {
    trt_task_t *last = trtk_is(mutex, TRTK_KIND_MUTEX) ? mutex->owner : NULL;
    if (last != NULL) trtk_disown_i(mutex);
    trtk_make_object_i(&mutex->object, kind, protocol, 0, found);
    mutex->owner = NULL;
    trtk_lend_i(last, found);
}

trt_status_t trt_mutex_init(trt_mutex_t *mutex, uint8_t protocol) {
    TRTK_REFUSE("trt_mutex_init", mutex, TRT_ERR_CONTEXT);
    trt_status_t status = TRT_OK;
    trt_critical_t found = trtp_lock();
    if (mutex == NULL) status = TRT_ERR_OBJECT;
    else if (trtp_in_interrupt()) status = TRT_ERR_CONTEXT;
    else if (protocol >= TINYRTOS_PRIORITIES && protocol != TRT_INHERIT &&
             protocol != TRT_NO_PROTOCOL) {
        status = TRT_ERR_PARAM;
    } else {
        uint8_t ceiling = protocol < TINYRTOS_PRIORITIES ? TRTK_CEILING : 0;
        trtk_mutex_make_i(mutex, TRTK_KIND_MUTEX | ceiling, protocol, found);
    }
    trtk_unlock(found);
    return trtk_report("trt_mutex_init", mutex, status);
}

trt_status_t trt_mutex_delete(trt_mutex_t *mutex) {
    TRTK_REFUSE("trt_mutex_delete", mutex, TRT_ERR_CONTEXT);
    trt_status_t status = TRT_OK;
    trt_critical_t found = trtp_lock();
    if (!trtk_is(mutex, TRTK_KIND_MUTEX)) status = TRT_ERR_OBJECT;
    else if (trtp_in_interrupt()) status = TRT_ERR_CONTEXT;
    else trtk_mutex_make_i(mutex, 0, 0, found);
    trtk_unlock(found);
    return trtk_report("trt_mutex_delete", mutex, status);
}

TRTK_APART static trt_status_t trtk_mutex_lock(trt_mutex_t *mutex, trt_tick_t timeout) {
    trt_status_t status = trtk_is(mutex, TRTK_KIND_MUTEX) ? trtk_is_in_task() : TRT_OK;
    if (status != TRT_OK) return trtk_report("trt_mutex_lock", mutex, status);
    trt_wait_t wait;
    trtk_want(&wait, mutex, trtk_mutex_attempt, NULL);
    status = trtk_take_held(&wait, TRTK_KIND_MUTEX, timeout);
    return trtk_report("trt_mutex_lock", mutex, status);
}

// (In few steps: a free mutex without a ceiling. One whose mode is 0 has no owner. The compiler
// makes one comparison of mode and kind.)
trt_status_t trt_mutex_lock(trt_mutex_t *mutex, trt_tick_t timeout) {
    TRTK_REFUSE("trt_mutex_lock", mutex, TRT_ERR_CONTEXT);
    trt_task_t *self = trtk.current;
    TRTK_PIN(b, self);
    trt_critical_t found = trtp_lock();
    TRTK_PIN(b, mutex);
    if (!TINYRTOS_SHORTCUTS || trtp_in_interrupt() || self == NULL || mutex == NULL ||
        mutex->object.mode != 0 || mutex->object.kind != TRTK_KIND_MUTEX ||
        self->object.count >= TINYRTOS_MUTEXES_HELD_MAX) {
        trtp_unlock(found);
        return trtk_mutex_lock(mutex, timeout);
    }
    trtk_own_i(mutex, self);
    trtp_unlock(found);
    return TRT_OK;
}

TRTK_APART static trt_status_t trtk_mutex_unlock(trt_mutex_t *mutex, trt_critical_t found) {
    trt_status_t status = trtk_is(mutex, TRTK_KIND_MUTEX) ? trtk_is_in_task() : TRT_ERR_OBJECT;
    if (status == TRT_OK) {
        if (mutex->owner != trtk.current) status = TRT_ERR_OWNER;
        else if (mutex->object.mode > 1) mutex->object.mode--;
        else trtk_pass_on_i(mutex, TRT_OK, found);
    }
    trtk_unlock(found);
    return trtk_report("trt_mutex_unlock", mutex, status);
}

// (In few steps: the last that was locked, once, for which nobody waits.)
trt_status_t trt_mutex_unlock(trt_mutex_t *mutex) {
    TRTK_REFUSE("trt_mutex_unlock", mutex, TRT_ERR_CONTEXT);
    trt_task_t *self = trtk.current;
    TRTK_PIN(b, self);
    trt_critical_t found = trtp_lock();
    TRTK_PIN(b, mutex);
    if (!TINYRTOS_SHORTCUTS || self == NULL || trtp_in_interrupt() || mutex == NULL ||
        mutex->object.mode != 1 || mutex->object.kind != TRTK_KIND_MUTEX || self->held != mutex ||
        mutex->object.waiters != NULL)
        return trtk_mutex_unlock(mutex, found);
    self->held = mutex->next_held;
    self->object.count--;
    mutex->owner = NULL;
    mutex->object.mode = 0;
    trtp_unlock(found);
    return TRT_OK;
}

trt_task_t *trt_mutex_owner(const trt_mutex_t *mutex) {
    TRTK_REFUSE("trt_mutex_owner", mutex, NULL);
    trt_critical_t found = trtp_lock();
    trt_task_t *owner = trtk_is(mutex, TRTK_KIND_MUTEX) ? mutex->owner : NULL;
    trtk_unlock(found);
    return owner;
}

#endif // TINYRTOS_MUTEXES

// ---------------------------------------------------------------------------------------------
// >>flags
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_FLAGS

static bool trtk_are_set(trt_bits_t have, trt_bits_t wanted, uint8_t mode) {
    return (mode & TRT_ALL) != 0 ? (have & wanted) == wanted : (have & wanted) != 0;
}

// Take what is wanted if `have`, the flags as they were set, satisfy it. What a waiter clears is
// cleared as it wakes, so that a flag which an interrupt sets again meanwhile stays set; but the
// next is judged by `have`, as if all woke at once.
static trt_status_t trtk_flags_take_i(trt_wait_t *wait, trt_bits_t have) {
    trt_flags_t *flags = (trt_flags_t *)(void *)wait->object;
    if (!trtk_are_set(have, wait->bits, (uint8_t)wait->mode)) return TRT_ERR_WOULD_BLOCK;
    if (wait->data != NULL) *(trt_bits_t *)wait->data = have;
    if ((wait->mode & TRT_CLEAR) != 0) flags->bits &= (trt_bits_t)~wait->bits;
    return TRT_OK;
}

static trt_status_t trtk_flags_attempt(trt_wait_t *wait) {
    const trt_flags_t *flags = (const trt_flags_t *)(const void *)wait->object;
    return trtk_flags_take_i(wait, flags->bits);
}

// Say which flags are wanted, of which group.
static void trtk_want_flags(trt_wait_t *wait, trt_flags_t *flags, trt_bits_t bits, uint8_t mode,
                            trt_bits_t *got) {
    trtk_want(wait, flags, trtk_flags_attempt, got);
    wait->bits = bits;
    wait->mode = mode;
}

// Flags have been set: wake all whom `have` satisfies.
static void trtk_flags_serve_i(trt_flags_t *flags, trt_bits_t have, trt_critical_t found) {
    trtk_serve_each_i(&flags->object, trtk_flags_take_i, have, found);
}

trt_status_t trt_flags_init(trt_flags_t *flags) {
    TRTK_REFUSE("trt_flags_init", flags, TRT_ERR_CONTEXT);
    if (flags == NULL) return trtk_report("trt_flags_init", flags, TRT_ERR_OBJECT);
    trt_critical_t found = trtp_lock();
    trtk_make_object_i(&flags->object, TRTK_KIND_FLAGS, 0, 0, found);
    flags->bits = 0;
    trtk_unlock(found);
    return TRT_OK;
}

trt_status_t trt_flags_delete(trt_flags_t *flags) {
    return trtk_delete("trt_flags_delete", flags, TRTK_KIND_FLAGS);
}

trt_status_t trt_flags_set(trt_flags_t *flags, trt_bits_t bits) {
    TRTK_REFUSE("trt_flags_set", flags, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    bool is_one = trtk_is(flags, TRTK_KIND_FLAGS);
    if (is_one) {
        flags->bits |= bits;
        trtk_flags_serve_i(flags, flags->bits, found);
    }
    trtk_unlock(found);
    return trtk_report("trt_flags_set", flags, is_one ? TRT_OK : TRT_ERR_OBJECT);
}

trt_status_t trt_flags_clear(trt_flags_t *flags, trt_bits_t bits) {
    TRTK_REFUSE("trt_flags_clear", flags, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    bool is_one = trtk_is(flags, TRTK_KIND_FLAGS);
    if (is_one) flags->bits &= (trt_bits_t)~bits;
    trtk_unlock(found);
    return trtk_report("trt_flags_clear", flags, is_one ? TRT_OK : TRT_ERR_OBJECT);
}

trt_bits_t trt_flags_take(trt_flags_t *flags, trt_bits_t bits) {
    TRTK_REFUSE("trt_flags_take", flags, 0);
    trt_bits_t taken = 0;
    trt_critical_t found = trtp_lock();
    bool is_one = trtk_is(flags, TRTK_KIND_FLAGS);
    if (is_one) {
        taken = (trt_bits_t)(flags->bits & bits);
        flags->bits &= (trt_bits_t)~bits;
    }
    trtk_unlock(found);
    (void)trtk_report("trt_flags_take", flags, is_one ? TRT_OK : TRT_ERR_OBJECT);
    return taken;
}

trt_bits_t trt_flags_get(const trt_flags_t *flags) {
    TRTK_REFUSE("trt_flags_get", flags, 0);
    trt_critical_t found = trtp_lock();
    trt_bits_t bits = trtk_is(flags, TRTK_KIND_FLAGS) ? flags->bits : 0;
    trtk_unlock(found);
    return bits;
}

static bool trtk_flags_can_wait_for(trt_bits_t bits, uint8_t mode) {
    return bits != 0 && mode <= (TRT_ALL | TRT_CLEAR);
}

trt_status_t trt_flags_wait(trt_flags_t *flags, trt_bits_t bits, uint8_t mode, trt_bits_t *got,
                            trt_tick_t timeout) {
    if (!trtk_flags_can_wait_for(bits, mode))
        return trtk_report("trt_flags_wait", flags, TRT_ERR_PARAM);
    trt_wait_t wait;
    trtk_want_flags(&wait, flags, bits, mode, got);
    return trtk_acquire("trt_flags_wait", TRTK_KIND_FLAGS, &wait, timeout);
}

// Set `mine` and wake whom that satisfies.
static trt_status_t trtk_flags_sync_i(trt_wait_t *wait, trt_bits_t mine, trt_critical_t found) {
    trt_flags_t *flags = (trt_flags_t *)(void *)wait->object;
    trt_bits_t have = (trt_bits_t)(flags->bits | mine);
    trt_status_t status = trtk_may_wait(found);
    if (status != TRT_OK) return status;
    flags->bits = have;
    status = trtk_flags_take_i(wait, have);
    trtk_reopen(found);
    trtk_flags_serve_i(flags, have, found);
    return status;
}

trt_status_t trt_flags_sync(trt_flags_t *flags, trt_bits_t mine, trt_bits_t everybody,
                            trt_tick_t timeout) {
    TRTK_REFUSE("trt_flags_sync", flags, TRT_ERR_CONTEXT);
    trt_wait_t wait;
    trt_status_t status = TRT_ERR_OBJECT;
    trtk_want_flags(&wait, flags, everybody, TRT_ALL | TRT_CLEAR, NULL);
    trt_critical_t found = trtp_lock();
    if (everybody == 0) status = TRT_ERR_PARAM;
    else if (trtk_is(flags, TRTK_KIND_FLAGS)) status = trtk_flags_sync_i(&wait, mine, found);
    trtk_unlock(found);
    if (status == TRT_ERR_WOULD_BLOCK && timeout != TRT_NO_WAIT)
        status = trtk_wait(&wait, 1, timeout);
    return trtk_report("trt_flags_sync", flags, status);
}

#endif // TINYRTOS_FLAGS

// ---------------------------------------------------------------------------------------------
// >>queue
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_QUEUES || TINYRTOS_PQUEUES || TINYRTOS_STREAMS

// Copy one byte or more. Both pointers are behind it then.
#if defined(__AVR__) // where gcc's loop takes twice as long
// From X to Z, r24 bytes, four at a time. (The Z flag stays while they are.)
__attribute__((naked, noinline, unused)) static void trtk_copy_fours(void) {
    __asm__ __volatile__("sbiw r24, 4\n\t"
                         "brcs 1f\n"
                         "0: ld __tmp_reg__, X+\n\tst Z+, __tmp_reg__\n\t"
                         "ld __tmp_reg__, X+\n\tst Z+, __tmp_reg__\n\t"
                         "ld __tmp_reg__, X+\n\tst Z+, __tmp_reg__\n\t"
                         "ld __tmp_reg__, X+\n\tst Z+, __tmp_reg__\n\t"
                         "breq 3f\n\t"
                         "sbiw r24, 4\n\t"
                         "brcc 0b\n"
                         "1: subi r24, 252\n" // the rest less 4
                         "2: ld __tmp_reg__, X+\n\tst Z+, __tmp_reg__\n\t"
                         "dec r24\n\t"
                         "brne 2b\n"
                         "3: ret");
}

// (A call that leaves all other registers alone.)
static TRTK_INLINE void trtk_copy(uint8_t **to, uint8_t **from, uint16_t bytes) {
    register uint16_t left __asm__("r24") = bytes;
    __asm__ __volatile__("%~call %x3"
                         : "+z"(*to), "+x"(*from), "+r"(left)
                         : "i"(trtk_copy_fours)
                         : "memory");
}

static TRTK_INLINE void trtk_copy_any(uint8_t *to, const uint8_t *from, uint16_t bytes) {
    uint8_t *source = (uint8_t *)trtk_source(from);
    trtk_copy(&to, &source, bytes);
}
#else
#if defined(__ARM_FEATURE_UNALIGNED) && !defined(__OPTIMIZE_SIZE__) // memcpy takes longer
TRTK_APART static void trtk_copy_any(uint8_t *to, const uint8_t *from, unsigned bytes) {
    if (bytes == 16) memcpy(to, from, 16);
    else if (bytes > 16) memcpy(to, from, bytes);
    else if (bytes >= 8) { // some twice
        memcpy(to, from, 8);
        memcpy(to + bytes - 8, from + bytes - 8, 8);
    } else if (bytes >= 4) {
        memcpy(to, from, 4);
        memcpy(to + bytes - 4, from + bytes - 4, 4);
    } else {
        for (; bytes != 0; bytes--) *to++ = *from++;
    }
}
#else
static inline void trtk_copy_any(void *to, const void *from, unsigned bytes) {
    memcpy(to, from, bytes);
}
#endif

// The usual sizes without a call.
static inline void trtk_copy_bytes(void *to, const void *from, uint16_t bytes) {
    TRTK_KEEP(to); // or gcc, when it sees the item, warns of the sizes that it has not
    TRTK_KEEP(from);
    if (bytes == 4) memcpy(to, from, 4);
    else if (bytes == 16) memcpy(to, from, 16);
    else trtk_copy_any((uint8_t *)to, (const uint8_t *)from, bytes);
}

static TRTK_INLINE void trtk_copy(uint8_t **to, uint8_t **from, uint16_t bytes) {
    trtk_copy_bytes(*to, *from, bytes);
    *to += bytes;
    *from += bytes;
}
#endif

// To or from a place where it stays.
static inline void trtk_copy_item(void *to, const void *from, uint16_t bytes) {
    uint8_t *at = (uint8_t *)to, *source = (uint8_t *)trtk_source(from);
    trtk_copy(&at, &source, bytes);
}

#endif

#if TINYRTOS_QUEUES

// The buffer is a ring: what lies at its end lies at its beginning.
static TRTK_INLINE uint8_t *trtk_queue_place(const trt_queue_t *queue, uint8_t *at) {
    return at == queue->end ? at - (size_t)queue->capacity * queue->item_size : at;
}

// The place before that.
static uint8_t *trtk_queue_before(const trt_queue_t *queue, uint8_t *at) {
    size_t size = (size_t)queue->capacity * queue->item_size;
    return (at == queue->end - size ? queue->end : at) - queue->item_size;
}

static bool trtk_queue_is_full(const trt_queue_t *queue) {
    return queue->object.count == queue->capacity;
}

static TRTK_QUICK void trtk_queue_put_i(trt_queue_t *queue, const void *item) {
    uint8_t *at = queue->next, *source = (uint8_t *)trtk_source(item);
    queue->object.count++;
    trtk_copy(&at, &source, queue->item_size);
    TRTK_PIN(b, queue);
    queue->next = trtk_queue_place(queue, at);
}

static TRTK_QUICK void trtk_queue_get_i(trt_queue_t *queue, void *item) {
    uint8_t *at = queue->first, *to = (uint8_t *)item;
    queue->object.count--;
    trtk_copy(&to, &at, queue->item_size);
    TRTK_PIN(b, queue);
    queue->first = trtk_queue_place(queue, at);
}

static trt_status_t trtk_send_attempt(trt_wait_t *wait) {
    TRTK_PIN(z, wait);
    trt_queue_t *queue = (trt_queue_t *)(void *)wait->object;
    if (trtk_queue_is_full(queue)) return TRT_ERR_WOULD_BLOCK;
    trtk_queue_put_i(queue, wait->data);
    return TRT_OK;
}

static trt_status_t trtk_send_front_attempt(trt_wait_t *wait) {
    trt_queue_t *queue = (trt_queue_t *)(void *)wait->object;
    if (trtk_queue_is_full(queue)) return TRT_ERR_WOULD_BLOCK;
    queue->first = trtk_queue_before(queue, queue->first);
    trtk_copy_item(queue->first, wait->data, queue->item_size);
    queue->object.count++;
    return TRT_OK;
}

static trt_status_t trtk_overwrite_attempt(trt_wait_t *wait) {
    TRTK_PIN(z, wait);
    const trt_queue_t *queue = (const trt_queue_t *)(const void *)wait->object;
    if (!trtk_queue_is_full(queue)) return trtk_send_attempt(wait);
    trtk_copy_item(trtk_queue_before(queue, queue->next), wait->data, queue->item_size);
    return TRT_OK;
}

static trt_status_t trtk_peek_attempt(trt_wait_t *wait) {
    trt_queue_t *queue = (trt_queue_t *)(void *)wait->object;
    if (queue->object.count == 0) return TRT_ERR_WOULD_BLOCK;
    trtk_copy_item(wait->data, queue->first, queue->item_size);
    return TRT_OK;
}

static trt_status_t trtk_receive_attempt(trt_wait_t *wait) {
    TRTK_PIN(z, wait);
    trt_queue_t *queue = (trt_queue_t *)(void *)wait->object;
    if (queue->object.count == 0) return TRT_ERR_WOULD_BLOCK;
    trtk_queue_get_i(queue, wait->data);
    return TRT_OK;
}

trt_status_t trt_queue_init(trt_queue_t *queue, void *buffer, uint16_t item_size,
                            uint16_t capacity) {
    TRTK_REFUSE("trt_queue_init", queue, TRT_ERR_CONTEXT);
    if (queue == NULL) return trtk_report("trt_queue_init", queue, TRT_ERR_OBJECT);
    if (buffer == NULL || item_size == 0 || capacity == 0 || capacity > SIZE_MAX / item_size) {
        return trtk_report("trt_queue_init", queue, TRT_ERR_PARAM);
    }
    trt_critical_t found = trtp_lock();
    trtk_make_object_i(&queue->object, TRTK_KIND_QUEUE, 0, TRTK_ITEMS_OF(item_size), found);
    queue->first = queue->next = (uint8_t *)buffer;
    queue->end = queue->first + (size_t)capacity * item_size;
    queue->item_size = item_size;
    queue->capacity = capacity;
    trtk_unlock(found);
    return TRT_OK;
}

trt_status_t trt_queue_delete(trt_queue_t *queue) {
    return trtk_delete("trt_queue_delete", queue, TRTK_KIND_QUEUE);
}

#define TRTK_PASSED_BYTES 8 // larger items go through the buffer: that step, then the next

// Whether a task waits for the next item, and for nothing else.
static bool trtk_queue_has_receiver(const trt_queue_t *queue) {
    const trt_wait_t *first = queue->object.waiters;
    return first->attempt == trtk_receive_attempt && queue->object.count == 0 &&
           queue->item_size <= TRTK_PASSED_BYTES && trtk_waits_plainly(first);
}

// Give that one its item, and leave the kernel.
TRTK_APART static trt_status_t trtk_queue_pass(trt_queue_t *queue, const void *item,
                                               trt_critical_t found) {
    TRTK_PIN(z, queue);
    trt_wait_t *first = queue->object.waiters;
    trtk_copy_item(first->data, item, queue->item_size);
    return trtk_hand_over(&queue->object, found);
}

static trt_status_t trtk_transfer(const char *call, trt_queue_t *queue, trt_attempt_t attempt,
                                  void *item, trt_tick_t timeout) {
    if (item == NULL) return trtk_report(call, queue, TRT_ERR_PARAM);
    trt_wait_t wait;
    trtk_want(&wait, queue, attempt, item);
    return trtk_acquire(call, TRTK_KIND_QUEUE, &wait, timeout);
}

TRTK_APART static trt_status_t trtk_queue_send(trt_queue_t *queue, const void *item,
                                               trt_tick_t timeout) {
    return trtk_transfer("trt_queue_send", queue, trtk_send_attempt, trtk_source(item), timeout);
}

TRTK_APART static trt_status_t trtk_queue_receive(trt_queue_t *queue, void *item,
                                                  trt_tick_t timeout) {
    return trtk_transfer("trt_queue_receive", queue, trtk_receive_attempt, item, timeout);
}

// (In few steps: nobody waits, and there is room; below, an item. Items of all sizes.)
TRTK_BESIDE static trt_status_t trtk_queue_send_any(trt_queue_t *queue, const void *item,
                                                    trt_tick_t timeout, trt_critical_t found) {
    TRTK_PIN(b, queue);
    if (TINYRTOS_SHORTCUTS && item != NULL && trtk_is_plain(queue, TRTK_KIND_QUEUE)) {
        bool is_awaited = queue->object.waiters != NULL;
        if (is_awaited && trtk_queue_has_receiver(queue))
            return trtk_queue_pass(queue, item, found);
        if (!is_awaited && !trtk_queue_is_full(queue)) {
            trtk_queue_put_i(queue, item);
            trtp_unlock(found);
            return TRT_OK;
        }
    }
    trtp_unlock(found);
    return trtk_queue_send(queue, item, timeout);
}

TRTK_BESIDE static trt_status_t trtk_queue_receive_any(trt_queue_t *queue, void *item,
                                                       trt_tick_t timeout, trt_critical_t found) {
    TRTK_PIN(b, queue);
    if (TINYRTOS_SHORTCUTS && item != NULL && trtk_is_plain(queue, TRTK_KIND_QUEUE) &&
        queue->object.waiters == NULL && queue->object.count != 0) {
        trtk_queue_get_i(queue, item);
        trtp_unlock(found);
        return TRT_OK;
    }
    trtp_unlock(found);
    return trtk_queue_receive(queue, item, timeout);
}

// In fewer, for the usual sizes: an item goes into, or comes out of, a queue of that mode, which
// says that its items have so many bytes. False: there is no room, or no item, or it is no such
// queue.
static TRTK_INLINE bool trtk_queue_add_i(trt_queue_t *queue, const void *item, uint8_t mode,
                                         uint8_t bytes) {
    if (!trtk_add_one_i(&queue->object, TRTK_KIND_QUEUE, mode, queue->capacity)) return false;
    uint8_t *at = queue->next;
    memcpy(at, item, bytes);
    queue->next = trtk_queue_place(queue, at + bytes);
    return true;
}

static TRTK_INLINE bool trtk_queue_take_i(trt_queue_t *queue, void *item, uint8_t mode,
                                          uint8_t bytes) {
    if (!trtk_take_one_i(&queue->object, TRTK_KIND_QUEUE, mode)) return false;
    uint8_t *at = queue->first;
    memcpy(item, at, bytes);
    queue->first = trtk_queue_place(queue, at + bytes);
    return true;
}

// Somebody waits (in few steps for an item of 4 bytes, and nothing else), or it is no such queue.
TRTK_APART static trt_status_t trtk_queue_send_on(trt_queue_t *queue, const void *item,
                                                  trt_tick_t timeout, trt_critical_t found) {
    const trt_wait_t *first = queue->object.waiters;
    if (first != NULL && trtk_counted(&queue->object, TRTK_KIND_QUEUE, TRTK_WORDS) == 0 &&
        first->attempt == trtk_receive_attempt && trtk_waits_plainly(first)) {
        memcpy(first->data, item, 4);
        return trtk_hand_over(&queue->object, found);
    }
    return trtk_queue_send_any(queue, item, timeout, found);
}

trt_status_t trt_queue_send(trt_queue_t *queue, const void *item, trt_tick_t timeout) {
    TRTK_REFUSE("trt_queue_send", queue, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    if (!TRTK_HAS_BESIDE || !TINYRTOS_SHORTCUTS || queue == NULL || item == NULL)
        return trtk_queue_send_any(queue, item, timeout, found);
    if (queue->object.waiters != NULL || (!trtk_queue_add_i(queue, item, TRTK_WORDS, 4) &&
                                          !trtk_queue_add_i(queue, item, TRTK_MESSAGES, 16)))
        return trtk_queue_send_on(queue, item, timeout, found);
    trtp_unlock(found);
    return TRT_OK;
}

trt_status_t trt_queue_send_front(trt_queue_t *queue, const void *item, trt_tick_t timeout) {
    return trtk_transfer("trt_queue_send_front", queue, trtk_send_front_attempt, trtk_source(item),
                         timeout);
}

trt_status_t trt_queue_overwrite(trt_queue_t *queue, const void *item) {
    return trtk_transfer("trt_queue_overwrite", queue, trtk_overwrite_attempt, trtk_source(item),
                         TRT_NO_WAIT);
}

trt_status_t trt_queue_receive(trt_queue_t *queue, void *item, trt_tick_t timeout) {
    TRTK_REFUSE("trt_queue_receive", queue, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    if (!TRTK_HAS_BESIDE || !TINYRTOS_SHORTCUTS || queue == NULL || item == NULL)
        return trtk_queue_receive_any(queue, item, timeout, found);
    if (queue->object.waiters != NULL || (!trtk_queue_take_i(queue, item, TRTK_WORDS, 4) &&
                                          !trtk_queue_take_i(queue, item, TRTK_MESSAGES, 16)))
        return trtk_queue_receive_any(queue, item, timeout, found);
    trtp_unlock(found);
    return TRT_OK;
}

trt_status_t trt_queue_peek(trt_queue_t *queue, void *item, trt_tick_t timeout) {
    return trtk_transfer("trt_queue_peek", queue, trtk_peek_attempt, item, timeout);
}

trt_status_t trt_queue_reset(trt_queue_t *queue) {
    TRTK_REFUSE("trt_queue_reset", queue, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    bool is_one = trtk_is_plain(queue, TRTK_KIND_QUEUE);
    if (is_one && queue->object.count != 0) {
        queue->object.count = 0;
        queue->first = queue->next;
        trtk_serve_i(&queue->object, found);
    }
    trtk_unlock(found);
    return trtk_report("trt_queue_reset", queue, is_one ? TRT_OK : TRT_ERR_OBJECT);
}

uint16_t trt_queue_count(const trt_queue_t *queue) {
    return trtk_count_of("trt_queue_count", queue, TRTK_KIND_QUEUE);
}

uint16_t trt_queue_space(const trt_queue_t *queue) {
    TRTK_REFUSE("trt_queue_space", queue, 0);
    trt_critical_t found = trtp_lock();
    bool is_one = trtk_is_plain(queue, TRTK_KIND_QUEUE);
    uint16_t space = is_one ? (uint16_t)(queue->capacity - queue->object.count) : 0;
    trtk_unlock(found);
    return space;
}

#endif // TINYRTOS_QUEUES

#if TINYRTOS_JOBS && TINYRTOS_QUEUES

static bool trtk_holds_calls(const trt_queue_t *queue) {
    return trtk_is_plain(queue, TRTK_KIND_QUEUE) && queue->item_size == sizeof(trt_job_t);
}

trt_status_t trt_calls_defer(trt_queue_t *calls, void (*run)(void *arg), void *arg) {
    TRTK_REFUSE("trt_calls_defer", calls, TRT_ERR_CONTEXT);
    trt_job_t call = {run, arg};
    bool is_right =
        run != NULL && (!trtk_is_plain(calls, TRTK_KIND_QUEUE) || trtk_holds_calls(calls));
    return trtk_transfer("trt_calls_defer", calls, trtk_send_attempt, is_right ? &call : NULL,
                         TRT_NO_WAIT);
}

trt_status_t trt_calls_run(trt_queue_t *calls) {
    TRTK_REFUSE("trt_calls_run", calls, TRT_ERR_CONTEXT);
    trt_status_t status = TRT_OK;
    trt_job_t call;
    bool is_right = !trtk_is_plain(calls, TRTK_KIND_QUEUE) || trtk_holds_calls(calls);
    while (status == TRT_OK) {
        status = trtk_transfer("trt_calls_run", calls, trtk_receive_attempt,
                               is_right ? &call : NULL, TRT_FOREVER);
        if (status == TRT_OK) call.run(call.arg);
    }
    return status;
}

#endif

// ---------------------------------------------------------------------------------------------
// >>mail: mailboxes of tasks
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_MAIL

static bool trtk_is_mailbox(const trt_queue_t *queue) {
    return trtk_is_plain(queue, TRTK_KIND_QUEUE) && queue->item_size == sizeof(trt_message_t);
}

trt_status_t trt_mail_set_box(trt_task_t *task, trt_queue_t *mailbox) {
    TRTK_REFUSE("trt_mail_set_box", task, TRT_ERR_CONTEXT);
    trt_status_t status = TRT_OK;
    trt_critical_t found = trtp_lock();
    if (!trtk_is_task(task)) status = TRT_ERR_OBJECT;
    else if (mailbox != NULL && !trtk_is_mailbox(mailbox)) status = TRT_ERR_PARAM;
    else task->mailbox = mailbox;
    trtk_unlock(found);
    return trtk_report("trt_mail_set_box", task, status);
}

static trt_status_t trtk_mail_send(const char *call, trt_task_t *target, uint8_t type,
                                   trt_payload_t payload, trt_tick_t timeout) {
    trt_message_t message;
    bool is_reserved = type > TRT_QUIT && type < TRT_MESSAGE_USER;
    if (!trtk_is_task(target)) return trtk_report(call, target, TRT_ERR_OBJECT);
    if (is_reserved) return trtk_report(call, target, TRT_ERR_PARAM);
    if (target->mailbox == NULL) return TRT_ERR_STATE;
    message.source = trtk_is_in_task() == TRT_OK ? trtk.current : NULL;
    message.target = target;
    message.type = type;
    message.payload = payload;
    return trtk_transfer(call, target->mailbox, trtk_send_attempt, &message, timeout);
}

trt_status_t trt_mail_send(trt_task_t *target, uint8_t type, trt_payload_t payload,
                           trt_tick_t timeout) {
    TRTK_REFUSE("trt_mail_send", target, TRT_ERR_CONTEXT);
    return trtk_mail_send("trt_mail_send", target, type, payload, timeout);
}

#if TINYRTOS_NAMES
trt_status_t trt_mail_send_to(const char *target, uint8_t type, trt_payload_t payload,
                              trt_tick_t timeout) {
    TRTK_REFUSE("trt_mail_send_to", target, TRT_ERR_CONTEXT);
    trt_task_t *task = trt_task_find(target);
    if (task == NULL) return TRT_ERR_NOT_FOUND;
    return trtk_mail_send("trt_mail_send_to", task, type, payload, timeout);
}
#endif

// The mailbox of the caller.
static trt_status_t trtk_own_mailbox(trt_queue_t **mailbox) {
    trt_status_t status = trtk_is_in_task();
    if (status != TRT_OK) return status;
    *mailbox = trtk.current->mailbox;
    return *mailbox != NULL ? TRT_OK : TRT_ERR_STATE;
}

trt_status_t trt_mail_receive(trt_message_t *message, trt_tick_t timeout) {
    TRTK_REFUSE("trt_mail_receive", message, TRT_ERR_CONTEXT);
    trt_queue_t *mailbox = NULL;
    trt_status_t status = trtk_own_mailbox(&mailbox);
    if (status != TRT_OK) return trtk_report("trt_mail_receive", NULL, status);
    return trtk_transfer("trt_mail_receive", mailbox, trtk_receive_attempt, message, timeout);
}

uint16_t trt_mail_count(const trt_task_t *task) {
    TRTK_REFUSE("trt_mail_count", task, 0);
    return trtk_is_task(task) && task->mailbox != NULL ? trt_queue_count(task->mailbox) : 0;
}

#endif // TINYRTOS_MAIL

// ---------------------------------------------------------------------------------------------
// >>channel: rendezvous
//
// A client stands in the ring of the channel's door until it is answered, as one who waits for a
// mutex that the server has; so the server inherits from all of them. One call at a time is
// accepted: the first in the ring that is not is the next.
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_CHANNELS

// What `mode` says of a client's wait.
enum { TRTK_CALLING, TRTK_ACCEPTED };

// The call of a task at this channel; NULL: it is not calling.
static trt_wait_t *trtk_call_of(const trt_channel_t *channel, const trt_task_t *client) {
    bool calls = client != NULL && trtk_is_waiting(client) && client->legs == 1 &&
                 client->wait->object == &channel->door.object && client->wait->next != NULL;
    return calls ? client->wait : NULL;
}

// The call that is accepted and not answered; NULL: none is.
static trt_wait_t *trtk_call_accepted(const trt_channel_t *channel) {
    trt_wait_t *call = trtk_call_of(channel, channel->client);
    return call != NULL && call->mode == TRTK_ACCEPTED ? call : NULL;
}

// (Never taken: it ends with the answer.)
static trt_status_t trtk_call_attempt(trt_wait_t *wait) {
    return trtk_owner_of(wait->object) != NULL ? TRT_ERR_WOULD_BLOCK : TRT_ERR_STATE;
}

// The time of a client is nothing to one whose call is accepted; but he may have been stopped.
static void trtk_accepted_expire(trt_timeout_t *timeout, trt_critical_t found) {
    const trt_task_t *client = trtk_task_of_timeout(timeout);
    if ((client->object.mode & TRTK_ENDING) != 0) trtk_task_expire(timeout, found);
}

// Accept the call of the client who is asked for, or of the first.
static trt_status_t trtk_accept_attempt(trt_wait_t *wait) {
    trt_channel_t *channel =
        (trt_channel_t *)(void *)((char *)wait->object - offsetof(trt_channel_t, calls));
    trt_call_t *accepted = (trt_call_t *)wait->data;
    trt_wait_t *call = accepted->client != NULL ? trtk_call_of(channel, accepted->client)
                                                : channel->door.object.waiters;
    if (trtk_call_accepted(channel) != NULL) return TRT_ERR_STATE;
    if (call == NULL) return TRT_ERR_WOULD_BLOCK;
    call->task->timeout.expire = trtk_accepted_expire;
    call->mode = TRTK_ACCEPTED;
    channel->client = accepted->client = call->task;
    accepted->message = call->data;
    return TRT_OK;
}

// The server leaves: nobody answers the clients.
static void trtk_door_close_i(trt_mutex_t *door, trt_critical_t found) {
    trt_task_t *server = door->owner;
    trtk_disown_i(door);
    trtk_reopen(found);
    trtk_wake_all_i(&door->object, TRT_ERR_STATE, found);
    trtk_reprioritise_i(server, found);
}

// A channel begins or ends: who served what it was serves it no longer.
static trt_status_t trtk_channel_make(const char *call, trt_channel_t *channel, bool begins) {
    TRTK_REFUSE(call, channel, TRT_ERR_CONTEXT);
    trt_status_t status = TRT_OK;
    trt_critical_t found = trtp_lock();
    if (channel == NULL || (!begins && !trtk_is(channel, TRTK_KIND_CHANNEL)))
        status = TRT_ERR_OBJECT;
    else if (trtp_in_interrupt()) status = TRT_ERR_CONTEXT;
    else {
        trt_task_t *server = trtk_is(channel, TRTK_KIND_CHANNEL) ? channel->door.owner : NULL;
        if (server != NULL) trtk_disown_i(&channel->door);
        trtk_make_object_i(&channel->door.object, begins ? TRTK_KIND_CHANNEL : 0, TRT_INHERIT, 0,
                           found);
        trtk_make_object_i(&channel->calls, begins ? TRTK_KIND_CALLS : 0, 0, 0, found);
        channel->door.owner = channel->client = NULL;
        trtk_lend_i(server, found);
    }
    trtk_unlock(found);
    return trtk_report(call, channel, status);
}

trt_status_t trt_channel_init(trt_channel_t *channel) {
    return trtk_channel_make("trt_channel_init", channel, true);
}

trt_status_t trt_channel_delete(trt_channel_t *channel) {
    return trtk_channel_make("trt_channel_delete", channel, false);
}

// Whether the caller may do what its server does.
static trt_status_t trtk_is_server(const trt_channel_t *channel) {
    trt_status_t status = trtk_is(channel, TRTK_KIND_CHANNEL) ? trtk_is_in_task() : TRT_ERR_OBJECT;
    if (status == TRT_OK && channel->door.owner != trtk.current) status = TRT_ERR_OWNER;
    return status;
}

trt_status_t trt_channel_serve(trt_channel_t *channel) {
    TRTK_REFUSE("trt_channel_serve", channel, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    trt_status_t status = trtk_is(channel, TRTK_KIND_CHANNEL) ? trtk_is_in_task() : TRT_ERR_OBJECT;
    if (status == TRT_OK) {
        if (channel->door.owner != NULL) status = TRT_ERR_STATE;
        else if (trtk.current->object.count == TINYRTOS_MUTEXES_HELD_MAX) status = TRT_ERR_OVERFLOW;
        else trtk_own_i(&channel->door, trtk.current);
    }
    trtk_unlock(found);
    return trtk_report("trt_channel_serve", channel, status);
}

trt_status_t trt_channel_leave(trt_channel_t *channel) {
    TRTK_REFUSE("trt_channel_leave", channel, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    trt_status_t status = trtk_is_server(channel);
    if (status == TRT_OK) trtk_door_close_i(&channel->door, found);
    trtk_unlock(found);
    return trtk_report("trt_channel_leave", channel, status);
}

// Call a server there is: the client stands in the ring, and the server, if it waits for that, has
// accepted it.
static trt_status_t trtk_call_i(trt_channel_t *channel, trt_wait_t *wait, trt_tick_t timeout,
                                trt_critical_t found) {
    if (!trtk_is(channel, TRTK_KIND_CHANNEL)) return TRT_ERR_OBJECT;
    if (channel->door.owner == NULL) return TRT_ERR_STATE;
    if (timeout == TRT_NO_WAIT) return TRT_ERR_WOULD_BLOCK;
    trtk_reopen(found);
    trt_status_t status = trtk_wait_for_holder_i(wait, timeout, found);
    trtk_reopen(found);
    if (status == TRTK_WAITS) trtk_serve_i(&channel->calls, found);
    return status;
}

trt_status_t trt_channel_call(trt_channel_t *channel, void *message, trt_tick_t timeout) {
    TRTK_REFUSE("trt_channel_call", channel, TRT_ERR_CONTEXT);
    trt_wait_t wait;
    trtk_want(&wait, channel, trtk_call_attempt, message);
    wait.mode = TRTK_CALLING;
    trt_critical_t found = trtp_lock();
    trt_status_t status = trtk_leave(trtk_call_i(channel, &wait, timeout, found), found);
    return trtk_report("trt_channel_call", channel, status);
}

trt_status_t trt_channel_accept(trt_channel_t *channel, trt_call_t *call, trt_tick_t timeout) {
    TRTK_REFUSE("trt_channel_accept", channel, TRT_ERR_CONTEXT);
    trt_status_t status = trtk_is_server(channel);
    if (status == TRT_OK && call == NULL) status = TRT_ERR_PARAM;
    if (status != TRT_OK) return trtk_report("trt_channel_accept", channel, status);
    trt_wait_t wait;
    trtk_want(&wait, &channel->calls, trtk_accept_attempt, call);
    return trtk_acquire("trt_channel_accept", TRTK_KIND_CALLS, &wait, timeout);
}

trt_status_t trt_channel_answer(trt_channel_t *channel, trt_status_t answer) {
    TRTK_REFUSE("trt_channel_answer", channel, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    trt_status_t status = trtk_is_server(channel);
    if (status == TRT_OK) {
        trtk_reopen(found);
        trt_wait_t *call = trtk_call_accepted(channel);
        if (call == NULL) status = TRT_ERR_STATE;
        else trtk_wake_i(call, answer, found);
    }
    trtk_unlock(found);
    return trtk_report("trt_channel_answer", channel, status);
}

#endif // TINYRTOS_CHANNELS

#if TINYRTOS_TASKS
TRTK_APART static void trtk_taken_before_others_i(trt_object_t *object, trt_critical_t found) {
    if (!TRTK_SMALL_STEPS) trtk_reopen(found);
    if (trtk_is_two_ended(object)) {
        trtk_serve_i(object, found); // there is room, or an item
        return;
    }
#if TINYRTOS_STREAMS
    if (object->kind == TRTK_KIND_STREAM) trtk_serve_each_i(object, NULL, 0, found);
#endif
    (void)object;
    (void)found;
}

// Something has been taken from an object: what follows for others, or for the running task.
static TRTK_QUICK void trtk_taken_i(trt_object_t *object, trt_critical_t found) {
    TRTK_PIN(z, object);
#if TINYRTOS_MUTEXES
    if (object->kind == (TRTK_KIND_MUTEX | TRTK_CEILING)) {
        trtk_reprioritise_i(trtk.current, found);
        return;
    }
#endif
    if (object->waiters == NULL) return;
    if (TRTK_SMALL_STEPS) trtk_reopen(found); // before registers are pushed
    trtk_taken_before_others_i(object, found);
}
#endif

// ---------------------------------------------------------------------------------------------
// >>pqueue: priority queues
//
// The items of a level are a ring, linked by the indices of their slots; the last is known, and
// the next of the last is the first.
//
// An attempt claims an item, or a free slot; a step later that is copied, and one more later it is
// free, or an item. Meanwhile it is of no level, and counts. No task is switched to: only
// interrupts come in, whose claims are over before the call goes on, so that the last claim is his.
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_PQUEUES

static uint8_t *trtk_pqueue_item(const trt_pqueue_t *queue, uint8_t slot) {
    return queue->buffer + queue->capacity + (size_t)slot * queue->item_size;
}

// The most urgent level there is; there is an item.
static TRTK_INLINE uint8_t trtk_pqueue_level(const trt_pqueue_t *queue) {
    return (uint8_t)trtk_lowest_bit(queue->object.mode);
}

static uint8_t trtk_pqueue_first(const trt_pqueue_t *queue) {
    return queue->buffer[queue->tails[trtk_pqueue_level(queue)]];
}

// A slot for one more item than there are; there is room.
static TRTK_INLINE uint8_t trtk_pqueue_get_slot_i(trt_pqueue_t *queue) {
    if ((uint8_t)queue->object.count == queue->used) return queue->used++;
    uint8_t slot = queue->free;
    queue->free = queue->buffer[slot];
    return slot;
}

// An item becomes the last of a level.
static void trtk_pqueue_join_i(trt_pqueue_t *queue, uint8_t slot, uint8_t level) {
    uint8_t *next = &queue->buffer[slot], *tail = &queue->tails[level];
    const uint8_t levels = queue->object.mode, bit = (uint8_t)trtk_bit(level);
    if ((levels & bit) != 0) {
        uint8_t *last = &queue->buffer[*tail];
        *next = *last;
        next = last;
    }
    *next = slot;
    *tail = slot;
    queue->object.mode = levels | bit;
}

// The first item of the most urgent level leaves it.
static TRTK_INLINE uint8_t trtk_pqueue_leave_i(trt_pqueue_t *queue) {
    uint8_t *next = queue->buffer, level = trtk_pqueue_level(queue);
    uint8_t tail = queue->tails[level], slot = next[tail];
    next[tail] = next[slot];
    if (slot == tail) queue->object.mode &= (uint8_t)(queue->object.mode - 1u);
    return slot;
}

static void trtk_pqueue_free_i(trt_pqueue_t *queue, uint8_t slot) {
    queue->buffer[slot] = queue->free;
    queue->free = slot;
    queue->object.count--;
}

// --- claims

static trt_status_t trtk_pqueue_claim_i(trt_wait_t *wait, uint8_t slot, trtk_claimed_t take) {
    trt_pqueue_t *queue = (trt_pqueue_t *)(void *)wait->object;
    queue->buffer[slot] = queue->claimed;
    queue->claimed = (uint8_t)(slot + 1u);
    wait->attempt = trtk_claimed_by(take);
    return TRTK_CLAIMED;
}

// Whether the last claim is void: the queue has ended or begun anew meanwhile.
static TRTK_INLINE bool trtk_pqueue_is_new_i(const trt_pqueue_t *queue) {
    if (queue->object.kind != TRTK_KIND_PQUEUE) return true;
    return queue->claimed == 0;
}

static uint8_t trtk_pqueue_claimed(const trt_pqueue_t *queue) {
    return (uint8_t)(queue->claimed - 1u);
}

// The last claim is over: the slot.
static uint8_t trtk_pqueue_unclaim_i(trt_pqueue_t *queue) {
    uint8_t slot = trtk_pqueue_claimed(queue);
    queue->claimed = queue->buffer[slot];
    return slot;
}

// Nobody takes what has been claimed.
static void trtk_pqueue_forget_i(trt_pqueue_t *queue) {
    if (!trtk_pqueue_is_new_i(queue)) trtk_pqueue_free_i(queue, trtk_pqueue_unclaim_i(queue));
}

// --- senders

static trt_status_t trtk_pqueue_send_attempt(trt_wait_t *wait);

// Send what a slot has been claimed for. (The wait may be gone when that has been copied.)
static trt_status_t trtk_pqueue_send_i(trt_wait_t *wait, const trt_task_t *waiter,
                                       trt_critical_t found) {
    TRTK_PIN(z, wait);
    trt_pqueue_t *queue = (trt_pqueue_t *)(void *)wait->object;
    uint8_t level = (uint8_t)wait->mode;
    (void)waiter;
    wait->attempt = trtk_pqueue_send_attempt;
    if (trtk_pqueue_is_new_i(queue)) return TRT_ERR_DELETED;
    trtk_copy_item(trtk_pqueue_item(queue, trtk_pqueue_claimed(queue)), wait->data,
                   queue->item_size);
    trtk_reopen(found);
    if (trtk_pqueue_is_new_i(queue)) return TRT_ERR_DELETED;
    trtk_pqueue_join_i(queue, trtk_pqueue_unclaim_i(queue), level);
    return TRT_OK;
}

static trt_status_t trtk_pqueue_send_attempt(trt_wait_t *wait) {
    TRTK_PIN(z, wait);
    trt_pqueue_t *queue = (trt_pqueue_t *)(void *)wait->object;
    if ((uint8_t)queue->object.count == queue->capacity) return TRT_ERR_WOULD_BLOCK;
    uint8_t slot = trtk_pqueue_get_slot_i(queue);
    queue->object.count++;
    return trtk_pqueue_claim_i(wait, slot, trtk_pqueue_send_i);
}

// --- receivers

static trt_status_t trtk_pqueue_receive_attempt(trt_wait_t *wait);

// Receive what has been claimed.
static trt_status_t trtk_pqueue_receive_i(trt_wait_t *wait, const trt_task_t *waiter,
                                          trt_critical_t found) {
    TRTK_PIN(z, wait);
    trt_pqueue_t *queue = (trt_pqueue_t *)(void *)wait->object;
    (void)waiter;
    wait->attempt = trtk_pqueue_receive_attempt;
    if (trtk_pqueue_is_new_i(queue)) return TRT_ERR_DELETED;
    trtk_copy_item(wait->data, trtk_pqueue_item(queue, trtk_pqueue_claimed(queue)),
                   queue->item_size);
    trtk_reopen(found);
    trtk_pqueue_forget_i(queue);
    return TRT_OK;
}

static trt_status_t trtk_pqueue_receive_attempt(trt_wait_t *wait) {
    TRTK_PIN(z, wait);
    trt_pqueue_t *queue = (trt_pqueue_t *)(void *)wait->object;
    if (queue->object.mode == 0) return TRT_ERR_WOULD_BLOCK;
    return trtk_pqueue_claim_i(wait, trtk_pqueue_leave_i(queue), trtk_pqueue_receive_i);
}

static void trtk_pqueue_copy_first_i(const trt_pqueue_t *queue, void *item) {
    trtk_copy_item(item, trtk_pqueue_item(queue, trtk_pqueue_first(queue)), queue->item_size);
}

static trt_status_t trtk_pqueue_peek_attempt(trt_wait_t *wait) {
    const trt_pqueue_t *queue = (const trt_pqueue_t *)(const void *)wait->object;
    if (queue->object.mode == 0) return TRT_ERR_WOULD_BLOCK;
    trtk_pqueue_copy_first_i(queue, wait->data);
    return TRT_OK;
}

trt_status_t trt_pqueue_init(trt_pqueue_t *queue, void *buffer, uint16_t item_size,
                             uint8_t capacity) {
    TRTK_REFUSE("trt_pqueue_init", queue, TRT_ERR_CONTEXT);
    if (queue == NULL) return trtk_report("trt_pqueue_init", queue, TRT_ERR_OBJECT);
    if (buffer == NULL || item_size == 0 || capacity == 0 ||
        capacity > SIZE_MAX / (item_size + 1ul))
        return trtk_report("trt_pqueue_init", queue, TRT_ERR_PARAM);
    trt_critical_t found = trtp_lock();
    trtk_make_object_i(&queue->object, TRTK_KIND_PQUEUE, 0, 0, found);
    queue->buffer = (uint8_t *)buffer;
    queue->item_size = item_size;
    queue->capacity = capacity;
    queue->used = queue->claimed = 0;
    trtk_unlock(found);
    return TRT_OK;
}

trt_status_t trt_pqueue_delete(trt_pqueue_t *queue) {
    return trtk_delete("trt_pqueue_delete", queue, TRTK_KIND_PQUEUE);
}

static trt_status_t trtk_pqueue_transfer(const char *call, trt_pqueue_t *queue,
                                         trt_attempt_t attempt, void *item, uint8_t level,
                                         trt_tick_t timeout) {
    TRTK_REFUSE(call, queue, TRT_ERR_CONTEXT);
    if (item == NULL || level >= TRT_PQUEUE_LEVELS) return trtk_report(call, queue, TRT_ERR_PARAM);
    trt_wait_t wait;
    trtk_want(&wait, queue, attempt, item);
    wait.mode = level;
    return trtk_acquire(call, TRTK_KIND_PQUEUE, &wait, timeout);
}

trt_status_t trt_pqueue_send(trt_pqueue_t *queue, const void *item, uint8_t level,
                             trt_tick_t timeout) {
    return trtk_pqueue_transfer("trt_pqueue_send", queue, trtk_pqueue_send_attempt,
                                trtk_source(item), level, timeout);
}

trt_status_t trt_pqueue_receive(trt_pqueue_t *queue, void *item, trt_tick_t timeout) {
    return trtk_pqueue_transfer("trt_pqueue_receive", queue, trtk_pqueue_receive_attempt, item, 0,
                                timeout);
}

// (In few steps: an item is there, and nobody has been left to be served before.)
trt_status_t trt_pqueue_peek(trt_pqueue_t *queue, void *item, trt_tick_t timeout) {
    TRTK_REFUSE("trt_pqueue_peek", queue, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    if (TINYRTOS_SHORTCUTS && item != NULL && trtk_is_plain(queue, TRTK_KIND_PQUEUE) &&
        queue->object.mode != 0 && trtk_is_gate_open()) {
        trtk_pqueue_copy_first_i(queue, item);
        trtk_unlock(found);
        return TRT_OK;
    }
    trtp_unlock(found);
    return trtk_pqueue_transfer("trt_pqueue_peek", queue, trtk_pqueue_peek_attempt, item, 0,
                                timeout);
}

// Throw all items away. (One by one, if this is an interrupt that has come into a copy.)
static void trtk_pqueue_empty_i(trt_pqueue_t *queue, trt_critical_t found) {
    if (queue->claimed == 0) queue->object.count = queue->object.mode = queue->used = 0;
    while (trtk_is_plain(queue, TRTK_KIND_PQUEUE) && queue->object.mode != 0) {
        trtk_pqueue_free_i(queue, trtk_pqueue_leave_i(queue));
        trtk_reopen(found);
    }
}

trt_status_t trt_pqueue_reset(trt_pqueue_t *queue) {
    TRTK_REFUSE("trt_pqueue_reset", queue, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    bool is_one = trtk_is_plain(queue, TRTK_KIND_PQUEUE);
    if (is_one && queue->object.count != 0) {
        trtk_pqueue_empty_i(queue, found);
        trtk_serve_i(&queue->object, found);
    }
    trtk_unlock(found);
    return trtk_report("trt_pqueue_reset", queue, is_one ? TRT_OK : TRT_ERR_OBJECT);
}

uint16_t trt_pqueue_count(const trt_pqueue_t *queue) {
    return trtk_count_of("trt_pqueue_count", queue, TRTK_KIND_PQUEUE);
}

uint16_t trt_pqueue_space(const trt_pqueue_t *queue) {
    TRTK_REFUSE("trt_pqueue_space", queue, 0);
    trt_critical_t found = trtp_lock();
    bool is_one = trtk_is_plain(queue, TRTK_KIND_PQUEUE);
    uint16_t space = is_one ? (uint16_t)(queue->capacity - queue->object.count) : 0;
    trtk_unlock(found);
    return space;
}

#endif // TINYRTOS_PQUEUES

// ---------------------------------------------------------------------------------------------
// >>stream: bytes, and messages of various lengths
//
// A sender of n bytes and a receiver never wait for each other. The sender needs n <= capacity -
// trigger + 1: as long as there are fewer bytes than the trigger, he has room. (A receiver of
// messages waits only when there is nothing.)
//
// An attempt claims room, or bytes; these are copied piece by piece, and then they are there, or
// are room. Meanwhile no task is switched to: only interrupts come in, whose claims are behind
// that, and which are over before the copying goes on. So what all have claimed is settled by the
// first of them, when he is done.
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_STREAMS

#define TRTK_LENGTH 2u // bytes before a message

static bool trtk_has_messages(const trt_stream_t *stream) {
    return stream->trigger == TRT_MESSAGES;
}

static unsigned trtk_min(unsigned a, unsigned b) {
    return a < b ? a : b;
}

// The place of the buffer that is so many bytes, at most all, behind another.
static TRTK_INLINE unsigned trtk_stream_place(const trt_stream_t *stream, unsigned place,
                                              unsigned bytes) {
    unsigned to_end = stream->capacity - place;
    return bytes < to_end ? place + bytes : bytes - to_end;
}

// --- what has been claimed is copied, in pieces

#define TRTK_PIECE 16u

// A claim, whose wait may be gone when interrupts have come.
typedef struct trtk_claim {
    trt_stream_t *stream;
    const trt_task_t *waiter; // he is waking, and his bytes may be on his stack; NULL: the caller
    unsigned place;           // of the buffer: where it goes on
    bool goes;                // he receives
} trtk_claim_t;

static TRTK_INLINE trtk_claim_t trtk_claim_of(const trt_wait_t *wait, const trt_task_t *waiter,
                                              bool goes) {
    trtk_claim_t claim = {(trt_stream_t *)(void *)wait->object, waiter, wait->mode, goes};
    return claim;
}

// Whether it is void: the stream has ended or begun anew meanwhile. (Nobody else who copies is
// left: who came in is over.)
static bool trtk_stream_is_new_i(const trt_stream_t *stream) {
    return stream->object.mode == 0;
}

// Whether an interrupt has stopped the waiter meanwhile.
static bool trtk_claim_is_left_i(const trtk_claim_t *claim) {
    return claim->waiter != NULL && !trtk_is_waking(claim->waiter);
}

// Copy a piece, as far as the end of the buffer. Its size; 0: there is no sense in it any more.
static unsigned trtk_claim_copy_piece_i(trtk_claim_t *claim, uint8_t *bytes, unsigned left) {
    const trt_stream_t *stream = claim->stream;
    if (trtk_stream_is_new_i(stream) || trtk_claim_is_left_i(claim)) return 0;
    uint8_t *place = stream->buffer + claim->place;
    unsigned size = trtk_min(trtk_min(left, TRTK_PIECE), stream->capacity - claim->place);
    claim->place = trtk_stream_place(stream, claim->place, size);
    if (claim->goes) trtk_copy_any(bytes, place, size);
    else trtk_copy_any(place, bytes, size);
    return size;
}

// Copy all, each piece in a section of its own.
TRTK_APART static void trtk_claim_copy_i(trtk_claim_t *claim, void *bytes, unsigned left,
                                         trt_critical_t found) {
    uint8_t *at = (uint8_t *)bytes;
    unsigned size = 1;
    for (; left != 0 && size != 0; left -= size, at += size) {
        trtk_reopen(found);
        size = trtk_claim_copy_piece_i(claim, at, left);
    }
    trtk_reopen(found);
}

// A copy is over, and the wait is again what it was, unless it is gone. What has been claimed by
// all who came into each other is there, or is room, when the first is over, who ends last.
static trt_status_t trtk_claim_end_i(trt_stream_t *stream, trt_wait_t *wait,
                                     trt_attempt_t attempt) {
    bool is_new = trtk_stream_is_new_i(stream);
    if (wait != NULL) {
        wait->attempt = attempt;
        if (is_new) ((trt_span_t *)wait->data)->got = 0;
    }
    if (is_new) return TRT_ERR_DELETED;
    if (--stream->object.mode == 0) {
        stream->object.count = (uint16_t)(stream->object.count + stream->coming);
        stream->room = (uint16_t)(stream->capacity - stream->object.count);
        stream->coming = 0;
    }
    return TRT_OK;
}

// --- senders

static trt_status_t trtk_stream_send_attempt(trt_wait_t *wait);

// Copy all that is sent. A message is its length, and its bytes. False: the wait is gone.
static bool trtk_stream_fill_i(const trt_wait_t *wait, const trt_task_t *waiter,
                               trt_critical_t found) {
    trtk_claim_t claim = trtk_claim_of(wait, waiter, false);
    const trt_span_t *span = (const trt_span_t *)wait->data;
    uint16_t size = span->size;
    void *bytes = span->bytes;
    if (trtk_has_messages(claim.stream)) trtk_claim_copy_i(&claim, &size, TRTK_LENGTH, found);
    trtk_claim_copy_i(&claim, bytes, size, found);
    return !trtk_claim_is_left_i(&claim);
}

// Send what room has been claimed for.
static trt_status_t trtk_stream_send_i(trt_wait_t *wait, const trt_task_t *waiter,
                                       trt_critical_t found) {
    trt_stream_t *stream = (trt_stream_t *)(void *)wait->object;
    if (!trtk_stream_fill_i(wait, waiter, found)) wait = NULL;
    return trtk_claim_end_i(stream, wait, trtk_stream_send_attempt);
}

static bool trtk_is_sending(const trt_wait_t *wait) {
    return wait->attempt == trtk_claimed_by(trtk_stream_send_i) && wait->next != NULL;
}

// A waiter is stopped, perhaps while what he sends is being copied (or his time is over). What has
// been claimed for that does not stay unwritten.
static void trtk_stream_expire(trt_timeout_t *timeout, trt_critical_t found) {
    const trt_task_t *task = trtk_task_of_timeout(timeout);
    const uint8_t stopped = TRTK_WAKING | TRTK_ENDING;
    uint_fast8_t left = (task->object.mode & stopped) == stopped ? task->legs : 0;
    const trt_wait_t *wait = task->wait;
    for (; left != 0 && !trtk_is_sending(wait); wait++) left--;
    if (left != 0) (void)trtk_stream_fill_i(wait, task, found);
    trtk_task_expire(timeout, found);
}

// Claim room for so many bytes.
static TRTK_INLINE trt_status_t trtk_stream_claim_room_i(trt_wait_t *wait, trt_stream_t *stream,
                                                         unsigned bytes) {
    if (bytes > stream->room) return TRT_ERR_WOULD_BLOCK;
    unsigned used = (unsigned)(stream->object.count + stream->coming);
    stream->room = (uint16_t)(stream->room - bytes);
    stream->object.mode++;
    stream->coming = (uint16_t)(stream->coming + bytes);
    wait->mode = (uint16_t)trtk_stream_place(stream, stream->head, used);
    wait->attempt = trtk_claimed_by(trtk_stream_send_i);
    trt_task_t *task = wait->task;
    TRTK_PIN(b, task);
    if (wait->next != NULL) task->timeout.expire = trtk_stream_expire;
    return TRTK_CLAIMED;
}

// (Not more than the buffer holds, nor so much that both ends could wait for each other.)
static trt_status_t trtk_stream_send_attempt(trt_wait_t *wait) {
    trt_stream_t *stream = (trt_stream_t *)(void *)wait->object;
    unsigned size = ((const trt_span_t *)wait->data)->size, capacity = stream->capacity;
    if (trtk_has_messages(stream)) {
        if (size > capacity - TRTK_LENGTH) return TRT_ERR_PARAM;
        return trtk_stream_claim_room_i(wait, stream, size + TRTK_LENGTH);
    }
    if (size - 1u > capacity - stream->trigger) return TRT_ERR_PARAM;
    return trtk_stream_claim_room_i(wait, stream, size);
}

// --- receivers

static trt_status_t trtk_stream_receive_attempt(trt_wait_t *wait);

// Copy all that is received. False: the wait is gone.
static bool trtk_stream_drain_i(const trt_wait_t *wait, const trt_task_t *waiter,
                                trt_critical_t found) {
    trtk_claim_t claim = trtk_claim_of(wait, waiter, true);
    const trt_stream_t *stream = claim.stream;
    const trt_span_t *span = (const trt_span_t *)wait->data;
    unsigned length = trtk_has_messages(stream) ? TRTK_LENGTH : 0u;
    claim.place = trtk_stream_place(stream, claim.place, length);
    trtk_claim_copy_i(&claim, span->bytes, span->got, found);
    return !trtk_claim_is_left_i(&claim);
}

// Receive what has been claimed.
static trt_status_t trtk_stream_receive_i(trt_wait_t *wait, const trt_task_t *waiter,
                                          trt_critical_t found) {
    trt_stream_t *stream = (trt_stream_t *)(void *)wait->object;
    if (!trtk_stream_drain_i(wait, waiter, found)) wait = NULL;
    return trtk_claim_end_i(stream, wait, trtk_stream_receive_attempt);
}

// The oldest bytes are a receiver's, who has claimed them, or nobody's.
static TRTK_INLINE void trtk_stream_drop_i(trt_stream_t *stream, unsigned bytes) {
    stream->head = (uint16_t)trtk_stream_place(stream, stream->head, bytes);
    stream->object.count = (uint16_t)(stream->object.count - bytes);
}

// Claim the oldest bytes.
static TRTK_INLINE trt_status_t trtk_stream_claim_i(trt_wait_t *wait, trt_stream_t *stream,
                                                    unsigned bytes) {
    wait->mode = stream->head;
    trtk_stream_drop_i(stream, bytes);
    stream->object.mode++;
    wait->attempt = trtk_claimed_by(trtk_stream_receive_i);
    return TRTK_CLAIMED;
}

// The length of the oldest message.
static TRTK_INLINE uint16_t trtk_message_length_i(trt_stream_t *stream) {
    const uint8_t *at = stream->buffer + stream->head;
    uint16_t length;
    unsigned to_end = (unsigned)(stream->capacity - stream->head);
    if (TRTK_LIKELY(to_end > 1)) memcpy(&length, at, sizeof length);
    else {
        TRTK_PIN(m, stream->buffer); // read again, rather than kept in registers
        const uint8_t parts[TRTK_LENGTH] = {*at, *stream->buffer};
        memcpy(&length, parts, sizeof length);
    }
    return length;
}

// (One that is too long stays.)
TRTK_APART static trt_status_t trtk_message_receive_i(trt_wait_t *wait, trt_stream_t *stream) {
    trt_span_t *span = (trt_span_t *)wait->data;
    if (stream->object.count == 0) return TRT_ERR_WOULD_BLOCK;
    uint16_t size = trtk_message_length_i(stream);
    span->got = size;
    if (size > span->size) return TRT_ERR_PARAM;
    TRTK_PIN(m, stream->object.count);
    return trtk_stream_claim_i(wait, stream, size + TRTK_LENGTH);
}

// Receive at least so many bytes, or as many as there is room for.
TRTK_ASIDE static trt_status_t trtk_bytes_receive_i(trt_wait_t *wait, trt_stream_t *stream,
                                                    unsigned least) {
    trt_span_t *span = (trt_span_t *)wait->data;
    unsigned max = span->size, used = stream->object.count;
    if (max == 0) return TRT_ERR_PARAM;
    if (used < trtk_min(least, max)) return TRT_ERR_WOULD_BLOCK;
    unsigned size = trtk_min(used, max);
    span->got = (uint16_t)size;
    return trtk_stream_claim_i(wait, stream, size);
}

static trt_status_t trtk_stream_receive_attempt(trt_wait_t *wait) {
    TRTK_PIN(z, wait);
    trt_stream_t *stream = (trt_stream_t *)(void *)wait->object;
    TRTK_PIN(b, stream);
    return trtk_has_messages(stream) ? trtk_message_receive_i(wait, stream)
                                     : trtk_bytes_receive_i(wait, stream, stream->trigger);
}

// The same for what there is.
static trt_status_t trtk_stream_rest_attempt(trt_wait_t *wait) {
    trt_stream_t *stream = (trt_stream_t *)(void *)wait->object;
    return trtk_has_messages(stream) ? trtk_message_receive_i(wait, stream)
                                     : trtk_bytes_receive_i(wait, stream, 1);
}

// Throw all bytes away: they are room, as soon as nobody copies.
static void trtk_stream_empty_i(trt_stream_t *stream) {
    trtk_stream_drop_i(stream, stream->object.count);
    if (stream->object.mode == 0) stream->room = stream->capacity;
}

trt_status_t trt_stream_init(trt_stream_t *stream, void *buffer, uint16_t bytes, uint16_t trigger) {
    TRTK_REFUSE("trt_stream_init", stream, TRT_ERR_CONTEXT);
    if (stream == NULL) return trtk_report("trt_stream_init", stream, TRT_ERR_OBJECT);
    if (buffer == NULL || trigger > bytes || bytes <= (trigger == TRT_MESSAGES ? TRTK_LENGTH : 0u))
        return trtk_report("trt_stream_init", stream, TRT_ERR_PARAM);
    trt_critical_t found = trtp_lock();
    trtk_make_object_i(&stream->object, TRTK_KIND_STREAM, 0, 0, found);
    stream->buffer = (uint8_t *)buffer;
    stream->capacity = bytes;
    stream->head = stream->coming = 0;
    stream->room = bytes;
    stream->trigger = trigger;
    trtk_unlock(found);
    return TRT_OK;
}

trt_status_t trt_stream_delete(trt_stream_t *stream) {
    return trtk_delete("trt_stream_delete", stream, TRTK_KIND_STREAM);
}

trt_status_t trt_stream_send(trt_stream_t *stream, const void *bytes, uint16_t size,
                             trt_tick_t timeout) {
    if (bytes == NULL) return trtk_report("trt_stream_send", stream, TRT_ERR_PARAM);
    trt_wait_t wait;
    trt_span_t span = {trtk_source(bytes), size, 0};
    trtk_want(&wait, stream, trtk_stream_send_attempt, &span);
    return trtk_acquire("trt_stream_send", TRTK_KIND_STREAM, &wait, timeout);
}

trt_status_t trt_stream_receive(trt_stream_t *stream, void *bytes, uint16_t max, uint16_t *got,
                                trt_tick_t timeout) {
    TRTK_REFUSE("trt_stream_receive", stream, TRT_ERR_CONTEXT);
    if (bytes == NULL || got == NULL)
        return trtk_report("trt_stream_receive", stream, TRT_ERR_PARAM);
    trt_wait_t wait;
    trt_span_t span = {bytes, max, 0};
    trtk_want(&wait, stream, trtk_stream_receive_attempt, &span);
    trt_status_t status = trtk_try(&wait, TRTK_KIND_STREAM);
    if (status == TRT_ERR_WOULD_BLOCK && timeout != TRT_NO_WAIT)
        status = trtk_wait(&wait, 1, timeout);
    if (status == TRT_ERR_WOULD_BLOCK || status == TRT_ERR_TIMEOUT) {
        trtk_want(&wait, stream, trtk_stream_rest_attempt, &span);
        if (trtk_try(&wait, TRTK_KIND_STREAM) == TRT_OK) status = TRT_OK;
    }
    *got = span.got;
    return trtk_report("trt_stream_receive", stream, status);
}

trt_status_t trt_stream_set_trigger(trt_stream_t *stream, uint16_t trigger) {
    TRTK_REFUSE("trt_stream_set_trigger", stream, TRT_ERR_CONTEXT);
    trt_status_t status = TRT_OK;
    trt_critical_t found = trtp_lock();
    if (!trtk_is(stream, TRTK_KIND_STREAM)) status = TRT_ERR_OBJECT;
    else if (trtk_has_messages(stream) || trigger == 0 || trigger > stream->capacity)
        status = TRT_ERR_PARAM;
    else {
        stream->trigger = trigger;
        trtk_serve_each_i(&stream->object, NULL, 0, found);
    }
    trtk_unlock(found);
    return trtk_report("trt_stream_set_trigger", stream, status);
}

trt_status_t trt_stream_reset(trt_stream_t *stream) {
    TRTK_REFUSE("trt_stream_reset", stream, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    bool is_one = trtk_is(stream, TRTK_KIND_STREAM);
    if (is_one) {
        trtk_stream_empty_i(stream);
        trtk_serve_each_i(&stream->object, NULL, 0, found);
    }
    trtk_unlock(found);
    return trtk_report("trt_stream_reset", stream, is_one ? TRT_OK : TRT_ERR_OBJECT);
}

uint16_t trt_stream_used(const trt_stream_t *stream) {
    return trtk_count_of("trt_stream_used", stream, TRTK_KIND_STREAM);
}

uint16_t trt_stream_space(const trt_stream_t *stream) {
    TRTK_REFUSE("trt_stream_space", stream, 0);
    uint16_t space = 0;
    trt_critical_t found = trtp_lock();
    if (trtk_is(stream, TRTK_KIND_STREAM)) {
        unsigned length = trtk_has_messages(stream) ? trtk_min(stream->room, TRTK_LENGTH) : 0u;
        space = (uint16_t)(stream->room - length);
    }
    trtk_unlock(found);
    return space;
}

#endif // TINYRTOS_STREAMS

#if TINYRTOS_STREAMS || TINYRTOS_PQUEUES
// Take what has been claimed. If an interrupt has stopped the waiter meanwhile, his wait is gone.
static trt_status_t trtk_take_claimed_i(trt_wait_t *wait, const trt_task_t *waiter,
                                        trt_critical_t found, trt_object_t *object) {
    if (waiter == NULL || trtk_is_waking(waiter))
        return ((trtk_claimed_t)(void (*)(void))wait->attempt)(wait, waiter, found);
#if TINYRTOS_STREAMS
    if (object->kind == TRTK_KIND_STREAM)
        (void)trtk_claim_end_i((trt_stream_t *)(void *)object, NULL, NULL);
#endif
#if TINYRTOS_PQUEUES
    if (object->kind == TRTK_KIND_PQUEUE) trtk_pqueue_forget_i((trt_pqueue_t *)(void *)object);
#endif
    return TRT_ERR_DELETED;
}
#endif

// ---------------------------------------------------------------------------------------------
// >>cond: condition variables
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_CONDS || TINYRTOS_RWLOCKS
// Lock a mutex for another object's call, which reports, and has a wait to lend.
static trt_status_t trtk_lock(trt_wait_t *wait, trt_mutex_t *mutex, trt_tick_t timeout) {
    trtk_want(wait, mutex, trtk_mutex_attempt, NULL);
    return trtk_take_held(wait, TRTK_KIND_MUTEX, timeout);
}
#endif

#if TINYRTOS_CONDS

trt_status_t trt_cond_init(trt_cond_t *cond) {
    TRTK_REFUSE("trt_cond_init", cond, TRT_ERR_CONTEXT);
    if (cond == NULL) return trtk_report("trt_cond_init", cond, TRT_ERR_OBJECT);
    trt_critical_t found = trtp_lock();
    trtk_make_object_i(&cond->object, TRTK_KIND_COND, 0, 0, found);
    cond->mutex = NULL;
#if TINYRTOS_COND_OWNERS
    cond->owner = NULL;
#endif
    trtk_unlock(found);
    return TRT_OK;
}

trt_status_t trt_cond_delete(trt_cond_t *cond) {
    return trtk_delete("trt_cond_delete", cond, TRTK_KIND_COND);
}

// (What is signalled before somebody waits is nothing to take.)
static trt_status_t trtk_cond_attempt(trt_wait_t *wait) {
    (void)wait;
    return TRT_ERR_WOULD_BLOCK;
}

// Whether the caller may wait with that mutex.
static trt_status_t trtk_cond_may_wait_i(trt_cond_t *cond, const trt_mutex_t *mutex) {
    if (!trtk_is(cond, TRTK_KIND_COND) || !trtk_is(mutex, TRTK_KIND_MUTEX)) return TRT_ERR_OBJECT;
    trt_status_t status = trtk_is_in_task();
    if (status != TRT_OK) return status;
    if (mutex->owner != trtk.current) return TRT_ERR_OWNER;
    if (trtk_first_waiter_i(&cond->object) != NULL && cond->mutex != mutex) return TRT_ERR_PARAM;
    return TRT_OK;
}

// Stand among those who wait, then let go of the mutex: so no signal comes between. How often it
// was locked is kept.
static trt_status_t trtk_cond_begin_i(trt_wait_t *wait, trt_mutex_t *mutex, uint8_t *depth,
                                      trt_tick_t timeout, trt_critical_t found) {
    trt_cond_t *cond = (trt_cond_t *)(void *)wait->object;
    trt_status_t status = trtk_cond_may_wait_i(cond, mutex);
    if (status != TRT_OK) return status;
    if (timeout == TRT_NO_WAIT) return TRT_ERR_WOULD_BLOCK;
    *depth = mutex->object.mode;
    trtk_reopen(found);
    status = trtk_wait_i(wait, 1, timeout, found);
    if (status != TRTK_WAITS) return status;
    cond->mutex = mutex;
    trtk_pass_on_i(mutex, TRT_OK, found);
    return TRTK_WAITS;
}

// Lock the mutex as often as it was. The status of the wait, unless there is worse to tell.
static trt_status_t trtk_cond_end(trt_wait_t *wait, trt_mutex_t *mutex, uint8_t depth,
                                  trt_status_t ended) {
    trt_status_t status = trtk_lock(wait, mutex, TRT_FOREVER);
    if (status == TRT_ERR_OBJECT) return TRT_ERR_DELETED;
    if (status < TRT_OK) return status;
    trt_critical_t found = trtp_lock();
    if (mutex->owner == trtk.current) mutex->object.mode = depth;
    trtk_unlock(found);
    return status == TRT_OK ? ended : status;
}

trt_status_t trt_cond_wait(trt_cond_t *cond, trt_mutex_t *mutex, trt_tick_t timeout) {
    TRTK_REFUSE("trt_cond_wait", cond, TRT_ERR_CONTEXT);
    trt_wait_t wait;
    uint8_t depth = 0;
    trtk_want(&wait, cond, trtk_cond_attempt, NULL);
    trt_critical_t found = trtp_lock();
    trt_status_t status = trtk_cond_begin_i(&wait, mutex, &depth, timeout, found);
    bool has_waited = status == TRTK_WAITS;
    status = trtk_leave(status, found);
    if (has_waited) status = trtk_cond_end(&wait, mutex, depth, status);
    return trtk_report("trt_cond_wait", cond, status);
}

#if TINYRTOS_COND_OWNERS

static bool trtk_cond_may_signal(const trt_cond_t *cond) {
    return cond->owner == NULL || trtk_is_self(cond->owner);
}

trt_status_t trt_cond_set_owner(trt_cond_t *cond, trt_task_t *owner) {
    TRTK_REFUSE("trt_cond_set_owner", cond, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    bool is_right = trtk_is(cond, TRTK_KIND_COND) && (owner == NULL || trtk_is_task(owner));
    if (is_right) cond->owner = owner;
    trtk_unlock(found);
    return trtk_report("trt_cond_set_owner", cond, is_right ? TRT_OK : TRT_ERR_OBJECT);
}

#else

static bool trtk_cond_may_signal(const trt_cond_t *cond) {
    (void)cond;
    return true;
}

#endif

static trt_status_t trtk_cond_wake(const char *call, trt_cond_t *cond, bool all) {
    TRTK_REFUSE(call, cond, TRT_ERR_CONTEXT);
    trt_status_t status = TRT_OK;
    trt_critical_t found = trtp_lock();
    if (!trtk_is(cond, TRTK_KIND_COND)) status = TRT_ERR_OBJECT;
    else if (!trtk_cond_may_signal(cond)) status = TRT_ERR_OWNER;
    else if (all) trtk_wake_all_i(&cond->object, TRT_OK, found);
    else if (trtk_first_waiter_i(&cond->object) != NULL) {
        trtk_wake_i(cond->object.waiters, TRT_OK, found);
        trtk_breathe(found);
    }
    trtk_unlock(found);
    return trtk_report(call, cond, status);
}

trt_status_t trt_cond_signal(trt_cond_t *cond) {
    return trtk_cond_wake("trt_cond_signal", cond, false);
}

trt_status_t trt_cond_broadcast(trt_cond_t *cond) {
    return trtk_cond_wake("trt_cond_broadcast", cond, true);
}

#endif // TINYRTOS_CONDS

// ---------------------------------------------------------------------------------------------
// >>barrier
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_BARRIERS

trt_status_t trt_barrier_init(trt_barrier_t *barrier, uint16_t parties) {
    TRTK_REFUSE("trt_barrier_init", barrier, TRT_ERR_CONTEXT);
    if (barrier == NULL) return trtk_report("trt_barrier_init", barrier, TRT_ERR_OBJECT);
    if (parties == 0) return trtk_report("trt_barrier_init", barrier, TRT_ERR_PARAM);
    trt_critical_t found = trtp_lock();
    trtk_make_object_i(&barrier->object, TRTK_KIND_BARRIER, 0, 0, found);
    barrier->parties = parties;
    trtk_unlock(found);
    return TRT_OK;
}

trt_status_t trt_barrier_delete(trt_barrier_t *barrier) {
    return trtk_delete("trt_barrier_delete", barrier, TRTK_KIND_BARRIER);
}

// (A round that ends while a task is on its way to the others ends without him.)
static trt_status_t trtk_barrier_attempt(trt_wait_t *wait) {
    (void)wait;
    return TRT_ERR_WOULD_BLOCK;
}

// The last has come: the next round begins, and who waits goes on.
static trt_status_t trtk_barrier_open_i(trt_barrier_t *barrier, trt_critical_t found) {
    barrier->object.count = 0;
    trtk_wake_all_i(&barrier->object, TRT_OK, found);
    return TRT_LAST;
}

// One who waited goes, and counts no more. (While the last of a round are woken, count is 0: he has
// come, too late to go otherwise than they.)
static void trtk_barrier_expire(trt_timeout_t *timeout, trt_critical_t found) {
    trt_task_t *task = trtk_task_of_timeout(timeout);
    if (trtk_is_waiting(task) && task->wait->object->count == 0)
        trtk_end_wait_i(task, TRT_OK, found);
    else {
        if (trtk_is_waiting(task)) task->wait->object->count--;
        trtk_task_expire(timeout, found);
    }
}

// Come to a barrier. Who waits there counts, from the moment in which he stands in the ring.
static trt_status_t trtk_barrier_come_i(trt_wait_t *wait, trt_tick_t timeout,
                                        trt_critical_t found) {
    trt_barrier_t *barrier = (trt_barrier_t *)(void *)wait->object;
    if (!trtk_is(barrier, TRTK_KIND_BARRIER)) return TRT_ERR_OBJECT;
    if (barrier->object.count + 1u >= barrier->parties) return trtk_barrier_open_i(barrier, found);
    if (timeout == TRT_NO_WAIT) return TRT_ERR_WOULD_BLOCK;
    trt_status_t status = trtk_wait_i(wait, 1, timeout, found);
    if (wait->next == NULL) return status;
    wait->task->timeout.expire = trtk_barrier_expire;
    barrier->object.count++;
    return status;
}

trt_status_t trt_barrier_wait(trt_barrier_t *barrier, trt_tick_t timeout) {
    TRTK_REFUSE("trt_barrier_wait", barrier, TRT_ERR_CONTEXT);
    trt_wait_t wait;
    trtk_want(&wait, barrier, trtk_barrier_attempt, NULL);
    trt_critical_t found = trtp_lock();
    trt_status_t status = trtk_leave(trtk_barrier_come_i(&wait, timeout, found), found);
    return trtk_report("trt_barrier_wait", barrier, status);
}

uint16_t trt_barrier_count(const trt_barrier_t *barrier) {
    return trtk_count_of("trt_barrier_count", barrier, TRTK_KIND_BARRIER);
}

#endif // TINYRTOS_BARRIERS

// ---------------------------------------------------------------------------------------------
// >>rwlock: reader-writer locks
//
// The gate is a mutex through which everybody enters. A reader passes and lets go of it, a writer
// keeps it while he waits for the readers inside to leave, and while he writes.
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_RWLOCKS

// Whether it is one, and the caller a task.
static trt_status_t trtk_rwlock_check(const trt_rwlock_t *lock) {
    return trtk_is(lock, TRTK_KIND_RWLOCK) ? trtk_is_in_task() : TRT_ERR_OBJECT;
}

// Make a lock (kind 0: an end of one).
static trt_status_t trtk_rwlock_make(const char *call, trt_rwlock_t *lock, uint8_t kind,
                                     uint8_t gate_kind) {
    TRTK_REFUSE(call, lock, TRT_ERR_CONTEXT);
    trt_status_t status = TRT_OK;
    trt_critical_t found = trtp_lock();
    if (lock == NULL || (kind == 0 && !trtk_is(lock, TRTK_KIND_RWLOCK))) status = TRT_ERR_OBJECT;
    else if (trtp_in_interrupt()) status = TRT_ERR_CONTEXT;
    else {
        trtk_mutex_make_i(&lock->gate, gate_kind, TRT_INHERIT, found);
        trtk_make_object_i(&lock->object, kind, 0, 0, found);
    }
    trtk_unlock(found);
    return trtk_report(call, lock, status);
}

trt_status_t trt_rwlock_init(trt_rwlock_t *lock) {
    return trtk_rwlock_make("trt_rwlock_init", lock, TRTK_KIND_RWLOCK, TRTK_KIND_MUTEX);
}

trt_status_t trt_rwlock_delete(trt_rwlock_t *lock) {
    return trtk_rwlock_make("trt_rwlock_delete", lock, 0, 0);
}

// Let go of the gate, if it is the caller's: with TRT_ABANDONED, if what is behind it may be half
// done.
static void trtk_gate_leave_i(trt_mutex_t *gate, trt_status_t status, trt_critical_t found) {
    if (gate->owner != trtk.current) return;
    if (gate->object.mode > 1) gate->object.mode--;
    else trtk_pass_on_i(gate, status, found);
}

static trt_status_t trtk_reader_count_i(trt_rwlock_t *lock) {
    if (lock->object.count == UINT16_MAX) return TRT_ERR_OVERFLOW;
    lock->object.count++;
    return TRT_OK;
}

// Read if the gate is free and nothing is to be told of.
static trt_status_t trtk_read_at_once(trt_rwlock_t *lock) {
    trt_critical_t found = trtp_lock();
    trt_status_t status = trtk_rwlock_check(lock);
    if (status == TRT_OK) {
        bool is_free = lock->gate.owner == NULL && lock->gate.object.mode == 0;
        status = is_free ? trtk_reader_count_i(lock) : TRT_ERR_WOULD_BLOCK;
    }
    trtp_unlock(found);
    return status;
}

// Go through the gate to read.
static trt_status_t trtk_read_in_turn(trt_rwlock_t *lock, trt_tick_t timeout) {
    trt_wait_t wait;
    trt_status_t status = trtk_lock(&wait, &lock->gate, timeout), counted;
    if (status < TRT_OK) return status;
    trt_critical_t found = trtp_lock();
    counted = trtk_is(lock, TRTK_KIND_RWLOCK) ? trtk_reader_count_i(lock) : TRT_ERR_DELETED;
    trtk_gate_leave_i(&lock->gate, status, found);
    trtk_unlock(found);
    return counted == TRT_OK ? status : counted;
}

trt_status_t trt_rwlock_read_lock(trt_rwlock_t *lock, trt_tick_t timeout) {
    TRTK_REFUSE("trt_rwlock_read_lock", lock, TRT_ERR_CONTEXT);
    trt_status_t status = trtk_read_at_once(lock);
    if (status == TRT_ERR_WOULD_BLOCK) status = trtk_read_in_turn(lock, timeout);
    return trtk_report("trt_rwlock_read_lock", lock, status);
}

trt_status_t trt_rwlock_read_unlock(trt_rwlock_t *lock) {
    TRTK_REFUSE("trt_rwlock_read_unlock", lock, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    trt_status_t status = trtk_rwlock_check(lock);
    if (status == TRT_OK) {
        if (lock->object.count == 0) status = TRT_ERR_OWNER;
        else if (--lock->object.count == 0) trtk_serve_i(&lock->object, found);
    }
    trtk_unlock(found);
    return trtk_report("trt_rwlock_read_unlock", lock, status);
}

static trt_status_t trtk_write_attempt(trt_wait_t *wait) {
    return wait->object->count == 0 ? TRT_OK : TRT_ERR_WOULD_BLOCK;
}

// The gate is the caller's: wait for the readers to leave, for what is left of the time.
static trt_status_t trtk_write_alone(trt_wait_t *wait, trt_rwlock_t *lock, trt_tick_t start,
                                     trt_tick_t timeout) {
    trtk_want(wait, lock, trtk_write_attempt, NULL);
    trt_status_t status = trtk_try(wait, TRTK_KIND_RWLOCK);
    if (status != TRT_ERR_WOULD_BLOCK || timeout == TRT_NO_WAIT) return status;
    trt_tick_t waited = timeout == TRT_FOREVER ? 0 : (trt_tick_t)(trt_now() - start);
    return waited > timeout ? TRT_ERR_TIMEOUT : trtk_wait(wait, 1, (trt_tick_t)(timeout - waited));
}

static trt_status_t trtk_write(trt_rwlock_t *lock, trt_tick_t timeout) {
    trt_wait_t wait;
    trt_tick_t start = trt_now();
    trt_status_t entered = trtk_lock(&wait, &lock->gate, timeout);
    if (entered < TRT_OK) return entered;
    trt_status_t status = trtk_write_alone(&wait, lock, start, timeout);
    if (status == TRT_OK) return entered;
    trt_critical_t found = trtp_lock();
    trtk_gate_leave_i(&lock->gate, entered, found);
    trtk_unlock(found);
    return status;
}

trt_status_t trt_rwlock_write_lock(trt_rwlock_t *lock, trt_tick_t timeout) {
    TRTK_REFUSE("trt_rwlock_write_lock", lock, TRT_ERR_CONTEXT);
    trt_status_t status = trtk_rwlock_check(lock);
    if (status == TRT_OK) status = trtk_write(lock, timeout);
    return trtk_report("trt_rwlock_write_lock", lock, status);
}

trt_status_t trt_rwlock_write_unlock(trt_rwlock_t *lock) {
    TRTK_REFUSE("trt_rwlock_write_unlock", lock, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    trt_status_t status = trtk_rwlock_check(lock);
    if (status == TRT_OK) {
        if (lock->gate.owner != trtk.current) status = TRT_ERR_OWNER;
        else trtk_gate_leave_i(&lock->gate, TRT_OK, found);
    }
    trtk_unlock(found);
    return trtk_report("trt_rwlock_write_unlock", lock, status);
}

uint16_t trt_rwlock_readers(const trt_rwlock_t *lock) {
    return trtk_count_of("trt_rwlock_readers", lock, TRTK_KIND_RWLOCK);
}

#endif // TINYRTOS_RWLOCKS

// ---------------------------------------------------------------------------------------------
// >>pool
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_POOLS

struct trtk_aligned_mark {
    char byte;
    uintptr_t mark;
};
#define TRTK_MARK_ALIGNMENT offsetof(struct trtk_aligned_mark, mark)

// The word behind a block. While the block is given, it is the address of the one that was given
// before.
static uintptr_t *trtk_pool_mark(const trt_pool_t *pool, void *block) {
    return (uintptr_t *)(void *)((uint8_t *)block + pool->block_size);
}

// What it is while the block is taken: of that block and pool alone, and no address. (It could be
// one if the addresses of pool and two blocks added up to all there are.)
static uintptr_t trtk_pool_seal(const trt_pool_t *pool, const void *block) {
    return 0u - (uintptr_t)pool - (uintptr_t)block;
}

// Whether a block that is taken begins there: nowhere else is its seal found behind it.
static bool trtk_pool_lent(const trt_pool_t *pool, void *block) {
    uintptr_t mark_at = (uintptr_t)block + pool->block_size - (uintptr_t)pool->memory;
    return mark_at < pool->used && mark_at % TRTK_MARK_ALIGNMENT == 0 &&
           *trtk_pool_mark(pool, block) == trtk_pool_seal(pool, block);
}

// A block that was never taken.
static void *trtk_pool_get_unused_i(trt_pool_t *pool) {
    void *block = pool->memory + pool->used;
    pool->used += TRT_POOL_BYTES(pool->block_size, 1u);
    return block;
}

// The block that was given last; there is one.
static void *trtk_pool_get_given_i(trt_pool_t *pool) {
    void *block = pool->given;
    pool->given = (void *)*trtk_pool_mark(pool, block);
    return block;
}

static void trtk_pool_lend_i(trt_pool_t *pool, void *block, void **taken) {
    *trtk_pool_mark(pool, block) = trtk_pool_seal(pool, block);
    pool->object.count++;
    *taken = block;
}

static void trtk_pool_put_i(trt_pool_t *pool, void *block) {
    *trtk_pool_mark(pool, block) = (uintptr_t)pool->given;
    pool->given = block;
    pool->object.count--;
}

static trt_status_t trtk_pool_attempt(trt_wait_t *wait) {
    trt_pool_t *pool = (trt_pool_t *)(void *)wait->object;
    if (pool->object.count == pool->blocks) return TRT_ERR_WOULD_BLOCK;
    void *block = pool->given != NULL ? trtk_pool_get_given_i(pool) : trtk_pool_get_unused_i(pool);
    trtk_pool_lend_i(pool, block, (void **)wait->data);
    return TRT_OK;
}

// How many blocks can be made of that.
static uint16_t trtk_pool_blocks(const void *memory, size_t bytes, uint16_t block_size) {
    const size_t apart = TRT_POOL_BYTES((size_t)block_size, 1u); // (an AVR's may be too large)
    if (memory == NULL || block_size == 0 || apart < block_size) return 0;
    if (((uintptr_t)memory | block_size) % TRTK_MARK_ALIGNMENT != 0) return 0;
    size_t blocks = bytes / apart;
    return blocks < UINT16_MAX ? (uint16_t)blocks : UINT16_MAX;
}

trt_status_t trt_pool_init(trt_pool_t *pool, void *memory, size_t bytes, uint16_t block_size) {
    TRTK_REFUSE("trt_pool_init", pool, TRT_ERR_CONTEXT);
    if (pool == NULL) return trtk_report("trt_pool_init", pool, TRT_ERR_OBJECT);
    const uint16_t blocks = trtk_pool_blocks(memory, bytes, block_size);
    if (blocks == 0) return trtk_report("trt_pool_init", pool, TRT_ERR_PARAM);
    trt_critical_t found = trtp_lock();
    trtk_make_object_i(&pool->object, TRTK_KIND_POOL, 0, 0, found);
    pool->given = NULL;
    pool->memory = (uint8_t *)memory;
    pool->used = 0;
    pool->block_size = block_size;
    pool->blocks = blocks;
    trtk_unlock(found);
    return TRT_OK;
}

trt_status_t trt_pool_delete(trt_pool_t *pool) {
    return trtk_delete("trt_pool_delete", pool, TRTK_KIND_POOL);
}

TRTK_APART static trt_status_t trtk_pool_take(trt_pool_t *pool, void **block, trt_tick_t timeout) {
    if (block == NULL) return trtk_report("trt_pool_take", pool, TRT_ERR_PARAM);
    trt_wait_t wait;
    trtk_want(&wait, pool, trtk_pool_attempt, block);
    return trtk_acquire("trt_pool_take", TRTK_KIND_POOL, &wait, timeout);
}

// (In few steps: there is a block that was given back.)
trt_status_t trt_pool_take(trt_pool_t *pool, void **block, trt_tick_t timeout) {
    TRTK_REFUSE("trt_pool_take", pool, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    if (!TINYRTOS_SHORTCUTS || !trtk_is_plain(pool, TRTK_KIND_POOL) || pool->given == NULL ||
        block == NULL) {
        trtp_unlock(found);
        return trtk_pool_take(pool, block, timeout);
    }
    trtk_pool_lend_i(pool, trtk_pool_get_given_i(pool), block);
    trtp_unlock(found);
    return TRT_OK;
}

TRTK_APART static trt_status_t trtk_pool_give(trt_pool_t *pool, void *block, trt_critical_t found) {
    trt_status_t status = TRT_OK;
    if (!trtk_is_plain(pool, TRTK_KIND_POOL)) status = TRT_ERR_OBJECT;
    else if (!trtk_pool_lent(pool, block)) status = TRT_ERR_PARAM;
    else {
        trt_wait_t *first = trtk_first_waiter_i(&pool->object);
        if (first == NULL) trtk_pool_put_i(pool, block);
        else {
            *(void **)first->data = block;
            trtk_wake_served_i(&pool->object, first, TRT_OK, found);
            trtk_breathe(found);
        }
    }
    trtk_unlock(found);
    return trtk_report("trt_pool_give", pool, status);
}

// (In few steps: nobody waits.)
trt_status_t trt_pool_give(trt_pool_t *pool, void *block) {
    TRTK_REFUSE("trt_pool_give", pool, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    if (!TINYRTOS_SHORTCUTS || !trtk_is_plain(pool, TRTK_KIND_POOL) ||
        pool->object.waiters != NULL || !trtk_pool_lent(pool, block))
        return trtk_pool_give(pool, block, found);
    trtk_pool_put_i(pool, block);
    trtp_unlock(found);
    return TRT_OK;
}

uint16_t trt_pool_count(const trt_pool_t *pool) {
    TRTK_REFUSE("trt_pool_count", pool, 0);
    trt_critical_t found = trtp_lock();
    uint16_t count =
        trtk_is_plain(pool, TRTK_KIND_POOL) ? (uint16_t)(pool->blocks - pool->object.count) : 0;
    trtk_unlock(found);
    return count;
}

#endif // TINYRTOS_POOLS

// ---------------------------------------------------------------------------------------------
// >>watch: watchdogs
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_WATCHES

// These are missing no longer; were they the last, the watchdog is fed, and all have to come again.
static void trtk_watch_arrive_i(trt_watch_t *watch, trt_bits_t parties) {
    watch->missing &= (trt_bits_t)~parties;
    if (watch->missing != 0 || watch->supervised == 0) return;
    TINYRTOS_WATCHDOG_HOOK(watch);
    watch->missing = watch->supervised;
}

// Whether the call can be right.
static trt_status_t trtk_watch_check(const trt_watch_t *watch, trt_bits_t parties) {
    if (watch == NULL) return TRT_ERR_OBJECT;
    return parties != 0 ? TRT_OK : TRT_ERR_PARAM;
}

trt_status_t trt_watch_supervise(trt_watch_t *watch, trt_bits_t parties, bool on) {
    TRTK_REFUSE("trt_watch_supervise", watch, TRT_ERR_CONTEXT);
    trt_status_t status = trtk_watch_check(watch, parties);
    trt_critical_t found = trtp_lock();
    if (status == TRT_OK && on) {
        watch->missing |= (trt_bits_t)(parties & (trt_bits_t)~watch->supervised);
        watch->supervised |= parties;
    } else if (status == TRT_OK) {
        watch->supervised &= (trt_bits_t)~parties;
        trtk_watch_arrive_i(watch, parties);
    }
    trtk_unlock(found);
    return trtk_report("trt_watch_supervise", watch, status);
}

trt_status_t trt_watch_check_in(trt_watch_t *watch, trt_bits_t parties) {
    TRTK_REFUSE("trt_watch_check_in", watch, TRT_ERR_CONTEXT);
    trt_status_t status = trtk_watch_check(watch, parties);
    trt_critical_t found = trtp_lock();
    if (status == TRT_OK) trtk_watch_arrive_i(watch, parties);
    trtk_unlock(found);
    return trtk_report("trt_watch_check_in", watch, status);
}

trt_bits_t trt_watch_missing(const trt_watch_t *watch) {
    TRTK_REFUSE("trt_watch_missing", watch, 0);
    trt_critical_t found = trtp_lock();
    trt_bits_t missing = watch != NULL ? watch->missing : 0;
    trtk_unlock(found);
    return missing;
}

#endif // TINYRTOS_WATCHES

// ---------------------------------------------------------------------------------------------
// >>registry: names of objects
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_REGISTRY

static void trtk_name_insert_i(trt_name_t *entry) {
    entry->next = trtk.names;
    entry->link = &trtk.names;
    if (entry->next != NULL) entry->next->link = &entry->next;
    trtk.names = entry;
}

// (Whoever stands at it on his way through the list is at its end.)
static void trtk_name_unlink_i(trt_name_t *entry) {
    *entry->link = entry->next;
    if (entry->next != NULL) entry->next->link = entry->link;
    entry->next = NULL;
    entry->link = NULL;
}

trt_status_t trt_name_add(trt_name_t *entry, void *object, const char *name) {
    TRTK_REFUSE("trt_name_add", entry, TRT_ERR_CONTEXT);
    trt_status_t status = TRT_OK;
    trt_critical_t found = trtp_lock();
    if (entry == NULL) status = TRT_ERR_OBJECT;
    else if (object == NULL || name == NULL) status = TRT_ERR_PARAM;
    else if (entry->link != NULL) status = TRT_ERR_STATE;
    else {
        entry->object = object;
        entry->name = name;
        trtk_name_insert_i(entry);
    }
    trtk_unlock(found);
    return trtk_report("trt_name_add", entry, status);
}

trt_status_t trt_name_remove(trt_name_t *entry) {
    TRTK_REFUSE("trt_name_remove", entry, TRT_ERR_CONTEXT);
    trt_status_t status = TRT_OK;
    trt_critical_t found = trtp_lock();
    if (entry == NULL) status = TRT_ERR_OBJECT;
    else if (entry->link == NULL) status = TRT_ERR_STATE;
    else trtk_name_unlink_i(entry);
    trtk_unlock(found);
    return trtk_report("trt_name_remove", entry, status);
}

const trt_name_t *trt_name_next(const trt_name_t *entry) {
    TRTK_REFUSE("trt_name_next", entry, NULL);
    trt_critical_t found = trtp_lock();
    const trt_name_t *next = entry == NULL ? trtk.names : entry->next;
    trtk_unlock(found);
    return next;
}

const char *trt_name_of(const void *object) {
    TRTK_REFUSE("trt_name_of", object, "");
    const trt_name_t *entry = NULL;
    do entry = trt_name_next(entry);
    while (entry != NULL && entry->object != object);
    return entry != NULL ? entry->name : "";
}

void *trt_name_find(const char *name) {
    TRTK_REFUSE("trt_name_find", NULL, NULL);
    const trt_name_t *entry = NULL;
    if (name == NULL) return NULL;
    do entry = trt_name_next(entry);
    while (entry != NULL && strcmp(entry->name, name) != 0);
    return entry != NULL ? entry->object : NULL;
}

#endif // TINYRTOS_REGISTRY

// ---------------------------------------------------------------------------------------------
// >>any: waiting for several things
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_WAIT_ANY

// Set up one thing; `is_right` says whether what else it needs is there. What is refused here is
// marked, so that trt_wait_any refuses it too.
static trt_status_t trtk_wait_set(const char *call, trt_wait_t *wait, void *object, uint8_t kind,
                                  trt_attempt_t attempt, void *data, bool is_right) {
    TRTK_REFUSE(call, object, TRT_ERR_CONTEXT);
    trt_status_t status = is_right ? TRT_OK : TRT_ERR_PARAM;
    if (wait == NULL) return trtk_report(call, object, TRT_ERR_PARAM);
    if (!trtk_is(object, kind)) status = TRT_ERR_OBJECT;
    trtk_want(wait, status == TRT_OK ? object : NULL, attempt, data);
    return trtk_report(call, object, status);
}

#if TINYRTOS_SEMAPHORES
trt_status_t trt_wait_sem(trt_wait_t *wait, trt_sem_t *sem) {
    return trtk_wait_set("trt_wait_sem", wait, sem, TRTK_KIND_SEM, trtk_sem_attempt, NULL, true);
}
#endif

#if TINYRTOS_MUTEXES
trt_status_t trt_wait_lock(trt_wait_t *wait, trt_mutex_t *mutex) {
    return trtk_wait_set("trt_wait_lock", wait, mutex, TRTK_KIND_MUTEX, trtk_mutex_attempt, NULL,
                         true);
}
#endif

#if TINYRTOS_FLAGS
trt_status_t trt_wait_flags(trt_wait_t *wait, trt_flags_t *flags, trt_bits_t bits, uint8_t mode,
                            trt_bits_t *got) {
    bool is_right = trtk_flags_can_wait_for(bits, mode);
    trt_status_t status = trtk_wait_set("trt_wait_flags", wait, flags, TRTK_KIND_FLAGS,
                                        trtk_flags_attempt, got, is_right);
    if (status == TRT_OK) trtk_want_flags(wait, flags, bits, mode, got);
    return status;
}
#endif

#if TINYRTOS_QUEUES
trt_status_t trt_wait_send(trt_wait_t *wait, trt_queue_t *queue, const void *item) {
    return trtk_wait_set("trt_wait_send", wait, queue, TRTK_KIND_QUEUE, trtk_send_attempt,
                         trtk_source(item), item != NULL);
}

trt_status_t trt_wait_receive(trt_wait_t *wait, trt_queue_t *queue, void *item) {
    return trtk_wait_set("trt_wait_receive", wait, queue, TRTK_KIND_QUEUE, trtk_receive_attempt,
                         item, item != NULL);
}
#endif

#if TINYRTOS_NOTES
trt_status_t trt_wait_note(trt_wait_t *wait, trt_task_t *task, uint8_t index, int8_t state,
                           uint8_t mode, int32_t *value) {
    trt_status_t status =
        trtk_wait_set("trt_wait_note", wait, task, TRTK_KIND_TASK, trtk_note_attempt, value,
                      trtk_note_can_wait_for(index, mode));
    if (status == TRT_OK) trtk_want_note(wait, task, index, state, mode, value);
    return status;
}
#endif

#if TINYRTOS_PASSES
trt_status_t trt_wait_until(trt_wait_t *wait, trt_condition_t is_true, void *arg) {
    TRTK_REFUSE("trt_wait_until", wait, TRT_ERR_CONTEXT);
    trt_status_t status = trtk_wait_set("trt_wait_until", wait, trtk_pass_ring(), TRTK_KIND_PASSES,
                                        trtk_condition_attempt, arg, is_true != NULL);
    if (status == TRT_OK) trtk_want_condition(wait, is_true, arg);
    return status;
}
#endif

#if TINYRTOS_MAIL
trt_status_t trt_wait_mail(trt_wait_t *wait, trt_message_t *message) {
    TRTK_REFUSE("trt_wait_mail", wait, TRT_ERR_CONTEXT);
    trt_queue_t *mailbox = NULL;
    trt_status_t status = trtk_own_mailbox(&mailbox);
    if (status != TRT_OK) return trtk_report("trt_wait_mail", NULL, status);
    return trtk_wait_set("trt_wait_mail", wait, mailbox, TRTK_KIND_QUEUE, trtk_receive_attempt,
                         message, message != NULL);
}
#endif

#if TINYRTOS_CHANNELS
trt_status_t trt_wait_accept(trt_wait_t *wait, trt_channel_t *channel, trt_call_t *call) {
    TRTK_REFUSE("trt_wait_accept", channel, TRT_ERR_CONTEXT);
    trt_status_t status = trtk_is_server(channel);
    if (status != TRT_OK) return trtk_report("trt_wait_accept", channel, status);
    return trtk_wait_set("trt_wait_accept", wait, &channel->calls, TRTK_KIND_CALLS,
                         trtk_accept_attempt, call, call != NULL);
}
#endif

#if TINYRTOS_PQUEUES
trt_status_t trt_wait_pqueue_send(trt_wait_t *wait, trt_pqueue_t *queue, const void *item,
                                  uint8_t level) {
    bool is_right = item != NULL && level < TRT_PQUEUE_LEVELS;
    trt_status_t status = trtk_wait_set("trt_wait_pqueue_send", wait, queue, TRTK_KIND_PQUEUE,
                                        trtk_pqueue_send_attempt, trtk_source(item), is_right);
    if (status == TRT_OK) wait->mode = level;
    return status;
}

trt_status_t trt_wait_pqueue_receive(trt_wait_t *wait, trt_pqueue_t *queue, void *item) {
    return trtk_wait_set("trt_wait_pqueue_receive", wait, queue, TRTK_KIND_PQUEUE,
                         trtk_pqueue_receive_attempt, item, item != NULL);
}
#endif

#if TINYRTOS_STREAMS
static trt_status_t trtk_wait_span(const char *call, trt_wait_t *wait, trt_stream_t *stream,
                                   trt_attempt_t attempt, trt_span_t *span) {
    return trtk_wait_set(call, wait, stream, TRTK_KIND_STREAM, attempt, span,
                         span != NULL && span->bytes != NULL);
}

trt_status_t trt_wait_stream_send(trt_wait_t *wait, trt_stream_t *stream, trt_span_t *span) {
    return trtk_wait_span("trt_wait_stream_send", wait, stream, trtk_stream_send_attempt, span);
}

trt_status_t trt_wait_stream_receive(trt_wait_t *wait, trt_stream_t *stream, trt_span_t *span) {
    return trtk_wait_span("trt_wait_stream_receive", wait, stream, trtk_stream_receive_attempt,
                          span);
}
#endif

#if TINYRTOS_POOLS
trt_status_t trt_wait_pool(trt_wait_t *wait, trt_pool_t *pool, void **block) {
    return trtk_wait_set("trt_wait_pool", wait, pool, TRTK_KIND_POOL, trtk_pool_attempt, block,
                         block != NULL);
}
#endif

trt_status_t trt_wait_join(trt_wait_t *wait, trt_task_t *task) {
    trtk_serve_joiners = trtk_serve_i;
    return trtk_wait_set("trt_wait_join", wait, task, TRTK_KIND_TASK, trtk_join_attempt, NULL,
                         true);
}

// Check the things: they are in no ring yet.
static trt_status_t trtk_things_prepare(trt_wait_t *things, uint8_t count) {
    uint8_t mutexes = 0;
    if (things == NULL || count == 0 || count > TINYRTOS_WAIT_ANY_MAX) return TRT_ERR_PARAM;
    for (uint_fast8_t i = 0; i < count; i++) {
        const trt_object_t *object = things[i].object;
        if (object == NULL || trtk_is(object, 0) || things[i].attempt == NULL)
            return TRT_ERR_OBJECT;
        if (trtk_is(object, TRTK_KIND_MUTEX)) mutexes++;
        things[i].next = NULL;
        things[i].task = trtk.current;
        things[i].came = false;
    }
    if (mutexes > 1) return TRT_ERR_PARAM;
    return mutexes == 1 ? trtk_is_in_task() : TRT_OK;
}

// Take the first that is there.
static trt_status_t trtk_things_try(trt_wait_t *things, uint8_t count) {
    trt_status_t status = TRT_ERR_WOULD_BLOCK;
    for (uint_fast8_t i = 0; i < count && status == TRT_ERR_WOULD_BLOCK; i++) {
        status = trtk_try(&things[i], trtk_kind_of(things[i].object));
        things[i].came = status != TRT_ERR_WOULD_BLOCK;
    }
    return status;
}

// Which of the things has come, if any. (One alone may have been handed over without a mark.)
static void trtk_things_which(const trt_wait_t *things, uint8_t count, trt_status_t status,
                              uint8_t *which) {
    if (count == 1 && status >= TRT_OK) *which = 0;
    for (uint8_t i = 0; i < count; i++)
        if (things[i].came) *which = i;
}

trt_status_t trt_wait_any(trt_wait_t *things, uint8_t count, uint8_t *which, trt_tick_t timeout) {
    TRTK_REFUSE("trt_wait_any", things, TRT_ERR_CONTEXT);
    trt_status_t status = trtk_things_prepare(things, count);
    if (status == TRT_OK) {
        status = trtk_things_try(things, count);
        if (status == TRT_ERR_WOULD_BLOCK && timeout != TRT_NO_WAIT)
            status = trtk_wait(things, count, timeout);
        if (which != NULL) trtk_things_which(things, count, status, which);
    }
    return trtk_report("trt_wait_any", things, status);
}

#endif // TINYRTOS_WAIT_ANY

// ---------------------------------------------------------------------------------------------
// >>dump
// ---------------------------------------------------------------------------------------------

#if TINYRTOS_DUMP

typedef void (*trtk_put_t)(char c);

// In the order of trt_task_state_t, then of TRTK_WORD_*.
#define TRTK_WORD_BYTES 12
// clang-format off
static const char trtk_words[][TRTK_WORD_BYTES] TRTP_FLASH = {
    "ended", "running", "ready", "waiting", "delayed", "suspended",
    "tick ", ", priority ", ", for ", " of ", ", since ",
    "semaphore ", "mutex ", "flags ", "queue ", "pqueue ", "stream ", "pool ", "cond ",
    "barrier ", "rwlock ", "task ", "jobs ", "condition ", "call ", "server ", "object ",
};
static const uint8_t trtk_word_kinds[] TRTP_FLASH = { // from TRTK_WORD_SEM on
    TRTK_KIND_SEM, TRTK_KIND_MUTEX, TRTK_KIND_FLAGS, TRTK_KIND_QUEUE, TRTK_KIND_PQUEUE,
    TRTK_KIND_STREAM, TRTK_KIND_POOL, TRTK_KIND_COND, TRTK_KIND_BARRIER, TRTK_KIND_RWLOCK,
    TRTK_KIND_TASK, TRTK_KIND_JOBS, TRTK_KIND_PASSES, TRTK_KIND_CALLS, TRTK_KIND_CHANNEL,
};
// clang-format on
enum {
    TRTK_WORD_TICK = TRT_TASK_SUSPENDED + 1,
    TRTK_WORD_PRIORITY,
    TRTK_WORD_FOR,
    TRTK_WORD_OF,
    TRTK_WORD_SINCE,
    TRTK_WORD_SEM
};

// The name of an object; "": it has none.
static const char *trtk_name_of(const void *object) {
    const char *name = "";
#if TINYRTOS_REGISTRY
    name = trt_name_of(object);
#endif
#if TINYRTOS_NAMES
    if (*name == '\0' && trtk_is(object, TRTK_KIND_TASK))
        name = trt_task_name((const trt_task_t *)object);
#endif
    (void)object;
    return name;
}

static void trtk_put_text(trtk_put_t put, const char *text) {
    while (*text != '\0') put(*text++);
}

static void trtk_put_word(trtk_put_t put, unsigned word) {
    char text[TRTK_WORD_BYTES];
    TRTP_READ_FLASH(text, trtk_words[word], sizeof text);
    trtk_put_text(put, text);
}

static void trtk_put_number(trtk_put_t put, trt_tick_t number) {
    char digits[21];
    uint_fast8_t at = sizeof digits - 1u;
    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + (char)(number % 10u));
        number = (trt_tick_t)(number / 10u);
    } while (number != 0);
    trtk_put_text(put, &digits[at]);
}

// The name of a task or another object, or its address.
static void trtk_put_name(trtk_put_t put, const void *object) {
    const char *name = trtk_name_of(object);
    if (*name != '\0') {
        trtk_put_text(put, name);
        return;
    }
    put('0'), put('x');
    for (unsigned bits = 8u * sizeof(uintptr_t); bits > 0; bits -= 4u) {
        uint8_t digit = (uint8_t)((uintptr_t)object >> (bits - 4u) & 0xFu);
        put((char)(digit < 10 ? '0' + digit : 'a' + digit - 10));
    }
}

static void trtk_put_kind(trtk_put_t put, uint8_t wanted) {
    unsigned n = 0;
    for (uint8_t kind = 0; n < sizeof trtk_word_kinds; n++) {
        TRTP_READ_FLASH(&kind, &trtk_word_kinds[n], sizeof kind);
        if (kind == wanted) break;
    }
    trtk_put_word(put, TRTK_WORD_SEM + n);
}

// One of the things that a task waits for. False: it waits for no more.
static bool trtk_dump_thing(trtk_put_t put, const trt_task_t *task, uint8_t leg) {
    const trt_object_t *object = NULL;
    const trt_task_t *holder = NULL;
    uint8_t kind = 0;
    trt_critical_t found = trtp_lock();
    if (trtk_is_waiting(task) && leg < task->legs) {
        object = task->wait[leg].object;
        kind = trtk_kind_of(object);
        holder = trtk_holder_of(&task->wait[leg]);
    }
    trtk_unlock(found);
    if (object == NULL) return false;
    trtk_put_word(put, TRTK_WORD_FOR);
    trtk_put_kind(put, kind);
    trtk_put_name(put, object);
    if (holder == NULL || holder == (const void *)object) return true;
    trtk_put_word(put, TRTK_WORD_OF);
    trtk_put_name(put, holder);
    return true;
}

static void trtk_dump_task(trtk_put_t put, const trt_task_t *task) {
    uint8_t leg = 0;
    trtk_put_name(put, task);
    put(' ');
    trtk_put_word(put, (unsigned)trt_task_state(task));
    trtk_put_word(put, TRTK_WORD_PRIORITY);
    trtk_put_number(put, trt_task_priority(task));
    while (trtk_dump_thing(put, task, leg)) leg++;
    trt_critical_t found = trtp_lock();
    bool waits = trtk_is_waiting(task);
    trt_tick_t since = task->since;
    trtk_unlock(found);
    if (waits) {
        trtk_put_word(put, TRTK_WORD_SINCE);
        trtk_put_number(put, since);
    }
    put('\n');
}

void trt_dump(void (*put)(char c)) {
    TRTK_REFUSE("trt_dump", NULL, );
    if (put == NULL) {
        (void)trtk_report("trt_dump", NULL, TRT_ERR_PARAM);
        return;
    }
    trtk_put_word(put, TRTK_WORD_TICK);
    trtk_put_number(put, trt_now());
    put('\n');
    const trt_task_t *task = NULL;
    while ((task = trt_task_next(task)) != NULL) trtk_dump_task(put, task);
}

#endif // TINYRTOS_DUMP

#if TINYRTOS_TASKS

// ---------------------------------------------------------------------------------------------
// >>check: the invariants, one by one (the numbers are those in >>state)
// ---------------------------------------------------------------------------------------------

// A fault in words; where every constant takes RAM, the number of its invariant alone.
#if defined(__AVR__)
#define TRTK_FAULT(number, text) number
#else
#define TRTK_FAULT(number, text) number ": " text
#endif

// Whether a call is between two of its steps: it has let interrupts in.
static bool trtk_is_under_way(void) {
    return trtk.hold.gate != trtk.sched_locks;
}

static const char *trtk_check_ready_ring(uint8_t set, uint8_t prio) {
    const trt_task_t *head = *trtk_ready_ring(set, prio), *task = head;
    if ((head != NULL) != (((uint32_t)trtk.ready_bits[set] >> prio & 1u) != 0))
        return TRTK_FAULT("1", "a ready bit is wrong");
    while (task != NULL) {
        if (!trtk_is_task(task) || !trtk_is_runnable(task))
            return TRTK_FAULT("1", "a ready task is not runnable");
        if (task->prio != prio || trtk_set_of(task) != set)
            return TRTK_FAULT("1", "a ready task is in the ring of another priority");
        if (task->next->prev != task) return TRTK_FAULT("1", "a ready ring is broken");
        task = task->next == head ? NULL : task->next;
    }
    return NULL;
}

static const char *trtk_check_ready(void) {
    bool is_settled = !trtk_may_switch() || trtk.hold.due || TRTK_HAS_POLICY;
    if (!is_settled && (trtk.stopping || trtk_pick_i() != trtk.current))
        return TRTK_FAULT("2", "somebody should run, and nobody knows");
    for (uint8_t set = 0; set < TRTK_SETS; set++) {
        for (uint8_t p = 0; p < TINYRTOS_PRIORITIES; p++) {
            const char *fault = trtk_check_ready_ring(set, p);
            if (fault != NULL) return fault;
        }
    }
    return NULL;
}

static bool trtk_is_ready(const trt_task_t *wanted) {
    const trt_task_t *head = *trtk_ready_ring(trtk_set_of(wanted), wanted->prio), *task = head;
    while (task != NULL && task != wanted) task = task->next == head ? NULL : task->next;
    return task == wanted;
}

// Whether two neighbours stand in the right order, and whether they know the ends of their runs.
static const char *trtk_check_neighbours(const trt_object_t *object, const trt_wait_t *wait) {
    const trt_wait_t *head = object->waiters, *next = wait->next, *last = wait;
    bool older = next == head || (int32_t)(wait->since - next->since) <= 0;
    bool is_first = wait == head || wait->prev->prio != wait->prio;
    if (next->prev != wait) return TRTK_FAULT("3", "a waiting ring is broken");
    if (wait->object != object)
        return TRTK_FAULT("3", "a waiter stands in the ring of another object");
    if (trtk_is_fifo(object))
        return older ? NULL : TRTK_FAULT("3", "a fifo ring is not in order of age");
    if (next != head && wait->prio > next->prio)
        return TRTK_FAULT("3", "a waiting ring is not sorted by priority");
    if (wait->prio == next->prio && !older)
        return TRTK_FAULT("3", "equal waiters are not in order of age");
    while (last->next != head && last->next->prio == wait->prio) last = last->next;
    if (is_first && (wait->group != last || last->group != wait))
        return TRTK_FAULT("3", "a run of equals does not know its ends");
    if (!is_first && next != head && next->prio == wait->prio && wait->group != wait)
        return TRTK_FAULT("3", "one inside a run of equals takes itself for an end");
    return NULL;
}

#if TINYRTOS_STREAMS
static bool trtk_stream_could_serve(const trt_wait_t *wait) {
    const trt_stream_t *stream = (const trt_stream_t *)(const void *)wait->object;
    unsigned size = ((const trt_span_t *)wait->data)->size, used = stream->object.count;
    if (wait->attempt != trtk_stream_send_attempt)
        return used != 0 && used >= trtk_min(stream->trigger, size);
    return size + (trtk_has_messages(stream) ? TRTK_LENGTH : 0u) <= stream->room;
}
#endif

// Of kinds that not every program has.
static const char *trtk_check_others(const trt_wait_t *wait) {
    const trt_object_t *object = wait->object;
#if TINYRTOS_POOLS
    const trt_pool_t *pool = (const trt_pool_t *)(const void *)object;
    if (trtk_is(object, TRTK_KIND_POOL) && object->count != pool->blocks)
        return TRTK_FAULT("4", "a waiter beside a free block");
#endif
#if TINYRTOS_PQUEUES
    const trt_pqueue_t *pqueue = (const trt_pqueue_t *)(const void *)object;
    if (trtk_is(object, TRTK_KIND_PQUEUE) && object->count != 0 &&
        object->count != pqueue->capacity && !trtk_is_under_way()) {
        return TRTK_FAULT("4", "a waiter beside an item and room");
    }
#endif
#if TINYRTOS_STREAMS
    if (trtk_is(object, TRTK_KIND_STREAM) && trtk_stream_could_serve(wait) && !trtk_is_under_way())
        return TRTK_FAULT("4", "a waiter of a stream need not wait");
#endif
#if TINYRTOS_BARRIERS
    const trt_barrier_t *barrier = (const trt_barrier_t *)(const void *)object;
    if (trtk_is(object, TRTK_KIND_BARRIER) && !trtk_is_under_way() &&
        (object->count == 0 || object->count >= barrier->parties)) {
        return TRTK_FAULT("4", "a waiter at an open barrier");
    }
#endif
#if TINYRTOS_RWLOCKS
    if (trtk_is(object, TRTK_KIND_RWLOCK) && object->count == 0 && !trtk_is_under_way())
        return TRTK_FAULT("4", "a writer waits and nobody reads");
#endif
    (void)object;
    return NULL;
}

static const char *trtk_check_nothing_to_take(const trt_wait_t *wait) {
    const trt_object_t *object = wait->object;
#if TINYRTOS_SEMAPHORES
    if (trtk_is(object, TRTK_KIND_SEM) && object->count != 0)
        return TRTK_FAULT("4", "a waiter beside a token");
#endif
#if TINYRTOS_MUTEXES
    if (trtk_is_owned(object) && trtk_owner_of(object) == NULL && !trtk_is_under_way())
        return TRTK_FAULT("4", "a waiter beside a free mutex, or a client without a server");
#endif
#if TINYRTOS_FLAGS
    const trt_flags_t *flags = (const trt_flags_t *)(const void *)object;
    if (trtk_is(object, TRTK_KIND_FLAGS) && !trtk_is_under_way() &&
        trtk_are_set(flags->bits, wait->bits, (uint8_t)wait->mode)) {
        return TRTK_FAULT("4", "a waiter beside its flags");
    }
#endif
#if TINYRTOS_QUEUES
    const trt_queue_t *queue = (const trt_queue_t *)(const void *)object;
    if (trtk_is(object, TRTK_KIND_QUEUE) && object->count != 0 && !trtk_queue_is_full(queue) &&
        !trtk_is_under_way()) {
        return TRTK_FAULT("4", "a waiter beside an item and room");
    }
#endif
    (void)object;
    return trtk_check_others(wait);
}

static bool trtk_is_in_ring(const trt_wait_t *wanted) {
    const trt_wait_t *head = wanted->object->waiters, *wait = head;
    while (wait != NULL && wait != wanted) wait = wait->next == head ? NULL : wait->next;
    return wait == wanted;
}

// The ring that a thing that `task` waits for should stand in.
static const char *trtk_check_ring(const trt_wait_t *wanted, const trt_task_t *task) {
    const trt_object_t *object = wanted->object;
    if (!trtk_is_in_ring(wanted)) return TRTK_FAULT("3", "a waiting task is not in its ring");
    if (wanted->prio != task->prio && !trtk_is_under_way())
        return TRTK_FAULT("3", "a waiter stands there with another priority");
    const trt_wait_t *wait = object->waiters;
    do {
        const char *fault = trtk_check_neighbours(object, wait);
        if (fault != NULL) return fault;
        wait = wait->next;
    } while (wait != object->waiters);
    return task == trtk.current ? NULL : trtk_check_nothing_to_take(wanted); // it will look again
}

static const char *trtk_check_waiting(const trt_task_t *task) {
    if (!trtk_is_waiting(task))
        return task->timeout.link == NULL || trtk_is_waking(task)
                   ? NULL
                   : TRTK_FAULT("3", "a timeout without a wait");
    for (uint_fast8_t i = 0; i < task->legs; i++) {
        const trt_wait_t *wait = &task->wait[i];
        if (wait->task != task) return TRTK_FAULT("3", "a wait of somebody else");
        if (wait->next == NULL && task == trtk.current) continue; // it is about to join
        const char *fault = trtk_check_ring(wait, task);
        if (fault != NULL) return fault;
    }
    return NULL;
}

#if TINYRTOS_MUTEXES
static const char *trtk_check_held(const trt_task_t *task) {
    unsigned held = 0;
    for (const trt_mutex_t *m = task->held; m != NULL; m = m->next_held, held++) {
        if (m->owner != task || m->object.mode == 0 || m->object.mode > TRT_MUTEX_DEPTH_MAX)
            return TRTK_FAULT("6", "a held mutex has another owner, or no lock");
        if (held > TINYRTOS_MUTEXES_HELD_MAX) return TRTK_FAULT("6", "too many mutexes are held");
    }
    return held == task->object.count ? NULL : TRTK_FAULT("6", "held mutexes are miscounted");
}
#else
static const char *trtk_check_held(const trt_task_t *task) {
    (void)task;
    return NULL;
}
#endif

// The priority that a task should have, as far as an interrupt can tell.
static uint8_t trtk_check_prio(const trt_task_t *task) {
    uint8_t prio = task->prio;
    if (!trtk_is_under_way()) (void)trtk_effective_prio_i(task, &prio, trtp_lock()); // stays shut
    return prio;
}

static const char *trtk_check_tasks(void) {
    for (const trt_task_t *task = trtk.tasks; task != NULL; task = task->next_task) {
        const char *fault = trtk_check_waiting(task);
        if (fault == NULL) fault = trtk_check_held(task);
        if (fault != NULL) return fault;
        if (trtk_check_prio(task) != task->prio)
            return TRTK_FAULT("5", "a priority is not what it should be");
        if (trtk_is_runnable(task) && !trtk_is_ready(task))
            return TRTK_FAULT("1", "a runnable task is not ready");
        if (!trtk_is_runnable(task) && trtk_has_equals(task))
            return TRTK_FAULT("1", "a task in no ring has neighbours");
    }
    return NULL;
}

// Ticks until a bucket is looked at.
#ifdef TRTP_TIMEOUT_CHAIN
static trt_tick_t trtk_ticks_to_look(uint8_t bucket) {
    (void)bucket;
    return (trt_tick_t)(trtk.time.nearest - trtk.time.now);
}
#else
static trt_tick_t trtk_ticks_to_look(uint8_t bucket) {
    trt_tick_t unit = (trt_tick_t)((trt_tick_t)1 << (TRTK_FAR - bucket));
    trt_tick_t into = (trt_tick_t)(trtk.time.now & (trt_tick_t)(unit - 1u));
    bool is_next_round = bucket != 0 && (trtk.time.now & unit) != 0; // it has been looked at
    return (trt_tick_t)(unit - into + (is_next_round ? unit : 0u));
}
#endif

static const char *trtk_check_timeouts(void) {
    for (uint8_t b = 0; b < TRTK_BUCKETS; b++) {
        trt_timeout_t *const *link = &trtk.time.buckets[b];
        for (const trt_timeout_t *t = *link; t != NULL; link = &t->next, t = t->next) {
            if (t->link != link) return TRTK_FAULT("7", "a bucket is broken");
            if (t->when == trtk.time.now) return TRTK_FAULT("7", "a timeout is overdue");
            if (trtk_ticks_to_look(b) > (trt_tick_t)(t->when - trtk.time.now))
                return TRTK_FAULT("7", "a timeout lies where nobody looks");
        }
    }
    return NULL;
}

const char *trt_check(void) {
    TRTK_REFUSE("trt_check", NULL, "called from above the ceiling");
    trt_critical_t found = trtp_lock();
    const char *fault = trtk_check_ready();
    if (fault == NULL) fault = trtk_check_tasks();
    if (fault == NULL) fault = trtk_check_timeouts();
    trtk_unlock(found);
    return fault;
}

#endif // TINYRTOS_TASKS

// ---------------------------------------------------------------------------------------------
// >>cortex-m: the port for ARMv6-M, ARMv7-M and ARMv8-M
//
// All tasks and idle run in thread mode on the process stack; interrupts on the main stack. A task
// that does not run has one of two frames at its sp, ten words each:
//
//     V, saved by a call: pad, r4 to r11, return address; above, if the pad says so, FP state.
//     P, saved by an interrupt: EXC_RETURN, r4 to r11, trtp_to_limbo; above, what the hardware
//     stacked.
//
// A switch from V takes both for V, and one to V takes no exception. A P frame can only be left by
// an exception return, since a task that is resumed by hand would keep its hardware frame, and its
// stack would grow: where a call would return to, it has trtp_to_limbo, which goes back to the
// stack of the task that was left, pends PendSV and waits for it. PendSV in turn resumes a V frame
// by returning to trtp_resume, which goes on as a call would have, with the lock still held.
// ---------------------------------------------------------------------------------------------

#if TRTK_PORT_CORTEX_M

#define TRTP_ICSR (*(volatile uint32_t *)0xE000ED04u)
#define TRTP_VTOR (*(volatile uint32_t *)0xE000ED08u)
#define TRTP_CCR (*(volatile uint32_t *)0xE000ED14u)
#define TRTP_SHPR3 (*(volatile uint32_t *)0xE000ED20u)
#define TRTP_SHPR(exception) (*(volatile uint8_t *)(0xE000ED14u + (exception))) // from 4
#define TRTP_IPR(interrupt) (*(volatile uint8_t *)(0xE000E400u + (interrupt)))
#define TRTP_SYST_CSR (*(volatile uint32_t *)0xE000E010u)
#define TRTP_SYST_RVR (*(volatile uint32_t *)0xE000E014u)
#define TRTP_SYST_CVR (*(volatile uint32_t *)0xE000E018u)
#define TRTP_COUNTFLAG (1ul << 16)
#define TRTP_SYST_PERIOD_MAX (1ul << 24) // SysTick counts 24 bits down; from 0 it does not count
#define TRTP_SYST_CUT_MIN 64             // cycles that a count must have left to be cut short
#define TRTP_PENDSVSET (1ul << 28)
#define TRTP_PENDSTSET (1ul << 26)
#define TRTP_PENDSTCLR (1ul << 25)
// Whether each tick counts cycles: where interrupts look at the counter, or `now` does not tell.
#define TRTP_TICK_COUNTS_CYCLES \
    (TINYRTOS_CM_SYSTICK &&     \
     (TINYRTOS_TICKLESS || TINYRTOS_RUN_TIME_STATS || TINYRTOS_TICK_BITS < 32))
#if TINYRTOS_TICKLESS && !TINYRTOS_CM_SYSTICK
#define TRTP_SLEEP(max_ticks) TINYRTOS_TICKLESS_SLEEP(max_ticks)
#else
#define TRTP_SLEEP(max_ticks) trtp_wfi(max_ticks)
#endif

enum { TRTP_FRAME_WORDS = 10, TRTP_LAST_WORD = 9, TRTP_HARDWARE_WORDS = 8 };

static volatile bool trtp_limbo; // between a task that was left and one that only PendSV can resume

#ifdef __cplusplus
extern "C" {
#endif
// For the assembly below, and for the vector table.
uint64_t trtp_preempt(uint32_t *frame);
void trtp_first(trt_task_t *task, void *arg);
void trtp_resume(void);
void trtp_to_limbo(void);
void trtp_wait_in_limbo(void);
void TINYRTOS_CM_PENDSV_HANDLER(void);
#if TINYRTOS_CM_SYSTICK
void TINYRTOS_CM_SYSTICK_HANDLER(void);
#endif
#if TINYRTOS_CM_MPU_GUARD
extern const trt_task_t *trtp_guarded; // whose stack the guard is in; for ports/cortex-m/fault.c
const trt_task_t *trtp_guarded;
#endif
#ifdef __cplusplus
}
#endif

// --- the lock

static uint32_t trtp_primask(void) {
    uint32_t primask;
    __asm__ __volatile__("mrs %0, primask" : "=r"(primask));
    return primask;
}

#if TINYRTOS_CM_CEILING == 0

#define TRTP_PRIMASK_LOCK 1u // what opens the lock under PRIMASK: nothing

static trt_critical_t trtp_lock(void) {
    trt_critical_t found = trtp_primask();
    __asm__ __volatile__("cpsid i" ::: "memory");
    return found;
}

static TRTK_INLINE void trtp_unlock(trt_critical_t found) {
    if (__builtin_constant_p(found) && found == 0) __asm__ __volatile__("cpsie i" ::: "memory");
    else __asm__ __volatile__("msr primask, %0" ::"r"(found) : "memory");
}

static bool trtp_is_open(trt_critical_t found) {
    return found == 0;
}

#else

#define TRTP_PRIMASK_LOCK 0u
#define TRTP_BASEPRI (TINYRTOS_CM_CEILING << (8 - TINYRTOS_CM_PRIORITY_BITS))

static trt_critical_t trtp_lock(void) {
    trt_critical_t found;
#if TINYRTOS_CM_ERRATUM_837070 // Cortex-M7 r0p1: an interrupt may come in just after the mask rises
    uint32_t primask = trtp_primask();
    __asm__ __volatile__("mrs %0, basepri\n\tcpsid i\n\tmsr basepri_max, %1\n\tdsb\n\tisb\n\t"
                         "msr primask, %2"
                         : "=&r"(found)
                         : "r"(TRTP_BASEPRI), "r"(primask)
                         : "memory");
#else
    __asm__ __volatile__("mrs %0, basepri\n\tmsr basepri_max, %1"
                         : "=&r"(found)
                         : "r"(TRTP_BASEPRI)
                         : "memory");
#endif
    return found;
}

static TRTK_INLINE void trtp_unlock(trt_critical_t found) {
    __asm__ __volatile__("msr basepri, %0" ::"r"(found) : "memory");
}

static bool trtp_is_open(trt_critical_t found) {
    return found == 0 && trtp_primask() == 0;
}

#endif

static trt_critical_t trtp_open(void) {
    return 0;
}

// The number of the exception that runs, 0 for a task, 16 for the part's interrupt 0.
static uint32_t trtp_exception(void) {
    uint32_t ipsr;
    __asm__("mrs %0, ipsr" : "=r"(ipsr)); // stays the same while a function runs
    return ipsr;
}

static bool trtp_in_interrupt(void) {
    return trtp_exception() != 0;
}

#if TINYRTOS_CM_CEILING > 0

// Cold: tasks do not come here.
__attribute__((noinline)) static bool trtp_is_above_ceiling(uint32_t exception) {
    if (exception < 4) return true; // NMI and HardFault have no priority that could be set
    uint32_t priority = exception < 16 ? TRTP_SHPR(exception) : TRTP_IPR(exception - 16u);
    return priority < TRTP_BASEPRI;
}

static inline bool trtp_is_forbidden(void) {
    uint32_t exception = trtp_exception();
    return exception != 0 && trtp_is_above_ceiling(exception);
}

static inline void trtp_name_forbidden(const char *call) {
    TINYRTOS_CM_FORBIDDEN_HOOK(call, trtp_exception());
    (void)call;
}

#endif

static bool trtp_halted(void) {
    return false;
}

static void trtp_pend(void) {
    TRTP_ICSR = TRTP_PENDSVSET;
}

static void trtp_panic(const char *why, const trt_task_t *task) {
    TINYRTOS_CM_PANIC_HOOK(why, task);
    __asm__ __volatile__("cpsid i" ::: "memory");
    for (;;) continue;
}

// --- stacks and frames

static void *trtp_stack(const trt_task_t *task, size_t *bytes) {
    *bytes = task->stack_bytes;
    return task->stack;
}

static void trtp_stack_prepare(trt_task_t *task) {
    memset(task->stack, TRTP_STACK_FILL, task->stack_bytes);
}

static bool trtp_is_preempted(const void *frame) {
    return ((const uint32_t *)frame)[TRTP_LAST_WORD] == (uint32_t)(uintptr_t)trtp_to_limbo;
}

// A V frame returns here, with the lock held, the task in r4 and its argument in r5.
__attribute__((naked, used)) static void trtp_entry(void) {
    __asm__ __volatile__("mov r0, r4\n\t"
                         "mov r1, r5\n\t"
                         "bl trtp_first");
}

#if __ARM_ARCH >= 8 && __ARM_ARCH_ISA_THUMB >= 2 && (TINYRTOS_STACK_CHECK || TINYRTOS_CM_MPU_GUARD)
#define TRTP_HAS_PSPLIM
#endif

#ifdef TRTP_HAS_PSPLIM
// The processor faults when the process stack would pass this task's end (idle's has none).
static void trtp_limit_stack(const trt_task_t *task) {
    const void *low = task != NULL ? task->stack : NULL;
    __asm__ __volatile__("msr psplim, %0" ::"r"(low));
}
#else
static void trtp_limit_stack(const trt_task_t *task) {
    (void)task;
}
#endif

// The guard: the lowest 32 bytes of the running task's stack, from an address that the MPU takes,
// cannot be written. They can be read, so whoever looks at how full a stack is may do so. The last
// region is taken, which counts before all others.
#if TINYRTOS_CM_MPU_GUARD && !defined(TRTP_HAS_PSPLIM)

#define TRTP_MPU_TYPE (*(volatile uint32_t *)0xE000ED90u)
#define TRTP_MPU_CTRL (*(volatile uint32_t *)0xE000ED94u)
#define TRTP_MPU_RNR (*(volatile uint32_t *)0xE000ED98u)
#define TRTP_MPU_RBAR (*(volatile uint32_t *)0xE000ED9Cu)
#define TRTP_MPU_RASR (*(volatile uint32_t *)0xE000EDA0u)
#define TRTP_MPU_ON 0x16060009u // never code, read only, memory, 32 bytes, on

static void trtp_guard_stack(const trt_task_t *task) {
    trtp_guarded = task;
    TRTP_MPU_RASR = 0; // never half of each
    if (task == NULL) return;
    TRTP_MPU_RBAR = ((uint32_t)(uintptr_t)task->stack + 31u) & ~31u;
    TRTP_MPU_RASR = TRTP_MPU_ON;
}

static void trtp_start_guard(void) {
    uint32_t regions = TRTP_MPU_TYPE >> 8 & 0xFFu;
    if (regions == 0) trtp_panic("there is no MPU for TINYRTOS_CM_MPU_GUARD", NULL);
    TRTP_MPU_RNR = regions - 1u;
    trtp_guard_stack(NULL);
    if ((TRTP_MPU_CTRL & 1u) == 0) TRTP_MPU_CTRL = 5; // on; the rest as if there were no MPU
    __asm__ __volatile__("dsb\n\tisb" ::: "memory");
}

#undef TRTP_MPU_TYPE
#undef TRTP_MPU_CTRL
#undef TRTP_MPU_RNR
#undef TRTP_MPU_RBAR
#undef TRTP_MPU_RASR
#undef TRTP_MPU_ON

#else
static void trtp_guard_stack(const trt_task_t *task) {
    (void)task;
}
static void trtp_start_guard(void) {}
#endif

// A task, or idle, goes on: its stack is the one to look after.
static void trtp_enter_stack(const trt_task_t *task) {
    trtp_limit_stack(task);
    trtp_guard_stack(task);
}

__attribute__((used)) void trtp_first(trt_task_t *task, void *arg) {
    trtp_enter_stack(task);
    trtp_unlock(trtp_open());
    trtk_task_main(task, arg);
}

// (What the frame does not need stays what the stack has been filled with: its first word is not
// the 4 that says that FPU registers lie above.)
static void *trtp_frame(trt_task_t *task, void *arg) {
    uintptr_t top = ((uintptr_t)task->stack + task->stack_bytes) & ~(uintptr_t)7;
    uint32_t *frame = (uint32_t *)top - TRTP_FRAME_WORDS;
    frame[1] = (uint32_t)(uintptr_t)task;
    frame[2] = (uint32_t)(uintptr_t)arg;
    frame[TRTP_LAST_WORD] = (uint32_t)(uintptr_t)trtp_entry;
    return frame;
}

#if defined(__ARM_FP)
// In a call that switches, FPSCR and s16 to s31 are kept if the task has used the FPU; its FPU
// state is then switched off, lest the next task's interrupts stack registers that it does not use.
#define TRTP_SAVE_FP      \
    "mrs r3, control\n\t" \
    "ands r3, r3, #4\n\t" \
    "beq 1f\n\t"          \
    "vmrs r2, fpscr\n\t"  \
    "vpush {s16-s31}\n\t" \
    "push {r2, r3}\n\t"   \
    "mrs r2, control\n\t" \
    "bic r2, r2, #4\n\t"  \
    "msr control, r2\n\t" \
    "isb\n\t"             \
    "1:\n\t"
#define TRTP_RESTORE_FP  \
    "cmp r3, #4\n\t"     \
    "bne 2f\n\t"         \
    "pop {r2, r3}\n\t"   \
    "vpop {s16-s31}\n\t" \
    "vmsr fpscr, r2\n\t" \
    "2:\n\t"
#define TRTP_STACK_FP \
    "tst lr, #16\n\t" \
    "it eq\n\t"       \
    "vstmdbeq r0!, {s16-s31}\n\t"
#define TRTP_UNSTACK_FP \
    "tst lr, #16\n\t"   \
    "it eq\n\t"         \
    "vldmiaeq r0!, {s16-s31}\n\t"
#else
#define TRTP_SAVE_FP
#define TRTP_RESTORE_FP
#define TRTP_STACK_FP
#define TRTP_UNSTACK_FP
#endif

// What the instruction set changes: pushing a V frame; resuming the one at sp; pushing a P frame
// again that was taken for that; the P frame below r0.
#if __ARM_ARCH_ISA_THUMB >= 2
#define TRTP_PUSH_V "push {r3-r11, lr}\n\t"
#if defined(__ARM_FP)
#define TRTP_POP_V "pop {r3-r11, lr}\n\t" TRTP_RESTORE_FP "bx lr\n\t"
#else
#define TRTP_POP_V "pop {r3-r11, pc}\n\t"
#endif
#define TRTP_PUSH_P_AGAIN \
    "ldr lr, 3f\n\t"      \
    "push {r3-r11, lr}\n\t"
#define TRTP_STORE_SP "str sp, [r0]\n\t"
#define TRTP_STORE_P \
    TRTP_STACK_FP    \
    "mov r3, lr\n\t" \
    "ldr lr, 3f\n\t" \
    "stmdb r0!, {r3-r11, lr}\n\t"
#define TRTP_LOAD_P                                    \
    "ldmia r0!, {r3-r11, lr}\n\t"                      \
    "mov lr, r3\n\t" TRTP_UNSTACK_FP "msr psp, r0\n\t" \
    "bx lr\n\t"
#else // ARMv6-M and ARMv8-M baseline reach r8 to r11 through r4 to r7
#define TRTP_STORE_4_TO_11   \
    "stmia r2!, {r4-r7}\n\t" \
    "mov r4, r8\n\t"         \
    "mov r5, r9\n\t"         \
    "mov r6, r10\n\t"        \
    "mov r7, r11\n\t"        \
    "stmia r2!, {r4-r7}\n\t"
#define TRTP_LOAD_4_TO_11    \
    "adds r2, #16\n\t"       \
    "ldmia r2!, {r4-r7}\n\t" \
    "mov r8, r4\n\t"         \
    "mov r9, r5\n\t"         \
    "mov r10, r6\n\t"        \
    "mov r11, r7\n\t"        \
    "subs r2, #32\n\t"       \
    "ldmia r2!, {r4-r7}\n\t"
#define TRTP_STORE_SP "mov r2, sp\n\tstr r2, [r0]\n\t"
#define TRTP_PUSH_V         \
    "sub sp, #40\n\t"       \
    "mov r2, lr\n\t"        \
    "str r2, [sp, #36]\n\t" \
    "add r2, sp, #4\n\t" TRTP_STORE_4_TO_11
#define TRTP_POP_V                                                 \
    "add r2, sp, #4\n\t" TRTP_LOAD_4_TO_11 "ldr r2, [sp, #36]\n\t" \
    "ldr r3, [sp]\n\t"                                             \
    "add sp, #40\n\t"                                              \
    "bx r2\n\t"
#define TRTP_PUSH_P_AGAIN "mov lr, r2\n\t" TRTP_PUSH_V "str r3, [sp]\n\t"
#define TRTP_STORE_P        \
    "subs r0, #40\n\t"      \
    "mov r3, lr\n\t"        \
    "str r3, [r0]\n\t"      \
    "ldr r2, 3f\n\t"        \
    "str r2, [r0, #36]\n\t" \
    "adds r2, r0, #4\n\t" TRTP_STORE_4_TO_11
#define TRTP_LOAD_P                                            \
    "adds r2, r0, #4\n\t" TRTP_LOAD_4_TO_11 "ldr r2, [r0]\n\t" \
    "adds r0, #40\n\t"                                         \
    "msr psp, r0\n\t"                                          \
    "bx r2\n\t"
#endif

#define TRTP_LIMBO_WORD ".balign 4\n3:\n\t.word trtp_to_limbo"

#if defined(__clang__)
#define TRTP_NAKED __attribute__((naked, noinline))
#else // gcc would look into it, and take what other tasks write meanwhile as unchanged
#define TRTP_NAKED __attribute__((naked, noipa))
#endif

// Save a V frame, its sp in *save; resume the V frame at next.
TRTP_NAKED static void trtp_swap(void **save, void *next) {
    (void)save, (void)next;
    __asm__ __volatile__(".syntax unified\n\t" TRTP_SAVE_FP TRTP_PUSH_V TRTP_STORE_SP
                         "mov sp, r1\n\t"
                         ".global trtp_resume\n\t"
                         ".thumb_func\n"
                         "trtp_resume:\n\t" TRTP_POP_V);
}

// Where trtp_swap returns to that has taken a P frame for V: the task that was left has its sp at
// r0. (Some interrupts are never shut out, and may have used the stack below the frame's words.)
TRTP_NAKED void trtp_to_limbo(void) {
    __asm__ __volatile__(".syntax unified\n\t" TRTP_PUSH_P_AGAIN "ldr r0, [r0]\n\t"
                         "mov sp, r0\n\t"
                         "bl trtp_wait_in_limbo\n\t" TRTP_LIMBO_WORD);
}

// The lock is held. Interrupts may come in and fill the stack, for its task to start anew.
__attribute__((used)) void trtp_wait_in_limbo(void) {
    trtp_guard_stack(NULL);
    trtp_limbo = true;
    trtp_pend();
    trtp_unlock(trtp_open());
    for (;;) __asm__ __volatile__("isb");
}

static void trtp_switch(void **save, void *next) {
    trtp_limit_stack(NULL);
    trtp_swap(save, next);
    trtp_enter_stack(trtk.current);
}

// PendSV: the P frame of the task that it interrupted is at `frame` (in limbo, nobody's). In the
// low half, the sp to go on with; in the high half, whether that is an exception return to
// trtp_resume.
__attribute__((used)) uint64_t trtp_preempt(uint32_t *frame) {
    (void)trtp_lock();
    trt_task_t *last = trtk.current;
    if (!trtp_limbo) *trtk_sp_of(last) = frame;
    trtp_limbo = false;
    void *next = *trtk_sp_of(trtk_choose_i());
    bool is_preempted = trtp_is_preempted(next);
    trtp_limit_stack(is_preempted ? trtk.current : NULL); // or its task does, as it goes on
    trtp_guard_stack(trtk.current);
    if (is_preempted) {
        trtp_unlock(trtp_open());
        return (uintptr_t)next;
    }
    uint32_t *hardware = (uint32_t *)next - TRTP_HARDWARE_WORDS; // r0 to r3, r12, lr, pc, xpsr
    hardware[6] = (uint32_t)(uintptr_t)trtp_resume & ~1ul;
    hardware[7] = 1ul << 24; // thumb
    trtp_unlock(trtp_open());
    return (uintptr_t)hardware | (uint64_t)1 << 32;
}

// The EXC_RETURN to trtp_resume is that of the interrupted task without its FP state.
__attribute__((naked)) void TINYRTOS_CM_PENDSV_HANDLER(void) {
    __asm__ __volatile__(".syntax unified\n\t"
                         "mrs r0, psp\n\t" TRTP_STORE_P "mov r4, r3\n\t"
                         "bl trtp_preempt\n\t"
                         "cmp r1, #0\n\t"
                         "beq 1f\n\t"
                         "msr psp, r0\n\t"
                         "movs r1, #16\n\t"
                         "orrs r4, r1\n\t"
                         "bx r4\n"
                         "1:\n\t" TRTP_LOAD_P TRTP_LIMBO_WORD);
}

// --- starting, ticking, idling

// SysTick counts down to 0, which is a tick, and takes a cycle to be at the top again.

#if TRTP_TICK_COUNTS_CYCLES

static struct trtp_systick {
    // lock:
    uint32_t begun;  // the counter, when the present count began
    uint32_t length; // of the present count, in cycles
    uint32_t next;   // of the next: what the reload register says
} trtp_systick;

// lock held: the cycles that are left of the present count. COUNTFLAG rises with each tick and
// falls when it is read, so whoever looks first adds what has passed; a handler that has begun and
// has not counted its tick yet changes nothing. Somebody looks in each count: the tick does.
static uint32_t trtp_cycles_left(void) {
    uint32_t left = TRTP_SYST_CVR;
    if ((TRTP_SYST_CSR & TRTP_COUNTFLAG) != 0) {
        trtp_systick.begun += trtp_systick.length;
        trtp_systick.length = trtp_systick.next;
        left = TRTP_SYST_CVR; // of the next count
    }
    return left != 0 ? left : trtp_systick.length;
}

// lock held: the length of the next count.
static void trtp_set_next(uint32_t cycles) {
    trtp_systick.next = cycles;
    TRTP_SYST_RVR = cycles - 1u;
}

static inline uint32_t trtp_counter(void) {
    uint32_t left = trtp_cycles_left();
    return trtp_systick.begun + trtp_systick.length - left;
}

static void trtp_count_cycles(void) {
    trt_critical_t found = trtp_lock();
    (void)trtp_cycles_left();
    trtp_unlock(found);
}

static void trtp_start_counter(uint32_t period) {
    trtp_systick.length = period;
    trtp_set_next(period);
}

#elif TINYRTOS_CM_SYSTICK

// lock held, in a task: the ticks, one that has come and is held back among them, and what has
// passed since. (In an interrupt, it might be the tick's own handler that is held back.)
static inline uint32_t trtp_counter(void) {
    uint32_t period = TRTP_SYST_RVR + 1u, ticks = (uint32_t)trtk.time.now + 1u,
             left = TRTP_SYST_CVR;
    if ((TRTP_ICSR & TRTP_PENDSTSET) != 0) {
        left = TRTP_SYST_CVR; // of the next count
        ticks++;
    }
    return ticks * period - (left != 0 ? left : period);
}

static void trtp_count_cycles(void) {}

static void trtp_start_counter(uint32_t period) {
    TRTP_SYST_RVR = period - 1u;
}

#endif

#if TINYRTOS_CM_SYSTICK
void TINYRTOS_CM_SYSTICK_HANDLER(void) {
    trtp_count_cycles();
    trt_tick();
}
#endif

#if TINYRTOS_TICKLESS

#if TINYRTOS_CM_SYSTICK
static trt_tick_t trtp_wfi(trt_tick_t max_ticks) {
    (void)max_ticks;
    __asm__ __volatile__("dsb\n\twfi" ::: "memory");
    return 0;
}
#endif

// lock held: sleep until an interrupt has come, which the next unlock lets in; those above the
// ceiling are let in here.
static trt_tick_t trtp_wait(trt_tick_t max_ticks) {
    __asm__ __volatile__("cpsid i" ::: "memory");
    trtp_unlock(trtp_open() | TRTP_PRIMASK_LOCK);
    trt_tick_t passed = TRTP_SLEEP(max_ticks);
    (void)max_ticks;
    (void)trtp_lock();
    __asm__ __volatile__("msr primask, %0" ::"r"(TRTP_PRIMASK_LOCK) : "memory");
    return passed;
}

#endif

// --- tickless: idle lets the tick rest until something is due
//
// SysTick is not stopped and goes on from tick to tick: while there is time, the next count is as
// long as all ticks to the one that is due, so that no cycle is lost. Only a wake in the midst of a
// long count cuts that short, to the end of the tick that is under way; the cycles that this takes
// are measured at the start. Whoever runs finds an ordinary count, and the time up to date.

#if TINYRTOS_TICKLESS && TINYRTOS_CM_SYSTICK

static struct {
    uint32_t period;      // cycles of a tick
    trt_tick_t max_ticks; // before the tick that must not be missed, and that one
    uint32_t gap;         // cycles between a look at the count and its new begin
} trtp_tickless;

// Let a count of one tick at most, `by` cycles shorter than the present one, begin (`restart` is
// SysTick's current value), or do all of that but the last. 0: it would be too short; else, plus
// one, how far SysTick has come meanwhile.
__attribute__((noinline)) static uint32_t trtp_cut(uint32_t by, volatile uint32_t *restart) {
    uint32_t left = TRTP_SYST_CVR - by;
    if (left < TRTP_SYST_CUT_MIN || left > trtp_tickless.period) return 0;
    TRTP_SYST_RVR = left;
    *restart = left;
    uint32_t after = TRTP_SYST_CVR;
    while (TRTP_SYST_CVR == 0) continue; // before it has begun, it would be a whole tick
    TRTP_SYST_RVR = trtp_tickless.period - 1u;
    return 1u + (after != 0 ? left - after : 0);
}

// The first count of all is spent on measuring the gap: from the look to the end of trtp_cut, less
// from the new begin to there.
static void trtp_prepare_tickless(uint32_t period) {
    const uint64_t most = TRTP_SYST_PERIOD_MAX / period + 1u;
    trtp_tickless.period = period;
    trtp_tickless.max_ticks = most < TRT_TICKS_MAX ? (trt_tick_t)most : TRT_TICKS_MAX;
    while (TRTP_SYST_CVR == 0) continue;
    uint32_t whole = trtp_cut(0, &TRTP_SYST_RVR), after = trtp_cut(0, &TRTP_SYST_CVR);
    trtp_tickless.gap = whole > after ? whole - after : 0;
    TRTP_SYST_CVR = 0;
}

// In a long count, with `more` whole ticks to come after the present one: that one becomes the
// last. False: it is about to end.
static bool trtp_cut_short(uint32_t more) {
    uint32_t primask = trtp_primask(), by = more * trtp_tickless.period + trtp_tickless.gap;
    __asm__ __volatile__("cpsid i" ::: "memory");
    bool done = trtp_cut(by, &TRTP_SYST_CVR) != 0;
    __asm__ __volatile__("msr primask, %0" ::"r"(primask) : "memory");
    return done;
}

// A long count of so many ticks has begun: sleep; then make up for the ticks that have passed.
static void trtp_sleep_long(uint32_t ticks) {
    (void)trtp_wait(0);
    uint32_t more; // ticks to come after the present one, which counts itself
    do more = (trtp_cycles_left() - 1u) / trtp_tickless.period;
    while (more > 0 && !trtp_cut_short(more));
    uint32_t passed = ticks - 1u - more;
    trtk_skip_i((trt_tick_t)passed);
    if (more == 0) return;
    trtp_systick.begun += passed * trtp_tickless.period;
    trtp_systick.length = trtp_tickless.period;
}

static void trtp_sleep(void) {
    uint32_t period = trtp_tickless.period;
    uint32_t ticks = (uint32_t)trtk_ticks_to_next_i(trtp_tickless.max_ticks) - 1u;
    (void)trtp_cycles_left();
    if (ticks > 1) trtp_set_next(ticks * period);
    (void)trtp_wait(0);
    (void)trtp_cycles_left();
    trtp_set_next(period);
    bool is_long = trtp_cycles_left() > period; // a tick came in time to find it, and no later
    trtp_systick.length = is_long ? ticks * period : period;
    if (!is_long) return;
    TRTP_ICSR = TRTP_PENDSTCLR;
    trtk_skip_i(1);
    trtp_sleep_long(ticks);
}

#elif TINYRTOS_TICKLESS

static void trtp_sleep(void) {
    trtk_skip_i(trtp_wait(trtk_ticks_to_next_i(TRT_TICKS_MAX)));
}

#endif

#if TINYRTOS_CM_SYSTICK && !TINYRTOS_TICKLESS
static void trtp_prepare_tickless(uint32_t period) {
    (void)period;
}
#endif

// Thread mode moves to the process stack, where it stands; the main stack begins below idle's
// share.
static inline void trtp_split_stack(void) {
    __asm__ __volatile__(".syntax unified\n\t"
                         "mrs r0, msp\n\t"
                         "msr psp, r0\n\t"
                         "mrs r1, control\n\t"
                         "movs r2, #2\n\t"
                         "orrs r1, r2\n\t"
                         "msr control, r1\n\t"
                         "isb\n\t"
                         "subs r0, r0, %0\n\t"
                         "lsrs r0, r0, #3\n\t" // where it stands may be aligned to four only
                         "lsls r0, r0, #3\n\t"
                         "msr msp, r0"
                         :
                         : "l"(TINYRTOS_CM_IDLE_STACK) // an ARMv6-M subtracts low ones only
                         : "r0", "r1", "r2", "cc", "memory");
}

typedef void (*trtp_handler_t)(void);

static void trtp_check_vector(uint32_t number, trtp_handler_t handler, const char *why) {
    const trtp_handler_t *vectors = (const trtp_handler_t *)(uintptr_t)TRTP_VTOR;
    if (vectors[number] != handler) trtp_panic(why, NULL);
}

static void trtp_start(void) {
    trtp_check_vector(14, TINYRTOS_CM_PENDSV_HANDLER, "another PendSV handler is installed");
    TRTP_SHPR3 |= 0xFFul << 16 | TINYRTOS_CM_SYSTICK * 0xFFul << 24; // both after all others
    TRTP_CCR |= 1ul << 9; // align stacks to eight: off after reset on early M3s (STM32F1)
    trtp_start_guard();
#if TINYRTOS_CM_SYSTICK
    trtp_check_vector(15, TINYRTOS_CM_SYSTICK_HANDLER, "another SysTick handler is installed");
    uint64_t period = (TINYRTOS_CPU_HZ) / TINYRTOS_TICK_HZ; // divided in its own type
    if (period < 2 || period > TRTP_SYST_PERIOD_MAX)
        trtp_panic("SysTick cannot make TINYRTOS_TICK_HZ of TINYRTOS_CPU_HZ", NULL);
    trtp_start_counter((uint32_t)period);
    TRTP_SYST_CVR = 0;
    TRTP_SYST_CSR = 7; // the core's clock, interrupt, on
    trtp_prepare_tickless((uint32_t)period);
#endif
#if TINYRTOS_CM_CEILING > 0
    __asm__ __volatile__("cpsie i" ::: "memory"); // whoever shut all out: BASEPRI is the mask
#endif
    trtp_split_stack();
}

// WFI wakes for what PRIMASK holds back, but not for what BASEPRI does; so PRIMASK holds it back.
#if TINYRTOS_TICKLESS
static bool trtp_idle(trt_status_t *status) {
    (void)status;
    trtp_sleep();
    trtp_unlock(trtp_open());
    __asm__ __volatile__("isb" ::: "memory");
    (void)trtp_lock();
    return true;
}
#else
static bool trtp_idle(trt_status_t *status) {
    (void)status;
    __asm__ __volatile__("cpsid i" ::: "memory");
    trtp_unlock(trtp_open() | TRTP_PRIMASK_LOCK);
    __asm__ __volatile__("dsb\n\twfi\n\tcpsie i\n\tisb" ::: "memory");
    (void)trtp_lock();
    return true;
}
#endif

#undef TRTP_ICSR
#undef TRTP_VTOR
#undef TRTP_CCR
#undef TRTP_SHPR3
#undef TRTP_SHPR
#undef TRTP_IPR
#undef TRTP_SYST_CSR
#undef TRTP_SYST_RVR
#undef TRTP_SYST_CVR
#undef TRTP_COUNTFLAG
#undef TRTP_SYST_PERIOD_MAX
#undef TRTP_SYST_CUT_MIN
#undef TRTP_PENDSVSET
#undef TRTP_PENDSTSET
#undef TRTP_PENDSTCLR
#undef TRTP_TICK_COUNTS_CYCLES
#undef TRTP_SLEEP
#undef TRTP_HAS_PSPLIM
#undef TRTP_PRIMASK_LOCK
#undef TRTP_LIMBO_WORD
#undef TRTP_PUSH_P_AGAIN
#undef TRTP_BASEPRI
#undef TRTP_SAVE_FP
#undef TRTP_RESTORE_FP
#undef TRTP_STACK_FP
#undef TRTP_UNSTACK_FP
#undef TRTP_NAKED
#undef TRTP_PUSH_V
#undef TRTP_STORE_SP
#undef TRTP_POP_V
#undef TRTP_STORE_P
#undef TRTP_LOAD_P
#undef TRTP_STORE_4_TO_11
#undef TRTP_LOAD_4_TO_11

#endif // TRTK_PORT_CORTEX_M

// ---------------------------------------------------------------------------------------------
// >>avr: the port for AVRs of the tiny and mega families
//
// One switch serves all. It saves what a function must keep: r2 to r17, r28, r29; with the return
// address that is a frame of 20 bytes (21 where the program counter has three). An interrupt that
// switches on its way out has saved the rest in its prologue, below which the frame then lies.
//
// Nothing in an AVR says that an interrupt is under way. What decides is the I bit: whoever found
// it off may not be left, and `due` stays set until somebody looks who may: the end of TRT_ISR, or
// of the next call that found I on. TRT_ISRs are counted, so that they are known when they have
// set I.
//
// Idle is main, on its stack. With TINYRTOS_AVR_ISR_STACK, interrupts run there too, below idle's
// frame. r1 is zero wherever C calls a function, so also at every switch.
// ---------------------------------------------------------------------------------------------

#if TRTK_PORT_AVR

#include <avr/sleep.h>

volatile uint8_t trtp_interrupts;

// --- the lock

#if TINYRTOS_TICKLESS
static struct {
    // lock:
    bool rests;     // idle has made the present count longer, and `now` is not up to date
    uint16_t begun; // the counter, when the tick that `now` says began
    uint16_t ticks; // from there to the end of the count
} trtp_tickless;

static void trtp_end_rest(void);

static inline void trtp_catch_up(void) {
    if (trtp_tickless.rests) trtp_end_rest();
}

#define TRTP_LOCKS inline
#else
#define TRTP_LOCKS TRTK_INLINE // two instructions, which gcc would rather call

static inline void trtp_catch_up(void) {}

static inline void trtp_begin_rest(void) {}

static inline void trtp_in_tick(void) {}
#endif

static TRTP_LOCKS trt_critical_t trtp_lock(void) {
    trt_critical_t found = SREG;
    __asm__ __volatile__("cli" ::: "memory");
    trtp_catch_up();
    return found;
}

static inline void trtp_unlock(trt_critical_t found) {
    __asm__ __volatile__("out %0, %1" ::"I"(_SFR_IO_ADDR(SREG)), "r"(found) : "memory");
}

static inline bool trtp_is_open(trt_critical_t found) {
    return (int8_t)found < 0;
}

static inline trt_critical_t trtp_open(void) {
    return 0x80;
}

static inline bool trtp_in_interrupt(void) {
    return *(const uint8_t *)&trtp_interrupts != 0; // the same for all of a function
}

static TRTK_INLINE void trtp_read_flash(void *to, const void *from, uint8_t bytes) {
    if (bytes == sizeof(uint32_t)) { // into registers
        uint32_t four = pgm_read_dword(from);
        memcpy(to, &four, sizeof four);
        return;
    }
    for (uint8_t i = 0; i < bytes; i++)
        ((uint8_t *)to)[i] = pgm_read_byte((const uint8_t *)from + i);
}

#if TINYRTOS_TASKS

static inline bool trtp_halted(void) {
    return false;
}

// `due` is what it asks for, and stays.
static inline void trtp_pend(void) {}

static void trtp_panic(const char *why, const trt_task_t *task) {
    TINYRTOS_AVR_PANIC_HOOK(why, task);
    for (;;) __asm__ __volatile__("cli" ::: "memory");
}

// --- stacks and frames

#if defined(__AVR_3_BYTE_PC__)
enum { TRTP_PC_BYTES = 3 };
#else
enum { TRTP_PC_BYTES = 2 };
#endif
enum { TRTP_SAVED_BYTES = 18 };

static void *trtp_stack(const trt_task_t *task, size_t *bytes) {
    *bytes = task->stack_bytes;
    return task->stack;
}

static void trtp_stack_prepare(trt_task_t *task) {
    memset(task->stack, TRTP_STACK_FILL, task->stack_bytes);
}

#if defined(__AVR_HAVE_MOVW__)
#define TRTP_MOVE(to_high, to, from_high, from) "movw " #to ", " #from "\n\t"
#else
#define TRTP_MOVE(to_high, to, from_high, from) \
    "mov " #to_high ", " #from_high "\n\tmov " #to ", " #from "\n\t"
#endif

#if defined(__AVR_HAVE_SPH__)
#define TRTP_STORE_SP                                   \
    "in __tmp_reg__, __SP_L__\n\tst Z, __tmp_reg__\n\t" \
    "in __tmp_reg__, __SP_H__\n\tstd Z+1, __tmp_reg__\n\t"
#define TRTP_LOAD_SP(high, low) "out __SP_H__, " #high "\n\tout __SP_L__, " #low "\n\t"
#else // all of its memory is below 0x100
#define TRTP_STORE_SP "in __tmp_reg__, __SP_L__\n\tst Z, __tmp_reg__\n\t"
#define TRTP_LOAD_SP(high, low) "out __SP_L__, " #low "\n\t"
#endif

// What a function may change. Told of each that is naked, since a compiler that looks into it would
// see that nothing has changed.
#define TRTP_CLOBBERS \
    "r18", "r19", "r20", "r21", "r22", "r23", "r24", "r25", "r26", "r27", "r30", "r31", "memory"

// Save a frame, its sp in *save (r24); resume the one at next (r22). The mask is up, so that the
// two halves of SP are written as one. It is no function that a compiler can look into, since that
// would see that other tasks' variables do not change in it.
__asm__(".pushsection .text.trtp_swap,\"ax\",@progbits\n\t"
        ".global trtp_swap\n\t"
        ".type trtp_swap, @function\n"
        "trtp_swap:\n\t"
        "push r2\n\tpush r3\n\tpush r4\n\tpush r5\n\tpush r6\n\tpush r7\n\t"
        "push r8\n\tpush r9\n\tpush r10\n\tpush r11\n\tpush r12\n\tpush r13\n\t"
        "push r14\n\tpush r15\n\tpush r16\n\tpush r17\n\tpush r28\n\tpush r29\n\t" TRTP_MOVE(
            r31, r30, r25, r24)
            TRTP_STORE_SP TRTP_LOAD_SP(
                r23, r22) "pop r29\n\tpop r28\n\tpop r17\n\tpop r16\n\tpop r15\n\tpop r14\n\t"
                          "pop r13\n\tpop r12\n\tpop r11\n\tpop r10\n\tpop r9\n\tpop r8\n\t"
                          "pop r7\n\tpop r6\n\tpop r5\n\tpop r4\n\tpop r3\n\tpop r2\n\t"
                          "ret\n\t"
                          ".size trtp_swap, .-trtp_swap\n\t"
                          ".popsection");

static inline void trtp_switch(void **save, void *next) {
    trtp_swap(save, next);
}

// A first frame returns here, with the lock held, the task in r28 and its argument in r16.
__attribute__((naked, noinline)) static void trtp_entry(void) {
    __asm__ __volatile__(TRTP_MOVE(r25, r24, r29, r28)
                             TRTP_MOVE(r23, r22, r17, r16) "sei\n\t"
                                                           "%~jmp %x0" ::"i"(trtk_task_main)
                         : TRTP_CLOBBERS);
}

static void *trtp_frame(trt_task_t *task, void *arg) {
    uint8_t *pc = (uint8_t *)task->stack + task->stack_bytes - TRTP_PC_BYTES;
    uint8_t *frame = pc - TRTP_SAVED_BYTES;
    uintptr_t entry = (uintptr_t)trtp_entry; // of a stub, if that lies beyond 128 KB
    frame[0] = (uint8_t)((uintptr_t)task >> 8);
    frame[1] = (uint8_t)(uintptr_t)task;
    frame[2] = (uint8_t)((uintptr_t)arg >> 8);
    frame[3] = (uint8_t)(uintptr_t)arg;
    *pc = 0;
    pc[TRTP_PC_BYTES - 2] = (uint8_t)(entry >> 8);
    pc[TRTP_PC_BYTES - 1] = (uint8_t)entry;
    return frame - 1;
}

#endif // TINYRTOS_TASKS

// --- interrupts

void trtp_isr_end(void) {
    __asm__ __volatile__("cli" ::: "memory");
#if TINYRTOS_TASKS
    if (--trtp_interrupts == 0 && trtk.hold.due) trtk_reschedule_s();
#else
    trtp_interrupts--;
#endif
}

#if TINYRTOS_AVR_ISR_STACK

// Call body (r24) on the stack at sp (r22). The mask is up, and is afterwards.
__attribute__((naked, noinline, noclone)) static void trtp_call_on(void (*body)(void), void *sp) {
    (void)body, (void)sp;
    __asm__ __volatile__("push r28\n\tpush r29\n\t"
                         "in r28, __SP_L__\n\t"
#if defined(__AVR_HAVE_SPH__)
                         "in r29, __SP_H__\n\t"
#endif
                         TRTP_MOVE(r31, r30, r25, r24) TRTP_LOAD_SP(r23, r22)
#if defined(__AVR_HAVE_EIJMP_EICALL__)
                             "eicall\n\t"
#else
                             "icall\n\t"
#endif
                             "cli\n\t" TRTP_LOAD_SP(r29, r28) "pop r29\n\tpop r28\n\tret" ::
                                 : TRTP_CLOBBERS);
}

void trtp_isr(void (*body)(void)) {
    if (trtp_interrupts++ == 0 && trtk.current != NULL) trtp_call_on(body, trtk.idle_sp);
    else body();
    trtp_isr_end();
}

#endif

// --- starting, ticking, idling

#if TINYRTOS_AVR_TICK

// In one go: OCR1, say, is a macro on some parts.
#define TRTP_REGISTER(before, after) TRTP_JOIN(before, TINYRTOS_AVR_TIMER, after)
#define TRTP_JOIN(before, number, after) TRTP_JOIN_EXPANDED(before, number, after)
#define TRTP_JOIN_EXPANDED(before, number, after) before##number##after
#if defined(TIMSK)
#define TRTP_TIMSK TIMSK
#define TRTP_TIFR TIFR
#else
#define TRTP_TIMSK TRTK_CAT(TIMSK, TINYRTOS_AVR_TIMER)
#define TRTP_TIFR TRTK_CAT(TIFR, TINYRTOS_AVR_TIMER)
#endif
#define TRTP_TICK_ENABLE (1u << TRTP_REGISTER(OCIE, A))

#if defined(ARDUINO) && TINYRTOS_AVR_TIMER == 0

// The Arduino core has set Timer 0 to 256 times 64 cycles: millis() counts them. Compare A comes
// once in each such time, and ticks as often as is due.
#define TRTP_CYCLES_PER_INTERRUPT 16384ul
#if TINYRTOS_TICK_HZ > 10000
#error "TINYRTOS_TICK_HZ: with the Arduino core's Timer 0, 10000 at most"
#endif
static uint32_t trtp_elapsed; // cycles times TINYRTOS_TICK_HZ; a tick is TINYRTOS_CPU_HZ of them

static inline void trtp_count(void) {
    trtp_elapsed += TRTP_CYCLES_PER_INTERRUPT * TINYRTOS_TICK_HZ;
    while (trtp_elapsed >= TINYRTOS_CPU_HZ) {
        trtp_elapsed -= TINYRTOS_CPU_HZ;
        trt_tick();
    }
}

static inline void trtp_start_timer(void) {}

#else

#if TINYRTOS_AVR_TIMER == 0 || TINYRTOS_AVR_TIMER == 2 // eight bits
#define TRTP_COUNTS_MAX 256
#define TRTP_TOP uint8_t
#define TRTP_MODE_A (1u << TRTP_REGISTER(WGM, 1))
#define TRTP_MODE_B 0u
#else
#define TRTP_COUNTS_MAX 65536
#define TRTP_TOP uint16_t
#define TRTP_MODE_A 0u
#define TRTP_MODE_B (1u << TRTP_REGISTER(WGM, 2))
#endif

// The smallest division of the clock with which the timer can count a tick; tickless, rather the
// largest with which a tick is a whole number of counts, a hundred or more.
#define TRTP_COUNTS(division)                                      \
    ((TINYRTOS_CPU_HZ + 1ul * TINYRTOS_TICK_HZ * (division) / 2) / \
     (1ul * TINYRTOS_TICK_HZ * (division)))
#define TRTP_FITS(division) (TRTP_COUNTS(division) <= TRTP_COUNTS_MAX)
#define TRTP_IS_LONG(division)                                                   \
    (TINYRTOS_TICKLESS && TRTP_COUNTS(division) >= 100 && TRTP_FITS(division) && \
     TRTP_COUNTS(division) * (division)*TINYRTOS_TICK_HZ == TINYRTOS_CPU_HZ)
#if TRTP_IS_LONG(1024)
#define TRTP_DIVISION 1024
#elif TRTP_IS_LONG(256)
#define TRTP_DIVISION 256
#elif TINYRTOS_AVR_TIMER == 2 && TRTP_IS_LONG(128)
#define TRTP_DIVISION 128
#elif TRTP_IS_LONG(64)
#define TRTP_DIVISION 64
#elif TINYRTOS_AVR_TIMER == 2 && TRTP_IS_LONG(32)
#define TRTP_DIVISION 32
#elif TRTP_IS_LONG(8)
#define TRTP_DIVISION 8
#elif TRTP_FITS(1)
#define TRTP_DIVISION 1
#elif TRTP_FITS(8)
#define TRTP_DIVISION 8
#elif TINYRTOS_AVR_TIMER == 2 && TRTP_FITS(32)
#define TRTP_DIVISION 32
#elif TRTP_FITS(64)
#define TRTP_DIVISION 64
#elif TINYRTOS_AVR_TIMER == 2 && TRTP_FITS(128)
#define TRTP_DIVISION 128
#elif TRTP_FITS(256)
#define TRTP_DIVISION 256
#else
#define TRTP_DIVISION 1024
#endif
#if TINYRTOS_AVR_TIMER == 2
#define TRTP_CLOCK                                                               \
    (1u + (TRTP_DIVISION >= 8) + (TRTP_DIVISION >= 32) + (TRTP_DIVISION >= 64) + \
     (TRTP_DIVISION >= 128) + (TRTP_DIVISION >= 256) + (TRTP_DIVISION >= 1024))
#else
#define TRTP_CLOCK                                                                \
    (1u + (TRTP_DIVISION >= 8) + (TRTP_DIVISION >= 64) + (TRTP_DIVISION >= 256) + \
     (TRTP_DIVISION >= 1024))
#endif
#if !TRTP_FITS(TRTP_DIVISION)
#error "TINYRTOS_TICK_HZ: the timer cannot count so long; TINYRTOS_AVR_TIMER can be another"
#endif
#define TRTP_REAL_HZ (TRTP_COUNTS(TRTP_DIVISION) * TRTP_DIVISION * TINYRTOS_TICK_HZ)
#if TRTP_REAL_HZ * 200 > TINYRTOS_CPU_HZ * 201 || TRTP_REAL_HZ * 200 < TINYRTOS_CPU_HZ * 199
#error "TINYRTOS_TICK_HZ: the timer cannot count that from the clock, not to one in 200"
#endif
#if TINYRTOS_TICKLESS && TRTP_COUNTS_MAX / TRTP_COUNTS(TRTP_DIVISION) < 2
#error "TINYRTOS_TICKLESS: the timer cannot count two ticks; TINYRTOS_AVR_TIMER can be another"
#endif

static inline void trtp_count(void) {
    trt_tick();
}

static inline void trtp_start_timer(void) {
    TRTP_REGISTER(TCCR, A) = TRTP_MODE_A;
    TRTP_REGISTER(OCR, A) = (TRTP_TOP)(TRTP_COUNTS(TRTP_DIVISION) - 1);
    TRTP_REGISTER(TCCR, B) = TRTP_MODE_B | TRTP_CLOCK;
}

#endif

// --- tickless: idle lets the tick rest until something is due
//
// The timer is not stopped and begins anew at the end of a count: while there is time, idle moves
// that to the end of the tick at which something is due. Whoever looks first after the sleep moves
// it back, to the end of the tick that is under way, and makes up for those that have passed: idle,
// an interrupt that enters the kernel, or the tick. It is not moved when the counter is about to be
// there (TRTP_NEAR): such a tick counts as passed, that bit too early. The tick that follows on a
// count of another length sees to it that the next has the usual one.

#if TINYRTOS_TICKLESS

#define TRTP_PERIOD ((uint16_t)TRTP_COUNTS(TRTP_DIVISION)) // counts of a tick
#define TRTP_END TRTP_REGISTER(OCR, A)                     // of the present count
#define TRTP_NOW TRTK_CAT(TCNT, TINYRTOS_AVR_TIMER)
// Counts in which the end is moved, once the counter has been read: 96 cycles, for the sake of -O0.
#define TRTP_NEAR (1u + (96u + TRTP_DIVISION - 1u) / TRTP_DIVISION)
// What is calculated before the counter is read, lest a compiler does so after it.
#define TRTP_READY(value) __asm__ __volatile__("" : "+r"(value))

static inline bool trtp_is_tick_pending(void) {
    return (TRTP_TIFR & 1u << TRTP_REGISTER(OCF, A)) != 0;
}

static inline bool trtp_is_near(uint16_t end) {
    return (int16_t)(end - TRTP_NOW) < (int16_t)TRTP_NEAR;
}

// lock held, in idle.
static void trtp_begin_rest(void) {
    uint16_t usual = TRTP_END, room = (uint16_t)(TRTP_COUNTS_MAX - 1u - usual) / TRTP_PERIOD;
    uint16_t ticks = (uint16_t)trtk_ticks_to_next_i(room + 1u);
    uint16_t end = (uint16_t)(usual + (ticks - 1u) * TRTP_PERIOD);
    TRTP_READY(end);
    if (ticks < 2 || trtp_is_near(usual) || trtp_is_tick_pending()) return;
    TRTP_END = (TRTP_TOP)end;
    trtp_tickless.begun = (uint16_t)(usual - (TRTP_PERIOD - 1u));
    trtp_tickless.ticks = ticks;
    trtp_tickless.rests = true;
}

// lock held: move the end of the present count to that of the tick under way, the last of those
// that have begun since the counter was at `begun`; how many of them have passed.
static uint16_t trtp_set_end(uint16_t begun, uint16_t counter) {
    uint16_t counts = counter > begun ? (uint16_t)(counter - begun) : 0; // 0: begun, or near it
    uint16_t passed = counts < TRTP_PERIOD ? 0 : counts / TRTP_PERIOD; // a division is a long loop
    uint16_t end = (uint16_t)(begun + passed * TRTP_PERIOD + (TRTP_PERIOD - 1u));
    TRTP_READY(end);
    if (end == TRTP_END) return passed;
    if (trtp_is_near(end)) end = (uint16_t)(end + TRTP_PERIOD), passed++;
    TRTP_END = (TRTP_TOP)end;
    return passed;
}

// lock held: a count is over, whose last tick counts itself, and a new one has begun.
static void trtp_begin_count(void) {
    (void)trtp_set_end(0, TRTP_NOW);
    if (trtp_tickless.rests) trtk_skip_i((trt_tick_t)(trtp_tickless.ticks - 1u));
    trtp_tickless.rests = false;
}

// lock held: the counter is looked at before the flag, so that it is of the same count.
__attribute__((noinline)) static void trtp_end_rest(void) {
    uint16_t counter = TRTP_NOW;
    if (trtp_is_tick_pending()) {
        trtp_begin_count();
        return;
    }
    trtk_skip_i((trt_tick_t)trtp_set_end(trtp_tickless.begun, counter));
    trtp_tickless.rests = false;
}

static inline void trtp_in_tick(void) {
    if (TRTP_END != TRTP_PERIOD - 1u) trtp_begin_count();
}

#endif

#if defined(TRTP_TIMEOUT_CHAIN) && TINYRTOS_TASKS && !TINYRTOS_TIME_SLICE && !TINYRTOS_BUDGETS && \
    !TINYRTOS_PASSES && defined(TRTK_NO_TICK_HOOK) && defined(TRTK_NO_TRACE) &&                   \
    !defined(TRTP_CYCLES_PER_INTERRUPT) && !TINYRTOS_TICKLESS

// Most ticks only count, in one byte: that of `now` neither overflows nor becomes that of
// `nearest`, and nobody waits for the processor. All else is done by trtp_tick_fully.
void trtp_tick_fully(void) __asm__("__vector_trtp_tick_fully") __attribute__((signal, used));

ISR(TRTP_TICK_VECTOR, ISR_NAKED) {
    __asm__ __volatile__("push r24\n\t"
                         "in r24, __SREG__\n\t"
                         "push r24\n\t"
                         "push r25\n\t"
                         "lds r24, %[now]\n\t"
                         "inc r24\n\t"
                         "breq 1f\n\t"
                         "lds r25, %[nearest]\n\t"
                         "cp r24, r25\n\t"
                         "breq 1f\n\t"
                         "lds r25, %[due]\n\t"
                         "sbrc r25, 0\n\t"
                         "rjmp 1f\n\t"
                         "sts %[now], r24\n\t"
                         "pop r25\n\t"
                         "pop r24\n\t"
                         "out __SREG__, r24\n\t"
                         "pop r24\n\t"
                         "reti\n"
                         "1:\n\t"
                         "pop r25\n\t"
                         "pop r24\n\t"
                         "out __SREG__, r24\n\t"
                         "pop r24\n\t"
                         "%~jmp __vector_trtp_tick_fully" ::[now] "i"(&trtk.time.now),
                         [nearest] "i"(&trtk.time.nearest), [due] "i"(&trtk.hold.due));
}

#define TRTP_TICK_HEAD void trtp_tick_fully(void)

#else
#define TRTP_TICK_HEAD ISR(TRTP_TICK_VECTOR)
#endif

// Its own interrupt stays out while it lets the others in.
TRTP_INTERRUPT(TRTP_TICK_HEAD, trtp_tick_body) {
    TRTP_TIMSK = (uint8_t)(TRTP_TIMSK & ~TRTP_TICK_ENABLE);
    trtp_in_tick();
    sei();
    trtp_count();
    cli();
    TRTP_TIMSK = (uint8_t)(TRTP_TIMSK | TRTP_TICK_ENABLE);
}

static inline void trtp_start(void) {
    trtp_start_timer();
    TRTP_TIMSK = (uint8_t)(TRTP_TIMSK | TRTP_TICK_ENABLE);
}

#else

static inline void trtp_start(void) {}

#endif

// The instruction after `sei` comes before any interrupt. (In simavr 1.6 two do, hence the nop.)
static inline bool trtp_idle(trt_status_t *status) {
    (void)status;
    sleep_enable();
    trtp_begin_rest();
    __asm__ __volatile__("sei\n\tsleep\n\tnop\n\tcli" ::: "memory");
    return true;
}

#undef TRTP_LOCKS
#undef TRTP_MOVE
#undef TRTP_STORE_SP
#undef TRTP_LOAD_SP
#undef TRTP_CLOBBERS
#undef TRTP_REGISTER
#undef TRTP_JOIN
#undef TRTP_JOIN_EXPANDED
#undef TRTP_TIMSK
#undef TRTP_TIFR
#undef TRTP_TICK_HEAD
#undef TRTP_TICK_ENABLE
#undef TRTP_CYCLES_PER_INTERRUPT
#undef TRTP_COUNTS_MAX
#undef TRTP_MODE_A
#undef TRTP_MODE_B
#undef TRTP_COUNTS
#undef TRTP_FITS
#undef TRTP_IS_LONG
#undef TRTP_DIVISION
#undef TRTP_CLOCK
#undef TRTP_REAL_HZ
#undef TRTP_TOP
#undef TRTP_PERIOD
#undef TRTP_END
#undef TRTP_NOW
#undef TRTP_NEAR
#undef TRTP_READY

#endif // TRTK_PORT_AVR

// ---------------------------------------------------------------------------------------------
// >>host: the port for Unix, in virtual time
//
// Everything happens on one thread. Contexts are made by makecontext. An interrupt is a bit in
// `pending`; it is let in by trtp_point and nowhere else, on the stack of whoever is there.
// ---------------------------------------------------------------------------------------------

#if TRTK_PORT_HOST

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__APPLE__) && !defined(MAP_ANONYMOUS)
#define MAP_ANONYMOUS MAP_ANON
#endif
#if !defined(MAP_ANONYMOUS) || !defined(SA_ONSTACK)
#error "the host port needs POSIX: include tinyrtos.h first, or compile with -D_DEFAULT_SOURCE"
#endif

#if TRTP_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif
#ifndef VALGRIND_STACK_REGISTER
#define VALGRIND_STACK_REGISTER(low, high) ((void)(low), (void)(high), 0u)
#define VALGRIND_STACK_DEREGISTER(id) ((void)(id))
#endif

#define TRTP_TICK_LINE TRT_HOST_LINES // the least urgent of all lines
#define TRTP_NEVER UINT64_MAX
#define TRTP_COUNTS 1000u // of the counter in a tick

// A task's stack: a mapping of [guard page][stack][this, to the end of its page].
typedef struct trtp_stack_head {
    struct trtp_stack_head *next; // all stacks
    const trt_task_t *task;
    uint8_t *map;
    size_t map_bytes;
    uint8_t *low; // of the stack itself
    size_t bytes;
    unsigned valgrind_id;
    void *arg;          // for its task's function
    ucontext_t context; // where it begins; for TINYRTOS_HOST_UCONTEXT where it goes on, too
} trtp_stack_head_t;

static struct trtp {
    // interrupts
    bool masked;
    bool switch_pended;
    uint8_t urgency;      // of the handler that runs, 32 - its line; 0: none runs
    uint32_t pending;     // one bit for each line
    uint32_t at_lines;    // lines that are raised at a time
    uint32_t after_lines; // lines that are raised after some calls
    uint64_t at[TRT_HOST_LINES];
    uint32_t after[TRT_HOST_LINES];
    trt_host_handler_t handlers[TRT_HOST_LINES];
    void *args[TRT_HOST_LINES];
    // time
    uint64_t time;       // ticks since the reset, without wrap
    uint32_t calls;      // kernel calls of tasks
    uint32_t tick_calls; // of them, those in this tick
    bool real_time;
    int watched; // 1 + a file descriptor; 0: none
    uint8_t watch_line;
    // the driver
    bool running;    // tasks may run
    bool until_idle; // ... until none is ready
    bool to_end;     // ... to `end`, not to `limit`
    uint64_t end;
    uint64_t limit;      // 1 + the time limit of trt_start; 0: none
    trt_status_t result; // what the run returns
    // contexts
    trtp_stack_head_t *stacks;
    ucontext_t main_context;
} trtp;

static void trtp_say(const char *text) {
    if (write(STDERR_FILENO, text, strlen(text)) < 0) return; // nowhere to say it
}

static const char *trtp_name(const trt_task_t *task) {
#if TINYRTOS_NAMES
    return trt_task_name(task);
#else
    (void)task;
    return "?";
#endif
}

static inline void trtp_panic(const char *why, const trt_task_t *task) {
    trtp_say("tinyrtos: ");
    trtp_say(why);
    trtp_say(" in task '");
    trtp_say(trtp_name(task));
    trtp_say("'\n");
    abort();
}

// --- interrupts

static void trtp_barrier(void) {
#if defined(__GNUC__) // the other contexts change memory behind the compiler's back
    __asm__ __volatile__("" ::: "memory");
#endif
}

static void trtp_raise_due(void) {
    for (uint8_t line = 0; line < TRT_HOST_LINES; line++) {
        if ((trtp.at_lines >> line & 1u) == 0 || trtp.at[line] > trtp.time) continue;
        trtp.at_lines &= ~(1u << line);
        trtp.pending |= 1u << line;
    }
}

// The counter moves on by TRTP_COUNTS in a tick: as far as calls have not moved it already.
static void trtp_next_calls(void) {
#if TINYRTOS_HOST_CALLS_PER_TICK > 0
    trtp.tick_calls = 0;
#else
    trtp.tick_calls -= trtp.tick_calls < TRTP_COUNTS ? trtp.tick_calls : TRTP_COUNTS;
#endif
}

static inline uint32_t trtp_counter(void) {
    uint64_t calls = trtp.tick_calls;
#if TINYRTOS_HOST_CALLS_PER_TICK > 0
    if (calls > TINYRTOS_HOST_CALLS_PER_TICK) calls = TINYRTOS_HOST_CALLS_PER_TICK;
    calls = calls * TRTP_COUNTS / TINYRTOS_HOST_CALLS_PER_TICK;
#endif
    return (uint32_t)(trtp.time * TRTP_COUNTS + calls);
}

static void trtp_handle(uint8_t line) {
    uint8_t before = trtp.urgency;
    trtp.pending &= ~(1u << line);
    trtp.urgency = (uint8_t)(32u - line);
    TINYRTOS_TRACE(TRT_TRACE_ISR_ENTER, trtk.current, NULL);
    if (line == TRTP_TICK_LINE) {
        trtp.time++;
        trtp_next_calls();
        trt_tick();
        if (trtp.at_lines != 0) trtp_raise_due();
    } else if (trtp.handlers[line] != NULL) {
        trtp.handlers[line](trtp.args[line]);
    }
    TINYRTOS_TRACE(TRT_TRACE_ISR_EXIT, trtk.current, NULL);
    trtp.masked = false;
    trtp.urgency = before;
}

static void trtp_halt(trt_status_t result) {
    if (!trtp.running) return;
    trtp.running = false;
    trtp.result = result;
    trtp.switch_pended = true;
}

// The time at which the run ends.
static uint64_t trtp_last_tick(void) {
    if (trtp.to_end) return trtp.end;
    return trtp.limit != 0 ? trtp.limit - 1u : TRTP_NEVER;
}

// The next line that may interrupt here; 32: none.
static uint8_t trtp_next_line(void) {
    uint32_t more_urgent = trtp.urgency == 0 ? UINT32_MAX : (1u << (32u - trtp.urgency)) - 1u;
    uint32_t lines = trtp.pending & more_urgent;
    return lines == 0 ? 32 : trtk_lowest_bit(lines);
}

// The one place where an interrupt comes in, and where a switch that it asked for is made.
static void trtp_point(void) {
    while (!trtp.masked) {
        uint8_t line = trtp_next_line();
        if (line == TRTP_TICK_LINE && trtp.running &&
            trtp.time >= trtp_last_tick()) { // not in this run
            trtp.pending &= ~(1u << TRTP_TICK_LINE);
            trtp_halt(trtp.to_end ? TRT_OK : TRT_ERR_TIMEOUT);
        } else if (line < 32) {
            trtp_handle(line);
        } else if (trtp.switch_pended && trtp.urgency == 0) {
            trtp.switch_pended = false;
            trtp.masked = true;
            trtk_reschedule_s();
            trtp.masked = false;
        } else {
            return;
        }
    }
}

// A task makes a kernel call: time goes by, and what was to be raised after so many calls is.
static void trtp_count_call(void) {
    trtp.calls++;
    trtp.tick_calls++;
    for (uint32_t lines = trtp.after_lines; lines != 0; lines &= lines - 1u) {
        uint8_t line = trtk_lowest_bit(lines);
        if (--trtp.after[line] != 0) continue;
        trtp.after_lines &= ~(1u << line);
        trtp.pending |= 1u << line;
    }
#if TINYRTOS_HOST_CALLS_PER_TICK > 0
    if (trtp.tick_calls >= TINYRTOS_HOST_CALLS_PER_TICK) trtp.pending |= 1u << TRTP_TICK_LINE;
#endif
}

static trt_critical_t trtp_lock(void) {
    if (trtp.masked) return true;
    if (trtk.current != NULL && trtp.urgency == 0) trtp_count_call();
    if (trtp.pending != 0) trtp_point();
    trtp.masked = true;
    trtp_barrier();
    return false;
}

static void trtp_unlock(trt_critical_t found) {
    trtp_barrier();
    trtp.masked = found;
    if (trtp.pending != 0 || trtp.switch_pended) trtp_point();
}

static bool trtp_is_open(trt_critical_t found) {
    return !found;
}

static trt_critical_t trtp_open(void) {
    return false;
}

static bool trtp_in_interrupt(void) {
    return trtp.urgency != 0;
}

static void trtp_pend(void) {
    trtp.switch_pended = true;
}

static bool trtp_halted(void) {
    return !trtp.running;
}

// --- time

#ifndef TINYRTOS_HOST_SLEEP
#define TINYRTOS_HOST_SLEEP(ns) trtp_sleep(ns)

// Sleep so long, or until there is input where it is watched for.
static void trtp_sleep(uint64_t ns) {
    struct pollfd input = {trtp.watched - 1, POLLIN, 0};
    uint64_t ms = (ns + 999999u) / 1000000u;
    if (poll(&input, trtp.watched != 0 ? 1 : 0, ms > 1000000u ? 1000000 : (int)ms) > 0) {
        trtp.pending |= 1u << trtp.watch_line;
    }
}
#endif

static bool trtp_all_ended(void) {
    const trt_task_t *task = trtk.tasks;
    while (task != NULL && trtk_has_ended(task)) task = task->next_task;
    return task == NULL;
}

// Ticks to the next thing that can happen in this run.
static uint64_t trtp_ticks_to_event(void) {
    uint64_t last = trtp_last_tick();
    uint64_t ticks = last == TRTP_NEVER ? TRTP_NEVER : last - trtp.time;
    trt_tick_t kernel = trtk_ticks_to_next_i(TRT_FOREVER);
    if (kernel != TRT_FOREVER && kernel < ticks) ticks = kernel;
    for (uint8_t line = 0; line < TRT_HOST_LINES; line++) {
        if ((trtp.at_lines >> line & 1u) != 0 && trtp.at[line] - trtp.time < ticks)
            ticks = trtp.at[line] - trtp.time;
    }
    if (trtp.real_time && trtp.watched != 0 && ticks > 1) ticks = 1; // look for input at every tick
    return ticks;
}

// Nothing is ready: go to the next event, unless the run is over.
static bool trtp_idle(trt_status_t *status) {
    uint64_t ticks = trtp_ticks_to_event();
    if (trtp.until_idle) trtp_halt(TRT_OK);
    else if (!trtp.to_end && trtp_all_ended()) trtp_halt(TRT_OK);
    else if (ticks == TRTP_NEVER) trtp_halt(TRT_ERR_DEADLOCK);
    else if (ticks == 0) trtp_halt(trtp.to_end ? TRT_OK : TRT_ERR_TIMEOUT);
    if (!trtp.running) {
        *status = trtp.result;
        trtp.switch_pended = false;
        return false;
    }
    if (trtp.real_time) TINYRTOS_HOST_SLEEP(ticks * (1000000000u / TINYRTOS_TICK_HZ));
    trtk_skip_i((trt_tick_t)(ticks - 1u));
    trtp.time += ticks - 1u;
    trtp.pending |= 1u << TRTP_TICK_LINE;
    trtp_unlock(false);
    (void)trtp_lock();
    return true;
}

// --- AddressSanitizer wants to know of every switch

#if TRTP_ASAN

static struct trtp_asan {
    const void *main_low; // the stack of trt_start's caller
    size_t main_bytes;
    bool from_main;
} trtp_asan;

// About to switch from the running context, whose fake stack goes to `fake` (NULL: it is over), to
// that stack.
static void trtp_asan_leave(void **fake, const void *low, size_t bytes, bool from_main) {
    trtp_asan.from_main = from_main;
    __sanitizer_start_switch_fiber(fake, low, bytes);
}

// Where the context before the present one has its stack.
static void trtp_asan_arrive(void *fake, const void **low, size_t *bytes) {
    __sanitizer_finish_switch_fiber(fake, low, bytes);
    if (!trtp_asan.from_main) return;
    trtp_asan.main_low = *low;
    trtp_asan.main_bytes = *bytes;
}

static void trtp_asan_forget(void *low, size_t bytes) {
    __asan_unpoison_memory_region(low, bytes);
}

static void trtp_asan_main(const void **low, size_t *bytes) {
    *low = trtp_asan.main_low;
    *bytes = trtp_asan.main_bytes;
}

#else

static void trtp_asan_leave(void **fake, const void *low, size_t bytes, bool from_main) {
    (void)fake, (void)low, (void)bytes, (void)from_main;
}

static void trtp_asan_arrive(void *fake, const void **low, size_t *bytes) {
    (void)fake, (void)low, (void)bytes;
}

static void trtp_asan_forget(void *low, size_t bytes) {
    (void)low, (void)bytes;
}

static void trtp_asan_main(const void **low, size_t *bytes) {
    *low = NULL;
    *bytes = 0;
}

#endif

// --- stacks

static trtp_stack_head_t *trtp_head(const trt_task_t *task) {
    return (trtp_stack_head_t *)task->host_stack;
}

static void *trtp_stack(const trt_task_t *task, size_t *bytes) {
    const trtp_stack_head_t *head = trtp_head(task);
    *bytes = head == NULL ? 0 : head->bytes;
    return head == NULL ? NULL : head->low;
}

#if !TRTP_ASAN // which reports an overflow by itself

static struct sigaction trtp_old_action;

// A fault in a guard page is a stack overflow: say whose. Then it goes its way as it would have
// without us.
static void trtp_on_fault(int number, siginfo_t *info, void *context) {
    const uint8_t *address = (const uint8_t *)info->si_addr;
    const trtp_stack_head_t *head = trtp.stacks;
    while (head != NULL && (address < head->map || address >= head->low)) head = head->next;
    if (head != NULL) {
        trtp_say("tinyrtos: stack overflow in task '");
        trtp_say(trtp_name(head->task));
        trtp_say("'\n");
    }
    (void)number, (void)context;
    (void)sigaction(SIGSEGV, &trtp_old_action, NULL); // the access faults again on return
}

// The handler needs a stack of its own: the task's is full.
static void trtp_guard(void) {
    static uint8_t stack[65536];
    stack_t alternate;
    struct sigaction action;
    memset(&alternate, 0, sizeof alternate);
    alternate.ss_sp = stack;
    alternate.ss_size = sizeof stack;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = trtp_on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    (void)sigemptyset(&action.sa_mask);
    if (sigaltstack(&alternate, NULL) == 0) (void)sigaction(SIGSEGV, &action, &trtp_old_action);
}

static void trtp_unguard(void) {
    (void)sigaction(SIGSEGV, &trtp_old_action, NULL);
}

#else
static void trtp_guard(void) {}
static void trtp_unguard(void) {}
#endif

static size_t trtp_page(void) {
    return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t trtp_in_pages(size_t bytes) {
    size_t page = trtp_page();
    return (bytes + page - 1u) / page * page;
}

// How far into its last page the next stack reaches: one cache line farther than the one before. If
// all reached as far, their tops would fight for the same few sets of the processor's caches, and a
// switch among 1000 tasks would take twice as long.
static size_t trtp_stagger(size_t most) {
    size_t next = trtp.stacks == NULL ? 0 : trtp.stacks->bytes % trtp_page() + 64u;
    return next <= most ? next : 0;
}

static void trtp_stack_map(trt_task_t *task) {
    size_t wanted =
        task->stack_bytes > TINYRTOS_HOST_STACK ? task->stack_bytes : TINYRTOS_HOST_STACK;
    size_t page = trtp_page(), head_bytes = trtp_in_pages(sizeof(trtp_stack_head_t));
    size_t whole = trtp_in_pages(wanted), map_bytes = page + whole + head_bytes;
    size_t bytes = whole + trtp_stagger(head_bytes - sizeof(trtp_stack_head_t));
    void *map = mmap(NULL, map_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED || mprotect(map, page, PROT_NONE) != 0)
        trtp_panic("no memory for a stack", task);

    uint8_t *low = (uint8_t *)map + page;
    trtp_stack_head_t *head = (trtp_stack_head_t *)(void *)(low + bytes);
    if (trtp.stacks == NULL) trtp_guard();
    head->next = trtp.stacks;
    head->task = task;
    head->map = (uint8_t *)map;
    head->map_bytes = map_bytes;
    head->low = low;
    head->bytes = bytes;
    head->valgrind_id = VALGRIND_STACK_REGISTER(low, low + bytes);
    trtp.stacks = head;
    task->host_stack = head;
}

static void trtp_stacks_unmap(void) {
    if (trtp.stacks != NULL) trtp_unguard();
    while (trtp.stacks != NULL) {
        trtp_stack_head_t *head = trtp.stacks;
        trtp.stacks = head->next;
        VALGRIND_STACK_DEREGISTER(head->valgrind_id);
        trtp_asan_forget(head->map, head->map_bytes);
        (void)munmap(head->map, head->map_bytes);
    }
}

// The pages are given back; what lies in the head's page is cleared.
static void trtp_stack_clear(const trtp_stack_head_t *head) {
    size_t beside_head = head->bytes % trtp_page();
    size_t pages = head->bytes - beside_head;
    trtp_asan_forget(head->low, head->bytes);
    (void)madvise(head->low, pages, MADV_DONTNEED);
    memset(head->low + pages, TRTP_STACK_FILL, beside_head);
}

// A new stack, or the old one as new.
static void trtp_stack_prepare(trt_task_t *task) {
    trtp_stack_head_t *head = trtp_head(task);
    if (head == NULL || head->bytes < task->stack_bytes) trtp_stack_map(task);
    else trtp_stack_clear(head);
}

// --- contexts

#if TINYRTOS_HOST_UCONTEXT

// A context is resumed by swapcontext, which makes two system calls; its sp is where its ucontext_t
// lies.
static void trtp_swap(void **save, void *next) {
    if (save == &trtk.idle_sp) *save = &trtp.main_context;
    (void)swapcontext((ucontext_t *)*save, (ucontext_t *)next);
}

TRTP_RAW static void trtp_born(void) {
    const void *low;
    size_t bytes;
    trtp_asan_arrive(NULL, &low, &bytes);
}

static void *trtp_first_sp(trtp_stack_head_t *head) {
    return &head->context;
}

#else

#if defined(__clang__)
#define TRTP_NOIPA __attribute__((noinline))
#else
#define TRTP_NOIPA \
    __attribute__((noipa)) // or gcc takes the registers that it does not see changed as kept
#endif

// What a switch keeps beside the clobbers below: rbp, the floating-point control words, and where
// to go on. The first line steps over the red zone. (12 ns instead of swapcontext's 240, and it
// leaves AddressSanitizer's redzones alone, which longjmp and swapcontext do not.)
#define TRTP_SAVE                 \
    "leaq -128(%%rsp), %%rsp\n\t" \
    "pushq %%rbp\n\t"             \
    "subq $8, %%rsp\n\t"          \
    "stmxcsr (%%rsp)\n\t"         \
    "fnstcw 4(%%rsp)\n\t"         \
    "leaq 1f(%%rip), %%rax\n\t"   \
    "pushq %%rax\n\t"             \
    "movq %%rsp, (%%rdi)\n\t"
#define TRTP_RESTORED     \
    "1:\n\t"              \
    "ldmxcsr (%%rsp)\n\t" \
    "fldcw 4(%%rsp)\n\t"  \
    "addq $8, %%rsp\n\t"  \
    "popq %%rbp\n\t"      \
    "leaq 128(%%rsp), %%rsp\n\t"
#define TRTP_CLOBBERS                                                                              \
    "rax", "rbx", "rcx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0", "xmm1",     \
        "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", \
        "xmm13", "xmm14", "xmm15", "cc", "memory"

// Save this context's sp and resume the context with that one.
TRTP_NOIPA static void trtp_swap(void **save, void *next) {
    __asm__ __volatile__(TRTP_SAVE "movq %%rsi, %%rsp\n\t"
                                   "popq %%rax\n\t"
                                   "jmp *%%rax\n" TRTP_RESTORED
                         : "+D"(save), "+S"(next)
                         :
                         : "rdx", TRTP_CLOBBERS);
}

// Save this context's sp and begin one that makecontext made; it goes to a stack of its own and
// never returns here.
TRTP_NOIPA static void trtp_begin(void **save, const ucontext_t *context,
                                  int (*set)(const ucontext_t *)) {
    __asm__ __volatile__(TRTP_SAVE "movq %%rsi, %%rdi\n\t"
                                   "andq $-16, %%rsp\n\t"
                                   "call *%%rdx\n" TRTP_RESTORED
                         : "+D"(save), "+S"(context), "+d"(set)
                         :
                         : TRTP_CLOBBERS);
}

static struct trtp_birth {
    void *mother_sp;
    void *child_sp;
} trtp_birth;

// A new context goes back to who made it, at once, so that from now on it is resumed like any
// other.
TRTP_RAW static void trtp_born(void) {
    const void *low = NULL;
    size_t bytes = 0;
    void *fake = NULL;
    trtp_asan_arrive(NULL, &low, &bytes);
    trtp_asan_leave(&fake, low, bytes, false);
    trtp_swap(&trtp_birth.child_sp, trtp_birth.mother_sp);
    trtp_asan_arrive(fake, &low, &bytes);
}

TRTP_RAW static void *trtp_first_sp(trtp_stack_head_t *head) {
    const void *low = NULL;
    size_t bytes = 0;
    void *fake = NULL;
    trtp_asan_leave(&fake, head->low, head->bytes, false);
    trtp_begin(&trtp_birth.mother_sp, &head->context, setcontext);
    trtp_asan_arrive(fake, &low, &bytes);
    return trtp_birth.child_sp;
}

#endif

// The first function of every task's context.
static void trtp_task_context(void) {
    trtp_born();
    trtp_unlock(trtp_open());
    trtk_task_main(trtk.current, trtp_head(trtk.current)->arg);
}

static void *trtp_frame(trt_task_t *task, void *arg) {
    trtp_stack_head_t *head = trtp_head(task);
    head->arg = arg;
    (void)getcontext(&head->context);
    head->context.uc_stack.ss_sp = head->low;
    head->context.uc_stack.ss_size = head->bytes;
    head->context.uc_link = NULL;
    makecontext(&head->context, trtp_task_context, 0);
    return trtp_first_sp(head);
}

TRTP_RAW static void trtp_switch(void **save, void *next) {
    const void *low;
    size_t bytes;
    void *fake = NULL;
    bool from_main = save == &trtk.idle_sp;
    const trt_task_t *self =
        from_main ? NULL : (const trt_task_t *)(void *)((char *)save - offsetof(trt_task_t, sp));
    bool is_over = self != NULL && (self->object.mode & TRTK_LIVE) == 0;
    if (trtk.current != NULL) low = trtp_stack(trtk.current, &bytes);
    else trtp_asan_main(&low, &bytes);
    trtp_asan_leave(is_over ? NULL : &fake, low, bytes, from_main);
    trtp_swap(save, next);
    trtp_asan_arrive(fake, &low, &bytes);
}

// --- the driver

static void trtp_start(void) {
    trtp.running = true;
    trtp.until_idle = trtp.to_end = false;
    trtp.result = TRT_OK;
}

static bool trtp_is_driver(void) {
    return !trtp.running && !trtp.masked && trtp.urgency == 0 && trtk.current == NULL;
}

static trt_status_t trtp_drive(const char *call, bool until_idle, trt_tick_t ticks) {
    if (!trtp_is_driver()) return trtk_report(call, NULL, TRT_ERR_CONTEXT);
    trt_critical_t found = trtp_lock();
    trtk.started = true;
    trtp_start();
    trtp.until_idle = until_idle;
    trtp.to_end = !until_idle;
    trtp.end = trtp.time + ticks;
    trt_status_t status = trtk_run_s();
    trtp_unlock(found);
    return status;
}

trt_status_t trt_host_run_until_idle(void) {
    return trtp_drive("trt_host_run_until_idle", true, 0);
}

trt_status_t trt_host_run(trt_tick_t ticks) {
    return trtp_drive("trt_host_run", false, ticks);
}

trt_status_t trt_host_advance(trt_tick_t ticks) {
    uint64_t end = trtp.time + ticks;
    bool may = trtk_has_started() && !trtp.masked && trtp.urgency == 0 &&
               (trtk.current != NULL || !trtp.running);
    if (!may) return trtk_report("trt_host_advance", NULL, TRT_ERR_CONTEXT);
    while (trtp.time < end) {
        trtp.pending |= 1u << TRTP_TICK_LINE;
        trtp_point();
    }
    return TRT_OK;
}

void trt_host_stop(void) {
    trtp_halt(TRT_OK);
    trtp_point();
}

void trt_host_time_limit(trt_tick_t ticks) {
    trtp.limit = ticks == TRT_FOREVER ? 0 : trtp.time + ticks + 1u;
}

trt_status_t trt_host_handler(uint8_t line, trt_host_handler_t handler, void *arg) {
    if (line >= TRT_HOST_LINES) return trtk_report("trt_host_handler", NULL, TRT_ERR_PARAM);
    trtp.handlers[line] = handler;
    trtp.args[line] = arg;
    return TRT_OK;
}

static bool trtp_has_handler(uint8_t line) {
    return line < TRT_HOST_LINES && trtp.handlers[line] != NULL;
}

trt_status_t trt_host_raise(uint8_t line) {
    if (!trtp_has_handler(line)) return trtk_report("trt_host_raise", NULL, TRT_ERR_PARAM);
    trtp.pending |= 1u << line;
    trtp_point();
    return TRT_OK;
}

trt_status_t trt_host_raise_at(uint8_t line, trt_tick_t when) {
    if (!trtp_has_handler(line)) return trtk_report("trt_host_raise_at", NULL, TRT_ERR_PARAM);
    trtp.at[line] = trtp.time + (trt_tick_t)(when - trtk.time.now);
    trtp.at_lines |= 1u << line;
    if (when == trtk.time.now) trtp_raise_due();
    trtp_point();
    return TRT_OK;
}

trt_status_t trt_host_raise_after(uint8_t line, uint32_t calls) {
    if (!trtp_has_handler(line) || calls == 0)
        return trtk_report("trt_host_raise_after", NULL, TRT_ERR_PARAM);
    trtp.after[line] = calls;
    trtp.after_lines |= 1u << line;
    return TRT_OK;
}

void trt_host_point(void) {
    trtp_point();
}

uint32_t trt_host_calls(void) {
    return trtp.calls;
}

void trt_host_real_time(bool on) {
    trtp.real_time = on;
}

trt_status_t trt_host_watch(int fd, uint8_t line) {
    if (fd >= 0 && !trtp_has_handler(line))
        return trtk_report("trt_host_watch", NULL, TRT_ERR_PARAM);
    trtp.watched = fd < 0 ? 0 : fd + 1;
    trtp.watch_line = line;
    return TRT_OK;
}

// --- reset

static void trtp_forget_mutexes(trt_task_t *task) {
#if TINYRTOS_MUTEXES
    while (task->held != NULL) trtk_disown_i(task->held);
#endif
    (void)task;
}

// Take every task out of every ring; then nothing refers to any of them.
static void trtp_forget_tasks(void) {
    for (trt_task_t *task = trtk.tasks; task != NULL; task = task->next_task) {
        if (trtk_is_runnable(task)) trtk_ready_remove_i(task);
        task->object.mode |= TRTK_ENDING;
        if (trtk_is_waiting(task)) task->timeout.expire(&task->timeout, true);
    }
    for (trt_task_t *task = trtk.tasks; task != NULL; task = task->next_task) {
        trtp_forget_mutexes(task);
        task->object.mode = 0;
        task->prio = task->base_prio;
        task->host_stack = NULL;
    }
}

static void trtp_forget_names(void) {
#if TINYRTOS_REGISTRY
    while (trtk.names != NULL) trtk_name_unlink_i(trtk.names);
#endif
}

trt_status_t trt_host_reset(void) {
    if (!trtp_is_driver()) return trtk_report("trt_host_reset", NULL, TRT_ERR_CONTEXT);
    (void)trtp_lock();
    trtp_forget_tasks();
    trtp_forget_names();
    for (uint8_t b = 0; b < TRTK_BUCKETS; b++) {
        while (trtk.time.buckets[b] != NULL) trtk_disarm_i(trtk.time.buckets[b]);
    }
    trtp_stacks_unmap();
    memset(&trtk, 0, sizeof trtk);
    memset(&trtp, 0, sizeof trtp);
    return TRT_OK;
}

#undef TRTP_TICK_LINE
#undef TRTP_NEVER
#undef TRTP_COUNTS
#undef TRTP_NOIPA
#undef TRTP_SAVE
#undef TRTP_RESTORED
#undef TRTP_CLOBBERS

#endif // TRTK_PORT_HOST

#undef TRTK_REFUSE
#undef TRTK_APART
#undef TRTK_INLINE
#undef TRTK_PURE
#undef TRTK_QUICK
#undef TRTK_SHARED
#undef TRTK_RING_OF
#undef TRTK_ASIDE
#undef TRTK_SMALL_STEPS
#undef TRTK_SLOW
#undef TRTK_BESIDE
#undef TRTK_HAS_BESIDE
#undef TRTK_LIKELY
#undef TRTK_KEEP
#undef TRTK_PIN
#undef TRTK_PASSED_BYTES
#undef TRTK_WAITS
#undef TRTK_CLAIMED
#undef TRTK_BUCKETS
#undef TRTK_FAR
#undef TRTK_SCHED_LOCKS_MAX
#undef TRTK_SETS
#undef TRTK_NOTE_CLEAR
#undef TRTK_WORD_BYTES
#undef TRTK_HAS_POLICY
#undef TRTK_HAS_DEADLOCK_HOOK
#undef TRTK_FAULT
#undef TRTK_LEFT_BEHIND
#undef TRTK_LENGTH
#undef TRTK_PIECE
#undef TRTK_MARK_ALIGNMENT

#endif // TINYRTOS_IMPLEMENTATION

// ---------------------------------------------------------------------------------------------
// >>licence
//
// MIT License
//
// Copyright (c) 2026 the tinyrtos authors
//
// Permission is hereby granted, free of charge, to any person obtaining a copy
// of this software and associated documentation files (the "Software"), to deal
// in the Software without restriction, including without limitation the rights
// to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
// copies of the Software, and to permit persons to whom the Software is
// furnished to do so, subject to the following conditions:
//
// The above copyright notice and this permission notice shall be included in all
// copies or substantial portions of the Software.
//
// THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
// IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
// FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
// AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
// LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
// OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
// SOFTWARE.
// ---------------------------------------------------------------------------------------------
