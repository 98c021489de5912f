/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/systemd/dropin-findings.h"

#include "tools/base/unit.h"

const struct ejg_finding dropin_findings[N_CONDITIONS] = {
	[STARTS_GUARDED] = { .id = "ejguard.dropin",
			     .severity = EJG_OK,
			     .message = "its drop-in guards it before it starts" },
	[BY_ITSELF] = { .id = "ejguard.dropin",
			.severity = EJG_OK,
			.message = "the unit itself guards it before it starts" },
	[RESTART_DUE] = { .id = "ejguard.restart-due",
			  .severity = EJG_WARNING,
			  .message = "it was started before its drop-in was written" },
	[NO_UNIT] = { .id = "ejguard.no-unit", .severity = EJG_INFO, .message = "systemd does not know this unit" },
	[UNSEEN] = { .id = "ejguard.unit-unseen",
		     .severity = EJG_INFO,
		     .message = "systemd does not answer, so it is not known whether it starts guarded" },
	[DIFFERS] = { .id = "ejguard.dropin-differs",
		      .severity = EJG_WARNING,
		      .message =
			      "its drop-in guards it, but differs from what enable would write now: an older version "
			      "wrote it, somebody has changed it, or ExecStart= of the unit has changed",
		      .remedy = "run: ejguard enable" },
	[MISSING] = { .id = "ejguard.dropin-missing",
		      .severity = EJG_FAILURE,
		      .message = "it has no drop-in of ejguard, so it starts unguarded",
		      .remedy = "run: ejguard enable" },
	[FOREIGN] = { .id = "ejguard.dropin-foreign",
		      .severity = EJG_FAILURE,
		      .message = "a file that ejguard did not write for this service is in the way of its drop-in: "
				 "it starts unguarded",
		      .remedy = "see what it does, then move it away\nrun: ejguard enable" },
	[UNREAD] = { .id = "ejguard.dropin-unread",
		     .severity = EJG_FAILURE,
		     .message = "systemd has not read its drop-in yet: until then it starts unguarded",
		     .remedy = "run: systemctl daemon-reload" },
	[RELOAD_DUE] = { .id = "ejguard.reload-due",
			 .severity = EJG_FAILURE,
			 .message =
				 "its files were changed after systemd read them: the next boot may start it unguarded",
			 .remedy = "run: systemctl daemon-reload" },
	[VOLATILE] = { .id = "ejguard.dropin-volatile",
		       .severity = EJG_FAILURE,
		       .message =
			       "only a file in /run guards it, which the next boot does not have: it starts unguarded",
		       .remedy = "run: ejguard enable" },
	[WITHOUT_EFFECT] = { .id = "ejguard.dropin-without-effect",
			     .severity = EJG_FAILURE,
			     .message = "its drop-in is there, but another file removes its command, so it starts "
					"unguarded",
			     .remedy = "find the file that clears ExecStartPre= (see systemctl cat), and correct it" },
	[UNCONFINED] = { .id = "ejguard.unconfined",
			 .severity = EJG_FAILURE,
			 .message = "its drop-in starts its command under the filter of the stack, but another file "
				    "undoes that: it starts without the filter",
			 .remedy = "find the file that sets ExecStart= after it (see systemctl cat), and correct it" },
	[CHANGED] = { .id = "ejguard.dropin-changed",
		      .severity = EJG_FAILURE,
		      .message = "its drop-in was changed and may not guard it: "
				 "it starts unguarded",
		      .remedy = "run: ejguard enable" },
	[LACKS_USERS] = { .id = "ejguard.dropin-behind",
			  .severity = EJG_FAILURE,
			  .message = "its drop-in puts on net only, and the stack now also has host: local users are "
				     "not kept away when it starts",
			  .remedy = "run: ejguard enable" },
};

const struct ejg_finding dropin_early_command = {
	.id = "ejguard.early-command",
	.severity = EJG_WARNING,
	.message = "its user runs a command before the guard, or after it failed, and so without it",
	.remedy = "clear ExecCondition= and ExecStartPre= in a drop-in whose name sorts before " DROPIN_NAME
		  ", and set ExecStartPre= again in one whose name sorts after it; or, only if its user can change "
		  "neither "
		  "the program nor what it reads, let root run it: put + before it",
};

const struct ejg_finding dropin_success_status = {
	.id = "ejguard.success-status",
	.severity = EJG_WARNING,
	.message = "systemd takes the end of a guard that could not do its work for a success, and starts the unit "
		   "unguarded",
	.remedy =
		"clear SuccessExitStatus= in a drop-in of the unit (see systemctl cat), and set again only statuses of "
		"the service below 200, and TERM where it needs it",
};

const struct ejg_finding dropin_unnamed_socket = {
	.id = "ejguard.socket-unnamed",
	.severity = EJG_FAILURE,
	.message = "it listens on a private port, and the stack does not name it: it starts unguarded",
	.remedy = "add it to 'set cgroups' of the stack, or mask it if it is not epmd's\nrun: ejguard enable",
};

const struct ejg_finding dropin_socket_starts = {
	.id = "ejguard.socket-starts",
	.severity = EJG_FAILURE,
	.message = "a socket unit of the service starts a unit that the stack does not name: it starts unguarded",
	.remedy = "add what it starts to 'set cgroups' of the stack\nrun: ejguard enable",
};

const struct ejg_finding dropin_not_installed = {
	.id = "ejguard.not-installed",
	.severity = EJG_WARNING,
	.message = "systemd does not know the unit that runs the service: nothing of the service starts here",
	.remedy = "install the service, or correct 'set cgroups' of the stack\nrun: ejguard enable",
};

const struct ejg_finding dropin_without_systemd = {
	.id = "ejguard.without-systemd",
	.severity = EJG_WARNING,
	.message = "systemd does not run here, and only systemd reads the drop-ins: another service manager starts the "
		   "service unguarded",
	.remedy = "let the service manager start the service with ejguard exec; see EXAMPLES of ejguard(8)",
};
