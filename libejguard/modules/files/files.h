/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module `files`: keeps ejabberd's files private. See ejguard-files(8). */
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

/* The result of apply, so that the check after it need not walk again. */
struct files_state {
	bool looked;
	enum ejg_verdict verdict;
	uint64_t changed;
};

/* The scope of a place. */
enum place_shape {
	PLACE_FILE,	/* one file, of any type */
	PLACE_TREE,	/* this folder and all below */
	PLACE_SIBLINGS, /* entries of this folder that match the pattern, and all below them */
};

/* A place to check. */
struct file_place {
	enum place_shape shape;
	enum file_group group;
	const char *path;
	const char *pattern; /* of PLACE_SIBLINGS, fnmatch(3) */
	const char *name;    /* for people: the setting or option that names it */
	const char *origin;  /* the file that names it, or NULL: a user who can write to it can name any file */
	struct ejg_place where;
	mode_t mode;  /* set by the configuration, or 0 */
	bool sourced; /* executed by root's shell */
	bool dropped; /* covered by another place */
};

/* Identifies an existing place, so that a tree that contains it does not apply its own rules to it. */
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
	struct arena *scratch; /* freed after each object */
	struct access_service service;
	struct access_trust trust[N_TRUSTS];
	bool repair;  /* remove permissions */
	bool dry;     /* only report what would be removed */
	bool foresee; /* dry, and judge the state after a repair */
	struct foreseen_folder *foreseen;
	size_t n_foreseen;
	struct file_place *places;
	size_t n_places;
	struct place_key *keys;
	size_t n_keys;
	const struct ejg_setting **undetermined;
	size_t n_undetermined;
	const char **told; /* folders above places that were already reported */
	size_t n_told;
	const char *root;	 /* the current place */
	enum ejg_severity worst; /* of all findings about a path */
	struct tally tally;
	size_t n_unseen;   /* places that could not be checked completely */
	bool place_unseen; /* the current place is one of them */
	struct progress progress;
	uint64_t changed; /* by repair */
	bool privileged;
	bool closes; /* the service's umask closes new files to others */
};

/* places.c: collects files->places. Return: 0, -ENOMEM. */
int files_find_places(struct files *files);

/* finding.c: an empty arena in files->scratch. Return: 0, -ENOMEM. */
int files_fresh(struct files *files);
/* Counts a finding of a kind. Return: true if it should be reported in full, by files_tell(). */
bool files_count(struct files *files, const char *id);
/* Makes a finding about a path. */
void files_tell(struct files *files, const char *id, const char *path, const struct ejg_place *where,
		const char *remedy, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* trust.c: finds the service's user, and whom it trusts with which files. Return: 0, -ENOMEM. */
int files_find_trust(struct files *files);
/* Checks that only root can change the target of a path. Return: 1, 0, -ENOMEM. */
int files_is_roots(struct files *files, const char *path);

/*
 * look.c: drops places that equal another one or are in its tree, and determines whether any place exists; checks one
 * place. Return: 0, -ECANCELED, -ENOMEM.
 */
int files_sort_places(struct files *files, bool *ret_any);
int files_look(struct files *files, const struct file_place *place);

/* run.c */
int files_check(struct ejg_call *call);
int files_prepare(struct ejg_call *call);
int files_apply(struct ejg_call *call);
int files_release(struct ejg_call *call, enum ejg_release_scope scope);

#endif
