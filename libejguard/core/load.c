/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/load.h"

#include <errno.h>

#include "libejguard/core/facts.h"
#include "libejguard/core/option.h"
#include "libejguard/service/base/kind.h"
#include "libejguard/service/kind/find.h"
#include "libejguard/util/cleanup.h"

/* Keeps the first error, but -ENOMEM replaces any other. */
static void note(int *error, int r)
{
	if (r < 0 && (*error == 0 || r == -ENOMEM))
		*error = r;
}

/* *ret is untouched on failure. */
static int bind(struct load *load, struct report *report, const struct ejg_module *module,
		const struct guard_line *line, struct instance *ret)
{
	struct instance instance = { .module = module, .line = line };
	int r;

	instance.config = arena_alloc(load->arena, module->config_size);
	instance.state = arena_alloc(load->arena, module->state_size);
	if (!instance.config || !instance.state)
		return report_error(report, -ENOMEM, "out-of-memory", &line->module.position, NULL, "out of memory");
	r = option_bind(load->arena, report, module, line, instance.config, &instance.mode);
	if (r == 0)
		*ret = instance;
	return r;
}

static int load_instance(struct load *load, const struct guard_line *line, struct instance *ret)
{
	struct ejg *handle = load->handle;
	const struct loaded_module *module;
	int r;

	r = modules_get(handle->modules, handle->report, line->module.text, &line->module.position, &module);
	if (r < 0)
		return r;
	return bind(load, handle->report, &module->descriptor, line, ret);
}

/* No module that can fail may follow an irreversible one: that could not be rolled back. */
static int check_order(struct load *load)
{
	const struct instance *before = NULL, *instance;

	for (size_t i = 0; i < load->stack->n_lines; i++) {
		instance = &load->instances[i];
		if (instance->module->flags & EJG_MODULE_IRREVERSIBLE)
			before = instance;
		else if (before)
			return report_error(load->handle->report, -EBADMSG, "stack-order",
					    &instance->line->module.position, NULL,
					    "%s comes after %s, which cannot be undone", instance->module->name,
					    before->module->name);
	}
	return 0;
}

static int collect(struct load *load, struct report *report, const struct stack *stack)
{
	const struct ejg *handle = load->handle;
	int r = facts_collect(load->arena, report, stack, handle->service, handle->forgets ? NULL : handle->rundir,
			      handle->root, &load->facts, &load->settings);

	if (load->facts) {
		load->facts->rundir = handle->rundir;
		load->facts->statedir = handle->statedir;
	}
	return r;
}

/* A service without a stack of its own uses the shipped stack of its kind. */
static int find_shipped(struct load *load, const char **ret)
{
	struct ejg *handle = load->handle;
	struct settings_source settings;
	int r = settings_source_at(load->arena, handle->root, &settings);

	if (r == 0)
		r = kind_find_stack(load->arena, &settings, handle->service, ret);
	return r < 0 ? report_error(handle->report, r, "out-of-memory", NULL, NULL, "out of memory") : 0;
}

/*
 * Reports the errors of options and values, too, where other lines have errors: all at once, not one run after another.
 */
static void tell_rest(const struct load *load, const struct stack *rest)
{
	struct load other = { .handle = load->handle, .arena = load->arena, .stack = rest };
	struct instance instance;

	for (size_t i = 0; i < rest->n_lines; i++)
		(void)load_instance(&other, &rest->lines[i], &instance);
	(void)collect(&other, load->handle->report, rest);
}

int load_stack(struct load *load, const char *file)
{
	const struct stack *rest = NULL;
	struct ejg *handle = load->handle;
	struct stack_source source = { handle->service, handle->confdir, handle->vendordir, file, NULL };
	int r, error = 0;

	r = find_shipped(load, &source.shipped);
	if (r < 0)
		return r;
	r = stack_read(load->arena, handle->report, &source, &load->stack, &rest);
	if (rest)
		tell_rest(load, rest);
	if (r < 0)
		return r;
	load->instances = arena_array(load->arena, load->stack->n_lines, sizeof(struct instance));
	if (!load->instances)
		return report_error(handle->report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
	for (size_t i = 0; i < load->stack->n_lines; i++)
		note(&error, load_instance(load, &load->stack->lines[i], &load->instances[i]));
	if (error == 0)
		error = check_order(load);
	note(&error, collect(load, handle->report, load->stack));
	return error;
}

static int bind_defaults(struct load *load, struct report *report, const struct ejg_module *module,
			 const struct guard_line *line, struct instance *ret)
{
	struct guard_line *bare = arena_alloc(load->arena, sizeof(*bare));
	int r;

	if (!bare)
		return -ENOMEM;
	if (line)
		*bare = *line;
	bare->module.text = module->name;
	bare->options = NULL;
	bare->n_options = 0;
	r = bind(load, report, module, bare, ret);
	return r == -ENOMEM ? r : 0; /* a module with a required option has no defaults: it is left out */
}

/* For lines with errors, loads the module with its default options, unless the module itself is at fault. */
static int repair_lines(struct load *load, struct report *report)
{
	const struct loaded_module *module;
	int r;

	for (size_t i = 0; i < load->stack->n_lines; i++) {
		const struct guard_line *line = &load->stack->lines[i];

		if (load->instances[i].module)
			continue;
		r = modules_get(load->handle->modules, report, line->module.text, NULL, &module);
		if (r == 0)
			r = bind_defaults(load, report, &module->descriptor, line, &load->instances[i]);
		if (r == -ENOMEM)
			return r;
	}
	return 0;
}

static int take_all_modules(struct load *load, struct report *report, size_t *ret_n)
{
	const struct loaded_module *module;
	size_t n;
	int r;

	r = modules_get_all(load->handle->modules, report);
	if (r == -ENOMEM)
		return r;
	n = modules_count(load->handle->modules);
	load->instances = arena_array(load->arena, n, sizeof(struct instance));
	if (!load->instances && n > 0)
		return -ENOMEM;
	for (size_t i = 0; (module = modules_at(load->handle->modules, i)); i++) {
		r = bind_defaults(load, report, &module->descriptor, NULL, &load->instances[i]);
		if (r < 0)
			return r;
	}
	*ret_n = n;
	return 0;
}

/* Removes the instances that could not be made. */
static size_t drop_empty(struct instance *instances, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (instances[i].module)
			instances[kept++] = instances[i];
	}
	return kept;
}

int load_defaults(struct load *load, size_t *ret_n)
{
	static const struct stack none = { .file = "" };
	struct report *quiet = report_new();
	int r = quiet ? 0 : -ENOMEM;
	size_t n = 0;

	if (r == 0 && !load->facts)
		r = collect(load, quiet, load->stack ? load->stack : &none);
	if (r != -ENOMEM)
		r = load->stack && load->instances ? repair_lines(load, quiet) : take_all_modules(load, quiet, &n);
	if (r == 0 && load->stack && load->instances)
		n = load->stack->n_lines;
	report_free(quiet);
	if (r == 0)
		*ret_n = drop_empty(load->instances, n);
	return r;
}

/* Copies the stack's instance, with a new state. Return: 1 when the stack does not name the module, 0, -ENOMEM. */
static int copy_instance(struct load *load, const struct ejg_module *module, struct instance *ret)
{
	const struct ejg *handle = load->handle;

	for (size_t i = 0; i < handle->n_instances; i++) {
		if (handle->instances[i].module != module)
			continue;
		*ret = (struct instance){ .module = module,
					  .line = handle->instances[i].line,
					  .config = handle->instances[i].config,
					  .state = arena_alloc(load->arena, module->state_size),
					  .mode = handle->instances[i].mode };
		return ret->state ? 0 : -ENOMEM;
	}
	return 1;
}

int load_surveyors(struct load *load, size_t *ret_n)
{
	struct report *quiet = report_new();
	const struct loaded_module *module;
	int r = quiet ? modules_get_all(load->handle->modules, quiet) : -ENOMEM;
	size_t n = 0;

	if (r != -ENOMEM) {
		load->instances =
			arena_array(load->arena, modules_count(load->handle->modules) + 1, sizeof(struct instance));
		r = load->instances ? 0 : -ENOMEM;
	}
	for (size_t i = 0; r == 0 && (module = modules_at(load->handle->modules, i)); i++) {
		if (!(module->descriptor.flags & EJG_MODULE_SURVEYS) || !module->descriptor.check ||
		    (*load->handle->root && !(module->descriptor.flags & EJG_MODULE_IMAGES)))
			continue;
		r = copy_instance(load, &module->descriptor, &load->instances[n]);
		if (r > 0)
			r = bind_defaults(load, quiet, &module->descriptor, NULL, &load->instances[n]);
		n += r == 0 && load->instances[n].module;
	}
	report_free(quiet);
	*ret_n = n;
	return r;
}
