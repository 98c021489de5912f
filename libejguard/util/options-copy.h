/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copies public structures that begin with their size: an older program's is shorter, a newer one's
 * longer.
 */
#ifndef EJG_UTIL_OPTIONS_COPY_H
#define EJG_UTIL_OPTIONS_COPY_H

#include <errno.h>
#include <stddef.h>
#include <string.h>

enum { OPTIONS_MAX_SIZE = 4096 }; /* a larger value is a member that was never set */

/*
 * Copies a structure into ours, which has size bytes and is zeroed; NULL leaves it zeroed. -EINVAL when the size is
 * impossible, or when a member that we do not know is not zero: its request could not be fulfilled.
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
