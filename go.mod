module github.com/breakwater-data/breakwater

go 1.26.8

require (
	github.com/bufbuild/protocompile v0.14.1
	golang.org/x/sync v0.24.0
	golang.org/x/tools v0.52.0
	google.golang.org/protobuf v1.36.12
)

require go.yaml.in/yaml/v3 v3.0.6

require (
	github.com/agext/levenshtein v1.2.3 // indirect
)
