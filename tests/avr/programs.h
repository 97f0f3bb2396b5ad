// The programs of a sweep (../sweep/programs.h) and some about what only an AVR has.
#ifndef AVR_PROGRAMS_H
#define AVR_PROGRAMS_H

static void read_time(void *unused);
static void multiply(void *unused);

#if defined(__AVR_HAVE_ELPM__)
static void take_and_read_far(void *unused);
static void read_far(void *unused);
#define SWEEP_RAMPZ \
    {"bug26 rampz", {take_and_read_far, read_far, read_far}, {2, 4, 4}, false, false},
#else
#define SWEEP_RAMPZ
#endif
#if defined(__AVR_HAVE_EIJMP_EICALL__)
static void take_and_call_far(void *unused);
static void call_far(void *unused);
#define SWEEP_EIND {"bug26 eind", {take_and_call_far, call_far, call_far}, {2, 4, 4}, false, false},
#else
#define SWEEP_EIND
#endif
// clang-format off
#define SWEEP_MORE_PROGRAMS                                                        \
    {"bug19 now", {read_time, take_in_time, read_time}, {2, 3, 4}, false, false},  \
    {"r1", {take_twice, multiply, multiply}, {2, 4, 4}, false, false},             \
    SWEEP_RAMPZ SWEEP_EIND
// clang-format on

#define SWEEP_MORE_ACTIONS

#include "../sweep/programs.h"

// Time is read whole: a byte at a time it would jump where a byte overflows, as it does here.
static void read_time(void *unused) {
    (void)unused;
    trt_tick_t last = trt_now();
    for (uint8_t i = 0; i < 8; i++) {
        trt_tick_t now = trt_now();
        CHECK(now - last < 100);
        last = now;
    }
    (void)known(trt_delay(1));
    CHECK(trt_now() - last < 100);
}

// r1 is not zero while a product is in it.
static void multiply(void *unused) {
    (void)unused;
    static volatile uint8_t factor = 200;
    for (uint8_t i = 100; i < 106; i++) {
        uint16_t product = (uint16_t)(factor * i);
        CHECK(product == 200u * i);
    }
    (void)trt_yield();
}

#if defined(__AVR_HAVE_ELPM__)
// RAMPZ is 1 for one task and 0 for the others: there is nothing in the flash at 0x10000.
static const uint8_t near_byte PROGMEM = 0x5A;

static void read_far(void *unused) {
    (void)unused;
    bool is_far = trt_task_self() == &pool[1];
    uint32_t address = (uint16_t)(uintptr_t)&near_byte + (is_far ? 0x10000ul : 0);
    for (uint8_t i = 0; i < 4; i++) CHECK(pgm_read_byte_far(address) == (is_far ? 0xFF : 0x5A));
    (void)trt_yield();
}

static void take_and_read_far(void *unused) {
    take(TRT_FOREVER);
    read_far(unused);
    take(1);
}
#endif

#if defined(__AVR_HAVE_EIJMP_EICALL__)
// A task that calls beyond 128 KB sets EIND for as long as that takes. Nobody else may notice.
static void call_far(void *unused) {
    (void)unused;
    for (uint8_t i = 0; i < 3; i++) {
        CHECK(EIND == 0);
        EIND = 1;
        __asm__ __volatile__("nop\n\tnop\n\tnop\n\tnop");
        uint8_t seen = EIND;
        EIND = 0;
        CHECK(seen == 1);
    }
    (void)trt_yield();
}

static void take_and_call_far(void *unused) {
    take(TRT_FOREVER);
    call_far(unused);
    take(1);
}
#endif

#endif // AVR_PROGRAMS_H
