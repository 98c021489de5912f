/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/scratch.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int scratch_setup(void **state)
{
	struct scratch *scratch = calloc(1, sizeof(*scratch));

	if (!scratch)
		return -1;
	*state = scratch;
	scratch->arena = arena_new();
	scratch->report = report_new();
	strcpy(scratch->folder, "/tmp/ejguard-test-XXXXXX");
	return scratch->arena && scratch->report && mkdtemp(scratch->folder) ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

int scratch_teardown(void **state)
{
	struct scratch *scratch = *state;
	int r = nftw(scratch->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);

	report_free(scratch->report);
	arena_free(scratch->arena);
	free(scratch);
	return r;
}

const char *scratch_path(struct scratch *scratch, const char *name)
{
	int n = snprintf(scratch->path, sizeof(scratch->path), "%s/%s", scratch->folder, name);

	assert_in_range(n, 1, sizeof(scratch->path) - 1);
	return scratch->path;
}

void scratch_write(struct scratch *scratch, const char *name, const void *bytes, size_t n)
{
	int fd = open(scratch_path(scratch, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	assert_int_equal(fchmod(fd, 0644), 0);
	assert_int_equal(close(fd), 0);
}

void scratch_text(struct scratch *scratch, const char *name, const char *text)
{
	scratch_write(scratch, name, text, strlen(text));
}

void scratch_mkdir(struct scratch *scratch, const char *name)
{
	assert_int_equal(mkdir(scratch_path(scratch, name), 0700), 0);
	assert_int_equal(chmod(scratch->path, 0755), 0);
}

void assert_reported(struct report *report, const char *id, const char *text)
{
	for (size_t i = 0; i < report_finding_count(report); i++) {
		const struct ejg_finding *finding = report_finding(report, i);
		const char *dot = strchr(finding->id, '.');

		if (strcmp(dot ? dot + 1 : finding->id, id) == 0 && strstr(finding->message, text))
			return;
	}
	for (size_t i = 0; i < report_finding_count(report); i++)
		print_error("reported: %s: %s\n", report_finding(report, i)->id, report_finding(report, i)->message);
	fail_msg("not reported: %s: %s", id, text);
}
