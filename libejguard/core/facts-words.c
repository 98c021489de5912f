/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the words of a set line, and reports errors in them. */
#include <errno.h>
#include <string.h>

#include "libejguard/core/facts-draft.h"
#include "libejguard/util/cleanup.h"

int facts_setting(struct facts_draft *draft, const char *name, const struct setting **ret)
{
	const struct setting *setting = NULL;

	for (size_t i = 0; i < draft->stack->n_settings && !setting; i++)
		if (strcmp(draft->stack->settings[i].name.text, name) == 0)
			setting = &draft->stack->settings[i];
	*ret = NULL;
	if (!setting)
		return 0;
	if (setting->n_values == 0)
		return -EBADMSG; /* the reader of the stack has said so */
	if (setting->n_values == 1 && strcmp(setting->values[0].text, "auto") == 0)
		return 0;
	for (size_t i = 0; i < setting->n_values; i++)
		if (strcmp(setting->values[i].text, "auto") == 0)
			return facts_bad_word(draft, &setting->values[i], "set %s: auto takes no other values", name);
	*ret = setting;
	return 0;
}

struct ejg_origin facts_origin(const struct setting *setting)
{
	return (struct ejg_origin){ .kind = EJG_ORIGIN_STACK,
				    .file = setting->name.position.file,
				    .line = setting->name.position.line };
}

int facts_bad_word(struct facts_draft *draft, const struct word *word, const char *format, ...)
{
	va_list ap;
	int r;

	va_start(ap, format);
	r = report_verror(draft->report, -EBADMSG, "fact-value", &word->position, NULL, format, ap);
	va_end(ap);
	return r;
}

const char *facts_place(struct facts_draft *draft, const struct position *position)
{
	const char *place = arena_printf(draft->arena, "%s:%u:%u", position->file, position->line, position->column);

	return place ? place : "";
}
