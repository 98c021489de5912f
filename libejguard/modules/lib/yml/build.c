/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Creates nodes and problems. */
#include <stdarg.h>

#include "libejguard/modules/lib/yml/load.h"

void yml_problem(struct yml_loader *loader, enum yml_problem_kind kind, const char *file, uint32_t line,
		 uint32_t column, const char *format, ...)
{
	struct yml_problem *problems;
	va_list ap;

	if (loader->n_problems == YML_MAX_PROBLEMS)
		return;
	problems = arena_grow(loader->arena, loader->problems, loader->n_problems, sizeof(*problems));
	loader->failed |= !problems;
	if (!problems)
		return;
	loader->problems = problems;
	problems = &problems[loader->n_problems++];
	va_start(ap, format);
	*problems = (struct yml_problem){
		.kind = kind,
		.text = arena_vprintf(loader->arena, format, ap),
		.unseen = kind == YML_UNSEEN,
		.file = file,
		.line = line,
		.column = column,
	};
	va_end(ap);
	if (!problems->text) {
		loader->failed = true;
		loader->n_problems--;
	}
}

void yml_problem_at(struct yml_loader *loader, enum yml_problem_kind kind, const struct yml_node *node,
		    const char *text)
{
	yml_problem(loader, kind, node->file, node->line, node->column, "%s", text);
}

struct yml_node *yml_node_new(struct yml_loader *loader, enum yml_kind kind, const struct yml_node *place)
{
	struct yml_node *node;

	if (loader->n_nodes++ >= YML_MAX_NODES) {
		if (loader->n_nodes == YML_MAX_NODES + 1)
			yml_problem_at(loader, YML_UNBOUNDED, place, "too large: only a part of it was checked");
		return NULL;
	}
	node = arena_alloc(loader->arena, sizeof(*node));
	if (!node) {
		loader->failed = true;
		return NULL;
	}
	node->kind = kind;
	node->text = "";
	node->weight = 1;
	node->file = place->file;
	node->line = place->line;
	node->column = place->column;
	return node;
}

static size_t add_weight(size_t weight, const struct yml_node *node)
{
	return weight + node->weight < weight ? SIZE_MAX : weight + node->weight;
}

void yml_node_items(struct yml_node *node, const struct yml_node **items, size_t n)
{
	node->items = items;
	node->n = n;
	for (size_t i = 0; i < n; i++)
		node->weight = add_weight(node->weight, items[i]);
}

void yml_node_pairs(struct yml_node *node, struct yml_pair *pairs, size_t n)
{
	node->pairs = pairs;
	node->n = n;
	for (size_t i = 0; i < n; i++)
		node->weight = add_weight(add_weight(node->weight, pairs[i].key), pairs[i].value);
}
