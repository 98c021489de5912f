/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What kind of service it is: the stack says it, or its name and its units do. */
#include <errno.h>
#include <string.h>

#include "libejguard/core/facts-build.h"
#include "libejguard/service/defaults.h"
#include "libejguard/service/settings-build.h"
#include "libejguard/util/suggest.h"

/* From here on the settings are read as those of that kind are. */
static int take_kind(struct facts_build *b, const struct service_kind *kind)
{
	b->facts->kind = &kind->known;
	b->settings->kind = kind;
	return facts_find_units(b, &b->settings->units);
}

static int read_word(struct facts_build *b, const struct setting *setting)
{
	const struct word *word = &setting->values[0];
	const struct service_kind *kind = kind_by_name(word->text);
	const char *meant = kind ? NULL : suggest(word->text, kind_names());

	if (setting->n_values > 1)
		return facts_bad_word(b, &setting->values[1], "set kind takes one word");
	if (!kind)
		return facts_bad_word(b, word, "set kind: %s is none that is known%s%s%s", word->text,
				      meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
	b->facts->kind_origin = facts_origin(setting);
	return take_kind(b, kind);
}

/* The folder that the stack names; what is wrong with the line is reported where it is read. */
static const char *config_folder(const struct stack *stack)
{
	for (size_t i = 0; i < stack->n_settings; i++)
		if (strcmp(stack->settings[i].name.text, "config") == 0 && stack->settings[i].n_values > 0 &&
		    stack->settings[i].values[0].text[0] == '/')
			return stack->settings[i].values[0].text;
	return NULL;
}

int facts_read_kind(struct facts_build *b)
{
	const struct service_kind *kind = kind_by_name(SERVICE_DEFAULT);
	const struct setting *setting;
	const char *const *units;
	int r = facts_setting(b, "kind", &setting);

	/* whatever is wrong, the others have one to go by */
	b->facts->kind = &kind_by_name("erlang")->known;
	if (r < 0)
		return r;
	if (setting)
		return read_word(b, setting);
	r = facts_find_units(b, &units);
	if (r == 0 && b->source->settings)
		r = kind_find(b->arena, b->source->settings, b->facts->service, units, config_folder(b->stack), &kind);
	if (r < 0)
		return r;
	b->facts->kind_origin.kind = EJG_ORIGIN_DISCOVERED;
	return take_kind(b, kind);
}
