/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Facts under construction: shared by the files facts*.c and their tests only. */
#ifndef EJG_CORE_FACTS_DRAFT_H
#define EJG_CORE_FACTS_DRAFT_H

#include "libejguard/core/facts.h"
#include "libejguard/service/base/kind.h"
#include "libejguard/service/settings.h"
#include "libejguard/util/cgroup.h"

enum facts_limits {
	FACTS_MAX_PEERS = 65536,
	FACTS_MAX_PEER_FILE = 16 * 1024 * 1024,
	FACTS_MAX_ERRORS = 100, /* of one setting; one more error ends the reading */
};

/* The sources of facts. Tests use folders of their own. */
struct facts_source {
	struct cgroup_source cgroup;
	const char *const *config_dirs;		/* if no script names it: the first that exists; ended by NULL */
	const struct settings_source *settings; /* the start scripts and units; NULL: none */
	const char *root;			/* of an image, whose cgroups are names only; NULL or "": the system */
};

/* A port range and the word that it was read from. */
struct placed_range {
	struct ejg_port_range range;
	const struct word *word;
};

/* Facts under construction. */
struct facts_draft {
	struct arena *arena;
	struct report *report;
	const struct stack *stack;
	const struct facts_source *source;
	struct ejg_facts *facts;
	struct settings *settings; /* read when first used */
	struct placed_range *dist; /* as many as facts->dist when the stack set them, else NULL */
	struct placed_range *public_ports;
};

/* As facts_collect(), from the given source. */
int facts_collect_from(struct arena *arena, struct report *report, const struct stack *stack, const char *service,
		       const char *rundir, const struct facts_source *source, struct ejg_facts **ret,
		       struct settings **ret_settings);
/* As facts_choose_cgroups(), from the given source. */
int facts_choose_cgroups_from(struct arena *arena, struct report *report, struct ejg_facts *facts,
			      const struct ejg_apply_options *options, const struct facts_source *source);

/*
 * The set line of that name; NULL when the stack has none or when its value is `auto`, which asks for discovery.
 * Return: 0, or -EBADMSG when it has no value, or `auto` among other values.
 */
int facts_setting(struct facts_draft *draft, const char *name, const struct setting **ret);
struct ejg_origin facts_origin(const struct setting *setting);
/* Reports a wrong word. Return: -EBADMSG. */
int facts_bad_word(struct facts_draft *draft, const struct word *word, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* "FILE:LINE:COLUMN", or "" without memory. */
const char *facts_place(struct facts_draft *draft, const struct position *position);

/*
 * Each function sets its facts from the set line, or else by discovery. Return: 0, -EBADMSG when something is wrong and
 * was reported, -EOPNOTSUPP, -EIO, -ENOMEM.
 */
int facts_read_kind(struct facts_draft *draft); /* before the others: they depend on the kind */
int facts_read_cgroups(struct facts_draft *draft);
int facts_read_config(struct facts_draft *draft);
int facts_read_peers(struct facts_draft *draft);
int facts_read_ports(struct facts_draft *draft); /* epmd, dist, public; after facts_read_config() */
int facts_read_users(struct facts_draft *draft);

/* Creates the settings, not read yet, for the units that the stack names. Return: 0, -ENOMEM. */
int facts_new_settings(struct facts_draft *draft);

/* The configuration folder that the start script uses; *ret is NULL without a script. Return: 0, -ENOMEM. */
int facts_discover_config(struct facts_draft *draft, const char **ret);

/* The usual unit of the kind if the service has the kind's usual name; else the service's own. NULL: no memory. */
const char *facts_own_unit(struct facts_draft *draft);
/* The units that the stack names; the service's own by default, without epmd's; ended by NULL. Return: 0, -ENOMEM. */
int facts_find_units(struct facts_draft *draft, const char *const **ret);

/* Takes the ports of epmd and of the distribution from the settings (settings.h), if the stack does not set them. */
int facts_discover_ports(struct facts_draft *draft, bool epmd, bool dist);

#endif
