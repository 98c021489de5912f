/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejabberdctl.cfg as a source of facts: reading it, and what it tells of epmd. The distribution is facts-dist.c's. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/facts-parts.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"

void source_text_done(struct source_text *source)
{
	free(source->text);
}

int source_text_read(struct arena *arena, const char *path, struct source_text *ret)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int r = fd < 0 ? -errno : 0;
	cleanup_free char *real = realpath(path, NULL);
	struct stat st;

	*ret = (struct source_text){ .path = arena_strdup(arena, real ? real : path) };
	if (!ret->path)
		return -ENOMEM;
	if (r == 0)
		r = fstat(fd, &st) < 0 ? -errno : S_ISREG(st.st_mode) ? 0 : -ENOENT;
	if (r == 0)
		r = facts_read_all(fd, CTL_MAX_FILE, &ret->text, &ret->size);
	if (r == -ENOMEM)
		return r;
	ret->missing = r == -ENOENT || r == -ENOTDIR || r == -ELOOP;
	if (r == -EFBIG)
		ret->problem = "it is larger than 1 MiB";
	else if (r < 0 && !ret->missing)
		ret->problem = arena_printf(arena, "it cannot be read (%s)", strerrordesc_np(-r));
	return 0;
}

/* Whether a name stands in the text outside of comment lines. Returns its line, or 0. */
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

/*
 * erl and epmd read ERL_EPMD_PORT from their environment, where only `export` brings it. Anything else that the file
 * does with that name is an error: to go on with 4369 would leave the real port open.
 */
static int discover_epmd(struct facts_build *b, const struct ctl_cfg *cfg, const struct source_text *source)
{
	static const char name[] = "ERL_EPMD_PORT";
	const struct ctl_value *value = ctl_cfg_get(cfg, name);
	const uint32_t line = source->text ? mentioned(source->text, source->size, name) : 0;
	struct position position = { .file = source->path, .line = value ? value->line : line, .column = 1 };
	uint16_t port;

	if (!value && (!cfg->opaque_line || line == 0))
		return 0;
	if (cfg->opaque_line || !value->text || !value->exported)
		return report_error(b->report, -EBADMSG, "fact-value", &position,
				    "write `set epmd PORT` into the stack",
				    "what becomes of %s cannot be told without running the file", name);
	if (port_parse(value->text, &port) < 0)
		return report_error(b->report, -EBADMSG, "fact-value", &position, "correct it",
				    "%s=\"%s\" is not a port", name, value->text);
	b->facts->epmd_port = port;
	b->facts->epmd_origin =
		(struct ejg_origin){ .kind = EJG_ORIGIN_DISCOVERED, .file = source->path, .line = value->line };
	return 0;
}

int facts_discover_ports(struct facts_build *b, bool epmd, bool dist)
{
	cleanup_source_text struct source_text source = { 0 };
	struct ctl_cfg cfg = { 0 };
	const char *path;
	int r;

	if (!b->facts->config_dir)
		return dist ? facts_discover_dist(b, NULL, NULL) : 0;
	path = arena_printf(b->arena, "%s/ejabberdctl.cfg", b->facts->config_dir);
	if (!path)
		return -ENOMEM;
	r = source_text_read(b->arena, path, &source);
	if (r < 0)
		return r;
	if (source.text) {
		r = ctl_cfg_parse(b->arena, source.text, source.size, &cfg);
		if (r < 0)
			return r;
	}
	r = dist ? facts_discover_dist(b, &cfg, &source) : 0;
	if (r < 0)
		return r;
	return epmd ? discover_epmd(b, &cfg, &source) : 0;
}
