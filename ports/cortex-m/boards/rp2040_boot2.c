// The second stage of an RP2040's boot: the bootrom copies the first 256 bytes of the flash to RAM,
// checks the CRC at their end, and runs them. They make the flash readable as memory, by the slow
// command (03h) that every chip knows, at a quarter of the clock, and go to the program's reset.
__asm__(".section .boot2, \"ax\", %progbits\n"
        ".syntax unified\n"
        ".thumb\n"
        "boot2:\n"
        "    adr r0, boot2_table\n"
        "    ldmia r0!, {r1}\n"
        "1:  ldmia r0!, {r2, r3}\n"
        "    str r3, [r1, r2]\n"
        "    cmp r3, #1\n"
        "    bne 1b\n"
        "    ldmia r0!, {r1, r2}\n"
        "    str r2, [r1]\n" // VTOR
        "    ldmia r2!, {r0, r1}\n"
        "    msr msp, r0\n"
        "    bx r1\n"
        "    .balign 4\n"
        "boot2_table:\n"
        "    .word 0x18000000\n"       // the SSI; offset and value of its registers:
        "    .word 0x08, 0\n"          // SSIENR: off
        "    .word 0x14, 4\n"          // BAUDR: the clock by 4
        "    .word 0x00, 0x001F0300\n" // CTRLR0: send a command, receive 32 bits
        "    .word 0xF4, 0x03000218\n" // SPI_CTRLR0: command 03h, 24 bits of address, one wire
        "    .word 0x04, 0\n"          // CTRLR1: one word at a time
        "    .word 0x08, 1\n"          // SSIENR: on
        "    .word 0xE000ED08, 0x10000100\n"
        "    .org boot2 + 252\n"
        "    .word 0x19EBEA60\n" // the CRC-32 of the rest; tests/target/test_boot2.py computes it
        ".text\n");

extern int boot2_is_here; // a translation unit must declare something
