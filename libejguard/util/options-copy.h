/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Public structures that begin with their size: an older program's is shorter, a newer one's longer than ours. */
#ifndef EJG_UTIL_OPTIONS_COPY_H
#define EJG_UTIL_OPTIONS_COPY_H

#include <errno.h>
#include <stddef.h>
#include <string.h>

enum { OPTIONS_MAX_SIZE = 4096 }; /* more is not a size but a member that was never set */

/*
 * Copies a structure into ours, of size bytes and zeroed; NULL leaves it so. -EINVAL when the size cannot be, or a
 * member that we do not know is not zero: what it asks for could not be done.
 */
static inline int options_copy(void *ours, size_t size, const void *theirs)
{
	const unsigned char *bytes = theirs;
	size_t their_size;

	if (!theirs)
		return 0;
	memcpy(&their_size, theirs, sizeof(their_size));
	if (their_size < sizeof(their_size) || their_size > OPTIONS_MAX_SIZE)
		return -EINVAL;
	for (size_t i = size; i < their_size; i++) {
		if (bytes[i] != 0)
			return -EINVAL;
	}
	memcpy(ours, theirs, their_size < size ? their_size : size);
	return 0;
}

#endif
