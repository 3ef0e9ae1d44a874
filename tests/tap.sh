# SPDX-License-Identifier: Apache-2.0
#
# For scripts of tests that speak TAP: they report() each test, and end with
# tap_finish.

tap_n=0 tap_n_failed=0

# Reports test $1, which has passed if $2, what was found wrong, is empty.
report() {
    tap_n=$((tap_n + 1))
    if [ -z "$2" ]; then
        echo "ok $tap_n - $1"
    else
        tap_n_failed=$((tap_n_failed + 1))
        echo "not ok $tap_n - $1"
        printf '%s\n' "$2" | sed 's/^/# /'
    fi
}

# Ends the script: with success if there were tests and none has failed.
tap_finish() {
    echo "1..$tap_n"
    [ $tap_n -gt 0 ] && [ $tap_n_failed -eq 0 ]
    exit
}
