/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds who is trusted with which files, and whether only root can change a path. */
#include <errno.h>

#include "libejguard/modules/files/files.h"

int files_find_trust(struct files *files)
{
	struct access_service logs;
	int r = access_service_find(files->arena, files->facts, files->survey, NULL, &files->service);

	if (r == 0)
		r = access_service_find(files->arena, files->facts, files->survey, &files->config->groups, &logs);
	if (r < 0)
		return r;
	files->trust[TRUST_SERVICE] = files->service.trust;
	files->trust[TRUST_LOGS] = logs.trust;
	files->trust[TRUST_KEYS] = files->service.key_readers;
	return 0;
}

int files_is_roots(struct files *files, const char *path)
{
	cleanup_access_path struct access_path found = ACCESS_PATH_NULL;
	const char *problem;
	int r = access_walk(files->scratch, files->facts->root, path, ACCESS_FOLLOW, NULL, &found, &problem);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	return found.fd >= 0 && !access_replaceable(&found, NULL) &&
	       !(access_exposed(&found.access, NULL, NULL) & ACCESS_WRITE);
}
