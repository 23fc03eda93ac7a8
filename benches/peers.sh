#!/usr/bin/env bash
# The same load on each relay that is named, in turn, three times, and one table. What it means, and what doesn't: peers.md.
#
#   benches/peers.sh [OPTIONS] [NAME=]URL[,pid=PID][,data=FOLDER] ...
set -euo pipefail

if [ $# -eq 0 ]; then
    echo "usage: $0 [OPTIONS] [NAME=]ws://127.0.0.1:PORT[,pid=PID][,data=FOLDER] ..." >&2
    echo "Name a relay or more that run on this machine; benches/peers.md says how. --help lists the options." >&2
    exit 2
fi

root=$(cd "$(dirname "$0")/.." && pwd)
exec cargo run --quiet --release --manifest-path "$root/Cargo.toml" --package relay --example load -- --rounds 3 "$@"
