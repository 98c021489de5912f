/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Preloaded (LD_PRELOAD), by CHILD_FAULT: `fail`, the child that puts the first policy into its array cannot; `kill`,
 * it is killed there; `none`, there is no child.
 */
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static pid_t parent;

__attribute__((constructor)) static void remember(void)
{
	parent = getpid();
}

static int fault(long number, const char *name)
{
	const char *wanted = getenv("CHILD_FAULT");

	if (!wanted || strcmp(wanted, name) != 0)
		return 0;
	return strcmp(name, "none") == 0 ? number == SYS_clone : number == SYS_bpf && getpid() != parent;
}

long syscall(long number, ...)
{
	long (*real)(long number, ...);
	long a[6];
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	errno = E2BIG;
	if (fault(number, "fail") || fault(number, "none"))
		return -1;
	if (fault(number, "kill"))
		kill(getpid(), SIGKILL);
	*(void **)&real = dlsym(RTLD_NEXT, "syscall");
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
