// Shows:  another policy of one's own, by TINYRTOS_PICK: a lottery, in which each task has as much
//         of the processor as it has tickets.
// Expect: the share of each task in 5000 ticks beside its share of the tickets, less than 2 % of
//         the whole apart; and a more urgent task that comes when its time has come all the same.
// Build:  cc -I.. lottery.c && ./a.out
struct trt_task;
static struct trt_task *draw(struct trt_task *most_urgent);
#define TINYRTOS_PICK(task) draw(task)
#define TINYRTOS_TIME_SLICE 1
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"

#include <stdio.h>

#define RUN_TICKS 5000

typedef struct player {
    trt_task_t *task;
    const char *name;
    unsigned tickets;
    unsigned ran; // ticks
} player_t;

static unsigned beats, late;

// A generator of one's own with a fixed seed, so that every run is the same (xorshift, Marsaglia
// 2003).
static uint32_t random_state = 2463534242u;

static uint32_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static unsigned tickets_of(const trt_task_t *task) {
    const player_t *player = (const player_t *)trt_task_local(task);
    return player != NULL ? player->tickets : 1;
}

// The next of the same priority: less urgent tasks are not in the game.
static trt_task_t *next_equal(const trt_task_t *task) {
    trt_task_t *next = trt_ready_next(task);
    bool is_equal = next != NULL && trt_task_priority(next) == trt_task_priority(task);
    return is_equal ? next : NULL;
}

// Asked at every tick, as a time slice is one. Two steps for each ready task of the highest
// priority.
static trt_task_t *draw(trt_task_t *most_urgent) {
    unsigned all = 0;
    for (const trt_task_t *task = most_urgent; task != NULL; task = next_equal(task))
        all += tickets_of(task);
    unsigned ticket = next_random() % all;
    trt_task_t *task = most_urgent;
    for (; ticket >= tickets_of(task); task = next_equal(task)) ticket -= tickets_of(task);
    return task;
}

static void play(void *arg) {
    player_t *player = (player_t *)arg;
    for (;;) {
        trt_host_advance(1);
        player->ran++;
    }
}

// Not in the game: more urgent than the players.
static void beat(void *arg) {
    (void)arg;
    trt_tick_t last = trt_now();
    for (;;) {
        trt_delay_until(&last, 100, NULL);
        if (trt_now() != last) late++;
        beats++;
    }
}

TRT_TASK_DEFINE(beat_task, beat, 0, 1024);
TRT_TASK_DEFINE(five_task, play, 3, 1024);
TRT_TASK_DEFINE(three_task, play, 3, 1024);
TRT_TASK_DEFINE(two_task, play, 3, 1024);

static player_t players[] = {
    {&five_task, "five", 5, 0}, {&three_task, "three", 3, 0}, {&two_task, "two", 2, 0}};
enum { PLAYERS = sizeof players / sizeof players[0] };

// In thousandths. False: not near the tickets.
static bool report(const player_t *player) {
    int share = (int)(player->ran * 1000u / RUN_TICKS), fair = (int)player->tickets * 100;
    printf("%-5s  %u of 10 tickets, %2d.%d %% of the time\n", player->name, player->tickets,
           share / 10, share % 10);
    return share > fair - 20 && share < fair + 20;
}

int main(void) {
    bool is_fair = true;
    for (int i = 0; i < PLAYERS; i++) {
        trt_task_set_local(players[i].task, &players[i]);
        trt_task_start(players[i].task, &players[i]);
    }
    trt_task_start(&beat_task, NULL);
    trt_host_time_limit(RUN_TICKS);
    trt_start();
    for (int i = 0; i < PLAYERS; i++) is_fair = report(&players[i]) && is_fair;
    printf("the urgent task: %u beats, %u late\n", beats, late);
    return is_fair && late == 0 ? 0 : 1;
}
