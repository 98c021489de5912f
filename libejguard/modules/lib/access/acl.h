/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* POSIX ACLs by descriptor. */
#ifndef EJG_LIB_ACCESS_ACL_H
#define EJG_LIB_ACCESS_ACL_H

#include <sys/acl.h>
#include <sys/types.h>

/* "/proc/self/fd/N": how the kernel is asked for the ACL of an O_PATH descriptor, or to change it. */
enum { ACL_PATH_SIZE = 32 };
void acl_fd_path(int fd, char path[ACL_PATH_SIZE]);

/*
 * The ACL of an open file; *ret is NULL where the file system has none. A file without one has the ACL that its mode
 * says; a folder without a default ACL has an empty one.
 *
 * Return: 0; -ENOENT without /proc, -EACCES, -EIO, -ENOMEM.
 */
int acl_get(int fd, acl_type_t type, acl_t *ret);

/* An entry of an ACL, taken apart. */
struct acl_part {
	acl_tag_t tag;
	id_t id; /* of ACL_USER and ACL_GROUP */
	unsigned int rights;
};
int acl_part(acl_entry_t entry, struct acl_part *ret);
int acl_part_set(acl_entry_t entry, unsigned int rights);

/* The rights of the mask, or all where there is none. */
unsigned int acl_mask(acl_t acl);

static inline void acl_free_ptr(acl_t *acl)
{
	if (*acl)
		acl_free(*acl);
}
#define cleanup_acl __attribute__((cleanup(acl_free_ptr)))

#endif
