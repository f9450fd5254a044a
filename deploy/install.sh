#!/bin/sh
# Installs Minyi from this folder without a network:
#
#   ./install.sh [--prefix /opt/minyi] [--python /usr/bin/python3.11] [--fonts FOLDER]
#
# Everything goes below the prefix, a folder a release; `current` points to the one in use, so the release before stays
# and is one link away. Data and secrets are elsewhere (MINYI_INSTANCE, DATABASE_URL). Nothing is half installed: what
# fails takes its folder away again.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
prefix=/opt/minyi
python=
if [ "$(id -u)" = 0 ]; then fonts=/usr/local/share/fonts/minyi; else fonts=${XDG_DATA_HOME:-$HOME/.local/share}/fonts/minyi; fi
unset PYTHONPATH PYTHONHOME
while [ $# -gt 0 ]; do
    case $1 in
        --prefix) prefix=$2; shift 2 ;;
        --python) python=$2; shift 2 ;;
        --fonts) fonts=$2; shift 2 ;;
        *) echo "install.sh [--prefix FOLDER] [--python PROGRAM] [--fonts FOLDER]" >&2; exit 2 ;;
    esac
done

fail() {
    echo "$1" >&2
    exit 1
}

cd "$here"
sha256sum --check --quiet SHA256SUMS >&2 || fail "This folder is not as it was made: copy the archive again."
version=$(sed -n 's/^minyi==\([^ ]*\).*/\1/p' requirements.txt)
processor=$(uname -m)
case $processor in
    x86_64 | aarch64) ;;
    *) fail "There are no packages for this processor ($processor), only for x86_64 and aarch64." ;;
esac
target=$prefix/$version
[ ! -e "$target" ] || fail "$target is there already: remove it to install this release again."
mkdir -p "$target" || fail "$prefix cannot be written: run as root, or choose another --prefix."
trap 'rm -rf "$target"' EXIT

if [ -z "$python" ] && [ -f "python/$processor/python.tar.gz" ]; then
    mkdir "$target/python"
    tar -xzf "python/$processor/python.tar.gz" -C "$target/python" --strip-components=1
    python=$target/python/bin/python3
fi
if [ -z "$python" ]; then
    for name in python3.13 python3.12 python3.11 python3; do
        tag=$("$name" -c 'import sys; print("cp%d%d" % sys.version_info[:2])' 2>/dev/null) || continue
        if ls wheels/*-"$tag"-* >/dev/null 2>&1; then
            python=$name
            break
        fi
    done
fi
offered=$(ls wheels | sed -n 's/^numpy-.*-cp3\([0-9]*\)-cp3.*/3.\1/p' | sort -u | tr '\n' ' ')
[ -n "$python" ] || fail "No Python was found that these packages are for: $offered(--python names one)."
"$python" -m venv "$target" 2>/dev/null || fail "$python makes no environment: install its package venv (Debian: python3-venv)."
"$target/bin/python" -m pip --isolated install --quiet --no-index --no-deps --no-cache-dir --disable-pip-version-check \
    --find-links wheels --require-hashes -r requirements.txt ||
    fail "The packages do not fit $("$python" --version): they are for $offered."
"$target/bin/python" -m pip check >&2 || fail "A package is missing: this archive is not whole."
"$target/bin/minyi" --version >/dev/null || fail "The program does not start."

if [ -d fonts ]; then
    mkdir -p "$fonts" && cp fonts/* "$fonts" # where programs look for fonts, the typesetter of reports among them
fi
ln -sfn "$version" "$prefix/current"
mkdir -p "$prefix/bin"
ln -sfn ../current/bin/minyi "$prefix/bin/minyi"
trap - EXIT
echo "$("$prefix/bin/minyi" --version) is installed: $prefix/bin/minyi"
echo "Next: MINYI_INSTANCE=/srv/minyi $prefix/bin/minyi config check"
