/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A survey under construction: its sources, what it could not see, and its settings by name. */
#include "libejguard/service/survey-draft.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>

const struct survey_source survey_source_system = {
	.proc = "/proc",
	.cgroup = {
		.mountinfo = "/proc/self/mountinfo",
		.self_cgroup = "/proc/self/cgroup",
		.init_cgroup = "/proc/1/cgroup",
		.magic = CGROUP2_SUPER_MAGIC,
	},
};

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

int survey_begin(struct arena *arena, const struct ejg_facts *facts, const struct survey_source *source,
		 struct survey_draft *ret)
{
	struct survey_draft draft = { .arena = arena, .facts = facts, .source = source };
	int r;

	draft.survey = arena_alloc(arena, sizeof(*draft.survey));
	if (!draft.survey)
		return -ENOMEM;
	*draft.survey = (struct ejg_survey){ EJG_SURVEY_HEADER };
	r = survey_cgroups_new(arena, facts, &source->cgroup, &draft.cgroups);
	if (r == 0)
		*ret = draft;
	return r;
}

int survey_unseen(struct survey_draft *draft, const char *format, ...)
{
	const char **grown =
		arena_grow(draft->arena, (void *)draft->survey->unseen, draft->survey->n_unseen, sizeof(*grown));
	const char *text;
	va_list ap;

	va_start(ap, format);
	text = arena_vprintf(draft->arena, format, ap);
	va_end(ap);
	if (!grown || !text)
		return -ENOMEM;
	grown[draft->survey->n_unseen++] = text;
	draft->survey->unseen = grown;
	return 0;
}
