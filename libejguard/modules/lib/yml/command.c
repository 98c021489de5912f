/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/lib/yml/command.h"

#include <stdbool.h>
#include <string.h>

#include "libejguard/util/arena.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/file.h"
#include "libejguard/util/root.h"

/* Between words; ':' and ',' too, because of lists such as a class path. */
static const char borders[] = " \t\"'=;|&:,";

static bool starts_with(const char *text, const char *begin)
{
	return strncmp(text, begin, strlen(begin)) == 0;
}

/* python3, /usr/bin/perl, ruby2.7: what may follow the name is a version. */
static bool is_interpreter(const char *word)
{
	static const char *const names[] = { "sh",  "bash",   "dash", "python", "perl",	 "php",	 "ruby",
					     "lua", "nodejs", "node", "env",	"tclsh", "java", "escript" };
	const char *slash = strrchr(word, '/'), *name = slash ? slash + 1 : word;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (starts_with(name, names[i]) &&
		    strspn(name + strlen(names[i]), "0123456789.") == strlen(name) - strlen(names[i]))
			return true;
	return false;
}

/* True for an option that takes no value: the word behind it is the script. */
static bool is_flag(const char *word)
{
	static const char *const flags[] = { "-u", "-q", "-B", "-O", "-f", "-jar", "-w",
					     "-E", "-s", "-I", "-T", "-i", "--" };

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (strcmp(word, flags[i]) == 0)
			return true;
	return false;
}

/* sh knows where the home folder is; other variables and patterns are known to it alone. */
static void expand(struct arena *arena, struct yml_word *word)
{
	static const char *const homes[] = { "~/", "$HOME/", "${HOME}/" };

	for (size_t i = 0; i < ARRAY_SIZE(homes); i++)
		if (starts_with(word->path, homes[i])) {
			word->path = arena_printf(arena, "@HOME@/%s", word->path + strlen(homes[i]));
			break;
		}
	if (word->path && (*word->path == '~' || strpbrk(word->path, "$`*?[\\")))
		word->note = "names a program in a way that only the shell can expand";
}

size_t yml_command(struct arena *arena, const char *text, struct yml_word ret[YML_MAX_WORDS])
{
	bool interpreted = false, scripted = false;
	const char *before = "";
	size_t n = 0;

	for (unsigned int i = 0; *text && i < YML_MAX_WORDS; i++) {
		const size_t length = strcspn(text, borders);
		const bool whole = i == 0 || strchr(" \t\"'", text[-1]);
		const char *word = length ? arena_strndup(arena, text, length) : NULL;
		const bool absolute = word && strchr("/~$", *word) && strchr(word, '/') && !starts_with(word, "//");

		text += length;
		text += strspn(text, borders);
		if (!word)
			continue;
		interpreted |= i == 0 && is_interpreter(word);
		/* ejabberd looks up the first word in its working directory too. */
		if ((absolute || (i == 0 && strchr(word, '/'))) && !starts_with(word, "/dev/") &&
		    !starts_with(word, "/proc/")) {
			ret[n] = (struct yml_word){ .path = word,
						    .kind = i == 0 ? YML_WORD_PROGRAM : YML_WORD_ARGUMENT };
			if (i > 0 && interpreted && whole && !scripted && (*before != '-' || is_flag(before)))
				ret[n].kind = YML_WORD_SCRIPT;
			scripted |= ret[n].kind == YML_WORD_SCRIPT;
			expand(arena, &ret[n]);
			n += ret[n].path != NULL;
		}
		before = word;
	}
	return n;
}

const char *yml_interpreter(struct arena *arena, const char *root, const char *path)
{
	static const char blanks[] = " \t";
	char line[256]; /* as much as the kernel reads (BINPRM_BUF_SIZE) */
	cleanup_fd int fd = root_open_regular(root, path);
	ssize_t n = fd < 0 ? -1 : file_read_some(fd, line, sizeof(line) - 1);
	char *at = line + 2, *end;

	if (n < 3 || line[0] != '#' || line[1] != '!')
		return NULL;
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	at += strspn(at, blanks);
	end = strpbrk(at, blanks);
	if (end && strstr(at, "/env") && end == strstr(at, "/env") + strlen("/env")) {
		char *program = strchr(end, '/');

		at = program ? program : at;
		end = program ? strpbrk(program, blanks) : end;
	}
	return *at == '/' ? arena_strndup(arena, at, end ? (size_t)(end - at) : strlen(at)) : NULL;
}
