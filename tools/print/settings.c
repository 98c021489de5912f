/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of the service as text: each with its value and its origin. */
#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"
#include "tools/print/footnotes.h"
#include "tools/print/print.h"
#include "tools/print/words.h"

/* If at least this many settings are unknown for the same reason, the reason is printed once. */
enum { MANY = 3 };

enum { MAX_NAME = 36, MAX_ORIGIN = 32, MAX_VALUE = 240 };

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool has_same_cause(const struct ejg_setting *a, const struct ejg_setting *b)
{
	return a->state == EJG_SETTING_INDETERMINATE && b->state == EJG_SETTING_INDETERMINATE &&
	       a->origin.line == b->origin.line && is_same(a->origin.file, b->origin.file) && is_same(a->note, b->note);
}

/* The first of the settings with the same reason, if there are many; else NULL. */
static const struct ejg_setting *first_of_many(const struct ejg_survey *survey, const struct ejg_setting *setting)
{
	const struct ejg_setting *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < survey->n_settings; i++) {
		if (!has_same_cause(ejg_setting_get(survey, i), setting))
			continue;
		if (n++ == 0)
			first = ejg_setting_get(survey, i);
	}
	return n >= MANY ? first : NULL;
}

static int add_row(struct table *table, struct footnotes *notes, const struct ejg_setting *setting, const char *name,
		   const char *value)
{
	cleanup_free char *origin = words_origin(&setting->origin), *where = NULL;
	cleanup_free char *what = text_cut(name, MAX_NAME), *short_value = text_cut(value ? value : "", MAX_VALUE);
	cleanup_free char *note = text_cut(setting->note ? setting->note : "", MAX_VALUE);

	where = origin ? footnotes_cell(notes, origin, MAX_ORIGIN) : NULL;
	if (!where || !what || !short_value || !note)
		return -ENOMEM;
	table_row(table, (const char *[]){ what, where, short_value }, *note ? note : NULL);
	return 0;
}

static int add_setting(struct table *table, struct footnotes *notes, const struct ejg_survey *survey,
		       const struct ejg_setting *setting)
{
	cleanup_free char *name = NULL;

	switch (setting->state) {
	case EJG_SETTING_UNSET:
		return 0;
	case EJG_SETTING_INDETERMINATE:
		return first_of_many(survey, setting) ? 0
						      : add_row(table, notes, setting, setting->name, "indeterminate");
	case EJG_SETTING_OVERRIDDEN:
		if (asprintf(&name, "%s (overridden)", setting->name) >= 0)
			return add_row(table, notes, setting, name, setting->value);
		name = NULL;
		return -ENOMEM;
	default:
		return add_row(table, notes, setting, setting->name, setting->value);
	}
}

static void print_unset(const struct ejg_survey *survey, FILE *out)
{
	struct paragraph paragraph = { .out = out, .width = text_width(out), .indent = 2 };
	bool any = false;

	for (size_t i = 0; i < survey->n_settings; i++) {
		if (ejg_setting_get(survey, i)->state != EJG_SETTING_UNSET)
			continue;
		if (!any)
			paragraph_add(&paragraph, "Not set:");
		paragraph_add(&paragraph, " ");
		paragraph_add(&paragraph, ejg_setting_get(survey, i)->name);
		any = true;
	}
	if (any)
		paragraph_end(&paragraph);
}

/* Prints the settings with the same reason: "Indeterminate, FILE: cannot be read: A B C". */
static int print_many(const struct ejg_survey *survey, const struct ejg_setting *setting, FILE *out)
{
	struct paragraph paragraph = { .out = out, .width = text_width(out), .indent = 2 };
	cleanup_free char *origin = words_origin(&setting->origin), *where = NULL, *note = NULL;

	where = origin ? text_cut_head(origin, MAX_VALUE) : NULL;
	note = text_cut(setting->note ? setting->note : "", MAX_VALUE);
	if (!where || !note)
		return -ENOMEM;
	paragraph_add(&paragraph, "Indeterminate, ");
	paragraph_add(&paragraph, where);
	paragraph_add(&paragraph, *note ? ": " : "");
	paragraph_add(&paragraph, note);
	paragraph_add(&paragraph, ":");
	for (size_t i = 0; i < survey->n_settings; i++) {
		if (!has_same_cause(ejg_setting_get(survey, i), setting))
			continue;
		paragraph_add(&paragraph, " ");
		paragraph_add(&paragraph, ejg_setting_get(survey, i)->name);
	}
	paragraph_end(&paragraph);
	return 0;
}

int print_settings(const struct ejg_survey *survey, FILE *out)
{
	static const char *const headings[] = { "SETTING", "ORIGIN", "VALUE" };
	struct table *table = table_new(out, headings, ARRAY_SIZE(headings), TABLE_NO_NUMBER);
	cleanup_footnotes struct footnotes notes = {};
	int r = 0;

	for (size_t i = 0; i < survey->n_settings && r == 0; i++)
		r = add_setting(table, &notes, survey, ejg_setting_get(survey, i));
	if (table_print(table, "\nSettings of the service:") < 0)
		return -ENOMEM;
	if (r == 0)
		r = footnotes_print(&notes, out);
	print_unset(survey, out);
	for (size_t i = 0; i < survey->n_settings && r == 0; i++)
		if (first_of_many(survey, ejg_setting_get(survey, i)) == ejg_setting_get(survey, i))
			r = print_many(survey, ejg_setting_get(survey, i), out);
	return r;
}
