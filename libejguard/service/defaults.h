/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The service that this is for, where nobody says otherwise. */
#ifndef EJG_SERVICE_DEFAULTS_H
#define EJG_SERVICE_DEFAULTS_H

#define SERVICE_DEFAULT "ejabberd"

/* Where its configuration may be, the most usual first; ended by NULL. */
extern const char *const service_config_dirs[];

#endif
