/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The settings of a service: what its start script (ejabberdctl) would come to, read without running anything. See
 * struct ejg_setting for the names.
 */
#ifndef EJG_SERVICE_SETTINGS_H
#define EJG_SERVICE_SETTINGS_H

#include <ejguard/facts.h>

#include "libejguard/service/source.h"
#include "libejguard/util/arena.h"

/*
 * What was read of a service's settings. It is read when somebody first asks for it, and once: facts and survey come
 * from the same reading, so that they cannot disagree. settings-struct.h knows its parts.
 */
struct settings;

/* The names of struct ejg_setting that are variables, in its order. */
#define SETTING_NAMES \
	"ERLANG_NODE", "FIREWALL_WINDOW", "INET_DIST_INTERFACE", "ERL_DIST_PORT", "ERL_EPMD_ADDRESS", \
	"ERL_EPMD_PORT", "ERL_OPTIONS", "CONFIG_DIR", "EJABBERDCTL_CONFIG_PATH", "EJABBERD_CONFIG_PATH", \
	"VMARGS", "SPOOL_DIR", "LOGS_DIR", "EJABBERD_LOG_PATH", "EJABBERD_PID_PATH", "ERL_INETRC", \
	"ERL_CRASH_DUMP", "ERL_CRASH_DUMP_BYTES", "CONTRIB_MODULES_PATH", "CONTRIB_MODULES_CONF_DIR", "HOME", \
	"XDG_CONFIG_HOME"

/*
 * Settings that nobody has read yet. All memory comes from the arena, now and later; the arguments must live as long.
 * units: those that may start the service, ended by NULL.
 * Return: the settings, or NULL without memory.
 */
struct settings *settings_new(struct arena *arena, const struct settings_source *source, const char *service,
			      const char *const *units);

/*
 * Says which folder of configuration the facts have come to (NULL: none), and from where. What was read before stands
 * where the start script itself named the folder; else the next who asks reads again, for only now its defaults are known.
 */
void settings_set_folder(struct settings *s, const char *config_dir, const struct ejg_origin *from);

/*
 * All settings of the service, each name of struct ejg_setting at least once. What cannot be read is said in the
 * notes. They live as long as s. Return: 0, -ENOMEM.
 */
int settings_collect(struct settings *s, const struct ejg_setting **ret, size_t *ret_n);

#endif
