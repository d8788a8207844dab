// What a registry asks for with 401: a header WWW-Authenticate, as RFC 9110 writes it and token servers extend it.

export type Challenge =
  | { readonly scheme: "basic" }
  /** `realm` is where tokens are given; `scope` what the registry says that the request needs. */
  | {
      readonly scheme: "bearer";
      readonly realm: string;
      readonly service: string | undefined;
      readonly scope: string | undefined;
    };

/** The first challenge that can be answered; undefined where there is none. Takes any text. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  if (header === undefined) return undefined;
  const bearer = /(?:^|,\s*)bearer\s+(.*)$/is.exec(header);
  // Up to the next challenge: what follows its name is no "=".
  const parameters = new Map(
    [...(bearer?.[1] ?? "").matchAll(/[\s,]*([a-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/giy)].map(
      ([, name, quoted, plain]) => [name!.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? plain!] as const,
    ),
  );
  const realm = parameters.get("realm");
  if (realm !== undefined)
    return { scheme: "bearer", realm, service: parameters.get("service"), scope: parameters.get("scope") };
  return /(?:^|,\s*)basic(?:\s|$)/i.test(header) ? { scheme: "basic" } : undefined;
}
