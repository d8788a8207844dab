// Asks a registry politely and patiently: logs in where it must, follows redirects, tries again what may pass, and tells an
// answer about a thing from a registry that gives none.
import { parseChallenge } from "./challenge.ts";
import { type Answered, Connection, type ConnectionOptions, type Failed, type Take } from "./connection.ts";
import { type Credentials, Login } from "./login.ts";
import { Pace } from "./pace.ts";

export interface ClientOptions extends ConnectionOptions {
  /** The registry's address, without a slash at the end. */
  readonly url: string;
  readonly credentials: Credentials | undefined;
  /** How long is waited before a question is put again, each time (ms), where the registry says nothing else. */
  readonly pauses: readonly number[];
  /** The most requests a second; undefined for as many as come. */
  readonly perSecond: number | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Lets so many milliseconds pass. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

export interface Asked {
  /** Relative to the registry's address, or a whole URL below it. */
  readonly path: string;
  /** As token servers call what must be allowed. */
  readonly scope: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly take: Take;
}

export type Answer =
  | Answered
  /** Each time connected, and each time cut off: as a registry does that panics over a thing, or has lost its bytes. */
  | { readonly kind: "dropped" }
  /** Nothing is known: it did not answer, was busy, or refused the login. */
  | Unanswered;

export interface Unanswered {
  readonly kind: "unanswered";
  readonly why: string;
  /** Whether it may be the registry as a whole: then a few of them end the questions. */
  readonly isDown: boolean;
}

/** Five times in all: what goes wrong one time in five goes wrong so often in a row for one question in 3,000. */
export const PAUSES: readonly number[] = [200, 500, 1500, 4000];
const LONGEST_PAUSE = 60_000;
const MOST_REDIRECTS = 5;
/** After so many questions in a row without an answer the others are not put. */
const MOST_UNANSWERED = 10;

export class Client {
  readonly #options: ClientOptions;
  readonly #connection: Connection;
  readonly #login: Login;
  readonly #pace: Pace;
  #unanswered = 0;
  #lastWhy = "";
  /** Requests that were sent, those of logging in among them. */
  requests = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#connection = new Connection(options);
    this.#pace = new Pace(options.connections, options.perSecond);
    const isSecure = options.url.startsWith("https:");
    const counted = { ask: (question: Parameters<Connection["ask"]>[0]) => this.#send(question) };
    this.#login = new Login(counted, options.credentials, { isSecure, now: options.now });
  }

  get isGivenUp(): boolean {
    return this.#unanswered >= MOST_UNANSWERED;
  }

  async get(asked: Asked): Promise<Answer> {
    const answer = await this.#pace.run(async (): Promise<Answer> => {
      if (!this.isGivenUp) return this.#patiently(() => this.#authorized(asked));
      return unanswered(`not asked: the registry does not answer any more (${this.#lastWhy})`, true);
    });
    if (answer.kind !== "unanswered") this.#unanswered = 0;
    else if (answer.isDown && !this.isGivenUp) {
      this.#unanswered++;
      this.#lastWhy = answer.why;
    }
    return answer;
  }

  /** Why there is no registry at the address; undefined where there is one, whether it wants a login or not. */
  async greet(): Promise<string | undefined> {
    const url = `${this.#options.url}/v2/`;
    const take = { kind: "all", most: 1 << 20 } as const;
    const answer = await this.#patiently(() => this.#following(url, {}, undefined, take));
    if (answer.kind === "dropped") return "the connection was cut off";
    if (answer.kind === "unanswered") return answer.why;
    return answer.status === 200 || answer.status === 401
      ? undefined
      : `no registry there: /v2/ answers ${answer.status}`;
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #patiently(ask: () => Promise<Answered | Failed | Unanswered>): Promise<Answer> {
    let answer: Answered | Failed | Unanswered;
    for (let tried = 1; ; tried++) {
      answer = await ask();
      const usual = this.#options.pauses[tried - 1];
      const pause = usual === undefined ? undefined : pauseAfter(answer, tried, usual, this.#options.now());
      if (pause === undefined) break;
      // Whoever is told to slow down does so with everything.
      if (answer.kind === "answered" && answer.status === 429) this.#pace.pause(pause);
      await this.#options.wait(pause);
    }
    if (answer.kind === "unanswered") return answer;
    if (answer.kind === "failed") return answer.how === "dropped" ? { kind: "dropped" } : unanswered(answer.why, true);
    if (isBusy(answer)) return unanswered(`${answer.status}, ${this.#options.pauses.length + 1} times`, true);
    return answer.status === 403 ? unanswered("403: no right to pull") : answer;
  }

  /** Logs in where the registry wants it. */
  async #authorized({ path, scope, headers = {}, take }: Asked): Promise<Answered | Failed | Unanswered> {
    const url = /^https?:/.test(path) ? path : `${this.#options.url}/${path}`;
    const header = await this.#login.headerFor(scope);
    const answer = await this.#following(url, headers, header, take);
    if (answer.kind !== "answered" || answer.status !== 401) return answer;
    const challenge = parseChallenge(answer.headers.get("www-authenticate"));
    const login = await this.#login.answer(challenge, scope, header);
    if ("why" in login) return unanswered(login.why);
    const again = await this.#following(url, headers, login.header, take);
    if (again.kind !== "answered" || again.status !== 401) return again;
    const refused = await this.#login.answer(
      parseChallenge(again.headers.get("www-authenticate")),
      scope,
      login.header,
    );
    return unanswered("why" in refused ? refused.why : "401: the login is refused");
  }

  /**
   * Follows redirects. The login goes to the registry alone: another host would be told it, and so would whomever that host
   * names in a 401, which is for that reason no answer.
   */
  async #following(
    start: string,
    headers: Readonly<Record<string, string>>,
    authorization: string | undefined,
    take: Take,
  ): Promise<Answered | Failed | Unanswered> {
    const { origin } = new URL(start);
    let url = start;
    let named: string | undefined;
    for (let redirects = 0; ; redirects++) {
      const isOwn = new URL(url).origin === origin;
      const all = isOwn && authorization !== undefined ? { ...headers, authorization } : headers;
      const answer = await this.#send({ method: "GET", url, headers: all, take });
      if (answer.kind === "failed") {
        return isOwn ? answer : { ...answer, why: `${new URL(url).host}, where it was sent on to: ${answer.why}` };
      }
      const location = answer.headers.get("location");
      named ??= answer.headers.get("docker-content-digest");
      if (answer.status === 401 && !isOwn) return unanswered(`${new URL(url).origin}, where it was sent on to: 401`);
      if (answer.status < 301 || answer.status > 308 || answer.status === 304 || location === undefined) {
        return named === undefined
          ? answer
          : { ...answer, headers: new Map([...answer.headers, ["docker-content-digest", named]]) };
      }
      const next = parseLocation(location, url);
      if (next === undefined || redirects === MOST_REDIRECTS)
        return { kind: "failed", how: "refused", why: "its redirects lead nowhere", forGood: true };
      url = next;
    }
  }

  #send(question: Parameters<Connection["ask"]>[0]): Promise<Answered | Failed> {
    this.requests++;
    return this.#connection.ask(question);
  }
}

function unanswered(why: string, isDown = false): Unanswered {
  return { kind: "unanswered", why, isDown };
}

/** Where a redirect leads; undefined for what is no address, and for one that would leave TLS. */
function parseLocation(location: string, from: string): string | undefined {
  try {
    const { protocol, href } = new URL(location, from);
    return protocol === "https:" || (protocol === "http:" && from.startsWith("http:")) ? href : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the answer is about how things stand at the registry, or in front of it, and not about what was asked for. */
function isBusy({ status }: Answered): boolean {
  return status === 429 || (status > 500 && status <= 599);
}

/** How long to wait before asking again (ms); undefined where that would not change anything. */
function pauseAfter(
  answer: Answered | Failed | Unanswered,
  tried: number,
  usual: number,
  now: number,
): number | undefined {
  if (answer.kind === "unanswered") return undefined;
  if (answer.kind === "failed") return answer.forGood ? undefined : answer.how === "dropped" ? usual / 4 : usual;
  if (isBusy(answer)) return retryAfter(answer.headers.get("retry-after"), now) ?? usual;
  // What a registry answers about a thing that is damaged: the same each time, so it is asked once more only.
  return answer.status === 500 && tried === 1 ? usual : undefined;
}

/** Seconds, or a date. */
function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const milliseconds = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(milliseconds) ? undefined : Math.min(Math.max(milliseconds, 0), LONGEST_PAUSE);
}
