// What reclaim's script for a stopped registry moves away, and what it leaves: under every shell that it is promised for.
import { existsSync, statSync, utimesSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { STORAGE } from "../../src/layout/paths.ts";
import { digestOf, Stage, unneededStep } from "./script-stage.ts";

const SHELLS = [["dash"], ["busybox", "sh"], ["mksh"], ["bash", "--posix"]];
const manifests = `${STORAGE}/repositories/app/_manifests`;
const digest = digestOf("old");
const link = `${manifests}/revisions/${digest.replace(":", "/")}/link`;
const tag = `${manifests}/tags/old`;

/** A repository that was written an hour before it was read, with a link and a tag that are to go. */
function planned() {
  const stage = new Stage();
  stage.put(link, digest);
  stage.put(`${tag}/current/link`, digest);
  stage.put(`${manifests}/tags/latest/current/link`, digestOf("now"));
  const since = Math.floor(Date.now() / 1000) - 1;
  for (const path of [link, `${tag}/current/link`, `${manifests}/tags/latest/current/link`]) {
    utimesSync(stage.at(path), since - 3600, since - 3600);
  }
  stage.plan([unneededStep(tag, "", since), unneededStep(link, digest, since)]);
  return stage;
}

describe.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))(
  "a link and a tag that nothing needs: %s",
  (_, shell) => {
    it("are moved into the quarantine, once", () => {
      const stage = planned();
      expect(stage.run([], { shell })).toMatchObject({ status: 0, stdout: expect.stringContaining("2 to do") });
      expect(existsSync(stage.at(link))).toBe(true);
      expect(stage.run(["--apply"], { shell })).toMatchObject({ status: 0, stdout: expect.stringContaining("2 done") });
      expect([existsSync(stage.at(link)), existsSync(stage.at(tag))]).toEqual([false, false]);
      expect(statSync(stage.at(`${manifests}/tags/latest/current/link`)).isFile()).toBe(true);
      expect(stage.moved()).toHaveLength(2);
      expect(stage.run(["--apply"], { shell })).toMatchObject({
        status: 0,
        stdout: expect.stringContaining("0 done, 2 in order"),
      });
    });

    it("stay where something was pushed to their repository since", () => {
      const stage = planned();
      stage.put(`${manifests}/tags/stable/current/link`, digest);
      const { status, stderr } = stage.run(["--apply"], { shell });
      expect([status, stderr.match(/something was pushed to its repository since/g)]).toEqual([
        1,
        [expect.anything(), expect.anything()],
      ]);
      expect([existsSync(stage.at(link)), existsSync(stage.at(tag))]).toEqual([true, true]);
    });

    it("stay where the link holds another digest by now", () => {
      const stage = planned();
      const { mtime } = statSync(stage.at(link));
      stage.put(link, digestOf("other"));
      utimesSync(stage.at(link), mtime, mtime);
      expect(stage.run(["--apply"], { shell }).status).toBe(1);
      expect(stage.read(link)).toBe(digestOf("other"));
    });
  },
);
