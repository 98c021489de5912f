/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A survey in the making: where it looks, what it cannot see, and its settings by name. */
#include "libejguard/service/survey-build.h"

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
		 struct survey_build *ret)
{
	struct survey_build b = { .arena = arena, .facts = facts, .source = source };
	int r;

	b.survey = arena_alloc(arena, sizeof(*b.survey));
	if (!b.survey)
		return -ENOMEM;
	*b.survey = (struct ejg_survey){ EJG_SURVEY_HEADER };
	r = survey_cgroups_new(arena, facts, &source->cgroup, &b.cgroups);
	if (r == 0)
		*ret = b;
	return r;
}

int survey_unseen(struct survey_build *b, const char *format, ...)
{
	const char **grown = arena_grow(b->arena, (void *)b->survey->unseen, b->survey->n_unseen, sizeof(*grown));
	const char *text;
	va_list ap;

	va_start(ap, format);
	text = arena_vprintf(b->arena, format, ap);
	va_end(ap);
	if (!grown || !text)
		return -ENOMEM;
	grown[b->survey->n_unseen++] = text;
	b->survey->unseen = grown;
	return 0;
}
