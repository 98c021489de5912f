/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config-bed.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"

extern const struct ejg_module ejguard_module;

/* For modules a call is opaque; here it contains the bed. Shared data is dropped with the call. */
struct ejg_call {
	struct bed *bed;
	void *shared;
	void (*drop)(void *object);
};

const void *ejg_call_config(const struct ejg_call *call)
{
	static const char none[256];

	return none;
}

const struct ejg_facts *ejg_call_facts(const struct ejg_call *call)
{
	return &call->bed->facts;
}

const struct ejg_survey *ejg_call_survey(struct ejg_call *call)
{
	return &call->bed->survey;
}

int ejg_call_shared(struct ejg_call *call, const char *key, size_t size,
		    int (*make)(struct ejg_call *call, void *object), void (*drop)(void *object), const void **ret)
{
	call->shared = arena_alloc(call->bed->arena, size);
	call->drop = drop;
	*ret = call->shared;
	return make(call, call->shared);
}

int ejg_call_error(struct ejg_call *call, int error, const char *remedy, const char *format, ...)
{
	return error;
}

static const struct ejg_finding_info *find_info(const char *id)
{
	for (uint32_t i = 0; i < ejguard_module.n_findings; i++)
		if (strcmp(ejguard_module.findings[i].id, id) == 0)
			return &ejguard_module.findings[i];
	fprintf(stderr, "%s is not declared\n", id);
	abort();
}

static const char *copy(struct bed *bed, const char *text)
{
	return arena_strdup(bed->arena, text ? text : "");
}

enum ejg_severity ejg_call_finding_at(struct ejg_call *call, const char *id, const char *subject,
				      const struct ejg_place *place, const char *format, ...)
{
	struct bed *bed = call->bed;
	const struct ejg_finding_info *info = find_info(id);
	va_list ap;

	bed->findings = arena_grow(bed->arena, bed->findings, bed->n_findings, sizeof(*bed->findings));
	va_start(ap, format);
	bed->findings[bed->n_findings++] = (struct bed_finding){
		.id = info->id,
		.severity = info->severity,
		.subject = copy(bed, subject),
		.message = arena_vprintf(bed->arena, format, ap),
		.remedy = copy(bed, place->remedy ? place->remedy : info->remedy),
		.file = copy(bed, place->file),
		.line = place->line,
		.column = place->column,
	};
	va_end(ap);
	return info->severity;
}

static void set(struct bed *bed, const char *name, const char *value)
{
	bed->settings[bed->survey.n_settings++] =
		(struct ejg_setting){ .name = name, .state = EJG_SETTING_KNOWN, .value = value };
	bed->survey.settings = bed->settings;
}

struct bed *bed_new(void)
{
	char template[] = "/tmp/ejguard-config-XXXXXX";
	struct arena *arena = arena_new();
	struct bed *bed = arena_alloc(arena, sizeof(*bed));

	bed->arena = arena;
	if (!mkdtemp(template))
		abort();
	bed->folder = arena_strdup(arena, template);
	bed->facts = (struct ejg_facts){ EJG_FACTS_HEADER, .service = "ejabberd", .epmd_port = 4369,
					 .config_dir = bed->folder, .stack_file = "/etc/ejguard/ejabberd" };
	bed->survey = (struct ejg_survey){ EJG_SURVEY_HEADER };
	set(bed, "SPOOL_DIR", bed->folder);
	set(bed, "HOME", arena_printf(arena, "%s/home", bed->folder));
	return bed;
}

void bed_version(struct bed *bed, const char *version)
{
	set(bed, "version", version);
}

static void remove_tree(const char *path)
{
	cleanup_dir DIR *dir = opendir(path);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char name[600];

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (unlink(name) < 0)
			remove_tree(name);
	}
	rmdir(path);
}

void bed_free(struct bed *bed)
{
	remove_tree(bed->folder);
	arena_free(bed->arena);
}

void bed_write(struct bed *bed, const char *name, const char *text)
{
	char path[600];
	cleanup_file FILE *file = NULL;

	snprintf(path, sizeof(path), "%s/%s", bed->folder, name);
	file = fopen(path, "we");
	if (!file || fputs(text, file) < 0)
		abort();
	fchmod(fileno(file), 0600);
}

void bed_check(struct bed *bed)
{
	struct ejg_call call = { .bed = bed };

	bed->verdict = ejguard_module.check(&call);
	if (call.drop)
		call.drop(call.shared);
}

const char *bed_loud(struct bed *bed)
{
	const char *all = "";

	for (size_t i = 0; i < bed->n_findings; i++)
		if (bed->findings[i].severity >= EJG_WARNING)
			all = arena_printf(bed->arena, "%s%s%s:%u", all, *all ? " " : "", bed->findings[i].id,
					   bed->findings[i].line);
	return all;
}

const struct bed_finding *bed_find(const struct bed *bed, const char *id)
{
	for (size_t i = 0; i < bed->n_findings; i++)
		if (strcmp(bed->findings[i].id, id) == 0)
			return &bed->findings[i];
	return NULL;
}
