/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/verbs/verbs.h"

#include <errno.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/handle.h"
#include "tools/confirm/confirm.h"
#include "tools/confirm/pending.h"

/* Releases what was applied, as it is kept. Return: as ejg_release(); 1 if nothing is kept. */
static int release_kept(struct report *report)
{
	cleanup_free char *applied = pending_path(report, "applied");
	int r;

	if (!applied || access(applied, F_OK) < 0)
		return 1;
	r = ejg_load(report->handle, applied);
	return r < 0 ? r : ejg_release(report->handle);
}

int verb_release(const struct arguments *arguments, struct report *report)
{
	int r = ejg_release(report->handle);

	/* A stack that has become invalid, or is gone, must not keep its guard in force. */
	if (r == -EBADMSG || r == -ENOENT) {
		int kept = release_kept(report);

		r = kept == 1 ? ejg_release(report->handle) : kept;
	}
	if (r == 0)
		confirm_forget(report);
	return r;
}

#define VERB_RUN(id, name) [VERB_##id] = verb_##name,
static int (*const runs[N_VERBS])(const struct arguments *arguments,
				  struct report *report) = { VERBS_THAT_RUN(VERB_RUN) };

static bool needs_root(const struct verb *verb)
{
	static const enum verb_id ids[] = { VERB_APPLY,	  VERB_CONFIRM, VERB_REVERT, VERB_RELEASE,
					    VERB_EXPLAIN, VERB_WATCH,	VERB_LEARN };

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (verb_id(verb) == ids[i])
			return true;
	return false;
}

/* One sentence instead of where it stopped: each of these verbs would stop at the next place, too. */
static int ask_for_root(const struct arguments *arguments, struct report *report)
{
	cleanup_free char *words = NULL;
	size_t size;
	FILE *out = open_memstream(&words, &size);

	if (!out)
		return report_fail(report, -ENOMEM, "out of memory");
	for (size_t i = 0; i < arguments->n_wanted && i < arguments->n_words; i++)
		fprintf(out, " %s", arguments->words[i]);
	if (arguments->operand)
		fprintf(out, " %s", arguments->operand);
	if (fclose(out) != 0)
		return report_fail(report, -ENOMEM, "out of memory");
	report->asks_root = true;
	return report_fail(report, -EPERM, "%s needs root: sudo ejguard %s%s", report->verb->name, report->verb->name,
			   words);
}

int verb_run(const struct arguments *arguments, struct report *report)
{
	int r;

	if (report->verb->reads_service)
		return runs[verb_id(report->verb)](arguments, report);
	if (!report->verb->of_no_service)
		report->service = arguments->operand ? arguments->operand : DEFAULT_SERVICE;
	r = handle_open(arguments, report);
	if (r == 0)
		r = runs[verb_id(report->verb)](arguments, report);
	return r == -EPERM && geteuid() != 0 && needs_root(report->verb) ? ask_for_root(arguments, report) : r;
}
