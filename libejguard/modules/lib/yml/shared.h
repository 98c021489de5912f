/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The service's ejabberd.yml, read once a verb for all modules that use it. */
#ifndef EJG_LIB_YML_SHARED_H
#define EJG_LIB_YML_SHARED_H

#include <ejguard/module.h>

#include "libejguard/modules/lib/yml/yml.h"

struct yml_shared {
	struct arena *arena; /* of all members */
	const char *absent;  /* why the configuration cannot be found; then the rest is empty. Or NULL */
	struct yml yml;
	struct yml_paths paths;
};

/*
 * The configuration that EJABBERD_CONFIG_PATH of the survey names, else ejabberd.yml in the configuration folder of the
 * facts. A configuration that cannot be read is returned too: its problems say why. Valid until the verb ends.
 *
 * Return: 0, -ENOMEM.
 */
int yml_shared_get(struct ejg_call *call, const struct yml_shared **ret);

#endif
