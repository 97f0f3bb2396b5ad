// What the tests of the host port share: the kernel, Criterion, and tasks out of a pool.
#ifndef HOST_H
#define HOST_H

#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h" // first: it says which parts of POSIX the system headers show

#include <criterion/criterion.h>

#define ARG(value) ((void *)(uintptr_t)(value))
#define NUMBER(arg) ((unsigned)(uintptr_t)(arg))

#define POOL 6

static trt_task_t pool[POOL];
static trt_stack_t pool_stack[POOL][64];

// Make task `i` of the pool, and start it with a small value for an argument.
static inline trt_task_t *spawn(unsigned i, uint8_t priority, trt_task_fn_t fn, uintptr_t value) {
    static const char names[POOL][3] = {"p0", "p1", "p2", "p3", "p4", "p5"};
    cr_assert_eq(
        trt_task_create(&pool[i], names[i], fn, priority, pool_stack[i], sizeof pool_stack[i]),
        TRT_OK);
    cr_assert_eq(trt_task_start(&pool[i], ARG(value)), TRT_OK);
    return &pool[i];
}

// The invariants hold.
#define CHECK_KERNEL() cr_assert_null(trt_check(), "%s", trt_check())

// Pseudo-random numbers that are the same everywhere (xorshift; never 0).
static inline uint32_t next_random(uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

#endif // HOST_H
