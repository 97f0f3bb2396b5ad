// An interrupt at every kernel call, and at every event in the kernel, that acts on the same object,
// or on who waits for it.
#define SWEEP_PROGRAMS "../sweep/objects.h"
#include "sweep.h"

// (A tick does not interrupt a tick.)
static void sweep_program_by_events(unsigned p) {
    trigger.by_events = true;
    for (unsigned a = 0; a < ACTIONS; a++)
        if (actions[a].act != act_tick) sweep(&programs[p], &actions[a], NULL, 0);
    trigger.by_events = false;
}

#define SWEEP(number, name)              \
    Test(sweep_objects, name) {          \
        sweep_program(number);           \
        sweep_program_by_events(number); \
    }

SWEEP(0, pool)
SWEEP(1, stream)
SWEEP(2, messages)
SWEEP(3, priority_queue)
SWEEP(4, condition_variable)
SWEEP(5, barrier)
SWEEP(6, rwlock)
