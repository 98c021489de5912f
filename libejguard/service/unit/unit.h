/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The unit that starts the service: its settings, and its command. */
#ifndef EJG_SERVICE_UNIT_UNIT_H
#define EJG_SERVICE_UNIT_UNIT_H

#include "libejguard/service/base/settings-struct.h"
#include "libejguard/service/unit/environment.h"

/* Reads the unit: its environment into the variables, the rest into s->unit. Return: 0, -ENOMEM. */
int unit_read(struct settings *s);

/* Finds the unit and its command: sets only s->unit. Return: 0, -ENOMEM. */
int unit_find(struct settings *s);

/*
 * Reads the fragment and drop-ins of a unit into p, whose member s is set, and sets s->unit.path: NULL if the unit does
 * not exist.
 * @section: the section to read: "Service", "Socket"
 *
 * Return: 0, -ENOMEM.
 */
int unit_parse(struct unit_parser *p, const char *name, const char *section);
/* Adds the environment of the parsed unit and of the manager to the variables of p->s. Return: 0, -ENOMEM. */
int unit_read_environment(struct unit_parser *p);

#endif
