/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report of a run, and its two forms: text for people, one JSON object for programs. */
#ifndef EJG_OUTPUT_H
#define EJG_OUTPUT_H

#include <ejguard/ejguard.h>
#include <ejguard/module.h>
#include <stdio.h>

#include "tools/unit.h"

struct arguments;
struct verb;

/*
 * Of the JSON form: schema/ejguard-1.json. Members are added without a new number; a new number comes with a schema file of
 * its own when a member goes, or means something else, or has values that a reader of the old one could not have expected.
 */
enum { OUTPUT_SCHEMA = 1 };

/* Findings that the report of the guard does not have (any more): of the tool itself, and of a verb before the last. */
struct note_list {
	struct ejg_finding *items; /* their strings are the list's */
	size_t n;
};

/* Everything that is printed comes from here, in both forms. */
struct output {
	const struct arguments *arguments;
	const struct verb *verb; /* NULL before one was understood */
	const char *service;	 /* NULL where the verb is about none */
	int error;		 /* 0 or a negative errno of <ejguard/ejguard.h> */
	char *message;		 /* of the tool itself; else the guard's findings and error say what failed */
	struct ejg *guard;	 /* its findings, metrics and answers; may be NULL */
	struct note_list notes;	 /* printed before the guard's */

	bool modules;	    /* the loaded modules are part of the report */
	const char *module; /* only this one, in full */

	struct unit_list units; /* of enable and disable */
	bool has_units;

	struct ejg_question asked;
	const struct ejg_question *question; /* of explain: it, once it was understood */
	bool openmetrics;		     /* metrics only, in that format */
	bool streamed;			     /* was written event by event: no report unless it failed */

	bool surveyed; /* the facts and the survey are part of the report */

	bool json;
	bool quiet;
	bool verbose;

	bool shows_progress;
	bool progress; /* is on the screen */
};

/* One line of the table of errors. */
struct exit_status {
	int error;
	int status;
	const char *outcome;
};

/* Exit status and outcome of an errno of <ejguard/ejguard.h>. */
const struct exit_status *exit_status(int error);

/* Sets the message, "what failed; what to do". Return: error. */
int output_fail(struct output *output, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The message of a run that failed; never NULL. */
const char *output_error(const struct output *output);

/* Prints the report. Return: the exit status, 1 when the report could not be written. */
int output_print(const struct output *output);

/* A finding of the report, of both kinds, or NULL past the end. */
const struct ejg_finding *output_finding(const struct output *output, size_t index);
/* Adds a copy. Return: 0, -ENOMEM with the message set. */
int output_note(struct output *output, const struct ejg_finding *finding);
/* Adds copies of all findings that the guard's report has now. */
int output_keep(struct output *output);
void notes_free(struct note_list *notes);

/* Whether the verb asks whether the guard holds, and changes nothing. */
bool output_is_audit(const struct output *output);

/* Whether a finding is asked for, by -q, -v or neither. */
bool output_wants(const struct output *output, enum ejg_severity severity);

/*
 * The forms. Return: 0 or -ENOMEM; errors of writing stay in the stream. lines: the failures were printed by
 * output_lines() already, to the same place.
 */
int output_json(const struct output *output, FILE *out);
int output_text(const struct output *output, bool lines, FILE *out);
int output_openmetrics(const struct output *output, FILE *out);
/* One event: a line of text, or of JSON. */
int output_event(const struct output *output, const struct ejg_event *event, FILE *out);
/* One line for each failure, for the journal: "ejguard: ID: FILE:LINE:COLUMN: message; remedy". */
void output_lines(const struct output *output, FILE *out);

/* Parts of the text form. */
int output_findings(const struct output *output, bool no_failures, FILE *out);
/* "ejabberd: NOT held: 2 failures, 1 warning; next: ejguard apply" */
int output_verdict(const struct output *output, FILE *out);
int output_modules_text(const struct output *output, FILE *out);
int output_units_text(const struct output *output, FILE *out);
int output_answers_text(const struct output *output, FILE *out);
int output_survey_text(const struct output *output, FILE *out);
int output_facts_text(const struct ejg_facts *facts, FILE *out);
int output_settings_text(const struct ejg_survey *survey, FILE *out);

/* Parts of the JSON form; NULL without memory. */
struct json_t;
struct json_t *output_modules_json(const struct output *output);
struct json_t *output_units_json(const struct output *output);
struct json_t *output_answers_json(const struct output *output);
/* Adds the facts, the survey and the comparisons. Return: 0, -1 without memory. */
int output_survey_json(const struct output *output, struct json_t *report);
struct json_t *output_facts_json(const struct ejg_facts *facts);
struct json_t *output_question_json(const struct output *output);
struct json_t *json_labels(const struct ejg_label *labels, size_t n);
/* A string; bytes that are not UTF-8 become \xNN. */
struct json_t *json_text(const char *text);
struct json_t *json_words(const char *const *words, size_t n);
/* JSON has signed 64-bit numbers in most readers; past that, the nearest real number. */
struct json_t *json_unsigned(uint64_t value);
/* Appends the element, which it takes over; when either is NULL the array is freed and the result is NULL. */
struct json_t *json_append(struct json_t *array, struct json_t *element);
/* null for NULL. */
struct json_t *json_nullable(const char *text);

/* Names of what a descriptor has. Return: how many were written to the array of DESCRIBE_MAX. */
enum { DESCRIBE_MAX = 16 };
size_t describe_operations(const struct ejg_module *module, const char *names[DESCRIBE_MAX]);
size_t describe_flags(const struct ejg_module *module, const char *names[DESCRIBE_MAX]);
const char *describe_option_type(uint32_t type);
/* Whether min and max mean something for options of the type. */
bool describe_has_range(uint32_t type);

#endif
