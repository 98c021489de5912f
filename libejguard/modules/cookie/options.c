/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Options that give a cookie to a start: -setcookie and similar options, in files that a start reads. Such a cookie is
 * used instead of the file's. A finding has file and line, never the value.
 */
#include <string.h>

#include "libejguard/modules/cookie/cookie.h"
#include "libejguard/modules/lib/cookie/search.h"
#include "libejguard/modules/lib/cookie/texts.h"

enum { MAX_FINDINGS = 20 }; /* then a finding says that there are more */

struct options {
	struct audit *audit;
	const struct text *text; /* the text that is searched */
	size_t n_findings;
	bool setcookie;		   /* one was found */
	bool twice;		   /* the node gets several, and takes none of them */
	bool mentioned;		   /* a configuration sets it, perhaps to what is computed */
	const char *configuration; /* the file that sets it for this kind of service, if it was read */
};

/* Services that take a default which everybody knows where nothing sets the cookie: bin/emqx, vernemq.schema. */
static const struct {
	const char *kind, *file, *key;
} defaults[] = {
	{ "emqx", "/emqx.conf", "node.cookie" },
	{ "vernemq", "/vernemq.conf", "distributed_cookie" },
};

/* The remedy depends on what the service uses without the setting. */
static const char *remedy_of(struct audit *audit, enum search_form form)
{
	const struct ejg_kind *kind = audit->host.facts->kind;

	switch (form) {
	case SEARCH_RELEASE:
		return "remove the variable: the cookie of the release's own file, releases/COOKIE, is in effect then";
	case SEARCH_SETTING:
		/* without the setting the service uses a default value, and no file */
		return audit_text(audit,
				  "write another value there (run: openssl rand -hex 32), the same on every node of a "
				  "cluster: without this setting %s takes its default, which everybody knows",
				  kind ? kind->title : audit->host.facts->service);
	case SEARCH_ENVIRONMENT:
		return "remove the variable: the cookie file's is in effect then";
	default:
		return "remove it; then the cookie file is used";
	}
}

static void say_setcookie(struct audit *audit, const char *file, uint32_t line, enum search_form form)
{
	static const char hide[] = "it cannot be set elsewhere: let no other users log in on this host, or hide "
				   "other users' processes from them (hidepid= in proc(5))";
	struct ejg_place place = { .file = file, .line = line };

	if (form == SEARCH_ENVIRONMENT)
		return;
	if (form == SEARCH_TOOL) {
		place.remedy = "remove it: rabbitmqctl reads the cookie from its file";
		audit_say(audit, "setcookie", NULL, &place,
			  "puts a cookie into the arguments of rabbitmqctl, where every user of this host can read it");
		return;
	}
	if (form == SEARCH_CALL) {
		place.remedy = remedy_of(audit, form);
		audit_say(
			audit, "setcookie", NULL, &place,
			"calls set_cookie in the node's arguments, where every user of this host can read the cookie");
		return;
	}
	if (form != SEARCH_OPTION)
		place.remedy = form == SEARCH_SETTING ? hide : remedy_of(audit, form);
	audit_say(audit, "setcookie", NULL, &place,
		  "puts a cookie into the node's arguments, where every user of this host can read it");
}

/* True if it applies to this node, not only to connections to another node. */
static bool is_own_node(struct audit *audit, const struct search_hit *hit)
{
	const char *node = ejg_survey_value(audit->host.survey, "ERLANG_NODE");

	return !hit->node || (node && strlen(node) == hit->n_node && memcmp(node, hit->node, hit->n_node) == 0);
}

/* True for an option that erl ignores, because there is another one. */
static bool is_one_of_several(const struct options *options, const struct search_hit *hit)
{
	const struct ejg_survey *survey = options->audit->host.survey;

	if (!options->twice || hit->form != SEARCH_OPTION)
		return false;
	for (size_t i = 0; i < survey->n_settings; i++) {
		const struct ejg_setting *setting = ejg_setting_get(survey, i);

		if (strcmp(setting->name, "-setcookie") == 0 && setting->origin.line == hit->line &&
		    setting->origin.file && strcmp(setting->origin.file, options->text->path) == 0)
			return true;
	}
	return false;
}

/* The value in the option is in effect: it is judged like that of a file. */
static void judge_option(struct options *options, const struct search_hit *hit)
{
	struct audit *audit = options->audit;
	const char *remedy = remedy_of(audit, hit->form);
	struct ejg_place place = { .file = options->text->path, .line = hit->line, .remedy = remedy };
	struct cookie *value = &audit->host.vault->other;
	const bool own = is_own_node(audit, hit);

	if (hit->computed || hit->form == SEARCH_TOOL || is_one_of_several(options, hit))
		return;
	if (!audit->option && own)
		audit->option = audit_text(audit, "%s:%u", place.file, place.line);
	if (hit->same)
		return;
	if (audit->read && own)
		audit_say(audit, "contradiction", NULL, &place, "sets another cookie than %s, so that file is not read",
			  audit_file(audit));
	judge_given(audit, cookie_argument(hit->value, hit->n_value, value), value, NULL, &place);
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
 * True if the setting is overridden, so that a start does not receive it. A port range in the same line may be
 * overridden without the cookie.
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

/* True for a variable of RabbitMQ if the service is another kind. */
static bool is_foreign(const struct audit *audit, const struct search_hit *hit)
{
	const struct ejg_kind *kind = audit->host.facts->kind;

	return hit->kind == SEARCH_SETCOOKIE && hit->form == SEARCH_ENVIRONMENT &&
	       (!kind || strcmp(kind->name, "rabbitmq") != 0);
}

static void look_at_hit(void *data, const struct search_hit *hit)
{
	struct options *options = data;
	const struct text *text = options->text;

	if (is_foreign(options->audit, hit))
		return;
	if (hit->kind == SEARCH_VALUE || is_overridden(options->audit, text->path, hit->line) ||
	    options->n_findings++ >= MAX_FINDINGS)
		return;
	if (hit->kind == SEARCH_NOCOOKIE) {
		audit_say(options->audit, "nocookie", NULL,
			  &(struct ejg_place){ .file = text->path, .line = hit->line },
			  "has -nocookie: the node's cookie is then the word 'nocookie', which everybody knows");
		return;
	}
	options->setcookie = true;
	say_setcookie(options->audit, text->path, hit->line, hit->form);
	judge_option(options, hit);
}

/* True if the word is outside of comments. */
static bool mentions_cookie(const struct text *text)
{
	const char *end = text->bytes + text->n, *at;

	for (const char *line = text->bytes; line < end; line = at + 1) {
		const char *word, *slashes;

		at = memchr(line, '\n', (size_t)(end - line));
		at = at ? at : end;
		word = memmem(line, (size_t)(at - line), "cookie", strlen("cookie"));
		slashes = word ? memmem(line, (size_t)(word - line), "//", 2) : NULL;
		if (word && !slashes && !memchr(line, '#', (size_t)(word - line)))
			return true;
	}
	return false;
}

static void look_at_text(void *data, const struct text *text)
{
	struct options *options = data;
	struct audit *audit = options->audit;

	options->text = text;
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		const char *name = strrchr(text->path, '/');

		if (ejg_kind_is(audit->host.facts, defaults[i].kind) && name && strcmp(name, defaults[i].file) == 0)
			options->configuration = text->path;
	}
	options->mentioned |= text->keys && mentions_cookie(text);
	search_text(text->bytes, text->n, audit->read ? &audit->host.vault->cookie : NULL, true, text->keys,
		    look_at_hit, options);
}

/* Reads the files from which the settings came, with the files they include: the survey reads more than texts.h. */
static void look_at_settings(struct options *options, struct texts *texts)
{
	const struct ejg_survey *survey = options->audit->host.survey;

	for (size_t i = 0; i < survey->n_settings; i++) {
		const struct ejg_setting *setting = ejg_setting_get(survey, i);

		if (!holds_arguments(setting->name) || setting->state != EJG_SETTING_KNOWN ||
		    !strstr(setting->value, "-setcookie "))
			continue;
		/* a file that is not in the list of texts is judged too */
		if (setting->origin.file)
			texts_file(texts, setting->origin.file, TEXT_ARGUMENTS | TEXT_FOLLOW);
		if (options->setcookie)
			continue;
		options->setcookie = true;
		say_setcookie(options->audit, setting->origin.file, setting->origin.line, SEARCH_OPTION);
	}
}

/* The default is in effect, not the cookie file. Where something could not be read, it may set another cookie. */
static void judge_default(struct options *options, const struct texts *texts)
{
	struct audit *audit = options->audit;
	struct ejg_place place = { .file = options->configuration };

	for (size_t i = 0; i < ARRAY_SIZE(defaults) && !place.remedy; i++)
		if (ejg_kind_is(audit->host.facts, defaults[i].kind))
			place.remedy =
				audit_text(audit,
					   "write there: %s = a value of its own (run: openssl rand -hex 32), the "
					   "same on every node of a cluster",
					   defaults[i].key);
	if (!place.remedy || !place.file || options->setcookie || audit->argument)
		return;
	audit->option = place.file;
	if (options->mentioned || texts->n_unread || texts->more) {
		place.remedy = NULL;
		audit_say(audit, "unseen", NULL, &place,
			  "which cookie the start gets from here cannot be told without it, so it was not checked");
		return;
	}
	audit_say(audit, "well-known", NULL, &place,
		  "sets no cookie: %s takes its default, which everybody knows, and no cookie file",
		  audit->host.facts->kind->title);
}

/*
 * True if the start script gives the node another -setcookie: those of releases of mix do; those of EMQX and VerneMQ
 * put theirs in the place of that in vm.args, but not of one in ERL_FLAGS.
 */
static bool script_gives_one(const struct audit *audit, const struct ejg_setting *own, bool released)
{
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		released |= own->origin.kind == EJG_ORIGIN_UNIT && ejg_kind_is(audit->host.facts, defaults[i].kind);
	return released;
}

/*
 * The last of several -setcookie. auth.erl, init_cookie(), takes one only if it is alone; tried with OTP 25 and 27,
 * also with the same value twice. Return: true if there are several.
 */
static bool say_twice(struct audit *audit, bool released)
{
	const struct ejg_survey *survey = audit->host.survey;
	const struct ejg_setting *first = NULL, *last = NULL;
	struct ejg_place place;

	for (size_t i = 0; i < survey->n_settings; i++) {
		const struct ejg_setting *setting = ejg_setting_get(survey, i);

		if (strcmp(setting->name, "-setcookie") != 0 || !setting->origin.file)
			continue;
		first = first ? first : setting;
		last = setting;
	}
	if (!last || (last == first && !script_gives_one(audit, last, released)))
		return false;
	place = (struct ejg_place){ .file = last->origin.file, .line = last->origin.line };
	if (last == first)
		audit_say(audit, "setcookie-twice", NULL, &place,
			  "gives the node a second -setcookie beside that of the start script: Erlang then takes "
			  "neither, "
			  "but the cookie file");
	else
		audit_say(audit, "setcookie-twice", NULL, &place,
			  "gives the node a second -setcookie beside that of %s:%u: Erlang then takes neither, but the "
			  "cookie file",
			  first->origin.file, first->origin.line);
	return true;
}

int judge_options(struct audit *audit, bool released)
{
	struct options options = { .audit = audit };
	struct texts texts;
	int r = texts_begin(&audit->host, look_at_text, &options, &texts);

	if (r < 0)
		return r;
	options.twice = audit->ignored = say_twice(audit, released);
	texts_sources(&texts, &audit->places);
	look_at_settings(&options, &texts);
	judge_default(&options, &texts);
	if (audit->ignored)
		audit->option = NULL;
	if (texts.more || options.n_findings > MAX_FINDINGS)
		audit_say(audit, "unseen", NULL, NULL,
			  "not everything was searched for options: there are more than %d files, more than %d entries "
			  "of folders, larger files than %d KiB, or more findings than %d",
			  TEXTS_MAX_FILES, TEXTS_MAX_ENTRIES, VAULT_BUFFER / 1024, MAX_FINDINGS);
	return 0;
}
