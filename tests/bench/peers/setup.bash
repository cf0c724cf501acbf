# What the benchmark of peers needs on a bare Debian 12, and where it builds it. Sourced by tests/bench/run.

kNodeVersion=22.23.5   # installed through npm where the node here is older than graphile-worker and pg-boss ask for
kGoVersion=1.26.0      # that of peers/river/go.mod

# Whether the first of two dotted versions is at least the second.
at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

as_root() { if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi; }

# Debian starts the services of what it installs. They are not needed here and would take time from what is measured.
install_packages() {
  local missing=() package
  for package in postgresql redis-server beanstalkd python3; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  command -v npm >/dev/null || missing+=(npm)
  command -v node >/dev/null || missing+=(nodejs)
  [[ -n $(find_go) ]] || missing+=(golang-go)
  [[ ${#missing[@]} -gt 0 ]] || return 0
  echo "Installing with apt-get: ${missing[*]}" >&2
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-remove \
    "${missing[@]}" >/dev/null
  for package in "${missing[@]}"; do
    case $package in postgresql | redis-server | beanstalkd) stop_service "$package" ;; esac
  done
}

stop_service() {
  if [[ -d /run/systemd/system ]]; then
    as_root systemctl disable --now "$1" >/dev/null 2>&1 || true
  else
    as_root service "$1" stop >/dev/null 2>&1 || true
  fi
}

# Go where its own installer puts it, too: a login shell alone has that in its path.
find_go() { command -v go || { [[ -x /usr/local/go/bin/go ]] && echo /usr/local/go/bin/go; } || true; }

# The node modules go beside copies of the programs, since a program finds modules by its own place.
prepare_node() {
  mkdir -p "$work/node"
  cp "$peers"/node/* "$work/node/"
  if ! cmp -s "$work/node/package-lock.json" "$work/node/installed.json"; then
    (cd "$work/node" && npm ci --no-audit --no-fund --ignore-scripts --silent)
    cp "$work/node/package-lock.json" "$work/node/installed.json"
  fi
  node=$(command -v node)
  if ! at_least "$("$node" --version | tr -d v)" 22.18.0; then
    local architecture
    architecture=$("$node" -p process.arch)
    [[ -x $work/runtime/node_modules/node-linux-$architecture/bin/node ]] ||
      npm install --prefix "$work/runtime" --no-audit --no-fund --silent "node-linux-$architecture@$kNodeVersion"
    node=$work/runtime/node_modules/node-linux-$architecture/bin/node
  fi
  echo "Node $("$node" --version)" >&2
}

# Answers a Go that can build River: the one given, if it is of 1.21 or later, since that gets the version that go.mod
# asks for by itself. An older one, such as Debian's, can at least download that version, which is a module; but the
# files of a module are neither writable nor executable.
capable_go() {
  local go=$1 module directory system
  if at_least "$(GOTOOLCHAIN=local "$go" version | sed -E 's/.*go([0-9]+[0-9.]*) .*/\1/')" 1.21; then
    echo "$go"
    return
  fi
  if [[ ! -x $work/go/bin/go ]]; then
    system=$("$go" env GOOS)-$("$go" env GOARCH)
    module=golang.org/toolchain@v0.0.1-go$kGoVersion.$system
    directory=$("$go" mod download -json "$module" | sed -nE 's/^\s*"Dir": "(.*)",?$/\1/p')
    [[ -n $directory ]] || return 1
    rm -rf "$work/go"
    cp -r "$directory" "$work/go"
    chmod -R u+w "$work/go"
    chmod u+x "$work"/go/bin/* "$work/go/pkg/tool/${system/-/_}"/*
  fi
  echo "$work/go/bin/go"
}

prepare_river() {
  local go old
  old=$(find_go)
  if ! go=$(capable_go "$old"); then
    leave_out River "$("$old" version) is too old to build it, and Go $kGoVersion cannot be downloaded as a module"
    return
  fi
  if ! (cd "$peers/river" && GOFLAGS=-buildvcs=false "$go" build -o "$work/river" .); then
    leave_out River "it could not be built with $("$go" version)"
    return
  fi
  river=$work/river
}

# Ours, unless AFTERCARE_BENCH_BIN says where they are.
prepare_aftercare() {
  bin=${AFTERCARE_BENCH_BIN:-$source/build/release/bin}
  local program missing=()
  for program in aftercared server_bench delivery_bench; do [[ -x $bin/$program ]] || missing+=("$program"); done
  [[ ${#missing[@]} -gt 0 && -z ${AFTERCARE_BENCH_BIN:-} ]] || return 0
  "$source/deploy/install" test
  (cd "$source" && cmake --preset release -DAFTERCARE_TESTS=ON &&
    ninja -C build/release server_bench delivery_bench store_bench aftercared)
}
