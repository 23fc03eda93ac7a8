#!/usr/bin/env bash
# Runs each fuzz target for so many seconds: run.sh 60 [TARGET...]. Stable Rust and a C++ compiler are all it takes.
# What it finds is kept in target/fuzz/TARGET and tried again first in the next run; a crash ends it, and names the input.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:?how many seconds for each target}
shift
host=$(rustc -vV | sed -n 's/^host: //p')
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=($(basename -s .rs fuzz_targets/*.rs))

# The counters that libFuzzer reads, in code for the target alone: naming it keeps build scripts free of them.
flags="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
flags+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
flags+=" -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1"
RUSTFLAGS="$flags" cargo build --quiet --release --target "$host" $(printf -- '--bin %s ' "${targets[@]}")

for name in "${targets[@]}"; do
    printf '\n== %s, %s s\n' "$name" "$seconds"
    mkdir -p "target/fuzz/$name"
    [ ! -d "seeds/$name" ] || cp "seeds/$name"/* "target/fuzz/$name"
    "target/$host/release/$name" -max_total_time="$seconds" -max_len=8192 -timeout=10 -print_final_stats=1 \
        -artifact_prefix="target/fuzz/$name-" "target/fuzz/$name"
done
