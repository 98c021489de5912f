/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/invoke.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *name;
	int max; /* largest valid result */
} operations[] = {
	[OPERATION_CHECK] = { "check", EJG_NOT_HELD },
	[OPERATION_PREPARE] = { "prepare", EJG_NOT_APPLICABLE },
	[OPERATION_APPLY] = { "apply", EJG_NOT_APPLICABLE },
	[OPERATION_CONFINE] = { "confine", EJG_NOT_APPLICABLE },
	[OPERATION_STATUS] = { "status", 0 },
	[OPERATION_RELEASE] = { "release", EJG_NOT_APPLICABLE },
	[OPERATION_EXPLAIN] = { "explain", 0 },
	[OPERATION_WATCH] = { "watch", 0 },
	[OPERATION_WATCH_NEXT] = { "watch_next", 0 },
	[OPERATION_PROVE] = { "prove", EJG_NOT_HELD },
	[OPERATION_DOCTOR] = { "doctor", 0 },
};

void operation_broke(struct ejg_call *call, const char *format, ...)
{
	va_list ap;

	call->broke_contract = true;
	va_start(ap, format);
	report_verror(call->handle->report, -EPROTO, "module-contract", NULL, NULL, format, ap);
	va_end(ap);
}

static struct ejg_call begin(struct ejg *handle, struct instance *instance, enum operation operation)
{
	handle_log(handle, EJG_LOG_DEBUG, instance->module->name, "%s", operations[operation].name);
	instance->used = true;
	return (struct ejg_call){ .handle = handle, .instance = instance, .operation = operation };
}

/* The module returned an error without a message: adds the text of the errno. */
static void explain_errno(struct ejg_call *call, int error)
{
	report_error(call->handle->report, error, error == -EPERM ? "module-unprivileged" : "module-failed",
		     &call->instance->line->module.position,
		     error == -EPERM ? NULL : "see the module's findings and its manual page", "%s: %s failed: %s",
		     call->instance->module->name, operations[call->operation].name, strerror(-error));
}

/* Checks a verdict against the findings that were made. */
static int end_verdict(struct ejg_call *call, int result)
{
	const char *name = call->instance->module->name;

	if (call->has_failure && result != EJG_NOT_HELD) {
		handle_log(call->handle, EJG_LOG_WARNING, name,
			   "a failure was found, so the verdict %d counts as not guarded", result);
		return EJG_NOT_HELD;
	}
	if (result == EJG_NOT_HELD && !call->has_reason)
		report_error(call->handle->report, -EACCES, "module-contract", &call->instance->line->module.position,
			     NULL, "%s: reports not guarded but does not say why", name);
	return result;
}

static int end(struct ejg_call *call, int result)
{
	const char *name = call->instance->module->name, *operation = operations[call->operation].name;

	if (result > operations[call->operation].max || (result >= 0 && call->has_error))
		operation_broke(call, "%s: %s returned %d%s", name, operation, result,
				call->has_error ? " after an error" : ", which is not one of its results");
	/* Errno values end at 4095: a larger number is no error that could be reported. */
	if (result < -4095)
		operation_broke(call, "%s: %s returned %d, which is not an errno", name, operation, result);
	if (call->broke_contract)
		return -EPROTO;
	if (result == -ECANCELED && atomic_load(&call->handle->cancelled))
		return report_error(call->handle->report, result, "cancelled", NULL, NULL, "%s: %s was cancelled", name,
				    operation);
	if (result < 0 && !call->has_error)
		explain_errno(call, result);
	if (result == -ECANCELED) /* nobody called ejg_cancel(), so the result must not say so */
		return -EINTR;
	if (result >= 0 && operations[call->operation].max == EJG_NOT_HELD)
		return end_verdict(call, result);
	return result;
}

int operation_call(struct ejg *handle, struct instance *instance, enum operation operation)
{
	const struct ejg_module *module = instance->module;
	int (*const table[])(struct ejg_call *) = {
		[OPERATION_CHECK] = module->check,   [OPERATION_PREPARE] = module->prepare,
		[OPERATION_APPLY] = module->apply,   [OPERATION_CONFINE] = module->confine,
		[OPERATION_STATUS] = module->status, [OPERATION_WATCH_NEXT] = module->watch_next,
		[OPERATION_PROVE] = module->prove,   [OPERATION_DOCTOR] = module->doctor,
	};
	struct ejg_call call = begin(handle, instance, operation);

	return end(&call, table[operation](&call));
}

int operation_release(struct ejg *handle, struct instance *instance, enum ejg_release_scope scope)
{
	struct ejg_call call = begin(handle, instance, OPERATION_RELEASE);

	return end(&call, instance->module->release(&call, scope));
}

int operation_explain(struct ejg *handle, struct instance *instance, const struct ejg_question *question)
{
	struct ejg_call call = begin(handle, instance, OPERATION_EXPLAIN);

	return end(&call, instance->module->explain(&call, question));
}

int operation_watch(struct ejg *handle, struct instance *instance, int *ret_fd)
{
	struct ejg_call call = begin(handle, instance, OPERATION_WATCH);
	int fd = -1, r = instance->module->watch(&call, &fd);

	if (r == 0 && fd < 0)
		operation_broke(&call, "%s: watch gave no descriptor", instance->module->name);
	r = end(&call, r);
	if (r == 0)
		*ret_fd = fd;
	return r;
}

void operation_finish(struct ejg *handle, struct instance *instance)
{
	struct ejg_call call = { .handle = handle, .instance = instance };

	if (instance->used && instance->module->finish)
		instance->module->finish(&call);
	memset(instance->state, 0, instance->module->state_size);
	instance->selected = instance->used = instance->skipped = instance->applied = false;
}
