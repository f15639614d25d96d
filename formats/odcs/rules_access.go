package odcs

import "github.com/breakwater-data/breakwater/checker/change"

// reached is each way to the data: who cannot connect reads in none of them.
const reached = change.Value | change.Query | change.JSON | change.Wire

var serverRemoved = &change.Rule{
	ID: "odcs/server-removed", Idea: "server-removed",
	Title: "The data is no longer served where it was",
	Class: change.Breaking, Breaks: reached,
	Why: "Consumers connect to a server that has the data no longer, and find nothing.",
	Fix: "Serve the data on both servers until the consumers have moved.",
}

var serverMoved = &change.Rule{
	ID: "odcs/server-moved", Idea: "server-moved",
	Title: "The data is found at another address",
	Class: change.Breaking, Breaks: reached,
	Why: `The host, the database or the folder is part of every connection and of many queries.
They fail, or go on reading what is no longer filled.`,
	Fix: "Add the new server beside the old one, and remove the old one when nobody reads there.",
}

var serverFormatChanged = &change.Rule{
	ID: "odcs/server-format-changed", Idea: "server-format-changed",
	Title: "Files are written in another format",
	Class: change.Breaking, Breaks: change.Value | change.JSON | change.Wire,
	Why: "A consumer that reads JSON cannot read Parquet, and one that splits lines at commas mixes up columns.",
	Fix: "Write both formats, each to a place of its own, until the consumers have moved.",
}

var testServerChanged = &change.Rule{
	ID: "odcs/test-server-changed", Idea: "server-moved",
	Title: "A server for trying things out is gone or another one",
	Class: change.Risky, Breaks: reached,
	Why: "Nothing in production fails. The tests of consumers that connect to it do.",
	Fix: "Tell the consumers where to test from now on.",
}

var serverRelabelled = &change.Rule{
	ID: "odcs/server-relabelled", Idea: "server-relabelled",
	Title: "A server goes by another name, or is of another environment",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: `Tools choose a server by its name or its environment. Data that was in production may
be there to try things out now.`,
	Fix: "Keep the label, or tell the consumers which server to choose.",
}

var serverAdded = &change.Rule{
	ID: "odcs/server-added", Idea: "server-added",
	Title: "The data is served at one more place",
	Class: change.Compatible, Breaks: change.Query,
	Why: "Whoever reads the data where it was goes on reading there.",
	Fix: "Nothing is needed.",
}

var roleRemoved = &change.Rule{
	ID: "odcs/role-removed", Idea: "role-removed",
	Title: "A role that gives access to the data is gone",
	Class: change.Breaking, Breaks: reached,
	Why: "Consumers that have their access by the role are refused.",
	Fix: "Give the consumers another role first, and remove this one when nobody has it.",
}

var roleAccessReduced = &change.Rule{
	ID: "odcs/role-access-reduced", Idea: "role-access-reduced",
	Title: "A role may do less with the data, or something else",
	Class: change.Risky, Breaks: change.Value | change.Request | change.Query,
	Why: "Whoever has the role and wrote to the data is refused. What a word of one's own allows is not known.",
	Fix: "Tell those who have the role, and offer them another one.",
}

var roleAccessExtended = &change.Rule{
	ID: "odcs/role-access-extended", Idea: "role-access-extended",
	Title: "A role may do more with the data",
	Class: change.Compatible, Breaks: change.Query,
	Why: "Whoever could read the data still can.",
	Fix: "Nothing is needed.",
}

var roleAdded = &change.Rule{
	ID: "odcs/role-added", Idea: "role-added",
	Title: "There is one more role that gives access to the data",
	Class: change.Compatible, Breaks: change.Query,
	Why: "Nobody has less access than before.",
	Fix: "Nothing is needed.",
}
