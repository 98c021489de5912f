/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses the target of a connection: ADDRESS PORT, ADDRESS:PORT or [ADDRESS]:PORT. */
#ifndef EJG_TOOL_TARGET_H
#define EJG_TOOL_TARGET_H

#include "tools/base/report.h"

/*
 * Splits the second word if it is an address with a port; the third word is then the service. Brackets around the
 * address are removed.
 *
 * Return: 0, -EINVAL for a word too many, -ENOMEM; the message is set.
 */
int target_split(struct arguments *arguments, struct report *report);

#endif
