/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What discover tells, for both of its forms: names, lists in words, and what is configured beside what is real. */
#ifndef EJG_TOOL_SURVEY_H
#define EJG_TOOL_SURVEY_H

#include <ejguard/facts.h>

#include "libejguard/util/cleanup.h"

/* The words of JSON; "unknown" for what is outside of the enumeration. */
const char *survey_origin_kind(enum ejg_origin_kind kind);
const char *survey_dist_state(enum ejg_dist_state state);
const char *survey_setting_state(enum ejg_setting_state state);
const char *survey_role(enum ejg_process_role role);

/* These return new strings, NULL without memory. */
char *survey_user(uid_t uid);					    /* "ejabberd", or the number */
char *survey_origin(const struct ejg_origin *origin);		    /* "/etc/default/ejabberd:12" */
char *survey_ranges(const struct ejg_port_range *ranges, size_t n); /* "5222 5269 5280-5285" */
char *survey_endpoint(const struct ejg_listener *listener);	    /* "127.0.0.1:4369", "[::1]:4369" */

bool survey_in_ranges(const struct ejg_port_range *ranges, size_t n, uint16_t port);

/* The process of that pid, or NULL. */
const struct ejg_process *survey_process(const struct ejg_survey *survey, pid_t pid);

/* One thing as it is configured and as it really is, in words. */
struct comparison {
	const char *name;
	char *configured;
	char *real;
};

enum { N_COMPARISONS = 6 };

struct comparisons {
	struct comparison rows[N_COMPARISONS];
};

/* Return: 0, -ENOMEM; ret then holds what is to be freed all the same. */
int comparisons_make(const struct ejg_facts *facts, const struct ejg_survey *survey, struct comparisons *ret);
void comparisons_free(struct comparisons *comparisons);

#define cleanup_comparisons __attribute__((cleanup(comparisons_free)))

#endif
