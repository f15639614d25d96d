#!/usr/bin/env bash
# Finds, downloads or builds the breakwater program of one run of the GitHub Action,
# and says where it is in the output "path".
#
#   INPUT_BINARY_PATH   a program that is there already
#   INPUT_VERSION       a release, or "source"; unless said, what ACTION_REF is
#   BREAKWATER_RELEASES where releases are; unless said, those of ACTION_REPOSITORY
set -euo pipefail

fail() {
  echo "::error title=Breakwater::$1"
  exit "$2"
}

found() {
  printf 'path=%s\n' "$1" >>"$GITHUB_OUTPUT"
  exit 0
}

fetch() { curl --silent --show-error --fail --location --retry 3 --proto-redir =https --max-time 300 --output "$2" "$1"; }

sum() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

if [ -n "${INPUT_BINARY_PATH:-}" ]; then
  program=$(command -v "$INPUT_BINARY_PATH") || fail "input binary-path: there is no program $INPUT_BINARY_PATH" 2
  case "$program" in /* | ?:*) ;; *) program="$PWD/$program" ;; esac
  found "$program"
fi

case "${RUNNER_OS:-$(uname -s)}" in
Linux) os=linux ;;
macOS | Darwin) os=darwin ;;
Windows | MINGW* | MSYS*) os=windows ;;
*) fail "there is no breakwater for ${RUNNER_OS:-this system}; give one with the input binary-path" 2 ;;
esac
case "${RUNNER_ARCH:-$(uname -m)}" in
X64 | x86_64 | amd64) arch=amd64 ;;
ARM64 | arm64 | aarch64) arch=arm64 ;;
*) fail "there is no breakwater for ${RUNNER_ARCH:-this processor}; give one with the input binary-path" 2 ;;
esac
suffix="" kind=tar.gz
if [ "$os" = windows ]; then suffix=.exe kind=zip; fi

dir=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/breakwater-XXXXXX")
releases=${BREAKWATER_RELEASES:-${GITHUB_SERVER_URL:-https://github.com}/${ACTION_REPOSITORY:-breakwater-data/breakwater}/releases}

# Which release: "" is the latest of $series.
version=${INPUT_VERSION:-} series=""
version=${version#v}
if [ -z "$version" ]; then
  if [[ ${ACTION_REF:-} =~ ^v[0-9]+\.[0-9]+\.[0-9]+ ]]; then
    version=${ACTION_REF#v}
  elif [[ ${ACTION_REF:-} =~ ^v[0-9]+(\.[0-9]+)?$ ]]; then
    series=${ACTION_REF#v}
  else
    version="source"
  fi
fi

if [ "$version" = source ]; then
  command -v go >/dev/null || fail "Go is needed to build breakwater from its source; add a step with actions/setup-go, or name a release in the input version" 2
  (cd "$GITHUB_ACTION_PATH" && CGO_ENABLED=0 GOWORK=off go build -trimpath -o "$dir/breakwater$suffix" ./cmd/breakwater) ||
    fail "breakwater could not be built from its source; see above" 4
  found "$dir/breakwater$suffix"
fi

[[ "$version" =~ ^[0-9A-Za-z.+-]*$ ]] || fail "input version: want a release such as 0.4.0, or source" 2
from="$releases/download/v$version"
if [ -n "$series" ]; then from="$releases/latest/download"; fi
fetch "$from/checksums.txt" "$dir/checksums.txt" ||
  fail "the checksums of breakwater ${version:-$series} could not be downloaded; give the input version or binary-path" 4

# A line of checksums.txt is: <sha256>  breakwater_<version>_<os>_<arch>.<kind>
pattern="_${os}_${arch}.${kind}"
line=$(tr -d '\r' <"$dir/checksums.txt" | grep -E "^[0-9a-f]{64} [ *]breakwater_[0-9A-Za-z.+-]+${pattern//./\\.}\$" | head -n 1) ||
  fail "the release has no archive for $os on $arch; give the input binary-path" 4
archive=${line:66}
if [ -n "$series" ]; then
  case "$archive" in
  "breakwater_$series."*) ;;
  *) fail "the latest release is no $series: it is $archive; name the one you want in the input version" 2 ;;
  esac
elif [ "$archive" != "breakwater_$version$pattern" ]; then
  fail "the release $version holds $archive" 4
fi

if [ -n "$series" ]; then # of the same release, should there be a newer one by now
  version=${archive#breakwater_}
  from="$releases/download/v${version%"$pattern"}"
fi
fetch "$from/$archive" "$dir/$archive" || fail "$archive could not be downloaded" 4
[ "$(sum "$dir/$archive")" = "${line:0:64}" ] || fail "$archive is not what its checksum says; it was not used" 4
if [ "$kind" = zip ]; then
  unzip -q -o "$dir/$archive" "breakwater$suffix" -d "$dir"
else
  tar -xzf "$dir/$archive" -C "$dir" breakwater
fi
found "$dir/breakwater$suffix"
