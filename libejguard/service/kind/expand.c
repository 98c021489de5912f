/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/kind/expand.h"

#include <string.h>
#include <sys/utsname.h>

#include "libejguard/service/base/kind.h"
#include "libejguard/util/cleanup.h"

static const char *host_name(struct settings *s)
{
	const char *name = s->source->hostname;
	struct utsname host;

	if (!name)
		name = uname(&host) == 0 ? host.nodename : "localhost";
	return arena_strndup(s->arena, name, strcspn(name, "."));
}

/* Only a release of mix is called by the name of its script, and only such a release has a cookie file. */
static const char *release_name(struct settings *s)
{
	const char *cookie = s->root ? arena_printf(s->arena, "%s/releases/COOKIE", s->root) : NULL;

	return cookie && settings_exists(s->source, cookie) ? s->root_name : NULL;
}

/* The text for %LETTER, or NULL if it is not known. */
static const char *meaning(struct settings *s, char letter)
{
	const struct occurrence *folder;

	switch (letter) {
	case 'h':
		return host_name(s);
	case 'c':
		folder = variable_filled(&s->variables, "CONFIG_DIR");
		return folder ? folder->text : NULL;
	case 'r':
		return s->root;
	case 'v':
		return s->root_version;
	case 'n':
		return release_name(s);
	default:
		return NULL;
	}
}

static const char *expand_word(struct settings *s, const char *word, size_t length)
{
	const char *text = "", *end = word + length;

	while (word < end && text) {
		const size_t plain = strcspn(word, "% ");

		text = arena_printf(s->arena, "%s%.*s", text, (int)plain, word);
		word += plain;
		if (word < end && text) {
			const char *part = meaning(s, word[1]);

			text = part ? arena_printf(s->arena, "%s%s", text, part) : NULL;
			word += 2;
		}
	}
	return text;
}

const char *kind_expand(struct settings *s, const char *words)
{
	const char *last = NULL, *word;
	size_t n;

	while ((word = kind_next_word(&words, &n))) {
		const char *text = expand_word(s, word, n);

		if (text && text[0] == '/' && settings_exists(s->source, text))
			return text;
		last = text ? text : last;
	}
	return last;
}
