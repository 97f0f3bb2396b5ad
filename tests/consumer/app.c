// The least that a program does with the kernel: one task, which ends.
#define TINYRTOS_IMPLEMENTATION
#include <tinyrtos.h>

static int ran;

static void body(void *arg)
{
    ran = *(int *)arg;
}

TRT_TASK_DEFINE(task, body, 0, 512);

int main(void)
{
    int seven = 7;

    if (trt_task_start(&task, &seven) != TRT_OK || trt_start() != TRT_OK) {
        return 1;
    }
    return ran == 7 ? 0 : 1;
}
