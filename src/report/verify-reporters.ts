// The reporters of verify, by the names of --format. Each is loaded when it is asked for: loading them all would take
// longer than verifying an image.

import type { VerifyReport } from "../contract/verify.ts";
import type { Page } from "../text/page.ts";

type Reporter = (report: VerifyReport, page: Page) => Iterable<string>;

export const VERIFY_REPORTERS = {
  text: async () => (await import("./text/verify.ts")).renderVerifyText,
  json: async () => (await import("./json.ts")).renderJson,
  jsonl: async () => (await import("./jsonl.ts")).renderJsonLines.verify,
  dot: async () => (await import("./graph/dot.ts")).renderImageDot,
  mermaid: async () => (await import("./graph/mermaid.ts")).renderImageMermaid,
} as const satisfies Record<string, () => Promise<Reporter>>;
