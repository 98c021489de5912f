/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the tests of access rights: files of several users and groups, and the users that the service trusts. */
#ifndef EJG_TEST_ACCESS_BED_H
#define EJG_TEST_ACCESS_BED_H

#include <sys/acl.h>

#include "libejguard/modules/lib/access/access.h"
#include "tests/unit/scratch.h"

enum { SERVICE = 4242, STRANGER = 4343, READERS = 4444, OTHERS = 4545 };

static const uid_t trusted_users[] = { SERVICE };
static const gid_t trusted_groups[] = { SERVICE, READERS };
static const struct access_trust trust = { trusted_users, 1, trusted_groups, 2 };

static inline void need_root(void)
{
	if (geteuid() != 0) {
		print_message("only root can give files to others\n");
		skip();
	}
}

static inline void give(struct scratch *scratch, const char *name, uid_t uid, gid_t gid, mode_t mode)
{
	assert_int_equal(chown(scratch_path(scratch, name), uid, gid), 0);
	assert_int_equal(chmod(scratch_path(scratch, name), mode), 0);
}

/* The folders above a test's private folder are not writable for others, except /tmp, which is sticky. */
static inline void walk(struct scratch *scratch, const char *name, unsigned int flags, struct access_path *path)
{
	const char *problem = "none";
	int r = access_walk(scratch->arena, NULL, name[0] == '/' ? name : scratch_path(scratch, name), flags, &trust,
			    path, &problem);

	if (r < 0)
		fail_msg("%s: %d, %s", name, r, problem);
}

static inline void set_acl(struct scratch *scratch, const char *name, acl_type_t type, const char *text)
{
	acl_t acl = acl_from_text(text);

	assert_non_null(acl);
	assert_int_equal(acl_set_file(scratch_path(scratch, name), type, acl), 0);
	acl_free(acl);
}

/* The rights of users other than the service and its readers. */
static inline unsigned int exposed(struct scratch *scratch, const char *name)
{
	cleanup_access_path struct access_path path = ACCESS_PATH_NULL;

	walk(scratch, name, 0, &path);
	return access_exposed(&path.access, &path.reach, &trust);
}

#endif
