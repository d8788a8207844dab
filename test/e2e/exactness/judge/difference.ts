// One disagreement between the program under test and the registry.

export const differenceSorts = [
  "broken tag not reported",
  "whole tag called broken",
  "finding contradicted",
  "stop of collection not reported",
  "unseen repository not reported",
  "report at odds with itself",
  "exit code",
  "unread",
  "forecast differs",
  "plan",
  "index",
  "reclaim",
  "probe differs",
  "false go",
  "no go for a healthy world",
  "crash",
] as const;

export interface Difference {
  sort: (typeof differenceSorts)[number];
  text: string;
}
