// The kernel alone, as a program links it that has it in a file of its own: what a call of it takes
// and how large it is do not depend on who calls.
#define TINYRTOS_IMPLEMENTATION
#include "tinyrtos.h"
