package protobuf

import (
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
)

// A file that is rewritten in another syntax or edition, and says the same of every
// element, is one compatible finding.
func TestSameFeaturesInAnotherEdition(t *testing.T) {
	tests := []struct{ name, before, after string }{
		{"proto2 to 2023", `syntax = "proto2"; package p;
message M {
  required int32 a = 1;
  optional string b = 2 [default = "x"];
  repeated int32 c = 3;
  repeated int32 d = 4 [packed = true];
  optional group G = 5 { optional int32 x = 1; }
  map<string, E> m = 6;
  oneof o { int32 e = 7; }
  extensions 100 to 200;
}
extend M { optional int32 ext = 100; }
enum E { Z = 0; }`, `edition = "2023"; package p;
option features.enum_type = CLOSED;
option features.repeated_field_encoding = EXPANDED;
option features.utf8_validation = NONE;
option features.json_format = LEGACY_BEST_EFFORT;
message M {
  int32 a = 1 [features.field_presence = LEGACY_REQUIRED];
  string b = 2 [default = "x"];
  repeated int32 c = 3;
  repeated int32 d = 4 [features.repeated_field_encoding = PACKED];
  G g = 5 [features.message_encoding = DELIMITED];
  message G { int32 x = 1; }
  map<string, E> m = 6;
  oneof o { int32 e = 7; }
  extensions 100 to 200;
}
extend M { int32 ext = 100; }
enum E { Z = 0; }`},
		{"proto3 to 2023", `syntax = "proto3"; package p;
message M {
  int32 a = 1;
  optional string b = 2;
  repeated int32 c = 3;
  E e = 4;
  M m = 5;
}
enum E { Z = 0; }`, `edition = "2023"; package p;
option features.field_presence = IMPLICIT;
message M {
  int32 a = 1;
  string b = 2 [features.field_presence = EXPLICIT];
  repeated int32 c = 3;
  E e = 4;
  M m = 5;
}
enum E { Z = 0; }`},
	}
	for _, tt := range tests {
		for _, pair := range [][2]string{{tt.before, tt.after}, {tt.after, tt.before}} {
			changes, err := compareSides(t, files{"a.proto": pair[0]}, files{"a.proto": pair[1]})
			if err != nil {
				t.Fatal(err)
			}
			if len(changes) != 1 || changes[0].Rule != syntaxChanged || changes[0].Rule.Class != change.Compatible {
				t.Errorf("%s: got\n%s", tt.name, told(changes, true))
			}
		}
	}
}

func TestEditionsThatCannotBeReadYet(t *testing.T) {
	_, err := loadFiles(files{"a.proto": "edition = \"2024\";\nmessage M {}\n"})
	if err == nil || !strings.HasPrefix(err.Error(), "a.proto:1:11: ") || !strings.Contains(err.Error(), "2024") {
		t.Errorf("got %v", err)
	}
}

// What every compiler has built in needs no file, and what a public import passes on
// is found, from wherever it comes.
func TestImportsThatNeedNoFile(t *testing.T) {
	before := files{
		"a.proto": "syntax = \"proto3\";\nimport \"b.proto\";\nimport \"google/protobuf/timestamp.proto\";\nimport \"google/protobuf/any.proto\";\nmessage A {\n  C c = 1;\n  google.protobuf.Timestamp at = 2;\n  google.protobuf.Any any = 3;\n}\n",
		"b.proto": "syntax = \"proto3\";\nimport public \"c.proto\";\n",
		"c.proto": "syntax = \"proto2\";\nmessage C {\n  extensions 100 to 110;\n  optional int32 x = 1;\n}\nextend C {\n  optional int32 far = 100;\n}\n",
	}
	after := files{"a.proto": before["a.proto"], "b.proto": before["b.proto"], "c.proto": strings.Replace(before["c.proto"], "optional int32 far", "optional string far", 1)}
	changes, err := compareSides(t, before, after)
	if err != nil || len(changes) != 1 || changes[0].Rule != fieldTypeChanged || changes[0].Path != `C."[far]"` {
		t.Errorf("got %v\n%s", err, told(changes, true))
	}
}
