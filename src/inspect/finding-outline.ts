// What of a finding is cheap to know: a report counts a million of them and shows a few.
import { type Found, severityOf } from "../checks/index.ts";
import type { Finding, FindingCode, FindingOutline, Severity } from "../contract/finding.ts";
import type { RootInspection } from "./inspect-root.ts";

/** Makes all of a finding. */
type Finish = (inspection: RootInspection, found: Found) => Finding;

/** A class, as an object of closures for each finding would cost as much as its words. */
export class Outline implements FindingOutline {
  readonly #inspection: RootInspection;
  readonly #found: Found;
  readonly #finish: Finish;
  readonly root: string;
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly repository: string | undefined;
  readonly isPlain: boolean;
  #finding: Finding | undefined;

  /** `mayBeAccepted`: whether it takes all of a finding to know that the configuration does not accept it. */
  constructor(inspection: RootInspection, found: Found, mayBeAccepted: boolean, finish: Finish) {
    const { check } = found;
    const draft = check.draft(inspection.context, found.found);
    this.#inspection = inspection;
    this.#found = found;
    this.#finish = finish;
    this.root = inspection.root.name;
    this.code = check.code;
    this.severity = severityOf(check, draft);
    this.repository = draft.repository?.name;
    this.isPlain = !mayBeAccepted && draft.tags.length === 0;
  }

  words(): Pick<Finding, "message" | "remedy"> {
    return this.#found.check.words(this.#inspection.context, this.#found.found);
  }

  finding(): Finding {
    this.#finding ??= this.#finish(this.#inspection, this.#found);
    return this.#finding;
  }
}
