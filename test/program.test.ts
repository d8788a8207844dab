// The command line: what is asked of it before any root is read.
import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { UsageError } from "../src/contract/errors.ts";
import { createProgram } from "../src/program.ts";
import { runProgram } from "./worlds/scan-world.ts";
import { World } from "./worlds/world.ts";

const refusal = (...args: string[]) => runProgram(new World().fs, args).then(String, (error) => error.message);

describe("a first word that is neither a command nor a path", () => {
  it("is an unknown command, with the nearest name", async () => {
    expect(await refusal("scna")).toMatch(/^unknown command "scna": did you mean scan\? /);
    expect(await refusal("verfy", "/registry", "app:1")).toMatch(/^unknown command "verfy": did you mean verify\? /);
    expect(await refusal("xyzzyx")).toMatch(/^unknown command "xyzzyx" \(/);
    await expect(runProgram(new World().fs, ["scna"])).rejects.toThrow(UsageError);
  });

  it("is a missing path where it could be none but a path", async () => {
    expect(await refusal("./scna")).toMatch(/^\.\/scna: no such/);
    expect(await refusal("scan", "scna")).toMatch(/^scna: no such/);
    expect(await refusal("--quiet", "scna")).toMatch(/^scna: no such/);
  });
});

describe("--registry", () => {
  it.each(["scan", "forecast", "gate", "usage", "plan"])("is named in every report of %s", async (command) => {
    const world = new World();
    world.repository("app").image("1");
    for (const [registry, name] of [
      ["2", "2.8.3"],
      ["3", "3.1"],
    ] as const) {
      const line = [command, "--registry", registry, "--format", "json", world.root];
      const { exitCode, printed } = await runProgram(world.fs, line);
      expect([exitCode, JSON.parse(printed).registry]).toEqual([0, name]);
    }
  });

  it("is refused where it is none", async () => {
    await expect(runProgram(new World().fs, ["scan", "--registry", "4", "/registry"])).rejects.toThrow(CommanderError);
  });
});

describe("the help of a command", () => {
  const host = { version: "0.0.0", terminal: () => expect.unreachable(), ended: () => {} };
  const commands = createProgram(host).commands.filter((command) => !command.name().startsWith("_"));
  it.each(commands.map((command) => [command.name(), command] as const))(
    "%s: two examples, and no empty default",
    (name, command) => {
      let help = "";
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      const examples = [...help.matchAll(new RegExp(`^  regfsck ${name} (.*)$`, "gm"))];
      expect(examples).toHaveLength(2);
      const flags = command.options.flatMap(({ short, long }) => [short, long]);
      for (const [, words] of examples) {
        for (const word of words!.split(" ").filter((word) => word.startsWith("-"))) expect(flags).toContain(word);
      }
      expect(help).not.toMatch(/default: (\[\]|false|true|undefined|")/);
      expect(help).toMatch(/\nExit codes:\n {2}0 {3}/);
      expect(help).not.toMatch(/^ {2}\d+ +never$/m);
      // What fits the usual 80 columns is not broken by the terminal in the middle of a word.
      expect(help.split("\n").filter((line) => line.length > 80)).toEqual([]);
    },
  );

  it("is printed by help too, and that is no failure", async () => {
    const codes: number[] = [];
    const program = createProgram({ ...host, ended: (code) => codes.push(code) });
    let printed = "";
    for (const command of [program, ...program.commands])
      command.configureOutput({ writeOut: (text) => (printed += text) });
    await program.parseAsync(["help", "gate"], { from: "user" });
    expect(printed).toMatch(/^Usage: regfsck gate /);
    await program.parseAsync(["help"], { from: "user" });
    expect(printed).toMatch(/\nUsage: regfsck \[options\][\s\S]*\nExamples:\n[\s\S]*\nExit codes:\n/);
    expect(codes).toEqual([0, 0]);
    await expect(program.parseAsync(["help", "scna"], { from: "user" })).rejects.toThrow(/did you mean scan\?/);
  });
});
