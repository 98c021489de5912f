/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of a unit. */
#ifndef EJG_SERVICE_UNIT_FILES_H
#define EJG_SERVICE_UNIT_FILES_H

#include "libejguard/service/base/source.h"

struct unit_file {
	const char *path;
	bool dropin;
};

struct unit_file_list {
	const struct unit_file *items;
	size_t n;
	const char *problem; /* why there can be more drop-ins, or NULL */
};

/*
 * The fragment and the drop-ins of a unit in the order in which systemd reads them. There are none when the fragment
 * does not exist. Return: 0, -ENOMEM.
 */
int unit_files(struct arena *arena, const struct settings_source *source, const char *name, struct unit_file_list *ret);

/* The unit that a name is another name of: the target of its link, in *ret, or NULL. Return: 0, -ENOMEM. */
int unit_alias(struct arena *arena, const struct settings_source *source, const char *name, const char **ret);

#endif
