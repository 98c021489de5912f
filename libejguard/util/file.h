/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens files without side effects, and reads them as a whole. */
#ifndef EJG_UTIL_FILE_H
#define EJG_UTIL_FILE_H

#include <sys/types.h>

/*
 * Reads a file from the descriptor's position to the end and adds a NUL byte. The caller frees the text. Buffers that
 * became too small are wiped, because the text may be a secret.
 * @limit: bytes; a larger file is not read
 *
 * Return: 0, -EFBIG, -ENOMEM, any errno of read(2). The outputs are untouched on failure.
 */
int file_read_all(int fd, size_t limit, char **ret_text, size_t *ret_size);

/*
 * Reads until the end, or until the buffer is full. Return: the bytes read, or any errno of read(2).
 */
ssize_t file_read_some(int fd, void *ret, size_t n);

/*
 * Opens the file behind a descriptor (also an O_PATH one) for reading, without another lookup of its name. Needs /proc.
 * Return: a descriptor, or any errno of open(2).
 */
int file_reopen(int fd);

/*
 * Opens a regular file for reading, and follows links. It never opens any other file: opening a device may have
 * effects, opening a FIFO may block (open(2), O_PATH). Needs /proc.
 *
 * Return: a descriptor; -EINVAL when it is not a regular file, any errno of open(2).
 */
int file_open_regular(const char *path);

/*
 * Replaces a whole file in a folder, or leaves it as it was: writes a new file with mode 0600, syncs it to the disk and
 * renames it. On failure it leaves no other file. Return: 0 or any errno of open(2), write(2), rename(2).
 */
int file_replace(int folder, const char *name, const char *text);

#endif
