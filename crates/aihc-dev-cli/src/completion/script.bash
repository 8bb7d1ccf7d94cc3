FUNCTION() {
    local program=PROGRAM
    # It may have moved since this was written.
    [[ -x $program ]] || program=COMMAND
    # Bash takes `--option=value` apart, and completes the value alone.
    local -a words=() found=()
    local last=-1 prefix= word i
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $last -gt 0 && ${words[last]} == --* && $word == = ]]; then
            words[last]+='='
            continue
        fi
        # Up to the cursor.
        [[ $i -lt $COMP_CWORD ]] || word=$2
        if [[ $last -gt 0 && ${words[last]} == --*= ]]; then
            words[last]+=$word
        else
            last=$((last + 1))
            words[last]=$word
        fi
    done
    [[ ${words[last]} != --*=* ]] || prefix=${words[last]%%=*}=
    local separator=$'\013'
    IFS=$separator read -r -d '' -a found < <(
        _CLAP_IFS=$separator _CLAP_COMPLETE_INDEX=$last VARIABLE=bash \
            "$program" -- "${words[@]}" 2>/dev/null
    )
    COMPREPLY=()
    for word in "${found[@]}"; do
        word=${word#"$prefix"}
        # A space comes after what is complete.
        local space=' '
        [[ ${#found[@]} -eq 1 && $word != *[=/:] ]] || space=
        # A shell would take a path with such characters apart.
        [[ $word != *[[:space:]\'\"\\\$\`\&\;\|\<\>\(\)\*\?\[]* ]] || printf -v word %q "$word"
        COMPREPLY+=("$word$space")
    done
}
complete -o nospace -o bashdefault -F FUNCTION COMMAND
