#!/bin/sh
# Set up .venv from the locks: packages by hash, JARs by SHA-256. Afterwards nothing is downloaded.
set -eu
python=$1

fail() { echo "Error: $1" >&2; exit 4; }

command -v "$python" >/dev/null 2>&1 || python=python3
command -v "$python" >/dev/null 2>&1 || fail "Python 3.11 is missing. Install it (Debian: apt-get install python3.11 python3.11-venv)."
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' ||
  fail "Geoward needs Python 3.11 or 3.12; $python is $("$python" -V 2>&1). Run: make PYTHON=/path/to/python3.11"

java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
command -v "$java" >/dev/null 2>&1 || fail "Java is missing. Install Java 17 or newer (Debian: apt-get install openjdk-17-jre-headless)."
version=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
[ "${version:-0}" -ge 17 ] || fail "Java ${version:-of unknown version} is too old. Install Java 17 or newer (Debian: apt-get install openjdk-17-jre-headless)."

echo "Setting up .venv (once; about three minutes and 3 GB)" >&2
[ -x .venv/bin/python ] || "$python" -m venv .venv
[ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r jobs/uv.lock.txt
.venv/bin/uv pip install --python .venv/bin/python --require-hashes --quiet --compile-bytecode -r requirements.lock
.venv/bin/uv pip install --python .venv/bin/python --quiet --no-build-isolation --no-deps --offline -e .
echo "Fetching Spark's JARs, then preparing Java's classes (one or two minutes, quietly)" >&2
.venv/bin/python -c 'from jobs.jars import resolve_jars; resolve_jars()' > .venv/jars.log 2>&1 ||
  { tail -n 20 .venv/jars.log >&2; fail "The JARs could not be fetched; all that Spark said is in .venv/jars.log."; }
.venv/bin/python -m jobs.class_archive
.venv/bin/python -m jobs.release.compile_kernels || echo "What releases run could not be compiled: the first release waits for it." >&2
