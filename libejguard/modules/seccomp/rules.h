/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The system calls that an Erlang service never needs and that could bypass the guards. There is one table: the filter
 * is made from it, check compares the filter of a running process with it, and prove makes an attempt for each row.
 */
#ifndef EJG_SECCOMP_RULES_H
#define EJG_SECCOMP_RULES_H

#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RULE_MAX_CONDITIONS = 3,
	RULE_N_ARGUMENTS = 6,
};

/* The reason why a call is refused; the manual page explains each by this name. */
enum rule_group {
	RULE_BPF,
	RULE_IO_URING,
	RULE_OTHER_PROCESSES,
	RULE_NAMESPACES,
	RULE_MOUNTS,
	RULE_KERNEL,
	RULE_KEYRINGS,
	RULE_TRACING,
	RULE_TERMINALS,
	RULE_CLOCK_AND_NAMES,
	RULE_SOCKETS,
	RULE_MPTCP,
	N_RULE_GROUPS,
};

struct rule {
	const char *call;
	int number; /* of a call that this libseccomp may not know by name; else 0. The same on all architectures. */
	enum rule_group group;
	int error;	 /* the error for the caller */
	bool never_kill; /* fails with the error even if other calls end the process */
	struct scmp_arg_cmp conditions[RULE_MAX_CONDITIONS]; /* all n_conditions of them must be true */
	unsigned int n_conditions;
};

extern const struct rule rules[];
extern const size_t n_rules;

const char *rule_group_name(enum rule_group group);

/* The number of the call on this architecture; negative when it has no such call. */
int rule_number(const struct rule *rule);

/* Arguments that the rule refuses and that do no harm if the call is executed: pointers are invalid. */
void rule_sample(const struct rule *rule, uint64_t arguments[RULE_N_ARGUMENTS]);

/* The rule for people: "socket(family 17)"; for a call without conditions only its name. Return: text. */
const char *rule_text(const struct rule *rule, char *text, size_t size);

#endif
