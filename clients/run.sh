#!/bin/sh
# Starts a server on a free port and drives it with foreign OpenAI clients, one line per case.
#
#   clients/run.sh [npm] [java]    all of them without words; exit code 1 when a case fails
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(dirname "$here")
log=$(mktemp)
server=

stop() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -f "$log"
}
trap stop EXIT
trap 'exit 130' INT TERM

for client in "$@"; do
  [ -d "$here/$client" ] || {
    echo "clients/run.sh: $client: must be npm or java" >&2
    exit 2
  }
done

"$root/souffleur" serve --port 0 >"$log" 2>&1 &
server=$!
url=
seconds=0
while [ -z "$url" ]; do
  if ! kill -0 "$server" 2>/dev/null || [ "$seconds" -ge 300 ]; then
    cat "$log" >&2
    echo 'clients/run.sh: the server did not start' >&2
    exit 1
  fi
  sleep 1
  seconds=$((seconds + 1))
  url=$(sed -n 's/^.*ready: .* on \(http:\/\/[^ ]*\).*$/\1/p' "$log")
done
echo "server: $url"

status=0
for client in ${*:-npm java}; do
  "$here/$client/run" "$url" || status=1
done
exit "$status"
