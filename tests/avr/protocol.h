// What a firmware under test and the program that runs it (run.c) say to each other: through the
// three general-purpose registers, of which nothing else in an AVR takes notice.
//
//     GPIOR0  a character of output; a line that begins with '@' is the name of the test
//     GPIOR2  the argument of a command, and its answer; after a reset, which test is to run
//     GPIOR1  the command
#ifndef PROTOCOL_H
#define PROTOCOL_H

enum {
    AVR_COUNT = 'C', // there are so many tests
    AVR_PASS = 'P',  // the test is over, and was right
    AVR_FAIL = 'F',  // ... or was not
    AVR_RAISE = 'I', // raise the interrupt of that vector
    AVR_BEGIN =
        'B',       // measure from here; the argument: a quarter of the bytes of stack that are left
    AVR_END = 'Z', // until here
    AVR_CYCLES = 'M', // put the cycles between the two into the output, the marks not counted
    AVR_MASKED = 'L', // ... the longest stretch of cycles with interrupts shut out, of all so far
    AVR_DEPTH = 'D',  // ... the bytes of stack that were used at most, of all so far
    AVR_PLAN = 'Q',   // a sweep asks for the [0] program, [1] first and [2] second action, [3] line
    AVR_CLOCK = 'K',  // that byte of the cycles so far, as they were when byte 0 was asked for
    AVR_NUMBER = 'T', // a byte of a number of four, the highest first
    AVR_ALARM = 'A',  // raise the interrupt of that vector after that number of cycles
    AVR_TIMER = 'R',  // a timer, of so many bytes: the number is the addresses of TCNT and OCRA
    AVR_HARMLESS = 'H', // so many actions can also be done on line 2
    AVR_SWEEP = 'S',    // interrupts land from here
    AVR_SWEPT = 'E'     // until here
};

#endif // PROTOCOL_H
