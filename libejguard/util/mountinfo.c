/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/mountinfo.h"

#include <stddef.h>
#include <string.h>

enum {
	FIELD_ROOT = 3,
	FIELD_MOUNT_POINT = 4,
	N_FIELDS = 6, /* then optional ones, "-", and the file system's type */
};

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* In place: the kernel writes blank, tab, newline and backslash as \ooo. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *at = text; *at; to++) {
		if (at[0] == '\\' && is_octal(at[1]) && is_octal(at[2]) && is_octal(at[3])) {
			*to = (char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0'));
			at += 4;
		} else {
			*to = *at++;
		}
	}
	*to = '\0';
}

bool mountinfo_parse(char *line, struct mountinfo *ret)
{
	char *fields[N_FIELDS], *rest = line, *field;

	line[strcspn(line, "\n")] = '\0';
	for (size_t i = 0; i < N_FIELDS; i++) {
		fields[i] = strsep(&rest, " ");
		if (!fields[i])
			return false;
	}
	while ((field = strsep(&rest, " ")) && strcmp(field, "-") != 0)
		;
	field = strsep(&rest, " ");
	if (!field)
		return false;
	unescape(fields[FIELD_ROOT]);
	unescape(fields[FIELD_MOUNT_POINT]);
	*ret = (struct mountinfo){ fields[FIELD_ROOT], fields[FIELD_MOUNT_POINT], field };
	return true;
}
