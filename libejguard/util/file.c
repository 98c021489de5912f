/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/util/cleanup.h"

enum { READ_STEP = 64 * 1024 };

struct content {
	char *text;
	size_t size;
	size_t room; /* without the byte for the NUL */
};

static void content_end(const struct content *content)
{
	if (content->text)
		explicit_bzero(content->text, content->size);
	free(content->text);
}
#define cleanup_content __attribute__((cleanup(content_end)))

/* realloc(3) could leave a copy of the old data. */
static int grow(struct content *content)
{
	const size_t room = 2 * content->room + READ_STEP;
	char *larger = malloc(room + 1);

	if (!larger)
		return -ENOMEM;
	if (content->text)
		memcpy(larger, content->text, content->size);
	content_end(content);
	content->text = larger;
	content->room = room;
	return 0;
}

int file_read_all(int fd, size_t limit, char **ret_text, size_t *ret_size)
{
	cleanup_content struct content content = { 0 };
	ssize_t n;

	do {
		if (content.room - content.size < READ_STEP && grow(&content) < 0)
			return -ENOMEM;
		n = read(fd, content.text + content.size, content.room - content.size);
		if (n < 0 && errno != EINTR)
			return -errno;
		content.size += n > 0 ? (size_t)n : 0;
		if (content.size > limit)
			return -EFBIG;
	} while (n != 0);
	content.text[content.size] = '\0';
	*ret_text = take_ptr(content.text);
	*ret_size = content.size;
	return 0;
}

ssize_t file_read_some(int fd, void *ret, size_t n)
{
	size_t done = 0;
	ssize_t r = 1;

	while (done < n && r != 0) {
		r = read(fd, (char *)ret + done, n - done);
		if (r < 0 && errno != EINTR)
			return -errno;
		done += r > 0 ? (size_t)r : 0;
	}
	return (ssize_t)done;
}

int file_reopen(int fd)
{
	char name[32];
	int opened;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	opened = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return opened < 0 ? -errno : opened;
}

int file_open_regular(const char *path)
{
	cleanup_fd int handle = open(path, O_PATH | O_CLOEXEC);
	struct stat st;

	if (handle < 0 || fstat(handle, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) ? file_reopen(handle) : -EINVAL;
}

static int write_all(int fd, const char *text)
{
	size_t left = strlen(text);
	ssize_t n;

	for (; left > 0; text += n, left -= (size_t)n) {
		n = write(fd, text, left);
		if (n < 0 && errno != EINTR)
			return -errno;
		n = n < 0 ? 0 : n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

int file_replace(int folder, const char *name, const char *text)
{
	char beside[NAME_MAX + 1];
	cleanup_fd int fd = -1;
	int r;

	if (snprintf(beside, sizeof(beside), "%s.new", name) >= (int)sizeof(beside))
		return -ENAMETOOLONG;
	if (unlinkat(folder, beside, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(folder, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = write_all(fd, text);
	if (r == 0 && renameat(folder, beside, folder, name) < 0)
		r = -errno;
	if (r < 0)
		(void)unlinkat(folder, beside, 0);
	return r;
}
