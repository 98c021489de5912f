/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Dry run: folders that a repair would close are still open. The users who could reach their contents after the repair
 * are computed here, for every path to them.
 */
#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "libejguard/modules/files/mend.h"

struct foreseen_folder {
	dev_t device;
	ino_t inode;
	mode_t allowed;
	enum file_trust reader;
};

void foresee_limit(struct files *files, const struct object *object, struct access *access)
{
	if (object->limited)
		access_limit(access, object->allowed, &files->trust[file_policies[object->group].reader]);
}

int foresee_mend(struct files *files, struct object *object, mode_t allowed)
{
	struct foreseen_folder *grown;

	object->limited = true;
	object->allowed = allowed;
	if (!S_ISDIR(object->st.stx_mode))
		return 0;
	grown = arena_grow(files->arena, files->foreseen, files->n_foreseen, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	files->foreseen = grown;
	grown[files->n_foreseen++] =
		(struct foreseen_folder){ makedev(object->st.stx_dev_major, object->st.stx_dev_minor),
					  object->st.stx_ino, allowed, file_policies[object->group].reader };
	return 0;
}

static void limit_step(const struct files *files, struct access_step *step)
{
	for (size_t i = 0; i < files->n_foreseen; i++) {
		const struct foreseen_folder *folder = &files->foreseen[i];

		if (folder->inode == step->access.inode && folder->device == step->access.device)
			access_limit(&step->access, folder->allowed, &files->trust[folder->reader]);
	}
}

/* The users who can reach the entry, from its folder; everybody if that folder is not on the walked path. */
static struct access_reach reach_of(const struct access_path *path, size_t n_steps, const char *name,
				    const struct access_trust *trust)
{
	const char *slash = strrchr(name, '/');
	const size_t length = slash == name ? 1 : (size_t)(slash - name);

	while (name[1] && n_steps-- > 0) {
		const struct access_step *step = &path->steps[n_steps];

		if (!step->link && strlen(step->path) == length && strncmp(step->path, name, length) == 0)
			return access_reach_enter(&step->reach, &step->access, trust);
	}
	return access_reach_all();
}

void foresee_way(const struct files *files, struct access_path *path, const struct access_trust *trust)
{
	if (files->n_foreseen == 0)
		return;
	for (size_t i = 0; i < path->n_steps; i++) {
		limit_step(files, &path->steps[i]);
		path->steps[i].reach = reach_of(path, i, path->steps[i].path, trust);
	}
	path->reach = reach_of(path, path->n_steps, path->path, trust);
}
