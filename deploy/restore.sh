#!/usr/bin/env bash
# Put a backup back: stop Simpul, then restore.sh FILE. Reads DATABASE_URL and FILES_URL; a SQLite file that is there is kept
# beside. Photos that are missing come back from FILE's own folder (.files); none is taken away.
set -euo pipefail
umask 077
file="${1:?say the backup}"
url="${DATABASE_URL:-sqlite:///$PWD/instance/simpul.sqlite3}"
python="$(dirname "$0")/../.venv/bin/python"
[ -x "$python" ] || python=python3

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
    target="${url#sqlite:///}"
    gunzip -c "$file" >"$target.half"
    for tail in '' -wal -shm; do
      [ ! -e "$target$tail" ] || mv "$target$tail" "$target.before-restore$tail"
    done
    mv "$target.half" "$target" ;;
  *)
    { read -r url; read -r password; } < <(without_password "$url")
    [ -z "$password" ] || export PGPASSWORD="$password"
    pg_restore --clean --if-exists --no-owner --single-transaction --exit-on-error \
      --dbname="$url" "$file" ;;
esac
kept="${file%.sqlite3.gz}"
kept="${kept%.dump}.files"
files="${FILES_URL:-file://$PWD/instance/files}"
if [ -d "$kept" ] && [ "${files#file://}" != "$files" ]; then
  mkdir -p "${files#file://}"
  cp -an "$kept/." "${files#file://}/"
fi
echo "restored: $file. Now: flask --app wsgi db upgrade, then start Simpul, then look at /healthz"
