#!/usr/bin/env bash
# Back the database up while Simpul runs: backup.sh FOLDER [DAYS TO KEEP, 30 at most for privacy]
# Reads DATABASE_URL. The secrets (SECRET_KEY, PIN_PEPPER) are not in it: keep them apart, and keep them.
set -euo pipefail
umask 077
folder="${1:?say the folder}" days="${2:-14}"
url="${DATABASE_URL:-sqlite:///$PWD/instance/simpul.sqlite3}"
mkdir -p "$folder"
name="$folder/simpul-$(date -u +%Y%m%dT%H%M%SZ)"

case "$url" in
  sqlite:///*)
    python="$(dirname "$0")/../.venv/bin/python"
    [ -x "$python" ] || python=python3
    "$python" - "${url#sqlite:///}" "$name.half" <<'PYTHON'
import sqlite3, sys

source = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
copy = sqlite3.connect(sys.argv[2])
source.backup(copy, pages=2000, sleep=0.01)
copy.execute("PRAGMA journal_mode=DELETE")
fault = copy.execute("PRAGMA integrity_check").fetchone()[0]
copy.close()
sys.exit(0 if fault == "ok" else f"the copy is damaged: {fault}")
PYTHON
    gzip -c "$name.half" >"$name.sqlite3.gz.half"
    mv "$name.sqlite3.gz.half" "$name.sqlite3.gz"
    rm "$name.half"
    made="$name.sqlite3.gz" ;;
  *)
    pg_dump --format=custom --no-owner --file="$name.half" "${url/postgresql+psycopg:/postgresql:}"
    mv "$name.half" "$name.dump"
    made="$name.dump" ;;
esac
find "$folder" -name 'simpul-*' -type f -mtime "+$days" -delete
echo "backup: $made ($(du -h "$made" | cut -f1))"
