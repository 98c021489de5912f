/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The systemd units of a service and their drop-ins. */
#ifndef EJG_UNIT_H
#define EJG_UNIT_H

#include <stdbool.h>
#include <stddef.h>

#define DROPIN_NAME "50-ejguard.conf"
/* Part of the command of a unit that runs under the stack's filter. */
#define UNIT_CHAIN " exec --only-confine "

enum unit_action {
	UNIT_UNCHANGED,
	UNIT_WRITTEN,
	UNIT_REMOVED,
	UNIT_FOREIGN, /* a file of that name not written by ejguard: not changed */
};

struct unit {
	char *name;
	char *folder;
	char *path;   /* of the drop-in */
	char *old;    /* the current text, NULL: no file */
	char *owner;  /* the other service of ejguard that the file belongs to, NULL: none */
	char *wanted; /* the new text, NULL: remove the file */
	enum unit_action action;
	bool made_folder;
	bool differs;	  /* it exists, and enable would now write something else */
	bool lacks_users; /* it differs because the stack got the module host after enable */
	bool is_main;	  /* it runs the service itself */

	bool asked; /* systemd was asked; the members below are its answer */
	bool installed;
	bool active;
	bool starts;	 /* it runs or can be started, so it matters */
	char *applies;	 /* our ExecStartPre lines that must succeed, one a line, without the path; NULL: none */
	bool guarded;	 /* one of these lines guards it */
	bool chained;	 /* by the drop-in it runs under the stack's filter */
	bool confined;	 /* and systemd has loaded that */
	bool reload_due; /* systemd has not loaded the current files */
	bool restart_due;
	enum {
		BOOT_AS_NOW,   /* the next boot starts it as systemd would start it now */
		BOOT_STALE,    /* systemd has not read the current files */
		BOOT_VOLATILE, /* only a file in /run guards it */
	} boot;
	bool boot_guarded; /* its current files guard it, those in /run left out */
	char *earlier;	   /* the commands that run before ours: ExecCondition, ExecStartPre; NULL: none */
	char *successes;   /* SuccessExitStatus=, as systemd prints it; NULL: empty */
	char *early;	   /* those of them, and of ExecStopPost, that the unit's user runs, if not root; NULL: none */
};

struct unit_list {
	struct unit *items;
	size_t n;
};

void unit_list_free(struct unit_list *list);
const char *unit_action_name(enum unit_action action);

/* True if its drop-in has to change. */
bool unit_changes(const struct unit *unit);

bool unit_name_ends(const char *name, const char *end);
/* True if systemd accepts the name, and units of that type have ExecStartPre. */
bool unit_can_guard(const char *name);

/*
 * The command that restarts all active units together: a guard of only some units is no guard. A new string; NULL when
 * no restart is needed, and without memory.
 */
char *unit_restart_command(const struct unit_list *list);

#endif
