"""Lock this process up, from inside: what bubblewrap does for a cold kernel.

A warm kernel is forked from a server that bubblewrap has locked up already, so what it
can see is bubblewrap's doing. What the server's forks would share with each other is
made anew here, and what the server may do is given up. Linux only; each step raises
OSError when the kernel refuses it.
"""

import ctypes
import fcntl
import os
import resource
import socket
import struct
from collections.abc import Iterable
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 0x1, 0x2, 0x4, 0x8, 0x20
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 24, 38
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
SIOCSIFFLAGS, IFF_UP, IFF_LOOPBACK = 0x8914, 0x1, 0x8
LINUX_CAPABILITY_VERSION_3 = 0x20080522
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
LANDLOCK_EXECUTE, LANDLOCK_WRITE, LANDLOCK_READ, LANDLOCK_LIST = 1, 2, 4, 8
LANDLOCK_TRUNCATE, LANDLOCK_DEVICES = 1 << 14, 1 << 15
LANDLOCK_ABSTRACT_SOCKETS, LANDLOCK_SIGNALS = 1, 2


def call(result: int, what: str) -> int:
    """The result of a system call; raises OSError when it failed."""
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
    return result


def new_namespaces(*, user: bool) -> None:
    """Leave the server's namespaces; the next child is the first of a new pid one.

    With `user`, in a user namespace of its own, which a server that is not root needs.
    """
    names = (os.getuid(), os.getgid())
    flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET
    call(libc.unshare(flags | (CLONE_NEWUSER if user else 0)), "unshare")
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        for file, name in zip(("uid_map", "gid_map"), names, strict=True):
            Path(f"/proc/self/{file}").write_text(f"{name} {name} 1")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    arguments = (source.encode(), target.encode(), kind.encode())
    call(libc.mount(*arguments, flags, options.encode()), f"mount {target}")


def bind(source: str, target: str) -> None:
    """Show `source` at `target`, read-only."""
    mount(source, target, "", MS_BIND)
    flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV
    mount(source, target, "", flags)


def new_file_systems(sizes: dict[str, int], kept: Iterable[str], *, user: bool) -> None:
    """Fresh ``/proc`` and terminals, and an empty file system at each place of `sizes`.

    Folders in `kept` are seen at the same place, read-only, even below an empty one.
    With `user`, no further user namespace can be made.
    """
    mount("none", "/", "", MS_REC | MS_PRIVATE)
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    if user:
        Path("/proc/sys/user/max_user_namespaces").write_text("0")
    for folder in ("sys", "sysrq-trigger", "irq", "bus"):
        if os.access(f"/proc/{folder}", os.W_OK):
            bind(f"/proc/{folder}", f"/proc/{folder}")
    mount(
        "devpts",
        "/dev/pts",
        "devpts",
        MS_NOSUID | MS_NOEXEC,
        "newinstance,ptmxmode=0666,mode=620",
    )
    covered = {
        folder: os.open(folder, os.O_PATH)
        for folder in kept
        if any(folder.startswith(f"{place}/") for place in sizes)
    }
    for place, size in sizes.items():
        mount("tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV, f"mode=1777,size={size}")
    for folder, opened in covered.items():
        os.makedirs(folder, mode=0o755)
        bind(f"/proc/self/fd/{opened}", folder)
        os.close(opened)


def loopback() -> None:
    """Switch the network namespace's only interface on."""
    with socket.socket() as any_socket:
        request = struct.pack("16sh14x", b"lo", IFF_UP | IFF_LOOPBACK)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, request)


def limit(limits: dict[str, int]) -> None:
    """Set resource limits by their names in lower case; none can be raised again."""
    for name, value in limits.items():
        number = getattr(resource, f"RLIMIT_{name.upper()}")
        most = resource.getrlimit(number)[1]
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(number, (value, value))


def drop_privileges(user: int | None) -> None:
    """Become `user`, if one is named, without any capability, for good."""
    for capability in range(64):
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
            break
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    header = struct.pack("Ii", LINUX_CAPABILITY_VERSION_3, 0)
    call(libc.capset(header, struct.pack("6I", *[0] * 6)), "capset")
    call(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def restrict_files(writable: Iterable[str]) -> None:
    """Landlock, where the kernel has it: write only in `writable`, reach no outsider.

    A second lock on what namespaces and read-only mounts forbid already.
    """
    version = libc.syscall(LANDLOCK_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return
    handled = (1 << 13) - 1
    for since, right in ((2, 1 << 13), (3, LANDLOCK_TRUNCATE), (5, LANDLOCK_DEVICES)):
        if version >= since:
            handled |= right
    scoped = LANDLOCK_ABSTRACT_SOCKETS | LANDLOCK_SIGNALS
    attributes = struct.pack("=QQQ", handled, 0, scoped)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = call(
        libc.syscall(LANDLOCK_CREATE_RULESET, attributes[:size], size, 0), "landlock"
    )
    read = LANDLOCK_EXECUTE | LANDLOCK_READ | LANDLOCK_LIST
    of_file = LANDLOCK_WRITE | LANDLOCK_READ | LANDLOCK_TRUNCATE | LANDLOCK_DEVICES
    for place, rights in [("/", read), *((place, handled) for place in writable)]:
        opened = os.open(place, os.O_PATH)
        allowed = (rights if os.path.isdir(place) else of_file) & handled
        rule = struct.pack("=Qi", allowed, opened)
        call(libc.syscall(LANDLOCK_ADD_RULE, rules, 1, rule, 0), f"landlock {place}")
        os.close(opened)
    call(libc.syscall(LANDLOCK_RESTRICT_SELF, rules, 0), "landlock")
    os.close(rules)


def filter_calls(program: bytes) -> None:
    """Install a filter of system calls, as `seccomp.program` makes it."""
    buffer = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: the number of instructions, and where they are.
    header = struct.pack("HL", len(program) // 8, ctypes.addressof(buffer))
    call(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0), "seccomp")
