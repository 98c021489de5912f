/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The unit that starts the service: what it sets, and what it runs. */
#ifndef EJG_SERVICE_UNIT_UNIT_H
#define EJG_SERVICE_UNIT_UNIT_H

#include "libejguard/service/settings-build.h"

/* Reads the unit: its environment into the variables, the rest into s->unit. Return: 0, -ENOMEM. */
int unit_read(struct settings *s);

/* Finds the unit, and what it starts: s->unit alone. Return: 0, -ENOMEM. */
int unit_find(struct settings *s);

#endif
