/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Preloaded: a libseccomp that loses the rules of the call named by EJG_WEAK, or the whole filter with EJG_WEAK=all,
 * and says that it did its work.
 */
#include <dlfcn.h>
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

	return weak && strcmp(weak, "all") == 0 ? 0 : real(context);
}
