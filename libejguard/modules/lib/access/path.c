/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way to a file, component by component: what is passed is recorded as it was when it was passed. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "libejguard/modules/lib/access/access.h"

enum { MAX_LINKS = 40 }; /* as in the kernel's own walk, path_resolution(7) */

struct walk {
	struct arena *arena;
	const struct access_trust *trust;
	unsigned int flags;
	const char **problem;
	int folder; /* O_PATH, the folder that the walk stands in: the last step that is no link */
	size_t at;  /* its step */
	const char *rest;
	unsigned int n_links;
	struct access_step *steps;
	size_t n_steps;
};

static void walk_end(const struct walk *walk)
{
	ejg_close_fd(&walk->folder);
}
#define cleanup_walk __attribute__((cleanup(walk_end)))

static int failed(struct walk *walk, const char *path, int error)
{
	const char *text = arena_printf(walk->arena, "cannot look at '%s': %s", path, strerror(error));

	if (!text)
		return -ENOMEM;
	*walk->problem = text;
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

static int add_step(struct walk *walk, const struct access_step *step)
{
	struct access_step *grown = arena_grow(walk->arena, walk->steps, walk->n_steps, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	grown[walk->n_steps++] = *step;
	walk->steps = grown;
	return 0;
}

static const char *place_of(struct walk *walk, const char *name)
{
	const char *folder = walk->steps[walk->at].path;
	const char *slash;

	if (strcmp(name, "..") != 0)
		return arena_printf(walk->arena, "%s/%s", folder[1] ? folder : "", name);
	slash = strrchr(folder, '/');
	return slash == folder ? "/" : arena_strndup(walk->arena, folder, (size_t)(slash - folder));
}

/* Who gets to an entry of the folder. Of what was passed before, on the way to "..", that is known already. */
static struct access_reach reach_of(const struct walk *walk, const char *place)
{
	const struct access_step *folder = &walk->steps[walk->at];

	for (size_t i = 0; i < walk->n_steps; i++)
		if (!walk->steps[i].link && strcmp(walk->steps[i].path, place) == 0)
			return walk->steps[i].reach;
	return access_reach_enter(&folder->reach, &folder->access, walk->trust);
}

/* Makes a folder the one that the walk stands in. */
static int enter(struct walk *walk, int *fd, const char *place, const struct access *access,
		 const struct access_reach *reach)
{
	const struct access_step step = { .path = place, .access = *access, .reach = *reach };
	int r = add_step(walk, &step);

	if (r < 0)
		return r;
	ejg_close_fd(&walk->folder);
	walk->folder = take_fd(*fd);
	walk->at = walk->n_steps - 1;
	return 0;
}

static int enter_root(struct walk *walk)
{
	const struct access_reach reach = access_reach_all();
	cleanup_fd int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct access access;
	int r;

	if (fd < 0)
		return failed(walk, "/", errno);
	r = access_read(walk->arena, fd, &access);
	if (r < 0)
		return failed(walk, "/", -r);
	return enter(walk, &fd, "/", &access, &reach);
}

static int follow(struct walk *walk, int link, const char *place, const struct access *access, const char *after)
{
	const struct access_step step = {
		.path = place, .link = true, .access = *access, .reach = reach_of(walk, place)
	};
	char target[PATH_MAX];
	ssize_t length;
	int r;

	if (++walk->n_links > MAX_LINKS)
		return failed(walk, place, ELOOP);
	length = readlinkat(link, "", target, sizeof(target));
	if (length < 0)
		return failed(walk, place, errno);
	if (length == 0 || (size_t)length == sizeof(target))
		return failed(walk, place, ENAMETOOLONG);
	r = add_step(walk, &step);
	if (r < 0)
		return r;
	walk->rest = arena_printf(walk->arena, "%.*s%s%s", (int)length, target, *after ? "/" : "", after);
	if (!walk->rest)
		return -ENOMEM;
	return target[0] == '/' ? enter_root(walk) : 0;
}

/* Opens an entry without following it. Return: 0, 1 when it does not exist, or as access_walk(). */
static int open_entry(struct walk *walk, const char *name, const char *place, int *ret_fd, struct access *ret)
{
	cleanup_fd int fd = -1;
	int r;

	/* O_DIRECTORY first: it makes the kernel mount what autofs(5) has in store there. */
	fd = openat(walk->folder, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOTDIR)
		fd = openat(walk->folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 1 : failed(walk, place, errno);
	r = access_read(walk->arena, fd, ret);
	if (r < 0)
		return failed(walk, place, -r);
	*ret_fd = take_fd(fd);
	return 0;
}

static int finish(struct walk *walk, int *fd, const char *place, const struct access *access, struct access_path *ret)
{
	*ret = (struct access_path){
		.fd = take_fd(*fd),
		.path = place,
		.access = *access,
		.reach = reach_of(walk, place),
		.steps = walk->steps,
		.n_steps = walk->n_steps,
	};
	return 1;
}

/* Walks one component. Return: 0 to go on, 1 when *ret is the result, or as access_walk(). */
static int step(struct walk *walk, struct access_path *ret)
{
	const char *after = walk->rest + strcspn(walk->rest, "/");
	const char *name = arena_strndup(walk->arena, walk->rest, (size_t)(after - walk->rest));
	struct access_step *folder = &walk->steps[walk->at];
	cleanup_fd int fd = -1;
	struct access access = {};
	struct access_reach reach;
	const char *place;
	bool slash = *after;
	int r;

	after += strspn(after, "/");
	place = name ? place_of(walk, name) : NULL;
	if (!place)
		return -ENOMEM;
	r = open_entry(walk, name, place, &fd, &access);
	if (r < 0)
		return r;
	if (strcmp(name, "..") != 0) {
		folder->next = name;
		folder->next_exists = r == 0;
		folder->next_owner = access.owner;
	}
	if (r == 1) {
		place = *after ? arena_printf(walk->arena, "%s/%s", place, after) : place;
		return place ? finish(walk, &fd, place, &access, ret) : -ENOMEM;
	}
	if (S_ISLNK(access.mode) && (slash || walk->flags & ACCESS_FOLLOW))
		return follow(walk, fd, place, &access, after);
	if (!*after) {
		if (slash && !S_ISDIR(access.mode))
			return failed(walk, place, ENOTDIR);
		return finish(walk, &fd, place, &access, ret);
	}
	if (!S_ISDIR(access.mode))
		return failed(walk, place, ENOTDIR);
	walk->rest = after;
	reach = reach_of(walk, place);
	return enter(walk, &fd, place, &access, &reach);
}

/* The path ends in the folder that the walk stands in: "/", or "a/.". Then that is no step on the way. */
static int finish_here(struct walk *walk, struct access_path *ret)
{
	const struct access_step here = walk->steps[walk->at];

	if (walk->at == walk->n_steps - 1)
		walk->n_steps--;
	*ret = (struct access_path){
		.fd = take_fd(walk->folder),
		.path = here.path,
		.access = here.access,
		.reach = here.reach,
		.steps = walk->steps,
		.n_steps = walk->n_steps,
	};
	return 1;
}

int access_walk(struct arena *arena, const char *path, unsigned int flags, const struct access_trust *trust,
		struct access_path *ret, const char **ret_problem)
{
	cleanup_walk struct walk walk = {
		.arena = arena, .trust = trust, .flags = flags, .problem = ret_problem, .folder = -1
	};
	int r;

	if (path[0] != '/')
		return failed(&walk, path, EINVAL);
	walk.rest = path + strspn(path, "/");
	r = enter_root(&walk);
	while (r == 0) {
		walk.rest += strspn(walk.rest, "/");
		if (walk.rest[0] == '.' && (walk.rest[1] == '/' || !walk.rest[1]))
			walk.rest++;
		else
			r = *walk.rest ? step(&walk, ret) : finish_here(&walk, ret);
	}
	return r < 0 ? r : 0;
}
