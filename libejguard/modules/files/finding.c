/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdarg.h>

#include "libejguard/modules/files/files.h"

int files_fresh(struct files *files)
{
	arena_free(files->scratch);
	files->scratch = arena_new();
	return files->scratch ? 0 : -ENOMEM;
}

bool files_count(struct files *files, const char *id)
{
	return tally_add(&files->tally, id);
}

void files_tell(struct files *files, const char *id, const char *path, const struct ejg_place *where,
		const char *remedy, const char *format, ...)
{
	struct ejg_place place = where ? *where : (struct ejg_place){};
	enum ejg_severity severity;
	const char *message;
	va_list ap;

	va_start(ap, format);
	message = arena_vprintf(files->scratch, format, ap);
	va_end(ap);
	if (remedy)
		place.remedy = remedy;
	/* The place that names the path, or else the file itself. */
	if (!place.file)
		place.file = path;
	severity = ejg_call_finding_at(files->call, id, place.file == path ? NULL : path, &place, "%s",
				       message ? message : "");
	if (severity > files->worst)
		files->worst = severity;
}
