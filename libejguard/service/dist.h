/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ports of the distribution, by the rules of ejabberdctl and erl. */
#ifndef EJG_SERVICE_DIST_H
#define EJG_SERVICE_DIST_H

#include "libejguard/service/settings-struct.h"

/* The place where a distribution range is set. */
struct dist_source {
	const char *what; /* FIREWALL_WINDOW, ERL_DIST_PORT, ERL_OPTIONS, vm.args */
	struct ejg_port_range range;
	struct ejg_origin origin;
};

/* The distribution ports that follow from the settings. */
struct dist {
	enum ejg_dist_state state;
	const char *note;
	struct ejg_origin origin;      /* of the value in effect, or of the value that cannot be determined */
	struct dist_source sources[4]; /* the one in effect first */
	size_t n_sources;
	uint16_t also[2]; /* other ports for connections between nodes; private too */
	size_t n_also;
};

/*
 * The distribution range by the rules of ejabberdctl and erl, from settings that were read. It is valid as long as
 * these.
 * Return: 0, -ENOMEM.
 */
int dist_read(struct settings *s, const struct dist **ret);

#endif
