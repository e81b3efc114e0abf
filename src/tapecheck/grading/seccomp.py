"""A filter of system calls: what no notebook needs and attacks on the kernel do.

The program is classic BPF as seccomp(2) takes it: check the architecture, load the
call's number, compare it with each forbidden one. A forbidden call fails with EPERM,
and so does a clone(2) into new namespaces. clone3(2), whose flags a filter cannot see,
is said not to exist; the C library does without. The numbers are those of the kernel's
headers (asm/unistd_64.h, asm-generic/unistd.h).
"""

import errno
import platform
import struct

# By machine: AUDIT_ARCH and the numbers of the calls that are forbidden.
X86_64 = {
    "shmget": 29, "shmat": 30, "semget": 64, "msgget": 68, "ptrace": 101,
    "personality": 135, "pivot_root": 155, "chroot": 161, "acct": 163, "mount": 165,
    "umount2": 166, "swapon": 167, "reboot": 169, "init_module": 175,
    "delete_module": 176, "quotactl": 179, "add_key": 248, "request_key": 249,
    "keyctl": 250, "unshare": 272, "move_pages": 279, "vmsplice": 278,
    "perf_event_open": 298, "fanotify_init": 300, "name_to_handle_at": 303,
    "open_by_handle_at": 304, "setns": 308, "process_vm_readv": 310,
    "process_vm_writev": 311, "kcmp": 312, "finit_module": 313, "memfd_create": 319,
    "kexec_file_load": 320, "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425,
    "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "memfd_secret": 447,
}  # fmt: skip
AARCH64 = {
    "pivot_root": 41, "chroot": 51, "umount2": 39, "mount": 40, "quotactl": 60,
    "vmsplice": 75, "acct": 89, "unshare": 97, "init_module": 105,
    "delete_module": 106, "ptrace": 117, "reboot": 142, "msgget": 186, "semget": 190,
    "shmget": 194, "shmat": 196, "add_key": 217, "request_key": 218, "keyctl": 219,
    "swapon": 224, "move_pages": 239, "perf_event_open": 241, "fanotify_init": 262,
    "name_to_handle_at": 264, "open_by_handle_at": 265, "setns": 268,
    "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272,
    "finit_module": 273, "memfd_create": 279, "bpf": 280, "userfaultfd": 282,
    "kexec_file_load": 294, "io_uring_setup": 425, "io_uring_enter": 426,
    "io_uring_register": 427, "open_tree": 428, "move_mount": 429, "fsopen": 430,
    "memfd_secret": 447, "personality": 92,
}  # fmt: skip
MACHINES = {"x86_64": (0xC000003E, X86_64), "aarch64": (0xC00000B7, AARCH64)}
CLONE = {"x86_64": 56, "aarch64": 220}
CLONE3 = 435
NEW_NAMESPACES = 0x7E020000  # every CLONE_NEW* flag of clone(2)

ALLOW, DENY, KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
ABSENT = 0x00050000 | errno.ENOSYS
LOAD, JUMP_IF_EQUAL, JUMP_IF_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
JUMP_IF_ANY_BIT = 0x45
NUMBER, ARCHITECTURE, FLAGS = 0, 4, 16  # offsets in struct seccomp_data
X32 = 0x40000000  # x86-64's second numbering, by which a filter could be dodged


def program() -> bytes:
    """The filter for this machine; it allows all where the numbers are unknown."""
    if platform.machine() not in MACHINES:
        return instruction(RETURN, ALLOW)
    architecture, calls = MACHINES[platform.machine()]
    numbers = sorted(calls.values())
    steps = [
        instruction(LOAD, ARCHITECTURE),
        instruction(JUMP_IF_EQUAL, architecture, 1, 0),
        instruction(RETURN, KILL),
        instruction(LOAD, NUMBER),
        instruction(JUMP_IF_AT_LEAST, X32, len(numbers) + 5, 0),
    ]
    for left, number in zip(range(len(numbers), 0, -1), numbers, strict=True):
        steps.append(instruction(JUMP_IF_EQUAL, number, left + 4, 0))
    steps += [
        instruction(JUMP_IF_EQUAL, CLONE3, 5, 0),
        instruction(JUMP_IF_EQUAL, CLONE[platform.machine()], 0, 2),
        instruction(LOAD, FLAGS),
        instruction(JUMP_IF_ANY_BIT, NEW_NAMESPACES, 1, 0),
        instruction(RETURN, ALLOW),
        instruction(RETURN, DENY),
        instruction(RETURN, ABSENT),
    ]
    return b"".join(steps)


def instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One struct sock_filter."""
    return struct.pack("=HBBI", code, if_true, if_false, value)
