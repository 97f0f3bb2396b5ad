// What trt_start makes of what it finds, and leaves alone.
#define TINYRTOS_IMPLEMENTATION
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

// As an early Cortex-M3 comes out of its reset. (Others do not let it be cleared.)
static void clear_stkalign(void) {
    HARNESS_REG(0xE000ED14u) &= ~(1ul << 9);
}

KTEST_FROM_MAIN(start, bug30_hardware_aligns_stacks, clear_stkalign) {
    CHECK((HARNESS_REG(0xE000ED14u) & 1ul << 9) != 0);
}

__attribute__((used)) static uintptr_t sp_at_entry[2];

// Before a compiler moves it: within a function the stack may be aligned to four only.
__attribute__((naked)) static void look_at_sp(void *index) {
    (void)index;
    __asm__ __volatile__(".syntax unified\n\t"
                         "ldr r1, =sp_at_entry\n\t"
                         "lsls r0, r0, #2\n\t"
                         "mov r2, sp\n\t"
                         "str r2, [r1, r0]\n\t"
                         "bx lr\n\t"
                         ".ltorg");
}

KTEST(start, bug30_stacks_are_aligned_to_eight_bytes) {
    static trt_stack_t odd[64];
    static trt_task_t task;
    sp_at_entry[0] = sp_at_entry[1] = 1;
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
