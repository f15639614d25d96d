package odcs

import "github.com/breakwater-data/breakwater/checker/change"

var outputPortRemoved = &change.Rule{
	ID: "odps/output-port-removed", Idea: change.PortRemoved,
	Title: "A data product no longer has an output port",
	Class: change.Breaking, Breaks: reached | change.Code | change.Promise,
	Why: `The contract is still there, and nothing says any more that the product serves it. Who
asks the product for the port by its name gets no answer.`,
	Fix: "Mark the port deprecated, tell its consumers until when it is served, and remove it when nobody reads it.",
}

var outputPortReplaced = &change.Rule{
	ID: "odps/output-port-replaced", Idea: "port-replaced",
	Title: "A major version of an output port took the place of the one before",
	Class: change.Breaking, Breaks: reached | change.Code | change.Promise,
	Why: `A port is known by its name and version. Who asks for the version that was there gets
no answer, even if the data is the same.`,
	Fix: "Add the new version as a port of its own beside the old one, and remove the old one when nobody reads it.",
}

var outputContractLost = &change.Rule{
	ID: "odps/output-contract-lost", Idea: "output-contract-lost",
	Title: "An output port names no contract, or one that is nowhere",
	Class: change.Breaking, Breaks: change.Value | change.Promise,
	Why: "Nothing is promised of the port any more: neither what it holds, nor how fresh it is, nor for how long.",
	Fix: "Name the contract by its id. If it is another one, add it in the same change.",
}

var outputTypeChanged = &change.Rule{
	ID: "odps/output-port-type-changed", Idea: "type-medium-changed",
	Title: "An output port is read by another technology",
	Class: change.Breaking, Breaks: reached | change.Code,
	Why: "Whoever queries tables cannot read a topic, and whoever reads files cannot query. Every consumer has to be rebuilt.",
	Fix: "Add a port of the new type beside the old one, and retire the old one when nobody uses it.",
}

var inputContractsChanged = &change.Rule{
	ID: "odps/input-contracts-changed", Idea: "input-contracts-changed",
	Title: "An output port is made of other data",
	Class: change.Risky, Breaks: change.Value,
	Why: "The values may be others from now on, and as late as the new source: name and type are the same.",
	Fix: "Tell the consumers from which day on the data comes from elsewhere.",
}

var productIDChanged = &change.Rule{
	ID: "odps/product-id-changed", Idea: "id-changed",
	Title: "A data product has another id",
	Class: change.Breaking, Breaks: change.Value | change.Promise,
	Why: "Access agreements, catalogues and registrations that name the product by its id point nowhere.",
	Fix: "Keep the id. It is there to stay the same when names change.",
}

var productWithdrawn = &change.Rule{
	ID: "odps/product-withdrawn", Idea: "product-withdrawn",
	Title: "A data product is retired, or a draft again",
	Class: change.Breaking, Breaks: change.Value | change.Promise,
	Why: "The contracts of its ports still say that they hold. The product that keeps them says that it does not.",
	Fix: "Deprecate the product first, and retire it when no port of it is read.",
}

var productDeprecated = &change.Rule{
	ID: "odps/product-deprecated", Idea: "product-deprecated",
	Title: "A data product is deprecated",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: "Nothing breaks yet. The consumers of all its ports need the time until the end to move, so they have to know.",
	Fix: "Say what replaces the product, and until when it stays.",
}

var managementPortChanged = &change.Rule{
	ID: "odps/management-port-changed", Idea: "management-port-changed",
	Title: "A management port of a data product is gone, or is another one",
	Class: change.Risky, Breaks: change.Promise,
	Why: "Dashboards, catalogues and alerts that ask there find nothing, so errors in the data are noticed later.",
	Fix: "Keep the old port until whoever watches the product has moved.",
}
