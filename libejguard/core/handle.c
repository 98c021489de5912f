/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Access to the parts of a handle: its stack, its survey, its log. */
#include "libejguard/core/handle.h"

#include <errno.h>

#include "libejguard/core/load.h"
#include "libejguard/core/shared.h"
#include "libejguard/service/survey.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/printable.h"

void handle_vlog(struct ejg *handle, enum ejg_log_level level, const char *module, const char *format, va_list ap)
{
	cleanup_arena struct arena *arena = NULL;
	char *text;

	if (!handle->log || level > handle->log_level)
		return;
	arena = arena_new();
	if (!arena)
		return;
	text = arena_vprintf(arena, format, ap);
	if (text)
		text = printable_text(arena, text);
	if (text)
		handle->log(handle->log_data, level, module, text);
}

void handle_log(struct ejg *handle, enum ejg_log_level level, const char *module, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	handle_vlog(handle, level, module, format, ap);
	va_end(ap);
}

static void adopt(struct ejg *handle, struct load *load)
{
	handle->stack = load->stack;
	handle->instances = load->instances;
	handle->n_instances = load->stack->n_lines;
	handle->facts = load->facts;
	handle->settings = load->settings;
	handle->whole_facts = *load->facts;
}

int handle_load(struct ejg *handle, const char *file)
{
	cleanup_arena struct arena *arena = arena_new();
	struct load load = { .handle = handle, .arena = arena };
	const char *kept = file && file != handle->stack_file ? arena_strdup(handle->arena, file) : file;
	int r;

	if (!arena || (file && !kept))
		return report_error(handle->report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
	r = load_stack(&load, file);
	if (r < 0)
		return r;
	adopt(handle, &load);
	handle->stack_arena = take_ptr(arena);
	handle->stack_file = kept;
	return 0;
}

int handle_reload(struct ejg *handle)
{
	struct arena *arena = handle->stack_arena;
	struct former_stack *former = NULL;
	int r;

	if (handle->watches) {
		former = arena_alloc(handle->arena, sizeof(*former));
		if (!former)
			return report_error(handle->report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
	}
	r = handle_load(handle, handle->stack_file);
	if (r < 0)
		return r;
	if (!former) {
		arena_free(arena);
		return 0;
	}
	*former = (struct former_stack){ handle->formers, arena };
	handle->formers = former;
	return 0;
}

int handle_load_parts(struct ejg *handle)
{
	cleanup_arena struct arena *arena = arena_new();
	struct load load = { .handle = handle, .arena = arena };
	size_t n = 0;
	int r;

	if (!arena)
		return report_error(handle->report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
	r = load_stack(&load, NULL);
	if (r == 0) {
		adopt(handle, &load);
	} else {
		if (r == -ENOMEM || load_defaults(&load, &n) < 0)
			return report_error(handle->report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
		handle->instances = load.instances;
		handle->n_instances = n;
		handle->facts = load.facts;
		handle->settings = load.settings;
	}
	handle->stack_arena = take_ptr(arena);
	return 0;
}

void handle_unload_parts(struct ejg *handle)
{
	if (handle->stack)
		return;
	handle->instances = NULL;
	handle->n_instances = 0;
	handle->facts = NULL;
	handle->settings = NULL;
	handle->stack_arena = arena_free(handle->stack_arena);
}

const struct ejg_survey *handle_survey(struct ejg *handle)
{
	if (handle->survey)
		return handle->survey;
	handle_log(handle, EJG_LOG_INFO, "core", "progress: looking at processes, listeners and epmd");
	if (!handle->survey_arena)
		handle->survey_arena = arena_new();
	if (!handle->survey_arena || survey_collect(handle->survey_arena, handle->facts, handle->settings,
						    handle->connections, &handle->survey) < 0)
		report_error(handle->report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
	return handle->survey;
}

void handle_forget_survey(struct ejg *handle)
{
	shared_forget(&handle->shared);
	handle->survey = NULL;
	handle->survey_arena = arena_free(handle->survey_arena);
}
