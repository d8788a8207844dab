// regfsck verify: one image, all that it references, and what the registry answers for each part.

import type { VerifyOptions } from "../config/verify-options.ts";
import { parseImageName } from "../config/verify-options.ts";
import { UsageError } from "../contract/errors.ts";
import type { UnreadableReport, Verdict } from "../contract/scan.ts";
import type { ImageReport, VerifyReport } from "../contract/verify.ts";
import { print, ResultFiles } from "../output/result-files.ts";
import type { Terminal } from "../output/terminal.ts";
import { checkOutsideRoots } from "../output/whole-file.ts";
import { render } from "../report/index.ts";
import { exitCode } from "./exit-code.ts";
import { investigationRun } from "./investigation-run.ts";
import { verifyImage } from "./verify-image.ts";
import { rootsToVerify } from "./verify-roots.ts";

/**
 * Verifies the images in each root that has them. Gives the exit code: 4 when one is broken. Throws a UsageError for
 * names that are none, and for an image that no root has.
 */
export async function verify(options: VerifyOptions, terminal: Terminal): Promise<number> {
  const startedAt = terminal.now();
  const names = options.images.map(parseImageName);
  const { roots, unreadable: unreadableAbove } = await rootsToVerify(terminal.fs, options);
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
    if (images.length > before) continue;
    const { describeAbsence } = await import("./verify-absence.ts");
    throw new UsageError(describeAbsence(terminal.fs, roots, name));
  }
  terminal.clearProgress();
  const report: VerifyReport = {
    ...investigationRun("verify", startedAt, options, terminal),
    verdict: verdictOf(images, unreadable),
    contentVerified: options.verifyContent,
    roots,
    images,
    unreadable,
  };
  const files = new ResultFiles(options.dryRun, terminal);
  await files.writeReport(options.report, (format) => render(report, format, terminal));
  const findings = images.some(({ state }) => state === "broken");
  const code = exitCode({ findings, incomplete: unreadable.length > 0 || !files.complete });
  await print(options, code, (format) => render(report, format, terminal), terminal, files);
  return code;
}

function verdictOf(images: readonly ImageReport[], unreadable: readonly unknown[]): Verdict {
  const isBroken = images.some(({ state }) => state === "broken");
  if (unreadable.length > 0) return isBroken ? "findings+incomplete" : "incomplete";
  return isBroken ? "findings" : "clean";
}
