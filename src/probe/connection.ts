// One request and its answer, nothing tried twice: the only file that opens a connection. Everything that can go wrong on
// the way is a value, so that whoever asks decides what it means.
import { createHash } from "node:crypto";
import { Agent, type Dispatcher, ProxyAgent, request } from "undici";
import { type Environment, proxyFor } from "./proxy.ts";

/** How much of a body is taken. */
export type Take =
  /** All of it, up to so many bytes. */
  | { readonly kind: "all"; readonly most: number }
  /** All of it, and none is kept: its digest by this algorithm. */
  | { readonly kind: "hash"; readonly algorithm: string }
  /** That something comes. */
  | { readonly kind: "first" };

export interface Question {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly take: Take;
}

/** An answer that came to its end, as far as it was wanted. */
export interface Answered {
  readonly kind: "answered";
  readonly status: number;
  /** By lower-case name, without empty ones; of repeated ones the first, but for lists, which are put together. */
  readonly headers: ReadonlyMap<string, string>;
  /** Empty where only its digest, or its beginning, was asked for. */
  readonly body: Buffer;
  /** Bytes that came; less than the body has where only its beginning was wanted, or where it was too long. */
  readonly length: number;
  /** The digest of the body where it was asked for. */
  readonly digest: string | undefined;
  /** Whether there is more than was taken. */
  readonly cut: boolean;
}

/** What came instead of an answer; `why` names no secret. */
export interface Failed {
  readonly kind: "failed";
  /** `dropped`: connected, and then cut off. `late`: no answer in time. `refused`: no connection at all. */
  readonly how: "dropped" | "late" | "refused";
  readonly why: string;
  /** Whether it would be the same the next time: a certificate that is not trusted. */
  readonly forGood: boolean;
}

export interface ConnectionOptions {
  /** Certificates in PEM, besides none other; undefined for those that Node.js trusts. */
  readonly ca: string | undefined;
  /** Milliseconds until the head of an answer, and between two pieces of a body. */
  readonly timeout: number;
  readonly connections: number;
  readonly environment: Environment;
}

export class Connection {
  readonly #options: ConnectionOptions;
  /** By proxy; "" for none. */
  readonly #agents = new Map<string, Dispatcher>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  async ask({ method, url, headers, body, take }: Question): Promise<Answered | Failed> {
    // A proxy that says nothing is waited for by no other clock.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.#options.timeout);
    try {
      const dispatcher = this.#agentFor(url);
      const all = { ...UNCOMPRESSED, ...headers };
      const answer = await request(url, { method, headers: all, body: body ?? null, dispatcher, signal: late.signal });
      clearTimeout(timer);
      if (answer.statusCode < 300 && COMPRESSED.test(`${answer.headers["content-encoding"]}`)) {
        answer.body.on("error", () => {}).destroy();
        return COMPRESSED_ANSWER;
      }
      const taking = takeBody(answer.body, take);
      // Registry 2.8.3 announces a body with 416 that it then does not send: the status has said all by then.
      const taken = await (answer.statusCode < 300 ? taking : taking.catch(() => NOTHING_TAKEN));
      return { kind: "answered", status: answer.statusCode, headers: firstOfEach(answer.headers), ...taken };
    } catch (error) {
      return failureOf(late.signal.aborted ? LATE_ERROR : (error as NodeJS.ErrnoException));
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
  }

  #agentFor(url: string): Dispatcher {
    const { ca, timeout, connections, environment } = this.#options;
    const proxy = proxyFor(url, environment) ?? "";
    const known = this.#agents.get(proxy);
    if (known) return known;
    const tls = ca === undefined ? {} : { ca };
    const shared = { connections, headersTimeout: 0, bodyTimeout: timeout };
    const agent =
      proxy === ""
        ? new Agent({ ...shared, connect: { ...tls, timeout } })
        : new ProxyAgent({ ...shared, uri: proxy, requestTls: tls });
    this.#agents.set(proxy, agent);
    return agent;
  }
}

type Body = Dispatcher.ResponseData["body"];
type Taken = Pick<Answered, "body" | "length" | "digest" | "cut">;

/** Rejects where the body breaks off before as much came as is wanted. */
async function takeBody(body: Body, take: Take): Promise<Taken> {
  const chunks: Buffer[] = [];
  const hash = take.kind === "hash" ? createHash(take.algorithm) : undefined;
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    hash?.update(chunk);
    // What is left is not waited for: leaving the loop ends the stream.
    if (take.kind === "first" && length > 0) return { body: NOTHING, length, digest: undefined, cut: true };
    if (take.kind !== "all") continue;
    if (length > take.most) return { body: NOTHING, length, digest: undefined, cut: true };
    chunks.push(chunk);
  }
  const digest = hash && take.kind === "hash" ? `${take.algorithm}:${hash.digest("hex")}` : undefined;
  return { body: Buffer.concat(chunks), length, digest, cut: false };
}

const NOTHING = Buffer.alloc(0);
const NOTHING_TAKEN: Taken = { body: NOTHING, length: 0, digest: undefined, cut: true };

/** Headers of which one on a line of its own says no less than one behind a comma, as HTTP has it. */
const LISTS: ReadonlySet<string> = new Set(["link", "www-authenticate"]);

function firstOfEach(headers: Dispatcher.ResponseData["headers"]): Map<string, string> {
  return new Map(
    Object.entries(headers).flatMap(([name, value]) => {
      const lower = name.toLowerCase();
      const one = Array.isArray(value) ? (LISTS.has(lower) ? value.join(", ") : value[0]) : value;
      return one === undefined || one === "" ? [] : [[lower, one] as const];
    }),
  );
}

/** Digests and ranges are of the bytes as they are stored: a registry, or what is in front of it, is not to pack them for the way. */
const UNCOMPRESSED = { "accept-encoding": "identity" };
const COMPRESSED = /^(?:x-)?(?:gzip|deflate|br|zstd)$/i;
const COMPRESSED_ANSWER: Failed = {
  kind: "failed",
  how: "refused",
  why: "its answer comes compressed, which was not asked for",
  forGood: true,
};

const LATE_ERROR = Object.assign(new Error("late"), { code: "ETIMEDOUT" });
const LATE = new Set(["UND_ERR_BODY_TIMEOUT", "UND_ERR_CONNECT_TIMEOUT", "ETIMEDOUT"]);
const DROPPED = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE", "UND_ERR_RES_CONTENT_LENGTH_MISMATCH"]);
const REFUSED: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "its name could not be looked up",
  EHOSTUNREACH: "host unreachable",
  ENETUNREACH: "network unreachable",
};

function failureOf(error: NodeJS.ErrnoException): Failed {
  const { code = "", message } = error;
  if (LATE.has(code)) return { kind: "failed", how: "late", why: "no answer in time", forGood: false };
  if (DROPPED.has(code) || /^(?:terminated|aborted|other side closed)$/.test(message))
    return { kind: "failed", how: "dropped", why: "the connection was cut off", forGood: false };
  // What undici and TLS say of it holds no part of a request; a URL may.
  const why =
    REFUSED[code] ??
    tlsWords(code, message) ??
    (isCertificate(code) ? `its certificate: ${message.split("\n")[0]}` : code || error.name);
  return { kind: "failed", how: "refused", why, forGood: isCertificate(code) || NO_TLS.has(code) };
}

/** Something answers, and not in TLS. */
const NO_TLS = new Set(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG", "ERR_SSL_HTTP_REQUEST"]);

/** What failed of TLS itself, without OpenSSL's own addresses, which are others each time; undefined for a certificate. */
function tlsWords(code: string, message: string): string | undefined {
  if (NO_TLS.has(code))
    return "it does not speak TLS; if it is the one that is meant, give its address as http://HOST:PORT";
  if (!code.startsWith("ERR_SSL_")) return undefined;
  const [, reason] = /:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)/.exec(message) ?? [];
  return `TLS: ${reason ?? code}`;
}

function isCertificate(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL/.test(code);
}
