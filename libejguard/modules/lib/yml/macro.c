/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Macros (yconf, replace_macros()) and keywords (ejabberd_config, replace_keywords()). Their bare name replaces a whole
 * value; since 24.12 macros, and since 25.03 keywords, also for a part of a string as @NAME@. A macro in the
 * environment (EJABBERD_MACRO_NAME, since 24.12) overrides the one of the file; its value is unknown here.
 *
 * Values are shared, not copied, so macros made of macros cost no memory; the number of resulting nodes is limited.
 */
#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/lib/yml/load.h"
#include "libejguard/util/cleanup.h"

static const char entangled[] =
	"macros contain macros, and their value depends on the order in which they are replaced";

enum { VERSION_MACRO_STRINGS = 2412, VERSION_KEYWORDS = 2503 };

struct macro {
	const char *name;
	const struct yml_node *value;
	const struct yml_node *place;
	enum { RAW, BUSY, DONE } state;
};

struct macros {
	struct yml_loader *loader;
	struct macro *items; /* sorted by name */
	size_t n;
	bool keywords; /* keywords instead of macros */
	bool strings;  /* @NAME@ is replaced */
};

static bool since(const struct yml_loader *loader, unsigned int version)
{
	return !loader->setup->version || loader->setup->version >= version;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct macro *)a)->name, ((const struct macro *)b)->name);
}

static struct macro *find(const struct macros *macros, const char *name)
{
	struct macro key = { .name = name };

	return macros->n ? bsearch(&key, macros->items, macros->n, sizeof(key), compare) : NULL;
}

static bool is_name(const char *text)
{
	return *text && !text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")];
}

static const struct yml_node *unknown(struct macros *macros, const struct yml_node *place, const char *why)
{
	struct yml_node *node = yml_node_new(macros->loader, YML_UNKNOWN, place);

	if (node)
		node->text = why;
	return node;
}

/* The macro that begins with the @ at text, or NULL; *ret_length is the length of @NAME@. */
static struct macro *find_part(const struct macros *macros, const char *text, size_t *ret_length)
{
	size_t length = strspn(text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
	char name[YML_MAX_ATOM + 1];

	if (!length || length > YML_MAX_ATOM || text[length + 1] != '@')
		return NULL;
	memcpy(name, text + 1, length);
	name[length] = '\0';
	*ret_length = length + 2;
	return find(macros, name);
}

/*
 * True if the result of a replacement contains macros again. ejabberd replaces the macros once, in their order, so the
 * result depends on that order.
 */
static bool is_entangled(const struct macros *macros, const char *text)
{
	size_t length;

	if (is_name(text) && find(macros, text))
		return true;
	for (const char *at = strchr(text, '@'); at; at = strchr(at + 1, '@')) {
		const struct macro *macro = find_part(macros, at, &length);

		if (macro && (macro->value->kind == YML_STRING || macro->value->kind == YML_UNKNOWN))
			return true;
	}
	return false;
}

static const struct yml_node *expand(struct macros *macros, const struct yml_node *node);

static const struct yml_node *expand_macro(struct macros *macros, struct macro *macro, const struct yml_node *use)
{
	if (macro->state == BUSY) {
		yml_problem_at(macros->loader, YML_REFUSED, use, "macros are defined in a circle: ejabberd refuses it");
		return NULL;
	}
	if (macro->state == RAW && !macros->keywords) {
		const struct yml_node *value;

		macro->state = BUSY;
		value = expand(macros, macro->value);
		if (value && value->kind == YML_STRING && macros->strings && is_entangled(macros, value->text))
			value = unknown(macros, macro->place, entangled);
		if (!value)
			return NULL;
		macro->value = value;
	}
	macro->state = DONE;
	return macro->value;
}

/* Replaces each @NAME@ of a string. A value that re:replace() would interpret makes the string unknown. */
static const struct yml_node *expand_parts(struct macros *macros, const struct yml_node *node)
{
	struct yml_loader *loader = macros->loader;
	const char *text = yml_text(node), *end;
	struct yml_node *result;
	char *all = NULL;

	for (const char *at = text; at && (at = strchr(at, '@'));) {
		size_t length;
		const struct macro *macro = find_part(macros, at, &length);
		const char *value;

		if (macro && macro->value->kind == YML_UNKNOWN)
			return unknown(macros, node, macro->value->text);
		value = macro && macro->value->kind == YML_STRING ? yml_text(macro->value) : NULL;
		if (!value) {
			at++;
			continue;
		}
		if (strpbrk(value, "&\\"))
			return unknown(
				macros, node,
				"the value of a macro contains & or \\, which has a special meaning in a replacement");
		end = at + length;
		if (strlen(text) + strlen(value) > YML_MAX_BYTES - loader->n_bytes) {
			yml_problem_at(loader, YML_UNBOUNDED, node, "with its macros it is too large to be checked");
			return NULL;
		}
		loader->n_bytes += strlen(text) + strlen(value);
		all = arena_printf(loader->arena, "%.*s%s%s", (int)(at - text), text, value, end);
		if (!all) {
			loader->failed = true;
			return NULL;
		}
		at = all + (at - text) + strlen(value);
		text = all;
	}
	if (!all)
		return node;
	if (is_entangled(macros, all))
		return unknown(macros, node, entangled);
	result = yml_node_new(loader, node->kind, node);
	if (result) {
		result->text = all;
		result->length = strlen(all);
	}
	return result;
}

static const struct yml_node *expand_scalar(struct macros *macros, const struct yml_node *node)
{
	const char *text = yml_text(node);
	struct macro *macro;

	if (!text)
		return node;
	if (is_name(text) && (!macros->keywords || node->kind == YML_ATOM)) {
		macro = find(macros, text);
		return macro ? expand_macro(macros, macro, node) : node;
	}
	if (!macros->strings || (node->kind == YML_ATOM && !macros->keywords))
		return node;
	return strchr(text, '@') ? expand_parts(macros, node) : node;
}

static const struct yml_node *expand_list(struct macros *macros, const struct yml_node *node)
{
	const struct yml_node **items = arena_array(macros->loader->arena, node->n, sizeof(*items));
	struct yml_node *result = yml_node_new(macros->loader, YML_LIST, node);

	macros->loader->failed |= !items;
	if (!items || !result)
		return NULL;
	for (size_t i = 0; i < node->n; i++) {
		items[i] = expand(macros, node->items[i]);
		if (!items[i])
			return NULL;
	}
	yml_node_items(result, items, node->n);
	return result;
}

static const struct yml_node *expand_map(struct macros *macros, const struct yml_node *node)
{
	struct yml_pair *pairs = arena_array(macros->loader->arena, node->n, sizeof(*pairs));
	struct yml_node *result = yml_node_new(macros->loader, YML_MAP, node);

	macros->loader->failed |= !pairs;
	if (!pairs || !result)
		return NULL;
	for (size_t i = 0; i < node->n; i++) {
		pairs[i] = (struct yml_pair){ node->pairs[i].key, expand(macros, node->pairs[i].value) };
		if (!pairs[i].value)
			return NULL;
	}
	yml_node_pairs(result, pairs, node->n);
	return result;
}

/* True if anything below a node could be replaced. Most nodes have nothing to replace, and are shared. */
static bool concerns(const struct yml_node *node)
{
	const char *text = yml_text(node);

	if (text)
		return is_name(text) || strchr(text, '@');
	for (size_t i = 0; i < node->n; i++)
		if (concerns(node->kind == YML_MAP ? node->pairs[i].value : node->items[i]))
			return true;
	return false;
}

static const struct yml_node *expand(struct macros *macros, const struct yml_node *node)
{
	if (node->kind != YML_LIST && node->kind != YML_MAP)
		return expand_scalar(macros, node);
	if (!node->n)
		return node;
	return node->kind == YML_MAP ? expand_map(macros, node) : expand_list(macros, node);
}

static bool add(struct macros *macros, const char *name, const struct yml_node *value, const struct yml_node *place)
{
	if (macros->n == YML_MAX_MACROS) {
		yml_problem_at(macros->loader, YML_UNBOUNDED, place, "too many macros are defined: not all were read");
		return false;
	}
	macros->items[macros->n++] = (struct macro){ .name = name, .value = value, .place = place };
	return true;
}

/* Reads the definitions of one define_macro or define_keyword. */
static bool define(struct macros *macros, const struct yml_node *map)
{
	if (!yml_is_map(map)) {
		yml_problem_at(macros->loader, YML_REFUSED, map,
			       "is not a map of names and values: ejabberd refuses it");
		return false;
	}
	for (size_t i = 0; i < map->n; i++) {
		const char *name = yml_text(map->pairs[i].key);

		if (!name || (!macros->keywords && !is_name(name))) {
			yml_problem_at(
				macros->loader, YML_REFUSED, map->pairs[i].key,
				"a macro's name may only have capitals, digits and _: ejabberd refuses this one");
			return false;
		}
		if (!add(macros, name, map->pairs[i].value, map->pairs[i].key))
			return false;
	}
	return true;
}

static bool is_environment(const struct yml_setup *setup, const char *name)
{
	for (size_t i = 0; i < setup->n_environment; i++)
		if (strcmp(setup->environment[i], name) == 0)
			return true;
	return false;
}

/* Definitions in the environment override those of the file. */
static bool add_environment(struct macros *macros, const struct yml_node *options)
{
	const struct yml_setup *setup = macros->loader->setup;
	size_t n = 0;

	if (macros->keywords || !macros->strings || !setup->n_environment)
		return true;
	for (size_t i = 0; i < macros->n; i++)
		if (!is_environment(setup, macros->items[i].name))
			macros->items[n++] = macros->items[i];
	macros->n = n;
	for (size_t i = 0; i < setup->n_environment; i++) {
		const struct yml_node *value =
			unknown(macros, options, "its macro is defined in the environment of the node");

		if (!value || !add(macros, setup->environment[i], value, options))
			return false;
	}
	return true;
}

static bool sort(struct macros *macros)
{
	if (macros->n)
		qsort(macros->items, macros->n, sizeof(*macros->items), compare);
	for (size_t i = 1; i < macros->n; i++)
		if (strcmp(macros->items[i - 1].name, macros->items[i].name) == 0 && !macros->keywords) {
			yml_problem(macros->loader, YML_REFUSED, macros->items[i].place->file,
				    macros->items[i].place->line, macros->items[i].place->column,
				    "the macro %s is defined twice: ejabberd refuses it", macros->items[i].name);
			return false;
		}
	return true;
}

/* Collects the definitions, and copies the other options into a new map. */
static const struct yml_node *partition(struct macros *macros, const struct yml_node *options, const char *name)
{
	struct yml_loader *loader = macros->loader;
	struct yml_node *rest = yml_node_new(loader, YML_MAP, options);
	struct yml_pair *pairs = arena_array(loader->arena, options->n + 1, sizeof(*pairs));
	size_t n = 0;

	macros->items = arena_array(loader->arena, YML_MAX_MACROS, sizeof(*macros->items));
	loader->failed |= !pairs || !macros->items;
	if (!rest || !pairs || !macros->items)
		return NULL;
	for (size_t i = 0; options->kind == YML_MAP && i < options->n; i++)
		if (!yml_is(options->pairs[i].key, name))
			pairs[n++] = options->pairs[i];
		else if (!define(macros, options->pairs[i].value))
			return NULL;
	yml_node_pairs(rest, pairs, n);
	return add_environment(macros, options) && sort(macros) ? rest : NULL;
}

static const struct yml_node *replace(struct yml_loader *loader, const struct yml_node *options, bool keywords)
{
	struct macros macros = { .loader = loader, .keywords = keywords };
	const struct yml_node *rest;

	macros.strings = since(loader, keywords ? VERSION_KEYWORDS : VERSION_MACRO_STRINGS);
	rest = partition(&macros, options, keywords ? "define_keyword" : "define_macro");
	if (!rest || !macros.n)
		return rest;
	/* Circular macros are refused even if nothing uses them. */
	for (size_t i = 0; !keywords && i < macros.n; i++)
		if (!expand_macro(&macros, &macros.items[i], macros.items[i].place))
			return NULL;
	if (!concerns(rest))
		return rest;
	rest = expand(&macros, rest);
	if (rest && rest->weight > YML_MAX_NODES) {
		yml_problem_at(loader, YML_UNBOUNDED, rest, "with its macros it is too large to be checked");
		return NULL;
	}
	return rest;
}

const struct yml_node *yml_replace(struct yml_loader *loader, const struct yml_node *options)
{
	const struct yml_node *result = replace(loader, options, false);

	if (result && since(loader, VERSION_KEYWORDS))
		result = replace(loader, result, true);
	return result;
}
