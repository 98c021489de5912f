/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/base/report.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sysexits.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/own-commands.h"

static const struct exit_status exit_statuses[] = {
	{ 0, 0, 0, "held" },
	{ -EACCES, 1, 1, "not-held" },
	{ -EBUSY, 1, 1, "error" },
	{ -ECANCELED, 1, 1, "error" },
	{ -EIO, 1, 1, "error" },
	{ -ENOMEM, 1, 1, "error" },
	{ -EINVAL, 2, 2, "error" },
	{ -EBADMSG, 3, EX_CONFIG, "error" },
	{ -ENOENT, 3, EX_CONFIG, "error" },
	{ -EOPNOTSUPP, 4, EX_UNAVAILABLE, "error" },
	{ -EPERM, 4, EX_NOPERM, "error" },
};

const struct exit_status *exit_status(int error)
{
	static const struct exit_status unknown = { -EIO, 1, 1, "error" };

	for (size_t i = 0; i < ARRAY_SIZE(exit_statuses); i++)
		if (exit_statuses[i].error == error)
			return &exit_statuses[i];
	return &unknown;
}

int report_status(const struct report *report)
{
	const struct exit_status *status = exit_status(report->error);

	if (report->status)
		return report->status;
	return report->arguments->own ? status->unit_status : status->status;
}

int report_fail(struct report *report, int error, const char *format, ...)
{
	va_list ap;

	free(report->message);
	va_start(ap, format);
	if (vasprintf(&report->message, format, ap) < 0)
		report->message = NULL;
	va_end(ap);
	return error;
}

void report_forget_failure(struct report *report)
{
	free(report->message);
	report->message = NULL;
}

int report_fail_usage(struct report *report, const char *format, ...)
{
	cleanup_free char *problem = NULL;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&problem, format, ap);
	va_end(ap);
	if (n < 0) {
		problem = NULL;
		return report_fail(report, -ENOMEM, "out of memory");
	}
	return report_fail(report, -EINVAL, "%s; try ejguard %s%s--help", problem,
			   report->verb ? report->verb->name : "", report->verb ? " " : "");
}

const char *report_error(const struct report *report)
{
	const char *error;

	if (report->error == 0)
		return "";
	if (report->message)
		return report->message;
	error = report->handle ? ejg_error(report->handle) : "";
	if (error && *error)
		return error;
	for (size_t i = 0; i < report->notes.n; i++) /* the handle's error may be that of a later call */
		if (report->notes.items[i].severity == EJG_FAILURE)
			return report->notes.items[i].message;
	return strerror(-report->error);
}

bool report_is_named(const struct ejg_finding *finding, const char *name)
{
	const char *dot = strchr(finding->id, '.');

	return dot && strcmp(dot + 1, name) == 0;
}

bool report_is_change(const struct ejg_finding *finding)
{
	return report_is_named(finding, "would-change") || report_is_named(finding, "would-repair");
}

bool report_is_of_guard(const struct report *report, const struct ejg_finding *finding)
{
	const struct ejg_module *module;

	for (size_t i = 0; report->handle && (module = ejg_module_get(report->handle, i)); i++)
		if (strcmp(module->name, finding->module) == 0)
			return module->status;
	return true;
}

bool report_is_kept(const struct report *report)
{
	const struct ejg_finding *finding;

	for (size_t i = 0; (finding = report_finding(report, i)); i++)
		if (strcmp(finding->id, "core.kept") == 0)
			return true;
	return false;
}

size_t report_count_changes(const struct report *report)
{
	const struct ejg_finding *finding;
	size_t n = 0;

	for (size_t i = 0; (finding = report_finding(report, i)); i++)
		n += report_is_change(finding);
	for (size_t i = 0; i < report->units.n; i++)
		n += unit_changes(&report->units.items[i]);
	return n;
}

int report_end_trial(struct report *report, bool detailed, int r)
{
	report->tries = true;
	if (r == 0 && detailed && report_count_changes(report) > 0)
		report->status = STATUS_WOULD_CHANGE;
	return r;
}

bool report_wants(const struct report *report, enum ejg_severity severity)
{
	if (report->verbose || (report->verb && report->verb->shows_all && !report->quiet))
		return true;
	if (report->quiet || (report->verb && report->verb->counts_only))
		return severity >= EJG_FAILURE;
	return severity >= EJG_WARNING;
}

static void finding_free(struct ejg_finding *finding)
{
	free((char *)finding->module);
	free((char *)finding->id);
	free((char *)finding->subject);
	free((char *)finding->message);
	free((char *)finding->remedy);
	free((char *)finding->file);
}

static void notes_free(struct note_list *notes)
{
	for (size_t i = 0; i < notes->n; i++)
		finding_free(&notes->items[i]);
	free(notes->items);
	*notes = (struct note_list){};
}

static char *copy(const char *text)
{
	return strdup(text ? text : "");
}

/* The remedy for this service: the library has done it for its own findings. */
static const char *with_service(const struct report *report, struct arena *arena, const char *remedy)
{
	if (!report->service || strcmp(report->service, DEFAULT_SERVICE) == 0)
		return remedy;
	return own_commands_name(arena, remedy, report->service);
}

int report_note(struct report *report, const struct ejg_finding *finding)
{
	struct note_list *notes = &report->notes;
	cleanup_arena struct arena *scratch = arena_new();
	struct ejg_finding *grown, *note;

	grown = reallocarray(notes->items, notes->n + 1, sizeof(*grown));
	if (!grown)
		return report_fail(report, -ENOMEM, "out of memory");
	notes->items = grown;
	note = &grown[notes->n];
	*note = *finding;
	note->module = copy(finding->module);
	note->id = copy(finding->id);
	note->subject = copy(finding->subject);
	note->message = copy(finding->message);
	note->remedy = scratch ? copy(with_service(report, scratch, finding->remedy)) : NULL;
	note->file = copy(finding->file);
	if (!note->module || !note->id || !note->subject || !note->message || !note->remedy || !note->file) {
		finding_free(note);
		return report_fail(report, -ENOMEM, "out of memory");
	}
	notes->n++;
	return 0;
}

int report_keep(struct report *report)
{
	const struct ejg_finding *finding;
	int r = 0;

	for (size_t i = 0; r == 0 && (finding = ejg_finding_get(report->handle, i)); i++)
		r = report_note(report, finding);
	return r;
}

const struct ejg_finding *report_finding(const struct report *report, size_t index)
{
	if (index < report->notes.n)
		return &report->notes.items[index];
	return report->handle && !report->keeps ? ejg_finding_get(report->handle, index - report->notes.n) : NULL;
}

void report_free(struct report *report)
{
	unit_list_free(&report->units);
	learned_free(&report->learned);
	notes_free(&report->notes);
	free(report->message);
	free(report->service_read);
	free(report->pending.reverted);
}
