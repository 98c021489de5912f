/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module `cookie`: what its parts share. See ejguard-cookie(8). */
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
	const char *file; /* or NULL: found */
};

struct cookie_state {
	bool changed;		    /* this run created, repaired or rotated */
	bool not_created;	    /* this run should have created one: Erlang must not do so now */
	struct cookie_vault *vault; /* of the operation that is under way */
};

/* Where every byte of a cookie is kept. */
struct cookie_vault {
	struct vault vault;
	unsigned char random[32];
};

/* Why a cookie should be another one. */
enum cookie_reason {
	COOKIE_GUESSABLE = 1 << 0,
	COOKIE_EXPOSED = 1 << 1,
	COOKIE_UNUSABLE = 1 << 2,
};

/* What an apply would do, for a stack that is only tried. */
enum cookie_foresee {
	COOKIE_FORESEE_NOTHING,
	COOKIE_FORESEE_CREATE,
	COOKIE_FORESEE_REPAIR,
	COOKIE_FORESEE_ROTATE,
};

struct foreseen {
	enum cookie_foresee what;
	enum cookie_foresee refused; /* what it would want to do and could not; problem says why, or is NULL */
	const char *problem;
	const char *path; /* of the file */
};

/* One operation's look at everything. */
struct audit {
	struct ejg_call *call;
	const struct cookie_config *config;
	struct cookie_host host;
	struct cookie_vault *vault;
	struct cookie_places places;
	bool quiet;		 /* make no findings */
	enum ejg_severity worst; /* of all findings */
	bool blind;		 /* something that counts could not be seen */
	bool read;		 /* the vault's cookie is that of the first place */
	bool judged;		 /* the cookie was read and judged, wherever it is */
	bool mendable;		 /* owner or permissions of the first place's file are what repair=yes mends */
	const char *option;	 /* "FILE:LINE" of an option that sets the cookie of a start, or NULL */
	bool argument;		 /* a node runs with a cookie that it was given as an argument */
	unsigned int reasons;	 /* of enum cookie_reason, of the first place */
	struct foreseen foreseen;
};

/* audit.c */
int audit_begin(struct ejg_call *call, bool quiet, struct audit *ret);
void audit_end(struct audit *audit);
/*
 * Makes a finding, unless the audit is quiet.
 * @subject: a process, for one; NULL for a file, which place names
 * @place:   or NULL
 */
void audit_say(struct audit *audit, const char *id, const char *subject, const struct ejg_place *place,
	       const char *format, ...) __attribute__((format(printf, 5, 6)));
#define audit_text(audit, ...) cookie_text(&(audit)->host, __VA_ARGS__)
/* The file of the next start in words, for messages. */
const char *audit_file(struct audit *audit);

/* advice.c: remedies that can be pasted. */
const char *advise_owner(const struct audit *audit);
const char *advise_quoted(struct audit *audit, const char *path);
/* How to replace a cookie that rotate=weak would replace, and one that it would not. */
const char *advise_rotate(struct audit *audit, const char *path);
const char *advise_create(struct audit *audit, const char *path);
const char *advise_remove(struct audit *audit, const char *path);
const char *advise_home(struct audit *audit, const char *path);

/* file.c: file system's view; then the bytes. Return: whether the cookie was read. */
bool judge_file(struct audit *audit, struct cookie_file *file, bool first, struct cookie *ret);

/* value.c: how good it is. first: it is that of the next start. */
void judge_value(struct audit *audit, const struct cookie *cookie, const char *subject, const struct ejg_place *place,
		 bool first);

/* nodes.c: arguments of running nodes, and whether they can have read this file. */
void judge_nodes(struct audit *audit);
/* A node of the service or its tool that runs now: a sentence, or NULL. */
const char *running_node(struct audit *audit);
/* Why one may run that is not among the processes: a sentence, or NULL. Strangers can bring this about (epmd takes any
 * name). */
const char *unseen_node(struct audit *audit);

/* options.c: cookies that a start would be given as an option. */
int judge_options(struct audit *audit);

/* check.c: looks at everything. Return: 0, -ENOMEM, -ECANCELED. */
int audit_look(struct audit *audit);

/* forbids.c: whether the way to a file ends in the folder that it is in or will be in. */
bool cookie_has_folder(const struct cookie_file *file);
/* That folder, opened and held to what was seen on the way to it. Return: a descriptor, or a negative errno. */
int cookie_open_folder(struct audit *audit, const struct cookie_file *file, const char **ret_problem);
/* Why it would not be done now, a clause; NULL: nothing forbids it. */
const char *forbids_create(struct audit *audit, const struct cookie_file *file);
const char *forbids_rotate(struct audit *audit, const struct cookie_file *file);
const char *forbids_repair(struct audit *audit, const struct cookie_file *file);

/* foresee.c: plans an apply, by an audit that has looked at everything. */
void foresee_apply(struct audit *audit, struct foreseen *ret);
/* Says what the apply would do and could not do. */
void foresee_tell(struct audit *audit);

/* write.c */
struct new_cookie {
	int folder;	  /* descriptor */
	const char *name; /* in it */
	uid_t uid;
	gid_t gid;
	bool replace; /* an existing file goes; else it is an error */
};
/*
 * Writes a new cookie of 256 bits as 64 hexadecimal digits, durably and at once. Return: 0 or negative errno; *ret_step
 * then says in a clause what failed.
 */
int write_cookie(struct cookie_vault *vault, const struct new_cookie *new, const char **ret_step);

/* The operations. */
int cookie_check(struct ejg_call *call);
int cookie_prepare(struct ejg_call *call);
int cookie_apply(struct ejg_call *call);
int cookie_release(struct ejg_call *call, enum ejg_release_scope scope);

#endif
