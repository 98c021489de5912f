/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/lib/yml/shared.h"

#include <errno.h>

#include "libejguard/util/arena.h"

static void drop(void *object)
{
	struct yml_shared *shared = object;

	shared->arena = arena_free(shared->arena);
}

static int make(struct ejg_call *call, void *object)
{
	const struct ejg_survey *survey = ejg_call_survey(call);
	struct yml_shared *shared = object;
	struct yml_setup *setup;
	int r = survey ? 0 : -ENOMEM;

	if (r == 0 && !(shared->arena = arena_new()))
		r = -ENOMEM;
	if (r == 0)
		r = yml_setup_find(shared->arena, ejg_call_facts(call), survey, &setup, &shared->absent);
	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = yml_load(shared->arena, setup, &shared->yml);
	if (r == 0)
		r = yml_paths_collect(shared->arena, &shared->yml, &shared->paths);
	if (r < 0)
		drop(shared);
	return r;
}

int yml_shared_get(struct ejg_call *call, const struct yml_shared **ret)
{
	const void *object;
	/* a module of another build may have another layout */
	int r = ejg_call_shared(call, "ejabberd.yml " EJG_VERSION, sizeof(struct yml_shared), make, drop, &object);

	if (r == 0)
		*ret = object;
	return r;
}
