/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/print/footnotes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"

enum { MAX_NOTE = 240 };

char *footnotes_cell(struct footnotes *notes, const char *text, unsigned int width)
{
	cleanup_free char *note = NULL;
	char *cell;

	if (text_columns(text) <= width)
		return text_printable(text);
	if (!notes->out)
		notes->out = open_memstream(&notes->text, &notes->size);
	note = text_cut_head(text, MAX_NOTE);
	if (!notes->out || !note)
		return NULL;
	fprintf(notes->out, "[%zu] %s\n", ++notes->n, note);
	return asprintf(&cell, "[%zu]", notes->n) < 0 ? NULL : cell;
}

int footnotes_print(struct footnotes *notes, FILE *out)
{
	if (!notes->out)
		return 0;
	if (fflush(notes->out) != 0)
		return -ENOMEM;
	for (char *line = notes->text, *end; (end = strchr(line, '\n')); line = end + 1) {
		struct paragraph paragraph = { .out = out, .width = text_width(out), .indent = 2 };

		*end = '\0';
		paragraph_add(&paragraph, line);
		paragraph_end(&paragraph);
	}
	return 0;
}

void footnotes_free(struct footnotes *notes)
{
	if (notes->out)
		fclose(notes->out);
	free(notes->text);
	*notes = (struct footnotes){};
}
