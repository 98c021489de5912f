/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/users.h"

#include "libejguard/util/trusted-users.h"

size_t users_of_service(struct ejg_call *call, uid_t ret[static USERS_MAX])
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	const struct ejg_survey *survey = ejg_call_survey(call);
	const char *configured = survey ? ejg_survey_value(survey, "user") : NULL;
	const struct trusted_users known = { facts->root, facts->service, configured, facts->users, facts->n_users };

	return trusted_users(&known, ret, USERS_MAX);
}
