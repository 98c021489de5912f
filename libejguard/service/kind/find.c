/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Determines the kind of a service. */
#include <errno.h>
#include <string.h>

#include "libejguard/service/base/kind.h"
#include "libejguard/service/kind/find.h"
#include "libejguard/service/kind/release.h"
#include "libejguard/service/unit/unit.h"
#include "libejguard/util/cleanup.h"

/* The row with this service name, which may end in ".service". */
static const struct service_kind *by_service(const char *name)
{
	const char *dot = strrchr(name, '.');
	const size_t length = dot && strcmp(dot, ".service") == 0 ? (size_t)(dot - name) : strlen(name);

	for (const char *const *kind = kind_names(); *kind; kind++)
		if (kind_has_word(kind_by_name(*kind)->services, name, length))
			return kind_by_name(*kind);
	return NULL;
}

/* The row whose files are in a folder. */
static const struct service_kind *by_folder(struct arena *arena, const struct settings_source *source,
					    const char *folder)
{
	for (const char *const *name = kind_names(); *name; name++) {
		const char *marks = kind_by_name(*name)->marks, *mark;
		size_t n;

		while ((mark = kind_next_word(&marks, &n))) {
			const char *path = arena_printf(arena, "%s/%.*s", folder, (int)n, mark);

			if (path && settings_exists(source, path))
				return kind_by_name(*name);
		}
	}
	return NULL;
}

int kind_find(struct arena *arena, const struct settings_source *source, const char *service, const char *const *units,
	      const char *config_dir, const struct service_kind **ret)
{
	struct settings s = { .arena = arena, .source = source, .service = service, .units = units };
	const struct service_kind *kind = by_service(service);
	int r = 0;

	for (const char *const *unit = units; !kind && *unit; unit++)
		kind = by_service(*unit);
	if (!kind)
		r = unit_find(&s);
	if (r < 0)
		return r;
	if (!kind && s.unit.line)
		kind = kind_by_command(s.unit.line);
	if (!kind && config_dir)
		kind = by_folder(arena, source, config_dir);
	*ret = kind ? kind : kind_by_name("erlang");
	return arena_failed(arena) ? -ENOMEM : 0;
}

int kind_find_stack(struct arena *arena, const struct settings_source *source, const char *service, const char **ret)
{
	const char *units[] = { arena_printf(arena, "%s.service", service), NULL };
	struct settings s = { .arena = arena, .source = source, .service = service, .units = units };
	const struct service_kind *kind = by_service(service);
	int r;

	if (!units[0])
		return -ENOMEM;
	r = unit_find(&s);
	if (r == 0)
		r = release_find(&s);
	if (r < 0)
		return r;
	if (!kind && s.unit.line)
		kind = kind_by_command(s.unit.line);
	if (!kind && s.root_version)
		kind = kind_by_name("erlang");
	/* the name of ejabberd's stack follows from its units */
	*ret = kind && !kind->has_script ? kind->known.name : NULL;
	return arena_failed(arena) ? -ENOMEM : 0;
}
