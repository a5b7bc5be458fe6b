package main

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// aws_iam_policy_document: a pure function of its arguments.

type statement struct {
	Sid          string `json:",omitempty"`
	Effect       string `json:",omitempty"`
	Action       any    `json:",omitempty"`
	NotAction    any    `json:",omitempty"`
	Resource     any    `json:",omitempty"`
	NotResource  any    `json:",omitempty"`
	Principal    any    `json:",omitempty"`
	NotPrincipal any    `json:",omitempty"`
	Condition    any    `json:",omitempty"`
}

type document struct {
	Version   string      `json:",omitempty"`
	ID        string      `json:"Id,omitempty"`
	Statement []statement `json:",omitempty"`
}

func (d *document) UnmarshalJSON(content []byte) error {
	var raw struct {
		Version, Id string
		Statement   json.RawMessage
	}
	if err := json.Unmarshal(content, &raw); err != nil {
		return err
	}
	d.Version, d.ID = raw.Version, raw.Id
	if len(raw.Statement) == 0 {
		return nil
	}
	if raw.Statement[0] == '{' {
		d.Statement = make([]statement, 1)
		return json.Unmarshal(raw.Statement, &d.Statement[0])
	}
	return json.Unmarshal(raw.Statement, &d.Statement)
}

// merge adds the statements of another document; one with the Sid of an earlier one replaces it.
func (d *document) merge(other document) {
	if other.ID != "" {
		d.ID = other.ID
	}
	if other.Version > d.Version {
		d.Version = other.Version
	}
next:
	for _, added := range other.Statement {
		if added.Sid != "" {
			for i := range d.Statement {
				if d.Statement[i].Sid == added.Sid {
					d.Statement[i] = added
					continue next
				}
			}
		}
		d.Statement = append(d.Statement, added)
	}
}

func policyDocument(config members) (pretty, minified string, err error) {
	own, err := ownDocument(config)
	if err != nil {
		return "", "", err
	}
	made := document{}
	if err := mergeAll(&made, config, "source_policy_documents"); err != nil {
		return "", "", err
	}
	made.merge(own)
	if err := mergeAll(&made, config, "override_policy_documents"); err != nil {
		return "", "", err
	}
	return encoded(made, "  "), encoded(made, ""), nil
}

func ownDocument(config members) (document, error) {
	own := document{Version: textOf(config["version"]), ID: textOf(config["policy_id"])}
	if own.Version == "" {
		own.Version = "2012-10-17"
	}
	seen := map[string]bool{}
	for _, value := range itemsOf(config["statement"]) {
		block := membersOf(value)
		made := statement{
			Sid: textOf(block["sid"]), Effect: textOf(block["effect"]),
			Action: oneOrMany(texts(block["actions"])), NotAction: oneOrMany(texts(block["not_actions"])),
			Resource: oneOrMany(texts(block["resources"])), NotResource: oneOrMany(texts(block["not_resources"])),
			Principal: principals(block["principals"]), NotPrincipal: principals(block["not_principals"]),
			Condition: conditions(block["condition"]),
		}
		if made.Effect == "" {
			made.Effect = "Allow"
		}
		if made.Sid != "" && seen[made.Sid] {
			return own, fmt.Errorf("duplicate Sid (%s)", made.Sid)
		}
		seen[made.Sid] = true
		own.Statement = append(own.Statement, made)
	}
	return own, nil
}

func mergeAll(into *document, config members, name string) error {
	for i, value := range itemsOf(config[name]) {
		if textOf(value) == "" {
			continue
		}
		var other document
		if err := json.Unmarshal([]byte(textOf(value)), &other); err != nil {
			return fmt.Errorf("%s[%d]: %w", name, i, err)
		}
		into.merge(other)
	}
	return nil
}

func texts(value tftypes.Value) []string {
	var found []string
	for _, each := range itemsOf(value) {
		found = append(found, strings.ReplaceAll(textOf(each), "&{", "${"))
	}
	return found
}

// oneOrMany makes a string of one value and a list of several, as the provider does.
func oneOrMany(values []string) any {
	switch len(values) {
	case 0:
		return nil
	case 1:
		return values[0]
	}
	sort.Sort(sort.Reverse(sort.StringSlice(values)))
	return values
}

func principals(value tftypes.Value) any {
	byType := map[string][]string{}
	for _, each := range itemsOf(value) {
		block := membersOf(each)
		typ := textOf(block["type"])
		byType[typ] = append(byType[typ], texts(block["identifiers"])...)
	}
	if len(byType) == 0 {
		return nil
	}
	if everyone := byType["*"]; len(byType) == 1 && len(everyone) == 1 && everyone[0] == "*" {
		return "*"
	}
	made := map[string]any{}
	for typ, identifiers := range byType {
		made[typ] = oneOrMany(identifiers)
	}
	return made
}

func conditions(value tftypes.Value) any {
	found := map[string]map[string][]string{}
	for _, each := range itemsOf(value) {
		block := membersOf(each)
		test, variable := textOf(block["test"]), textOf(block["variable"])
		if found[test] == nil {
			found[test] = map[string][]string{}
		}
		found[test][variable] = append(found[test][variable], texts(block["values"])...)
	}
	if len(found) == 0 {
		return nil
	}
	made := map[string]map[string]any{}
	for test, variables := range found {
		made[test] = map[string]any{}
		for variable, values := range variables {
			if len(values) == 1 {
				made[test][variable] = values[0]
			} else {
				made[test][variable] = values
			}
		}
	}
	return made
}

func encoded(made document, indent string) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", indent)
	_ = encoder.Encode(made)
	return strings.TrimSuffix(text.String(), "\n")
}
