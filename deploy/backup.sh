#!/usr/bin/env bash
# Back the database and the photos up while Simpul runs: backup.sh FOLDER [DAYS TO KEEP, 30 at most for privacy]
# Reads DATABASE_URL and FILES_URL; a bucket (s3://) is not copied: let it keep versions for as many days.
# The secrets (SECRET_KEY, PIN_PEPPER) are not in it: keep them apart, and keep them.
set -euo pipefail
umask 077
folder="${1:?say the folder}" days="${2:-14}"
url="${DATABASE_URL:-sqlite:///$PWD/instance/simpul.sqlite3}"
files="${FILES_URL:-file://$PWD/instance/files}"
python="$(dirname "$0")/../.venv/bin/python"
[ -x "$python" ] || python=python3
mkdir -p "$folder"
name="$folder/simpul-$(date -u +%Y%m%dT%H%M%SZ)"

# The password goes by the environment, which nobody else on the machine can read: a command line everybody can.
without_password() {
  URL="$1" "$python" - <<'PYTHON'
import os, urllib.parse

url = os.environ["URL"].replace("postgresql+psycopg:", "postgresql:", 1)
parts = urllib.parse.urlsplit(url)
query = urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
password = parts.password or dict(query).get("password")
front, _, host = parts.netloc.rpartition("@")
netloc = f"{front.partition(':')[0]}@{host}" if front else host
kept = urllib.parse.urlencode([one for one in query if one[0] != "password"], safe="/", quote_via=urllib.parse.quote)
print(parts._replace(netloc=netloc, query=kept).geturl())
print(urllib.parse.unquote(password or ""))
PYTHON
}

case "$url" in
  sqlite:///*)
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
    { read -r url; read -r password; } < <(without_password "$url")
    [ -z "$password" ] || export PGPASSWORD="$password"
    pg_dump --format=custom --no-owner --file="$name.half" "$url"
    mv "$name.half" "$name.dump"
    made="$name.dump" ;;
esac

# After the database: whatever it names is there. Photos never change, so where it is one disk a link is copy enough.
case "$files" in
  file://*)
    "$python" - "$files" "$name.files" <<'PYTHON'
import contextlib, os, pathlib, shutil, sys, urllib.parse

source = pathlib.Path(urllib.parse.unquote(urllib.parse.urlsplit(sys.argv[1]).path))
half = pathlib.Path(sys.argv[2] + ".half")
half.mkdir()
for path in source.rglob("*"):
    target = half / path.relative_to(source)
    if path.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    elif not path.name.endswith(".half"):
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # forgotten meanwhile
            try:
                os.link(path, target)
            except OSError:  # another disk
                shutil.copy2(path, target)
half.rename(sys.argv[2])
PYTHON
    ;;
esac
find "$folder" -maxdepth 1 -name 'simpul-*' -type f -mtime "+$days" -delete
find "$folder" -maxdepth 1 -name 'simpul-*.files*' -type d -mtime "+$days" -exec rm -r {} +
echo "backup: $made ($(du -h "$made" | cut -f1))"
