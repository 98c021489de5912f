/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Folders that are published on the web, and files below them. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "libejguard/modules/config/config.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/root.h"

/* The path with all links resolved if it exists, else at least without ".", ".." and "//". */
static const char *resolve(struct config_check *check, const char *path)
{
	const char *real = root_resolve(check->arena, check->facts->root, path), *all;
	char *folder, *slash;

	if (real)
		return real;
	/* A path that does not exist yet will be made below an existing folder. */
	folder = arena_strdup(check->arena, path);
	for (slash = folder ? strrchr(folder, '/') : NULL; slash && slash > folder; slash = strrchr(folder, '/')) {
		*slash = '\0';
		real = root_resolve(check->arena, check->facts->root, folder);
		if (!real)
			continue;
		all = arena_printf(check->arena, "%s/%s", real, path + (slash - folder) + 1);
		return all && !strstr(all, "/../") ? all : path;
	}
	return path;
}

static bool is_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	while (length > 1 && folder[length - 1] == '/')
		length--;
	if (length == 1 && *folder == '/')
		return true;
	return strncmp(path, folder, length) == 0 && (path[length] == '/' || !path[length]);
}

/* True if a module serves the folder: "modules/mod_http_fileserver/docroot" or a listener's. */
static bool is_served(const struct config_check *check, const struct yml_path *docroot)
{
	static const char *const modules[] = { "mod_http_fileserver", "mod_http_upload", "mod_muc_log",
					       "mod_conversejs" };

	for (size_t i = 0; i < check->n_listeners; i++)
		for (size_t j = 0; j < ARRAY_SIZE(modules); j++)
			if (strstr(docroot->option, modules[j]) && config_serves(&check->listeners[i], modules[j]))
				return true;
	return false;
}

/* A path that must not be published, and its description. */
struct secret {
	const char *path; /* resolved */
	const char *what;
};

struct secret_files {
	struct secret *items;
	size_t n;
};

static void add_secret(struct config_check *check, struct secret_files *secrets, const char *path, const char *what)
{
	struct secret *items;

	if (!path || *path != '/')
		return;
	items = arena_grow(check->arena, secrets->items, secrets->n, sizeof(*items));
	check->no_memory |= !items;
	if (!items)
		return;
	secrets->items = items;
	items[secrets->n].path = resolve(check, path);
	items[secrets->n].what = what;
	secrets->n += items[secrets->n].path != NULL;
}

static void collect_secrets(struct config_check *check, struct secret_files *secrets)
{
	const struct yml_setup *setup = check->yml.setup;

	add_secret(check, secrets, setup->config, "the configuration");
	add_secret(check, secrets, setup->spool, "the database");
	add_secret(check, secrets, setup->home, "the cookie");
	add_secret(check, secrets, setup->logs, "the log");
	for (size_t i = 0; i < check->paths.n; i++) {
		const struct yml_path *path = &check->paths.items[i];
		const char *what = path->kind == YML_PATH_CERTIFICATE ? "a certificate or key"
				   : path->kind == YML_PATH_KEY	      ? "a key"
				   : path->kind == YML_PATH_CONFIG    ? "a configuration"
				   : path->kind == YML_PATH_DATABASE  ? "a database"
								      : NULL;

		if (what)
			add_secret(check, secrets, path->path, what);
	}
}

static void check_docroot(struct config_check *check, const struct yml_path *docroot,
			  const struct secret_files *secrets)
{
	const struct yml_node place = { .file = docroot->file, .line = docroot->line, .column = docroot->column };
	const char *folder = resolve(check, docroot->path);

	for (size_t i = 0; folder && i < secrets->n; i++) {
		if (!is_below(secrets->items[i].path, folder))
			continue;
		config_finding(check, "docroot-secrets", docroot->path, &place, NULL,
			       "%s serves %s, which contains %s: %s", docroot->option, docroot->path,
			       secrets->items[i].what, secrets->items[i].path);
		return;
	}
}

/* ejabberd lists this folder when it reads the configuration: econf:directory() of mod_conversejs. */
static void check_resources(struct config_check *check, const struct yml_path *option)
{
	static const char name[] = "conversejs_resources";
	const struct yml_node place = { .file = option->file, .line = option->line, .column = option->column };
	const char *found = strstr(option->option, name);
	cleanup_fd int fd = -1;

	if (!found || strcmp(found, name) != 0)
		return;
	fd = root_open(check->facts->root, option->path, O_PATH | O_DIRECTORY);
	if (fd == -ENOENT || fd == -ENOTDIR)
		config_finding(check, "refused", option->path, &place, "correct the path, or create the folder",
			       "%s names it, but it is no folder: ejabberd refuses it and does not start",
			       option->option);
}

void check_docroots(struct config_check *check)
{
	struct secret_files secrets = {};

	for (size_t i = 0; i < check->paths.n; i++) {
		const struct yml_path *path = &check->paths.items[i];

		check_resources(check, path);
		if ((path->kind != YML_PATH_DOCROOT && path->kind != YML_PATH_UPLOAD) || !is_served(check, path))
			continue;
		if (!secrets.n)
			collect_secrets(check, &secrets);
		check_docroot(check, path, &secrets);
	}
}
