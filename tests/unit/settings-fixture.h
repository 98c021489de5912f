/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the tests of the settings: a tree of files below FOLDER/root, and settings as lines of text. */
#ifndef EJG_TEST_SETTINGS_FIXTURE_H
#define EJG_TEST_SETTINGS_FIXTURE_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libejguard/service/settings.h"
#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

struct file {
	const char *path, *text;
};

static inline void make_file(struct scratch *scratch, const struct file *file)
{
	char *path = arena_printf(scratch->arena, "root%s", file->path);

	for (char *slash = path; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		if (access(scratch_path(scratch, path), F_OK) < 0)
			scratch_mkdir(scratch, path);
	}
	scratch_text(scratch, path, file->text);
}

/* Settings of the service ejabberd in a folder of the stack's, or of one that was found. */
static inline struct settings *new_settings(struct arena *arena, const struct settings_source *source,
					    const char *config_dir, uint32_t origin)
{
	static const char *const units[] = { "ejabberd.service", NULL };
	const struct ejg_origin from = { origin, origin == EJG_ORIGIN_STACK ? "stack" : NULL,
					 origin == EJG_ORIGIN_STACK };
	struct settings *settings = settings_new(arena, source, "ejabberd", units);

	assert_non_null(settings);
	settings_set_folder(settings, config_dir, &from);
	return settings;
}

/* "NAME=value", "NAME!=value" when it is overridden, "NAME?" when it is unknown, "NAME unset"; then the origin. */
static inline const char *describe(struct arena *arena, const struct ejg_setting *setting)
{
	static const char *const kinds[] = { "default", "stack", "found", "caller", "script", "unit", "users" };
	const char *sign = setting->state == EJG_SETTING_OVERRIDDEN ? "!=" : "=";

	if (setting->state == EJG_SETTING_UNSET)
		return arena_printf(arena, "%s unset", setting->name);
	if (setting->state == EJG_SETTING_INDETERMINATE)
		sign = "?";
	return arena_printf(arena, "%s%s%s [%s %s:%u]", setting->name, sign, setting->value ? setting->value : "",
			    kinds[setting->origin.kind], setting->origin.file ? setting->origin.file : "",
			    setting->origin.line);
}

static inline bool is_described(struct arena *arena, const struct ejg_setting *settings, size_t n, const char *line)
{
	for (size_t i = 0; i < n; i++) {
		const char *text = describe(arena, &settings[i]);
		const size_t length = strlen(text);

		if (strncmp(line, text, length) != 0)
			continue;
		/* what follows the blank is a part of the note */
		if (line[length] &&
		    (line[length] != ' ' || !settings[i].note || !strstr(settings[i].note, line + length + 1)))
			continue;
		if (settings[i].state == EJG_SETTING_OVERRIDDEN)
			return true;
		/* the value in effect comes first */
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(settings[j].name, settings[i].name);
		return true;
	}
	return false;
}

static inline void check_list(const struct ejg_setting *settings, size_t n)
{
	static const char *const derived[] = { "layout", "script",    "version",    "otp",
					       "user",	 "name-kind", "dist-range", "tls-dist" };

	for (size_t i = 0; i < n; i++) {
		const enum ejg_setting_state state = settings[i].state;

		assert_int_equal(settings[i].value != NULL,
				 state == EJG_SETTING_KNOWN || state == EJG_SETTING_OVERRIDDEN);
		if (state == EJG_SETTING_INDETERMINATE)
			assert_non_null(settings[i].note);
	}
	for (size_t i = 0; i < ARRAY_SIZE(derived); i++) {
		size_t j = 0;

		while (j < n && strcmp(settings[j].name, derived[i]) != 0)
			j++;
		assert_true(j < n);
	}
}

#endif
