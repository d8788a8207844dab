// Schema 1 manifests come signed again each time: the bytes that their digest is made of are put together from the
// signature's header (docs/internals/registry-2.8.3.md section 4).

interface Signed {
  readonly signatures?: readonly { readonly protected?: string }[];
}

/** The bytes that are stored, from those that were served; what is no signed manifest, as it is. */
export function withoutSignature(served: Buffer): Buffer {
  try {
    const { signatures } = JSON.parse(served.toString("utf8")) as Signed;
    const header = Buffer.from(signatures?.[0]?.protected ?? "", "base64url").toString("utf8");
    const { formatLength, formatTail } = JSON.parse(header) as { formatLength?: unknown; formatTail?: unknown };
    if (typeof formatLength !== "number" || typeof formatTail !== "string") return served;
    return Buffer.concat([served.subarray(0, formatLength), Buffer.from(formatTail, "base64url")]);
  } catch {
    return served;
  }
}
