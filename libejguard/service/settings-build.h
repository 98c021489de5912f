/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files that read the settings share, and nobody else includes but their tests. */
#ifndef EJG_SERVICE_SETTINGS_BUILD_H
#define EJG_SERVICE_SETTINGS_BUILD_H

#include "libejguard/service/script/cfg.h"
#include "libejguard/service/settings.h"
#include "libejguard/util/arena.h"

enum settings_limits {
	SETTINGS_MAX_VARIABLES = 1024, /* one more, and what the others are is no longer told */
	SETTINGS_MAX_EARLIER = 64,     /* values of one variable that are kept besides the last one */
	SETTINGS_MAX_WRAPPERS = 4,     /* scripts that execute the next one */
};

/* A value that something gave to a variable. */
struct occurrence {
	const struct occurrence *earlier; /* what it replaces, or NULL */
	const char *text;		  /* NULL: it cannot be told */
	const char *why;		  /* why not; else NULL */
	bool doubtful;			  /* nothing is written there for sure: earlier may be in effect */
	struct ejg_origin origin;
};

struct variable {
	const char *name;
	const struct occurrence *now; /* NULL: unset */
	unsigned int n_earlier;
	bool exported;
};

/* The variables of a shell. */
struct variables {
	struct arena *arena;
	struct variable *items;
	size_t n;
	bool overflow; /* some were left out */
};

/* What is known of the unit that starts the service. */
struct unit_facts {
	const char *path; /* of its fragment; NULL: there is none */
	const char *user; /* of User=, or NULL */
	struct ejg_origin user_origin;
	const char *command; /* of ExecStart=, or NULL */
	struct ejg_origin command_origin;
	const char *problem; /* why what it sets cannot be told, or NULL */
	struct ejg_origin problem_origin;
};

/* A flag of erl among arguments, or a key of -kernel or a name of -env. */
struct erl_flag {
	const char *name;  /* "-setcookie", "-kernel inet_dist_use_interface", "-env NAME" */
	const char *value; /* or NULL; that of a cookie is *** */
	struct ejg_origin origin;
};

/* Where erl gets its flags from, in its order. The script's own are behind those of ERL_OPTIONS. */
enum flag_source { FLAGS_AFLAGS, FLAGS_OPTIONS, FLAGS_FILE, FLAGS_FLAGS, FLAGS_ZFLAGS, N_FLAG_SOURCES };

struct flag_list {
	struct erl_flag *items;
	size_t n;
};

/* Everything that is read of a service, in the making. */
struct settings {
	struct arena *arena;
	const struct settings_source *source;
	const char *service;
	const char *const *units;      /* of the service, ended by NULL */
	const char *config_dir;	       /* of the facts, or NULL */
	bool plain;		       /* only ejabberdctl.cfg is there to be read: no script, no unit */
	struct ejg_origin config_from; /* EJG_ORIGIN_STACK decides where to look */
	struct variables variables;
	struct unit_facts unit;
	const char *layout;
	const char *script; /* path of ejabberdctl, as it is called; NULL: none was found */
	struct ejg_origin script_origin;
	const char *real_script;    /* the one at the end of a chain of wrappers */
	const char *script_problem; /* why it cannot be read, or NULL */
	const char *strange_line;   /* "FILE:LINE" of the script where it deals with arguments as no known one does */
	bool wrapped;		    /* script is not real_script */
	bool sourced;		    /* ejabberdctl.cfg was read */
	bool uses_dist_port;	    /* the script knows ERL_DIST_PORT */
	bool uses_etc_dir;	    /* the script calls CONFIG_DIR so, as it did up to release 21.12 */
	bool uses_inet6;	    /* the script adds -proto_dist inet6_tcp for an IPv6 INET_DIST_INTERFACE */
	const char *cfg_path;
	struct ctl_cfg cfg;
	const char *cfg_problem; /* why it cannot be read, or NULL */
	bool cfg_missing;
	uint32_t epmd_line; /* of the cfg, where it names ERL_EPMD_PORT; or 0 */
	struct flag_list flags[N_FLAG_SOURCES];
	const char *flags_problem; /* why the flags cannot be told, or NULL */
	struct ejg_origin flags_origin;
};

/* Variables. Without memory the arena remembers it. */
void variable_set(struct variables *v, const char *name, const char *text, const char *why,
		  const struct ejg_origin *origin);
/* The value becomes another one, and keeps its place. */
void variable_extend(struct variables *v, const char *name, const char *text, const char *why);
/* Something at the origin may have set it, or not. */
void variable_doubt(struct variables *v, const char *name, const char *why, const struct ejg_origin *origin);
void variable_unset(struct variables *v, const char *name);
void variable_export(struct variables *v, const char *name);
struct variable *variable_find(const struct variables *v, const char *name, size_t length);
/* What the variable is now; NULL when it is unset. */
const struct occurrence *variable_get(const struct variables *v, const char *name);
/* The same, NULL also when it is empty: ejabberdctl tells no difference. */
const struct occurrence *variable_filled(const struct variables *v, const char *name);
/* "FILE:LINE" */
const char *origin_place(struct arena *arena, const struct ejg_origin *origin);

/* A file of the service's own configuration. */
struct source_text {
	char *text; /* empty when there is no such file */
	size_t size;
	const char *path;    /* links followed, for people */
	const char *problem; /* why it could not be read, or NULL */
	bool missing;
};

void source_text_done(struct source_text *source);
#define cleanup_source_text __attribute__((cleanup(source_text_done)))

/* Files below the source's root. Paths are absolute, as the service sees them. Return: a descriptor or -errno. */
int settings_open(const struct settings_source *source, const char *path, int flags);
bool settings_exists(const struct settings_source *source, const char *path);
/* Where the path leads, links followed; NULL when nowhere, or without memory. */
const char *settings_resolve(struct arena *arena, const struct settings_source *source, const char *path);
/*
 * Reads it, as `[ -f path ] && . path` would: whatever is no regular file behind its links is as good as missing.
 * Return: 0, also when it is missing or cannot be read, or -ENOMEM.
 */
int settings_read(struct arena *arena, const struct settings_source *source, const char *path, struct source_text *ret);
/*
 * The names in a folder that begin with prefix and end with suffix, sorted as versions are. None when there is no such
 * folder. Return: 0, -ENOMEM.
 */
int settings_list(struct arena *arena, const struct settings_source *source, const char *folder, const char *prefix,
		  const char *suffix, const char *const **ret, size_t *ret_n);
/* The source of an image's settings, or of the system's: root "" or NULL. Return: 0, -ENOMEM. */
int settings_source_at(struct arena *arena, const char *root, struct settings_source *ret);
/* Looks a user up by name. *ret_home is NULL when there is no such user. Return: 0, -ENOMEM. */
int settings_home(struct arena *arena, const struct settings_source *source, const char *user, const char **ret_home);

/* The value of a word of the shell: text, or why it cannot be told. */
struct word_value {
	const char *text;
	const char *why;
};

struct shell {
	struct settings *settings;
	const char *path; /* of the script, as it is called */
	enum ejg_origin_kind kind;
	uint32_t line;
};

/* Where the shell is. */
struct ejg_origin shell_origin(const struct shell *shell);

/*
 * Expands one word at *at, up to an unquoted blank, newline or one of ;&|<>() and moves *at behind it. ${NAME:=word}
 * assigns. Return: false when it is not a word that is understood; *at is then somewhere inside.
 */
bool shell_word(struct shell *shell, const char **at, const char *end, struct word_value *ret);

/*
 * Runs through a script in the mind: presets, defaults, ejabberdctl.cfg where it is sourced. What is conditional and
 * cannot be decided makes its variables indeterminate. path is what `exec` calls next when the script is a wrapper.
 * Return: 0, -ENOMEM.
 */
int script_read(struct settings *s, const char *path, const char *text, size_t size, enum ejg_origin_kind kind,
		const char **ret_next);

/* The folder of the configuration, whatever the script calls it. */
const struct occurrence *settings_config_dir(const struct settings *s);

/* Reads the unit: its environment into the variables, the rest into s->unit. Return: 0, -ENOMEM. */
int unit_read(struct settings *s);
/* One file of a unit, for unit_read(). */
struct unit_file {
	const char *path;
	bool dropin;
};
/*
 * The fragment and the drop-ins of a unit in the order in which systemd reads them. *ret_n is 0 when there is no
 * fragment. Return: 0, -ENOMEM.
 */
int unit_files(struct arena *arena, const struct settings_source *source, const char *name,
	       const struct unit_file **ret, size_t *ret_n);

/* Finds the start script and what kind of installation it belongs to. Return: 0, -ENOMEM. */
int layout_find(struct settings *s);
/* The name of the layout, once the script was read. */
const char *layout_name(const struct settings *s);
/* Version of ejabberd and release of Erlang/OTP. value NULL: unknown. Return: 0, -ENOMEM. */
int layout_version(struct settings *s, const char **ret, struct ejg_origin *ret_origin);
int layout_otp(struct settings *s, const char **ret, struct ejg_origin *ret_origin);

/* Fills in s, of which arena, source, service, units, config_dir and config_from are given. Return: 0, -ENOMEM. */
int settings_read_all(struct settings *s);

/*
 * The flags in text, in the order in which erl sees them. file: it is a file for -args_file. *ret_n is at most 1024;
 * *ret_complete says whether that is all. Return: 0, -ENOMEM.
 */
int erl_flags_read(struct arena *arena, const char *text, size_t size, bool file, const struct ejg_origin *origin,
		   struct erl_flag **ret, size_t *ret_n, bool *ret_complete);

/* Reads the flags of all sources, and gives what -env sets to the variables. Return: 0, -ENOMEM. */
int flags_read(struct settings *s);

/* Where a distribution range is written. */
struct dist_source {
	const char *what; /* FIREWALL_WINDOW, ERL_DIST_PORT, ERL_OPTIONS, vm.args */
	struct ejg_port_range range;
	struct ejg_origin origin;
};

/* What the settings come to for the distribution. */
struct dist {
	enum ejg_dist_state state;
	const char *note;
	struct ejg_origin origin;      /* of what is in effect, or of what cannot be told */
	struct dist_source sources[4]; /* the one in effect first */
	size_t n_sources;
};

/* The distribution range by the rules of ejabberdctl and erl. Return: 0, -ENOMEM. */
int dist_read(struct settings *s, struct dist *ret);

#endif
