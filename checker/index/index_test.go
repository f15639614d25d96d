package index

import (
	"bytes"
	"fmt"
	"math/big"
	"reflect"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/source"
)

// fill sets every field of v, however deep, so that a field which the code passes over
// is missed.
func fill(t *testing.T, v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("text ", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(*n % 100))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(t, v.Index(0), n)
		fill(t, v.Index(1), n)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), n)
	case reflect.Interface: // is not kept
	case reflect.Struct:
		switch v.Type() {
		case reflect.TypeFor[time.Time]():
			v.Set(reflect.ValueOf(time.Date(2026, 11, 1, 2, 3, 4, *n, time.UTC)))
		case reflect.TypeFor[big.Rat]():
			v.Addr().Interface().(*big.Rat).SetFrac64(int64(*n), 7)
		default:
			for i := range v.NumField() {
				if !v.Field(i).CanSet() {
					t.Fatalf("%s.%s cannot be remembered", v.Type(), v.Type().Field(i).Name)
				}
				fill(t, v.Field(i), n)
			}
		}
	default:
		t.Fatalf("%s has no code", v.Type())
	}
}

func TestEveryFieldIsRemembered(t *testing.T) {
	var said, got consumer.Imported
	n := 0
	fill(t, reflect.ValueOf(&said).Elem(), &n)
	ok := decode(encode(&said), make(map[string]string), &got)
	if !ok || !reflect.DeepEqual(got, said) {
		t.Errorf("got %+v\nwant %+v", got, said)
	}
}

func TestNothingIsNotTheSameAsNone(t *testing.T) {
	said := consumer.Imported{Readings: []consumer.Reading{{Use: consumer.Use{SLO: []consumer.Bound{}}}, {}}}
	var got consumer.Imported
	ok := decode(encode(&said), make(map[string]string), &got)
	if !ok || got.Readings[0].SLO == nil || got.Readings[1].SLO != nil {
		t.Errorf("got %v %+v", ok, got)
	}
}

func saved(t *testing.T, x *Index, name string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := x.Write(&b, name); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func example() *Index {
	x := new(Index)
	Put(x, "a", consumer.Imported{Readings: []consumer.Reading{{Use: consumer.Use{Port: "p", Span: source.Top("f")}}}})
	return x
}

func TestIndexOutlivesARun(t *testing.T) {
	x := Read(saved(t, example(), "1.0"), "1.0")
	said, ok := Get[consumer.Imported](x, "a")
	if !ok || said.Readings[0].Port != "p" || x.Changed() {
		t.Errorf("got %+v %v, changed %v", said, ok, x.Changed())
	}
	if _, ok := Get[consumer.Imported](x, "b"); ok {
		t.Error("knows what nobody told it")
	}
}

func TestIndexOfAnotherVersionIsEmpty(t *testing.T) {
	if x := Read(saved(t, example(), "1.0"), "1.1"); x.Len() != 0 {
		t.Errorf("has %d entries", x.Len())
	}
}

// Whatever byte of it is lost or flipped, a damaged index is an empty one.
func TestDamagedIndexIsEmpty(t *testing.T) {
	data := saved(t, example(), "1.0")
	for i := range data {
		flipped := bytes.Clone(data)
		flipped[i] ^= 0x41
		if Read(flipped, "1.0").Len() != 0 {
			t.Errorf("byte %d was flipped, and nobody saw it", i)
		}
		if Read(data[:i], "1.0").Len() != 0 {
			t.Errorf("it was cut at byte %d, and nobody saw it", i)
		}
	}
}

func TestUnusedEntriesFallOut(t *testing.T) {
	data := saved(t, example(), "1.0")
	for run := range maxIdle {
		x := Read(data, "1.0")
		if x.Len() != 1 {
			t.Fatalf("gone after %d runs", run)
		}
		data = saved(t, x, "1.0")
	}
	if x := Read(saved(t, Read(data, "1.0"), "1.0"), "1.0"); x.Len() != 0 {
		t.Error("still there")
	}
}

func TestNilIndexRemembersNothing(t *testing.T) {
	var x *Index
	Put(x, "a", consumer.Imported{})
	if _, ok := Get[consumer.Imported](x, "a"); ok || x.Len() != 0 || x.Changed() {
		t.Error("it remembers")
	}
}

// No content of an entry makes the reader crash or take more memory than it has.
func FuzzDecode(f *testing.F) {
	f.Add(encode(&consumer.Imported{Readings: []consumer.Reading{{Columns: []consumer.Column{{Name: "a"}}}}}))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, data []byte) {
		var said, again consumer.Imported
		if decode(data, make(map[string]string), &said) {
			if ok := decode(encode(&said), make(map[string]string), &again); !ok || !reflect.DeepEqual(again, said) {
				t.Errorf("%+v became %+v", said, again)
			}
		}
	})
}
