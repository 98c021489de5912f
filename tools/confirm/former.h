/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks whether the former stack can replace the new one, before anything is changed. */
#ifndef EJG_TOOL_FORMER_H
#define EJG_TOOL_FORMER_H

#include "tools/base/report.h"

/*
 * Compares the file `former` with the stack in report->handle: parts that only the new one has would stay in force.
 * tries: also checks that the former one would hold now. Return: 0; an error of ejg_load() and ejg_check(), -EBADMSG if
 * something would stay, -ENOMEM; with the message set.
 */
int former_check(struct report *report, bool tries);

#endif
