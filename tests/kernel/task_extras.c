// What tasks have when it is switched on: rows T6 (protection from being stopped), T8 (switch
// hooks).
#define TINYRTOS_STOP_PROTECTION 1
#define TINYRTOS_SWITCH_HOOKS 1
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

static trt_sem_t sem;

static void protect_twice_and_wait(void *unused) {
    (void)unused;
    CHECK_EQ(trt_task_protect(), TRT_OK);
    CHECK_EQ(trt_task_protect(), TRT_OK);
    CHECK_EQ(trt_sem_take(&sem, TRT_FOREVER), TRT_OK);
    note('1');
    CHECK_EQ(trt_task_unprotect(), TRT_OK);
    note('2');
    CHECK_EQ(trt_task_unprotect(), TRT_OK);
    note('3');
}

KTEST(task_extras, T6_stop_waits_for_the_last_unprotect) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    spawn(0, 3, protect_twice_and_wait, 0);
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_DEFERRED);
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_WAITING);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_LOG("12");
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_ENDED);
}

KTEST(task_extras, T6_without_a_stop_it_goes_on) {
    CHECK_EQ(trt_sem_init(&sem, 1, 1), TRT_OK);
    spawn(0, 3, protect_twice_and_wait, 0);
    CHECK_LOG("123");
}

KTEST(task_extras, T6_restart_of_a_protected_task_is_refused) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    spawn(0, 3, protect_twice_and_wait, 0);
    CHECK_EQ(trt_task_restart(&helper[0], NULL), TRT_ERR_STATE);
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_LOG("123");
}

static void protect_and_stop_itself(void *unused) {
    (void)unused;
    CHECK_EQ(trt_task_protect(), TRT_OK);
    (void)trt_task_stop(&helper[0]);
    note('?');
}

KTEST(task_extras, T6_own_wish_is_not_put_off_and_a_new_life_is_not_protected) {
    spawn(0, 3, protect_and_stop_itself, 0);
    CHECK_LOG("");
    CHECK_EQ(trt_task_state(&helper[0]), TRT_TASK_ENDED);
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    CHECK_EQ(trt_task_start(&helper[0], NULL), TRT_OK);
}

static void protect_and_let_interrupt(void *unused) {
    (void)unused;
    CHECK_EQ(trt_task_protect(), TRT_OK);
    irq_raise(0);
    note('p');
    CHECK_EQ(trt_task_unprotect(), TRT_OK);
    note('?');
}

static void stop_helper(void *unused) {
    (void)unused;
    note('i');
    CHECK_EQ(trt_task_stop(&helper[0]), TRT_DEFERRED);
}

KTEST(task_extras, T6_interrupt_cannot_stop_a_protected_task_either) {
    irq_install(0, stop_helper, NULL);
    spawn(0, 3, protect_and_let_interrupt, 0);
    CHECK_LOG("ip");
}

KTEST(task_extras, T6_unprotect_without_protect_is_refused) {
    CHECK_EQ(trt_task_unprotect(), TRT_ERR_STATE);
}

static void note_switch(trt_task_t *task, bool in) {
    note((char)((in ? 'A' : 'a') + (task - helper)));
}

KTEST(task_extras, T8_hook_is_told_of_each_switch) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    spawn(0, 5, protect_twice_and_wait, 0);
    CHECK_EQ(trt_task_set_switch_hook(&helper[0], note_switch), TRT_OK);
    let_run();
    CHECK_LOG("Aa");
    CHECK_EQ(trt_sem_give(&sem), TRT_OK);
    CHECK_EQ(trt_task_set_priority(&helper[0], 3), TRT_OK);
    CHECK_LOG("A123a");
}

KTEST(task_extras, T8_each_task_has_its_own_and_can_do_without) {
    CHECK_EQ(trt_sem_init(&sem, 0, 1), TRT_OK);
    spawn(0, 5, noter, 'x');
    spawn(1, 5, noter, 'y');
    CHECK_EQ(trt_task_set_switch_hook(&helper[1], note_switch), TRT_OK);
    CHECK_EQ(trt_task_set_switch_hook(&helper[0], note_switch), TRT_OK);
    CHECK_EQ(trt_task_set_switch_hook(&helper[0], NULL), TRT_OK);
    let_run();
    CHECK_LOG("xByb");
}
