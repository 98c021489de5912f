/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/users.h"

#include <errno.h>
#include <string.h>

#include "libejguard/modules/net/changeable.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/passwd.h"
#include "libejguard/util/trusted-users.h"

const char *users_doubt(struct ejg_call *call, struct arena *arena, const struct ejg_setting **ret)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	const struct ejg_survey *survey = ejg_call_survey(call);
	cleanup_passwd_user struct passwd_user user = {};
	const struct ejg_setting *setting = survey ? ejg_survey_setting(survey, "user") : NULL;
	struct access_trust trust = { .root = facts->root };

	if (!setting || !setting->value || setting->origin.kind == EJG_ORIGIN_USERS || !setting->origin.file ||
	    *setting->origin.file != '/')
		return NULL;
	/* the fallback is the same user */
	if (strcmp(setting->value, facts->service) == 0)
		return NULL;
	*ret = setting;
	if (passwd_user_by_name(facts->root, setting->value, &user) == 0) {
		trust.users = &user.uid;
		trust.n_users = 1;
	}
	return changeable_by(arena, &trust, setting->origin.file);
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
