package openapi

import "github.com/breakwater-data/breakwater/checker/change"

var elementRules = []*change.Rule{
	fieldRemoved, optionalFieldRemoved, fieldAdded, closedFieldAdded, requestFieldRemoved, requestClosedFieldRemoved, requestFieldRequiredAdded, requestFieldAdded,
	required.loosened, required.tightened, required.responseTightened, required.requestLoosened,
	fieldHidden, requestFieldIgnored, fieldAccessChanged, discriminatorChanged, discriminatorExtended,
}

var fieldRemoved = breaksReaders("field-removed", "", "A field of a response is gone",
	"Every response had it, so readers take it without a check and find nothing.", "response-required-*removed*", "request-property-removed*")

var optionalFieldRemoved = newRule("optional-field-removed", change.FieldRemoved, change.Risky, read,
	"An optional field of a response is gone",
	"Correct readers can do without it, but those who use it find nothing from now on.",
	"Mark it deprecated, wait until no registered consumer uses it, then remove it.", "response-optional-*removed*", "request-property-removed*")

var fieldAdded = harmless("field-added", "", "A response has a new field", "Readers skip what they do not know.", "response-*-property-added", "new-*-request-*property*")

var closedFieldAdded = breaksReaders("closed-field-added", change.Closed, "A response has a new field in an object that was closed",
	"The contract said that there are no other fields, so a strict reader refuses the response.", "response-*-property-added", "new-*-request-*property*")

var requestFieldRemoved = newRule("request-field-removed", "", change.Risky, sent,
	"A field of a request is gone",
	"Consumers may still send it, and it does nothing any more.",
	"Mark it deprecated, wait until no registered consumer sends it, then remove it.", "request-property-removed*")

var requestClosedFieldRemoved = breaksSenders("request-closed-field-removed", "A field of a request is gone, and the object takes no others",
	"Requests that still send the field are refused.", "request-property-removed*")

var requestFieldRequiredAdded = breaksSenders("request-field-required-added", "A request has to have a new field",
	"What consumers send today lacks the field and is refused.", "new-required-request-*", "request-header-property-became-required")

var requestFieldAdded = harmless("request-field-added", "", "A request may have a new field", "What consumers send today is still accepted.", "new-optional-request-property")

// required is about fields that both sides have.
var required = hazard{
	loosened: breaksReaders("field-required-removed", "", "A field of a response may be missing now",
		"Readers that take it without a check fail on the first response that lacks it.", "re*-became-optional"),
	tightened: breaksSenders("request-field-required", "A field of a request is required now",
		"Requests that leave it out are refused.", "request-*-became-required*", "request-required-property-became-not-read-only*"),
	responseTightened: harmless("field-required", "", "A field of a response is always there now", "Readers may rely on more.", "re*-became-required*"),
	requestLoosened:   harmless("request-field-optional", "", "A field of a request may be left out", "What consumers send today is still accepted.", "request-*-became-optional"),
}

var fieldHidden = breaksReaders("field-hidden", "", "A field of a response is write-only now",
	"It is left out of responses, where readers expect it.", "response-*-became-write-only")

var requestFieldIgnored = newRule("request-field-ignored", "", change.Risky, sent,
	"A field of a request is read-only now", "What consumers send in it is ignored or refused.",
	"Tell those who send it what to send instead.", "request-*-became-read-only")

var fieldAccessChanged = harmless("field-access-changed", "", "Where a field is sent or read changed, and nobody is hurt",
	"What consumers send is accepted, and what they read is there.", "re*-only*")

var discriminatorChanged = newRule("discriminator-changed", "", change.Breaking, read|change.Request,
	"The tag that tells alternatives apart means something else",
	"A value with the old tag is read as another shape, or refused; a reader takes the new one for something that it is not.",
	"Add a new tag for the new shape, and keep the old one for what it always meant.", "re*-discriminator-*", "re*-one-of-*", "re*-any-of-*")

var discriminatorExtended = harmless("discriminator-extended", "", "Alternatives have a tag, or one more", "Values that had a tag still have the same one.", "re*-discriminator-*")

var annotationRules = []*change.Rule{
	defaultChanged, requestDefaultChanged, fieldDeprecated, fieldUndeprecated, stabilityLowered, stabilityRaised, sunsetChanged, noticeTooShort,
	unitChanged, classificationRaised, classificationLowered, tagChanged, documentationChanged, spellingChanged, schemaRemoved, invalid,
}

var defaultChanged = harmless("field-default-changed", "", "The default of a field of a response changed",
	"It says what a reader may assume where the field is missing.", "re*-default-value-*")

var requestDefaultChanged = newRule("request-default-changed", "", change.Risky, change.Request,
	"What is assumed where a request says nothing changed",
	"Consumers that leave the value out get another behaviour without having changed anything.",
	"Tell those who leave it out, or let them send the old value.", "request-*-default-value-*")

var fieldDeprecated = harmless("field-deprecated", "", "A field or parameter is deprecated",
	"It still works. Consumers should begin to do without it.", "re*-deprecated*", "re*-sunset-*")

var fieldUndeprecated = harmless("field-undeprecated", "", "A field or parameter is no longer deprecated", "It stays.", "re*-reactivated")

var stabilityLowered = newRule("stability-lowered", "", change.Risky, change.Promise,
	"An element is less stable than it was promised to be",
	"Consumers chose it for a promise (x-stability-level) that no longer holds.",
	"Keep the level, and put what is less stable beside it.", "*-stability-decreased", "api-invalid-stability-level")

var stabilityRaised = harmless("stability-raised", "", "An element is more stable than it was", "More is promised than before.", "*-stability-increased")

var sunsetChanged = newRule("sunset-changed", "", change.Risky, change.Promise,
	"The day on which something deprecated goes away changed, or cannot be read",
	"Consumers plan by that day (x-sunset).", "Keep the day, or move it further away and tell the consumers.",
	"*sunset*", "re*-deprecated-with-sunset", "endpoint-deprecated-with-sunset")

var noticeTooShort = newRule("notice-too-short", "", change.Risky, change.Promise,
	"Something is deprecated, and the day on which it goes away is too soon or not said",
	"Consumers have less time to do without it than the team asks for (deprecation-days in breakwater.yaml, x-sunset in the description), or none that they can plan by.",
	"Say with x-sunset when it goes away, and leave the time.", "*sunset-missing", "*sunset-date-too-small")

var unitChanged = newRule("unit-changed", "", change.Breaking, change.Value|change.Request,
	"A number is counted in another unit", "The same number means something else, and no check notices.",
	"Add a field in the new unit beside this one.")

var classificationRaised = newRule("classification-raised", "", change.Risky, change.Promise,
	"Data is classified as more sensitive", "Consumers may not be allowed to read it any more, or have to protect it better.",
	"Tell those who read it before they find out.")

var classificationLowered = newRule("classification-lowered", "", change.Risky, change.Promise,
	"Data is classified as less sensitive", "It may now be shared more freely, which is right only if the data or the label was wrong.",
	"Let those who answer for data protection confirm it.")

var tagChanged = newRule("tag-changed", "", change.Compatible, change.Promise,
	"An extension changed", "Extensions (x-) decide nothing about requests and responses.", "Nothing has to be done, unless a tool of yours reads it.")

var documentationChanged = newRule("documentation-changed", "", change.Compatible, change.Promise,
	"What describes the interface changed, and not the interface", "Titles, descriptions and examples decide nothing.", nothingToDo)

var spellingChanged = newRule("encoding-changed", "", change.Breaking, read|change.Request,
	"Values are written in another way",
	"How a value is put into bytes changed (xml, encoding, contentEncoding), so the other side reads it wrongly.",
	"Offer the new way beside the old one, under another media type.", "re*-content-*")

var schemaRemoved = harmless("schema-removed", "type-removed", "A schema that nothing refers to is gone",
	"No request and no response used it; generated code may have.", "api-schema-removed")
