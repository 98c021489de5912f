/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/kind/release.h"

#include <errno.h>
#include <string.h>

#include "libejguard/service/base/kind.h"
#include "libejguard/util/cleanup.h"

/* True if the folder belongs to one release only: /usr/bin/NAME belongs to none. */
static bool is_own_folder(const char *folder)
{
	static const char *const shared[] = { "", "/usr", "/usr/local" };

	for (size_t i = 0; i < ARRAY_SIZE(shared); i++)
		if (strcmp(folder, shared[i]) == 0)
			return false;
	return true;
}

static bool is_release(struct settings *s, const char *folder)
{
	const char *releases = arena_printf(s->arena, "%s/releases", folder);

	return is_own_folder(folder) && releases && settings_exists(s->source, releases);
}

/* FOLDER of FOLDER/bin/NAME. Return: true if it is a release. */
static bool take_path(struct settings *s, const char *path)
{
	char *folder = arena_strdup(s->arena, path);
	const char *slash = folder ? strrchr(folder, '/') : NULL;

	if (!slash || slash - folder < 4 || strncmp(slash - 4, "/bin", 4) != 0)
		return false;
	folder[slash - folder - 4] = '\0';
	if (!is_release(s, folder))
		return false;
	s->root = folder;
	s->root_name = slash + 1;
	return true;
}

/*
 * Tries the path as it is called before the resolved path: the service may own the program, and must not be able to
 * choose the tree that ejguard repairs. /usr/bin/emqx is a link of its package.
 */
static bool take_program(struct settings *s, const char *path)
{
	const char *real;

	if (take_path(s, path))
		return true;
	real = settings_resolve(s->arena, s->source, path);
	return real && take_path(s, real);
}

/* The first word of ExecStart= that is a program of a separate folder, also behind /bin/sh, env and the like. */
static bool try_unit(struct settings *s)
{
	const char *at = s->unit.line ? s->unit.line : "";

	at += strspn(at, "@-:+!|");
	while (*at) {
		const size_t length = strcspn(at, " \t\"'");
		const char *word = *at == '/' ? arena_strndup(s->arena, at, length) : NULL;

		if (word && take_program(s, word))
			return true;
		at += length;
		at += strspn(at, " \t\"'");
	}
	return false;
}

static void try_usual(struct settings *s)
{
	const char *roots = s->kind ? s->kind->roots : NULL, *root;
	size_t n;

	while (!s->root && (root = kind_next_word(&roots, &n))) {
		const char *folder = arena_strndup(s->arena, root, n);

		if (folder && settings_exists(s->source, folder))
			s->root = folder;
	}
}

/* "ERTS VERSION" in releases/start_erl.data, by which every such script chooses. */
static int read_version(struct settings *s)
{
	cleanup_source_text struct source_text data = { 0 };
	const char *path = arena_printf(s->arena, "%s/releases/start_erl.data", s->root), *version;
	int r = path ? settings_read(s->arena, s->source, path, &data) : -ENOMEM;

	if (r < 0 || !data.text)
		return r;
	version = data.text + strcspn(data.text, " ");
	version += strspn(version, " ");
	if (!*version || strchr(version, '/'))
		return 0;
	s->root_version = arena_strndup(s->arena, version, strcspn(version, " \r\n"));
	return s->root_version ? 0 : -ENOMEM;
}

int release_find(struct settings *s)
{
	if (!try_unit(s))
		try_usual(s);
	return s->root ? read_version(s) : 0;
}
