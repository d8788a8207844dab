// The completion for fish: one `complete` for each option and operand of each command.
import type { CommandLine, Offer, OperandLine, OptionLine, ProgramLine } from "./command-line.ts";

export function fishCompletion({ name, options, commands, defaultCommand }: ProgramLine): string {
  const names = commands.map((command) => command.name).join(" ");
  return `# fish completion for ${name}, made from the definitions of its commands.

# The command of the line so far; without one it is ${defaultCommand.name}.
function __${name}_command
    set -l words (commandline -opc)
    contains -- "$words[2]" ${names}
    and echo $words[2]
    or echo ${defaultCommand.name}
end

# The operands of the line so far, without the word under the cursor.
function __${name}_operands
    set -l words (commandline -opc)
    set -e words[1]
    set -l command (__${name}_command)
    test "$words[1]" = $command
    and set -e words[1]
    set -l option
    set -l after
    for word in $words
        if set -q option[1]
            set -e option[1]
        else if set -q after[1]
            echo -- $word
        else if contains -- "$command $word" \\
                ${commands.flatMap(flagsWithValue).join(" \\\n                ")}
            set option $word
        else
            switch $word
                case --
                    set after yes
                case -
                    echo -- $word
                case '-*'
                case '*'
                    echo -- $word
            end
        end
    end
end

# Whether this command's operand number is at least the first number, and at most the second, at the cursor.
function __${name}_at --argument-names command first last
    test (__${name}_command) = $command
    or return 1
    set -l number (math 1 + (count (__${name}_operands)))
    test $number -ge $first
    and test -z "$last" -o $number -le "$last"
end

function __${name}_uses
    test (__${name}_command) = $argv[1]
end

function __${name}_begins
    test (count (commandline -opc)) = 1
end

# Names that ${name} itself finds in the storage roots of the line.
function __${name}_names
    set -l words (commandline -opc)
    set -l roots (__${name}_operands | string replace -r '^~(?=/|$)' $HOME)
    set -l typed (commandline -ct | string replace -r '^--[^=]*=' '' | string unescape)
    $words[1] __complete $argv[1] -- "$typed" $roots </dev/null 2>/dev/null
end

for program in ${name} ${name}.mjs
    complete -c $program -f
${[
  ...options.map((option) => optionLine(name, "begins", option)),
  ...commands.map((command) => `-n __${name}_begins -a ${command.name} -d ${quote(command.description)}`),
  ...commands.flatMap((command) => [
    ...command.options.map((option) => optionLine(name, `uses ${command.name}`, option)),
    ...command.operands.map((operand, index) => operandLine(name, command, operand, index + 1)),
  ]),
]
  .map((line) => `    complete -c $program ${line}`)
  .join("\n")}
end
`;
}

function flagsWithValue({ name, options }: CommandLine): string[] {
  return options.flatMap(({ flags, value }) => (value ? flags.map((flag) => quote(`${name} ${flag}`)) : []));
}

function optionLine(program: string, condition: string, { flags, value, description }: OptionLine): string {
  const named = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const taken = value ? [` -r ${offered(program, value.offer)}`] : [];
  return `-n ${quote(`__${program}_${condition}`)} ${named.join(" ")} -d ${quote(description)}${taken.join("")}`;
}

function operandLine(
  program: string,
  command: CommandLine,
  { value, repeatable }: OperandLine,
  number: number,
): string {
  const place = repeatable ? `${number}` : `${number} ${number}`;
  return `-n ${quote(`__${program}_at ${command.name} ${place}`)} ${offered(program, value.offer)}`;
}

function offered(program: string, offer: Offer): string {
  if (typeof offer !== "string") return `-f -a ${quote(offer.join(" "))}`;
  switch (offer) {
    case "nothing":
      return "-f";
    case "files":
      return "-F";
    case "folders":
      return "-f -a '(__fish_complete_directories)'";
    default:
      return `-f -a '(__${program}_names ${offer})'`;
  }
}

/** As one word of fish. */
function quote(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
