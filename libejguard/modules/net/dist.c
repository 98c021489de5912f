/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/dist.h"

#include <errno.h>
#include <stdio.h>

#include "libejguard/util/port-window.h"

#define REST                                                                                                           \
	"or write the real range into %s, such as: set dist " PORT_WINDOW_PROPOSED                                     \
	"; or add strict=yes to this line, with 'set "                                                                 \
	"public'"

int dist_validate(struct ejg_call *call, bool strict)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	char remedy[512];
	const char *dir = facts->config_dir ? facts->config_dir : "/etc/ejabberd";

	if (strict || facts->dist_state == EJG_DIST_FIXED)
		return 0;
	/* Where the script looked for it, if that is a file: the same that the reason names. */
	if (ejg_kind_is(facts, "ejabberd") && facts->dist_origin.kind == EJG_ORIGIN_DISCOVERED &&
	    facts->dist_origin.file)
		snprintf(remedy, sizeof(remedy),
			 "write FIREWALL_WINDOW=" PORT_WINDOW_PROPOSED " into %.128s and restart the service; " REST,
			 facts->dist_origin.file, facts->stack_file);
	else if (ejg_kind_is(facts, "ejabberd"))
		snprintf(remedy, sizeof(remedy),
			 "write FIREWALL_WINDOW=" PORT_WINDOW_PROPOSED
			 " into %s/ejabberdctl.cfg and restart the service; " REST,
			 dir, facts->stack_file);
	else
		snprintf(remedy, sizeof(remedy), "%s; " REST, facts->kind->range_remedy, facts->stack_file);
	return ejg_call_error(call, -EBADMSG, remedy, "the distribution port is %s%s%s: it would stay open",
			      facts->dist_state == EJG_DIST_RANDOM ? "random" : "indeterminate",
			      facts->dist_note ? ", " : "", facts->dist_note ? facts->dist_note : "");
}
