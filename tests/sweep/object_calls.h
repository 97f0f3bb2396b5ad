// The calls of what is larger than a semaphore (calls.h, which includes this, has the rest, and says
// what a case is): condition variables, barriers, reader-writer locks, pools, streams, priority
// queues, channels, mailboxes, notifications, jobs; and what is made of fresh memory.
#ifndef SWEEP_OBJECT_CALLS_H
#define SWEEP_OBJECT_CALLS_H

enum { STREAM_BYTES = 23, ITEM = sizeof item, LONG = 4 * ITEM };
enum { SOME = 5 }; // of several priorities, two of one

static trt_cond_t cond;
static trt_barrier_t barrier;
static trt_rwlock_t rwlock;
static trt_pool_t blocks;
static trt_stream_t stream;
static trt_pqueue_t ranked;
static trt_channel_t channel;
static trt_queue_t box;
static trt_task_t new_task;
static trt_timer_t new_timer;
static void *block_memory[2][5], *block; // 2 blocks of 4 pointers, with their marks
static uint8_t stream_buffer[STREAM_BYTES], ranked_buffer[TRT_PQUEUE_BYTES(ITEM, 2)];
static uint8_t long_buffer[LONG + 2], long_item[LONG];
static trt_message_t letters[2], letter;
static trt_call_t call_accepted;
static uint16_t got;

// --- condition variables

static void do_wait_cond(void *unused) {
    (void)unused;
    (void)trt_mutex_lock(&mutex[0], 100);
    (void)trt_cond_wait(&cond, &mutex[0], 100);
    then();
}
static void do_signal(void *unused) {
    (void)unused;
    (void)trt_cond_signal(&cond);
    then();
}

static void cond_locked(void) {
    (void)trt_cond_init(&cond), locked();
}
static void cond_and_mutex_awaited(void) {
    cond_locked(), spread_some(SOME, do_lock, 1, 1);
}
static void cond_one_waits(void) {
    (void)trt_cond_init(&cond), one(do_wait_cond, 2);
}
static void cond_one_signals(void) {
    cond_locked(), ready(0, 5, do_signal);
}
static void cond_all_wait(void) {
    (void)trt_cond_init(&cond), spread_some(SOME, do_wait_cond, 1, 1);
}
static void cond_all_wait_and_locked(void) {
    cond_all_wait(), locked();
}

static void c_cond_wait(void) {
    (void)trt_cond_wait(&cond, &mutex[0], 100);
}
static void c_signal(void) {
    (void)trt_cond_signal(&cond);
}
static void c_broadcast(void) {
    (void)trt_cond_broadcast(&cond);
}
static void c_cond_delete(void) {
    (void)trt_cond_delete(&cond);
}

// --- barriers

static void do_come(void *unused) {
    (void)unused;
    (void)trt_barrier_wait(&barrier, 100);
    then();
}

static void barrier_of_2(void) {
    (void)trt_barrier_init(&barrier, 2);
}
static void barrier_one_waits(void) {
    barrier_of_2(), one(do_come, 2);
}
static void barrier_all_wait(void) {
    (void)trt_barrier_init(&barrier, SOME + 1), spread_some(SOME, do_come, 1, 1);
}
static void barrier_lacks_one(void) {
    (void)trt_barrier_init(&barrier, SOME + 2), spread_some(SOME, do_come, 1, 1);
}

static void c_come(void) {
    (void)trt_barrier_wait(&barrier, 100);
}
static void c_come_now(void) {
    (void)trt_barrier_wait(&barrier, 0);
}

// --- reader-writer locks

static void do_read(void *unused) {
    (void)unused;
    (void)trt_rwlock_read_lock(&rwlock, 100);
    then();
}
static void do_write(void *unused) {
    (void)unused;
    (void)trt_rwlock_write_lock(&rwlock, 100);
    then();
}
static void do_hold_read(void *unused) {
    (void)unused;
    (void)trt_rwlock_read_lock(&rwlock, 100);
    (void)trt_delay(100);
    then();
}
static void do_hold_write(void *unused) {
    (void)unused;
    (void)trt_rwlock_write_lock(&rwlock, 100);
    (void)trt_delay(100);
    then();
}

static void rwlock_free(void) {
    (void)trt_rwlock_init(&rwlock);
}
static void rwlock_reads(void) {
    rwlock_free(), (void)trt_rwlock_read_lock(&rwlock, 0);
}
static void rwlock_writes(void) {
    rwlock_free(), (void)trt_rwlock_write_lock(&rwlock, 0);
}
static void rwlock_other_reads(void) {
    rwlock_free(), one(do_hold_read, 5);
}
static void rwlock_other_writes(void) {
    rwlock_free(), one(do_hold_write, 5);
}
static void rwlock_reads_and_one(void) {
    rwlock_reads(), one(do_write, 2);
}
static void rwlock_writes_and_all(void) {
    rwlock_writes(), spread_some(SOME, do_read, 1, 1);
}
static void rwlock_crowd(void) {
    rwlock_free(), ready(0, 0, do_hold_write), (void)trt_task_set_priority(&crowd[0], 5);
    for (unsigned i = 1; i < SOME; i++)
        ready(i, 0, do_write), (void)trt_task_set_priority(&crowd[i], (uint8_t)(1u + i % 4u));
}

static void c_read(void) {
    (void)trt_rwlock_read_lock(&rwlock, 100);
}
static void c_read_unlock(void) {
    (void)trt_rwlock_read_unlock(&rwlock);
}
static void c_write(void) {
    (void)trt_rwlock_write_lock(&rwlock, 100);
}
static void c_write_unlock(void) {
    (void)trt_rwlock_write_unlock(&rwlock);
}
static void c_rwlock_delete(void) {
    (void)trt_rwlock_delete(&rwlock);
}

// --- pools

static void do_take_block(void *unused) {
    (void)unused;
    void *taken;
    (void)trt_pool_take(&blocks, &taken, 100);
    then();
}

static void pool_new(void) {
    (void)trt_pool_init(&blocks, block_memory, sizeof block_memory, 4 * sizeof(void *));
}
static void pool_taken(void) {
    pool_new(), (void)trt_pool_take(&blocks, &block, 0), (void)trt_pool_take(&blocks, &block, 0);
}
static void pool_given(void) {
    pool_taken(), (void)trt_pool_give(&blocks, block);
}
static void pool_one_waits(void) {
    pool_taken(), one(do_take_block, 2);
}
static void pool_all_wait(void) {
    pool_taken(), spread_some(SOME, do_take_block, 1, 1);
}

static void c_take_block(void) {
    void *taken;
    (void)trt_pool_take(&blocks, &taken, 100);
}
static void c_give_block(void) {
    (void)trt_pool_give(&blocks, block);
}

// --- streams

static void do_receive_bytes(void *unused) {
    (void)unused;
    uint8_t bytes[ITEM];
    uint16_t count;
    (void)trt_stream_receive(&stream, bytes, sizeof bytes, &count, 100);
    then();
}
static void do_send_bytes(void *unused) {
    (void)unused;
    (void)trt_stream_send(&stream, item, sizeof item, 100);
    then();
}

// An empty one that goes on at that place of its buffer.
static void stream_at(uint16_t trigger, uint16_t place) {
    (void)trt_stream_init(&stream, stream_buffer, STREAM_BYTES, trigger);
    stream.head = place;
}
static void bytes_new(void) {
    stream_at(ITEM / 2, 0);
}
static void bytes_at_end(void) {
    stream_at(ITEM / 2, STREAM_BYTES - 9);
}
static void c_send_bytes_now(void) {
    (void)trt_stream_send(&stream, item, sizeof item, 0);
}
static void bytes_there(void) {
    bytes_new(), c_send_bytes_now();
}
static void bytes_there_at_end(void) {
    bytes_at_end(), c_send_bytes_now();
}
static void bytes_one_receives(void) {
    bytes_at_end(), one(do_receive_bytes, 2);
}
static void bytes_all_receive(void) {
    bytes_at_end(), spread_some(SOME, do_receive_bytes, 1, 1);
}
static void bytes_one_sends(void) {
    bytes_there_at_end(), one(do_send_bytes, 2);
}
static void bytes_all_send(void) {
    bytes_there_at_end(), spread_some(SOME, do_send_bytes, 1, 1);
}
static void messages_new(void) {
    stream_at(TRT_MESSAGES, 0);
}
static void messages_at_end(void) {
    stream_at(TRT_MESSAGES, STREAM_BYTES - 11);
}
static void messages_length_at_end(void) {
    stream_at(TRT_MESSAGES, STREAM_BYTES - 1);
}
static void message_there(void) {
    messages_new(), c_send_bytes_now();
}
static void message_there_at_end(void) {
    messages_at_end(), c_send_bytes_now();
}
static void message_length_there_at_end(void) {
    messages_length_at_end(), c_send_bytes_now();
}
static void messages_one_receives(void) {
    messages_at_end(), one(do_receive_bytes, 2);
}
static void messages_all_receive(void) {
    messages_at_end(), spread_some(SOME, do_receive_bytes, 1, 1);
}
static void messages_one_sends(void) {
    message_there_at_end(), one(do_send_bytes, 2);
}

static void c_send_bytes(void) {
    (void)trt_stream_send(&stream, item, sizeof item, 100);
}
static void c_receive_bytes(void) {
    (void)trt_stream_receive(&stream, received, sizeof received, &got, 100);
}
static void c_send_long(void) {
    (void)trt_stream_send(&stream, long_item, sizeof long_item, 100);
}
static void c_receive_long(void) {
    (void)trt_stream_receive(&stream, long_item, sizeof long_item, &got, 100);
}
static void do_receive_long(void *unused) {
    (void)unused;
    c_receive_long();
    then();
}
static void long_new(void) {
    (void)trt_stream_init(&stream, long_buffer, sizeof long_buffer, TRT_MESSAGES);
}
static void long_there(void) {
    long_new(), c_send_long();
}
static void long_one_receives(void) {
    long_new(), one(do_receive_long, 2);
}
static void c_set_trigger(void) {
    (void)trt_stream_set_trigger(&stream, ITEM / 4);
}
static void c_reset_stream(void) {
    (void)trt_stream_reset(&stream);
}

// --- priority queues

static void do_receive_ranked(void *unused) {
    (void)unused;
    uint8_t bytes[ITEM];
    (void)trt_pqueue_receive(&ranked, bytes, 100);
    then();
}
static void do_send_ranked(void *unused) {
    (void)unused;
    (void)trt_pqueue_send(&ranked, item, 5, 100);
    then();
}

static void ranked_new(void) {
    (void)trt_pqueue_init(&ranked, ranked_buffer, sizeof item, 2);
}
static void ranked_one_item(void) {
    ranked_new(), (void)trt_pqueue_send(&ranked, item, 7, 0);
}
static void ranked_full(void) {
    ranked_one_item(), (void)trt_pqueue_send(&ranked, item, 7, 0);
}
static void ranked_one_receives(void) {
    ranked_new(), one(do_receive_ranked, 2);
}
static void ranked_all_receive(void) {
    ranked_new(), spread_some(SOME, do_receive_ranked, 1, 1);
}
static void ranked_one_sends(void) {
    ranked_full(), one(do_send_ranked, 2);
}

static void c_send_ranked(void) {
    (void)trt_pqueue_send(&ranked, item, 7, 100);
}
static void c_send_ranked_now(void) {
    (void)trt_pqueue_send(&ranked, item, 7, 0);
}
static void c_receive_ranked(void) {
    (void)trt_pqueue_receive(&ranked, received, 100);
}
static void c_peek_ranked(void) {
    (void)trt_pqueue_peek(&ranked, received, 0);
}
static void c_reset_ranked(void) {
    (void)trt_pqueue_reset(&ranked);
}

// --- channels

static void do_accept(void *unused) {
    (void)unused;
    trt_call_t accepted = {NULL, NULL};
    (void)trt_channel_serve(&channel);
    (void)trt_channel_accept(&channel, &accepted, 100);
    then();
}
static void do_serve_late(void *unused) {
    (void)unused;
    (void)trt_channel_serve(&channel);
    (void)trt_delay(100);
    then();
}
static void do_call(void *unused) {
    (void)unused;
    (void)trt_channel_call(&channel, item, 100);
    then();
}

static void channel_new(void) {
    (void)trt_channel_init(&channel);
    call_accepted.client = NULL;
}
static void channel_server_accepts(void) {
    channel_new(), one(do_accept, 5);
}
static void channel_urgent_server_accepts(void) {
    channel_new(), one(do_accept, 2);
}
static void channel_others_call(void) {
    channel_new(), one(do_serve_late, 5);
    for (unsigned i = 1; i < SOME; i++)
        ready(i, 0, do_call), (void)trt_task_set_priority(&crowd[i], (uint8_t)(1u + i % 4u));
}
static void channel_served(void) {
    channel_new(), (void)trt_channel_serve(&channel);
}
static void channel_one_calls(void) {
    channel_served(), one(do_call, 2);
}
static void channel_all_call(void) {
    channel_served(), spread_some(SOME, do_call, 1, 1);
}
static void channel_one_accepted(void) {
    channel_one_calls(), (void)trt_channel_accept(&channel, &call_accepted, 0);
}
static void channel_all_call_one_accepted(void) {
    channel_all_call(), (void)trt_channel_accept(&channel, &call_accepted, 0);
}

static void c_serve(void) {
    (void)trt_channel_serve(&channel);
}
static void c_call(void) {
    (void)trt_channel_call(&channel, item, 100);
}
static void c_accept(void) {
    (void)trt_channel_accept(&channel, &call_accepted, 100);
}
static void c_answer(void) {
    (void)trt_channel_answer(&channel, TRT_OK);
}
static void c_leave(void) {
    (void)trt_channel_leave(&channel);
}
static void c_channel_delete(void) {
    (void)trt_channel_delete(&channel);
}

// --- mailboxes

static void do_receive_mail(void *unused) {
    (void)unused;
    trt_message_t mine;
    (void)trt_mail_receive(&mine, 100);
    then();
}

static void mail_none(void) {
    (void)trt_queue_init(&box, letters, sizeof letters[0], 2);
    (void)trt_mail_set_box(&caller, &box);
}
static void mail_one_receives(void) {
    mail_none(), created(), (void)trt_mail_set_box(&crowd[0], &box);
    one(do_receive_mail, 2);
}

static void mail_to(trt_task_t *target) {
    trt_payload_t payload = {1};
    (void)trt_mail_send(target, TRT_MESSAGE_USER, payload, 0);
}
static void mail_there(void) {
    mail_none(), mail_to(&caller);
}
static void c_mail(void) {
    mail_to(&caller);
}
static void c_mail_other(void) {
    mail_to(&crowd[0]);
}
static void c_receive_mail(void) {
    (void)trt_mail_receive(&letter, 100);
}

// --- notifications

static void do_wait_note(void *unused) {
    (void)unused;
    int32_t value;
    (void)trt_note_wait(&caller, 0, 1, TRT_CLEAR, &value, 100);
    then();
}

static void note_one_waits(void) {
    one(do_wait_note, 2);
}
static void note_all_wait(void) {
    spread_some(SOME, do_wait_note, 1, 1);
}

static void c_note_set(void) {
    (void)trt_note_set(&caller, 0, 1, 5);
}
static void c_note_add(void) {
    (void)trt_note_add_state(&caller, 0, 1);
}
static void c_note_wait(void) {
    (void)trt_note_wait(&caller, 0, 1, 0, NULL, 100);
}
static void c_note_value(void) {
    (void)trt_note_value(&caller, 0);
}

// --- jobs

static void run_job(void *unused) {
    (void)unused;
    then();
}

TRT_JOBS_DEFINE(jobs, {run_job, NULL}, {run_job, NULL}, {run_job, NULL}, {run_job, NULL},
                {run_job, NULL}, {run_job, NULL}, {run_job, NULL}, {run_job, NULL});

static void do_run_jobs(void *unused) {
    (void)unused;
    (void)trt_jobs_run(&jobs);
}

static void jobs_none(void) {
    jobs.pending = 0;
}
static void jobs_one_runs(void) {
    jobs_none(), one(do_run_jobs, 2);
}
static void jobs_last_pending(void) {
    jobs_none(), (void)trt_job_post(&jobs, 7);
}

static void c_post(void) {
    (void)trt_job_post(&jobs, 7);
}
static void c_cancel(void) {
    (void)trt_job_cancel(&jobs, 7);
}
static void c_run_jobs(void) {
    (void)trt_jobs_run(&jobs);
}

// --- fresh memory

static void fresh(void) {
    memset(&new_task, 0, sizeof new_task);
    memset(&new_timer, 0, sizeof new_timer);
}
static void timer_runs(void) {
    (void)trt_timer_start(&timers[3]);
}

static void c_create_new(void) {
    (void)trt_task_create(&new_task, "p", do_nothing, 2, crowd_stack[0], sizeof crowd_stack[0]);
}
static void c_timer_init_new(void) {
    (void)trt_timer_init(&new_timer, "t", on_timer, NULL, 3, TRT_PERIODIC);
}

#endif // SWEEP_OBJECT_CALLS_H
