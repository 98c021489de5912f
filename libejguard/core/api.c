/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens and closes a handle; gives access to the results of its last verb. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/core/invoke.h"
#include "libejguard/core/stack-names.h"
#include "libejguard/service/defaults.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/options-copy.h"

/* Accepts absolute paths only: the working directory must not matter. */
static bool is_folder(const char *path)
{
	return !path || path[0] == '/';
}

static bool is_root(const char *path)
{
	struct stat st;

	return !path || (path[0] == '/' && stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

static const char *copy_or(struct arena *arena, const char *text, const char *fallback)
{
	return arena_strdup(arena, text ? text : fallback);
}

/* The root without links, because the kernel reports resolved paths below it; "" for the system itself. */
static const char *root_of(struct arena *arena, const char *root)
{
	char path[PATH_MAX];

	if (!root || !realpath(root, path) || strcmp(path, "/") == 0)
		return "";
	return arena_strdup(arena, path);
}

static int fill(struct ejg *handle, const struct ejg_options *options)
{
	const char *service = options->service ? options->service : SERVICE_DEFAULT;

	handle->service = arena_strdup(handle->arena, service);
	handle->confdir = copy_or(handle->arena, options->confdir, EJG_CONFDIR);
	/* A caller with a stack folder of its own must not get the system's stack when one is missing there. */
	if (options->vendordir || !options->confdir)
		handle->vendordir = copy_or(handle->arena, options->vendordir, EJG_VENDORDIR);
	handle->moduledir = copy_or(handle->arena, options->moduledir, EJG_MODULEDIR);
	handle->rundir = arena_printf(handle->arena, "%s/%s", options->rundir ? options->rundir : EJG_RUNDIR, service);
	handle->statedir =
		arena_printf(handle->arena, "%s/%s", options->statedir ? options->statedir : EJG_STATEDIR, service);
	handle->root = root_of(handle->arena, options->root);
	handle->report = report_new();
	handle->error = "";
	if (arena_failed(handle->arena) || !handle->report)
		return -ENOMEM;
	report_set_root(handle->report, handle->root);
	if (strcmp(service, SERVICE_DEFAULT) != 0)
		report_set_service(handle->report, handle->service);
	handle->modules = modules_new(handle->moduledir);
	return handle->modules ? 0 : -ENOMEM;
}

int ejg_open(const struct ejg_options *options, struct ejg **ret)
{
	struct ejg_options ours = { 0 };
	struct ejg *handle;
	int r;

	if (!ret)
		return -EINVAL;
	r = options_copy(&ours, sizeof(ours), options);
	if (r < 0)
		return r;
	if ((ours.service && !stack_name_valid(ours.service)) || !is_folder(ours.confdir) ||
	    !is_folder(ours.vendordir) || !is_folder(ours.moduledir) || !is_folder(ours.rundir) ||
	    !is_folder(ours.statedir) || !is_root(ours.root))
		return -EINVAL;
	handle = calloc(1, sizeof(*handle));
	if (!handle)
		return -ENOMEM;
	handle->arena = arena_new();
	r = handle->arena ? fill(handle, &ours) : -ENOMEM;
	if (r < 0) {
		ejg_close(handle);
		return r;
	}
	*ret = handle;
	return 0;
}

struct watch *watch_free(struct ejg *handle, struct watch *watch)
{
	operation_finish(handle, &watch->instance);
	free(watch->instance.state);
	free(watch);
	return NULL;
}

struct ejg *ejg_close(struct ejg *handle)
{
	struct watch *watch;

	if (!handle)
		return NULL;
	while ((watch = handle->watches)) {
		handle->watches = watch->next;
		watch_free(handle, watch);
	}
	handle_forget_survey(handle);
	modules_free(handle->modules);
	report_free(handle->report);
	arena_free(handle->stack_arena);
	for (const struct former_stack *former = handle->formers; former; former = former->next)
		arena_free(former->arena);
	arena_free(handle->arena);
	free(handle);
	return NULL;
}

void ejg_set_log(struct ejg *handle, ejg_log_fn fn, void *data, enum ejg_log_level level)
{
	handle->log = fn;
	handle->log_data = data;
	handle->log_level = level;
}

const char *ejg_error(const struct ejg *handle)
{
	return handle->error;
}

size_t ejg_finding_count(const struct ejg *handle)
{
	return report_finding_count(handle->report);
}

const struct ejg_finding *ejg_finding_get(const struct ejg *handle, size_t index)
{
	return report_finding(handle->report, index);
}

size_t ejg_metric_count(const struct ejg *handle)
{
	return report_metric_count(handle->report);
}

const struct ejg_metric *ejg_metric_get(const struct ejg *handle, size_t index)
{
	return report_metric_at(handle->report, index);
}

size_t ejg_answer_count(const struct ejg *handle)
{
	return report_answer_count(handle->report);
}

const struct ejg_answer *ejg_answer_get(const struct ejg *handle, size_t index)
{
	return report_answer_at(handle->report, index);
}

const struct ejg_facts *ejg_facts_get(const struct ejg *handle)
{
	return handle->facts;
}

const struct ejg_survey *ejg_survey_get(const struct ejg *handle)
{
	return handle->survey;
}

const struct ejg_module *ejg_module_get(const struct ejg *handle, size_t index)
{
	const struct loaded_module *module = modules_at(handle->modules, index);

	return module ? &module->descriptor : NULL;
}

const char *ejg_module_path(const struct ejg *handle, size_t index)
{
	const struct loaded_module *module = modules_at(handle->modules, index);

	return module ? module->path : NULL;
}

const char *ejg_severity_name(uint32_t severity)
{
	static const char *const names[] = {
		[EJG_OK] = "ok", [EJG_INFO] = "info", [EJG_WARNING] = "warning", [EJG_FAILURE] = "failure"
	};

	return (unsigned int)severity < ARRAY_SIZE(names) ? names[severity] : "unknown";
}

const char *ejg_version(void)
{
	return EJG_VERSION;
}
