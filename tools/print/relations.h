/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Relations between findings: what an attacker needs to use a finding, and which findings follow from others. The order
 * of the page and the member "causes" of JSON depend on them.
 */
#ifndef EJG_TOOL_RELATIONS_H
#define EJG_TOOL_RELATIONS_H

#include "tools/base/report.h"

/* The means that an attacker needs, the least first; in between, failures that keep the service from starting. */
enum need {
	NEED_NETWORK, /* a connection to this host */
	NEED_ACCOUNT, /* an account of the service, which many servers give to anybody */
	NEED_START,   /* nothing: the service does not start, or not as configured */
	NEED_PATH,    /* control of a network path of others */
	NEED_LOCAL,   /* a login on this host */
	NEED_OTHER,
};

enum need finding_need(const struct ejg_finding *finding);

/* "network", "account", ... */
const char *need_name(enum need need);

/* One finding follows from another; both are indices of report_finding(). */
struct relation {
	size_t cause;
	size_t effect;
	bool part; /* the effect needs several causes together: a takeover */
};

/* Sorted by effect. */
struct relation_list {
	struct relation *items;
	size_t n;
};

/* Return: 0, -ENOMEM. */
int relations_find(const struct report *report, struct relation_list *ret);
void relations_free(struct relation_list *list);

#define cleanup_relations __attribute__((cleanup(relations_free)))

#endif
