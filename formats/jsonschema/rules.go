package jsonschema

import (
	"embed"

	"github.com/breakwater-data/breakwater/checker/change"
)

//go:embed rules/*.txtar
var examples embed.FS

var rules = change.Rules{Examples: examples, List: []*change.Rule{
	schemaRemoved, fieldRemoved, fieldAdded, closedFieldAdded, fieldRequiredAdded, fieldRequiredRemoved,
	fieldDefaultChanged, fieldDeprecated, fieldUndeprecated, fieldAccessChanged, unitChanged,
	classificationRaised, classificationLowered, tagChanged, documentationChanged, notCompared,
	fieldTypeChanged, fieldTypeNarrowed, fieldNullable, fieldNeverNull, enumValueAdded,
	enumValueRemoved, enumOpened, enumClosed, branchAdded, branchRemoved, boundLoosened, boundTightened,
	lengthLoosened, lengthTightened, patternLoosened, patternTightened, formatLoosened, formatTightened,
	uniqueDropped, uniqueAdded, objectOpened, objectClosed, namesLoosened, namesTightened,
	itemsLoosened, itemsTightened, conditionLoosened, conditionTightened, valuesWidened, valuesNarrowed,
	requestNarrowed, requestWidened, exampleRefused,
	confluentForward, confluentBackward,
}}
