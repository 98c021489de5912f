/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plans drop-ins: compares the existing ones with the required ones. */
#include "tools/systemd/dropin.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/util/cleanup.h"

#define HEADER "# Written by ejguard enable for the service "
#define HEADER_END "; \"ejguard disable\" removes it.\n"
#define FOLDER_END ".d"

int dropin_errno(int error)
{
	if (error == -EACCES || error == -EPERM)
		return -EPERM;
	return error == -ENOMEM ? -ENOMEM : -EIO;
}

/* Reports a failed system call on a path. */
static int fail_path(struct report *report, int error, const char *what, const char *path)
{
	int r = dropin_errno(-error);

	return report_fail(report, r, "cannot %s %s: %s; %s", what, path, strerror(error),
			   r == -EPERM ? "run it as root" : "nothing was changed, remove the cause, then try again");
}

int dropin_read(const char *path, int flags, char **ret)
{
	cleanup_free char *text = NULL;
	cleanup_fd int fd = -1;
	struct stat st;
	size_t size = 0;
	ssize_t n;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ELOOP;
	text = malloc(DROPIN_MAX_SIZE + 1);
	if (!text)
		return -ENOMEM;
	while (size <= DROPIN_MAX_SIZE && (n = read(fd, text + size, DROPIN_MAX_SIZE + 1 - size)) != 0) {
		if (n < 0)
			return -errno;
		size += (size_t)n;
	}
	if (size > DROPIN_MAX_SIZE || memchr(text, '\0', size))
		return -EFBIG;
	text[size] = '\0';
	*ret = take_ptr(text);
	return 0;
}

/* The service in the first line of a drop-in of ejguard: a copy, or NULL. */
static char *service_of(const char *text)
{
	const char *end;

	if (strncmp(text, HEADER, strlen(HEADER)) != 0)
		return NULL;
	text += strlen(HEADER);
	end = strstr(text, HEADER_END);
	if (!end || memchr(text, '\n', (size_t)(end - text)))
		return NULL;
	return strndup(text, (size_t)(end - text));
}

bool dropin_is_ours(const char *text)
{
	return strncmp(text, HEADER, strlen(HEADER)) == 0;
}

static int new_unit(struct report *report, const char *unitdir, const char *name, struct unit **ret)
{
	struct unit_list *list = &report->units;
	struct unit *grown, *unit;

	grown = reallocarray(list->items, list->n + 1, sizeof(*grown));
	if (!grown)
		return report_fail(report, -ENOMEM, "out of memory");
	list->items = grown;
	unit = &grown[list->n++];
	*unit = (struct unit){ .name = strdup(name) };
	if (asprintf(&unit->folder, "%s/%s" FOLDER_END, unitdir, name) < 0)
		unit->folder = NULL;
	if (asprintf(&unit->path, "%s/%s" FOLDER_END "/" DROPIN_NAME, unitdir, name) < 0)
		unit->path = NULL;
	if (!unit->name || !unit->folder || !unit->path)
		return report_fail(report, -ENOMEM, "out of memory");
	*ret = unit;
	return 0;
}

/* A drop-in of that name is not ours: somebody else wrote it, or it belongs to another service of ejguard. */
static int foreign(struct report *report, struct unit *unit)
{
	if (unit->wanted && unit->owner)
		return report_fail(report, -EACCES,
				   "%s guards the unit for the service %s; a unit can have only one service: disable "
				   "that one first",
				   unit->path, unit->owner);
	if (unit->wanted)
		return report_fail(report, -EACCES, "%s was not written by ejguard; move it to another folder",
				   unit->path);
	unit->action = UNIT_FOREIGN;
	return 0;
}

int dropin_plan(struct report *report, const char *unitdir, const char *name, char *content)
{
	cleanup_free char *owner = NULL;
	struct unit *unit = NULL;
	int r;

	r = new_unit(report, unitdir, name, &unit);
	if (r < 0) {
		free(content);
		return r;
	}
	unit->wanted = content;
	r = dropin_read(unit->path, O_NOFOLLOW, &unit->old);
	if (r == -ELOOP || r == -EFBIG)
		return foreign(report, unit);
	if (r < 0 && r != -ENOENT)
		return fail_path(report, -r, "read", unit->path);
	if (unit->old) {
		owner = service_of(unit->old);
		if (!owner || strcmp(owner, report->service) != 0) {
			unit->owner = take_ptr(owner);
			return foreign(report, unit);
		}
	}
	if (unit->old && unit->wanted && strcmp(unit->old, unit->wanted) == 0)
		unit->action = UNIT_UNCHANGED;
	else
		unit->action = unit->wanted ? UNIT_WRITTEN : unit->old ? UNIT_REMOVED : UNIT_UNCHANGED;
	return 0;
}

static bool is_planned(const struct report *report, const char *name)
{
	for (size_t i = 0; i < report->units.n; i++)
		if (strcmp(report->units.items[i].name, name) == 0)
			return true;
	return false;
}

/* True if the folder has a drop-in of our name that does not belong to another service of ejguard. */
static int may_be_ours(struct report *report, const char *unitdir, const char *folder, bool *ret)
{
	cleanup_free char *path = NULL, *text = NULL, *owner = NULL;
	int r;

	if (asprintf(&path, "%s/%s/" DROPIN_NAME, unitdir, folder) < 0) {
		path = NULL;
		return report_fail(report, -ENOMEM, "out of memory");
	}
	r = dropin_read(path, O_NOFOLLOW, &text);
	if (r == -ENOENT || r == -ENOTDIR) {
		*ret = false;
		return 0;
	}
	if (r < 0 && r != -ELOOP && r != -EFBIG)
		return fail_path(report, -r, "read", path);
	owner = text ? service_of(text) : NULL;
	*ret = !owner || strcmp(owner, report->service) == 0;
	return 0;
}

int dropin_plan_removals(struct report *report, const char *unitdir)
{
	cleanup_dir DIR *dir = NULL;
	const struct dirent *entry;
	bool ours = false;
	int r;

	dir = opendir(unitdir);
	if (!dir)
		return errno == ENOENT ? 0 : fail_path(report, errno, "read the folder", unitdir);
	while ((errno = 0, entry = readdir(dir))) {
		size_t n = strlen(entry->d_name);
		cleanup_free char *name = NULL;

		if (n <= strlen(FOLDER_END) || strcmp(entry->d_name + n - strlen(FOLDER_END), FOLDER_END) != 0)
			continue;
		name = strndup(entry->d_name, n - strlen(FOLDER_END));
		if (!name)
			return report_fail(report, -ENOMEM, "out of memory");
		if (is_planned(report, name))
			continue;
		r = may_be_ours(report, unitdir, entry->d_name, &ours);
		if (r == 0 && ours)
			r = dropin_plan(report, unitdir, name, NULL);
		if (r < 0)
			return r;
	}
	return errno ? fail_path(report, errno, "read the folder", unitdir) : 0;
}

static void put_replaced(FILE *out, const char *text, const char *service, const char *command)
{
	static const char service_mark[] = "@SERVICE@", command_mark[] = "@COMMAND@";

	while (*text) {
		if (strncmp(text, service_mark, sizeof(service_mark) - 1) == 0) {
			fputs(service, out);
			text += sizeof(service_mark) - 1;
		} else if (strncmp(text, command_mark, sizeof(command_mark) - 1) == 0) {
			fputs(command, out);
			text += sizeof(command_mark) - 1;
		} else {
			fputc(*text++, out);
		}
	}
}

int dropin_render(struct report *report, const char *template_path, const char *command, char **ret)
{
	cleanup_free char *template = NULL;
	char *text = NULL;
	size_t size;
	FILE *out;
	int r;

	r = dropin_read(template_path, 0, &template);
	if (r < 0)
		return fail_path(report, -r, "read the template", template_path);
	if (!strstr(template, "@COMMAND@"))
		return report_fail(
			report, -EBADMSG,
			"%s does not contain @COMMAND@, so the drop-in would guard nothing; install the template again",
			template_path);
	out = open_memstream(&text, &size);
	if (!out)
		return report_fail(report, -ENOMEM, "out of memory");
	fprintf(out, HEADER "%s" HEADER_END, report->service);
	put_replaced(out, template, report->service, command);
	if (fclose(out) != 0) {
		free(text);
		return report_fail(report, -ENOMEM, "out of memory");
	}
	*ret = text;
	return 0;
}

/* systemd.service(5), "Command lines": specifiers, variables, quotes. */
char *dropin_quote(const char *word)
{
	bool plain =
		*word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@,=%$") ==
				 strlen(word);
	char *text = NULL;
	size_t size;
	FILE *out;

	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	if (!plain)
		fputc('"', out);
	for (; *word; word++) {
		if (*word == '%' || *word == '$')
			fputc(*word, out);
		else if (*word == '"' || *word == '\\')
			fputc('\\', out);
		fputc(*word, out);
	}
	if (!plain)
		fputc('"', out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}
