#!/bin/sh
# Lint, format, types and imports: the work of `make check`, with its .venv there already. Everything runs even when something before
# it failed, so that one run shows all there is to mend; then what failed is named.
#
# PY  the environment's Python
set -u

PY=${PY:-.venv/bin/python}
bin=$(dirname "$PY")
failed=

# check NAME COMMAND...
check() {
    name=$1
    shift
    "$@" || failed="$failed $name,"
}

check "lint" "$PY" -m ruff check
check "format (make format mends it)" "$PY" -m ruff format --check
check "types" "$PY" -m mypy
check "rooms (which may import which)" "$PY" -c "from importlinter.cli import lint_imports_command as lint; lint()" --no-logo --no-cache
if command -v "$bin/shellcheck" >/dev/null; then # there is no build of it for some machines, see requirements-test.txt
    check "shell scripts" "$bin/shellcheck" scripts/tools/*.sh .ci/run
fi
# Biome comes from npm, which not everybody has; CI must have it.
if command -v npm >/dev/null; then
    if ! [ node_modules/.package-lock.json -nt package-lock.json ]; then npm ci --silent; fi
    check "scripts and style sheets" node_modules/.bin/biome lint --error-on-warnings
elif [ "${CI:-}" = true ]; then
    failed="$failed scripts and style sheets (npm is missing),"
else
    echo "Scripts and style sheets were not linted: npm is not installed."
fi

if [ -n "$failed" ]; then
    echo "Failed:${failed%,}. What was wrong stands above."
    exit 1
fi
