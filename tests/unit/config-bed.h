/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the module config on a text, and collects its findings. It implements the host's ejg_call_ functions. */
#ifndef EJG_TEST_CONFIG_BED_H
#define EJG_TEST_CONFIG_BED_H

#include <ejguard/module.h>

#include "libejguard/util/arena.h"

struct bed_finding {
	const char *id;
	enum ejg_severity severity;
	const char *subject;
	const char *message;
	const char *remedy;
	const char *file;
	uint32_t line;
	uint32_t column;
};

struct bed {
	struct arena *arena;
	const char *folder; /* holds ejabberd.yml; also the node's working directory, and its HOME */
	struct ejg_facts facts;
	struct ejg_survey survey;
	struct ejg_setting settings[8];
	struct bed_finding *findings;
	size_t n_findings;
	int verdict;
};

/* A new bed with a folder of its own; freeing it removes both. */
struct bed *bed_new(void);
void bed_free(struct bed *bed);

/* Writes a file of the folder. */
void bed_write(struct bed *bed, const char *name, const char *text);
/* Sets the version of ejabberd. */
void bed_version(struct bed *bed, const char *version);
/* Runs check. */
void bed_check(struct bed *bed);
/* "id:line id:line ..." of the warnings and failures, in the order in which they were made. */
const char *bed_loud(struct bed *bed);
/* The first finding of an id, or NULL. */
const struct bed_finding *bed_find(const struct bed *bed, const char *id);

#endif
