#!/bin/sh
# Makes the virtual environment VENV hold what the given requirements files name; does nothing, quickly, when it does.
#
#   sh scripts/tools/venv.sh VENV REQUIREMENTS...        run from the repository's root
#
# PYTHON       the Python to make it with (otherwise the first of python3, python3.14, ... that will do)
# TORCH_INDEX  a package index to take torch, and torch alone, from
#
# VENV/.made keeps the folder in which the environment was made: an environment does not survive a move.
# VENV/.has-FILE keeps the check sums of what FILE asked for; it is written after an install and removed before one, so an
# interrupted install is taken up again and a changed file is noticed whatever its date.
set -eu

venv=$1
shift
python=
case ${OS:-} in
    Windows_NT) py=$venv/Scripts/python.exe ;;
    *) py=$venv/bin/python ;;
esac
here=$(pwd -P)

say() { printf '%s\n' "$*"; }
fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# --- a Python that will do -------------------------------------------------------------------------------------------

# Says the version of Python $1, or nothing where it does not run (a shim without a version behind it, say).
version_of() { "$1" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null || true; }

# True when $1 is a version that torch and NumPy, as pinned, have builds for.
supported() { case $1 in 3.11.* | 3.12.* | 3.13.* | 3.14.*) true ;; *) false ;; esac; }

# Prints the Python to use, or says what is missing and fails.
find_python() {
    found= without_venv=
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11 python; do
        version=$(version_of "$candidate")
        if ! supported "$version"; then
            if [ -n "$version" ]; then
                found="$found $candidate is $version;"
            elif [ -n "${PYTHON:-}" ]; then
                found=" $candidate does not run;"
            fi
        elif ! "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            without_venv="$candidate ($version)"
        else
            say "$candidate"
            return
        fi
        if [ -n "${PYTHON:-}" ]; then break; fi # the one that was asked for, or none
    done
    if [ -n "$without_venv" ]; then
        fail "$without_venv cannot make virtual environments: its venv and ensurepip modules are not installed." \
            "On Debian and Ubuntu: apt install python3-venv. Or name another Python: make ... PYTHON=/path/to/python3.12"
    fi
    fail "Python 3.11, 3.12, 3.13 or 3.14 is needed, and none was found.${found:+ Looked at:${found%;}.}" \
        "Get one (python.org, your system's packages, uv, pyenv), or name it: make ... PYTHON=/path/to/python3.12"
}

# --- one at a time ---------------------------------------------------------------------------------------------------

# A second `make` that comes while the first installs would take what it finds for a broken environment. VENV.lock holds
# the process that is at it; one that has died holds nothing. Where no lock can be made (a read-only folder) there is none.
lock=$venv.lock
locked=
waited=0
without=0
until mkdir "$lock" 2>/dev/null && locked=yes; do
    if [ ! -d "$lock" ]; then
        without=$((without + 1)) # given back this very moment, or not to be made at all
        if [ "$without" -gt 3 ]; then break; fi
        continue
    fi
    holder=$(cat "$lock/pid" 2>/dev/null || true)
    # Between its folder and its number a holder is for a moment only; one killed right there leaves no number at all.
    if { [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; } || { [ -z "$holder" ] && [ "$waited" -gt 5 ]; }; then
        rm -rf -- "$lock"
        continue
    fi
    if [ "$waited" -eq 0 ]; then say "Another make is at work on $venv${holder:+ (process $holder)}; waiting for it."; fi
    waited=$((waited + 1))
    sleep 1
done
if [ -n "$locked" ]; then echo $$ >"$lock/pid"; fi
unlock() {
    if [ -n "$locked" ]; then rm -rf -- "$lock"; fi
}
trap unlock EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --- the environment -------------------------------------------------------------------------------------------------

if [ -d "$venv" ]; then
    made=$(cat "$venv/.made" 2>/dev/null || true)
    reason=
    if ! "$py" -c '' 2>/dev/null; then
        reason="its Python no longer runs"
    elif [ -n "$made" ] && [ "$made" != "$here/$venv" ]; then
        reason="it was made in another folder"
    elif [ -z "$made" ] && ! { supported "$(version_of "$py")" && "$py" -m pip --version >/dev/null 2>&1; }; then
        reason="it is not whole" # one that somebody made by hand, and that works, is taken as it is
    fi
    if [ -n "$reason" ]; then
        python=$(find_python) # before the old one goes
        say "$venv is rebuilt: $reason."
        rm -rf -- "$venv"
    fi
fi
new=
if [ ! -d "$venv" ]; then
    new=yes
    python=${python:-$(find_python)}
    say "Making $venv with $python ($(version_of "$python"))."
    "$python" -m venv "$venv"
fi
[ -e "$venv/.made" ] || say "$here/$venv" >"$venv/.made"

# --- what it holds ---------------------------------------------------------------------------------------------------

# A requirements file, and the files that change what it installs.
sums() { cat "$1" constraints.txt pyproject.toml | cksum; }

wanted=
for file in "$@"; do
    if [ "$(cat "$venv/.has-$file" 2>/dev/null || true)" != "$(sums "$file")" ]; then
        wanted="$wanted $file"
    fi
done
torch=$(cat "$@" | sed -n 's/^\(torch==[^ ;#]*\).*/\1/p' | tr -d '\r')
index_before=$(cat "$venv/.torch-index" 2>/dev/null || true)
move_torch=
if [ -n "$torch" ] && [ -n "${TORCH_INDEX:-}" ] && [ "$TORCH_INDEX" != "$index_before" ]; then move_torch=yes; fi
if [ -z "$wanted$move_torch" ]; then exit 0; fi

# Installs quietly, with a line every ten seconds on what pip is at. pip's whole log stays in VENV/pip.log.
# The clock ends when its file is gone: a signal that meets a process just being forked can be lost.
install() {
    : >"$venv/.installing"
    (
        seconds=0
        while sleep 1 </dev/null >/dev/null 2>&1 && [ -e "$venv/.installing" ] && kill -0 $$ 2>/dev/null; do
            seconds=$((seconds + 1))
            if [ $((seconds % 10)) -eq 0 ]; then
                doing=$(grep -a -o -e 'Downloading [^ ]*/\{0,1\}[^ /]* ([^)]*)' -e 'Installing collected packages' \
                    "$venv/pip.log" | tail -n 1 | sed 's:Downloading .*/:Downloading :')
                say "  ... $seconds s. ${doing:-Working}"
            fi
        done
    ) &
    clock=$!
    status=0
    "$py" -m pip --disable-pip-version-check install --quiet --progress-bar off --use-pep517 \
        --log "$venv/pip.log" "$@" || status=$?
    stop_clock
    if [ "$status" -ne 0 ]; then
        fail "The installation failed; pip's log is $venv/pip.log. The same command again takes it up where it stopped."
    fi
}
clock=
stop_clock() {
    if [ -n "$clock" ]; then
        rm -f "$venv/.installing"
        kill "$clock" 2>/dev/null || true # at once, where it can; else within a second
        clock=
    fi
}
trap 'stop_clock; unlock' EXIT

rm -f "$venv/pip.log"
for file in $wanted; do rm -f "$venv/.has-$file"; done
if [ -n "$move_torch" ]; then
    say "Installing $torch from $TORCH_INDEX."
    install --no-deps --force-reinstall --index-url "$TORCH_INDEX" "$torch"
    say "$TORCH_INDEX" >"$venv/.torch-index"
elif [ -n "$torch" ] && [ "$(uname -s)" = Linux ] && ! "$py" -c 'import importlib.util as u, sys; sys.exit(not u.find_spec("torch"))'; then
    say "On Linux the default torch may bring CUDA, several gigabytes that nothing here uses: README, TORCH_INDEX."
fi
if [ -n "$wanted" ]; then
    say "Installing$wanted into $venv${new:+: this first time takes some minutes}."
    # shellcheck disable=SC2046,SC2086 # a list of file names of this repository, none with a space
    install $(for file in $wanted; do printf -- '-r %s ' "$file"; done)
    for file in $wanted; do sums "$file" >"$venv/.has-$file"; done
    say "Installed."
fi
