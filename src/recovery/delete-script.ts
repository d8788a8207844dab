// Writes a POSIX shell script that deletes manifests over HTTP, for a person to review and run, and the same as a plain list.
// It is only text here: nothing of it is ever run by the program.
import { showUnprintable } from "../text/escape.ts";
import { DELETE_SCRIPT_PARTS } from "./script-parts.ts";
import { shellQuote } from "./shell-text.ts";

export interface RepositoryDeletes {
  readonly name: string;
  /** All tags that are there now, as far as a client can ask for them, and what they name. */
  readonly tags: Iterable<{ readonly name: string; readonly digest: string }>;
  /** In the order in which they are to go. */
  readonly manifests: Iterable<{ readonly digest: string; readonly bytes: number; readonly tags: readonly string[] }>;
}

export interface DeleteScriptInput {
  readonly version: string;
  /** Of the root. */
  readonly name: string;
  readonly path: string;
  /** When the root was begun to be read, in milliseconds since 1970. */
  readonly planned: number;
  readonly freedBytes: number;
  readonly repositories: Iterable<RepositoryDeletes>;
}

/** The script in pieces. The names are those of the registry's grammar, so none of them holds a character that a shell knows. */
export function* renderDeleteScript(input: DeleteScriptInput): Generator<string> {
  const { version, name, path, planned, freedBytes, repositories } = input;
  const when = new Date(planned).toISOString();
  yield "#!/bin/sh\n";
  yield `# Deletes what no tag needs, as regfsck ${version} found it. Read it before you run it.\n`;
  yield `#   ${showUnprintable(name)}: ${showUnprintable(path)}, as it was at ${when}\n`;
  yield `#   A garbage collection without -m then frees ${freedBytes} bytes.\n`;
  const { start, ...parts } = DELETE_SCRIPT_PARTS;
  yield partText(start!);
  yield `planned=${Math.floor(planned / 1000)}\n`;
  for (const part of Object.values(parts)) yield `\n${partText(part)}`;
  yield "\nbegin\n";
  for (const repository of repositories) {
    yield `\nrepository ${shellQuote(repository.name)} << 'END'\n`;
    for (const tag of repository.tags) yield `${tag.name} ${tag.digest}\n`;
    yield "END\n";
    for (const { digest, bytes, tags } of repository.manifests) {
      yield `manifest ${digest} # ${bytes} bytes${tags.length === 0 ? "" : `, and tag ${tags.join(" ")}`}\n`;
    }
  }
  yield "\nfinish\n";
}

/** Without the line that is for shellcheck alone. */
function partText(part: string): string {
  return part.replace(/^# shellcheck shell=.*\n/, "");
}
