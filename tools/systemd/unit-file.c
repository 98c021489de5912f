/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/systemd/unit-file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

#define BLANKS " \t"

/* True if a line ends in a backslash that is not escaped: then the next line continues it. */
static bool is_continued(const char *line, size_t n)
{
	size_t backslashes = 0;

	while (backslashes < n && line[n - 1 - backslashes] == '\\')
		backslashes++;
	return backslashes % 2 == 1;
}

/*
 * The next line of a unit file, with its continuation lines: systemd.syntax(7) joins them with a blank, and skips
 * comments. Return: 0 at the end of the text, 1, or -ENOMEM.
 */
static int next_line(const char **text, char **ret)
{
	char *joined = NULL;
	bool more = true;
	size_t size;
	FILE *out;

	if (!**text)
		return 0;
	out = open_memstream(&joined, &size);
	if (!out)
		return -ENOMEM;
	for (bool first = true; more && **text; first = false) {
		const char *line = *text;
		size_t n = strcspn(line, "\n"), blank = strspn(line, BLANKS);

		*text += n + (line[n] == '\n');
		if (!first && (line[blank] == '#' || line[blank] == ';'))
			continue;
		more = is_continued(line, n) && line[blank] != '#' && line[blank] != ';';
		fwrite(line, 1, more ? n - 1 : n, out);
		if (more)
			fputc(' ', out);
	}
	if (fclose(out) != 0) {
		free(joined);
		return -ENOMEM;
	}
	*ret = joined;
	return 1;
}

static char *strip(char *text)
{
	size_t n;

	text += strspn(text, BLANKS "\r");
	for (n = strlen(text); n > 0 && strchr(BLANKS "\r", text[n - 1]); n--)
		;
	text[n] = '\0';
	return text;
}

int unit_file_read(const char *text, const char *section, const char *name, int (*take)(void *data, const char *value),
		   void *data)
{
	bool inside = false;
	int r;

	for (;;) {
		cleanup_free char *line = NULL;
		char *key, *value;

		r = next_line(&text, &line);
		if (r <= 0)
			return r;
		key = strip(line);
		if (*key == '[')
			inside = strcmp(key, section) == 0;
		value = strchr(key, '=');
		if (!inside || !value || *key == '#' || *key == ';')
			continue;
		*value++ = '\0';
		r = strcmp(strip(key), name) == 0 ? take(data, strip(value)) : 0;
		if (r != 0)
			return r;
	}
}
