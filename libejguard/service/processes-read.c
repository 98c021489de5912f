/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/processes-read.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <string.h>

#include "libejguard/service/base/cookie-mask.h"
#include "libejguard/service/base/settings-struct.h"
#include "libejguard/util/cleanup.h"

/* The variables of struct ejg_setting, and those from which erl takes arguments (erlexec.c of Erlang/OTP). */
static const char *const names[] = {
	SETTING_NAMES, "ERL_FLAGS", "ERL_AFLAGS", "ERL_ZFLAGS", "ERL_OTP[0-9][0-9]_FLAGS",
};

/* A short read means the end of the file: a read of these files fills the buffer as far as it can (fs/proc/base.c,
 * fs/seq_file.c).
 */
ssize_t process_read_text(struct process_buffer *buffer, int folder, const char *name, size_t limit)
{
	cleanup_fd int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const ssize_t n = fd < 0 ? -1 : read(fd, buffer->text, limit);

	if (n < 0)
		return -errno;
	buffer->text[n] = '\0';
	return n;
}

int process_read_link(struct process_buffer *buffer, int folder, const char *name)
{
	const ssize_t n = readlinkat(folder, name, buffer->exe, sizeof(buffer->exe) - 1);

	if (n < 0)
		return -errno;
	buffer->exe[n] = '\0';
	return 0;
}

/* The rest of a line with the given beginning, or NULL. */
static const char *line_after(const char *text, const char *beginning)
{
	const size_t length = strlen(beginning);

	while (text && strncmp(text, beginning, length) != 0) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return text ? text + length : NULL;
}

/* start_time is the 22nd field of stat; the name in parentheses may contain parentheses too. proc_pid_stat(5) */
static int read_start(struct process_buffer *buffer, int folder, uint64_t *ret)
{
	const ssize_t n = process_read_text(buffer, folder, "stat", PROCESSES_MAX_TEXT);
	const char *at = n > 0 ? strrchr(buffer->text, ')') : NULL;

	for (unsigned int field = 2; at && field < 22; field++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	if (!at || sscanf(at, "%" SCNu64, ret) != 1)
		return -ESRCH;
	return 0;
}

int process_read_stat(struct process_buffer *buffer, int folder, struct ejg_process *process)
{
	const char *uid, *gid;
	int r;

	r = read_start(buffer, folder, &process->start_time);
	if (r < 0)
		return r;
	if (process_read_text(buffer, folder, "status", PROCESSES_MAX_TEXT) <= 0)
		return -ESRCH;
	uid = line_after(buffer->text, "Uid:");
	gid = line_after(buffer->text, "Gid:");
	if (!uid || !gid || sscanf(uid, "%*u %u", &process->uid) != 1 || sscanf(gid, "%*u %u", &process->gid) != 1)
		return -ESRCH;
	return 0;
}

int process_read_cgroup(struct survey_draft *draft, struct process_buffer *buffer, int folder, const char **ret_path,
			bool *ret_in_service)
{
	const ssize_t n = process_read_text(buffer, folder, "cgroup", PROCESSES_MAX_TEXT);
	const char *path = n > 0 ? line_after(buffer->text, "0::") : NULL;

	if (n < 0)
		return -ESRCH;
	*ret_path = NULL;
	*ret_in_service = false;
	if (!path)
		return 0;
	buffer->text[path - buffer->text + strcspn(path, "\n")] = '\0';
	*ret_in_service = survey_cgroups_in_service(draft->cgroups, 0, survey_cgroups_below(draft->cgroups, path));
	*ret_path = path;
	return 0;
}

static bool is_wanted(const char *entry)
{
	char name[32];
	const size_t length = strcspn(entry, "=");

	if (entry[length] != '=' || length >= sizeof(name))
		return false;
	memcpy(name, entry, length);
	name[length] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (fnmatch(names[i], name, 0) == 0)
			return true;
	return false;
}

int process_read_environment(struct survey_draft *draft, struct process_buffer *buffer, int folder,
			     struct ejg_process *process, bool *ret_cut)
{
	const ssize_t n = process_read_text(buffer, folder, "environ", PROCESSES_MAX_TEXT);
	const char **environment = NULL;
	size_t kept = 0;
	bool found;

	if (n < 0)
		return -EACCES;
	for (const char *at = buffer->text; at < buffer->text + n; at += strlen(at) + 1) {
		if (!is_wanted(at))
			continue;
		environment = arena_grow(draft->arena, environment, kept, sizeof(*environment));
		if (!environment)
			return -ENOMEM;
		environment[kept] = cookie_mask_text(draft->arena, at, &found);
		if (!environment[kept++])
			return -ENOMEM;
	}
	/* An empty list, not NULL: NULL means that it could not be read. */
	environment = arena_grow(draft->arena, environment, kept, sizeof(*environment));
	if (!environment)
		return -ENOMEM;
	environment[kept] = NULL;
	process->environment = environment;
	process->n_environment = kept;
	*ret_cut |= n == PROCESSES_MAX_TEXT;
	return 0;
}
