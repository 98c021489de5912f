/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a stack: the passes over its instances, their order, the roll-back. */
#ifndef EJG_CORE_TRANSACTION_H
#define EJG_CORE_TRANSACTION_H

#include "libejguard/core/handle.h"

/*
 * Each runs over the instances that are selected and finishes them. All return what the public function of the same
 * name documents. For apply and release the caller holds the service's lock, and has loaded the stack while holding it.
 */
int transaction_check(struct ejg *handle);
int transaction_apply(struct ejg *handle);
int transaction_confine(struct ejg *handle);
int transaction_status(struct ejg *handle);
int transaction_release(struct ejg *handle);
int transaction_explain(struct ejg *handle, const struct ejg_question *question);
int transaction_prove(struct ejg *handle);
int transaction_doctor(struct ejg *handle);

/* Converts errors of modules to those that <ejguard/ejguard.h> lists. */
int transaction_error(int error);

#endif
