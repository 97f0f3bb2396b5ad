// What a program says by semihosting: text and numbers.
#ifndef SAY_H
#define SAY_H

#include "../../ports/cortex-m/semihosting.h"

static void say(const char *text) {
    semihosting_say(text);
}

static void say_number(uint32_t number) {
    char digits[11];
    unsigned at = sizeof digits - 1u;
    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + number % 10u);
        number /= 10u;
    } while (number != 0);
    say(&digits[at]);
}

static void say_named(const char *name, uint32_t number) {
    say(name);
    say_number(number);
}

#endif // SAY_H
