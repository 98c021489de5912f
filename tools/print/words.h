/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Facts and survey as text, for both of their forms. */
#ifndef EJG_TOOL_WORDS_H
#define EJG_TOOL_WORDS_H

#include <ejguard/facts.h>

#include <stdbool.h>

/* The words of JSON; "unknown" for a value outside of the enumeration. */
const char *words_origin_kind(enum ejg_origin_kind kind);
const char *words_dist_state(enum ejg_dist_state state);
const char *words_setting_state(enum ejg_setting_state state);
const char *words_role(enum ejg_process_role role);
const char *words_relation(enum ejg_relation relation);

/* These return new strings, NULL without memory. */
char *words_origin(const struct ejg_origin *origin);		   /* "/etc/default/ejabberd:12" */
char *words_ranges(const struct ejg_port_range *ranges, size_t n); /* "5222 5269 5280-5285" */
char *words_endpoint(const struct ejg_listener *listener);	   /* "127.0.0.1:4369", "[::1]:4369" */

/* The process of that pid, or NULL. */
const struct ejg_process *survey_process(const struct ejg_survey *survey, pid_t pid);

#endif
