/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file that a part of this process's memory is mapped from. */
#ifndef EJG_UTIL_MAPPING_H
#define EJG_UTIL_MAPPING_H

/*
 * Checks that the address lies in a mapping of the open file fd.
 *
 * Return: 1 if it does, 0 if not, negative errno if /proc/self/maps cannot be read.
 */
int mapping_is_of(const void *address, int fd);

#endif
