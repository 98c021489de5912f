/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The system calls that an Erlang service never needs and that would get around the guards. One table: the filter is made
 * from it, check holds the filter of a running process against it, and prove makes an attempt of each row.
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

/* Why a call is refused; the manual page explains each by this name. */
enum rule_group {
	RULE_BPF,
	RULE_IO_URING,
	RULE_OTHER_PROCESSES,
	RULE_NAMESPACES,
	RULE_MOUNTS,
	RULE_KERNEL,
	RULE_KEYRINGS,
	RULE_TRACING,
	RULE_CLOCK_AND_NAMES,
	RULE_SOCKETS,
	RULE_MPTCP,
	N_RULE_GROUPS,
};

struct rule {
	const char *call;
	int number;  /* of a call that this libseccomp may not know by name; else 0. The same on all architectures. */
	enum rule_group group;
	int error; /* what the caller gets */
	struct scmp_arg_cmp conditions[RULE_MAX_CONDITIONS]; /* all must hold; as many as n_conditions */
	unsigned int n_conditions;
};

extern const struct rule rules[];
extern const size_t n_rules;

const char *rule_group_name(enum rule_group group);

/* The number of the call on this architecture; negative when the architecture has no such call. */
int rule_number(const struct rule *rule);

/* Arguments that the rule refuses and that do no harm should the call be carried out: pointers lead nowhere. */
void rule_sample(const struct rule *rule, uint64_t arguments[RULE_N_ARGUMENTS]);

/* The rule for people: "socket(family 17)"; for a call without conditions its name. Return: text. */
const char *rule_text(const struct rule *rule, char *text, size_t size);

#endif
