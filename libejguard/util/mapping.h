/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which file a piece of this process's memory was mapped from. */
#ifndef EJG_UTIL_MAPPING_H
#define EJG_UTIL_MAPPING_H

/*
 * Whether the address lies in a mapping of the file that is open as fd.
 *
 * Return: 1 when it does, 0 when not, or a negative errno when that cannot be seen.
 */
int mapping_is_of(const void *address, int fd);

#endif
