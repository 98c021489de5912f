/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard doctor: what can be enforced here, what is missing, what stands in the way? */
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "tools/dropin.h"
#include "tools/systemctl.h"
#include "tools/tool.h"

/* A finding of the tool itself. */
static int note(struct output *output, const char *id, enum ejg_severity severity, const char *subject,
		const char *message, const char *remedy)
{
	return output_note(output, &(struct ejg_finding){
					   .module = "ejguard",
					   .id = id,
					   .severity = severity,
					   .subject = subject,
					   .message = message,
					   .remedy = remedy,
				   });
}

static int note_kernel(struct output *output)
{
	struct utsname name;
	cleanup_free char *text = NULL;

	if (uname(&name) < 0)
		return output_fail(output, -EIO, "cannot ask for the version of the kernel: %s", strerror(errno));
	if (asprintf(&text, "%s %s, %s", name.sysname, name.release, name.machine) < 0) {
		text = NULL;
		return output_fail(output, -ENOMEM, "out of memory");
	}
	return note(output, "ejguard.kernel", EJG_INFO, "kernel", text, NULL);
}

/* Words as systemd.resource-control(5) and systemd.exec(5) have them. */
static const char *describe_bpf(const char *version)
{
	if (strstr(version, "+BPF_FRAMEWORK"))
		return "with BPF_FRAMEWORK: its SocketBindDeny=, RestrictNetworkInterfaces= and RestrictFileSystems= "
		       "can work, and none of them guards a port against clients";
	return "without BPF_FRAMEWORK: its SocketBindDeny=, RestrictNetworkInterfaces= and RestrictFileSystems= do "
	       "nothing here";
}

static int note_systemd(struct output *output)
{
	cleanup_free char *version = NULL, *text = NULL;
	int r;

	r = systemctl_version(&version);
	if (r == -ENOMEM)
		return output_fail(output, r, "out of memory");
	if (r < 0)
		return note(output, "ejguard.systemd", EJG_INFO, "systemd", "there is no systemctl here", NULL);
	if (asprintf(&text, "%.*s, %s%s", (int)strcspn(version, "\n"), version, describe_bpf(version),
		     systemctl_available() ? "" : "; it is not the service manager that runs") < 0) {
		text = NULL;
		return output_fail(output, -ENOMEM, "out of memory");
	}
	return note(output, "ejguard.systemd", EJG_INFO, "systemd", text, NULL);
}

static int doctor(const struct arguments *arguments, struct output *output)
{
	int diagnosis, r;

	output->service = service_name(arguments);
	r = guard_open(arguments, output);
	if (r < 0)
		return r;
	diagnosis = ejg_diagnose(output->guard);
	if (diagnosis < 0 && diagnosis != -EACCES)
		return diagnosis;
	r = note_kernel(output);
	if (r == 0)
		r = note_systemd(output);
	/* Where systemd is not in charge nobody misses its drop-ins. */
	if (r == 0 && (arguments->unitdir || systemctl_available()))
		r = dropin_notes(output, arguments->unitdir ? arguments->unitdir : EJG_UNITDIR, !arguments->unitdir, EJG_OK);
	return r < 0 ? r : diagnosis;
}

static const struct option_spec options[] = {
	{ "unitdir", 0, OPTION_PATH, "DIR", offsetof(struct arguments, unitdir),
	  "look for the drop-ins below DIR, not " EJG_UNITDIR },
};

const struct verb verb_doctor = {
	.name = "doctor",
	.operand = "[SERVICE]",
	.summary = "Tells what can be enforced here, and what stands in the way",
	.done = "nothing stands in the way",
	.failed = "NOT everything can be enforced",
	.tells_all = true,
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = doctor,
};
