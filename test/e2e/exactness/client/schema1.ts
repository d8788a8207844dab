// Schema 1 manifests come re-signed: the bytes that their digest is made of are put together from the signature's header.

interface Signed {
  signatures?: { protected?: string }[];
}

/** The bytes that were stored, from the bytes that were served; undefined when the signature does not tell. */
export function unsignedPayload(served: Buffer): Buffer | undefined {
  try {
    const document = JSON.parse(served.toString()) as Signed;
    const header = document.signatures?.[0]?.protected ?? "";
    const format: unknown = JSON.parse(Buffer.from(header, "base64url").toString());
    if (typeof format !== "object" || format === null) return undefined;
    const { formatLength, formatTail } = format as { formatLength?: number; formatTail?: string };
    if (formatLength === undefined || formatTail === undefined) return undefined;
    return Buffer.concat([served.subarray(0, formatLength), Buffer.from(formatTail, "base64url")]);
  } catch {
    return undefined;
  }
}
