/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/given.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "libejguard/core/trust.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/file.h"

static const char name[] = "cgroups";

enum { MAX_SIZE = GIVEN_MAX * PATH_MAX };

static int no_memory(struct report *report)
{
	return report_error(report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
}

static int unreadable(struct report *report, const char *path, const char *problem)
{
	return report_error(report, -EIO, "given-cgroups", NULL,
			    "remove that file, and apply again with those cgroups: ejguard apply --cgroup CGROUP",
			    "cannot read '%s', the list of cgroups given with apply --cgroup: %s", path, problem);
}

/*
 * The list cannot be opened. A caller that is not root gets a message and continues: it checks no cgroups
 * anyway.
 */
static int unopened(struct report *report, const char *path, int error, const char *problem)
{
	if (error == -ENOMEM)
		return no_memory(report);
	if (error == -EPERM && geteuid() != 0)
		return report_error(report, 0, "given-unseen", NULL, NULL,
				    "cannot look for the list of cgroups given with apply --cgroup: %s", problem);
	if (error == -EBADMSG)
		return report_error(report, error, "given-cgroups", NULL,
				    "find out who wrote it, remove it and apply again",
				    "the list of cgroups given with apply --cgroup cannot be trusted: %s", problem);
	return unreadable(report, path, problem);
}

/* Splits the list: one path a line; the name of a cgroup contains no newline. */
static int split(struct arena *arena, struct report *report, const char *path, char *text, struct given *ret)
{
	const char **paths = NULL;
	size_t n = 0;
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n"))) {
		if (!*line)
			continue;
		if (*line != '/' || n == GIVEN_MAX)
			return unreadable(report, path,
					  n == GIVEN_MAX ? "it is too long" : "it is not a list of paths");
		paths = arena_grow(arena, paths, n, sizeof(*paths));
		if (!paths)
			return no_memory(report);
		paths[n] = arena_strdup(arena, line);
		if (!paths[n++])
			return no_memory(report);
	}
	*ret = (struct given){ paths, n };
	return 0;
}

int given_read(struct arena *arena, struct report *report, const char *rundir, struct given *ret)
{
	const char *path = arena_printf(arena, "%s/%s", rundir, name), *problem = "";
	cleanup_free char *text = NULL;
	cleanup_fd int fd = -1;
	size_t size;
	int r;

	if (!path)
		return no_memory(report);
	r = trusted_open(arena, path, &fd, &problem);
	if (r < 0) {
		r = r == -ENOENT ? 0 : unopened(report, path, r, problem);
		if (r == 0)
			*ret = (struct given){};
		return r;
	}
	r = file_read_all(fd, MAX_SIZE, &text, &size);
	if (r == -ENOMEM)
		return no_memory(report);
	if (r < 0)
		return unreadable(report, path, strerror(-r));
	if (strlen(text) != size)
		return unreadable(report, path, "it is not a list of paths");
	return split(arena, report, path, text, ret);
}

/* Return: 0 or a negative errno. */
static int write_paths(int folder, const struct given *given)
{
	cleanup_free char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < given->n; i++)
		fprintf(out, "%s\n", given->paths[i]);
	return fclose(out) == 0 ? file_replace(folder, name, text) : -ENOMEM;
}

int given_write(struct report *report, const char *rundir, const struct given *given)
{
	cleanup_arena struct arena *arena = arena_new();
	cleanup_fd int folder = -1;
	const char *problem = "";
	int r = arena ? trusted_open_folder(arena, rundir, &folder, &problem) : -ENOMEM;

	if (r == 0 && given->n > GIVEN_MAX)
		r = -E2BIG;
	if (r == 0 && given->n > 0) {
		r = write_paths(folder, given);
	} else if (r == 0 && unlinkat(folder, name, 0) < 0 && errno != ENOENT) {
		r = -errno;
	}
	if (r == 0)
		return 0;
	if (r == -ENOMEM)
		return no_memory(report);
	return report_error(report, r == -EPERM || r == -EACCES ? -EPERM : -EIO, "given-cgroups", NULL,
			    "free some space there, and check that it belongs to root",
			    "cannot save in '%s' the cgroups given with apply --cgroup: %s", rundir,
			    *problem ? problem : strerror(-r));
}
