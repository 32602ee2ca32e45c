#!/bin/bash
# Makes one file of the recorder of evidence, which runs where there is no checkout: bundle-recorder.sh OUTPUT.
set -euo pipefail
cd "$(dirname "$0")/.."
npx esbuild .lab/record-evidence.ts --bundle --platform=node --format=esm --log-level=error \
  --banner:js='import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' \
  --outfile="$1"
