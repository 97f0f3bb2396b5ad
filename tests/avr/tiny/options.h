// What the smallest parts choose: tasks that wait for time and for semaphores, and little else.
#define TINYRTOS_PRIORITIES 2
#define TINYRTOS_TICK_BITS 16
#define TINYRTOS_TASK_LOCAL 0
#define TINYRTOS_MUTEXES 0
#define TINYRTOS_FLAGS 0
#define TINYRTOS_BARRIERS 0
#define TINYRTOS_QUEUES 0
#define TINYRTOS_PQUEUES 0
#define TINYRTOS_STREAMS 0
#define TINYRTOS_POOLS 0
#define TINYRTOS_JOBS 0
#define TINYRTOS_SHORTCUTS 0
#define TINYRTOS_WAIT_ANY 0
