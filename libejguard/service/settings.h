/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The settings of a service: the values that its start script (ejabberdctl) would set, read without running anything.
 * The names are those of struct ejg_setting.
 */
#ifndef EJG_SERVICE_SETTINGS_H
#define EJG_SERVICE_SETTINGS_H

#include <ejguard/facts.h>

#include "libejguard/service/base/source.h"
#include "libejguard/util/arena.h"

/*
 * The settings that were read. They are read once, at the first request: facts and survey use the same values, so they
 * cannot disagree. settings-struct.h has the members.
 */
struct settings;

/*
 * New settings, not read yet. All memory comes from the arena, now and later; the arguments must live as long. units:
 * the units that may start the service, ended by NULL.
 * Return: the settings, or NULL without memory.
 */
struct settings *settings_new(struct arena *arena, const struct settings_source *source, const char *service,
			      const char *const *units);

/*
 * Sets the configuration folder of the facts (NULL: none) and its origin. If the start script itself named the folder,
 * the settings stay as they are; otherwise the next request reads them again, because its defaults are known only now.
 */
void settings_set_folder(struct settings *s, const char *config_dir, const struct ejg_origin *from);

/*
 * All settings of the service, each name of struct ejg_setting at least once. The notes say what could not be read.
 * They are valid as long as s. Return: 0, -ENOMEM.
 */
int settings_collect(struct settings *s, const struct ejg_setting **ret, size_t *ret_n);

#endif
