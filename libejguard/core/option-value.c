/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/option-value.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "libejguard/core/errors.h"
#include "libejguard/core/option.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/suggest.h"

/* One text being parsed. */
struct parse {
	struct arena *arena;
	const struct ejg_option *option;
	const char *text;
	void *value;
	const char **problem;
};

struct suffix {
	const char *name;
	uint64_t factor;
};

/* Largest first, as they are shown; the last one is for numbers without a unit, where these are allowed. */
static const struct suffix sizes[] = {
	{ "T", 1ULL << 40 }, { "G", 1ULL << 30 }, { "M", 1ULL << 20 }, { "K", 1ULL << 10 }, { "", 1 },
};
static const struct suffix plain[] = { { "", 1 } };
static const struct suffix durations[] = {
	{ "d", 86400000 }, { "h", 3600000 }, { "min", 60000 }, { "s", 1000 }, { "ms", 1 },
};

static const char *shown(const struct parse *parse)
{
	return errors_word(parse->arena, parse->text);
}

/* --- figures ------------------------------------------------------------------------------------------------------ */

static int parse_bool(const struct parse *parse)
{
	bool yes = strcmp(parse->text, "yes") == 0;

	if (!yes && strcmp(parse->text, "no") != 0)
		return arena_problem(parse->arena, parse->problem, "'%s' is neither 'yes' nor 'no'", shown(parse));
	*(bool *)parse->value = yes;
	return 0;
}

/* Formats a number in the largest unit that divides it. */
static const char *with_unit(const struct parse *parse, const struct suffix *units, uint64_t figure)
{
	const struct suffix *unit = units;
	const char *text;

	while (unit->factor > 1 && (figure == 0 || figure % unit->factor != 0))
		unit++;
	text = arena_printf(parse->arena, "%" PRIu64 "%s", figure / unit->factor, unit->name);
	return text ? text : "";
}

static int store_figure(const struct parse *parse, const struct suffix *units, uint64_t figure)
{
	const struct ejg_option *option = parse->option;
	const char *min = with_unit(parse, units, option->min), *max = with_unit(parse, units, option->max);

	if (figure < option->min && option->max == 0)
		return arena_problem(parse->arena, parse->problem, "'%s' is less than %s, the smallest value",
				     shown(parse), min);
	if (figure < option->min || (option->max != 0 && figure > option->max))
		return arena_problem(parse->arena, parse->problem, "'%s' is out of range (%s to %s)", shown(parse), min,
				     max);
	*(uint64_t *)parse->value = figure;
	return 0;
}

static int parse_unsigned(const struct parse *parse)
{
	uint64_t figure;
	int r;

	r = unsigned_parse(parse->text, &figure);
	if (r == -ERANGE)
		return arena_problem(parse->arena, parse->problem, "'%s' is too large a number", shown(parse));
	if (r < 0)
		return arena_problem(parse->arena, parse->problem,
				     "'%s' is not a number (decimal digits, no leading zero)", shown(parse));
	return store_figure(parse, plain, figure);
}

static int parse_with_unit(const struct parse *parse, const struct suffix *units, const char *expected)
{
	size_t digits = strspn(parse->text, "0123456789");
	const struct suffix *unit = units;
	const char *number;
	uint64_t figure;
	int r;

	while (unit->factor > 1 && strcmp(unit->name, parse->text + digits) != 0)
		unit++;
	if (strcmp(unit->name, parse->text + digits) != 0)
		return arena_problem(parse->arena, parse->problem, "'%s' is not %s", shown(parse), expected);
	number = arena_strndup(parse->arena, parse->text, digits);
	if (!number)
		return -ENOMEM;
	r = unsigned_parse(number, &figure);
	if (r == -EINVAL)
		return arena_problem(parse->arena, parse->problem, "'%s' is not %s", shown(parse), expected);
	if (r < 0 || __builtin_mul_overflow(figure, unit->factor, &figure))
		return arena_problem(parse->arena, parse->problem, "'%s' is too large", shown(parse));
	return store_figure(parse, units, figure);
}

static int parse_size(const struct parse *parse)
{
	return parse_with_unit(parse, sizes, "a size (a number, without a unit bytes, or with K, M, G or T: 64K)");
}

static int parse_duration(const struct parse *parse)
{
	return parse_with_unit(parse, durations, "a duration (a number with ms, s, min, h or d: 30s)");
}

static int parse_port(const struct parse *parse)
{
	if (port_parse(parse->text, parse->value) < 0)
		return arena_problem(parse->arena, parse->problem, "'%s' is not a port (1 to 65535)", shown(parse));
	return 0;
}

static int parse_port_range(const struct parse *parse)
{
	if (port_range_parse(parse->text, parse->value) < 0)
		return arena_problem(parse->arena, parse->problem,
				     "'%s' is not a port or a range of ports (N or N-M, 1 to 65535, N not above M)",
				     shown(parse));
	return 0;
}

/* --- words -------------------------------------------------------------------------------------------------------- */

static int parse_path(const struct parse *parse)
{
	const char *part = parse->text;
	char *copy;

	if (*part != '/')
		return arena_problem(parse->arena, parse->problem, "'%s' is not an absolute path", shown(parse));
	if (strlen(part) >= PATH_MAX)
		return arena_problem(parse->arena, parse->problem, "'%s' is too long for a path (at most %d bytes)",
				     shown(parse), PATH_MAX - 1);
	while (*part == '/' && parse->text[1] != '\0') {
		size_t length = strcspn(++part, "/");

		if (length == 0 || (length == 1 && part[0] == '.') || (length == 2 && memcmp(part, "..", 2) == 0))
			return arena_problem(parse->arena, parse->problem,
					     "'%s' has an empty, '.' or '..' component; write the path without it",
					     shown(parse));
		part += length;
	}
	copy = arena_strdup(parse->arena, parse->text);
	if (!copy)
		return -ENOMEM;
	*(const char **)parse->value = copy;
	return 0;
}

static const char *all_choices(const struct parse *parse, const char *const *choices)
{
	const char *text = *choices;

	for (choices++; *choices && text; choices++)
		text = arena_printf(parse->arena, "%s, %s", text, *choices);
	return text ? text : "";
}

static int parse_enum(const struct parse *parse)
{
	const char *const *choices = parse->option->choices, *meant;
	unsigned int i = 0;

	while (choices[i] && strcmp(choices[i], parse->text) != 0)
		i++;
	if (choices[i]) {
		*(unsigned int *)parse->value = i;
		return 0;
	}
	meant = suggest(parse->text, choices);
	if (meant)
		return arena_problem(parse->arena, parse->problem, "'%s' is none of: %s; did you mean '%s'?",
				     shown(parse), all_choices(parse, choices), meant);
	return arena_problem(parse->arena, parse->problem, "'%s' is none of: %s", shown(parse),
			     all_choices(parse, choices));
}

/* --- lists -------------------------------------------------------------------------------------------------------- */

/* Takes the next element from a comma-separated list. Return: 1, 0 after the last one, a negative errno. */
static int next_element(const struct parse *parse, const char **rest, size_t n, const char **ret_element)
{
	size_t length;

	if (!*rest)
		return 0;
	length = strcspn(*rest, ",");
	if (*parse->text == '\0')
		return arena_problem(parse->arena, parse->problem, "the list is empty");
	if (length == 0)
		return arena_problem(parse->arena, parse->problem,
				     "'%s' has an empty element; write one comma between two elements", shown(parse));
	if (n == OPTION_MAX_LIST)
		return arena_problem(parse->arena, parse->problem, "the list has more than %d elements",
				     OPTION_MAX_LIST);
	*ret_element = arena_strndup(parse->arena, *rest, length);
	if (!*ret_element)
		return -ENOMEM;
	*rest = (*rest)[length] == ',' ? *rest + length + 1 : NULL;
	return 1;
}

static bool same_prefix(const struct ejg_prefix *a, const struct ejg_prefix *b)
{
	return a->length == b->length && a->scope == b->scope && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static int parse_prefix(const struct parse *parse, const char *text, struct ejg_prefix *ret)
{
	char meant_text[EJG_PREFIX_TEXT_SIZE];
	struct ejg_prefix meant;
	const char *why;

	if (prefix_parse(text, ret, &why) == 0)
		return 0;
	text = errors_word(parse->arena, text);
	if (prefix_guess(text, &meant))
		return arena_problem(parse->arena, parse->problem, "'%s': %s; did you mean '%s'?", text, why,
				     ejg_prefix_format(&meant, meant_text));
	return arena_problem(parse->arena, parse->problem, "'%s': %s", text, why);
}

static int parse_addresses(const struct parse *parse)
{
	struct ejg_prefix_list *list = parse->value;
	struct ejg_prefix *items = (struct ejg_prefix *)list->items;
	const char *rest = parse->text, *text = NULL;
	size_t n = list->n;
	int r;

	while ((r = next_element(parse, &rest, n, &text)) > 0) {
		items = arena_grow(parse->arena, items, n, sizeof(*items));
		if (!items)
			return -ENOMEM;
		r = parse_prefix(parse, text, &items[n]);
		if (r < 0)
			return r;
		for (size_t i = 0; i < n; i++) {
			if (same_prefix(&items[i], &items[n]))
				return arena_problem(parse->arena, parse->problem, "'%s' is in the list already",
						     errors_word(parse->arena, text));
		}
		n++;
	}
	if (r == 0)
		*list = (struct ejg_prefix_list){ .items = items, .n = n };
	return r;
}

static int parse_words(const struct parse *parse)
{
	struct ejg_word_list *list = parse->value;
	const char **items = (const char **)list->items;
	const char *rest = parse->text, *text = NULL;
	size_t n = list->n;
	int r;

	while ((r = next_element(parse, &rest, n, &text)) > 0) {
		for (size_t i = 0; i < n; i++) {
			if (strcmp(items[i], text) == 0)
				return arena_problem(parse->arena, parse->problem, "'%s' is in the list already",
						     errors_word(parse->arena, text));
		}
		items = arena_grow(parse->arena, items, n, sizeof(*items));
		if (!items)
			return -ENOMEM;
		items[n++] = text;
	}
	if (r == 0)
		*list = (struct ejg_word_list){ .items = items, .n = n };
	return r;
}

/* --- types -------------------------------------------------------------------------------------------------------- */

#define C_TYPE(type) sizeof(type), _Alignof(type)

static const struct {
	size_t size;
	size_t alignment;
	int (*parse)(const struct parse *parse);
} types[] = {
	[EJG_OPTION_BOOL] = { C_TYPE(bool), parse_bool },
	[EJG_OPTION_UNSIGNED] = { C_TYPE(uint64_t), parse_unsigned },
	[EJG_OPTION_PORT] = { C_TYPE(uint16_t), parse_port },
	[EJG_OPTION_PORT_RANGE] = { C_TYPE(struct ejg_port_range), parse_port_range },
	[EJG_OPTION_SIZE] = { C_TYPE(uint64_t), parse_size },
	[EJG_OPTION_DURATION] = { C_TYPE(uint64_t), parse_duration },
	[EJG_OPTION_PATH] = { C_TYPE(const char *), parse_path },
	[EJG_OPTION_ENUM] = { C_TYPE(unsigned int), parse_enum },
	[EJG_OPTION_ADDRESSES] = { C_TYPE(struct ejg_prefix_list), parse_addresses },
	[EJG_OPTION_WORDS] = { C_TYPE(struct ejg_word_list), parse_words },
};

size_t option_value_size(uint32_t type)
{
	return type < ARRAY_SIZE(types) ? types[type].size : 0;
}

size_t option_value_alignment(uint32_t type)
{
	return type < ARRAY_SIZE(types) ? types[type].alignment : 0;
}

bool option_value_is_list(uint32_t type)
{
	return type == EJG_OPTION_ADDRESSES || type == EJG_OPTION_WORDS;
}

int option_value_parse(struct arena *arena, const struct ejg_option *option, const char *text, void *value,
		       const char **ret_problem)
{
	const struct parse parse = {
		.arena = arena,
		.option = option,
		.text = text,
		.value = value,
		.problem = ret_problem,
	};

	return types[option->type].parse(&parse);
}
