/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/survey.h"

#include <errno.h>
#include <string.h>

#include "libejguard/service/connections.h"
#include "libejguard/service/epmd.h"
#include "libejguard/service/listeners.h"
#include "libejguard/service/names.h"
#include "libejguard/service/processes.h"
#include "libejguard/service/relation.h"
#include "libejguard/service/survey-draft.h"
#include "libejguard/service/user.h"
#include "libejguard/util/cleanup.h"

static int collect_settings(struct survey_draft *draft)
{
	return settings_collect(draft->settings, &draft->survey->settings, &draft->survey->n_settings);
}

/* Finds the network namespaces of the service, where its sockets are read. */
static int find_homes(struct survey_draft *draft)
{
	int r = netns_find_homes(draft->facts, &draft->homes);

	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return survey_unseen(draft, "the network namespace of the service cannot be found: %s",
				     strerrordesc_np(-r));
	if (!*draft->homes.unseen)
		return 0;
	return survey_unseen(draft, "a network namespace of the service cannot be seen (%s); run it as root",
			     draft->homes.unseen);
}

static bool is_image(const struct ejg_facts *facts)
{
	return facts->root && *facts->root;
}

int survey_collect(struct arena *arena, const struct ejg_facts *facts, struct settings *settings, bool connections,
		   struct ejg_survey **ret)
{
	/*
	 * Each step needs the earlier ones: listeners name processes; epmd is asked only when its listener is
	 * known.
	 */
	static const struct {
		int (*collect)(struct survey_draft *);
		bool of_image;
	} parts[] = {
		{ collect_settings, true },    { processes_collect, false }, { user_find, true },
		{ relations_find, false },     { find_homes, false },	     { listeners_collect, false },
		{ epmd_names_collect, false }, { nodes_name, false },
	};
	struct survey_draft draft = {};
	int r;

	r = survey_begin(arena, facts, &survey_source_system, &draft);
	draft.settings = settings;
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(parts); i++)
		if (parts[i].of_image || !is_image(facts))
			r = parts[i].collect(&draft);
	if (r == 0 && connections && !is_image(facts))
		r = connections_collect(&draft);
	netns_free(&draft.homes);
	if (r == 0 && is_image(facts)) {
		draft.survey->epmd_note = "in an image nothing runs";
		r = survey_unseen(&draft, "processes, listeners and epmd: in an image nothing runs");
	}
	if (r == 0)
		*ret = draft.survey;
	return r;
}
