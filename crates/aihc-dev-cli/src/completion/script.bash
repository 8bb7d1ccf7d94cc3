# Takes the quotes out of a word, as far as it is typed: sets `plain`, and `quote` to one that is still open.
FUNCTION_unquote() {
    local i c
    plain= quote=
    for ((i = 0; i < ${#1}; i++)); do
        c=${1:i:1}
        if [[ $quote == \' ]]; then
            [[ $c == \' ]] && quote= || plain+=$c
        elif [[ $c == \\ && $((i + 1)) -lt ${#1} ]]; then
            # Between double quotes it is itself before most characters.
            [[ $quote != \" || ${1:i+1:1} == [\\\"\$\`] ]] || plain+=$c
            i=$((i + 1)) plain+=${1:i:1}
        elif [[ $c == \" ]]; then
            [[ $quote == \" ]] && quote= || quote=\"
        elif [[ $c == \' && $quote == '' ]]; then
            quote=\'
        else
            plain+=$c
        fi
    done
}
# Writes a word so that a shell takes it as it is, inside this quote or without one: sets `quoted`.
FUNCTION_quote() {
    local i c
    quoted=
    for ((i = 0; i < ${#1}; i++)); do
        c=${1:i:1}
        case ${2:-n}$c in
        \'\') quoted+="'\\''" ;;
        \"[\\\"\$\`]) quoted+=\\$c ;;
        [\'\"]*) quoted+=$c ;;
        n[[:space:]\\\'\"\$\`\&\;\|\<\>\(\)\*\?\[\]\{\}\!]) quoted+=\\$c ;;
        n[\~\#]) [[ $i -gt 0 ]] || quoted+=\\; quoted+=$c ;;
        *) quoted+=$c ;;
        esac
    done
}
FUNCTION() {
    local program=PROGRAM
    # It may have moved since this was written.
    [[ -x $program ]] || program=COMMAND
    # Bash takes words apart at `=` and `:`, and completes the last piece alone.
    local -a words=() found=()
    local line=${COMP_LINE:0:COMP_POINT} last=-1 before= piece i plain quote quoted
    for ((i = 0; i <= COMP_CWORD; i++)); do
        piece=${line#"${line%%[![:space:]]*}"}
        if [[ $last -lt 1 || $piece != "$line" || $line == '' ]]; then
            last=$((last + 1)) words[last]=
        fi
        before=${words[last]}
        line=$piece piece=${COMP_WORDS[i]}
        # Up to the cursor.
        [[ $i -lt $COMP_CWORD ]] || piece=$line
        # Nothing of it is replaced.
        [[ $2 != '' || $piece != [=:] ]] || before+=$piece
        words[last]+=$piece line=${line#"$piece"}
    done
    for ((i = 0; i <= last; i++)); do
        FUNCTION_unquote "${words[i]}"
        words[i]=$plain
    done
    local open=$quote
    FUNCTION_unquote "$before"
    before=$plain
    local separator=$'\013'
    IFS=$separator read -r -d '' -a found < <(
        _CLAP_IFS=$separator _CLAP_COMPLETE_INDEX=$last VARIABLE=bash \
            "$program" -- "${words[@]}" 2>/dev/null
    )
    COMPREPLY=()
    local word space
    for word in "${found[@]}"; do
        word=${word#"$before"}
        # A space comes after what is complete; the shell puts it behind a quote that is open.
        space=' '
        [[ ${#found[@]} -eq 1 && $word != *[=/:] && $open == '' ]] || space=
        FUNCTION_quote "$word" "$open"
        COMPREPLY+=("$quoted$space")
    done
    [[ $open == '' || ${#found[@]} -ne 1 ]] || compopt +o nospace 2>/dev/null
}
complete -o nospace -o bashdefault -F FUNCTION COMMAND
