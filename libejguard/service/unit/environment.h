/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The variables that the lines of a unit set, and the resulting environment. */
#ifndef EJG_SERVICE_UNIT_ENVIRONMENT_H
#define EJG_SERVICE_UNIT_ENVIRONMENT_H

#include "libejguard/service/base/settings-struct.h"

struct unit_value {
	const char *text;
	struct ejg_origin origin;
};

struct unit_values {
	struct unit_value *items;
	size_t n;
};

struct unit_parser {
	struct settings *s;
	const char *section; /* the section to read */
	bool in_section;
	bool manager;
	struct unit_values environment;
	struct unit_values files;
	struct unit_values passed;
	struct unit_values unset;
	struct unit_values commands;
	struct unit_values listens; /* ListenStream= of a socket */
	bool ipv6_only;		    /* BindIPv6Only=ipv6-only of a socket */
};

/*
 * The unit's own command in a value of ExecStart=, if ejguard exec --only-confine starts it; otherwise the whole value.
 * Return: 0, -ENOMEM.
 */
int unit_own_command(const char *value, const char **ret);

/* Adds the environment to the variables, and reads the command. Return: 0, -ENOMEM. */
int unit_environment(struct unit_parser *p, const struct unit_values *defaults);

#endif
