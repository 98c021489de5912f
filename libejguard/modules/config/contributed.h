/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Modules that are in no release of ejabberd: searches their code on the host. */
#ifndef EJG_CONFIG_CONTRIBUTED_H
#define EJG_CONFIG_CONTRIBUTED_H

#include "libejguard/modules/config/config.h"

/* Results for all of them. At first only check is set. */
struct contributed {
	struct config_check *check;
	size_t n_lookups; /* of modules */
	bool searched;	  /* the folders of ejabberd's code were searched */
	size_t n_folders;
	const char *folders[16];
};

/*
 * True if the code of a module exists, or may exist: contributed modules have separate folders, and Debian installs its
 * own among ejabberd's. Names of Elixir modules begin with a capital letter.
 */
bool contributed_has(struct contributed *contributed, const char *module);

/*
 * True if the value of such an option is the name of code: auth_method: http is ejabberd_auth_http, db_type: x of
 * mod_roster is mod_roster_x. Code of contributed modules is not there yet when ejabberd looks for it.
 */
bool contributed_serves(struct contributed *contributed, const char *scope, const char *option, const char *value);

#endif
