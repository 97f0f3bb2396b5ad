// Shows:  a producer that is an interrupt, a consumer that is a task, a queue between them; nothing
//         is lost silently.
// Expect: lines as they arrive; a burst that is longer than the queue, and how many characters it
//         cost.
// Build:  cc -I.. interrupt.c && ./a.out
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include <stdio.h>

// A serial port: on the host, line 3 stands for its receive interrupt, and this for its wire.
#define RX_LINE 3
static const char wire[] = "hello\nthis is a serial port\nbye\n";
static size_t sent;
static unsigned lost;

TRT_QUEUE_DEFINE(received, char, 16);

// The handler makes the same calls as a task. It cannot wait, so it looks at what they return.
static void rx_interrupt(void *arg) {
    (void)arg;
    if (trt_queue_send(&received, &wire[sent++], TRT_NO_WAIT) != TRT_OK) lost++;
}

// Takes characters, puts lines together; a pause of 50 ms ends a line as well.
static void reader(void *arg) {
    (void)arg;
    char line[32];
    size_t length = 0;
    for (;;) {
        char c = '\n';
        trt_status_t status =
            trt_queue_receive(&received, &c, length > 0 ? TRT_MS(50) : TRT_MS(1000));
        if (status == TRT_ERR_TIMEOUT && length == 0) return;
        if (c != '\n' && length < sizeof line - 1) {
            line[length++] = c;
            continue;
        }
        line[length] = '\0';
        printf("%4lu ms  \"%s\"%s\n", (unsigned long)TRT_TICKS_TO_MS(trt_now()), line,
               status == TRT_ERR_TIMEOUT ? " (and then nothing for 50 ms)" : "");
        length = 0;
    }
}

// The wire: one character every 10 ms, then all that is left in one burst while the reader is kept
// from running.
static void sender(void *arg) {
    (void)arg;
    for (int i = 0; i < 8; i++) {
        trt_delay(TRT_MS(10));
        trt_host_raise(RX_LINE);
    }
    trt_delay(TRT_MS(200));
    trt_sched_lock();
    while (wire[sent] != '\0') trt_host_raise(RX_LINE);
    printf("%4lu ms  a burst: %u in the queue, %u lost\n",
           (unsigned long)TRT_TICKS_TO_MS(trt_now()), trt_queue_count(&received), lost);
    trt_sched_unlock();
}

TRT_TASK_DEFINE(reader_task, reader, 1, 1024);
TRT_TASK_DEFINE(sender_task, sender, 0, 1024);

int main(void) {
    trt_host_handler(RX_LINE, rx_interrupt, NULL);
    trt_task_start(&reader_task, NULL);
    trt_task_start(&sender_task, NULL);
    return trt_start() == TRT_OK ? 0 : 1;
}
