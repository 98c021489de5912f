/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/report.h"

#include <string.h>

#include "libejguard/util/cleanup.h"

#define CORE "core"

struct report {
	struct arena *arena; /* NULL when even this could not be had */
	struct ejg_finding *findings;
	size_t n_findings;
	struct ejg_metric *metrics;
	size_t n_metrics;
	struct ejg_answer *answers;
	size_t n_answers;
	const struct ejg_event *event;
	size_t blame;
};

const struct ejg_finding_info report_core_findings[] = {
	{ "argument", EJG_FAILURE, "the caller of the library gave an invalid argument", "correct the call" },
	{ "cancelled", EJG_FAILURE, "the run was cancelled", "run it again" },
	{ "confine-only", EJG_FAILURE, "a guard of the stack can only confine the process that becomes the service",
	  "start the service by `ejguard exec`, or leave the guard out by --only" },
	{ "fact-cgroup", EJG_FAILURE, "a cgroup of the service cannot be guarded",
	  "name the service's units in `set cgroups`" },
	{ "fact-value", EJG_FAILURE, "a value of a set line is wrong", "correct the set line; see ejguard.conf(5)" },
	{ "kept", EJG_INFO, "what this run had applied stays, because without it less would be guarded", NULL },
	{ "lock-busy", EJG_FAILURE, "another process has kept the lock of the service for too long",
	  "see what that process waits for, and run it again" },
	{ "lock-failed", EJG_FAILURE, "the lock of the service cannot be taken",
	  "correct the folder below /run; be root" },
	{ "module-contract", EJG_FAILURE, "a module broke the rules of ejguard-module(7)",
	  "update the module, or tell its author" },
	{ "module-failed", EJG_FAILURE, "an operation of a module failed", "see the message" },
	{ "module-malformed", EJG_FAILURE, "a file is not a guard module that this library can run",
	  "install the module again, in the version and for the architecture of libejguard" },
	{ "module-missing", EJG_FAILURE, "a module of the stack is not installed",
	  "install the module, or correct its name in the stack file" },
	{ "module-untrusted", EJG_FAILURE, "a module, or a folder above it, could have been changed by others",
	  "see who changed it; then give it to root and take away the others' write permission" },
	{ "no-cgroup2", EJG_FAILURE, "no cgroup2 file system is mounted", "mount cgroup2, or boot with it" },
	{ "no-opinion", EJG_FAILURE, "no guard of the stack had anything to say",
	  "put a guard into the stack that applies to this service" },
	{ "only-unknown", EJG_FAILURE, "a module that alone is to run is not in the stack",
	  "correct the name, or put the module into the stack file" },
	{ "option-duplicate", EJG_FAILURE, "an option is given twice", "remove one of the two" },
	{ "option-missing", EJG_FAILURE, "a required option is not given", "give it; see `ejguard modules NAME`" },
	{ "option-unknown", EJG_FAILURE, "a module has no such option", "see `ejguard modules NAME`" },
	{ "option-value", EJG_FAILURE, "the value of an option is wrong", "see `ejguard modules NAME`" },
	{ "out-of-memory", EJG_FAILURE, "memory ran out", "free memory, or raise the limit, and run it again" },
	{ "own-cgroup", EJG_FAILURE, "the caller's own cgroup is not one of the service's",
	  "add the unit to `set cgroups`, or run it from a unit of the service" },
	{ "release-failed", EJG_FAILURE, "something that was applied could not be undone",
	  "see the message, and run `ejguard release` again" },
	{ "rolled-back", EJG_INFO, "what this run had applied was undone", NULL },
	{ "stack-duplicate", EJG_FAILURE, "a setting stands twice in the stack", "remove one of the two" },
	{ "stack-empty", EJG_FAILURE, "the stack names no guard", "add one, such as: required net" },
	{ "stack-include", EJG_FAILURE, "an include leads nowhere or in a circle",
	  "correct or remove the include line" },
	{ "stack-limit", EJG_FAILURE, "the stack is larger than the limits of ejguard.conf(5)", "make it smaller" },
	{ "stack-missing", EJG_FAILURE, "the service has no stack file", "write one; see ejguard.conf(5)" },
	{ "stack-order", EJG_FAILURE, "a guard stands behind one that cannot be undone",
	  "move the guards that cannot be undone to the end of the stack" },
	{ "stack-syntax", EJG_FAILURE, "a line of the stack file is malformed", "correct it; see ejguard.conf(5)" },
	{ "stack-unknown", EJG_FAILURE, "a word of the stack file is unknown", "correct it; see ejguard.conf(5)" },
	{ "stack-unreadable", EJG_FAILURE, "a stack file cannot be read",
	  "run it as root, or correct the file's mode" },
	{ "stack-untrusted", EJG_FAILURE, "a stack file, or a folder above it, could have been changed by others",
	  "see who changed it; then give it to root and take away the others' write permission" },
};
const size_t report_n_core_findings = ARRAY_SIZE(report_core_findings);

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
	*report = (struct report){ .arena = arena_new() };
}

/* Bytes of the printable UTF-8 character that text begins with; 0 when it does not. RFC 3629: shortest forms only. */
static size_t character_length(const unsigned char *text)
{
	uint32_t code;
	size_t n;

	if (text[0] < 0x80)
		return text[0] >= 0x20 && text[0] != 0x7f ? 1 : 0;
	n = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	code = text[0] & (0x7fU >> n);
	for (size_t i = 1; i < n; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	if (code < (n == 4 ? 0x10000U : n == 3 ? 0x800U : 0xa0U)) /* 0x80 to 0x9f are control characters */
		return 0;
	if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	/* Line and paragraph separators; marks that reorder what a person reads. */
	if ((code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069))
		return 0;
	return n;
}

char *report_text(struct arena *arena, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *from = (const unsigned char *)text;
	size_t size = strlen(text), n;
	char *copy, *to;

	if (size > (SIZE_MAX - 1) / 4)
		return NULL;
	to = copy = arena_alloc(arena, size * 4 + 1);
	if (!copy)
		return NULL;
	while (*from) {
		n = character_length(from);
		if (n > 0) {
			to = mempcpy(to, from, n);
			from += n;
			continue;
		}
		*to++ = '\\';
		*to++ = 'x';
		*to++ = hex[*from >> 4];
		*to++ = hex[*from++ & 15];
	}
	return copy;
}

/* What the report keeps of a string: never NULL. A failure is remembered by the arena. */
static const char *keep(struct report *report, const char *text)
{
	const char *copy = text && *text ? report_text(report->arena, text) : NULL;

	return copy ? copy : "";
}

static const struct ejg_label *keep_labels(struct report *report, const struct ejg_label *labels, size_t n)
{
	struct ejg_label *copy = arena_array(report->arena, n, sizeof(*copy));

	for (size_t i = 0; copy && i < n; i++)
		copy[i] = (struct ejg_label){ keep(report, labels[i].name), keep(report, labels[i].value) };
	return copy;
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
		.remedy = keep(report, finding->remedy),
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

/* Where a finding stands, as compilers write it, with ": " at its end. */
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

const char *report_first_failure(const struct report *report)
{
	const struct ejg_finding *finding;
	const char *place, *text = NULL;

	for (size_t i = report->blame; i < report->n_findings; i++) {
		finding = &report->findings[i];
		if (finding->severity != EJG_FAILURE)
			continue;
		place = place_text(report, finding);
		if (place)
			text = arena_printf(report->arena, "%s%s%s%s", place, finding->message,
					    *finding->remedy ? "; " : "", finding->remedy);
		return text ? text : finding->message;
	}
	return "";
}
