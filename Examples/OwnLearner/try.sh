#!/bin/sh
# Trains, kills, resumes, evaluates, adapts and predicts by the example's own executable.
set -eu
cd "$(dirname "$0")"
swift build -c release
own="$(swift build -c release --show-bin-path)/OwnLearner"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$own" train rhythms.yaml --output "$work/straight" --quiet
"$own" train rhythms.yaml --output "$work/killed" --set training.iterations=300 --quiet &
process=$!
# Killed as soon as there is a checkpoint, before it can end.
while kill -0 $process 2>/dev/null && ! ls "$work"/killed/checkpoints/step-* >/dev/null 2>&1; do sleep 0.01; done
kill -9 $process 2>/dev/null || true
wait $process 2>/dev/null || true
"$own" train --output "$work/killed" --resume auto --quiet
cmp "$work/straight/model.safetensors" "$work/killed/model.safetensors"
cmp "$work/straight/metrics.jsonl" "$work/killed/metrics.jsonl"
cmp "$work/straight/losses.csv" "$work/killed/losses.csv"
"$own" evaluate "$work/killed" --episodes 50

cat >"$work/mine.txt" <<'RHYTHMS'
waltz x..x..x..x..x..x
waltz x..x..x..x..x..x
march x.x.x.x.x.x.x.x.
march x.x.x.x.x.x.x.xx
RHYTHMS
# The run tells four apart; the learner takes any number.
"$own" adapt "$work/killed" --support "$work/mine.txt" --output "$work/mine.safetensors"
"$own" predict "$work/mine.safetensors" x.x.x.x.x.x.x.x. | grep march
"$own" predict "$work/mine.safetensors" x..x..x..x..x..x | grep waltz
echo "trained, killed, resumed to the same bytes, evaluated, adapted and predicted"
