/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cleanup attributes: every local variable that owns something has one, so that a function can be checked for leaks
 * without reading its callees. take_ptr() and take_fd() transfer the ownership.
 */
#ifndef EJG_UTIL_CLEANUP_H
#define EJG_UTIL_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void ejg_free_ptr(void *p)
{
	free(*(void **)p);
}

static inline void ejg_close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void ejg_close_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

static inline void ejg_close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

#define cleanup_free __attribute__((cleanup(ejg_free_ptr)))
#define cleanup_fd __attribute__((cleanup(ejg_close_fd)))
#define cleanup_file __attribute__((cleanup(ejg_close_file)))
#define cleanup_dir __attribute__((cleanup(ejg_close_dir)))

#define take_ptr(p)                                                                                                    \
	({                                                                                                             \
		__typeof__(p) taken_ = (p);                                                                            \
		(p) = NULL;                                                                                            \
		taken_;                                                                                                \
	})

#define take_fd(fd)                                                                                                    \
	({                                                                                                             \
		int taken_ = (fd);                                                                                     \
		(fd) = -1;                                                                                             \
		taken_;                                                                                                \
	})

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
