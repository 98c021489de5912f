/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/lib/cookie/texts.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "libejguard/modules/lib/cookie/search.h"
#include "libejguard/util/file.h"

struct text_seen {
	dev_t device;
	ino_t inode;
};

int texts_begin(const struct cookie_host *host, text_fn fn, void *data, struct texts *ret)
{
	struct texts texts = { .host = host, .fn = fn, .data = data };

	texts.seen = arena_array(host->arena, TEXTS_MAX_FILES, sizeof(*texts.seen));
	if (!texts.seen)
		return -ENOMEM;
	*ret = texts;
	return 0;
}

bool texts_skip(struct texts *texts, const struct access *access)
{
	for (size_t i = 0; i < texts->n_seen; i++)
		if (texts->seen[i].device == access->device && texts->seen[i].inode == access->inode)
			return false;
	if (texts->n_seen == TEXTS_MAX_FILES) {
		texts->more = true;
		return false;
	}
	texts->seen[texts->n_seen++] = (struct text_seen){ access->device, access->inode };
	return true;
}

static void name_file(struct texts *texts, const char *path, unsigned int kind)
{
	const char **paths = arena_grow(texts->host->arena, texts->named, texts->n_named, sizeof(*paths));
	unsigned int *kinds = arena_grow(texts->host->arena, texts->named_kinds, texts->n_named, sizeof(*kinds));

	if (!path || !paths || !kinds)
		return;
	texts->named = paths;
	texts->named_kinds = kinds;
	if (path[0] == '/' && texts->n_named < TEXTS_MAX_FILES) {
		paths[texts->n_named] = path;
		kinds[texts->n_named++] = kind | TEXT_ARGUMENTS | TEXT_FOLLOW;
	}
}

/* Records the files of EnvironmentFile=, by systemd.exec(5): with a dash in front, the file may be missing. */
static void note_environment(struct texts *texts, const struct text *text)
{
	static const char key[] = "EnvironmentFile=";
	const char *at = text->bytes, *end = text->bytes + text->n;

	for (; at < end; at = memchr(at, '\n', (size_t)(end - at)), at = at ? at + 1 : end) {
		const char *stop;

		if ((size_t)(end - at) <= sizeof(key) || memcmp(at, key, sizeof(key) - 1) != 0)
			continue;
		at += sizeof(key) - 1;
		at += *at == '-';
		for (stop = at; stop < end && *stop != '\n' && *stop != '\r';)
			stop++;
		name_file(texts, arena_strndup(texts->host->arena, at, (size_t)(stop - at)), TEXT_PATTERN);
	}
}

/* Records files of arguments that arguments name, and files that a configuration of keys includes from its folder. */
static void note_named(struct texts *texts, const struct text *text)
{
	struct arena *arena = texts->host->arena;
	const char *at = text->bytes, *end = text->bytes + text->n;
	struct search_word word;

	while ((at = search_option(at, end, "-args_file", &word)))
		name_file(texts, arena_strndup(arena, word.text, word.n), 0);
	at = text->keys ? text->bytes : NULL;
	while (at && (at = search_include(at, end, &word)))
		name_file(texts,
			  *word.text == '/'
				  ? arena_strndup(arena, word.text, word.n)
				  : cookie_text(texts->host, "%.*s/%.*s", (int)(strrchr(text->path, '/') - text->path),
						text->path, (int)word.n, word.text),
			  TEXT_KEYS | TEXT_PATTERN);
}

void texts_file(struct texts *texts, const char *path, unsigned int kind)
{
	const struct cookie_host *host = texts->host;
	cleanup_access_path struct access_path file = ACCESS_PATH_NULL;
	struct text text = { .file = &file,
			     .bytes = host->vault->buffer,
			     .arguments = kind & TEXT_ARGUMENTS,
			     .keys = kind & TEXT_KEYS };
	const bool follow = kind & TEXT_FOLLOW;
	const char *problem = NULL;
	cleanup_fd int fd = -1;
	ssize_t n;
	int r = access_walk(host->arena, host->facts->root, path, follow ? ACCESS_FOLLOW : 0, &host->service.trust,
			    &file, &problem);

	texts->n_unread += r == -EACCES;
	if (r < 0 || file.fd < 0 || !S_ISREG(file.access.mode))
		return;
	/* If a folder was replaced by a link after it was listed, the path leads somewhere else. */
	if ((!follow && strcmp(path, file.path) != 0) || !texts_skip(texts, &file.access))
		return;
	fd = file_reopen(file.fd);
	n = fd < 0 ? fd : file_read_some(fd, host->vault->buffer, VAULT_BUFFER);
	if (n < 0) {
		texts->n_unread++;
		return;
	}
	texts->more |= n == VAULT_BUFFER;
	text.path = file.path;
	text.n = (size_t)n;
	texts->fn(texts->data, &text);
	if (kind & TEXT_UNIT)
		note_environment(texts, &text);
	if (kind & TEXT_ARGUMENTS)
		note_named(texts, &text);
	explicit_bzero(host->vault->buffer, (size_t)n);
}

void texts_folder(struct texts *texts, const char *path, const char *pattern, unsigned int kind, unsigned int depth)
{
	const struct cookie_host *host = texts->host;
	const char *folder = NULL;
	int error = 0;
	cleanup_dir DIR *dir = access_folder(host->arena, host->facts->root, path, &folder, &error);
	struct dirent *entry;

	texts->n_unread += error == -EACCES;
	while (dir && !arena_failed(host->arena) && (entry = readdir(dir))) {
		const char *child;

		if (texts->n_entries++ >= TEXTS_MAX_ENTRIES) {
			texts->more = true;
			return;
		}
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		child = cookie_text(host, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, entry->d_name);
		if (depth > 0 && entry->d_type == DT_DIR)
			texts_folder(texts, child, pattern, kind, depth - 1);
		if (fnmatch(pattern, entry->d_name, 0) == 0)
			texts_file(texts, child, kind);
	}
}
