package semantic

import "strings"

// meaning returns what f says in canonical form: facts of one meaning are one fact,
// however they are spelled. It is empty for a fact that says nothing.
func (f Fact) meaning() string {
	text := strings.Join(strings.Fields(f.Text), " ")
	switch f.Topic {
	case Unit:
		return spelled(text, units)
	case Zone:
		return spelled(text, zones)
	case Identifier:
		return strings.ToLower(text)
	}
	return text
}

// spelled returns the first of the spellings that text is one of, or text itself. A
// spelling of one or two letters is told apart by its case: mW is no MW.
func spelled(text string, spellings [][]string) string {
	for _, s := range spellings {
		for _, word := range s {
			if text == word || len(word) > 2 && strings.EqualFold(text, word) {
				return s[0]
			}
		}
	}
	return text
}

// units are the spellings of what is said most. Any other unit is what is written.
var units = [][]string{
	{"%", "percent", "pct"},
	{"1", "ratio", "fraction", "dimensionless"},
	{"EUR", "euro", "euros", "€"}, {"USD", "us dollar", "us dollars", "usd"}, {"GBP", "pound sterling"},
	{"ct", "cent", "cents"},
	{"ns", "nanosecond", "nanoseconds"}, {"us", "µs", "μs", "microsecond", "microseconds"}, {"ms", "millisecond", "milliseconds", "millis"},
	{"s", "sec", "secs", "second", "seconds"}, {"min", "mins", "minute", "minutes"}, {"h", "hr", "hrs", "hour", "hours"}, {"d", "day", "days"},
	{"g", "gram", "grams", "gramme"}, {"kg", "kilogram", "kilograms"}, {"t", "tonne", "tonnes"}, {"lb", "lbs", "pound", "pounds"},
	{"mm", "millimetre", "millimetres", "millimeter", "millimeters"}, {"cm", "centimetre", "centimetres", "centimeter", "centimeters"},
	{"m", "metre", "metres", "meter", "meters"}, {"km", "kilometre", "kilometres", "kilometer", "kilometers"},
	{"l", "L", "litre", "litres", "liter", "liters"}, {"°C", "celsius", "degc"}, {"°F", "fahrenheit", "degf"}, {"K", "kelvin"},
	{"B", "byte", "bytes"}, {"W", "watt", "watts"}, {"kW", "kilowatt", "kilowatts"}, {"kWh", "kilowatt hour", "kilowatt hours"},
}

// zones are the spellings of the one zone that has many.
var zones = [][]string{{"UTC", "Etc/UTC", "Z", "Zulu", "+00:00", "+0000", "UTC+0", "UTC+00:00", "Etc/UCT", "Etc/Zulu", "Universal"}}
