// The kernel as the harness wants it: the options that each test has, and the hooks.
#ifndef HARNESS_KERNEL_H
#define HARNESS_KERNEL_H

void harness_misuse(const char *call, const void *object, const void *task, int status);
void harness_idle(void);
void harness_tick(void);
void harness_panic(const char *why);

// A target where every literal costs RAM does without texts and the names of calls: it reports the
// line alone.
#ifdef HARNESS_NO_TEXT
#define HARNESS_TEXT(text) NULL
#else
#define HARNESS_TEXT(text) text
#endif

#define TINYRTOS_MISUSE_HOOK(call, object, task, status) \
    harness_misuse(HARNESS_TEXT(call), object, task, status)
#define TINYRTOS_IDLE_HOOK() harness_idle()
#define TINYRTOS_TICK_HOOK() harness_tick()
#ifndef TINYRTOS_CM_PANIC_HOOK
#define TINYRTOS_CM_PANIC_HOOK(why, task) ((void)(task), harness_panic(why))
#endif
#ifndef TINYRTOS_AVR_PANIC_HOOK
#define TINYRTOS_AVR_PANIC_HOOK(why, task) ((void)(task), harness_panic(why))
#endif
#ifndef TINYRTOS_HOST_CALLS_PER_TICK
#define TINYRTOS_HOST_CALLS_PER_TICK 0
#endif
// SysTick counts so many cycles a tick, at whatever rate of ticks.
#ifndef TINYRTOS_CPU_HZ
#define TINYRTOS_CPU_HZ (TINYRTOS_TICK_HZ * 10000ull)
#endif
#include "tinyrtos.h" // and with it stdbool, stddef, stdint, string

// Time begins here.
void harness_begin_at(trt_tick_t now);
#ifdef TINYRTOS_IMPLEMENTATION
void harness_begin_at(trt_tick_t now) {
    trtk.time.now = now;
}
#endif

#endif // HARNESS_KERNEL_H
