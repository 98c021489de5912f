/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The files that ejabberd.yml names: includes, certificates and keys, folders that ejabberd serves or writes, unix
 * sockets, programs that it runs. Only the configuration itself is opened: the caller checks whether these files exist,
 * and their type.
 */
#ifndef EJG_LIB_YML_PATHS_H
#define EJG_LIB_YML_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum yml_path_kind {
	YML_PATH_CONFIG,      /* the configuration, or a file that it includes or loads: may contain passwords */
	YML_PATH_CERTIFICATE, /* certfiles, certfile: a certificate, its private key, or both; may be a pattern */
	YML_PATH_CA,	      /* CA certificates and revocation lists: not secret */
	YML_PATH_DHFILE,      /* Diffie-Hellman parameters: not secret, must not be writable by others */
	YML_PATH_KEY,	      /* another secret: a JWT key, a file that contains a password */
	YML_PATH_UPLOAD,      /* folder of uploads (mod_http_upload) */
	YML_PATH_DOCROOT,     /* folder that is published on the web (mod_http_fileserver and similar modules) */
	YML_PATH_LOG,	      /* a log file in the configuration: accesslog, spam_dump_file */
	YML_PATH_DATABASE,    /* a database file: sql_database of sqlite */
	YML_PATH_SOCKET,      /* unix socket of a listener: "unix:..." */
	YML_PATH_PROGRAM,     /* a program that ejabberd runs (captcha_cmd, extauth_program), or its argument */
	YML_PATH_DATA,	      /* another file that is read: translations, host-meta, spam lists, templates */
};

struct yml_path {
	enum yml_path_kind kind;
	const char *path;   /* absolute, keywords replaced; if `pattern` is set, to be expanded as glob(7) */
	bool pattern;	    /* contains *, ? or [: filelib:wildcard (certfiles only) */
	bool argument;	    /* an argument of a program, not the program itself */
	bool of_map;	    /* one of a map of hosts to paths */
	bool script;	    /* what the program of a command line, an interpreter, reads and runs */
	const char *option; /* "certfiles", "listen/ejabberd_c2s/certfile", "modules/mod_http_upload/docroot" */
	const char *host;   /* the virtual host to which it applies, or NULL for all */
	mode_t mode;	    /* set by ejabberd (file_mode, dir_mode, a socket's mode), or 0 if it sets none */
	const char *file;   /* where it is written */
	uint32_t line;	    /* 0: a default, not written anywhere */
	uint32_t column;
};

/* The reason why something could not be read or decided. */
enum yml_problem_kind {
	YML_ABSENT,	   /* the configuration does not exist */
	YML_UNSEEN,	   /* the caller may not read it */
	YML_REFUSED,	   /* ejabberd does not start with this, or does not load it */
	YML_UNBOUNDED,	   /* it is larger, deeper or more nested than the limits here */
	YML_INDETERMINATE, /* it depends on the node's environment, or on something only a running node shows */
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
	const struct yml_path *items; /* items[0] is the configuration itself, if it exists */
	size_t n;
	const struct yml_problem *problems;
	size_t n_problems;
};

/* True if the pattern is safe for glob(3): more open components, or alternatives, could take very long. */
bool yml_pattern_is_simple(const char *pattern);

#endif
