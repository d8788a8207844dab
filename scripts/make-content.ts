// Makes a storage root with content of real sizes: layers of 0.1 to 500 MB, most of them small, and many files of some
// kilobytes. For the measurements of docs/performance.md.
//   npx tsx scripts/make-content.ts --gigabytes 20 --small 50000 <empty folder>
import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { writeContentRoot } from "./make-content/write.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { gigabytes: { type: "string", default: "20" }, small: { type: "string", default: "50000" } },
});
const [folder] = positionals;
if (folder === undefined || readdirSync(folder).length > 0) throw new Error("give an empty folder");

/** Layers are spread evenly over the powers of ten between these, in bytes. */
const [LEAST, MOST] = [1e5, 5e8];
const sizes: number[] = [];
let random = 1;
const draw = () => {
  random = (random * 48_271) % 2_147_483_647;
  return random / 2_147_483_647;
};
for (let left = Number(values.gigabytes) * 1e9; left > LEAST; ) {
  const size = Math.min(Math.floor(LEAST * (MOST / LEAST) ** draw()), Math.floor(left));
  sizes.push(size);
  left -= size;
}
for (let small = 0; small < Number(values.small); small++) sizes.push(200 + Math.floor(draw() * 8000));
writeContentRoot(folder, sizes);
console.log(`${sizes.length} layers, ${sizes.reduce((sum, size) => sum + size, 0)} bytes in ${folder}`);
