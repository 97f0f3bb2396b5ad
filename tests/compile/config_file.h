// A configuration file that is wrong, so that it can be seen to be read.
#define TINYRTOS_PRIORITIES 99
