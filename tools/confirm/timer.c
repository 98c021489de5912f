/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/confirm/timer.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/handle.h"
#include "tools/systemd/dropin.h"
#include "tools/systemd/systemctl.h"

#define FOLDER "/run/systemd/system"

/* "ejguard-revert-SERVICE.timer"; NULL without memory. */
static char *unit_name(const char *service, const char *end)
{
	char *name;

	return asprintf(&name, "ejguard-revert-%s.%s", service, end) < 0 ? NULL : name;
}

static char *unit_path(const char *service, const char *end)
{
	char *path;

	return asprintf(&path, FOLDER "/ejguard-revert-%s.%s", service, end) < 0 ? NULL : path;
}

static void put_option(FILE *out, const char *option, const char *value)
{
	cleanup_free char *word = value ? dropin_quote(value) : NULL;

	if (word)
		fprintf(out, " --%s %s", option, word);
}

/* It is repeated until it succeeds, or until no change waits. */
static void put_service(FILE *out, const struct report *report)
{
	fprintf(out,
		"[Unit]\nDescription=Former policy of ejguard for %s, unless the new one is confirmed\n"
		"Documentation=man:ejguard(8)\nConditionPathExists=" EJG_RUNDIR
		"/%s/pending\nStartLimitIntervalSec=0\n\n"
		"[Service]\nType=oneshot\nRestart=on-failure\nRestartSec=5\nExecStart=" EJG_SBINDIR "/ejguard",
		report->service, report->service);
	put_option(out, "confdir", report->arguments->confdir);
	put_option(out, "moduledir", report->arguments->moduledir);
	fprintf(out, " revert -- %s\n", report->service);
}

static void put_timer(FILE *out, const struct report *report, unsigned int seconds)
{
	fprintf(out,
		"[Unit]\nDescription=Time to confirm the policy of ejguard for %s\nDocumentation=man:ejguard(8)\n\n"
		"[Timer]\nOnActiveSec=%us\nAccuracySec=100ms\n",
		report->service, seconds);
}

static int write_unit(struct report *report, const char *end, unsigned int seconds)
{
	cleanup_free char *path = unit_path(report->service, end);
	cleanup_file FILE *file = path ? fopen(path, "we") : NULL;

	if (!path)
		return report_fail(report, -ENOMEM, "out of memory");
	if (file && fchmod(fileno(file), 0644) < 0)
		return report_fail(report, -EIO, "cannot write %s: %s; nothing was applied", path, strerror(errno));
	if (file && seconds > 0)
		put_timer(file, report, seconds);
	else if (file)
		put_service(file, report);
	if (file && fflush(file) == 0 && !ferror(file))
		return 0;
	return report_fail(report, dropin_errno(-errno), "cannot write %s: %s; nothing was applied", path,
			   strerror(errno));
}

static int reload(struct report *report)
{
	cleanup_free char *problem = NULL;

	handle_progress(report, "systemd reads the timer");
	if (systemctl_reload(&problem) == 0)
		return 0;
	return report_fail(report, -EIO, "systemd did not read the timer%s%s; nothing was applied", problem ? ": " : "",
			   problem ? problem : "");
}

int timer_start(struct report *report, unsigned int seconds)
{
	cleanup_free char *name = unit_name(report->service, "timer"), *problem = NULL;
	int r = name ? write_unit(report, "service", 0) : report_fail(report, -ENOMEM, "out of memory");

	if (r == 0)
		r = write_unit(report, "timer", seconds);
	if (r == 0)
		r = reload(report);
	if (r < 0)
		return r;
	if (systemctl_do("restart", name, &problem) == 0 && timer_runs(report->service))
		return 0;
	return report_fail(report, -EIO, "systemd did not start %s%s%s; nothing was applied", name, problem ? ": " : "",
			   problem ? problem : "");
}

void timer_stop(const struct report *report)
{
	static const char *const ends[] = { "timer", "service" };
	cleanup_free char *name = unit_name(report->service, "timer"), *problem = NULL, *other = NULL;

	if (name)
		(void)systemctl_do("stop", name, &problem);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		cleanup_free char *path = unit_path(report->service, ends[i]);

		if (path)
			(void)unlink(path);
	}
	(void)systemctl_reload(&other);
}

bool timer_runs(const char *service)
{
	cleanup_free char *name = unit_name(service, "timer"), *problem = NULL;

	return name && systemctl_available() && systemctl_do("is-active", name, &problem) == 0;
}
