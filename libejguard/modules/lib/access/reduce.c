/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Removes permissions. The same descriptor is used to check a file and to change it: if somebody replaces the name or
 * plants a link, no other file is changed.
 */
#include <acl/libacl.h>
#include <errno.h>

#include "libejguard/modules/lib/access/access.h"
#include "libejguard/modules/lib/access/acl.h"

struct reduction {
	const struct access_trust *trust;
	mode_t allowed;
	mode_t type;
	mode_t mode;	/* before */
	mode_t reduced; /* the new mode */
	bool group_trusted;
	bool acl; /* it has an ACL with more entries than its mode */
	char path[ACL_PATH_SIZE];
	bool dry;
};

static int error_of(int error)
{
	switch (error) {
	case EPERM:
	case EROFS:
	case ENOMEM:
		return -error;
	case EACCES:
		return -EPERM;
	default:
		return -EIO;
	}
}

static bool is_named(const struct acl_part *part)
{
	return part->tag == ACL_USER || part->tag == ACL_GROUP;
}

/* The rights that an entry may keep: a user or group that is not trusted may keep those of everybody. */
static unsigned int limit_of(const struct reduction *reduction, const struct acl_part *part)
{
	const unsigned int owner = reduction->allowed >> 6 & 7, group = reduction->allowed >> 3 & 7;
	const struct access_entry named = { .kind = part->tag == ACL_USER ? ACCESS_USER : ACCESS_GROUP,
					    .id = part->id };

	switch (part->tag) {
	case ACL_USER_OBJ:
		return owner;
	case ACL_OTHER:
		return reduction->allowed & 7;
	case ACL_MASK:
		return group;
	case ACL_GROUP_OBJ:
		return reduction->group_trusted ? group : group & reduction->allowed;
	default:
		return access_trusted(reduction->trust, &named) ? group : group & reduction->allowed;
	}
}

/*
 * True if the entry should be removed because no right is left. It stays if its user would otherwise get more rights
 * from a group or as everybody: a user with an own entry gets no rights from other entries (acl(5)).
 */
static bool is_removed(const struct reduction *reduction, const struct acl_part *part, unsigned int otherwise,
		       unsigned int mask)
{
	return is_named(part) && part->rights && !(part->rights & limit_of(reduction, part)) &&
	       !(otherwise & ~(part->rights & mask));
}

/* The most rights that a user without an own entry can have. */
static int find_otherwise(const struct reduction *reduction, acl_t acl, unsigned int mask, unsigned int *ret)
{
	unsigned int rights = 0;
	acl_entry_t entry;

	for (int id = ACL_FIRST_ENTRY; acl_get_entry(acl, id, &entry) == 1; id = ACL_NEXT_ENTRY) {
		struct acl_part part;
		int r = acl_part(entry, &part);

		if (r < 0)
			return r;
		if (part.tag == ACL_GROUP_OBJ || part.tag == ACL_GROUP)
			rights |= part.rights & limit_of(reduction, &part) & mask;
		else if (part.tag == ACL_OTHER)
			rights |= part.rights & limit_of(reduction, &part);
	}
	*ret = rights;
	return 0;
}

/* Copies an entry with fewer rights. */
static int keep_part(acl_t *acl, acl_entry_t entry, unsigned int rights)
{
	acl_entry_t copy;

	if (acl_create_entry(acl, &copy) < 0)
		return -ENOMEM;
	return acl_copy_entry(copy, entry) < 0 ? -EIO : acl_part_set(copy, rights);
}

static int count_kept(const struct reduction *reduction, acl_t acl, unsigned int otherwise, size_t *ret)
{
	const unsigned int mask = acl_mask(acl);
	acl_entry_t entry;

	*ret = 0;
	for (int id = ACL_FIRST_ENTRY; acl_get_entry(acl, id, &entry) == 1; id = ACL_NEXT_ENTRY) {
		struct acl_part part;
		int r = acl_part(entry, &part);

		if (r < 0)
			return r;
		*ret += is_named(&part) && !is_removed(reduction, &part, otherwise, mask);
	}
	return 0;
}

/*
 * Makes an ACL with fewer rights. The mask stays while any user or group is named; without them the group's entry is
 * limited as the mask did. Return: 1 when rights were removed, 0 when none had to be, -EIO, -ENOMEM.
 */
static int narrow(const struct reduction *reduction, acl_t acl, acl_t *ret)
{
	cleanup_acl acl_t kept = acl_init(acl_entries(acl));
	const unsigned int mask = acl_mask(acl);
	unsigned int otherwise = 0;
	bool narrower = false;
	acl_entry_t entry;
	size_t n_named;
	int r = kept ? find_otherwise(reduction, acl, mask, &otherwise) : -ENOMEM;

	if (r == 0)
		r = count_kept(reduction, acl, otherwise, &n_named);
	for (int id = ACL_FIRST_ENTRY; r == 0 && acl_get_entry(acl, id, &entry) == 1; id = ACL_NEXT_ENTRY) {
		struct acl_part part;
		unsigned int rights;

		r = acl_part(entry, &part);
		if (r < 0)
			return r;
		rights = part.rights & limit_of(reduction, &part);
		narrower = narrower || rights != part.rights;
		if (is_removed(reduction, &part, otherwise, mask) || (part.tag == ACL_MASK && n_named == 0))
			continue;
		if (part.tag == ACL_GROUP_OBJ && n_named == 0)
			rights &= mask;
		r = keep_part(&kept, entry, rights);
	}
	if (r < 0)
		return r;
	*ret = take_ptr(kept);
	return narrower;
}

/* Reduces the ACL of one type. Return: 1 when it was (or, dry, would be) reduced, 0, or a negative errno. */
static int reduce_acl(const struct reduction *reduction, int fd, acl_type_t type)
{
	cleanup_acl acl_t acl = NULL, kept = NULL;
	int r = acl_get(fd, type, &acl);

	if (r < 0 || !acl || acl_entries(acl) == 0 || (type == ACL_TYPE_ACCESS && acl_entries(acl) <= 3))
		return r;
	r = narrow(reduction, acl, &kept);
	if (r <= 0 || reduction->dry)
		return r;
	return acl_set_file(reduction->path, type, kept) < 0 ? error_of(errno) : 1;
}

/*
 * The new mode. With an ACL the group bits are its mask, which also limits trusted users; narrow() removes the rights
 * of the other users in the ACL.
 */
static mode_t reduce_mode(const struct reduction *reduction, bool acl)
{
	mode_t allowed = reduction->allowed;

	if (!acl && !reduction->group_trusted)
		allowed &= ~(mode_t)S_IRWXG | (allowed & 7) << 3;
	return reduction->mode & allowed;
}

static int has_acl(int fd)
{
	cleanup_acl acl_t acl = NULL;
	int r = acl_get(fd, ACL_TYPE_ACCESS, &acl);

	return r < 0 ? r : acl && acl_entries(acl) > 3;
}

static bool is_changeable(mode_t mode, unsigned int flags)
{
	return S_ISREG(mode) || S_ISDIR(mode) || (S_ISSOCK(mode) && flags & ACCESS_SOCKETS);
}

static bool is_owner_expected(const struct stat *st, const struct access_trust *trust, unsigned int flags)
{
	const struct access_entry owner = { .kind = ACCESS_OWNER, .id = st->st_uid };

	return st->st_uid == 0 ? flags & ACCESS_ROOT_TOO : access_trusted(trust, &owner);
}

/* Removes only these bits from the current mode: the change of the ACL may have removed others already. */
static int change_mode(const struct reduction *reduction, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	return chmod(reduction->path, st.st_mode & 07777 & ~(reduction->mode & ~reduction->reduced));
}

/* Makes the change. Return: 1 when anything was (would be) changed, 0, or a negative errno. */
static int reduce(const struct reduction *reduction, int fd, bool *ret_acl)
{
	bool changed = reduction->reduced != reduction->mode;
	int r = 0;

	/* Without group bits no named user or group has a right: the mode is sufficient then. */
	if (reduction->acl && reduction->reduced & S_IRWXG)
		r = reduce_acl(reduction, fd, ACL_TYPE_ACCESS);
	if (r < 0)
		return r;
	*ret_acl = r > 0;
	if (changed && !reduction->dry && change_mode(reduction, fd) < 0)
		return error_of(errno);
	if (S_ISDIR(reduction->type))
		r = reduce_acl(reduction, fd, ACL_TYPE_DEFAULT);
	if (r < 0)
		return r;
	*ret_acl = *ret_acl || r > 0;
	return changed || *ret_acl;
}

/* Reads the file's state. Return: 0, or as access_reduce(). */
static int look(struct reduction *reduction, int fd, const struct stat *st)
{
	const struct access_entry group = { .kind = ACCESS_GROUP, .id = st->st_gid };
	int acl = 0;

	reduction->type = st->st_mode & S_IFMT;
	reduction->mode = st->st_mode & 07777;
	reduction->group_trusted = access_trusted(reduction->trust, &group);
	acl_fd_path(fd, reduction->path);
	if (reduction->mode & S_IRWXG)
		acl = has_acl(fd);
	if (acl < 0)
		return acl;
	reduction->acl = acl;
	reduction->reduced = reduce_mode(reduction, acl);
	return 0;
}

int access_reduce(int fd, mode_t allowed, const struct access_trust *trust, unsigned int flags,
		  struct access_change *ret)
{
	struct reduction reduction = { .trust = trust, .allowed = allowed, .dry = true };
	struct access_change change = {};
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return -EIO;
	change.before = change.after = st.st_mode & 07777;
	*ret = change;
	if (!is_changeable(st.st_mode, flags))
		return ACCESS_REFUSED_TYPE;
	r = look(&reduction, fd, &st);
	if (r == 0)
		r = reduce(&reduction, fd, &change.acl);
	if (r <= 0)
		return r < 0 ? r : ACCESS_UNCHANGED;
	if (!is_owner_expected(&st, trust, flags))
		return ACCESS_REFUSED_OWNER;
	if (!S_ISDIR(st.st_mode) && st.st_nlink > 1)
		return ACCESS_REFUSED_LINKS;
	reduction.dry = flags & ACCESS_DRY;
	change.after = reduction.reduced;
	if (!reduction.dry) {
		r = reduce(&reduction, fd, &change.acl);
		if (r < 0)
			return r;
		if (fstat(fd, &st) == 0)
			change.after = st.st_mode & 07777;
	}
	*ret = change;
	return ACCESS_REDUCED;
}
