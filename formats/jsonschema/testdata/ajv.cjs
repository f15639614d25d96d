// Reads pairs of schemas with values from stdin, one JSON document a line, and says of
// each value whether ajv accepts it with the base and with the head: "10" is with the
// base only. A line that says "no" stands for a pair that ajv does not compile.
const readline = require("readline");
const path = require("path");
const modules = process.argv[2];
const load = (name) => require(path.join(modules, name));
const options = { strict: false, validateFormats: false, logger: false, multipleOfPrecision: 9, allErrors: false };
const drafts = {
  "https://json-schema.org/draft/2020-12/schema": () => new (load("ajv/dist/2020").default)(options),
  "https://json-schema.org/draft/2019-09/schema": () => new (load("ajv/dist/2019").default)(options),
  "http://json-schema.org/draft-07/schema#": () => new (load("ajv").default)(options),
  "http://json-schema.org/draft-06/schema#": () => {
    const ajv = new (load("ajv").default)(options);
    ajv.addMetaSchema(load("ajv/dist/refs/json-schema-draft-06.json"));
    return ajv;
  },
  "http://json-schema.org/draft-04/schema#": () => new (load("ajv-draft-04").default)(options),
};
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const pair = JSON.parse(line);
  try {
    const [base, head] = [pair.base, pair.head].map((s) => drafts[s.$schema]().compile(s));
    console.log(pair.values.map((v) => (base(v) ? "1" : "0") + (head(v) ? "1" : "0")).join(" "));
  } catch (e) {
    console.log("no " + e.message.replace(/\s+/g, " "));
  }
});
