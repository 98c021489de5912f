/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/lib/yml/yml.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "libejguard/modules/lib/yml/load.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/root.h"

/* Joins two lists or two maps; NULL when they are neither, or not of one kind. */
static const struct yml_node *join(struct yml_loader *loader, const struct yml_node *a, const struct yml_node *b)
{
	bool map = a->kind == YML_MAP && a->n ? true : b->kind == YML_MAP;
	size_t n = a->n + b->n;
	struct yml_node *all;
	void *items;

	if (map ? !yml_is_map(a) || !yml_is_map(b) : !yml_is_list(a) || !yml_is_list(b))
		return NULL;
	if (!a->n || !b->n)
		return a->n ? a : b;
	loader->n_joined += n;
	if (loader->n_joined > YML_MAX_JOINED) {
		if (loader->n_joined - n <= YML_MAX_JOINED)
			yml_problem_at(loader, YML_UNBOUNDED, b, "too many lists are joined: not all were checked");
		return a;
	}
	all = yml_node_new(loader, map ? YML_MAP : YML_LIST, a);
	items = arena_array(loader->arena, n, map ? sizeof(*a->pairs) : sizeof(*a->items));
	loader->failed |= !items;
	if (!all || !items)
		return NULL;
	if (map) {
		memcpy(items, a->pairs, a->n * sizeof(*a->pairs));
		memcpy((struct yml_pair *)items + a->n, b->pairs, b->n * sizeof(*b->pairs));
		yml_node_pairs(all, items, n);
	} else {
		memcpy(items, a->items, a->n * sizeof(*a->items));
		memcpy((const struct yml_node **)items + a->n, b->items, b->n * sizeof(*b->items));
		yml_node_items(all, items, n);
	}
	return all;
}

/* Handles a second occurrence of an option. */
static void join_pair(struct yml_loader *loader, struct yml_pair *first, const struct yml_pair *second)
{
	const struct yml_node *all = join(loader, first->value, second->value);

	if (all)
		first->value = all;
	else
		yml_problem(loader, YML_REFUSED, second->key->file, second->key->line, second->key->column,
			    "%s is given a second time (first in %s:%u): ejabberd refuses it", second->key->text,
			    first->key->file, first->key->line);
}

const struct yml_node *yml_group(struct yml_loader *loader, const struct yml_node *options)
{
	struct yml_node *all = yml_node_new(loader, YML_MAP, options);
	struct yml_pair *pairs = arena_array(loader->arena, options->n + 1, sizeof(*pairs));
	size_t n = 0;

	loader->failed |= !pairs;
	if (!all || !pairs || options->n > YML_MAX_NODES)
		return NULL;
	for (size_t i = 0; options->kind == YML_MAP && i < options->n; i++) {
		const char *key = yml_text(options->pairs[i].key);
		size_t j = 0;

		if (!key) {
			yml_problem_at(loader, YML_REFUSED, options->pairs[i].key,
				       "is not the name of an option: ejabberd refuses it");
			continue;
		}
		while (j < n && !yml_is(pairs[j].key, key))
			j++;
		if (j < n)
			join_pair(loader, &pairs[j], &options->pairs[i]);
		else
			pairs[n++] = options->pairs[i];
		if (n > YML_MAX_OPTIONS) {
			yml_problem_at(loader, YML_UNBOUNDED, options->pairs[i].key,
				       "too many options: not all were checked");
			return NULL;
		}
	}
	yml_node_pairs(all, pairs, n);
	return all;
}

static bool is_same_host(const struct yml_node *key, const char *name)
{
	const char *text = yml_text(key);

	return text && strcasecmp(text, name) == 0;
}

/* The options of a host in host_config or append_host_config, or NULL. */
static const struct yml_node *section(struct yml_loader *loader, const struct yml_node *sections, const char *name)
{
	const struct yml_node *all = NULL;

	for (size_t i = 0; sections && sections->kind == YML_MAP && i < sections->n; i++) {
		const struct yml_pair *pair = &sections->pairs[i];

		if (!is_same_host(pair->key, name))
			continue;
		if (!yml_is_map(pair->value)) {
			if (pair->value->kind != YML_UNKNOWN)
				yml_problem_at(loader, YML_REFUSED, pair->key,
					       "is not a map of options: ejabberd refuses it");
			continue;
		}
		all = all ? join(loader, all, pair->value) : pair->value;
	}
	return all ? yml_group(loader, all) : NULL;
}

/* Adds the options of append_host_config to those that the host has without it. */
static const struct yml_node *append(struct yml_loader *loader, const struct yml_node *options,
				     const struct yml_node *own, const struct yml_node *more)
{
	struct yml_node *all = yml_node_new(loader, YML_MAP, more);
	struct yml_pair *pairs = arena_array(loader->arena, (own ? own->n : 0) + more->n + 1, sizeof(*pairs));
	size_t n = own ? own->n : 0;

	loader->failed |= !pairs;
	if (!all || !pairs)
		return own;
	if (n)
		memcpy(pairs, own->pairs, n * sizeof(*pairs));
	for (size_t i = 0; i < more->n; i++) {
		const struct yml_pair *pair = &more->pairs[i], *base = yml_find(own, pair->key->text);
		size_t j = base ? (size_t)(base - own->pairs) : n;

		if (!base)
			base = yml_find(options, pair->key->text);
		pairs[j] = base ? *base : *pair;
		n += j == n;
		if (base)
			join_pair(loader, &pairs[j], pair);
	}
	yml_node_pairs(all, pairs, n);
	return all;
}

void yml_hosts(struct yml_loader *loader, struct yml *yml)
{
	const struct yml_node *names = yml_value(yml->options, "hosts");
	const struct yml_node *own = yml_value(yml->options, "host_config");
	const struct yml_node *more = yml_value(yml->options, "append_host_config");
	struct yml_host *hosts;
	size_t n = 0;

	if (!names || names->kind != YML_LIST || !names->n) {
		yml_problem(loader, names && names->kind == YML_UNKNOWN ? YML_INDETERMINATE : YML_REFUSED,
			    loader->setup->config, names ? names->line : 0, names ? names->column : 0,
			    "hosts: is not a list of domains: %s",
			    names && names->kind == YML_UNKNOWN ? names->text : "ejabberd does not start without one");
		return;
	}
	hosts = arena_array(loader->arena, names->n, sizeof(*hosts));
	loader->failed |= !hosts;
	for (size_t i = 0; hosts && i < names->n; i++) {
		const char *name = yml_text(names->items[i]);
		const struct yml_node *appended;

		/* Sections are searched for each host: this limits the time for a malicious file. */
		if (n == YML_MAX_HOSTS || n * ((own ? own->n : 0) + (more ? more->n : 0)) > 10000000) {
			yml_problem_at(loader, YML_UNBOUNDED, names->items[i], "too many hosts: not all were checked");
			break;
		}
		if (!name) {
			yml_problem_at(loader, names->items[i]->kind == YML_UNKNOWN ? YML_INDETERMINATE : YML_REFUSED,
				       names->items[i], "is not the name of a host");
			continue;
		}
		hosts[n].name = name;
		hosts[n].options = section(loader, own, name);
		appended = section(loader, more, name);
		if (appended)
			hosts[n].options = append(loader, yml->options, hosts[n].options, appended);
		n++;
	}
	yml->hosts = hosts;
	yml->n_hosts = n;
}

/* ejabberd refuses sections for hosts that it does not serve (econf:enum). */
static void check_sections(struct yml_loader *loader, const struct yml *yml, const char *option)
{
	const struct yml_node *sections = yml_value(yml->options, option);

	if (sections && !yml_is_map(sections) && sections->kind != YML_UNKNOWN)
		yml_problem_at(loader, YML_REFUSED, sections, "is not a map of hosts: ejabberd refuses it");
	if (!yml->n_hosts || (sections && sections->n * yml->n_hosts > 10000000))
		return;
	for (size_t i = 0; sections && sections->kind == YML_MAP && i < sections->n; i++) {
		size_t j = 0;

		while (j < yml->n_hosts && !is_same_host(sections->pairs[i].key, yml->hosts[j].name))
			j++;
		if (j == yml->n_hosts && !yml_is_placeholder(sections->pairs[i].key))
			yml_problem(loader, YML_REFUSED, sections->pairs[i].key->file, sections->pairs[i].key->line,
				    sections->pairs[i].key->column,
				    "%s names a host that is not in hosts: ejabberd refuses it", option);
	}
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n > m && strcmp(name + n - m, suffix) == 0;
}

static bool is_yaml(const char *name)
{
	return has_suffix(name, ".yml") || has_suffix(name, ".yaml");
}

/* Reads the configuration of a contributed module: a separate file with separate macros. */
static void load_module_file(struct yml_loader *loader, const char *path, const struct yml_node **all)
{
	const struct yml_node *options = yml_read(loader, path);

	options = options ? yml_replace(loader, options) : NULL;
	if (!options || !options->n)
		return;
	options = *all ? join(loader, *all, options) : options;
	*all = options ? options : *all;
}

static void load_module_folder(struct yml_loader *loader, const char *folder, const struct yml_node **all)
{
	cleanup_dir DIR *dir = folder ? root_opendir(loader->setup->root, folder) : NULL;
	const struct dirent *entry;
	unsigned int n = 0;

	if (!dir && folder && errno == EACCES)
		yml_problem(loader, YML_UNSEEN, folder, 0, 0,
			    "cannot be read, but may contain configurations of contributed modules");
	while (dir && (entry = readdir(dir)) && n++ < 10000) {
		const char *path;

		if (*entry->d_name == '.' || !is_yaml(entry->d_name))
			continue;
		path = arena_printf(loader->arena, "%s/%s", folder, entry->d_name);
		loader->failed |= !path;
		if (path)
			load_module_file(loader, path, all);
	}
}

/* ext_mod, modules_configs(): CONTRIB_MODULES_CONF_DIR, and the conf folder of each module. */
static void load_modules(struct yml_loader *loader, const struct yml_node **all)
{
	const char *modules = loader->setup->modules;
	cleanup_dir DIR *dir = modules ? root_opendir(loader->setup->root, modules) : NULL;
	const struct dirent *entry;
	unsigned int n = 0;

	load_module_folder(loader, loader->setup->modules_conf, all);
	while (dir && (entry = readdir(dir)) && n++ < 1000) {
		const char *folder;

		if (*entry->d_name == '.')
			continue;
		folder = arena_printf(loader->arena, "%s/%s/conf", modules, entry->d_name);
		loader->failed |= !folder;
		if (folder)
			load_module_folder(loader, folder, all);
	}
}

static void load(struct yml_loader *loader, struct yml *yml)
{
	const struct yml_node *options;

	if (loader->setup->note)
		yml_problem(loader, YML_INDETERMINATE, loader->setup->config, 0, 0,
			    "EJABBERD_CONFIG_PATH may name another configuration than this one: %s",
			    loader->setup->note);
	if (!is_yaml(loader->setup->config)) {
		yml_problem(loader, YML_INDETERMINATE, loader->setup->config, 0, 0,
			    "is not named .yml or .yaml: ejabberd reads it as Erlang or Elixir");
		return;
	}
	options = yml_read(loader, loader->setup->config);
	options = options ? yml_replace(loader, options) : NULL;
	if (!options)
		return;
	load_modules(loader, &options);
	yml->options = yml_group(loader, options);
	if (!yml->options)
		return;
	yml_hosts(loader, yml);
	check_sections(loader, yml, "host_config");
	check_sections(loader, yml, "append_host_config");
}

int yml_load(struct arena *arena, const struct yml_setup *setup, struct yml *ret)
{
	struct yml_loader loader = { .arena = arena, .setup = setup };
	struct yml yml = { .setup = setup };

	load(&loader, &yml);
	if (loader.failed || arena_failed(arena))
		return -ENOMEM;
	yml.files = loader.files;
	yml.n_files = loader.n_files;
	yml.problems = loader.problems;
	yml.n_problems = loader.n_problems;
	*ret = yml;
	return 0;
}

struct yml_option yml_option(const struct yml *yml, const struct yml_host *host, const char *name)
{
	const struct yml_pair *pair = host ? yml_find(host->options, name) : NULL;
	bool own = pair != NULL;

	if (!pair)
		pair = yml_find(yml->options, name);
	return pair ? (struct yml_option){ pair->value, pair->key, own } : (struct yml_option){};
}

bool yml_is_placeholder(const struct yml_node *node)
{
	static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
	const char *text = yml_text(node);

	if (!text || !*text)
		return false;
	if (!text[strspn(text, capitals)])
		return strpbrk(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	for (text = strchr(text, '@'); text; text = strchr(text + 1, '@')) {
		size_t length = strspn(text + 1, capitals);

		if (length && text[length + 1] == '@')
			return true;
	}
	return false;
}
