/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/processes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "libejguard/service/base/cookie-mask.h"
#include "libejguard/service/processes-arguments.h"
#include "libejguard/service/processes-read.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/thread.h"

enum {
	MAX_PROCESSES = 256, /* of the service, and as many others: strangers cannot displace the service's processes */
	MAX_PIDS = 80,	     /* bytes of a list of pids */
	FIRST_LOOK = 4096,   /* bytes of arguments in which an emulator is recognised: -root and -progname come first */
};

/* Processes for a note of the survey: how many, and the first pids. */
struct pids {
	unsigned int n;
	char text[MAX_PIDS];
};

/* One pass over /proc. */
struct pass {
	struct survey_draft *draft;
	struct process_buffer *buffer; /* it may contain cookies */
	int proc;
	char network[PATH_MAX]; /* the caller's own network namespace; "" when it cannot be read */
	struct ejg_process *processes;
	size_t n;
	size_t n_service;
	bool init_seen;
	unsigned int hidden;  /* their arguments cannot be read */
	unsigned int dropped; /* beyond the limit */
	struct pids unseen;   /* Erlang processes that could not be read completely */
	struct pids cut;      /* their arguments or environment are longer than the buffer */
};

/* The kind of a process, before all of it is read. */
enum kind {
	KIND_OTHER,
	KIND_EMULATOR,
	KIND_EPMD,
	KIND_ERL_CALL,
};

static void note_pid(struct pids *pids, pid_t pid)
{
	const size_t length = strlen(pids->text);

	pids->n++;
	if (length < sizeof(pids->text) - 20)
		snprintf(pids->text + length, sizeof(pids->text) - length, "%s%d", length > 0 ? ", " : "", pid);
	else if (pids->text[length - 1] != '.')
		strcpy(pids->text + length, ", ...");
}

/*
 * The kind of a file by its name: beam.smp, beam.debug.smp; " (deleted)" follows after an upgrade of the
 * package.
 */
static enum kind kind_of_file(const char *path)
{
	const char *name = strrchr(path, '/');
	size_t length;

	name = name ? name + 1 : path;
	length = strlen(name);
	if (length > strlen(" (deleted)") && strcmp(name + length - strlen(" (deleted)"), " (deleted)") == 0)
		length -= strlen(" (deleted)");
	if (strncmp(name, "beam", 4) == 0 && (length == 4 || name[4] == '.'))
		return KIND_EMULATOR;
	if (length == 4 && memcmp(name, "epmd", 4) == 0)
		return KIND_EPMD;
	return length == 8 && memcmp(name, "erl_call", 8) == 0 ? KIND_ERL_CALL : KIND_OTHER;
}

/* exe is NULL if it cannot be read; only then the name in the process's own data is used. */
static enum kind kind_of(const char *exe, const char *text, size_t size)
{
	const enum kind kind = kind_of_file(exe ? exe : text);

	return kind == KIND_OTHER && emulator_arguments_present(text, size) ? KIND_EMULATOR : kind;
}

/* Return: true if the process belongs into the survey. */
static bool set_role(struct ejg_process *process, enum kind kind, const struct emulator_arguments *arguments)
{
	process->role = kind == KIND_EPMD ? EJG_PROCESS_EPMD : EJG_PROCESS_CONTROL;
	if (kind != KIND_EMULATOR)
		return true;
	process->long_name = arguments->long_name;
	if (arguments->service || (!arguments->control && (arguments->node || process->in_service)))
		process->role = EJG_PROCESS_NODE;
	else
		return arguments->control;
	return true;
}

/* Problems with reading a process. */
struct doubts {
	bool unseen;
	bool cut;
};

static int read_arguments(struct pass *p, int folder, struct ejg_process *process, struct doubts *doubts)
{
	struct emulator_arguments emulator;
	const char **arguments;
	enum kind kind;
	ssize_t n;
	int r;

	n = process_read_text(p->buffer, folder, "cmdline", PROCESSES_MAX_TEXT);
	if (n < 0)
		return -ESRCH;
	kind = kind_of(process->exe, p->buffer->text, (size_t)n);
	emulator = emulator_arguments_read(p->buffer->text, (size_t)n);
	if (kind == KIND_OTHER || !set_role(process, kind, &emulator))
		return -ESRCH;
	r = cookie_mask_arguments(p->draft->arena, p->buffer->text, (size_t)n, kind == KIND_ERL_CALL, &arguments,
				  &process->n_arguments, &process->cookie_argument);
	if (r < 0)
		return r;
	process->arguments = arguments;
	doubts->cut |= n == PROCESSES_MAX_TEXT;
	if (kind != KIND_EMULATOR || !emulator.node)
		return 0;
	process->node = cookie_mask_text(p->draft->arena, emulator.node, NULL);
	return process->node ? 0 : -ENOMEM;
}

static int read_cgroup(struct pass *p, int folder, struct ejg_process *process)
{
	const char *path;
	int r;

	r = process_read_cgroup(p->draft, p->buffer, folder, &path, &process->in_service);
	if (r < 0)
		return r;
	if ((process->in_service ? p->n_service : p->n - p->n_service) >= MAX_PROCESSES)
		return -E2BIG;
	if (!path)
		return 0;
	process->cgroup = arena_strdup(p->draft->arena, path);
	if (!process->cgroup)
		return -ENOMEM;
	return survey_cgroups_unit(p->draft->cgroups, survey_cgroups_below(p->draft->cgroups, process->cgroup),
				   &process->unit);
}

/* The link of a process that has ended cannot be read either: is_same() recognises that case. */
static int read_exe(struct pass *p, int folder, struct ejg_process *process, struct doubts *doubts)
{
	if (process_read_link(p->buffer, folder, "exe") < 0) {
		doubts->unseen = true;
		return 0;
	}
	process->exe = arena_strdup(p->draft->arena, p->buffer->exe);
	return process->exe ? 0 : -ENOMEM;
}

static int read_network(struct pass *p, int folder, struct ejg_process *process, struct doubts *doubts)
{
	if (process_read_link(p->buffer, folder, "ns/net") < 0 || !*p->network)
		doubts->unseen = true;
	else
		process->other_network = strcmp(p->buffer->exe, p->network) != 0;
	return 0;
}

static int read_environment(struct pass *p, int folder, struct ejg_process *process, struct doubts *doubts)
{
	const int r = process_read_environment(p->draft, p->buffer, folder, process, &doubts->cut);

	doubts->unseen |= r == -EACCES;
	return r == -EACCES ? 0 : r;
}

/* It may have executed another program since its folder was opened. */
static bool is_same(struct pass *p, int folder, const struct ejg_process *process)
{
	struct ejg_process now = { 0 };

	if (process_read_stat(p->buffer, folder, &now) < 0 || now.start_time != process->start_time)
		return false;
	return !process->exe ||
	       (process_read_link(p->buffer, folder, "exe") == 0 && strcmp(p->buffer->exe, process->exe) == 0);
}

/*
 * Reads one process by its open folder, which always refers to the same process, even if its pid is reused.
 * Return: 0; -ESRCH when it has ended, or does not belong into the survey; -E2BIG beyond the limit; -ENOMEM.
 */
static int read_process(struct pass *p, int folder, struct ejg_process *process, struct doubts *doubts)
{
	int r;

	r = process_read_stat(p->buffer, folder, process);
	if (r == 0)
		r = read_cgroup(p, folder, process);
	if (r == 0)
		r = read_exe(p, folder, process, doubts);
	if (r == 0)
		r = read_arguments(p, folder, process, doubts);
	if (r == 0)
		r = read_network(p, folder, process, doubts);
	if (r == 0)
		r = read_environment(p, folder, process, doubts);
	if (r == 0 && !is_same(p, folder, process))
		r = -ESRCH;
	return r;
}

static int add_process(struct pass *p, const char *name, pid_t pid)
{
	cleanup_fd int folder = openat(p->proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct ejg_process process = { .pid = pid }, *grown;
	struct doubts doubts = { 0 };
	int r;

	r = folder < 0 ? -ESRCH : read_process(p, folder, &process, &doubts);
	if (r == -E2BIG)
		p->dropped++;
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	grown = arena_grow(p->draft->arena, p->processes, p->n, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	p->processes = grown;
	p->n_service += process.in_service;
	grown[p->n++] = process;
	if (doubts.unseen)
		note_pid(&p->unseen, pid);
	if (doubts.cut)
		note_pid(&p->cut, pid);
	return 0;
}

/* Only processes that look like Erlang are read completely: this runs for every process of the host. */
static int look_at(struct pass *p, const char *name)
{
	char path[NAME_MAX + 16], thread[THREAD_PATH_SIZE];
	uint64_t pid;
	ssize_t n;
	int exe;

	if (unsigned_parse(name, &pid) < 0 || pid == 0 || pid > INT_MAX)
		return 0;
	p->init_seen |= pid == 1;
	snprintf(path, sizeof(path), "%s/exe", name);
	exe = process_read_link(p->buffer, p->proc, path);
	if (exe == -ENOENT) { /* a thread of the kernel, or one that has ended */
		if (!thread_find_other(p->proc, pid, thread))
			return 0;
		name = thread;
		snprintf(path, sizeof(path), "%s/exe", name);
		exe = process_read_link(p->buffer, p->proc, path);
	}
	snprintf(path, sizeof(path), "%s/cmdline", name);
	n = process_read_text(p->buffer, p->proc, path, FIRST_LOOK);
	if (n == -EACCES || n == -EPERM)
		p->hidden++;
	if (n < 0 || kind_of(exe == 0 ? p->buffer->exe : NULL, p->buffer->text, (size_t)n) == KIND_OTHER)
		return 0;
	return add_process(p, name, (pid_t)pid);
}

static int say_unseen(const struct pass *p)
{
	int r = 0;

	if (!p->init_seen || p->hidden > 0)
		r = survey_unseen(p->draft,
				  "processes of other users are hidden (%s is mounted with hidepid), perhaps those of "
				  "the service; run it as root",
				  p->draft->source->proc);
	if (r == 0 && p->unseen.n > 0)
		r = survey_unseen(p->draft,
				  "the program, environment or network namespace of a process cannot be read (pid %s); "
				  "run it as root",
				  p->unseen.text);
	if (r == 0 && p->cut.n > 0)
		r = survey_unseen(p->draft,
				  "the arguments or the environment of a process are longer than %d KiB and were not "
				  "completely read (pid %s)",
				  PROCESSES_MAX_TEXT / 1024, p->cut.text);
	if (r == 0 && p->dropped > 0)
		r = survey_unseen(p->draft, "there are %u more processes of Erlang; only the first %d are listed",
				  p->dropped, MAX_PROCESSES);
	return r;
}

static int compare(const void *a, const void *draft)
{
	const struct ejg_process *x = a, *y = draft;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static int pass(struct pass *p)
{
	cleanup_dir DIR *dir = opendir(p->draft->source->proc);
	const struct dirent *entry;
	int r = 0;

	if (!dir)
		return survey_unseen(p->draft, "%s cannot be read: no process was seen", p->draft->source->proc);
	p->proc = dirfd(dir);
	if (process_read_link(p->buffer, p->proc, "self/ns/net") == 0)
		strcpy(p->network, p->buffer->exe);
	while (r == 0 && (entry = readdir(dir)))
		r = look_at(p, entry->d_name);
	if (r == 0)
		r = say_unseen(p);
	if (r < 0)
		return r;
	if (p->n > 0)
		qsort(p->processes, p->n, sizeof(*p->processes), compare);
	p->draft->survey->processes = p->processes;
	p->draft->survey->n_processes = p->n;
	return 0;
}

int processes_collect(struct survey_draft *draft)
{
	cleanup_free struct process_buffer *buffer = malloc(sizeof(*buffer));
	struct pass p = { .draft = draft, .buffer = buffer };
	int r;

	if (!buffer)
		return -ENOMEM;
	r = pass(&p);
	explicit_bzero(buffer, sizeof(*buffer));
	return r;
}
