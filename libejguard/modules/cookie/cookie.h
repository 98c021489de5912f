/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module `cookie`: declarations that its parts share. See ejguard-cookie(8). */
#ifndef EJG_COOKIE_COOKIE_H
#define EJG_COOKIE_COOKIE_H

#include <ejguard/module.h>

#include "libejguard/modules/lib/cookie/places.h"

enum cookie_rotate {
	COOKIE_ROTATE_NO,
	COOKIE_ROTATE_WEAK,
};

struct cookie_config {
	bool create;
	bool repair;
	unsigned int rotate; /* enum cookie_rotate */
	uint64_t min_length;
	const char *file; /* or NULL: search for it */
};

struct cookie_state {
	bool changed;		    /* this run created, repaired or rotated */
	bool not_created;	    /* this run failed to create one: Erlang must not create it now */
	struct cookie_vault *vault; /* of the current operation */
};

/* Contains all copies of a cookie. */
struct cookie_vault {
	struct vault vault;
	unsigned char random[32];
};

/* Reasons to replace a cookie. */
enum cookie_reason {
	COOKIE_GUESSABLE = 1 << 0,
	COOKIE_EXPOSED = 1 << 1,
	COOKIE_UNUSABLE = 1 << 2,
};

/* The action of an apply, for a dry run. */
enum cookie_foresee {
	COOKIE_FORESEE_NOTHING,
	COOKIE_FORESEE_CREATE,
	COOKIE_FORESEE_REPAIR,
	COOKIE_FORESEE_ROTATE,
};

struct foreseen {
	enum cookie_foresee what;
	enum cookie_foresee refused; /* an action that apply should do and cannot; the reason is in problem, or NULL */
	const char *problem;
	const char *path; /* of the file */
};

/* The state of one operation. */
struct audit {
	struct ejg_call *call;
	const struct cookie_config *config;
	struct cookie_host host;
	struct cookie_vault *vault;
	struct cookie_places places;
	bool quiet;		 /* do not make findings */
	enum ejg_severity worst; /* of all findings */
	bool blind;		 /* something relevant could not be seen */
	bool read;		 /* the vault has the cookie of the first place */
	bool judged;		 /* a cookie was read and judged, from any place */
	bool mendable;		 /* repair=yes would correct owner or permissions of the first place's file */
	const char *option;	 /* "FILE:LINE" of an option that sets the cookie at a start, or NULL */
	bool ignored;		 /* several options give one, so that none of them counts */
	bool argument;		 /* a node was started with a cookie as an argument */
	unsigned int reasons;	 /* of enum cookie_reason, of the first place */
	struct foreseen foreseen;
};

/* audit.c */
int audit_begin(struct ejg_call *call, bool quiet, struct audit *ret);
void audit_end(struct audit *audit);
/*
 * Makes a finding, unless the audit is quiet.
 * @subject: for example a process; NULL for a file, which is in place
 * @place:   or NULL
 */
void audit_say(struct audit *audit, const char *id, const char *subject, const struct ejg_place *place,
	       const char *format, ...) __attribute__((format(printf, 5, 6)));
#define audit_text(audit, ...) cookie_text(&(audit)->host, __VA_ARGS__)
/* The file of the next start, as text for messages. */
const char *audit_file(struct audit *audit);

/* advice.c: remedies to paste. */
const char *advise_owner(const struct audit *audit);
const char *advise_quoted(struct audit *audit, const char *path);
/* How to replace a cookie that rotate=weak would replace, and how to replace any other. */
const char *advise_rotate(struct audit *audit, const char *path);
const char *advise_create(struct audit *audit, const char *path);
const char *advise_remove(struct audit *audit, const char *path);
const char *advise_home(struct audit *audit, const char *path);

/* file.c: checks the file's properties, then its bytes. Return: true if the cookie was read. */
bool judge_file(struct audit *audit, struct cookie_file *file, bool first, struct cookie *ret);

/* value.c: judges the strength. first: it is the cookie of the next start. */
void judge_value(struct audit *audit, const struct cookie *cookie, const char *subject, const struct ejg_place *place,
		 bool first);
/* The same for a cookie that a node has from an argument, of which Erlang takes what it refuses in a file. */
void judge_given(struct audit *audit, enum cookie_form form, const struct cookie *cookie, const char *subject,
		 const struct ejg_place *place);

/* nodes.c: checks the arguments of running nodes, and whether they can have read this file. */
void judge_nodes(struct audit *audit);
/* A running node or tool of the service: a sentence, or NULL. */
const char *running_node(struct audit *audit);
/* The reason why a node may run that is not among the processes: a sentence, or NULL. Other users can cause it (epmd
 * accepts any name). */
const char *unseen_node(struct audit *audit);

/* options.c: finds cookies that a start would receive as an option. */
int judge_options(struct audit *audit, bool released);

/* check.c: examines everything. Return: 0, -ENOMEM, -ECANCELED. */
int audit_look(struct audit *audit);

/* forbids.c: true if the walk to a file reached the folder that contains it or will contain it. */
bool cookie_has_folder(const struct cookie_file *file);
/* Opens that folder, and checks that it is still the same. Return: a descriptor, or a negative errno. */
int cookie_open_folder(struct audit *audit, const struct cookie_file *file, const char **ret_problem);
/* The reason why the action would be refused now, as a clause; NULL: nothing forbids it. */
const char *forbids_create(struct audit *audit, const struct cookie_file *file);
const char *forbids_rotate(struct audit *audit, const struct cookie_file *file);
const char *forbids_repair(struct audit *audit, const struct cookie_file *file);

/* foresee.c: plans an apply, from an audit that has examined everything. */
void foresee_apply(struct audit *audit, struct foreseen *ret);
/* Reports what the apply would do and what it could not do. */
void foresee_tell(struct audit *audit);

/* write.c */
struct new_cookie {
	int folder;	  /* of the folder */
	const char *name; /* in the folder */
	uid_t uid;
	gid_t gid;
	bool replace; /* replace an existing file; otherwise an existing file is an error */
};
/*
 * Writes a new cookie of 256 bits as 64 hexadecimal digits, atomically and synced to the disk. Return: 0 or negative
 * errno; *ret_step then names the failed step in a clause.
 */
int write_cookie(struct cookie_vault *vault, const struct new_cookie *new, const char **ret_step);

/* The operations. */
int cookie_check(struct ejg_call *call);
int cookie_prepare(struct ejg_call *call);
int cookie_apply(struct ejg_call *call);
int cookie_release(struct ejg_call *call, enum ejg_release_scope scope);

#endif
