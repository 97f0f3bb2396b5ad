// Shows: a queue that an interrupt fills and a task empties.
// Expect: what is typed in the serial monitor (9600 baud) comes back, letters as capitals.
// Build: with this library, or with tinyrtos.h in the sketch's folder; Uno, Nano or Mega.
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

// The core's Serial has this interrupt for itself once it is mentioned: here it is not.
#if defined(USART_RX_vect)
#define RECEIVED_vect USART_RX_vect
#else
#define RECEIVED_vect USART0_RX_vect
#endif

TRT_QUEUE_DEFINE(received, uint8_t, 32);

TRT_ISR(RECEIVED_vect) {
    uint8_t c = UDR0;
    trt_queue_send(&received, &c, TRT_NO_WAIT); // the task runs when this interrupt returns
}

static void echo(void *unused) {
    (void)unused;
    for (;;) {
        uint8_t c;
        trt_queue_receive(&received, &c, TRT_FOREVER);
        while ((UCSR0A & (1 << UDRE0)) == 0) trt_delay(1);
        UDR0 = (uint8_t)toupper(c);
    }
}

TRT_TASK_DEFINE(echo_task, echo, 1, 192);

void setup() {
    bool doubled = (UCSR0A & (1 << U2X0)) != 0; // a bootloader may have left it so
    UBRR0 = F_CPU / (doubled ? 8 : 16) / 9600 - 1;
    UCSR0B = 1 << RXEN0 | 1 << TXEN0 | 1 << RXCIE0;
    trt_task_start(&echo_task, NULL);
    trt_start(); // does not return
}

void loop() {}
