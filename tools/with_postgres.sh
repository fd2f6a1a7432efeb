#!/usr/bin/env bash
# Run a command with a PostgreSQL server of its own: tools/with_postgres.sh make test
# The server is Debian's package, in a temporary folder, on a socket in that folder; it is stopped and removed afterwards.
set -euo pipefail
export PATH="$PATH:$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -V | tail -1)"
for tool in initdb pg_ctl; do
    command -v "$tool" > /dev/null || { echo "with_postgres.sh: no $tool; install the package postgresql" >&2; exit 1; }
done
place=$(mktemp -d /tmp/trede-postgres.XXXXXX)
as=()
if [ "$(id -u)" = 0 ]; then  # initdb refuses root
    chown postgres "$place"
    as=(runuser -u postgres --)
fi
stop() {
    "${as[@]}" "$(command -v pg_ctl)" --pgdata "$place/data" --mode immediate stop > /dev/null 2>&1 || true
    rm -rf "$place"
}
trap stop EXIT
cd "$place"
"${as[@]}" "$(command -v initdb)" --pgdata "$place/data" --username trede --auth trust --encoding UTF8 --locale C > /dev/null
# Speed matters here, not what survives a power cut.
options="-c listen_addresses= -c unix_socket_directories=$place -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
"${as[@]}" "$(command -v pg_ctl)" --pgdata "$place/data" --log "$place/log" --wait --options "$options" start > /dev/null \
    || { cat "$place/log" >&2; exit 1; }
cd "$OLDPWD"
TREDE_TEST_POSTGRES="postgresql:///postgres?host=$place&user=trede" "$@"
