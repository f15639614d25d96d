package openapi

import "github.com/breakwater-data/breakwater/checker/change"

var operationRules = []*change.Rule{
	operationRemoved, operationAdded, operationRenamed, operationDeprecated, operationUndeprecated, operationTagged, serverRemoved, serverAdded, linkChanged, linkAdded,
}

var operationRemoved = &change.Rule{
	ID: "openapi/operation-removed", Idea: change.OperationRemoved, Title: "An operation is gone",
	Class: change.Breaking, Breaks: read | change.Request,
	Why:  "Every call of it fails.",
	Fix:  "Mark it deprecated, tell the consumers when it goes (x-sunset), and remove it when nobody calls it any more.",
	Also: also("api-*removed*", "api-path-sunset-parse", "webhook-removed"),
}

var operationAdded = harmless("operation-added", "", "There is a new operation", "Nobody calls it yet.", "endpoint-added", "webhook-added")

var operationRenamed = newRule("operation-renamed", "", change.Risky, change.Code,
	"An operation has another operationId", "Generated clients call it by another name from the next generation on; what is sent stays the same.",
	"Keep the operationId, which is a name for programs and not for people.", "api-operation-id-*")

var operationDeprecated = harmless("operation-deprecated", "", "An operation is deprecated",
	"It still works. Consumers should begin to do without it.", "endpoint-deprecated*", "api-*sunset*")

var operationUndeprecated = harmless("operation-undeprecated", "", "An operation is no longer deprecated", "It stays.", "endpoint-reactivated")

var operationTagged = harmless("operation-tagged", "", "An operation has other tags", "Tags group operations in documents and in some generated code.", "api-tag-*", "api-operation-id-added")

var serverRemoved = newRule("server-removed", "", change.Risky, sent|change.JSON,
	"A server is gone, or its address changed", "Consumers that call the old address reach nothing, if it really went away.",
	"Keep the old address, or have it redirect, until nobody calls it.")

var serverAdded = harmless("server-added", "", "There is one more server", "The old addresses stay.")

var linkChanged = newRule("link-changed", "", change.Risky, change.Code|change.JSON,
	"A link between operations is gone or leads elsewhere", "Clients that follow links take another way, or none.",
	"Keep the link, and add the new one under another name.")

var linkAdded = harmless("link-added", "", "There is a new link to an operation", "Nobody follows it yet.")

var exchangeRules = []*change.Rule{
	parameterRemoved, parameterAdded, parameterRequiredAdded, parameterRequired, parameterOptional, parameterEncodingChanged,
	requestBodyRemoved, requestBodyAdded, requestBodyRequiredAdded, requestBodyRequired, requestBodyOptional,
	responseRemoved, otherResponseRemoved, responseAdded, mediaTypeRemoved, requestMediaTypeRemoved, mediaTypeChanged, mediaTypeAdded,
	headerRemoved, optionalHeaderRemoved, headerAdded, headerOptional, headerRequired, responseRange,
}

var parameterRemoved = newRule("parameter-removed", "", change.Risky, sent,
	"A parameter is gone", "What consumers send in it is ignored, or the call is refused.",
	"Mark it deprecated, and remove it when nobody sends it any more.", "request-parameter-removed*", "request-parameter-sunset-parse")

var parameterAdded = harmless("parameter-added", "", "There is a new optional parameter", "Calls without it mean what they meant.", "new-optional-request-*")

var parameterRequiredAdded = breaksSenders("parameter-required-added", "There is a new parameter that has to be sent",
	"Calls of today lack it and are refused.", "new-required-request-*", "new-request-path-parameter")

var parameterRequired = breaksSenders("parameter-required", "A parameter has to be sent now", "Calls without it are refused.", "request-parameter-became-required")

var parameterOptional = harmless("parameter-optional", "", "A parameter may be left out", "Calls of today are still accepted.", "request-parameter-became-optional")

var parameterEncodingChanged = breaksSenders("parameter-encoding-changed", "A parameter or header is written in another way",
	"The style, explode or media type says how a value is put into text; in the old way it is taken for another value.")

var requestBodyRemoved = breaksSenders("request-body-removed", "An operation takes no body any more",
	"Bodies that are still sent are ignored or refused.", "request-body-removed")

var requestBodyAdded = harmless("request-body-added", "", "An operation takes a body, which may be left out", "Calls without one are still accepted.", "request-body-added-optional")

var requestBodyRequiredAdded = breaksSenders("request-body-required-added", "An operation takes a body, which has to be sent", "Calls without one are refused.", "request-body-added-required")

var requestBodyRequired = breaksSenders("request-body-required", "The body of a request has to be sent now", "Calls without one are refused.", "request-body-became-required")

var requestBodyOptional = harmless("request-body-optional", "", "The body of a request may be left out", "Calls of today are still accepted.", "request-body-became-optional")

var responseRemoved = breaksReaders("response-removed", "", "An operation never answers with a success that it answered with",
	"Clients wait for that status and handle no other as a success.", "response-success-status-removed")

var otherResponseRemoved = newRule("other-response-removed", "", change.Compatible, read,
	"An operation no longer names a status that is no success, or names it otherwise",
	"Clients have to handle any failure; those that told this one apart wait for it in vain.", nothingToDo, "response-*-status-removed")

var responseAdded = harmless("response-added", "", "An operation may answer with one more status",
	"Clients tell success from failure by the hundreds, and handle a status that they do not know by these.", "response-*-status-added")

var mediaTypeRemoved = breaksReaders("media-type-removed", "", "A response never comes in a media type that it came in",
	"Clients that ask for it get none, or one that they cannot read.", "response-media-type-*")

var requestMediaTypeRemoved = breaksSenders("request-media-type-removed", "A request may not be sent in a media type any more",
	"Bodies in that type are refused.", "request-body-media-type-removed")

var mediaTypeChanged = newRule("media-type-changed", "", change.Risky, read, "The media type of a response is named otherwise",
	"Clients that compare the name exactly do not know it.", tellReaders, "response-media-type-*")

var mediaTypeAdded = harmless("media-type-added", "", "There is one more media type", "The old ones stay.", "re*-media-type-*")

var headerRemoved = breaksReaders("header-removed", "", "A header that every response had is gone", "Clients that rely on it find nothing.", "required-response-header-removed")

var optionalHeaderRemoved = newRule("optional-header-removed", "", change.Risky, read, "An optional header of a response is gone",
	"Clients that use it find nothing from now on.", "Mark it deprecated, and remove it when nobody uses it.", "optional-response-header-removed")

var headerAdded = harmless("header-added", "", "A response has a new header", "Clients skip headers that they do not know.", "response-header-added")

var headerOptional = breaksReaders("header-optional", "", "A header of a response may be missing now", "Clients that take it without a check fail.", "response-header-became-optional")

var headerRequired = harmless("header-required", "", "A header of a response is always there now", "Clients may rely on more.")

var securityRules = []*change.Rule{
	securityRemoved, securityAdded, scopeAdded, scopeRemoved, anonymousRemoved, anonymousAdded,
	schemeChanged, schemeMoved, schemeFlowRemoved, schemeExtended, schemeDeprecated,
}

var securityRemoved = breaksSenders("security-removed", "A way to be let in is gone", "Callers that use it are turned away.", "api-*security-removed")

var securityAdded = harmless("security-added", "", "There is one more way to be let in", "The old ones stay.", "api-*security-added")

var scopeAdded = breaksSenders("scope-added", "A caller needs a scope that it did not need", "Tokens of today lack it, and their calls are turned away.", "api-*security-scope-added")

var scopeRemoved = harmless("scope-removed", "", "A caller needs a scope less", "Tokens of today are still enough.", "api-*security-scope-removed")

var anonymousRemoved = breaksSenders("anonymous-removed", "A caller has to say who it is", "Calls without credentials are turned away.", "api-security-anonymous-access-removed")

var anonymousAdded = harmless("anonymous-added", "", "Anybody may call now", "Calls of today are still let in.", "api-security-anonymous-access-added")

var schemeChanged = breaksSenders("security-scheme-changed", "Credentials are sent in another way", "What callers send today is not understood.", "api-security-component-*")

var schemeMoved = newRule("security-scheme-moved", "", change.Risky, change.Request, "Tokens come from another address",
	"Callers that still ask the old address get tokens that may not be taken, or none.", "Keep the old address until nobody asks it.", "api-security-component-*")

var schemeFlowRemoved = breaksSenders("security-flow-removed", "A way to get a token is gone", "Callers that use the flow, or ask for the scope, get no token.", "api-security-component-*")

var schemeExtended = harmless("security-scheme-extended", "", "A security scheme is new, offers more, or is not used", "What callers do today is still understood.", "api-security-component-*", "api-global-security-*")

var schemeDeprecated = harmless("security-scheme-deprecated", "", "A security scheme is deprecated, or no longer so",
	"It still lets callers in. Those who use it should begin to use another.")

// responseRange is for a success that is described among others now.
var responseRange = newRule("response-range", "", change.Risky, read, "A status is described among others of its kind",
	"The same answer may come as before, and others, which clients that compare the number exactly do not know.",
	"Keep the exact status beside the range.", "response-success-status-removed")
