/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejg_apply(), its arguments, and the list of cgroups that it keeps; ejg_release_gone(), which may apply the rest. */
#include <errno.h>
#include <string.h>

#include "libejguard/core/applied.h"
#include "libejguard/core/facts.h"
#include "libejguard/core/given.h"
#include "libejguard/core/transaction.h"
#include "libejguard/core/verbs.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/options-copy.h"

static bool are_words(const char *const *words, size_t n)
{
	if (n > 0 && !words)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!words[i] || !*words[i])
			return false;
	}
	return true;
}

static bool select_module(struct ejg *handle, const char *name)
{
	bool found = false;

	for (size_t i = 0; i < handle->n_instances; i++) {
		if (strcmp(handle->instances[i].module->name, name) == 0)
			handle->instances[i].selected = found = true;
	}
	return found;
}

static int select_only(struct ejg *handle, const struct ejg_apply_options *options)
{
	int r = 0;

	if (options->n_only == 0)
		return 0;
	for (size_t i = 0; i < handle->n_instances; i++)
		handle->instances[i].selected = false;
	for (size_t i = 0; i < options->n_only; i++) {
		if (!select_module(handle, options->only[i]))
			r = report_error(handle->report, -EBADMSG, "only-unknown", NULL, NULL,
					 "'%s' is not in the stack '%s'", options->only[i], handle->stack->file);
	}
	return r;
}

static bool is_among(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

/* Combines the given cgroups that still exist with the new ones. Return: 0, or -ENOMEM, reported. */
static int next_given(struct ejg *handle, const struct given *before, const struct ejg_apply_options *options,
		      struct given *ret)
{
	const struct ejg_facts *all = &handle->whole_facts;
	const char **paths = arena_array(handle->stack_arena, all->n_cgroups + options->n_cgroups + 1, sizeof(*paths));
	size_t n = 0;

	if (!paths)
		return report_error(handle->report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
	for (size_t i = 0; i < all->n_cgroups; i++) {
		if (all->cgroups[i].id && is_among(before->paths, before->n, all->cgroups[i].name))
			paths[n++] = all->cgroups[i].name;
	}
	for (size_t i = 0; i < options->n_cgroups; i++) {
		if (!is_among(paths, n, options->cgroups[i]))
			paths[n++] = options->cgroups[i];
	}
	*ret = (struct given){ paths, n };
	return 0;
}

/* True if all modules that leave something in force take part; these are the modules with a release operation. */
static bool applies_all(const struct ejg *handle)
{
	for (size_t i = 0; i < handle->n_instances; i++)
		if (handle->instances[i].module->release && !handle->instances[i].selected)
			return false;
	return true;
}

/*
 * After a run that failed: true if all modules that leave something in force have kept it, so that the stack is in
 * force.
 */
static bool keeps_all(const struct ejg *handle)
{
	for (size_t i = 0; i < handle->n_instances; i++)
		if (handle->instances[i].module->release && !handle->instances[i].kept)
			return false;
	return true;
}

static int apply_and_keep(struct ejg *handle)
{
	const bool whole = applies_all(handle);
	const int r = transaction_apply(handle);

	/* Rolled back in part, neither stack is in force: the former one stays the one to return to. */
	if (r == 0 || (handle->kept && (!whole || keeps_all(handle))))
		applied_keep(handle->report, handle->rundir,
			     applied_format(handle->stack_arena, handle->stack, &handle->whole_facts), whole);
	return r;
}

/*
 * The list of cgroups is written before they are guarded: if the process is killed in between, a check reports an
 * unguarded cgroup and never misses one.
 */
static int apply_and_remember(struct ejg *handle, const struct ejg_apply_options *options)
{
	struct given before, next;
	int r;

	r = given_read(handle->stack_arena, handle->report, handle->rundir, &before);
	if (r == 0)
		r = next_given(handle, &before, options, &next);
	if (r == 0 && (options->n_cgroups > 0 || next.n != before.n))
		r = given_write(handle->report, handle->rundir, &next);
	if (r < 0)
		return r;
	r = apply_and_keep(handle);
	/* Cgroups whose guard was undone are removed from the list too. */
	if (r < 0 && options->n_cgroups > 0 && !handle->kept)
		(void)given_write(handle->report, handle->rundir, &before);
	return r;
}

static int apply(struct ejg *handle, const struct ejg_apply_options *theirs)
{
	struct ejg_apply_options options = { .size = sizeof(options) };
	cleanup_fd int lock = -1;
	int r;

	if (options_copy(&options, sizeof(options), theirs) < 0)
		return verb_invalid(
			handle,
			"the options of apply have an unknown size, or ask for something that this library cannot do");
	if (!are_words(options.cgroups, options.n_cgroups) || !are_words(options.only, options.n_only))
		return verb_invalid(handle, "the options of apply have an empty name in cgroups or only");
	r = verb_lock_and_load(handle, &lock);
	if (r < 0)
		return r;
	r = select_only(handle, &options);
	if (r < 0)
		return r;
	handle->no_proof = options.no_proof;
	handle->facts->peer_grace = options.peer_grace;
	r = facts_choose_cgroups(handle->stack_arena, handle->report, handle->facts, &options);
	return r < 0 ? r : apply_and_remember(handle, &options);
}

static bool is_left(const struct ejg_facts *facts)
{
	for (size_t i = 0; i < facts->n_cgroups; i++) {
		if (facts->cgroups[i].id)
			return true;
	}
	return false;
}

/* The other cgroups keep their policy: nobody asked to apply the stack file that is on the disk now. */
static int forget_gone(struct ejg *handle)
{
	const struct ejg_apply_options options = { .size = sizeof(options) };
	struct given before, next;
	int r = given_read(handle->stack_arena, handle->report, handle->rundir, &before);

	if (r == 0)
		r = next_given(handle, &before, &options, &next);
	return r < 0 ? r : given_write(handle->report, handle->rundir, &next);
}

static int release_gone(struct ejg *handle)
{
	cleanup_fd int lock = -1;
	int r = verb_lock_and_load(handle, &lock);

	if (r < 0)
		return r;
	return is_left(&handle->whole_facts) ? forget_gone(handle) : verb_release_all(handle);
}

int ejg_release_gone(struct ejg *handle)
{
	verb_begin(handle);
	return verb_end(handle, release_gone(handle));
}

int ejg_apply(struct ejg *handle, const struct ejg_apply_options *options)
{
	verb_begin(handle);
	return verb_end(handle, apply(handle, options));
}
