#!/bin/sh
# Set up what only tests ask: other people's measures, each in an environment of its own from a lock by hash.
set -eu
for name in pycanon anonymeter; do
  .venv/bin/uv venv --quiet --clear --python .venv/bin/python ".venv-oracles/$name"
  .venv/bin/uv pip install --quiet --python ".venv-oracles/$name/bin/python" --require-hashes -r "tests/oracles/$name.lock"
done
