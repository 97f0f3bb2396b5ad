// Watchdogs: row D6. (In a kernel without tasks: tests/avr/tiny/jobs.c.)
#define TINYRTOS_WATCHDOG_HOOK(watch) harness_feed(watch)
static inline void harness_feed(const void *watch);
#define TINYRTOS_IMPLEMENTATION
#include "harness.h"

enum { SENSOR = 1, RADIO = 2, MOTOR = 4 };

TRT_WATCH_DEFINE(defined, SENSOR | RADIO);

static trt_watch_t watch;

static inline void harness_feed(const void *which) {
    note(which == &defined ? 'd' : 'w');
}

static void check_in(trt_bits_t parties) {
    CHECK_EQ(trt_watch_check_in(&watch, parties), TRT_OK);
}

static void supervise(trt_bits_t parties, bool on) {
    CHECK_EQ(trt_watch_supervise(&watch, parties, on), TRT_OK);
}

// A target runs all tests with one watch.
static void make(trt_bits_t parties) {
    watch.supervised = watch.missing = 0;
    if (parties != 0) supervise(parties, true);
}

KTEST(watchdog, D6_it_is_fed_when_all_have_checked_in) {
    make(SENSOR | RADIO | MOTOR);
    check_in(RADIO);
    check_in(SENSOR);
    check_in(RADIO);
    CHECK_LOG("");
    check_in(MOTOR);
    CHECK_LOG("w");
}

KTEST(watchdog, D6_then_all_must_come_again) {
    make(SENSOR | RADIO);
    check_in(SENSOR);
    check_in(RADIO);
    CHECK_LOG("w");
    check_in(RADIO);
    CHECK_LOG("");
    check_in(SENSOR);
    CHECK_LOG("w");
    check_in(SENSOR | RADIO);
    CHECK_LOG("w");
}

KTEST(watchdog, D6_missing_ones_are_named) {
    make(SENSOR | RADIO | MOTOR);
    CHECK_EQ(trt_watch_missing(&watch), SENSOR | RADIO | MOTOR);
    check_in(RADIO);
    CHECK_EQ(trt_watch_missing(&watch), SENSOR | MOTOR);
    check_in(SENSOR | MOTOR);
    CHECK_EQ(trt_watch_missing(&watch), SENSOR | RADIO | MOTOR);
    CHECK_LOG("w");
}

KTEST(watchdog, D6_supervision_can_begin_and_end) {
    make(SENSOR);
    check_in(SENSOR);
    supervise(RADIO, true);
    check_in(SENSOR);
    CHECK_LOG("w");
    supervise(SENSOR, true); // it has checked in, and need not again
    CHECK_EQ(trt_watch_missing(&watch), RADIO);
    supervise(RADIO, false); // who was waited for alone
    CHECK_LOG("w");
    supervise(SENSOR, false);
    check_in(SENSOR);
    CHECK_LOG(""); // nobody is supervised
}

KTEST(watchdog, D6_who_is_not_supervised_changes_nothing) {
    make(SENSOR);
    check_in(RADIO);
    supervise(RADIO, false);
    CHECK_LOG("");
    CHECK_EQ(trt_watch_missing(&watch), SENSOR);
}

static void check_in_from_interrupt(void *unused) {
    (void)unused;
    CHECK_EQ(trt_watch_check_in(&defined, SENSOR), TRT_OK);
}

KTEST(watchdog, D6_interrupts_check_in_too) {
    irq_install(0, check_in_from_interrupt, NULL);
    irq_raise(0);
    CHECK_EQ(trt_watch_missing(&defined), RADIO);
    CHECK_EQ(trt_watch_check_in(&defined, RADIO), TRT_OK);
    CHECK_LOG("d");
}

KTEST(watchdog, D3_wrong_watches) {
    CHECK_EQ(trt_watch_check_in(NULL, 1), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_watch_check_in", NULL, TRT_ERR_OBJECT);
    CHECK_EQ(trt_watch_supervise(NULL, 1, true), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_watch_supervise", NULL, TRT_ERR_OBJECT);
    CHECK_EQ(trt_watch_check_in(&watch, 0), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_watch_check_in", &watch, TRT_ERR_PARAM);
    CHECK_EQ(trt_watch_supervise(&watch, 0, false), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_watch_supervise", &watch, TRT_ERR_PARAM);
    CHECK_EQ(trt_watch_missing(NULL), 0);
}
