/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/confirm/advice.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "libejguard/util/cleanup.h"
#include "tools/confirm/pending.h"

#define APPLY "run: ejguard apply"
#define LINE " to the line"

/* How a finding of the handle is told. */
struct advice {
	const char *edit; /* before an apply; NULL: none */
	const char *copy; /* a path that stands for the stack file; NULL: none */
	const char *stack;
};

static int no_memory(struct report *report)
{
	return report_fail(report, -ENOMEM, "out of memory");
}

/* The path of the administrator's stack file. NULL without memory. */
static char *stack_path(const struct report *report)
{
	const char *folder = report->arguments->confdir;
	char *path;

	return asprintf(&path, "%s/%s", folder ? folder : EJG_CONFDIR, report->service) < 0 ? NULL : path;
}

/* "edit: COPY:5: add x to the line" names a line of the copy: the stack has it elsewhere. NULL without memory. */
static char *name_stack(const struct advice *advice, const struct ejg_finding *finding)
{
	const char *copy = strstr(finding->remedy, advice->copy), *end, *line;
	char *text;
	int n;

	if (!copy)
		return strdup(finding->remedy);
	end = copy + strlen(advice->copy);
	if (*end == ':')
		end += 1 + strspn(end + 1, "0123456789");
	line = strstr(end, LINE);
	n = line ? asprintf(&text, "%.*s%s%.*s" LINE " of %s%s", (int)(copy - finding->remedy), finding->remedy,
			    advice->stack, (int)(line - end), end, finding->module, line + strlen(LINE))
		 : asprintf(&text, "%.*s%s%s", (int)(copy - finding->remedy), finding->remedy, advice->stack, end);
	return n < 0 ? NULL : text;
}

/* NULL without memory. */
static char *remedy_of(const struct advice *advice, const struct ejg_finding *finding)
{
	char *text;

	if (advice->copy)
		return name_stack(advice, finding);
	if (strncmp(finding->remedy, APPLY, strlen(APPLY)) != 0)
		return strdup(finding->remedy);
	return asprintf(&text, "edit: %s\n%s", advice->edit, finding->remedy) < 0 ? NULL : text;
}

static int tell_all(struct report *report, const struct advice *advice)
{
	const struct ejg_finding *finding;
	int r = 0;

	for (size_t i = 0; r == 0 && (finding = ejg_finding_get(report->handle, i)); i++) {
		cleanup_free char *remedy = remedy_of(advice, finding);
		struct ejg_finding told = *finding;

		if (!remedy)
			return no_memory(report);
		told.remedy = remedy;
		if (advice->copy && strcmp(told.file, advice->copy) == 0) {
			told.file = advice->stack;
			told.line = told.column = 0;
		}
		r = report_note(report, &told);
	}
	report->keeps = r == 0;
	return r;
}

int advice_after_revert(struct report *report)
{
	cleanup_free char *path = stack_path(report);
	struct timespec reverted;
	struct stat st;
	struct tm tm;
	char at[16];

	if (!pending_reverted_at(report, &reverted))
		return 0;
	if (!path)
		return no_memory(report);
	/* A file that was edited since then need not have the change. */
	if (stat(path, &st) < 0 || st.st_mtim.tv_sec > reverted.tv_sec || !localtime_r(&reverted.tv_sec, &tm) ||
	    strftime(at, sizeof(at), "%H:%M", &tm) == 0)
		return 0;
	if (asprintf(&report->pending.reverted, "%s: take back the change that was reverted at %s", path, at) < 0) {
		report->pending.reverted = NULL;
		return no_memory(report);
	}
	return tell_all(report, &(struct advice){ .edit = report->pending.reverted });
}

int advice_of_revert(struct report *report)
{
	cleanup_free char *path = stack_path(report), *copy = pending_path(report, FORMER_NAME);

	return path && copy ? tell_all(report, &(struct advice){ .copy = copy, .stack = path }) : no_memory(report);
}
