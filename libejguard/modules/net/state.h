/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an instance of net or of host keeps, and the operations that are the same for both. */
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

	bool keep; /* made by check: nothing fails it that undoing would mend: the guard stands, and undoing it would let more in */
	struct denial_watch *watch; /* made by watch */
};

/* The operations watch and watch_next. */
int set_watch(struct ejg_call *call, int *ret_fd);
int set_watch_next(struct ejg_call *call);
/* The operation status: calls @report when the set is there and of this version. */
int set_status(struct ejg_call *call, int (*report)(struct ejg_call *call, const struct pins *pins));
/* Tells other services whom this one admits now; when that fails, what was applied goes, and they hear of it. */
int set_share(struct ejg_call *call);
/* The operations release and finish; a module that has more to free does that itself. */
int set_release(struct ejg_call *call, enum ejg_release_scope scope);
void set_finish(struct ejg_call *call);

#endif
