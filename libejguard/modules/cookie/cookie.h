/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module `cookie`: what its parts share. See ejguard-cookie(8). */
#ifndef EJG_COOKIE_COOKIE_H
#define EJG_COOKIE_COOKIE_H

#include <ejguard/module.h>

#include "libejguard/modules/cookie/form.h"
#include "libejguard/modules/cookie/vault.h"
#include "libejguard/modules/lib/access/access.h"

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
	bool changed;	     /* this run created, repaired or rotated */
	bool not_created;    /* this run should have created one: Erlang must not do so now */
	struct vault *vault; /* of the operation that is under way */
};

/* A file in which Erlang looks for a cookie. */
struct cookie_file {
	const char *path;
	int error;		 /* 0, or negative errno: it could not be looked at */
	const char *problem;	 /* that in words */
	struct access_path walk; /* fd is -1 when there is no file */
	bool link;		 /* the path itself is a symbolic link */
};

/* Where a node looks: the first file counts, and the second only where the first does not exist. */
struct cookie_place {
	const char *whose; /* "the next start", "the node with pid 12" */
	pid_t pid;	   /* of that node, or 0 */
	struct cookie_file home;
	struct cookie_file xdg; /* path is NULL where OTP does not look for it */
};

enum { COOKIE_PLACES_MAX = 4 };

/* Why a cookie should be another one. */
enum cookie_reason {
	COOKIE_GUESSABLE = 1 << 0,
	COOKIE_EXPOSED = 1 << 1,
	COOKIE_UNUSABLE = 1 << 2,
};

/* One operation's look at everything. */
struct audit {
	struct ejg_call *call;
	const struct cookie_config *config;
	const struct ejg_facts *facts;
	const struct ejg_survey *survey;
	struct arena *arena;
	struct vault *vault;
	struct access_service service;
	struct cookie_place places[COOKIE_PLACES_MAX]; /* the next start's first */
	size_t n_places;
	bool quiet;	      /* make no findings */
	bool failed;	      /* a failure was found */
	bool advised;	      /* a warning was found */
	bool blind;	      /* something that counts could not be seen */
	bool read;	      /* vault->cookie is that of the first place */
	bool judged;	      /* the cookie was read and judged, wherever it is */
	bool mendable;	      /* owner or permissions of the first place's file are what repair=yes mends */
	unsigned int reasons; /* of enum cookie_reason, of the first place */
};

/* cookie-audit.c */
int audit_begin(struct ejg_call *call, bool quiet, struct audit *ret);
void audit_end(struct audit *audit);
/* Looks at everything. Return: 0, -ENOMEM, -ECANCELED. */
int audit_look(struct audit *audit);
/* Makes a finding, unless the audit is quiet; remedy may be NULL: the declared one. */
void audit_say(struct audit *audit, const char *id, const char *subject, const char *remedy, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
void audit_say_at(struct audit *audit, const char *id, const char *subject, const struct ejg_place *place,
		  const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Text from the audit's arena; never NULL. */
const char *audit_text(struct audit *audit, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* cookie.c: the severity that the module declares for a finding. */
enum ejg_severity cookie_severity(const char *id);

/* cookie-advice.c: remedies that can be pasted. */
const char *advise_owner(const struct audit *audit);
const char *advise_quoted(struct audit *audit, const char *path);
/* How to replace a cookie that rotate=weak would replace, and one that it would not. */
const char *advise_rotate(struct audit *audit, const char *path);
const char *advise_create(struct audit *audit, const char *path);
const char *advise_remove(struct audit *audit, const char *path);
const char *advise_home(struct audit *audit, const char *path);

/* cookie-place.c */
int places_find(struct audit *audit);
void places_close(struct audit *audit);
/* The file of a place that is in effect, or NULL: there is none, and the node would generate one. */
struct cookie_file *place_effective(struct cookie_place *place);
/* A node of the service or its tool that runs now: a sentence, or NULL. */
const char *running_node(struct audit *audit);
/* Why one may run that is not among the processes: a sentence, or NULL. Strangers can bring this about (epmd takes any
 * name). */
const char *unseen_node(struct audit *audit);
bool is_own_process(const struct audit *audit, const struct ejg_process *process);

/* cookie-file.c: file system's view; then the bytes. Return: whether the cookie was read. */
bool judge_file(struct audit *audit, struct cookie_file *file, bool first, struct cookie *ret);

/* cookie-value.c: how good it is. */
void judge_value(struct audit *audit, const struct cookie *cookie, const char *subject, bool first);

/* cookie-nodes.c: arguments of running nodes, and whether they can have read this file. */
void judge_nodes(struct audit *audit);

/* cookie-copies.c: the same cookie elsewhere, and -setcookie in what a start reads. */
int judge_copies(struct audit *audit);

/* cookie-logs.c: its hash in ejabberd's logs. */
int judge_logs(struct audit *audit);

/* read.c: opens what an O_PATH descriptor names and reads at most n bytes. Return: bytes, or negative errno. */
ssize_t read_path_fd(int fd, char *ret, size_t n);
/* A folder to be searched, to be closed; NULL: it is none, or cannot be opened. *ret_path: its path, links followed. */
DIR *open_search_folder(struct audit *audit, const char *path, const char **ret_path);

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
int write_cookie(struct vault *vault, const struct new_cookie *new, const char **ret_step);

/* The operations. */
int cookie_check(struct ejg_call *call);
int cookie_prepare(struct ejg_call *call);
int cookie_apply(struct ejg_call *call);
int cookie_release(struct ejg_call *call, enum ejg_release_scope scope);

#endif
