package odcs

import (
	"embed"

	"github.com/breakwater-data/breakwater/checker/change"
)

//go:embed rules/*.txtar
var examples embed.FS

var rules = change.Rules{List: []*change.Rule{
	idChanged, elementIDChanged, notCompared, documentationChanged, customPropertyChanged,
	limitationsChanged, legalTermsChanged,
	encryptedNameAdded, encryptedNameChanged, criticalDropped, criticalAdded,
	relationshipRemoved, relationshipChanged, relationshipMultiplied, relationshipDetailChanged, relationshipAdded,
	vectorChanged, measureRemoved, measureChanged, measureAdded, objectOpened, objectClosed,
	qualityRemoved, qualityWeakened, qualityChanged, qualityGrainChanged, qualityStrengthened, qualityAdded,
	serverRemoved, serverMoved, serverFormatChanged, testServerChanged, serverRelabelled, serverAdded,
	roleRemoved, roleAccessReduced, roleAccessExtended, roleAdded,
	outputPortRemoved, outputPortReplaced, outputContractLost, outputTypeChanged, inputContractsChanged, productIDChanged, productWithdrawn, productDeprecated, managementPortChanged,
	priceChanged, priceLowered, teamChanged, ownerLeft, supportChanged, personalDataDeclared, personalDataCleared,
}, Examples: examples}

var idChanged = &change.Rule{
	ID: "odcs/id-changed", Idea: "id-changed",
	Title: "The contract has another id, or is gone",
	Class: change.Breaking, Breaks: change.Value | change.Promise,
	Why: `Everything that names the contract by its id points nowhere: data products, access
agreements, the registrations of consumers.`,
	Fix: "Keep the id. If it is another promise, publish it beside this one and retire this one.",
}

var elementIDChanged = &change.Rule{
	ID: "odcs/element-id-changed", Idea: "element-id-changed",
	Title: "An object or a property has another id",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: "Other contracts may refer to the element by its id. The data itself is the same.",
	Fix: "Keep the id. It is there to stay the same when names change.",
}

var notCompared = &change.Rule{
	ID: "odcs/not-compared", Idea: change.NotCompared,
	Title: "A part of the contract changed that is not compared",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: `What changed may matter to consumers or not: it is not compared, and so it is not said
to be safe.`,
	Fix: "Look at the difference, and tell the consumers whom it concerns.",
}

var documentationChanged = &change.Rule{
	ID: "odcs/documentation-changed", Idea: "documentation-changed",
	Title: "What describes the data changed, and not the data",
	Class: change.Compatible, Breaks: change.Promise,
	Why: "Descriptions, tags and examples promise nothing.",
	Fix: "Nothing is needed.",
}

var customPropertyChanged = &change.Rule{
	ID: "odcs/custom-property-changed", Idea: "custom-property-changed",
	Title: "A custom property changed",
	Class: change.Compatible, Breaks: change.Promise,
	Why: `The standard gives it no meaning. Where one of yours is a promise to consumers, raise
this rule in the policy.`,
	Fix: "Nothing is needed, unless consumers rely on the property.",
}

var limitationsChanged = &change.Rule{
	ID: "odcs/limitations-changed", Idea: "limitations-changed",
	Title: "The limitations of use changed",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: "What a consumer does with the data today may not be allowed, or not be sensible, any more.",
	Fix: "Tell the consumers what changed, and ask them whether their use is still covered.",
}

var legalTermsChanged = &change.Rule{
	ID: "odcs/legal-terms-changed", Idea: "legal-terms-changed",
	Title: "The link to the legal terms of the data changed",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: "Consumers agreed to the terms that were there. The new ones may ask more of them.",
	Fix: "Tell the consumers, and have those who hold the data agree again if the terms did change.",
}

var encryptedNameAdded = &change.Rule{
	ID: "odcs/encrypted-name-added", Idea: "encrypted-name-added",
	Title: "A property is offered encrypted as well",
	Class: change.Risky, Breaks: change.Value,
	Why: "The readable column often goes, or is masked, once an encrypted one stands beside it.",
	Fix: "Say in the contract how long the readable column stays.",
}

var encryptedNameChanged = &change.Rule{
	ID: "odcs/encrypted-name-changed", Idea: "encrypted-name-changed",
	Title: "The encrypted column of a property is gone or renamed",
	Class: change.Breaking, Breaks: change.Value | change.JSON | change.Query | change.Code,
	Why: "A query that names the encrypted column fails.",
	Fix: "Keep the encrypted column under its old name until the consumers have moved.",
}

var criticalDropped = &change.Rule{
	ID: "odcs/critical-element-dropped", Idea: "critical-element-dropped",
	Title: "A property is no longer a critical data element",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: "The controls that watch over critical data may be relaxed, so errors may last longer.",
	Fix: "Tell the consumers whose reports depend on the property.",
}

var criticalAdded = &change.Rule{
	ID: "odcs/critical-element-added", Idea: "critical-element-added",
	Title: "A property is a critical data element now",
	Class: change.Compatible, Breaks: change.Promise,
	Why: "More care is promised, not less.",
	Fix: "Nothing is needed.",
}

var relationshipRemoved = &change.Rule{
	ID: "odcs/relationship-removed", Idea: "relationship-removed",
	Title: "A relationship between columns is no longer promised",
	Class: change.Risky, Breaks: change.Value | change.Query,
	Why: "Rows may come that refer to nothing. An inner join drops them without a word.",
	Fix: "Tell the consumers who join on these columns whether the references still hold.",
}

var relationshipChanged = &change.Rule{
	ID: "odcs/relationship-changed", Idea: "relationship-changed",
	Title: "A column refers to other columns",
	Class: change.Breaking, Breaks: change.Value | change.Query,
	Why: "A join on the old columns finds the wrong rows, or none.",
	Fix: "Add a column for the new reference, and keep the old one as it is.",
}

var relationshipAdded = &change.Rule{
	ID: "odcs/relationship-added", Idea: "relationship-added",
	Title: "A relationship between columns is promised",
	Class: change.Compatible, Breaks: change.Query,
	Why: "What could be joined is promised to match.",
	Fix: "Nothing is needed.",
}

var relationshipMultiplied = &change.Rule{
	ID: "odcs/relationship-multiplied", Idea: "relationship-multiplied",
	Title: "A row that matched one row may match several",
	Class: change.Breaking, Breaks: change.Value | change.Query,
	Why: "A join returns rows twice, and sums count them twice. Nothing fails.",
	Fix: "Keep the relationship to one row, and offer the others as a table of their own.",
}

var relationshipDetailChanged = &change.Rule{
	ID: "odcs/relationship-detail-changed", Idea: "relationship-detail-changed",
	Title: "A relationship between columns is of another kind",
	Class: change.Risky, Breaks: change.Value | change.Query,
	Why: "Rows that matched may match no longer, or others may.",
	Fix: "Tell the consumers who join on these columns what is different.",
}

var vectorChanged = &change.Rule{
	ID: "odcs/vector-changed", Idea: "vector-changed",
	Title: "A vector has more or fewer numbers, or others",
	Class: change.Breaking, Breaks: change.Value | change.Query | change.Code,
	Why: `Vectors of different sizes cannot be compared, and those of another model can, which is
worse: the nearest ones are no longer alike.`,
	Fix: "Add a property with the new vectors beside the old one, and fill both.",
}

var measureRemoved = &change.Rule{
	ID: "odcs/measure-removed", Idea: "measure-removed",
	Title: "A measure or a dimension was removed or renamed",
	Class: change.Breaking, Breaks: change.Value | change.Query,
	Why: "Reports and dashboards read it by its name, and fail.",
	Fix: "Keep it under its old name until the reports have moved.",
}

var measureChanged = &change.Rule{
	ID: "odcs/measure-changed", Idea: "measure-changed",
	Title: "A measure or a dimension is computed in another way",
	Class: change.Risky, Breaks: change.Value,
	Why: "The figures in reports change from one day to the next, and nothing says why.",
	Fix: "Add it under a new name beside the old one, and say what is different.",
}

var measureAdded = &change.Rule{
	ID: "odcs/measure-added", Idea: "measure-added",
	Title: "A measure or a dimension was added",
	Class: change.Compatible, Breaks: change.Query,
	Why: "Nobody reads it yet.",
	Fix: "Nothing is needed.",
}

var objectOpened = &change.Rule{
	ID: "odcs/object-opened", Idea: change.Closed,
	Title: "An object may have fields that the contract does not name",
	Class: change.Risky, Breaks: change.Value | change.JSON,
	Why: "A consumer that checks the data against the contract refuses records with more in them.",
	Fix: "Name the new fields in the contract, and keep it closed.",
}

var objectClosed = &change.Rule{
	ID: "odcs/object-closed", Idea: "object-closed",
	Title: "An object has the fields of the contract and no others",
	Class: change.Compatible, Breaks: change.JSON,
	Why: "Nobody could rely on fields that have no name.",
	Fix: "Nothing is needed.",
}
