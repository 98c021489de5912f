/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tool itself finds about the drop-in of a unit. */
#ifndef EJG_DROPIN_FINDINGS_H
#define EJG_DROPIN_FINDINGS_H

#include <ejguard/ejguard.h>

enum dropin_condition {
	STARTS_GUARDED,
	BY_ITSELF,
	RESTART_DUE,
	NO_UNIT,
	UNSEEN,
	DIFFERS,
	MISSING, /* from here on it starts unguarded, or may */
	FOREIGN,
	UNREAD,
	RELOAD_DUE,
	VOLATILE,
	WITHOUT_EFFECT,
	UNCONFINED,
	CHANGED,
	LACKS_USERS,
	N_CONDITIONS,
};

extern const struct ejg_finding dropin_findings[N_CONDITIONS];
/* Of a unit that starts guarded, without the commands. */
extern const struct ejg_finding dropin_early_command;
/* Of a unit that starts guarded, without the statuses. */
extern const struct ejg_finding dropin_success_status;
/* Of a unit that the stack does not name, without the listener and its name. */
extern const struct ejg_finding dropin_unnamed_socket;
/* Of a socket unit of the service, without what it starts. */
extern const struct ejg_finding dropin_socket_starts;

/* Of the unit of enable that would run the service, where it is not installed. */
extern const struct ejg_finding dropin_not_installed;
/* Of a host whose service manager is not systemd. */
extern const struct ejg_finding dropin_without_systemd;

#endif
