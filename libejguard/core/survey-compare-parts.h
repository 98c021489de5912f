/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files survey-compare*.c share, and nobody else includes. */
#ifndef EJG_CORE_SURVEY_COMPARE_PARTS_H
#define EJG_CORE_SURVEY_COMPARE_PARTS_H

#include "libejguard/core/survey-compare.h"

struct comparison {
	struct report *report;
	const struct ejg_facts *facts;
	const struct ejg_survey *survey;
	bool user_known; /* the user that the node is configured to run as */
	uid_t user;
};

enum {
	COMPARE_MAX_ALIKE = 16, /* findings of one kind: names and listeners are as many as strangers please to make */
};

/* Room for the texts below. */
#define COMPARE_TEXT_SIZE 128

void compare_nodes(const struct comparison *c);
void compare_ports(const struct comparison *c);
void compare_epmd(const struct comparison *c);

/* Whether a process is a node of the service, wherever it runs: by its cgroup, -s ejabberd, or the configured name. */
bool compare_is_ours(const struct comparison *c, const struct ejg_process *process);

/* Whether one that looks like it is somebody else's all the same: any user can start a node of any name. */
bool compare_is_strangers(const struct comparison *c, const struct ejg_process *process);

/* The listener of a node's distribution: the one that epmd knows and that is really the node's; or one in its range. */
const struct ejg_listener *compare_dist_listener(const struct comparison *c, const struct ejg_process *node);

/* The distribution range that a node was started with, by its arguments; false without. */
bool compare_started_range(const struct ejg_process *node, struct ejg_port_range *ret);

/* Whether a listener is held by a process; where the holder cannot be seen, whether it may be. */
bool compare_holds(const struct ejg_process *process, const struct ejg_listener *listener);

/* "process 4711", for subjects; "process 4711, uid 110, in ejabberd.service", for messages; "127.0.0.1:4369". */
const char *compare_process(const struct ejg_process *process, char text[static COMPARE_TEXT_SIZE]);
const char *compare_holder(const struct ejg_listener *listener, char text[static COMPARE_TEXT_SIZE]);
const char *compare_place(const struct ejg_listener *listener, char text[static COMPARE_TEXT_SIZE]);

/* "4370-4375", or "4370" for a single port. */
const char *compare_range(struct ejg_port_range range, char text[static COMPARE_TEXT_SIZE]);

/* The remedy of all that a restart mends; NULL where the unit is not known. */
const char *compare_restart(const struct ejg_process *process, char text[static COMPARE_TEXT_SIZE]);

#endif
