/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/users.h"

#include <errno.h>

#include "libejguard/modules/lib/access/access.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/trusted-users.h"

const char *users_doubt(struct ejg_call *call, struct arena *arena, const struct ejg_setting **ret)
{
	const struct ejg_survey *survey = ejg_call_survey(call);

	return survey ? access_user_doubt(arena, ejg_call_facts(call), survey, ret) : NULL;
}

int users_of_service(struct ejg_call *call, uid_t ret[static USERS_MAX])
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	const struct ejg_survey *survey = ejg_call_survey(call);
	cleanup_arena struct arena *arena = arena_new();
	const struct ejg_setting *setting;
	struct trusted_users known = { facts->root, facts->service, NULL, facts->users, facts->n_users };

	/* Without it the user would count as not configured, and the one with the service's name would be trusted. */
	if (!survey)
		return -ENOMEM;
	if (!arena)
		return -ENOMEM;
	/* Another user who can change the file must not let any user in by it. */
	if (!users_doubt(call, arena, &setting))
		known.configured = ejg_survey_value(survey, "user");
	if (arena_failed(arena))
		return -ENOMEM;
	return (int)trusted_users(&known, ret, USERS_MAX);
}
