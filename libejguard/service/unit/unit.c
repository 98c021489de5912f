/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The environment that a unit gives to the start script, by the rules of systemd.exec(5): DefaultEnvironment= of the
 * manager, the home of User=, PassEnvironment=, Environment=, EnvironmentFile=, in this order, without the variables in
 * UnsetEnvironment=.
 */
#include "libejguard/service/unit/unit.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "libejguard/service/base/kind.h"
#include "libejguard/service/unit/environment.h"
#include "libejguard/service/unit/files.h"
#include "libejguard/util/cleanup.h"

static void set_problem(struct unit_parser *p, const char *problem, const struct ejg_origin *origin)
{
	if (p->s->unit.problem)
		return;
	p->s->unit.problem = problem;
	p->s->unit.problem_origin = *origin;
}

/* Appends to a list; an empty assignment clears it. */
static int add_value(struct unit_parser *p, struct unit_values *list, const char *value,
		     const struct ejg_origin *origin)
{
	struct unit_value *items;

	if (!*value) {
		list->n = 0;
		return 0;
	}
	items = arena_grow(p->s->arena, list->items, list->n, sizeof(*items));
	if (!items)
		return -ENOMEM;
	list->items = items;
	items[list->n++] = (struct unit_value){ .text = value, .origin = *origin };
	return 0;
}

static int take_setting(struct unit_parser *p, const char *key, const char *value, const struct ejg_origin *origin)
{
	static const struct {
		const char *key;
		size_t list;
	} lists[] = {
		{ "Environment", offsetof(struct unit_parser, environment) },
		{ "EnvironmentFile", offsetof(struct unit_parser, files) },
		{ "PassEnvironment", offsetof(struct unit_parser, passed) },
		{ "UnsetEnvironment", offsetof(struct unit_parser, unset) },
		{ "ExecStart", offsetof(struct unit_parser, commands) },
		{ "ListenStream", offsetof(struct unit_parser, listens) },
	};
	static const char *const elsewhere[] = { "RootDirectory", "RootImage", "PAMName" };

	if (strcmp(key, "ExecStart") == 0 && unit_own_command(value, &value) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(elsewhere) && *value; i++)
		if (strcmp(key, elsewhere[i]) == 0)
			set_problem(p, "the unit takes files or variables from elsewhere", origin);
	if (strcmp(key, "User") == 0) {
		p->s->unit.user = *value ? settings_user_name(p->s->arena, p->s->source, value) : NULL;
		if (*value && !p->s->unit.user)
			return -ENOMEM;
		p->s->unit.user_origin = *origin;
		return 0;
	}
	if (strcmp(key, "BindIPv6Only") == 0) {
		p->ipv6_only = strcmp(value, "ipv6-only") == 0;
		return 0;
	}
	if (strcmp(key, "UMask") == 0) {
		p->s->unit.umask = *value ? value : NULL;
		p->s->unit.umask_origin = *origin;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (strcmp(key, lists[i].key) == 0)
			return add_value(p, (struct unit_values *)((char *)p + lists[i].list), value, origin);
	return 0;
}

/* One logical line: "[Section]" or "Key=value". */
static int take_line(struct unit_parser *p, char *line, const struct ejg_origin *origin)
{
	char *value = strchr(line, '='), *end;
	size_t length;

	if (*line == '[') {
		length = strlen(p->section);
		p->in_section = strncmp(line + 1, p->section, length) == 0 && line[length + 1] == ']';
		return 0;
	}
	if (!p->in_section || !value)
		return 0;
	end = value;
	*value++ = '\0';
	while (end > line && strchr(" \t", end[-1]))
		*--end = '\0';
	value += strspn(value, " \t");
	for (end = value + strlen(value); end > value && strchr(" \t\r", end[-1]); end--)
		end[-1] = '\0';
	if (p->manager)
		return strcmp(line, "DefaultEnvironment") == 0 ? add_value(p, &p->environment, value, origin) : 0;
	return take_setting(p, line, value, origin);
}

/* True if a line ends in a backslash that is not escaped by another one. */
static bool is_continued(const char *line, size_t length)
{
	size_t backslashes = 0;

	while (backslashes < length && line[length - 1 - backslashes] == '\\')
		backslashes++;
	return backslashes % 2 == 1;
}

/* Joins continued lines, and skips comments, also between continued lines. */
static int take_text(struct unit_parser *p, const struct source_text *source)
{
	char *buffer = arena_strndup(p->s->arena, source->text, source->size), *rest = buffer, *line;
	struct ejg_origin origin = { EJG_ORIGIN_UNIT, source->path, 0 };
	char *joined = arena_alloc(p->s->arena, source->size + 2), *to = joined;
	uint32_t number = 0;
	int r = 0;

	if (!buffer || !joined)
		return -ENOMEM;
	p->in_section = false;
	while (r == 0 && (line = strsep(&rest, "\n"))) {
		size_t length;

		number++;
		line += strspn(line, " \t\r");
		if (*line == '#' || *line == ';' || (!*line && to == joined))
			continue;
		if (to == joined)
			origin.line = number;
		length = strlen(line);
		while (length > 0 && line[length - 1] == '\r')
			length--;
		to = mempcpy(to, line, length);
		if (is_continued(line, length) && rest) {
			to[-1] = ' ';
			continue;
		}
		*to = '\0';
		r = take_line(p, joined, &origin);
		/* parsed values point into this buffer: the next line is appended behind them */
		to = joined = to + 1;
	}
	return r;
}

static int read_file(struct unit_parser *p, const char *path)
{
	cleanup_source_text struct source_text source = { 0 };
	struct ejg_origin origin = { EJG_ORIGIN_UNIT, path, 0 };
	int r;

	r = settings_read(p->s->arena, p->s->source, path, &source);
	if (r < 0)
		return r;
	if (source.problem)
		set_problem(p, source.problem, &origin);
	if (!source.text)
		return 0;
	if (memchr(source.text, '\0', source.size)) {
		set_problem(p, "it contains a NUL byte", &origin);
		return 0;
	}
	return take_text(p, &source);
}

/* system.conf and its drop-ins: only DefaultEnvironment= is read. */
static int read_manager(struct unit_parser *p)
{
	static const char *const folders[] = { "/usr/lib/systemd", "/usr/local/lib/systemd", "/run/systemd",
					       "/etc/systemd" };
	struct source_names names = { 0 };
	int r;

	p->manager = true;
	p->section = "Manager";
	r = read_file(p, "/etc/systemd/system.conf");
	for (size_t i = 0; i < ARRAY_SIZE(folders) && r == 0; i++) {
		const char *folder = arena_printf(p->s->arena, "%s/system.conf.d", folders[i]);

		r = folder ? settings_list(p->s->arena, p->s->source, folder, "", ".conf", &names) : -ENOMEM;
		if (r == 0 && names.problem)
			set_problem(p, names.problem, &(struct ejg_origin){ EJG_ORIGIN_UNIT, folder, 0 });
		for (size_t j = 0; r == 0 && j < names.n; j++) {
			const char *path = arena_printf(p->s->arena, "%s/%s", folder, names.items[j]);

			r = path ? read_file(p, path) : -ENOMEM;
		}
	}
	p->manager = false;
	return r;
}

int unit_parse(struct unit_parser *p, const char *name, const char *section)
{
	struct unit_file_list files;
	int r;

	*p = (struct unit_parser){ .s = p->s, .section = section };
	p->s->unit = (struct unit_facts){ 0 };
	r = unit_files(p->s->arena, p->s->source, name, &files);
	for (size_t i = 0; i < files.n && r == 0; i++)
		r = read_file(p, files.items[i].path);
	if (r < 0 || files.n == 0)
		return r;
	p->s->unit.path = files.items[0].path;
	if (files.problem)
		set_problem(p, files.problem, &(struct ejg_origin){ EJG_ORIGIN_UNIT, files.items[0].path, 0 });
	return 0;
}

int unit_read_environment(struct unit_parser *p)
{
	struct unit_parser manager = { .s = p->s };
	int r = read_manager(&manager);

	return r < 0 ? r : unit_environment(p, &manager.environment);
}

/* True if the unit starts the service of the settings. */
static bool starts_service(const struct settings *s)
{
	const struct service_kind *found = s->unit.line ? kind_by_command(s->unit.line) : NULL;

	return found && (!s->kind || found == s->kind);
}

/* Reads the unit of that name. Return: 1 when it starts the service, 0 when not, or when it does not exist, -ENOMEM. */
static int read_unit(struct unit_parser *p, const char *name)
{
	int r = unit_parse(p, name, "Service");

	if (r < 0 || !p->s->unit.path)
		return r;
	if (p->commands.n > 0) {
		p->s->unit.line = p->commands.items[p->commands.n - 1].text;
		p->s->unit.command_origin = p->commands.items[p->commands.n - 1].origin;
	}
	return starts_service(p->s) ? 1 : 0;
}

/* The unit that starts the service; otherwise the first existing one. */
static int choose_unit(struct unit_parser *p)
{
	const char *first = NULL;
	int r;

	for (const char *const *name = p->s->units; *name; name++) {
		r = read_unit(p, *name);
		if (r != 0)
			return r < 0 ? r : 0;
		if (!first && p->s->unit.path)
			first = *name;
	}
	r = first ? read_unit(p, first) : 0;
	return r < 0 ? r : 0;
}

int unit_find(struct settings *s)
{
	struct unit_parser p = { .s = s };

	return choose_unit(&p);
}

int unit_read(struct settings *s)
{
	struct unit_parser p = { .s = s };
	int r = choose_unit(&p);

	return r < 0 || !s->unit.path ? r : unit_read_environment(&p);
}
