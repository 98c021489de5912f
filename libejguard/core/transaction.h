/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running a stack: the passes over its instances, the order, the roll-back. */
#ifndef EJG_CORE_TRANSACTION_H
#define EJG_CORE_TRANSACTION_H

#include "libejguard/core/handle.h"

/*
 * Each runs over the instances that are selected and finishes them. All return what the public function of the same
 * name documents. Of apply and release the caller holds the lock of the service, and has loaded the stack under it.
 */
int transaction_check(struct ejg *handle);
int transaction_apply(struct ejg *handle);
int transaction_confine(struct ejg *handle);
int transaction_status(struct ejg *handle);
int transaction_release(struct ejg *handle);
int transaction_explain(struct ejg *handle, const struct ejg_question *question);
int transaction_prove(struct ejg *handle);
int transaction_doctor(struct ejg *handle);

/* From the errors that modules may return to those that <ejguard/ejguard.h> names. */
int transaction_error(int error);

#endif
