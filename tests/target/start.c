// What trt_start makes of what it finds, and leaves alone.
#include "../kernel/harness.h"

static uint32_t primask(void) {
    uint32_t primask;
    __asm__ __volatile__("mrs %0, primask" : "=r"(primask));
    return primask;
}

static void shut_all_out(void) {
    __asm__ __volatile__("cpsid i" ::: "memory");
}

static volatile bool interrupted;

static void note_interrupt(void *unused) {
    (void)unused;
    interrupted = true;
}

// As a bootloader may leave them.
KTEST_FROM_MAIN(start, interrupts_come_up_enabled, shut_all_out) {
    CHECK_EQ(primask(), 0);
    irq_install(1, note_interrupt, NULL);
    irq_raise(1);
    CHECK(interrupted);
}

static uint32_t vectors;

static void look_at_vectors(void) {
    vectors = HARNESS_REG(0xE000ED08u);
}

KTEST_FROM_MAIN(start, the_vector_table_stays_where_it_was, look_at_vectors) {
    CHECK_EQ(HARNESS_REG(0xE000ED08u), vectors);
}

KTEST(start, the_kernels_exceptions_are_the_least_urgent) {
    uint32_t least = HARNESS_REG(0xE000ED20u) >> 16;
    CHECK_EQ(least & 0xFFu, least >> 8);
    CHECK((least & 0xC0u) == 0xC0u);
}

// Tasks and interrupts have stacks of their own.
KTEST(start, interrupts_do_not_use_a_tasks_stack) {
    uint32_t control;
    __asm__ __volatile__("mrs %0, control" : "=r"(control));
    CHECK_EQ(control & 2u, 2);
}

static uintptr_t sp_at_entry[2];

static void look_at_sp(void *index) {
    uintptr_t sp;
    __asm__ __volatile__("mov %0, sp" : "=r"(sp));
    sp_at_entry[INDEX(index)] = sp;
}

KTEST(start, bug30_stacks_are_aligned_to_eight_bytes) {
    static trt_stack_t odd[64];
    static trt_task_t task;
    for (size_t off = 0; off < 8; off++) {
        CHECK_EQ(trt_task_create(&task, "odd", look_at_sp, 3, (uint8_t *)odd + off, 400 + off / 2),
                 TRT_OK);
        CHECK_EQ(trt_task_start(&task, ARG(0)), TRT_OK);
        CHECK_EQ(sp_at_entry[0] % 8, 0);
    }
    irq_install(1, look_at_sp, ARG(1));
    irq_raise(1);
    CHECK_EQ(sp_at_entry[1] % 8, 0);
}
