/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions for POSIX ACLs of open files. */
#ifndef EJG_LIB_ACCESS_ACL_H
#define EJG_LIB_ACCESS_ACL_H

#include <sys/acl.h>
#include <sys/types.h>

/* "/proc/self/fd/N": the path by which the ACL of an O_PATH descriptor is read and changed. */
enum { ACL_PATH_SIZE = 32 };
void acl_fd_path(int fd, char path[ACL_PATH_SIZE]);

/*
 * The ACL of an open file; *ret is NULL if the file system has no ACLs. A file without an ACL gets the ACL that its
 * mode means; a folder without a default ACL has an empty one.
 *
 * Return: 0; -ENOENT without /proc, -EACCES, -EIO, -ENOMEM.
 */
int acl_get(int fd, acl_type_t type, acl_t *ret);

/* The parts of an ACL entry. */
struct acl_part {
	acl_tag_t tag;
	id_t id; /* of ACL_USER and ACL_GROUP */
	unsigned int rights;
};
int acl_part(acl_entry_t entry, struct acl_part *ret);
int acl_part_set(acl_entry_t entry, unsigned int rights);

/* The rights of the mask, or all rights without a mask. */
unsigned int acl_mask(acl_t acl);

static inline void acl_free_ptr(acl_t *acl)
{
	if (*acl)
		acl_free(*acl);
}
#define cleanup_acl __attribute__((cleanup(acl_free_ptr)))

#endif
