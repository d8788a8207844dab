// A small token server, as Docker's registries have one: it knows one user, and lets nobody else in but where it is told.
import { createPrivateKey, sign, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Certificate } from "./certificates.ts";

export const SERVICE = "registry.test";
export const ISSUER = "tokens.test";

export interface TokenServer {
  readonly url: string;
  /** The scopes that were asked for, and whether by a user. */
  readonly asked: { readonly scope: string; readonly isUser: boolean }[];
  close(): void;
}

/** `anybody`: the repositories that anybody may pull. */
export async function startTokenServer(
  { certificate, key }: Certificate,
  user: { readonly name: string; readonly password: string },
  anybody: readonly string[],
): Promise<TokenServer> {
  const asked: { scope: string; isUser: boolean }[] = [];
  const login = `Basic ${Buffer.from(`${user.name}:${user.password}`).toString("base64")}`;
  const server: Server = createServer((request, response) => {
    const { searchParams } = new URL(request.url!, "http://tokens");
    const scope = searchParams.get("scope") ?? "";
    const { authorization } = request.headers;
    if (authorization !== undefined && authorization !== login) {
      response.writeHead(401).end("{}");
      return;
    }
    asked.push({ scope, isUser: authorization !== undefined });
    const [type = "", name = "", actions = ""] = scope.split(":");
    const isFree = authorization !== undefined || anybody.includes(name);
    const access = isFree ? [{ type, name, actions: actions.split(",") }] : [];
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ token: tokenFor(access, certificate, key), expires_in: 60 }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/token`, asked, close: () => server.close() };
}

function tokenFor(access: readonly object[], certificate: string, key: string): string {
  const chain = [new X509Certificate(readFileSync(certificate)).raw.toString("base64")];
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: ISSUER, aud: SERVICE, sub: "", exp: now + 60, nbf: now - 10, iat: now, jti: "1", access };
  const encoded = [{ typ: "JWT", alg: "ES256", x5c: chain }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  const signed = sign("sha256", Buffer.from(encoded.join(".")), {
    key: createPrivateKey(readFileSync(key)),
    dsaEncoding: "ieee-p1363",
  });
  return [...encoded, signed.toString("base64url")].join(".");
}
