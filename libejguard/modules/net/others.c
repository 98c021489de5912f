/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Programs of others at the cgroups of the service, and above them. */
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/net/foreign.h"
#include "libejguard/modules/net/net.h"

/* Whether a cgroup stands above one of the first n of the service, and so was looked at with it. */
static bool is_above(const struct ejg_facts *facts, size_t n, const char *path)
{
	size_t length = strlen(path);

	for (size_t i = 0; i < n; i++) {
		const char *ours = ejg_cgroup_get(facts, i)->path;

		if (ours && !strncmp(ours, path, length) && ours[length] == '/')
			return true;
	}
	return false;
}

/* A cgroup of the service, and those above it up to the mount. */
static void report_cgroup(const struct foreign *f, const struct ejg_facts *facts, size_t index)
{
	char path[PATH_MAX];

	foreign_report(f, ejg_cgroup_get(facts, index)->path, false);
	snprintf(path, sizeof(path), "%s", ejg_cgroup_get(facts, index)->path);
	while (strlen(path) > strlen(facts->cgroup_mount)) {
		*strrchr(path, '/') = '\0';
		if (!is_above(facts, index, path))
			foreign_report(f, path, true);
	}
}

void net_report_foreign(struct ejg_call *call, bool undoing)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	struct pins pins = PINS_NULL;
	const struct foreign f = { .call = call, .pins = &pins, .undoing = undoing };
	enum pins_state state;

	if (!facts->cgroup_mount || pins_open(call, facts->service, &pins, &state) < 0)
		return;
	for (size_t i = 0; i < facts->n_cgroups; i++)
		if (ejg_cgroup_get(facts, i)->path)
			report_cgroup(&f, facts, i);
	pins_close(&pins);
}
