# SPDX-License-Identifier: LGPL-2.1-or-later
"""calls.py: makes system calls that the module seccomp refuses, each in a process of its own, where it does no harm. Prints
a line for each, NAME WORD; the word is ok, the name of the error, or of the signal that ended the process."""

import ctypes
import errno
import fcntl
import mmap
import os
import platform
import pty
import signal
import socket
import sys
import termios

X86 = platform.machine() == 'x86_64'
SIGCHLD = int(signal.SIGCHLD)
CLONE_NEWUSER = 0x10000000
libc = ctypes.CDLL(None, use_errno=True)


def held(result):
    """What the C library returned: an error ends the process with it as its status."""
    if result < 0:
        os._exit(ctypes.get_errno())
    return result


def call(x86, arm, *arguments):
    """The system call by its number; the newer ones have the same one everywhere."""
    return held(libc.syscall(x86 if X86 else arm, *arguments))


def bpf():
    words = (ctypes.c_uint32 * 12)(2, 4, 4, 1)  # an array of one entry
    call(321, 280, 0, words, ctypes.sizeof(words))


def io_uring():
    call(425, 425, 1, ctypes.create_string_buffer(120))


def ptrace():
    held(libc.ptrace(0, 0, 0, 0))


def process_vm_readv():
    here, there = ctypes.create_string_buffer(8), ctypes.create_string_buffer(8)
    local = (ctypes.c_void_p * 2)(ctypes.addressof(here), 8)
    remote = (ctypes.c_void_p * 2)(ctypes.addressof(there), 8)
    held(libc.process_vm_readv(os.getpid(), local, 1, remote, 1, 0))


def pidfd_getfd():
    call(438, 438, os.pidfd_open(os.getpid()), 1, 0)


def unshare():
    held(libc.unshare(CLONE_NEWUSER))


def clone():
    if call(56, 220, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) == 0:
        os._exit(0)


def clone3():
    words = (ctypes.c_uint64 * 8)(0, 0, 0, 0, SIGCHLD)
    if call(435, 435, words, ctypes.sizeof(words)) == 0:
        os._exit(0)


def add_key():
    call(248, 217, b'user', b'calls', b'x', ctypes.c_size_t(1), ctypes.c_int(-2))


def perf_event_open():
    words = (ctypes.c_uint64 * 8)()
    words[0] = 1 | 64 << 32  # software, and the size
    words[1] = 9  # a dummy
    words[5] = 0x61  # of user space alone
    call(298, 241, words, 0, -1, -1, 0)


def userfaultfd():
    call(323, 282, 1)


def terminal():
    """Types for the program that reads from the same terminal."""
    child, _ = pty.fork()
    if child == 0:
        try:
            fcntl.ioctl(0, termios.TIOCSTI, b'x')
        except OSError as error:
            os._exit(error.errno)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.WEXITSTATUS(status))


def adjtimex():
    call(159, 171, ctypes.create_string_buffer(256))  # only reads


def sock(family, kind, protocol=0):
    return lambda: socket.socket(family, kind, protocol).close()


def device():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'lo')


def call_32_bit():
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(b'\xb8\x14\x00\x00\x00\xcd\x80\xc3')  # mov $20 (getpid), %eax; int $0x80; ret
    result = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
    os._exit(-result if result < 0 else 0)


def call_x32():
    held(libc.syscall(0x40000000 | 39))


ATTEMPTS = {
    'bpf': bpf,
    'io_uring': io_uring,
    'ptrace': ptrace,
    'process_vm_readv': process_vm_readv,
    'pidfd_getfd': pidfd_getfd,
    'unshare': unshare,
    'clone': clone,
    'clone3': clone3,
    'add_key': add_key,
    'perf_event_open': perf_event_open,
    'userfaultfd': userfaultfd,
    'terminal': terminal,
    'adjtimex': adjtimex,
    'alg': sock(38, socket.SOCK_SEQPACKET),
    'vsock': sock(40, socket.SOCK_STREAM),
    'xdp': sock(44, socket.SOCK_RAW),
    'packet': sock(17, socket.SOCK_DGRAM),
    'raw': sock(socket.AF_INET, socket.SOCK_RAW, 1),
    'sctp': sock(socket.AF_INET, socket.SOCK_STREAM, 132),
    'smc': sock(socket.AF_INET, socket.SOCK_STREAM, 256),
    'mptcp': sock(socket.AF_INET, socket.SOCK_STREAM, 262),
    'generic-netlink': sock(16, socket.SOCK_RAW, 16),
    'device': device,
}
if X86:
    ATTEMPTS |= {'32-bit': call_32_bit, 'x32': call_x32}


def word(attempt):
    child = os.fork()
    if child == 0:
        try:
            attempt()
        except OSError as error:
            os._exit(error.errno)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status < 0:
        return signal.Signals(-status).name
    return errno.errorcode[status] if status else 'ok'


for name in sys.argv[1:] or ATTEMPTS:
    print(name, word(ATTEMPTS[name]), flush=True)
