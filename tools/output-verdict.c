/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The last line of the text: the verdict, what it rests on, and the next command to type when there is one. */
#include <errno.h>
#include <string.h>

#include "tools/finding-list.h"
#include "tools/text.h"
#include "tools/tool.h"

/* How many findings each section has, and what would mend the failures. */
struct tally {
	size_t counts[N_SECTIONS];
	bool apply_mends; /* the remedy of all failures is to apply the stack */
};

static bool is_apply(const char *remedy)
{
	static const char command[] = "ejguard apply";

	if (strncmp(remedy, "run: ", 5) == 0)
		remedy += 5;
	return strncmp(remedy, command, sizeof(command) - 1) == 0;
}

static struct tally count(const struct output *output)
{
	struct tally tally = { .apply_mends = true };
	const struct ejg_finding *finding;

	for (size_t i = 0; (finding = output_finding(output, i)); i++) {
		enum section section = finding_section(finding);

		tally.counts[section]++;
		if (section == SECTION_FAILURE && !is_apply(finding->remedy))
			tally.apply_mends = false;
	}
	return tally;
}

bool output_is_audit(const struct output *output)
{
	return output->verb == &verb_check || output->verb == &verb_status;
}

/* What the caller may not see is not vouched for. */
static const char *outcome(const struct output *output, const struct tally *tally)
{
	bool audit = output_is_audit(output);

	if (output->error == 0)
		return audit && tally->counts[SECTION_UNSEEN] > 0 ? "held as far as can be seen" : output->verb->done;
	return audit && output->error == -EPERM ? "NOT known to hold" : output->verb->failed;
}

static void print_count(FILE *out, const char **separator, size_t n, const char *one, const char *more)
{
	char number[NUMBER_SIZE];

	if (n == 0)
		return;
	fprintf(out, "%s%s %s", *separator, format_number(n, number), n == 1 ? one : more);
	*separator = ", ";
}

/* As a shell reads it. The options hold no control characters. */
static void print_word(FILE *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%";

	fputc(' ', out);
	if (*word && word[strspn(word, plain)] == '\0') {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\''", out);
		else
			fputc(*word, out);
	}
	fputc('\'', out);
}

static void print_option(FILE *out, const char *name, const char *value)
{
	if (!value)
		return;
	fprintf(out, " --%s", name);
	print_word(out, value);
}

/* The command with the folders and the service of this run. */
static void print_command(const struct output *output, const char *verb, FILE *out)
{
	const struct arguments *arguments = output->arguments;

	fprintf(out, "%sejguard", geteuid() == 0 ? "" : "sudo ");
	print_option(out, "confdir", arguments->confdir);
	print_option(out, "moduledir", arguments->moduledir);
	fprintf(out, " %s", verb);
	print_option(out, "file", arguments->file);
	if (arguments->operand)
		print_word(out, arguments->operand);
}

/* "" where there is nothing to do, or no command that does it. */
static void print_next(const struct output *output, const struct tally *tally, FILE *out)
{
	const char *verb = output->verb->name;

	if (!output_is_audit(output) || output->quiet)
		return;
	if (output->error < 0 && tally->counts[SECTION_FAILURE] > 0) {
		if (tally->apply_mends && !output->arguments->file)
			verb = "apply";
		else
			fputs("mend the failures, then ", out);
	} else if (tally->counts[SECTION_UNSEEN] == 0 || geteuid() == 0) {
		return;
	}
	print_command(output, verb, out);
}

static void print_tally(const struct output *output, const struct tally *tally, FILE *out)
{
	const char *separator = output->error < 0 ? ": " : ", ";
	bool may_fail = output->error == 0 && output->verb != &verb_discover;

	fprintf(out, "%s: %s", output->service, outcome(output, tally));
	print_count(out, &separator, tally->counts[SECTION_FAILURE],
		    may_fail ? "failure of a guard that may fail" : "failure",
		    may_fail ? "failures of guards that may fail" : "failures");
	print_count(out, &separator, tally->counts[SECTION_WARNING], "warning", "warnings");
	print_count(out, &separator, tally->counts[SECTION_UNSEEN], "not seen", "not seen");
	if (output->verb == &verb_check && !output->quiet)
		print_count(out, &separator, tally->counts[SECTION_OK], "ok", "ok");
}

/* What one of the two prints, as a new string. */
static char *print_to_text(const struct output *output, const struct tally *tally,
			   void (*print)(const struct output *output, const struct tally *tally, FILE *out))
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	print(output, tally, out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

int output_verdict(const struct output *output, FILE *out)
{
	const struct tally tally = count(output);
	cleanup_free char *verdict = print_to_text(output, &tally, print_tally);
	cleanup_free char *next = print_to_text(output, &tally, print_next);
	static const char label[] = "next: ";
	bool apart;

	if (!verdict || !next)
		return -ENOMEM;
	apart = text_columns(verdict) + 2 + sizeof(label) - 1 + text_columns(next) > text_width(out);
	if (*next && apart) {
		fputs(label, out);
		text_put(out, next, strlen(next));
		fputc('\n', out);
	}
	text_put(out, verdict, strlen(verdict));
	if (*next && !apart) {
		fprintf(out, "; %s", label);
		text_put(out, next, strlen(next));
	}
	fputc('\n', out);
	return 0;
}
