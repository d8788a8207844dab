// The completion for bash: a table made from the command line, and the code that reads it.
import type { CommandLine, Offer, ProgramLine } from "./command-line.ts";

export function bashCompletion({ name, options, commands, defaultCommand }: ProgramLine): string {
  const names = commands.map((command) => command.name).join(" ");
  return `# bash completion for ${name}, made from the definitions of its commands.

# What may follow an option of a command ("scan --format"), or stand as its operand ("verify 2"): sets offer to
# words, or to =files, =folders, =nothing, or to =images, =repositories, =roots, which ${name} itself knows.
_${name}_offer() {
  offer=
  case $1 in
${table(commands)}
  esac
}

# The options of a command: sets options.
_${name}_options() {
  case $1 in
${commands.map((command) => `    ${command.name}) options='${flagsOf(command)}' ;;`).join("\n")}
  esac
}

# Cuts a line into words as the shell does, but expands nothing: sets words.
_${name}_words() {
  local line=$1 word='' begun='' quote='' char i
  words=()
  for ((i = 0; i < \${#line}; i++)); do
    char=\${line:i:1}
    if [[ $char == "$quote" ]]; then
      quote=
    elif [[ $quote == "'" ]]; then
      word+=$char
    elif [[ $char == \\\\ ]]; then
      i=$((i + 1))
      word+=\${line:i:1} begun=1
    elif [[ -z $quote && $char == [\\'\\"] ]]; then
      quote=$char begun=1
    elif [[ -z $quote && $char == [[:space:]] ]]; then
      [[ $begun ]] && words+=("$word")
      word='' begun=''
    else
      word+=$char begun=1
    fi
  done
  words+=("$word")
}

_${name}() {
  local program=$1 replaced=$2
  local word words offer options command=${defaultCommand.name} option='' value operands=() after='' first=1 last i IFS=$' \\t\\n'
  _${name}_words "\${COMP_LINE:0:COMP_POINT}"
  last=$((\${#words[@]} - 1)) value=\${words[last]}
  if ((last > 1)) && [[ " ${names} " == *" \${words[1]} "* ]]; then
    command=\${words[1]} first=2
  fi
  for ((i = first; i < last; i++)); do
    word=\${words[i]}
    if [[ $option ]]; then
      option=
    elif [[ $after || $word != -?* ]]; then
      [[ $word == "~" || $word == "~/"* ]] && word=$HOME\${word:1}
      operands+=("$word")
    elif [[ $word == -- ]]; then
      after=1
    else
      _${name}_offer "$command $word"
      [[ $offer ]] && option=$word
    fi
  done

  if [[ $option ]]; then
    _${name}_offer "$command $option"
  elif [[ -z $after && $value == --*=* ]]; then
    _${name}_offer "$command \${value%%=*}"
    value=\${value#*=}
  elif [[ -z $after && $value == -* ]]; then
    _${name}_options "$command"
    offer=$options
    ((last == 1)) && offer+=' ${options.flatMap(({ flags }) => flags).join(" ")}'
  else
    _${name}_offer "$command $((\${#operands[@]} < 9 ? \${#operands[@]} + 1 : 9))"
    ((last == 1)) && offer+=' ${names}'
  fi

  # Readline replaces what follows the last of its word breaks (: and = are some) outside quotes: not so the rest.
  local before=\${value%"$replaced"} candidates=() candidate
  [[ \${COMP_WORDS[COMP_CWORD]} == *[\\'\\"]* ]] && before=
  case $offer in
    =files*) compopt -o default ;;
    =folders*) compopt -o filenames -o plusdirs ;;
    =images | =repositories | =roots)
      mapfile -t candidates < <("$program" __complete "\${offer#=}" -- "$value" "\${operands[@]}" </dev/null 2>/dev/null)
      ;;
  esac
  for candidate in $offer; do
    [[ $candidate == =* ]] || candidates+=("$candidate")
  done
  COMPREPLY=()
  for candidate in "\${candidates[@]}"; do
    [[ $candidate == "$value"* ]] || continue
    printf -v candidate %q "\${candidate#"$before"}"
    COMPREPLY+=("$candidate")
  done
  # More of the name is to come.
  [[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == *[:/] ]] && compopt -o nospace
  return 0
}

complete -F _${name} ${name} ${name}.mjs
`;
}

function flagsOf({ options }: CommandLine): string {
  return options.flatMap(({ flags }) => flags).join(" ");
}

/** The branches that say what is offered where, those that offer the same as one. */
function table(commands: readonly CommandLine[]): string {
  const places = new Map<string, string[]>();
  const add = (offer: Offer, place: string) => {
    const text = typeof offer === "string" ? `=${offer}` : offer.join(" ");
    places.set(text, [...(places.get(text) ?? []), place]);
  };
  for (const { name, options, operands } of commands) {
    for (const { flags, value } of options) {
      for (const flag of flags) if (value) add(value.offer, `'${name} ${flag}'`);
    }
    // The last operand stands for all that follow it.
    for (const [index, { value, repeatable }] of operands.entries()) {
      add(value.offer, repeatable ? `'${name} '[${index + 1}-9]*` : `'${name} ${index + 1}'`);
    }
  }
  return [...places]
    .map(([offer, some]) => `    ${some.join(" | \\\n    ")})\n      offer='${offer}'\n      ;;`)
    .join("\n");
}
