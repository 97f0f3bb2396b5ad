// An interrupt at every kernel call, and at every event in the kernel: each program runs once for
// each place at which an interrupt can come in, with each action in the interrupt, then with a
// second interrupt close behind the first. The bug classes that need a moment: a timeout or a
// priority change against a wake (3, 5, 11, 12, 13), a signal between the look and the wait (14,
// 40), a stop while a mutex is held or wanted (9), a timer in the hands of an interrupt (22), flags
// (24).
#define SWEEP_PROGRAMS "programs.h"
#include "sweep.h"

// Two interrupts, the second `later` calls after the first: one of these.
static const action_t seconds[] = {
    {"give", give, false},           {"three ticks", act_ticks, false}, {"set", act_set, false},
    {"raise 2", act_raise_2, false}, {"stop 1", act_stop_1, true},
};

#define SECONDS (sizeof seconds / sizeof seconds[0])

static void sweep_program_twice(unsigned p, uint32_t later) {
    for (unsigned a = 0; a < ACTIONS; a++) {
        for (unsigned b = 0; b < SECONDS; b++) sweep(&programs[p], &actions[a], &seconds[b], later);
    }
}

// A tick does not interrupt a tick.
static bool is_tick(const action_t *action) {
    return action->act == act_tick || action->act == act_ticks;
}

// An interrupt after every event in the kernel, also within the tick (bug class 17), then with
// another that interrupts that one.
static void sweep_program_by_events(unsigned p) {
    trigger.by_events = true;
    for (unsigned a = 0; a < ACTIONS; a++) {
        if (is_tick(&actions[a])) continue;
        sweep(&programs[p], &actions[a], NULL, 0);
        for (unsigned b = 0; b < SECONDS; b++) {
            if (!is_tick(&seconds[b])) sweep(&programs[p], &actions[a], &seconds[b], 1);
        }
    }
    trigger.by_events = false;
}

#define SWEEP(number, name)              \
    Test(sweep, name) {                  \
        sweep_program(number);           \
    }                                    \
    Test(sweep, name##_twice_at_once) {  \
        sweep_program_twice(number, 0);  \
    }                                    \
    Test(sweep, name##_twice_in_a_row) { \
        sweep_program_twice(number, 1);  \
    }                                    \
    Test(sweep, name##_bug17_in_tick) {  \
        sweep_program_by_events(number); \
    }

SWEEP(0, bug11_give_and_take)
SWEEP(1, bug05_lock_and_unlock_with_inheritance_and_timeouts)
SWEEP(2, bug13_send_and_receive)
SWEEP(3, bug24_flags)
SWEEP(4, bug22_timer)
SWEEP(5, T3_join)
SWEEP(6, T5_suspend_resume_and_priorities)
SWEEP(7, S11_locked_scheduler)
SWEEP(8, E4_wait_any)
SWEEP(9, E4_wait_any_against_others)
SWEEP(10, T3_restart)
SWEEP(11, bug07_crowd_at_a_semaphore)
SWEEP(12, bug07_crowd_at_a_queue)
SWEEP(13, bug07_crowd_at_flags)
SWEEP(14, bug07_crowd_at_a_mutex)
SWEEP(15, bug23_crowd_with_one_that_waits_for_any)
