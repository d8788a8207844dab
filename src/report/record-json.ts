// Records as JSON, one after another: of a million findings most members are what they were in the one before, and none needs
// an escape. So each is put together of texts, which takes less than JSON.stringify and gives the same.
import { escapeJson } from "../text/escape.ts";

/** Texts that stand in JSON as they are. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** One line of JSON, safe to show in a terminal. */
export function toJson(value: unknown): string {
  return escapeJson(JSON.stringify(value));
}

/** One member of the records, and its last value. */
interface Member {
  /** `"name":` */
  readonly name: string;
  value: string | undefined;
  /** `,"name":"value"` */
  json: string;
}

/** For records of one kind: whatever the members are, but most of them texts. */
export class RecordJson {
  readonly #members = new Map<string, Member>();
  readonly #begin: string;

  /** `type` is a first member that all of them are to have besides their own; then each is a record. */
  constructor(type?: string) {
    this.#begin = type === undefined ? "" : `{"type":${toJson(type)}`;
  }

  /** One line of JSON, as `toJson` gives it; of what is no record too. */
  of(record: unknown): string {
    if (typeof record !== "object" || record === null || "toJSON" in record || Array.isArray(record))
      return toJson(record);
    let json = this.#begin;
    for (const name of Object.keys(record)) {
      const value: unknown = (record as Record<string, unknown>)[name];
      if (value === undefined) continue;
      const member = this.#member(name);
      if (json === "") json = `{${member.name}${valueJson(value)}`;
      else json += typeof value === "string" ? textJson(member, value) : `,${member.name}${valueJson(value)}`;
    }
    return json === "" ? "{}" : `${json}}`;
  }

  #member(name: string): Member {
    const known = this.#members.get(name);
    if (known !== undefined) return known;
    const member = { name: `${toJson(name)}:`, value: undefined, json: "" };
    this.#members.set(name, member);
    return member;
  }
}

/** Such a member with this value, most often as in the record before. */
function textJson(member: Member, value: string): string {
  if (member.value !== value) {
    member.value = value;
    member.json = `,${member.name}${valueJson(value)}`;
  }
  return member.json;
}

function valueJson(value: unknown): string {
  if (typeof value === "string") return PLAIN.test(value) ? `"${value}"` : toJson(value);
  return Array.isArray(value) && value.length === 0 ? "[]" : toJson(value);
}
