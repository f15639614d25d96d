// Lists the keywords of every object of OpenAPI 3.0, 3.1 and 3.2, by the meta-schemas
// that @hyperjump/json-schema carries below the folder of the first argument:
//
//   3.2 Info contact description license …
//
// Of an object whose keys are names of its own, these are *; x-* are extensions.
import { pathToFileURL } from "node:url";

const root = process.argv[2] + "/@hyperjump/json-schema/";
const read = async (file) => structuredClone((await import(pathToFileURL(root + file))).default);

// The objects of the specification that several definitions describe together, or that
// are called otherwise there.
const parts = {
  ExternalDocumentation: "ExternalDocs", APIKeySecurityScheme: "SecurityScheme", HTTPSecurityScheme: "SecurityScheme",
  OAuth2SecurityScheme: "SecurityScheme", OpenIdConnectSecurityScheme: "SecurityScheme", ImplicitOAuthFlow: "OAuthFlow", PasswordOAuthFlow: "OAuthFlow",
  ClientCredentialsFlow: "OAuthFlow", AuthorizationCodeOAuthFlow: "OAuthFlow", ParameterLocation: "Parameter", OauthFlows: "OAuthFlows", Xml: "XML",
  ExternalDocs: "ExternalDocs", Callbacks: "Callback",
};
const nameOf = (definition) => {
  const name = definition.split("-").map((word) => word[0].toUpperCase() + word.slice(1)).join("");
  return parts[name] ?? name;
};

function keywordsOf(schema, whole) {
  const found = new Set(), seen = new Set();
  const visit = (s) => {
    if (!s || typeof s !== "object" || seen.has(s)) return;
    seen.add(s);
    Object.keys(s.properties ?? {}).forEach((key) => found.add(key));
    for (const pattern of Object.keys(s.patternProperties ?? {})) {
      const names = /^\^(?:\((?:\?:)?)?(\\?[$a-zA-Z|]+)\)?\$$/.exec(pattern);
      if (names) names[1].replace("\\", "").split("|").forEach((key) => found.add(key));
      else found.add(pattern === "^x-" ? "x-*" : "*");
    }
    if (typeof s.additionalProperties === "object") found.add("*");
    [s.allOf, s.anyOf, s.oneOf].forEach((list) => list?.forEach(visit));
    [s.if, s.then, s.else, ...Object.values(s.dependentSchemas ?? {})].forEach(visit);
    if (s.$ref?.startsWith("#/")) visit(s.$ref.slice(2).split("/").reduce((n, step) => n[step], whole));
  };
  visit(schema);
  return found;
}

const objects = new Map();
const add = (version, name, keywords) => {
  const key = version + " " + name;
  objects.set(key, new Set([...(objects.get(key) ?? []), ...keywords]));
};
const addAll = (version, whole, definitions) => {
  for (const [name, definition] of Object.entries(definitions ?? {})) {
    if (/-or-reference$|XOR|^[a-z]+(Array|Integer|IntegerDefault0)$|^(extensible|specification-extensions|map-of-strings|styles-for-form|examples)$/.test(name)) continue;
    add(version, nameOf(name), keywordsOf(definition, whole));
    if (nameOf(name) === "OAuthFlows") {
      for (const flow of Object.values(definition.$defs ?? {})) add(version, "OAuthFlow", keywordsOf(flow, whole));
    }
  }
};

for (const version of ["3.0", "3.1", "3.2"]) {
  const folder = "openapi-" + version.replace(".", "-") + "/";
  const whole = await read(folder + "schema.js");
  add(version, "Document", keywordsOf(whole, whole));
  addAll(version, whole, whole.definitions ?? whole.$defs);
  const schemas = version === "3.0" ? [folder + "dialect.js"] : [folder + "meta/base.js",
    ...["core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "content"].map((name) => `draft-2020-12/meta/${name}.js`)];
  for (const file of schemas) {
    const dialect = await read(file);
    add(version, "Schema", keywordsOf(dialect, dialect));
    if (file.startsWith("openapi")) addAll(version, dialect, dialect.definitions ?? dialect.$defs);
  }
}
for (const key of [...objects.keys()].sort()) {
  if (objects.get(key).size) console.log(key, [...objects.get(key)].sort().join(" "));
}
