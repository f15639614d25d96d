package avro

import "github.com/breakwater-data/breakwater/checker/change"

var decimalScaleChanged = &change.Rule{
	ID: "avro/decimal-scale-changed", Idea: "decimal-scale-changed",
	Title: "A decimal has another scale",
	Class: change.Breaking, Breaks: change.Value | change.Replay,
	Why: `The old reader puts the point elsewhere: 12.34 reads as 0.1234, without an error. The bytes are the digits without the
point, and few implementations refuse the pair.`,
	Fix: `Add a field of the new scale beside the old one, and fill both.`,
}

var decimalPrecisionRaised = &change.Rule{
	ID: "avro/decimal-precision-raised", Idea: "decimal-precision-raised",
	Title: "A decimal has more digits",
	Class: change.Risky, Breaks: change.Value | change.Code,
	Why: `A consumer that stores the old precision overflows on the first longer number. Implementations that compare precision, as the
specification asks, refuse the pair.`,
	Fix: `Tell the consumers before longer numbers come, so that they can widen their own columns first.`,
}

var decimalPrecisionLowered = &change.Rule{
	ID: "avro/decimal-precision-lowered", Idea: "decimal-precision-lowered",
	Title: "A decimal has fewer digits",
	Class: change.Risky, Breaks: change.Replay | change.Code,
	Why: `Readers of today have room for what comes. A new reader may have none for old numbers, and implementations that compare
precision refuse the pair.`,
	Fix: `Keep the precision as long as old data is read.`,
}

var timeUnitChanged = &change.Rule{
	ID: "avro/time-unit-changed", Idea: "unit-changed",
	Title: "A time counts in another unit",
	Class: change.Breaking, Breaks: change.Value | change.Replay,
	Why: `The number resolves and means a time that is off by a factor of a thousand or more: the old reader takes microseconds for
milliseconds.`,
	Fix: `Add a field of the new unit beside the old one, and fill both.`,
}

var timeZoneChanged = &change.Rule{
	ID: "avro/time-zone-changed", Idea: "zone-changed",
	Title: "A time stamp counts from another zone",
	Class: change.Breaking, Breaks: change.Value | change.Replay,
	Why: `A moment in UTC is read as the reading of a local clock, or the other way round: off by hours, without an error.`,
	Fix: `Add a field of the new meaning beside the old one, and fill both.`,
}

var logicalTypeAdded = &change.Rule{
	ID: "avro/logical-type-added", Idea: "logical-type-added",
	Title: "A logical type was added",
	Class: change.Risky, Breaks: change.Value | change.Code,
	Why: `The data is the same, if it has always been meant so. Code has another type.`,
	Fix: `Make sure that all values are what the logical type says.`,
}

var logicalTypeRemoved = &change.Rule{
	ID: "avro/logical-type-removed", Idea: "logical-type-removed",
	Title: "A logical type was removed",
	Class: change.Risky, Breaks: change.Value | change.Code,
	Why: `What the number or the bytes mean is no longer promised, and code has another type.`,
	Fix: `Keep the logical type.`,
}

var logicalTypeChanged = &change.Rule{
	ID: "avro/logical-type-changed", Idea: "logical-type-changed",
	Title: "A logical type became another one",
	Class: change.Breaking, Breaks: change.Value | change.Replay | change.Code,
	Why: `The data resolves, and the old reader takes it for something that it is not.`,
	Fix: `Add a field of the new type beside the old one, and fill both.`,
}

var classificationRaised = &change.Rule{
	ID: "avro/classification-raised", Idea: change.ClassificationRaised,
	Title: "Data is classified as more sensitive",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: `Masking and tighter access may follow. Consumers who may not hold data of that label have to drop the field.`,
	Fix: `Ask the consumers whether they may hold such data, before access to it changes.`,
}

var classificationLowered = &change.Rule{
	ID: "avro/classification-lowered", Idea: "classification-lowered",
	Title: "Data is classified as less sensitive, or no longer at all",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: `Protection of the data may end with the label. That is for whoever governs the data to decide.`,
	Fix: `Have the owner of the data confirm the new label.`,
}

var classificationChanged = &change.Rule{
	ID: "avro/classification-changed", Idea: "classification-changed",
	Title: "Data has another label, whose order is not known",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: `The data may be more sensitive than consumers are prepared for.`,
	Fix: `Use the labels public, internal, confidential, restricted and secret, whose order is known.`,
}

var documentationChanged = &change.Rule{
	ID: "avro/documentation-changed", Idea: "documentation-changed",
	Title: "What describes the data changed, and not the data",
	Class: change.Compatible, Breaks: change.Promise,
	Why: `Descriptions promise nothing.`,
	Fix: `Nothing is needed.`,
}

var notCompared = &change.Rule{
	ID: "avro/not-compared", Idea: change.NotCompared,
	Title: "Something changed that is not compared",
	Class: change.Risky, Breaks: change.Value | change.Wire | change.JSON | change.Replay | change.Code,
	Why: `A property that the specification does not define may mean something to consumers, and so may a message of a
protocol.`,
	Fix: `Look at the change, and call it what it is in the policy: avro/not-compared, or an approval.`,
}
