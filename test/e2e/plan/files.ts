// What is in a folder, to be compared: every entry with what it is and a hash of what it holds. Names are bytes here.
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface Entry {
  /** As latin1, below the folder. */
  path: string;
  /** `file` and a hash, `link` and where it leads, or what else it is. */
  content: string;
}

/** Every entry below the folder but folders, sorted by path; none where there is no such folder. */
export function entriesBelow(folder: string): Entry[] {
  const entries: Entry[] = [];
  const visit = (path: Buffer, shown: string) => {
    const stat = lstatSync(path);
    if (stat.isDirectory()) {
      for (const name of readdirSync(path, { encoding: "buffer" })) {
        visit(Buffer.concat([path, Buffer.from("/"), name]), `${shown}/${name.toString("latin1")}`);
      }
    } else entries.push({ path: shown, content: contentOf(path, stat) });
  };
  if (existsSync(folder)) visit(Buffer.from(folder), "");
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Every entry below the folder and the folder itself, with owner, mode, and what it holds: nothing may have touched these. */
export function stateBelow(folder: string): Entry[] {
  const state: Entry[] = [];
  const visit = (path: Buffer, shown: string) => {
    const stat = lstatSync(path);
    const isFolder = stat.isDirectory();
    const rights = `${stat.uid}:${stat.gid} ${stat.mode.toString(8)}`;
    state.push({ path: shown, content: `${rights} ${isFolder ? "folder" : contentOf(path, stat)}` });
    if (!isFolder) return;
    for (const name of readdirSync(path, { encoding: "buffer" })) {
      visit(Buffer.concat([path, Buffer.from("/"), name]), `${shown}/${name.toString("latin1")}`);
    }
  };
  if (existsSync(folder)) visit(Buffer.from(folder), "");
  return state;
}

function contentOf(path: Buffer, stat: ReturnType<typeof lstatSync>): string {
  if (stat?.isSymbolicLink()) return `link to ${readlinkSync(path, "latin1")}`;
  if (!stat?.isFile()) return "neither file nor folder";
  return `file ${createHash("sha256").update(readFileSync(path)).digest("hex")}`;
}

/** What is in `before` and not in `after`, each as often as it is missing. */
export function lostContents(before: readonly Entry[], after: readonly Entry[]): Entry[] {
  const left = new Map<string, number>();
  for (const { content } of after) left.set(content, (left.get(content) ?? 0) + 1);
  return before.filter(({ content }) => {
    const count = left.get(content) ?? 0;
    left.set(content, count - 1);
    return count <= 0;
  });
}
