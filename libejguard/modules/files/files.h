/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module `files`: what ejabberd keeps in files is its own. See ejguard-files(8). */
#ifndef EJG_FILES_FILES_H
#define EJG_FILES_FILES_H

#include <ejguard/module.h>

#include "libejguard/modules/files/policy.h"
#include "libejguard/modules/files/tally.h"
#include "libejguard/modules/lib/access/access.h"

struct files_config {
	bool repair;
	struct ejg_word_list exclude;
	struct ejg_word_list extra;
	struct ejg_word_list groups;
};

/* What apply has seen, so that the check after it need not walk again. */
struct files_state {
	bool looked;
	enum ejg_verdict verdict;
	uint64_t changed;
};

/* How a place is looked at. */
enum place_shape {
	PLACE_FILE,	/* this file, whatever it is */
	PLACE_TREE,	/* this folder and all below */
	PLACE_SIBLINGS, /* what is in this folder and fits the pattern, with all below */
};

/* Somewhere to look. */
struct file_place {
	enum place_shape shape;
	enum file_group group;
	const char *path;
	const char *pattern; /* of PLACE_SIBLINGS, fnmatch(3) */
	const char *name;    /* for people: the setting or option that names it */
	const char *origin;  /* the file that names it, or NULL: who may write that may name any file */
	struct ejg_place where;
	mode_t mode;  /* that the configuration gives it, or 0 */
	bool sourced; /* root's shell runs it */
	bool dropped; /* another place covers it */
};

/* What identifies a place that exists, so that a tree that holds it leaves it to its own rules. */
struct place_key {
	dev_t device;
	ino_t inode;
	const char *path; /* without links */
	bool folder;
	enum file_group group;
};

/* One run over all places. */
struct files {
	struct ejg_call *call;
	const struct files_config *config;
	const struct ejg_facts *facts;
	const struct ejg_survey *survey;
	struct arena *arena;   /* lives as long as the run */
	struct arena *scratch; /* of one object: thrown away after it */
	struct access_service service;
	struct access_trust trust[N_TRUSTS];
	bool repair; /* take permissions away */
	bool dry;    /* only say what would be taken */
	bool foresee; /* dry, and judge what would be left */
	struct foreseen_folder *foreseen;
	size_t n_foreseen;
	struct file_place *places;
	size_t n_places;
	struct place_key *keys;
	size_t n_keys;
	const struct ejg_setting **undetermined;
	size_t n_undetermined;
	const char **told; /* folders above places that were complained about */
	size_t n_told;
	const char *root;	 /* the place that is looked at */
	enum ejg_severity worst; /* of all findings about a path */
	struct tally tally;
	size_t n_unseen;   /* places of which not all could be looked at */
	bool place_unseen; /* the one that is looked at is one of them */
	struct progress progress;
	uint64_t changed; /* by repair */
	bool privileged;
	bool closes; /* what the service makes is closed to others by its umask */
};

/* places.c: fills in files->places. Return: 0, -ENOMEM. */
int files_find_places(struct files *files);

/* finding.c: an empty arena in files->scratch. Return: 0, -ENOMEM. */
int files_fresh(struct files *files);
/* Counts one more finding of a kind. Return: whether it is to be told in full, by files_tell(). */
bool files_count(struct files *files, const char *id);
/* Makes a finding about a path. */
void files_tell(struct files *files, const char *id, const char *path, const struct ejg_place *where,
		const char *remedy, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* trust.c: the service's user, and whom it trusts with what. Return: 0, -ENOMEM. */
int files_find_trust(struct files *files);
/* Whether nobody but root can change what a path leads to. Return: 1, 0, -ENOMEM. */
int files_is_roots(struct files *files, const char *path);

/*
 * look.c: drops the places that are the same as another one or lie in its tree, and finds out whether there is any;
 * looks at one. Return: 0, -ECANCELED, -ENOMEM.
 */
int files_sort_places(struct files *files, bool *ret_any);
int files_look(struct files *files, const struct file_place *place);

/* run.c */
int files_check(struct ejg_call *call);
int files_prepare(struct ejg_call *call);
int files_apply(struct ejg_call *call);
int files_release(struct ejg_call *call, enum ejg_release_scope scope);

#endif
