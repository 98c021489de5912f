/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of a unit file, by systemd.syntax(7). */
#ifndef EJG_UNIT_FILE_H
#define EJG_UNIT_FILE_H

/*
 * Calls take for each assignment of a name in a section, in their order; value is "" for one that clears the setting.
 * @section: with its brackets
 *
 * Return: 0, -ENOMEM, or what take returned, if that is not 0.
 */
int unit_file_read(const char *text, const char *section, const char *name, int (*take)(void *data, const char *value),
		   void *data);

#endif
