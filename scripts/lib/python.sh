# shellcheck shell=bash
# For parts of the tests that are written in Python. Sourced after common.sh, never run.

export PYTHONDONTWRITEBYTECODE=1

# make_venv FOLDER REQUIREMENTS: a Python environment, made anew when the requirements have changed
make_venv() {
    local venv=$1 requirements=$2
    # The copy of the requirements is made last: it says that the environment is complete.
    if cmp -s "$requirements" "$venv/requirements.txt"; then return; fi
    printf 'making the Python environment %s\n' "$venv"
    rm -rf "$venv"
    python3 -m venv "$venv" &&
        "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements" &&
        cp "$requirements" "$venv/requirements.txt"
}

# count_tests FILE: counts what a test run has written there, "PASSED FAILED"; nothing if it did not come to its end
count_tests() {
    local passed failed
    if [[ -s $1 ]]; then
        read -r passed failed <"$1"
        count "$passed" "$failed"
        ((failed == 0)) || failed "$failed tests; the list is above"
        if ((passed + failed == 0)); then
            failed 'no test was run'
            count 0 1
        fi
    else
        failed 'the tests were not run to their end'
        count 0 1
    fi
}
