/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/report.h"

#include <string.h>

#include "libejguard/core/remedy.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/own-commands.h"
#include "libejguard/util/printable.h"

#define CORE "core"

struct report {
	struct arena *arena; /* NULL if memory ran out at the start */
	const char *root;    /* of an image, the caller's; NULL or "": this system */
	const char *service; /* that commands have to name, the caller's; NULL: none */
	struct ejg_finding *findings;
	size_t n_findings;
	struct ejg_metric *metrics;
	size_t n_metrics;
	struct ejg_answer *answers;
	size_t n_answers;
	const struct ejg_event *event;
	size_t blame;
};

struct report *report_new(void)
{
	struct report *report = calloc(1, sizeof(*report));

	if (!report)
		return NULL;
	report->arena = arena_new();
	return report->arena ? report : report_free(report);
}

struct report *report_free(struct report *report)
{
	if (report)
		arena_free(report->arena);
	free(report);
	return NULL;
}

void report_clear(struct report *report)
{
	arena_free(report->arena);
	*report = (struct report){ .arena = arena_new(), .root = report->root, .service = report->service };
}

void report_set_root(struct report *report, const char *root)
{
	report->root = root;
}

void report_set_service(struct report *report, const char *service)
{
	report->service = service;
}

/* The copy of a string for the report: never NULL. The arena remembers a failed allocation. */
static const char *keep(struct report *report, const char *text)
{
	const char *copy = text && *text ? printable_text(report->arena, text) : NULL;

	return copy ? copy : "";
}

/* Copies a remedy and keeps its line breaks: each step is a line. */
static const char *keep_steps(struct report *report, const char *text)
{
	const char *named = report->service ? own_commands_name(report->arena, text, report->service) : text;
	const char *there = remedy_in_root(report->arena, report->root, named);
	const char *copy = there && *there ? printable_lines(report->arena, there) : NULL;

	return copy ? copy : "";
}

static const struct ejg_label *keep_labels(struct report *report, const struct ejg_label *labels, size_t n)
{
	struct ejg_label *copy = arena_array(report->arena, n, sizeof(*copy));

	for (size_t i = 0; copy && i < n; i++)
		copy[i] = (struct ejg_label){ keep(report, labels[i].name), keep(report, labels[i].value) };
	return copy;
}

static bool is_same(const struct ejg_finding *a, const struct ejg_finding *b)
{
	return a->line == b->line && a->column == b->column && a->severity == b->severity &&
	       strcmp(a->id, b->id) == 0 && strcmp(a->subject, b->subject) == 0 &&
	       strcmp(a->message, b->message) == 0 && strcmp(a->module, b->module) == 0 &&
	       strcmp(a->file, b->file) == 0 && strcmp(a->remedy, b->remedy) == 0;
}

static bool is_among(const struct ejg_finding *findings, size_t n, const struct ejg_finding *finding)
{
	for (size_t i = 0; i < n; i++) {
		if (is_same(&findings[i], finding))
			return true;
	}
	return false;
}

void report_drop_repeated(struct report *report, size_t first, size_t again)
{
	size_t n = again;

	if (!report->arena || arena_failed(report->arena))
		return;
	for (size_t i = again; i < report->n_findings; i++) {
		if (!is_among(report->findings + first, again - first, &report->findings[i]))
			report->findings[n++] = report->findings[i];
	}
	report->n_findings = n;
}

void report_add(struct report *report, const struct ejg_finding *finding)
{
	struct ejg_finding *grown;

	if (!report->arena)
		return;
	grown = arena_grow(report->arena, report->findings, report->n_findings, sizeof(*grown));
	if (!grown)
		return;
	report->findings = grown;
	grown[report->n_findings++] = (struct ejg_finding){
		.module = keep(report, finding->module),
		.id = keep(report, finding->id),
		.severity = finding->severity,
		.subject = keep(report, finding->subject),
		.message = keep(report, finding->message),
		.remedy = keep_steps(report, finding->remedy),
		.file = keep(report, finding->file),
		.line = finding->line,
		.column = finding->column,
	};
}

static const struct ejg_finding_info *core_finding(const char *id)
{
	for (size_t i = 0; i < report_n_core_findings; i++) {
		if (strcmp(report_core_findings[i].id, id) == 0)
			return &report_core_findings[i];
	}
	return NULL;
}

int report_verror(struct report *report, int error, const char *id, const struct position *position, const char *remedy,
		  const char *format, va_list ap)
{
	const struct ejg_finding_info *info = core_finding(id);
	struct ejg_finding finding = { .module = CORE, .severity = info ? info->severity : EJG_FAILURE };

	if (!report->arena)
		return error;
	finding.id = arena_printf(report->arena, CORE ".%s", id);
	finding.message = arena_vprintf(report->arena, format, ap);
	finding.remedy = remedy ? remedy : info ? info->remedy : NULL;
	if (position) {
		finding.file = position->file;
		finding.line = position->line;
		finding.column = position->column;
	}
	report_add(report, &finding);
	return error;
}

int report_error(struct report *report, int error, const char *id, const struct position *position, const char *remedy,
		 const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	error = report_verror(report, error, id, position, remedy, format, ap);
	va_end(ap);
	return error;
}

void report_info(struct report *report, const char *id, const char *subject, const char *message)
{
	const struct ejg_finding_info *info = core_finding(id);
	struct ejg_finding finding = { .module = CORE, .severity = info ? info->severity : EJG_FAILURE };

	if (!report->arena)
		return;
	finding.id = arena_printf(report->arena, CORE ".%s", id);
	finding.subject = subject;
	finding.message = message;
	report_add(report, &finding);
}

void report_metric(struct report *report, const struct ejg_metric *metric)
{
	const struct ejg_label *labels;
	struct ejg_metric *grown;

	if (!report->arena)
		return;
	grown = arena_grow(report->arena, report->metrics, report->n_metrics, sizeof(*grown));
	labels = keep_labels(report, metric->labels, metric->n_labels);
	if (!grown || !labels)
		return;
	report->metrics = grown;
	grown[report->n_metrics++] = (struct ejg_metric){
		.module = keep(report, metric->module),
		.name = keep(report, metric->name),
		.help = keep(report, metric->help),
		.counter = metric->counter,
		.labels = labels,
		.n_labels = metric->n_labels,
		.value = metric->value,
	};
}

void report_answer(struct report *report, const struct ejg_answer *answer)
{
	struct ejg_answer *grown;

	if (!report->arena)
		return;
	grown = arena_grow(report->arena, report->answers, report->n_answers, sizeof(*grown));
	if (!grown)
		return;
	report->answers = grown;
	grown[report->n_answers++] = (struct ejg_answer){
		.module = keep(report, answer->module),
		.allowed = answer->allowed,
		.rule = keep(report, answer->rule),
		.file = keep(report, answer->file),
		.line = answer->line,
	};
}

void report_event(struct report *report, const struct ejg_event *event)
{
	const struct ejg_label *labels;
	struct ejg_event *copy;

	if (!report->arena)
		return;
	copy = arena_alloc(report->arena, sizeof(*copy));
	labels = keep_labels(report, event->labels, event->n_labels);
	if (!copy || !labels)
		return;
	*copy = (struct ejg_event){
		.module = keep(report, event->module),
		.message = keep(report, event->message),
		.time_ns = event->time_ns,
		.labels = labels,
		.n_labels = event->n_labels,
	};
	report->event = copy;
}

size_t report_finding_count(const struct report *report)
{
	return report->n_findings;
}

const struct ejg_finding *report_finding(const struct report *report, size_t index)
{
	return index < report->n_findings ? &report->findings[index] : NULL;
}

size_t report_metric_count(const struct report *report)
{
	return report->n_metrics;
}

const struct ejg_metric *report_metric_at(const struct report *report, size_t index)
{
	return index < report->n_metrics ? &report->metrics[index] : NULL;
}

size_t report_answer_count(const struct report *report)
{
	return report->n_answers;
}

const struct ejg_answer *report_answer_at(const struct report *report, size_t index)
{
	return index < report->n_answers ? &report->answers[index] : NULL;
}

const struct ejg_event *report_last_event(const struct report *report)
{
	return report->event;
}

bool report_failed(const struct report *report)
{
	return !report->arena || arena_failed(report->arena);
}

void report_blame(struct report *report, size_t index)
{
	report->blame = index;
}

/* The place of a finding in the format of compilers, with ": " at its end. */
static const char *place_text(const struct report *report, const struct ejg_finding *finding)
{
	if (!*finding->file)
		return "";
	if (finding->line == 0)
		return arena_printf(report->arena, "%s: ", finding->file);
	if (finding->column == 0)
		return arena_printf(report->arena, "%s:%u: ", finding->file, finding->line);
	return arena_printf(report->arena, "%s:%u:%u: ", finding->file, finding->line, finding->column);
}

/* The steps of a remedy in one line. NULL without memory. */
static const char *steps_text(const struct report *report, const char *remedy)
{
	const char *end = strchr(remedy, '\n'), *rest;

	if (!end)
		return remedy;
	rest = steps_text(report, end + 1);
	return rest ? arena_printf(report->arena, "%.*s; %s", (int)(end - remedy), remedy, rest) : NULL;
}

const char *report_first_failure(const struct report *report)
{
	const struct ejg_finding *finding;
	const char *place, *remedy, *text = NULL;

	for (size_t i = report->blame; i < report->n_findings; i++) {
		finding = &report->findings[i];
		if (finding->severity != EJG_FAILURE)
			continue;
		place = place_text(report, finding);
		remedy = steps_text(report, finding->remedy);
		if (place && remedy)
			text = arena_printf(report->arena, "%s%s%s%s", place, finding->message, *remedy ? "; " : "",
					    remedy);
		return text ? text : finding->message;
	}
	return "";
}
