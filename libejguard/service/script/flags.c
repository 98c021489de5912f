/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The flags of erl from all sources: environment, ERL_OPTIONS, the arguments file. */
#include "libejguard/service/script/flags.h"

#include <string.h>

#include "libejguard/service/script/arguments.h"
#include "libejguard/util/cleanup.h"

/* Variables that the emulator or epmd read from their environment; -env can set them. */
static const char *const environment_names[] = {
	"ERL_EPMD_ADDRESS",	    "ERL_EPMD_PORT",	    "EJABBERD_CONFIG_PATH",
	"EJABBERD_LOG_PATH",	    "EJABBERD_PID_PATH",    "ERL_INETRC",
	"ERL_CRASH_DUMP",	    "ERL_CRASH_DUMP_BYTES", "CONTRIB_MODULES_PATH",
	"CONTRIB_MODULES_CONF_DIR", "XDG_CONFIG_HOME",
};

static void set_problem(struct settings *s, const char *problem, const struct ejg_origin *origin)
{
	if (s->flags_problem)
		return;
	s->flags_problem = problem;
	s->flags_origin = *origin;
}

static int take_text(struct settings *s, enum flag_source source, const char *text, size_t size, enum erl_text kind,
		     const struct ejg_origin *origin)
{
	struct flag_list *list = &s->flags[source];
	struct erl_words words = { 0 };
	int r;

	if (memchr(text, '\0', size)) {
		set_problem(s, "it contains a NUL byte", origin);
		return 0;
	}
	r = arguments_read(s->arena, s->source, &words, text, size, kind, origin);
	if (r == 0)
		r = erl_flags_read(s->arena, &words, &list->items, &list->n);
	if (r < 0)
		return r;
	if (words.more)
		set_problem(s, "it contains too many flags", origin);
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->items[i].name, "-args_file") == 0)
			set_problem(s, "it names another file of arguments, which cannot be read",
				    &list->items[i].origin);
	return 0;
}

static int read_variable(struct settings *s, enum flag_source source, const char *name)
{
	const struct variable *variable = variable_find(&s->variables, name, strlen(name));
	const struct occurrence *now = variable_filled(&s->variables, name);

	if (!now || (source != FLAGS_OPTIONS && !variable->exported && now->text))
		return 0;
	if (!now->text) {
		set_problem(s, now->why, &now->origin);
		return 0;
	}
	return take_text(s, source, now->text, strlen(now->text),
			 source == FLAGS_OPTIONS ? ERL_TEXT_SPLIT : ERL_TEXT_VARIABLE, &now->origin);
}

static int read_file(struct settings *s)
{
	cleanup_source_text struct source_text source = { 0 };
	const struct occurrence *path = variable_filled(&s->variables, "VMARGS");
	struct ejg_origin origin = { .kind = EJG_ORIGIN_DISCOVERED };
	int r;

	if (!path)
		return 0;
	if (!path->text || path->text[0] != '/') {
		set_problem(s, "it cannot be determined which arguments file it is", &path->origin);
		return 0;
	}
	r = settings_read(s->arena, s->source, path->text, &source);
	if (r < 0)
		return r;
	origin.file = source.path;
	if (source.problem)
		set_problem(s, source.problem, &origin);
	return source.text ? take_text(s, FLAGS_FILE, source.text, source.size, ERL_TEXT_FILE, &origin) : 0;
}

/* erlexec sets them one after the other: the last one is in effect. */
static void take_environment(struct settings *s)
{
	static const char prefix[] = "-env ";

	for (size_t i = 0; i < N_FLAG_SOURCES; i++) {
		for (size_t j = 0; j < s->flags[i].n; j++) {
			const struct erl_flag *flag = &s->flags[i].items[j];
			const char *name = flag->name + sizeof(prefix) - 1;

			if (strncmp(flag->name, prefix, sizeof(prefix) - 1) != 0 || !flag->value)
				continue;
			for (size_t k = 0; k < ARRAY_SIZE(environment_names); k++) {
				if (strcmp(name, environment_names[k]) != 0)
					continue;
				variable_set(&s->variables, name, flag->value, NULL, &flag->origin);
				variable_export(&s->variables, name);
			}
		}
	}
}

int flags_read(struct settings *s)
{
	int r;

	r = read_variable(s, FLAGS_AFLAGS, "ERL_AFLAGS");
	if (r == 0)
		r = read_variable(s, FLAGS_OPTIONS, "ERL_OPTIONS");
	if (r == 0)
		r = read_file(s);
	if (r == 0)
		r = read_variable(s, FLAGS_FLAGS, "ERL_FLAGS");
	if (r == 0)
		r = read_variable(s, FLAGS_ZFLAGS, "ERL_ZFLAGS");
	if (r == 0)
		take_environment(s);
	return r;
}
