#!/bin/sh
# Trains the understudy from nothing (or goes on where it stopped), exports the checkpoint folder and evaluates it.
# PYTHON names an interpreter with torch, regex and jinja2. Two cores, low priority.
set -e
cd "$(dirname "$0")"
PYTHON=${PYTHON:-python3}
# Large blocks stay with the process instead of going back to the system at every step.
export MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=8589934592
export OMP_NUM_THREADS=1 TORCHINDUCTOR_COMPILE_THREADS=1
nice -n 15 "$PYTHON" train.py "$@"
nice -n 15 "$PYTHON" export.py
nice -n 15 "$PYTHON" evaluate.py
