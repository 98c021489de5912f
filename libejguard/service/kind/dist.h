/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ports between nodes that a kind of service sets itself, by its row of the table. */
#ifndef EJG_SERVICE_KIND_DIST_H
#define EJG_SERVICE_KIND_DIST_H

#include "libejguard/service/base/settings-struct.h"

/*
 * Adds the source of the distribution range, if the row has one, and the further ports. state becomes INDETERMINATE,
 * with a note, if they cannot be determined. Return: 1 then; 0, -ENOMEM.
 */
int kind_dist(struct settings *s, struct dist *dist);

#endif
