/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Modules that no release of ejabberd brings: whether their code is on the host. */
#ifndef EJG_CONFIG_CONTRIBUTED_H
#define EJG_CONFIG_CONTRIBUTED_H

#include "libejguard/modules/config/config.h"

/* What was found for all of them. Only check is set in the beginning. */
struct contributed {
	struct config_check *check;
	size_t n_lookups; /* of modules */
	bool searched;	  /* the folders of ejabberd's code were looked for */
	size_t n_folders;
	const char *folders[16];
};

/*
 * Whether the code of a module is there, or may be: contributed modules have folders of their own, and Debian puts its
 * own among ejabberd's. Names of Elixir begin with a capital letter.
 */
bool contributed_has(struct contributed *contributed, const char *module);

#endif
