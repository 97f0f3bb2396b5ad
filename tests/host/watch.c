// Interactive use: row H2. Idle in real time looks at a file descriptor; here input is there before
// it looks.
#include "host.h"

#include <unistd.h>

static int ends[2]; // of a pipe
static char seen;
static trt_sem_t sem;

static void read_input(void *unused) {
    (void)unused;
    cr_assert_eq(read(ends[0], &seen, 1), 1);
    cr_assert_eq(trt_sem_give(&sem), TRT_OK);
}

static void wait_for_input(void *unused) {
    (void)unused;
    cr_assert_eq(trt_sem_take(&sem, TRT_FOREVER), TRT_OK);
}

Test(watch, H2_input_raises_a_line) {
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(write(ends[1], "k", 1), 1);
    cr_assert_eq(trt_sem_init(&sem, 0, 1), TRT_OK);
    spawn(0, 3, wait_for_input, 0);
    trt_host_real_time(true);
    cr_assert_eq(trt_host_handler(5, read_input, NULL), TRT_OK);
    cr_assert_eq(trt_host_watch(ends[0], 5), TRT_OK);
    cr_assert_eq(trt_start(), TRT_OK); // a hang is ended by the test runner
    cr_assert_eq(seen, 'k');
    cr_assert_leq(trt_now(), 2);
    close(ends[0]);
    close(ends[1]);
}

Test(watch, H2_line_without_a_handler_is_refused) {
    cr_assert_eq(trt_host_watch(0, 5), TRT_ERR_PARAM);
    cr_assert_eq(trt_host_watch(0, TRT_HOST_LINES), TRT_ERR_PARAM);
    cr_assert_eq(trt_host_watch(-1, 5), TRT_OK);
}
