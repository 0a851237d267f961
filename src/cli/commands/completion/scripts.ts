import type { Shell } from './words.ts';

/**
 * The scripts that shells load. Each asks the program itself for every completion: its last line says whether the shell
 * adds files or folders, the others are a word, a tab and what it means.
 */
export const scripts: Readonly<Record<Shell, string>> = {
  bash: `# Completion of extracts for bash. In ~/.bashrc: source <(extracts completion bash)
_extracts() {
  local current="\${COMP_WORDS[COMP_CWORD]}" line paths=none
  COMPREPLY=()
  [[ $current == [=:] ]] && current=
  while IFS= read -r line; do
    case $line in
      :*) paths=\${line#:} ;;
      *) COMPREPLY+=("$(printf '%q' "\${line%%$'\\t'*}")") ;;
    esac
  done < <("$1" __complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  # A word that needs more text behind it.
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *[:=] ]] && compopt -o nospace 2>/dev/null
  if [[ $paths != none ]]; then
    compopt -o filenames 2>/dev/null
    local kind=-f
    [[ $paths == folders ]] && kind=-d
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen $kind -- "$current")
  fi
}
complete -F _extracts extracts
`,
  zsh: `#compdef extracts
# Completion of extracts for zsh. In ~/.zshrc, after compinit: source <(extracts completion zsh)
_extracts() {
  local -a lines found
  local line paths=none
  lines=("\${(@f)$("\${(Q)words[1]}" __complete zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    case $line in
      :*) paths=\${line#:} ;;
      *$'\\t'?*) found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
      ?*) found+=("\${\${line%%$'\\t'*}//:/\\\\:}") ;;
    esac
  done
  local result=1
  (( $#found )) && _describe -t values value found && result=0
  [[ $paths == files ]] && _files && result=0
  [[ $paths == folders ]] && _files -/ && result=0
  return result
}
if [[ $funcstack[1] == _extracts ]]; then _extracts "$@"; else compdef _extracts extracts; fi
`,
  fish: `# Completion of extracts for fish. In ~/.config/fish/completions/extracts.fish: extracts completion fish | source
function __extracts_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] __complete fish -- $words[2..-1] "$current" 2>/dev/null)
    for line in $lines
        switch $line
            case ':files'
                __fish_complete_path "$current"
            case ':folders'
                __fish_complete_directories "$current"
            case ':none'
            case '*'
                echo $line
        end
    end
end
complete -c extracts -f -a '(__extracts_complete)'
`,
  powershell: `# Completion of extracts for PowerShell 7. In $PROFILE: extracts completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName extracts -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
    foreach ($line in @(& extracts __complete powershell -- @words "=$wordToComplete" 2>$null)) {
        if ($line.StartsWith(':')) { continue }
        $word, $about = $line -split "\`t", 2
        if (-not $about) { $about = $word }
        [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $about)
    }
}
`,
};
