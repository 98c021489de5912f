/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The service's cgroups: from the stack's unit names and paths, or from the caller. */
#include <errno.h>
#include <string.h>

#include "libejguard/core/facts-draft.h"
#include "libejguard/core/given.h"
#include "libejguard/service/unit/files.h"
#include "libejguard/util/cleanup.h"

enum {
	MAX_UNIT_NAME = 255, /* systemd's own limit */
};

/* The first is the service's own unit; a kind that does not use epmd has only that one. */
static const char *const default_units[] = { NULL, "epmd.service", "epmd.socket" };

/* True for a name that systemd allows for a unit: no '/', no leading '.'. */
static bool is_unit_name(const char *text)
{
	static const char *const suffixes[] = { ".service", ".socket", ".scope" };
	const char *dot = strrchr(text, '.');

	if (!dot || dot == text || text[0] == '.' || strlen(text) > MAX_UNIT_NAME)
		return false;
	if (text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.\\@")] != '\0')
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (strcmp(dot, suffixes[i]) == 0)
			return true;
	return false;
}

/* Reports an error about a cgroup. position may be NULL. Return: error. */
static int report_cgroup(struct report *report, int error, const struct position *position, const char *name,
			 const char *problem)
{
	const char *remedy = NULL;

	if (error != -EBADMSG)
		remedy = "see that cgroup2 is mounted and can be read";
	else if (!position && strchr(name, '/'))
		remedy = "give the path of an existing cgroup below the cgroup2 mount that belongs to root";
	return report_error(report, error, "fact-cgroup", position, remedy, "cgroup %s: %s", name,
			    error == -EBADMSG ? problem : "the cgroup tree cannot be read");
}

/* Sets path and id of the cgroup; if it does not exist now, the path stays NULL. */
static int locate(struct arena *arena, struct report *report, const struct cgroup_source *source,
		  const struct cgroup_mount *mount, const struct position *position, struct ejg_cgroup *cgroup)
{
	struct cgroup_place place = { 0 };
	const char *problem = NULL;
	int r;

	if (!mount->path) /* an image has no cgroup mount */
		return 0;
	if (cgroup->name[0] == '/')
		r = cgroup_find_path(arena, source, mount, cgroup->name, &place, &problem);
	else
		r = cgroup_find_unit(arena, source, mount, cgroup->name, &place, &problem);
	if (r == -ENOENT)
		return r;
	if (r == -EBADMSG || r == -EIO)
		return report_cgroup(report, r, position, cgroup->name, problem);
	if (r < 0)
		return r;
	cgroup->path = place.path;
	cgroup->id = place.id;
	return 0;
}

/* The cgroup among the first n that is the same as this one, by name or by id; or NULL. */
static const struct ejg_cgroup *same_cgroup(const struct ejg_cgroup *cgroups, size_t n, const struct ejg_cgroup *cgroup)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(cgroups[i].name, cgroup->name) == 0 || (cgroup->path && cgroups[i].id == cgroup->id))
			return &cgroups[i];
	return NULL;
}

static int find_mount(struct arena *arena, struct report *report, const struct cgroup_source *source,
		      struct cgroup_mount *ret)
{
	const int r = cgroup_find_mount(arena, source, ret);

	if (r == -EOPNOTSUPP)
		return report_error(report, r, "no-cgroup2", NULL, NULL, "cgroup2 is not mounted (it is not in %s)",
				    source->mountinfo);
	if (r == -EIO)
		return report_error(report, r, "no-cgroup2", NULL, "mount /proc", "%s cannot be read",
				    source->mountinfo);
	return r;
}

static int read_default_cgroups(struct facts_draft *draft, const struct cgroup_mount *mount, struct ejg_cgroup *cgroups,
				size_t *ret_n)
{
	const size_t n_units = draft->facts->kind->without_epmd ? 1 : ARRAY_SIZE(default_units);
	size_t n = 0;
	int r;

	for (size_t i = 0; i < n_units; i++) {
		/* the service "epmd" has epmd.service as its own unit already */
		cgroups[n].name = i == 0 ? facts_own_unit(draft) : default_units[i];
		if (!cgroups[n].name)
			return -ENOMEM;
		if (same_cgroup(cgroups, n, &cgroups[n]))
			continue;
		r = locate(draft->arena, draft->report, &draft->source->cgroup, mount, NULL, &cgroups[n]);
		if (r < 0 && r != -ENOENT)
			return r;
		n++;
	}
	*ret_n = n;
	return 0;
}

/* True for `none`: the service has only the cgroups that apply is given, as for containers. */
static bool is_none(const struct setting *setting)
{
	return setting->n_values == 1 && strcmp(setting->values[0].text, "none") == 0;
}

static int read_set_cgroups(struct facts_draft *draft, const struct cgroup_mount *mount, const struct setting *setting,
			    struct ejg_cgroup *cgroups)
{
	int error = 0, r;

	for (size_t i = 0; i < setting->n_values && !is_none(setting); i++) {
		const struct word *word = &setting->values[i];
		const struct ejg_cgroup *same;

		cgroups[i].name = word->text;
		if (word->text[0] != '/' && !is_unit_name(word->text)) {
			error = facts_bad_word(
				draft, word,
				"set cgroups: %s is neither NAME.service, NAME.socket, NAME.scope nor an "
				"absolute path",
				word->text);
			continue;
		}
		r = locate(draft->arena, draft->report, &draft->source->cgroup, mount, &word->position, &cgroups[i]);
		if (r == -ENOMEM)
			return r;
		if (r < 0 && r != -ENOENT)
			error = r;
		same = same_cgroup(cgroups, i, &cgroups[i]);
		if (same)
			error = facts_bad_word(draft, word, "set cgroups: %s is the same as %s at %s", word->text,
					       same->name,
					       facts_place(draft, &setting->values[same - cgroups].position));
	}
	return error;
}

static int report_given(struct facts_draft *draft, int error, const char *name, const char *problem)
{
	if (error != -EBADMSG)
		return report_cgroup(draft->report, error, NULL, name, problem);
	return report_error(draft->report, error, "fact-cgroup", NULL,
			    "give it back to root; if it is no longer the service's, release and apply again",
			    "in the cgroups given with apply --cgroup: %s", problem);
}

/*
 * Adds the cgroups that an earlier apply was given and that exist: they belong to the service like those of the stack.
 * If one cannot be guarded any more, because others can write to it now, that is an error as for one of the stack: it
 * may still contain the service.
 */
static int add_given_cgroups(struct facts_draft *draft, const struct cgroup_mount *mount, const struct given *given,
			     struct ejg_cgroup *cgroups, size_t *n)
{
	struct cgroup_place place;
	const char *problem;
	int r;

	for (size_t i = 0; i < given->n; i++) {
		struct ejg_cgroup cgroup = { .name = given->paths[i] };

		r = cgroup_find_path(draft->arena, &draft->source->cgroup, mount, cgroup.name, &place, &problem);
		if (r == -ENOENT)
			continue;
		if (r < 0)
			return r == -ENOMEM ? r : report_given(draft, r, cgroup.name, problem);
		cgroup.path = place.path;
		cgroup.id = place.id;
		if (!same_cgroup(cgroups, *n, &cgroup))
			cgroups[(*n)++] = cgroup;
	}
	return 0;
}

/*
 * Adds one to the first *n, unless it is there under another name: then the unit's own name is kept. Two cgroups that
 * exist both stay: a link can be younger than what runs.
 */
static void add_once(struct ejg_cgroup *cgroups, const char **real, size_t *n, size_t i)
{
	for (size_t j = 0; j < *n; j++) {
		if (strcmp(real[j], real[i]) != 0 || (cgroups[j].path && cgroups[i].path))
			continue;
		if (strcmp(cgroups[i].name, real[i]) == 0)
			cgroups[j].name = cgroups[i].name;
		if (cgroups[i].path)
			cgroups[j] = (struct ejg_cgroup){ cgroups[j].name, cgroups[i].path, cgroups[i].id, false };
		return;
	}
	cgroups[*n] = cgroups[i];
	real[(*n)++] = real[i];
}

/* Under another name a unit has no cgroup: it is the one of its own name. */
static int locate_real(struct facts_draft *draft, const struct cgroup_mount *mount, const char *name,
		       struct ejg_cgroup *cgroups, size_t n, size_t i)
{
	struct ejg_cgroup real = { .name = name };
	int r;

	if (cgroups[i].path || strcmp(cgroups[i].name, name) == 0)
		return 0;
	r = locate(draft->arena, draft->report, &draft->source->cgroup, mount, NULL, &real);
	if (r == 0 && real.path && !same_cgroup(cgroups, n, &real))
		cgroups[i] = (struct ejg_cgroup){ cgroups[i].name, real.path, real.id, false };
	return r == -ENOENT ? 0 : r;
}

/* A unit has one cgroup, by whichever of its names the stack calls it. */
static int follow_aliases(struct facts_draft *draft, const struct cgroup_mount *mount, struct ejg_cgroup *cgroups,
			  size_t *n)
{
	const char **real = arena_array(draft->arena, *n + 1, sizeof(*real));
	const size_t n_named = *n;
	int r = 0;

	if (!draft->source->settings || !real)
		return real ? 0 : -ENOMEM;
	for (size_t i = 0; i < n_named && r == 0; i++)
		r = unit_alias(draft->arena, draft->source->settings, cgroups[i].name, &real[i]);
	*n = 0;
	for (size_t i = 0; i < n_named && r == 0; i++) {
		if (!real[i])
			real[i] = cgroups[i].name;
		add_once(cgroups, real, n, i);
	}
	for (size_t i = 0; i < *n && r == 0; i++)
		r = locate_real(draft, mount, real[i], cgroups, *n, i);
	return r;
}

int facts_read_cgroups(struct facts_draft *draft)
{
	struct given given = {};
	const struct setting *setting;
	struct cgroup_mount mount = {};
	struct ejg_cgroup *cgroups;
	size_t n = ARRAY_SIZE(default_units);
	int r;

	r = facts_setting(draft, "cgroups", &setting);
	if (r == 0 && !*draft->facts->root)
		r = find_mount(draft->arena, draft->report, &draft->source->cgroup, &mount);
	if (r < 0)
		return r;
	if (setting)
		n = is_none(setting) ? 0 : setting->n_values;
	if (!*draft->facts->root && *draft->facts->rundir)
		r = given_read(draft->arena, draft->report, draft->facts->rundir, &given);
	if (r < 0)
		return r;
	cgroups = arena_array(draft->arena, n + given.n + 1, sizeof(*cgroups));
	if (!cgroups)
		return -ENOMEM;
	r = setting ? read_set_cgroups(draft, &mount, setting, cgroups)
		    : read_default_cgroups(draft, &mount, cgroups, &n);
	if (r == 0)
		r = follow_aliases(draft, &mount, cgroups, &n);
	if (r == 0)
		r = add_given_cgroups(draft, &mount, &given, cgroups, &n);
	if (r < 0)
		return r;
	draft->facts->cgroup_mount = mount.path;
	draft->facts->cgroups = cgroups;
	draft->facts->n_cgroups = n;
	if (setting)
		draft->facts->cgroups_origin = facts_origin(setting);
	return 0;
}

/* Uses the caller's list instead of the stack's: every cgroup of it must exist. */
static int take_cgroups(struct arena *arena, struct report *report, struct ejg_facts *facts,
			const struct ejg_apply_options *options, const struct cgroup_source *source,
			const struct cgroup_mount *mount)
{
	struct ejg_cgroup *cgroups = arena_array(arena, options->n_cgroups, sizeof(*cgroups));
	const struct ejg_cgroup *same;
	int r;

	if (!cgroups)
		return -ENOMEM;
	for (size_t i = 0; i < options->n_cgroups; i++) {
		const char *path = options->cgroups ? options->cgroups[i] : NULL;

		if (!path || path[0] != '/')
			return report_cgroup(report, -EBADMSG, NULL, path ? path : "", "it is not an absolute path");
		cgroups[i].name = arena_strdup(arena, path);
		if (!cgroups[i].name)
			return -ENOMEM;
		r = locate(arena, report, source, mount, NULL, &cgroups[i]);
		if (r == -ENOENT)
			return report_cgroup(report, -EBADMSG, NULL, path, "it does not exist");
		if (r < 0)
			return r;
		same = same_cgroup(cgroups, i, &cgroups[i]);
		if (same)
			return report_cgroup(report, -EBADMSG, NULL, path, "it is given twice");
	}
	facts->cgroups = cgroups;
	facts->n_cgroups = options->n_cgroups;
	facts->cgroups_origin = (struct ejg_origin){ .kind = EJG_ORIGIN_CALLER };
	return 0;
}

/* "x.service (PATH), epmd.socket (not there now)" */
static const char *list_cgroups(struct arena *arena, const struct ejg_facts *facts)
{
	const char *list = "";

	for (size_t i = 0; i < facts->n_cgroups && list; i++)
		list = arena_printf(arena, "%s%s%s (%s)", list, i > 0 ? ", " : "", facts->cgroups[i].name,
				    facts->cgroups[i].path ? facts->cgroups[i].path : "not there now");
	return list;
}

static int mark_own(struct arena *arena, struct report *report, struct ejg_facts *facts,
		    const struct cgroup_source *source, const struct cgroup_mount *mount)
{
	struct ejg_cgroup *cgroups = arena_array(arena, facts->n_cgroups + 1, sizeof(*cgroups));
	const char *own, *problem = NULL, *list;
	bool found = false;
	int r;

	r = cgroup_find_own(arena, source, mount, &own, &problem);
	if (r == -EBADMSG)
		return report_error(report, r, "own-cgroup", NULL,
				    "call it from ExecStartPre= of a unit of the service", "%s", problem);
	if (r == -EIO)
		return report_error(report, r, "own-cgroup", NULL, "mount /proc", "%s cannot be read",
				    source->self_cgroup);
	if (r < 0)
		return r;
	if (!cgroups)
		return -ENOMEM;
	for (size_t i = 0; i < facts->n_cgroups; i++) {
		cgroups[i] = facts->cgroups[i];
		cgroups[i].own = cgroups[i].path && strcmp(cgroups[i].path, own) == 0;
		found |= cgroups[i].own;
	}
	if (found) {
		facts->cgroups = cgroups;
		return 0;
	}
	list = list_cgroups(arena, facts);
	if (!list)
		return -ENOMEM;
	return report_error(report, -EBADMSG, "own-cgroup", NULL,
			    "add this unit to `set cgroups` of the stack, or call it from a unit that is listed there",
			    "this process's cgroup %s is not one of the service's: %s", own, list);
}

int facts_choose_cgroups_from(struct arena *arena, struct report *report, struct ejg_facts *facts,
			      const struct ejg_apply_options *options, const struct facts_source *source)
{
	struct ejg_facts chosen = *facts;
	struct cgroup_mount mount;
	int r;

	if (!options || (options->n_cgroups == 0 && !options->own))
		return 0;
	r = find_mount(arena, report, &source->cgroup, &mount);
	if (r == 0 && options->n_cgroups > 0)
		r = take_cgroups(arena, report, &chosen, options, &source->cgroup, &mount);
	if (r == 0 && options->own)
		r = mark_own(arena, report, &chosen, &source->cgroup, &mount);
	if (r < 0)
		return r;
	*facts = chosen;
	return 0;
}

int facts_choose_cgroups(struct arena *arena, struct report *report, struct ejg_facts *facts,
			 const struct ejg_apply_options *options)
{
	const struct facts_source source = { .cgroup = cgroup_source_system };

	return facts_choose_cgroups_from(arena, report, facts, options, &source);
}
