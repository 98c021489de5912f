/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The report of the last verb of a handle: findings, metrics, answers, events. <ejguard/ejguard.h> includes it, and
 * says how long its strings are valid.
 */
#ifndef EJGUARD_REPORT_H
#define EJGUARD_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ejg;

/** The importance of a log message or a finding. Since 0.1. */
enum ejg_severity {
	EJG_OK,	     /**< correct */
	EJG_INFO,    /**< for information, no action needed */
	EJG_WARNING, /**< advice: the stack still holds */
	EJG_FAILURE, /**< the module of the finding does not hold */
};

/** One result of a module, or an error of the core (module "core"). Strings are never NULL. Since 0.1. */
struct ejg_finding {
	const char *module;
	const char *id;	     /**< stable: "net.not-attached"; see ejguard modules NAME */
	uint32_t severity;   /**< enum ejg_severity */
	const char *subject; /**< a cgroup, a port, a name, ...; empty if it is the file */
	const char *message;
	const char *remedy; /**< the remedy; empty if no action is needed */
	const char *file;   /**< the file with the problem, or the file that names it; or empty */
	uint32_t line;	    /**< 1 is the first; 0 when there is no line */
	uint32_t column;    /**< in bytes, 1 is the first; 0 when there is no column */
};

/** A name and its value. Since 0.1. */
struct ejg_label {
	const char *name;
	const char *value;
};

/** One metric of a status. Since 0.1. */
struct ejg_metric {
	const char *module;
	const char *name;		/**< as in the module's descriptor: "denials" */
	const char *help;		/**< as in the module's descriptor, one line */
	bool counter;			/**< true: only ever grows; false: a gauge */
	const struct ejg_label *labels; /**< distinguish it from others with its name */
	size_t n_labels;
	uint64_t value;
};

/** The answer of one module. Since 0.1. */
struct ejg_answer {
	const char *module;
	bool allowed;
	const char *rule; /**< the rule that decided */
	const char *file; /**< file with the rule, or empty */
	uint32_t line;
};

/** A live event of a module, such as a denial. Since 0.1. */
struct ejg_event {
	const char *module;
	const char *message;
	uint64_t time_ns; /**< CLOCK_REALTIME */
	const struct ejg_label *labels;
	size_t n_labels;
};

/**
 * Number of findings of the last verb. @handle: handle. Since 0.1.
 */
size_t ejg_finding_count(const struct ejg *handle);

/**
 * A finding of the last verb, in the order in which they were made.
 * @handle: handle
 * @index: from 0
 *
 * Return: the finding, or NULL past the end. Since 0.1.
 */
const struct ejg_finding *ejg_finding_get(const struct ejg *handle, size_t index);

/**
 * Number of metrics of the last ejg_status(). @handle: handle. Since 0.1.
 */
size_t ejg_metric_count(const struct ejg *handle);

/**
 * A metric of the last ejg_status().
 * @handle: handle
 * @index: from 0
 *
 * Return: the metric, or NULL past the end. Since 0.1.
 */
const struct ejg_metric *ejg_metric_get(const struct ejg *handle, size_t index);

/**
 * Number of answers of the last ejg_explain(). @handle: handle. Since 0.1.
 */
size_t ejg_answer_count(const struct ejg *handle);

/**
 * An answer of the last ejg_explain().
 * @handle: handle
 * @index: from 0
 *
 * Return: the answer, or NULL past the end. Since 0.1.
 */
const struct ejg_answer *ejg_answer_get(const struct ejg *handle, size_t index);

/**
 * The name of a severity: "ok", "info", "warning", "failure".
 * @severity: any value
 *
 * Return: a constant string; "unknown" for values outside the enumeration. Since 0.1.
 */
const char *ejg_severity_name(uint32_t severity);

#ifdef __cplusplus
}
#endif

#endif
