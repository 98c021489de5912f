/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules of the module: number, id, severity, description, remedy, reason for the severity, source. This is the only
 * list: the descriptor and the tests are generated from it, and the table of ejguard-config(8) is compared with it.
 *
 * Severity. Failure: with the current configuration another host, or another user of this host, can read a secret or
 * take over the server; or the configuration cannot be judged. Warning: advice, or an attacker must first do something
 * else (read network traffic, get an account, break into a database). Info: worth knowing.
 *
 * Sources are pages of docs.ejabberd.im (toplevel, listen, listen-options, modules: pages of the same name below
 * admin/configuration; security: admin/guide/security) and source files of ejabberd and of its components.
 */
#ifndef EJG_CONFIG_RULES_H
#define EJG_CONFIG_RULES_H

/* clang-format off */
#define CONFIG_RULES(RULE)                                                                                             \
	RULE(1, "judged", OK, "the configuration was read and checked", NULL,                                           \
	     "the finding lists what was checked", "ejabberd_config.erl")                                              \
	RULE(2, "absent", INFO, "no configuration was found", NULL,                                                     \
	     "there is nothing to check", "ejabberdctl")                                                               \
	RULE(3, "unseen", INFO, "the caller may not read a file", NULL,                                                 \
	     "root can read it", "")                                                                                   \
	RULE(4, "unjudged", FAILURE, "the configuration cannot be checked",                                             \
	     "correct it at the place that is named; ejabberd's log shows its error message",                           \
	     "it is not known what such a configuration allows", "fast_yaml.erl")                                      \
	RULE(5, "refused", FAILURE, "ejabberd refuses a part of the configuration",                                     \
	     "correct it at the place that is named",                                                                   \
	     "the next start or reload fails; a running ejabberd keeps its older configuration",                       \
	     "yconf.erl, econf.erl")                                                                                   \
	RULE(6, "indeterminate", INFO, "an option depends on something outside of the configuration", NULL,             \
	     "the values of macros from the environment are not guessed", "ejabberd_config.erl (EJABBERD_MACRO_*)")    \
	RULE(7, "log-debug", WARNING, "the log records stanzas and passwords", "set loglevel: info",                    \
	     "anybody who can read the log, or a copy of it, has the passwords; only its folder protects it",          \
	     "toplevel: loglevel; security: log files")                                                                 \
	RULE(8, "log-sensitive", WARNING, "a verbose log does not hide addresses",                                      \
	     "set hide_sensitive_log_data: true",                                                                       \
	     "personal data, in addition to the stanzas that this level records", "toplevel: hide_sensitive_log_data") \
	RULE(9, "log-addresses", INFO, "the log names the clients' addresses", NULL,                                    \
	     "this is ejabberd's default; it affects privacy, not access", "toplevel: hide_sensitive_log_data")        \
	RULE(10, "password-plain", WARNING, "passwords are stored in plain text",                                       \
	     "set auth_password_format: scram; then, for each host: ejabberdctl convert_to_scram HOST",                 \
	     "an attacker must first read the database, a dump or a backup; this is ejabberd's default",               \
	     "toplevel: auth_password_format")                                                                          \
	RULE(11, "register-open", WARNING, "anybody may register accounts",                                             \
	     "give mod_register an ip_access of trusted networks, or an access rule, or remove it",                     \
	     "an account gives no access to secrets, but spammers use such servers", "modules: mod_register")          \
	RULE(12, "register-web", WARNING, "anybody may register accounts on a web page",                                \
	     "remove mod_register_web from request_handlers",                                                           \
	     "like register-open, but over HTTP", "modules: mod_register_web")                                         \
	RULE(13, "trusted-wide", WARNING, "a trusted network is large and public",                                      \
	     "name only the networks that you trust",                                                                   \
	     "many unknown hosts are in it", "toplevel: acl")                                                          \
	RULE(14, "auth-anonymous", WARNING, "guests log in without a password",                                         \
	     "remove anonymous from auth_method, or give it to a host of its own in host_config",                       \
	     "guests have everything that access rules give to all users", "toplevel: auth_method")                    \
	RULE(15, "admin-everybody", FAILURE, "every account is an administrator",                                       \
	     "name the administrators in acl: admin: user:, and give configure to admin alone",                         \
	     "any account can take over the server with the web administration or with commands",                      \
	     "toplevel: access_rules, acl.erl")                                                                        \
	RULE(16, "admin-plain", WARNING, "administration is offered without TLS",                                       \
	     "set tls: true for this listener, or ip: \"127.0.0.1\"",                                                   \
	     "an attacker who reads the traffic gets the administrator's password at the next login",                  \
	     "listen: ejabberd_http")                                                                                  \
	RULE(17, "admin-public", WARNING, "administration is offered to the world",                                     \
	     "move the handler to a listener with ip: \"127.0.0.1\"",                                                   \
	     "a password is still needed, but attackers can try many", "security: web admin")                          \
	RULE(18, "api-open", FAILURE, "commands of the API need no login",                                              \
	     "name who may run them in api_permissions: who:, and list harmless commands only in what:",                \
	     "anybody who reaches the listener can administer the server", "developer/ejabberd-api/permissions")       \
	RULE(19, "api-local", FAILURE, "every user of this host may run commands of the API without a login",           \
	     "require an administrator and the address together, in one access rule (access: allow: both)",             \
	     "an address identifies a host, not one of its users", "developer/ejabberd-api/permissions")               \
	RULE(20, "api-accounts", FAILURE, "every account may run administrative commands",                              \
	     "name the administrators in api_permissions: who:",                                                        \
	     "any account can take over the server", "developer/ejabberd-api/permissions")                             \
	RULE(21, "api-unserved", WARNING, "a permission is open, but no listener offers it now",                        \
	     "narrow it in api_permissions: who:",                                                                      \
	     "a listener that is added later would offer it", "developer/ejabberd-api/permissions")                    \
	RULE(22, "ctl-open", FAILURE, "ejabberdctl's commands are offered over TCP",                                    \
	     "use port: \"unix:sockets/ctl_over_http.sock\" for it",                                                    \
	     "ejabberd asks for no password there", "ejabberd_ctl.erl, process_http()")                                \
	RULE(23, "privilege-everybody", WARNING, "every account has a privilege that is meant for administrators",      \
	     "give it to admin: access: announce, access_admin: admin",                                                 \
	     "it covers announcements and rooms, not the server's administration", "modules: mod_announce, mod_muc")   \
	RULE(24, "proxies-all", WARNING, "clients may claim any address",                                               \
	     "name the proxies' addresses in trusted_proxies",                                                          \
	     "rules that depend on the address (fail2ban, trusted networks) no longer protect",                        \
	     "toplevel: trusted_proxies")                                                                              \
	RULE(25, "proxy-protocol", WARNING, "clients of a public listener may claim any address",                       \
	     "let it listen where only the proxy reaches it: ip: \"127.0.0.1\"",                                        \
	     "like proxies-all", "listen-options: use_proxy_protocol")                                                 \
	RULE(26, "c2s-plain", WARNING, "clients may log in without TLS",                                                \
	     "set starttls_required: true (or tls: true) for this listener",                                            \
	     "an attacker between client and server can read passwords or remove the offer of TLS",                    \
	     "listen-options: starttls_required")                                                                      \
	RULE(27, "http-plain", WARNING, "a web service that takes passwords is offered without TLS",                    \
	     "set tls: true for this listener, or ip: \"127.0.0.1\" behind a proxy that does",                          \
	     "like c2s-plain", "listen: ejabberd_http")                                                                \
	RULE(28, "mqtt-plain", WARNING, "MQTT is offered without TLS",                                                  \
	     "set tls: true for this listener (port 8883), or ip: \"127.0.0.1\"",                                       \
	     "like c2s-plain", "listen: mod_mqtt")                                                                     \
	RULE(29, "component-public", WARNING, "external components may log in from anywhere",                           \
	     "set ip: \"127.0.0.1\" for this listener",                                                                 \
	     "only a shared password, without TLS, protects whole domains", "listen: ejabberd_service")                \
	RULE(30, "component-password", FAILURE, "external components log in with a well-known password",                \
	     "choose another password\nrun: openssl rand -hex 16",                                                      \
	     "anybody who reaches the listener can send and receive for a whole domain", "listen: ejabberd_service")   \
	RULE(31, "metrics-public", WARNING, "metrics are offered to the world",                                         \
	     "set ip: \"127.0.0.1\" for a listener of its own",                                                         \
	     "they contain host names and numbers of users, and need no login", "ejabberd-contrib: mod_prometheus")    \
	RULE(32, "s2s-plain", WARNING, "connections to other servers do not need TLS",                                  \
	     "set s2s_use_starttls: required",                                                                          \
	     "an attacker between the servers can read messages", "toplevel: s2s_use_starttls")                        \
	RULE(33, "s2s-open", INFO, "every other server may connect", NULL,                                              \
	     "this is normal federation; a closed server sets s2s_access", "toplevel: s2s_access")                     \
	RULE(34, "tls-old", WARNING, "TLS 1.0 and 1.1 are not disabled",                                                \
	     "set protocol_options: [no_sslv3, no_tlsv1, no_tlsv1_1, cipher_server_preference, no_compression]",        \
	     "only an old client would use them; if the system's OpenSSL refuses them, the finding is tls-system",     \
	     "listen-options: protocol_options; RFC 8996")                                                              \
	RULE(35, "ciphers-weak", WARNING, "weak ciphers are enabled", "set ciphers: \"HIGH:!aNULL:!eNULL:!3DES\"",      \
	     "only a client that asks for them gets them", "listen-options: ciphers; ciphers(1)")                      \
	RULE(36, "proxy65-open", WARNING, "anybody may relay files through the server",                                 \
	     "set access: local for mod_proxy65",                                                                       \
	     "this costs bandwidth, but gives no access to secrets", "modules: mod_proxy65")                           \
	RULE(37, "turn-anonymous", WARNING, "anybody may relay through the server",                                     \
	     "remove auth_type: anonymous",                                                                             \
	     "an open relay also reaches networks that only this host reaches (UDP)", "listen: ejabberd_stun")         \
	RULE(38, "turn-inside", WARNING, "the relay reaches private networks",                                          \
	     "set turn_blacklist to 127.0.0.0/8, ::1/128, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16 "   \
	     "and fc00::/7, fe80::/10",                                                                                 \
	     "an attacker needs an account; UDP only", "listen: ejabberd_stun, turn_blacklist")                        \
	RULE(39, "docroot-secrets", FAILURE, "a folder that everybody can download contains secrets",                   \
	     "serve a folder of its own: docroot: /var/www",                                                            \
	     "keys, passwords or the database can be downloaded", "modules: mod_http_fileserver")                       \
	RULE(40, "key-readable", FAILURE, "a private key can be read by others",                                        \
	     "remove this permission",                                                                                 \
	     "other users of this host can impersonate the server", "security: certificates")                          \
	RULE(41, "secret-readable", FAILURE, "a configuration with passwords can be read by others",                    \
	     "remove this permission", "other users of this host can read the passwords", "security: configuration")   \
	RULE(42, "certfile-missing", WARNING, "a certificate does not exist",                                           \
	     "correct the path, or create the certificate",                                                            \
	     "connections with TLS fail; those that do not need TLS continue without it", "toplevel: certfiles")       \
	RULE(43, "password-default", FAILURE, "a password from examples is in use",                                     \
	     "choose another password, and set it on both sides\nrun: openssl rand -hex 16",                            \
	     "other users of this host, or of the network, can log in with it", "")                                    \
	RULE(44, "sql-plain", WARNING, "the connection to a database on another host has no TLS",                       \
	     "set sql_ssl: true and sql_ssl_verify: true",                                                              \
	     "an attacker between the hosts can read the database's password and its data", "toplevel: sql_ssl")       \
	RULE(45, "ldap-plain", WARNING, "the connection to a directory on another host has no TLS",                     \
	     "set ldap_encrypt: tls and ldap_tls_verify: hard",                                                         \
	     "an attacker between the hosts can read the users' passwords", "toplevel: ldap_encrypt")                  \
	RULE(46, "socket-open", WARNING, "every user of this host may connect to a unix socket",                        \
	     "set unix_socket: mode: \"0660\"",                                                                         \
	     "the service behind the socket may still ask for a password", "listen-options: unix_socket")              \
	RULE(47, "listen-not-public", WARNING, "a listener's port is not in 'set public'",                              \
	     "add it to 'set public', or let it listen on 127.0.0.1",                                                   \
	     "with strict=yes other hosts cannot reach it; without strict=yes every host can", "ejguard-net(8)")       \
	RULE(48, "public-unserved", WARNING, "a port of 'set public' has no listener",                                  \
	     "remove it from 'set public'",                                                                             \
	     "a compromised service could listen on it, and other hosts could reach it", "ejguard-net(8)")             \
	RULE(49, "listen-private", WARNING, "a listener uses epmd's port or a port of the distribution range",          \
	     "choose another port",                                                                                     \
	     "other hosts cannot reach it, and the node or epmd may find its port in use", "ejguard-net(8)")           \
	RULE(50, "listener-missing", WARNING, "a configured listener does not exist",                                   \
	     "see ejabberd's log for the reason\nrun: ejabberdctl reload_config",                                       \
	     "the running service differs from the configuration that was checked", "ejabberd_listener.erl")           \
	RULE(51, "listener-unknown", WARNING, "the service listens on a port that is not in the configuration",         \
	     "find out which process listens, then restart the service\nrun: ss -tlnp",                                 \
	     "like listener-missing; or a process listens that does not belong there", "ejabberd_listener.erl")        \
	RULE(52, "hosts-local", INFO, "only the domain 'localhost' is configured", NULL,                                \
	     "this is the value in the example configuration", "toplevel: hosts")                                      \
	RULE(53, "contrib-install", WARNING, "modules are fetched and compiled at start",                               \
	     "install them by hand (ejabberdctl module_install NAME), then remove install_contrib_modules",             \
	     "all code that the repository contains at that moment runs with the server's rights",                     \
	     "toplevel: install_contrib_modules")                                                                      \
	RULE(54, "file-missing", WARNING, "a file that the configuration names does not exist",                         \
	     "correct the path, or create the file",                                                                    \
	     "what needs the file does not work", "toplevel: captcha_cmd")                                              \
	RULE(55, "file-unreadable", WARNING, "the service cannot read or execute a file that it needs",                       \
	     "give the service's group the permission to the file, and passage through the folders above it",           \
	     "what needs the file does not work", "toplevel: certfiles")                                                \
	RULE(56, "doubtful", WARNING, "ejabberd may refuse a part of the configuration",                               \
	     "compare it with the documentation of the installed ejabberd",                                             \
	     "like refused, but the version of ejabberd, or what it accepts, is not known for sure",                   \
	     "yconf.erl, econf.erl")                                                                                   \
	RULE(57, "version-unknown", INFO, "the options of this ejabberd are not known", NULL,                          \
	     "the options are compared with those of the known releases", "ejabberd_options.erl")                      \
	RULE(58, "api-network", WARNING, "a network may run commands of the API without a login",                      \
	     "require an administrator and the address together, in one access rule (access: allow: both)",             \
	     "anybody in that network, or with one of its addresses, can administer the server",                       \
	     "developer/ejabberd-api/permissions")                                                                     \
	RULE(59, "api-host", INFO, "another host may run commands of the API without a login", NULL,                   \
	     "an address identifies a host, not one of its users", "developer/ejabberd-api/permissions")               \
	RULE(60, "tls-system", INFO, "the system's OpenSSL refuses TLS 1.0 and 1.1, not ejabberd", NULL,               \
	     "the system's configuration, or ciphers with @SECLEVEL=0, can enable them again",                         \
	     "ciphers(1), SSL_CTX_set_security_level(3)")                                                              \
	RULE(61, "template", WARNING, "a variable of a template was not filled in",                                    \
	     "write the value itself, or let what writes the file fill it in",                                          \
	     "ejabberd serves a domain that nobody has, or does not start; it opens nothing",                          \
	     "ejabberd_config.erl (ejabberd knows only @NAME@)")
/* clang-format on */

#endif
