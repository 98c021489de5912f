/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/stack-source.h"

#include <errno.h>
#include <string.h>

#include "libejguard/core/stack-names.h"
#include "libejguard/core/trust.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/file.h"
#include "libejguard/util/suggest.h"

/* Makes a relative path absolute, by the working folder. NULL without memory. */
static const char *absolute(struct arena *arena, const char *path)
{
	cleanup_free char *folder = NULL;

	if (path[0] == '/')
		return path;
	folder = getcwd(NULL, 0);
	/* Without a working folder it stays relative, and trusted_open() refuses it. */
	return folder && folder[0] == '/' ? arena_printf(arena, "%s/%s", folder, path) : path;
}

static int fail(struct arena *arena, struct stack_text *ret, int error, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static int fail(struct arena *arena, struct stack_text *ret, int error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	ret->problem = arena_vprintf(arena, format, ap);
	va_end(ap);
	return ret->problem ? error : -ENOMEM;
}

/* The name in the list "a, b" that was probably meant, or NULL. */
static const char *meant(struct arena *arena, const char *name, const char *names)
{
	char *list = arena_strdup(arena, names), *word;
	const char **words = NULL, **grown;
	size_t n = 0;

	while (list && (word = strsep(&list, ","))) {
		grown = arena_grow(arena, words, n, sizeof(*grown));
		if (!grown)
			return NULL;
		words = grown;
		words[n++] = word + strspn(word, " ");
	}
	grown = arena_grow(arena, words, n, sizeof(*grown));
	if (!grown)
		return NULL;
	grown[n] = NULL;
	return suggest(name, grown);
}

/* Lists the existing names for a caller who mistyped one. */
static int fail_missing(struct arena *arena, const struct stack_source *source, const char *name, size_t n_folders,
			struct stack_text *ret)
{
	const char *names = stack_names(arena, source), *other;

	if (!names)
		return -ENOMEM;
	if (n_folders < 2 && !*names)
		return -ENOENT; /* the problem names the folder that is not there */
	other = meant(arena, name, names);
	return fail(arena, ret, -ENOENT, "there is no stack '%s' in %s%s%s%s%s%s%s%s", name, source->confdir,
		    n_folders < 2 ? "" : " or ", n_folders < 2 ? "" : source->vendordir,
		    other ? "; did you mean '" : "", other ? other : "", other ? "'?" : "",
		    !*names ? ""
		    : other ? " There are: "
			    : "; there are: ",
		    names);
}

static int find(struct arena *arena, const struct stack_source *source, const char *name, struct stack_text *ret,
		int *ret_fd)
{
	const char *folders[] = { source->confdir, source->vendordir }, *paths[ARRAY_SIZE(folders)];
	size_t n = 0;
	int r = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && r == -ENOENT; i++) {
		const char *folder = folders[i] ? absolute(arena, folders[i]) : NULL;

		if (!folders[i])
			continue;
		ret->path = paths[n++] = folder ? arena_printf(arena, "%s/%s", folder, name) : NULL;
		if (!ret->path)
			return -ENOMEM;
		r = trusted_open(arena, ret->path, ret_fd, &ret->problem);
	}
	if (r != -ENOENT || n == 0)
		return r;
	ret->path = paths[0];
	return fail_missing(arena, source, name, n, ret);
}

/* If the shipped stack is missing too, the message about the service's own stack stays. */
static int find_shipped(struct arena *arena, const struct stack_source *source, struct stack_text *ret, int *ret_fd)
{
	struct stack_text text = { .problem = "" };
	const int r = find(arena, source, source->shipped, &text, ret_fd);

	if (r != -ENOENT)
		*ret = text;
	return r;
}

static int read_text(struct arena *arena, int fd, struct stack_text *ret)
{
	const int r = file_read_all(fd, STACK_MAX_FILE, &ret->text, &ret->size);

	if (r == -EFBIG) {
		ret->id = "stack-limit";
		return fail(arena, ret, -EBADMSG, "'%s' has more than %d bytes", ret->path, STACK_MAX_FILE);
	}
	if (r < 0 && r != -ENOMEM)
		return fail(arena, ret, -EIO, "cannot read '%s': %s", ret->path, strerror(-r));
	return r;
}

int stack_source_read(struct arena *arena, const struct stack_source *source, const char *name, struct stack_text *ret)
{
	cleanup_fd int fd = -1;
	int r;

	*ret = (struct stack_text){ .problem = "" };
	if (!name && source->file) {
		ret->path = absolute(arena, source->file);
		r = ret->path ? trusted_open(arena, ret->path, &fd, &ret->problem) : -ENOMEM;
	} else {
		r = find(arena, source, name ? name : source->service, ret, &fd);
	}
	if (r == -ENOENT && !name && !source->file && source->shipped)
		r = find_shipped(arena, source, ret, &fd);
	ret->id = r == -ENOENT ? "stack-missing" : r == -EBADMSG ? "stack-untrusted" : "stack-unreadable";
	return r < 0 ? r : read_text(arena, fd, ret);
}
