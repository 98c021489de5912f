/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"
#include "tools/oci/oci.h"

enum { MAX_STATE = 1024 * 1024 }; /* Kubernetes allows 256 KiB of annotations */

void oci_state_free(struct oci_state *state)
{
	free(state->id);
	free(state->service);
	*state = (struct oci_state){};
}

static int invalid(struct report *report, const char *problem)
{
	return report_fail(
		report, -EINVAL,
		"what standard input holds is not the state of a container: %s; an OCI runtime runs this as a hook, "
		"see ejguard-containers(7)",
		problem);
}

static int read_text(FILE *in, struct report *report, char **ret, size_t *ret_size)
{
	cleanup_free char *text = malloc(MAX_STATE + 1);
	size_t size;

	if (!text)
		return report_fail(report, -ENOMEM, "out of memory");
	size = fread(text, 1, MAX_STATE + 1, in);
	if (ferror(in))
		return report_fail(report, -EIO, "cannot read the state of the container from standard input: %s",
				   strerror(errno));
	if (size == 0)
		return invalid(report, "it is empty");
	if (size > MAX_STATE)
		return invalid(report, "it is larger than 1 MiB");
	*ret = take_ptr(text);
	*ret_size = size;
	return 0;
}

static int take_pid(json_t *root, struct report *report, struct oci_state *state)
{
	const json_t *pid = json_object_get(root, "pid");

	if (state->stopped)
		return 0;
	if (!json_is_integer(pid))
		return invalid(report, "it has no number 'pid'");
	if (json_integer_value(pid) <= 0 || json_integer_value(pid) > INT_MAX)
		return invalid(report, "its 'pid' is no process");
	state->pid = (pid_t)json_integer_value(pid);
	return 0;
}

static int take_service(json_t *root, struct report *report, struct oci_state *state)
{
	const json_t *annotation = json_object_get(json_object_get(root, "annotations"), OCI_ANNOTATION);

	if (!annotation)
		return 0;
	if (!json_is_string(annotation))
		return invalid(report, "its annotation " OCI_ANNOTATION " is no string");
	state->service = strdup(json_string_value(annotation));
	return state->service ? 0 : report_fail(report, -ENOMEM, "out of memory");
}

static int take_state(json_t *root, struct report *report, struct oci_state *state)
{
	const char *id = json_string_value(json_object_get(root, "id"));
	const char *status = json_string_value(json_object_get(root, "status"));
	int r;

	if (!json_is_object(root))
		return invalid(report, "it is no JSON object");
	if (!id || !*id)
		return invalid(report, "it has no string 'id'");
	if (!status)
		return invalid(report, "it has no string 'status'");
	state->id = text_printable(id);
	if (!state->id)
		return report_fail(report, -ENOMEM, "out of memory");
	state->stopped = strcmp(status, "stopped") == 0;
	r = take_pid(root, report, state);
	return r < 0 ? r : take_service(root, report, state);
}

int oci_state_read(FILE *in, struct report *report, struct oci_state *ret)
{
	struct oci_state state = {};
	cleanup_free char *text = NULL;
	json_error_t error;
	size_t size = 0;
	json_t *root;
	int r = read_text(in, report, &text, &size);

	if (r < 0)
		return r;
	root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	r = root ? take_state(root, report, &state) : invalid(report, "it is no JSON object");
	json_decref(root);
	if (r < 0)
		oci_state_free(&state);
	else
		*ret = state;
	return r;
}
