/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Folders and files that ejabberd makes or opens while it reads its configuration (econf:directory(write),
 * econf:file(write)), or while it starts to listen: where its user cannot, it does not start.
 */
#include <errno.h>
#include <string.h>

#include "libejguard/modules/config/config.h"
#include "libejguard/util/quote.h"

enum need {
	NEED_FOLDER, /* is made where it is absent, with all folders above it */
	NEED_FILE,   /* is made where it is absent, with all folders above it */
	NEED_SOCKET, /* is made in a folder that is there */
	NEED_READ,   /* has to be there */
};

static const struct {
	const char *option;
	enum need need;
} options[] = {
	{ "queue_dir", NEED_FOLDER },
	{ "modules/mod_http_fileserver/docroot", NEED_FOLDER },
	{ "modules/mod_muc_log/outdir", NEED_FOLDER },
	{ "modules/mod_http_fileserver/accesslog", NEED_FILE },
	{ "listen/port", NEED_SOCKET },
	{ "modules/mod_muc_log/cssfile", NEED_READ },
	{ "modules/mod_conversejs/conversejs_resources", NEED_READ },
};

static int walk(struct config_check *check, const char *path, struct access_path *ret)
{
	const char *problem = NULL;
	const int r = access_walk(check->arena, check->facts->root, path, ACCESS_FOLLOW, &check->service.trust, ret,
				  &problem);

	check->no_memory |= r == -ENOMEM;
	return r;
}

static bool may(struct config_check *check, const struct access_path *file, unsigned int bits)
{
	const int r = access_service_may(&check->service, file, bits);

	check->no_memory |= r == -ENOMEM;
	return r != 0;
}

/* The folder above; NULL for the root folder, or without memory. */
static const char *above(struct config_check *check, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash > path ? arena_strndup(check->arena, path, (size_t)(slash - path)) : NULL;
}

static void refuse(struct config_check *check, const struct yml_path *option, const char *text, const char *folder)
{
	const struct yml_node place = { .file = option->file, .line = option->line, .column = option->column };
	const char *quoted = quote_shell(check->arena, folder ? folder : option->path);
	const char *remedy = NULL;

	if (folder && quoted && check->service.known)
		remedy = arena_printf(check->arena, "run: install -d -o %s -g %s -m 0750 -- %s\nor correct the path",
				      check->service.user, check->service.group, quoted);
	config_finding(check, "refused", option->path, &place, remedy ? remedy : "correct the path",
		       "%s names it, but %s: ejabberd does not start", option->option, text);
}

/* Of a path that is absent, or a socket, which is made anew at each start. */
static void check_above(struct config_check *check, const struct yml_path *option, enum need need)
{
	const char *folder = above(check, option->path);

	for (unsigned int depth = 0; folder && depth < 64; depth++) {
		cleanup_access_path struct access_path file = ACCESS_PATH_NULL;

		if (walk(check, folder, &file) < 0)
			return;
		if (file.fd >= 0) {
			if (!may(check, &file, ACCESS_WRITE) || !may(check, &file, ACCESS_EXECUTE))
				refuse(check, option,
				       arena_printf(check->arena, "user %s cannot make it in %s", check->service.user,
						    folder),
				       need == NEED_FOLDER ? option->path : NULL);
			return;
		}
		/* What is made at the start of the host or of the unit is not there yet. */
		if (need == NEED_SOCKET && strncmp(folder, "/run/", 5) != 0 && strncmp(folder, "/var/run/", 9) != 0)
			refuse(check, option, arena_printf(check->arena, "there is no folder %s", folder), folder);
		if (need == NEED_SOCKET)
			return;
		folder = above(check, folder);
	}
}

static void check_path(struct config_check *check, const struct yml_path *option, enum need need)
{
	cleanup_access_path struct access_path file = ACCESS_PATH_NULL;

	if (walk(check, option->path, &file) < 0)
		return;
	if (file.fd < 0 && need == NEED_READ)
		refuse(check, option, "it does not exist", NULL);
	else if (file.fd < 0 || need == NEED_SOCKET)
		check_above(check, option, need);
	else if (need == NEED_FOLDER && !S_ISDIR(file.access.mode))
		refuse(check, option, "it is no folder", NULL);
	else if (need == NEED_FILE && !may(check, &file, ACCESS_WRITE))
		refuse(check, option, arena_printf(check->arena, "user %s cannot write it", check->service.user), NULL);
	else if (need == NEED_READ && !may(check, &file, ACCESS_READ))
		refuse(check, option, arena_printf(check->arena, "user %s cannot read it", check->service.user), NULL);
}

void check_folders(struct config_check *check)
{
	for (size_t i = 0; i < check->paths.n; i++) {
		const struct yml_path *path = &check->paths.items[i];

		for (size_t j = 0; j < ARRAY_SIZE(options) && path->line && !path->of_map; j++)
			if (path->option && strcmp(options[j].option, path->option) == 0)
				check_path(check, path, options[j].need);
	}
}
