/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Options by which a start would be given a cookie: -setcookie, and its like, in what a start reads. Such a cookie is
 * in effect instead of the file's. A finding says file and line, never the value.
 */
#include <string.h>

#include "libejguard/modules/cookie/cookie.h"
#include "libejguard/modules/lib/cookie/search.h"
#include "libejguard/modules/lib/cookie/texts.h"

enum { MAX_FINDINGS = 20 }; /* then it is said that there are more */

struct options {
	struct audit *audit;
	const struct text *text; /* that is searched */
	size_t n_findings;
	bool setcookie; /* was found */
};

static void say_setcookie(struct audit *audit, const char *file, uint32_t line)
{
	audit_say(audit, "setcookie", NULL, &(struct ejg_place){ .file = file, .line = line },
		  "puts a cookie among the node's arguments, where every user of this host can read it");
}

/* The value that stands there is in effect: it is judged as that of a file is. */
static void judge_option(struct options *options, const struct search_hit *hit)
{
	static const char remedy[] = "remove it: the cookie file's is in effect then";
	struct audit *audit = options->audit;
	struct ejg_place place = { .file = options->text->path, .line = hit->line, .remedy = remedy };
	struct cookie *value = &audit->host.vault->other;

	if (hit->computed)
		return;
	if (!audit->option)
		audit->option = audit_text(audit, "%s:%u", place.file, place.line);
	if (hit->same)
		return;
	if (audit->read)
		audit_say(audit, "contradiction", NULL, &(struct ejg_place){ .file = place.file, .line = place.line },
			  "sets another cookie than %s, so that file is not read", audit_file(audit));
	if (cookie_argument(hit->value, hit->n_value, value) == COOKIE_FORM_GOOD)
		judge_value(audit, value, NULL, &place, false);
}

static bool holds_arguments(const char *name)
{
	static const char *const names[] = { "ERL_OPTIONS", "ERL_AFLAGS", "ERL_FLAGS", "ERL_ZFLAGS" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/*
 * Whether what stands there is replaced, so that a start is not given it. A range of the same line may be, and its
 * cookie not.
 */
static bool is_overridden(const struct audit *audit, const char *file, uint32_t line)
{
	const struct ejg_survey *survey = audit->host.survey;
	bool overridden = false;

	for (size_t i = 0; i < survey->n_settings; i++) {
		const struct ejg_setting *setting = ejg_setting_get(survey, i);

		if (!holds_arguments(setting->name) || setting->origin.line != line || !setting->origin.file ||
		    strcmp(setting->origin.file, file) != 0)
			continue;
		if (setting->state != EJG_SETTING_OVERRIDDEN)
			return false;
		overridden = true;
	}
	return overridden;
}

static void look_at_hit(void *data, const struct search_hit *hit)
{
	struct options *options = data;
	const struct text *text = options->text;

	if (hit->kind == SEARCH_VALUE || is_overridden(options->audit, text->path, hit->line) ||
	    options->n_findings++ >= MAX_FINDINGS)
		return;
	if (hit->kind == SEARCH_NOCOOKIE) {
		audit_say(options->audit, "nocookie", NULL,
			  &(struct ejg_place){ .file = text->path, .line = hit->line },
			  "has -nocookie: the node's cookie is then the word nocookie, which everybody knows");
		return;
	}
	options->setcookie = true;
	say_setcookie(options->audit, text->path, hit->line);
	judge_option(options, hit);
}

static void look_at_text(void *data, const struct text *text)
{
	struct options *options = data;
	struct audit *audit = options->audit;

	options->text = text;
	search_text(text->bytes, text->n, audit->read ? &audit->host.vault->cookie : NULL, true, text->keys,
		    look_at_hit, options);
}

/* What the start script and the units come to, files that they include among it: the survey reads more than texts.h. */
static void look_at_settings(struct options *options, struct texts *texts)
{
	const struct ejg_survey *survey = options->audit->host.survey;

	for (size_t i = 0; i < survey->n_settings; i++) {
		const struct ejg_setting *setting = ejg_setting_get(survey, i);

		if (!holds_arguments(setting->name) || setting->state != EJG_SETTING_KNOWN ||
		    !strstr(setting->value, "-setcookie "))
			continue;
		/* a file that is not among them: what stands there is judged, too */
		if (setting->origin.file)
			texts_file(texts, setting->origin.file, TEXT_ARGUMENTS | TEXT_FOLLOW);
		if (options->setcookie)
			continue;
		options->setcookie = true;
		say_setcookie(options->audit, setting->origin.file, setting->origin.line);
	}
}

int judge_options(struct audit *audit)
{
	struct options options = { .audit = audit };
	struct texts texts;
	int r = texts_begin(&audit->host, look_at_text, &options, &texts);

	if (r < 0)
		return r;
	texts_sources(&texts, &audit->places);
	look_at_settings(&options, &texts);
	if (texts.more || options.n_findings > MAX_FINDINGS)
		audit_say(audit, "unseen", NULL, NULL,
			  "not everything was searched for options: there are more than %d files, larger ones than %d "
			  "KiB, or more findings than %d",
			  TEXTS_MAX_FILES, VAULT_BUFFER / 1024, MAX_FINDINGS);
	return 0;
}
