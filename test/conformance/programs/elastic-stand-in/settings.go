package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// settings are values by name, with dots: of both ways to write them in YAML. What nothing asked for is unknown.
type settings struct {
	values map[string][]string
	asked  map[string]bool
}

var variable = regexp.MustCompile(`\$\{(\w+)\}`)

// readSettings reads block YAML of maps, and lists of scalars; of a variable that is not set it complains.
func readSettings(file string) (*settings, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	type level struct {
		indent int
		name   string
	}
	read, open := &settings{values: map[string][]string{}, asked: map[string]bool{}}, []level{}
	for _, line := range strings.Split(string(text), "\n") {
		content := strings.TrimLeft(line, " ")
		if content == "" || content[0] == '#' {
			continue
		}
		indent := len(line) - len(content)
		for len(open) > 0 && open[len(open)-1].indent >= indent {
			open = open[:len(open)-1]
		}
		name := ""
		if len(open) > 0 {
			name = open[len(open)-1].name
		}
		key, value, isEntry := strings.Cut(content, ":")
		if item, isItem := strings.CutPrefix(content, "- "); isItem {
			value = item
		} else if !isEntry {
			return nil, fmt.Errorf("%s: neither an entry nor an item: %s", file, line)
		} else {
			name = strings.TrimPrefix(name+"."+key, ".")
			open = append(open, level{indent, name})
		}
		if value = strings.Trim(strings.TrimSpace(value), `'"`); value == "" {
			continue
		}
		value = variable.ReplaceAllStringFunc(value, func(reference string) string {
			set, isSet := os.LookupEnv(variable.FindStringSubmatch(reference)[1])
			if !isSet {
				err = fmt.Errorf("%s: %s is not set", file, reference)
			}
			return set
		})
		read.values[name] = append(read.values[name], value)
	}
	return read, err
}

func (s *settings) list(name string) []string {
	s.asked[name] = true
	return s.values[name]
}

func (s *settings) one(name string) string {
	if list := s.list(name); len(list) > 0 {
		return list[0]
	}
	return ""
}

// check refuses settings that nothing asked for, as Elasticsearch and Kibana do, and those that lack one of the values allowed.
func (s *settings) check(allowed map[string][]string) error {
	problems := []string{}
	for name, values := range allowed {
		if value := s.one(name); !slices.Contains(values, value) {
			problems = append(problems, fmt.Sprintf("%s is %q; allowed is %q", name, value, values))
		}
	}
	for name := range s.values {
		if !s.asked[name] {
			problems = append(problems, "unknown setting "+name)
		}
	}
	if len(problems) == 0 {
		return nil
	}
	sort.Strings(problems)
	return fmt.Errorf("%s", strings.Join(problems, "; "))
}
