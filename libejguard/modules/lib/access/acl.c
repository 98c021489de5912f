/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/lib/access/acl.h"

#include <acl/libacl.h>
#include <errno.h>
#include <stdio.h>

#include "libejguard/modules/lib/access/access.h"

void acl_fd_path(int fd, char path[ACL_PATH_SIZE])
{
	snprintf(path, ACL_PATH_SIZE, "/proc/self/fd/%d", fd);
}

int acl_get(int fd, acl_type_t type, acl_t *ret)
{
	char path[ACL_PATH_SIZE];

	acl_fd_path(fd, path);
	*ret = acl_get_file(path, type);
	if (*ret || errno == ENOTSUP)
		return 0;
	return errno == ENOMEM || errno == ENOENT || errno == EACCES ? -errno : -EIO;
}

int acl_part(acl_entry_t entry, struct acl_part *ret)
{
	struct acl_part part = {};
	acl_permset_t permissions;
	void *id;

	if (acl_get_tag_type(entry, &part.tag) < 0 || acl_get_permset(entry, &permissions) < 0)
		return -EIO;
	if (part.tag == ACL_USER || part.tag == ACL_GROUP) {
		id = acl_get_qualifier(entry);
		if (!id)
			return -ENOMEM;
		part.id = *(id_t *)id;
		acl_free(id);
	}
	part.rights = (acl_get_perm(permissions, ACL_READ) == 1 ? ACCESS_READ : 0) |
		      (acl_get_perm(permissions, ACL_WRITE) == 1 ? ACCESS_WRITE : 0) |
		      (acl_get_perm(permissions, ACL_EXECUTE) == 1 ? ACCESS_EXECUTE : 0);
	*ret = part;
	return 0;
}

int acl_part_set(acl_entry_t entry, unsigned int rights)
{
	acl_permset_t permissions;

	if (acl_get_permset(entry, &permissions) < 0 || acl_clear_perms(permissions) < 0 ||
	    (rights & ACCESS_READ && acl_add_perm(permissions, ACL_READ) < 0) ||
	    (rights & ACCESS_WRITE && acl_add_perm(permissions, ACL_WRITE) < 0) ||
	    (rights & ACCESS_EXECUTE && acl_add_perm(permissions, ACL_EXECUTE) < 0))
		return -EIO;
	return 0;
}

unsigned int acl_mask(acl_t acl)
{
	acl_entry_t entry;
	struct acl_part part;

	for (int r = acl_get_entry(acl, ACL_FIRST_ENTRY, &entry); r == 1;
	     r = acl_get_entry(acl, ACL_NEXT_ENTRY, &entry))
		if (acl_part(entry, &part) == 0 && part.tag == ACL_MASK)
			return part.rights;
	return ACCESS_READ | ACCESS_WRITE | ACCESS_EXECUTE;
}
