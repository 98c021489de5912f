/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * status: the users who were refused last, for collectors of metrics. The table has a row for each address and port; a
 * user who tries all of them is still few samples. Two samples with equal labels would be an error of the format.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/host/host.h"
#include "libejguard/modules/net/denials.h"
#include "libejguard/util/arena.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/printable.h"

#define MAX_SAMPLES 50 /* ejguard-host(8) names it */

struct sample {
	const struct denial *newest; /* the first of its rows, which has all but the sum */
	struct denial_words words;
	const char *command, *unit; /* as a collector sees them: two names can look the same there */
	uint64_t count;
};

static bool is_same_process(const struct denial *a, const struct denial *b)
{
	return a->key.uid == b->key.uid && a->key.cgroup == b->key.cgroup && a->key.hook == b->key.hook &&
	       a->row.passed == b->row.passed && strncmp(a->row.command, b->row.command, sizeof(a->row.command)) == 0;
}

/* Only a sample that is made costs a look for names: the table may be full. */
static size_t fold_rows(const struct denial_list *list, struct sample samples[static MAX_SAMPLES])
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct denial *denial = &list->items[i];
		size_t at = 0;

		while (at < n && !is_same_process(samples[at].newest, denial))
			at++;
		if (at == MAX_SAMPLES)
			continue;
		if (at == n)
			samples[n++].newest = denial;
		samples[at].count += denial->row.count;
	}
	return n;
}

static bool has_same_labels(const struct sample *a, const struct sample *b)
{
	return a->newest->key.hook == b->newest->key.hook && a->newest->key.uid == b->newest->key.uid &&
	       a->newest->row.passed == b->newest->row.passed && strcmp(a->command, b->command) == 0 &&
	       strcmp(a->unit, b->unit) == 0;
}

static void describe(struct ejg_call *call, struct arena *arena, struct sample *sample)
{
	denial_describe(ejg_call_facts(call), sample->newest, &sample->words);
	sample->command = printable_text(arena, sample->words.command);
	sample->unit = printable_text(arena, sample->words.unit);
}

/* Cgroups of one unit, and those that were removed, have the same labels. */
static size_t fold_units(struct ejg_call *call, struct arena *arena, struct sample *samples, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		size_t at = 0;

		describe(call, arena, &samples[i]);
		if (arena_failed(arena))
			return 0;
		while (at < kept && !has_same_labels(&samples[at], &samples[i]))
			at++;
		if (at < kept)
			samples[at].count += samples[i].count;
		else
			samples[kept++] = samples[i];
	}
	return kept;
}

static void report_sample(struct ejg_call *call, const struct sample *sample)
{
	const struct policy_denial_key *key = &sample->newest->key;
	const struct ejg_label labels[] = {
		{ "user", sample->words.user },
		{ "uid", sample->words.uid },
		{ "command", sample->command },
		{ "unit", sample->unit },
		{ "hook", key->hook < POLICY_N_HOOKS ? policy_hooks[key->hook].name : "unknown" },
		{ "decision", sample->newest->row.passed ? "let through" : "refused" },
	};

	ejg_call_metric(call, "recent_denials", labels, ARRAY_SIZE(labels), sample->count);
}

void host_report_refused(struct ejg_call *call, const struct pins *pins)
{
	cleanup_free struct sample *samples = calloc(MAX_SAMPLES, sizeof(*samples));
	cleanup_arena struct arena *arena = arena_new();
	struct denial_list list = {};
	size_t n;
	int r = samples && arena ? denials_read(pins, &list) : -ENOMEM;

	/* That a table cannot be read report_denials() has said. */
	if (r < 0)
		return;
	denials_sort_newest(&list);
	n = fold_units(call, arena, samples, fold_rows(&list, samples));
	for (size_t i = 0; i < n; i++)
		report_sample(call, &samples[i]);
	denials_free(&list);
}
