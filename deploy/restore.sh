#!/usr/bin/env bash
# Put a backup back: stop Simpul, then restore.sh FILE. Reads DATABASE_URL and FILES_URL; a SQLite file that is there is kept
# beside. Photos that are missing come back from FILE's own folder (.files); none is taken away.
set -euo pipefail
umask 077
file="${1:?say the backup}"
url="${DATABASE_URL:-sqlite:///$PWD/instance/simpul.sqlite3}"

case "$url" in
  sqlite:///*)
    target="${url#sqlite:///}"
    gunzip -c "$file" >"$target.half"
    for tail in '' -wal -shm; do
      [ ! -e "$target$tail" ] || mv "$target$tail" "$target.before-restore$tail"
    done
    mv "$target.half" "$target" ;;
  *)
    pg_restore --clean --if-exists --no-owner --single-transaction --exit-on-error \
      --dbname="${url/postgresql+psycopg:/postgresql:}" "$file" ;;
esac
kept="${file%.sqlite3.gz}"
kept="${kept%.dump}.files"
files="${FILES_URL:-file://$PWD/instance/files}"
if [ -d "$kept" ] && [ "${files#file://}" != "$files" ]; then
  mkdir -p "${files#file://}"
  cp -an "$kept/." "${files#file://}/"
fi
echo "restored: $file. Now: flask --app wsgi db upgrade, then start Simpul, then look at /healthz"
