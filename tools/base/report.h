/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report of a run: verbs write it, printers read it; neither includes the other. */
#ifndef EJG_TOOL_REPORT_H
#define EJG_TOOL_REPORT_H

#include <ejguard/ejguard.h>
#include <ejguard/module.h>
#include <stdio.h>

#include "tools/base/learned.h"
#include "tools/base/unit.h"
#include "tools/base/verb.h"

/*
 * The version of the JSON form: schema/ejguard-1.json. New members do not change it. If a member is removed,
 * changes its meaning or gets values that an old reader does not expect, the version increases and gets its own
 * schema file.
 */
enum { REPORT_SCHEMA = 1 };

/* The exit status of a dry run that would change something: no errno has it. */
enum { STATUS_WOULD_CHANGE = 5 };

/* Findings that are not in the library's report: those of the tool itself, and those of earlier calls. */
struct note_list {
	struct ejg_finding *items; /* the list owns their strings */
	size_t n;
};

/* The data for all forms of output. */
struct report {
	const struct arguments *arguments;
	const struct verb *verb; /* NULL until a verb was read */
	const char *service;	 /* NULL if the verb is not about a service */
	char *service_read;	 /* the same, if the verb has determined it */
	int error;		 /* 0 or a negative errno of <ejguard/ejguard.h> */
	char *message;		 /* of the tool itself; else findings and error of the handle have the reason */
	struct ejg *handle;	 /* with findings, metrics and answers; may be NULL */
	struct note_list notes;	 /* printed before those of the handle */

	bool modules;	    /* print the loaded modules */
	const char *module; /* only this module, with details */

	struct unit_list units; /* of enable and disable */
	bool has_units;

	struct ejg_question asked;
	const struct ejg_question *question; /* of explain: the question, when it was parsed */
	bool openmetrics, prometheus;	     /* print metrics only, in that format */

	bool tries;	  /* dry run: reports what an apply or an enable would change */
	bool guarded_now; /* of an audit */
	bool asks_root;	  /* the verb needs root: nothing else is to be said */
	bool stays;	  /* of exec: it failed, and the policy that it applied stays in force */
	bool keeps;	  /* the notes have all findings of the handle */
	enum {
		UNIT_START_UNKNOWN, /* not determined, or no unit can start */
		UNIT_START_GUARDED,
		UNIT_START_UNGUARDED,
	} persistence; /* do all units of the service start guarded the next time? */

	struct {
		bool waits;	      /* a change waits to be confirmed */
		unsigned int seconds; /* the remaining time */
		bool former;	      /* the former policy will come back; false: the guard will be released */
		bool timer;	      /* the timer runs */
		char *reverted;	      /* "FILE: take back ...": the stack file has a reverted change; or NULL */
	} pending;

	struct learned learned; /* of learn: a proposed stack */
	bool has_learned;

	struct {
		uint16_t dist_port; /* 0: not known */
		enum reach {
			REACH_UNKNOWN,
			REACH_OPEN,
			REACH_REFUSED,
		} strangers[2],
			peers[2], users[2]; /* of epmd, of the distribution */
	} reach;			    /* of discover --graph: who is refused now */

	bool surveyed; /* print the facts and the survey */

	/* Prints an event of a verb that streams. Return: 0, -ENOMEM; the stream records write errors. */
	int (*on_event)(const struct report *report, const struct ejg_event *event, FILE *out);

	bool journal; /* stderr goes to systemd's journal: its lines have priorities */
	bool json;
	bool quiet;
	bool verbose;

	int status;		  /* the exit status, if it does not follow from the error; else 0 */
	bool sigpipe_was_ignored; /* by the caller of the tool */
	bool sigxfsz_was_ignored; /* by the caller of the tool */
	bool sigchld_was_ignored;

	bool shows_progress;
	bool progress; /* a progress message is on the screen */
};

/* One line of the table of errors. */
struct exit_status {
	int error;
	int status;
	int unit_status; /* for systemd units, as systemctl prints its name: those of sysexits(3) */
	const char *outcome;
};

/* Exit status and result for an errno of <ejguard/ejguard.h>. */
const struct exit_status *exit_status(int error);

/* The exit status of the run. */
int report_status(const struct report *report);

/* Sets the message, "what failed; what to do". Return: error. */
int report_fail(struct report *report, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Removes the message, if the run continues after the failure. */
void report_forget_failure(struct report *report);

/* Reports a usage error: sets the message, "PROBLEM; try ejguard VERB --help". Return: -EINVAL, -ENOMEM. */
int report_fail_usage(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The message of a run that failed; never NULL. */
const char *report_error(const struct report *report);

/* A finding from the notes or the handle, or NULL past the end. */
const struct ejg_finding *report_finding(const struct report *report, size_t index);
/* Adds a copy. Return: 0, -ENOMEM with the message set. */
int report_note(struct report *report, const struct ejg_finding *finding);
/* Adds copies of all current findings of the handle. */
int report_keep(struct report *report);

/*
 * True if the finding has this name: of "net.denied" it is "denied". ejguard-module(7) has the names that mean
 * something.
 */
bool report_is_named(const struct ejg_finding *finding, const char *name);
/* True if a finding reports a change of a dry run: by its name. */
bool report_is_change(const struct ejg_finding *finding);
/* True if a finding is about the guard itself: of a module that has a status, of the core or of the tool. */
bool report_is_of_guard(const struct report *report, const struct ejg_finding *finding);
/* True if an apply failed and its changes stayed. */
bool report_is_kept(const struct report *report);
/* The number of changes in a dry run: findings and drop-ins. */
size_t report_count_changes(const struct report *report);
/* Ends a dry run; with `detailed` the exit status shows whether anything would change. Return: r. */
int report_end_trial(struct report *report, bool detailed, int r);

/* True if the finding should be shown, by -q, -v or neither. */
bool report_wants(const struct report *report, enum ejg_severity severity);

/* Frees the report's own data, not the handle. */
void report_free(struct report *report);

#endif
