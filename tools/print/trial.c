/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The changes of a dry run, as a list for people. The message of such a finding is a sentence, or the words of a diff,
 * each with its sign: "+198.51.100.7 -198.51.100.8".
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/util/change-list.h"
#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"
#include "tools/print/json.h"
#include "tools/print/print.h"

enum { INDENT = 2, NAME = 10 };

struct word {
	const char *text; /* without the sign; for a rest the whole text */
	size_t n;
	size_t rest; /* how many words were left out here; 0: it is a word */
	char sign;
};

/* Removes the next word of a diff from *text. Return: false at the end. */
static bool next_word(const char **text, struct word *ret)
{
	const char *start = *text + strspn(*text, " ");
	struct word word = {};
	int n = 0;

	if (!*start)
		return false;
	if (sscanf(start, CHANGE_LIST_REST "%n", &word.rest, &word.sign, &n) == 2 && n > 0) {
		word.text = start;
		word.n = n;
	} else {
		word = (struct word){ .text = start + 1, .n = strcspn(start, " ") - 1, .sign = *start };
	}
	*text = word.text + word.n;
	*ret = word;
	return true;
}

static bool is_diff(const char *message)
{
	return (*message == '+' || *message == '-') && message[1] != '\0' && message[1] != ' ';
}

static const char *subject_of(const struct ejg_finding *finding)
{
	return *finding->subject ? finding->subject : finding->file;
}

static void print_diff(const char *message, FILE *out)
{
	const bool colour = text_colour(out);
	struct word word;

	while (next_word(&message, &word)) {
		fprintf(out, "%*s", NAME + 2 * INDENT, "");
		if (colour && !word.rest)
			fputs(word.sign == '+' ? "\033[32m" : "\033[31m", out);
		if (!word.rest)
			fprintf(out, "%c ", word.sign);
		text_put(out, word.text, word.n);
		fputs(colour && !word.rest ? "\033[0m\n" : "\n", out);
	}
}

static void print_change(const char *module, const char *subject, const char *message, FILE *out)
{
	struct paragraph paragraph = {
		.out = out, .width = text_width(out), .indent = NAME + 2 * INDENT, .column = NAME + INDENT
	};

	fprintf(out, "%*s%-*s", INDENT, "", NAME, module);
	paragraph_add(&paragraph, subject);
	if (!is_diff(message)) {
		paragraph_add(&paragraph, ": ");
		paragraph_add(&paragraph, message);
	}
	paragraph_end(&paragraph);
	if (is_diff(message))
		print_diff(message, out);
}

static const char *describe_unit(const struct unit *unit)
{
	if (unit->action == UNIT_REMOVED)
		return "would be removed";
	return unit->old ? "would be written anew" : "would be written";
}

int print_trial(const struct report *report, FILE *out)
{
	const size_t n = report_count_changes(report);
	const char *module = "";
	const struct ejg_finding *finding;

	if (n == 0 || report->quiet)
		return 0;
	fprintf(out, "Would change (%zu)\n", n);
	for (size_t i = 0; (finding = report_finding(report, i)); i++) {
		if (!report_is_change(finding))
			continue;
		print_change(strcmp(module, finding->module) == 0 ? "" : finding->module, subject_of(finding),
			     finding->message, out);
		module = finding->module;
	}
	for (size_t i = 0; i < report->units.n; i++) {
		if (!unit_changes(&report->units.items[i]))
			continue;
		print_change(strcmp(module, "ejguard") == 0 ? "" : "ejguard", report->units.items[i].path,
			     describe_unit(&report->units.items[i]), out);
		module = "ejguard";
	}
	fputc('\n', out);
	return 0;
}

static json_t *json_words_of(const char *message, char wanted)
{
	const bool diff = is_diff(message);
	json_t *array = json_array();
	struct word word;

	while (array && diff && next_word(&message, &word)) {
		const bool listed = word.sign == wanted && !word.rest;
		cleanup_free char *text = listed ? strndup(word.text, word.n) : NULL;

		if (listed)
			array = json_append(array, text ? json_text(text) : NULL);
	}
	return array;
}

static json_int_t count_rest(const char *message, char wanted)
{
	const bool diff = is_diff(message);
	json_int_t n = 0;
	struct word word;

	while (diff && next_word(&message, &word))
		n += word.sign == wanted ? word.rest : 0;
	return n;
}

static json_t *json_change(const char *module, const char *subject, const char *message)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:I}", "module", json_text(module), "subject",
			 json_text(subject), "message", json_text(message), "added", json_words_of(message, '+'),
			 "removed", json_words_of(message, '-'), "added_more", count_rest(message, '+'), "removed_more",
			 count_rest(message, '-'));
}

json_t *json_trial(const struct report *report)
{
	const struct ejg_finding *finding;
	json_t *array = json_array();

	for (size_t i = 0; array && (finding = report_finding(report, i)); i++)
		if (report_is_change(finding))
			array = json_append(array, json_change(finding->module, subject_of(finding), finding->message));
	for (size_t i = 0; array && i < report->units.n; i++)
		if (unit_changes(&report->units.items[i]))
			array = json_append(array, json_change("ejguard", report->units.items[i].path,
							       describe_unit(&report->units.items[i])));
	return array;
}
