#!/usr/bin/env bash
# What the tests need from the machine. Called by the Makefile from the project's root.
#   prepare      get Chromium and PostgreSQL, or say loudly what is missing
#   test         the whole suite on SQLite (with the browser and the quick faults), and on PostgreSQL, side by side
#   hours        the part of it that looks at clocks, at two other hours of two other years
#   faults       the faults in full, on both databases, and their table in docs/reliability.md
#   package X    install Debian package X, when we may
#   install X    put the Python packages of lock X into .venv, by several pips at once
set -euo pipefail
PYTHON=.venv/bin/python
APT=(apt-get -o DPkg::Lock::Timeout=400 -y --no-install-recommends)

loudly() {
  printf '\n%s\n' "!!! ---------------------------------------------------------------------------------" >&2
  printf '!!! %s\n' "$@" >&2
  printf '%s\n\n' "!!! ---------------------------------------------------------------------------------" >&2
}

package() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  export DEBIAN_FRONTEND=noninteractive
  "${APT[@]}" install "$@" >/dev/null 2>&1 && return 0
  { apt-get -o DPkg::Lock::Timeout=400 update && "${APT[@]}" install "$@"; } >/dev/null 2>/tmp/simpul-apt.log ||
    { tail -n 3 /tmp/simpul-apt.log >&2; return 1; }
}

install() { # a pip has one core, and waits for the line; each entry of a lock is a package and its hashes
  local folder part status=0 jobs=()
  folder="$(mktemp -d)"
  awk -v folder="$folder" '/^[^ #]/ { n++ } n { print > (folder "/" n % 3) }' "$1"
  for part in "$folder"/*; do
    "$PYTHON" -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r "$part" &
    jobs+=("$!")
  done
  for part in "${jobs[@]}"; do wait "$part" || status=1; done
  rm -rf "$folder"
  return $status
}

chromium() { # for the quick run the one without a window around its pages, which costs half; else what people have
  local name light=chromium-headless-shell
  [ -z "${FULL:-}" ] && [ "${FAULTS:-quick}" = quick ] || light=
  for name in ${CHROMIUM:+"$CHROMIUM"} $light chromium chromium-browser google-chrome; do
    type -P "$name" && return 0
  done
  return 1
}

POSTGRES=unknown
postgres() { # asked once: starting a server takes seconds
  if [ "$POSTGRES" = unknown ]; then
    if "$PYTHON" -m tests.postgres >/tmp/simpul-postgres.log 2>&1; then POSTGRES=yes; else POSTGRES=no; fi
  fi
  [ "$POSTGRES" = yes ]
}

prepare() {
  chromium >/dev/null || { echo "installing Chromium for the browser tests ..."; package chromium fonts-dejavu-core || true; }
  [ -n "${CHROMIUM:-}" ] || type -P chromium-headless-shell >/dev/null || package chromium-headless-shell || true
  chromium >/dev/null || loudly "No Chromium here: the BROWSER TESTS DO NOT RUN." \
    "As root on Debian this installs it by itself; elsewhere install it, or set CHROMIUM to its path."
  postgres || { echo "installing PostgreSQL ..."; package postgresql || true; POSTGRES=unknown; }
  postgres || loudly "No PostgreSQL here: NO TEST RUNS ON POSTGRESQL." "$(tail -n 1 /tmp/simpul-postgres.log)" \
    "Install one, or set POSTGRES_URL to a server where databases may be made."
}

without() { # MARKS: what is told, and not what this machine cannot serve
  MARKS="$1"
  chromium >/dev/null || MARKS="${MARKS:+$MARKS and }not browser"
  postgres || MARKS="${MARKS:+$MARKS and }not postgres"
}

on_the_clock() { # MOMENT (UTC): whatever is started from here on believes that it is that moment
  local library
  export CLOCK="$1"
  library="$(ls /usr/lib/*/faketime/libfaketimeMT.so.1 2>/dev/null | head -n 1)"
  [ -n "$library" ] || { package faketime && library="$(ls /usr/lib/*/faketime/libfaketimeMT.so.1 | head -n 1)"; } ||
    { loudly "No faketime here: other processes than pytest go by the machine's clock."; return 1; }
  export FAKETIME FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1 PYTHONPATH="$PWD/tests/clockwork"
  FAKETIME="$(printf '%+d' $(($(date -u -d "$1" +%s) - $(date +%s))))s"
  export LD_PRELOAD="$library"
  echo "== the clock says $CLOCK"
}

run_on() { # database, marks, then what pytest is told
  local database="$1" marks="$2"
  shift 2
  echo "== $database${marks:+, $marks}"
  TEST_DATABASE="$database" nice -n "${YIELDING:-0}" "$PYTHON" -m pytest ${marks:+-m "$marks"} "$@" ||
    { local code=$?; [ "$code" = 5 ] && [ $# -gt 0 ] || return "$code"; } # 5: none of the tests that were asked for
}

everything() {
  local status=0
  export FAULTS="${FAULTS:-quick}" CHROMIUM
  CHROMIUM="$(chromium || true)"
  without ""
  run_on sqlite "$MARKS" "$@" || status=1
  if postgres; then
    without "not browser"
    run_on postgres "$MARKS" "$@" || status=1
  fi
  return $status
}

side_by_side() { # the browser, PostgreSQL and SQLite in two parts, all at once; the others' words come at the end
  local status=0 said job
  export FAULTS="${FAULTS:-quick}" CHROMIUM
  CHROMIUM="$(chromium || true)"
  said="$(mktemp -d)"
  local jobs=()
  beside() { # NAME, then what is run
    local name="$1"
    shift
    "$@" >"$said/$name" 2>&1 &
    jobs+=("$!")
  }
  without "browser"
  local all=("$@")
  [ $# != 0 ] || all=(tests/browser tests/faults/handsets) # nobody else has tests of a browser
  [ -z "$CHROMIUM" ] || beside browser run_on sqlite "$MARKS" "${all[@]}"
  local YIELDING=3 # a browser mostly waits, so whatever it wants comes first: else it would be the last, and alone
  without "not browser"
  ! postgres || beside postgres run_on postgres "$MARKS" "$@"
  if [ $# = 0 ]; then # two parts that take about as long
    beside meetings run_on sqlite "$MARKS" tests/attendance
    set -- --ignore tests/attendance
  fi
  run_on sqlite "$MARKS" "$@" || status=1
  for job in ${jobs[@]+"${jobs[@]}"}; do wait "$job" || status=1; done
  cat "$said"/* 2>/dev/null || true
  rm -rf "$said"
  return $status
}

read_tests() { # once, for all the processes that run them: what pytest makes of them is kept
  "$PYTHON" -m pytest --collect-only -q >/dev/null 2>&1 || true # its words come again from whoever runs them
}

HOURS=(tests/attendance/test_{review,seating}.py tests/home/test_front.py tests/plumbing/test_stamps.py)
OF_HOURS="stamps or handing_in or after_the_lock or begin_or_end or last_night or running"

hours() { # the last hour of a year in Jakarta, and late on a day that most years do not have
  local status=0 said moment
  said="$(mktemp -d)"
  local jobs=()
  for moment in "2027-12-31 16:30" "2028-02-29 23:30"; do
    (on_the_clock "$moment" || true; run_on sqlite "not browser and not slow" -q "${HOURS[@]}" -k "$OF_HOURS") >"$said/${moment%% *}" 2>&1 &
    jobs+=("$!")
  done
  for job in "${jobs[@]}"; do wait "$job" || status=1; done
  cat "$said"/*
  rm -rf "$said"
  return $status
}

faults() { # the same seed for both databases; the figures go into docs/reliability.md
  local status=0
  export FAULTS=full FAULTS_SEED="${FAULTS_SEED:-$RANDOM}" FAULTS_REPORT=/tmp/simpul-faults.jsonl
  rm -f "$FAULTS_REPORT"
  everything -v tests/faults "$@" || status=1
  "$PYTHON" -m tests.faults.table "$FAULTS_REPORT" || status=1
  return $status
}

case "${1:-}" in
  prepare) prepare ;;
  package) shift; package "$@" ;;
  test) read_tests & prepare; wait; [ -z "${CLOCK:-}" ] || on_the_clock "$CLOCK" || true; side_by_side ${PYTEST:-} ;;
  install) shift; install "$@" ;;
  hours) hours ;;
  faults) prepare; faults ${PYTEST:-} ;;
  *) sed -n '2,9p' "$0"; exit 2 ;;
esac
