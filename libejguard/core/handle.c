/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a handle has: its stack, its survey, its log. */
#include "libejguard/core/handle.h"

#include <errno.h>

#include "libejguard/core/load.h"
#include "libejguard/core/shared.h"
#include "libejguard/service/survey.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/printable.h"

void handle_vlog(struct ejg *guard, enum ejg_log_level level, const char *module, const char *format, va_list ap)
{
	cleanup_arena struct arena *arena = NULL;
	char *text;

	if (!guard->log || level > guard->log_level)
		return;
	arena = arena_new();
	if (!arena)
		return;
	text = arena_vprintf(arena, format, ap);
	if (text)
		text = printable_text(arena, text);
	if (text)
		guard->log(guard->log_data, level, module, text);
}

void handle_log(struct ejg *guard, enum ejg_log_level level, const char *module, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	handle_vlog(guard, level, module, format, ap);
	va_end(ap);
}

static void adopt(struct ejg *guard, struct load *load)
{
	guard->stack = load->stack;
	guard->instances = load->instances;
	guard->n_instances = load->stack->n_lines;
	guard->facts = load->facts;
	guard->settings = load->settings;
	guard->whole_facts = *load->facts;
}

int handle_load(struct ejg *guard, const char *file)
{
	cleanup_arena struct arena *arena = arena_new();
	struct load load = { .guard = guard, .arena = arena };
	const char *kept = file && file != guard->stack_file ? arena_strdup(guard->arena, file) : file;
	int r;

	if (!arena || (file && !kept))
		return report_error(guard->report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
	r = load_stack(&load, file);
	if (r < 0)
		return r;
	adopt(guard, &load);
	guard->stack_arena = take_ptr(arena);
	guard->stack_file = kept;
	return 0;
}

int handle_reload(struct ejg *guard)
{
	struct arena *arena = guard->stack_arena;
	struct former_stack *former = NULL;
	int r;

	if (guard->watches) {
		former = arena_alloc(guard->arena, sizeof(*former));
		if (!former)
			return report_error(guard->report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
	}
	r = handle_load(guard, guard->stack_file);
	if (r < 0)
		return r;
	if (!former) {
		arena_free(arena);
		return 0;
	}
	*former = (struct former_stack){ guard->formers, arena };
	guard->formers = former;
	return 0;
}

int handle_load_parts(struct ejg *guard)
{
	cleanup_arena struct arena *arena = arena_new();
	struct load load = { .guard = guard, .arena = arena };
	size_t n = 0;
	int r;

	if (!arena)
		return report_error(guard->report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
	r = load_stack(&load, NULL);
	if (r == 0) {
		adopt(guard, &load);
	} else {
		if (r == -ENOMEM || load_defaults(&load, &n) < 0)
			return report_error(guard->report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
		guard->instances = load.instances;
		guard->n_instances = n;
		guard->facts = load.facts;
		guard->settings = load.settings;
	}
	guard->stack_arena = take_ptr(arena);
	return 0;
}

void handle_unload_parts(struct ejg *guard)
{
	if (guard->stack)
		return;
	guard->instances = NULL;
	guard->n_instances = 0;
	guard->facts = NULL;
	guard->settings = NULL;
	guard->stack_arena = arena_free(guard->stack_arena);
}

const struct ejg_survey *handle_survey(struct ejg *guard)
{
	if (guard->survey)
		return guard->survey;
	if (!guard->survey_arena)
		guard->survey_arena = arena_new();
	if (!guard->survey_arena ||
	    survey_collect(guard->survey_arena, guard->facts, guard->settings, &guard->survey) < 0)
		report_error(guard->report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
	return guard->survey;
}

void handle_forget_survey(struct ejg *guard)
{
	shared_forget(&guard->shared);
	guard->survey = NULL;
	guard->survey_arena = arena_free(guard->survey_arena);
}
