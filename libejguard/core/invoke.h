/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls the operations of a module, and checks that it follows the rules of <ejguard/module.h>. */
#ifndef EJG_CORE_INVOKE_H
#define EJG_CORE_INVOKE_H

#include "libejguard/core/handle.h"

enum operation {
	OPERATION_CHECK,
	OPERATION_PREPARE,
	OPERATION_APPLY,
	OPERATION_CONFINE,
	OPERATION_STATUS,
	OPERATION_RELEASE,
	OPERATION_EXPLAIN,
	OPERATION_WATCH,
	OPERATION_WATCH_NEXT,
	OPERATION_PROVE,
	OPERATION_DOCTOR,
};

/* One call of one operation. */
struct ejg_call {
	struct ejg *handle;
	struct instance *instance;
	enum operation operation;
	bool broke_contract; /* an undeclared id, ...: the operation counts as failed */
	bool has_error;	     /* ejg_call_error() was called */
	bool has_failure;    /* a finding of severity EJG_FAILURE was made */
	bool has_reason;     /* a finding of severity EJG_WARNING or EJG_FAILURE was made */
};

/*
 * Each calls one operation, which the module must have. Return: the module's result if that is valid for the operation;
 * else a negative errno. Every negative errno has a finding that explains it. If check or prove returns EJG_HELD
 * although it made a finding of severity EJG_FAILURE, the result is EJG_NOT_HELD.
 */
int operation_call(struct ejg *handle, struct instance *instance, enum operation operation);
int operation_release(struct ejg *handle, struct instance *instance, enum ejg_release_scope scope);
int operation_explain(struct ejg *handle, struct instance *instance, const struct ejg_question *question);
int operation_watch(struct ejg *handle, struct instance *instance, int *ret_fd);

/* Ends an instance: calls finish if it was used, and resets it. */
void operation_finish(struct ejg *handle, struct instance *instance);

/* Records that the module broke a rule in this call. */
void operation_broke(struct ejg_call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
