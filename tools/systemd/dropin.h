/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drop-ins: planned first, then all written and removed, or none. */
#ifndef EJG_DROPIN_H
#define EJG_DROPIN_H

#include "tools/base/report.h"

enum { DROPIN_MAX_SIZE = 64 * 1024 };

/*
 * Takes the lock of drop-ins, before they are read; closing the descriptor releases it. Root has one lock for all
 * folders; a folder that does not exist has none. Return: 0; -EBUSY, -EPERM, -EIO with the message set. *ret_fd
 * untouched on failure, or without a folder.
 */
int dropin_lock(struct report *report, const char *unitdir, int *ret_fd);

/* Removes files that killed runs have left below the folder. The caller has its lock. */
void dropin_sweep(const char *unitdir);

/*
 * Adds a unit whose drop-in in unitdir should get the content, which it takes ownership of; NULL: should be removed.
 * Reads the current file. If that is not ejguard's for this service, it is an error, or, for a removal, left alone.
 *
 * Return: 0; -EACCES, -EPERM, -EIO, -ENOMEM with the message set.
 */
int dropin_plan(struct report *report, const char *unitdir, const char *unit, char *content);

/*
 * Plans the removal of every drop-in in unitdir that ejguard wrote for this service, except for units that are planned
 * already. Files of that name with an unknown writer are added as UNIT_FOREIGN.
 */
int dropin_plan_removals(struct report *report, const char *unitdir);

/* Executes the plan. On failure everything is as before, and the message is set. */
int dropin_commit(struct report *report);

/* The parameters of dropin_notes(). */
struct dropin_look {
	bool ask_systemd;
	enum ejg_severity least; /* minimum severity of the added findings */
	enum ejg_severity most;	 /* maximum severity */
	bool guarded_now;	 /* the running units are known to be guarded, however they were started */
};

/*
 * Adds findings about units of the service that will not start guarded, and sums them up in report->persistence.
 * Return: 0; -EACCES, -EPERM, -EIO, -ENOMEM with the message set.
 */
int dropin_notes(struct report *report, const char *unitdir, const struct dropin_look *look);

/*
 * For an audit, whose result says whether the guard holds now: checks that it also will after the next start. Skipped
 * if systemd does not run, or if the caller is not root. Return: result; or -EACCES when units start unguarded.
 */
int dropin_judge(struct report *report, int result);

/*
 * After an apply: warns if units of the service start unguarded the next time, and sets report->persistence. Units that
 * cannot be checked do not make an apply fail.
 */
void dropin_advise(struct report *report);

/*
 * Of a trial: sets report->persistence, which is the same before and after an apply. Adds no findings, and leaves what
 * it cannot see.
 */
void dropin_foresee(struct report *report);

/*
 * Adds the units of enable or disable to the report. With ask_systemd, and if systemd runs, makes it reload its units
 * and asks it about them. Return: 0, -EIO with the message set.
 */
int units_settle(struct report *report, bool ask_systemd);

/* The text of a drop-in: our header, then the template with @SERVICE@ and @COMMAND@ replaced. */
int dropin_render(struct report *report, const char *template_path, const char *command, char **ret);

/* Reads a file of at most DROPIN_MAX_SIZE bytes. Return: 0, the caller frees *ret; or a negative errno. */
int dropin_read(const char *path, int flags, char **ret);

/* True if ejguard wrote the drop-in with that text, for any service. */
bool dropin_is_ours(const char *text);

/* Converts a negative errno of the system to one of <ejguard/ejguard.h>. */
int dropin_errno(int error);

/* A word of a command line in a unit file: quoted, with %% and $$. NULL without memory. */
char *dropin_quote(const char *word);

#endif
