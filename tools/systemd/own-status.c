/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/systemd/own-status.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/unit.h"
#include "tools/systemd/commands.h"
#include "tools/systemd/systemctl.h"

enum { MAX_STATUS = 199 }; /* from 200 on they are systemd's own */

static bool is_success(int status, const char *successes)
{
	for (; *successes; successes += strcspn(successes, " "), successes += strspn(successes, " ")) {
		char *end;

		if (strtol(successes, &end, 10) == status && end > successes && strchr(" ", *end))
			return true;
	}
	return false;
}

int own_status_choose(int status, const char *successes)
{
	if (!is_success(status, successes))
		return status;
	for (int other = 1; other <= MAX_STATUS; other++)
		if (!is_success(other, successes))
			return other;
	return 0;
}

/* SIGPIPE is ignored; the others end a run with a status. For systemd.service(5) they are a clean end anyway. */
static bool is_caught(const char *word, size_t length)
{
	static const char *const caught[] = { "HUP", "INT", "TERM", "PIPE" };
	const size_t prefix = length > 3 && strncmp(word, "SIG", 3) == 0 ? 3 : 0;

	for (size_t i = 0; i < ARRAY_SIZE(caught); i++)
		if (length - prefix == strlen(caught[i]) && strncmp(word + prefix, caught[i], length - prefix) == 0)
			return true;
	return false;
}

int own_status_excused(const char *successes, char **ret)
{
	cleanup_free char *list = NULL;

	for (size_t n; *successes; successes += n, successes += strspn(successes, " ")) {
		n = strcspn(successes, " ");
		if (n == 0 || (isdigit((unsigned char)*successes) ? strtol(successes, NULL, 10) <= MAX_STATUS
								  : is_caught(successes, n)))
			continue;
		if (list_add(&list, " ", successes, n) < 0)
			return -ENOMEM;
	}
	*ret = take_ptr(list);
	return 0;
}

/* The unit of this process, by its cgroup: a new string; NULL when it is in none that has such a status. */
static char *find_unit(void)
{
	cleanup_file FILE *file = fopen("/proc/self/cgroup", "re");
	cleanup_free char *line = NULL;
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0) {
		const char *slash = strrchr(line, '/');

		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::", strlen("0::")) == 0)
			return slash && unit_name_ends(slash + 1, ".service") ? strdup(slash + 1) : NULL;
	}
	return NULL;
}

int own_status(int status)
{
	cleanup_free char *unit = find_unit(), *answer = NULL;
	int chosen;

	if (!unit || systemctl_successes(unit, &answer) < 0)
		return status;
	answer[strcspn(answer, "\n")] = '\0';
	chosen = own_status_choose(status, answer);
	if (chosen == 0)
		kill(getpid(), SIGKILL);
	return chosen;
}
