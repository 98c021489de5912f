/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The findings of a report in the order in which people read them, those of one kind side by side. */
#ifndef EJG_FINDING_LIST_H
#define EJG_FINDING_LIST_H

#include "tools/base/report.h"

/* What a finding is about to whoever reads it, the worst first. */
enum section {
	SECTION_FAILURE,
	SECTION_WARNING,
	SECTION_INFO,
	SECTION_OK,
	SECTION_UNSEEN, /* what the caller may not see, so that nothing can be said about it */
};

enum { N_SECTIONS = SECTION_UNSEEN + 1 };

/* How many of one kind are shown where not all are asked for; never all but one. */
enum { FOLD_SHOWN = 3 };

/* Sorted by section, module and id, and as they came. */
struct finding_list {
	const struct ejg_finding **items;
	size_t n;
};

enum section finding_section(const struct ejg_finding *finding);

/* All findings. Return: 0, -ENOMEM. */
int finding_list_make(const struct report *report, struct finding_list *ret);
void finding_list_free(struct finding_list *list);

/* The index behind the last finding of the kind that begins at first: same section, same id. */
size_t finding_list_end(const struct finding_list *list, size_t first);

/* How many of the n findings of one kind are shown. All errors of a stack are told at once. */
size_t finding_fold(const struct ejg_finding *const *findings, size_t n, bool all);

/* Whether the message begins with the subject, as some do for their own sake. */
bool finding_tells(const char *message, const char *subject);

/* What its module declares for all of its kind; of the core's, the message. */
const char *finding_summary(const struct report *report, const struct ejg_finding *finding);

/* The verb that shows what is left out, and changes nothing. */
const char *finding_asker(const struct report *report);

/* A number with a comma between its thousands. */
enum { NUMBER_SIZE = 32 };
char *format_number(size_t number, char text[static NUMBER_SIZE]);

#define cleanup_findings __attribute__((cleanup(finding_list_free)))

#endif
