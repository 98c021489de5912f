# SPDX-License-Identifier: LGPL-2.1-or-later
"""What manager.c does, in Python by ctypes: the plain C interface is all that another language needs.

    manager.py CONFDIR MODULEDIR RUNDIR SERVICE COMMAND...
"""
import ctypes
import os
import sys
from ctypes import POINTER, c_bool, c_char_p, c_int, c_size_t, c_uint32, c_void_p


class Options(ctypes.Structure):
    """struct ejg_options"""
    _fields_ = [("size", c_size_t), ("service", c_char_p), ("confdir", c_char_p), ("vendordir", c_char_p),
                ("moduledir", c_char_p), ("rundir", c_char_p), ("statedir", c_char_p), ("root", c_char_p)]


class ApplyOptions(ctypes.Structure):
    """struct ejg_apply_options"""
    _fields_ = [("size", c_size_t), ("own", c_bool), ("cgroups", POINTER(c_char_p)), ("n_cgroups", c_size_t),
                ("only", POINTER(c_char_p)), ("n_only", c_size_t), ("no_proof", c_bool)]


class Finding(ctypes.Structure):
    """struct ejg_finding"""
    _fields_ = [("module", c_char_p), ("id", c_char_p), ("severity", c_uint32), ("subject", c_char_p),
                ("message", c_char_p), ("remedy", c_char_p), ("file", c_char_p), ("line", c_uint32),
                ("column", c_uint32)]


LOG = ctypes.CFUNCTYPE(None, c_void_p, c_int, c_char_p, c_char_p)
WARNING = 1


def load():
    library = ctypes.CDLL("libejguard.so.0")
    library.ejg_open.argtypes = [POINTER(Options), POINTER(c_void_p)]
    library.ejg_close.argtypes = [c_void_p]
    library.ejg_close.restype = c_void_p
    library.ejg_set_log.argtypes = [c_void_p, LOG, c_void_p, c_int]
    library.ejg_set_log.restype = None
    library.ejg_apply.argtypes = [c_void_p, POINTER(ApplyOptions)]
    library.ejg_confine.argtypes = library.ejg_release.argtypes = [c_void_p]
    library.ejg_error.argtypes = [c_void_p]
    library.ejg_error.restype = c_char_p
    library.ejg_finding_get.argtypes = [c_void_p, c_size_t]
    library.ejg_finding_get.restype = POINTER(Finding)
    library.ejg_severity_name.argtypes = [c_uint32]
    library.ejg_severity_name.restype = c_char_p
    return library


def print_report(library, handle):
    index = 0
    while finding := library.ejg_finding_get(handle, index):
        found = finding.contents
        words = [library.ejg_severity_name(found.severity), found.id, found.subject + b":", found.message]
        print(b" ".join(words).decode(errors="replace"), file=sys.stderr)
        index += 1


def start(library, handle, command):
    """In the child."""
    if library.ejg_confine(handle) < 0:
        print("not started:", library.ejg_error(handle).decode(), file=sys.stderr)
        return 126
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print("not started:", error, file=sys.stderr)
        return 127


def run(library, handle, command):
    r = library.ejg_apply(handle, ApplyOptions(size=ctypes.sizeof(ApplyOptions)))
    print_report(library, handle)
    if r < 0:
        print("not started:", library.ejg_error(handle).decode(), file=sys.stderr)
        return 1
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        os._exit(start(library, handle, command))
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return status if library.ejg_release(handle) == 0 else 1


def main():
    confdir, moduledir, rundir, service, *command = [word.encode() for word in sys.argv[1:]]
    library, handle = load(), c_void_p()
    options = Options(size=ctypes.sizeof(Options), service=service, confdir=confdir, moduledir=moduledir, rundir=rundir)
    r = library.ejg_open(options, ctypes.byref(handle))
    if r < 0:
        sys.exit(os.strerror(-r))
    log = LOG(lambda data, level, module, message: print(module.decode(), message.decode(), file=sys.stderr))
    library.ejg_set_log(handle, log, None, WARNING)
    try:
        return run(library, handle, command)
    finally:
        library.ejg_close(handle)


if __name__ == "__main__":
    sys.exit(main())
