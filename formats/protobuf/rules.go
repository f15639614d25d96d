package protobuf

import (
	"embed"

	"github.com/breakwater-data/breakwater/checker/change"
)

//go:embed rules/*.txtar
var examples embed.FS

var rules = change.Rules{Examples: examples, List: []*change.Rule{
	rootRemoved, unreached, notCompared,

	packageRenamed, fileMoved, fileRemoved, filePackageChanged, syntaxChanged, fileOptionChanged, publicImportRemoved, declMoved,

	messageRemoved, messageRenamed, messageAdded, accessorRemoved, jsonFormatChanged,
	reservedRemoved, extensionRangeRemoved, extensionRemoved, extensionAdded,

	fieldRemoved, fieldAdded, fieldRenamed, jsonNameChanged, fieldRenumbered, fieldNumbersSwapped, fieldNumberReused, fieldTypeChanged,
	cardinalityChanged, presenceAdded, presenceRemoved, requiredAdded, requestRequiredAdded, requiredRemoved, requestRequiredRemoved,
	defaultChanged, fieldOptionChanged, textCheckChanged,

	constraintLoosened, constraintTightened, requestConstraintTightened, requestConstraintLoosened, httpBindingRemoved, httpBindingAdded,

	oneofRenamed, oneofMemberAdded, fieldJoinedOneof, fieldLeftOneof, fieldOneofChanged,

	enumRemoved, enumRenamed, enumAdded, opennessChanged, enumDefaultChanged,
	enumValueRemoved, enumValueAdded, requestEnumValueAdded, enumValueRenamed, enumValueRenumbered, enumNumbersSwapped,
	enumAliasRemoved, enumAliasAdded, enumPrintedNameChanged,

	serviceRemoved, serviceRenamed, serviceAdded,
	methodRemoved, methodRenamed, methodAdded, requestTypeChanged, responseTypeChanged, streamingChanged, idempotencyChanged,

	deprecated["file"], deprecated["message"], deprecated["field"], deprecated["enum"], deprecated["enum-value"],
	deprecated["service"], deprecated["method"], undeprecated,
}}
