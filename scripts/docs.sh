#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes docs/detectors/: a page and a picture for every detector of the catalogue, and the index;
# and docs/configuration.md: every key of a pipeline.
# The same code gives the same bytes; tests/pages fails when they differ from what is there.
#   scripts/docs.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

bash scripts/install.sh tests
configure release -DRETIMU_TESTS=ON
build release pages_test
RETIMU_REGENERATE=1 RETIMU_SOURCE_DIR=$PWD build/release/tests/pages_test \
  --gtest_filter=Pages.*WhatTheCodeSays --gtest_brief=1
git --no-pager diff --stat -- docs/detectors docs/configuration.md
git ls-files --others --exclude-standard -- docs/detectors docs/configuration.md
