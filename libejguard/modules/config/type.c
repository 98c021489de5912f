/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/config/type.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "libejguard/modules/config/config.h"
#include "libejguard/util/cleanup.h"

bool type_is(const char *type, const char *name)
{
	size_t length = strlen(name);

	return strncmp(type, name, length) == 0 && (!type[length] || strchr("(),", type[length]));
}

const char *type_inside(const char *type)
{
	return strchr(type, '(') + 1;
}

const char *type_end(const char *part)
{
	unsigned int depth = 0;

	for (; *part; part++)
		if (*part == '(')
			depth++;
		else if ((*part == ')' || *part == ',') && !depth)
			break;
		else if (*part == ')')
			depth--;
	return part;
}

const char *type_next(const char *part)
{
	part = type_end(part);
	return *part == ',' ? part + 1 : NULL;
}

static bool is_word(const struct yml_node *value, const char *word, size_t length)
{
	const char *text = yml_text(value);

	return text && strlen(text) == length && strncmp(text, word, length) == 0;
}

/* True for a backend's old name in old configurations (ejabberd_config_transformer.erl). */
static bool is_old_word(const struct yml_node *value, const char *word, size_t length)
{
	return (length == 6 && strncmp(word, "mnesia", 6) == 0 && yml_is(value, "internal")) ||
	       (length == 3 && strncmp(word, "sql", 3) == 0 && yml_is(value, "odbc")) ||
	       (length == 4 && strncmp(word, "flat", 4) == 0 && yml_is(value, "hometree")) ||
	       (length == 8 && strncmp(word, "required", 8) == 0 && yml_is(value, "required_trusted"));
}

bool type_has_word(const char *words, const struct yml_node *value)
{
	for (; words; words = type_next(words)) {
		size_t length = (size_t)(type_end(words) - words);

		if (is_word(value, words, length) || is_old_word(value, words, length))
			return true;
	}
	return false;
}

static bool is_forever(const struct yml_node *value)
{
	return type_has_word("infinity,infinite,unlimited", value);
}

static bool is_in(const char *range, const struct yml_node *value)
{
	const char *max = type_next(range);
	int64_t number;

	if (!yml_integer(value, &number))
		return false;
	return (*range == ',' || number >= strtoll(range, NULL, 10)) &&
	       (*max == ')' || number <= strtoll(max, NULL, 10));
}

/* A number, or a number with a unit: to_timeout() of yconf.erl. */
static bool is_time(const struct yml_node *value)
{
	static const char *const units[] = { "",      "s",    "sec",	"secs",	    "second",	   "seconds",
					     "ms",    "msec", "msecs",	"millisec", "millisecs",   "m",
					     "min",   "mins", "minute", "minutes",  "h",	   "hour",
					     "hours", "d",    "day",	"days",	    "millisecond", "milliseconds" };
	const char *text = yml_text(value);
	int64_t number;

	if (yml_integer(value, &number))
		return number > 0;
	text += text && *text == '+';
	if (!text || *text < '0' || *text > '9')
		return false;
	if (!strtoull(text, NULL, 10))
		return false;
	text += strspn(text, "0123456789");
	text += strspn(text, " \t");
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (strncasecmp(text, units[i], strlen(units[i])) == 0 &&
		    !text[strlen(units[i]) + strspn(text + strlen(units[i]), " \t")])
			return true;
	return false;
}

static bool is_mask(const struct yml_node *value)
{
	struct ejg_prefix prefix;

	return config_prefix(value, &prefix);
}

static bool is_ip(const struct yml_node *value)
{
	const char *text = yml_text(value);
	struct ejg_prefix address;

	return text && config_address(text, &address);
}

/* number(MIN): with or without a fraction. */
static bool is_number(const char *least, const struct yml_node *value)
{
	return (value->kind == YML_INTEGER || value->kind == YML_FLOAT) &&
	       strtod(value->text, NULL) >= strtod(least, NULL);
}

bool type_fits_scalar(const char *type, const struct yml_node *value)
{
	return type_is(type, "bool")	  ? yml_bool(value) >= 0
	       : type_is(type, "text")	  ? yml_text(value) != NULL
	       : type_is(type, "quoted")  ? value->kind == YML_STRING
	       : type_is(type, "time")	  ? is_time(value)
	       : type_is(type, "forever") ? is_forever(value)
	       : type_is(type, "ip")	  ? is_ip(value)
	       : type_is(type, "mask")	  ? is_mask(value)
	       : type_is(type, "number")  ? is_number(type_inside(type), value)
	       : type_is(type, "int")	  ? is_in(type_inside(type), value)
	       : type_is(type, "enum")	  ? type_has_word(type_inside(type), value)
					  : true;
}
