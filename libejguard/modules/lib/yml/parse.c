/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses text into nodes, as fast_yaml's process_events() and make_scalar() do (fast_yaml, c_src/fast_yaml.c). */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "libejguard/modules/lib/yml/load.h"

struct parser {
	struct yml_loader *loader;
	yaml_parser_t yaml;
	const char *file;
	unsigned int depth;
};

static void refuse(struct parser *parser, enum yml_problem_kind kind, const yaml_mark_t *mark, const char *text)
{
	yml_problem(parser->loader, kind, parser->file, mark->line + 1, mark->column + 1, "%s", text);
}

/* Reads the next event; false with a problem. The problem quotes only the parser, never the file. */
static bool next(struct parser *parser, yaml_event_t *event)
{
	if (yaml_parser_parse(&parser->yaml, event))
		return true;
	if (parser->yaml.error == YAML_MEMORY_ERROR)
		parser->loader->failed = true;
	else
		yml_problem(parser->loader, YML_REFUSED, parser->file, parser->yaml.problem_mark.line + 1,
			    parser->yaml.problem_mark.column + 1, "is not YAML: %s",
			    parser->yaml.problem ? parser->yaml.problem : "it cannot be decoded");
	return false;
}

static struct yml_node *make(struct parser *parser, enum yml_kind kind, const yaml_mark_t *mark)
{
	struct yml_node place = { .file = parser->file, .line = mark->line + 1, .column = mark->column + 1 };

	return yml_node_new(parser->loader, kind, &place);
}

/* The rest after strtol(3) stopped at a point: digits, a point, digits, an exponent, as strtod(3) accepts them. */
static bool is_float(const char *text)
{
	size_t digits = 0;

	while (isspace((unsigned char)*text))
		text++;
	text += *text == '+' || *text == '-';
	for (; isdigit((unsigned char)*text); text++)
		digits++;
	text += *text == '.';
	for (; isdigit((unsigned char)*text); text++)
		digits++;
	if (!digits)
		return false;
	if (*text == 'e' || *text == 'E') {
		text++;
		text += *text == '+' || *text == '-';
		if (!isdigit((unsigned char)*text))
			return false;
		text += strspn(text, "0123456789");
	}
	return !*text;
}

/* fast_yaml, make_num(): a number that is too large becomes the largest one. */
static bool is_number(struct yml_node *node)
{
	char *end;

	if (!node->length)
		return false;
	errno = 0;
	node->integer = strtol(node->text, &end, 10);
	errno = 0;
	if (!*end)
		node->kind = YML_INTEGER;
	else if (*end == '.' && is_float(node->text))
		node->kind = YML_FLOAT;
	else
		return false;
	return true;
}

static struct yml_node *make_scalar(struct parser *parser, const yaml_event_t *event)
{
	struct yml_node *node = make(parser, YML_STRING, &event->start_mark);
	yaml_scalar_style_t style = event->data.scalar.style;
	char *text;

	if (!node)
		return NULL;
	text = arena_alloc(parser->loader->arena, event->data.scalar.length + 1);
	if (!text) {
		parser->loader->failed = true;
		return NULL;
	}
	memcpy(text, event->data.scalar.value, event->data.scalar.length);
	node->text = text;
	node->length = event->data.scalar.length;
	if (style == YAML_SINGLE_QUOTED_SCALAR_STYLE)
		node->kind = YML_ATOM;
	else if (style != YAML_DOUBLE_QUOTED_SCALAR_STYLE && !is_number(node) && style == YAML_PLAIN_SCALAR_STYLE &&
		 node->length)
		node->kind = YML_ATOM;
	if (node->kind == YML_ATOM && node->length > YML_MAX_ATOM) {
		refuse(parser, YML_REFUSED, &event->start_mark,
		       "a word of more than 255 bytes needs double quotes: ejabberd refuses it");
		return NULL;
	}
	return node;
}

/* fast_yaml, make_alias(): the target of an alias is never looked up. */
static struct yml_node *make_alias(struct parser *parser, const yaml_event_t *event)
{
	struct yml_node *node = make(parser, YML_STRING, &event->start_mark);

	if (!node)
		return NULL;
	node->text = arena_strdup(parser->loader->arena, (const char *)event->data.alias.anchor);
	node->length = node->text ? strlen(node->text) : 0;
	parser->loader->failed |= !node->text;
	return node->text ? node : NULL;
}

static struct yml_node *read_node(struct parser *parser, yaml_event_t *event);

/* Appends nodes up to the end of a list or map. */
static bool read_children(struct parser *parser, yaml_event_type_t end, const struct yml_node ***ret, size_t *ret_n)
{
	const struct yml_node **items = NULL;
	size_t n = 0;

	for (;;) {
		yaml_event_t event;
		struct yml_node *item;

		if (!next(parser, &event))
			return false;
		if (event.type == end) {
			yaml_event_delete(&event);
			break;
		}
		item = read_node(parser, &event);
		yaml_event_delete(&event);
		if (!item)
			return false;
		items = arena_grow(parser->loader->arena, items, n, sizeof(*items));
		if (!items) {
			parser->loader->failed = true;
			return false;
		}
		items[n++] = item;
	}
	*ret = items;
	*ret_n = n;
	return true;
}

static struct yml_node *make_collection(struct parser *parser, const yaml_event_t *event)
{
	bool map = event->type == YAML_MAPPING_START_EVENT;
	struct yml_node *node = make(parser, map ? YML_MAP : YML_LIST, &event->start_mark);
	const struct yml_node **items;
	struct yml_pair *pairs;
	size_t n;

	if (!node || !read_children(parser, map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT, &items, &n))
		return NULL;
	if (!map) {
		yml_node_items(node, items, n);
		return node;
	}
	pairs = arena_array(parser->loader->arena, n / 2 + 1, sizeof(*pairs));
	if (!pairs) {
		parser->loader->failed = true;
		return NULL;
	}
	for (size_t i = 0; i < n / 2; i++)
		pairs[i] = (struct yml_pair){ items[2 * i], items[2 * i + 1] };
	yml_node_pairs(node, pairs, n / 2);
	return node;
}

static struct yml_node *read_node(struct parser *parser, yaml_event_t *event)
{
	struct yml_node *node;

	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return make_scalar(parser, event);
	case YAML_ALIAS_EVENT:
		return make_alias(parser, event);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		if (parser->depth == YML_MAX_DEPTH) {
			refuse(parser, YML_UNBOUNDED, &event->start_mark, "is nested too deeply to be checked");
			return NULL;
		}
		parser->depth++;
		node = make_collection(parser, event);
		parser->depth--;
		return node;
	default:
		return NULL;
	}
}

/* Skips stream and document marks: fast_yaml puts the documents into one list, and ejabberd accepts only one. */
static const struct yml_node *read_stream(struct parser *parser)
{
	const struct yml_node *root = NULL;

	for (;;) {
		yaml_event_t event;
		yaml_event_type_t type;
		const struct yml_node *node = NULL;
		bool content;

		if (!next(parser, &event))
			return NULL;
		type = event.type;
		content = type != YAML_STREAM_START_EVENT && type != YAML_STREAM_END_EVENT &&
			  type != YAML_DOCUMENT_START_EVENT && type != YAML_DOCUMENT_END_EVENT;
		if (content && root)
			refuse(parser, YML_REFUSED, &event.start_mark,
			       "ejabberd reads only files with one YAML document");
		else if (content)
			node = read_node(parser, &event);
		yaml_event_delete(&event);
		if (content && !node)
			return NULL;
		if (content)
			root = node;
		if (type == YAML_STREAM_END_EVENT)
			break;
	}
	return root ? root : make(parser, YML_MAP, &(yaml_mark_t){ 0 });
}

const struct yml_node *yml_parse(struct yml_loader *loader, const char *file, const char *text, size_t size)
{
	struct parser parser = { .loader = loader, .file = file };
	const struct yml_node *root;

	if (!yaml_parser_initialize(&parser.yaml)) {
		loader->failed = true;
		return NULL;
	}
	yaml_parser_set_input_string(&parser.yaml, (const unsigned char *)text, size);
	root = read_stream(&parser);
	yaml_parser_delete(&parser.yaml);
	if (root && !yml_is_map(root)) {
		yml_problem_at(loader, YML_REFUSED, root, "is not a map of options: ejabberd refuses it");
		return NULL;
	}
	return root;
}
