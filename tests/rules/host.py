# SPDX-License-Identifier: LGPL-2.1-or-later
"""Hosts made up of namespaces: files, processes, network and cgroups of their own, gone when the case ends."""

import ctypes
import fcntl
import os
import socket
import struct
import sys
import time
import traceback

# linux/sched.h, linux/mount.h
CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS = 0x20000, 0x2000000, 0x4000000
CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNET = 0x8000000, 0x20000000, 0x40000000
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE, MNT_DETACH = 1, 32, 4096, 16384, 1 << 18, 2
# linux/sockios.h, linux/if.h
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
# asm/unistd_64.h, asm-generic/unistd.h
PIVOT_ROOT = 155 if os.uname().machine == 'x86_64' else 41

FIXTURES = '/mnt/fixtures'
DEVICES = ('null', 'zero', 'full', 'random', 'urandom')
UNITS = ('ejabberd.service', 'epmd.service', 'epmd.socket')

libc = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    """A function of the C library that returns 0 or sets errno."""
    if getattr(libc, name)(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f'{name}{arguments}: {os.strerror(error)}')


def mount(source, target, kind, flags=0, data=''):
    """mount(2)."""
    call('mount', os.fsencode(source), os.fsencode(target), kind.encode() or None, ctypes.c_ulong(flags),
         os.fsencode(data) or None)


def loopback_up():
    """In a network namespace that was just made."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack('16sH14x', b'lo', 0)
        flags, = struct.unpack_from('H', fcntl.ioctl(control, SIOCGIFFLAGS, request), 16)
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack('16sH14x', b'lo', flags | IFF_UP))


class Host:
    """One case's host. root is a folder on which a tmpfs is mounted; layer holds what lies over the machine's /usr."""

    def __init__(self, folder, layer, cgroup, fixtures):
        self.folder, self.layer, self.cgroup, self.fixtures = folder, layer, cgroup, fixtures

    def run(self, build, inside):
        """Calls build(root) to make the tree, then inside() as init of the host; returns what inside() wrote.

        inside gets a file to write to; it must not return before what it says is true.
        """
        self.make_cgroups()
        read_end, write_end = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read_end)
            self.in_child(build, inside, write_end)
        os.close(write_end)
        with os.fdopen(read_end, encoding='utf-8', errors='surrogateescape') as answer:
            said = answer.read()
        os.waitpid(child, 0)
        self.remove_cgroups()
        return said

    def in_child(self, build, inside, write_end):
        """Never returns."""
        status = 1
        try:
            with open(os.path.join(self.cgroup, 'cgroup.procs'), 'w', encoding='ascii') as procs:
                procs.write('0')
            call('unshare', CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)
            init = os.fork()
            if init == 0:
                self.become(build)
                with os.fdopen(write_end, 'w', encoding='utf-8', errors='surrogateescape') as answer:
                    inside(answer)
                status = 0
            else:
                os.close(write_end)
                status = os.waitstatus_to_exitcode(os.waitpid(init, 0)[1])
        except BaseException:  # noqa: it must not get into the parent's code
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status & 0xff)

    def become(self, build):
        """Makes the tree, and makes it the root."""
        root = os.path.join(self.folder, 'root')
        mount('', '/', '', MS_REC | MS_PRIVATE)
        mount('ejguard-rules', self.folder, 'tmpfs', 0, 'mode=755')
        for name in ('root', 'usr', 'work'):
            os.mkdir(os.path.join(self.folder, name))
        # pivot_root(2) wants a mount.
        mount(root, root, '', MS_BIND)
        build(root)
        for name in ('usr', 'proc', 'sys', 'dev', 'oldroot'):
            os.makedirs(os.path.join(root, name), exist_ok=True)
        mount('overlay', f'{root}/usr', 'overlay', 0,
              f'lowerdir={self.layer}:/usr,upperdir={self.folder}/usr,workdir={self.folder}/work')
        mount('proc', f'{root}/proc', 'proc')
        mount('sysfs', f'{root}/sys', 'sysfs', MS_RDONLY)
        mount('cgroup2', f'{root}/sys/fs/cgroup', 'cgroup2')
        for name in DEVICES:
            with open(f'{root}/dev/{name}', 'x', encoding='ascii'):
                pass
            mount(f'/dev/{name}', f'{root}/dev/{name}', '', MS_BIND)
        os.symlink('/proc/self/fd', f'{root}/dev/fd')
        # Links of the machine's /usr lead through /etc/alternatives.
        for source, name in ((self.fixtures, FIXTURES), ('/etc/alternatives', '/etc/alternatives')):
            os.mkdir(root + name)
            mount(source, root + name, '', MS_BIND)
            mount('', root + name, '', MS_BIND | MS_REMOUNT | MS_RDONLY)
        os.chdir(root)
        call('syscall', ctypes.c_long(PIVOT_ROOT), b'.', b'oldroot')
        os.chdir('/')
        call('umount2', b'/oldroot', MNT_DETACH)
        os.rmdir('/oldroot')
        socket.sethostname('server')
        loopback_up()

    def make_cgroups(self):
        """As systemd has them."""
        os.mkdir(self.cgroup)
        for name in ('system.slice', 'user.slice') + tuple(f'system.slice/{unit}' for unit in UNITS):
            os.mkdir(os.path.join(self.cgroup, name))

    def remove_cgroups(self):
        """Its processes are gone: init's end waits for them."""
        for folder, _, _ in os.walk(self.cgroup, topdown=False):
            for _ in range(100):
                try:
                    os.rmdir(folder)
                    break
                except OSError:
                    time.sleep(0.01)
