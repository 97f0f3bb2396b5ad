// Tickless idle in 512 bytes of RAM, with a timer of eight bits, which can count two ticks in one go.
#define LONGEST 2
#include "options.h"
#include "../tickless.c"
