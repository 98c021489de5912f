/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/survey.h"

#include "libejguard/service/epmd.h"
#include "libejguard/service/listeners.h"
#include "libejguard/service/processes.h"
#include "libejguard/service/relation.h"
#include "libejguard/service/settings.h"
#include "libejguard/service/survey-build.h"

static int collect_settings(struct survey_build *b)
{
	struct ejg_setting *settings;
	int r = settings_collect(b->arena, b->facts, &settings, &b->survey->n_settings);

	if (r == 0)
		b->survey->settings = settings;
	return r;
}

int survey_collect(struct arena *arena, const struct ejg_facts *facts, struct ejg_survey **ret)
{
	/* Each builds upon those before: listeners name processes, and epmd is asked only when it is known who listens.
	 */
	static int (*const parts[])(struct survey_build *) = {
		collect_settings,
		processes_collect,
		relations_find,
		listeners_collect,
		epmd_names_collect,
	};
	struct survey_build b;
	int r;

	r = survey_begin(arena, facts, &survey_source_system, &b);
	for (size_t i = 0; r == 0 && i < sizeof(parts) / sizeof(parts[0]); i++)
		r = parts[i](&b);
	if (r == 0)
		*ret = b.survey;
	return r;
}
