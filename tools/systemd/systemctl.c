/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs systemctl(1) without a shell, by an absolute path, with a clean environment. */
#include "tools/systemd/systemctl.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "libejguard/util/cleanup.h"
#include "tools/systemd/commands.h"

enum {
	MAX_ANSWER = 256 * 1024,
	MAX_STARTERS = 64, /* of more, one is taken to start the unit */
};

/* Who starts a unit (systemd.unit(5)). */
#define STARTER_LISTS "WantedBy,RequiredBy,BoundBy,UpheldBy,TriggeredBy"

bool systemctl_available(void)
{
	struct stat st;

	return stat("/run/systemd/system", &st) == 0 && S_ISDIR(st.st_mode); /* sd_booted(3) */
}

static void run_child(char *const argv[], int out)
{
	static char *const environment[] = { (char *)"PATH=/usr/bin:/bin", (char *)"LC_ALL=C", NULL };
	static const char *const paths[] = { "/usr/bin/systemctl", "/bin/systemctl" };

	signal(SIGPIPE, SIG_DFL);
	if (dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0)
		_exit(127);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		execve(paths[i], argv, environment);
	dprintf(STDERR_FILENO, "cannot run systemctl: %s\n", strerror(errno));
	_exit(127);
}

static int read_all(int fd, char **ret)
{
	cleanup_free char *text = NULL;
	size_t size = 0;
	ssize_t n;

	text = malloc(MAX_ANSWER + 1);
	if (!text)
		return -ENOMEM;
	while (size < MAX_ANSWER && (n = read(fd, text + size, MAX_ANSWER - size)) != 0) {
		if (n > 0)
			size += (size_t)n;
		else if (errno != EINTR)
			return -EIO;
	}
	text[size] = '\0';
	*ret = take_ptr(text);
	return 0;
}

/* Return: 0 when it exited with 0; -EIO, -ENOMEM. *ret is its output; on failure it may be NULL. */
static int run(char *const argv[], char **ret)
{
	cleanup_fd int in = -1, out = -1;
	int fds[2], status, r;
	pid_t child;

	*ret = NULL;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -EIO;
	in = fds[0];
	out = fds[1];
	child = fork();
	if (child < 0)
		return -EIO;
	if (child == 0)
		run_child(argv, out);
	close(take_fd(out));
	r = read_all(in, ret);
	close(take_fd(in)); /* if the child continues to write, it gets SIGPIPE and does not block us */
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -EIO;
	if (r < 0)
		return r;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

/* Return: 0 or -EIO; *ret_problem is the first line of systemctl's output, or NULL. */
static int order(char *const argv[], char **ret_problem)
{
	cleanup_free char *answer = NULL;

	if (run(argv, &answer) == 0)
		return 0;
	if (answer)
		answer[strcspn(answer, "\n")] = '\0';
	*ret_problem = take_ptr(answer);
	return -EIO;
}

int systemctl_reload(char **ret_problem)
{
	return order((char *[]){ (char *)"systemctl", (char *)"daemon-reload", NULL }, ret_problem);
}

int systemctl_do(const char *verb, const char *unit, char **ret_problem)
{
	return order((char *[]){ (char *)"systemctl", (char *)verb, (char *)"--", (char *)unit, NULL }, ret_problem);
}

/* A disabled or masked unit may exist without being started; any other may be started by a boot. */
static bool may_start(const char *file_state)
{
	return *file_state && strcmp(file_state, "disabled") != 0 &&
	       strncmp(file_state, "masked", strlen("masked")) != 0;
}

/* Of a state, which ends with the text or with the line. */
static bool is_up(const char *state)
{
	const size_t length = strcspn(state, "\n");

	return strncmp(state, "inactive", length) != 0 && strncmp(state, "failed", length) != 0;
}

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : NULL;
}

static void forget_answer(struct unit *unit)
{
	free(unit->applies);
	free(unit->earlier);
	free(unit->early);
	free(unit->successes);
	unit->applies = unit->earlier = unit->early = unit->successes = NULL;
	unit->asked = unit->confined = false;
}

/* Of User=: without it commands run as root. */
static bool is_root(const char *user)
{
	return !*user || strcmp(user, "root") == 0 || strcmp(user, "0") == 0;
}

static int take_successes(struct unit *unit, const char *value)
{
	free(unit->successes);
	unit->successes = *value ? strdup(value) : NULL;
	return *value && !unit->successes ? -ENOMEM : 0;
}

int systemctl_read_answer(struct unit *unit, char *answer, uint64_t changed_usec)
{
	bool guards = false, as_root = true;
	uint64_t started = 0;
	char *line, *value;
	int r = 0;

	forget_answer(unit);
	while (r == 0 && (line = strsep(&answer, "\n"))) {
		value = strchr(line, '=');
		if (!value)
			continue;
		*value++ = '\0';
		if (strcmp(line, "LoadState") == 0)
			unit->installed = strcmp(value, "loaded") == 0;
		else if (strcmp(line, "ActiveState") == 0)
			unit->active = is_up(value);
		else if (strcmp(line, "UnitFileState") == 0)
			unit->starts = may_start(value);
		else if (strcmp(line, "NeedDaemonReload") == 0)
			unit->reload_due = strcmp(value, "yes") == 0;
		else if (strcmp(line, "InactiveExitTimestampMonotonic") == 0)
			started = strtoull(value, NULL, 10);
		else if (strcmp(line, "User") == 0)
			as_root = is_root(value);
		else if (strcmp(line, "SuccessExitStatus") == 0)
			r = take_successes(unit, value);
		else if (*value)
			r = commands_add(unit, line, value, &guards);
	}
	if (r < 0)
		return r;
	if (as_root) {
		free(unit->early);
		unit->early = NULL;
	}
	unit->restart_due = unit->active && started < changed_usec;
	unit->starts |= unit->active;
	unit->asked = true;
	return 0;
}

static uint64_t clock_usec(clockid_t clock)
{
	struct timespec now = {};

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* The time of the last change of the drop-in, by CLOCK_MONOTONIC; 0 if it does not exist or is older than the boot. */
static uint64_t changed_usec(const struct unit *unit)
{
	uint64_t age, changed, now = clock_usec(CLOCK_REALTIME), monotonic = clock_usec(CLOCK_MONOTONIC);
	struct stat st;

	if (stat(unit->path, &st) < 0)
		return 0;
	changed = (uint64_t)st.st_mtim.tv_sec * 1000000 + (uint64_t)st.st_mtim.tv_nsec / 1000;
	age = now > changed ? now - changed : 0;
	return monotonic > age ? monotonic - age : 0;
}

static bool has_word(const char *words, const char *word, size_t length)
{
	for (; words && *words; words += strcspn(words, " "), words += strspn(words, " "))
		if (strcspn(words, " ") == length && strncmp(words, word, length) == 0)
			return true;
	return false;
}

/* Adds those that start the units of an answer, each once. Return: 0, -ENOMEM. */
static int find_starters(const char *answer, char **ret)
{
	static const char *const lists[] = { "WantedBy=", "RequiredBy=", "BoundBy=", "UpheldBy=", "TriggeredBy=" };

	for (const char *line = answer; line; line = next_line(line))
		for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
			const char *word;

			if (strncmp(line, lists[i], strlen(lists[i])) != 0)
				continue;
			word = line + strlen(lists[i]);
			for (size_t n; (n = strcspn(word, " \n")) > 0; word += n + (word[n] == ' '))
				if (!has_word(*ret, word, n) && list_add(ret, " ", word, n) < 0)
					return -ENOMEM;
		}
	return 0;
}

/* True if one of the units in an answer runs, or a boot starts it by itself. */
static bool has_started(const char *answer)
{
	static const char active[] = "ActiveState=", enabled[] = "UnitFileState=enabled",
			  generated[] = "UnitFileState=generated";

	for (const char *line = answer; line; line = next_line(line))
		if ((strncmp(line, active, strlen(active)) == 0 && is_up(line + strlen(active))) ||
		    strncmp(line, enabled, strlen(enabled)) == 0 || strncmp(line, generated, strlen(generated)) == 0)
			return true;
	return false;
}

/* Asks about all of these units. Return: 0, -E2BIG, -EIO, -ENOMEM. */
static int ask_about(const char *names, char **ret)
{
	char *argv[MAX_STARTERS + 5] = { (char *)"systemctl", (char *)"show",
					 (char *)"--property=ActiveState,UnitFileState," STARTER_LISTS, (char *)"--" };
	cleanup_free char *copy = strdup(names);
	char *rest = copy, *name;
	size_t n = 4;

	if (!copy)
		return -ENOMEM;
	while ((name = strsep(&rest, " "))) {
		if (n == ARRAY_SIZE(argv) - 1)
			return -E2BIG;
		argv[n++] = name;
	}
	return run(argv, ret);
}

/*
 * True if one of these units, or of those that start them in turn, runs or is started by a boot. Also if that cannot be
 * determined.
 */
static bool may_be_started_by(char **names)
{
	for (size_t length = 0; length < strlen(*names);) {
		cleanup_free char *answer = NULL;

		length = strlen(*names);
		if (ask_about(*names, &answer) < 0 || has_started(answer) || find_starters(answer, names) < 0)
			return true;
	}
	return false;
}

int systemctl_ask(struct unit *unit)
{
	char *argv[] = { (char *)"systemctl",
			 (char *)"show",
			 (char *)"--property=LoadState,ActiveState,UnitFileState,NeedDaemonReload,"
				 "InactiveExitTimestampMonotonic,User,SuccessExitStatus," COMMAND_LISTS
				 "," STARTER_LISTS,
			 (char *)"--",
			 unit->name,
			 NULL };
	cleanup_free char *answer = NULL, *starters = NULL;
	int r;

	r = run(argv, &answer);
	if (r == 0)
		r = find_starters(answer, &starters);
	if (r == 0)
		r = systemctl_read_answer(unit, answer, changed_usec(unit));
	if (r == 0 && unit->installed && !unit->starts && starters)
		unit->starts = may_be_started_by(&starters);
	return r;
}

int systemctl_files(const char *unit, char **ret)
{
	char *argv[] = { (char *)"systemctl", (char *)"show", (char *)"--property=FragmentPath,DropInPaths",
			 (char *)"--",	      (char *)unit,   NULL };
	static const char fragment_mark[] = "FragmentPath=", dropins_mark[] = "DropInPaths=";
	const char *fragment = "", *dropins = "";
	cleanup_free char *answer = NULL;
	char *rest, *line;
	int r = run(argv, &answer);

	if (r < 0)
		return r;
	rest = answer;
	while ((line = strsep(&rest, "\n"))) {
		if (strncmp(line, fragment_mark, strlen(fragment_mark)) == 0)
			fragment = line + strlen(fragment_mark);
		else if (strncmp(line, dropins_mark, strlen(dropins_mark)) == 0)
			dropins = line + strlen(dropins_mark);
	}
	return asprintf(ret, "%s\n%s", fragment, dropins) < 0 ? -ENOMEM : 0;
}

/* Return: 0, the caller frees *ret; -EIO, -ENOMEM. */
static int ask(char *const argv[], char **ret)
{
	cleanup_free char *answer = NULL;
	int r = run(argv, &answer);

	if (r == 0)
		*ret = take_ptr(answer);
	return r;
}

int systemctl_version(char **ret)
{
	return ask((char *[]){ (char *)"systemctl", (char *)"--version", NULL }, ret);
}

int systemctl_sockets(char **ret)
{
	char *argv[] = { (char *)"systemctl",
			 (char *)"show",
			 (char *)"--all",
			 (char *)"--property=Id,Names,LoadState,Listen",
			 (char *)"--",
			 (char *)"*.socket",
			 NULL };

	return ask(argv, ret);
}

int systemctl_triggers(const char *unit, char **ret)
{
	char *argv[] = { (char *)"systemctl", (char *)"show", (char *)"--property=Names,LoadState,Accept,Triggers",
			 (char *)"--",	      (char *)unit,   NULL };

	return ask(argv, ret);
}

int systemctl_successes(const char *unit, char **ret)
{
	char *argv[] = { (char *)"systemctl",
			 (char *)"show",
			 (char *)"--property=SuccessExitStatus",
			 (char *)"--value",
			 (char *)"--",
			 (char *)unit,
			 NULL };

	return ask(argv, ret);
}
