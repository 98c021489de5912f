#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Which configurations the module config says that ejabberd refuses, against those that it does refuse: each block of
# config.tbl is loaded by the image's ejabberd, and judged. differential-config.py compares.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"
# shellcheck source=rows.sh
source "$(dirname "$0")/rows.sh"

rows_once config.tbl differential-config-node.sh 240
rows_compare differential-config.py
