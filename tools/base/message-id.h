/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MESSAGE_ID= of a finding in the journal: the same for the tool and for the catalog, and over all versions. */
#ifndef EJG_TOOL_MESSAGE_ID_H
#define EJG_TOOL_MESSAGE_ID_H

#define MESSAGE_ID_SIZE 33

/* Of a finding, "net.not-attached": 32 hexadecimal digits, as a UUID of version 8. Return: text. */
const char *message_id(const char *id, char text[static MESSAGE_ID_SIZE]);

#endif
