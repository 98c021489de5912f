/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the tests of the facts: a stack from its set lines, and a source of facts in a scratch folder. */
#ifndef EJG_TEST_FACTS_FIXTURE_H
#define EJG_TEST_FACTS_FIXTURE_H

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "libejguard/core/facts-draft.h"
#include "tests/unit/scratch.h"

struct fixture {
	struct scratch *scratch;
	const char *config_dirs[2];
	struct facts_source source;
	struct ejg_facts *facts;
	struct settings *settings;
};

static inline const char *fixture_path(struct scratch *scratch, const char *name)
{
	return arena_strdup(scratch->arena, scratch_path(scratch, name));
}

/*
 * Makes a cgroup tree below FOLDER/cgroup with an empty system.slice; the caller is in system.slice/own.service. The
 * configuration folder is FOLDER/etc, which does not exist.
 */
static inline void fixture_init(struct fixture *f, void **state)
{
	struct statfs fs;

	*f = (struct fixture){ .scratch = *state };
	scratch_mkdir(f->scratch, "cgroup");
	scratch_mkdir(f->scratch, "cgroup/system.slice");
	assert_int_equal(statfs(scratch_path(f->scratch, "cgroup"), &fs), 0);
	scratch_text(f->scratch, "mountinfo",
		     arena_printf(f->scratch->arena,
				  "41 31 0:38 / %s/cgroup rw,relatime shared:9 - cgroup2 cgroup2 rw\n",
				  f->scratch->folder));
	scratch_text(f->scratch, "self", "4:memory:/elsewhere\n0::/system.slice/own.service\n");
	scratch_text(f->scratch, "init", "0::/init.scope\n");
	f->config_dirs[0] = fixture_path(f->scratch, "etc");
	f->source = (struct facts_source){
		.cgroup = { .mountinfo = fixture_path(f->scratch, "mountinfo"),
			    .self_cgroup = fixture_path(f->scratch, "self"),
			    .init_cgroup = fixture_path(f->scratch, "init"),
			    .magic = (unsigned long)fs.f_type,
			    .owner = getuid() },
		.config_dirs = f->config_dirs,
	};
}

/* Makes cgroups one below the other: "a/b/c". */
static inline void fixture_make(struct fixture *f, const char *path)
{
	char *copy = arena_printf(f->scratch->arena, "cgroup/%s", path);

	for (char *slash = copy; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		if (access(scratch_path(f->scratch, copy), F_OK) < 0)
			scratch_mkdir(f->scratch, copy);
	}
	scratch_mkdir(f->scratch, copy);
}

/* Parses lines "NAME VALUE..." as the stack file's parser does for "set NAME VALUE...". Columns count from NAME. */
static inline const struct stack *fixture_stack(struct fixture *f, const char *text)
{
	struct arena *arena = f->scratch->arena;
	struct stack *stack = arena_alloc(arena, sizeof(*stack));
	struct setting *settings = arena_array(arena, 64, sizeof(*settings));
	char *rest = arena_strdup(arena, text), *line;
	uint32_t number = 0;

	while ((line = strsep(&rest, "\n"))) {
		struct setting *setting = &settings[stack->n_settings];
		struct word *words = arena_array(arena, strlen(line) / 2 + 2, sizeof(*words));
		char *start = line, *word;
		size_t n = 0;

		number++;
		while ((word = strsep(&line, " ")))
			if (*word)
				words[n++] = (struct word){ word, { "stack", number, (uint32_t)(word - start) + 1 } };
		if (n == 0)
			continue;
		*setting = (struct setting){ .name = words[0], .values = words + 1, .n_values = n - 1 };
		stack->n_settings++;
	}
	stack->file = "stack";
	stack->settings = settings;
	return stack;
}

static inline int fixture_collect_for(struct fixture *f, const char *service, const char *text)
{
	report_clear(f->scratch->report);
	f->facts = NULL;
	return facts_collect_from(f->scratch->arena, f->scratch->report, fixture_stack(f, text), service, "/run/test",
				  &f->source, &f->facts, &f->settings);
}

static inline int fixture_collect(struct fixture *f, const char *text)
{
	return fixture_collect_for(f, "ejabberd", text);
}

/* The set lines are refused, and a message contains this text. */
static inline void fixture_refused(struct fixture *f, const char *text, const char *id, const char *message)
{
	const int r = fixture_collect(f, text);

	if (r != -EBADMSG)
		fail_msg("'%s': %d", text, r);
	assert_non_null(f->facts); /* the facts that could be established, for a diagnosis */
	assert_string_equal(f->facts->rundir, "/run/test");
	f->facts = NULL;
	assert_reported(f->scratch->report, id, message);
}

/* The distribution ports that were found: "4200-4210 5210-5210". */
#define RANDOM "random"
#define INDETERMINATE "indeterminate"

static inline const char *fixture_dist(struct fixture *f)
{
	const struct ejg_facts *facts = f->facts;
	const char *text = "";

	if (facts->dist_state == EJG_DIST_RANDOM)
		return RANDOM;
	if (facts->dist_state == EJG_DIST_INDETERMINATE)
		return INDETERMINATE;
	for (size_t i = 0; i < facts->n_dist; i++)
		text = arena_printf(f->scratch->arena, "%s%s%u-%u", text, i > 0 ? " " : "", facts->dist[i].first,
				    facts->dist[i].last);
	return text;
}

#endif
