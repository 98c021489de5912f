/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guard module: holds when a kernel setting has at least a value, such as kernel.yama.ptrace_scope 1. */
#include <ejguard/module.h>
#include <errno.h>
#include <stdio.h>

struct config {
	const char *file;
	uint64_t least;
};

static int check(struct ejg_call *call)
{
	const struct config *config = ejg_call_config(call);
	FILE *file = fopen(config->file, "re");
	unsigned long long value = 0;
	int n;

	if (!file)
		return ejg_call_error(call, -EOPNOTSUPP, "see whether this kernel has it", "cannot open %s: %m",
				      config->file);
	n = fscanf(file, "%llu", &value);
	fclose(file);
	if (n == 1 && value >= config->least)
		return EJG_HELD;
	ejg_call_finding_at(call, "too-low", NULL, &(struct ejg_place){ .file = config->file },
			    "it is %llu and should be at least %llu", value, (unsigned long long)config->least);
	return EJG_NOT_HELD;
}

static const struct ejg_option options[] = {
	{ .name = "file",
	  .type = EJG_OPTION_PATH,
	  .offset = offsetof(struct config, file),
	  .fallback = "/proc/sys/kernel/yama/ptrace_scope",
	  .help = "the setting, below /proc/sys" },
	{ .name = "least",
	  .type = EJG_OPTION_UNSIGNED,
	  .offset = offsetof(struct config, least),
	  .max = 3,
	  .fallback = "1",
	  .help = "the smallest value that is good" },
};
static const struct ejg_finding_info findings[] = {
	{ "too-low", EJG_FAILURE, "the setting is lower than it should be", "raise it in /etc/sysctl.d" },
};

EJG_MODULE_EXPORT const struct ejg_module ejguard_module = {
	EJG_MODULE_HEADER,
	.name = "sysctl",
	.summary = "a kernel setting has at least a value",
	.options = options,
	.n_options = 2,
	.findings = findings,
	.n_findings = 1,
	.config_size = sizeof(struct config),
	.check = check,
};
