/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drop-ins: planned first, then written and removed all or not at all. */
#ifndef EJG_DROPIN_H
#define EJG_DROPIN_H

#include "tools/base/report.h"

enum { DROPIN_MAX_SIZE = 64 * 1024 };

/*
 * Takes the lock of drop-ins, before anything is read that decides; it goes with the descriptor. Root's is one for all folders;
 * a folder that is not there has none. Return: 0; -EBUSY, -EPERM, -EIO with the message set. *ret_fd untouched on failure, or without a folder.
 */
int dropin_lock(struct report *report, const char *unitdir, int *ret_fd);

/* Removes what runs that were killed have left below the folder. The caller has its lock. */
void dropin_sweep(const char *unitdir);

/*
 * Adds a unit whose drop-in in unitdir is to hold content, which it takes over; NULL: is to go. What the file
 * holds now is read. A file that is not ejguard's for this service is an error, or, when it was to go, left alone.
 *
 * Return: 0; -EACCES, -EPERM, -EIO, -ENOMEM with the message set.
 */
int dropin_plan(struct report *report, const char *unitdir, const char *unit, char *content);

/*
 * Plans the removal of every drop-in in unitdir that ejguard wrote for this service, except for units that are planned
 * already. Files of that name that nobody can tell the writer of are added as UNIT_FOREIGN.
 */
int dropin_plan_removals(struct report *report, const char *unitdir);

/* Does what was planned. On failure everything is as it was, and the message is set. */
int dropin_commit(struct report *report);

/* How dropin_notes() looks. */
struct dropin_look {
	bool ask_systemd;
	enum ejg_severity least; /* of the findings that are added */
	enum ejg_severity most;	 /* none is worse */
	bool guarded_now;	 /* what runs is known to be guarded, whenever it was started */
};

/*
 * Adds findings: whether each unit of the service starts guarded the next time; and sums them up in report->persistence.
 * Return: 0; -EACCES, -EPERM, -EIO, -ENOMEM with the message set.
 */
int dropin_notes(struct report *report, const char *unitdir, const struct dropin_look *look);

/*
 * For an audit, whose result is whether the guard holds now: whether it does after the next start, too. Where systemd does
 * not run, or the caller is not root, that is not asked. Return: result; or -EACCES, where units start unguarded.
 */
int dropin_judge(struct report *report, int result);

/*
 * After an apply: where units of the service start unguarded the next time, that is a warning, and report->persistence tells.
 * What cannot be seen is nothing that an apply would fail for.
 */
void dropin_advise(struct report *report);

/*
 * Makes the units that enable or disable has dealt with part of the report and, when ask_systemd and there is one,
 * has it reload its units and asks it about them. Return: 0, -EIO with the message set.
 */
int units_settle(struct report *report, bool ask_systemd);

/* The text of a drop-in: our header, then the template with @SERVICE@ and @COMMAND@ replaced. */
int dropin_render(struct report *report, const char *template_path, const char *command, char **ret);

/* Reads a file of at most DROPIN_MAX_SIZE bytes. Return: 0, *ret is to be freed; or a negative errno of the system. */
int dropin_read(const char *path, int flags, char **ret);

/* Whether ejguard wrote a drop-in of that text, for whatever service. */
bool dropin_is_ours(const char *text);

/* A negative errno of the system as one of <ejguard/ejguard.h>. */
int dropin_errno(int error);

/* A word of a command line in a unit file: quoted, with %% and $$. NULL without memory. */
char *dropin_quote(const char *word);

#endif
