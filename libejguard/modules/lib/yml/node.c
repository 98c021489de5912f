/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/lib/yml/node.h"

#include <string.h>

#include "libejguard/util/cleanup.h"

const char *yml_text(const struct yml_node *node)
{
	if (!node || (node->kind != YML_ATOM && node->kind != YML_STRING))
		return NULL;
	return strlen(node->text) == node->length ? node->text : NULL;
}

bool yml_is(const struct yml_node *node, const char *text)
{
	const char *own = yml_text(node);

	return own && strcmp(own, text) == 0;
}

int yml_bool(const struct yml_node *node)
{
	static const char *const words[] = { "off", "on", "no", "yes", "n", "y", "false", "true" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (yml_is(node, words[i]))
			return i % 2;
	return -1;
}

bool yml_integer(const struct yml_node *node, int64_t *ret)
{
	if (!node || node->kind != YML_INTEGER)
		return false;
	*ret = node->integer;
	return true;
}

bool yml_is_list(const struct yml_node *node)
{
	return node && (node->kind == YML_LIST || (node->kind == YML_MAP && node->n == 0));
}

bool yml_is_map(const struct yml_node *node)
{
	return node && (node->kind == YML_MAP || (node->kind == YML_LIST && node->n == 0));
}

const struct yml_pair *yml_find(const struct yml_node *map, const char *key)
{
	if (!map || map->kind != YML_MAP)
		return NULL;
	for (size_t i = 0; i < map->n; i++)
		if (yml_is(map->pairs[i].key, key))
			return &map->pairs[i];
	return NULL;
}

const struct yml_node *yml_value(const struct yml_node *map, const char *key)
{
	const struct yml_pair *pair = yml_find(map, key);

	return pair ? pair->value : NULL;
}
