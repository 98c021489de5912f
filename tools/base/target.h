/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The target of a connection as people write it: ADDRESS PORT, ADDRESS:PORT or [ADDRESS]:PORT. */
#ifndef EJG_TOOL_TARGET_H
#define EJG_TOOL_TARGET_H

#include "tools/base/report.h"

/*
 * Makes two words of the second one where it is an address with a port; what was read as the port is then the service.
 * Brackets around the address are taken off.
 *
 * Return: 0, -EINVAL for a word too many, -ENOMEM; the message is set.
 */
int target_split(struct arguments *arguments, struct report *report);

#endif
