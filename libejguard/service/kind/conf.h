/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configuration files of a kind, in the order in which the service reads them. */
#ifndef EJG_SERVICE_KIND_CONF_H
#define EJG_SERVICE_KIND_CONF_H

#include "libejguard/service/base/settings-struct.h"

struct conf_value {
	const char *key;  /* NULL: any key may be set there, see why */
	const char *text; /* NULL: not known */
	const char *why;  /* why not; else NULL */
	bool doubtful;	  /* it may not be set */
	struct ejg_origin origin;
};

struct conf_list {
	struct conf_value *items;
	size_t n;
};

/*
 * The values of all of its files: the last one of a key counts. Sets s->cfg_path if it has none. Return: 0, -ENOMEM.
 */
int conf_read(struct settings *s, struct conf_list *ret);

#endif
