/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operations: one pass over all places, with or without repair. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/files/judge.h"

static void files_end(const struct files *files)
{
	arena_free(files->scratch);
	arena_free(files->arena);
}
#define cleanup_files __attribute__((cleanup(files_end)))

/* Checks patterns and paths of the stack: a mistake in them is an error, not a finding. */
static int check_options(struct ejg_call *call)
{
	const struct files_config *config = ejg_call_config(call);

	for (size_t i = 0; i < config->exclude.n; i++) {
		const char *pattern = config->exclude.items[i];

		if (pattern[0] != '/' && strchr(pattern, '/'))
			return ejg_call_error(call, -EBADMSG, "begin it with /, or give only a name",
					      "exclude=%s is neither an absolute path nor a name", pattern);
	}
	for (size_t i = 0; i < config->extra.n; i++)
		if (config->extra.items[i][0] != '/')
			return ejg_call_error(call, -EBADMSG, "give an absolute path",
					      "extra=%s is not an absolute path", config->extra.items[i]);
	return 0;
}

static void tell_service(struct files *files)
{
	const struct access_service *service = &files->service;
	const struct ejg_setting *doubted = service->doubted;

	if (doubted)
		ejg_call_finding_at(files->call, "user-changeable", doubted->value,
				    &(struct ejg_place){ .file = doubted->origin.file, .line = doubted->origin.line },
				    "does not count as the service's user%s%s: this file can be changed by %s",
				    service->known ? ", but " : "", service->known ? service->user : "",
				    service->doubt);
	if (!service->known)
		ejg_call_finding(
			files->call, "user-unknown", NULL,
			"the service's user cannot be determined: only root is accepted as the owner of its files");
	else if (service->group_members)
		ejg_call_finding(files->call, "group-shared", service->group,
				 "these users are in the service's group and share its rights: %s",
				 service->group_members);
}

/* Reports how many findings were not shown. */
static void tell_rest(struct files *files, const struct file_place *place)
{
	for (size_t i = 0; i < files->tally.n_rows; i++) {
		const struct tally_row *row = &files->tally.rows[i];

		if (row->n > TALLY_SHOWN)
			ejg_call_finding_at(files->call, row->id, files->root, &place->where,
					    "%llu more of this kind below this folder",
					    (unsigned long long)(row->n - TALLY_SHOWN));
	}
	if (files->tally.hidden > 0)
		ejg_call_finding_at(
			files->call, "hidden", files->root, &place->where,
			"%llu %s a mode that lets others read or write, but the folders above keep others out",
			(unsigned long long)files->tally.hidden, files->tally.hidden == 1 ? "file has" : "files have");
	if (files->tally.links > 0)
		ejg_call_finding_at(files->call, "symlinks", files->root, &place->where,
				    "%llu symbolic %s not followed", (unsigned long long)files->tally.links,
				    files->tally.links == 1 ? "link was" : "links were");
	if (files->tally.excluded > 0)
		ejg_call_finding_at(files->call, "excluded", files->root, &place->where,
				    "%llu %s excluded by the stack", (unsigned long long)files->tally.excluded,
				    files->tally.excluded == 1 ? "file or folder is" : "files and folders are");
	files->tally.n_rows = 0;
	files->tally.hidden = files->tally.links = files->tally.excluded = 0;
}

/* If something could not be checked, the result is not "held": it may be open to everybody. */
static enum ejg_verdict conclude(struct files *files)
{
	const unsigned long long n_files = files->tally.files, n_folders = files->tally.folders;

	if (files->n_unseen)
		ejg_call_finding(files->call, "places-unseen", NULL,
				 "only a part could be checked (files: %llu, folders: %llu); in %zu places something "
				 "cannot be read",
				 n_files, n_folders, files->n_unseen);
	else if (files->worst < EJG_FAILURE)
		ejg_call_finding(files->call, "private", NULL,
				 "only the service can read and change its files (checked: %llu files, %llu folders)",
				 n_files, n_folders);
	if (files->worst == EJG_FAILURE)
		return EJG_NOT_HELD;
	return files->n_unseen ? EJG_NOT_APPLICABLE : EJG_HELD;
}

static int look_at_all(struct files *files, enum ejg_verdict *ret)
{
	bool any = false;
	int r = files_fresh(files);

	if (r == 0)
		r = files_find_trust(files);
	if (r == 0)
		r = files_find_places(files);
	if (r == 0)
		r = files_sort_places(files, &any);
	if (r < 0)
		return r;
	if (!files->facts->config_dir && !ejg_survey_value(files->survey, "SPOOL_DIR"))
		ejg_call_finding(files->call, "places-unknown", files->facts->service,
				 "it is not known where this service keeps its configuration and data: name the "
				 "folders in extra=");
	if (!any) {
		*ret = EJG_NOT_APPLICABLE;
		return 0;
	}
	tell_service(files);
	for (size_t i = 0; r == 0 && i < files->n_places; i++) {
		files->place_unseen = false;
		r = files_look(files, &files->places[i]);
		files->n_unseen += files->place_unseen;
		tell_rest(files, &files->places[i]);
	}
	if (r == 0)
		*ret = conclude(files);
	return r;
}

static bool closes(const struct ejg_survey *survey)
{
	const char *umask = ejg_survey_value(survey, "umask");

	return umask && (strtoul(umask, NULL, 8) & 07) == 07;
}

static int run(struct ejg_call *call, bool repair, enum ejg_verdict *ret, uint64_t *ret_changed)
{
	const struct files_config *config = ejg_call_config(call);
	const bool enforce = ejg_call_mode(call) == EJG_ENFORCE, trial = ejg_call_trial(call);
	cleanup_files struct files files = {
		.call = call,
		.config = config,
		.facts = ejg_call_facts(call),
		.survey = ejg_call_survey(call),
		.arena = arena_new(),
		.repair = repair && enforce && !trial,
		.dry = repair && enforce == trial, /* a permissive apply reports it; a dry run of one changes nothing */
		.foresee = repair && enforce && trial,
		.privileged = geteuid() == 0,
	};
	int r = files.survey && files.arena ? check_options(call) : -ENOMEM;

	files.closes = files.survey && closes(files.survey);

	if (r == 0)
		r = look_at_all(&files, ret);
	*ret_changed = files.changed;
	return r;
}

int files_check(struct ejg_call *call)
{
	const struct files_config *config = ejg_call_config(call);
	struct files_state *state = ejg_call_state(call);
	enum ejg_verdict verdict;
	uint64_t changed;
	int r;

	/*
	 * Apply checked the result during the repair, in the same pass. If that does not hold, it is checked again, to
	 * report the reasons.
	 */
	if (state->looked && state->verdict != EJG_NOT_HELD) {
		state->looked = false;
		return state->verdict;
	}
	/* A dry run is judged by the state after an apply. */
	r = run(call, config->repair && ejg_call_trial(call), &verdict, &changed);
	return r < 0 ? r : (int)verdict;
}

int files_prepare(struct ejg_call *call)
{
	return check_options(call);
}

int files_apply(struct ejg_call *call)
{
	const struct files_config *config = ejg_call_config(call);
	struct files_state *state = ejg_call_state(call);
	enum ejg_verdict verdict;
	int r;

	if (!config->repair)
		return 0;
	r = run(call, true, &verdict, &state->changed);
	if (r < 0)
		return r;
	state->verdict = verdict;
	state->looked = true;
	return 0;
}

/* Repairs stay: they only removed access, and nothing should become open again. */
int files_release(struct ejg_call *call, enum ejg_release_scope scope)
{
	const struct files_state *state = ejg_call_state(call);

	return scope == EJG_RELEASE_RUN && state->changed > 0 ? EJG_NOT_APPLICABLE : 0;
}
