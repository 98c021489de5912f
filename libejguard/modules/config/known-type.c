/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The types of known.tbl, as yconf.erl and econf.erl check values:
 *
 *	any  bool  text  quoted  time  forever  int(MIN,MAX)  number(MIN)  enum(WORD,...)  ip  mask, and those of
 *	type-text.c
 *	filled(TYPE)  either(TYPE,TYPE)  list(TYPE)  set(TYPE)  some(TYPE)  several(TYPE)  map(TYPE)
 *	keyed(TYPE,TYPE)  options([!]NAME:TYPE,...)  merged(TYPE)  deciding(TYPE)  naming(TYPE)  nested(TYPE)
 *	once(TYPE)  rules  conditions  who  shaping  code
 *
 * set is a list without duplicates, some is one value or a list of values, several is one value or a set, nested also
 * a list of such lists, keyed is a map whose names are of the first type, merged is a map or a list of maps; deciding
 * accepts the words allow and deny, too, naming all words. once is a map that has no name twice; options have none
 * either, unless they are merged. code is the name of a module whose code ejabberd can load.
 * In options, ! marks a required one, ~ a forbidden name, and _ stands for every other name.
 */
#include <string.h>
#include <strings.h>

#include "libejguard/modules/config/contributed.h"
#include "libejguard/modules/config/known.h"
#include "libejguard/modules/config/type.h"
#include "libejguard/modules/lib/yml/yml.h"
#include "libejguard/util/arena.h"
#include "libejguard/util/cleanup.h"

/* acl.erl, acl_validator() and access_rules_validator(). */
#define CONDITIONS                                                                                                     \
	"user:some(either(account,keyed(name,domain))),user_regexp:some(either(re,keyed(re,any))),"                    \
	"user_glob:some(either(glob,keyed(glob,any))),server:some(domain),server_regexp:some(re),server_glob:some("    \
	"glob),"                                                                                                       \
	"resource:some(text),resource_regexp:some(re),resource_glob:some(glob),node_regexp:some(keyed(re,re)),"        \
	"node_glob:some(keyed(glob,glob)),shared_group:some(either(text,map(domain))),ip:some(mask)"
#define CHOICE "either(text,filled(naming(options(acl:text," CONDITIONS "))))"
static const char conditions[] = "filled(merged(options(" CONDITIONS ")))";
/* ejabberd_access_permissions.erl */
static const char who[] =
	"either(text,naming(options(access:either(text,rules),acl:text,"
	"oauth:either(list(any),options(!scope:any,access:any,acl:any," CONDITIONS "))," CONDITIONS ")))";
/* ejabberd_shaper.erl: the name of a shaper, a number, or these for whom; lists of lists are one list. */
static const char shaping[] = "nested(either(int(1,),either(text,keyed(either(int(1,),text)," CHOICE "))))";
static const char rules[] = "filled(deciding(options(allow:" CHOICE ",deny:" CHOICE ")))";

struct look {
	struct arena *arena;
	const struct known_world *world;
	bool merged; /* the map is a part of a list of maps: a name may be there more than once */
	struct known_fault fault;
};

static const char *copy(struct look *look, const char *part)
{
	return arena_strndup(look->arena, part, (size_t)(type_end(part) - part));
}

/* "30, "5 minutes" or a similar text: the values that a type accepts, for people. */
static const char *describe(struct look *look, const char *type)
{
	static const struct {
		const char *type;
		const char *text;
	} texts[] = {
		{ "bool", "true or false" },
		{ "text", "a text (numbers need quotes)" },
		{ "quoted", "a text in double quotes" },
		{ "time", "a time such as 30 or \"5 minutes\"" },
		{ "forever", "infinity" },
		{ "ip", "an address" },
		{ "mask", "an address or a network" },
		{ "rules", "rules that allow or deny" },
		{ "conditions", "conditions, such as user: or ip:" },
		{ "merged", "a map, or a list of maps" },
		{ "naming", "a map, or a list of maps and names" },
		{ "deciding", "rules that allow or deny" },
		{ "list", "a list" },
		{ "set", "a list" },
		{ "some", "a value or a list" },
		{ "several", "a value or a list" },
		{ "nested", "a value or a list" },
		{ "map", "a map of names and values" },
		{ "keyed", "a map of names and values" },
		{ "who", "who may: names of access rules, or conditions" },
		{ "shaping", "a shaper, or a number of at least 1" },
		{ "options", "a map of options" },
		{ "code", "the name of a module" },
	};

	if (type_describe_text(type))
		return type_describe_text(type);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (type_is(type, texts[i].type))
			return texts[i].text;
	if (type_is(type, "number"))
		return arena_printf(look->arena, "a number of at least %s", copy(look, type_inside(type)));
	if (type_is(type, "once"))
		return describe(look, type_inside(type));
	if (type_is(type, "filled"))
		return arena_printf(look->arena, "%s that is not empty", describe(look, type_inside(type)));
	if (type_is(type, "either"))
		return arena_printf(look->arena, "%s, or %s", describe(look, type_inside(type)),
				    describe(look, type_next(type_inside(type))));
	if (type_is(type, "enum"))
		return arena_printf(look->arena, "one of %.*s", (int)strcspn(type_inside(type), ")"),
				    type_inside(type));
	if (type_is(type, "int")) {
		const char *max = type_next(type_inside(type));

		if (*max == ')')
			return *type_inside(type) == ',' ? "a number"
							 : arena_printf(look->arena, "a number of at least %s",
									copy(look, type_inside(type)));
		return arena_printf(look->arena, "a number from %s to %s", copy(look, type_inside(type)),
				    copy(look, max));
	}
	return "another value";
}

static bool wrong(struct look *look, const struct yml_node *place, const char *text)
{
	look->fault = (struct known_fault){ place, text };
	return false;
}

static bool needs(struct look *look, const char *type, const struct yml_node *value)
{
	return wrong(look, value, arena_printf(look->arena, "needs %s", describe(look, type)));
}

/* True for a list of nothing but empty lists, too: ejabberd joins them first. */
static bool is_empty(const struct yml_node *value)
{
	for (size_t i = 0; value->kind == YML_LIST && i < value->n; i++)
		if (yml_text(value->items[i]) || !is_empty(value->items[i]))
			return false;
	return value->kind == YML_LIST || (value->kind == YML_MAP ? !value->n : yml_text(value) && !*value->text);
}

static bool fits(struct look *look, const char *type, const struct yml_node *value);

static bool fits_list(struct look *look, const char *type, const struct yml_node *value)
{
	for (size_t i = 0; i < value->n && value->kind == YML_LIST; i++)
		if (!fits(look, type_inside(type), value->items[i]))
			return false;
	return true;
}

/* True for two texts that ejabberd takes as one value of a set: names of domains may differ in case. */
static bool is_same(const char *type, const struct yml_node *a, const struct yml_node *b)
{
	return type_is(type_inside(type), "domain") ? strcasecmp(a->text, b->text) == 0 : yml_is(a, b->text);
}

static bool fits_set(struct look *look, const char *type, const struct yml_node *value)
{
	enum { MAX_COMPARED = 1000 };

	for (size_t i = 0; value->kind == YML_LIST && i < value->n && i < MAX_COMPARED; i++)
		for (size_t j = 0; j < i && yml_text(value->items[i]); j++)
			if (yml_text(value->items[i]) && is_same(type, value->items[j], value->items[i]))
				return wrong(look, value->items[i],
					     arena_printf(look->arena, "has %s twice", value->items[i]->text));
	return fits_list(look, type, value);
}

static bool fits_merged(struct look *look, const char *type, const struct yml_node *value)
{
	if (yml_text(value))
		return needs(look, type, value);
	if (value->kind != YML_LIST) {
		look->merged = true;
		return fits(look, type_inside(type), value);
	}
	for (size_t i = 0; i < value->n; i++) {
		if (yml_text(value->items[i]) &&
		    (type_is(type, "naming") ||
		     (type_is(type, "deciding") && type_has_word("allow,deny", value->items[i]))))
			continue;
		if (!fits_merged(look, type, value->items[i]))
			return false;
	}
	return true;
}

static bool fits_nested(struct look *look, const char *type, const struct yml_node *value)
{
	if (value->kind != YML_LIST)
		return (value->kind == YML_MAP && !value->n) || fits(look, type_inside(type), value);
	for (size_t i = 0; i < value->n; i++)
		if (!fits_nested(look, type, value->items[i]))
			return false;
	return true;
}

/* The name of a pair that another one before it has, or NULL. */
static const char *name_again(const struct yml_node *map, size_t i)
{
	enum { MAX_COMPARED = 1000 };
	const char *name = yml_text(map->pairs[i].key);

	for (size_t j = 0; name && j < i && i < MAX_COMPARED; j++)
		if (yml_is(map->pairs[j].key, name))
			return name;
	return NULL;
}

static bool fits_once(struct look *look, const char *type, const struct yml_node *value)
{
	for (size_t i = 0; value->kind == YML_MAP && i < value->n; i++)
		if (name_again(value, i))
			return wrong(look, value->pairs[i].key,
				     arena_printf(look->arena, "has %s twice", value->pairs[i].key->text));
	return fits(look, type_inside(type), value);
}

static bool fits_map(struct look *look, const char *type, const struct yml_node *value)
{
	if (!yml_is_map(value))
		return needs(look, type, value);
	for (size_t i = 0; i < value->n; i++) {
		const char *own = type_inside(type);

		if (type_is(type, "keyed") && !fits(look, own, value->pairs[i].key))
			return false;
		if (!fits(look, type_is(type, "keyed") ? type_next(own) : own, value->pairs[i].value))
			return false;
	}
	return true;
}

static bool is_part(const char *part, const char *name)
{
	size_t length = (size_t)(type_end(part) - part);

	return strlen(name) == length && strncmp(part, name, length) == 0;
}

/* The type of an option in options(...), or NULL. */
static const char *option_type(const char *options, const char *name)
{
	const char *rest = NULL;

	for (; options; options = type_next(options)) {
		const char *word = options + (*options == '!');
		size_t length = strcspn(word, ":");

		if (length == 1 && *word == '_')
			rest = word + 2;
		else if (*word == '~' && is_part(word + 1, name))
			return NULL;
		else if (strlen(name) == length && strncmp(word, name, length) == 0)
			return word + length + 1;
	}
	return rest;
}

static bool has_required(struct look *look, const char *options, const struct yml_node *value)
{
	for (; options; options = type_next(options)) {
		const char *name;

		if (*options != '!')
			continue;
		name = arena_strndup(look->arena, options + 1, strcspn(options + 1, ":"));
		if (name && !yml_find(value, name))
			return wrong(look, value, arena_printf(look->arena, "lacks %s", name));
	}
	return true;
}

static bool fits_options(struct look *look, const char *type, const struct yml_node *value)
{
	const bool merged = look->merged;

	look->merged = false;
	if (!yml_is_map(value))
		return needs(look, type, value);
	for (size_t i = 0; i < value->n; i++) {
		const struct yml_pair *pair = &value->pairs[i];
		const char *name = yml_text(pair->key), *own = name ? option_type(type_inside(type), name) : NULL;

		if (!merged && name_again(value, i))
			return wrong(look, pair->key, arena_printf(look->arena, "has %s twice", name));
		if (!own)
			return wrong(look, pair->key,
				     arena_printf(look->arena, "%s is no option there", name ? name : "this"));
		if (!fits(look, own, pair->value))
			return false;
	}
	return has_required(look, type_inside(type), value);
}

/* True for what the environment may define; @HOST@ is no macro. */
static bool may_be_macro(const struct yml_node *value)
{
	static const char word[] = "@HOST@";
	const char *host = yml_text(value) ? strstr(value->text, word) : NULL;

	return yml_is_placeholder(value) && (!host || strchr(host + sizeof(word) - 1, '@') ||
					     memchr(value->text, '@', (size_t)(host - value->text)));
}

/* Of other code than modules of ejabberd nothing is known here. */
static bool fits_code(struct look *look, const struct yml_node *value)
{
	const char *scope;

	if (!yml_text(value) || !*value->text)
		return needs(look, "code", value);
	scope = strncmp(value->text, "mod_", 4) == 0 ? arena_printf(look->arena, "module %s", value->text) : NULL;
	return !scope || known_in(scope, "", look->world->releases) ||
	       contributed_has(look->world->contributed, value->text) ||
	       wrong(look, value, arena_printf(look->arena, "names %s, which is no module", value->text));
}

/* Types are nested as deep as in the table. */
static bool fits(struct look *look, const char *type, const struct yml_node *value)
{
	int text;

	if (value->kind == YML_UNKNOWN || (look->world->macros && may_be_macro(value)))
		return true;
	if (type_is(type, "filled"))
		return is_empty(value) ? needs(look, type, value) : fits(look, type_inside(type), value);
	if (type_is(type, "either"))
		return fits(look, type_inside(type), value) || fits(look, type_next(type_inside(type)), value) ||
		       needs(look, type, value);
	if (type_is(type, "list"))
		return yml_is_list(value) ? fits_list(look, type, value) : needs(look, type, value);
	if (type_is(type, "set"))
		return yml_is_list(value) ? fits_set(look, type, value) : needs(look, type, value);
	if (type_is(type, "merged") || type_is(type, "deciding") || type_is(type, "naming"))
		return fits_merged(look, type, value);
	if (type_is(type, "nested"))
		return fits_nested(look, type, value);
	if (type_is(type, "rules"))
		return fits(look, rules, value);
	if (type_is(type, "conditions"))
		return fits(look, conditions, value);
	if (type_is(type, "code"))
		return fits_code(look, value);
	if (type_is(type, "once"))
		return fits_once(look, type, value);
	if (type_is(type, "several"))
		return yml_is_list(value) ? fits_set(look, type, value) : fits(look, type_inside(type), value);
	if (type_is(type, "some"))
		return yml_is_list(value) ? fits_list(look, type, value) : fits(look, type_inside(type), value);
	if (type_is(type, "who"))
		return fits(look, who, value);
	if (type_is(type, "shaping"))
		return fits(look, shaping, value);
	if (type_is(type, "map") || type_is(type, "keyed"))
		return fits_map(look, type, value);
	if (type_is(type, "options"))
		return fits_options(look, type, value);
	text = type_fits_text(type, value);
	return (text < 0 ? type_fits_scalar(type, value) : text) || needs(look, type, value);
}

bool known_fits(struct arena *arena, const char *type, const struct yml_node *value, const struct known_world *world,
		struct known_fault *ret)
{
	struct look look = { .arena = arena, .world = world };

	if (fits(&look, type, value))
		return true;
	*ret = look.fault;
	return false;
}
