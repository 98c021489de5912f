/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/script/cfg-source.h"

#include <string.h>

#include "libejguard/service/settings.h"
#include "libejguard/util/cleanup.h"

const char *const settings_names[] = {
	SETTING_NAMES,
	/* those that become arguments of erl, or decide who runs it */
	"POLL",
	"ERL_PROCESSES",
	"EJABBERD_OPTS",
	"MNESIA_OPTIONS",
	"ERL_AFLAGS",
	"ERL_FLAGS",
	"ERL_ZFLAGS",
	"INSTALLUSER",
	"ETC_DIR",
	NULL,
};

void cfg_doubt(struct settings *s, const struct ejg_origin *origin, const char *why)
{
	/* the path of the file itself is used by then */
	for (const char *const *name = settings_names; *name; name++)
		if (strcmp(*name, "EJABBERDCTL_CONFIG_PATH") != 0)
			variable_doubt(&s->variables, *name, why, origin);
}

/* An assignment of the file, behind those that it replaces. */
static void take_value(struct settings *s, const struct ctl_value *value)
{
	const struct ctl_value *order[CTL_MAX_EARLIER + 1];
	size_t n = 0;

	for (const struct ctl_value *one = value; one && n < ARRAY_SIZE(order); one = one->earlier)
		order[n++] = one;
	while (value->assigned && n-- > 0) {
		const struct ejg_origin origin = { EJG_ORIGIN_DISCOVERED, s->cfg_path, order[n]->line };

		variable_set(&s->variables, value->name, order[n]->text, order[n]->why, &origin);
	}
	if (value->exported)
		variable_export(&s->variables, value->name);
}

/* Where a name stands in the text outside of comment lines; 0: nowhere. */
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

int cfg_source(struct settings *s, const char *path)
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
		cfg_doubt(s, &origin, source.problem);
	if (!source.text)
		return 0;
	s->epmd_line = mentioned(source.text, source.size, "ERL_EPMD_PORT");
	r = ctl_cfg_parse(s->arena, source.text, source.size, &s->cfg);
	for (size_t i = 0; r == 0 && i < s->cfg.n_values; i++)
		take_value(s, &s->cfg.values[i]);
	origin.line = s->cfg.opaque_line;
	if (r == 0 && origin.line)
		cfg_doubt(s, &origin, "this line could set anything");
	return r;
}
