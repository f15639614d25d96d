// Package index remembers across runs what files of registrations say.
package index

import "github.com/breakwater-data/breakwater/checker/consumer"

type Index struct{}

func (x *Index) Get(key string) (said consumer.Imported, ok bool) { return said, false }
func (x *Index) Put(key string, said consumer.Imported)           {}
func (x *Index) Len() int                                         { return 0 }
