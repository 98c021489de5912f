/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report as one JSON object. Members are only added; their meaning changes only with "schema". */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/print/finding-list.h"
#include "tools/print/json.h"
#include "tools/print/print.h"
#include "tools/print/relations.h"
#include "tools/print/steps.h"

static json_t *json_steps(const char *remedy)
{
	json_t *array = json_array();
	struct step step;

	while (array && step_next(&remedy, &step)) {
		cleanup_free char *text = strndup(step.text, step.n);

		array = json_append(array, text ? json_pack("{s:s, s:o}", "kind",
							    step.kind == STEP_WORDS ? "words" : step_name(step.kind),
							    "text", json_text(text))
						: NULL);
	}
	return array;
}

/* The indices of its causes. *next: the first relation of this finding or a later one. */
static json_t *json_causes(const struct relation_list *relations, size_t index, size_t *next)
{
	json_t *array = json_array();

	for (; array && *next < relations->n && relations->items[*next].effect == index; (*next)++)
		array = json_append(array, json_integer((json_int_t)relations->items[*next].cause));
	return array;
}

/* The means that an attacker needs to use the finding, or null if it cannot be used. */
static json_t *json_needs(const struct ejg_finding *finding)
{
	bool loud = finding->severity == EJG_FAILURE || finding->severity == EJG_WARNING;

	return json_nullable(loud ? need_name(finding_need(finding)) : NULL);
}

static json_t *json_finding(const struct ejg_finding *finding, json_t *causes)
{
	return json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:o}", "module",
			 json_text(finding->module), "id", json_text(finding->id), "severity",
			 ejg_severity_name(finding->severity), "needs", json_needs(finding), "subject",
			 json_text(finding->subject), "message", json_text(finding->message), "remedy",
			 json_text(finding->remedy), "steps", json_steps(finding->remedy), "file",
			 json_text(finding->file), "line", (json_int_t)finding->line, "column",
			 (json_int_t)finding->column, "causes", causes);
}

static json_t *json_metric(const struct ejg_metric *metric)
{
	return json_pack("{s:o, s:o, s:o, s:s, s:o, s:o}", "module", json_text(metric->module), "name",
			 json_text(metric->name), "help", json_text(metric->help), "type",
			 metric->counter ? "counter" : "gauge", "labels", json_labels(metric->labels, metric->n_labels),
			 "value", json_unsigned(metric->value));
}

static json_t *json_findings(const struct report *report)
{
	cleanup_relations struct relation_list relations = {};
	const struct ejg_finding *finding;
	json_t *array = NULL;
	size_t next = 0;

	if (relations_find(report, &relations) == 0)
		array = json_array();
	for (size_t i = 0; array && (finding = report_finding(report, i)); i++)
		array = json_append(array, json_finding(finding, json_causes(&relations, i, &next)));
	return array;
}

static json_t *json_metrics(const struct ejg *handle)
{
	const struct ejg_metric *metric;
	json_t *array = json_array();

	for (size_t i = 0; array && handle && (metric = ejg_metric_get(handle, i)); i++)
		array = json_append(array, json_metric(metric));
	return array;
}

static size_t count_unseen(const struct report *report)
{
	const struct ejg_finding *finding;
	size_t n = 0;

	for (size_t i = 0; (finding = report_finding(report, i)); i++)
		n += finding_section(finding) == SECTION_UNSEEN;
	return n;
}

static json_t *json_version(void)
{
	return json_pack("{s:s, s:s}", "ejguard", EJG_VERSION, "libejguard", ejg_version());
}

static json_t *json_pending(const struct report *report)
{
	return json_pack("{s:I, s:s, s:b}", "seconds", (json_int_t)report->pending.seconds, "former",
			 report->pending.former ? "stack" : "none", "timer", (int)report->pending.timer);
}

static json_t *json_report(const struct report *report)
{
	const struct exit_status *status = exit_status(report->error);
	json_t *object;
	int r = 0;

	object = json_pack("{s:i, s:o, s:o, s:s, s:i, s:o, s:i, s:o, s:o}", "schema", REPORT_SCHEMA, "verb",
			   json_nullable(report->verb ? report->verb->name : NULL), "service",
			   json_nullable(report->service), "outcome", status->outcome, "exit", report_status(report),
			   "error", json_nullable(report->error < 0 ? report_error(report) : NULL), "unseen",
			   (int)count_unseen(report), "findings", json_findings(report), "metrics",
			   json_metrics(report->handle));
	if (object && report->modules)
		r = json_object_set_new(object, "modules", json_modules(report));
	if (object && r == 0 && report->has_units)
		r = json_object_set_new(object, "units", json_units(report));
	if (object && r == 0 && report->question)
		r = json_object_set_new(object, "question", json_question(report));
	if (object && r == 0 && report->question)
		r = json_object_set_new(object, "answers", json_answers(report));
	if (object && r == 0 && report->surveyed)
		r = json_add_survey(report, object);
	if (object && r == 0 && report->has_learned)
		r = json_object_set_new(object, "learned", json_learned(report));
	if (object && r == 0 && report->tries)
		r = json_object_set_new(object, "changes", json_trial(report));
	if (object && r == 0 && report->pending.waits)
		r = json_object_set_new(object, "pending", json_pending(report));
	if (object && r == 0 && report->arguments->version)
		r = json_object_set_new(object, "version", json_version());
	if (r == 0)
		return object;
	json_decref(object);
	return NULL;
}

int print_object(const struct report *report, FILE *out)
{
	json_t *object;

	object = json_report(report);
	if (!object) /* json_text() accepts any bytes, so only memory can be the reason */
		return -ENOMEM;
	/* the stream records write errors */
	json_dumpf(object, out,
		   JSON_ENSURE_ASCII | (report->verb && report->verb->streams ? JSON_COMPACT : JSON_INDENT(2)));
	fputc('\n', out);
	json_decref(object);
	return 0;
}
