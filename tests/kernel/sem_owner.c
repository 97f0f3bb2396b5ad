// Semaphores with an owner, the only task that gives: row Y2 with TINYRTOS_SEM_OWNERS.
#define TINYRTOS_SEM_OWNERS 1
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

static trt_sem_t sem;
static trt_status_t result;

static void give(void *unused) {
    (void)unused;
    result = trt_sem_give(&sem);
}

static void make(trt_task_t *owner) {
    CHECK_EQ(trt_sem_init(&sem, 0, 2), TRT_OK);
    CHECK_EQ(trt_sem_set_owner(&sem, owner), TRT_OK);
}

KTEST(sem_owner, Y2_owner_gives) {
    make(&runner);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_EQ(trt_sem_count(&sem), 1);
}

KTEST(sem_owner, Y2_another_task_is_refused) {
    make(&runner);
    spawn(0, 3, give, 0);
    CHECK_EQ(result, TRT_ERR_OWNER);
    CHECK_MISUSE("trt_sem_give", &sem, TRT_ERR_OWNER);
    CHECK(harness.misuse_task == &helper[0]);
    CHECK_EQ(trt_sem_count(&sem), 0);
}

KTEST(sem_owner, Y2_interrupt_is_refused) {
    make(&runner);
    irq_install(0, give, NULL);
    irq_raise(0);
    CHECK_EQ(result, TRT_ERR_OWNER);
    CHECK_MISUSE("trt_sem_give", &sem, TRT_ERR_OWNER);
    CHECK_EQ(trt_sem_count(&sem), 0);
}

KTEST(sem_owner, Y2_anybody_takes) {
    CHECK_EQ(trt_task_create(&helper[0], "h0", give, 3, helper_stack[0], sizeof helper_stack[0]),
             TRT_OK);
    make(&helper[0]);
    CHECK_EQ(trt_task_start(&helper[0], NULL), TRT_OK);
    CHECK_EQ(result, TRT_OK);
    CHECK_EQ(trt_sem_take(&sem, TRT_NO_WAIT), TRT_OK);
}

KTEST(sem_owner, Y2_without_an_owner_anybody_gives) {
    make(&runner);
    CHECK_EQ(trt_sem_set_owner(&sem, NULL), TRT_OK);
    spawn(0, 3, give, 0);
    CHECK_EQ(result, TRT_OK);
}

KTEST(sem_owner, Y2_new_semaphore_has_no_owner) {
    CHECK_EQ(trt_task_create(&helper[0], "h0", give, 3, helper_stack[0], sizeof helper_stack[0]),
             TRT_OK);
    make(&helper[0]);
    CHECK_EQ(trt_sem_init(&sem, 0, 2), TRT_OK);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
}

KTEST(sem_owner, Y2_owner_that_is_no_task_is_refused) {
    static trt_task_t nothing;
    CHECK_EQ(trt_sem_init(&sem, 0, 2), TRT_OK);
    CHECK_EQ(trt_sem_set_owner(&sem, &nothing), TRT_ERR_OBJECT);
    CHECK_EQ(harness.misuses, 1);
    harness.misuses = 0;
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
}
