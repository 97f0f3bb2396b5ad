// Run something that is to crash in a child, and see how it ended and what it said.
#ifndef CHILD_H
#define CHILD_H

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define CHILD_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHILD_ASAN 1
#endif
#endif
#ifndef CHILD_ASAN
#define CHILD_ASAN 0
#endif

typedef struct {
    int status;       // as waitpid has it
    char said[65536]; // the beginning of its standard error
} child_t;

static inline void child_run(child_t *child, void (*body)(void)) {
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0) {
        (void)dup2(ends[1], STDERR_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
#if !CHILD_ASAN // which has a handler
        (void)signal(SIGSEGV, SIG_DFL);
#endif
        body();
        _exit(0);
    }
    (void)close(ends[1]);
    size_t length = 0;
    char part[4096];
    for (ssize_t got = read(ends[0], part, sizeof part); got > 0;
         got = read(ends[0], part, sizeof part)) {
        size_t room = sizeof child->said - 1 - length;
        size_t kept = (size_t)got < room ? (size_t)got : room;
        memcpy(child->said + length, part, kept);
        length += kept;
    }
    child->said[length] = '\0';
    (void)close(ends[0]);
    cr_assert_eq(waitpid(pid, &child->status, 0), pid);
}

static inline bool child_was_killed_by(const child_t *child, int number) {
    return WIFSIGNALED(child->status) && WTERMSIG(child->status) == number;
}

#endif // CHILD_H
