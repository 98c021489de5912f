/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes a new cookie file: after a crash at any moment it is either complete or absent. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "libejguard/modules/cookie/cookie.h"

/*
 * Hexadecimal digits have no special meaning in a shell, a command line, a URL, Erlang or a configuration file, cannot
 * be confused by their case, and never begin with + or -. 64 digits are 256 bits.
 */
static void encode(const unsigned char *bytes, size_t n, char *ret)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*ret++ = digits[bytes[i] >> 4];
		*ret++ = digits[bytes[i] & 15];
	}
	*ret = '\0';
}

static int make_cookie(struct cookie_vault *vault)
{
	size_t done = 0;

	/* Early in boot this waits for the kernel's entropy: a later start is better than a weak cookie. */
	while (done < sizeof(vault->random)) {
		ssize_t n = getrandom(vault->random + done, sizeof(vault->random) - done, 0);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	encode(vault->random, sizeof(vault->random), vault->vault.other.text);
	vault->vault.other.n = 2 * sizeof(vault->random);
	explicit_bzero(vault->random, sizeof(vault->random));
	return 0;
}

static int write_all(int fd, const char *text, size_t n)
{
	while (n > 0) {
		ssize_t written = write(fd, text, n);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0) {
			text += written;
			n -= (size_t)written;
		}
	}
	return 0;
}

static int fill(int fd, const struct cookie_vault *vault, const struct new_cookie *new, const char **ret_step)
{
	int r;

	*ret_step = "it cannot be written";
	r = write_all(fd, vault->vault.other.text, vault->vault.other.n);
	if (r < 0)
		return r;
	/* A default ACL of the folder gives the new file an ACL: a mode without group bits masks it. */
	*ret_step = "its owner and mode cannot be set";
	if (fchown(fd, new->uid, new->gid) < 0 || fchmod(fd, 0400) < 0)
		return -errno;
	*ret_step = "it cannot be written to disk";
	return fsync(fd) < 0 ? -errno : 0;
}

/* Opens a file with an unpredictable name: the folder may belong to the service. */
static int open_temporary(const struct new_cookie *new, char name[static 64])
{
	unsigned int number = 0;
	int fd;

	for (int i = 0; i < 16; i++) {
		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			continue;
		snprintf(name, 64, ".erlang.cookie.new-%08x", number);
		fd = openat(new->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400);
		if (fd >= 0 || errno != EEXIST)
			return fd < 0 ? -errno : fd;
	}
	return -EEXIST;
}

/*
 * Some file systems, such as NFS, do not support RENAME_NOREPLACE; a link does not replace a file either, but takes two
 * steps.
 */
static int place(const struct new_cookie *new, const char *name)
{
	if (renameat2(new->folder, name, new->folder, new->name, new->replace ? 0 : RENAME_NOREPLACE) == 0)
		return 0;
	if (new->replace || (errno != EINVAL && errno != ENOSYS))
		return -errno;
	if (linkat(new->folder, name, new->folder, new->name, 0) < 0)
		return -errno;
	return unlinkat(new->folder, name, 0) < 0 ? -errno : 0;
}

static int put(struct cookie_vault *vault, const struct new_cookie *new, const char **ret_step)
{
	cleanup_fd int fd = -1;
	char name[64];
	int r;

	*ret_step = "no temporary file can be created beside it";
	fd = open_temporary(new, name);
	if (fd < 0)
		return fd;
	r = fill(fd, vault, new, ret_step);
	if (r == 0) {
		*ret_step = "it cannot be renamed to its place";
		r = place(new, name);
	}
	if (r < 0) {
		(void)unlinkat(new->folder, name, 0);
		return r;
	}
	/* The file exists. If a crash undoes that, the apply of the next start repeats it: so this is no failure. */
	(void)fsync(new->folder);
	return 0;
}

int write_cookie(struct cookie_vault *vault, const struct new_cookie *new, const char **ret_step)
{
	int r;

	*ret_step = "random numbers cannot be generated";
	r = make_cookie(vault);
	if (r == 0)
		r = put(vault, new, ret_step);
	explicit_bzero(&vault->vault.other, sizeof(vault->vault.other));
	vault_burn_stack();
	return r;
}
