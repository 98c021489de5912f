/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the type of a file and the rights to it. */
#include <acl/libacl.h>
#include <errno.h>

#include "libejguard/modules/lib/access/access.h"
#include "libejguard/modules/lib/access/acl.h"

static int add(struct arena *arena, struct access_entry **items, size_t *n, enum access_kind kind, id_t id,
	       unsigned int rights)
{
	struct access_entry *grown;

	if (!rights)
		return 0;
	grown = arena_grow(arena, *items, *n, sizeof(**items));
	if (!grown)
		return -ENOMEM;
	grown[(*n)++] = (struct access_entry){ kind, id, rights };
	*items = grown;
	return 0;
}

/* Adds the users and groups of an ACL; its entries are in the order of acl(5), others last. */
static int add_acl(struct arena *arena, acl_t acl, gid_t group, struct access_entry **items, size_t *n)
{
	unsigned int mask = acl_mask(acl);
	acl_entry_t entry;
	int r = 0;

	for (int id = ACL_FIRST_ENTRY; r == 0 && acl_get_entry(acl, id, &entry) == 1; id = ACL_NEXT_ENTRY) {
		struct acl_part part;

		r = acl_part(entry, &part);
		if (r < 0)
			return r;
		if (part.tag == ACL_USER)
			r = add(arena, items, n, ACCESS_USER, part.id, part.rights & mask);
		else if (part.tag == ACL_GROUP_OBJ)
			r = add(arena, items, n, ACCESS_GROUP, group, part.rights & mask);
		else if (part.tag == ACL_GROUP)
			r = add(arena, items, n, ACCESS_GROUP, part.id, part.rights & mask);
		else if (part.tag == ACL_OTHER)
			r = add(arena, items, n, ACCESS_EVERYBODY, 0, part.rights);
	}
	return r;
}

static int add_mode(struct arena *arena, struct access *access)
{
	int r = add(arena, &access->entries, &access->n_entries, ACCESS_GROUP, access->group, access->mode >> 3 & 7);

	if (r == 0)
		r = add(arena, &access->entries, &access->n_entries, ACCESS_EVERYBODY, 0, access->mode & 7);
	return r;
}

static int add_access_acl(struct arena *arena, int fd, struct access *access)
{
	cleanup_acl acl_t acl = NULL;
	int r;

	/* With an ACL the group bits of the mode are its mask: if they are 0, its entries give no rights (acl(5)). */
	if (!(access->mode & S_IRWXG))
		return add_mode(arena, access);
	r = acl_get(fd, ACL_TYPE_ACCESS, &acl);
	if (r < 0)
		return r;
	if (!acl || acl_entries(acl) <= 3)
		return add_mode(arena, access);
	access->acl = true;
	return add_acl(arena, acl, access->group, &access->entries, &access->n_entries);
}

static int add_default_acl(struct arena *arena, int fd, struct access *access)
{
	cleanup_acl acl_t acl = NULL;
	int r = acl_get(fd, ACL_TYPE_DEFAULT, &acl);

	if (r == 0 && acl && acl_entries(acl) > 0) {
		access->acl = true;
		r = add_acl(arena, acl, access->group, &access->inherited, &access->n_inherited);
	}
	return r;
}

int access_read(struct arena *arena, int fd, struct access *ret)
{
	struct access access = {};
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return -EIO;
	access.device = st.st_dev;
	access.inode = st.st_ino;
	access.mode = st.st_mode;
	access.owner = st.st_uid;
	access.group = st.st_gid;
	access.links = st.st_nlink;
	access.size = (uint64_t)st.st_size;
	r = add(arena, &access.entries, &access.n_entries, ACCESS_OWNER, st.st_uid,
		ACCESS_READ | ACCESS_WRITE | ACCESS_EXECUTE);
	if (r == 0 && !S_ISLNK(st.st_mode))
		r = add_access_acl(arena, fd, &access);
	if (r == 0 && S_ISDIR(st.st_mode))
		r = add_default_acl(arena, fd, &access);
	if (r < 0)
		return r;
	*ret = access;
	return 0;
}
