package odcs

import "github.com/breakwater-data/breakwater/checker/change"

var priceChanged = &change.Rule{
	ID: "odcs/price-changed", Idea: "price-changed",
	Title: "The data costs more, or is reckoned in another way",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: "A consumer pays more than it planned for, or can no longer tell what it will pay.",
	Fix: "Tell the consumers from which day on the price holds, and leave them the notice period to go.",
}

var priceLowered = &change.Rule{
	ID: "odcs/price-lowered", Idea: "price-lowered",
	Title: "The data costs less",
	Class: change.Compatible, Breaks: change.Promise,
	Why: "Nobody pays more than planned.",
	Fix: "Nothing is needed.",
}

var teamChanged = &change.Rule{
	ID: "odcs/team-changed", Idea: "team-changed",
	Title: "Another team answers for the data",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: "Consumers who agreed with one team on changes and incidents have to find out whom to ask now.",
	Fix: "Have both teams tell the consumers, and say who answers on which day.",
}

var ownerLeft = &change.Rule{
	ID: "odcs/owner-left", Idea: "owner-left",
	Title: "Nobody of the team owns the data any more",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: "There is nobody who decides on the data. A consumer with a question, or an incident, has no one to turn to.",
	Fix: "Name the successor in replacedByUsername, or give the role of the owner to somebody else.",
}

var supportChanged = &change.Rule{
	ID: "odcs/support-changed", Idea: "support-changed",
	Title: "A channel to the consumers is gone, or is somewhere else",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: "Announcements no longer reach the consumers, and reports of problems go nowhere.",
	Fix: "Announce the new channel in the old one, and keep that for the notice period.",
}

var personalDataDeclared = &change.Rule{
	ID: "odcs/personal-data-declared", Idea: "personal-data-declared",
	Title: "An element holds personal data now",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: "The law asks more of whoever holds personal data: a purpose, a limit in time, a way to delete it.",
	Fix: "Ask the consumers whether they may hold it. If they need not, leave it out or mask it.",
}

var personalDataCleared = &change.Rule{
	ID: "odcs/personal-data-cleared", Idea: "personal-data-cleared",
	Title: "An element is no longer said to hold personal data",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: "Protection of the data may end with the label. That is for whoever governs the data to decide.",
	Fix: "Have the owner of the data confirm that it holds no personal data.",
}
