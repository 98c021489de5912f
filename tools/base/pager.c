/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pager gets the whole page as a file, and the exit status of the tool is that of the verb. For root it is the
 * system's less alone, without arguments and without its commands that run others (LESSSECURE): a page is neither a
 * shell nor another file for who was let into this command by sudo(8), with variables of the caller.
 */
#include "tools/base/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"

enum { MAX_PAGER_WORDS = 16, NOT_STARTED = 127 };

/* A program that waits for keys is right only where somebody can press them. */
static bool is_wanted(const struct report *report)
{
	const struct arguments *arguments = report->arguments;
	const char *term = getenv("TERM");

	if (arguments->no_pager || report->json || arguments->nagios || arguments->html || arguments->graph ||
	    report->openmetrics || report->prometheus || report->quiet || report->error == -EINVAL)
		return false;
	if (report->verb && !report->verb->pages && !arguments->help)
		return false;
	return term && strcmp(term, "dumb") != 0 && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

struct pager pager_begin(const struct report *report)
{
	struct pager pager = { .screen = -1, .sigpipe = report->sigpipe_was_ignored };
	cleanup_fd int page = -1, screen = -1;

	if (!is_wanted(report) || fflush(stdout) != 0)
		return pager;
	page = memfd_create("page", MFD_CLOEXEC);
	screen = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (page < 0 || screen < 0 || dup2(page, STDOUT_FILENO) < 0)
		return pager;
	pager.page = take_fd(page);
	pager.screen = take_fd(screen);
	text_screen(pager.screen);
	return pager;
}

/* The lines that the page takes, at least. */
static size_t count_lines(const char *page, size_t size, unsigned int columns)
{
	const char *end = page + size;
	size_t n = 0;

	while (page < end) {
		const char *newline = memchr(page, '\n', (size_t)(end - page));
		const size_t length = (size_t)((newline ? newline : end) - page);

		n += 1 + (length ? (length - 1) / columns : 0);
		page += length + 1;
	}
	return n;
}

static bool is_long(int page, int screen, off_t size)
{
	struct winsize window;
	size_t n;
	char *text;

	if (size <= 0 || ioctl(screen, TIOCGWINSZ, &window) < 0 || window.ws_row == 0 || window.ws_col == 0)
		return false;
	text = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, page, 0);
	if (text == MAP_FAILED)
		return false;
	n = count_lines(text, (size_t)size, window.ws_col);
	munmap(text, (size_t)size);
	return n >= window.ws_row;
}

/* Splits the command at blanks; no shell reads it. Changes text. Return: false if it is empty or too long. */
static bool split(char *text, char *words[static MAX_PAGER_WORDS + 1])
{
	size_t n = 0;
	char *at = NULL;

	for (char *word = strtok_r(text, " \t", &at); word; word = strtok_r(NULL, " \t", &at)) {
		if (n == MAX_PAGER_WORDS)
			return false;
		words[n++] = word;
	}
	words[n] = NULL;
	return n > 0;
}

/* Root's pager may be asked for by any path, but is another one then: the system's. */
static bool is_less(const char *command)
{
	const char *slash = strrchr(command, '/');

	return strcmp(slash ? slash + 1 : command, "less") == 0;
}

/* Removes each variable that less reads, of any version: LESSSECURE_ALLOW gives back what LESSSECURE takes. */
static void forget_less_variables(void)
{
	char **to = environ;

	for (char **at = environ; *at; at++)
		if (strncmp(*at, "LESS", 4) != 0)
			*to++ = *at;
	*to = NULL;
}

/* The keys that end a program are the pager's while it runs: less would be left behind on a terminal without echo. */
static void ignore_keys(struct sigaction before[static 2])
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGINT, &ignore, &before[0]);
	sigaction(SIGQUIT, &ignore, &before[1]);
}

static void restore_keys(const struct sigaction before[static 2])
{
	sigaction(SIGINT, &before[0], NULL);
	sigaction(SIGQUIT, &before[1], NULL);
}

/* Returns only if there is no less. */
static void become_less(void)
{
	static const char *const paths[] = { "/usr/bin/less", "/bin/less" };

	forget_less_variables();
	if (setenv("LESSSECURE", "1", 1) < 0 || setenv("LESSHISTFILE", "-", 1) < 0 || setenv("LESS", "FRX", 1) < 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		execl(paths[i], "less", (char *)NULL);
}

/* Becomes the pager, or ends with NOT_STARTED. */
static void become(char **words, const struct pager *pager)
{
	if (lseek(pager->page, 0, SEEK_SET) < 0 || dup2(pager->page, STDIN_FILENO) < 0)
		_exit(NOT_STARTED);
	signal(SIGPIPE, pager->sigpipe ? SIG_IGN : SIG_DFL);
	if (geteuid() == 0)
		become_less();
	else if (setenv("LESS", "FRX", 0) == 0)
		execvp(words[0], words);
	_exit(NOT_STARTED);
}

/* Return: false if no pager has shown the page. */
static bool show(const struct pager *pager)
{
	const char *command = getenv("EJGUARD_PAGER");
	cleanup_free char *text = NULL;
	char *words[MAX_PAGER_WORDS + 1];
	struct sigaction before[2];
	int status = 0, r;
	pid_t pid;

	if (!command)
		command = getenv("PAGER");
	text = strdup(command ? command : "less");
	if (!text || !split(text, words) || (geteuid() == 0 && !is_less(words[0])))
		return false;
	ignore_keys(before);
	pid = fork();
	if (pid == 0) {
		restore_keys(before);
		become(words, pager);
	}
	do
		r = pid < 0 ? 0 : waitpid(pid, &status, 0);
	while (r < 0 && errno == EINTR);
	restore_keys(before);
	return pid > 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != NOT_STARTED);
}

static void copy(const struct pager *pager)
{
	char text[BUFSIZ];
	ssize_t n;

	if (lseek(pager->page, 0, SEEK_SET) < 0)
		return;
	while ((n = read(pager->page, text, sizeof(text))) > 0)
		fwrite(text, 1, (size_t)n, stdout);
	fflush(stdout);
}

void pager_end(struct pager *pager)
{
	off_t size;

	if (pager->screen < 0)
		return;
	fflush(stdout);
	text_screen(-1);
	dup2(pager->screen, STDOUT_FILENO);
	size = lseek(pager->page, 0, SEEK_END);
	if (!is_long(pager->page, pager->screen, size) || !show(pager))
		copy(pager);
	close(pager->page);
	close(pager->screen);
	pager->screen = -1;
}
