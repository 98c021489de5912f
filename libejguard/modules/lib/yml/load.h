/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private to yml: reads files into nodes, within limits. */
#ifndef EJG_LIB_YML_LOAD_H
#define EJG_LIB_YML_LOAD_H

#include "libejguard/modules/lib/yml/yml.h"
#include "libejguard/util/arena.h"

/* Larger than any configuration in use: the largest known ones have about ten thousand lines. */
enum {
	YML_MAX_BYTES = 8 << 20, /* of all files together */
	YML_MAX_FILES = 256,
	YML_MAX_DEPTH = 64,
	YML_MAX_NODES = 400000, /* including copies that macros make */
	YML_MAX_PROBLEMS = 64,
	YML_MAX_MACROS = 1000,
	YML_MAX_OPTIONS = 600,	  /* ejabberd knows about 250 options, and refuses others */
	YML_MAX_JOINED = 4000000, /* entries copied when lists are joined */
	YML_MAX_HOSTS = 10000,
	YML_MAX_ATOM = 255, /* Erlang's limit: fast_yaml refuses longer ones */
};

struct yml_loader {
	struct arena *arena;
	const struct yml_setup *setup;
	size_t n_bytes;
	size_t n_nodes;
	size_t n_joined;
	const char **files; /* in the order in which they were read */
	size_t n_files;
	struct yml_problem *problems;
	size_t n_problems;
	bool failed; /* out of memory */
};

void yml_problem(struct yml_loader *loader, enum yml_problem_kind kind, const char *file, uint32_t line,
		 uint32_t column, const char *format, ...) __attribute__((format(printf, 6, 7)));
void yml_problem_at(struct yml_loader *loader, enum yml_problem_kind kind, const struct yml_node *node,
		    const char *text);

/* A new node with the position of another node; NULL without memory or past the limit. */
struct yml_node *yml_node_new(struct yml_loader *loader, enum yml_kind kind, const struct yml_node *place);

/* Sets items or pairs, and the weight. */
void yml_node_items(struct yml_node *node, const struct yml_node **items, size_t n);
void yml_node_pairs(struct yml_node *node, struct yml_pair *pairs, size_t n);

/*
 * Parses a text with one document. Return: the node; NULL when ejabberd would refuse it (a problem says why). An empty
 * text is an empty map.
 */
const struct yml_node *yml_parse(struct yml_loader *loader, const char *file, const char *text, size_t size);

/* Reads a file and its includes, as one list of options. Return: the map, or NULL with a problem. */
const struct yml_node *yml_read(struct yml_loader *loader, const char *path);

/* Makes a path absolute as ejabberd does. NULL: the working directory is unknown. */
const char *yml_absolute(struct yml_loader *loader, const char *path);

/* Replaces the macros (define_macro) and keywords (define_keyword) of a map of options. */
const struct yml_node *yml_replace(struct yml_loader *loader, const struct yml_node *options);

/* Combines options that are given several times: lists and maps are joined, others refused (econf, group_dups()). */
const struct yml_node *yml_group(struct yml_loader *loader, const struct yml_node *options);

/* Finds the hosts of a configuration with combined options, and applies their sections. */
void yml_hosts(struct yml_loader *loader, struct yml *yml);

#endif
