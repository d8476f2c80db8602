# What the walks in shell share: reading JSON without a tool for it, and the record of the steps. Sourced; expects $out.

failures=0
results=""
arm=${ARM_CLOUD_METADATA_URL%%/metadata*}

# The first value of key $1 in the JSON on stdin: a string, a number or a word.
field() {
    grep -oE "\"$1\" *: *(\"([^\"\\]|\\\\.)*\"|[0-9.]+|true|false|null)" | head -n 1 |
        sed -e 's/^"[^"]*" *: *//' -e 's/^"//' -e 's/"$//' -e 's/\\"/"/g'
}

quoted() {
    printf '%s' "$1" | tr '\n\t' '  ' | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g'
}

# The text without what differs from run to run.
tidy() {
    sed -e "s#${arm#https://}#{host}#g" -e 's#[0-9a-f]\{8\}-[0-9a-f]\{4\}-[0-9a-f]\{4\}-[0-9a-f]\{4\}-[0-9a-f]\{12\}#{guid}#g'
}

record() { # AREA STEP OUTCOME DETAIL
    printf '%-8s %s: %s  %s\n' "$3" "$1" "$2" "$4"
    [ "$3" = failed ] && failures=$((failures + 1))
    results="$results${results:+,}
 {\"area\": \"$(quoted "$1")\", \"step\": \"$(quoted "$2")\", \"outcome\": \"$3\", \"detail\": \"$(quoted "$(printf '%s' "$4" | tidy)")\"}"
}

# CLIENT: writes the record and ends.
finish() {
    printf '{"client": "%s", "steps": [%s\n]}\n' "$(quoted "$1")" "$results" >"$out"
    exit $((failures > 100 ? 100 : failures))
}
