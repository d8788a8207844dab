// What a plan is made of: steps as plain data. The first kinds are done by a script, the others by people.

/** The kinds that the script does, in the order in which it does them; then those that it cannot. */
export const STEP_KINDS = ["clean", "copy", "folder", "relink", "push", "rebuild", "delete-tag"] as const;
export type StepKind = (typeof STEP_KINDS)[number];

interface Step {
  readonly root: string;
  /** `repository:tag` of the broken images that want this step. */
  readonly affects: readonly string[];
  /** Those of them that are pullable once all steps of the plan that they need are done. */
  readonly fixes: readonly string[];
  readonly message: string;
}

/** Write a link: the digest `content`, and nothing else. */
export interface RelinkStep extends Step {
  readonly kind: "relink";
  readonly repository: string;
  /** Relative to the root, as all paths are. */
  readonly path: string;
  readonly content: string;
  /** What is there now: nothing, something that is no link, or the digest that the link holds instead. */
  readonly before: "absent" | "malformed" | string;
  /** What must be in the store before: its bytes, and whether they are few enough to be hashed first. */
  readonly blob: { readonly path: string; readonly size: number; readonly hash: boolean };
  /** The image, `repository:tag`, that is brought back on demand. */
  readonly restores?: string;
}

/** Make the empty folder by which garbage collection knows a repository. */
export interface FolderStep extends Step {
  readonly kind: "folder";
  readonly repository: string;
  readonly path: string;
}

/** Copy a blob from another root. */
export interface CopyStep extends Step {
  readonly kind: "copy";
  readonly digest: string;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** The root that has it, by name. Its path there is the same. */
  readonly from: string;
}

export type CleanReason =
  /** A link that does not hold a digest, or is not a file. */
  | "malformed-link"
  /** A link that holds the digest `content`, to no use. */
  | "useless-link"
  /** A link to a blob that is not in the store. */
  | "orphan-link"
  /** A blob's data that does not hash to its digest. */
  | "corrupt-blob"
  /** A folder where a blob's data should be. */
  | "folder-for-blob"
  /** A file, or a symbolic link to itself, where a folder should be. */
  | "blocked-folder"
  /** A file or symbolic link that stops the registry's own walk. */
  | "unexpected-file"
  /** Anything that does, folders too. */
  | "stray-entry";

/** Move something out of the storage, into the quarantine. */
export interface CleanStep extends Step {
  readonly kind: "clean";
  readonly repository?: string;
  readonly digest?: string;
  readonly path: string;
  readonly reason: CleanReason;
  /** The digest that the link holds, of useless and orphan links. */
  readonly content?: string;
}

/** Move a link or a tag into the quarantine that nothing needs, so that garbage collection frees what only it keeps. */
export interface UnneededStep {
  readonly kind: "unneeded";
  readonly root: string;
  /** A link, or a tag's folder. */
  readonly path: string;
  /** The digest that the link holds; of a tag "". */
  readonly content: string;
  /** The folder of the repository's manifests and tags: what was written there since may need it. */
  readonly beside: string;
  /** When that was read, in seconds since 1970. */
  readonly since: number;
  readonly message: string;
}

export interface BlobToPush {
  readonly digest: string;
  readonly role: "config" | "layer";
  /** Bytes; null where the manifest does not say. */
  readonly size: number | null;
}

/** Push a manifest, byte for byte what it was, with what it lacks. */
export interface PushStep extends Step {
  readonly kind: "push";
  readonly repository: string;
  readonly digest: string;
  readonly platform?: string;
  /** Whether the manifest itself has to be pushed, not only what it references. */
  readonly pushManifest: boolean;
  /** Whether its content is known, so that `blobs` is all that it lacks. */
  readonly known: boolean;
  readonly blobs: readonly BlobToPush[];
}

/** Rebuild the image: what is left of it does not help. */
export interface RebuildStep extends Step {
  readonly kind: "rebuild";
  readonly repository: string;
  readonly tag: string;
  readonly digest: string | null;
  /** Why no push of the same bytes helps. */
  readonly reason: string;
}

/** What else can be done about an image to rebuild. */
export interface DeleteTagStep extends Step {
  readonly kind: "delete-tag";
  readonly repository: string;
  readonly tag: string;
  /** The tag's folder. */
  readonly path: string;
}

export type ScriptedStep = CleanStep | CopyStep | FolderStep | RelinkStep;
/** What a script can hold: the steps of a plan, or of a reclaim. */
export type ScriptStep = ScriptedStep | UnneededStep;
export type PlanStep = ScriptedStep | PushStep | RebuildStep | DeleteTagStep;

export function isScripted(step: PlanStep): step is ScriptedStep {
  return step.kind === "clean" || step.kind === "copy" || step.kind === "folder" || step.kind === "relink";
}

/** By how many images each fixes, then by how many want it, then kind by kind, in the order of paths. */
export function rankSteps(steps: readonly PlanStep[]): PlanStep[] {
  return [...steps].sort(
    (a, b) => b.fixes.length - a.fixes.length || b.affects.length - a.affects.length || compareSteps(a, b),
  );
}

/** In the order in which a script can do them. */
export function scriptOrder<Step extends PlanStep | UnneededStep>(steps: readonly Step[]): Extract<Step, ScriptStep>[] {
  const isOfScript = (step: PlanStep | UnneededStep): step is ScriptStep =>
    step.kind === "unneeded" || isScripted(step);
  return (steps.filter(isOfScript) as Extract<Step, ScriptStep>[]).sort(compareSteps);
}

function compareSteps(a: PlanStep | UnneededStep, b: PlanStep | UnneededStep): number {
  return orderOf(a) - orderOf(b) || byText(a.root, b.root) || byText(placeOf(a), placeOf(b));
}

function orderOf({ kind }: PlanStep | UnneededStep): number {
  return kind === "unneeded" ? -1 : STEP_KINDS.indexOf(kind);
}

/** What a step is about, among those of its kind in its root. */
function placeOf(step: PlanStep | UnneededStep): string {
  if (step.kind === "push") return `${step.repository} ${step.digest}`;
  return step.kind === "rebuild" ? `${step.repository}:${step.tag}` : step.path;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
