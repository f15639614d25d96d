package avro

import (
	"embed"

	"github.com/breakwater-data/breakwater/checker/change"
)

//go:embed rules/*.txtar
var examples embed.FS

var rules = change.Rules{Examples: examples, List: []*change.Rule{
	fieldRemoved, fieldAdded, fieldRequiredAdded, fieldRenamed, fieldDefaultChanged, fieldDefaultAdded, fieldNullable, fieldRequired, fieldDeprecated, undeprecated, aliasAmbiguous, aliasRemoved, defaultOfLaterBranch, sortOrderChanged,

	typeChanged, typeWidened, typeNarrowed, typeRespelled, promotionLosesDigits, branchAdded, branchRemoved, branchCovered, unionChoiceUnclear, fixedSizeChanged, enumValueAdded, enumValueMasked, enumValueRemoved, enumDefaultChanged, typeRenamed, namespaceChanged, typeRemoved, typeAdded, typeDeprecated,

	decimalScaleChanged, decimalPrecisionRaised, decimalPrecisionLowered, timeUnitChanged, timeZoneChanged, logicalTypeAdded, logicalTypeRemoved, logicalTypeChanged, classificationRaised, classificationLowered, classificationChanged, documentationChanged, notCompared,
}}
