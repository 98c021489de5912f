/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ports of the distribution, by the rules of ejabberdctl and erl. */
#ifndef EJG_SERVICE_DIST_H
#define EJG_SERVICE_DIST_H

#include "libejguard/service/base/settings-struct.h"

/*
 * The distribution range by the rules of ejabberdctl and erl, from settings that were read. It is valid as long as
 * these.
 * Return: 0, -ENOMEM.
 */
int dist_read(struct settings *s, const struct dist **ret);

/* The private ports of the distribution, sorted; none unless its state is EJG_DIST_FIXED. Return: how many. */
enum { DIST_RANGES = 4 }; /* at most: a fixed port, a range, and two of dist->also */
size_t dist_ranges(const struct dist *dist, struct ejg_port_range ranges[static DIST_RANGES]);

#endif
