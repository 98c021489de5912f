/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The last known addresses of peers, in STATEDIR/SERVICE/peers: lines with a name, an address, and the time when the
 * resolver last returned it (missing in files of older versions).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/modules/net/names.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/file.h"

#define FILE_NAME "peers"

/* Opens the folder, made with mode 0700 if `make` is set. It is trusted only if it belongs to the caller alone. */
static int open_folder(const char *path, bool make)
{
	cleanup_fd int fd = -1;
	struct stat st;

	if (make) {
		char parent[PATH_MAX];
		char *slash;

		if (snprintf(parent, sizeof(parent), "%s", path) >= (int)sizeof(parent))
			return -ENAMETOOLONG;
		slash = strrchr(parent, '/');
		if (slash)
			*slash = '\0';
		if ((mkdir(parent, 0700) < 0 && errno != EEXIST) || (mkdir(path, 0700) < 0 && errno != EEXIST))
			return -errno;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (st.st_uid != geteuid() || st.st_mode & 022)
		return -EPERM;
	return take_fd(fd);
}

static bool read_address(const char *text, struct ejg_prefix *ret)
{
	*ret = (struct ejg_prefix){ .length = 128 };
	if (inet_pton(AF_INET6, text, ret->bytes) == 1)
		return true;
	memset(ret->bytes + 10, 0xff, 2);
	return inet_pton(AF_INET, text, ret->bytes + 12) == 1;
}

/* Adds the address to every peer of that name. */
static int add(const struct ejg_facts *facts, struct name_list *list, const char *name, const char *text, int64_t seen)
{
	struct ejg_prefix address;
	int r = 0;

	if (!read_address(text, &address))
		return 0;
	for (size_t i = 0; r == 0 && i < facts->n_peers; i++)
		if (ejg_peer_get(facts, i)->name && !strcmp(ejg_peer_get(facts, i)->name, name))
			r = names_add(list, i, &address, seen);
	return r;
}

/* Reads one line. A line without a valid address is skipped. */
static int read_line(const struct ejg_facts *facts, struct name_list *list, const char *line)
{
	char name[NAME_MAX + 1], text[64];
	long long seen = 0;

	/* A time in the future means that the clock was set back: the address counts as seen now. */
	if (sscanf(line, "%255s %63s %lld", name, text, &seen) < 2)
		return 0;
	return add(facts, list, name, text, seen > names_now() ? names_now() : seen);
}

int names_load(const struct ejg_facts *facts, struct name_list *ret)
{
	cleanup_fd int folder = open_folder(facts->statedir, false);
	struct name_list list = {};
	cleanup_file FILE *file = NULL;
	char line[NAME_MAX + 128];
	int fd, r = 0;

	if (folder == -ENOENT)
		return 0;
	if (folder < 0)
		return folder;
	fd = openat(folder, FILE_NAME, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	file = fdopen(fd, "r");
	if (!file) {
		close(fd);
		return -ENOMEM;
	}
	while (r == 0 && fgets(line, sizeof(line), file))
		r = read_line(facts, &list, line);
	if (r < 0) {
		names_free(&list);
		return r;
	}
	*ret = list;
	return 0;
}

int names_save(const struct ejg_facts *facts, const struct name_list *list)
{
	cleanup_fd int folder = open_folder(facts->statedir, true);
	cleanup_free char *lines = NULL;
	char text[EJG_PREFIX_TEXT_SIZE];
	size_t size;
	FILE *out;

	if (folder < 0)
		return folder;
	out = open_memstream(&lines, &size);
	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < list->n; i++)
		fprintf(out, "%s %s %lld\n", ejg_peer_get(facts, list->items[i].peer)->name,
			ejg_prefix_format(&list->items[i].address, text), (long long)list->items[i].seen);
	return fclose(out) == 0 ? file_replace(folder, FILE_NAME, lines) : -ENOMEM;
}
