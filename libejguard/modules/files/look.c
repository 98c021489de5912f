/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks one place: the path to it, and its files. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "libejguard/modules/files/mend.h"
#include "libejguard/modules/files/walk.h"
#include "libejguard/util/quote.h"

/* Folders that many services share: such a folder cannot be private as a whole. hier(7). */
static const char *const shared_folders[] = {
	"/var/backups",	  "/var/cache",		"/var/lib",	      "/var/local",	  "/var/log",
	"/var/mail",	  "/var/opt",		"/var/run",	      "/var/spool",	  "/var/tmp",
	"/var/www",	  "/usr/bin",		"/usr/lib",	      "/usr/lib64",	  "/usr/local",
	"/usr/local/bin", "/usr/local/etc",	"/usr/local/lib",     "/usr/local/sbin",  "/usr/local/share",
	"/usr/local/var", "/usr/sbin",		"/usr/share",	      "/usr/src",	  "/etc/ssl",
	"/etc/default",	  "/usr/local/var/lib", "/usr/local/var/log", "/etc/letsencrypt",
};

static bool is_shared(const char *path)
{
	if (!strchr(path + 1, '/')) /* "/", "/etc", "/opt" */
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(shared_folders); i++)
		if (strcmp(path, shared_folders[i]) == 0)
			return true;
	return false;
}

static bool is_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	return strncmp(path, folder, length) == 0 && (path[length] == '/' || !path[length] || !folder[1]);
}

/* True if the path is inside a tree that is checked as a whole. */
static bool is_covered(const struct files *files, const char *path, bool strictly)
{
	for (size_t i = 0; i < files->n_keys; i++) {
		const struct place_key *key = &files->keys[i];

		if (key->folder && is_below(path, key->path) &&
		    (!strictly || key->group == GROUP_CONFIG || key->group == GROUP_SPOOL || key->group == GROUP_EXTRA))
			return true;
	}
	return false;
}

static int drop_or_keep(struct files *files, struct file_place *place, const struct access_path *path)
{
	const bool folder = S_ISDIR(path->access.mode);
	struct place_key *grown;

	for (size_t i = 0; i < files->n_keys; i++)
		if (files->keys[i].inode == path->access.inode && files->keys[i].device == path->access.device)
			place->dropped = true;
	/* An entry inside a private tree follows that tree's rules; a folder in it has its own rules. */
	if (place->shape == PLACE_SIBLINGS)
		place->dropped = is_covered(files, path->path, false);
	else if (!folder && place->group != GROUP_SOCKET && is_covered(files, path->path, true))
		place->dropped = true;
	if (place->dropped || place->shape == PLACE_SIBLINGS || (folder && is_shared(path->path)))
		return 0;
	grown = arena_grow(files->arena, files->keys, files->n_keys, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	grown[files->n_keys++] =
		(struct place_key){ path->access.device, path->access.inode, path->path, folder, place->group };
	files->keys = grown;
	return 0;
}

int files_sort_places(struct files *files, bool *ret_any)
{
	bool any = false;

	for (size_t i = 0; i < files->n_places; i++) {
		struct file_place *place = &files->places[i];
		cleanup_access_path struct access_path path = ACCESS_PATH_NULL;
		const char *problem;
		int r = access_walk(files->arena, files->facts->root, place->path, ACCESS_FOLLOW, NULL, &path,
				    &problem);

		if (r == -ENOMEM)
			return r;
		/* The script or a folder of backups is no sign of the service. */
		any = any || r == -EACCES || (r == 0 && path.fd >= 0 && place->shape != PLACE_SIBLINGS);
		if (r == 0 && path.fd >= 0)
			r = drop_or_keep(files, place, &path);
		if (r == -ENOMEM)
			return r;
	}
	*ret_any = any;
	return 0;
}

static bool was_told(const struct files *files, const char *folder)
{
	for (size_t i = 0; i < files->n_told; i++)
		if (strcmp(files->told[i], folder) == 0)
			return true;
	return false;
}

/* Reports that somebody can replace a file of the place. Each folder is reported once; a folder in a tree is reported
 * with that tree.
 */
static int tell_replaceable(struct files *files, const struct file_place *place, const struct access_path *path)
{
	const struct access_trust *trust = &files->trust[TRUST_SERVICE];
	const struct access_step *step = access_replaceable(path, trust);
	const char **grown, *who, *quoted;

	if (!step || was_told(files, step->path) || is_covered(files, step->path, false))
		return 0;
	grown = arena_grow(files->arena, files->told, files->n_told, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	files->told = grown;
	grown[files->n_told] = arena_strdup(files->arena, step->path);
	who = access_describe(files->scratch, &step->access, &step->reach, trust, ACCESS_WRITE);
	quoted = quote_shell(files->scratch, step->path);
	if (!grown[files->n_told] || !who || !quoted)
		return -ENOMEM;
	files->n_told++;
	if (!files_count(files, "path-replaceable"))
		return 0;
	files_tell(files, "path-replaceable", step->path, &place->where,
		   arena_printf(files->scratch, "run: chown -h root %s && chmod g-w,o-w %s\nor keep %s elsewhere",
				quoted, quoted, place->name),
		   "%s may write to this folder (mode %04o) and so replace %s (%s)", who, step->access.mode & 07777,
		   path->path, place->name);
	return 0;
}

/*
 * If the service is compromised and can change the start script, it becomes root when an administrator runs the script.
 */
static int tell_sourced(struct files *files, const struct file_place *place, const struct access_path *path)
{
	int roots = files_is_roots(files, place->path);
	const char *quoted = quote_shell(files->scratch, path->path);

	if (roots != 0 || path->fd < 0 || !files->service.known || files->service.uid == 0 || !quoted)
		return roots < 0 ? roots : 0;
	files_count(files, "sourced-by-root");
	files_tell(files, "sourced-by-root", path->path, &place->where,
		   arena_printf(files->scratch, "run: chown -h root %s\nits folder must belong to root, too", quoted),
		   "the start script executes this as root, but other users may change it or its folder");
	return 0;
}

static int tell_problem(struct files *files, const struct file_place *place, int error, const char *problem)
{
	const char *id = "unreadable";

	if (error == -ENOMEM)
		return error;
	if (!files->privileged && (error == -EACCES || error == -EPERM))
		id = "unseen";
	files->place_unseen |= strcmp(id, "unseen") == 0;
	files_count(files, id);
	files_tell(files, id, place->path, &place->where, NULL, "%s", problem);
	return 0;
}

/*
 * Walks to the place once for each kind of trust that is relevant there, and stores the users who can reach it in
 * reach.
 */
static int find(struct files *files, const struct file_place *place, struct arena *arena, struct access_path *path,
		struct access_reach reach[N_TRUSTS], const char **problem)
{
	int r = access_walk(arena, files->facts->root, place->path, ACCESS_FOLLOW, &files->trust[TRUST_SERVICE], path,
			    problem);

	if (r < 0)
		return r;
	foresee_way(files, path, &files->trust[TRUST_SERVICE]);
	reach[TRUST_SERVICE] = reach[TRUST_LOGS] = reach[TRUST_KEYS] = path->reach;
	for (size_t i = TRUST_LOGS; r == 0 && i < N_TRUSTS; i++) {
		cleanup_access_path struct access_path again = ACCESS_PATH_NULL;

		if (i == TRUST_LOGS && place->group != GROUP_LOG)
			continue;
		r = access_walk(arena, files->facts->root, place->path, ACCESS_FOLLOW, &files->trust[i], &again,
				problem);
		if (r == 0)
			foresee_way(files, &again, &files->trust[i]);
		if (r == 0)
			reach[i] = again.reach;
	}
	return r;
}

/*
 * True if an existing file of root may be changed. A user who can write to a folder on the path, or to the file that
 * names the place, could have made the path lead to any file of root.
 */
static int is_root_too(struct files *files, const struct file_place *place, const struct access_path *path)
{
	if (access_replaceable(path, NULL))
		return 0;
	return place->origin ? files_is_roots(files, place->origin) : 1;
}

static int look_at_tree(struct files *files, const struct file_place *place, struct object *object, const char *pattern)
{
	cleanup_fd int fd = openat(object->dir, ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct access_reach inside[N_TRUSTS];
	int error = errno, r;

	if (fd >= 0)
		return walk_tree(files, take_fd(fd), object, pattern);
	r = pattern ? 0 : judge_folder(files, object, object->dir, inside);
	if (r == 0)
		r = files_fresh(files);
	return r < 0 ? r : tell_problem(files, place, -error, "the content of this folder cannot be read");
}

/* The prefix of the service's own files. */
static const char *own_name(const struct files *files)
{
	return ejg_kind_is(files->facts, "erlang") || !files->facts->kind ? files->facts->service
									  : files->facts->kind->name;
}

/* In a shared folder, checks only entries with the service's name. */
static int look_at_shared(struct files *files, const struct file_place *place, struct object *object,
			  const struct access *access)
{
	struct access_reach inside[N_TRUSTS];
	const char *pattern;

	for (size_t i = 0; i < N_TRUSTS; i++)
		inside[i] = access_reach_enter(&object->reach[i], access, &files->trust[i]);
	object->reach = inside;
	if (place->shape == PLACE_SIBLINGS)
		return look_at_tree(files, place, object, place->pattern);
	pattern = arena_printf(files->arena, "%s*", own_name(files));
	if (!pattern)
		return -ENOMEM;
	files_count(files, "folder-shared");
	files_tell(files, "folder-shared", object->path, &place->where, NULL,
		   "%s is a folder that belongs to the whole system: only files whose names begin with %s are checked",
		   place->name, own_name(files));
	return look_at_tree(files, place, object, pattern);
}

static int look_at(struct files *files, const struct file_place *place, struct object *object,
		   const struct access_path *path)
{
	int r = is_root_too(files, place, path);

	if (r < 0)
		return r;
	object->root_too = r;
	if (statx(path->fd, "", AT_EMPTY_PATH, JUDGE_STATX, &object->st) < 0)
		return tell_problem(files, place, -errno, "cannot be checked");
	if (!S_ISDIR(object->st.stx_mode))
		return judge_file(files, object);
	if (place->shape == PLACE_SIBLINGS || is_shared(object->path))
		return look_at_shared(files, place, object, &path->access);
	return look_at_tree(files, place, object, NULL);
}

int files_look(struct files *files, const struct file_place *place)
{
	cleanup_arena struct arena *arena = arena_new();
	cleanup_access_path struct access_path path = ACCESS_PATH_NULL;
	struct access_reach reach[N_TRUSTS];
	struct object object = {
		.name = "", .group = place->group, .given = place->mode, .where = &place->where, .reach = reach
	};
	const char *problem = NULL;
	int r = arena ? files_fresh(files) : -ENOMEM;

	if (r < 0)
		return r;
	files->root = place->path;
	r = find(files, place, arena, &path, reach, &problem);
	/* For a folder without access it was already reported that its contents cannot be seen. */
	if (r == -EACCES && !files->privileged && is_covered(files, place->path, false))
		return 0;
	if (r < 0)
		return tell_problem(files, place, r, problem);
	object.dir = path.fd;
	object.path = files->root = arena_strdup(files->arena, path.path);
	if (!object.path)
		return -ENOMEM;
	if (place->shape != PLACE_SIBLINGS)
		r = tell_replaceable(files, place, &path);
	if (r == 0 && place->sourced)
		r = tell_sourced(files, place, &path);
	if (r < 0 || path.fd < 0 || place->dropped || walk_excluded(files, object.path))
		return r;
	return look_at(files, place, &object, &path);
}
