// The kernel of all the tests that need no options of their own.
#define TINYRTOS_IMPLEMENTATION
#include "harness_kernel.h"
