// Logging in as registries have it: Basic, or a token for each scope from the server that the registry names
// (https://distribution.github.io/distribution/spec/auth/token/). Without credentials a token is asked for all the same:
// many registries let anybody pull.
import type { Challenge } from "./challenge.ts";
import type { Answered, Connection, Failed } from "./connection.ts";

/** Who asks. A `token` is what `docker login` keeps in place of a password at some registries. */
export type Credentials =
  | { readonly username: string; readonly password: string }
  | { readonly username: string; readonly token: string };

interface Token {
  readonly header: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** How long a token holds where its server does not say, and how long before its end it is no longer used (ms). */
const USUAL_LIFE = 60_000;
const MARGIN = 10_000;
const MOST_BYTES = 1 << 20;

export class Login {
  readonly #connection: Pick<Connection, "ask">;
  readonly #credentials: Credentials | undefined;
  readonly #isSecure: boolean;
  readonly #now: () => number;
  /** By scope, while one is fetched too, so that many requests ask for it once. */
  readonly #tokens = new Map<string, Promise<Token | string>>();
  #basic: string | undefined;

  /** `isSecure`: whether the registry is asked over TLS, so that a password must not go anywhere without. */
  constructor(
    connection: Pick<Connection, "ask">,
    credentials: Credentials | undefined,
    { isSecure, now }: { readonly isSecure: boolean; readonly now: () => number },
  ) {
    this.#connection = connection;
    this.#credentials = credentials;
    this.#isSecure = isSecure;
    this.#now = now;
  }

  /** The header that is known to be wanted for this scope; undefined before the registry has asked for one. */
  async headerFor(scope: string): Promise<string | undefined> {
    if (this.#basic !== undefined) return this.#basic;
    const token = await this.#tokens.get(scope);
    return typeof token === "object" && token.until > this.#now() ? token.header : undefined;
  }

  /** Answers a challenge: the header to try again with, or why there is none. `used` is the header that was refused. */
  async answer(
    challenge: Challenge | undefined,
    scope: string,
    used: string | undefined,
  ): Promise<{ readonly header: string } | { readonly why: string }> {
    if (challenge === undefined) return { why: "401, and the registry does not say how to log in" };
    if (challenge.scheme === "basic") return this.#answerBasic(used);
    const known = await this.#tokens.get(scope);
    // Another request may have fetched a new one meanwhile.
    if (typeof known === "object" && known.header !== used && known.until > this.#now()) return known;
    // One that holds and is refused would be refused again.
    if (typeof known === "object" && known.header === used && known.until > this.#now())
      return { why: "401: the token is refused: no right to pull" };
    const asked = this.#fetch(challenge, challenge.scope ?? scope);
    this.#tokens.set(scope, asked);
    const token = await asked;
    return typeof token === "string" ? { why: token } : token;
  }

  #answerBasic(used: string | undefined): { readonly header: string } | { readonly why: string } {
    const header = this.#basicHeader();
    if (header === undefined) return { why: "401: a login is wanted (--username, or docker login)" };
    if (used === header) return { why: "401: user name or password is wrong" };
    this.#basic = header;
    return { header };
  }

  #basicHeader(): string | undefined {
    const credentials = this.#credentials;
    if (credentials === undefined || !("password" in credentials)) return undefined;
    return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;
  }

  /** A token, or why there is none. */
  async #fetch(challenge: Challenge & { scheme: "bearer" }, scope: string): Promise<Token | string> {
    let realm: URL;
    try {
      realm = new URL(challenge.realm);
    } catch {
      return "the registry names no token server that can be asked";
    }
    if (realm.protocol !== "https:" && (realm.protocol !== "http:" || (this.#isSecure && this.#credentials)))
      return `its token server ${realm.host} would get the login without TLS`;
    const answer = await this.#ask(realm, challenge.service, scope);
    const server = `its token server ${realm.host}`;
    if (answer.kind === "failed") return `${server}: ${answer.why}`;
    if (answer.status === 401 || answer.status === 403)
      return `${server}: ${answer.status}: ${this.#credentials ? "user name or password is wrong" : "a login is wanted"}`;
    if (answer.status !== 200) return `${server}: ${answer.status}`;
    return readToken(answer.body, this.#now()) ?? `${server}: its answer holds no token`;
  }

  #ask(realm: URL, service: string | undefined, scope: string): Promise<Answered | Failed> {
    const take = { kind: "all", most: MOST_BYTES } as const;
    const asked = { ...(service !== undefined && { service }), scope };
    const credentials = this.#credentials;
    if (credentials && "token" in credentials) {
      // OAuth 2, as the token server's own specification has it.
      const form = { grant_type: "refresh_token", client_id: "regfsck", refresh_token: credentials.token, ...asked };
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const body = new URLSearchParams(form).toString();
      return this.#connection.ask({ method: "POST", url: realm.href, headers, body, take });
    }
    for (const [name, value] of Object.entries(asked)) realm.searchParams.set(name, value);
    const basic = this.#basicHeader();
    const headers: Record<string, string> = basic === undefined ? {} : { authorization: basic };
    return this.#connection.ask({ method: "GET", url: realm.href, headers, take });
  }
}

function readToken(body: Buffer, now: number): Token | undefined {
  let answer: { readonly token?: unknown; readonly access_token?: unknown; readonly expires_in?: unknown };
  try {
    answer = JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
  // Some servers fill in one of them and leave the other empty.
  const token = answer?.token || answer?.access_token;
  // What is no header could split a request in two.
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) return undefined;
  const seconds = typeof answer.expires_in === "number" && answer.expires_in > 0 ? answer.expires_in : undefined;
  const life = seconds === undefined ? USUAL_LIFE : seconds * 1000;
  return { header: `Bearer ${token}`, until: now + Math.max(life - MARGIN, life / 2) };
}
