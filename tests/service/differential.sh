#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# differential.sh TABLE: what `ejguard discover` reads of a configuration, without running anything, against what
# Debian's ejabberdctl and Erlang make of it: each block of the table is set up, read, and then started for real, until
# the node has opened its distribution port or given up. differential.py compares.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0" "$@"
# shellcheck source=rows.sh
source "$(dirname "$0")/rows.sh"

rows_run "$1" differential-node.sh
rows_compare differential.py
