/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/script/cfg-source.h"

#include <errno.h>
#include <string.h>

#include "libejguard/service/script/cfg.h"
#include "libejguard/service/script/doubt.h"
#include "libejguard/util/cleanup.h"

/* The line of a name in the text, outside of comment lines; 0 if it does not occur. */
static uint32_t mentioned(const char *text, size_t size, const char *name)
{
	const char *end = text + size;
	uint32_t line = 1;

	for (const char *at = text; at < end; line++) {
		const char *newline = memchr(at, '\n', end - at);
		const char *stop = newline ? newline : end;

		while (at < stop && (*at == ' ' || *at == '\t'))
			at++;
		if (at < stop && *at != '#' && memmem(at, stop - at, name, strlen(name)))
			return line;
		at = stop + 1;
	}
	return 0;
}

int cfg_source(struct settings *s, const char *script, const char *path)
{
	cleanup_source_text struct source_text source = { 0 };
	struct ejg_origin origin = { .kind = EJG_ORIGIN_DISCOVERED };
	int r;

	s->sourced = true;
	r = settings_read(s->arena, s->source, path, &source);
	if (r < 0)
		return r;
	s->cfg_path = origin.file = source.path;
	s->cfg_missing = source.missing;
	s->cfg_problem = source.problem;
	if (source.problem)
		doubt_all(s, &origin, source.problem);
	if (!source.text)
		return 0;
	s->epmd_line = mentioned(source.text, source.size, "ERL_EPMD_PORT");
	cfg_read(s, script, source.text, source.size);
	origin.line = s->cfg_opaque_line;
	if (origin.line)
		doubt_all(s, &origin, "the effect of this line cannot be determined");
	return arena_failed(s->arena) ? -ENOMEM : 0;
}
