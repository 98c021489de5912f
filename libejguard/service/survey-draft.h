/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A survey under construction: only for its parts and their tests. */
#ifndef EJG_SERVICE_SURVEY_DRAFT_H
#define EJG_SERVICE_SURVEY_DRAFT_H

#include "libejguard/service/cgroups.h"
#include "libejguard/service/survey.h"
#include "libejguard/util/netns.h"

/* The files that the survey reads. Tests use a directory of their own. */
struct survey_source {
	const char *proc; /* "/proc" */
	struct cgroup_source cgroup;
};
extern const struct survey_source survey_source_system;

/* A survey under construction. */
struct survey_draft {
	struct arena *arena;
	const struct ejg_facts *facts;
	const struct survey_source *source;
	struct settings *settings;
	struct survey_cgroups *cgroups;
	struct ejg_survey *survey;
	struct netns_list homes;	    /* the service's namespaces; none: the caller's own */
	const unsigned int *listener_homes; /* the namespace of each listener; NULL: all in the first */
};

/* An empty survey. Return: 0, -ENOMEM. */
int survey_begin(struct arena *arena, const struct ejg_facts *facts, const struct survey_source *source,
		 struct survey_draft *ret);

/* Adds a note on something that could not be seen. Return: 0, -ENOMEM. */
int survey_unseen(struct survey_draft *draft, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
