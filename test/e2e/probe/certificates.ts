// Keys and certificates made by openssl for one test: an authority that signs its own, for TLS and for tokens.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

export interface Certificate {
  /** Files in PEM. */
  readonly certificate: string;
  readonly key: string;
}

/** A certificate for 127.0.0.1 that nobody signed but itself. */
export function selfSigned(folder: string, name: string): Certificate {
  const certificate = join(folder, `${name}.crt`);
  const key = join(folder, `${name}.key`);
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
      ...["-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
    ],
    { stdio: "ignore" },
  );
  return { certificate, key };
}
