/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The filters of a running process: reads them from the kernel, and evaluates them for a call. */
#ifndef EJG_SECCOMP_INSPECT_H
#define EJG_SECCOMP_INSPECT_H

#include <linux/filter.h>
#include <stdint.h>
#include <sys/types.h>

#include "libejguard/modules/seccomp/rules.h"

enum { INSPECT_MAX_FILTERS = 64 };

struct inspect_filter {
	struct sock_filter *code;
	unsigned short length;
};

struct inspect_filters {
	struct inspect_filter filters[INSPECT_MAX_FILTERS];
	size_t n;
};
#define INSPECTION_NULL                                                                                                \
	{                                                                                                              \
		.n = 0                                                                                                 \
	}

void inspection_done(struct inspect_filters *inspection);
#define cleanup_inspection __attribute__((cleanup(inspection_done)))

/*
 * The number of filters of the process, from /proc. *ret_mode is 0 without any, 2 with filters.
 * Return: 0 or a negative errno.
 */
int inspect_count(pid_t pid, int *ret_mode, unsigned int *ret_n);

/*
 * Reads the filters. The process is stopped during the read (ptrace(2), PTRACE_SECCOMP_GET_FILTER), which needs
 * CAP_SYS_ADMIN and CAP_SYS_PTRACE.
 * Return: 0; -EBUSY when another process traces it; -E2BIG with more than INSPECT_MAX_FILTERS; other negative errno.
 */
int inspect_read(pid_t pid, struct inspect_filters *ret);

/* The kernel's action for a call of this architecture: that of the filter that wins (seccomp(2)). */
uint32_t inspect_ask(const struct inspect_filters *inspection, int number, const uint64_t arguments[RULE_N_ARGUMENTS]);
/* The same for a call of the given architecture (AUDIT_ARCH_...). */
uint32_t inspect_ask_as(const struct inspect_filters *inspection, uint32_t architecture, uint32_t number,
			const uint64_t arguments[RULE_N_ARGUMENTS]);

/* True if the action refuses the call. */
bool inspect_refuses(uint32_t action);

/* AUDIT_ARCH_... of this architecture. */
uint32_t inspect_architecture(void);

#endif
