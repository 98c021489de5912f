/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private to the module config. */
#ifndef EJG_CONFIG_CONFIG_H
#define EJG_CONFIG_CONFIG_H

#include <ejguard/module.h>

#include "libejguard/modules/lib/access/access.h"
#include "libejguard/modules/lib/yml/yml.h"
#include "libejguard/util/arena.h"

/* A handler of a listener: the module for a path. */
struct config_handler {
	const char *path;
	const char *module;
};

/* A listener of the configuration, with ejabberd's defaults filled in. */
struct config_listener {
	const struct yml_node *node;  /* its map */
	const struct yml_node *place; /* of its port, else of the map */
	const char *module;	      /* "" if unknown */
	const char *socket;	      /* path of a unix socket, or NULL */
	uint16_t port;		      /* 0: unix socket, chosen by the kernel, or unknown */
	struct ejg_prefix address;
	bool public;  /* TCP or UDP, and not on loopback */
	bool unknown; /* port or address is unknown */
	bool udp;
	bool tls;
	const struct config_handler *handlers; /* of ejabberd_http, and ejabberd_xmlrpc's own */
	size_t n_handlers;
	const char *name; /* for people: "port 5280 (ejabberd_http)" */
};

/* The number of findings of an id. */
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
	bool more;		       /* there are more findings than are shown */
	bool modern;		       /* OpenSSL itself refuses old protocols */
	bool told_modern;	       /* that was reported */
	bool told_networks;	       /* the limit of networks was reported */
	bool more_addresses;	       /* the limit of single addresses was reached */
	const struct ejg_prefix *from; /* of PROBE_NETWORK */
	const struct yml_host *open;   /* of PROBE_GUEST: the host of the account */
	size_t n_conditions;	       /* of access rules, tested so far */
	size_t n_regexps;
};

/*
 * Makes a finding; its declared severity decides whether the module holds. With remedy NULL the declared one is used.
 */
void config_finding(struct config_check *check, const char *id, const char *subject, const struct yml_node *place,
		    const char *remedy, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Reports that an option cannot be judged, and why. */
void config_uncertain(struct config_check *check, const struct yml_node *place, const struct yml_node *value,
		      const char *option);

/* "edit: FILE:LINE: WHAT", for a remedy. NULL without memory: then the declared remedy is used. */
const char *config_edit(struct config_check *check, const struct yml_node *place, const char *what);

/* A bool of a map: 0, 1, the fallback when it is absent, -1 when it is unknown (a finding says so). */
int config_bool(struct config_check *check, const struct yml_node *map, const char *name, int fallback);

/* The same for an option of a host (NULL: all hosts). */
int config_option_bool(struct config_check *check, const struct yml_host *host, const char *name, int fallback);

/*
 * Runs a rule for each host, but only once for hosts that share the options in `option`. The rule gets NULL as host
 * when the result applies to all hosts without a section of their own.
 */
typedef void (*config_rule_fn)(struct config_check *check, const struct yml_host *host, const char *subject);
void config_each_host(struct config_check *check, const char *const *options, config_rule_fn rule);

/* The pair of a module in a host's modules, or NULL. */
const struct yml_pair *config_module(struct config_check *check, const struct yml_host *host, const char *module);

/* Collects the listeners. */
void config_listeners(struct config_check *check);
/* True if a listener has a handler of that module. */
bool config_serves(const struct config_listener *listener, const char *module);

/* Parses an address as econf:ip() does; false if it is none. */
bool config_address(const char *text, struct ejg_prefix *ret);

/* The client that a rule is tested with. */
enum config_probe {
	PROBE_STRANGER, /* from another host, not logged in */
	PROBE_LOCAL,	/* from this host's loopback, not logged in */
	PROBE_ACCOUNT,	/* an account of the host with an arbitrary name */
	PROBE_CHOSEN,	/* a new account of the host with a name that matches a pattern of the rules */
	PROBE_NETWORK,	/* from anywhere in the network config_check.from, not logged in */
	PROBE_FOREIGN,	/* an account of another server */
	PROBE_GUEST,	/* of the host config_check.open, where anybody gets an account; with a matching name */
};

/*
 * True if ejabberd's access rule would allow the probe: a name, or the rules themselves (acl.erl, match_rule()). A list
 * of addresses counts as everybody if it covers all addresses, and if clients may claim any address.
 */
bool config_allows(struct config_check *check, const struct yml_host *host, const struct yml_node *access,
		   const char *fallback, enum config_probe probe);
/* True if the probe meets all of the conditions, as in api_permissions (ejabberd_access_permissions.erl). */
bool config_matches(struct config_check *check, const struct yml_host *host, const char *type,
		    const struct yml_node *value, enum config_probe probe);
/* True if anybody may make an account on a host: by mod_register, without a captcha. */
bool config_registers(struct config_check *check, const struct yml_host *host);
/* True if the system's OpenSSL refuses TLS 1.0 and 1.1, whatever ejabberd allows; false if unknown. */
bool config_openssl_is_modern(const struct config_check *check);
/* True if a cipher list lowers OpenSSL's security level to 0, which enables old protocols. */
bool config_lowers_level(const char *ciphers);

/* The size of a network, from loopback to the whole Internet. */
enum config_network {
	NETWORK_LOOPBACK,
	NETWORK_HOST,	 /* one address */
	NETWORK_PRIVATE, /* private addresses of an organisation, of any size */
	NETWORK_PUBLIC,	 /* the addresses of one site: an IPv4 /24, an IPv6 /48 */
	NETWORK_STRANGERS,
};

enum config_network config_network(const struct ejg_prefix *prefix);
/* "10.0.0.0/8 (16777216 addresses, private)", from the arena; "" without memory. */
const char *config_network_text(struct config_check *check, const struct ejg_prefix *prefix);

/* Tests whether config_check.from is allowed. */
typedef bool (*config_ask_fn)(struct config_check *check, void *data);
/*
 * Finds a host on which anybody gets an account, by registration or as a guest, and whose accounts pass the test: the
 * function is called with config_check.open set, for PROBE_GUEST. NULL: no such host.
 */
const struct yml_host *config_open_host(struct config_check *check, config_ask_fn ask, void *data);
/*
 * Finds the worst network that is allowed, among those that access rules, acls, permissions and modules name; of
 * several equally bad ones the largest. False: only loopback. A finding says if there were too many to test.
 */
bool config_worst_network(struct config_check *check, config_ask_fn ask, void *data, struct ejg_prefix *ret);

/* Parses a prefix as econf:ip_mask() does. */
bool config_prefix(const struct yml_node *node, struct ejg_prefix *ret);
/* The rules, one function for each subject. */
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
void check_template(struct config_check *check);
void check_programs(struct config_check *check);
void check_folders(struct config_check *check);
void check_docroots(struct config_check *check);
void check_ports(struct config_check *check);

#endif
