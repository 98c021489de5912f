/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/files/place-list.h"

#include <errno.h>
#include <string.h>

int places_add(struct files *files, const struct file_place *place)
{
	struct file_place *grown = arena_grow(files->arena, files->places, files->n_places, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	grown[files->n_places++] = *place;
	files->places = grown;
	return 0;
}

const char *places_join(struct files *files, const char *folder, const char *name)
{
	return folder ? arena_printf(files->arena, "%s/%s", folder, name) : NULL;
}

const char *places_folder(struct files *files, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return NULL;
	return slash == path ? "/" : arena_strndup(files->arena, path, (size_t)(slash - path));
}

const char *places_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int places_add_siblings(struct files *files, const struct file_place *like, const char *folder, const char *pattern,
			enum file_group group)
{
	struct file_place place = *like;

	if (!folder || !pattern)
		return -ENOMEM;
	place.shape = PLACE_SIBLINGS;
	place.path = folder;
	place.pattern = pattern;
	place.group = group;
	return places_add(files, &place);
}

const char *places_escape(struct files *files, const char *name, size_t length, const char *after)
{
	char *text = arena_alloc(files->arena, 2 * length + strlen(after) + 1);
	size_t n = 0;

	for (size_t i = 0; text && i < length; i++) {
		if (strchr("*?[\\", name[i]))
			text[n++] = '\\';
		text[n++] = name[i];
	}
	if (text)
		strcpy(text + n, after);
	return text;
}
