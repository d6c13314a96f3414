#!/bin/sh
# Lint, format and types: the work of `make check`, with its .venv there already. Everything runs even when something before
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

if [ -n "$failed" ]; then
    echo "Failed:${failed%,}. What was wrong stands above."
    exit 1
fi
