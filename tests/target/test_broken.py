"""The sweep finds what is wrong with kernels that are broken on purpose. TAP.
usage: test_broken.py HEADER COMPILER_ARGUMENT... -- QEMU ARGUMENT...

A kernel that never lets interrupts in again would never end the sweep, whose watch is an interrupt: so there is a limit
of time, far above what the whole sweep takes."""
import subprocess
import sys
import tempfile
from pathlib import Path

LIMIT = 60  # seconds

LOCK = '__asm__ __volatile__("cpsid i" ::: "memory");\n    return found;'
GIVE = "    if (sem->object.waiters != NULL || !trtk_add_one_i("
HAND_OVER = "    trtk_first_remove_i(object, first);\n"
WAIT_AT_ONCE = "    wait->since = ++trtk.arrivals;\n    wait->prio = trtk.current->prio;\n"
BEGIN_WAIT = "    task->object.mode |= TRTK_WAITING;\n"
SECOND_LOOK = "    status = trtk_take_i(wait, found);\n    if (status == TRT_ERR_WOULD_BLOCK) "
TOKEN_LOOK = "if (trtk_is_plain(sem, TRTK_KIND_SEM) && sem->object.count == 0) {"
LAST_LOOK = "        trtk_look_again_i(wait, found);\n"
JOIN = "    trtk_waiters_insert_i(wait, after);\n    trtk_lend_i("
LEAVE = "        trtk_reopen(found);\n        if (!trtk_is_waking(task)) return;"
PUSH_V = '#define TRTP_PUSH_V "push {r3-r11, lr}\\n\\t"'
STORE_P = '    "stmdb r0!, {r3-r11, lr}\\n\\t"\n'
PUSH_AGAIN = '    "ldr lr, 3f\\n\\t"      \\\n    "push {r3-r11, lr}\\n\\t"\n'
UNLOCKED = "        trtp_unlock(trtp_open());\n        (void)trtp_lock();\n"

# What is broken: [what, by what]; in the kernel, whatever the port (../avr/test_broken_kernels.py has them too),
BROKEN_ANYWHERE = {
    "no critical section in give": [(GIVE, "    trtp_unlock(found);\n" + GIVE)],
    "mask open while a waiter is handed what it waits for": [(HAND_OVER, UNLOCKED + HAND_OVER)],
    "mask open when a wait has half begun": [(BEGIN_WAIT, BEGIN_WAIT + UNLOCKED)],
    "no second look at the tokens": [(TOKEN_LOOK, "if (trtk_is_plain(sem, TRTK_KIND_SEM)) {")],
    "no look from the ring": [(LAST_LOOK, "")],
    "mask open between the search and the ring": [(JOIN, UNLOCKED + JOIN)],
    "a wake that takes no care of interrupts": [(LEAVE, "        trtk_reopen(found);\n        if (false) return;")],
}

# where a wait can begin at once, as it does not on an AVR, and in the port.
BROKEN = {
    **BROKEN_ANYWHERE,
    "mask open between the beginning of a plain wait and the ring": [(WAIT_AT_ONCE, UNLOCKED + WAIT_AT_ONCE)],
    "no second look as a wait begins": [(SECOND_LOOK, "    ")],
    "no critical section": [(LOCK, "return found;")],
    "a switch between calls loses r7": [(PUSH_V, PUSH_V + '\n#undef TRTP_PUSH_V\n#define TRTP_PUSH_V \\\n'
                                         '    "push {r3-r11, lr}\\n\\tstr r3, [sp, #16]\\n\\t"')],
    "PendSV loses r11": [(STORE_P, '    "stmdb r0!, {r3-r11, lr}\\n\\tstr r3, [r0, #32]\\n\\t"\n')],
    "a wake in an interrupt pends nothing": [
        ("        trtp_pend();\n        trtp_unlock(found);\n", "        trtp_unlock(found);\n"),
        ("        trtp_pend();\n", "        trtk.hold.due = false;\n")],
}

# What is broken where some interrupts are never shut out, as on an ARMv7-M.
BROKEN_V7 = {
    **BROKEN,
    "a frame that was taken for another kind is not saved again": [
        (PUSH_AGAIN, PUSH_AGAIN.replace("push {r3-r11, lr}", "sub sp, #40")),
        ("#define TINYRTOS_CM_CEILING 0", "#define TINYRTOS_CM_CEILING 1")],
}

# What only the programs of ../sweep/objects.h find.
TAKE_BLOCK = "    pool->given = (void *)*trtk_pool_mark(pool, block);\n    return block;"
CLAIM_ROOM = "    stream->coming = (uint16_t)(stream->coming + bytes);\n"
CLAIM_BYTES = "    wait->mode = stream->head;\n"
COPY_ENDS = "    if (--stream->object.mode == 0) {\n"
PUT_RANKED = "    *tail = slot;\n"
COND_WAIT = "    status = trtk_wait_i(wait, 1, timeout, found);\n    if (status != TRTK_WAITS) return status;\n"
COND_LEAVE = "    cond->mutex = mutex;\n    trtk_pass_on_i(mutex, TRT_OK, found);\n"
COME_TOO_LATE = "count == 0)\n        trtk_end_wait_i(task, TRT_OK, found);"
COUNT_READER = "    counted = trtk_is(lock, TRTK_KIND_RWLOCK) ? trtk_reader_count_i(lock) : TRT_ERR_DELETED;\n"
LEAVE_GATE = "    trtk_gate_leave_i(&lock->gate, status, found);\n"
BROKEN_OBJECTS = {
    "mask open while a block is taken": [(TAKE_BLOCK, UNLOCKED + TAKE_BLOCK)],
    "mask open while a sender claims room": [(CLAIM_ROOM, UNLOCKED + CLAIM_ROOM)],
    "mask open while a receiver claims bytes": [(CLAIM_BYTES, CLAIM_BYTES + UNLOCKED)],
    "what came into a copy makes it seem done": [(COPY_ENDS, "    stream->object.mode--;\n    {\n")],
    "mask open while an item joins its level": [(PUT_RANKED, UNLOCKED + PUT_RANKED)],
    "mutex free before the wait for a condition has begun": [
        (COND_WAIT + COND_LEAVE, COND_LEAVE + UNLOCKED + COND_WAIT)],
    "time is over for one of a round while it goes on": [
        (COME_TOO_LATE, COME_TOO_LATE.replace("trtk_end_wait_i(task, TRT_OK", "trtk_task_expire(timeout"))],
    "gate free before a reader is counted": [(COUNT_READER + LEAVE_GATE, LEAVE_GATE + UNLOCKED + COUNT_READER)],
}

# The same for registers of an ARMv6-M, whose switch is written differently.
LOAD_V = 'TRTP_LOAD_4_TO_11 "ldr r2, [sp, #36]\\n\\t'
LOAD_P = 'TRTP_LOAD_4_TO_11 "ldr r2, [r0]\\n\\t'
BROKEN_V6 = {
    **BROKEN,
    "a switch between calls loses r7": [(LOAD_V, LOAD_V + "mov r7, r2\\n\\t")],
    "PendSV loses r11": [(LOAD_P, LOAD_P + "mov r11, r2\\n\\t")],
}

# What is broken only where there is an FPU, and what only the sweep of such a machine finds.
BROKEN_FPU = {
    "PendSV loses s16 to s31": [('"vldmiaeq r0!, {s16-s31}\\n\\t"', '"addeq r0, #64\\n\\t"')],
    "a switch between calls loses s16 to s31": [('"vpop {s16-s31}\\n\\t"', '"add sp, #64\\n\\t"')],
    "a switch between calls loses the rounding mode": [('"vmsr fpscr, r2\\n\\t"', '"nop\\n\\t"')],
}

# What the sweep would find late: the program (its number in ../sweep/programs.h or objects.h) that it begins with. The
# others follow, so that a wrong number costs time and no more.
BEGIN_WITH = {
    "no second look as a wait begins": 13,
    "mask open while an item joins its level": 3,
    "mutex free before the wait for a condition has begun": 4,
    "time is over for one of a round while it goes on": 5,
    "gate free before a reader is counted": 6,
    "PendSV loses s16 to s31": 15,
    "a switch between calls loses s16 to s31": 15,
    "a switch between calls loses the rounding mode": 15,
    "a switch loses r7": 14,
    "an interrupt between the look and the sleep": 17,
    "bug26 EIND is not set in an interrupt": 18,
    "bug26 EIND is not put back": 18,
}


def broken(header, changes):
    for what, by_what in changes:
        if header.count(what) != 1:
            sys.exit(f"test_broken.py: this is {header.count(what)} times in the header, not once:\n{what}")
        header = header.replace(what, by_what)
    return header


def finds_fault(header, compiler, qemu):
    """Whether the sweep fails, and what it says."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "tinyrtos.h").write_text(header)
        program = f"{folder}/sweep"
        subprocess.run([*compiler[:1], f"-I{folder}", *compiler[1:], "-o", program], check=True)
        try:
            run = subprocess.run([*qemu, program], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, errors="replace", timeout=LIMIT)
        except subprocess.TimeoutExpired:
            return True, ["it does not end"]
        lines = run.stdout.splitlines()
        where = next((i for i, line in enumerate(lines) if line.startswith("not ok")), -4)
        return run.returncode != 0, lines[where:][:3]


def every_fault_is_found(kernels, finds, header, compiler, run):
    """TAP of all kernels; the exit status."""
    failed = 0
    print(f"1..{len(kernels)}")
    for number, (name, changes) in enumerate(kernels.items(), 1):
        first = f"-DSWEEP_FIRST={BEGIN_WITH.get(name, 0)}u"
        found, lines = finds(broken(Path(header).read_text(), changes), [*compiler, first], run)
        failed += not found
        print(f"{'' if found else 'not '}ok {number} - {name}")
        print(*[f"#     {line}" for line in lines], sep="\n", flush=True)
    return int(failed > 0)


def kernels_for(compiler):
    if any("objects.h" in argument for argument in compiler):
        return BROKEN_OBJECTS
    return BROKEN_FPU if "-mfloat-abi=hard" in compiler else BROKEN_V6 if "-mcpu=cortex-m0" in compiler else BROKEN_V7


def main(header, *rest):
    compiler, qemu = rest[:rest.index("--")], rest[rest.index("--") + 1:]
    return every_fault_is_found(kernels_for(compiler), finds_fault, header, compiler, qemu)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
