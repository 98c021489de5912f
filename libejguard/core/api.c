/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening and closing a handle, and reading what its last verb has made. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/core/invoke.h"
#include "libejguard/core/stack-names.h"
#include "libejguard/service/defaults.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/options-copy.h"

/* The working directory decides nothing here. */
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

/* Without links, because paths below it are compared with what the kernel says; "" for the system itself. */
static const char *root_of(struct arena *arena, const char *root)
{
	char path[PATH_MAX];

	if (!root || !realpath(root, path) || strcmp(path, "/") == 0)
		return "";
	return arena_strdup(arena, path);
}

static int fill(struct ejg *guard, const struct ejg_options *options)
{
	const char *service = options->service ? options->service : SERVICE_DEFAULT;

	guard->service = arena_strdup(guard->arena, service);
	guard->confdir = copy_or(guard->arena, options->confdir, EJG_CONFDIR);
	/* Whoever brings stacks of their own does not want the system's to stand in for a missing one. */
	if (options->vendordir || !options->confdir)
		guard->vendordir = copy_or(guard->arena, options->vendordir, EJG_VENDORDIR);
	guard->moduledir = copy_or(guard->arena, options->moduledir, EJG_MODULEDIR);
	guard->rundir = arena_printf(guard->arena, "%s/%s", options->rundir ? options->rundir : EJG_RUNDIR, service);
	guard->statedir =
		arena_printf(guard->arena, "%s/%s", options->statedir ? options->statedir : EJG_STATEDIR, service);
	guard->root = root_of(guard->arena, options->root);
	guard->report = report_new();
	guard->error = "";
	if (arena_failed(guard->arena) || !guard->report)
		return -ENOMEM;
	guard->loader = loader_new(guard->moduledir);
	return guard->loader ? 0 : -ENOMEM;
}

int ejg_open(const struct ejg_options *options, struct ejg **ret)
{
	struct ejg_options ours = { 0 };
	struct ejg *guard;
	int r;

	if (!ret)
		return -EINVAL;
	r = options_copy(&ours, sizeof(ours), options);
	if (r < 0)
		return r;
	if ((ours.service && !stack_name_valid(ours.service)) || !is_folder(ours.confdir) || !is_folder(ours.vendordir) ||
	    !is_folder(ours.moduledir) || !is_folder(ours.rundir) || !is_folder(ours.statedir) || !is_root(ours.root))
		return -EINVAL;
	guard = calloc(1, sizeof(*guard));
	if (!guard)
		return -ENOMEM;
	guard->arena = arena_new();
	r = guard->arena ? fill(guard, &ours) : -ENOMEM;
	if (r < 0) {
		ejg_close(guard);
		return r;
	}
	*ret = guard;
	return 0;
}

struct watch *watch_free(struct ejg *guard, struct watch *watch)
{
	operation_finish(guard, &watch->instance);
	free(watch->instance.state);
	free(watch);
	return NULL;
}

struct ejg *ejg_close(struct ejg *guard)
{
	struct watch *watch;

	if (!guard)
		return NULL;
	while ((watch = guard->watches)) {
		guard->watches = watch->next;
		watch_free(guard, watch);
	}
	handle_forget_survey(guard);
	loader_free(guard->loader);
	report_free(guard->report);
	arena_free(guard->stack_arena);
	for (const struct former_stack *former = guard->formers; former; former = former->next)
		arena_free(former->arena);
	arena_free(guard->arena);
	free(guard);
	return NULL;
}

void ejg_set_log(struct ejg *guard, ejg_log_fn fn, void *data, enum ejg_log_level level)
{
	guard->log = fn;
	guard->log_data = data;
	guard->log_level = level;
}

const char *ejg_error(const struct ejg *guard)
{
	return guard->error;
}

size_t ejg_finding_count(const struct ejg *guard)
{
	return report_finding_count(guard->report);
}

const struct ejg_finding *ejg_finding_get(const struct ejg *guard, size_t index)
{
	return report_finding(guard->report, index);
}

size_t ejg_metric_count(const struct ejg *guard)
{
	return report_metric_count(guard->report);
}

const struct ejg_metric *ejg_metric_get(const struct ejg *guard, size_t index)
{
	return report_metric_at(guard->report, index);
}

size_t ejg_answer_count(const struct ejg *guard)
{
	return report_answer_count(guard->report);
}

const struct ejg_answer *ejg_answer_get(const struct ejg *guard, size_t index)
{
	return report_answer_at(guard->report, index);
}

const struct ejg_facts *ejg_facts_get(const struct ejg *guard)
{
	return guard->facts;
}

const struct ejg_survey *ejg_survey_get(const struct ejg *guard)
{
	return guard->survey;
}

const struct ejg_module *ejg_module_get(const struct ejg *guard, size_t index)
{
	const struct loaded_module *module = loader_at(guard->loader, index);

	return module ? &module->descriptor : NULL;
}

const char *ejg_module_path(const struct ejg *guard, size_t index)
{
	const struct loaded_module *module = loader_at(guard->loader, index);

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
