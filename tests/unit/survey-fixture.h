/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the tests of the survey: a made-up /proc and cgroup tree below a scratch folder. */
#ifndef EJG_TEST_SURVEY_FIXTURE_H
#define EJG_TEST_SURVEY_FIXTURE_H

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libejguard/service/survey-draft.h"
#include "libejguard/util/cleanup.h"
#include "tests/unit/facts-fixture.h"

/* A process as in /proc; NULL members are missing. In strings of several lines each line ends in \n. */
struct fake {
	int pid;
	const char *exe;
	const char *arguments;	 /* separated by '|' */
	const char *environment; /* the same */
	const char *cgroup;	 /* of cgroup2 */
	const char *network;
	unsigned int uid;
};

struct survey_fixture {
	struct fixture base;
	struct survey_source source;
	struct ejg_facts facts;
	struct ejg_cgroup cgroups[3];
	struct survey_draft build;
};

static inline void fake_bytes(struct scratch *scratch, const char *path, const char *text)
{
	const size_t size = strlen(text);
	char *copy = arena_strdup(scratch->arena, text);

	for (size_t i = 0; i < size; i++)
		copy[i] = copy[i] == '|' ? '\0' : copy[i];
	scratch_write(scratch, path, copy, size > 0 ? size + 1 : 0);
}

static inline void fake_link(struct scratch *scratch, const char *target, const char *path)
{
	assert_int_equal(symlink(target, scratch_path(scratch, path)), 0);
}

static inline const char *fake_path(struct scratch *scratch, int pid, const char *name)
{
	return arena_printf(scratch->arena, "proc/%d/%s", pid, name);
}

static inline void fake_process(struct survey_fixture *f, const struct fake *fake)
{
	struct scratch *scratch = f->base.scratch;
	const int pid = fake->pid;

	scratch_mkdir(scratch, fake_path(scratch, pid, ""));
	scratch_mkdir(scratch, fake_path(scratch, pid, "ns"));
	scratch_mkdir(scratch, fake_path(scratch, pid, "fd"));
	if (fake->exe)
		fake_link(scratch, fake->exe, fake_path(scratch, pid, "exe"));
	else /* which cannot be read as a link */
		scratch_mkdir(scratch, fake_path(scratch, pid, "exe"));
	fake_link(scratch, fake->network ? fake->network : "net:[1]", fake_path(scratch, pid, "ns/net"));
	fake_bytes(scratch, fake_path(scratch, pid, "cmdline"), fake->arguments ? fake->arguments : "");
	if (fake->environment)
		fake_bytes(scratch, fake_path(scratch, pid, "environ"), fake->environment);
	scratch_text(scratch, fake_path(scratch, pid, "cgroup"),
		     arena_printf(scratch->arena, "4:memory:/elsewhere\n0::%s\n", fake->cgroup ? fake->cgroup : "/"));
	scratch_text(
		scratch, fake_path(scratch, pid, "status"),
		arena_printf(scratch->arena, "Name:\tx\nUid:\t7\t%u\t7\t7\nGid:\t8\t%u\t8\t8\n", fake->uid, fake->uid));
	scratch_text(
		scratch, fake_path(scratch, pid, "stat"),
		arena_printf(scratch->arena, "%d (a) (b) S 1 1 1 0 -1 1 1 1 1 1 1 1 1 1 20 0 1 0 %d000 1\n", pid, pid));
}

/* An empty survey of a service that has ejabberd.service, and epmd.socket, which does not exist now. */
static inline void survey_fixture_init(struct survey_fixture *f, void **state)
{
	struct scratch *scratch = *state;

	*f = (struct survey_fixture){ 0 };
	fixture_init(&f->base, state);
	fixture_make(&f->base, "system.slice/ejabberd.service");
	scratch_mkdir(scratch, "proc");
	scratch_mkdir(scratch, "proc/self");
	scratch_mkdir(scratch, "proc/self/ns");
	fake_link(scratch, "net:[1]", "proc/self/ns/net");
	f->cgroups[0] = (struct ejg_cgroup){
		.name = "ejabberd.service",
		.path = fixture_path(scratch, "cgroup/system.slice/ejabberd.service"),
		.id = 4711,
	};
	f->cgroups[1] = (struct ejg_cgroup){ .name = "epmd.socket" };
	f->facts = (struct ejg_facts){
		EJG_FACTS_HEADER,      .service = "ejabberd", .cgroup_mount = fixture_path(scratch, "cgroup"),
		.cgroups = f->cgroups, .n_cgroups = 2,	      .epmd_port = 4369,
	};
	f->source = (struct survey_source){
		.proc = fixture_path(scratch, "proc"),
		.cgroup = f->base.source.cgroup,
	};
	assert_int_equal(survey_begin(scratch->arena, &f->facts, &f->source, &f->build), 0);
}

static inline bool survey_fixture_unseen(const struct survey_fixture *f, const char *text)
{
	for (size_t i = 0; i < f->build.survey->n_unseen; i++)
		if (strstr(f->build.survey->unseen[i], text))
			return true;
	return false;
}

#endif
