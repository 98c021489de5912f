/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reasons against writing, replacing or repairing a cookie file: for apply, and for a dry run of it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libejguard/modules/cookie/cookie.h"
#include "libejguard/util/cleanup.h"

bool cookie_has_folder(const struct cookie_file *file)
{
	const struct access_step *last = file->walk.n_steps ? &file->walk.steps[file->walk.n_steps - 1] : NULL;

	return last && !last->link && last->next && strcmp(last->next, strrchr(file->path, '/') + 1) == 0;
}

/*
 * True if a link that others than root can have made leads out of the service's own folders. With a link to / or to the
 * home folder of root's nodes, the service would get access to a cookie of root, or could put its own there.
 */
static bool is_led_away(const struct audit *audit, const struct cookie_file *file)
{
	struct access_path way = file->walk;

	while (way.n_steps > 0 && !way.steps[way.n_steps - 1].link)
		way.n_steps--;
	return way.n_steps > 0 && access_replaceable(&way, NULL) &&
	       file->walk.steps[file->walk.n_steps - 1].access.owner != audit->host.service.uid;
}

int cookie_open_folder(struct audit *audit, const struct cookie_file *file, const char **ret_problem)
{
	const struct access_step *step = access_replaceable(&file->walk, &audit->host.service.trust), *last;
	cleanup_fd int fd = -1;
	struct stat st;

	*ret_problem = NULL;
	if (file->link || !cookie_has_folder(file)) {
		*ret_problem = file->link ? "it is a symbolic link" : "its folder does not exist";
		return -ENOENT;
	}
	if (is_led_away(audit, file)) {
		*ret_problem = "a symbolic link that other users can create leads to its folder, which does not belong "
			       "to the service";
		return -EPERM;
	}
	last = &file->walk.steps[file->walk.n_steps - 1];
	if (step) {
		*ret_problem = audit_text(audit, "others may write to the folder %s", step->path);
		return -EPERM;
	}
	fd = open(last->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_dev != last->access.device || st.st_ino != last->access.inode)
		return -EAGAIN;
	return take_fd(fd);
}

/* The reason why no file can be put there; NULL: nothing forbids it. */
static const char *forbids_put(struct audit *audit, const struct cookie_file *file)
{
	const char *problem = NULL;
	cleanup_fd int folder = cookie_open_folder(audit, file, &problem);

	if (folder < 0 && !problem)
		problem = audit_text(audit, "its folder cannot be opened: %s", strerror(-folder));
	return problem;
}

const char *forbids_create(struct audit *audit, const struct cookie_file *file)
{
	const char *problem = running_node(audit);

	if (!problem && !audit->host.service.known)
		problem = "the service's user is not known";
	return problem ? problem : forbids_put(audit, file);
}

const char *forbids_rotate(struct audit *audit, const struct cookie_file *file)
{
	const char *problem;

	if (audit->host.facts->n_peers)
		return "the service has peers, and in a cluster all nodes must get the new cookie at once";
	if (audit->option)
		return audit_text(audit, "the option at %s sets one, which is in effect", audit->option);
	problem = running_node(audit);
	if (!problem)
		problem = unseen_node(audit);
	if (problem)
		return problem;
	if (!audit->host.service.known)
		return "the service's user is not known";
	if (file->link)
		return "it is a symbolic link";
	if (!S_ISREG(file->walk.access.mode))
		return "it is not a regular file";
	return forbids_put(audit, file);
}

/* A file whose owner is neither root nor the service contains that owner's cookie. */
const char *forbids_repair(struct audit *audit, const struct cookie_file *file)
{
	const struct access_step *step = access_replaceable(&file->walk, &audit->host.service.trust);

	if (!audit->host.service.known)
		return "the service's user is not known";
	if (file->link)
		return "it is a symbolic link";
	if (file->walk.access.links != 1)
		return "it has other names (hard links)";
	/* The folder may belong to the service, which could link a secret of root's here to get access to it. */
	if (file->walk.access.owner == 0 && audit->host.service.uid != 0 && !audit->read)
		return "it belongs to root and does not contain a cookie";
	if (is_led_away(audit, file))
		return "a symbolic link that other users can create leads to its folder, which does not belong to the "
		       "service";
	if (file->walk.access.owner != 0 && file->walk.access.owner != audit->host.service.uid)
		return "it belongs to another user, who knows the cookie: rotate=weak replaces it";
	return step ? audit_text(audit, "others may write to the folder %s", step->path) : NULL;
}
