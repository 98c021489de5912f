/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running a stack: the passes over its instances, the order, the roll-back. */
#ifndef EJG_CORE_TRANSACTION_H
#define EJG_CORE_TRANSACTION_H

#include "libejguard/core/handle.h"

/*
 * Each runs over the instances that are selected and finishes them. All return what the public function of the same
 * name documents. Of apply and release the caller holds the lock of the service, and has loaded the stack under it.
 */
int transaction_check(struct ejg *guard);
int transaction_apply(struct ejg *guard);
int transaction_confine(struct ejg *guard);
int transaction_status(struct ejg *guard);
int transaction_release(struct ejg *guard);
int transaction_explain(struct ejg *guard, const struct ejg_question *question);
int transaction_prove(struct ejg *guard);
int transaction_diagnose(struct ejg *guard);

/* From the errors that modules may return to those that <ejguard/ejguard.h> names. */
int transaction_error(int error);

#endif
