// The smallest port that compiles, for compilers whose real port is elsewhere: it switches to nothing.
typedef uint32_t trt_stack_t;
typedef uint8_t trt_critical_t;
#define TRTP_STACK_MIN 64
#define TRTP_STACK_FILL 0xA5
