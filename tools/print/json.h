/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of the JSON form. All return NULL without memory. */
#ifndef EJG_TOOL_JSON_H
#define EJG_TOOL_JSON_H

#include <ejguard/facts.h>

#include "tools/base/report.h"

struct json_t;

/* A string; bytes that are not UTF-8 become \xNN. */
struct json_t *json_text(const char *text);
/* null for NULL. */
struct json_t *json_nullable(const char *text);
struct json_t *json_words(const char *const *words, size_t n);
/* Most readers have signed 64-bit numbers; a larger value becomes the nearest real number. */
struct json_t *json_unsigned(uint64_t value);
/* Appends the element and takes ownership of it; if either is NULL, the array is freed and the result is NULL. */
struct json_t *json_append(struct json_t *array, struct json_t *element);
struct json_t *json_labels(const struct ejg_label *labels, size_t n);

/* For facts and survey. */
struct json_t *json_origin(const struct ejg_origin *origin);
struct json_t *json_user(const char *root, uid_t uid);
struct json_t *json_facts(const struct ejg_facts *facts);
/* Adds the facts, the survey and the comparisons. Return: 0, -1 without memory. */
int json_add_survey(const struct report *report, struct json_t *object);

/* Members of the report. */
struct json_t *json_modules(const struct report *report);
struct json_t *json_units(const struct report *report);
struct json_t *json_question(const struct report *report);
struct json_t *json_answers(const struct report *report);
struct json_t *json_learned(const struct report *report);
struct json_t *json_trial(const struct report *report);

#endif
