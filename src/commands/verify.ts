// regfsck verify: one image, all that it references, and what the registry answers for each part.

import { UsageError } from "../config/usage-error.ts";
import type { ImageName, VerifyOptions } from "../config/verify-options.ts";
import { parseImageName } from "../config/verify-options.ts";
import { REPOSITORIES, tagsFolder } from "../layout/paths.ts";
import type { UnreadableReport, Verdict } from "../report/report.ts";
import type { ImageReport, VerifyReport } from "../report/verify-report.ts";
import { VERIFY_REPORTERS } from "../report/verify-reporters.ts";
import type { StorageRoot } from "../scan/find-roots.ts";
import { listNamespace, repositoryNames } from "../scan/list-namespace.ts";
import { listNames, namesOf, type StorageFs } from "../scan/storage-fs.ts";
import { chooseRoots } from "./choose-roots.ts";
import { print, ResultFiles } from "./emit.ts";
import { exitCode } from "./exit-code.ts";
import { investigationRun } from "./investigation-run.ts";
import { checkOutsideRoots } from "./output-file.ts";
import type { Terminal } from "./terminal.ts";
import { verifyImage } from "./verify-image.ts";
import { nearestNames } from "./verify-nearest-names.ts";

/**
 * Verifies the images in each root that has them. Gives the exit code: 4 when one is broken. Throws a UsageError for
 * names that are none, and for an image that no root has.
 */
export async function verify(options: VerifyOptions, terminal: Terminal): Promise<number> {
  const startedAt = terminal.now();
  const names = options.images.map(parseImageName);
  const { roots, unreadable: unreadableAbove } = rootsWithoutNamespace(terminal.fs, options);
  if (options.report !== undefined) {
    checkOutsideRoots(
      "--report",
      options.report,
      roots.map(({ path }) => path),
    );
  }
  const unreadable: UnreadableReport[] = unreadableAbove.map((entry) => ({ root: "", ...entry }));
  const images: ImageReport[] = [];
  for (const name of names) {
    const before = images.length;
    for (const root of roots) {
      const verified = await verifyImage(terminal.fs, root, name, { ...options, progress: terminal.progress });
      if (!verified) continue;
      images.push(verified.report);
      unreadable.push(...verified.unreadable.map((entry) => ({ root: root.name, ...entry })));
    }
    if (images.length === before) throw new UsageError(describeAbsence(terminal.fs, roots, name));
  }
  terminal.clearProgress();
  const report: VerifyReport = {
    ...investigationRun(startedAt, options, terminal),
    command: "verify",
    verdict: verdictOf(images, unreadable),
    contentVerified: options.verifyContent,
    roots,
    images,
    unreadable,
  };
  const files = new ResultFiles(options.dryRun, terminal);
  files.writeReport(options.report, (format) => VERIFY_REPORTERS[format](report));
  const findings = images.some(({ state }) => state === "broken");
  const code = exitCode({ findings, incomplete: unreadable.length > 0 || !files.complete });
  const render = () => VERIFY_REPORTERS[options.format](report, terminal);
  await print({ format: "text", quiet: options.quiet }, code, render, terminal);
  return code;
}

function verdictOf(images: readonly ImageReport[], unreadable: readonly unknown[]): Verdict {
  const isBroken = images.some(({ state }) => state === "broken");
  if (unreadable.length > 0) return isBroken ? "findings+incomplete" : "incomplete";
  return isBroken ? "findings" : "clean";
}

/** The roots at the path. Their repositories, of which there can be thousands, are not listed: it would take longer than the rest. */
function rootsWithoutNamespace(storageFs: StorageFs, options: VerifyOptions) {
  const readdirSync = ((path: string, ...rest: []) =>
    path.endsWith(`/${REPOSITORIES}`) ? [] : storageFs.readdirSync(path, ...rest)) as StorageFs["readdirSync"];
  const { chosen, unreadable } = chooseRoots({ ...storageFs, readdirSync }, { ...options, repositories: [] });
  return { roots: chosen.map(({ root }) => root), unreadable };
}

/** One line: what is not there, and what is nearest to it. */
function describeAbsence(storageFs: StorageFs, roots: readonly StorageRoot[], name: ImageName): string {
  const { text, repository, tag } = name;
  const where = roots.length === 1 ? roots[0]!.path : `any of ${roots.map((root) => root.name).join(", ")}`;
  const known = new Set(roots.flatMap((root) => repositoryNames(listNamespace(storageFs, root.path))));
  if (!known.has(repository)) {
    const near = nearestNames(repository, known);
    return `there is no repository ${repository} in ${where}${suggestion(near)}`;
  }
  if (tag === undefined)
    return `there is no ${text} in ${where}: the blob is not in the store, and nothing links it there`;
  const tags = new Set(
    roots.flatMap(({ path }) => [...namesOf(listNames(storageFs, `${path}/${tagsFolder(repository)}`))]),
  );
  const near = nearestNames(tag, tags).map((tag) => `${repository}:${tag}`);
  return `there is no image ${text} in ${where}${near.length > 0 ? suggestion(near) : `; the repository has ${tags.size} tags`}`;
}

function suggestion(near: readonly string[]): string {
  return near.length > 0 ? `; nearest: ${near.join(", ")}` : "";
}
