// A handler of the kernel that is not in the vector table is named when the kernel starts. Here it
// has another name than the table's: TINYRTOS_CM_PENDSV_HANDLER or TINYRTOS_CM_SYSTICK_HANDLER is
// set by the build, and WANTED is what should be said.
static void panicked(const char *why);
#define TINYRTOS_CM_PANIC_HOOK(why, task) ((void)(task), panicked(why))
#include "../kernel/harness.h"

static void panicked(const char *why) {
    CHECK(strcmp(why, WANTED) == 0);
    harness_say_result("ok ");
    harness_next();
}

KTEST(vectors, handler_that_is_not_installed_is_named) {
    CHECK(false);
}
