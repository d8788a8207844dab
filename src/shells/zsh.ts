// The completion for zsh: the specifications that its _arguments takes, for each command.
import type { CommandLine, Offer, OptionLine, ProgramLine } from "./command-line.ts";

export function zshCompletion({ name, options, commands, defaultCommand }: ProgramLine): string {
  const names = commands.map((command) => command.name).join("|");
  const known = new Set(defaultCommand.options.flatMap(({ flags }) => flags));
  const own = options.filter(({ flags }) => !flags.some((flag) => known.has(flag)));
  return `#compdef ${name} ${name}.mjs
# zsh completion for ${name}, made from the definitions of its commands.

# Names that ${name} itself finds in the storage roots of the line; takes options of compadd, then what to name.
_${name}_names() {
  local -a names roots
  roots=(\${(Q)line})
  names=(\${(f)"$(\${(Q)program} __complete $@[-1] -- "\${(Q)PREFIX}" \${roots/#\\~\\//$HOME/} </dev/null 2>/dev/null)"})
  # Of those that end in : or / more is to come.
  compadd "\${(@)@[1,-2]}" -S '' -- \${(M)names:#*[:/]}
  compadd "\${(@)@[1,-2]}" -- \${names:#*[:/]}
}

_${name}_commands() {
  local -a commands
  commands=(
${commands.map((command) => `    ${quote(`${command.name}:${command.description}`)}`).join("\n")}
  )
  _describe command commands
}

_${name}() {
  local program=$words[1] command=${defaultCommand.name} curcontext=$curcontext state ret=1
  local -a line begin
  local -A opt_args
  if (( CURRENT == 2 )); then
    _${name}_commands && ret=0
    begin=(${own.flatMap((option) => optionSpecs(name, option)).join(" ")})
  elif [[ $words[2] == (${names}) ]]; then
    command=$words[2]
    shift words
    (( CURRENT-- ))
  fi
  case $command in
${commands.map((command) => branch(name, command)).join("\n")}
  esac
  return ret
}

_${name} "$@"
`;
}

function branch(program: string, { name, options, operands }: CommandLine): string {
  const specs = [
    ...options.flatMap((option) => optionSpecs(program, option)),
    ...operands.map(({ value, repeatable }, index) =>
      quote(`${repeatable ? "*" : index + 1}:${escapeMessage(value.name)}:${action(program, value.offer)}`),
    ),
  ];
  return `    ${name})
      _arguments -s -S : $begin \\
        ${specs.join(" \\\n        ")} && ret=0
      ;;`;
}

/** One specification a flag: the flags of an option rule each other out, unless it is repeatable. */
function optionSpecs(program: string, { flags, value, repeatable, description }: OptionLine): string[] {
  const taken = value ? `:${escapeMessage(value.name)}:${action(program, value.offer)}` : "";
  const others = flags.length > 1 && !repeatable ? `(${flags.join(" ")})` : "";
  return flags.map((flag) => {
    const named = `${repeatable ? "*" : others}${flag}${value && flag.startsWith("--") ? "=" : ""}`;
    return quote(`${named}[${description.replace(/[[\]\\]/g, "\\$&")}]${taken}`);
  });
}

function action(program: string, offer: Offer): string {
  if (typeof offer !== "string") return `(${offer.join(" ")})`;
  switch (offer) {
    case "nothing":
      return " ";
    case "files":
      return "_files";
    case "folders":
      return "_path_files -/";
    default:
      return `_${program}_names ${offer}`;
  }
}

function escapeMessage(text: string): string {
  return text.replaceAll(":", "\\:");
}

/** As one word of zsh. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
