#!/bin/sh
# Makes .venv hold what the given requirements files name; does nothing, quickly, when it does.
#
#   sh scripts/tools/venv.sh REQUIREMENTS...        run from the repository's root
#
# PYTHON       the Python to make it with (otherwise the first of those below that will do)
# TORCH_INDEX  a package index to take torch, and torch alone, from
#
# .venv/.made says where it was made and for which Python, .venv/.torch which torch it has from which index. .venv/.has-FILE
# keeps the check sums of what FILE asked for; it is written after an install and removed before one, so an interrupted
# install is taken up again, and a changed file is noticed whatever its date.
set -eu

case ${OS:-} in
    Windows_NT) own=.venv/Scripts/python.exe ;;
    *) own=.venv/bin/python ;;
esac
torch="$(sed -n 's/^\(torch==[^ ;#]*\).*/\1/p' requirements.txt)${TORCH_INDEX:+ from $TORCH_INDEX}"

place() { pwd -P && "$own" -I -S -c 'import sys; print(*sys.version_info[:2])' 2>/dev/null; }
sums() { cat "$1" constraints.txt pyproject.toml | cksum; }
kept() { cat ".venv/.$1" 2>/dev/null || echo nothing; }
ready() {
    [ "$(place)" = "$(kept made)" ] || return 1
    for file; do [ "$(sums "$file")" = "$(kept "has-$file")" ] || return 1; done
    [ -z "${TORCH_INDEX:-}" ] || [ "$torch" = "$(kept torch)" ]
}
if ready "$@"; then exit; fi

# What torch and NumPy, as pinned, have builds for.
suits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; }

# With a Python that will do this starts again, one `make` at a time: two at once would break each other's environment.
if [ -z "${VENV_ALONE:-}" ]; then
    looked_at=
    for python in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if ! suits "$python"; then
            version=$("$python" -V 2>&1) || version="does not run"
        elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            version="lacks venv; on Debian and Ubuntu: apt install python3-venv"
        else
            export VENV_ALONE=yes PYTHON="$python"
            exec "$python" "$(dirname "$0")/alone.py" pyproject.toml sh "$0" "$@"
        fi
        looked_at="${looked_at:+$looked_at, }$python ($version)"
        if [ -n "${PYTHON:-}" ]; then break; fi # the one that was asked for, or none
    done
    echo "Python 3.11, 3.12, 3.13 or 3.14 is needed. These will not do: $looked_at." >&2
    echo "Get one (python.org, your system's packages, uv, pyenv), or name it: make ... PYTHON=/path/to/python3.12" >&2
    exit 1
fi

if [ ! -e .venv/.made ] && [ -e .venv/pyvenv.cfg ] && suits "$own" && "$own" -m pip --version >/dev/null 2>&1; then
    place >.venv/.made # somebody made it by hand, and it works: it is taken as it is
elif [ "$(place)" != "$(kept made)" ]; then
    if [ -e .venv ]; then echo ".venv is rebuilt: it was moved, or is not whole, or its Python is gone or another."; fi
    rm -rf "$own" .venv # its Python first: a half-removed one must not pass for one made by hand
    echo "Making .venv with $PYTHON ($("$PYTHON" -V))."
    mkdir .venv
    echo "not yet" >.venv/.made
    "$PYTHON" -m venv .venv
    place >.venv/.made
fi

bar=off
if [ -t 1 ]; then bar=on; fi
# PEP 517, for otherwise an older pip builds jieba, which has no pyproject.toml, in a way of its own and warns of it.
install() {
    "$own" -m pip --disable-pip-version-check install --progress-bar $bar --use-pep517 --log .venv/pip.log "$@" || {
        echo "The installation failed; pip's log is .venv/pip.log. The same command again takes it up." >&2
        exit 1
    }
}
rm -f .venv/.has-* .venv/pip.log
for file; do sums "$file" >".venv/.asked-$file"; done # now: it may change while pip is at work
if [ -n "${TORCH_INDEX:-}" ] && [ "$torch" != "$(kept torch)" ]; then
    rm -f .venv/.torch
    echo "Installing $torch."
    install --no-deps --force-reinstall --index-url "$TORCH_INDEX" "${torch%% *}"
    echo "$torch" >.venv/.torch
elif [ "$(uname -s)" = Linux ] && ! ls -d .venv/lib/*/site-packages/torch >/dev/null 2>&1; then
    echo "On Linux the default torch may bring CUDA, several gigabytes that nothing here uses: README, TORCH_INDEX."
fi
echo "Installing $* into .venv; the first time takes some minutes."
# shellcheck disable=SC2046 # names of files of this repository, none with a space
install $(printf -- '-r %s ' "$@")
for file; do mv ".venv/.asked-$file" ".venv/.has-$file"; done
echo "Installed."
