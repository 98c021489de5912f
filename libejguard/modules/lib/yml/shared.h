/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The service's ejabberd.yml, read once a verb for all modules that look at it. */
#ifndef EJG_LIB_YML_SHARED_H
#define EJG_LIB_YML_SHARED_H

#include <ejguard/module.h>

#include "libejguard/modules/lib/yml/yml.h"

struct yml_shared {
	struct arena *arena; /* of all that it points to */
	const char *absent;  /* why it cannot be told where the configuration is; then there is nothing else. Or NULL */
	struct yml yml;
	struct yml_paths paths;
};

/*
 * The configuration that EJABBERD_CONFIG_PATH of the survey names, else ejabberd.yml in the configuration folder of the
 * facts. Also one that cannot be read is one: its problems say why. It lives until the verb ends.
 *
 * Return: 0, -ENOMEM.
 */
int yml_shared_get(struct ejg_call *call, const struct yml_shared **ret);

#endif
