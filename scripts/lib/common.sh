# shellcheck shell=bash
# What the scripts share: the project's folder, and how a part of the tests reports itself.
# Sourced, never run. Kept to what bash 3.2 knows, because that is what macOS has.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

die() {
    printf 'error: %s\n' "$1" >&2
    exit "${2:-1}"
}

# --- Parts -----------------------------------------------------------------------------------------------------------
# A part of the tests is `begin TITLE`, any number of `count` and `check`, and `finish` as its last command.

begin() {
    part=$1 part_started=$SECONDS part_passed=0 part_failed=0
    printf '\n=== %s\n' "$part"
}

# count PASSED FAILED
count() {
    part_passed=$((part_passed + $1))
    part_failed=$((part_failed + $2))
}

# failed TEXT: says what has failed, and once more at the end of `scripts/test`
failed() {
    printf 'FAILED: %s\n' "$1"
    [[ -z ${TALLY:-} ]] || printf '%s: %s\n' "$part" "$1" >>"$TALLY.failed"
}

# check NAME COMMAND...: one check, passed when the command succeeds
check() {
    local name=$1
    shift
    if "$@"; then
        count 1 0
        printf 'ok: %s\n' "$name"
    else
        count 0 1
        failed "$name"
    fi
}

# Fails when something in the part failed. Run alone, a part prints the closing line; in `scripts/test` it leaves its
# counts in the file TALLY, and the whole has one closing line.
finish() {
    local outcome=ok
    ((part_failed == 0)) || outcome=FAILED
    printf -- '--- %s: %s after %d s\n' "$part" "$outcome" $((SECONDS - part_started))
    if [[ -n ${TALLY:-} ]]; then
        printf '%d\t%d\t%d\t%s\n' "$part_passed" "$part_failed" $((SECONDS - part_started)) "$part" >>"$TALLY"
    else
        closing_line "$part_passed" "$part_failed"
    fi
    [[ $outcome == ok ]]
}

closing_line() {
    printf '%d passed, %d failed\n' "$1" "$2"
}

# --- Swift -----------------------------------------------------------------------------------------------------------

# shellcheck disable=SC2034 # used where this file is sourced
release_server=.build/release/chorus

# What is shipped needs no Swift where it runs, so the standard library goes in, and nothing is looked for beside the
# program. Every release build takes these flags, shipped or not: with others SwiftPM compiles all Swift modules again.
release_flags=()
if [[ $(uname -s) == Linux ]]; then release_flags=(--static-swift-stdlib --disable-local-rpath); fi

# swift_release PRODUCT
swift_release() {
    swift build -c release --product "$1" ${release_flags[@]+"${release_flags[@]}"}
}

build_server() {
    swift_release chorus
}

# Release builds of tests have a folder of their own: `swift test` cannot link the standard library statically (the
# testing library is there as a shared one only), and in one folder the two would undo each other's work.
# shellcheck disable=SC2034 # used where this file is sourced
release_tests=(-c release --disable-testable-imports --scratch-path .build/release-tests)

# bounded MINUTES COMMAND...: a test that hangs must not hang everything. A terminal stays the command's own, so that
# an interrupt from the keyboard reaches it.
bounded() {
    local minutes=$1
    shift
    if ! command -v timeout >/dev/null; then
        "$@"
    elif [[ -t 1 ]]; then
        timeout --foreground --kill-after=20 "${minutes}m" "$@"
    else
        timeout --kill-after=20 "${minutes}m" "$@"
    fi
}

# swift_tests ARGUMENT...: `swift test` with these arguments, counted by test. One test at a time: most of them keep a
# server and many clients busy, and what they say about time is only true on a machine that is not overloaded. A run
# without a closing line (a crash, a hang, a build that failed) or without a single test is a failure, even where
# `swift test` exits 0.
swift_tests() {
    local log status=0 minutes=${TEST_MINUTES:-30} summary closed passed failures skipped issue
    log=$(mktemp)
    bounded "$minutes" swift test --disable-xctest --no-parallel "$@" 2>&1 | tee "$log" || status=$?
    summary=$(summarize_swift_tests "$log")
    read -r closed passed failures skipped <<<"$summary"
    while IFS= read -r issue; do failed "$issue"; done < <(sed -nE 's/^[^ ]+ (Test .* recorded an issue .*)$/\1/p' "$log")
    rm -f "$log"

    case $status in
        0 | 1) ;;
        124 | 137) failed "stopped after $minutes minutes" ;;
        *) failed "swift test ended with status $status" ;;
    esac
    if ((closed == 0)); then
        failed 'the tests did not come to their end'
        failures=$((failures + 1))
    elif ((passed + failures == 0)); then
        failed 'no test was run'
        failures=1
    elif ((status != 0 && failures == 0)); then
        failures=1
    fi
    ((skipped == 0)) || printf 'skipped: %d tests\n' "$skipped"
    count "$passed" "$failures"
}

# Prints "CLOSED PASSED FAILED SKIPPED" for the output of `swift test`; CLOSED is 1 when the closing line is there.
# If it is not, says on standard error which tests were started and never ended.
summarize_swift_tests() {
    awk '
        function name(line) {
            sub(/^[^ ]+ Test /, "", line)
            sub(/ (started\.|(with [0-9]+ test cases? )?(passed|failed) after .*)$/, "", line)
            return line
        }
        / Test run with [0-9]+ tests? .*(passed|failed) after / { closed = 1 }
        /^[^ ]+ Test (run|case) / { next }
        /^[^ ]+ Test .+ started\.$/ { open[name($0)] = 1 }
        /^[^ ]+ Test .+ passed after [0-9.]+ seconds/ { delete open[name($0)]; passed++ }
        /^[^ ]+ Test .+ failed after [0-9.]+ seconds/ { delete open[name($0)]; failed++ }
        /^[^ ]+ Test .+ skipped(\.|: ".*")$/ { skipped++ }
        END {
            if (!closed) for (test in open) print "not ended: " test > "/dev/stderr"
            print closed + 0, passed + 0, failed + 0, skipped + 0
        }
    ' "$1"
}
