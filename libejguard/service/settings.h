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

/* The names of struct ejg_setting that are variables, in its order. */
#define SETTING_NAMES \
	"ERLANG_NODE", "FIREWALL_WINDOW", "INET_DIST_INTERFACE", "ERL_DIST_PORT", "ERL_EPMD_ADDRESS", \
	"ERL_EPMD_PORT", "ERL_OPTIONS", "CONFIG_DIR", "EJABBERDCTL_CONFIG_PATH", "EJABBERD_CONFIG_PATH", \
	"VMARGS", "SPOOL_DIR", "LOGS_DIR", "EJABBERD_LOG_PATH", "EJABBERD_PID_PATH", "ERL_INETRC", \
	"ERL_CRASH_DUMP", "ERL_CRASH_DUMP_BYTES", "CONTRIB_MODULES_PATH", "CONTRIB_MODULES_CONF_DIR", "HOME", \
	"XDG_CONFIG_HOME"

/*
 * All settings of the service, each name of struct ejg_setting at least once. What cannot be read is said in the
 * notes. Memory comes from the arena.
 *
 * Return: 0, -ENOMEM.
 */
int settings_collect(struct arena *arena, const struct ejg_facts *facts, struct ejg_setting **ret, size_t *ret_n);

/* As settings_collect(), from the given source. */
int settings_collect_from(struct arena *arena, const struct ejg_facts *facts, const struct settings_source *source,
			  struct ejg_setting **ret, size_t *ret_n);

#endif
