/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Preloaded: a libseccomp that loses the rules of the call named by EJG_WEAK, or the whole filter with EJG_WEAK=all,
 * and says that it did its work. With EJG_WEAK=more the filter also refuses clone() and clone3(), and so new processes.
 */
#include <dlfcn.h>
#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

int seccomp_rule_add_exact_array(scmp_filter_ctx context, uint32_t action, int call, unsigned int n,
				 const struct scmp_arg_cmp *conditions)
{
	int (*real)(scmp_filter_ctx, uint32_t, int, unsigned int, const struct scmp_arg_cmp *) =
		dlsym(RTLD_NEXT, "seccomp_rule_add_exact_array");
	const char *weak = getenv("EJG_WEAK");

	if (weak && seccomp_syscall_resolve_name(weak) == call)
		return 0;
	return real(context, action, call, n, conditions);
}

int seccomp_load(const scmp_filter_ctx context)
{
	int (*real)(scmp_filter_ctx) = dlsym(RTLD_NEXT, "seccomp_load");
	const char *weak = getenv("EJG_WEAK");

	if (weak && strcmp(weak, "more") == 0 &&
	    (seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 0) < 0 ||
	     seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone3), 0) < 0))
		return -EINVAL;
	return weak && strcmp(weak, "all") == 0 ? 0 : real(context);
}
