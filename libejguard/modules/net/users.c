/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/users.h"

#include <errno.h>

#include "libejguard/util/trusted-users.h"

int users_of_service(struct ejg_call *call, uid_t ret[static USERS_MAX])
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	const struct ejg_survey *survey = ejg_call_survey(call);
	struct trusted_users known = { facts->root, facts->service, NULL, facts->users, facts->n_users };

	/* Without it the user would count as not configured, and the one with the service's name would be trusted. */
	if (!survey)
		return -ENOMEM;
	known.configured = ejg_survey_value(survey, "user");
	return (int)trusted_users(&known, ret, USERS_MAX);
}
