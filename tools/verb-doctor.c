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

static int note_dropin(struct output *output, const struct unit *unit)
{
	if (unit->asked && !unit->installed)
		return note(output, "ejguard.no-unit", EJG_INFO, unit->name, "systemd does not have this unit", NULL);
	switch (unit->action) {
	case UNIT_REMOVED: /* could be removed: it is there, and ours */
		if (unit->restart_due)
			return note(output, "ejguard.restart-due", EJG_WARNING, unit->name,
				    "it runs since before its drop-in was written", "restart it");
		return note(output, "ejguard.dropin", EJG_OK, unit->name, "its drop-in has it guarded before it starts",
			    NULL);
	case UNIT_FOREIGN:
		return note(output, "ejguard.dropin-foreign", EJG_WARNING, unit->path,
			    "it was not written by ejguard for this service",
			    "see what it does, move it away, and run ejguard enable");
	default:
		return note(output, "ejguard.dropin-missing", EJG_WARNING, unit->name,
			    "it has no drop-in of ejguard: it starts unguarded", "run ejguard enable");
	}
}

static int note_dropins(struct output *output, const char *unitdir, bool ask_systemd)
{
	const struct ejg_facts *facts = ejg_get_facts(output->guard);
	int r;

	for (size_t i = 0; facts && i < facts->n_cgroups; i++) {
		struct unit *unit;

		if (!unit_can_guard(facts->cgroups[i].name))
			continue;
		/* Planned and not done: a way to look. */
		r = dropin_plan(output, unitdir, facts->cgroups[i].name, NULL);
		if (r < 0)
			return r;
		unit = &output->units.items[output->units.n - 1];
		if (ask_systemd && systemctl_ask(unit) == -ENOMEM)
			return output_fail(output, -ENOMEM, "out of memory");
		r = note_dropin(output, unit);
		if (r < 0)
			return r;
	}
	return 0;
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
		r = note_dropins(output, arguments->unitdir ? arguments->unitdir : EJG_UNITDIR, !arguments->unitdir);
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
