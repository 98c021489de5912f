/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of settings: an entry for each value in effect, and for each overridden value. */
#include "libejguard/service/settings-list.h"

#include <string.h>

#include "libejguard/service/base/cookie-mask.h"

void settings_add(struct setting_list *list, const char *name, enum ejg_setting_state state, const char *value,
		  const char *note, const struct ejg_origin *origin)
{
	struct ejg_setting *items = arena_grow(list->arena, list->items, list->n, sizeof(*items));

	if (!items)
		return;
	list->items = items;
	items[list->n] = (struct ejg_setting){ .name = name, .state = state };
	if (origin)
		items[list->n].origin = *origin;
	if (value)
		items[list->n].value = cookie_mask_text(list->arena, value, NULL);
	/* it may contain a value with a cookie */
	if (note)
		items[list->n].note = cookie_mask_text(list->arena, note, NULL);
	list->n++;
}

/* A file that both the unit and the script read, or a file of arguments that is named twice, overrides nothing. */
static bool is_same_place(const struct ejg_origin *a, const struct ejg_origin *b)
{
	return a->file && b->file && a->line > 0 && a->line == b->line && strcmp(a->file, b->file) == 0;
}

void settings_add_overridden(struct setting_list *list, const char *name, const char *value,
			     const struct ejg_origin *origin, const struct ejg_origin *winner)
{
	const char *note = winner->file
				   ? arena_printf(list->arena, "%s is in effect", origin_place(list->arena, winner))
				   : "another one is in effect";

	if (is_same_place(origin, winner))
		return;
	settings_add(list, name, EJG_SETTING_OVERRIDDEN, value, note, origin);
}

bool settings_is_default(const struct occurrence *occurrence)
{
	const enum ejg_origin_kind kind = occurrence->origin.kind;

	return kind == EJG_ORIGIN_DEFAULT || kind == EJG_ORIGIN_SCRIPT || kind == EJG_ORIGIN_USERS;
}

void settings_add_earlier(struct setting_list *list, const char *name, const struct occurrence *occurrence,
			  const struct ejg_origin *winner)
{
	for (; occurrence; occurrence = occurrence->earlier)
		if (occurrence->text && *occurrence->text && !occurrence->used && !settings_is_default(occurrence))
			settings_add_overridden(list, name, occurrence->text, &occurrence->origin, winner);
}

static const char *indeterminate_note(struct setting_list *list, const struct occurrence *now)
{
	const struct occurrence *certain = now;

	while (certain && certain->doubtful)
		certain = certain->earlier;
	if (certain == now || !certain || !certain->text || !*certain->text)
		return now->why;
	return arena_printf(list->arena, "%s; otherwise it is %s", now->why, certain->text);
}

void settings_add_variable(struct setting_list *list, const char *name, const struct occurrence *now)
{
	if (!now) {
		settings_add(list, name, EJG_SETTING_UNSET, NULL, NULL, NULL);
		return;
	}
	if (!now->text)
		settings_add(list, name, EJG_SETTING_INDETERMINATE, NULL, indeterminate_note(list, now), &now->origin);
	else if (!*now->text)
		settings_add(list, name, EJG_SETTING_UNSET, NULL, NULL, &now->origin);
	else
		settings_add(list, name, EJG_SETTING_KNOWN, now->text,
			     strcmp(name, "ERL_CRASH_DUMP") == 0 && strchr(now->text, '*')
				     ? "* stands for the time of the start"
				     : NULL,
			     &now->origin);
	if (!now->doubtful)
		settings_add_earlier(list, name, now->earlier, &now->origin);
}
