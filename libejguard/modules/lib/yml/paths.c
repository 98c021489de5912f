/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/lib/yml/paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <ejguard/facts.h>

#include "libejguard/modules/lib/yml/command.h"
#include "libejguard/modules/lib/yml/load.h"
#include "libejguard/modules/lib/yml/yml.h"
#include "libejguard/util/cleanup.h"

/* Options of a host or of all hosts whose value is a path. */
static const struct {
	const char *name;
	enum yml_path_kind kind;
} top_options[] = {
	{ "certfiles", YML_PATH_CERTIFICATE },
	{ "domain_certfile", YML_PATH_CERTIFICATE },
	{ "c2s_certfile", YML_PATH_CERTIFICATE },
	{ "s2s_certfile", YML_PATH_CERTIFICATE },
	{ "ldap_tls_certfile", YML_PATH_CERTIFICATE },
	{ "sql_ssl_certfile", YML_PATH_CERTIFICATE },
	{ "ldap_tls_cacertfile", YML_PATH_CA },
	{ "sql_ssl_cafile", YML_PATH_CA },
	{ "ca_file", YML_PATH_CA },
	{ "c2s_cafile", YML_PATH_CA },
	{ "s2s_cafile", YML_PATH_CA },
	{ "c2s_dhfile", YML_PATH_DHFILE },
	{ "s2s_dhfile", YML_PATH_DHFILE },
	{ "jwt_key", YML_PATH_KEY },
	{ "queue_dir", YML_PATH_DATA },
	{ "captcha_cmd", YML_PATH_PROGRAM },
	{ "extauth_program", YML_PATH_PROGRAM },
};

/* Options of listeners. */
static const struct {
	const char *name;
	enum yml_path_kind kind;
} listen_options[] = {
	{ "certfile", YML_PATH_CERTIFICATE },
	{ "cafile", YML_PATH_CA },
	{ "dhfile", YML_PATH_DHFILE },
};

/* Options of modules; most configurations do not set the path, then the default counts. */
static const struct {
	const char *module;
	const char *name;
	enum yml_path_kind kind;
	const char *fallback;
} module_options[] = {
	{ "mod_http_fileserver", "docroot", YML_PATH_DOCROOT, NULL },
	{ "mod_http_fileserver", "accesslog", YML_PATH_LOG, NULL },
	{ "mod_http_upload", "docroot", YML_PATH_UPLOAD, "@HOME@/upload" },
	{ "mod_http_upload_quota", "docroot", YML_PATH_UPLOAD, NULL },
	{ "mod_muc_log", "outdir", YML_PATH_DOCROOT, "www/muc" },
	{ "mod_muc_log", "cssfile", YML_PATH_DATA, NULL },
	{ "mod_conversejs", "conversejs_resources", YML_PATH_DOCROOT, NULL },
	{ "mod_invites", "templates_dir", YML_PATH_DATA, NULL },
	{ "mod_antispam", "spam_dump_file", YML_PATH_LOG, NULL },
	{ "mod_antispam", "spam_domains_file", YML_PATH_DATA, NULL },
	{ "mod_antispam", "spam_jids_file", YML_PATH_DATA, NULL },
	{ "mod_antispam", "spam_urls_file", YML_PATH_DATA, NULL },
	{ "mod_antispam", "whitelist_domains_file", YML_PATH_DATA, NULL },
	{ "mod_shared_roster_ldap", "ldap_tls_certfile", YML_PATH_CERTIFICATE, NULL },
	{ "mod_shared_roster_ldap", "ldap_tls_cacertfile", YML_PATH_CA, NULL },
	{ "mod_vcard", "ldap_tls_certfile", YML_PATH_CERTIFICATE, NULL },
	{ "mod_vcard", "ldap_tls_cacertfile", YML_PATH_CA, NULL },
};

struct collector {
	struct arena *arena;
	const struct yml *yml;
	struct yml_path *items;
	size_t n;
	struct yml_problem *problems;
	size_t n_problems;
};

enum { MAX_PATHS = 20000 };

static void add(struct collector *collector, const struct yml_path *path)
{
	struct yml_path *items;

	if (collector->n == MAX_PATHS)
		return;
	for (size_t i = 0; i < collector->n && i < 200; i++)
		if (collector->items[i].line && collector->items[i].line == path->line &&
		    collector->items[i].column == path->column && strcmp(collector->items[i].path, path->path) == 0)
			return;
	items = arena_grow(collector->arena, collector->items, collector->n, sizeof(*items));
	if (!items)
		return;
	collector->items = items;
	items[collector->n++] = *path;
}

static void add_problem(struct collector *collector, const struct yml_problem *problem)
{
	struct yml_problem *problems;

	if (collector->n_problems == YML_MAX_PROBLEMS * 2)
		return;
	problems = arena_grow(collector->arena, collector->problems, collector->n_problems, sizeof(*problems));
	if (!problems)
		return;
	collector->problems = problems;
	problems[collector->n_problems++] = *problem;
}

static void problem(struct collector *collector, const struct yml_node *node, const char *text)
{
	add_problem(collector, &(struct yml_problem){ .kind = YML_INDETERMINATE,
						      .text = text,
						      .file = node->file,
						      .line = node->line,
						      .column = node->column });
}

/* True for a name in capitals that no environment can define: ejabberd takes it for a relative path. */
static bool is_literal(const struct yml *yml, const char *text)
{
	return yml->setup->version && yml->setup->version < YML_VERSION_MACRO_ENVIRONMENT && !strchr(text, '@');
}

/* One path, with its keywords replaced and made absolute. */
static void add_text(struct collector *collector, const struct yml_path *path, const struct yml_node *node,
		     const char *text)
{
	bool no_memory = false;
	const char *value = yml_expand(collector->arena, collector->yml, path->host, text, &no_memory);
	struct yml_path full = *path;

	if (no_memory)
		return;
	if (!value || (yml_is_placeholder(node) && !is_literal(collector->yml, text))) {
		bool keywords = value && strcmp(value, text) != 0;

		if (!value || !keywords) {
			problem(collector, node,
				"names a file with a macro or keyword that the configuration does not define");
			return;
		}
	}
	full.path = yml_path_absolute(collector->arena, collector->yml, value);
	if (!full.path) {
		problem(collector, node,
			"names a file with a relative path, but the working directory of the node is not known");
		return;
	}
	full.pattern = path->kind == YML_PATH_CERTIFICATE && strpbrk(full.path, "*?[{");
	add(collector, &full);
}

/* A path, a list of paths, or a map of hosts to paths. */
static void add_value(struct collector *collector, const struct yml_path *path, const struct yml_node *node)
{
	struct yml_path here = *path;

	here.file = node->file;
	here.line = node->line;
	here.column = node->column;
	if (node->kind == YML_UNKNOWN) {
		problem(collector, node, node->text);
	} else if (node->kind == YML_LIST) {
		for (size_t i = 0; i < node->n; i++)
			if (node->items[i]->kind != YML_LIST && node->items[i]->kind != YML_MAP)
				add_value(collector, path, node->items[i]);
	} else if (node->kind == YML_MAP) {
		for (size_t i = 0; i < node->n; i++)
			if (yml_text(node->pairs[i].value)) {
				here.host = yml_text(node->pairs[i].key);
				here.of_map = true;
				add_value(collector, &here, node->pairs[i].value);
			}
	} else if (yml_text(node) && *node->text) {
		add_text(collector, &here, node, node->text);
	}
}

/*
 * Adds the program of a command line, and its arguments that are absolute paths: with python3, env or sudo the script
 * is an argument. captcha_cmd may also be an Erlang module, which has no slash, or a URL.
 */
static void add_program(struct collector *collector, struct yml_path *path, const struct yml_node *node)
{
	struct yml_word words[YML_MAX_WORDS];
	const char *text = yml_text(node);
	size_t n;

	if (node->kind == YML_UNKNOWN)
		problem(collector, node, node->text);
	if (!text || strncmp(text, "http", 4) == 0)
		return;
	path->file = node->file;
	path->line = node->line;
	path->column = node->column;
	n = yml_command(collector->arena, text, words);
	for (size_t i = 0; i < n; i++) {
		path->argument = words[i].kind == YML_WORD_ARGUMENT;
		path->script = words[i].kind == YML_WORD_SCRIPT;
		if (words[i].note)
			problem(collector, node, words[i].note);
		else if (strchr(words[i].path, '@') && strncmp(words[i].path, "@HOME@/", 7) != 0)
			problem(collector, node, "names a program with a keyword for the version");
		else
			add_text(collector, path, node, words[i].path);
	}
}

static void collect_options(struct collector *collector, const struct yml_host *host)
{
	for (size_t i = 0; i < ARRAY_SIZE(top_options); i++) {
		struct yml_option option = yml_option(collector->yml, host, top_options[i].name);
		struct yml_path path = { .kind = top_options[i].kind, .option = top_options[i].name };

		if (!option.value || option.own != (host != NULL))
			continue;
		path.host = host ? host->name : NULL;
		if (path.kind == YML_PATH_PROGRAM)
			add_program(collector, &path, option.value);
		else
			add_value(collector, &path, option.value);
	}
}

/* With sqlite, sql_database is a file (ejabberd_sql, sqlite_file()). */
static void collect_database(struct collector *collector, const struct yml_host *host)
{
	struct yml_option type = yml_option(collector->yml, host, "sql_type");
	struct yml_option database = yml_option(collector->yml, host, "sql_database");
	struct yml_path path = { .kind = YML_PATH_DATABASE, .option = "sql_database", .host = host->name };

	if (yml_is(type.value, "sqlite") && database.value)
		add_value(collector, &path, database.value);
}

static mode_t read_octal(const struct yml_node *node)
{
	int64_t number;
	const char *text = yml_text(node);

	/* econf:octal() accepts strings only: "0600". */
	number = text ? strtol(text, NULL, 8) : 0;
	return number & 07777;
}

static void collect_listener(struct collector *collector, const struct yml_node *listener)
{
	const struct yml_node *port = yml_value(listener, "port");
	const char *text = yml_text(port), *module = yml_text(yml_value(listener, "module"));

	for (size_t i = 0; i < ARRAY_SIZE(listen_options); i++) {
		const struct yml_node *node = yml_value(listener, listen_options[i].name);
		struct yml_path path = { .kind = listen_options[i].kind };

		path.option =
			arena_printf(collector->arena, "listen/%s/%s", module ? module : "?", listen_options[i].name);
		if (node && path.option)
			add_value(collector, &path, node);
	}
	if (text && strncmp(text, "unix:", 5) == 0 && text[5]) {
		struct yml_path path = { .kind = YML_PATH_SOCKET,
					 .option = "listen/port",
					 .mode = read_octal(yml_value(yml_value(listener, "unix_socket"), "mode")),
					 .file = port->file,
					 .line = port->line,
					 .column = port->column };

		add_text(collector, &path, port, text + 5);
	}
}

static void collect_module(struct collector *collector, const struct yml_host *host, const char *module,
			   const struct yml_pair *pair)
{
	for (size_t i = 0; i < ARRAY_SIZE(module_options); i++) {
		const struct yml_node *node;
		struct yml_path path = { .kind = module_options[i].kind, .host = host->name };

		if (strcmp(module_options[i].module, module) != 0)
			continue;
		node = yml_value(pair->value, module_options[i].name);
		path.option = arena_printf(collector->arena, "modules/%s/%s", module, module_options[i].name);
		if (!path.option || (!node && !module_options[i].fallback))
			continue;
		if (path.kind == YML_PATH_UPLOAD)
			path.mode = read_octal(yml_value(pair->value, "file_mode"));
		if (node)
			add_value(collector, &path, node);
		else
			add_text(collector, &path, pair->key, module_options[i].fallback);
	}
}

static void collect_modules(struct collector *collector, const struct yml_host *host)
{
	const struct yml_node *modules = yml_option(collector->yml, host, "modules").value;

	for (size_t i = 0; modules && modules->kind == YML_MAP && i < modules->n; i++) {
		const char *module = yml_text(modules->pairs[i].key);

		if (module)
			collect_module(collector, host, module, &modules->pairs[i]);
	}
}

int yml_paths_collect(struct arena *arena, const struct yml *yml, struct yml_paths *ret)
{
	struct collector collector = { .arena = arena, .yml = yml };
	const struct yml_node *listen = yml->options ? yml_option(yml, NULL, "listen").value : NULL;

	for (size_t i = 0; i < yml->n_files; i++)
		add(&collector, &(struct yml_path){ .kind = YML_PATH_CONFIG,
						    .path = yml->files[i],
						    .option = i ? "include_config_file" : "",
						    .file = yml->files[0] });
	for (size_t i = 0; i < yml->n_problems; i++)
		add_problem(&collector, &yml->problems[i]);
	if (yml->options)
		collect_options(&collector, NULL);
	for (size_t i = 0; listen && listen->kind == YML_LIST && i < listen->n; i++)
		collect_listener(&collector, listen->items[i]);
	for (size_t i = 0; i < yml->n_hosts && collector.n < MAX_PATHS; i++) {
		collect_options(&collector, &yml->hosts[i]);
		collect_database(&collector, &yml->hosts[i]);
		collect_modules(&collector, &yml->hosts[i]);
	}
	if (arena_failed(arena))
		return -ENOMEM;
	*ret = (struct yml_paths){ collector.items, collector.n, collector.problems, collector.n_problems };
	return 0;
}

bool yml_pattern_is_simple(const char *pattern)
{
	unsigned int open = 0, alternatives = 0;

	for (const char *part = pattern; *part; part += strcspn(part, "/")) {
		part += strspn(part, "/");
		open += strcspn(part, "*?[") < strcspn(part, "/");
	}
	for (; *pattern; pattern++)
		alternatives += *pattern == '{' || *pattern == ',';
	return open <= 2 && alternatives <= 8;
}
