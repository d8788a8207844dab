// The frame of every page: one file without script, that asks nothing of anybody, and says so to the browser.
import { createHash } from "node:crypto";
import type { InvestigationRun } from "../../contract/run.ts";
import { formatCount, formatDuration } from "../../text/quantities.ts";
import type { Answer } from "../answers.ts";
import { evidenceWords, type RootEvidence } from "../evidence-words.ts";
import { html, Markup, prose } from "./markup.ts";
import { STYLE } from "./style.ts";

export interface Content {
  readonly answer: Answer;
  readonly report: InvestigationRun & { readonly command: string };
  /** What was looked at. */
  readonly roots: readonly (RootEvidence & { readonly path: string })[];
  /** In the order in which somebody who is woken by it needs them. */
  readonly sections: Iterable<Markup>;
}

/** Only this stylesheet, and the empty icon, without which a browser would ask for one. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const PATHS = 3;

/** The page, piece by piece. The answer is the first thing in it, and its title. */
export function* renderPage({ answer, report, roots, sections }: Content): Generator<string> {
  const shown = roots.slice(0, PATHS).map(({ path }, index) => html`${index > 0 && ", "}<code>${path}</code>`);
  const others = roots.length > PATHS && html` and ${roots.length - PATHS} more`;
  const at = time(report.startedAt);
  yield html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${prose(answer.words)} · regfsck ${report.command}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>
<div class="answer ${answer.tone}"><h1>${prose(answer.words)}</h1></div>
<p class="about quiet">regfsck ${report.command} of ${shown}${others}, ${at}</p>
</header>
<main>
`.text;
  for (const { text } of sections) yield text;
  const evidence = evidenceWords(roots).map(
    (words) => html`<p>${prose(words)}</p>
`,
  );
  const dryRun = report.dryRun && " Dry run: nothing else was written.";
  yield html`</main>
<footer>
${evidence}<p>regfsck ${report.tool.version}, about registry ${report.registry}. Took ${formatDuration(report.durationMs)}.${dryRun} Run ${report.runId}.</p>
<p>What the page leaves out, a report in JSON has; space by repository, regfsck usage.</p>
</footer>
</body>
</html>
`.text;
}

/** A section with its heading. */
export function section(title: string, ...content: readonly Markup[]): Markup {
  return html`<section>
<h2>${title}</h2>
${content}
</section>
`;
}

/** How many entries a list leaves out; nothing where it leaves out none. */
export function left(count: number, noun: string, nouns = `${noun}s`): Markup {
  if (count <= 0) return html``;
  return html`<p class="quiet">… and ${formatCount(count)} more ${count === 1 ? noun : nouns}</p>
`;
}

/** `2026-04-19 03:12 UTC`; from ISO 8601. */
export function time(iso: string): Markup {
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")} UTC</time>`;
}
