/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that the start script of a release reads by `.` or `source`. */
#ifndef EJG_SERVICE_KIND_SOURCED_H
#define EJG_SERVICE_KIND_SOURCED_H

#include "libejguard/service/base/settings-struct.h"

/*
 * Marks the variables that such a file may set as unknown, each with its line: those of the kind, and those from which
 * erl reads arguments, ports and addresses. The script itself is not judged: it is the package's. Return: 0, -ENOMEM.
 */
int sourced_read(struct settings *s);

#endif
