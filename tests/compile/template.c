// The template of a port compiles.
#define TINYRTOS_PORT_FILE "../../ports/template/port.h"
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

static void task_fn(void *unused) {
    (void)unused;
}

TRT_TASK_DEFINE(task, task_fn, 1, 512);

int main(void) {
    (void)trt_task_start(&task, NULL);
    return (int)trt_start();
}
