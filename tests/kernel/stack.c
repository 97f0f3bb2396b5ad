// A stack that was written to its end is noticed when its task leaves the processor: row T11.
static const void *overflowed;
static unsigned overflows;
#define TINYRTOS_STACK_OVERFLOW_HOOK(task) (overflowed = (task), overflows++)
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

// Writes where the last bytes of the stack are, as an overflow would.
static void touch_the_end(void *unused) {
    (void)unused;
    size_t bytes;
    volatile uint8_t *end = (volatile uint8_t *)trtp_stack(trt_task_self(), &bytes);
    end[0] = (uint8_t)~TRTP_STACK_FILL;
    CHECK_EQ(trt_delay(1), TRT_OK);
}

static void rest(void *unused) {
    (void)unused;
    CHECK_EQ(trt_delay(1), TRT_OK);
}

static void forget(void) {
    overflowed = NULL;
    overflows = 0;
}

KTEST(stack, T11_overflow_is_noticed_at_the_switch_and_the_task_named) {
    forget();
    spawn(0, 3, rest, 0);
    spawn(1, 3, touch_the_end, 0);
    CHECK(overflowed == &helper[1]);
    CHECK_EQ(overflows, 1);
}

KTEST(stack, T11_stack_that_is_whole_is_not_called_an_overflow) {
    forget();
    spawn(0, 3, rest, 0);
    CHECK_EQ(trt_delay(5), TRT_OK);
    CHECK_EQ(overflows, 0);
}

KTEST(stack, T11_restarted_task_has_a_whole_stack) {
    forget();
    spawn(0, 3, touch_the_end, 0);
    CHECK_EQ(trt_delay(5), TRT_OK);
    forget();
    spawn(0, 3, rest, 0);
    CHECK_EQ(trt_delay(5), TRT_OK);
    CHECK_EQ(overflows, 0);
}
