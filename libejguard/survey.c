/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/survey.h"

#include <errno.h>
#include <string.h>

const struct ejg_setting *ejg_survey_setting(const struct ejg_survey *survey, const char *name)
{
	for (size_t i = 0; i < survey->n_settings; i++) {
		if (strcmp(survey->settings[i].name, name) == 0)
			return &survey->settings[i];
	}
	return NULL;
}

const char *ejg_survey_value(const struct ejg_survey *survey, const char *name)
{
	const struct ejg_setting *setting = ejg_survey_setting(survey, name);

	return setting && setting->state == EJG_SETTING_KNOWN ? setting->value : NULL;
}

int survey_collect(struct arena *arena, const struct ejg_facts *facts, struct ejg_survey **ret)
{
	struct ejg_survey *survey = arena_alloc(arena, sizeof(*survey));

	if (!survey)
		return -ENOMEM;
	survey->size = sizeof(*survey);
	*ret = survey;
	return 0;
}
