# Servers of the peers, each on loopback with a free port and a data directory of its own. Sourced by tests/bench/run.

kPostgres=/usr/lib/postgresql/15/bin
server_pids=()

# PostgreSQL refuses to run as root. One account that has no other rights will do for all three.
as_server() {
  if [[ $EUID -eq 0 ]]; then
    setpriv --reuid=postgres --regid=postgres --init-groups "$@"
  else
    "$@"
  fi
}
# The same for a server in the background, whose process id must be that of the server itself.
exec_server() {
  if [[ $EUID -eq 0 ]]; then
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$@"
  else
    exec "$@"
  fi
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

data_directory() {
  mkdir "$data/$1"
  [[ $EUID -ne 0 ]] || chown postgres: "$data/$1"
  chmod 700 "$data/$1"
}

# Until something accepts connections at a port; fails when the server has ended or after ten seconds.
await_port() {
  python3 - "$1" "$2" <<'PYTHON'
import os, socket, sys, time
port, pid, until = int(sys.argv[1]), int(sys.argv[2]), time.monotonic() + 10
while time.monotonic() < until:
    os.kill(pid, 0)
    try:
        socket.create_connection(("127.0.0.1", port)).close()
        sys.exit(0)
    except OSError:
        time.sleep(0.02)
sys.exit(1)
PYTHON
}

start_postgres() {
  data_directory postgres
  export PGHOST=127.0.0.1 PGPORT PGUSER=bench PGPASSWORD
  PGPORT=$(free_port)
  PGPASSWORD=$(od -An -tx1 -N16 /dev/urandom | tr -d ' \n')
  # Only the owner of the directory reaches the file.
  echo "$PGPASSWORD" >"$data/postgres/password"
  (cd "$data/postgres" && as_server "$kPostgres/initdb" -D cluster -U bench -A scram-sha-256 --pwfile=password \
    --locale=C.UTF-8 >/dev/null)
  (cd "$data/postgres" && exec_server "$kPostgres/postgres" -D cluster -p "$PGPORT" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=on -c synchronous_commit=on \
    -c shared_buffers=1GB -c max_wal_size=4GB -c log_min_messages=fatal) >"$data/postgres.log" 2>&1 &
  server_pids+=($!)
  await_port "$PGPORT" $!
  # The port opens before the server has finished its recovery.
  until "$kPostgres/pg_isready" -q; do :; done
}

# A database that nothing has written to.
fresh_database() {
  export PGDATABASE=bench
  psql -qd postgres -c 'SET client_min_messages = error' -c 'DROP DATABASE IF EXISTS bench WITH (FORCE)' \
    -c 'CREATE DATABASE bench'
}

start_redis() {
  data_directory redis
  export REDIS_PORT REDIS_DIR=$data/redis
  REDIS_PORT=$(free_port)
  # maxmemory-policy as BullMQ asks for it.
  (exec_server redis-server --bind 127.0.0.1 --port "$REDIS_PORT" --dir "$REDIS_DIR" --save '' --appendonly yes \
    --appendfsync always --maxmemory-policy noeviction) >"$data/redis.log" 2>&1 &
  server_pids+=($!)
  await_port "$REDIS_PORT" $!
}

# Started anew for each measurement, with an empty log. The arguments are options of it.
start_beanstalkd() {
  stop_beanstalkd
  data_directory beanstalkd
  export BEANSTALK_PORT BEANSTALK_DIR=$data/beanstalkd
  BEANSTALK_PORT=$(free_port)
  (exec_server beanstalkd -l 127.0.0.1 -p "$BEANSTALK_PORT" -b "$BEANSTALK_DIR" "$@") >"$data/beanstalkd.log" 2>&1 &
  beanstalkd_pid=$!
  await_port "$BEANSTALK_PORT" "$beanstalkd_pid"
}

stop_beanstalkd() {
  [[ -n ${beanstalkd_pid:-} ]] || return 0
  kill "$beanstalkd_pid" 2>/dev/null || true
  wait "$beanstalkd_pid" 2>/dev/null || true
  beanstalkd_pid=
  rm -rf "$data/beanstalkd"
}

stop_servers() {
  stop_beanstalkd
  local pid
  # SIGINT: PostgreSQL waits for no client then.
  for pid in "${server_pids[@]}"; do kill -INT "$pid" 2>/dev/null || true; done
  for pid in "${server_pids[@]}"; do wait "$pid" 2>/dev/null || true; done
}
