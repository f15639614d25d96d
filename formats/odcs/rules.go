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
	relationshipRemoved, relationshipChanged, relationshipAdded,
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
