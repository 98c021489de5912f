/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The systemd units of a service and their drop-ins. */
#ifndef EJG_UNIT_H
#define EJG_UNIT_H

#include <stdbool.h>
#include <stddef.h>

#define DROPIN_NAME "50-ejguard.conf"
/* In the command of a unit that runs under the filter of the stack. */
#define UNIT_CHAIN " exec --only-confine "

enum unit_action {
	UNIT_UNCHANGED,
	UNIT_WRITTEN,
	UNIT_REMOVED,
	UNIT_FOREIGN, /* a file of that name that ejguard did not write: left alone */
};

struct unit {
	char *name;
	char *folder;
	char *path;   /* of the drop-in */
	char *old;    /* what the file holds before, NULL: there is none */
	char *wanted; /* what it is to hold, NULL: it is to go */
	enum unit_action action;
	bool made_folder;
	bool differs; /* it is there, and is not what enable would write now */

	bool asked; /* systemd was asked about the unit, and what follows is its answer */
	bool installed;
	bool active;
	bool starts;	 /* it runs, or something starts it: it is not merely there */
	char *applies;	 /* ejguard's own ExecStartPre lines that must succeed, one a line, without its path; NULL: none */
	bool guarded;	 /* one of these guards it */
	bool chained;	 /* the drop-in has it run under the filter of the stack */
	bool confined;	 /* and so does systemd */
	bool reload_due; /* systemd has not read all of its files as they are now */
	bool restart_due;
	char *earlier; /* its other ExecStartPre lines, which run before ours; NULL: none */
};

struct unit_list {
	struct unit *items;
	size_t n;
};

void unit_list_free(struct unit_list *list);
const char *unit_action_name(enum unit_action action);

/* Whether its drop-in is not as it is to be. */
bool unit_changes(const struct unit *unit);

bool unit_name_ends(const char *name, const char *end);
/* Whether systemd takes it as the name of a unit, and of one that has ExecStartPre. */
bool unit_can_guard(const char *name);

/*
 * The command that restarts all units that run, in one go: guarding one unit of several is no guard. A new string, NULL
 * where no restart is due, and without memory.
 */
char *unit_restart_command(const struct unit_list *list);

#endif
