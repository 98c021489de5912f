/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Determines the kind of the service: from the stack, or from its name and its units. */
#include <errno.h>
#include <string.h>

#include "libejguard/core/facts-draft.h"
#include "libejguard/service/base/settings-struct.h"
#include "libejguard/service/kind/find.h"
#include "libejguard/service/defaults.h"
#include "libejguard/util/suggest.h"

/* Sets the kind: the settings are read by its rules from now on. */
static int take_kind(struct facts_draft *draft, const struct service_kind *kind)
{
	draft->facts->kind = &kind->known;
	draft->settings->kind = kind;
	return facts_find_units(draft, &draft->settings->units);
}

static int read_word(struct facts_draft *draft, const struct setting *setting)
{
	const struct word *word = &setting->values[0];
	const struct service_kind *kind = kind_by_name(word->text);
	const char *meant = kind ? NULL : suggest(word->text, kind_names());

	if (setting->n_values > 1)
		return facts_bad_word(draft, &setting->values[1], "set kind takes one word");
	if (!kind)
		return facts_bad_word(draft, word, "set kind: %s is not a known kind%s%s%s", word->text,
				      meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
	draft->facts->kind_origin = facts_origin(setting);
	return take_kind(draft, kind);
}

/* The configuration folder from the stack; errors in its line are reported when it is read. */
static const char *config_folder(const struct stack *stack)
{
	for (size_t i = 0; i < stack->n_settings; i++)
		if (strcmp(stack->settings[i].name.text, "config") == 0 && stack->settings[i].n_values > 0 &&
		    stack->settings[i].values[0].text[0] == '/')
			return stack->settings[i].values[0].text;
	return NULL;
}

int facts_read_kind(struct facts_draft *draft)
{
	const struct service_kind *kind = kind_by_name(SERVICE_DEFAULT);
	const struct setting *setting;
	const char *const *units;
	int r = facts_setting(draft, "kind", &setting);

	/* also after an error: the other facts need a kind */
	draft->facts->kind = &kind_by_name("erlang")->known;
	if (r < 0)
		return r;
	if (setting)
		return read_word(draft, setting);
	r = facts_find_units(draft, &units);
	if (r == 0 && draft->source->settings)
		r = kind_find(draft->arena, draft->source->settings, draft->facts->service, units,
			      config_folder(draft->stack), &kind);
	if (r < 0)
		return r;
	draft->facts->kind_origin.kind = EJG_ORIGIN_DISCOVERED;
	return take_kind(draft, kind);
}
