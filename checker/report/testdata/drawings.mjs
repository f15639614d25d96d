// Reads a drawing on standard input with a third party's parser, and prints the labels
// of its nodes, one a line. Usage: drawings.mjs NODE_MODULES mermaid|dot
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [, , modules, kind] = process.argv;
const load = (file) => import(pathToFileURL(join(modules, file)).href);
const text = readFileSync(0, "utf8");

if (kind === "dot") {
  const { Graphviz } = await load("@hpcc-js/wasm-graphviz/dist/index.js");
  const svg = (await Graphviz.load()).layout(text, "svg", "dot");
  const named = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
  for (const [, shown] of svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)) {
    const plain = shown.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (_, n, hex, name) => n ? String.fromCodePoint(n) : hex ? String.fromCodePoint(parseInt(hex, 16)) : named[name]);
    console.log(plain.replaceAll("\u00a0", " "));
  }
} else {
  const { JSDOM } = await load("jsdom/lib/api.js");
  const { window } = new JSDOM("<!doctype html><body></body>");
  globalThis.window = window;
  globalThis.document = window.document;
  const { default: mermaid } = await load("mermaid/dist/mermaid.core.mjs");
  await mermaid.parse(text);
  const diagram = await mermaid.mermaidAPI.getDiagramFromText(text);
  for (const vertex of diagram.db.getVertices().values()) {
    // Mermaid keeps entities in a form of its own until it draws.
    console.log((vertex.text ?? "").replace(/ﬂ°°(\d+)¶ß/g, (_, n) => String.fromCodePoint(Number(n))));
  }
}
