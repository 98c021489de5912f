/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private to the module config. */
#ifndef EJG_CONFIG_CONFIG_H
#define EJG_CONFIG_CONFIG_H

#include <ejguard/module.h>

#include "libejguard/modules/lib/access/access.h"
#include "libejguard/modules/lib/yml/yml.h"
#include "libejguard/util/arena.h"

/* A handler of a listener: what answers below a path. */
struct config_handler {
	const char *path;
	const char *module;
};

/* A listener of the configuration, ejabberd's own defaults filled in. */
struct config_listener {
	const struct yml_node *node;  /* its map */
	const struct yml_node *place; /* of its port, else of the map */
	const char *module;	      /* "" when it cannot be told */
	const char *socket;	      /* path of a unix socket, or NULL */
	uint16_t port;		      /* 0: unix socket, chosen by the kernel, or not known */
	struct ejg_prefix address;
	bool public;  /* TCP or UDP, and not on loopback */
	bool unknown; /* port or address cannot be told */
	bool udp;
	bool tls;
	const struct config_handler *handlers; /* of ejabberd_http, and of ejabberd_xmlrpc by itself */
	size_t n_handlers;
	const char *name; /* for people: "port 5280 (ejabberd_http)" */
};

/* How many findings of an id there were. */
struct config_kind {
	const char *id;
	size_t n;
};

enum { CONFIG_MAX_KINDS = 128 };

struct config_check {
	struct ejg_call *call;
	const struct ejg_facts *facts;
	const struct ejg_survey *survey;
	struct arena *arena;
	struct yml yml;
	struct yml_paths paths;
	struct access_service service;
	const struct config_listener *listeners;
	size_t n_listeners;
	enum ejg_severity worst; /* of all findings */
	bool no_memory;
	size_t n_uncertain; /* indeterminate findings that were made */
	struct config_kind kinds[CONFIG_MAX_KINDS];
	bool more;		       /* findings than are shown */
	bool modern;		       /* OpenSSL refuses old protocols by itself */
	bool told_modern;	       /* that was said */
	bool told_networks;	       /* that not all networks were asked about */
	bool more_addresses;	       /* single ones, than were asked about */
	const struct ejg_prefix *from; /* of PROBE_NETWORK */
	const struct yml_host *open;   /* of PROBE_GUEST: the host that the account is of */
	size_t n_conditions;	       /* of access rules that were tried */
	size_t n_regexps;
};

/* One finding; the declared severity decides whether the module holds. A remedy NULL is the declared one. */
void config_finding(struct config_check *check, const char *id, const char *subject, const struct yml_node *place,
		    const char *remedy, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Says that an option cannot be judged, and why. */
void config_uncertain(struct config_check *check, const struct yml_node *place, const struct yml_node *value,
		      const char *option);

/* "edit: FILE:LINE: WHAT", for a remedy. NULL without memory; the finding then has the declared one. */
const char *config_edit(struct config_check *check, const struct yml_node *place, const char *what);

/* A bool of a map: 0, 1, the fallback when it is absent, -1 when it cannot be told (a finding says so). */
int config_bool(struct config_check *check, const struct yml_node *map, const char *name, int fallback);

/* The same of an option of a host (NULL: all hosts). */
int config_option_bool(struct config_check *check, const struct yml_host *host, const char *name, int fallback);

/*
 * Runs a rule for each host, but only once where hosts share an option: `option` names it. In the rule, host is NULL
 * when what it sees counts for all hosts that have no section of their own.
 */
typedef void (*config_rule_fn)(struct config_check *check, const struct yml_host *host, const char *subject);
void config_each_host(struct config_check *check, const char *const *options, config_rule_fn rule);

/* The pair of a module in a host's modules, or NULL. */
const struct yml_pair *config_module(struct config_check *check, const struct yml_host *host, const char *module);

/* Collects the listeners. */
void config_listeners(struct config_check *check);
/* Whether a listener has a handler of that module. */
bool config_serves(const struct config_listener *listener, const char *module);

/* An address as econf:ip() reads it; false for what is none. */
bool config_address(const char *text, struct ejg_prefix *ret);

/* Somebody who asks. */
enum config_probe {
	PROBE_STRANGER, /* from elsewhere, not logged in */
	PROBE_LOCAL,	/* from this host's loopback, not logged in */
	PROBE_ACCOUNT,	/* an account of the host with a name of one's own choice */
	PROBE_CHOSEN,	/* a new account of the host, whose name was chosen to fit a pattern that rules have */
	PROBE_NETWORK,	/* from anywhere in the network config_check.from, not logged in */
	PROBE_FOREIGN,	/* an account of another server */
	PROBE_GUEST,	/* of the host config_check.open, where anybody gets an account; the name was chosen to fit */
};

/*
 * Whether ejabberd would let the probe pass an access rule: a name, or rules in place (acl.erl, match_rule()). A list
 * of addresses counts as everybody where it is the world, and where clients may claim any address.
 */
bool config_allows(struct config_check *check, const struct yml_host *host, const struct yml_node *access,
		   const char *fallback, enum config_probe probe);
/* Whether the probe meets all of some conditions, as in api_permissions (ejabberd_access_permissions.erl). */
bool config_matches(struct config_check *check, const struct yml_host *host, const char *type,
		    const struct yml_node *value, enum config_probe probe);
/* Whether anybody may make an account of a host: by mod_register, with no captcha before it. */
bool config_registers(struct config_check *check, const struct yml_host *host);
/* Whether the system's OpenSSL refuses TLS 1.0 and 1.1, whatever ejabberd allows; false where that cannot be told. */
bool config_openssl_is_modern(const struct config_check *check);
/* Whether a cipher list lowers OpenSSL's security level to 0, where old protocols come back. */
bool config_lowers_level(const char *ciphers);

/* What a network is, between loopback and the world. */
enum config_network {
	NETWORK_LOOPBACK,
	NETWORK_HOST,	 /* one address */
	NETWORK_PRIVATE, /* of an organisation, however large */
	NETWORK_PUBLIC,	 /* as many addresses as one site has: an IPv4 /24, an IPv6 /48 */
	NETWORK_STRANGERS,
};

enum config_network config_network(const struct ejg_prefix *prefix);
/* "10.0.0.0/8 (16777216 addresses, private)", from the arena; "" without memory. */
const char *config_network_text(struct config_check *check, const struct ejg_prefix *prefix);

/* Asks whether config_check.from is let in. */
typedef bool (*config_ask_fn)(struct config_check *check, void *data);
/*
 * A host on which anybody gets an account, by registration or as a guest, and whose accounts meet what is asked: the
 * function is called with config_check.open set, for PROBE_GUEST. NULL: there is none.
 */
const struct yml_host *config_open_host(struct config_check *check, config_ask_fn ask, void *data);
/*
 * Of the networks that access rules, acls, permissions and modules name, the worst that is let in; of several the
 * largest. False: none but loopback. A finding says where there are more than can be tried.
 */
bool config_worst_network(struct config_check *check, config_ask_fn ask, void *data, struct ejg_prefix *ret);

/* A prefix as econf:ip_mask() reads it. */
bool config_prefix(const struct yml_node *node, struct ejg_prefix *ret);
/* The rules, by what they look at. */
void check_known(struct config_check *check);
void check_log(struct config_check *check);
void check_accounts(struct config_check *check);
void check_networks(struct config_check *check);
void check_admin(struct config_check *check);
void check_api(struct config_check *check);
void check_listen(struct config_check *check);
void check_tls(struct config_check *check);
void check_relay(struct config_check *check);
void check_backend(struct config_check *check);
void check_secrets(struct config_check *check);
void check_docroots(struct config_check *check);
void check_ports(struct config_check *check);

#endif
