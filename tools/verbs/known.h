/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A mistyped name of a service, for the verbs that need no stack. */
#ifndef EJG_TOOL_KNOWN_H
#define EJG_TOOL_KNOWN_H

#include "tools/base/report.h"

/*
 * Fails like the verbs that need a stack if the service has none, and nothing of it is in force. Return: 0, also for a
 * stack that is invalid; -ENOENT with the finding, -ENOMEM with the message set.
 */
int known_check(struct report *report);

#endif
