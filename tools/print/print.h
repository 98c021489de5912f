/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The forms of a report: text for people, lines for a log, one JSON object for programs, metrics for a collector. */
#ifndef EJG_TOOL_PRINT_H
#define EJG_TOOL_PRINT_H

#include <ejguard/facts.h>

#include "tools/base/report.h"

/* Prints the report. Return: the exit status, 1 when the report could not be written. */
int print_report(const struct report *report);

/*
 * The forms. Return: 0 or -ENOMEM; the stream records write errors. lines: print_lines() has already printed the
 * failures to the same file.
 */
int print_object(const struct report *report, FILE *out);
int print_page(const struct report *report, bool lines, FILE *out);
int print_figures(const struct report *report, FILE *out);
/* discover, as a graph for graphviz. */
int print_graph(const struct report *report, FILE *out);
/* check, as a page for a browser. */
int print_html(const struct report *report, FILE *out);
/* As a plugin for Nagios, with its exit status. */
int print_nagios(const struct report *report, FILE *out);
int nagios_status(const struct report *report);
/* Prints one event: a line of text, or of JSON. */
int print_event(const struct report *report, const struct ejg_event *event, FILE *out);
/* One line for each failure, for the journal: "ejguard: ID: FILE:LINE:COLUMN: message; remedy". */
void print_lines(const struct report *report, FILE *out);
/* One line for each effect of an apply on others: newly allowed peers, ended connections. */
void print_changes(const struct report *report, FILE *out);

/* Parts of the page. Return: 0 or -ENOMEM. */
int print_findings(const struct report *report, bool no_failures, FILE *out);
/* Says that stdout did not take the output, unless its reader has only stopped reading. @error: -ENOMEM, or another. */
void print_lost(int error);

/* "ejabberd: NOT GUARDED: 2 failures, 1 warning; next: ejguard apply" */
int print_verdict(const struct report *report, FILE *out);
/* The same in one line, without the next command. */
int print_outcome(const struct report *report, FILE *out);
/* The command that is next, in one line without its end, or nothing. Return: 0, -ENOMEM. */
int print_next_command(const struct report *report, FILE *out);
/* True if the next command of an audit replaces the remedies of all failures, which are several commands. */
bool print_next_mends(const struct report *report);
int print_learned(const struct report *report, FILE *out);
int print_trial(const struct report *report, FILE *out);
/* Of status: the last denials and the policy in force; what is guarded; what was left out of the page. */
int print_in_force(const struct report *report, FILE *out);
int print_guarded(const struct report *report, FILE *out);
int print_left_out(const struct report *report, FILE *out);
/* True if these leave a finding, which is no failure, to print_findings(). */
bool guarded_leaves(const struct report *report, const struct ejg_finding *finding);
int print_modules(const struct report *report, FILE *out);
int print_units(const struct report *report, FILE *out);
int print_answers(const struct report *report, FILE *out);
int print_survey(const struct report *report, FILE *out);
int print_facts(const struct ejg_facts *facts, FILE *out);
int print_settings(const struct ejg_survey *survey, FILE *out);

#endif
