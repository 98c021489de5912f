/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds who can change a configuration, so that a compromised service is not believed what it wrote itself. */
#include <errno.h>
#include <string.h>

#include "libejguard/modules/lib/access/access.h"
#include "libejguard/util/passwd.h"

const char *access_changeable_by(struct arena *arena, const struct access_trust *trust, const char *path)
{
	cleanup_access_path struct access_path file = { .fd = -1 };
	const struct access_step *step;
	const char *problem;

	if (access_walk(arena, trust->root, path, ACCESS_FOLLOW, trust, &file, &problem) < 0)
		return NULL;
	step = access_replaceable(&file, trust);
	if (step)
		return access_describe(arena, &step->access, &step->reach, trust, ACCESS_WRITE);
	if (file.fd < 0 || !(access_exposed(&file.access, &file.reach, trust) & ACCESS_WRITE))
		return NULL;
	return access_describe(arena, &file.access, &file.reach, trust, ACCESS_WRITE);
}

const char *access_user_doubt(struct arena *arena, const struct ejg_facts *facts, const struct ejg_survey *survey,
			      const struct ejg_setting **ret)
{
	cleanup_passwd_user struct passwd_user user = {};
	const struct ejg_setting *setting = ejg_survey_setting(survey, "user");
	struct access_trust trust = { .root = facts->root };
	const char *who;

	if (!setting || !setting->value || setting->origin.kind == EJG_ORIGIN_USERS || !setting->origin.file ||
	    *setting->origin.file != '/')
		return NULL;
	/* the fallback is the same user */
	if (strcmp(setting->value, facts->service) == 0)
		return NULL;
	if (passwd_user_by_name(facts->root, setting->value, &user) == 0) {
		trust.users = &user.uid;
		trust.n_users = 1;
	}
	who = access_changeable_by(arena, &trust, setting->origin.file);
	if (who)
		*ret = setting;
	return who;
}
