/*
 * A shell asks `steward __complete WORD …` with the words of the line, the last being the one at the cursor, and gets
 * a candidate and, after a tab, its summary on each line; `:file` and `:folder` leave paths to the shell. So the
 * script never grows old: what a newer steward knows is completed by the script of an older one.
 */

const bash = String.raw`# Bash completion of steward: source <(steward completion bash)
_steward() {
  local raw=\${COMP_WORDS[COMP_CWORD]} word line index joined=''
  local -a words=()
  COMPREPLY=()
  if ((COMP_CWORD < 1)); then return; fi
  # Bash takes = @ and : for ends of words; here they stand inside of one.
  for ((index = 1; index <= COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ \${#words[@]} -gt 0 && ( $word =~ ^[=@:]+$ || ( $joined && $word && $word != -* ) ) ]]; then
      words[\${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    joined=''
    if [[ $word =~ ^[=@:]+$ ]]; then joined=1; fi
  done
  # What Bash replaces begins after the last of those characters.
  local current=\${words[\${#words[@]}-1]} kept=''
  if [[ $raw =~ ^[=@:]+$ ]]; then kept=$current; else kept=\${current%"$raw"}; fi
  while IFS= read -r line; do
    case $line in
      :file) while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "\${raw##*=}"); compopt -o filenames 2>/dev/null ;;
      :folder) while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "\${raw##*=}"); compopt -o filenames 2>/dev/null ;;
      *) line=\${line%%$'\t'*}; COMPREPLY+=("\${line#"$kept"}") ;;
    esac
  done < <("\${COMP_WORDS[0]}" __complete "\${words[@]}" 2>/dev/null)
}
complete -F _steward steward
`

const zsh = String.raw`#compdef steward
# Zsh completion of steward: source <(steward completion zsh), or save it as _steward in a folder of $fpath.
_steward() {
  local line value
  local -a lines found before
  (( CURRENT > 2 )) && before=("\${(@)words[2,CURRENT-1]}")
  lines=("\${(@f)$("\${words[1]}" __complete "\${before[@]}" "$PREFIX" 2>/dev/null)}")
  for line in "\${lines[@]}"; do
    case $line in
      '') ;;
      :file) _files ;;
      :folder) _files -/ ;;
      *)
        value=\${line%%$'\t'*}
        found+=("\${value//:/\\:}:\${line#*$'\t'}")
        ;;
    esac
  done
  (( \${#found} )) && _describe -t steward steward found
}
if [[ $funcstack[1] == _steward ]]; then _steward "$@"; else compdef _steward steward; fi
`

const fish = String.raw`# Fish completion of steward: steward completion fish | source
function __steward_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l command $before[1]
    set -e before[1]
    for line in ($command __complete $before "$current" 2>/dev/null)
        switch $line
            case ':file'
                __fish_complete_path "$current"
            case ':folder'
                __fish_complete_directories "$current" ''
            case '*'
                echo $line
        end
    end
end
complete -c steward -f -a '(__steward_complete)'
`

/** `String.raw` keeps the backslash that hides `${` from TypeScript. */
const text = (script: string): string => script.replaceAll('\\${', '${')

export const completionScripts: ReadonlyMap<string, string> = new Map([
  ['bash', text(bash)],
  ['zsh', text(zsh)],
  ['fish', text(fish)],
])
