/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/settings-read.h"

#include <errno.h>
#include <string.h>

#include "libejguard/service/base/kind.h"
#include "libejguard/service/kind/find.h"
#include "libejguard/service/kind/read.h"
#include "libejguard/service/layout.h"
#include "libejguard/service/script/doubt.h"
#include "libejguard/service/script/flags.h"
#include "libejguard/service/script/script.h"
#include "libejguard/service/settings.h"
#include "libejguard/service/unit/unit.h"
#include "libejguard/util/cleanup.h"

enum {
	MAX_WRAPPERS = 4, /* scripts that execute the next one */
};

const struct occurrence *settings_config_dir(const struct settings *s)
{
	return variable_filled(&s->variables, s->uses_etc_dir ? "ETC_DIR" : "CONFIG_DIR");
}

/* The folders of an installation whose script cannot be read. */
static bool known_folders(struct settings *s, const char **ret_logs, const char **ret_spool)
{
	const char *dir = s->config_dir;
	const size_t length = strlen(dir);

	*ret_logs = "/var/log/ejabberd";
	*ret_spool = "/var/lib/ejabberd";
	if (strcmp(dir, "/etc/ejabberd") == 0)
		return true;
	*ret_logs = "/usr/local/var/log/ejabberd";
	*ret_spool = "/usr/local/var/lib/ejabberd";
	if (strcmp(dir, "/usr/local/etc/ejabberd") == 0)
		return true;
	if (length < 6 || strcmp(dir + length - 5, "/conf") != 0)
		return false;
	*ret_logs = arena_printf(s->arena, "%.*s/logs", (int)length - 5, dir);
	*ret_spool = arena_printf(s->arena, "%.*s/database", (int)length - 5, dir);
	return *ret_logs && *ret_spool;
}

/* The defaults that all releases of ejabberdctl share, for a service whose script cannot be read. */
static int read_defaults(struct settings *s)
{
	static const char common[] = "FIREWALL_WINDOW=\nINET_DIST_INTERFACE=\nERLANG_NODE=ejabberd@localhost\n"
				     ": ${EJABBERD_CONFIG_PATH:=$CONFIG_DIR/ejabberd.yml}\n"
				     ": ${EJABBERDCTL_CONFIG_PATH:=$CONFIG_DIR/ejabberdctl.cfg}\n"
				     ": ${VMARGS:=$CONFIG_DIR/vm.args}\n"
				     ". $EJABBERDCTL_CONFIG_PATH\n";
	static const char derived[] = ": ${EJABBERD_LOG_PATH:=$LOGS_DIR/ejabberd.log}\n"
				      "ERL_CRASH_DUMP=$LOGS_DIR/erl_crash_$(date +%s).dump\n"
				      "ERL_INETRC=$CONFIG_DIR/inetrc\n";
	const struct ejg_origin origin = { .kind = EJG_ORIGIN_DEFAULT };
	struct variables *v = &s->variables;
	const char *logs, *spool, *next;
	const bool known = known_folders(s, &logs, &spool);
	int r;

	s->uses_dist_port = true;
	if (!variable_filled(v, "CONFIG_DIR"))
		variable_set(v, "CONFIG_DIR", s->config_dir, NULL, &origin);
	if (known && !variable_filled(v, "LOGS_DIR"))
		variable_set(v, "LOGS_DIR", logs, NULL, &origin);
	if (known)
		variable_set(v, "INSTALLUSER", "ejabberd", NULL, &origin);
	r = script_read(s, "/", common, sizeof(common) - 1, EJG_ORIGIN_DEFAULT, &next);
	if (r == 0 && known && !variable_filled(v, "SPOOL_DIR"))
		variable_set(v, "SPOOL_DIR", spool, NULL, &origin);
	if (r == 0 && variable_filled(v, "LOGS_DIR"))
		r = script_read(s, "/", derived, sizeof(derived) - 1, EJG_ORIGIN_DEFAULT, &next);
	return r;
}

static void drop_unexported(struct variables *v)
{
	for (size_t i = 0; i < v->n; i++)
		if (!v->items[i].exported)
			v->items[i].now = NULL;
}

/* Reads the script, and those that it executes. Return: 1 when it was read to the end, 0 when not, -ENOMEM. */
static int read_scripts(struct settings *s)
{
	const char *path = s->script, *next = NULL;
	int r = 0;

	for (unsigned int i = 0; path && i < MAX_WRAPPERS; i++) {
		cleanup_source_text struct source_text source = { 0 };

		s->real_script = path;
		r = settings_read(s->arena, s->source, path, &source);
		if (r < 0)
			return r;
		s->script_problem = source.missing ? "it is not a regular file" : source.problem;
		if (source.text && memchr(source.text, '\0', source.size))
			s->script_problem = "it contains a NUL byte";
		if (!source.text || s->script_problem)
			return 0;
		r = script_read(s, path, source.text, source.size, EJG_ORIGIN_SCRIPT, &next);
		if (r < 0 || !next)
			return r < 0 ? r : 1;
		s->wrapped = true;
		drop_unexported(&s->variables);
		path = next;
	}
	if (path)
		s->script_problem = "it executes another script, which executes another one, and so on";
	return 0;
}

static int read_start(struct settings *s)
{
	const struct ejg_origin script = { .kind = EJG_ORIGIN_SCRIPT, .file = s->script };
	int r;

	r = read_scripts(s);
	if (r < 0)
		return r;
	if (r == 0 && s->config_dir && !s->sourced)
		return read_defaults(s);
	if (r == 0 || s->sourced)
		return 0;
	s->script_problem = "it reads ejabberdctl.cfg in an unknown way";
	doubt_all(s, &script, s->script_problem);
	return 0;
}

/* Determines the kind from the facts, else from existing files; ejabberdctl.cfg alone means ejabberd. */
static int find_kind(struct settings *s)
{
	if (s->kind)
		return 0;
	if (!s->plain)
		return kind_find(s->arena, s->source, s->service, s->units, s->config_dir, &s->kind);
	s->kind = kind_by_name("ejabberd");
	return 0;
}

struct settings *settings_new(struct arena *arena, const struct settings_source *source, const char *service,
			      const char *const *units)
{
	struct settings *s = arena_alloc(arena, sizeof(*s));

	if (s)
		*s = (struct settings){ .arena = arena, .source = source, .service = service, .units = units };
	return s;
}

/* Keeps only the members that select what is read. */
static void forget(struct settings *s)
{
	*s = (struct settings){ .arena = s->arena,
				.source = s->source,
				.service = s->service,
				.units = s->units,
				.epmd_units = s->epmd_units,
				.kind = s->kind,
				.plain = s->plain,
				.config_dir = s->config_dir,
				.config_from = s->config_from };
}

void settings_set_folder(struct settings *s, const char *config_dir, const struct ejg_origin *from)
{
	s->config_dir = config_dir;
	s->config_from = *from;
	if (s->read && config_dir && (!s->sourced || s->unit.problem))
		forget(s);
}

static int read_parts(struct settings *s)
{
	int r;

	s->variables.arena = s->arena;
	r = find_kind(s);
	if (r == 0 && !s->plain)
		r = unit_read(s);
	if (r == 0 && !s->kind->has_script)
		return kind_read(s);
	if (r == 0 && !s->plain)
		r = layout_find(s);
	if (r < 0)
		return r;
	if (s->unit.problem)
		doubt_all(s, &s->unit.problem_origin, s->unit.problem);
	/* without a folder in the unit, use the folder of the facts: all other parts look there too */
	if (s->config_dir && (s->config_from.kind == EJG_ORIGIN_STACK || s->unit.problem)) {
		variable_set(&s->variables, "CONFIG_DIR", s->config_dir, NULL, &s->config_from);
		variable_set(&s->variables, "ETC_DIR", s->config_dir, NULL, &s->config_from);
	}
	r = read_start(s);
	if (r == 0)
		r = flags_read(s);
	return r == 0 && arena_failed(s->arena) ? -ENOMEM : r;
}

int settings_read_all(struct settings *s)
{
	int r;

	if (s->read)
		return 0;
	r = read_parts(s);
	if (r < 0)
		forget(s);
	else
		s->read = true;
	return r;
}
