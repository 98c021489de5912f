/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of an instance of net or of host, and the operations that both share. */
#ifndef EJG_NET_STATE_H
#define EJG_NET_STATE_H

#include "libejguard/modules/net/install.h"
#include "libejguard/modules/net/policy.h"
#include "libejguard/modules/net/watch.h"

/* The first member of the state of either module. */
struct set_state {
	/* made by prepare */
	bool prepared;
	struct net_policy policy;
	struct set_change change;

	bool keep; /* made by check: no finding requires a roll-back, after which more would be possible */
	struct denial_watch *watch; /* made by watch */
};

/* The operations watch and watch_next. */
int set_watch(struct ejg_call *call, int *ret_fd);
int set_watch_next(struct ejg_call *call);
/* The operation status: calls @report if the set exists and is of this version. */
int set_status(struct ejg_call *call, int (*report)(struct ejg_call *call, const struct pins *pins));
/* Updates the other services' sets with this policy; if that fails, undoes the apply and updates them again. */
int set_share(struct ejg_call *call);
/* The operations release and finish; a module with more data frees that itself. */
int set_release(struct ejg_call *call, enum ejg_release_scope scope);
void set_finish(struct ejg_call *call);

#endif
