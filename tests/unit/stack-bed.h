/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A handle without files: its stack has three modules that record their calls and return the configured results. */
#ifndef EJG_TEST_STACK_BED_H
#define EJG_TEST_STACK_BED_H

#include "libejguard/core/invoke.h"
#include "libejguard/core/transaction.h"
#include "tests/unit/scratch.h"

enum { N = 3 };

/* What was called, as "a.prepare a.apply ...". */
extern char calls[2048];

/* A module's config: its results. */
struct script {
	char id;
	int prepare, apply, check, confine, status, release, explain, prove, doctor;
	bool lax;      /* changes nothing when another has failed */
	bool cancel;   /* calls ejg_cancel() in its apply */
	bool unsaid;   /* returns errors without a message, and verdicts without a finding */
	bool contrary; /* returns held and makes a failure finding */
};

/* A handle whose stack is three recorders, a b c. */
struct bed {
	struct ejg handle;
	struct ejg_module modules[N];
	struct guard_line lines[N];
	struct instance instances[N];
	struct script scripts[N];
	unsigned int states[N];
};

void bed_make(struct bed *bed, struct scratch *scratch);

/* Runs a verb as the library does. */
int bed_run(struct bed *bed, int (*verb)(struct ejg *handle));

void assert_calls(const char *wanted);

/* How often a call was made. */
int count(char id, const char *operation);
/* Where the last call was made, -1 when never. */
long where(char id, const char *operation);

/* Operations for modules that need to differ; the bed's modules have neither prove nor doctor. */
int bed_check(struct ejg_call *call);
int bed_confine(struct ejg_call *call);
int bed_prove(struct ejg_call *call);
int bed_doctor(struct ejg_call *call);

#endif
