/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of the JSON form of facts and survey; NULL without memory. */
#ifndef EJG_TOOL_SURVEY_JSON_H
#define EJG_TOOL_SURVEY_JSON_H

#include <ejguard/facts.h>

struct json_t;

struct json_t *json_origin(const struct ejg_origin *origin);
struct json_t *json_user(uid_t uid);

#endif
