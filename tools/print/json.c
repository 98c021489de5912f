/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/print/json.h"

#include <jansson.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

json_t *json_text(const char *text)
{
	cleanup_free char *escaped = NULL;
	size_t size;
	json_t *string;
	FILE *out;

	string = json_string(text);
	if (string)
		return string;
	out = open_memstream(&escaped, &size);
	if (!out)
		return NULL;
	for (; *text; text++)
		fprintf(out, (unsigned char)*text < 0x80 ? "%c" : "\\x%02x", (unsigned char)*text);
	return fclose(out) == 0 ? json_string(escaped) : NULL;
}

json_t *json_nullable(const char *text)
{
	return text ? json_text(text) : json_null();
}

json_t *json_append(json_t *array, json_t *element)
{
	if (array && json_array_append_new(array, element) == 0)
		return array;
	json_decref(array);
	return NULL;
}

json_t *json_words(const char *const *words, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < n; i++)
		array = json_append(array, json_text(words[i]));
	return array;
}

json_t *json_unsigned(uint64_t value)
{
	return value <= INT64_MAX ? json_integer((json_int_t)value) : json_real((double)value);
}

json_t *json_labels(const struct ejg_label *labels, size_t n)
{
	json_t *object = json_object();

	for (size_t i = 0; object && i < n; i++) {
		if (json_object_set_new_nocheck(object, labels[i].name, json_text(labels[i].value)) < 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}
