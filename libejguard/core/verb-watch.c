/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejg_watch() and its like: the events of a module. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/core/invoke.h"
#include "libejguard/core/report.h"
#include "libejguard/core/stack-file.h"
#include "libejguard/core/transaction.h"
#include "libejguard/core/verbs.h"

static struct watch *find_watch(const struct ejg *handle, const char *module)
{
	struct watch *watch = handle->watches;

	while (watch && strcmp(watch->instance.module->name, module) != 0)
		watch = watch->next;
	return watch;
}

/* The first line of the stack that names the module, or NULL. */
static const struct instance *find_instance(const struct ejg *handle, const char *module)
{
	for (size_t i = 0; i < handle->n_instances; i++) {
		if (strcmp(handle->instances[i].module->name, module) == 0)
			return &handle->instances[i];
	}
	return NULL;
}

static int watch_open(struct ejg *handle, const struct instance *instance)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	int r;

	if (!watch)
		return report_error(handle->report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
	watch->instance = *instance;
	watch->instance.state = calloc(1, instance->module->state_size + 1);
	if (!watch->instance.state) {
		free(watch);
		return report_error(handle->report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
	}
	r = operation_watch(handle, &watch->instance, &watch->fd);
	if (r < 0) {
		watch_free(handle, watch);
		return transaction_error(r);
	}
	watch->next = handle->watches;
	handle->watches = watch;
	return 0;
}

static int watch(struct ejg *handle, const char *module, int *ret_fd)
{
	const struct instance *instance;
	int r;

	if (!module || !ret_fd)
		return verb_invalid(handle, "watch needs the name of a module and room for a descriptor");
	r = verb_refuse_image(handle);
	if (r == 0)
		r = verb_load(handle);
	if (r < 0)
		return r;
	instance = find_instance(handle, module);
	if (!instance)
		return report_error(handle->report, -EINVAL, "argument", NULL, NULL, "'%s' is not in the stack '%s'",
				    module, handle->stack->file);
	if (!instance->module->watch)
		return report_error(handle->report, -EOPNOTSUPP, "argument", NULL, "watch another module",
				    "the module '%s' has no live events", module);
	if (!find_watch(handle, module)) {
		r = watch_open(handle, instance);
		if (r < 0)
			return r;
	}
	*ret_fd = find_watch(handle, module)->fd;
	return 0;
}

int ejg_watch(struct ejg *handle, const char *module, int *ret_fd)
{
	verb_begin(handle);
	return verb_end(handle, watch(handle, module, ret_fd));
}

static int watch_recorded(struct ejg *handle, const char *module, int *ret_fd)
{
	if (module && find_watch(handle, module))
		return verb_invalid(handle, "the module is watched already: what it had recorded cannot come first");
	handle->recorded = true;
	return watch(handle, module, ret_fd);
}

int ejg_watch_recorded(struct ejg *handle, const char *module, int *ret_fd)
{
	verb_begin(handle);
	return verb_end(handle, watch_recorded(handle, module, ret_fd));
}

int ejg_watch_next(struct ejg *handle, const char *module, const struct ejg_event **ret)
{
	struct watch *open;
	int r;

	verb_begin(handle);
	open = module ? find_watch(handle, module) : NULL;
	if (!open || !ret)
		return verb_end(handle, verb_invalid(handle, "no watch of that module was opened"));
	r = operation_call(handle, &open->instance, OPERATION_WATCH_NEXT);
	r = verb_end(handle, r < 0 ? transaction_error(r) : 0);
	if (r == 0)
		*ret = report_last_event(handle->report);
	return r;
}
