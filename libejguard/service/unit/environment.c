/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses Environment=, EnvironmentFile= and ExecStart=: systemd.syntax(7), systemd.exec(5). */
#include "libejguard/service/unit/environment.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/service/base/kind.h"
#include "libejguard/service/unit/file.h"
#include "libejguard/util/cleanup.h"

/* Iterates over the words of a value, unquoted. */
struct unit_words {
	const char *at;
	char *word;	 /* buffer for all of the value */
	const char *why; /* the reason why the word is not understood, or NULL */
};

static void words_done(struct unit_words *w)
{
	free(w->word);
}
#define cleanup_words __attribute__((cleanup(words_done)))

static int words_start(struct unit_words *w, const char *value)
{
	*w = (struct unit_words){ .at = value, .word = malloc(strlen(value) + 1) };
	return w->word ? 0 : -ENOMEM;
}

static void add_escape(struct unit_words *w, char **to)
{
	static const char from[] = "\\\"'snt", meaning[] = "\\\"' \n\t";
	const char *found;

	w->at++;
	found = *w->at ? strchr(from, *w->at) : NULL;
	if (found)
		*(*to)++ = meaning[found - from];
	else
		w->why = "its value contains an escape sequence that is not supported here";
	w->at += *w->at != '\0';
}

static void add_specifier(struct unit_words *w, char **to)
{
	if (w->at[1] == '%')
		*(*to)++ = '%';
	else
		w->why = "its value contains a specifier of systemd";
	w->at += w->at[1] ? 2 : 1;
}

/* Like systemd's extract_first_word() with EXTRACT_CUNESCAPE and EXTRACT_UNQUOTE. Return: false at the end. */
static bool next_word(struct unit_words *w)
{
	char quote = '\0', *to = w->word;

	w->at += strspn(w->at, " \t\n\r");
	w->why = NULL;
	if (!*w->at)
		return false;
	while (*w->at && (quote || !strchr(" \t\n\r", *w->at))) {
		if (*w->at == '\\') {
			add_escape(w, &to);
		} else if (*w->at == '%') {
			add_specifier(w, &to);
		} else if (quote ? *w->at == quote : *w->at == '"' || *w->at == '\'') {
			quote = quote ? '\0' : *w->at;
			w->at++;
		} else {
			*to++ = *w->at++;
		}
	}
	*to = '\0';
	return true;
}

/*
 * The words that ejguard enable --seccomp puts before the unit's own command:
 * /usr/sbin/ejguard [options] exec [options] --only-confine [options] --
 */
int unit_own_command(const char *value, const char **ret)
{
	cleanup_words struct unit_words w = { 0 };
	bool exec = false, only_confine = false;
	const char *base;
	int r;

	*ret = value;
	r = words_start(&w, value + strspn(value, "@-:+!|"));
	if (r < 0 || !next_word(&w))
		return r;
	base = strrchr(w.word, '/');
	if (!base || strcmp(base, "/ejguard") != 0)
		return 0;
	while (next_word(&w) && strcmp(w.word, "--") != 0) {
		only_confine |= exec && strcmp(w.word, "--only-confine") == 0;
		exec |= strcmp(w.word, "exec") == 0;
	}
	if (only_confine)
		*ret = w.at + strspn(w.at, " \t");
	return 0;
}

static bool is_variable_name(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isascii(text[i]) || !(isalnum(text[i]) || text[i] == '_'))
			return false;
	return length > 0 && !isdigit((unsigned char)text[0]);
}

static void set_variable(struct variables *v, const char *text, const char *why, const struct ejg_origin *origin)
{
	const char *equals = strchr(text, '=');
	char *name;

	if (!equals || !is_variable_name(text, equals - text))
		return;
	name = arena_strndup(v->arena, text, equals - text);
	if (!name)
		return;
	variable_set(v, name, why ? NULL : equals + 1, why, origin);
	variable_export(v, name);
}

static void set_problem(struct settings *s, const char *problem, const struct ejg_origin *origin)
{
	if (s->unit.problem)
		return;
	s->unit.problem = problem;
	s->unit.problem_origin = *origin;
}

enum use { ASSIGN, PASS, UNSET };

static void use_word(struct settings *s, const struct unit_words *w, enum use use, const struct ejg_origin *origin)
{
	struct variables *v = &s->variables;

	if (w->why && !strchr(w->word, '=')) {
		set_problem(s, w->why, origin);
	} else if (use == ASSIGN) {
		set_variable(v, w->word, w->why, origin);
	} else if (use == UNSET) {
		w->word[strcspn(w->word, "=")] = '\0';
		variable_unset(v, w->word);
	} else {
		variable_set(v, w->word, NULL, "it is passed on from the environment of the service manager", origin);
		variable_export(v, w->word);
	}
}

static int use_words(struct settings *s, const struct unit_values *list, enum use use)
{
	for (size_t i = 0; i < list->n; i++) {
		cleanup_words struct unit_words w = { 0 };
		const int r = words_start(&w, list->items[i].text);

		if (r < 0)
			return r;
		while (next_word(&w))
			use_word(s, &w, use, &list->items[i].origin);
	}
	return 0;
}

static int read_environment_file(struct settings *s, const char *path, const struct ejg_origin *origin)
{
	cleanup_source_text struct source_text source = { 0 };
	int r;

	r = settings_read(s->arena, s->source, path, &source);
	if (r < 0)
		return r;
	if (source.problem)
		set_problem(s, arena_printf(s->arena, "%s: %s", source.path, source.problem), origin);
	else if (source.text && !unit_environment_text(&s->variables, &source))
		set_problem(s, arena_printf(s->arena, "%s contains more than simple assignments", source.path), origin);
	return 0;
}

/* Reads all matching files of a folder, sorted by name. */
static int read_environment_files(struct settings *s, const char *folder, const char *pattern,
				  const struct ejg_origin *origin)
{
	struct source_names paths = { 0 };
	int r = settings_match(s->arena, s->source, folder, pattern, &paths);

	if (paths.problem)
		set_problem(s, paths.problem, origin);
	for (size_t i = 0; r == 0 && i < paths.n; i++)
		r = read_environment_file(s, paths.items[i], origin);
	return r;
}

/* EnvironmentFile=: a path, or a pattern of glob(7), which is expanded in the last component of the path. */
static int read_environment(struct settings *s, const struct unit_value *value)
{
	const char *path = value->text + (value->text[0] == '-'), *slash = strrchr(path, '/');
	const char *folder = slash ? arena_strndup(s->arena, path, (size_t)(slash - path)) : "";

	if (!folder)
		return -ENOMEM;
	if (path[0] != '/' || strpbrk(path, "\"'\\%") || strpbrk(folder, "*?[")) {
		set_problem(s, "EnvironmentFile= names files in a form that is not supported here", &value->origin);
		return 0;
	}
	return strpbrk(path, "*?[") ? read_environment_files(s, *folder ? folder : "/", slash + 1, &value->origin)
				    : read_environment_file(s, path, &value->origin);
}

/* An option of ejabberdctl and the variable that it sets. */
static const struct {
	const char *option, *name;
} options[] = {
	{ "-n", "ERLANG_NODE_ARG" },
	{ "--node", "ERLANG_NODE_ARG" },
	{ "-s", "SPOOL_DIR" },
	{ "--spool", "SPOOL_DIR" },
	{ "-l", "LOGS_DIR" },
	{ "--logs", "LOGS_DIR" },
	{ "-f", "EJABBERD_CONFIG_PATH" },
	{ "--config", "EJABBERD_CONFIG_PATH" },
	{ "-c", "EJABBERDCTL_CONFIG_PATH" },
	{ "--ctl-config", "EJABBERDCTL_CONFIG_PATH" },
	{ "-d", "CONFIG_DIR" },
	{ "--config-dir", "CONFIG_DIR" },
};

static const char *option_variable(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (strcmp(word, options[i].option) == 0)
			return options[i].name;
	return NULL;
}

static void use_option(struct settings *s, const char *name, const char *text, const struct ejg_origin *origin)
{
	const bool plain = !strpbrk(text, "$`'\"\\*?[~");

	variable_set(&s->variables, name, plain ? text : NULL, "it is computed by a shell", origin);
	if (strcmp(name, "CONFIG_DIR") == 0)
		variable_set(&s->variables, "ETC_DIR", plain ? text : NULL, "it is computed by a shell", origin);
}

/*
 * Words before ejabberdctl: assignments, and programs that start it. Return: true if they are
 * understood.
 */
static bool use_before(struct settings *s, const char *word, const struct ejg_origin *origin)
{
	static const char *const starters[] = { "sh", "bash", "dash", "env", "exec", "nice", "ionice", "-c", "-n" };
	const char *base = strrchr(word, '/');

	if (strchr(word, '=') && is_variable_name(word, strcspn(word, "="))) {
		set_variable(&s->variables, word, strpbrk(word, "$`'\"\\*?[~") ? "it is computed by a shell" : NULL,
			     origin);
		return true;
	}
	base = base ? base + 1 : word;
	for (size_t i = 0; i < ARRAY_SIZE(starters); i++)
		if (strcmp(base, starters[i]) == 0)
			return true;
	return word[strspn(word, "0123456789")] == '\0';
}

/* The state of parsing a command. */
struct command {
	struct settings *s;
	const struct ejg_origin *origin;
	const char *option; /* the variable whose value is the next word */
	bool complete;	    /* the remaining words are arguments of ejabberdctl's verb */
	bool strange;
};

static void use_part(struct command *c, const char *part)
{
	const char *base = strrchr(part, '/');
	struct unit_facts *unit = &c->s->unit;

	if (c->complete)
		return;
	if (strpbrk(part, ";&|<>()`$")) {
		c->strange = true;
	} else if (!unit->command) {
		if (strcmp(base ? base + 1 : part, "ejabberdctl") == 0)
			unit->command = arena_strdup(c->s->arena, part);
		else
			c->strange |= !use_before(c->s, part, c->origin);
	} else if (c->option) {
		use_option(c->s, c->option, part, c->origin);
		c->option = NULL;
	} else {
		c->option = option_variable(part);
		c->complete = !c->option && strcmp(part, "-t") != 0 && strcmp(part, "--no-timeout") != 0;
	}
}

/* Reads the words of the command, also those of a command for sh -c, whose quotes are removed already. */
static int read_command(struct settings *s, const struct unit_value *value)
{
	struct command c = { .s = s, .origin = &value->origin };
	cleanup_words struct unit_words w = { 0 };
	int r;

	r = words_start(&w, value->text + strspn(value->text, "@-:+!|"));
	if (r < 0)
		return r;
	while (next_word(&w)) {
		char *rest = w.word, *part;

		c.strange |= w.why && !c.complete;
		while ((part = strsep(&rest, " \t\n")))
			if (*part)
				use_part(&c, part);
	}
	s->unit.command_origin = value->origin;
	if (!s->unit.command)
		set_problem(s, "ExecStart= does not call ejabberdctl", &value->origin);
	else if (c.strange)
		set_problem(s, "ExecStart= does more than call ejabberdctl", &value->origin);
	return 0;
}

int unit_environment(struct unit_parser *p, const struct unit_values *defaults)
{
	struct settings *s = p->s;
	struct ejg_origin users = { .kind = EJG_ORIGIN_USERS, .file = "/etc/passwd" };
	const char *home = NULL;
	int r;

	r = use_words(s, defaults, ASSIGN);
	if (r == 0 && s->unit.user)
		r = settings_home(s->arena, s->source, s->unit.user, &home);
	if (home) {
		variable_set(&s->variables, "HOME", home, NULL, &users);
		variable_export(&s->variables, "HOME");
	}
	if (r == 0)
		r = use_words(s, &p->passed, PASS);
	if (r == 0)
		r = use_words(s, &p->environment, ASSIGN);
	for (size_t i = 0; i < p->files.n && r == 0; i++)
		r = read_environment(s, &p->files.items[i]);
	if (r == 0)
		r = use_words(s, &p->unset, UNSET);
	if (r == 0 && p->commands.n > 0 && s->kind->has_script)
		r = read_command(s, &p->commands.items[p->commands.n - 1]);
	return r == 0 && arena_failed(s->arena) ? -ENOMEM : r;
}
