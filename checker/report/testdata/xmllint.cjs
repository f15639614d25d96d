// Holds an XML file against an XML Schema: xmllint.cjs NODE_MODULES SCHEMA FILE
const fs = require("fs");
const [modules, schema, file] = process.argv.slice(2);
const { validateXML } = require(modules + "/xmllint-wasm");
const read = (name) => ({ fileName: name, contents: fs.readFileSync(name, "utf8") });
validateXML({ xml: [read(file)], schema: [read(schema)] }).then((result) => {
  console.log(result.rawOutput);
  process.exit(result.valid ? 0 : 1);
});
