/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The default service and its configuration folders. */
#ifndef EJG_SERVICE_DEFAULTS_H
#define EJG_SERVICE_DEFAULTS_H

#define SERVICE_DEFAULT "ejabberd"

/* The usual folders of its configuration, most common first; ended by NULL. */
extern const char *const service_config_dirs[];

#endif
