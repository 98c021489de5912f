/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adds the places that ejabberd.yml names. */
#include <errno.h>
#include <string.h>

#include "libejguard/modules/files/place-list.h"
#include "libejguard/modules/lib/yml/command.h"
#include "libejguard/modules/lib/yml/shared.h"
#include "libejguard/util/root.h"

static int add_yml_path(struct files *files, const struct yml_path *item, const char *origin)
{
	static const struct {
		enum place_shape shape;
		enum file_group group;
	} kinds[] = {
		[YML_PATH_CONFIG] = { PLACE_FILE, GROUP_CONFIG },
		[YML_PATH_CERTIFICATE] = { PLACE_FILE, GROUP_CERTIFICATE },
		[YML_PATH_CA] = { PLACE_FILE, GROUP_DATA },
		[YML_PATH_DHFILE] = { PLACE_FILE, GROUP_DATA },
		[YML_PATH_KEY] = { PLACE_FILE, GROUP_KEY },
		[YML_PATH_UPLOAD] = { PLACE_TREE, GROUP_UPLOAD },
		[YML_PATH_DOCROOT] = { PLACE_TREE, GROUP_DOCROOT },
		[YML_PATH_LOG] = { PLACE_FILE, GROUP_LOG },
		[YML_PATH_DATABASE] = { PLACE_FILE, GROUP_SPOOL },
		[YML_PATH_SOCKET] = { PLACE_FILE, GROUP_SOCKET },
		[YML_PATH_PROGRAM] = { PLACE_FILE, GROUP_CODE },
		[YML_PATH_DATA] = { PLACE_TREE, GROUP_DATA },
	};
	struct file_place place = {
		.path = item->path,
		.name = item->option,
		.origin = origin,
		.where = { .file = item->line ? item->file : NULL, .line = item->line, .column = item->column },
		.mode = item->mode,
	};
	enum { MAX_MATCHES = 1000 };
	glob_t found = {};
	int r = 0;

	if (item->kind >= ARRAY_SIZE(kinds) || item->path[0] != '/')
		return 0;
	place.shape = kinds[item->kind].shape;
	place.group = kinds[item->kind].group;
	if (item->kind == YML_PATH_LOG)
		return places_add_siblings(
			files, &place, places_folder(files, item->path),
			places_escape(files, places_base(item->path), strlen(places_base(item->path)), "*"), GROUP_LOG);
	if (!item->pattern) {
		r = places_add(files, &place);
		place.path = place.group == GROUP_CODE && r == 0
				     ? yml_interpreter(files->arena, files->facts->root, item->path)
				     : NULL;
		/* Whoever may change the interpreter of a script need not change the script. */
		return place.path ? places_add(files, &place) : r;
	}
	if (yml_pattern_is_simple(item->path) && root_glob(files->facts->root, item->path, &found) == GLOB_NOSPACE)
		r = -ENOMEM;
	if (!yml_pattern_is_simple(item->path) || found.gl_pathc > MAX_MATCHES)
		ejg_call_finding_at(files->call, "undetermined", item->path, &place.where,
				    "the pattern matches too many files: only %d of them are checked", MAX_MATCHES);
	for (size_t i = 0; r == 0 && i < found.gl_pathc && i < MAX_MATCHES; i++) {
		place.path = arena_strdup(files->arena, found.gl_pathv[i]);
		r = place.path ? places_add(files, &place) : -ENOMEM;
	}
	globfree(&found);
	return r;
}

/*
 * The file that decides whether a path in the configuration is trusted: one that others than root can change, if there
 * is one. It can include any file of root, so that file's owner does not matter.
 */
static const char *find_origin(struct files *files, const struct yml_paths *paths)
{
	size_t i = 0;

	while (i + 1 < paths->n && paths->items[i + 1].kind == YML_PATH_CONFIG &&
	       files_is_roots(files, paths->items[i].path) == 1)
		i++;
	return paths->n > 0 ? paths->items[i].path : NULL;
}

int places_add_yml(struct files *files)
{
	const struct yml_shared *shared;
	const struct yml_paths *paths;
	const char *origin;
	int r = yml_shared_get(files->call, &shared);

	if (r < 0)
		return r;
	if (shared->absent)
		ejg_call_finding_at(files->call, "undetermined", NULL, &(struct ejg_place){ .file = "ejabberd.yml" },
				    "%s", shared->absent);
	paths = &shared->paths;
	origin = find_origin(files, paths);
	for (size_t i = 0; i < paths->n_problems; i++) {
		const struct yml_problem *problem = &paths->problems[i];
		const struct ejg_place where = { .file = problem->file ? problem->file : "ejabberd.yml",
						 .line = problem->line,
						 .column = problem->column };

		ejg_call_finding_at(files->call, problem->unseen ? "unseen" : "undetermined", NULL, &where, "%s",
				    problem->text);
	}
	for (size_t i = 0; r == 0 && i < paths->n; i++)
		r = add_yml_path(files, &paths->items[i], origin);
	return r;
}
