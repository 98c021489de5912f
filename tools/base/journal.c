/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/base/journal.h"

#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "libejguard/util/cleanup.h"

bool journal_reads(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char own[64];
	struct stat st;

	if (!stream || fstat(fd, &st) < 0)
		return false;
	snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	return strcmp(stream, own) == 0;
}

static int write_field(FILE *out, const struct journal_field *field)
{
	const size_t n = strlen(field->value);
	const uint64_t size = htole64(n);

	if (!strchr(field->value, '\n'))
		return fprintf(out, "%s=%s\n", field->name, field->value);
	fprintf(out, "%s\n", field->name);
	fwrite(&size, sizeof(size), 1, out);
	return fprintf(out, "%s\n", field->value);
}

static bool is_unit(const char *name)
{
	const char *suffix = strrchr(name, '.');

	return suffix && (strcmp(suffix, ".service") == 0 || strcmp(suffix, ".socket") == 0);
}

/*
 * Writes the unit in which this process runs. journald looks it up only when it reads an entry, and this process may
 * have ended by then. `journalctl -u` also takes the entries of root that name it like this (journalctl(1)).
 */
static void write_unit(FILE *out)
{
	FILE *in = fopen("/proc/self/cgroup", "re");
	char *line = NULL, *rest, *name;
	bool found = false;
	size_t size = 0;

	while (in && !found && getline(&line, &size, in) > 0) {
		line[strcspn(line, "\n")] = '\0';
		for (rest = line; !found && (name = strsep(&rest, "/"));) {
			found = is_unit(name);
			if (found)
				fprintf(out, "OBJECT_SYSTEMD_UNIT=%s\n", name);
		}
	}
	free(line);
	if (in)
		fclose(in);
}

int journal_send(const struct journal_field *fields, size_t n)
{
	const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/socket" };
	cleanup_fd int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	cleanup_free char *entry = NULL;
	size_t size;
	FILE *out;

	if (fd < 0)
		return -errno;
	out = open_memstream(&entry, &size);
	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (fields[i].value && *fields[i].value)
			write_field(out, &fields[i]);
	write_unit(out);
	if (fclose(out) != 0)
		return -ENOMEM;
	/* Entries are far smaller than a datagram may be. */
	if (sendto(fd, entry, size, MSG_NOSIGNAL, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return 0;
}
