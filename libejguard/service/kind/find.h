/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EJG_SERVICE_KIND_FIND_H
#define EJG_SERVICE_KIND_FIND_H

#include "libejguard/service/base/kind.h"

/*
 * Determines the kind of a service from its name, the programs of its units and the files of its configuration folder.
 * Never NULL: "erlang" is the kind of all others.
 * @units:      names, ended by NULL
 * @config_dir: or NULL
 * Return: 0, -ENOMEM.
 */
int kind_find(struct arena *arena, const struct settings_source *source, const char *service, const char *const *units,
	      const char *config_dir, const struct service_kind **ret);

/*
 * The name of the shipped stack for a service that has no stack of its own; NULL if neither its units nor its name
 * indicate a known kind. Return: 0, -ENOMEM.
 */
int kind_find_stack(struct arena *arena, const struct settings_source *source, const char *service, const char **ret);

#endif
