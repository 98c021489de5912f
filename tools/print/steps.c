/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/print/steps.h"

#include <stdlib.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

static const struct {
	const char *prefix;
	const char *name;
} kinds[] = {
	[STEP_WORDS] = { "", "remedy" },
	[STEP_EDIT] = { "edit: ", "edit" },
	[STEP_RUN] = { "run: ", "run" },
};

bool step_next(const char **remedy, struct step *ret)
{
	const char *text = *remedy + strspn(*remedy, "\n");
	size_t n = strcspn(text, "\n");

	if (n == 0)
		return false;
	*remedy = text + n;
	*ret = (struct step){ .kind = STEP_WORDS, .text = text, .n = n };
	for (size_t i = STEP_EDIT; i < ARRAY_SIZE(kinds); i++) {
		size_t n_prefix = strlen(kinds[i].prefix);

		if (n > n_prefix && strncmp(text, kinds[i].prefix, n_prefix) == 0)
			*ret = (struct step){ (enum step_kind)i, text + n_prefix, n - n_prefix };
	}
	return true;
}

const char *step_name(enum step_kind kind)
{
	return kinds[kind].name;
}

char *steps_join(const char *remedy)
{
	char *text = malloc(2 * strlen(remedy) + 1), *p = text;
	bool first = true;
	struct step step;

	if (!text)
		return NULL;
	while (step_next(&remedy, &step)) {
		p = stpcpy(p, first ? "" : "; ");
		p = stpcpy(p, kinds[step.kind].prefix);
		p = mempcpy(p, step.text, step.n);
		first = false;
	}
	*p = '\0';
	return text;
}
