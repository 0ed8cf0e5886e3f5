#!/bin/sh
# The one door: `./go help` says what it does. What it needs it sets up itself.
set -eu
cd "$(dirname "$0")"
for python in python3.11 python3; do
    if command -v "$python" >/dev/null 2>&1 &&
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$python" -m tools.go "$@"
    fi
done
echo "go: Python 3.11 or newer is needed (Debian: apt-get install python3)" >&2
exit 5
