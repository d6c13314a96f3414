#!/bin/sh
# Checks, published numbers and all tests: the work of `make test`, with its .venv there already. Arguments go to pytest.
# Everything runs even when something before it failed, so that one run shows all there is to mend.
#
# PY                  the environment's Python
# CI                  `true`: no browser is a failure, not a reason to skip
# BROWSER_EXECUTABLE  the browser to use, instead of one that is looked for
set -u

export PY="${PY:-.venv/bin/python}"
export PYTHONHASHSEED=0
failed=

# Beside the published numbers, which take as long; what it says is kept until they are through.
said=$(mktemp)
sh scripts/tools/check.sh >"$said" 2>&1 &
checks=$!
trap 'rm -f "$said"; [ -z "$checks" ] || kill "$checks"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if browser=$("$PY" scripts/tools/browser.py --install); then
    export BROWSER_EXECUTABLE="$browser"
else
    browser=
fi

"$PY" -m insync check --portable || failed="$failed published numbers (insync check),"
wait "$checks" || failed="$failed checks (make check),"
checks=
cat "$said"

# On all cores; a file stays on one, since its tests share what was built for them, and the longest come first, so that
# no core is left with one of them in the end (tests/conftest.py). ARGS='-n0 --pdb' takes it back.
"$PY" -m pytest -n auto --dist loadfile --no-loadscope-reorder "$@"
status=$?

if [ -n "$failed" ]; then
    echo "Failed before the tests:${failed%,}. What was wrong stands above them."
    [ "$status" -ne 0 ] || status=1
fi
if [ -z "$browser" ]; then
    advice="install Chrome, Chromium or Edge, or set BROWSER_EXECUTABLE to one, and run make test again."
    if [ "${CI:-}" = true ]; then
        echo "No browser could be found or installed, so the browser tests failed: $advice"
        [ "$status" -ne 0 ] || status=1
    else
        echo "No browser could be found or installed, so the browser tests were skipped: $advice"
    fi
fi
exit "$status"
