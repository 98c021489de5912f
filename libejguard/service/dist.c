/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The distribution ports, computed from the start script by the rules of ejabberdctl:
 *
 *     erl ... $ERL_OPTIONS
 *         -kernel inet_dist_listen_min ${FIREWALL_WINDOW%-*} inet_dist_listen_max ${FIREWALL_WINDOW#*-}
 *         -erl_epmd_port $ERL_DIST_PORT -start_epmd false
 *         -args_file $VMARGS
 *
 * erl takes the first of several -kernel keys: ERL_OPTIONS beats FIREWALL_WINDOW beats the arguments file. A port of
 * -erl_epmd_port beats them all: inet_tcp_dist:gen_listen() asks for the range only when erl_epmd:listen_port_please()
 * has no port.
 *
 * The environment that the service manager was given at run time (systemctl set-environment) cannot be read: an
 * administrator who sets one of these variables there must write `set dist`.
 */
#include "libejguard/service/dist.h"

#include <errno.h>
#include <string.h>

#include "libejguard/service/base/cookie-mask.h"
#include "libejguard/service/base/kind.h"
#include "libejguard/service/base/source.h"
#include "libejguard/service/base/variables.h"
#include "libejguard/service/kind/dist.h"
#include "libejguard/service/kind/read.h"
#include "libejguard/service/script/arguments.h"
#include "libejguard/service/script/erl-args.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/port-window.h"

struct discovery {
	struct settings *s;
	struct dist *dist;
	const struct occurrence *ignored; /* an ERL_DIST_PORT that is no port: erl takes the range */
};

static int indeterminate(struct discovery *d, const struct ejg_origin *origin, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Return: 1, so that callers stop there, or -ENOMEM. */
static int indeterminate(struct discovery *d, const struct ejg_origin *origin, const char *format, ...)
{
	struct arena *arena = d->s->arena;
	const char *text;
	va_list ap;

	va_start(ap, format);
	text = arena_vprintf(arena, format, ap);
	va_end(ap);
	if (text && origin->line > 0)
		text = arena_printf(arena, "%s: %s", origin_place(arena, origin), text);
	if (!text)
		return -ENOMEM;
	d->dist->state = EJG_DIST_INDETERMINATE;
	d->dist->note = text;
	d->dist->origin = *origin;
	return 1;
}

static void add_source(struct discovery *d, const char *what, struct ejg_port_range range,
		       const struct ejg_origin *origin)
{
	d->dist->sources[d->dist->n_sources++] = (struct dist_source){ what, range, *origin };
}

/* Reasons for which no distribution port can be determined. */
static int check_files(struct discovery *d)
{
	struct settings *s = d->s;
	const struct ejg_origin cfg = { .kind = EJG_ORIGIN_DISCOVERED, .file = s->cfg_path };
	const struct ejg_origin script = { .kind = EJG_ORIGIN_SCRIPT, .file = s->real_script };
	const struct occurrence *path = variable_get(&s->variables, "EJABBERDCTL_CONFIG_PATH");
	struct ejg_origin opaque = cfg;

	opaque.line = s->cfg_opaque_line;
	if (path && !path->text)
		return indeterminate(d, &path->origin, "it cannot be determined which ejabberdctl.cfg is read: %s",
				     path->why);
	if (s->script_problem)
		return indeterminate(d, &script, "%s: %s", s->real_script, s->script_problem);
	if (!s->cfg_path)
		return indeterminate(d, &cfg, "there is no configuration folder to read the distribution range from");
	if (s->cfg_problem)
		return indeterminate(d, &cfg, "%s: %s", s->cfg_path, s->cfg_problem);
	if (s->cfg_missing && strcmp(s->service, "ejabberd") != 0)
		return indeterminate(d, &cfg, "there is no %s to read the distribution range from", s->cfg_path);
	if (s->cfg_opaque_line)
		return indeterminate(d, &opaque, "the effect of this line cannot be determined: %s", s->cfg_opaque_why);
	if (s->strange_line)
		return indeterminate(d, &script, "%s: the script passes arguments to erl in an unknown way",
				     s->strange_line);
	if (s->variables.overflow)
		return indeterminate(d, &cfg, "there are more than %d variables", VARIABLES_MAX);
	return 0;
}

static bool is_erl_flags(const char *name)
{
	const size_t length = strlen(name);

	return strncmp(name, "ERL_", 4) == 0 && length >= 9 && strcmp(name + length - 5, "FLAGS") == 0;
}

/* True if the variable holds arguments of erl, not the value of a single argument. */
static bool becomes_arguments(const char *name)
{
	static const char *const names[] = { "POLL",	    "SMP",	     "ERL_PROCESSES",
					     "ERL_OPTIONS", "EJABBERD_OPTS", "MNESIA_OPTIONS" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return is_erl_flags(name);
}

static int read_words(struct discovery *d, const char *text, size_t size, enum erl_text kind,
		      const struct ejg_origin *origin, struct erl_words *ret)
{
	*ret = (struct erl_words){ 0 };
	return arguments_read(d->s->arena, d->s->source, ret, text, size, kind, origin);
}

/* Checks variables that could change the port although they have another purpose. */
static int check_other_names(struct discovery *d)
{
	const struct variables *v = &d->s->variables;
	const struct erl_word *where;
	struct ejg_port_range range;
	struct erl_words words;
	int r;

	for (size_t i = 0; i < v->n; i++) {
		const struct occurrence *now = v->items[i].now;
		const char *name = v->items[i].name;

		if (!now)
			continue;
		if (strcmp(name, "IFS") == 0 && now->origin.kind == EJG_ORIGIN_DISCOVERED)
			return indeterminate(d, &now->origin, "IFS changes how the shell splits arguments");
		if (!becomes_arguments(name))
			continue;
		if (!now->text)
			return indeterminate(d, &now->origin, "the value of %s cannot be determined: %s", name,
					     now->why);
		if (strcmp(name, "ERL_OPTIONS") == 0)
			continue;
		r = read_words(d, now->text, strlen(now->text), is_erl_flags(name) ? ERL_TEXT_VARIABLE : ERL_TEXT_SPLIT,
			       &now->origin, &words);
		if (r < 0)
			return r;
		if (erl_args_read(&words, &range, &where) != ERL_ARGS_NONE)
			return indeterminate(d, &now->origin, "%s sets the distribution port", name);
	}
	return 0;
}

/* The plain value of a variable; NULL when it is unset or empty: ejabberdctl treats both alike. */
static int plain_value(struct discovery *d, const char *name, const struct occurrence **ret)
{
	const struct occurrence *value = variable_filled(&d->s->variables, name);

	*ret = NULL;
	if (value && !value->text)
		return indeterminate(d, &value->origin, "%s cannot be read without running the script: %s", name,
				     value->why);
	*ret = value;
	return 0;
}

/* ERL_DIST_PORT takes precedence over all distribution ranges. */
static int read_dist_port(struct discovery *d)
{
	const struct occurrence *value;
	uint16_t port;
	int r;

	if (!d->s->uses_dist_port)
		return 0;
	r = plain_value(d, "ERL_DIST_PORT", &value);
	if (r != 0 || !value)
		return r;
	switch (port_window_read_fixed(value->text, &port)) {
	case PORT_WINDOW_RANGE:
		add_source(d, "ERL_DIST_PORT", (struct ejg_port_range){ port, port }, &value->origin);
		return 0;
	case PORT_WINDOW_RANDOM:
		d->ignored = value;
		return 0;
	default:
		return indeterminate(d, &value->origin, "ERL_DIST_PORT=\"%s\" is not a port", value->text);
	}
}

static int take_words(struct discovery *d, const struct erl_words *words, const char *what,
		      const struct ejg_origin *origin)
{
	struct ejg_port_range range = { 0 };
	const struct erl_word *where;

	switch (erl_args_read(words, &range, &where)) {
	case ERL_ARGS_RANGE:
		add_source(d, what, range, &where->origin);
		return 0;
	case ERL_ARGS_UNCLEAR:
		return indeterminate(d, where ? &where->origin : origin,
				     "%s sets the distribution port in another form than -kernel inet_dist_listen_min "
				     "N inet_dist_listen_max M%s%s",
				     what, where ? ": " : "",
				     where ? cookie_mask_text(d->s->arena, where->text, NULL) : "");
	default:
		return 0;
	}
}

static int read_erl_options(struct discovery *d)
{
	const struct occurrence *value;
	struct erl_words words;
	int r;

	r = plain_value(d, "ERL_OPTIONS", &value);
	if (r != 0 || !value)
		return r;
	r = read_words(d, value->text, strlen(value->text), ERL_TEXT_SPLIT, &value->origin, &words);
	return r < 0 ? r : take_words(d, &words, "ERL_OPTIONS", &value->origin);
}

/* Random, unless an earlier source sets a range: erl uses the first of several -kernel keys. Return: 1, -ENOMEM. */
static int is_random(struct discovery *d, const struct occurrence *window)
{
	if (d->dist->n_sources > 0)
		return 0;
	d->dist->state = EJG_DIST_RANDOM;
	d->dist->origin = window->origin;
	d->dist->note = arena_printf(d->s->arena, "FIREWALL_WINDOW=%s at %s has no minimum, so erl ignores it",
				     window->text, origin_place(d->s->arena, &window->origin));
	return d->dist->note ? 1 : -ENOMEM;
}

static int read_firewall_window(struct discovery *d)
{
	struct ejg_port_range range;
	const struct occurrence *value;
	int r;

	r = plain_value(d, "FIREWALL_WINDOW", &value);
	if (r != 0 || !value)
		return r;
	switch (port_window_read(value->text, &range)) {
	case PORT_WINDOW_RANGE:
		add_source(d, "FIREWALL_WINDOW", range, &value->origin);
		return 0;
	case PORT_WINDOW_RANDOM:
		return is_random(d, value);
	case PORT_WINDOW_EMPTY:
		return indeterminate(d, &value->origin, "FIREWALL_WINDOW=%s is empty: the node does not start with it",
				     value->text);
	default:
		return indeterminate(d, &value->origin, "FIREWALL_WINDOW=\"%s\" is not a range N-M of two ports",
				     value->text);
	}
}

/* The path of the arguments file; NULL when it certainly does not exist. */
static int arguments_path(struct discovery *d, const char **ret)
{
	const struct occurrence *value;
	int r;

	*ret = NULL;
	r = plain_value(d, "VMARGS", &value);
	if (r != 0 || !value)
		return r;
	if (value->text[0] != '/' || strpbrk(value->text, " \t\n*?["))
		return indeterminate(d, &value->origin, "VMARGS=\"%s\" is not one absolute path", value->text);
	*ret = value->text;
	return 0;
}

static int read_arguments_file(struct discovery *d)
{
	cleanup_source_text struct source_text source = { 0 };
	struct ejg_origin origin = { .kind = EJG_ORIGIN_DISCOVERED };
	struct erl_words words;
	const char *path;
	int r;

	r = arguments_path(d, &path);
	if (r != 0 || !path)
		return r;
	r = settings_read(d->s->arena, d->s->source, path, &source);
	if (r < 0)
		return r;
	origin.file = source.path;
	if (source.problem)
		return indeterminate(d, &origin, "%s contains arguments for erl: %s", source.path, source.problem);
	if (source.missing)
		return 0;
	if (memchr(source.text, '\0', source.size))
		return indeterminate(d, &origin, "%s contains a NUL byte", source.path);
	r = read_words(d, source.text, source.size, ERL_TEXT_FILE, &origin, &words);
	return r < 0 ? r : take_words(d, &words, "vm.args", &origin);
}

static int finish(struct discovery *d)
{
	const struct settings *s = d->s;
	struct dist *dist = d->dist;

	if (dist->n_sources > 0) {
		dist->state = EJG_DIST_FIXED;
		dist->origin = dist->sources[0].origin;
		return 0;
	}
	dist->state = EJG_DIST_RANDOM;
	if (d->ignored) {
		dist->origin = d->ignored->origin;
		dist->note = arena_printf(s->arena, "ERL_DIST_PORT=%s at %s is not a port, so erl ignores it",
					  d->ignored->text, origin_place(s->arena, &d->ignored->origin));
		return dist->note ? 0 : -ENOMEM;
	}
	dist->origin = (struct ejg_origin){ .kind = EJG_ORIGIN_DISCOVERED, .file = s->cfg_path };
	dist->note = s->cfg_missing ? arena_printf(s->arena, "FIREWALL_WINDOW is not set: there is no %s", s->cfg_path)
				    : arena_printf(s->arena, "FIREWALL_WINDOW is not set in %s", s->cfg_path);
	return dist->note ? 0 : -ENOMEM;
}

/* Reads arguments of erl. They conflict with a port that the service sets itself. */
static int read_kind_arguments(struct discovery *d)
{
	const size_t own = d->dist->n_sources;
	int r;

	/* ekka_dist sets its port when it starts to listen and overrides all arguments */
	if (d->s->kind->numbered)
		return 0;
	r = read_erl_options(d);
	if (r == 0)
		r = read_arguments_file(d);
	if (r == 0 && own > 0 && d->dist->n_sources > own)
		return indeterminate(d, &d->dist->sources[own].origin, "arguments for erl and %s's own setting differ",
				     d->s->kind->known.title);
	return r;
}

static int read_of_kind(struct discovery *d)
{
	struct dist *dist = d->dist;
	int r = kind_dist(d->s, dist);

	if (r == 0)
		r = check_other_names(d);
	if (r == 0)
		r = read_kind_arguments(d);
	if (r != 0)
		return r < 0 ? r : 0;
	dist->state = dist->n_sources > 0 ? EJG_DIST_FIXED : EJG_DIST_RANDOM;
	dist->note = dist->n_sources > 0   ? NULL
		     : kind_is_alone(d->s) ? "the node has no distribution, unless its code starts one"
					   : "nothing sets inet_dist_listen_min";
	dist->origin = dist->n_sources > 0
			       ? dist->sources[0].origin
			       : (struct ejg_origin){ .kind = EJG_ORIGIN_DISCOVERED, .file = d->s->cfg_path };
	return 0;
}

static int read_of_script(struct discovery *d)
{
	static int (*const steps[])(struct discovery *) = {
		check_files,	  check_other_names,	read_dist_port,
		read_erl_options, read_firewall_window, read_arguments_file,
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(steps) && r == 0; i++)
		r = steps[i](d);
	return r == 0 ? finish(d) : r;
}

int dist_read(struct settings *s, const struct dist **ret)
{
	struct discovery d = { .s = s };
	int r;

	if (!s->dist) {
		d.dist = arena_alloc(s->arena, sizeof(*d.dist));
		if (!d.dist)
			return -ENOMEM;
		r = s->kind->has_script ? read_of_script(&d) : read_of_kind(&d);
		if (r < 0)
			return r;
		s->dist = d.dist;
	}
	*ret = s->dist;
	return 0;
}
