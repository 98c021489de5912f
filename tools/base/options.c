/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses the command line with getopt_long(3), but strictly: no abbreviated names, and no single option given twice. */
#include "tools/base/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/suggest.h"
#include "tools/base/text.h"

enum {
	FIRST_VALUE = 256, /* of the long options in getopt's tables, above all letters */
	HELP_WIDTH = 79,
	OPERAND = 1, /* getopt's result for a word that is no option, with "-" */
};

struct tables {
	struct option longs[MAX_OPTIONS + 1];
	char letters[2 * MAX_OPTIONS + 3];
};

static void tables_fill(struct tables *tables, const struct option_spec *options, size_t n, bool operands)
{
	char *p = tables->letters;

	*p++ = operands ? '-' : '+';
	*p++ = ':';
	for (size_t i = 0; i < n; i++) {
		tables->longs[i].name = options[i].name;
		tables->longs[i].has_arg = options[i].kind == OPTION_FLAG ? no_argument : required_argument;
		tables->longs[i].val = FIRST_VALUE + (int)i;
		if (options[i].letter)
			*p++ = options[i].letter;
	}
}

static const struct option_spec *find_option(const struct option_spec *options, size_t n, int value)
{
	if (value >= FIRST_VALUE)
		return (size_t)(value - FIRST_VALUE) < n ? &options[value - FIRST_VALUE] : NULL;
	for (size_t i = 0; i < n; i++)
		if (options[i].letter && options[i].letter == value)
			return &options[i];
	return NULL;
}

/* getopt accepts abbreviations: a new option could make them ambiguous in scripts. */
static bool is_abbreviated(const struct option_spec *option, int value, char **argv)
{
	const char *word = argv[optind - 1];

	if (value < FIRST_VALUE)
		return false;
	if (optarg == word)
		word = argv[optind - 2];
	return strcspn(word + 2, "=") != strlen(option->name);
}

/* Makes a path absolute. Links are not resolved: the library checks every link of the path. */
static int set_path(const struct option_spec *option, char **ret, const char *text, struct report *report)
{
	cleanup_free char *cwd = NULL;
	char *path;

	if (*ret)
		return report_fail_usage(report, "--%s is given twice", option->name);
	if (*text == '\0')
		return report_fail_usage(report, "--%s is empty", option->name);
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return report_fail_usage(report, "--%s contains a control character", option->name);
	if (*text != '/') {
		cwd = get_current_dir_name();
		if (!cwd)
			return report_fail(report, -EIO,
					   "cannot find the working directory; write --%s as an absolute path",
					   option->name);
	}
	if (asprintf(&path, "%s%s%s", cwd && strcmp(cwd, "/") != 0 ? cwd : "", cwd ? "/" : "", text) < 0)
		return report_fail(report, -ENOMEM, "out of memory");
	*ret = path;
	return 0;
}

static int set_word(const struct option_spec *option, const char **ret, const char *text, struct report *report)
{
	if (*ret)
		return report_fail_usage(report, "--%s is given twice", option->name);
	if (*text == '\0')
		return report_fail_usage(report, "--%s is empty", option->name);
	*ret = text;
	return 0;
}

static int add_word(const char ***list, const char *text, struct report *report)
{
	const char **grown;
	size_t n = 0;

	while (*list && (*list)[n])
		n++;
	grown = reallocarray(*list, n + 2, sizeof(*grown));
	if (!grown)
		return report_fail(report, -ENOMEM, "out of memory");
	grown[n] = text;
	grown[n + 1] = NULL;
	*list = grown;
	return 0;
}

static int set_option(const struct option_spec *option, struct arguments *arguments, struct report *report)
{
	void *value = (char *)arguments + option->offset;

	switch (option->kind) {
	case OPTION_FLAG:
		*(bool *)value = true;
		return 0;
	case OPTION_PATH:
		return set_path(option, value, optarg, report);
	case OPTION_WORD:
		return set_word(option, value, optarg, report);
	case OPTION_LIST:
		if (*optarg == '\0')
			return report_fail_usage(report, "--%s is empty", option->name);
		return add_word(value, optarg, report);
	}
	return -EINVAL;
}

static int set_operand(const char *text, bool operands, struct arguments *arguments, struct report *report)
{
	if (operands && arguments->n_words < arguments->n_wanted) {
		arguments->words[arguments->n_words++] = text;
		return 0;
	}
	if (!operands || arguments->operand)
		return report_fail_usage(report, "unexpected word '%s'", text);
	if (*text == '\0')
		return report_fail_usage(report, "the name of the service is empty");
	arguments->operand = text;
	return 0;
}

static const char *suggest_option(const struct option_spec *options, size_t n_options, const char *word)
{
	const char *names[MAX_OPTIONS + 1] = {};

	for (size_t i = 0; i < n_options && i < MAX_OPTIONS; i++)
		names[i] = options[i].name;
	return suggest(word, names);
}

/* The first verb that has the option, or NULL. */
static const char *verb_with_option(const char *name)
{
	for (size_t i = 0; i < N_VERBS; i++)
		for (size_t k = 0; k < verbs[i].n_options; k++)
			if (strcmp(verbs[i].options[k].name, name) == 0)
				return verbs[i].name;
	return NULL;
}

static int report_wrong(int problem, const struct option_spec *options, size_t n_options, char **argv,
			struct report *report)
{
	const struct option_spec *option = find_option(options, n_options, optopt);
	const char *where = report->verb ? report->verb->name : "ejguard", *word, *meant, *owner;

	if (problem == ':')
		return report_fail_usage(report, "--%s needs a value: --%s %s", option->name, option->name,
					 option->metavar);
	if (option)
		return report_fail_usage(report, "--%s takes no value", option->name);
	if (optopt)
		return report_fail_usage(report, "unknown option -%c for %s", optopt, where);
	word = argv[optind - 1];
	owner = report->verb ? NULL : verb_with_option(word + 2);
	if (owner)
		return report_fail_usage(report, "%s comes after the verb: ejguard %s %s", word, owner, word);
	meant = suggest_option(options, n_options, word + 2);
	if (meant)
		return report_fail(report, -EINVAL, "unknown option %s for %s; did you mean --%s?", word, where, meant);
	return report_fail_usage(report, "unknown option %s for %s", word, where);
}

int options_parse(const struct option_spec *options, size_t n_options, bool operands, int argc, char **argv,
		  struct arguments *arguments, struct report *report, int *ret_next)
{
	const struct option_spec *option;
	struct tables tables = {};
	int value, r;

	if (n_options > MAX_OPTIONS)
		return -EINVAL;
	tables_fill(&tables, options, n_options, operands);
	optind = 0; /* glibc: restart the parser */
	opterr = 0;
	while ((value = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1) {
		if (value == OPERAND) {
			r = set_operand(optarg, operands, arguments, report);
		} else if (value == '?' || value == ':') {
			r = report_wrong(value, options, n_options, argv, report);
		} else {
			option = find_option(options, n_options, value);
			if (is_abbreviated(option, value, argv))
				r = report_fail_usage(report, "write --%s in full", option->name);
			else
				r = set_option(option, arguments, report);
		}
		if (r < 0)
			return r;
	}
	for (; operands && optind < argc; optind++) {
		r = set_operand(argv[optind], operands, arguments, report);
		if (r < 0)
			return r;
	}
	*ret_next = optind;
	return 0;
}

void help_print_row(FILE *out, unsigned int width, const char *name, const char *text)
{
	struct paragraph row = { .out = out, .width = HELP_WIDTH, .indent = width + 3 };

	fprintf(out, "  %-*s ", (int)width, name);
	row.column = width + 3;
	paragraph_add(&row, text);
	paragraph_end(&row);
}

void options_print_help(const struct option_spec *options, size_t n_options, FILE *out)
{
	char text[64];

	for (size_t i = 0; i < n_options; i++) {
		const struct option_spec *option = &options[i];
		char letter[] = { '-', option->letter, ',', ' ', '\0' };

		snprintf(text, sizeof(text), "%s--%s%s%s", option->letter ? letter : "", option->name,
			 option->metavar ? " " : "", option->metavar ? option->metavar : "");
		help_print_row(out, 20, text, option->help);
	}
}
