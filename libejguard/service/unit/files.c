/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the files of a unit: its fragment and its drop-ins, in the order of systemd.unit(5). */
#include "libejguard/service/unit/files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

/* The system manager's, best first. */
static const char *const unit_folders[] = {
	"/etc/systemd/system.control",	 "/run/systemd/system.control",	 "/run/systemd/transient",
	"/run/systemd/generator.early",	 "/etc/systemd/system",		 "/etc/systemd/system.attached",
	"/run/systemd/system",		 "/run/systemd/system.attached", "/run/systemd/generator",
	"/usr/local/lib/systemd/system", "/usr/lib/systemd/system",	 "/lib/systemd/system",
	"/run/systemd/generator.late",
};

struct fragment_search {
	struct arena *arena;
	const struct settings_source *source;
	const char **names; /* of the unit: its own name, the target of its link, and their templates */
	size_t n_names;
	const char **folders; /* of drop-ins, best first */
	size_t n_folders;
	struct unit_file *files;
	size_t n_files;
	const char *problem;
};

/* Without memory the arena has failed: unit_files() and unit_alias() return that. */
static void add_word(struct fragment_search *s, const char ***words, size_t *n, const char *word)
{
	const char **grown = word ? arena_grow(s->arena, *words, *n, sizeof(*grown)) : NULL;

	if (!grown)
		return;
	*words = grown;
	grown[(*n)++] = word;
}

/* "name@.service" of "name@instance.service", or NULL. */
static const char *template_name(struct arena *arena, const char *name)
{
	const char *at = strchr(name, '@'), *dot = strrchr(name, '.');

	return at && dot > at + 1 ? arena_printf(arena, "%.*s%s", (int)(at + 1 - name), name, dot) : NULL;
}

static void add_name(struct fragment_search *s, const char *name)
{
	for (size_t i = 0; i < s->n_names; i++)
		if (strcmp(s->names[i], name) == 0)
			return;
	add_word(s, &s->names, &s->n_names, name);
}

/* Return: the path of the fragment of that name; NULL when it does not exist or is masked. */
static const char *find_fragment(struct fragment_search *s, const char *name, bool *masked)
{
	for (size_t i = 0; i < ARRAY_SIZE(unit_folders); i++) {
		const char *path = arena_printf(s->arena, "%s/%s", unit_folders[i], name);
		const char *real = path ? settings_resolve(s->arena, s->source, path) : NULL;
		const char *base;

		if (!real)
			continue;
		*masked = strcmp(real, "/dev/null") == 0;
		if (*masked)
			return NULL;
		base = strrchr(real, '/') + 1;
		/* a link to another unit: an alias, which has that unit's drop-ins too */
		if (strrchr(base, '.') && strcmp(strrchr(base, '.'), strrchr(name, '.')) == 0)
			add_name(s, base);
		return path;
	}
	return NULL;
}

static void add_folder(struct fragment_search *s, const char *folder, const char *name, size_t length,
		       const char *suffix)
{
	const char *path = arena_printf(s->arena, "%s/%.*s%s.d", folder, (int)length, name, suffix);

	if (path && settings_exists(s->source, path))
		add_word(s, &s->folders, &s->n_folders, path);
}

/* NAME.d, and for a-b-c.service also a-b-.service.d and a-.service.d */
static void add_folders(struct fragment_search *s, const char *folder, const char *name)
{
	const char *dot = strrchr(name, '.');

	add_folder(s, folder, name, strlen(name), "");
	for (const char *dash = dot - 1; dash > name; dash--)
		if (*dash == '-' && dash + 1 < dot)
			add_folder(s, folder, name, dash + 1 - name, dot);
}

static bool has_base_name(const struct fragment_search *s, const char *name)
{
	for (size_t i = 0; i < s->n_files; i++)
		if (strcmp(strrchr(s->files[i].path, '/') + 1, name) == 0)
			return true;
	return false;
}

static int add_dropins(struct fragment_search *s, const char *folder)
{
	struct source_names names = { 0 };
	struct unit_file *files;
	int r;

	r = settings_list(s->arena, s->source, folder, "", ".conf", &names);
	if (names.problem)
		s->problem = names.problem;
	for (size_t i = 0; r == 0 && i < names.n; i++) {
		if (has_base_name(s, names.items[i]))
			continue;
		files = arena_grow(s->arena, s->files, s->n_files, sizeof(*files));
		if (!files)
			return -ENOMEM;
		s->files = files;
		files[s->n_files] = (struct unit_file){
			.path = arena_printf(s->arena, "%s/%s", folder, names.items[i]),
			.dropin = true,
		};
		if (!files[s->n_files].path)
			return -ENOMEM;
		s->n_files++;
	}
	return r;
}

static int compare_files(const void *a, const void *b)
{
	const struct unit_file *x = a, *y = b;

	return strcmp(strrchr(x->path, '/'), strrchr(y->path, '/'));
}

static int find_dropins(struct fragment_search *s, const char *suffix)
{
	int r = 0;

	for (size_t i = 0; i < s->n_names; i++)
		for (size_t j = 0; j < ARRAY_SIZE(unit_folders); j++)
			add_folders(s, unit_folders[j], s->names[i]);
	for (size_t j = 0; j < ARRAY_SIZE(unit_folders); j++)
		add_folder(s, unit_folders[j], suffix + 1, strlen(suffix + 1), "");
	for (size_t i = 0; i < s->n_folders && r == 0; i++)
		r = add_dropins(s, s->folders[i]);
	if (s->n_files > 1)
		qsort(s->files, s->n_files, sizeof(*s->files), compare_files);
	return r;
}

int unit_files(struct arena *arena, const struct settings_source *source, const char *name, struct unit_file_list *ret)
{
	struct fragment_search s = { .arena = arena, .source = source };
	const char *template = template_name(arena, name), *fragment;
	struct unit_file *files;
	bool masked = false;
	int r;

	*ret = (struct unit_file_list){ 0 };
	if (!strrchr(name, '.') || strchr(name, '/'))
		return 0;
	add_name(&s, name);
	fragment = find_fragment(&s, name, &masked);
	if (template)
		add_name(&s, template);
	if (!fragment && !masked && template)
		fragment = find_fragment(&s, template, &masked);
	if (!fragment)
		return arena_failed(arena) ? -ENOMEM : 0;
	r = find_dropins(&s, strrchr(name, '.'));
	files = r == 0 ? arena_array(arena, s.n_files + 1, sizeof(*files)) : NULL;
	if (!files)
		return -ENOMEM;
	files[0].path = fragment;
	for (size_t i = 0; i < s.n_files; i++)
		files[i + 1] = s.files[i];
	*ret = (struct unit_file_list){ files, s.n_files + 1, s.problem };
	return arena_failed(arena) ? -ENOMEM : 0;
}

/* "x@a.service" of "y@a.service", if y@.service is a link to x@.service; or NULL. */
static const char *instance_alias(struct arena *arena, const struct settings_source *source, const char *name,
				  const char *template)
{
	struct fragment_search s = { .arena = arena, .source = source };
	const char *instance = strchr(name, '@') + 1, *at;
	bool masked = false;

	add_name(&s, template);
	find_fragment(&s, template, &masked);
	at = s.n_names == 2 ? strstr(s.names[1], "@.") : NULL;
	return at ? arena_printf(arena, "%.*s%s", (int)(at + 1 - s.names[1]), s.names[1], instance) : NULL;
}

int unit_alias(struct arena *arena, const struct settings_source *source, const char *name, const char **ret)
{
	struct fragment_search s = { .arena = arena, .source = source };
	const char *template = template_name(arena, name), *fragment;
	bool masked = false;

	*ret = NULL;
	if (!strrchr(name, '.') || strchr(name, '/'))
		return 0;
	add_name(&s, name);
	fragment = find_fragment(&s, name, &masked);
	/* A template is no unit that runs. */
	if (s.n_names == 2 && !strstr(s.names[1], "@."))
		*ret = s.names[1];
	if (template && !fragment && !masked)
		*ret = instance_alias(arena, source, name, template);
	return arena_failed(arena) ? -ENOMEM : 0;
}
