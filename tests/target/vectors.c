// What trt_start cannot work with is named, not hung: a handler of the kernel that is not in the
// vector table (it has another name than the table's: TINYRTOS_CM_PENDSV_HANDLER or
// TINYRTOS_CM_SYSTICK_HANDLER), or a clock that SysTick cannot divide. The build sets it, and in
// WANTED what should be said.
static void panicked(const char *why);
#define TINYRTOS_CM_PANIC_HOOK(why, task) ((void)(task), panicked(why))
#define TINYRTOS_IMPLEMENTATION
#include "../kernel/harness.h"

static void panicked(const char *why) {
    CHECK(strcmp(why, WANTED) == 0);
    harness_say_result("ok ");
    harness_next();
}

KTEST(vectors, what_the_start_cannot_work_with_is_named) {
    CHECK(false);
}
