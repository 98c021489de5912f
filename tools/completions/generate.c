/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes a completion: generate bash|zsh|fish TEMPLATE. The template is copied; its marks are replaced by the table of
 * verbs and options, in the syntax of the shell. A value or an operand that is not in the list of kinds is an error: a
 * new one must be added there with its completion.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/base/verb.h"

enum { MAX_LINE = 512 };

/* The completion of a metavar, or of an operand without its brackets. */
struct kind {
	const char *name;
	const char *zsh;
	const char *fish; /* text behind -l NAME or behind the condition */
};

static const struct kind kinds[] = {
	{ "DIR", ":folder:_directories", "-x -a '(__fish_complete_directories)'" },
	{ "STACK", ":file:_files", "-r -F" },
	{ "PATH", ":path:", "-x" },
	{ "MODULE", ":module:_ejguard_modules", "-x -a '(__ejguard_modules)'" },
	{ "SERVICE", ":service:_ejguard_services", "-x -a '(__ejguard_services)'" },
	{ "SECONDS", ":seconds:", "-x" },
	{ "TIME", ":time:(60s 5min 1h)", "-x -a '60s 5min 1h'" },
	{ "USER", ":user:_users", "-x -a '(__fish_complete_users)'" },
	{ "ADDRESS", ":address:_hosts", "-x" },
	{ "PORT", ":port:", "-x" },
};

static const struct kind *find_kind(const char *name)
{
	size_t n = strcspn(name += *name == '[', "] ");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strlen(kinds[i].name) == n && strncmp(kinds[i].name, name, n) == 0)
			return &kinds[i];
	fprintf(stderr, "generate: it is not said how %.*s is completed\n", (int)n, name);
	exit(1);
}

/* Calls a function for each word of the operand. */
static void each_operand(const struct verb *verb, void (*call)(const struct verb *verb, size_t index, const char *word))
{
	char operand[MAX_LINE], *rest = operand, *word;
	size_t index = 0;

	snprintf(operand, sizeof(operand), "%s", verb->operand);
	/* Words behind -- belong to another program. */
	while ((word = strsep(&rest, " ")) && strcmp(word, "--") != 0)
		if (*word)
			call(verb, index++, word);
}

/* Prints in single quotes, with a backslash before the characters in special. */
static void put_quoted(const char *text, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			printf("%s%c", strchr(special, *text) ? "\\" : "", *text);
	}
}

static void put_names(void)
{
	for (size_t i = 0; i < N_VERBS; i++)
		printf("%s%s", i ? " " : "", verbs[i].name);
}

/* bash: options[check]="--file=STACK", operands[check]="[SERVICE]" */

static void put_bash_options(const char *verb, const struct option_spec *options, size_t n)
{
	printf("\toptions[%s]=\"", verb);
	for (size_t i = 0; i < n; i++) {
		if (options[i].metavar)
			find_kind(options[i].metavar);
		if (options[i].letter)
			printf("%s-%c", i ? " " : "", options[i].letter);
		printf("%s--%s%s%s%s", i || options[i].letter ? " " : "", options[i].name,
		       options[i].metavar ? "=" : "", options[i].metavar ? options[i].metavar : "",
		       options[i].kind == OPTION_LIST ? "+" : "");
	}
	printf("\"\n");
}

static void put_bash(void)
{
	put_bash_options("all", global_options, n_global_options);
	for (size_t i = 0; i < N_VERBS; i++) {
		put_bash_options(verbs[i].name, verbs[i].options, verbs[i].n_options);
		printf("\toperands[%s]=\"%s\"\n", verbs[i].name, verbs[i].operand);
	}
}

/* zsh: a function for each verb, which calls _arguments */

static void put_zsh_option(const struct option_spec *option)
{
	const char *end = option->metavar ? "=" : "";

	if (option->kind == OPTION_LIST)
		printf("'*--%s%s", option->name, end);
	else if (option->letter)
		printf("'(-%c --%s)'{-%c,--%s%s}'", option->letter, option->name, option->letter, option->name, end);
	else
		printf("'--%s%s", option->name, end);
	printf("[");
	put_quoted(option->help, "[]:\\");
	printf("]%s'", option->metavar ? find_kind(option->metavar)->zsh : "");
}

static void put_zsh_operand(const struct verb *verb, size_t index, const char *word)
{
	if (strchr(word, '|')) {
		printf(" ':action:(");
		for (; *word; word++)
			putchar(*word == '|' ? ' ' : *word);
		printf(")'");
	} else if (strcmp(word, "[VERB]") == 0) {
		printf(" ':verb:(");
		put_names();
		printf(")'");
	} else {
		printf(" '%s'", find_kind(word)->zsh);
	}
}

static void put_zsh_functions(void)
{
	for (size_t i = 0; i < N_VERBS; i++) {
		printf("_ejguard_verb_%s() {\n\t_arguments $all", verbs[i].name);
		for (size_t j = 0; j < verbs[i].n_options; j++) {
			printf(" \\\n\t\t");
			put_zsh_option(&verbs[i].options[j]);
		}
		each_operand(&verbs[i], put_zsh_operand);
		printf("\n}\n\n");
	}
}

static void put_zsh(void)
{
	printf("\tall=(\n");
	for (size_t i = 0; i < n_global_options; i++) {
		printf("\t\t");
		put_zsh_option(&global_options[i]);
		printf("\n");
	}
	printf("\t)\n\tverbs=(\n");
	for (size_t i = 0; i < N_VERBS; i++) {
		printf("\t\t'%s:", verbs[i].name);
		put_quoted(verbs[i].summary, ":\\");
		printf("'\n");
	}
	printf("\t)\n");
}

/* fish: complete commands */

static void put_fish_option(const char *condition, const struct option_spec *option)
{
	printf("complete -c ejguard%s", condition);
	if (option->letter)
		printf(" -s %c", option->letter);
	printf(" -l %s %s%s-d '", option->name, option->metavar ? find_kind(option->metavar)->fish : "",
	       option->metavar ? " " : "");
	for (const char *p = option->help; *p; p++)
		printf("%s%c", *p == '\'' || *p == '\\' ? "\\" : "", *p);
	printf("'\n");
}

static void put_fish_operand(const struct verb *verb, size_t index, const char *word)
{
	printf("complete -c ejguard -n '__ejguard_at %s %zu' ", verb->name, index);
	if (strcmp(word, "[VERB]") == 0 || strchr(word, '|')) {
		printf("-x -a '");
		if (*word == '[')
			put_names();
		for (; *word && *word != '['; word++)
			putchar(*word == '|' ? ' ' : *word);
		printf("'\n");
	} else {
		printf("%s\n", find_kind(word)->fish);
	}
}

static void put_fish(void)
{
	char condition[MAX_LINE];

	for (size_t i = 0; i < n_global_options; i++)
		put_fish_option("", &global_options[i]);
	for (size_t i = 0; i < N_VERBS; i++) {
		printf("\ncomplete -c ejguard -n __ejguard_no_verb -a %s -d '", verbs[i].name);
		for (const char *p = verbs[i].summary; *p; p++)
			printf("%s%c", *p == '\'' || *p == '\\' ? "\\" : "", *p);
		printf("'\n");
		snprintf(condition, sizeof(condition), " -n '__ejguard_at %s'", verbs[i].name);
		for (size_t j = 0; j < verbs[i].n_options; j++)
			put_fish_option(condition, &verbs[i].options[j]);
		each_operand(&verbs[i], put_fish_operand);
	}
}

static void put_valued_options(const struct option_spec *options, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (options[i].metavar)
			printf(" --%s", options[i].name);
}

static void put_confdir(void)
{
	fputs(EJG_CONFDIR, stdout);
}

static void put_vendordir(void)
{
	fputs(EJG_VENDORDIR, stdout);
}

static void put_valued(void)
{
	put_valued_options(global_options, n_global_options);
	for (size_t i = 0; i < N_VERBS; i++)
		put_valued_options(verbs[i].options, verbs[i].n_options);
}

static const struct {
	const char *shell; /* NULL: all */
	const char *mark;
	void (*put)(void);
} marks[] = {
	{ NULL, "@CONFDIR@", put_confdir },  { NULL, "@VENDORDIR@", put_vendordir },
	{ "bash", "\t@TABLE@\n", put_bash }, { "zsh", "\t@TABLE@\n", put_zsh },
	{ "fish", "@TABLE@\n", put_fish },   { "zsh", "@FUNCTIONS@\n", put_zsh_functions },
	{ "fish", " @VALUED@", put_valued },
};

static void put_line(const char *shell, const char *line)
{
	while (*line) {
		size_t i = 0, n_marks = sizeof(marks) / sizeof(marks[0]);

		while (i < n_marks && ((marks[i].shell && strcmp(marks[i].shell, shell) != 0) ||
				       strncmp(line, marks[i].mark, strlen(marks[i].mark)) != 0))
			i++;
		if (i < n_marks) {
			marks[i].put();
			line += strlen(marks[i].mark);
		} else {
			putchar(*line++);
		}
	}
}

int main(int argc, char **argv)
{
	char line[MAX_LINE];
	FILE *in = argc == 3 ? fopen(argv[2], "re") : NULL;

	if (!in) {
		fprintf(stderr, "usage: generate bash|zsh|fish TEMPLATE\n");
		return 2;
	}
	while (fgets(line, sizeof(line), in))
		put_line(argv[1], line);
	fclose(in);
	return fflush(stdout) == 0 ? 0 : 1;
}
