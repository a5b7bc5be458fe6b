package main

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

type members = map[string]tftypes.Value

func failure(format string, values ...any) []*tfprotov5.Diagnostic {
	return []*tfprotov5.Diagnostic{{
		Severity: tfprotov5.DiagnosticSeverityError,
		Summary:  fmt.Sprintf(format, values...),
	}}
}

func dynamic(typ tftypes.Type, value tftypes.Value) *tfprotov5.DynamicValue {
	made, err := tfprotov5.NewDynamicValue(typ, value)
	if err != nil {
		panic(err)
	}
	return &made
}

// membersOf returns the members of an object or a map; none where it is null or unknown.
func membersOf(value tftypes.Value) members {
	found := members{}
	if value.IsKnown() && !value.IsNull() {
		if err := value.As(&found); err != nil {
			panic(err)
		}
	}
	return found
}

// itemsOf returns the items of a list or set; none where it is null or unknown.
func itemsOf(value tftypes.Value) []tftypes.Value {
	var found []tftypes.Value
	if value.Type() != nil && value.IsKnown() && !value.IsNull() {
		if err := value.As(&found); err != nil {
			panic(err)
		}
	}
	return found
}

// textOf returns a known string, else "".
func textOf(value tftypes.Value) string {
	var text string
	if value.Type() != nil && value.Type().Is(tftypes.String) && value.IsFullyKnown() && !value.IsNull() {
		_ = value.As(&text)
	}
	return text
}

func text(value string) tftypes.Value { return tftypes.NewValue(tftypes.String, value) }

func isComputed(block *tfprotov5.SchemaBlock, name string) bool {
	for _, each := range block.Attributes {
		if each.Name == name {
			return each.Computed
		}
	}
	return false
}

// withUnknowns marks every computed attribute that the configuration leaves out as unknown.
func withUnknowns(block *tfprotov5.SchemaBlock, value tftypes.Value) tftypes.Value {
	if !value.IsKnown() || value.IsNull() {
		return value
	}
	found := membersOf(value)
	for _, each := range block.Attributes {
		has := found[each.Name]
		if each.Computed && !each.WriteOnly && has.IsKnown() && has.IsNull() {
			found[each.Name] = tftypes.NewValue(each.Type, tftypes.UnknownValue)
		}
	}
	inBlocks(block, found, withUnknowns)
	return tftypes.NewValue(value.Type(), found)
}

// withZeros gives every attribute that is still unknown the zero of its type.
func withZeros(block *tfprotov5.SchemaBlock, value tftypes.Value) tftypes.Value {
	found := membersOf(value)
	for _, each := range block.Attributes {
		if !found[each.Name].IsKnown() {
			found[each.Name] = zero(each.Type)
		}
	}
	inBlocks(block, found, withZeros)
	return tftypes.NewValue(value.Type(), found)
}

type change func(*tfprotov5.SchemaBlock, tftypes.Value) tftypes.Value

func inBlocks(block *tfprotov5.SchemaBlock, found members, apply change) {
	for _, nested := range block.BlockTypes {
		value := found[nested.TypeName]
		if !value.IsKnown() || value.IsNull() {
			continue
		}
		switch nested.Nesting {
		case tfprotov5.SchemaNestedBlockNestingModeList, tfprotov5.SchemaNestedBlockNestingModeSet:
			items := itemsOf(value)
			for i := range items {
				items[i] = apply(nested.Block, items[i])
			}
			found[nested.TypeName] = tftypes.NewValue(value.Type(), items)
		case tfprotov5.SchemaNestedBlockNestingModeSingle:
			found[nested.TypeName] = apply(nested.Block, value)
		}
	}
}

func zero(typ tftypes.Type) tftypes.Value {
	switch {
	case typ.Is(tftypes.String):
		return text("")
	case typ.Is(tftypes.Number):
		return tftypes.NewValue(typ, 0)
	case typ.Is(tftypes.Bool):
		return tftypes.NewValue(typ, false)
	case typ.Is(tftypes.List{}), typ.Is(tftypes.Set{}):
		return tftypes.NewValue(typ, []tftypes.Value{})
	case typ.Is(tftypes.Map{}):
		return tftypes.NewValue(typ, members{})
	}
	return tftypes.NewValue(typ, nil)
}
