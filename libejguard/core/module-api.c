/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The functions of <ejguard/module.h> that a module calls during an operation. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/core/invoke.h"
#include "libejguard/core/shared.h"
#include "libejguard/util/cleanup.h"

const void *ejg_call_config(const struct ejg_call *call)
{
	return call->instance->config;
}

void *ejg_call_state(const struct ejg_call *call)
{
	return call->instance->state;
}

const struct ejg_facts *ejg_call_facts(const struct ejg_call *call)
{
	return call->handle->facts;
}

const struct ejg_survey *ejg_call_survey(struct ejg_call *call)
{
	return handle_survey(call->handle);
}

int ejg_call_shared(struct ejg_call *call, const char *key, size_t size,
		    int (*make)(struct ejg_call *call, void *object), void (*drop)(void *object), const void **ret)
{
	int r = shared_get(&call->handle->shared, call, key, size, make, drop, ret);

	if (r == -EPROTO)
		operation_broke(call, "%s: uses the shared data '%s' with another size than its maker",
				call->instance->module->name, key);
	return r;
}

enum ejg_mode ejg_call_mode(const struct ejg_call *call)
{
	return call->instance->mode;
}

bool ejg_call_recorded(const struct ejg_call *call)
{
	return call->handle->recorded;
}

bool ejg_call_trial(const struct ejg_call *call)
{
	return call->handle->trial;
}

bool ejg_call_failed(const struct ejg_call *call)
{
	return call->handle->failed;
}

const char *ejg_call_where(const struct ejg_call *call, uint32_t *ret_line)
{
	const struct position *position = &call->instance->line->module.position;

	if (ret_line)
		*ret_line = position->line;
	return position->file;
}

bool ejg_call_cancelled(const struct ejg_call *call)
{
	return atomic_load(&call->handle->cancelled);
}

void ejg_call_log(struct ejg_call *call, enum ejg_log_level level, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	handle_vlog(call->handle, level, call->instance->module->name, format, ap);
	va_end(ap);
}

/* The text, or NULL after reporting that memory ran out: a verb whose report is incomplete fails. */
static __attribute__((format(printf, 2, 0))) char *format_text(struct ejg_call *call, const char *format, va_list ap)
{
	char *text;

	if (vasprintf(&text, format, ap) >= 0)
		return text;
	report_error(call->handle->report, -ENOMEM, "out-of-memory", NULL, NULL, "%s: out of memory",
		     call->instance->module->name);
	return NULL;
}

static const struct ejg_finding_info *find_finding(const struct ejg_module *module, const char *id)
{
	for (uint32_t i = 0; id && i < module->n_findings; i++) {
		if (strcmp(module->findings[i].id, id) == 0)
			return &module->findings[i];
	}
	return NULL;
}

static const struct ejg_metric_info *find_metric(const struct ejg_module *module, const char *name)
{
	for (uint32_t i = 0; name && i < module->n_metrics; i++) {
		if (strcmp(module->metrics[i].name, name) == 0)
			return &module->metrics[i];
	}
	return NULL;
}

static __attribute__((format(printf, 5, 0))) enum ejg_severity add_finding(struct ejg_call *call, const char *id,
									   const char *subject,
									   const struct ejg_place *place,
									   const char *format, va_list ap)
{
	static const struct ejg_place nowhere = { 0 };
	const struct ejg_module *module = call->instance->module;
	const struct ejg_finding_info *info = find_finding(module, id);
	cleanup_free char *message = format_text(call, format, ap), *whole_id = NULL;

	if (!place)
		place = &nowhere;
	if (!info) {
		operation_broke(call, "%s: made a finding '%s' that it does not declare: %s", module->name,
				id ? id : "(null)", message ? message : "");
		return EJG_FAILURE;
	}
	if (asprintf(&whole_id, "%s.%s", module->name, info->id) < 0)
		whole_id = NULL; /* then the report is out of memory too */
	call->has_failure |= info->severity == EJG_FAILURE;
	call->has_reason |= info->severity >= EJG_WARNING;
	report_add(call->handle->report, &(struct ejg_finding){
						 .module = module->name,
						 .id = whole_id ? whole_id : info->id,
						 .severity = info->severity,
						 .subject = subject,
						 .message = message,
						 .remedy = place->remedy ? place->remedy : info->remedy,
						 .file = place->file,
						 .line = place->line,
						 .column = place->column,
					 });
	return info->severity;
}

enum ejg_severity ejg_call_finding(struct ejg_call *call, const char *id, const char *subject, const char *format, ...)
{
	enum ejg_severity severity;
	va_list ap;

	va_start(ap, format);
	severity = add_finding(call, id, subject, NULL, format, ap);
	va_end(ap);
	return severity;
}

enum ejg_severity ejg_call_finding_at(struct ejg_call *call, const char *id, const char *subject,
				      const struct ejg_place *place, const char *format, ...)
{
	enum ejg_severity severity;
	va_list ap;

	va_start(ap, format);
	severity = add_finding(call, id, subject, place, format, ap);
	va_end(ap);
	return severity;
}

int ejg_call_error(struct ejg_call *call, int error, const char *remedy, const char *format, ...)
{
	const struct instance *instance = call->instance;
	cleanup_free char *message = NULL;
	va_list ap;

	call->has_error = true;
	va_start(ap, format);
	message = format_text(call, format, ap);
	va_end(ap);
	/* Only an error in the configuration can be corrected at the line of the stack that names the module. */
	return report_error(call->handle->report, error, error == -EPERM ? "module-unprivileged" : "module-failed",
			    error == -EBADMSG ? &instance->line->module.position : NULL, remedy, "%s: %s",
			    instance->module->name, message ? message : "failed, and out of memory");
}

/* Metrics, answers and events may each be reported by one operation only. */
static bool is_in(struct ejg_call *call, enum operation operation, const char *function, const char *name)
{
	if (call->operation == operation)
		return true;
	operation_broke(call, "%s: called %s() outside of %s", call->instance->module->name, function, name);
	return false;
}

void ejg_call_metric(struct ejg_call *call, const char *name, const struct ejg_label *labels, size_t n_labels,
		     uint64_t value)
{
	const struct ejg_module *module = call->instance->module;
	const struct ejg_metric_info *info = find_metric(module, name);

	if (!is_in(call, OPERATION_STATUS, "ejg_call_metric", "status"))
		return;
	if (!info) {
		operation_broke(call, "%s: made a metric '%s' that it does not declare", module->name,
				name ? name : "(null)");
		return;
	}
	report_metric(call->handle->report, &(struct ejg_metric){
						    .module = module->name,
						    .name = info->name,
						    .help = info->help,
						    .counter = info->counter,
						    .labels = labels,
						    .n_labels = n_labels,
						    .value = value,
					    });
}

void ejg_call_answer(struct ejg_call *call, bool allowed, const char *file, uint32_t line, const char *format, ...)
{
	const char *name = call->instance->module->name;
	cleanup_free char *rule = NULL;
	va_list ap;

	if (!is_in(call, OPERATION_EXPLAIN, "ejg_call_answer", "explain"))
		return;
	va_start(ap, format);
	rule = format_text(call, format, ap);
	va_end(ap);
	report_answer(
		call->handle->report,
		&(struct ejg_answer){ .module = name, .allowed = allowed, .rule = rule, .file = file, .line = line });
}

void ejg_call_event(struct ejg_call *call, uint64_t time_ns, const struct ejg_label *labels, size_t n_labels,
		    const char *format, ...)
{
	const char *name = call->instance->module->name;
	cleanup_free char *message = NULL;
	va_list ap;

	if (!is_in(call, OPERATION_WATCH_NEXT, "ejg_call_event", "watch_next"))
		return;
	va_start(ap, format);
	message = format_text(call, format, ap);
	va_end(ap);
	report_event(call->handle->report, &(struct ejg_event){
						   .module = name,
						   .message = message,
						   .time_ns = time_ns,
						   .labels = labels,
						   .n_labels = n_labels,
					   });
}
