/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The members of struct settings, for the readers that fill them in and for what is derived from them. */
#ifndef EJG_SERVICE_BASE_SETTINGS_STRUCT_H
#define EJG_SERVICE_BASE_SETTINGS_STRUCT_H

#include "libejguard/service/base/erl-flags.h"
#include "libejguard/service/base/source.h"
#include "libejguard/service/base/variables.h"

struct service_kind;

/* The names of struct ejg_setting that are variables, in its order. */
#define SETTING_NAMES                                                                                                  \
	"ERLANG_NODE", "FIREWALL_WINDOW", "INET_DIST_INTERFACE", "ERL_DIST_PORT", "ERL_EPMD_ADDRESS", "ERL_EPMD_PORT", \
		"ERL_OPTIONS", "CONFIG_DIR", "EJABBERDCTL_CONFIG_PATH", "EJABBERD_CONFIG_PATH", "VMARGS", "SPOOL_DIR", \
		"LOGS_DIR", "EJABBERD_LOG_PATH", "EJABBERD_PID_PATH", "ERL_INETRC", "ERL_CRASH_DUMP",                  \
		"ERL_CRASH_DUMP_BYTES", "CONTRIB_MODULES_PATH", "CONTRIB_MODULES_CONF_DIR", "HOME", "XDG_CONFIG_HOME"

/* The unit that starts the service. */
struct unit_facts {
	const char *path; /* of its fragment; NULL: no unit */
	const char *user; /* of User=, or NULL */
	struct ejg_origin user_origin;
	const char *command; /* of ExecStart=, or NULL */
	struct ejg_origin command_origin;
	const char *umask; /* of UMask=, or NULL */
	struct ejg_origin umask_origin;
	const char *line;    /* the last ExecStart=, verbatim, or NULL */
	const char *problem; /* why its settings cannot be determined, or NULL */
	struct ejg_origin problem_origin;
};

/* The sources of erl's flags, in erl's order. The script's own flags follow those of ERL_OPTIONS. */
enum flag_source { FLAGS_AFLAGS, FLAGS_OPTIONS, FLAGS_FILE, FLAGS_FLAGS, FLAGS_ZFLAGS, N_FLAG_SOURCES };

struct flag_list {
	struct erl_flag *items;
	size_t n;
};

/* The place where a distribution range is set. */
struct dist_source {
	const char *what; /* FIREWALL_WINDOW, ERL_DIST_PORT, ERL_OPTIONS, vm.args */
	struct ejg_port_range range;
	struct ejg_origin origin;
};

/* The distribution ports that follow from the settings. */
struct dist {
	enum ejg_dist_state state;
	const char *note;
	struct ejg_origin origin;      /* of the value in effect, or of the value that cannot be determined */
	struct dist_source sources[4]; /* the one in effect first */
	size_t n_sources;
	uint16_t also[2]; /* other ports for connections between nodes; private too */
	size_t n_also;
};

/* A file that ejabberdctl.cfg reads. */
struct cfg_file {
	const char *path;
	struct ejg_origin origin; /* of the statement */
};

/* A name that a line of it is to set, and does not: NAME = value. */
struct cfg_name {
	const char *name;
	struct ejg_origin origin;
};

/* Everything that is read about a service. The first members select what is read. */
struct settings {
	struct arena *arena;
	const struct settings_source *source;
	const char *service;
	const struct service_kind *kind; /* NULL: determined by the programs of its units */
	const char *const *units;	 /* of the service, ended by NULL */
	const char *const *epmd_units;	 /* of epmd: services and sockets, ended by NULL; or NULL */
	const char *config_dir;		 /* of the facts, or NULL */
	bool plain;			 /* only ejabberdctl.cfg can be read: no script, no unit */
	struct ejg_origin config_from;	 /* EJG_ORIGIN_STACK: search only there */
	bool read;			 /* the members below are filled in */
	struct variables variables;
	struct unit_facts unit;
	const char *layout;
	const char *script; /* path of ejabberdctl, as it is called; NULL: not found */
	struct ejg_origin script_origin;
	const char *real_script;    /* the last script of a chain of wrappers */
	const char *script_problem; /* why it cannot be read, or NULL */
	const char *strange_line;   /* "FILE:LINE" of the script, if it handles arguments in an unknown way */
	bool wrapped;		    /* script is not real_script */
	bool sourced;		    /* ejabberdctl.cfg was read */
	bool has_functions;	    /* the script has defined functions before it reads ejabberdctl.cfg */
	bool uses_dist_port;	    /* the script uses ERL_DIST_PORT */
	bool uses_etc_dir;	    /* the script's name for CONFIG_DIR, up to release 21.12 */
	bool uses_inet6;	    /* the script adds -proto_dist inet6_tcp for an IPv6 INET_DIST_INTERFACE */
	const char *cfg_path;
	const char *cfg_problem; /* why it cannot be read, or NULL */
	bool cfg_missing;
	uint32_t cfg_opaque_line;   /* of the first statement that could set anything; 0: no such statement */
	const char *cfg_opaque_why; /* constant text */
	struct cfg_file cfg_files[8];
	unsigned int n_cfg_files;
	struct cfg_name cfg_commands[8];
	unsigned int n_cfg_commands;
	uint32_t epmd_line; /* line of the cfg that names ERL_EPMD_PORT; or 0 */
	struct flag_list flags[N_FLAG_SOURCES];
	const char *flags_problem; /* why the flags cannot be determined, or NULL */
	struct ejg_origin flags_origin;
	const struct dist *dist;	/* result of dist_read(); NULL: not called yet */
	const struct ejg_setting *list; /* of settings_collect(), as above */
	size_t n_list;
	/* For other kinds than ejabberd: */
	const char *root;		  /* of the release, or NULL */
	const char *root_name;		  /* of its script, or NULL */
	const char *root_version;	  /* or NULL */
	unsigned int n_sourced;		  /* files that its script reads by `.` and that were read */
	const struct erl_flag *name_flag; /* the effective -name or -sname, or NULL */
};

#endif
