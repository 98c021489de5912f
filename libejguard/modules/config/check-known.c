/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reasons for which ejabberd refuses to start: options, modules and listeners that this release does not have, values
 * of the wrong type, and missing required options. If the release is known exactly, that is reported as refused;
 * otherwise anything that no possible release accepts is reported as doubtful.
 */
#include <string.h>

#include "libejguard/modules/config/config.h"
#include "libejguard/modules/config/contributed.h"
#include "libejguard/modules/config/known.h"

struct known_check {
	struct config_check *check;
	unsigned int releases;
	bool exact;
	bool macros;	   /* the environment may define macros */
	const char *names; /* of the releases */
	struct contributed contributed;
};

static void tell(struct known_check *inspection, const char *subject, const struct yml_node *place, const char *text)
{
	inspection->check->no_memory |= !text;
	if (text)
		config_finding(inspection->check, inspection->exact ? "refused" : "doubtful", subject, place, NULL,
			       "%s%s", text, inspection->exact ? ": ejabberd refuses it and does not start" : "");
}

/* "ejabberd 23.01", "ejabberd 23.01, 24.12 and 26.07" */
static const char *whose(struct known_check *inspection)
{
	return arena_printf(inspection->check->arena, "ejabberd %s", inspection->names);
}

/* The releases that have the option, for the end of a sentence: " (ejabberd 24.12 and 26.07 do)"; else a suggestion. */
static const char *hint(struct known_check *inspection, const char *scope, const char *option, const char *meant)
{
	struct arena *arena = inspection->check->arena;
	unsigned int others = 0;
	size_t n = 0;
	const struct known *rows = known_find(scope, option, &n);

	for (size_t i = 0; i < n; i++)
		others |= rows[i].releases;
	if (others)
		return arena_printf(arena, " (known to ejabberd %s)", known_names(arena, others));
	return meant ? arena_printf(arena, " (did you mean %s?)", meant) : "";
}

static void judge_value(struct known_check *inspection, const char *scope, const struct yml_pair *pair)
{
	struct arena *arena = inspection->check->arena;
	const struct known_world world = { inspection->macros, inspection->releases, &inspection->contributed };
	struct known_fault fault, first = {};
	size_t n;
	const struct known *rows = known_find(scope, pair->key->text, &n);

	for (size_t i = 0; i < n; i++) {
		if (!(rows[i].releases & inspection->releases))
			continue;
		if (known_fits(arena, rows[i].type, pair->value, &world, &fault))
			return;
		first = first.place ? first : fault;
	}
	if (first.place && !contributed_serves(&inspection->contributed, scope, pair->key->text, yml_text(first.place)))
		tell(inspection, pair->key->text, first.place->line ? first.place : pair->key,
		     arena_printf(arena, "%s %s%s", pair->key->text, first.text ? first.text : "",
				  yml_is_placeholder(first.place) ? ", and nothing defines that macro" : ""));
}

/* A service of a module that has the name of a virtual host: econf:host(). */
static void judge_route(struct known_check *inspection, const struct yml_node *value)
{
	const struct yml *yml = &inspection->check->yml;

	for (size_t i = 0; value->kind == YML_LIST && i < value->n; i++)
		judge_route(inspection, value->items[i]);
	if (!yml_text(value) || !yml->n_hosts)
		return;
	for (size_t i = 0; i < yml->n_hosts; i++)
		if (yml_is(value, "@HOST@") || yml_is(value, yml->hosts[i].name)) {
			tell(inspection, value->text, value,
			     arena_printf(inspection->check->arena,
					  "%s is a name of hosts:, so a module cannot have it for its service",
					  value->text));
			return;
		}
}

static bool is_route(const char *scope, const char *option)
{
	return strncmp(scope, "module ", 7) == 0 &&
	       (strcmp(option, "host") == 0 || strcmp(option, "hosts") == 0 ||
		(strcmp(option, "hostname") == 0 && strcmp(scope, "module mod_proxy65") == 0));
}

/* Checks an option of a module, of a listener or at the top level; `what` names its owner. */
static void judge_option(struct known_check *inspection, const char *scope, const char *what,
			 const struct yml_pair *pair)
{
	const char *name = yml_text(pair->key);
	struct arena *arena = inspection->check->arena;

	if (!name)
		return; /* reported when the file was read */
	if (known_is(scope, name, inspection->releases)) {
		judge_value(inspection, scope, pair);
		if (is_route(scope, name))
			judge_route(inspection, pair->value);
		return;
	}
	tell(inspection, name, pair->key,
	     arena_printf(arena, "%s is no option of %s%s", name, what,
			  hint(inspection, scope, name, known_suggest(arena, scope, name, inspection->releases))));
}

/* Checks a map in which ejabberd refuses to have a name twice. */
static void judge_twice(struct known_check *inspection, const struct yml_node *map, size_t i)
{
	const char *name = yml_text(map->pairs[i].key);

	for (size_t j = 0; name && j < i; j++)
		if (yml_is(map->pairs[j].key, name)) {
			tell(inspection, name, map->pairs[i].key,
			     arena_printf(inspection->check->arena, "%s is given a second time (first in line %u)",
					  name, map->pairs[j].key->line));
			return;
		}
}

static void judge_required(struct known_check *inspection, const char *scope, const char *what,
			   const struct yml_node *map, const struct yml_node *place)
{
	const struct known *row;

	for (size_t i = 0; (row = known_nth(scope, i)); i++)
		if (row->flag == REQUIRED && (row->releases & inspection->releases) == inspection->releases &&
		    !yml_find(map, row->option))
			tell(inspection, what, place,
			     arena_printf(inspection->check->arena, "%s lacks %s", what, row->option));
}

static void judge_map(struct known_check *inspection, const char *scope, const char *what, const struct yml_node *map,
		      const struct yml_node *place)
{
	enum { MAX_OPTIONS = 300 };

	if (map->kind == YML_UNKNOWN || (inspection->macros && yml_is_placeholder(map)))
		return;
	if (!yml_is_map(map)) {
		tell(inspection, what, place,
		     arena_printf(inspection->check->arena, "%s needs a map of options", what));
		return;
	}
	for (size_t i = 0; i < map->n && i < MAX_OPTIONS; i++) {
		judge_option(inspection, scope, what, &map->pairs[i]);
		judge_twice(inspection, map, i);
	}
	judge_required(inspection, scope, what, map, place);
}

/* `kind` is "module", "listener" or "handler", which has no options. */
static void judge_module(struct known_check *inspection, const char *kind, const char *module,
			 const struct yml_node *map, const struct yml_node *place)
{
	struct arena *arena = inspection->check->arena;
	const char *prefix = arena_printf(arena, "%s ", kind), *scope = arena_printf(arena, "%s %s", kind, module);
	const struct known *row;

	inspection->check->no_memory |= !prefix || !scope;
	if (!prefix || !scope)
		return;
	row = known_in(scope, "", inspection->releases);
	if (row) {
		if (row->flag != OLD && map)
			judge_map(inspection, scope, module, map, place);
		return;
	}
	/* ejabberd replaces an old handler by its current name, as it does with the module. */
	row = map ? NULL : known_in(arena_printf(arena, "module %s", module) ?: "", "", inspection->releases);
	if (row && row->flag == OLD)
		return;
	/* A contributed module that is no handler: its code exists, but does not make it one. */
	if (!row && contributed_has(&inspection->contributed, module))
		return;
	tell(inspection, module, place,
	     arena_printf(
		     arena, "%s is no %s of %s%s", module, kind, whose(inspection),
		     hint(inspection, scope, "", known_suggest_scope(arena, prefix, module, inspection->releases))));
}

static void judge_modules(struct known_check *inspection, const struct yml_node *modules)
{
	enum { MAX_MODULES = 1000 };

	for (size_t i = 0; modules && modules->kind == YML_MAP && i < modules->n && i < MAX_MODULES; i++) {
		const struct yml_pair *pair = &modules->pairs[i];
		const char *name = yml_text(pair->key);

		judge_twice(inspection, modules, i);
		if (name && !yml_is_placeholder(pair->key))
			judge_module(inspection, "module", name, pair->value, pair->key);
	}
}

/* Checks the request handlers of an ejabberd_http listener. */
static void judge_handlers(struct known_check *inspection, const struct yml_node *listener)
{
	const struct yml_node *handlers = yml_value(listener, "request_handlers");

	for (size_t i = 0; handlers && handlers->kind == YML_MAP && i < handlers->n; i++) {
		const struct yml_node *value = handlers->pairs[i].value;

		if (yml_text(value) && !yml_is_placeholder(value))
			judge_module(inspection, "handler", value->text, NULL, value);
	}
}

static void judge_listeners(struct known_check *inspection)
{
	struct yml_option listen = yml_option(&inspection->check->yml, NULL, "listen");

	for (size_t i = 0; listen.value && listen.value->kind == YML_LIST && i < listen.value->n; i++) {
		const struct yml_node *map = listen.value->items[i], *module = yml_value(map, "module");

		/* An entry that is no map, or has no module, is reported by the type of listen. */
		if (map->kind == YML_MAP && yml_text(module) && !yml_is_placeholder(module))
			judge_module(inspection, "listener", module->text, map, map);
		judge_handlers(inspection, map);
	}
}

static void judge_options(struct known_check *inspection, const struct yml_node *options, const char *section)
{
	enum { MAX_OPTIONS = 1000 };

	for (size_t i = 0; options && options->kind == YML_MAP && i < options->n && i < MAX_OPTIONS; i++) {
		const struct yml_pair *pair = &options->pairs[i];
		const char *name = yml_text(pair->key);
		const struct known *row = name ? known_in("-", name, inspection->releases) : NULL;

		if (section && row && row->flag == GLOBAL)
			tell(inspection, name, pair->key,
			     arena_printf(inspection->check->arena,
					  "%s is an option for all hosts, but it is set in %s", name, section));
		else
			judge_option(inspection, "-", whose(inspection), pair);
		if (yml_is(pair->key, "modules"))
			judge_modules(inspection, pair->value);
	}
}

static void judge_sections(struct known_check *inspection, const char *section)
{
	enum { MAX_HOSTS = 1000 };
	const struct yml_node *hosts = yml_option(&inspection->check->yml, NULL, section).value;

	for (size_t i = 0; hosts && hosts->kind == YML_MAP && i < hosts->n && i < MAX_HOSTS; i++)
		judge_options(inspection, hosts->pairs[i].value, section);
}

/* A module without which one does not start, by the rows of a scope. */
static void judge_needed(struct known_check *inspection, const struct yml_node *modules, const struct yml_pair *module,
			 const char *scope, const char *why)
{
	const struct known *row;

	for (size_t i = 0; scope && (row = known_nth(scope, i)); i++)
		if ((row->releases & inspection->releases) == inspection->releases && !yml_find(modules, row->option))
			tell(inspection, module->key->text, module->key,
			     arena_printf(inspection->check->arena,
					  "%s%s needs the module %s, which is not listed in modules", module->key->text,
					  why, row->option));
}

/* Checks what one word of an option requires in addition: plugins: [pep] of mod_pubsub. */
static void judge_word(struct known_check *inspection, const struct yml_node *modules, const struct yml_pair *module,
		       const struct yml_pair *option, const struct yml_node *word)
{
	struct arena *arena = inspection->check->arena;
	const char *name = yml_text(option->key), *text = yml_text(word);

	if (name && text)
		judge_needed(inspection, modules, module,
			     arena_printf(arena, "needs %s %s=%s", module->key->text, name, text),
			     arena_printf(arena, " with %s: %s", name, text) ?: "");
}

static void judge_words(struct known_check *inspection, const struct yml_node *modules, const struct yml_pair *module)
{
	enum { MAX_WORDS = 50 };

	for (size_t i = 0; module->value->kind == YML_MAP && i < module->value->n && i < MAX_WORDS; i++) {
		const struct yml_pair *option = &module->value->pairs[i];

		judge_word(inspection, modules, module, option, option->value);
		for (size_t j = 0; option->value->kind == YML_LIST && j < option->value->n && j < MAX_WORDS; j++)
			judge_word(inspection, modules, module, option, option->value->items[j]);
	}
}

/* Checks that the modules are present without which a module of the host does not start. */
static void judge_depends(struct known_check *inspection, const struct yml_host *host)
{
	struct arena *arena = inspection->check->arena;
	const struct yml_node *modules = yml_option(&inspection->check->yml, host, "modules").value;

	for (size_t i = 0; modules && modules->kind == YML_MAP && i < modules->n; i++) {
		const struct yml_pair *module = &modules->pairs[i];
		const char *name = yml_text(module->key);

		if (!name)
			continue;
		judge_needed(inspection, modules, module, arena_printf(arena, "depends %s", name), "");
		judge_words(inspection, modules, module);
	}
}

static bool is_ipv6(const struct config_listener *listener)
{
	const char *text = yml_text(yml_value(listener->node, "ip"));

	return text && strchr(text, ':');
}

/* True for the wildcard address of its family. */
static bool is_any(const struct config_listener *listener)
{
	static const uint8_t none[16];
	size_t first = is_ipv6(listener) ? 0 : 12;

	return memcmp(listener->address.bytes + first, none, 16 - first) == 0;
}

/* True for two listeners with the same transport, port and address: ejabberd_listener.erl,
 * check_overlapping_listeners().
 */
static bool overlap(const struct config_listener *a, const struct config_listener *b)
{
	if (a->unknown || b->unknown || !a->port || a->port != b->port || a->udp != b->udp || is_ipv6(a) != is_ipv6(b))
		return false;
	return is_any(a) || is_any(b) || memcmp(a->address.bytes, b->address.bytes, sizeof(a->address.bytes)) == 0;
}

static void judge_overlaps(struct known_check *inspection)
{
	struct config_check *check = inspection->check;

	for (size_t i = 0; i < check->n_listeners; i++)
		for (size_t j = 0; j < i; j++) {
			const struct config_listener *a = &check->listeners[j], *b = &check->listeners[i];

			if (!overlap(a, b))
				continue;
			tell(inspection, b->name, b->place,
			     arena_printf(check->arena, "%s has the same port and address as another one (line %u)",
					  b->name, a->place->line));
			break;
		}
}

void check_known(struct config_check *check)
{
	enum { MAX_HOSTS = 1000 };
	unsigned int version = check->yml.setup->version;
	struct known_check inspection = {
		.check = check,
		.contributed.check = check,
		.macros = !version || version >= YML_VERSION_MACRO_ENVIRONMENT,
	};

	inspection.releases = known_releases(version, &inspection.exact);
	inspection.names = known_names(check->arena, inspection.releases);
	check->no_memory |= !inspection.names;
	if (!inspection.names)
		return;
	if (!version)
		config_finding(
			check, "version-unknown", NULL, NULL, NULL,
			"the version of ejabberd cannot be determined: its options were compared with those of %s",
			inspection.names);
	else if (!inspection.exact)
		config_finding(check, "version-unknown", NULL, NULL, NULL,
			       "the options of ejabberd %u.%02u are not known: they were compared with those of %s",
			       version / 100, version % 100, inspection.names);
	judge_options(&inspection, check->yml.options, NULL);
	judge_sections(&inspection, "host_config");
	judge_sections(&inspection, "append_host_config");
	judge_listeners(&inspection);
	judge_overlaps(&inspection);
	for (size_t i = 0; i < check->yml.n_hosts && i < MAX_HOSTS; i++)
		if (yml_option(&check->yml, &check->yml.hosts[i], "modules").own || i == 0)
			judge_depends(&inspection, &check->yml.hosts[i]);
}
