#!/usr/bin/env bash
# Builds the native kernels, one library per instruction form.
#
#   build-natives.sh            into the resources that are committed, with the hash of the sources
#   build-natives.sh DIR        into DIR, for comparison
#
# The committed binaries come from gcc 12.2 (Debian 12); other compilers give working kernels with
# other bytes, and a test compares only where this compiler is present.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
sources=$here/src/main/c
out=${1:-$here/src/main/resources/io/souffleur/kernels/native/linux-x86_64}
mkdir -p "$out"

flags=(-std=c11 -O3 -ffp-contract=off -fno-math-errno -fno-trapping-math -ffreestanding -fno-builtin
  -fno-tree-loop-distribute-patterns -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables
  -fno-ident -fvisibility=hidden -fPIC -shared -nostdlib -Wall -Wextra -Werror
  -Wl,--no-undefined -Wl,--build-id=none -Wl,--strip-all -Wl,-z,noexecstack -Wl,-z,relro -Wl,-z,now -Wl,--hash-style=gnu)

build() { # form, machine flags
  local form=$1
  shift
  (cd "$sources" && gcc "${flags[@]}" "$@" -I"$form" -I. -o "$out/$form.so" kernels.c)
}
build avx512bf16 -march=x86-64-v4 -mtune=icelake-server -mavx512bf16 -mprefer-vector-width=512
build x86-64-v3 -march=x86-64-v3 -mtune=haswell

if [ $# = 0 ]; then
  (cd "$sources" && find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -d' ' -f1) >"$out/sources.sha256"
fi
