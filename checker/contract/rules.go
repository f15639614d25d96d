package contract

import (
	"embed"

	"github.com/breakwater-data/breakwater/checker/change"
)

//go:embed rules/*.txtar
var examples embed.FS

// Rules lists the rules of this package.
func Rules() change.Rules {
	return change.Rules{List: []*change.Rule{drift, promiseDropped, notPromised, notCompared}, Examples: examples}
}

const everyRead = change.Value | change.Wire | change.JSON | change.Replay | change.Request | change.Query | change.Code

var drift = &change.Rule{
	ID: "contract/drift", Idea: change.Drift,
	Title: "A contract no longer says what is served",
	Class: change.Risky, Breaks: everyRead,
	Why: `Consumers read the contract, and rely on what it promises: what it still says is not so any more. When the data
moves and its contract stands still, nobody hears of it before a report is empty.`,
	Fix: "Serve what is promised; or change the contract in the same pull request, so that those who rely on it are asked.",
}

var promiseDropped = &change.Rule{
	ID: "contract/promise-dropped", Idea: "promise-dropped",
	Title: "What is served is no longer promised",
	Class: change.Risky, Breaks: everyRead | change.Promise,
	Why: "The data is there as before, and may go or become something else without a word: no contract would show it.",
	Fix: "Keep promising it as long as somebody reads it; deprecate it in the contract first.",
}

var notPromised = &change.Rule{
	ID: "contract/not-promised", Idea: "not-promised",
	Title: "Something new is served that the contract does not promise",
	Class: change.Compatible, Breaks: change.Promise,
	Why: "Whoever begins to read it has no promise to hold on to.",
	Fix: "Add it to the contract, if it is there to be read.",
}

var notCompared = &change.Rule{
	ID: "contract/schema-not-compared", Idea: change.NotCompared,
	Title: "A part of a contract cannot be held against what is served",
	Class: change.Risky, Breaks: everyRead,
	Why: "The port serves its body, and which part of it the contract means is not known: nothing there has its name.",
	Fix: "Say under names in breakwater.yaml which element of the body each object of the contract is.",
}
