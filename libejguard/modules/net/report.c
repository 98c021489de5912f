/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/report.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "libejguard/modules/net/denials.h"
#include "libejguard/util/cleanup.h"

int report_counters(struct ejg_call *call, const struct pins *pins)
{
	for (int hook = set_hook(0); hook < POLICY_N_HOOKS; hook = set_hook(hook + 1))
		for (int reason = 0; reason < POLICY_N_REASONS; reason++) {
			const struct ejg_label labels[] = {
				{ "hook", policy_hooks[hook].name },
				{ "reason", policy_reasons[reason] },
			};
			uint64_t value;
			int r = pins_read_counter(pins, POLICY_COUNTER(0, hook, reason), &value);

			if (r < 0)
				return ejg_call_error(call, -EIO, NULL, "cannot read the counters below %s: %s",
						      pins->path, strerror(-r));
			if (value)
				ejg_call_metric(call, "denials", labels, ARRAY_SIZE(labels), value);
		}
	return 0;
}

#define LAST_DENIALS 10

void report_denials(struct ejg_call *call, const struct pins *pins)
{
	struct denial_list list = {};
	int r = denials_read(pins, &list);

	if (r < 0)
		ejg_call_log(call, EJG_LOG_WARNING, "cannot read the denials below %s: %s", pins->path, strerror(-r));
	denials_sort_newest(&list);
	for (size_t i = 0; i < list.n && i < LAST_DENIALS; i++) {
		char first[32], last[32];
		time_t times[] = { denial_realtime(list.items[i].row.first) / 1000000000,
				   denial_realtime(list.items[i].row.last) / 1000000000 };
		struct denial_words words;
		struct tm tm;
		bool same;

		denial_describe(ejg_call_facts(call), &list.items[i], &words);
		strftime(first, sizeof(first), "%F %T", localtime_r(&times[0], &tm));
		strftime(last, sizeof(last), "%F %T", localtime_r(&times[1], &tm));
		same = strcmp(first, last) == 0;
		ejg_call_finding(call, "denied", words.address, "%s%s; %s%s%s%s", words.line,
				 list.items[i].row.passed ? "; let through" : "", same ? "at " : "first ",
				 same ? "" : first, same ? "" : ", last ", last);
	}
	ejg_call_metric(call, "distinct_denials", NULL, 0, list.n);
	denials_free(&list);
}
