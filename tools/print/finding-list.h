/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The findings of a report in the order for people, with those of one kind next to each other. */
#ifndef EJG_FINDING_LIST_H
#define EJG_FINDING_LIST_H

#include "tools/base/report.h"

/* The meaning of a finding for the reader, the worst first. */
enum section {
	SECTION_FAILURE,
	SECTION_WARNING,
	SECTION_INFO,
	SECTION_OK,
	SECTION_UNSEEN, /* not visible to the caller, so nothing is known about it */
};

enum { N_SECTIONS = SECTION_UNSEEN + 1 };

/* The number shown of one kind, unless all are requested; never all but one. */
enum { FOLD_SHOWN = 3 };

/* Sorted by section, module and id, then in their original order. */
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

/* The number shown of the n findings of one kind. Errors of a stack are always shown completely. */
size_t finding_fold(const struct ejg_finding *const *findings, size_t n, bool all);

/* True if the message begins with the subject. */
bool finding_tells(const char *message, const char *subject);

/* The text that its module declares for all findings of its kind; for the core's, the message. */
const char *finding_summary(const struct report *report, const struct ejg_finding *finding);

/* The verb that shows the hidden findings, and changes nothing. */
const char *finding_asker(const struct report *report);
/* The service, as the word behind that verb: "" for the one that need not be named. */
const char *finding_asked(const struct report *report);

/* Formats a number with a comma between its thousands. */
enum { NUMBER_SIZE = 32 };
char *format_number(size_t number, char text[static NUMBER_SIZE]);

#define cleanup_findings __attribute__((cleanup(finding_list_free)))

#endif
