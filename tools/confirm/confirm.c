/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/confirm/confirm.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/clock.h"
#include "tools/confirm/former.h"
#include "tools/confirm/timer.h"
#include "tools/systemd/systemctl.h"

enum { MIN_SECONDS = 5, MAX_SECONDS = 24 * 60 * 60 };

int confirm_read_seconds(const char *text, struct report *report, unsigned int *ret)
{
	static const struct {
		const char *name;
		unsigned int seconds;
	} units[] = { { "", 1 }, { "s", 1 }, { "min", 60 }, { "h", 60 * 60 } };
	size_t n = strspn(text, "0123456789");
	unsigned long number = n > 0 && n <= 5 ? strtoul(text, NULL, 10) : 0;

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		unsigned long seconds = number * units[i].seconds;

		if (strcmp(text + n, units[i].name) != 0 || seconds < MIN_SECONDS || seconds > MAX_SECONDS)
			continue;
		*ret = (unsigned int)seconds;
		return 0;
	}
	return report_fail_usage(report, "--confirm takes a time from 5s to 24h, such as 60s or 5min, not '%s'", text);
}

static int refuse_here(struct report *report)
{
	if (geteuid() != 0)
		return report_fail(report, -EPERM, "apply --confirm needs root; run it as root");
	if (!systemctl_available())
		return report_fail(report, -EOPNOTSUPP,
				   "apply --confirm needs a timer of systemd, which is not the service manager here; "
				   "use apply without --confirm");
	return 0;
}

/* Return: 0, or an error with the message set. */
static int begin(struct report *report, unsigned int seconds, const struct pending *earlier)
{
	struct pending pending = {};
	int r = 0;

	if (earlier) {
		pending = *earlier;
	} else {
		pending_set_started(report, false);
		r = pending_keep_former(report, &pending);
	}
	if (r == 0 && pending.former)
		r = former_check(report, !earlier);
	pending.until = (uint64_t)clock_ms() + seconds * 1000ULL;
	if (r == 0)
		r = pending_write(report, &pending);
	return r < 0 ? r : timer_start(report, seconds);
}

/* Restores the state before the change: no change waits, or the earlier change waits and its time goes on. */
static void take_back(struct report *report, const struct pending *earlier)
{
	unsigned int seconds;

	if (!earlier) {
		timer_stop(report);
		(void)pending_remove(report);
		return;
	}
	seconds = pending_left(earlier);
	if (pending_write(report, earlier) == 0)
		(void)timer_start(report, seconds > 0 ? seconds : 1);
}

int confirm_apply(struct report *report, const struct ejg_apply_options *how, unsigned int seconds)
{
	struct pending earlier = {};
	cleanup_fd int lock = -1;
	int waited, r = refuse_here(report);

	if (r == 0)
		r = pending_lock(report, &lock);
	if (r < 0)
		return r;
	waited = pending_read(report, &earlier);
	if (waited < 0)
		return waited;
	r = ejg_load(report->handle, NULL);
	if (r < 0)
		return r;
	/* The timer starts before any change: even if this process is killed, the former policy comes back. */
	r = begin(report, seconds, waited ? &earlier : NULL);
	if (r == 0)
		r = ejg_apply(report->handle, how);
	if (r == 0)
		pending_set_reverted(report, false);
	if (r < 0 && !report_is_kept(report))
		take_back(report, waited ? &earlier : NULL);
	pending_show(report);
	return r;
}

int confirm_refuse_pending(struct report *report)
{
	struct pending pending;
	int r = pending_read(report, &pending);

	if (r <= 0)
		return r;
	if (!timer_runs(report->service)) /* it ends if systemd restarts, or is told to end it */
		return report_fail(report, -EBUSY,
				   "a change of %s waits to be confirmed, and its timer does not run: it is not taken "
				   "back by itself; "
				   "first run: ejguard confirm %s, or: ejguard revert %s",
				   report->service, report->service, report->service);
	return report_fail(
		report, -EBUSY,
		"a change of %s waits to be confirmed, and is taken back in %u s; first run: ejguard confirm %s, "
		"or: ejguard revert %s",
		report->service, pending_left(&pending), report->service, report->service);
}

int confirm_refuse_reverted(struct report *report)
{
	if (!pending_is_reverted(report))
		return 0;
	return report_fail(report, -EBUSY,
			   "the stack file of %s still contains the change that was taken back, and the former policy "
			   "stays in force; correct the "
			   "file, then run: ejguard apply %s",
			   report->service, report->service);
}

static int nothing_waits(struct report *report)
{
	return report_fail(
		report, -EIO,
		"nothing of %s waits to be confirmed: there was no apply --confirm, or its time is over and the "
		"former policy is back; see: ejguard status %s",
		report->service, report->service);
}

int confirm_keep(struct report *report)
{
	struct pending pending;
	cleanup_fd int lock = -1;
	int r = pending_lock(report, &lock);

	if (r == 0)
		r = pending_read(report, &pending);
	if (r == 0)
		return nothing_waits(report);
	if (r > 0)
		r = pending_remove(report);
	if (r == 0)
		timer_stop(report);
	return r;
}

static int load(struct report *report, const char *name)
{
	cleanup_free char *path = pending_path(report, name);

	return path ? ejg_load(report->handle, path) : report_fail(report, -ENOMEM, "out of memory");
}

/* Without a former policy it releases the current one, even if its file, or the kept copy, can no longer be read. */
static int bring_back(struct report *report, bool former)
{
	cleanup_free char *applied = pending_path(report, "applied");
	int r = 0;

	if (former) {
		r = load(report, FORMER_NAME);
		return r < 0 ? r : ejg_apply(report->handle, NULL);
	}
	if (applied && access(applied, F_OK) == 0)
		r = ejg_load(report->handle, applied);
	return r == -ENOMEM ? r : ejg_release(report->handle); /* otherwise it would load the stack on the disk */
}

/* A service that was started under the guard must not continue without one. */
static int keep_started(struct report *report)
{
	int r = pending_remove(report);

	if (r < 0)
		return r;
	timer_stop(report);
	return report_fail(
		report, -EIO,
		"a unit or a container of %s has started since under the guard, and nothing was applied before: the "
		"guard stays, and nothing waits any more; to remove it, run: ejguard release %s",
		report->service, report->service);
}

int confirm_revert(struct report *report)
{
	struct pending pending = {};
	cleanup_fd int lock = -1;
	int waits, r = pending_lock(report, &lock);

	if (r < 0)
		return r;
	waits = pending_read(report, &pending);
	if (waits <= 0)
		return waits < 0 ? waits : nothing_waits(report);
	if (!pending.former && pending_is_started(report))
		return keep_started(report);
	r = bring_back(report, pending.former);
	report->pending.former = pending.former;
	if (r < 0 && !report_is_kept(report))
		return r;
	pending_set_reverted(report, pending.former);
	(void)pending_remove(report);
	timer_stop(report);
	return r;
}

void confirm_note_start(struct report *report)
{
	struct pending pending;
	cleanup_fd int lock = -1;

	/* With the lock no revert is running. Without the lock it is recorded too. */
	if (pending_read(report, &pending) > 0) {
		(void)pending_lock(report, &lock);
		if (pending_read(report, &pending) > 0)
			pending_set_started(report, true);
	}
	report_forget_failure(report);
}

void confirm_forget(struct report *report)
{
	struct pending pending;
	cleanup_fd int lock = -1;

	pending_set_reverted(report, false);
	if (pending_read(report, &pending) != 0 && pending_lock(report, &lock) == 0 && pending_remove(report) == 0)
		timer_stop(report);
	report_forget_failure(report);
}
