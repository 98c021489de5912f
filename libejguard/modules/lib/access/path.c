/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walks a path for access_walk(), and records each folder and link on the way. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "libejguard/modules/lib/access/access.h"
#include "libejguard/util/walk.h"

/* The state of a walk. */
struct way {
	struct arena *arena;
	const struct access_trust *trust;
	unsigned int flags;
	const char **problem;
	struct access_step *steps;
	size_t n_steps;
	size_t at; /* the step of the current folder */
	bool ended;
	struct access access; /* of the end */
	struct access_reach reach;
};

static int failed(struct arena *arena, const char *path, int error, const char **ret_problem)
{
	const char *text = arena_printf(arena, "cannot look at '%s': %s", path, strerror(error));

	if (!text)
		return -ENOMEM;
	*ret_problem = text;
	switch (error) {
	case EACCES:
	case EPERM:
		return -EACCES;
	case ELOOP:
	case ENOTDIR:
	case ENAMETOOLONG:
	case EINVAL:
	case ENOMEM:
		return -error;
	default:
		return -EIO;
	}
}

static int add_step(struct way *way, const struct access_step *step)
{
	struct access_step *grown = arena_grow(way->arena, way->steps, way->n_steps, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	grown[way->n_steps++] = *step;
	way->steps = grown;
	return WALK_ON;
}

/* The users who can reach an entry. For a folder that was passed before ("..") the recorded reach is used. */
static struct access_reach reach_of(const struct way *way, const struct walk_entry *entry)
{
	const struct access_step *folder = way->n_steps > 0 ? &way->steps[way->at] : NULL;

	if (!entry->name)
		return access_reach_all();
	for (size_t i = 0; i < way->n_steps; i++)
		if (!way->steps[i].link && strcmp(way->steps[i].path, entry->path) == 0)
			return way->steps[i].reach;
	return access_reach_enter(&folder->reach, &folder->access, way->trust);
}

/* The entry is the end of the path, so it is no step. */
static int end(struct way *way, const struct walk_entry *entry, const struct access *access)
{
	way->ended = true;
	way->access = *access;
	way->reach = reach_of(way, entry);
	return WALK_HERE;
}

static int look(void *data, const struct walk_entry *entry)
{
	struct way *way = data;
	struct access_step *folder = entry->name ? &way->steps[way->at] : NULL;
	struct access_step step = { .path = entry->path };
	int r = entry->fd >= 0 ? access_read(way->arena, entry->fd, &step.access) : 0;

	if (r < 0)
		return failed(way->arena, entry->path, -r, way->problem);
	if (folder && strcmp(entry->name, "..") != 0) {
		folder->next = entry->name;
		folder->next_exists = entry->fd >= 0;
		folder->next_owner = step.access.owner;
	}
	step.link = S_ISLNK(step.access.mode);
	if (entry->fd < 0 || (step.link && !entry->slash && !(way->flags & ACCESS_FOLLOW)))
		return end(way, entry, &step.access);
	if (!step.link && !S_ISDIR(step.access.mode) && entry->slash)
		return failed(way->arena, entry->path, ENOTDIR, way->problem);
	if (!step.link && !*entry->rest)
		return end(way, entry, &step.access);
	step.reach = reach_of(way, entry);
	r = add_step(way, &step);
	if (r == WALK_ON && !step.link)
		way->at = way->n_steps - 1;
	return r;
}

/* A link led to the current folder: that folder is now the end of the path and no longer a step. */
static void end_here(struct way *way)
{
	way->access = way->steps[way->at].access;
	way->reach = way->steps[way->at].reach;
	if (way->at == way->n_steps - 1)
		way->n_steps--;
}

int access_walk(struct arena *arena, const char *root, const char *path, unsigned int flags,
		const struct access_trust *trust, struct access_path *ret, const char **ret_problem)
{
	struct way way = { .arena = arena, .trust = trust, .flags = flags, .problem = ret_problem };
	cleanup_walk_end struct walk_end at = WALK_END_NULL;
	const char *place;
	int r = walk_path(arena, root, path, look, &way, &at, &place);

	if (r < 0)
		return place ? failed(arena, place, -r, ret_problem) : r;
	if (!way.ended)
		end_here(&way);
	*ret = (struct access_path){
		.fd = take_fd(at.fd),
		.path = at.path,
		.access = way.access,
		.reach = way.reach,
		.steps = way.steps,
		.n_steps = way.n_steps,
	};
	return 0;
}

DIR *access_folder(struct arena *arena, const char *root, const char *path, const char **ret_path, int *ret_error)
{
	cleanup_walk_end struct walk_end end = WALK_END_NULL;
	cleanup_fd int fd = -1;
	const char *failed_at;
	DIR *dir;
	int r = walk_path(arena, root, path, NULL, NULL, &end, &failed_at);

	*ret_error = r;
	if (r < 0 || end.fd < 0)
		return NULL;
	fd = openat(end.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		*ret_error = errno == ENOTDIR ? 0 : -errno;
		return NULL;
	}
	(void)take_fd(fd);
	*ret_path = end.path;
	return dir;
}
