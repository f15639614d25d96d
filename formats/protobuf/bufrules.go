package protobuf

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// The categories of buf's rules, by letter.
var bufCategories = map[string]string{"FILE": "F", "PACKAGE": "P", "WIRE_JSON": "J", "WIRE": "W", "CSR": "C"}

// bufRules says in which categories each rule of buf is, as of version 2 of its
// configuration.
var bufRules = map[string]string{
	"FILE_NO_DELETE": "FC", "MESSAGE_NO_DELETE": "FC", "ENUM_NO_DELETE": "FC", "SERVICE_NO_DELETE": "F", "EXTENSION_NO_DELETE": "F",
	"PACKAGE_NO_DELETE": "P", "PACKAGE_MESSAGE_NO_DELETE": "P", "PACKAGE_ENUM_NO_DELETE": "P", "PACKAGE_SERVICE_NO_DELETE": "P", "PACKAGE_EXTENSION_NO_DELETE": "P",

	"FILE_SAME_PACKAGE": "FPJWC", "FILE_SAME_SYNTAX": "FPC",
	"FILE_SAME_CC_ENABLE_ARENAS": "FP", "FILE_SAME_CC_GENERIC_SERVICES": "FP", "FILE_SAME_CSHARP_NAMESPACE": "FP", "FILE_SAME_GO_PACKAGE": "FP",
	"FILE_SAME_JAVA_GENERIC_SERVICES": "FP", "FILE_SAME_JAVA_MULTIPLE_FILES": "FP", "FILE_SAME_JAVA_OUTER_CLASSNAME": "FP", "FILE_SAME_JAVA_PACKAGE": "FP",
	"FILE_SAME_OBJC_CLASS_PREFIX": "FP", "FILE_SAME_OPTIMIZE_FOR": "FP", "FILE_SAME_PHP_CLASS_PREFIX": "FP", "FILE_SAME_PHP_METADATA_NAMESPACE": "FP",
	"FILE_SAME_PHP_NAMESPACE": "FP", "FILE_SAME_PY_GENERIC_SERVICES": "FP", "FILE_SAME_RUBY_PACKAGE": "FP", "FILE_SAME_SWIFT_PREFIX": "FP",

	"FIELD_NO_DELETE": "FPC", "FIELD_NO_DELETE_UNLESS_NAME_RESERVED": "JC", "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED": "JWC",
	"FIELD_SAME_NAME": "FPJC", "FIELD_SAME_JSON_NAME": "FPJC", "FIELD_SAME_ONEOF": "FPJWC", "FIELD_SAME_DEFAULT": "FPJWC",
	"FIELD_SAME_TYPE": "FPC", "FIELD_WIRE_COMPATIBLE_TYPE": "W", "FIELD_WIRE_JSON_COMPATIBLE_TYPE": "JC",
	"FIELD_SAME_CARDINALITY": "FP", "FIELD_WIRE_COMPATIBLE_CARDINALITY": "W", "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY": "JC",
	"FIELD_SAME_JSTYPE": "FP", "FIELD_SAME_CPP_STRING_TYPE": "FP", "FIELD_SAME_UTF8_VALIDATION": "FP", "FIELD_SAME_JAVA_UTF8_VALIDATION": "FP",

	"MESSAGE_SAME_REQUIRED_FIELDS": "FPJWC", "MESSAGE_SAME_JSON_FORMAT": "FPJC", "MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR": "FPC",
	"ONEOF_NO_DELETE": "FPC", "EXTENSION_MESSAGE_NO_DELETE": "FPC", "RESERVED_MESSAGE_NO_DELETE": "FPJWC", "RESERVED_ENUM_NO_DELETE": "FPJWC",

	"ENUM_VALUE_NO_DELETE": "FPC", "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED": "JC", "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED": "JWC",
	"ENUM_VALUE_SAME_NAME": "FPJC", "ENUM_SAME_TYPE": "FP", "ENUM_SAME_JSON_FORMAT": "FPJC",

	"RPC_NO_DELETE": "FP", "RPC_SAME_REQUEST_TYPE": "FPJWC", "RPC_SAME_RESPONSE_TYPE": "FPJWC", "RPC_SAME_CLIENT_STREAMING": "FPJWC",
	"RPC_SAME_SERVER_STREAMING": "FPJWC", "RPC_SAME_IDEMPOTENCY_LEVEL": "FPJWC",
}

// What was otherwise before version 2, and in its first version only. A rule in no
// category was not there.
var (
	bufRulesBeforeV2 = map[string]string{"EXTENSION_NO_DELETE": "", "PACKAGE_EXTENSION_NO_DELETE": "", "FIELD_SAME_DEFAULT": ""}
	bufRulesV1Beta1  = map[string]string{
		"FILE_SAME_PACKAGE": "F", "FIELD_SAME_TYPE": "FPJW", "FIELD_SAME_CARDINALITY": "FPJW",
		"FIELD_WIRE_COMPATIBLE_TYPE": "", "FIELD_WIRE_JSON_COMPATIBLE_TYPE": "",
	}
)

// Rules that buf still accepts, and those that do their work now.
var bufReplaced = map[string][]string{
	"FIELD_SAME_CTYPE":                     {"FIELD_SAME_CPP_STRING_TYPE"},
	"FIELD_SAME_LABEL":                     {"FIELD_SAME_CARDINALITY", "FIELD_WIRE_COMPATIBLE_CARDINALITY", "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY"},
	"FILE_SAME_JAVA_STRING_CHECK_UTF8":     {"FIELD_SAME_JAVA_UTF8_VALIDATION"},
	"FILE_SAME_PHP_GENERIC_SERVICES":       nil,
	"MESSAGE_SAME_MESSAGE_SET_WIRE_FORMAT": nil,
}

// bufVersions lists the versions of buf's configuration.
var bufVersions = []string{"v1beta1", "v1", "v2"}

// A ruleBook is the rules of buf as one version of its configuration knows them, with
// the letters of their categories.
type ruleBook struct {
	rules   map[string]string
	version string
}

func newRuleBook(version string) ruleBook {
	rules := maps.Clone(bufRules)
	if version != "v2" {
		maps.Copy(rules, bufRulesBeforeV2)
		for id := range rules {
			rules[id] = strings.ReplaceAll(rules[id], "C", "")
		}
	}
	if version == "v1beta1" {
		maps.Copy(rules, bufRulesV1Beta1)
	}
	maps.DeleteFunc(rules, func(_, in string) bool { return in == "" })
	return ruleBook{rules, version}
}

// find returns the rules that a name of a rule or of a category means, as ids of
// another tool; false if buf knows no such name.
func (b ruleBook) find(name string) (ids []string, ok bool) {
	letter, isCategory := bufCategories[name]
	replaced, isReplaced := bufReplaced[name]
	switch {
	case isCategory && (letter != "C" || b.version == "v2"):
		for id, in := range b.rules {
			if strings.Contains(in, letter) {
				ids = append(ids, id)
			}
		}
	case isReplaced:
		ids = slices.DeleteFunc(slices.Clone(replaced), func(id string) bool { return b.rules[id] == "" })
	case b.rules[name] != "":
		ids = []string{name}
	default:
		return nil, false
	}
	slices.Sort(ids)
	return also(ids...), true
}

// names lists all that find knows.
func (b ruleBook) names() []string {
	return slices.Concat(slices.Sorted(maps.Keys(b.rules)), slices.Sorted(maps.Keys(bufCategories)), slices.Sorted(maps.Keys(bufReplaced)))
}

// unstable is how the last part of a package says that it may still change.
var unstable = regexp.MustCompile(`\.v[1-9][0-9]*(test[^.]*|(p[1-9][0-9]*)?(alpha|beta)([1-9][0-9]*)?)$`)

// isUnstable reports whether a package says by its name that it may still change.
func isUnstable(pkg name) bool { return unstable.MatchString(string(pkg)) }
