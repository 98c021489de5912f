#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The cookie according to the module cookie and according to Erlang: each block of cookie.tbl is set up, judged,
# and then read by a node. differential-cookie.py compares.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"
# shellcheck source=rows.sh
source "$(dirname "$0")/rows.sh"

rows_run cookie.tbl differential-cookie-node.sh
rows_compare differential-cookie.py
