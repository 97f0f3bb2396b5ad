// What a firmware under test says to run.c, and how (protocol.h). Text is kept in flash. To be
// included after tinyrtos.h.
#ifndef FIRMWARE_H
#define FIRMWARE_H

#include <avr/interrupt.h>
#include <avr/pgmspace.h>
#include <stdint.h>

#include "protocol.h"

// The index of the test to run, until the first command.
#define WHICH_TEST GPIOR2

// Interrupts that only run.c raises, the first the most urgent.
#define LINE_0 INT0_vect
#if defined(INT1_vect)
#define LINE_1 INT1_vect
#else
#define LINE_1 PCINT0_vect
#endif
#if defined(INT2_vect)
#define LINE_2 INT2_vect
#elif defined(INT1_vect) && defined(PCINT0_vect)
#define LINE_2 PCINT0_vect
#elif !defined(INT1_vect)
#define LINE_2 TIMER1_COMPA_vect
#endif

static inline void lines_enable(void) {
#if defined(EIMSK)
    EIMSK = 7;
#else
    GIMSK = 0xE0;
#if !defined(INT1_vect)
    TIMSK |= 1u << OCIE1A;
#endif
#endif
#if defined(PCICR)
    PCICR = 1;
#endif
}

// The number in a vector's name, which is __vector_NUMBER.
#define VECTOR_NUMBER(vector) vector_number(TRTK_TEXT(vector))
static inline uint8_t vector_number(const char *name) {
    uint8_t tens = (uint8_t)(name[9] - '0');
    return name[10] == '\0' ? tens : (uint8_t)(10u * tens + (uint8_t)(name[10] - '0'));
}

static inline void tell(uint8_t command, uint8_t argument) {
    uint8_t found = SREG;
    cli();
    GPIOR2 = argument;
    GPIOR1 = command;
    SREG = found;
}

static inline uint8_t query(uint8_t command, uint8_t argument) {
    uint8_t found = SREG;
    cli();
    GPIOR2 = argument;
    GPIOR1 = command;
    uint8_t answer = GPIOR2;
    SREG = found;
    return answer;
}

static void raise_at_once(uint8_t number) {
    tell(AVR_RAISE, number);
    __asm__ __volatile__("nop\n\tnop\n\tnop\n\tnop" ::: "memory"); // it, and one that it raises
}

// It comes before the next statement, if it is let in. (Called so that the compiler cannot see what
// it does not change: that is what an interrupt changes.)
static void (*volatile raise_vector)(uint8_t number) = raise_at_once;

static inline void end_test(uint8_t command) {
    tell(command, 0);
    for (;;) continue;
}

static inline void say(const char *text) {
    while (*text != '\0') GPIOR0 = (uint8_t)*text++;
}

static inline void say_flash(const char *text) {
    for (uint8_t c; (c = pgm_read_byte(text)) != '\0'; text++) GPIOR0 = c;
}

#define SAY(literal) say_flash(PSTR(literal))

static inline void say_number(long number) {
    char digits[12];
    uint8_t at = sizeof digits - 1;
    unsigned long rest = number < 0 ? 0ul - (unsigned long)number : (unsigned long)number;
    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + rest % 10u);
        rest /= 10u;
    } while (rest != 0);
    if (number < 0) digits[--at] = '-';
    say(&digits[at]);
}

#endif // FIRMWARE_H
