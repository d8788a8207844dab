// Plays the month of docs/reclaim.md with each way of keeping a registry small, and prints its table. Build first.
//   npx tsx scripts/month.ts
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { makeScratch } from "../test/e2e/exactness/scratch.ts";
import { type Night, playMonth, type Way } from "../test/e2e/reclaim/month.ts";

const ways: Way[] = ["nothing", "garbage-collect", "garbage-collect -m", "reclaim"];
const shown = [7, 14, 21, 28, 30];
const scratch = await makeScratch("month");
try {
  const months: Night[][] = [];
  for (const way of ways) months.push(await playMonth(join(scratch, way.replaceAll(" ", "")), way));
  const kilobytes = ({ bytes }: Night) => `${Math.round(bytes / 1000)} kB`;
  const print = (cells: readonly string[]) => process.stdout.write(`| ${cells.join(" | ")} |\n`);
  print(["after night", ...ways]);
  print(["---", ...ways.map(() => "---")]);
  for (const night of shown) print([String(night), ...months.map((nights) => kilobytes(nights[night - 1]!))]);
  const most = (nights: readonly Night[]) => Math.max(...nights.map(({ broken }) => broken.length));
  print(["images broken at most", ...months.map((nights) => `${most(nights)} of ${nights.at(-1)!.tags}`)]);
} finally {
  await rm(scratch, { recursive: true, force: true });
}
