package report_test

import (
	"crypto/sha256"
	"encoding/base64"
	"math"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/ruletest"
)

const forge = "https://github.com/acme/checkout"

var (
	hrefs  = regexp.MustCompile(`(?:href|src|action|data|poster|xlink:href)="([^"]*)"`)
	styles = regexp.MustCompile(`(?s)<style>(.*?)</style>`)
)

// The page loads and runs nothing, and leads nowhere but to itself and the forge.
func TestHTMLStandsAlone(t *testing.T) {
	for repository, wants := range map[string]bool{forge: true, "": false, "javascript:alert(1)": false} {
		got := render(t, report.Options{Verbose: true, Repository: repository}.HTML, rich(t))
		linked := false
		for _, m := range hrefs.FindAllStringSubmatch(got, -1) {
			if !strings.HasPrefix(m[1], "#") && !strings.HasPrefix(m[1], forge+"/blob/") {
				t.Errorf("%q leads to %q", repository, m[1])
			}
			linked = linked || strings.HasPrefix(m[1], forge)
		}
		if linked != wants {
			t.Errorf("%q: links to the forge: %v", repository, linked)
		}
		for _, bad := range []string{"<script", "<img", "<link", "<iframe", "<b>", "url(", "@import", " onerror=\"", " style=\""} {
			if strings.Contains(got, bad) {
				t.Errorf("the page holds %s", bad)
			}
		}
	}
}

// The page forbids itself all but its own style.
func TestHTMLPolicy(t *testing.T) {
	got := render(t, report.Options{}.HTML, rich(t))
	found := styles.FindAllStringSubmatch(got, -1)
	if len(found) != 1 {
		t.Fatalf("%d styles", len(found))
	}
	hash := sha256.Sum256([]byte(found[0][1]))
	want := `content="default-src 'none'; style-src 'sha256-` + base64.StdEncoding.EncodeToString(hash[:]) + `'; base-uri 'none'; form-action 'none'"`
	if !strings.Contains(got, want) {
		t.Errorf("the page has no policy %s", want)
	}
}

func TestHTMLLeavesOut(t *testing.T) {
	got := render(t, report.Options{}.HTML, drop(t, 700))
	if n := strings.Count(got, "<article"); n != 300 {
		t.Errorf("%d cards, want 300", n)
	}
	if !strings.Contains(got, "And 400 more findings; the JSON report lists them all.") {
		t.Error("the page does not say what it leaves out")
	}
}

func TestHTMLIsValid(t *testing.T) {
	node := ruletest.Peer(t, "node_modules/.bin/node")
	tool := ruletest.Peer(t, "node_modules/html-validate/bin/html-validate.mjs")
	validate := func(text string) (string, error) {
		said, err := exec.Command(node, tool, "--config", "testdata/html-validate.json", "--formatter", "text", write(t, "report.html", text)).CombinedOutput()
		return string(said), err
	}
	for name, r := range results(t) {
		for _, o := range []report.Options{{}, {Verbose: true, Repository: forge}} {
			if said, err := validate(render(t, o.HTML, r)); err != nil {
				t.Errorf("%s: %v\n%s", name, err, said)
			}
		}
	}
	if _, err := validate(strings.ReplaceAll(render(t, report.Options{}.HTML, rich(t)), "h2", "h4")); err == nil {
		t.Error("the validator lets a heading that skips levels pass")
	}
}

// What is read has a contrast of 4.5 and more, in the light, in the dark and on paper.
func TestHTMLContrast(t *testing.T) {
	css, err := os.ReadFile("html/style.css")
	if err != nil {
		t.Fatal(err)
	}
	themes := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllSubmatch(css, -1)
	if len(themes) != 3 {
		t.Fatalf("%d themes, want 3", len(themes))
	}
	for i, theme := range themes {
		colors := make(map[string]float64)
		for _, m := range regexp.MustCompile(`--([a-z]+): #([0-9a-f]{6})`).FindAllStringSubmatch(string(theme[1]), -1) {
			colors[m[1]] = luminance(t, m[2])
		}
		for ground, inks := range map[string]string{
			"paper": "text quiet link breaking risky compatible", "panel": "text quiet", "mark": "text", "gone": "text", "come": "text",
		} {
			for ink := range strings.FieldsSeq(inks) {
				a, b := max(colors[ink], colors[ground]), min(colors[ink], colors[ground])
				if ratio := (a + 0.05) / (b + 0.05); ratio < 4.5 {
					t.Errorf("theme %d: %s on %s has a contrast of %.1f", i, ink, ground, ratio)
				}
			}
		}
	}
}

// luminance is what WCAG 2 calls so.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.03928 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
