/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdarg.h>
#include <stdio.h>

#include "libejguard/modules/leaks/leaks.h"

void hunt_say(struct hunt *hunt, const char *id, const char *file, uint32_t line, const char *format, ...)
{
	const struct ejg_place place = { .file = file, .line = line };
	cleanup_free char *message = NULL;
	enum ejg_severity severity;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&message, format, ap) < 0)
		message = NULL;
	va_end(ap);
	severity = ejg_call_finding_at(hunt->call, id, NULL, &place, "%s", message ? message : "out of memory");
	if (severity > hunt->worst)
		hunt->worst = severity;
}

const char *hunt_readers(struct hunt *hunt, const struct access_path *file)
{
	const struct access_trust *trust = &hunt->host.service.trust;
	const char *who;

	if (!(access_exposed(&file->access, &file->reach, trust) & ACCESS_READ))
		return NULL;
	who = access_describe(hunt->host.arena, &file->access, &file->reach, trust, ACCESS_READ);
	return who ? who : "others";
}

void hunt_say_copy(struct hunt *hunt, const char *path, const struct access_path *file, uint32_t line)
{
	const char *readers = hunt_readers(hunt, file);

	if (readers)
		hunt_say(hunt, "copy-readable", path, line,
			 "contains the cookie, too, and %s can read it there and take over the node", readers);
	else
		hunt_say(hunt, "copy", path, line, "contains the cookie, too: one more place to keep private");
}
