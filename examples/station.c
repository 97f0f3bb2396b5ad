// Shows:  a small but whole application. Two sensors are sampled by periodic tasks, a third counts
//         by interrupt; a filter takes what they measure and throws spikes away; a logger writes a
//         report now and then; an operator sends commands; a watchdog restarts a sensor that hangs.
//         The weather is read from a file.
// Expect: reports every 30 s, the answers to commands, a restart, a summary, and an account of what
//         the kernel did.
// Build:  cc -I. examples/station.c && ./a.out [examples/station.csv]      (in the project's
//         folder)

#define TINYRTOS_TRACE(event, task, object) count_event(event)
static void count_event(int event);

#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include <stdio.h>
#include <stdlib.h>

// --- what the kernel did, by the trace hook

static unsigned long events[TRT_TRACE_ISR_EXIT + 1];

static void count_event(int event) {
    events[event]++;
}

// --- the weather, as the hardware shows it

typedef struct weather {
    int temperature; // 1/100 degrees C
    int pressure;    // Pa; negative: the sensor does not answer
    int turns;       // of the anemometer, in this second
} weather_t;

#define SECONDS_MAX 600
static weather_t outside[SECONDS_MAX];
static int seconds;

static const weather_t *now_outside(void) {
    int second = (int)(trt_now() / TRT_SECONDS(1));
    return &outside[second < seconds ? second : seconds - 1];
}

// --- what the tasks share

typedef enum quantity { TEMPERATURE, PRESSURE, WIND, QUANTITIES } quantity_t;
typedef struct sample {
    quantity_t quantity;
    int value;
} sample_t;
typedef enum command { REPORT, PAUSE, GO_ON, END } command_t;

typedef struct statistics {
    long count, sum;
    int minimum, maximum;
} statistics_t;

static statistics_t measured[QUANTITIES]; // guarded by `measured_lock`
static unsigned long spikes;

TRT_MUTEX_DEFINE(measured_lock, TRT_INHERIT);
TRT_QUEUE_DEFINE(samples, sample_t, 8);
TRT_QUEUE_DEFINE(commands, command_t, 2);
TRT_SEM_DEFINE(report_due, 0, 1);
TRT_SEM_DEFINE(turns, 0, 1000);

enum { THERMOMETER_ALIVE = 1, BAROMETER_ALIVE = 2, FILTER_ALIVE = 4, ALL_ALIVE = 7 };
TRT_FLAGS_DEFINE(alive);

static void say(const char *text) {
    printf("%6.1f s  %s\n", (double)TRT_TICKS_TO_MS(trt_now()) / 1000, text);
}

static void measure(quantity_t quantity, int value) {
    sample_t sample = {quantity, value};
    if (trt_queue_send(&samples, &sample, TRT_MS(100)) != TRT_OK)
        say("a sample is lost: the filter is too slow");
}

// --- sensors

static void thermometer(void *arg) {
    (void)arg;
    trt_tick_t last = trt_now();
    for (;;) {
        measure(TEMPERATURE, now_outside()->temperature);
        trt_flags_set(&alive, THERMOMETER_ALIVE);
        trt_delay_until(&last, TRT_SECONDS(1), NULL);
    }
}

static void barometer(void *arg) {
    (void)arg;
    trt_tick_t last = trt_now();
    for (;;) {
        int pressure = now_outside()->pressure;
        if (pressure < 0)
            trt_delay(TRT_FOREVER); // the driver waits for an answer that does not come
        measure(PRESSURE, pressure);
        trt_flags_set(&alive, BAROMETER_ALIVE);
        trt_delay_until(&last, TRT_SECONDS(2), NULL);
    }
}

// The anemometer raises an interrupt for each turn. This timer is the wind: it makes the turns of
// the next second.
#define ANEMOMETER_LINE 0

static void anemometer_interrupt(void *arg) {
    (void)arg;
    trt_sem_give(&turns);
}

static void blow(void *arg) {
    (void)arg;
    for (int i = 0; i < now_outside()->turns; i++) trt_host_raise(ANEMOMETER_LINE);
}

TRT_TIMER_DEFINE(wind, blow, NULL, TRT_SECONDS(1), TRT_PERIODIC);

// --- the filter: a temperature more than 5 degrees from the last good one is a spike

static bool is_spike(const sample_t *sample) {
    static int last;
    static bool has_last;
    if (sample->quantity != TEMPERATURE) return false;
    if (has_last && abs(sample->value - last) > 500) return true;
    last = sample->value;
    has_last = true;
    return false;
}

static void add(statistics_t *to, int value) {
    if (to->count == 0 || value < to->minimum) to->minimum = value;
    if (to->count == 0 || value > to->maximum) to->maximum = value;
    to->count++;
    to->sum += value;
}

static void filter(void *arg) {
    (void)arg;
    for (;;) {
        sample_t sample;
        if (trt_queue_receive(&samples, &sample, TRT_SECONDS(1)) == TRT_OK) {
            trt_mutex_lock(&measured_lock, TRT_FOREVER);
            if (is_spike(&sample)) spikes++;
            else add(&measured[sample.quantity], sample.value);
            trt_mutex_unlock(&measured_lock);
        }
        trt_flags_set(&alive, FILTER_ALIVE);
    }
}

// --- the logger: the least urgent. It also reads the anemometer's count, every 5 s.

static void report(void) {
    static const char *const names[QUANTITIES] = {"temperature", "pressure", "wind"};
    static const char *const units[QUANTITIES] = {"C", "hPa", "turns/s"};
    trt_mutex_lock(&measured_lock, TRT_FOREVER);
    for (int q = 0; q < QUANTITIES; q++) {
        const statistics_t *s = &measured[q];
        if (s->count == 0) continue;
        printf("          %-11s %8.2f .. %8.2f, mean %8.2f %s (%ld samples)\n", names[q],
               s->minimum / 100.0, s->maximum / 100.0, (double)s->sum / (double)s->count / 100.0,
               units[q], s->count);
    }
    trt_mutex_unlock(&measured_lock);
}

static void logger(void *arg) {
    (void)arg;
    trt_tick_t last = trt_now();
    for (;;) {
        int count = 0;
        trt_delay_until(&last, TRT_SECONDS(5), NULL);
        while (trt_sem_take(&turns, TRT_NO_WAIT) == TRT_OK) count++;
        measure(WIND, count * 100 / 5);
        if (trt_sem_take(&report_due, TRT_NO_WAIT) == TRT_OK) {
            say("report");
            report();
        }
    }
}

static void ask_for_report(void *arg) {
    (void)arg;
    trt_sem_give(&report_due);
}

TRT_TIMER_DEFINE(report_timer, ask_for_report, NULL, TRT_SECONDS(30), TRT_PERIODIC);

TRT_TASK_DEFINE(thermometer_task, thermometer, 1, 2048);
TRT_TASK_DEFINE(barometer_task, barometer, 1, 2048);
TRT_TASK_DEFINE(filter_task, filter, 2, 2048);
TRT_TASK_DEFINE(logger_task, logger, 4, 2048);

// --- the watchdog: every 5 s all must have checked in; who has not is started anew

static void watchdog(void *arg) {
    (void)arg;
    for (;;) {
        if (trt_flags_wait(&alive, ALL_ALIVE, TRT_ALL | TRT_CLEAR, NULL, TRT_SECONDS(5)) == TRT_OK)
            continue;
        if ((trt_flags_get(&alive) & BAROMETER_ALIVE) == 0) {
            say("watchdog: the barometer hangs, and is started anew");
            trt_task_restart(&barometer_task, NULL);
        }
    }
}

// --- the operator's commands, or 90 s without one

static void operate(command_t command) {
    switch (command) {
    case REPORT:
        say("command: report at once");
        report();
        break;
    case PAUSE:
        say("command: the thermometer pauses");
        trt_task_suspend(&thermometer_task);
        break;
    case GO_ON:
        say("command: the thermometer goes on");
        trt_task_resume(&thermometer_task);
        break;
    case END:
        say("command: end");
        trt_host_stop();
        break;
    }
}

static void console(void *arg) {
    (void)arg;
    for (;;) {
        command_t command;
        if (trt_queue_receive(&commands, &command, TRT_SECONDS(90)) == TRT_OK) operate(command);
        else say("nobody has asked for anything in 90 s");
    }
}

// What the operator types, by an interrupt at fixed times.
#define KEYBOARD_LINE 1
static const struct typed {
    command_t command;
    int second;
} script[] = {
    {REPORT, 12},
    {PAUSE, 40},
    {GO_ON, 44},
    {END, 120},
};
static size_t typed;

static void keyboard_interrupt(void *arg) {
    (void)arg;
    trt_queue_send(&commands, &script[typed++].command, TRT_NO_WAIT);
    if (typed < sizeof script / sizeof script[0]) {
        trt_host_raise_at(KEYBOARD_LINE, TRT_SECONDS(script[typed].second));
    }
}

TRT_TASK_DEFINE(watchdog_task, watchdog, 0, 2048);
TRT_TASK_DEFINE(console_task, console, 3, 2048);

// --- main

static bool read_weather(const char *path) {
    char line[100];
    FILE *file = fopen(path, "r");
    if (file == NULL) return false;
    while (seconds < SECONDS_MAX && fgets(line, sizeof line, file) != NULL) {
        int second;
        weather_t *w = &outside[seconds];
        if (sscanf(line, "%d,%d,%d,%d", &second, &w->temperature, &w->pressure, &w->turns) == 4)
            seconds++;
    }
    fclose(file);
    return seconds > 0;
}

static void account(void) {
    printf("\nwhat the kernel did in %lu simulated seconds\n",
           (unsigned long)(trt_now() / TRT_SECONDS(1)));
    printf("  %6lu ticks that had something due, or that time did not skip\n",
           events[TRT_TRACE_TICK]);
    printf("  %6lu interrupts\n", events[TRT_TRACE_ISR_ENTER] - events[TRT_TRACE_TICK]);
    printf("  %6lu timer callbacks\n", events[TRT_TRACE_TIMER]);
    printf("  %6lu waits begun, %lu ended\n", events[TRT_TRACE_WAIT], events[TRT_TRACE_WAKE]);
    printf("  %6lu switches\n", events[TRT_TRACE_SWITCH]);
    for (trt_task_t *task = trt_task_next(NULL); task != NULL; task = trt_task_next(task)) {
        static const char *const states[] = {"ended",   "running",    "ready",
                                             "waiting", "in a delay", "suspended"};
        printf("  %-17s priority %u, %s\n", trt_task_name(task), trt_task_priority(task),
               states[trt_task_state(task)]);
    }
    const char *fault = trt_check();
    printf("  every invariant holds: %s\n", fault == NULL ? "yes" : fault);
}

int main(int argc, char **argv) {
    const char *path = argc > 1 ? argv[1] : "examples/station.csv";
    if (!read_weather(path)) {
        fprintf(stderr, "station: cannot read %s\n", path);
        return 1;
    }
    trt_host_handler(ANEMOMETER_LINE, anemometer_interrupt, NULL);
    trt_host_handler(KEYBOARD_LINE, keyboard_interrupt, NULL);
    trt_host_raise_at(KEYBOARD_LINE, TRT_SECONDS(script[0].second));
    trt_timer_start(&wind);
    trt_timer_start(&report_timer);
    trt_task_start(&watchdog_task, NULL);
    trt_task_start(&thermometer_task, NULL);
    trt_task_start(&barometer_task, NULL);
    trt_task_start(&filter_task, NULL);
    trt_task_start(&console_task, NULL);
    trt_task_start(&logger_task, NULL);
    trt_status_t status = trt_start();

    printf("\nsummary\n");
    for (int q = 0; q < QUANTITIES; q++) {
        printf("  %s: %ld samples, sum %ld, from %d to %d\n",
               q == TEMPERATURE ? "temperature"
               : q == PRESSURE  ? "pressure"
                                : "wind",
               measured[q].count, measured[q].sum, measured[q].minimum, measured[q].maximum);
    }
    printf("  spikes thrown away: %lu\n", spikes);
    account();
    return status == TRT_OK ? 0 : 1;
}
