// Bug classes that a Cortex-M can have and that need no moment, so that the sweep is not for them.
// (bug21 and bug29 are programs of the sweep, bug38 is one of its actions, bug33 is the sweep with
// link-time optimisation; bug20 is in tickless.c; 17, 21, 34 and 38 are in kernel/, run here too.)
#define TINYRTOS_IMPLEMENTATION
#include "../kernel/harness.h"

static volatile uintptr_t seen;
static trt_task_t task;
static trt_stack_t stack[128];

__attribute__((naked)) static void note_stack_pointer(void *where) {
    (void)where;
    __asm__ __volatile__("mov r1, sp\n\tstr r1, [r0]\n\tbx lr");
}

KTEST(target, bug30_stacks_are_aligned_to_8_bytes_wherever_they_lie) {
    for (unsigned off = 0; off < 8; off++) {
        uint8_t *low = (uint8_t *)stack + off;
        seen = 1;
        CHECK_EQ(trt_task_create(&task, "p", note_stack_pointer, 3, low, sizeof stack - 8u - off),
                 TRT_OK);
        CHECK_EQ(trt_task_start(&task, ARG(&seen)), TRT_OK);
        CHECK_EQ(trt_task_state(&task), TRT_TASK_ENDED);
        CHECK_EQ(seen % 8u, 0);
        CHECK(seen > (uintptr_t)low && seen <= (uintptr_t)low + sizeof stack);
    }
}

// Wherever the stack pointer of what they interrupt is.
KTEST(target, bug30_interrupts_find_an_aligned_stack) {
    irq_install(0, note_stack_pointer, ARG(&seen));
    for (unsigned odd = 0; odd < 2; odd++) {
        seen = 1;
        if (odd != 0) {
            __asm__ __volatile__(
                "sub sp, #4\n\tstr %1, [%0]\n\tdsb\n\tisb\n\tadd sp, #4" ::"l"(&HARNESS_NVIC_ISPR),
                "l"(1)
                : "memory");
        } else irq_raise(0);
        CHECK_EQ(seen % 8u, 0);
    }
}

KTEST(target, bug32_pendsv_is_the_least_urgent) {
    uint32_t shpr3 = HARNESS_REG(0xE000ED20u);
    uint32_t pendsv = shpr3 >> 16 & 0xFFu, systick = shpr3 >> 24;
    HARNESS_REG(0xE000ED20u) = shpr3 | 0xFF0000u;
    CHECK_EQ(HARNESS_REG(0xE000ED20u), shpr3); // no bit of it could be set
    CHECK(pendsv >= systick && pendsv != 0);
}

#if TINYRTOS_CM_CEILING > 0

static uint32_t basepri(void) {
    uint32_t value;
    __asm__ __volatile__("mrs %0, basepri" : "=r"(value));
    return value;
}

KTEST(target, bug32_mask_is_the_ceiling_in_the_bits_that_there_are) {
    trt_critical_t found = trt_critical_enter();
    uint32_t mask = basepri();
    trt_critical_exit(found);
    CHECK_EQ(mask, TINYRTOS_CM_CEILING << (8 - TINYRTOS_CM_PRIORITY_BITS));
    CHECK(mask != 0);
    CHECK_EQ(basepri(), 0);
}

// An inner critical section does not lower the mask of an outer one.
KTEST(target, bug32_mask_that_is_there_stays) {
    __asm__ __volatile__("msr basepri, %0" ::"r"(0x20) : "memory");
    uint32_t before = basepri();
    trt_critical_exit(trt_critical_enter());
    CHECK_EQ(basepri(), before);
    __asm__ __volatile__("msr basepri, %0" ::"r"(0) : "memory");
}

// QEMU does not have the fault, so this is about the way round it: interrupts are off while BASEPRI
// is written, and then as they were.
KTEST(target, bug31_erratum_837070_is_handled) {
    const uint16_t *code = (const uint16_t *)((uintptr_t)trtp_lock & ~(uintptr_t)1);
    unsigned off = 0, barriers = 0, masks = 0;
    for (; *code != 0x4770u; code++) { // bx lr
        if (*code == 0xB672u) off++;   // cpsid i
        if (off != 0 && code[0] == 0xF3BFu && (code[1] & 0xFFF0u) >= 0x8F40u) barriers++;
        if (off != 0 && (code[0] & 0xFFF0u) == 0xF380u && code[1] == 0x8810u) masks++; // primask
    }
    CHECK_EQ(off, TINYRTOS_CM_ERRATUM_837070);
    CHECK(!TINYRTOS_CM_ERRATUM_837070 || (barriers >= 2 && masks == 1));

    __asm__ __volatile__("cpsid i" ::: "memory");
    trt_critical_t found = trt_critical_enter();
    uint32_t inside = trtp_primask();
    trt_critical_exit(found);
    uint32_t after = trtp_primask();
    __asm__ __volatile__("cpsie i" ::: "memory");
    CHECK(inside == 1 && after == 1);
}

#endif
