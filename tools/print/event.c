/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints events when they arrive: one line each. */
#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <time.h>

#include "tools/base/text.h"
#include "tools/print/json.h"
#include "tools/print/print.h"

static void format_time(uint64_t time_ns, bool iso, char *ret, size_t size)
{
	time_t seconds = (time_t)(time_ns / 1000000000);
	struct tm local = {};

	if (!localtime_r(&seconds, &local) || (iso ? strftime(ret, size, "%Y-%m-%dT%H:%M:%S%z", &local)
						   : strftime(ret, size, "%Y-%m-%d %H:%M:%S", &local)) == 0)
		snprintf(ret, size, "?");
}

static int print_json(const struct ejg_event *event, FILE *out)
{
	char when[40];
	json_t *line;

	format_time(event->time_ns, true, when, sizeof(when));
	line = json_pack("{s:i, s:s, s:I, s:o, s:o, s:o}", "schema", REPORT_SCHEMA, "time", when, "time_ns",
			 (json_int_t)event->time_ns, "module", json_text(event->module), "message",
			 json_text(event->message), "labels", json_labels(event->labels, event->n_labels));
	if (!line)
		return -ENOMEM;
	json_dumpf(line, out, JSON_ENSURE_ASCII | JSON_COMPACT); /* the stream records write errors */
	fputc('\n', out);
	json_decref(line);
	return 0;
}

int print_event(const struct report *report, const struct ejg_event *event, FILE *out)
{
	char when[40];

	if (report->json)
		return print_json(event, out);
	format_time(event->time_ns, false, when, sizeof(when));
	fprintf(out, "%s ", when);
	text_put(out, event->module, strlen(event->module));
	fputs(": ", out);
	text_put(out, event->message, strlen(event->message));
	fputc('\n', out);
	return 0;
}
