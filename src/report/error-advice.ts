// What to do about an error of the system, where its name does not say.

const ADVICE: readonly (readonly [error: RegExp, advice: string])[] = [
  [/^E(?:ACCES|PERM)\b/, "run regfsck as root, or as the registry's user: this one may not read it"],
  [/^ESTALE\b/, "mount it again: the NFS server no longer has what was mounted"],
  [/^EIO\b/, "look at dmesg: the disk or its file system fails"],
];

/** What is to be done; undefined where the error says it, or nobody knows. */
export function errorAdvice(error: string): string | undefined {
  return ADVICE.find(([pattern]) => pattern.test(error))?.[1];
}
