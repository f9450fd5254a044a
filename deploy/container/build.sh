#!/bin/sh
# Minyi in an environment of its own: build.sh SOURCE TARGET. What the container file runs, and runs anywhere with Python 3.11.
# Every package is the locked one, by its hash; PIP_INDEX_URL or PIP_NO_INDEX with PIP_FIND_LINKS say where from.
set -eu
source=$1 target=$2 made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
export PIP_DISABLE_PIP_VERSION_CHECK=1
python3 -m venv "$made/build"
"$made/build/bin/pip" install --quiet --require-hashes -r "$source/requirements-build.txt"
(cd "$source" && "$made/build/bin/hatchling" build -t wheel -d "$made")
python3 -m venv "$target"
"$target/bin/pip" install --quiet --require-hashes -r "$source/requirements.txt"
"$target/bin/pip" install --quiet --no-deps "$made"/minyi-*.whl
"$target/bin/minyi" --version >/dev/null
