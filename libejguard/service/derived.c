/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/derived.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/service/base/kind.h"
#include "libejguard/service/dist.h"
#include "libejguard/service/kind/read.h"
#include "libejguard/service/layout.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/erl-address.h"

/* Iterates over the flags of one name in erl's order. start is the position to continue at. Return: NULL at the end. */
struct flag_walk {
	const struct settings *s;
	const char *name;
	size_t source;
	size_t i;
};

static const struct erl_flag *next_flag(struct flag_walk *walk)
{
	for (; walk->source < N_FLAG_SOURCES; walk->source++, walk->i = 0) {
		const struct flag_list *list = &walk->s->flags[walk->source];

		while (walk->i < list->n) {
			const struct erl_flag *flag = &list->items[walk->i++];

			if (strcmp(flag->name, walk->name) == 0)
				return flag;
		}
	}
	return NULL;
}

/* True if erl's inet:parse_address() accepts the text. */
static bool erl_parses(const char *text)
{
	struct erl_address address;

	return erl_address_read(text, &address);
}

/*
 * Converts an address in the form of erl's flags, "{127,0,0,1}", to the usual one; other terms stay unchanged. An
 * address in the usual form is no term, and a node does not start with it: it gets quotes, with which nothing takes it
 * for one.
 */
static const char *term_address(struct arena *arena, const char *term)
{
	unsigned int part[9];
	unsigned char bytes[16];
	char text[INET6_ADDRSTRLEN], *end;
	const char *at = term;
	size_t n = 0;

	if (erl_parses(term))
		return arena_printf(arena, "\"%s\"", term);
	if (*at++ != '{')
		return term;
	do {
		const unsigned long value = strtoul(at, &end, 10);

		if (end == at || value > 65535 || n == ARRAY_SIZE(part))
			return term;
		part[n++] = (unsigned int)value;
		at = end + 1;
	} while (*end == ',');
	if (strcmp(end, "}") != 0 || (n != 4 && n != 8))
		return term;
	for (size_t i = 0; i < n; i++) {
		if (n == 4 && part[i] > 255)
			return term;
		if (n == 4) {
			bytes[i] = (unsigned char)part[i];
			continue;
		}
		bytes[2 * i] = (unsigned char)(part[i] >> 8);
		bytes[2 * i + 1] = (unsigned char)part[i];
	}
	if (!inet_ntop(n == 4 ? AF_INET : AF_INET6, bytes, text, sizeof(text)))
		return term;
	return arena_strdup(arena, text);
}

/* True for flags that come before (false: after) those of the script. */
static bool is_before_script(size_t source)
{
	return source <= FLAGS_OPTIONS;
}

static void add_interface_flag(struct setting_list *list, const struct erl_flag *flag, const struct ejg_origin **winner)
{
	const char *value = term_address(list->arena, flag->value ? flag->value : "");

	if (*winner) {
		settings_add_overridden(list, "INET_DIST_INTERFACE", value, &flag->origin, *winner);
		return;
	}
	settings_add(list, "INET_DIST_INTERFACE", EJG_SETTING_KNOWN, value, "as inet_dist_use_interface of -kernel",
		     &flag->origin);
	*winner = &flag->origin;
}

/* Return: true if the variable decides, so that nothing behind it can. */
static bool add_interface_variable(struct setting_list *list, const struct occurrence *now, bool last,
				   const struct ejg_origin **winner)
{
	static const char name[] = "INET_DIST_INTERFACE";
	const char *ignored = "erl cannot parse it and ignores it: the node listens on all addresses";

	if (now && now->text && *now->text && !*winner && !erl_parses(now->text)) {
		if (!last)
			ignored = "erl cannot parse it and ignores it: inet_dist_use_interface of -kernel is in effect";
		settings_add(list, name, last ? EJG_SETTING_KNOWN : EJG_SETTING_OVERRIDDEN, now->text, ignored,
			     &now->origin);
		settings_add_earlier(list, name, now->earlier, &now->origin);
		return last;
	}
	if (*winner) {
		settings_add_earlier(list, name, now, *winner);
		return true;
	}
	if (now && (!now->text || *now->text)) {
		settings_add_variable(list, name, now);
		*winner = &now->origin;
		return true;
	}
	return false;
}

/* Finds a configuration file (-config) that may contain distribution settings: they count where no flag sets them. */
static const struct erl_flag *find_config(const struct settings *s)
{
	struct flag_walk walk = { .s = s, .name = "-config" };

	return next_flag(&walk);
}

void settings_add_interface(struct setting_list *list, struct settings *s)
{
	static const char key[] = "-kernel inet_dist_use_interface";
	const struct occurrence *now = variable_get(&s->variables, "INET_DIST_INTERFACE");
	struct flag_walk walk = { .s = s, .name = key }, ahead;
	const struct ejg_origin *winner = NULL;
	const struct erl_flag *flag = NULL;
	const size_t before = list->n;

	/* RabbitMQ sets it from rabbitmq.conf when it runs, over what the flags have set */
	if (!s->kind->has_script && now && (!now->text || *now->text)) {
		add_interface_variable(list, now, true, &winner);
		while ((flag = next_flag(&walk)))
			add_interface_flag(list, flag, &winner);
		return;
	}
	while ((ahead = walk, flag = next_flag(&ahead)) && is_before_script(ahead.source)) {
		add_interface_flag(list, flag, &winner);
		walk = ahead;
	}
	/* if the variable is not an address, a later flag decides and comes first in the list */
	if (!winner && flag && now && now->text && *now->text && !erl_parses(now->text)) {
		add_interface_flag(list, flag, &winner);
		walk = ahead;
		add_interface_variable(list, now, false, &(const struct ejg_origin *){ NULL });
	} else {
		add_interface_variable(list, now, true, &winner);
	}
	while ((flag = next_flag(&walk)))
		add_interface_flag(list, flag, &winner);
	if (list->n == before && (flag = find_config(s)))
		settings_add(list, "INET_DIST_INTERFACE", EJG_SETTING_INDETERMINATE, NULL,
			     "-config names a file that sets it, or may set it", &flag->origin);
	else if (list->n == before)
		settings_add_variable(list, "INET_DIST_INTERFACE", now);
}

/* The script itself sets inet6_tcp for an IPv6 INET_DIST_INTERFACE. */
static bool script_sets_proto(const struct settings *s, const struct occurrence **ret)
{
	const struct occurrence *now = variable_filled(&s->variables, "INET_DIST_INTERFACE");

	*ret = now;
	return s->uses_inet6 && now && now->text && strchr(now->text, ':') && erl_parses(now->text);
}

/* net_kernel:protocol_childspecs() uses -proto_dist if it is given once. If it is given twice, all are ignored. */
static void add_tls(struct setting_list *list, const struct settings *s)
{
	static const char name[] = "tls-dist";
	struct flag_walk walk = { .s = s, .name = "-proto_dist" };
	const struct erl_flag *flag, *first = NULL;
	const struct occurrence *interface;
	const bool own = script_sets_proto(s, &interface);
	const struct ejg_origin none = { 0 };
	size_t n = own ? 1 : 0;

	while ((flag = next_flag(&walk))) {
		first = first ? first : flag;
		n++;
	}
	if (s->flags_problem) {
		settings_add(list, name, EJG_SETTING_INDETERMINATE, NULL, s->flags_problem, &s->flags_origin);
	} else if (n == 0) {
		settings_add(list, name, EJG_SETTING_UNSET, NULL, NULL, NULL);
	} else if (n == 1) {
		settings_add(list, name, EJG_SETTING_KNOWN, own ? "inet6_tcp" : first->value, NULL,
			     own ? &interface->origin : &first->origin);
		return;
	} else {
		settings_add(list, name, EJG_SETTING_KNOWN, "inet_tcp",
			     "-proto_dist is set several times: erl ignores all of them", &none);
	}
	walk = (struct flag_walk){ .s = s, .name = "-proto_dist" };
	while ((flag = next_flag(&walk)))
		settings_add(list, name, EJG_SETTING_OVERRIDDEN, flag->value, "it is set several times", &flag->origin);
}

/*
 * The script uses -sname for a name without a dot, else -name. erl_distribution:start_link() reads -sname first, at any
 * position of the arguments.
 */
static void add_name_kind(struct setting_list *list, const struct settings *s)
{
	static const char name[] = "name-kind";
	const struct occurrence *node = variable_filled(&s->variables, "ERLANG_NODE");
	struct flag_walk walk = { .s = s, .name = "-sname" };
	const struct erl_flag *flag = next_flag(&walk);
	const char *kind;

	if (!node) {
		settings_add(list, name, EJG_SETTING_UNSET, NULL, NULL, NULL);
		return;
	}
	if (!node->text) {
		settings_add(list, name, EJG_SETTING_INDETERMINATE, NULL, "ERLANG_NODE cannot be determined",
			     &node->origin);
		return;
	}
	kind = strchr(node->text, '.') ? "long" : "short";
	if (flag && strcmp(kind, "long") == 0) {
		settings_add(list, name, EJG_SETTING_KNOWN, "short", "erl looks at -sname before -name", &flag->origin);
		settings_add_overridden(list, name, kind, &node->origin, &flag->origin);
		return;
	}
	settings_add(list, name, EJG_SETTING_KNOWN, kind, NULL, &node->origin);
}

static int add_dist(struct setting_list *list, struct settings *s)
{
	static const char name[] = "dist-range";
	const struct dist *dist;
	int r;

	r = dist_read(s, &dist);
	if (r < 0)
		return r;
	if (dist->state == EJG_DIST_RANDOM)
		settings_add(list, name, EJG_SETTING_UNSET, NULL, dist->note, &dist->origin);
	if (dist->state == EJG_DIST_INDETERMINATE)
		settings_add(list, name, EJG_SETTING_INDETERMINATE, NULL, dist->note, &dist->origin);
	for (size_t i = 0; dist->state == EJG_DIST_FIXED && i < dist->n_sources; i++) {
		const struct dist_source *source = &dist->sources[i];
		const char *value = arena_printf(list->arena, "%u-%u", source->range.first, source->range.last);

		if (i == 0)
			settings_add(list, name, EJG_SETTING_KNOWN, value,
				     arena_printf(list->arena, "by %s", source->what), &source->origin);
		else
			settings_add_overridden(list, name, value, &source->origin, &dist->origin);
	}
	return 0;
}

static void add_found(struct setting_list *list, const char *name, const char *value, const struct ejg_origin *origin,
		      const char *missing)
{
	if (value)
		settings_add(list, name, EJG_SETTING_KNOWN, value, NULL, origin);
	else
		settings_add(list, name, EJG_SETTING_INDETERMINATE, NULL, missing, NULL);
}

/* The name kind: by the service's own setting, or by the rule of the release: a name with a dot is long. */
static void add_kinds_name(struct setting_list *list, const struct settings *s)
{
	const struct occurrence *node = variable_filled(&s->variables, "ERLANG_NODE");
	const struct occurrence *names = variable_filled(&s->variables, KIND_LONG_NAMES);
	bool is_long;

	if (!node) {
		settings_add(list, "name-kind", EJG_SETTING_UNSET, NULL, NULL, NULL);
		return;
	}
	if (kind_is_alone(s)) {
		settings_add(list, "name-kind", EJG_SETTING_KNOWN, "none",
			     "without -name or -sname a node has no distribution", &names->origin);
		return;
	}
	if (s->name_flag)
		is_long = strcmp(s->name_flag->name, "-name") == 0;
	else if (names && names->text)
		is_long = strcmp(names->text, "true") == 0 || strcmp(names->text, "name") == 0;
	else
		is_long = node->text && strchr(node->text, '.');
	if (names && !names->text && !s->name_flag)
		settings_add(list, "name-kind", EJG_SETTING_INDETERMINATE, NULL, names->why, &names->origin);
	else
		settings_add(list, "name-kind", EJG_SETTING_KNOWN, is_long ? "long" : "short", NULL,
			     names && !s->name_flag ? &names->origin : &node->origin);
}

/* Each -setcookie that erl gets, without its value: of several, erl takes none. */
static void add_cookies(struct setting_list *list, const struct settings *s)
{
	struct flag_walk walk = { .s = s, .name = "-setcookie" };
	const struct erl_flag *flag;

	while ((flag = next_flag(&walk)))
		if (strcmp(flag->value, "***") == 0)
			settings_add(list, "-setcookie", EJG_SETTING_KNOWN, flag->value, NULL, &flag->origin);
}

/* Adds the settings of a service that ejabberdctl does not start. */
static int add_of_kind(struct setting_list *list, struct settings *s)
{
	struct ejg_origin origin = { 0 };
	const char *otp;
	int r = layout_otp(s, &otp, &origin);

	if (r < 0)
		return r;
	settings_add(list, "release", s->root ? EJG_SETTING_KNOWN : EJG_SETTING_UNSET, s->root, NULL,
		     s->unit.line ? &s->unit.command_origin : NULL);
	add_found(list, "otp", otp, &origin, "the release of Erlang/OTP cannot be seen from its folders");
	add_kinds_name(list, s);
	add_tls(list, s);
	add_cookies(list, s);
	return add_dist(list, s);
}

/* Folders of code that erl is told of. */
static void add_code_paths(struct setting_list *list, const struct settings *s)
{
	static const char *const names[] = { "-pa", "-pz", "-path" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct flag_walk walk = { .s = s, .name = names[i] };
		const struct erl_flag *flag;

		while ((flag = next_flag(&walk)))
			if (flag->value && flag->value[0] == '/')
				settings_add(list, "code-path", EJG_SETTING_KNOWN, flag->value, NULL, &flag->origin);
	}
}

int settings_add_derived(struct setting_list *list, struct settings *s)
{
	struct ejg_origin origin = { 0 };
	const char *value, *note = NULL;
	int r;

	if (!s->kind->has_script)
		return add_of_kind(list, s);
	if (s->script_problem)
		note = arena_printf(s->arena, "%s: %s", s->real_script, s->script_problem);
	settings_add(list, "layout", EJG_SETTING_KNOWN, layout_name(s), note, &s->script_origin);
	if (s->script)
		settings_add(list, "script", EJG_SETTING_KNOWN, s->script, note, &s->script_origin);
	else
		settings_add(list, "script", EJG_SETTING_UNSET, NULL,
			     s->config_dir ? "ejabberdctl is missing: its defaults are assumed"
					   : "there is neither ejabberdctl nor a configuration folder",
			     NULL);
	r = layout_version(s, &value, &origin);
	if (r < 0)
		return r;
	add_found(list, "version", value, &origin, "the version of ejabberd cannot be seen from its folders");
	r = layout_otp(s, &value, &origin);
	if (r < 0)
		return r;
	add_found(list, "otp", value, &origin, "the release of Erlang/OTP cannot be seen from its folders");
	add_name_kind(list, s);
	add_tls(list, s);
	add_code_paths(list, s);
	add_cookies(list, s);
	return add_dist(list, s);
}
