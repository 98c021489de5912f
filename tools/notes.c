/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings that the report of the guard does not have. */
#include <errno.h>
#include <string.h>

#include "tools/tool.h"

static void finding_free(struct ejg_finding *finding)
{
	free((char *)finding->module);
	free((char *)finding->id);
	free((char *)finding->subject);
	free((char *)finding->message);
	free((char *)finding->remedy);
	free((char *)finding->file);
}

void notes_free(struct note_list *notes)
{
	for (size_t i = 0; i < notes->n; i++)
		finding_free(&notes->items[i]);
	free(notes->items);
	*notes = (struct note_list){};
}

static char *copy(const char *text)
{
	return strdup(text ? text : "");
}

int output_note(struct output *output, const struct ejg_finding *finding)
{
	struct note_list *notes = &output->notes;
	struct ejg_finding *grown, *note;

	grown = reallocarray(notes->items, notes->n + 1, sizeof(*grown));
	if (!grown)
		return output_fail(output, -ENOMEM, "out of memory");
	notes->items = grown;
	note = &grown[notes->n];
	*note = *finding;
	note->module = copy(finding->module);
	note->id = copy(finding->id);
	note->subject = copy(finding->subject);
	note->message = copy(finding->message);
	note->remedy = copy(finding->remedy);
	note->file = copy(finding->file);
	if (!note->module || !note->id || !note->subject || !note->message || !note->remedy || !note->file) {
		finding_free(note);
		return output_fail(output, -ENOMEM, "out of memory");
	}
	notes->n++;
	return 0;
}

int output_keep(struct output *output)
{
	const struct ejg_finding *finding;
	int r = 0;

	for (size_t i = 0; r == 0 && (finding = ejg_finding_get(output->guard, i)); i++)
		r = output_note(output, finding);
	return r;
}

const struct ejg_finding *output_finding(const struct output *output, size_t index)
{
	if (index < output->notes.n)
		return &output->notes.items[index];
	return output->guard ? ejg_finding_get(output->guard, index - output->notes.n) : NULL;
}
