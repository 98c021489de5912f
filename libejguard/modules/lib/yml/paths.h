/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The files that ejabberd.yml names: what it includes, certificates and keys, folders that it serves or fills, unix
 * sockets, programs that it runs. Nothing but the configuration itself is opened: whether these files exist, and what
 * they are, is for the caller to see.
 */
#ifndef EJG_LIB_YML_PATHS_H
#define EJG_LIB_YML_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum yml_path_kind {
	YML_PATH_CONFIG,      /* the configuration itself, or a file that it includes or loads: may hold passwords */
	YML_PATH_CERTIFICATE, /* certfiles, certfile: a certificate, its private key, or both; may be a pattern */
	YML_PATH_CA,	      /* CA certificates and revocation lists: nothing secret */
	YML_PATH_DHFILE,      /* Diffie-Hellman parameters: nothing secret, must not be writable by others */
	YML_PATH_KEY,	      /* another secret: a JWT key, a file that holds a password */
	YML_PATH_UPLOAD,      /* folder of uploads (mod_http_upload) */
	YML_PATH_DOCROOT,     /* folder that is served to the world (mod_http_fileserver and its like) */
	YML_PATH_LOG,	      /* a log file that is named in the configuration: accesslog, spam_dump_file */
	YML_PATH_DATABASE,    /* a database file: sql_database of sqlite */
	YML_PATH_SOCKET,      /* unix socket of a listener: "unix:..." */
	YML_PATH_PROGRAM,     /* a program that ejabberd runs (captcha_cmd, extauth_program), or is handed */
	YML_PATH_DATA,	      /* another file that is read: translations, host-meta, spam lists, templates */
};

struct yml_path {
	enum yml_path_kind kind;
	const char *path;   /* absolute, keywords replaced; a pattern where it says so, to be expanded as glob(7) */
	bool pattern;	    /* holds *, ? or [: filelib:wildcard (certfiles only) */
	bool argument;	    /* of a program: handed to it, not the program itself */
	const char *option; /* "certfiles", "listen/ejabberd_c2s/certfile", "modules/mod_http_upload/docroot" */
	const char *host;   /* virtual host for which it counts, or NULL for all */
	mode_t mode;	  /* that ejabberd gives it (file_mode, dir_mode, a socket's mode), or 0 where it gives none */
	const char *file; /* where it stands written */
	uint32_t line;	  /* 0: a default, it stands nowhere */
	uint32_t column;
};

/* What stands in the way of an answer. */
enum yml_problem_kind {
	YML_ABSENT,	   /* there is no configuration */
	YML_UNSEEN,	   /* the caller may not read it */
	YML_REFUSED,	   /* ejabberd does not start with this, or not load it */
	YML_UNBOUNDED,	   /* it is larger, deeper or more entangled than is read here */
	YML_INDETERMINATE, /* it depends on the environment of the node, or on what only running it shows */
};

struct yml_problem {
	enum yml_problem_kind kind;
	const char *text; /* one sentence */
	bool unseen;	  /* kind is YML_UNSEEN */
	const char *file;
	uint32_t line;
	uint32_t column;
};

struct yml_paths {
	const struct yml_path *items; /* items[0] is the configuration itself, where there is one */
	size_t n;
	const struct yml_problem *problems;
	size_t n_problems;
};

/* Whether glob(3) can be asked for a pattern: with more open components, or alternatives, it could be busy for ever. */
bool yml_pattern_is_simple(const char *pattern);

#endif
