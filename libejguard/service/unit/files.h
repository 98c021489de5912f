/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of a unit. */
#ifndef EJG_SERVICE_UNIT_FILES_H
#define EJG_SERVICE_UNIT_FILES_H

#include "libejguard/service/base/source.h"

struct unit_file {
	const char *path;
	bool dropin;
};

/*
 * The fragment and the drop-ins of a unit in the order in which systemd reads them. *ret_n is 0 when the fragment does
 * not exist. Return: 0, -ENOMEM.
 */
int unit_files(struct arena *arena, const struct settings_source *source, const char *name,
	       const struct unit_file **ret, size_t *ret_n);

/* The unit that a name is another name of: the target of its link, in *ret, or NULL. Return: 0, -ENOMEM. */
int unit_alias(struct arena *arena, const struct settings_source *source, const char *name, const char **ret);

#endif
