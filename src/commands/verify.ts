// regfsck verify: one image, all that it references, and what the registry answers for each part.
import { UsageError } from "../contract/errors.ts";
import type { UnreadableReport } from "../contract/scan.ts";
import type { ImageReport, VerifyReport } from "../contract/verify.ts";
import type { OptionsOf } from "../options.ts";
import { checkOutsideRoots } from "../output/outside-roots.ts";
import type { Terminal } from "../output/terminal.ts";
import { RULES } from "../registry/rules.ts";
import { render } from "../report/index.ts";
import { findUser } from "../scan/users.ts";
import { parseImageName } from "./image-name.ts";
import { beginRun, codeFor, endRun, reportHead, verdictOf } from "./run.ts";
import { knownContent, knownHistory } from "./verified-content.ts";
import { verifyImage } from "./verify-image.ts";
import { rootsToVerify } from "./verify-roots.ts";

/** `images` are `repository:tag` or `repository@digest`, at least one. */
export type VerifyOptions = OptionsOf<"verify"> & { readonly images: readonly string[] };

/**
 * Verifies the images in each root that has them. Gives the exit code: 4 when one is broken. Throws a UsageError for
 * invalid names, and for an image that no root has.
 */
export async function verify(options: VerifyOptions, terminal: Terminal): Promise<number> {
  const run = await beginRun(options, terminal);
  const servedBy = options.asUser === undefined ? undefined : findUser(terminal.fs, options.asUser);
  const names = options.images.map(parseImageName);
  const storageFs = terminal.fs;
  const { roots, unreadable: unreadableAbove } = await rootsToVerify(storageFs, options);
  const paths = roots.map(({ path }) => path);
  await checkOutsideRoots(run.outputs, paths, terminal.user);
  const unreadable: UnreadableReport[] = unreadableAbove.map((entry) => ({ root: "", ...entry }));
  const history = await knownHistory(options, terminal);
  const images: ImageReport[] = [];
  const reading = {
    rules: RULES[options.registry],
    verifyContent: options.verifyImageContent,
    contentOf: () => knownContent(history, { verifyContent: options.verifyImageContent, jobs: undefined }, run),
    progress: terminal.progress,
    platforms: options.platforms,
    servedBy,
  };
  for (const name of names) {
    const before = images.length;
    for (const root of roots) {
      const verified = await verifyImage(storageFs, root, name, reading);
      if (!verified) continue;
      images.push(verified.report);
      unreadable.push(...verified.unreadable.map((entry) => ({ root: root.name, ...entry })));
    }
    if (images.length > before) continue;
    const { describeAbsence } = await import("./verify-absence.ts");
    throw new UsageError(describeAbsence(storageFs, roots, name));
  }
  terminal.clearProgress();
  const findings = images.some(({ state }) => state === "broken");
  const report: VerifyReport = {
    ...reportHead("verify", run),
    verdict: verdictOf(findings, unreadable.length > 0),
    contentVerified: options.verifyImageContent,
    roots,
    images,
    unreadable,
  };
  return endRun(run, {
    format: options.imageFormat,
    render: (format) => render(report, format, terminal),
    code: codeFor(findings, unreadable),
  });
}
