/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report of a run: verbs write it, printers read it, and neither knows the other. */
#ifndef EJG_TOOL_REPORT_H
#define EJG_TOOL_REPORT_H

#include <ejguard/ejguard.h>
#include <ejguard/module.h>
#include <stdio.h>

#include "tools/base/unit.h"
#include "tools/base/verb.h"

/*
 * Of the JSON form: schema/ejguard-1.json. Members are added without a new number; a new number comes with a schema file
 * of its own when a member goes, or means something else, or has values that a reader of the old one could not have
 * expected.
 */
enum { REPORT_SCHEMA = 1 };

/* The exit status of a run that changes nothing, and tells that it would: no errno has it. */
enum { STATUS_WOULD_CHANGE = 5 };

/* Findings that the report of the library does not have (any more): of the tool itself, and of a call before the last. */
struct note_list {
	struct ejg_finding *items; /* their strings are the list's */
	size_t n;
};

/* Everything that is printed comes from here, in all forms. */
struct report {
	const struct arguments *arguments;
	const struct verb *verb; /* NULL before one was understood */
	const char *service;	 /* NULL where the verb is about none */
	char *service_read;	 /* it, where the verb has read it */
	int error;		 /* 0 or a negative errno of <ejguard/ejguard.h> */
	char *message;		 /* of the tool itself; else the findings and the error of the handle say what failed */
	struct ejg *handle;	 /* its findings, metrics and answers; may be NULL */
	struct note_list notes;	 /* printed before those of the handle */

	bool modules;	    /* the loaded modules are part of the report */
	const char *module; /* only this one, in full */

	struct unit_list units; /* of enable and disable */
	bool has_units;

	struct ejg_question asked;
	const struct ejg_question *question; /* of explain: it, once it was understood */
	bool openmetrics, prometheus;	     /* metrics only, in that format */

	bool tries; /* asks what an apply or an enable would change, and changes nothing */
	bool guarded_now; /* of an audit */
	enum {
		UNIT_START_UNKNOWN, /* nobody was asked, or no unit is there to start */
		UNIT_START_GUARDED,
		UNIT_START_UNGUARDED,
	} persistence; /* whether all units of the service start guarded the next time */

	struct {
		bool waits; /* a change waits to be confirmed */
		unsigned int seconds; /* that are left */
		bool former; /* there is a former policy, which then comes back; else the guard is released */
		bool timer;  /* it runs */
	} pending;

	bool surveyed; /* the facts and the survey are part of the report */

	/* Prints an event of a verb that streams. Return: 0, -ENOMEM; errors of writing stay in the stream. */
	int (*on_event)(const struct report *report, const struct ejg_event *event, FILE *out);

	bool journal; /* stderr is read by systemd's: its lines have priorities */
	bool json;
	bool quiet;
	bool verbose;

	int status; /* the exit status, where the error does not decide it; else 0 */
	bool sigpipe_was_ignored; /* by who started the tool */
	bool sigxfsz_was_ignored; /* by who started the tool */
	bool sigchld_was_ignored;

	bool shows_progress;
	bool progress; /* is on the screen */
};

/* One line of the table of errors. */
struct exit_status {
	int error;
	int status;
	int unit_status; /* in a unit, of which systemctl shows the name: those of sysexits(3) */
	const char *outcome;
};

/* Exit status and outcome of an errno of <ejguard/ejguard.h>. */
const struct exit_status *exit_status(int error);

/* The exit status of the run. */
int report_status(const struct report *report);

/* Sets the message, "what failed; what to do". Return: error. */
int report_fail(struct report *report, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Takes the message back, where the failure does not end the run. */
void report_forget_failure(struct report *report);

/* The command line is wrong: sets the message, "PROBLEM; try ejguard VERB --help". Return: -EINVAL, -ENOMEM. */
int report_fail_usage(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The message of a run that failed; never NULL. */
const char *report_error(const struct report *report);

/* A finding, of the notes and of the handle, or NULL past the end. */
const struct ejg_finding *report_finding(const struct report *report, size_t index);
/* Adds a copy. Return: 0, -ENOMEM with the message set. */
int report_note(struct report *report, const struct ejg_finding *finding);
/* Adds copies of all findings that the handle has now. */
int report_keep(struct report *report);

/* Whether a finding says what would change: by its name, see ejguard-module(7). */
bool report_is_change(const struct ejg_finding *finding);
/* What would change, findings and drop-ins. */
size_t report_count_changes(const struct report *report);
/* Ends a run that only tries; `detailed`: the exit status tells whether anything would change. Return: r. */
int report_end_trial(struct report *report, bool detailed, int r);

/* Whether a finding is asked for, by -q, -v or neither. */
bool report_wants(const struct report *report, enum ejg_severity severity);

/* Frees what is the report's own; the handle is not. */
void report_free(struct report *report);

#endif
