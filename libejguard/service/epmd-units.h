/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings of epmd's units: epmd runs as a separate daemon with its own environment. */
#ifndef EJG_SERVICE_EPMD_UNITS_H
#define EJG_SERVICE_EPMD_UNITS_H

#include "libejguard/service/settings-list.h"

/*
 * Adds epmd-address and epmd-port, and an epmd-listen for each listener of epmd's socket unit, from s->epmd_units.
 * Return: 0, -ENOMEM.
 */
int epmd_units_add(struct setting_list *list, const struct settings *s);

#endif
