// Semihosting: text to and exit code for who runs the program, QEMU or a debugger. Without either,
// the first call is a fault.
#ifndef CORTEX_M_SEMIHOSTING_H
#define CORTEX_M_SEMIHOSTING_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uintptr_t semihosting_call(uintptr_t operation, const void *argument) {
    register uintptr_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ __volatile__("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

// Standard output. (SYS_WRITE0, which needs no handle, writes to standard error in QEMU.)
static inline void semihosting_write(const char *text, size_t bytes) {
    static uintptr_t handle;
    static const char name[] = ":tt";
    uintptr_t open[3] = {(uintptr_t)name, 4u /* "w" */, sizeof name - 1u};
    if (handle == 0) handle = semihosting_call(0x01u, open);
    uintptr_t write[3] = {handle, (uintptr_t)text, bytes};
    (void)semihosting_call(0x05u, write);
}

static inline void semihosting_say(const char *text) {
    semihosting_write(text, strlen(text));
}

// Ends the program, and QEMU, with a status.
__attribute__((noreturn)) static inline void semihosting_exit(int status) {
    uintptr_t block[2] = {0x20026u /* ADP_Stopped_ApplicationExit */, (uintptr_t)status};
    (void)semihosting_call(0x20u, block);
    for (;;) continue;
}

#endif // CORTEX_M_SEMIHOSTING_H
