/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/applied.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "libejguard/core/caller.h"
#include "libejguard/core/trust.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/file.h"

#define BY "# By "

/* The first line: BY, the name of a user (32 bytes, useradd(8)) and that of a cgroup (255), with room to spare. */
enum { MAX_BY = 512 };

static const char name[] = APPLIED_NAME;

static void put_word(FILE *out, const char *word)
{
	fputc(' ', out);
	if (*word && !strpbrk(word, " \t#\"\\")) {
		fputs(word, out);
		return;
	}
	fputc('"', out);
	for (; *word; word++) {
		if (*word == '"' || *word == '\\')
			fputc('\\', out);
		fputc(*word, out);
	}
	fputc('"', out);
}

static bool names_file(const struct setting *setting)
{
	for (size_t i = 0; i < setting->n_values; i++)
		if (setting->values[i].text[0] == '@')
			return true;
	return false;
}

/* Writes the peers themselves: a file of peers may change, and the peers that were applied are kept. */
static void put_peers(FILE *out, const struct ejg_facts *facts)
{
	char text[EJG_PREFIX_TEXT_SIZE];

	for (size_t i = 0; i < facts->n_peers; i++) {
		const struct ejg_peer *peer = ejg_peer_get(facts, i);

		put_word(out, peer->name ? peer->name : ejg_prefix_format(&peer->prefix, text));
	}
	if (facts->n_peers == 0)
		fputs(" auto", out);
}

static void put_setting(FILE *out, const struct setting *setting, const struct ejg_facts *facts)
{
	fputs("set", out);
	put_word(out, setting->name.text);
	if (strcmp(setting->name.text, "peers") == 0 && names_file(setting)) {
		put_peers(out, facts);
	} else {
		for (size_t i = 0; i < setting->n_values; i++)
			put_word(out, setting->values[i].text);
	}
	fputc('\n', out);
}

static void put_line(FILE *out, const struct guard_line *line)
{
	static const char *const controls[] = {
		[CONTROL_REQUIRED] = "required", [CONTROL_REQUISITE] = "requisite", [CONTROL_OPTIONAL] = "optional"
	};

	fputs(controls[line->control], out);
	put_word(out, line->module.text);
	for (size_t i = 0; i < line->n_options; i++)
		put_word(out, line->options[i].text);
	fputc('\n', out);
}

/* False if the text exceeds the limits of a stack file (a file of peers may be larger): such a text is not kept. */
static bool is_readable(const char *text)
{
	const size_t size = strlen(text);
	const char *end;

	for (const char *line = text; (end = strchr(line, '\n')); line = end + 1) {
		size_t words = 1;

		for (const char *at = line; at < end; at++)
			words += *at == ' ';
		if (line[0] != '#' && (end - line > STACK_MAX_LINE || words > STACK_MAX_WORDS))
			return false;
	}
	return size <= STACK_MAX_FILE;
}

const char *applied_format(struct arena *arena, const struct stack *stack, const struct ejg_facts *facts)
{
	cleanup_free char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fprintf(out, "# What was applied last, from %s.\n", stack->file);
	for (size_t i = 0; i < stack->n_settings; i++)
		put_setting(out, &stack->settings[i], facts);
	for (size_t i = 0; i < stack->n_lines; i++)
		put_line(out, &stack->lines[i]);
	return fclose(out) == 0 ? arena_strdup(arena, text) : NULL;
}

static bool is_kept(int folder, const char *text)
{
	cleanup_free char *kept = NULL;
	cleanup_fd int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	const char *end;
	size_t size;

	if (fd < 0 || file_read_all(fd, strlen(text) + MAX_BY, &kept, &size) < 0)
		return false;
	end = strchr(kept, '\n');
	return end && strcmp(end + 1, text) == 0;
}

static int keep(struct arena *arena, int folder, const char *text)
{
	const char *by = caller_describe(arena);

	if (by)
		by = arena_printf(arena, BY "%.*s\n%s", (int)(MAX_BY - sizeof(BY)), by, text);
	return by ? file_replace(folder, name, by) : -ENOMEM;
}

void applied_keep(struct report *report, const char *rundir, const char *text, bool whole)
{
	cleanup_arena struct arena *arena = arena_new();
	cleanup_fd int folder = -1;
	const char *problem = "";
	int r = arena ? trusted_open_folder(arena, rundir, &folder, &problem) : -ENOMEM;

	if (r == 0 && text && is_kept(folder, text))
		return;
	whole = whole && (!text || is_readable(text));
	if (r == 0)
		r = !text ? -ENOMEM : whole ? keep(arena, folder, text) : 0;
	if (r == 0 && whole)
		return;
	if (folder >= 0)
		(void)unlinkat(folder, name, 0); /* the text that is kept is no longer in force */
	if (r < 0)
		report_error(report, 0, "applied-unkept", NULL, NULL, "cannot keep in '%s' what was applied: %s",
			     rundir, *problem ? problem : strerror(-r));
}

void applied_report(struct report *report, const char *rundir)
{
	cleanup_fd int folder = open(rundir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	cleanup_fd int fd = folder < 0 ? -1 : openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char text[MAX_BY] = "", when[sizeof("2026-11-30 12:00:00") + 4], message[MAX_BY + sizeof(when)];
	struct stat st;
	struct tm tm;

	if (fd < 0 || fstat(fd, &st) < 0 || file_read_some(fd, text, sizeof(text) - 1) < 0)
		return;
	if (!localtime_r(&st.st_mtime, &tm) || strftime(when, sizeof(when), "%F %T", &tm) == 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	if (strncmp(text, BY, strlen(BY)) != 0)
		return; /* another version kept it */
	snprintf(message, sizeof(message), "%s, by %s", when, text + strlen(BY));
	report_info(report, "policy", "applied", message);
}

void applied_forget(const char *rundir)
{
	cleanup_fd int folder = open(rundir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (folder >= 0)
		(void)unlinkat(folder, name, 0);
}
