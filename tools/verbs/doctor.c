/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard doctor: can this system enforce the stack, what is missing, what prevents it? */
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "tools/systemd/dropin.h"
#include "tools/systemd/systemctl.h"
#include "tools/verbs/verbs.h"

/* Adds a finding of the tool itself. */
static int note(struct report *report, const char *id, enum ejg_severity severity, const char *subject,
		const char *message, const char *remedy)
{
	return report_note(report, &(struct ejg_finding){
					   .module = "ejguard",
					   .id = id,
					   .severity = severity,
					   .subject = subject,
					   .message = message,
					   .remedy = remedy,
				   });
}

static int note_kernel(struct report *report)
{
	struct utsname name;
	cleanup_free char *text = NULL;

	if (uname(&name) < 0)
		return report_fail(report, -EIO, "cannot ask for the version of the kernel: %s", strerror(errno));
	if (asprintf(&text, "%s %s, %s", name.sysname, name.release, name.machine) < 0) {
		text = NULL;
		return report_fail(report, -ENOMEM, "out of memory");
	}
	return note(report, "ejguard.kernel", EJG_INFO, "kernel", text, NULL);
}

/* The terms of systemd.resource-control(5) and systemd.exec(5). */
static const char *describe_bpf(const char *version)
{
	if (strstr(version, "+BPF_FRAMEWORK"))
		return "with BPF_FRAMEWORK: SocketBindDeny=, RestrictNetworkInterfaces= and RestrictFileSystems= work, "
		       "but none of them controls which clients reach a port";
	return "without BPF_FRAMEWORK: SocketBindDeny=, RestrictNetworkInterfaces= and RestrictFileSystems= have no "
	       "effect here";
}

static int note_systemd(struct report *report)
{
	cleanup_free char *version = NULL, *text = NULL;
	int r;

	r = systemctl_version(&version);
	if (r == -ENOMEM)
		return report_fail(report, r, "out of memory");
	if (r < 0)
		return note(report, "ejguard.systemd", EJG_INFO, "systemd", "there is no systemctl here", NULL);
	if (asprintf(&text, "%.*s, %s%s", (int)strcspn(version, "\n"), version, describe_bpf(version),
		     systemctl_available() ? "" : "; it is not the running service manager") < 0) {
		text = NULL;
		return report_fail(report, -ENOMEM, "out of memory");
	}
	return note(report, "ejguard.systemd", EJG_INFO, "systemd", text, NULL);
}

/* True if all that failed is what only root may see. */
static bool is_only_unseen(const struct report *report)
{
	const struct ejg_finding *finding;

	for (size_t i = 0; (finding = report_finding(report, i)); i++)
		if (finding->severity == EJG_FAILURE && strcmp(finding->id, "core.module-unprivileged") != 0)
			return false;
	return true;
}

int verb_doctor(const struct arguments *arguments, struct report *report)
{
	int diagnosis, r;

	diagnosis = ejg_doctor(report->handle);
	if (diagnosis < 0 && diagnosis != -EACCES)
		return diagnosis;
	r = note_kernel(report);
	if (r == 0)
		r = note_systemd(report);
	/* Without systemd as service manager, missing drop-ins are no problem. */
	if (r == 0 && (arguments->unitdir || systemctl_available()))
		r = dropin_notes(report, arguments->unitdir ? arguments->unitdir : EJG_UNITDIR,
				 &(struct dropin_look){ .ask_systemd = !arguments->unitdir && systemctl_available(),
							.most = EJG_WARNING });
	if (r == 0 && diagnosis == -EACCES && is_only_unseen(report))
		return -EPERM;
	return r < 0 ? r : diagnosis;
}
