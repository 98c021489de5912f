/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report as one JSON object. Members are only added; what a member means changes only with "schema". */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "tools/finding-list.h"
#include "tools/tool.h"

json_t *json_text(const char *text)
{
	cleanup_free char *escaped = NULL;
	size_t size;
	json_t *string;
	FILE *out;

	string = json_string(text);
	if (string)
		return string;
	out = open_memstream(&escaped, &size);
	if (!out)
		return NULL;
	for (; *text; text++)
		fprintf(out, (unsigned char)*text < 0x80 ? "%c" : "\\x%02x", (unsigned char)*text);
	return fclose(out) == 0 ? json_string(escaped) : NULL;
}

json_t *json_nullable(const char *text)
{
	return text ? json_text(text) : json_null();
}

json_t *json_append(json_t *array, json_t *element)
{
	if (array && json_array_append_new(array, element) == 0)
		return array;
	json_decref(array);
	return NULL;
}

json_t *json_words(const char *const *words, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < n; i++)
		array = json_append(array, json_text(words[i]));
	return array;
}

json_t *json_unsigned(uint64_t value)
{
	return value <= INT64_MAX ? json_integer((json_int_t)value) : json_real((double)value);
}

static json_t *json_finding(const struct ejg_finding *finding)
{
	return json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:I, s:I}", "module", json_text(finding->module), "id",
			 json_text(finding->id), "severity", ejg_severity_name(finding->severity), "subject",
			 json_text(finding->subject), "message", json_text(finding->message), "remedy",
			 json_text(finding->remedy), "file", json_text(finding->file), "line",
			 (json_int_t)finding->line, "column", (json_int_t)finding->column);
}

json_t *json_labels(const struct ejg_label *labels, size_t n)
{
	json_t *object = json_object();

	for (size_t i = 0; object && i < n; i++) {
		if (json_object_set_new_nocheck(object, labels[i].name, json_text(labels[i].value)) < 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static json_t *json_metric(const struct ejg_metric *metric)
{
	return json_pack("{s:o, s:o, s:o, s:s, s:o, s:o}", "module", json_text(metric->module), "name",
			 json_text(metric->name), "help", json_text(metric->help), "type",
			 metric->counter ? "counter" : "gauge", "labels", json_labels(metric->labels, metric->n_labels),
			 "value", json_unsigned(metric->value));
}

static json_t *json_findings(const struct output *output)
{
	const struct ejg_finding *finding;
	json_t *array = json_array();

	for (size_t i = 0; array && (finding = output_finding(output, i)); i++)
		array = json_append(array, json_finding(finding));
	return array;
}

static json_t *json_metrics(const struct ejg *guard)
{
	const struct ejg_metric *metric;
	json_t *array = json_array();

	for (size_t i = 0; array && guard && (metric = ejg_metric_get(guard, i)); i++)
		array = json_append(array, json_metric(metric));
	return array;
}

static size_t count_unseen(const struct output *output)
{
	const struct ejg_finding *finding;
	size_t n = 0;

	for (size_t i = 0; (finding = output_finding(output, i)); i++)
		n += finding_section(finding) == SECTION_UNSEEN;
	return n;
}

static json_t *json_report(const struct output *output)
{
	const struct exit_status *status = exit_status(output->error);
	json_t *report;
	int r = 0;

	report = json_pack("{s:i, s:o, s:o, s:s, s:i, s:o, s:i, s:o, s:o}", "schema", OUTPUT_SCHEMA, "verb",
			   json_nullable(output->verb ? output->verb->name : NULL), "service",
			   json_nullable(output->service), "outcome", status->outcome, "exit", status->status, "error",
			   json_nullable(output->error < 0 ? output_error(output) : NULL), "unseen",
			   (int)count_unseen(output), "findings", json_findings(output), "metrics", json_metrics(output->guard));
	if (report && output->modules)
		r = json_object_set_new(report, "modules", output_modules_json(output));
	if (report && r == 0 && output->has_units)
		r = json_object_set_new(report, "units", output_units_json(output));
	if (report && r == 0 && output->question)
		r = json_object_set_new(report, "question", output_question_json(output));
	if (report && r == 0 && output->question)
		r = json_object_set_new(report, "answers", output_answers_json(output));
	if (report && r == 0 && output->surveyed)
		r = output_survey_json(output, report);
	if (r == 0)
		return report;
	json_decref(report);
	return NULL;
}

int output_json(const struct output *output, FILE *out)
{
	json_t *report;

	report = json_report(output);
	if (!report) /* strings cannot fail but for memory: json_text() takes any bytes */
		return -ENOMEM;
	/* errors of writing stay in the stream */
	json_dumpf(report, out, JSON_ENSURE_ASCII | (output->streamed ? JSON_COMPACT : JSON_INDENT(2)));
	fputc('\n', out);
	json_decref(report);
	return 0;
}
