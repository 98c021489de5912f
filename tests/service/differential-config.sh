#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Configurations that ejabberd refuses, according to the module config and according to ejabberd: the image loads each
# block of config.tbl, and the module judges it. differential-config.py compares.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"
# shellcheck source=rows.sh
source "$(dirname "$0")/rows.sh"

rows_once config.tbl differential-config-node.sh 240
rows_compare differential-config.py
