/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The report of one verb: findings, metrics, answers, the last event. Errors of the core are findings of the module
 * "core", declared in report-findings.c with their severity and remedy as modules declare theirs.
 */
#ifndef EJG_CORE_REPORT_H
#define EJG_CORE_REPORT_H

#include <ejguard/module.h>
#include <stdarg.h>

#include "libejguard/util/arena.h"

struct report;

/* The place of a word. file belongs to an arena that lives as long as the position. */
struct position {
	const char *file;
	uint32_t line;
	uint32_t column;
};

struct report *report_new(void);
struct report *report_free(struct report *report);
/* Clears the report for the next verb. */
void report_clear(struct report *report);
/* The remedies that are added from now on are for the image at root, which the caller keeps. */
void report_set_root(struct report *report, const char *root);
/* The same for the service, which their commands then name; NULL: the default service, which they need not name. */
void report_set_service(struct report *report, const char *service);

/*
 * Adds a finding; its id includes the module ("net.not-attached"). All strings are copied, by printable_text(); NULL
 * strings become "". Out of memory is remembered: report_failed().
 */
void report_add(struct report *report, const struct ejg_finding *finding);

/*
 * Removes findings from `again` on whose text equals that of a finding between `first` and `again`: apply and the check
 * after it find the same things.
 */
void report_drop_repeated(struct report *report, size_t first, size_t again);

/*
 * Adds a failure of the core: id as declared in report-findings.c ("stack-syntax", "module-untrusted", ...). position,
 * remedy may be NULL (the declared remedy then). Return: error, so that callers write `return report_error(...)`.
 */
int report_error(struct report *report, int error, const char *id, const struct position *position, const char *remedy,
		 const char *format, ...) __attribute__((format(printf, 6, 7)));
int report_verror(struct report *report, int error, const char *id, const struct position *position, const char *remedy,
		  const char *format, va_list ap) __attribute__((format(printf, 6, 0)));

/* Adds a finding of the core about a subject, no failure: id as declared. */
void report_info(struct report *report, const char *id, const char *subject, const char *message);

void report_metric(struct report *report, const struct ejg_metric *metric);
void report_answer(struct report *report, const struct ejg_answer *answer);
void report_event(struct report *report, const struct ejg_event *event);

size_t report_finding_count(const struct report *report);
const struct ejg_finding *report_finding(const struct report *report, size_t index);
size_t report_metric_count(const struct report *report);
const struct ejg_metric *report_metric_at(const struct report *report, size_t index);
size_t report_answer_count(const struct report *report);
const struct ejg_answer *report_answer_at(const struct report *report, size_t index);
const struct ejg_event *report_last_event(const struct report *report);

/* True if memory ran out while something was added: the report is then incomplete and the verb must fail. */
bool report_failed(const struct report *report);
/* Marks the findings from this index on as the cause of the failure: earlier failures are those of optional modules. */
void report_blame(struct report *report, size_t index);
/* "FILE:LINE:COLUMN: message; remedy" of the first failure, or "" when nothing failed. */
const char *report_first_failure(const struct report *report);

/* The findings of the core itself, for `ejguard modules` and the tests. */
extern const struct ejg_finding_info report_core_findings[];
extern const size_t report_n_core_findings;

#endif
