#!/bin/sh
# Made by farol install-az-shim. Sends `az ml` and what scripts need around it to Farol, everything else to the real az.
farol='@FAROL@'

say() { printf '%s\n' "$*" >&2; }

# The next az on PATH that is none of these scripts, in place of this process.
real_az() {
    left=$PATH:
    while [ -n "$left" ]; do
        folder=${left%%:*}
        left=${left#*:}
        candidate=${folder:-.}/az
        if [ -f "$candidate" ] && [ -x "$candidate" ] && ! grep -q 'Made by farol install-az-shim' "$candidate" 2>/dev/null; then
            exec "$candidate" "$@"
        fi
    done
    say "ERROR: 'az $1' is not Farol's, and there is no other az on PATH (expected: Azure's command line, behind this one)."
    say "Farol takes: az ml …, az account get-access-token|show|set|list, az configure, az login, az extension add|update|remove -n ml."
    exit 127
}

# Whether an argument of the rest is the extension ml.
names_ml() {
    while [ $# -gt 0 ]; do
        case $1 in
            -n | --name) [ "${2-}" = ml ] && return 0 ;;
            -n=ml | --name=ml | ml) return 0 ;;
        esac
        shift
    done
    return 1
}

if [ ! -x "$farol" ]; then
    say "ERROR: $farol is gone (expected: Farol where it was when this az was made; run farol install-az-shim again)."
    exit 127
fi

case ${1-} in
    ml)
        shift
        exec "$farol" "$@"
        ;;
    account)
        case ${2-} in
            get-access-token | show | set | list) exec "$farol" "$@" ;;
        esac
        ;;
    configure)
        exec "$farol" "$@"
        ;;
    login)
        "$farol" account show -o none || exit
        say "You are logged in: Farol knows you by the secret in its home folder."
        exit 0
        ;;
    extension)
        case ${2-} in
            add | update | remove)
                if names_ml "$@"; then
                    say "The extension ml is Farol's own; there is nothing to $2."
                    exit 0
                fi
                ;;
        esac
        ;;
esac
real_az "$@"
