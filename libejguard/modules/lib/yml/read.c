/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads files and their includes (yconf, read_yaml() and include_files()). The service owns the configuration and may
 * put any name into it, so only regular files are opened.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/lib/yml/load.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/file.h"
#include "libejguard/util/root.h"

const char *yml_absolute(struct yml_loader *loader, const char *path)
{
	const char *absolute;

	if (*path == '/')
		return path;
	if (!loader->setup->spool || *loader->setup->spool != '/')
		return NULL;
	absolute = arena_printf(loader->arena, "%s/%s", loader->setup->spool, path);
	loader->failed |= !absolute;
	return absolute;
}

/* Reads the current text of a file, up to the rest of YML_MAX_BYTES. Return: 0, -E2BIG, -errno. */
static int read_file(struct yml_loader *loader, const char *path, char **ret, size_t *ret_size)
{
	cleanup_fd int fd = root_open_regular(loader->setup->root, path);
	const int r = fd < 0 ? fd : file_read_all(fd, YML_MAX_BYTES - loader->n_bytes, ret, ret_size);

	if (r == 0)
		loader->n_bytes += *ret_size;
	return r == -EFBIG ? -E2BIG : r;
}

static void report_unread(struct yml_loader *loader, const char *path, const struct yml_node *place, int error)
{
	enum yml_problem_kind kind = error == -EACCES || error == -EPERM ? YML_UNSEEN
				     : error == -E2BIG			 ? YML_UNBOUNDED
				     : error == -ENOENT && !place	 ? YML_ABSENT
									 : YML_REFUSED;
	const char *why = error == -E2BIG    ? "it is too large, or is growing"
			  : error == -EINVAL ? "it is not a regular file"
					     : strerror(-error);

	loader->failed |= error == -ENOMEM;
	if (place)
		yml_problem(loader, kind, place->file, place->line, place->column,
			    "includes %s, which cannot be read: %s", path, why);
	else
		yml_problem(loader, kind, path, 0, 0, "cannot be read: %s", why);
}

/* The files that are being read, each included by the previous one. */
struct chain {
	const char *path;
	const struct chain *above;
};

static const struct yml_node *read_chain(struct yml_loader *loader, const char *path, const struct yml_node *place,
					 const struct chain *above);

/* True if an included option is kept, by its disallow or allow_only (yconf, read_include_files()). */
static bool is_wanted(const struct yml_node *key, const struct yml_node *filter)
{
	const struct yml_node *disallow = yml_value(filter, "disallow"), *only = yml_value(filter, "allow_only");
	const struct yml_node *list = only && only->n ? only : disallow;

	for (size_t i = 0; list && list->kind == YML_LIST && i < list->n; i++)
		if (yml_text(list->items[i]) && yml_is(key, list->items[i]->text))
			return list == only;
	return list != only || !only || !only->n;
}

struct pairs {
	struct yml_pair *items;
	size_t n;
};

static void append(struct yml_loader *loader, struct pairs *pairs, const struct yml_pair *pair)
{
	struct yml_pair *items = arena_grow(loader->arena, pairs->items, pairs->n, sizeof(*items));

	loader->failed |= !items;
	if (!items)
		return;
	pairs->items = items;
	items[pairs->n++] = *pair;
}

static void include(struct yml_loader *loader, struct pairs *into, const struct yml_node *name,
		    const struct yml_node *filter, const struct chain *chain)
{
	const char *text = yml_text(name), *path = text && *text ? yml_absolute(loader, text) : NULL;
	const struct yml_node *map;

	if (!path) {
		yml_problem_at(loader, text && *text ? YML_INDETERMINATE : YML_REFUSED, name,
			       text && *text
				       ? "includes a relative path, but the working directory of the node is not known"
				       : "is not the path of a file to include: ejabberd refuses it");
		return;
	}
	map = read_chain(loader, path, name, chain);
	for (size_t i = 0; map && map->kind == YML_MAP && i < map->n; i++)
		if (is_wanted(map->pairs[i].key, filter))
			append(loader, into, &map->pairs[i]);
}

/* A path, a list of paths, or a map of paths with conditions. */
static void include_value(struct yml_loader *loader, struct pairs *into, const struct yml_node *value,
			  const struct chain *chain)
{
	if (value->kind == YML_LIST) {
		for (size_t i = 0; i < value->n; i++)
			include(loader, into, value->items[i], NULL, chain);
	} else if (value->kind == YML_MAP) {
		for (size_t i = 0; i < value->n; i++)
			include(loader, into, value->pairs[i].key, value->pairs[i].value, chain);
	} else {
		include(loader, into, value, NULL, chain);
	}
}

static const struct yml_node *expand_includes(struct yml_loader *loader, const struct yml_node *map,
					      const struct chain *chain)
{
	struct pairs pairs = {};
	struct yml_node *all;

	if (!yml_find(map, "include_config_file"))
		return map;
	for (size_t i = 0; i < map->n; i++)
		if (yml_is(map->pairs[i].key, "include_config_file"))
			include_value(loader, &pairs, map->pairs[i].value, chain);
		else
			append(loader, &pairs, &map->pairs[i]);
	all = yml_node_new(loader, YML_MAP, map);
	if (all)
		yml_node_pairs(all, pairs.items, pairs.n);
	return all;
}

/* Records a file. Return: its name in the arena; NULL when there are too many. */
static const char *note_file(struct yml_loader *loader, const char *path, const struct yml_node *place)
{
	const char **files;
	char *name;

	if (loader->n_files == YML_MAX_FILES) {
		yml_problem(loader, YML_UNBOUNDED, place ? place->file : path, place ? place->line : 0, 0,
			    "too many files are included: not all were read");
		return NULL;
	}
	files = arena_grow(loader->arena, loader->files, loader->n_files, sizeof(*files));
	name = arena_strdup(loader->arena, path);
	if (!files || !name) {
		loader->failed = true;
		return NULL;
	}
	loader->files = files;
	files[loader->n_files++] = name;
	return name;
}

static const struct yml_node *read_chain(struct yml_loader *loader, const char *path, const struct yml_node *place,
					 const struct chain *above)
{
	struct chain chain = { path, above };
	cleanup_free char *text = NULL;
	const struct yml_node *map;
	size_t size = 0;
	const char *file;
	int r;

	for (const struct chain *link = above; link; link = link->above)
		if (strcmp(link->path, path) == 0) {
			yml_problem_at(loader, YML_REFUSED, place, "includes files in a circle: ejabberd refuses it");
			return NULL;
		}
	file = note_file(loader, path, place);
	if (!file)
		return NULL;
	r = read_file(loader, path, &text, &size);
	if (r < 0) {
		report_unread(loader, file, place, r);
		return NULL;
	}
	map = yml_parse(loader, file, text, size);
	explicit_bzero(text, size);
	return map ? expand_includes(loader, map, &chain) : NULL;
}

const struct yml_node *yml_read(struct yml_loader *loader, const char *path)
{
	return read_chain(loader, path, NULL, NULL);
}
